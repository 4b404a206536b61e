"""Pauses between attempts that become longer while they fail."""


class Pauses:
    """Each pause is twice as long as the one before, up to a longest one."""

    def __init__(self, first_s: float, longest_s: float) -> None:
        """Begin with the first."""
        self.first_s = first_s
        self._longest_s = longest_s
        self._next_s = first_s

    def take(self) -> float:
        """Return how many seconds the next one is."""
        pause_s = self._next_s
        self._next_s = min(2 * pause_s, self._longest_s)
        return pause_s

    def reset(self) -> None:
        """Begin with the first again."""
        self._next_s = self.first_s
