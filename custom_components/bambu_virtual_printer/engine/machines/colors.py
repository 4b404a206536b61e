"""How far two colours are apart: CIE Lab, ΔE of 1976, which is what Bambu Studio measures filaments with."""

from functools import lru_cache
import re
from typing import NamedTuple

_COLOR = re.compile(r"#?([0-9A-Fa-f]{6})([0-9A-Fa-f]{2})?")
# D65 as the white point.
_WHITE = (0.95047, 1.0, 1.08883)
_LINEAR_BELOW = 0.04045
_EPSILON = 216 / 24389
_KAPPA = 24389 / 27


class Shade(NamedTuple):
    """A colour as a point in CIE Lab, and whether it is opaque."""

    lightness: float
    a: float
    b: float
    is_opaque: bool


@lru_cache(maxsize=4096)
def normalized(color: str) -> str:
    """Write a colour as RRGGBBAA, opaque without an alpha value. Empty where it is none, or clear without a colour."""
    found = _COLOR.fullmatch(color.strip())
    if not found:
        return ""
    value = f"{found[1]}{found[2] or 'FF'}".upper()
    return "" if value == "00000000" else value


@lru_cache(maxsize=4096)
def shade_of(color: str) -> Shade | None:
    """Return the shade of a colour, None where it is unset."""
    color = normalized(color)
    if not color:
        return None
    red, green, blue = (_LINEAR[int(color[at : at + 2], 16)] for at in (0, 2, 4))
    x = 0.4124564 * red + 0.3575761 * green + 0.1804375 * blue
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = 0.0193339 * red + 0.1191920 * green + 0.9503041 * blue
    fx, fy, fz = _curve(x / _WHITE[0]), _curve(y / _WHITE[1]), _curve(z / _WHITE[2])
    return Shade(116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz), color[6:] == "FF")


def distance(first: str, second: str) -> float | None:
    """Return ΔE of two colours; None where one is unset, or only one of them is see-through."""
    return shade_distance(shade_of(first), shade_of(second))


def shade_distance(first: Shade | None, second: Shade | None) -> float | None:
    """Return ΔE of two shades; None where one is unset, or only one of them is see-through."""
    if first is None or second is None or first.is_opaque != second.is_opaque:
        return None
    return float(
        (
            (first.lightness - second.lightness) ** 2
            + (first.a - second.a) ** 2
            + (first.b - second.b) ** 2
        )
        ** 0.5
    )


def _linear(value: float) -> float:
    if value <= _LINEAR_BELOW:
        return value / 12.92
    return float(((value + 0.055) / 1.055) ** 2.4)


_LINEAR = tuple(_linear(value / 255) for value in range(256))


def _curve(value: float) -> float:
    return float(value ** (1 / 3)) if value > _EPSILON else (_KAPPA * value + 16) / 116
