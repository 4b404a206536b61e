"""How far two colours are apart: CIE Lab, ΔE of 1976, which is what Bambu Studio measures filaments with."""

from functools import lru_cache
import re

_COLOR = re.compile(r"#?([0-9A-Fa-f]{6})([0-9A-Fa-f]{2})?")
# D65 as the white point.
_WHITE = (0.95047, 1.0, 1.08883)
_LINEAR_BELOW = 0.04045
_EPSILON = 216 / 24389
_KAPPA = 24389 / 27

type Lab = tuple[float, float, float]


def normalized(color: str) -> str:
    """Write a colour as RRGGBBAA, opaque where it does not say. Empty where it is none, or clear without a colour."""
    found = _COLOR.fullmatch(color.strip())
    if not found:
        return ""
    value = f"{found[1]}{found[2] or 'FF'}".upper()
    return "" if value == "00000000" else value


@lru_cache(maxsize=4096)
def distance(first: str, second: str) -> float | None:
    """Return ΔE of two colours; None where one is unset, or only one of them is see-through."""
    first, second = normalized(first), normalized(second)
    if not first or not second:
        return None
    if (first[6:] == "FF") != (second[6:] == "FF"):
        return None
    pairs = zip(_lab(first), _lab(second), strict=True)
    return float(sum((one - other) ** 2 for one, other in pairs) ** 0.5)


def _lab(color: str) -> Lab:
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (0, 2, 4))
    x = 0.4124564 * red + 0.3575761 * green + 0.1804375 * blue
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = 0.0193339 * red + 0.1191920 * green + 0.9503041 * blue
    fx, fy, fz = (
        _curve(value / white) for value, white in zip((x, y, z), _WHITE, strict=True)
    )
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _linear(value: float) -> float:
    if value <= _LINEAR_BELOW:
        return value / 12.92
    return float(((value + 0.055) / 1.055) ** 2.4)


def _curve(value: float) -> float:
    return float(value ** (1 / 3)) if value > _EPSILON else (_KAPPA * value + 16) / 116
