"""Small pictures without a library: filled polygons on a canvas, written as PNG."""

from collections import defaultdict
from collections.abc import Sequence
import struct
import zlib

type Color = tuple[int, int, int]
type Point = tuple[float, float]

TRANSPARENT = b"\x00\x00\x00\x00"


def parse_color(code: str) -> Color:
    """Read `#RRGGBB`."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def shaded(color: Color, light: float) -> Color:
    """Return a colour darker (light < 1) or brighter."""
    red, green, blue = (min(255, round(channel * light)) for channel in color)
    return red, green, blue


class Canvas:
    """A square picture with 8 bits for each of red, green, blue and alpha; transparent at first."""

    def __init__(self, size: int) -> None:
        """Make a picture of `size` times `size` pixels."""
        self.size = size
        self._rows = [bytearray(TRANSPARENT * size) for _ in range(size)]

    def polygon(self, points: Sequence[Point], color: Color) -> None:
        """Fill a polygon; overlapping parts of it are left out."""
        pixel = bytes((*color, 255))
        for row, crossings in self._crossings(points).items():
            crossings.sort()
            for left, right in zip(crossings[::2], crossings[1::2], strict=True):
                first = max(0, round(left))
                last = min(self.size, round(right))
                if last > first:
                    self._rows[row][4 * first : 4 * last] = pixel * (last - first)

    def _crossings(self, points: Sequence[Point]) -> dict[int, list[float]]:
        """Return where the outline crosses the middle of each row."""
        crossings = defaultdict[int, list[float]](list)
        for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
            low, high = (y1, y2) if y1 <= y2 else (y2, y1)
            for row in range(max(0, int(low)), min(self.size, int(high) + 1)):
                y = row + 0.5
                if low <= y < high:
                    crossings[row].append(x1 + (y - y1) * (x2 - x1) / (y2 - y1))
        return crossings

    def line(self, start: Point, end: Point, width: float, color: Color) -> None:
        """Draw a horizontal or vertical line."""
        (x1, y1), (x2, y2) = start, end
        half = width / 2
        self.polygon(
            [
                (min(x1, x2) - half, min(y1, y2) - half),
                (max(x1, x2) + half, min(y1, y2) - half),
                (max(x1, x2) + half, max(y1, y2) + half),
                (min(x1, x2) - half, max(y1, y2) + half),
            ],
            color,
        )

    def png(self) -> bytes:
        """Return the picture as a PNG file."""
        header = struct.pack(">IIBBBBB", self.size, self.size, 8, 6, 0, 0, 0)
        pixels = b"".join(b"\x00" + row for row in self._rows)
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            _chunk(kind, data)
            for kind, data in (
                (b"IHDR", header),
                (b"IDAT", zlib.compress(pixels, 6)),
                (b"IEND", b""),
            )
        )


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
