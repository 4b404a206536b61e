"""The datagrams of discovery: HTTP-like text, one per datagram.

Location is a bare IPv4 address and USN the bare serial; both, and every Dev line, are what slicers build their printer
list from (firmware capture, and the public write-up of the network plugin).
"""

from collections.abc import Iterable

from .presence import Presence

MULTICAST_GROUP = "239.255.255.250"
MULTICAST_PORT = 1990
DEVICE_TYPE = "urn:bambulab-com:device:3dprinter:1"
MAX_AGE_S = 1800


def notify(identity: Presence) -> bytes:
    """Encode an announcement."""
    return _render(
        "NOTIFY * HTTP/1.1",
        ("Host", f"{MULTICAST_GROUP}:{MULTICAST_PORT}"),
        ("Server", "UPnP/1.0"),
        ("Location", identity.address),
        ("NT", DEVICE_TYPE),
        ("NTS", "ssdp:alive"),
        *_device_headers(identity),
    )


def byebye(identity: Presence) -> bytes:
    """Encode a byebye."""
    return _render(
        "NOTIFY * HTTP/1.1",
        ("Host", f"{MULTICAST_GROUP}:{MULTICAST_PORT}"),
        ("NT", DEVICE_TYPE),
        ("NTS", "ssdp:byebye"),
        ("USN", identity.serial),
    )


def search_response(identity: Presence) -> bytes:
    """Encode the reply to a search."""
    return _render(
        "HTTP/1.1 200 OK",
        ("Server", "UPnP/1.0"),
        ("Location", identity.address),
        ("ST", DEVICE_TYPE),
        *_device_headers(identity),
    )


def is_search(datagram: bytes) -> bool:
    """Return whether this is a search for Bambu Lab printers; matched loosely, as clients differ."""
    text = datagram.upper()
    return text.startswith(b"M-SEARCH") and (
        DEVICE_TYPE.upper().encode() in text or b"SSDP:ALL" in text
    )


def _device_headers(identity: Presence) -> Iterable[tuple[str, str]]:
    # A client that misses one of the Dev lines ignores the printer. DevInf must never change: clients accept a new
    # address only while it stays the same.
    return (
        ("USN", identity.serial),
        ("Cache-Control", f"max-age={MAX_AGE_S}"),
        ("DevModel.bambu.com", identity.model.code),
        ("DevName.bambu.com", identity.name),
        ("DevSignal.bambu.com", "-44"),
        ("DevConnect.bambu.com", "lan"),
        ("DevBind.bambu.com", "free"),
        ("Devseclink.bambu.com", "secure"),
        ("DevInf.bambu.com", "eth0"),
        ("DevVersion.bambu.com", identity.firmware_version),
        ("DevCap.bambu.com", "1"),
    )


def _render(start: str, *headers: tuple[str, str]) -> bytes:
    lines = [start, *(f"{key}: {_one_line(value)}" for key, value in headers), "", ""]
    return "\r\n".join(lines).encode()


def _one_line(value: str) -> str:
    """Return a name without line breaks, which would begin other headers."""
    return "".join(char if char.isprintable() else " " for char in value)
