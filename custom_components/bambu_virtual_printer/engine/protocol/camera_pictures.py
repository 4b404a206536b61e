"""The camera protocol of TCP 6000: a login of 80 bytes, then pictures without end (A1, A1 mini, A2L, P1P, P1S).

    client    u32 0x40, u32 0x3000, u32 0, u32 0, user (32 bytes), access code (32 bytes), both padded with NUL
    printer   u32 size, u32 0, u32 1, u32 0, and a JPEG of that size; again and again, about one a second

All numbers are little-endian. A printer that refuses the login closes without a word. Read by ha-bambulab, bambulabs-api,
kiln and platecli of real printers (docs/protocol.md, Camera).
"""

import struct

LOGIN_MAGIC = struct.pack("<II", 0x40, 0x3000)
LOGIN_BYTES = 80
HEADER_BYTES = 16
MAX_PICTURE_BYTES = 10 * 1024 * 1024
"""Real pictures have about 100 kB; a header that says more is none."""

_LOGIN = struct.Struct("<IIII32s32s")
_HEADER = struct.Struct("<IIII")
_START_OF_IMAGE = b"\xff\xd8"


class OutOfStepError(Exception):
    """What was received is no header or no JPEG: the stream cannot be followed any more."""


def login(user: str, access_code: str) -> bytes:
    """Return what a client sends first."""
    return _LOGIN.pack(0x40, 0x3000, 0, 0, user.encode(), access_code.encode())


def read_login(data: bytes) -> tuple[bytes, bytes]:
    """Return user and access code of LOGIN_BYTES bytes that begin with LOGIN_MAGIC."""
    *_magic, user, access_code = _LOGIN.unpack(data)
    return user.rstrip(b"\0"), access_code.rstrip(b"\0")


def header(size_bytes: int) -> bytes:
    """Return what precedes a picture."""
    return _HEADER.pack(size_bytes, 0, 1, 0)


def read_header(data: bytes) -> int:
    """Return the size of the picture that follows. Raises OutOfStepError."""
    size_bytes: int = _HEADER.unpack(data)[0]
    if not len(_START_OF_IMAGE) < size_bytes <= MAX_PICTURE_BYTES:
        raise OutOfStepError(f"a picture of {size_bytes} bytes")
    return size_bytes


def check_picture(picture: bytes) -> None:
    """Make sure that a picture begins like one. Raises OutOfStepError."""
    if not picture.startswith(_START_OF_IMAGE):
        raise OutOfStepError("it is no JPEG")
