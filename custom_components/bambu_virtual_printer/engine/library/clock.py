"""What time it is for a library: of a shared one by its database's clock, since those of its instances may be hours apart."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import time


class LibraryClock:
    """Tells the time by the database once that was asked, also while it is away and this computer's clock is set anew."""

    def __init__(
        self, local: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Begin with this computer's clock."""
        self._local = local
        self._told: tuple[datetime, float] | None = None

    def set(self, now: datetime) -> None:
        """Note what the database's clock says just now."""
        self._told = (now, time.monotonic())

    def now(self) -> datetime:
        """Return the time, in UTC."""
        if self._told is None:
            return self._local()
        told, at = self._told
        return told + timedelta(seconds=time.monotonic() - at)
