"""Real H.264 for simulated cameras: encoded once, in packets of RTP as printers send them."""

from collections.abc import Iterator
from functools import cache
from itertools import accumulate
import struct

import av
from PIL import Image, ImageDraw

GROUP = 10
"""Pictures from one keyframe to the next."""
SIZE = (320, 176)
_MAX_PAYLOAD_BYTES = 200
_START_CODE = b"\0\0\0\1"


class Film:
    """A square that moves over a surface of one shade of grey, again and again."""

    def __init__(self, shade: int, *, times_stand_still: bool = False) -> None:
        """Encode it; the times of RTP may stand still, as they do on a P2S."""
        self._pictures = [
            [part for unit in units for part in _parts(unit)]
            for units in _encoded(shade)
        ]
        self._before = [0, *accumulate(map(len, self._pictures))]
        self._time_step = 0 if times_stand_still else 3000

    def __call__(self, number: int) -> list[bytes]:
        """Return the packets of one picture, RTP in RTSP's frames."""
        group, place = divmod(number, GROUP)
        parts = self._pictures[place]
        first = group * self._before[-1] + self._before[place]
        return [
            _packet(
                part,
                sequence=first + index,
                time=number * self._time_step,
                is_last=index == len(parts) - 1,
            )
            for index, part in enumerate(parts)
        ]


def _packet(part: bytes, *, sequence: int, time: int, is_last: bool) -> bytes:
    kind = 96 | (0x80 if is_last else 0)
    head = struct.pack(">BBHII", 0x80, kind, sequence % 2**16, time % 2**32, 0x1234)
    return b"$\0" + struct.pack(">H", len(head) + len(part)) + head + part


def _parts(unit: bytes) -> Iterator[bytes]:
    """Give a NAL unit as it is, or in parts (RFC 6184, FU-A)."""
    if len(unit) <= _MAX_PAYLOAD_BYTES:
        yield unit
        return
    indicator, kind = unit[0] & 0xE0 | 28, unit[0] & 0x1F
    pieces = range(1, len(unit), _MAX_PAYLOAD_BYTES)
    for start in pieces:
        is_first, is_last = start == 1, start == pieces[-1]
        head = kind | (0x80 if is_first else 0) | (0x40 if is_last else 0)
        yield bytes([indicator, head]) + unit[start : start + _MAX_PAYLOAD_BYTES]


@cache
def _encoded(shade: int) -> tuple[tuple[bytes, ...], ...]:
    """Return the NAL units of each picture of a group."""
    encoder = av.VideoCodecContext.create("libx264", "w")
    encoder.width, encoder.height = SIZE
    encoder.pix_fmt = "yuv420p"
    encoder.framerate = 30
    encoder.gop_size = GROUP
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "12"}
    pictures = []
    for place in range(GROUP):
        frame = av.VideoFrame.from_image(_drawn(shade, place))
        frame.pts = place
        (packet,) = encoder.encode(frame)
        assert packet.is_keyframe is (place == 0)
        stream = bytes(packet).replace(b"\0\0\1", _START_CODE)
        units = [unit.strip(b"\0") for unit in stream.split(_START_CODE)]
        pictures.append(tuple(filter(None, units)))
    return tuple(pictures)


def _drawn(shade: int, place: int) -> Image.Image:
    image = Image.new("RGB", SIZE, (shade, shade, shade))
    square = (place * 8, 8, place * 8 + 16, 24)
    ImageDraw.Draw(image).rectangle(square, fill=(0, 174, 66))
    return image


def shade_of(image: Image.Image) -> int:
    """Return the shade of the surface in a picture of a film."""
    corner = (image.width - 40, image.height - 40, image.width, image.height)
    found = image.convert("L").crop(corner).resize((1, 1)).getpixel((0, 0))
    assert isinstance(found, int)
    return found
