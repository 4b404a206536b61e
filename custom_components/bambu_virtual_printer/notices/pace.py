"""How often a phone may be told something: a few at once, then one in a while."""

from dataclasses import dataclass

BURST = 5
PAUSE_S = 30.0


@dataclass(slots=True)
class Pace:
    """A bucket of `BURST` tokens, into which one comes every `PAUSE_S`. Times are those of a monotonic clock, in seconds."""

    seen_at: float
    tokens: float = BURST

    def take(self, now: float) -> bool:
        """Take a token. Returns whether there was one."""
        self._fill(now)
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    def wait_s(self, now: float) -> float:
        """Return how long it takes until there is a token."""
        self._fill(now)
        return max(0.0, (1 - self.tokens) * PAUSE_S)

    def _fill(self, now: float) -> None:
        self.tokens = min(BURST, self.tokens + (now - self.seen_at) / PAUSE_S)
        self.seen_at = now
