"""Bounds what clients can cause to be logged: how often a line is written, and how much of their data is in it."""

from collections import OrderedDict
from collections.abc import Hashable
from time import monotonic

INTERVAL_S = 60.0
MAX_SHOWN = 200
_REMEMBERED_KEYS = 256


class LogRate:
    """Allows each kind of line at most once per interval."""

    def __init__(self, interval_s: float = INTERVAL_S) -> None:
        """Start empty. A bounded number of kinds is remembered."""
        self._interval_s = interval_s
        self._logged_at: OrderedDict[Hashable, float] = OrderedDict()

    def allows(self, kind: Hashable) -> bool:
        """Return whether a line of this kind may be written now, and count it if so."""
        now = monotonic()
        if now - self._logged_at.get(kind, float("-inf")) < self._interval_s:
            return False
        self._logged_at[kind] = now
        self._logged_at.move_to_end(kind)
        if len(self._logged_at) > _REMEMBERED_KEYS:
            self._logged_at.popitem(last=False)
        return True


def shown(value: object, limit: int = MAX_SHOWN) -> str:
    """Return the `repr` of `value`, cut to `limit` characters."""
    text = repr(value[:limit]) if isinstance(value, str | bytes) else repr(value)
    return text if len(text) <= limit else f"{text[:limit]}…"
