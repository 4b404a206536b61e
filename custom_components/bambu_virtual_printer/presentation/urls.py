"""Where things are served, and what they are."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url

from ..const import DOMAIN
from ..engine.library.values.names import is_plain_gcode

CONTENT_TYPE_3MF = "model/3mf"
CONTENT_TYPE_GCODE = "text/x.gcode"
"""As PrusaSlicer and PrusaLink call it; nobody has registered one."""
CONTENT_TYPE_PNG = "image/png"
CONTENT_TYPE_WEBP = "image/webp"

CA_URL = f"/api/{DOMAIN}/ca.pem"
URL_HOST = f"/api/{DOMAIN}/host"
URL_HOST_SHORT = "/api/bvp"
"""The same for Cura, whose field for the path takes no more than `MAX_CURA_PATH` characters."""
MAX_CURA_PATH = 30
URL_ARCHIVES = f"/api/{DOMAIN}/archives"
URL_PICTURES = f"/{DOMAIN}_pictures"
"""Pictures of slicers' dialogs, for forms."""


PANEL_PATH = "bambu-prints"
"""Where the panel is, as the frontend names panels."""


def panel_url(*parts: str) -> str:
    """Return the address of a page of the panel within Home Assistant."""
    return "/".join(("", PANEL_PATH, *parts))


def file_url(archive_id: str) -> str:
    """Return where the file of an archive or a pending upload is served; needs authentication or a signature."""
    return f"{URL_ARCHIVES}/{archive_id}/file"


def photo_url(archive_id: str, photo_id: str) -> str:
    """Return where a photo of an archive is served."""
    return f"{URL_ARCHIVES}/{archive_id}/photos/{photo_id}"


def plate_url(archive_id: str, plate: int | None = None) -> str:
    """Return where a plate's picture is served; without a number, that of the first plate that is printed."""
    return f"{URL_ARCHIVES}/{archive_id}/plates/{plate or 'first'}"


SMALL_WIDTH = 256


def small(url: str) -> str:
    """Return where a plate's picture is served that is at most `SMALL_WIDTH` pixels wide and high."""
    return f"{url}?w={SMALL_WIDTH}"


def cover_url(archive_id: str, cover: int | None) -> str | None:
    """Return where the picture of a file is served; None when it has none. `cover` is the plate it shows."""
    return None if cover is None else plate_url(archive_id)


def host_url(hass: HomeAssistant, slug: str) -> str:
    """Return the address that slicers send to with a key, as it is in the household's own network."""
    try:
        base = get_url(hass, allow_cloud=False, prefer_external=False)
    except NoURLAvailableError:
        base = "http://homeassistant.local:8123"
    return f"{base}{URL_HOST}/{slug}"


def short_host_path(slug: str) -> str:
    """Return the path of the address that fits into Cura's field (`maximumLength` in its plugin's ManualInstanceDialog.qml).

    No slug ends in the hyphen of one that is cut, so it is never another printer's, and the key says which one is meant.
    """
    room = MAX_CURA_PATH - len(URL_HOST_SHORT) - 1
    return f"{URL_HOST_SHORT}/{slug if len(slug) <= room else f'{slug[: room - 1]}-'}"


def content_type(file_name: str) -> str:
    """Return what a sliced file is, by its name."""
    return CONTENT_TYPE_GCODE if is_plain_gcode(file_name) else CONTENT_TYPE_3MF
