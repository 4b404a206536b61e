"""Bounds how often something is done at a client's request."""

from time import monotonic


class TokenBucket:
    """A token bucket: `capacity` at once, `refill_per_s` more each second."""

    def __init__(self, *, capacity: float, refill_per_s: float) -> None:
        """Start full."""
        self._capacity = capacity
        self._refill_per_s = refill_per_s
        self._tokens = capacity
        self._counted_at = monotonic()

    def take(self) -> bool:
        """Take a token. Returns whether there was one."""
        now = monotonic()
        earned = (now - self._counted_at) * self._refill_per_s
        self._tokens = min(self._capacity, self._tokens + earned)
        self._counted_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
