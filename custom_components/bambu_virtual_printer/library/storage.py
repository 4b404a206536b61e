"""How much room is left: on the disk, and of the library's own budget."""

from sqlalchemy import Connection, func, select

from .events import StorageLow, StorageOk
from .files import Space
from .records import LibrarySettings, UploadState
from .schema import IS_LIVE, archives, uploads

# Of the budget; beyond it, storage is low.
BUDGET_WARNING = 0.9
_MIB = 1024 * 1024


def used_bytes(connection: Connection) -> int:
    """Return what the files of archives and of uploads that are not decided take; to be run by `Index.run`."""
    undecided = [
        UploadState.RECEIVED.value,
        UploadState.PENDING.value,
        UploadState.ARCHIVING.value,
    ]
    query = select(func.coalesce(func.sum(uploads.c.size_bytes), 0)).where(
        uploads.c.state.in_(undecided)
    )
    return archived_bytes(connection) + int(connection.execute(query).scalar_one())


def archived_bytes(connection: Connection) -> int:
    """Return what the files of archives take; to be run by `Index.run`."""
    query = select(func.coalesce(func.sum(archives.c.size_bytes), 0)).where(IS_LIVE)
    return int(connection.execute(query).scalar_one())


class StorageWatch:
    """Remembers whether storage is low, so that only changes are told."""

    def __init__(self) -> None:
        """Begin with enough room."""
        self.is_low = False
        self.refusal = ""
        """Why no upload can be taken; empty while one can."""

    def update(
        self, settings: LibrarySettings, space: Space, used: int
    ) -> StorageLow | StorageOk | None:
        """Note what was measured. Returns what there is to tell."""
        budget = settings.budget_bytes
        is_spent = budget is not None and used >= budget
        self.refusal = "The library has used up its storage budget." if is_spent else ""
        reason = ""
        if space.free_bytes < settings.low_space_bytes:
            reason = f"Only {space.free_bytes // _MIB} MiB are free on the disk."
        elif budget is not None and used >= budget * BUDGET_WARNING:
            reason = f"The library uses {used // _MIB} of {budget // _MIB} MiB."
        was_low, self.is_low = self.is_low, bool(reason)
        if self.is_low and not was_low:
            return StorageLow(
                reason=reason, free_bytes=space.free_bytes, used_bytes=used
            )
        if was_low and not self.is_low:
            return StorageOk(free_bytes=space.free_bytes, used_bytes=used)
        return None
