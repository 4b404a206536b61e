"""Replaces a real printer's serial number and addresses by the virtual printer's, in all fields.

Slicers take the addresses for uploads and the camera from reports; with the real printer's there they would upload the
next file past the virtual printer (Bambuddy #1429). An address is a dotted quad or a number (`protocol.address_numbers`);
a serial number may be within a longer text. Serial numbers of AMS units and nozzles stay.
"""

from collections.abc import Iterable, Mapping
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

# Fields that identify a network, a person or another way to the printer, and that no slicer needs.
_HIDDEN = frozenset(
    {
        "access_code", "bssid", "dev_id", "dev_name", "gateway", "header", "mac", "oss_url", "passwd", "password", "ssid",
        "token", "ttcode", "url", "url_enc", "user_id",
    }
)  # fmt: skip
_MAX_DEPTH = 32


class Disguise:
    """Replaces one real printer's identity in its reports and replies."""

    def __init__(self, target: Target, face: Face) -> None:
        """Collect the printer's addresses: those of its connections, and those that it reports."""
        self._number = to_number(IPv4Address(face.address))
        self._texts = {
            serial.upper(): face.serial
            for serial in (target.serial, *target.other_serials)
        }
        self._numbers: dict[int, int] = {}
        for place in (*target.places, *reported_addresses(target.status)):
            self._add_place(place, face.address)
        known = sorted(filter(None, self._texts), key=len, reverse=True)
        self._pattern = re.compile(
            "|".join(map(_expression, known)) or "(?!)", re.ASCII | re.IGNORECASE
        )

    def _add_place(self, place: str, shown: str) -> None:
        try:
            old, new = IPv4Address(place), IPv4Address(shown)
        except AddressValueError:
            # A host name without a domain may be any word of a report.
            if "." in place:
                self._texts.setdefault(place.upper(), shown)
            return
        self._texts.setdefault(str(old), shown)
        for number, replacement in zip(notations(old), notations(new), strict=True):
            if abs(number) >= MIN_ADDRESS_NUMBER:
                self._numbers.setdefault(number, replacement)
                self._texts.setdefault(str(number), str(replacement))

    def apply(self, value: Any, depth: int = 0) -> Any:
        """Return a copy of a value without the real printer's identity."""
        match value:
            case str():
                return self._pattern.sub(self._replaced, value) if value else value
            case bool() | None:
                return value
            case float():
                # Python reads NaN and Infinity, which JSON does not have.
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
    """Return a pattern for a text anywhere, and for an address or a number that is not part of a longer one."""
    if text.strip("-.0123456789"):
        return re.escape(text)
    return rf"(?<![0-9]){re.escape(text)}(?![0-9])"


def reported_addresses(status: Mapping[str, Any]) -> Iterable[str]:
    """Return the addresses that the printer reports as its own; with Wi-Fi and Ethernet there are two."""
    net = status.get("net")
    info = net.get("info") if isinstance(net, dict) else None
    for entry in info if isinstance(info, list) else ():
        number = entry.get("ip") if isinstance(entry, dict) else None
        if isinstance(number, int) and number % 2**32 >= MIN_ADDRESS_NUMBER:
            yield str(from_number(number))
