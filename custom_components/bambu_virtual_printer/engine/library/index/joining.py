"""Notes in the database of a shared library that an instance belongs to it, and makes its tables where there are none.

Whoever opens the library later relies on that: a database without the library is not the one that is meant.
"""

from ..values.shared import Instance
from . import identity_rows
from .database import Index
from .identity_rows import Identity


async def join(url: str, library_id: str, instance: Instance) -> None:
    """Make an instance one of a library's. Raises IndexUnavailableError, IndexTooNewError."""
    index = Index(url, instance=instance)
    try:
        await index.open()
        await index.run(identity_rows.put, Identity(library_id, ""), instance.id)
    finally:
        await index.close()
