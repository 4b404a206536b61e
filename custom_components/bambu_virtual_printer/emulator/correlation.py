"""Joins uploads and print requests, which come by different protocols in either order.

The name a file is uploaded under equals `project_file.file` (protocol 9.2). Newer slicers upload first and publish a
moment, on a slow Wi-Fi tens of seconds, later; older ones publish first. Times are seconds of any clock that does not
go back.
"""

from collections import OrderedDict
from dataclasses import dataclass

from ..model import PrintRequest

REQUEST_AFTER_UPLOAD_S = 30.0
UPLOAD_AFTER_REQUEST_S = 60.0
MAX_REMEMBERED = 128


@dataclass(slots=True, kw_only=True)
class _Upload:
    id: str
    request: PrintRequest | None = None
    finished_at: float | None = None


class Correlator:
    """Remembers what has no counterpart yet, a bounded number of both kinds."""

    def __init__(self) -> None:
        """Start with nothing remembered."""
        self._requests: OrderedDict[str, tuple[PrintRequest, float]] = OrderedDict()
        self._uploads: OrderedDict[str, _Upload] = OrderedDict()

    def upload_started(self, upload_id: str, name: str, now: float) -> None:
        """Note an upload; a request that waited for this name is bound to it."""
        upload = _Upload(id=upload_id)
        request, at = self._requests.pop(name, (None, 0.0))
        if request and now - at <= UPLOAD_AFTER_REQUEST_S:
            upload.request = request
        _remember(self._uploads, name, upload)

    def upload_finished(
        self, upload_id: str, name: str, now: float
    ) -> PrintRequest | None:
        """Note a complete upload. Returns the request that came before its end."""
        upload = self._uploads.get(name)
        if upload is None or upload.id != upload_id:
            return None
        upload.finished_at = now
        return upload.request

    def upload_failed(self, upload_id: str, name: str) -> None:
        """Forget an upload that was not kept."""
        upload = self._uploads.get(name)
        if upload is not None and upload.id == upload_id:
            del self._uploads[name]

    def requested(self, request: PrintRequest, now: float) -> str | None:
        """Note a request. Returns the id of the finished upload it belongs to, when there is one."""
        upload = self._uploads.get(request.file)
        if upload is None:
            _remember(self._requests, request.file, (request, now))
            return None
        upload.request = request
        if upload.finished_at is None:
            return None
        if now - upload.finished_at <= REQUEST_AFTER_UPLOAD_S:
            return upload.id
        # Print again of a file that was sent long ago: its upload may follow, or nothing.
        del self._uploads[request.file]
        _remember(self._requests, request.file, (request, now))
        return None


def _remember[Value](where: OrderedDict[str, Value], key: str, value: Value) -> None:
    where.pop(key, None)
    where[key] = value
    if len(where) > MAX_REMEMBERED:
        where.popitem(last=False)
