"""Reads the announcements of printers on UDP 2021, and remembers those of the last two minutes.

Location is a bare IPv4 address and USN the bare serial (firmware capture). Malformed datagrams are ignored.
"""

from collections.abc import Callable, Collection
from time import monotonic

from ..protocol.announcements import Announcement, read_announcement

# Printers announce themselves every three to five seconds.
FORGET_AFTER_S = 120.0
MAX_PRINTERS = 256


class FoundPrinters:
    """The real printers that announced themselves lately; call `handle_datagram` for every datagram of UDP 2021.

    `on_announcement` is called with every announcement that is not one of our own.
    """

    def __init__(
        self,
        own_addresses: Callable[[], Collection[str]],
        on_announcement: Callable[[Announcement], None],
    ) -> None:
        """Ignore announcements of `own_addresses`: they are of our own printers, and a proxy that followed one would loop."""
        self._own_addresses = own_addresses
        self._on_announcement = on_announcement
        self._announcements: dict[str, tuple[float, Announcement]] = {}

    def handle_datagram(self, datagram: bytes, source: str) -> None:
        """Read a datagram from `source`."""
        announcement = read_announcement(datagram, source)
        own = self._own_addresses()
        if announcement is None or announcement.address in own or source in own:
            return
        # The newest is last.
        self._announcements.pop(announcement.serial, None)
        if not announcement.goodbye:
            self._announcements[announcement.serial] = (monotonic(), announcement)
            if len(self._announcements) > MAX_PRINTERS:
                del self._announcements[next(iter(self._announcements))]
            self._on_announcement(announcement)

    @property
    def printers(self) -> tuple[Announcement, ...]:
        """The printers announced lately, by name."""
        since = monotonic() - FORGET_AFTER_S
        found = [
            each for seen_at, each in self._announcements.values() if seen_at >= since
        ]
        return tuple(sorted(found, key=lambda each: (each.name, each.serial)))
