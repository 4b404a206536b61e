"""Bounds how often something is done for whoever asks."""

from time import monotonic


class Budget:
    """So much at once, and so much more each second."""

    def __init__(self, *, at_once: float, per_second: float) -> None:
        """Start with all of it."""
        self._at_once = at_once
        self._per_second = per_second
        self._left = at_once
        self._counted_at = monotonic()

    def spend(self) -> bool:
        """Take one, and tell whether there was one left."""
        now = monotonic()
        earned = (now - self._counted_at) * self._per_second
        self._left = min(self._at_once, self._left + earned)
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
