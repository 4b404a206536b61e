"""Files that browsers are sending: who follows them, and how far they are."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..listeners import Listeners


@dataclass(slots=True, kw_only=True)
class BrowserUpload:
    """A file that is being sent. `total_bytes` is None where the browser does not say; `printer_id` empty for none."""

    name: str
    peer: str
    printer_id: str
    printer: str
    total_bytes: int | None
    person_id: str = ""
    received_bytes: int = 0
    id: str = field(default_factory=ulid_now)
    started_at: datetime = field(default_factory=dt_util.utcnow)


class BrowserUploads:
    """The files under way."""

    def __init__(self) -> None:
        """Begin with none."""
        self._uploads: dict[str, BrowserUpload] = {}
        self._listeners = Listeners[()]()

    @property
    def by_id(self) -> Mapping[str, BrowserUpload]:
        """The files under way by their ids, oldest first."""
        return self._uploads

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call `listener` when a file comes, goes or comes along. Returns how to stop that."""
        return self._listeners.async_add(listener)

    @contextmanager
    def under_way(self, upload: BrowserUpload) -> Iterator[BrowserUpload]:
        """Show a file as long as it is being sent."""
        self._uploads[upload.id] = upload
        self._notify()
        try:
            yield upload
        finally:
            del self._uploads[upload.id]
            self._notify()

    @callback
    def came_along(self, upload: BrowserUpload, size_bytes: int) -> None:
        """Note that so many more bytes came."""
        upload.received_bytes += size_bytes
        self._notify()

    def _notify(self) -> None:
        self._listeners.async_tell()
