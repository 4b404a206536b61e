"""Files that browsers send: sliced files to the library, photos to archives. Streamed, whatever their size.

The body is the file itself, or a form with one file. What goes wrong is told with a code and the key of a text, as over
the websocket API (docs/panel-api.md).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from http import HTTPStatus
from typing import Any

from aiohttp import ClientError, web

from homeassistant.components.http import KEY_HASS, KEY_HASS_USER, HomeAssistantView
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util.hass_dict import HassKey

from ..config.subentries import VirtualPrinterConfig
from ..const import DOMAIN
from ..engine import storage
from ..engine.doors.multipart import (
    MultipartError,
    MultipartParser,
    PartBegun,
    PartData,
    boundary_of,
)
from ..engine.printable import printable
from ..hub import Hub, require_hub
from ..operations.browser_uploads import BrowserUpload
from ..operations.context import acting
from ..operations.error_codes import error_view
from ..operations.permissions import NotPermittedError, Right
from ..presentation import URL_ARCHIVES, photo_view

URL_UPLOAD = f"/api/{DOMAIN}/upload"

MAX_AT_ONCE = 8
"""Files that are received at a time; more are refused."""
IDLE_LIMIT_S = 60.0
BLOCK_BYTES = 256 * 1024
# What a form may have beside its file.
MAX_FORM_BYTES = 64 * 1024
UNNAMED = "upload.3mf"
FORM = "multipart/form-data"

_TURNS: HassKey[asyncio.Semaphore] = HassKey(f"{DOMAIN}_receiving")

_STATUS_OF_KEY = {
    "file_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "no_file": HTTPStatus.BAD_REQUEST,
    "not_found": HTTPStatus.NOT_FOUND,
    "not_loaded": HTTPStatus.SERVICE_UNAVAILABLE,
    "not_possible": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "not_sliced": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "storage_full": HTTPStatus.INSUFFICIENT_STORAGE,
    "too_many_uploads": HTTPStatus.SERVICE_UNAVAILABLE,
    "upload_cut": HTTPStatus.BAD_REQUEST,
}


@callback
def async_register_receiving_views(hass: HomeAssistant) -> None:
    """Register both."""
    hass.data[_TURNS] = asyncio.Semaphore(MAX_AT_ONCE)
    for view in (UploadView, ArchivePhotosView):
        hass.http.register_view(view)


class UploadView(HomeAssistantView):
    """Takes in a sliced file, as if a printer had received it; without one it is archived."""

    url = URL_UPLOAD
    name = f"api:{DOMAIN}:upload"

    async def post(self, request: web.Request) -> web.Response:
        """Receive it. The answer goes out once it is safe."""
        return await _answered(request, _receive_upload)


class ArchivePhotosView(HomeAssistantView):
    """Takes in a photo of an archive."""

    url = f"{URL_ARCHIVES}/{{archive_id}}/photos"
    name = f"api:{DOMAIN}:archive:photos"

    async def post(self, request: web.Request, archive_id: str) -> web.Response:
        """Receive it."""
        return await _answered(request, _receive_photo)


async def _answered(request: web.Request, receive: Any) -> web.Response:
    hass = request.app[KEY_HASS]
    turns = hass.data[_TURNS]
    try:
        if turns.locked():
            raise _refused("too_many_uploads")
        async with turns:
            user = request[KEY_HASS_USER]
            with acting(Context(user_id=user.id)):
                hub = require_hub(hass)
                await hub.permissions.require(Right.WORK)
                answer = await receive(request, hub)
    except HomeAssistantError as err:
        return web.json_response(error_view(err), status=_status_of(err))
    return web.json_response(answer, status=HTTPStatus.CREATED)


def _status_of(err: HomeAssistantError) -> HTTPStatus:
    match err:
        case NotPermittedError():
            return HTTPStatus.FORBIDDEN
        case ServiceValidationError():
            otherwise = HTTPStatus.BAD_REQUEST
        case _:
            otherwise = HTTPStatus.INTERNAL_SERVER_ERROR
    return _STATUS_OF_KEY.get(err.translation_key or "", otherwise)


async def _receive_upload(request: web.Request, hub: Hub) -> dict[str, Any]:
    if (request.content_length or 0) > storage.MAX_UPLOAD_BYTES + MAX_FORM_BYTES:
        raise _refused(
            "file_too_large", limit=f"{storage.MAX_UPLOAD_BYTES // 1024**2} MB"
        )
    printer = _printer(hub, request.query.get("printer_id"))
    sender = await (
        hub.permissions.sender(printer.id)
        if printer
        else hub.permissions.sender_to_archive()
    )
    async with _file(request, request.query.get("name", "")) as (name, blocks):
        upload = BrowserUpload(
            name=name or UNNAMED,
            peer=request.remote or "",
            printer_id=printer.id if printer else "",
            printer=printer.name if printer else "",
            total_bytes=request.content_length,
            person_id=sender.person,
        )

        async def counted() -> AsyncIterator[bytes]:
            async for block in blocks:
                yield block
                hub.browser_uploads.came_along(upload, len(block))

        with hub.browser_uploads.under_way(upload):
            upload_id = await hub.archives.import_file(
                counted(), name=upload.name, printer=printer
            )
    return {"upload_id": upload_id}


async def _receive_photo(request: web.Request, hub: Hub) -> dict[str, Any]:
    archive_id = request.match_info["archive_id"]
    async with _file(request, "photo") as (_, blocks):
        photo = await hub.archives.add_photo(archive_id, blocks)
    shown = photo_view(archive_id, photo)
    return shown | {"url": hub.links.async_signed(shown["url"])}


def _printer(hub: Hub, printer_id: str | None) -> VirtualPrinterConfig | None:
    """Find the printer that is meant. Raises ServiceValidationError."""
    if not printer_id:
        return None
    printer = hub.printers.get(printer_id)
    if printer is None:
        raise _refused("not_found", id=printer_id)
    if isinstance(printer.config, VirtualPrinterConfig):
        return printer.config
    raise _refused("not_a_virtual_printer")


@asynccontextmanager
async def _file(
    request: web.Request, name: str
) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
    """Open the file of a request; yields its name and what it holds. Raises HomeAssistantError."""
    async with aclosing(_body(request)) as body:
        if not request.content_type.startswith(FORM):
            yield printable(name), body
            return
        async with aclosing(_form(request.headers["Content-Type"], body)) as parts:
            first = await anext(parts)
            assert isinstance(first, str)
            yield printable(name or first), _blocks(parts)


async def _blocks(parts: AsyncIterator[str | bytes]) -> AsyncIterator[bytes]:
    async for part in parts:
        assert isinstance(part, bytes)
        yield part


async def _body(request: web.Request) -> AsyncGenerator[bytes]:
    """Yield the body as it comes. Raises HomeAssistantError."""
    blocks = request.content.iter_chunked(BLOCK_BYTES)
    while True:
        try:
            async with asyncio.timeout(IDLE_LIMIT_S):
                block = await anext(blocks)
        except StopAsyncIteration:
            return
        except (ClientError, OSError, TimeoutError, web.HTTPException) as err:
            raise _refused("upload_cut") from err
        yield block


async def _form(
    content_type: str, body: AsyncIterator[bytes]
) -> AsyncGenerator[str | bytes]:
    """Yield the name of the file in a form, then what it holds; other fields are ignored. Raises HomeAssistantError."""
    has_file = is_file = False
    try:
        parser = MultipartParser(boundary_of(content_type))
        async for chunk in body:
            for event in parser.feed(chunk):
                match event:
                    case PartBegun(file_name=str() as name) if not has_file:
                        has_file = is_file = True
                        yield name
                    case PartBegun():
                        is_file = False
                    case PartData(data=data) if is_file:
                        yield bytes(data)
        parser.finish()
    except MultipartError as err:
        raise _refused("upload_cut" if has_file else "no_file") from err
    if not has_file:
        raise _refused("no_file")


def _refused(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )
