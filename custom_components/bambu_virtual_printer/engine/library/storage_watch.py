"""How much room is left: on the disk, and of the library's own budget."""

from .values.events import StorageLow, StorageOk
from .values.records import LibrarySettings
from .values.space import Space

# Of the budget; beyond it, storage is low.
BUDGET_WARNING = 0.9
_MIB = 1024 * 1024


class StorageWatch:
    """Remembers whether storage is low, so that only changes are reported."""

    def __init__(self) -> None:
        """Begin with enough room."""
        self.is_low = False
        self.refusal = ""
        """Why no upload can be taken; empty while one can."""

    def update(
        self, settings: LibrarySettings, space: Space, used: int
    ) -> StorageLow | StorageOk | None:
        """Record a measurement. Returns the event, if that is a change."""
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
