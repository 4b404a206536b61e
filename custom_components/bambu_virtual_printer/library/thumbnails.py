"""The pictures of plates, kept beside the file as `plate_<n>.png`.

They can be taken out of the file again at any time, so nothing is done to make them survive a power cut: an empty one
counts as missing.
"""

from contextlib import suppress
from pathlib import Path
import re

from . import threemf
from .package import MemberError, Package
from .sliced_file import SlicedFile

# All pictures of one file together.
MAX_TOTAL_BYTES = 64 * 1024 * 1024

_NAME = re.compile(r"plate_([1-9][0-9]{0,3})\.png")


def extract(path: Path, facts: SlicedFile) -> None:
    """Take the pictures of all plates out of a 3MF and put them beside it. Raises ThreeMFError, OSError."""
    left = MAX_TOTAL_BYTES
    with Package(path) as package:
        for plate in facts.plates:
            with suppress(MemberError):
                left -= _write(
                    package, plate.thumbnail, _path(path, plate.number), left
                )


def find(path: Path, plate: int | None) -> Path | None:
    """Return the picture of a plate, or of the first one that has any. Raises OSError."""
    if plate is None:
        pictures = {
            int(match[1]): picture
            for picture in path.parent.iterdir()
            if (match := _NAME.fullmatch(picture.name))
        }
        candidates = [pictures[number] for number in sorted(pictures)]
    else:
        candidates = [_path(path, plate)]
    for picture in candidates:
        with suppress(FileNotFoundError):
            if picture.stat().st_size:
                return picture
    return None


def _path(path: Path, plate: int) -> Path:
    return path.with_name(f"plate_{plate}.png")


def _write(package: Package, member: str, target: Path, max_bytes: int) -> int:
    """Write one picture, complete or not at all. Returns its size in bytes."""
    if not member:
        return 0
    fresh = target.with_suffix(".png.part")
    size_bytes = 0
    try:
        with fresh.open("wb") as file:
            for chunk in package.chunks(
                member, min(max_bytes, threemf.MAX_THUMBNAIL_BYTES)
            ):
                size_bytes += file.write(chunk)
        fresh.replace(target)
    except:
        fresh.unlink(missing_ok=True)
        raise
    return size_bytes
