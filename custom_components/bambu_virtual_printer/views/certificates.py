"""Where the CA is served: a script for each system, an export that a person has just asked for. And links to them.

All need authentication; the links are signed, because a browser opens them by itself.
"""

from datetime import datetime, timedelta
from http import HTTPStatus

from aiohttp import web

from homeassistant.components.http import HomeAssistantView
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.ulid import ulid_now

from ..const import DOMAIN
from ..engine.pki.transfer import EXPORT_FILE
from ..engine.pki.trust_scripts import System, file_name, render_script, run_command
from ..operations.permissions import Right
from ..presentation import CA_URL, html_link
from .common import admitted, request_hub, view_text

URL_TRUST = f"/api/{DOMAIN}/trust"
URL_EXPORT = f"/api/{DOMAIN}/ca_export"
# As long as a person may take between opening a page and clicking.
LINKS_LAST = timedelta(hours=1)
EXPORT_LASTS = timedelta(minutes=10)

_EXPORTS: HassKey[dict[str, bytes]] = HassKey(f"{DOMAIN}_ca_exports")


@callback
def async_register_certificate_views(hass: HomeAssistant) -> None:
    """Register all of them."""
    hass.data[_EXPORTS] = {}
    for view in (TrustScriptView, CaExportView):
        hass.http.register_view(view)


@callback
def async_certificate_links(hass: HomeAssistant) -> dict[str, str]:
    """Make placeholders for texts: links to the certificate and to the script of each system, and what runs it.

    HTML and not Markdown: without a target the frontend takes a link for one of its own pages.
    """
    links = {"ca_link": _link(hass, CA_URL, CA_FILE_NAME)}
    for system in System:
        url = f"{URL_TRUST}/{system.value}"
        links[f"{system.value}_link"] = _link(hass, url, file_name(system))
        links[f"{system.value}_command"] = run_command(system)
    return links


@callback
def async_offer_export(hass: HomeAssistant, content: bytes) -> str:
    """Serve an export for a while, then forget it. Returns its signed path."""
    exports = hass.data[_EXPORTS]
    export_id = ulid_now()
    exports[export_id] = content

    @callback
    def _forget(_now: datetime | None = None) -> None:
        exports.pop(export_id, None)

    async_call_later(hass, EXPORT_LASTS, HassJob(_forget, cancel_on_shutdown=True))
    return async_sign_path(hass, f"{URL_EXPORT}/{export_id}", EXPORT_LASTS)


def _link(hass: HomeAssistant, path: str, text: str) -> str:
    return html_link(async_sign_path(hass, path, LINKS_LAST), text)


class TrustScriptView(HomeAssistantView):
    """A script that makes the slicers of one system trust the CA, with the certificate inside."""

    url = f"{URL_TRUST}/{{system}}"
    name = f"api:{DOMAIN}:trust"

    async def get(self, request: web.Request, system: str) -> web.Response:
        """Send it as a file."""
        try:
            wanted = System(system)
        except ValueError:
            return self.json_message(
                view_text(request, "web_no_system"), HTTPStatus.NOT_FOUND
            )
        async with admitted(request, Right.SEE):
            return await script_response(request, wanted)


class CaExportView(HomeAssistantView):
    """An export of the CA, encrypted with the password of the person who asked for it."""

    url = f"{URL_EXPORT}/{{export_id}}"
    name = f"api:{DOMAIN}:ca_export"

    async def get(self, request: web.Request, export_id: str) -> web.Response:
        """Send it as a file, as often as the link is good."""
        async with admitted(request, Right.MANAGE) as hub:
            content = hub.hass.data[_EXPORTS].get(export_id)
        if content is None:
            return self.json_message(
                view_text(request, "web_export_gone"), HTTPStatus.NOT_FOUND
            )
        return _attachment(content, "application/x-pkcs12", EXPORT_FILE)


async def script_response(request: web.Request, system: System) -> web.Response:
    """Send the script for a system as a file. Raises HTTPServiceUnavailable."""
    hub = request_hub(request)
    script = await hub.hass.async_add_executor_job(
        render_script, system, hub.certificates.authority.pem
    )
    return _attachment(script.encode(), "text/plain", file_name(system))


def _attachment(content: bytes, content_type: str, name: str) -> web.Response:
    return web.Response(
        body=content,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


CA_FILE_NAME = "bambu_virtual_printer_ca.pem"


class CaView(HomeAssistantView):
    """The CA certificate, as it goes into the slicer's `printer.cer`."""

    url = CA_URL
    name = f"api:{DOMAIN}:ca"

    async def get(self, request: web.Request) -> web.Response:
        """Send it as a file."""
        async with admitted(request, Right.SEE) as hub:
            pem = hub.certificates.authority.pem
        return web.Response(
            text=pem,
            content_type="application/x-pem-file",
            headers={"Content-Disposition": f'attachment; filename="{CA_FILE_NAME}"'},
        )
