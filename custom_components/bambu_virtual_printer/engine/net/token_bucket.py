"""Bounds how often something is done for whoever asks."""

from time import monotonic


class TokenBucket:
    """So much at once, and so much more each second."""

    def __init__(self, *, capacity: float, refill_per_s: float) -> None:
        """Start with all of it."""
        self._capacity = capacity
        self._refill_per_s = refill_per_s
        self._tokens = capacity
        self._counted_at = monotonic()

    def take(self) -> bool:
        """Take one, and tell whether there was one left."""
        now = monotonic()
        earned = (now - self._counted_at) * self._refill_per_s
        self._tokens = min(self._capacity, self._tokens + earned)
        self._counted_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
