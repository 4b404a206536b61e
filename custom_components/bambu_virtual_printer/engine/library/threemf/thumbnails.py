"""The pictures of plates, kept beside the file as `plate_<n>.png`.

They can be taken out of the file again at any time, so nothing is done to make them survive a power cut: an empty one
counts as missing.
"""

from contextlib import suppress
from dataclasses import replace
import logging
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from ..values.sliced_file import SlicedFile
from . import reader
from .package import MemberError, Package

_LOGGER = logging.getLogger(__name__)

MAX_PIXELS = 8_000_000
"""What is larger is not made smaller: 32 MB of memory."""
SMALL_QUALITY = 80
# All pictures of one file together.
MAX_TOTAL_BYTES = 64 * 1024 * 1024


def extract(path: Path, facts: SlicedFile) -> SlicedFile:
    """Take the pictures of all plates out of a 3MF and put them beside it.

    Returns the facts with only those pictures named that are there now. Raises ThreeMFError, OSError.
    """
    left = MAX_TOTAL_BYTES
    plates = []
    with Package(path) as package:
        for plate in facts.plates:
            kept = plate
            if plate.thumbnail:
                try:
                    left -= _write(
                        package, plate.thumbnail, _path(path, plate.number), left
                    )
                except MemberError:
                    kept = replace(plate, thumbnail="")
            plates.append(kept)
    return replace(facts, plates=tuple(plates))


def write(path: Path, plate: int, picture: bytes) -> None:
    """Put the picture of a plate, a PNG, beside a file. Raises OSError."""
    target = _path(path, plate)
    fresh = target.with_suffix(".png.part")
    try:
        fresh.write_bytes(picture)
        fresh.replace(target)
    except:
        fresh.unlink(missing_ok=True)
        raise


def find(path: Path, plate: int) -> Path | None:
    """Return the picture of a plate, or None. Raises OSError."""
    picture = _path(path, plate)
    with suppress(FileNotFoundError):
        if picture.stat().st_size:
            return picture
    return None


def small(picture: Path, max_pixels: int) -> Path:
    """Return a picture that is no wider and higher than so many pixels, made once and kept beside the large one.

    The picture itself is returned where Pillow cannot read it, or it would take too much memory. Raises OSError.
    """
    target = picture.with_name(f"{picture.stem}_{max_pixels}.webp")
    with suppress(FileNotFoundError):
        if target.stat().st_size:
            return target
    fresh = target.with_suffix(".webp.part")
    try:
        with Image.open(picture, formats=("PNG",)) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                return picture
            image.thumbnail((max_pixels, max_pixels))
            image.save(fresh, "WEBP", quality=SMALL_QUALITY)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        SyntaxError,
        ValueError,
    ) as err:
        _LOGGER.debug("%s cannot be made smaller: %s", picture, err)
        fresh.unlink(missing_ok=True)
        return picture
    except OSError as err:
        fresh.unlink(missing_ok=True)
        if err.errno is None:
            # Pillow says so of pictures that are cut short.
            return picture
        raise
    fresh.replace(target)
    return target


def name_of(plate: int) -> str:
    """Return what a plate's picture is called."""
    return f"plate_{plate}.png"


def _path(path: Path, plate: int) -> Path:
    return path.with_name(name_of(plate))


def _write(package: Package, member: str, target: Path, max_bytes: int) -> int:
    """Write one picture, complete or not at all. Returns its size in bytes. Raises MemberError, OSError."""
    fresh = target.with_suffix(".png.part")
    size_bytes = 0
    try:
        with fresh.open("wb") as file:
            for chunk in package.chunks(
                member, min(max_bytes, reader.MAX_THUMBNAIL_BYTES)
            ):
                size_bytes += file.write(chunk)
        fresh.replace(target)
    except:
        fresh.unlink(missing_ok=True)
        raise
    return size_bytes
