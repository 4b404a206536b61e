"""Makes a camera's picture of a plate's thumbnail, for virtual printers without a real one behind them."""

from io import BytesIO
import logging
from pathlib import Path

from PIL import Image

_LOGGER = logging.getLogger(__name__)

WIDTH, HEIGHT = 1280, 720
"""As the cameras of A1 and P1."""
_BACKGROUND = (44, 47, 51)
# Thumbnails have 512 pixels; a file may hold any.
_MAX_SIDE = 4096
_QUALITY = 85


def plate_picture(thumbnail: Path | None) -> bytes:
    """Return a JPEG of a thumbnail, one that shows nothing where there is none or it cannot be read. Blocks."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _BACKGROUND)
    if thumbnail is not None:
        try:
            _paste(picture, thumbnail)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as err:
            _LOGGER.debug("No picture of %s: %s", thumbnail.name, err)
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


def _paste(picture: Image.Image, thumbnail: Path) -> None:
    """Put a thumbnail into the middle. Raises OSError, ValueError, SyntaxError, DecompressionBombError."""
    with Image.open(thumbnail, formats=("PNG",)) as opened:
        if max(opened.size) > _MAX_SIDE:
            raise ValueError(opened.size)
        plate = opened.convert("RGBA")
    scale = min(WIDTH / plate.width, HEIGHT / plate.height)
    plate = plate.resize(
        (max(1, round(plate.width * scale)), max(1, round(plate.height * scale)))
    )
    place = (WIDTH - plate.width) // 2, (HEIGHT - plate.height) // 2
    picture.paste(plate, place, plate)
