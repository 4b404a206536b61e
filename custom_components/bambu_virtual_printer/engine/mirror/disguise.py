"""Replaces a real printer's serial number and addresses by the virtual printer's, wherever they stand.

Slicers take the addresses for uploads and the camera from reports; one octet of the real printer's in there sends the next
file past us (Bambuddy #1429). An address is written as a dotted quad, or as a number of its bytes, usually with the first
octet lowest, signed or not; a serial number as it is or within a longer text. Serial numbers of AMS units and nozzles stay.
"""

from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Address
import math
import re
from typing import Any

from ..protocol.address_numbers import (
    MIN_ADDRESS_NUMBER,
    from_number,
    notations,
    to_number,
)
from .values import Face, Target

DISABLED = "disable"

# What tells a network, a person or a way past us apart, and no slicer needs. Whatever it holds, it is not passed on.
_HIDDEN = frozenset(
    {
        "access_code", "bssid", "dev_id", "dev_name", "gateway", "header", "mac", "oss_url", "passwd", "password", "ssid",
        "token", "ttcode", "url", "url_enc", "user_id",
    }
)  # fmt: skip
_MAX_DEPTH = 32
# Shorter ones are parts of other words.
_MIN_NAME_CHARS = 4


class Disguise:
    """Makes what one real printer says say the same of the virtual one."""

    def __init__(self, target: Target, face: Face) -> None:
        """Know the printer's own addresses from where it is reached, and from what it reports of its network."""
        self._number = to_number(IPv4Address(face.address))
        self._texts = {target.serial.upper(): face.serial}
        self._numbers: dict[int, int] = {}
        for place in (*target.places, *_reported_addresses(target)):
            self._add_place(place, face.address)
        known = sorted(filter(None, self._texts), key=len, reverse=True)
        self._pattern = re.compile(
            "|".join(map(_expression, known)) or "(?!)", re.IGNORECASE
        )

    def _add_place(self, place: str, shown: str) -> None:
        try:
            old, new = IPv4Address(place), IPv4Address(shown)
        except AddressValueError:
            if len(place) >= _MIN_NAME_CHARS:
                self._texts.setdefault(place.upper(), shown)
            return
        self._texts.setdefault(str(old), shown)
        for number, replacement in zip(notations(old), notations(new), strict=True):
            if abs(number) >= MIN_ADDRESS_NUMBER:
                self._numbers.setdefault(number, replacement)
                self._texts.setdefault(str(number), str(replacement))

    def apply(self, value: Any, depth: int = 0) -> Any:
        """Return a copy of a value without anything of the real printer's identity."""
        match value:
            case str():
                return self._pattern.sub(self._replaced, value) if value else value
            case bool() | None:
                return value
            case float():
                # Python reads numbers that JSON does not have.
                return value if math.isfinite(value) else None
            case int():
                return self._numbers.get(value, value)
            case dict() if depth < _MAX_DEPTH:
                return {
                    self.apply(key): self._field(key, inner, depth + 1)
                    for key, inner in value.items()
                    if key not in _HIDDEN
                }
            case list() if depth < _MAX_DEPTH:
                return [self.apply(inner, depth + 1) for inner in value]
            case _:
                return None

    def _field(self, key: str, value: Any, depth: int) -> Any:
        match key, value:
            case "ip", int() if value and not isinstance(value, bool):
                return self._number
            case "rtsp_url", _:
                return DISABLED
        return self.apply(value, depth)

    def _replaced(self, found: re.Match[str]) -> str:
        return self._texts[found[0].upper()]


def _expression(text: str) -> str:
    """Match a text wherever it stands, and an address or a number not within a longer one."""
    if text.strip("-.0123456789"):
        return re.escape(text)
    return rf"(?<![0-9]){re.escape(text)}(?![0-9])"


def _reported_addresses(target: Target) -> Iterable[str]:
    """Return what the printer reports as addresses of its own; with Wi-Fi and Ethernet there are two."""
    net = target.status.get("net")
    info = net.get("info") if isinstance(net, dict) else None
    for entry in info if isinstance(info, list) else ():
        number = entry.get("ip") if isinstance(entry, dict) else None
        if isinstance(number, int) and number % 2**32 >= MIN_ADDRESS_NUMBER:
            yield str(from_number(number))
