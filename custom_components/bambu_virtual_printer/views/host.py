"""Uploads by slicers to Home Assistant's own address, with a key and without certificates.

The upload part of OctoPrint's protocol, as far as OrcaSlicer, PrusaSlicer and Cura ask for it (docs/doors.md, What
slicers send). Keys are our own and not Home Assistant's tokens, so these views check them themselves; wrong ones wait,
and do not count for Home Assistant's list of banned addresses.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from aiohttp import web

from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from ..hub import Hub, loaded_hub
from ..presentation.urls import URL_HOST, URL_HOST_SHORT
from ..printers.upload_door import UploadRefusedError, Visitor
from .address_redaction import async_redact_addresses

HEADER_KEY = "X-Api-Key"
# What slicers are told that they talk to; they look at the first word (PrusaSlicer, OrcaSlicer: validate_version_text).
SERVER_VERSION = "1.10.0"
VERSION_TEXT = f"OctoPrint {SERVER_VERSION} (Bambu Virtual Printer)"
MAX_KEY_CHARS = 256
PLAIN_TEXT = "text/plain"
_IDENTITY = {"", "identity"}

type Answer = Callable[[Hub, Visitor], Mapping[str, Any]]


@callback
def async_register_host_views(hass: HomeAssistant) -> None:
    """Register them."""
    async_redact_addresses()
    for view in (HostView, HostApiView):
        hass.http.register_view(view)


class HostView(HomeAssistantView):
    """The address itself, which slicers open in a browser of theirs, and people in their own."""

    url = f"{URL_HOST}/{{printer}}"
    extra_urls = [
        f"{url}/",
        f"{URL_HOST_SHORT}/{{printer}}",
        f"{URL_HOST_SHORT}/{{printer}}/",
    ]
    name = f"api:{DOMAIN}:host"
    requires_auth = False

    async def get(self, request: web.Request, printer: str) -> web.Response:
        """Say what it is for."""
        hub = loaded_hub(request.app[KEY_HASS])
        return _text(hub.texts("host_address") if hub else "", HTTPStatus.OK)


class HostApiView(HomeAssistantView):
    """What slicers ask of it."""

    url = f"{URL_HOST}/{{printer}}/api/{{path:.*}}"
    extra_urls = [f"{URL_HOST_SHORT}/{{printer}}/api/{{path:.*}}"]
    name = f"api:{DOMAIN}:host:api"
    requires_auth = False

    async def get(self, request: web.Request, printer: str, path: str) -> web.Response:
        """Answer what slicers look at before they send."""
        return await _admitted(request, printer, _READ.get(path))

    async def post(self, request: web.Request, printer: str, path: str) -> web.Response:
        """Take in a file, or answer what slicers do around that."""
        if path == _UPLOAD:
            return await _admitted(request, printer, _receive)
        if path.startswith(f"{_UPLOAD}/"):
            # Cura selects what it has sent; whether to print it was said with the file.
            return await _admitted(request, printer, _selected)
        return await _admitted(request, printer, _WRITE.get(path))


async def _admitted(
    request: web.Request,
    slug: str,
    answer: Callable[[Hub, Visitor, web.Request], Awaitable[web.Response]] | None,
) -> web.Response:
    """Check the key, then answer."""
    hub = loaded_hub(request.app[KEY_HASS])
    if hub is None:
        return _text("", HTTPStatus.SERVICE_UNAVAILABLE)
    peer = request.remote or ""
    secret = _key_of(request)
    visitor = hub.door.async_admit(slug, secret, peer)
    if visitor is None:
        if secret:
            await hub.door.async_delay(peer)
        return _text(
            hub.texts("host_wrong_key" if secret else "host_no_key"),
            HTTPStatus.UNAUTHORIZED,
        )
    if answer is None:
        return _text(hub.texts("host_not_offered"), HTTPStatus.NOT_FOUND)
    return await answer(hub, visitor, request)


def _key_of(request: web.Request) -> str:
    """Return the key that a request shows, empty without one."""
    key = request.headers.get(HEADER_KEY, "")
    if not key:
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        key = value if kind.lower() == "bearer" else ""
    return key.strip()[:MAX_KEY_CHARS]


async def _receive(hub: Hub, visitor: Visitor, request: web.Request) -> web.Response:
    """Take in the file of a form. The answer goes out once the file is safe."""
    if not visitor.printer.config.enabled:
        return _text(
            hub.texts("host_off", printer=visitor.printer.config.name),
            HTTPStatus.CONFLICT,
        )
    if request.headers.get("Content-Encoding", "").lower() not in _IDENTITY:
        return _text(hub.texts("host_compressed"), HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        stored = await hub.door.async_receive(
            visitor,
            request.content.iter_any(),
            content_type=request.headers.get("Content-Type", ""),
            announced_bytes=request.content_length or 0,
            encrypted=request.secure,
        )
    except UploadRefusedError as err:
        return _text(hub.texts.explained(err.explanation), err.status)
    name = stored.file.name
    if stored.obstacle is not None:
        # It is safe, but slicers show only what is refused.
        return _text(
            hub.texts(
                "host_not_queued",
                name=name,
                reason=hub.texts.explained(stored.obstacle),
            ),
            HTTPStatus.CONFLICT,
        )
    # Relative, so that it holds behind any prefix of a reverse proxy. Cura takes what stands behind the first "api/".
    location = f"../../api/{_UPLOAD}/{quote(name, safe='')}"
    return web.json_response(
        {
            "files": {
                "local": {
                    "name": name,
                    "path": name,
                    "origin": "local",
                    "refs": {"resource": location},
                }
            },
            "done": True,
            "effectiveSelect": False,
            "effectivePrint": stored.request is not None,
        },
        status=HTTPStatus.CREATED,
        headers={"Location": location},
    )


async def _selected(
    _hub: Hub, _visitor: Visitor, _request: web.Request
) -> web.Response:
    return web.Response(status=HTTPStatus.NO_CONTENT)


def _json(
    answer: Answer,
) -> Callable[[Hub, Visitor, web.Request], Awaitable[web.Response]]:
    """Answer with JSON."""

    async def _answer(
        hub: Hub, visitor: Visitor, _request: web.Request
    ) -> web.Response:
        return web.json_response(answer(hub, visitor))

    return _answer


def _text(text: str, status: HTTPStatus) -> web.Response:
    """Answer in words that slicers show: Cura wants exactly this type, without a character set."""
    return web.Response(
        body=text.encode(), status=status, headers={"Content-Type": PLAIN_TEXT}
    )


def _version(_hub: Hub, _visitor: Visitor) -> Mapping[str, Any]:
    return {"api": "0.1", "server": SERVER_VERSION, "text": VERSION_TEXT}


def _server(_hub: Hub, _visitor: Visitor) -> Mapping[str, Any]:
    return {"version": SERVER_VERSION, "safemode": None}


def _settings(_hub: Hub, _visitor: Visitor) -> Mapping[str, Any]:
    return {"feature": {"sdSupport": False}, "plugins": {}}


def _login(_hub: Hub, visitor: Visitor) -> Mapping[str, Any]:
    name = visitor.key.name
    return {"name": name, "active": True, "user": True, "admin": False, "apikey": None}


def _profiles(_hub: Hub, visitor: Visitor) -> Mapping[str, Any]:
    config = visitor.printer.config
    profile = {
        "id": "_default",
        "name": config.name,
        "model": config.model.name,
        "current": True,
        "default": True,
        "axes": {
            axis: {"speed": 6000, "inverted": False} for axis in ("x", "y", "z", "e")
        },
    }
    return {"profiles": {"_default": profile}}


def _printer(_hub: Hub, _visitor: Visitor) -> Mapping[str, Any]:
    """Be ready, which is what Cura waits for before it sends."""
    flags = dict.fromkeys(
        (
            "printing",
            "pausing",
            "paused",
            "cancelling",
            "error",
            "closedOrError",
            "sdReady",
        ),
        False,
    )
    return {
        "temperature": {},
        "state": {
            "text": "Operational",
            "flags": {**flags, "operational": True, "ready": True},
        },
    }


def _job(_hub: Hub, _visitor: Visitor) -> Mapping[str, Any]:
    return {
        "job": {"file": {"name": None, "origin": None, "size": None, "date": None}},
        "progress": {"completion": None, "printTime": None, "printTimeLeft": None},
        "state": "Operational",
    }


_UPLOAD = "files/local"
_READ = {
    "version": _json(_version),
    "server": _json(_server),
    "settings": _json(_settings),
    "printerprofiles": _json(_profiles),
    "printer": _json(_printer),
    "job": _json(_job),
    "currentuser": _json(_login),
}
_WRITE = {"login": _json(_login)}
