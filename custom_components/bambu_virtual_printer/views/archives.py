"""Web addresses: the CA certificate, archived files, their photos, and pictures of plates.

All need authentication; links that a browser opens by itself are signed (`async_sign_path`).
"""

from http import HTTPStatus
import re
from urllib.parse import quote

from aiohttp import web

from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..engine.printable import printable
from ..language.texts import Texts
from ..operations.permissions import Right
from ..presentation import (
    CONTENT_TYPE_PNG,
    CONTENT_TYPE_WEBP,
    SMALL_WIDTH,
    URL_ARCHIVES,
)
from ..presentation.urls import content_type
from .certificates import CaView
from .common import admitted, view_text

# What an address of a picture stands for never changes.
FOR_A_DAY = {"Cache-Control": "private, max-age=86400"}
FOR_GOOD = {"Cache-Control": "private, max-age=31536000, immutable"}
FIRST_PLATE = "first"
PLATE = re.compile(r"[0-9]{1,4}")


@callback
def async_register_views(hass: HomeAssistant) -> None:
    """Register all of them."""
    for view in (CaView, ArchiveFileView, PlateView, PhotoView):
        hass.http.register_view(view)


def attachment(name: str) -> str:
    """Name a file in Content-Disposition: for everybody (RFC 6266), and for old clients without what is not ASCII."""
    plain = "".join(
        char if char.isascii() and char.isprintable() and char not in '"\\%' else "_"
        for char in name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


class ArchiveFileView(HomeAssistantView):
    """The file of an archive or a pending upload."""

    url = f"{URL_ARCHIVES}/{{archive_id}}/file"
    name = f"api:{DOMAIN}:archive:file"

    async def get(self, request: web.Request, archive_id: str) -> web.StreamResponse:
        """Send it under the name the slicer gave it."""
        try:
            async with admitted(request, Right.SEE) as hub:
                file = await hub.archives.file(archive_id)
        except HomeAssistantError as err:
            return self.json_message(
                Texts(request.app[KEY_HASS]).error(err), HTTPStatus.NOT_FOUND
            )
        if file.path is None:
            return self.json_message(
                view_text(request, "web_file_gone"), HTTPStatus.GONE
            )
        return web.FileResponse(
            file.path,
            headers={
                "Content-Type": content_type(file.name),
                "Content-Disposition": attachment(printable(file.name)),
            },
        )

    # The response itself handles the client that disconnects.
    head = get


class PlateView(HomeAssistantView):
    """The picture of a plate; `first` is the first plate that has one. With `?w=256` it is a small one."""

    url = f"{URL_ARCHIVES}/{{archive_id}}/plates/{{plate}}"
    name = f"api:{DOMAIN}:archive:plate"

    async def get(
        self, request: web.Request, archive_id: str, plate: str
    ) -> web.StreamResponse:
        """Send it."""
        if plate != FIRST_PLATE and not PLATE.fullmatch(plate):
            return self.json_message(
                view_text(request, "web_no_plate"), HTTPStatus.NOT_FOUND
            )
        number = None if plate == FIRST_PLATE else int(plate)
        max_pixels = None
        if wanted := request.query.get("w"):
            if wanted != str(SMALL_WIDTH):
                # Others would fill the disk.
                return self.json_message(
                    view_text(request, "web_no_thumbnail"), HTTPStatus.NOT_FOUND
                )
            max_pixels = SMALL_WIDTH
        async with admitted(request, Right.SEE) as hub:
            path = await hub.archives.thumbnail(
                archive_id, number, max_pixels=max_pixels
            )
        if path is None:
            return self.json_message(
                view_text(request, "web_no_thumbnail"), HTTPStatus.NOT_FOUND
            )
        is_png = path.suffix == ".png"
        content_type = CONTENT_TYPE_PNG if is_png else CONTENT_TYPE_WEBP
        return web.FileResponse(
            path,
            headers={
                "Content-Type": content_type,
                **(FOR_A_DAY if max_pixels is None else FOR_GOOD),
            },
        )

    # Televisions ask before they show a picture.
    head = get


class PhotoView(HomeAssistantView):
    """A photo of an archive."""

    url = f"{URL_ARCHIVES}/{{archive_id}}/photos/{{photo_id}}"
    name = f"api:{DOMAIN}:archive:photo"

    async def get(
        self, request: web.Request, archive_id: str, photo_id: str
    ) -> web.StreamResponse:
        """Send it."""
        try:
            async with admitted(request, Right.SEE) as hub:
                photo = await hub.archives.photo(archive_id, photo_id)
        except HomeAssistantError as err:
            return self.json_message(
                Texts(request.app[KEY_HASS]).error(err), HTTPStatus.NOT_FOUND
            )
        return web.FileResponse(
            photo.path, headers={"Content-Type": photo.content_type, **FOR_A_DAY}
        )

    head = get
