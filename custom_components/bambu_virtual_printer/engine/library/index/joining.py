"""Notes in the database of a shared library that an instance belongs to it, and makes its tables where there are none.

Whoever opens the library later relies on that: a database without the library is not the one that is meant.
"""

from sqlalchemy import Connection

from ..values.shared import Instance
from . import identity_rows
from .database import Index
from .identity_rows import Identity


async def join(url: str, library_id: str, instance: Instance) -> None:
    """Make an instance one of a library's. Raises IndexUnavailableError, also where another library is there, IndexTooNewError."""
    index = Index(url, instance=instance)
    try:
        await index.open()
        await index.run(_join, library_id, instance.id)
    finally:
        await index.close()


def _join(connection: Connection, library_id: str, instance_id: str) -> None:
    # Whoever looked before may have been overtaken by somebody with another store.
    identity_rows.refuse_others(connection, library_id)
    identity_rows.put(connection, Identity(library_id, ""), instance_id)
