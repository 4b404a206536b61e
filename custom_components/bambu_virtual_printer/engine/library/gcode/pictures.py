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


def best(comments: bytes) -> bytes | None:
    """Return the largest picture that is one, None without any."""
    found = sorted(
        list(_BEGIN.finditer(comments))[:MAX_PICTURES],
        key=lambda begin: int(begin[1]) * int(begin[2]),
        reverse=True,
    )
    for begin in found:
        end = comments.find(_END, begin.end())
        if end < 0 or end - begin.end() > 2 * MAX_PICTURE_BYTES:
            continue
        text = _SPACE.sub(b"", _COMMENT.sub(b"", comments[begin.end() : end]))
        try:
            picture = base64.b64decode(text, validate=True)
        except binascii.Error:
            continue
        if is_picture(picture):
            return picture
    return None
