"""Compares pictures of screens with those that were kept: another layout is noticed, another minute of the clock is not.

Kept are small copies. Pictures are compared by the mean colours of squares, so that a text that says something else does not
count, and what has moved, is missing or has lost its colours does.
"""

from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

KEPT_WIDTH = 320
SQUARE = 8
MAX_DIFFERENCE = 20
"""Between 0 and 255, up to which a square looks the same."""
MAX_DIFFERENT = 0.04
"""The part of all squares that may look different."""


def keep(pictures: Iterable[Path], folder: Path) -> None:
    """Replace what is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()
    for picture in pictures:
        _small(picture).save(folder / f"{picture.stem}.webp", quality=70, method=6)


def differences(pictures: Iterable[Path], folder: Path) -> list[str]:
    """Say which pictures look different from those in the folder, or are not among them."""
    told = []
    for picture in sorted(pictures):
        kept = folder / f"{picture.stem}.webp"
        if not kept.exists():
            told.append(f"{picture.stem}: no picture of it was kept")
            continue
        part = different_part(picture, kept)
        if part > MAX_DIFFERENT:
            told.append(f"{picture.stem}: {part:.0%} of it looks different")
    return told


def different_part(one: Path, other: Path) -> float:
    """Return which part of two pictures looks different, 1 where their shapes are."""
    first, second = _small(one), _small(other)
    if first.size != second.size:
        return 1.0
    width, height = first.size
    difference = ImageChops.difference(first, second)
    squares = [
        max(ImageStat.Stat(difference.crop((x, y, x + SQUARE, y + SQUARE))).mean)
        for y in range(0, height - SQUARE + 1, SQUARE)
        for x in range(0, width - SQUARE + 1, SQUARE)
    ]
    return sum(square > MAX_DIFFERENCE for square in squares) / len(squares)


def _small(path: Path) -> Image.Image:
    with Image.open(path) as image:
        height = round(image.height * KEPT_WIDTH / image.width)
        return image.convert("RGB").resize(
            (KEPT_WIDTH, height), Image.Resampling.LANCZOS
        )
