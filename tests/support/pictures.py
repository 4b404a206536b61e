"""Photographs as people send them."""

from io import BytesIO
from random import Random

from PIL import Image

FORMATS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}


def picture(kind: str = "JPEG", side: int = 64, **options: object) -> bytes:
    """Return a picture that cannot be made much smaller."""
    buffer = BytesIO()
    noise = Random(side).randbytes(3 * side * side)
    Image.frombytes("RGB", (side, side), noise).save(buffer, kind, **options)
    return buffer.getvalue()


PICTURES = {kind: picture(kind) for kind in FORMATS}
