"""Replaces addresses in MQTT messages; every other byte stays as it was.

Slicers take the device address from `net.info[].ip` and the camera's from `rtsp_url`; with the printer's own address
there they would upload the next file past the relay. It is a dotted quad, or a number (`protocol.address_numbers`).
"""

from collections.abc import Iterable
from ipaddress import IPv4Address
import re

from ..protocol.address_numbers import MIN_ADDRESS_NUMBER, from_number, notations
from ..protocol.mqtt.framing import Frame, PacketType
from ..protocol.mqtt.packets import ProtocolError

# More addresses than a printer has at a time; the oldest are dropped first.
MAX_ADDRESSES = 16

_IP_FIELD = re.compile(rb'"ip"\s*:\s*(-?\d{1,10})(?![0-9.])')
_SIGNED = b'"sign_string"'


class AddressRewriter:
    """Replaces some addresses by one."""

    def __init__(
        self, replacement: str, addresses: Iterable[str], *, collects: bool = False
    ) -> None:
        """Replace `addresses` by `replacement`.

        With `collects`, addresses found in a field `ip` are added: a printer with Wi-Fi and Ethernet reports both of its
        addresses there.
        """
        self._replacement = IPv4Address(replacement)
        self._collects = collects
        self._addresses = dict.fromkeys(map(IPv4Address, addresses))
        self._addresses.pop(self._replacement, None)
        self._compile()

    def rewrite(self, payload: bytes) -> bytes:
        """Return the payload with all addresses replaced."""
        if self._collects:
            self._collect(payload)
        if not self._by_text:
            return payload
        return self._pattern.sub(lambda found: self._by_text[found[0]], payload)

    def _collect(self, payload: bytes) -> None:
        for found in _IP_FIELD.finditer(payload):
            number = int(found[1])
            address = from_number(number)
            if number % 2**32 >= MIN_ADDRESS_NUMBER and address != self._replacement:
                if address not in self._addresses:
                    self._addresses[address] = None
                    while len(self._addresses) > MAX_ADDRESSES:
                        # The first one is the verified address; it stays.
                        del self._addresses[list(self._addresses)[1]]
                    self._compile()

    def _compile(self) -> None:
        self._by_text: dict[bytes, bytes] = {}
        for address in self._addresses:
            for old, new in zip(
                _texts(address), _texts(self._replacement), strict=True
            ):
                # Where two notations give the same text, the first is the one in use.
                self._by_text.setdefault(old, new)
        dotted = [re.escape(text) for text in self._by_text if b"." in text]
        numbers = [
            re.escape(text)
            for text in self._by_text
            if b"." not in text and int(text) % 2**32 >= MIN_ADDRESS_NUMBER
        ]
        # Not within a longer quad or number.
        self._pattern = re.compile(
            rb"(?<![0-9])(?<![0-9]\.)(?:%s)(?![0-9]|\.[0-9])"
            rb"|(?<![0-9A-Za-z_.+-])(?:%s)(?![0-9A-Za-z_.])"
            % (b"|".join(dotted), b"|".join(numbers))
        )


def _texts(address: IPv4Address) -> tuple[bytes, ...]:
    """Return the notations of an address, always in the same order, the usual ones first."""
    return tuple(str(each).encode() for each in (address, *notations(address)))


def rewrite_publish(frame: Frame, rewriter: AddressRewriter) -> bytes:
    """Return the packet with the addresses in its message replaced, byte for byte the same if there are none.

    Raises ProtocolError when it is a PUBLISH that ends too early.
    """
    if frame.kind != PacketType.PUBLISH:
        return frame.encoded
    body = frame.body
    start = payload_start(frame, body)
    payload = body[start:]
    rewritten = rewriter.rewrite(payload)
    if rewritten == payload:
        return frame.encoded
    return frame.with_body(body[:start] + rewritten)


def payload_start(frame: Frame, body: bytes) -> int:
    """Return where in the body of a PUBLISH the message begins. Raises ProtocolError."""
    has_packet_id = bool(frame.flags & 0x06)
    start = 2 + int.from_bytes(body[:2]) + (2 if has_packet_id else 0)
    if len(body) < start:
        raise ProtocolError("a PUBLISH ends too early")
    return start


def is_signed(payload: bytes) -> bool:
    """Return whether a command is signed; it must not be changed then."""
    return _SIGNED in payload
