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
        # By name the newest one, and by id all that are under way.
        self._uploads: OrderedDict[str, _Upload] = OrderedDict()
        self._under_way: OrderedDict[str, _Upload] = OrderedDict()

    def upload_started(self, upload_id: str, name: str, now: float) -> None:
        """Note an upload; a request that waited for this name is bound to it."""
        upload = _Upload(id=upload_id)
        request, at = self._requests.pop(name, (None, 0.0))
        if request and now - at <= UPLOAD_AFTER_REQUEST_S:
            upload.request = request
        _remember(self._uploads, name, upload)
        _remember(self._under_way, upload_id, upload)

    def upload_finished(self, upload_id: str, now: float) -> PrintRequest | None:
        """Note a complete upload. Returns the request that came before its end."""
        upload = self._under_way.pop(upload_id, None)
        if upload is None:
            return None
        upload.finished_at = now
        return upload.request

    def upload_failed(self, upload_id: str, name: str) -> None:
        """Forget an upload that was not kept."""
        self._under_way.pop(upload_id, None)
        upload = self._uploads.get(name)
        if upload is not None and upload.id == upload_id:
            del self._uploads[name]

    def requested(self, request: PrintRequest, now: float) -> str | None:
        """Note a request. Returns the id of the finished upload it belongs to, when there is one.

        To an upload whose own request came before its end belongs no other: its slicer publishes first, and sends the
        file once more now.
        """
        upload = self._uploads.get(request.file)
        if upload is not None and upload.request is None:
            if upload.finished_at is None:
                upload.request = request
                return None
            if now - upload.finished_at <= REQUEST_AFTER_UPLOAD_S:
                return upload.id
        # Its upload may follow, or nothing: print again of a file that was sent long ago.
        _remember(self._requests, request.file, (request, now))
        return None


def _remember[Value](where: OrderedDict[str, Value], key: str, value: Value) -> None:
    where.pop(key, None)
    where[key] = value
    if len(where) > MAX_REMEMBERED:
        where.popitem(last=False)
