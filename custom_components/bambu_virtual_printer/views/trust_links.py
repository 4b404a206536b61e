"""Short addresses of the scripts, to type on another computer than the one that shows the form.

Signed links are too long for that. A script holds nothing but the CA's certificate, which every printer shows to
whoever connects, so whoever knows a code that was shown within the last hour may have it without a login.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
import secrets

from aiohttp import web

from homeassistant.components.http import KEY_HASS, HomeAssistantView
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..engine.pki.trust_scripts import System, file_name
from .certificates import script_response
from .common import view_text

URL_CODE = f"/api/{DOMAIN}/trust_code"
CODES_LAST = timedelta(hours=1)
MAX_CODES = 16
CODE_LENGTH = 8
# Without what is mistaken for something else when it is typed: 0 and o, 1, i and l.
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

_CODES: HassKey[dict[str, datetime]] = HassKey(f"{DOMAIN}_trust_codes")

# What browsers say of their system (User-Agent). Phones name Linux and Mac OS too, and run no slicer.
_PHONES = ("android", "iphone", "ipad", "mobile")
_BROWSERS = {
    "windows": System.WINDOWS,
    "macintosh": System.MACOS,
    "mac os": System.MACOS,
    "linux": System.LINUX,
    "x11": System.LINUX,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustLinks:
    """What to open, or to run in one line, on the computer with the slicer."""

    address: str
    commands: dict[System, str]

    def as_placeholders(self) -> dict[str, str]:
        """Return them as placeholders of texts."""
        return {
            "script_address": self.address,
            **{
                f"{system.value}_line": command
                for system, command in self.commands.items()
            },
        }


@callback
def async_register_trust_links(hass: HomeAssistant) -> None:
    """Register the view."""
    hass.data[_CODES] = {}
    for view in (TrustCodeView, TrustCodeScriptView):
        hass.http.register_view(view)


@callback
def async_trust_links(hass: HomeAssistant) -> TrustLinks:
    """Make addresses that work for at least half an hour."""
    try:
        base = get_url(hass, allow_cloud=False, prefer_external=False)
    except NoURLAvailableError:
        base = "http://homeassistant.local:8123"
    address = f"{base}{URL_CODE}/{_async_code(hass)}"
    return TrustLinks(
        address=address,
        commands={
            system: _one_line(system, f"{address}/{system.value}") for system in System
        },
    )


def _one_line(system: System, url: str) -> str:
    name = file_name(system)
    if system is System.WINDOWS:
        path = f"$env:TEMP\\{name}"
        return (
            f'irm {url} -OutFile "{path}"; '
            f'powershell -ExecutionPolicy Bypass -File "{path}"'
        )
    return f"curl -fso ~/{name} {url} && sh ~/{name}"


@callback
def _async_code(hass: HomeAssistant) -> str:
    """Return a code that is good for a while longer, a new one if need be."""
    codes = hass.data[_CODES]
    now = dt_util.utcnow()
    for code, ends in codes.items():
        if ends - now > CODES_LAST / 2:
            return code
    for code in [code for code, ends in codes.items() if ends <= now]:
        del codes[code]
    while len(codes) >= MAX_CODES:
        del codes[next(iter(codes))]
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    codes[code] = now + CODES_LAST
    return code


@callback
def _is_good(hass: HomeAssistant, code: str) -> bool:
    ends = hass.data[_CODES].get(code.lower())
    return ends is not None and dt_util.utcnow() < ends


class TrustCodeView(HomeAssistantView):
    """The script for the system of the browser that asks."""

    url = f"{URL_CODE}/{{code}}"
    name = f"api:{DOMAIN}:trust_code"
    requires_auth = False

    async def get(self, request: web.Request, code: str) -> web.Response:
        """Send it as a file."""
        hass = request.app[KEY_HASS]
        if not _is_good(hass, code):
            return self.json_message(
                view_text(request, "web_code_gone"), HTTPStatus.NOT_FOUND
            )
        system = _system_of(request.headers.get("User-Agent", ""))
        if system is None:
            return self.json_message(
                view_text(request, "web_other_computer"),
                HTTPStatus.NOT_FOUND,
            )
        return await script_response(request, system)


class TrustCodeScriptView(HomeAssistantView):
    """The script for a system of one's choice."""

    url = f"{URL_CODE}/{{code}}/{{system}}"
    name = f"api:{DOMAIN}:trust_code:system"
    requires_auth = False

    async def get(self, request: web.Request, code: str, system: str) -> web.Response:
        """Send it as a file."""
        if not _is_good(request.app[KEY_HASS], code):
            return self.json_message(
                view_text(request, "web_code_gone"), HTTPStatus.NOT_FOUND
            )
        try:
            wanted = System(system)
        except ValueError:
            return self.json_message(
                view_text(request, "web_no_system"), HTTPStatus.NOT_FOUND
            )
        return await script_response(request, wanted)


def _system_of(user_agent: str) -> System | None:
    """Return the system a browser runs on; None for phones and unknown ones."""
    said = user_agent.lower()
    if any(phone in said for phone in _PHONES):
        return None
    return next((system for name, system in _BROWSERS.items() if name in said), None)
