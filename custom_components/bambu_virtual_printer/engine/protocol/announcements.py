"""Reads announcements of printers."""

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
import re

from ..printable import text

_SERIAL = re.compile(r"[0-9A-Z]{8,32}")

_MAX_TEXT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A printer's announcement. `address` is an IPv4 address; all texts but the serial may be empty."""

    serial: str
    address: str
    """Its address as announced."""
    source: str
    """The sender of the datagram."""
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
