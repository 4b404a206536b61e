"""Pictures in the comments of G-code: PNG in base64, between lines that say where they begin and end.

PrusaSlicer began it (2.3), OrcaSlicer, Bambu Studio and Cura's script write the same:

    ; thumbnail begin 300x300 18460
    ; iVBORw0KGgoAAAANSUhEUgAAASwAAAEs...
    ; thumbnail end

JPEG and QOI have marks of their own (`thumbnail_JPG`) and are not taken.
"""

import base64
import binascii
import re

from ..threemf.reader import is_picture

MAX_PICTURES = 16
MAX_PICTURE_BYTES = 1536 * 1024

_BEGIN = re.compile(
    rb"^; thumbnail begin (\d{1,5})[x ](\d{1,5}) (\d{1,8})\s*$", re.MULTILINE
)
_END = b"; thumbnail end"
_COMMENT = re.compile(rb"^; ?", re.MULTILINE)
_SPACE = re.compile(rb"\s+")


def all_of(comments: bytes) -> tuple[bytes, ...]:
    """Return the pictures that are some, the largest first."""
    found = sorted(
        list(_BEGIN.finditer(comments))[:MAX_PICTURES],
        key=lambda begin: int(begin[1]) * int(begin[2]),
        reverse=True,
    )
    return tuple(
        picture
        for begin in found
        if (picture := _decoded(comments, begin.end())) is not None
    )


def _decoded(comments: bytes, start: int) -> bytes | None:
    end = comments.find(_END, start)
    if end < 0 or end - start > 2 * MAX_PICTURE_BYTES:
        return None
    text = _SPACE.sub(b"", _COMMENT.sub(b"", comments[start:end]))
    try:
        picture = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    return picture if is_picture(picture) else None
