"""Links that a browser opens by itself: signed, so that they need no login, and good for a while."""

from collections import OrderedDict
from datetime import datetime, timedelta

from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .urls import file_url

DOWNLOAD_VALID = timedelta(days=2)
MAX_LINKS = 20_000
"""Links that are remembered; more would be signed anew each time they are shown."""


def html_link(path: str, text: str) -> str:
    """Write a link that a browser opens by itself.

    HTML and not Markdown: without a target the frontend takes a link for one of its own pages.
    """
    return f'<a href="{path}" target="_blank">{text}</a>'


def page_link(path: str, text: str) -> str:
    """Write a link to a page of Home Assistant, which it opens in place."""
    return f'<a href="{path}">{text}</a>'


class SignedLinks:
    """Signed paths that stay the same for half their life, for what is shown again and again."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Sign for this Home Assistant."""
        self._hass = hass
        self._paths: OrderedDict[str, tuple[str, datetime]] = OrderedDict()

    @callback
    def async_download(self, item_id: str) -> str:
        """Return a path to the file of an archive or a pending upload, relative to wherever Home Assistant is."""
        return self.async_signed(file_url(item_id))

    @callback
    def async_signed(self, path: str) -> str:
        """Return a signed path that is good for at least half as long as a new one."""
        now = dt_util.utcnow()
        signed, renew_at = self._paths.get(path, ("", now))
        if renew_at > now:
            return signed
        signed = async_sign_path(
            self._hass, path, DOWNLOAD_VALID, use_content_user=True
        )
        self._paths[path] = signed, now + DOWNLOAD_VALID / 2
        self._paths.move_to_end(path)
        # The oldest come first. What is not shown any more is not renewed, and goes.
        while (
            len(self._paths) > MAX_LINKS or next(iter(self._paths.values()))[1] <= now
        ):
            self._paths.popitem(last=False)
        return signed
