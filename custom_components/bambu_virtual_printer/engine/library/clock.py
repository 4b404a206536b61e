"""What time it is for a library: of a shared one by its database's clock, since those of its instances may be hours apart."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import time

ANSWERED_WITHIN = timedelta(seconds=15)


class LibraryClock:
    """Tells the time by the database once that was asked, also while it is away and this computer's clock is set anew."""

    def __init__(
        self, local: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Begin with this computer's clock."""
        self._local = local
        self._told: tuple[datetime, float] | None = None

    @property
    def is_told(self) -> bool:
        """Whether the database was asked, since when its clock counts."""
        return self._told is not None

    def set(self, now: datetime) -> None:
        """Note what the database's clock said a moment ago.

        It does not go back for an answer that took longer than one before: what comes in is in the order of its time.
        """
        if not self.is_told or not timedelta() <= self.now() - now < ANSWERED_WITHIN:
            self._told = (now, time.monotonic())

    def now(self) -> datetime:
        """Return the time, in UTC."""
        if self._told is None:
            return self._local()
        told, at = self._told
        return told + timedelta(seconds=time.monotonic() - at)

    def ahead(self) -> timedelta:
        """Return by how much this computer's clock is ahead of it; less than nothing where that is behind."""
        return self._local() - self.now() if self.is_told else timedelta()
