"""H.264 in packets of RTP (RFC 6184; RFC 3550, 5.1): what kind they are, and what a decoder takes."""

import base64
import binascii
from collections.abc import Iterable, Iterator, Sequence
import re

SLICE, KEYFRAME, SPS, DELIMITER = 1, 5, 7, 9
"""Types of NAL units."""

# Types of NAL units that hold others, or a part of one.
_STAP_A, _FU_A = 24, 28
_FIRST_OF_PARTS = 0x80
_RTP_HEAD_BYTES = 12
_START_CODE = b"\0\0\0\1"
_PARAMETER_SETS = re.compile(r"sprop-parameter-sets=([^;\s]+)")


def nal_type(rtp: Sequence[int]) -> int:
    """Return the type of the first NAL unit that begins in a packet; 0 if none does."""
    start = _payload_start(rtp)
    if len(rtp) < start + 4:
        return 0
    kind = rtp[start] & 0x1F
    if kind == _STAP_A:
        return rtp[start + 3] & 0x1F
    if kind == _FU_A:
        is_first = rtp[start + 1] & _FIRST_OF_PARTS
        return rtp[start + 1] & 0x1F if is_first else 0
    return kind


def byte_stream(sdp: bytes, payloads: Iterable[bytes]) -> bytes:
    """Return as a decoder takes it what packets hold, after the parameter sets of their description."""
    units = (*_parameter_sets(sdp), *_nal_units(payloads))
    return b"".join(_START_CODE + unit for unit in units)


def _payload_start(rtp: Sequence[int]) -> int:
    if len(rtp) < _RTP_HEAD_BYTES:
        return _RTP_HEAD_BYTES
    start = _RTP_HEAD_BYTES + 4 * (rtp[0] & 0x0F)
    if rtp[0] & 0x10 and len(rtp) >= start + 4:
        start += 4 + 4 * (rtp[start + 2] << 8 | rtp[start + 3])
    return start


def _payload(rtp: bytes) -> bytes:
    is_padded = rtp and rtp[0] & 0x20
    return rtp[_payload_start(rtp) : len(rtp) - rtp[-1] if is_padded else None]


def _nal_units(payloads: Iterable[bytes]) -> Iterator[bytes]:
    """Give the NAL units; of those that are in parts only whole ones."""
    parts = bytearray()
    for rtp in payloads:
        payload = _payload(rtp)
        if len(payload) < 2:
            continue
        kind = payload[0] & 0x1F
        if kind == _STAP_A:
            yield from _held(payload[1:])
        elif kind == _FU_A:
            if payload[1] & _FIRST_OF_PARTS:
                parts = bytearray([payload[0] & 0xE0 | payload[1] & 0x1F])
            if parts:
                parts += payload[2:]
            if payload[1] & 0x40 and parts:
                yield bytes(parts)
                parts = bytearray()
        else:
            yield payload


def _held(rest: bytes) -> Iterator[bytes]:
    while len(rest) > 2:
        size = int.from_bytes(rest[:2])
        yield rest[2 : 2 + size]
        rest = rest[2 + size :]


def _parameter_sets(sdp: bytes) -> Iterator[bytes]:
    found = _PARAMETER_SETS.search(sdp.decode(errors="replace"))
    for text in found[1].split(",") if found else ():
        try:
            yield base64.b64decode(text, validate=True)
        except binascii.Error:
            return
