"""Reads what printers announce on UDP 2021, and remembers who is there.

Location is a bare IPv4 address and USN the bare serial (firmware capture). What is not well-formed is not a printer.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
import re
from time import monotonic

from ..printable import text

# Printers announce themselves every three to five seconds; this one is gone.
FORGET_AFTER_S = 120.0
MAX_PRINTERS = 256

_SERIAL = re.compile(r"[0-9A-Z]{8,32}")
_MAX_TEXT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What a printer tells of itself. `address` is an IPv4 address; texts may be empty but for the serial."""

    serial: str
    address: str
    """Where it says it is."""
    source: str
    """Where the datagram came from."""
    model_code: str
    name: str
    firmware_version: str
    goodbye: bool


def read_announcement(datagram: bytes, source: str) -> Announcement | None:
    """Read a NOTIFY, or the answer to a search. Returns None for anything else."""
    start, *lines = datagram.decode(errors="replace").splitlines()[:40] or [""]
    if not start.startswith(("NOTIFY ", "HTTP/1.1 200")):
        return None
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = text(value, max_chars=_MAX_TEXT)
    serial = headers.get("usn", "").upper()
    try:
        address = str(IPv4Address(headers.get("location") or source))
    except AddressValueError:
        return None
    goodbye = headers.get("nts") == "ssdp:byebye"
    model_code = headers.get("devmodel.bambu.com", "")
    if not _SERIAL.fullmatch(serial) or not (model_code or goodbye):
        return None
    return Announcement(
        serial=serial,
        address=address,
        source=source,
        model_code=model_code,
        name=text(headers.get("devname.bambu.com"), max_chars=_MAX_TEXT),
        firmware_version=headers.get("devversion.bambu.com", ""),
        goodbye=goodbye,
    )


class FoundPrinters:
    """The real printers that were heard lately; give `hear` every datagram of UDP 2021.

    `on_announcement` is called with every announcement that is not one of our own.
    """

    def __init__(
        self,
        own_addresses: Callable[[], Collection[str]],
        on_announcement: Callable[[Announcement], None],
    ) -> None:
        """Ignore what names one of `own_addresses`: that is ourselves, and to follow it would be a loop."""
        self._own_addresses = own_addresses
        self._on_announcement = on_announcement
        self._heard: dict[str, tuple[float, Announcement]] = {}

    def hear(self, datagram: bytes, source: str) -> None:
        """Take a datagram."""
        announcement = read_announcement(datagram, source)
        own = self._own_addresses()
        if announcement is None or announcement.address in own or source in own:
            return
        # The newest last.
        self._heard.pop(announcement.serial, None)
        if not announcement.goodbye:
            self._heard[announcement.serial] = (monotonic(), announcement)
            if len(self._heard) > MAX_PRINTERS:
                del self._heard[next(iter(self._heard))]
            self._on_announcement(announcement)

    @property
    def printers(self) -> tuple[Announcement, ...]:
        """Who was heard lately, by name."""
        since = monotonic() - FORGET_AFTER_S
        found = [each for heard_at, each in self._heard.values() if heard_at >= since]
        return tuple(sorted(found, key=lambda each: (each.name, each.serial)))
