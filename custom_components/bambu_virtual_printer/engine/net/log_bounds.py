"""Bounds for what others can make us log: how often a line is written, and how long what they sent may be in it."""

from collections import OrderedDict
from collections.abc import Hashable
from time import monotonic

INTERVAL_S = 60.0
MAX_SHOWN = 200
_REMEMBERED_KEYS = 256


class LogRate:
    """Lets each kind of line through at most once a minute."""

    def __init__(self, interval_s: float = INTERVAL_S) -> None:
        """Remember a bounded number of kinds."""
        self._interval_s = interval_s
        self._logged_at: OrderedDict[Hashable, float] = OrderedDict()

    def allows(self, kind: Hashable) -> bool:
        """Tell whether a line of this kind may be written now, and count it if so."""
        now = monotonic()
        if now - self._logged_at.get(kind, float("-inf")) < self._interval_s:
            return False
        self._logged_at[kind] = now
        self._logged_at.move_to_end(kind)
        if len(self._logged_at) > _REMEMBERED_KEYS:
            self._logged_at.popitem(last=False)
        return True


def shown(value: object, limit: int = MAX_SHOWN) -> str:
    """Return `value` as a log line may show it: its `repr`, cut."""
    text = repr(value[:limit]) if isinstance(value, str | bytes) else repr(value)
    return text if len(text) <= limit else f"{text[:limit]}…"
