"""Links that a browser opens by itself: signed, so that they need no login, and good for a while."""

from datetime import datetime, timedelta

from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .urls import file_url

DOWNLOAD_VALID = timedelta(days=2)


def html_link(path: str, text: str) -> str:
    """Write a link that a browser opens by itself.

    HTML and not Markdown: without a target the frontend takes a link for one of its own pages.
    """
    return f'<a href="{path}" target="_blank">{text}</a>'


@callback
def async_download_path(hass: HomeAssistant, item_id: str) -> str:
    """Return a signed path to the file of an archive or a pending upload, relative to wherever Home Assistant is."""
    return async_sign_path(
        hass, file_url(item_id), DOWNLOAD_VALID, use_content_user=True
    )


class DownloadLinks:
    """Signed paths that stay the same for half their life, for lists that are shown again and again."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Sign for this Home Assistant."""
        self._hass = hass
        self._paths: dict[str, tuple[str, datetime]] = {}

    @callback
    def async_path(self, item_id: str) -> str:
        """Return a path that is good for at least half as long as a new one."""
        now = dt_util.utcnow()
        path, renew_at = self._paths.get(item_id, ("", now))
        if renew_at <= now:
            # What is not shown any more is not renewed, and goes.
            self._paths = {
                known: (path, renew_at)
                for known, (path, renew_at) in self._paths.items()
                if renew_at > now
            }
            path = async_download_path(self._hass, item_id)
            self._paths[item_id] = (path, now + DOWNLOAD_VALID / 2)
        return path
