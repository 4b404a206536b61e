"""Where the documentation is read."""

from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_loaded_integration

from ..const import DOMAIN


def documentation_url(hass: HomeAssistant, page: str, anchor: str = "") -> str:
    """Return the address of a page of the documentation, or of a heading in it."""
    pages = async_get_loaded_integration(hass, DOMAIN).documentation
    return f"{pages}/blob/main/docs/{page}.md{f'#{anchor}' if anchor else ''}"
