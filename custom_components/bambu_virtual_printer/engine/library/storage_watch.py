"""How much room is left: on the disk, and of the library's own budget."""

from ..explanations import Explanation, explain
from .values.events import StorageLow, StorageOk
from .values.records import LibrarySettings
from .values.space import Space

# Of the budget; beyond it, storage is low.
BUDGET_WARNING = 0.9
_GB = 10**9
_SPENT = explain("budget_spent", "The library has used up its storage budget.")


class StorageWatch:
    """Remembers whether storage is low, so that only changes are reported."""

    def __init__(self) -> None:
        """Begin with enough room."""
        self.is_low = False
        self.used_bytes = 0
        """What the library used when that was last measured."""
        self.refusal: Explanation | None = None
        """Why no upload can be taken; None while one can."""

    def update(
        self, settings: LibrarySettings, space: Space, used: int
    ) -> StorageLow | StorageOk | None:
        """Record a measurement. Returns the event, if that is a change."""
        budget = settings.budget_bytes
        is_spent = budget is not None and used >= budget
        self.refusal = _SPENT if is_spent else None
        reason: Explanation | None = None
        if space.free_bytes < settings.low_space_bytes:
            reason = explain(
                "disk_nearly_full",
                "Only {free} GB are free on the disk.",
                free=_in_gb(space.free_bytes),
            )
        elif budget is not None and used >= budget * BUDGET_WARNING:
            reason = explain(
                "budget_nearly_spent",
                "The library uses {used} of {budget} GB.",
                used=_in_gb(used),
                budget=_in_gb(budget),
            )
        was_low, self.is_low = self.is_low, reason is not None
        if reason is not None and not was_low:
            return StorageLow(
                reason=reason, free_bytes=space.free_bytes, used_bytes=used
            )
        if was_low and not self.is_low:
            return StorageOk(free_bytes=space.free_bytes, used_bytes=used)
        return None


def _in_gb(size_bytes: int) -> float:
    """Return a size in the unit in which people choose theirs."""
    return round(size_bytes / _GB, 2)
