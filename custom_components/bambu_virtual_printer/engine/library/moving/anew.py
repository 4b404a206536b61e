"""Begins the index of a shared library anew, in a database that is empty, over the files that lie in the store.

The archives come from what stands beside each file; whoever has the library open then finds them, see `rebuilding`.
Jobs, prints and verdicts were in the lost index alone. Everything here blocks.
"""

from ..index import identity_rows, rebuild_rows
from ..index.driver_locks import note_seen
from ..values.errors import IndexFault, IndexUnavailableError
from ..values.shared import Instance, StoreBackend
from . import connections
from .exclusive import exclusive, prepare, tell


def begin_anew(
    *, url: str, backend: StoreBackend, library_id: str, instance: Instance
) -> None:
    """Make the tables of a library whose files are in the store. Nothing in the store is removed.

    Once more it does nothing but have the store looked through. Raises StorageError: IndexUnavailableError, also where another library is in
    the database, and StoreError, also where another library's files are in the store.
    """
    backend.mark(library_id)
    with connections.engine(url) as target:
        with target.connect() as connection:
            try:
                identity_rows.require(connection, library_id)
            except IndexUnavailableError as err:
                if err.fault is not IndexFault.NO_LIBRARY:
                    raise
        prepare(target)
        with target.begin() as writing:
            exclusive(writing)
            identity_rows.refuse_others(writing, library_id)
            rebuild_rows.begin(writing, library_id, instance.id)
            note_seen(writing, instance)
            tell(writing, instance)
