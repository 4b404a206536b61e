"""Checks whether a file is a picture that people can look at: complete, of a kind browsers show, and not too large.

Every byte is looked at, but no picture is ever held decoded: one of 50 megapixels would take 200 MB or more. What
decoding would take is counted before it is begun.
"""

from pathlib import Path
from struct import error as StructError
from typing import BinaryIO
import zlib

from PIL import Image, UnidentifiedImageError

from ...explanations import explain
from ..values.errors import InvalidChangeError, unreadable
from ..values.jpeg_scans import count_scans
from .disk import explained

MAX_PIXELS = 50_000_000
# Every scan of a JPEG goes over all pixels: ten is usual, and this is some seconds' work.
MAX_SCANS = 64
MAX_SCANNED_PIXELS = 20 * MAX_PIXELS

_FORMATS = ("JPEG", "PNG", "WEBP")
_SUFFIXES = {
    "JPEG": ".jpg",
    # A JPEG with more pictures behind the first one, as some phones and cameras make it.
    "MPO": ".jpg",
    "PNG": ".png",
    "WEBP": ".webp",
}
# What Pillow raises for pictures that are damaged.
_DAMAGED = (
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    StructError,
    zlib.error,
)


def suffix_of(path: Path) -> str:
    """Return the suffix a picture's file should have. Raises InvalidChangeError when it is no good picture, StorageError."""
    with explained(unreadable(path.name)), path.open("rb") as file:
        try:
            return _suffix(file)
        except UnidentifiedImageError as err:
            raise InvalidChangeError(
                explain(
                    "picture_of_other_kind",
                    "The file is not a JPEG, PNG or WebP picture.",
                )
            ) from err
        except Image.DecompressionBombError as err:
            raise _too_large() from err
        except OSError as err:
            if err.errno is not None:
                raise
            raise _damaged() from err
        except _DAMAGED as err:
            raise _damaged() from err


def _suffix(file: BinaryIO) -> str:
    with Image.open(file, formats=_FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise _too_large()
        match image.format:
            case "PNG":
                # Compares the checksums of all chunks.
                image.verify()
            case "JPEG" | "MPO":
                _check_work(file, image.width * image.height)
                file.seek(0)
                # Decodes all of it to an eighth of its size.
                image.draft(None, (1, 1))
                image.load()
            case "WEBP":
                # Opening it has found all its parts complete.
                pass
        return _SUFFIXES[image.format or ""]


def _check_work(file: BinaryIO, pixels: int) -> None:
    """Make sure that decoding a JPEG takes no more than seconds. Raises InvalidChangeError, OSError."""
    scans = count_scans(file, at_most=min(MAX_SCANS, MAX_SCANNED_PIXELS // pixels))
    if scans is None:
        raise InvalidChangeError(
            explain(
                "picture_of_many_scans",
                "The picture is a progressive JPEG with too many scans. Save it again as a plain JPEG, or smaller.",
            )
        )


def _too_large() -> InvalidChangeError:
    return InvalidChangeError(
        explain(
            "picture_too_large",
            "The picture has more than {limit} megapixels.",
            limit=MAX_PIXELS // 1_000_000,
        )
    )


def _damaged() -> InvalidChangeError:
    return InvalidChangeError(
        explain("picture_damaged", "The picture is damaged or incomplete.")
    )
