"""Matches uploads with print requests, which arrive by different protocols in either order.

The name a file is uploaded under equals `project_file.file` (docs/protocol.md, Print requests). Newer slicers upload first and publish a
moment, on a slow Wi-Fi tens of seconds, later; older ones publish first. Several files may come under one name, from one
slicer or from several (BambuStudio #12062), so the name alone does not decide. What decides, in this order:

    the person      an upload belongs to requests of who sent it, told by the access code
    the client      an upload belongs to requests of the address it came from; to those of others only while no client of
                    that address is logged in
    the checksum    requests carry the MD5 of the whole file; where it differs they are never matched
    the order       of the rest, first to first; but of a client's requests that name one checksum and wait, only the newest
                    counts: it pressed Print again since the upload of the others did not come

MD5 is slow, so it is computed on the way only for an upload that begins while another upload or request of its name is
unmatched, and afterwards only for one that is about to get a request that names a checksum: the request may be for a file that
an older slicer is about to send. Times are seconds of any monotonic clock.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..values import PrintRequest

REQUEST_AFTER_UPLOAD_S = 30.0
UPLOAD_AFTER_REQUEST_S = 60.0
MAX_REMEMBERED = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request and when it arrived."""

    request: PrintRequest
    at: float


@dataclass(slots=True, kw_only=True, eq=False)
class _Upload:
    id: str
    name: str
    peer: str
    person: str
    asked: _Asked | None = None
    """The request that is expected to be for it; final once the upload is finished."""
    asked_first: bool = False
    finished_at: float | None = None
    md5: str = ""
    is_proven: bool = False
    """Whether its checksum was asked for, even if nobody knows it now."""
    plates: frozenset[int] = frozenset()

    @property
    def under_way(self) -> bool:
        return self.finished_at is None

    def may_be_of(self, request: PrintRequest) -> bool:
        """Return whether the checksums allow a match."""
        return not self.md5 or not request.md5 or self.md5 == request.md5

    def is_of(self, request: PrintRequest) -> bool:
        """Return whether the checksums prove a match."""
        return bool(self.md5) and self.md5 == request.md5


class Correlator:
    """Remembers uploads and requests without a counterpart, a bounded number of both."""

    def __init__(
        self, is_connected: Callable[[str], bool] = lambda _peer: True
    ) -> None:
        """Start empty; `is_connected` returns whether a client of an address is logged in, so that it could publish."""
        self._is_connected = is_connected
        self._waiting: list[_Asked] = []
        self._uploads: OrderedDict[str, _Upload] = OrderedDict()

    def wants_md5(self, name: str, now: float) -> bool:
        """Return whether the checksum of an upload that begins now will be needed."""
        return any(
            asked.request.md5 for asked in self._waiting if asked.request.file == name
        ) or any(
            upload.under_way or (upload.asked is None and _recent(upload, now))
            for upload in self._named(name)
        )

    def upload_of(self, request: PrintRequest) -> str | None:
        """Return the id of the upload under way that is expected to bring the request's file."""
        for upload in self._uploads.values():
            if upload.under_way and upload.asked and upload.asked.request is request:
                return upload.id
        return None

    def upload_started(
        self, upload_id: str, name: str, peer: str, now: float, person: str = ""
    ) -> PrintRequest | None:
        """Record an upload. Returns the request that waited for it."""
        upload = _Upload(id=upload_id, name=name, peer=peer, person=person)
        self._drop_late(now)
        upload.asked = self._take_waiting(upload, lambda _request: True)
        self._uploads[upload_id] = upload
        if len(self._uploads) > MAX_REMEMBERED:
            finished = (each for each in self._uploads.values() if not each.under_way)
            del self._uploads[next(finished, next(iter(self._uploads.values()))).id]
        return upload.asked.request if upload.asked else None

    def upload_finished(
        self,
        upload_id: str,
        now: float,
        md5: str = "",
        plates: frozenset[int] = frozenset(),
    ) -> PrintRequest | None:
        """Record a complete upload with G-code for these plates. Returns the request that arrived before its end."""
        upload = self._uploads.get(upload_id)
        if upload is None or not upload.under_way:
            return None
        upload.finished_at = now
        upload.md5 = md5
        upload.is_proven = bool(md5)
        upload.plates = plates
        if md5:
            self._settle(upload)
        upload.asked_first = upload.asked is not None
        return upload.asked.request if upload.asked else None

    def upload_failed(self, upload_id: str) -> PrintRequest | None:
        """Forget an upload that was not kept. Returns the request that is left without one."""
        upload = self._uploads.pop(upload_id, None)
        if upload is None or not upload.under_way or upload.asked is None:
            return None
        # The file may be on its way again already.
        if self._assign(upload.asked):
            return None
        return upload.asked.request

    def upload_refused(
        self, name: str, peer: str, now: float, person: str = ""
    ) -> PrintRequest | None:
        """Record that an upload was refused before it began. Returns the request that waited for it, and waits no more."""
        self._drop_late(now)
        for asked in self._waiting:
            request = asked.request
            if (request.file, request.peer, request.person) == (name, peer, person):
                self._waiting = [each for each in self._waiting if each is not asked]
                return request
        return None

    def upload_renamed(self, upload_id: str, new_name: str) -> None:
        """Record an upload's new name."""
        if upload := self._uploads.get(upload_id):
            upload.name = new_name

    def unproven(self, request: PrintRequest, now: float) -> str | None:
        """Return the id of the finished upload that a request would get although it is not known whether its checksum is the right one."""
        upload = self._expected(request, now) if request.md5 else None
        return None if upload is None or upload.is_proven else upload.id

    def proven(self, upload_id: str, md5: str) -> None:
        """Record the checksum of a finished upload; empty where its file cannot be read, and its name has to do."""
        if upload := self._uploads.get(upload_id):
            upload.md5 = md5
            upload.is_proven = True

    def requested(self, request: PrintRequest, now: float) -> str | None:
        """Record a request. Returns the id of the finished upload it belongs to, if there is one.

        An upload whose request arrived before its end gets no other: its slicer publishes first, and is about to send
        the file again.
        """
        asked = _Asked(request=request, at=now)
        if upload := self._expected(request, now):
            upload.asked = asked
            return upload.id
        if self._assign(asked):
            return None
        for upload in reversed(self._open(request, now)):
            if upload.asked and upload.asked.request.md5 == request.md5:
                # It was repeated.
                return upload.id
        # Its upload may follow; or it prints again a file that was sent long ago.
        self._wait(asked)
        return None

    def has_plate(self, upload_id: str | None, request: PrintRequest) -> bool:
        """Return whether a finished upload has the plate that is asked for, or it is not known whether it has."""
        upload = self._uploads.get(upload_id or "")
        if upload is None or not upload.plates or request.plate is None:
            return True
        return request.plate in upload.plates

    # --- inside ---

    def _named(self, name: str) -> Iterable[_Upload]:
        return (upload for upload in self._uploads.values() if upload.name == name)

    def _candidates(self, request: PrintRequest) -> list[_Upload]:
        """Return the uploads that may belong to a request: those of its own client first, then the older first."""
        return sorted(
            (
                upload
                for upload in self._named(request.file)
                if self._related(upload, request) and upload.may_be_of(request)
            ),
            key=lambda upload: upload.peer != request.peer,
        )

    def _open(self, request: PrintRequest, now: float) -> list[_Upload]:
        """Return the finished uploads that a request that comes now may be for."""
        return [
            upload
            for upload in self._candidates(request)
            if _recent(upload, now) and not upload.asked_first
        ]

    def _expected(self, request: PrintRequest, now: float) -> _Upload | None:
        """Return the finished upload that a request would get by what is known of checksums.

        One that has a request already gets another only where none followed that may be of the same file: then the request
        was repeated. Otherwise a person has printed the file twice.
        """
        finished = self._open(request, now)
        known = [upload for upload in finished if upload.is_of(request)]
        free = [upload for upload in finished if upload.asked is None]
        for upload in known:
            if upload.asked is None:
                return upload
        if not known:
            return free[0] if free else None
        last = [upload for upload in known if upload.peer == known[0].peer][-1]
        order = [*self._uploads]
        for upload in free:
            is_later = order.index(upload.id) > order.index(last.id)
            if is_later and upload.peer in (request.peer, last.peer):
                return upload
        return last

    def _related(self, upload: _Upload, request: PrintRequest) -> bool:
        if upload.person != request.person:
            return False
        return upload.peer == request.peer or not self._is_connected(upload.peer)

    def _assign(self, asked: _Asked) -> bool:
        """Assign a request to an upload under way that has none. Returns whether there was one."""
        for upload in self._candidates(asked.request):
            if upload.under_way and upload.asked is None:
                upload.asked = asked
                return True
        return False

    def _take_waiting(
        self, upload: _Upload, accept: Callable[[PrintRequest], bool]
    ) -> _Asked | None:
        found = [
            asked
            for asked in self._waiting
            if asked.request.file == upload.name
            and self._related(upload, asked.request)
            and accept(asked.request)
        ]
        if not found:
            return None
        best = min(found, key=lambda asked: asked.request.peer != upload.peer)
        self._waiting = [asked for asked in self._waiting if asked is not best]
        return best

    def _drop_late(self, now: float) -> None:
        """Forget the requests whose upload has not come in time."""
        self._waiting = [
            asked for asked in self._waiting if now - asked.at <= UPLOAD_AFTER_REQUEST_S
        ]

    def _wait(self, asked: _Asked) -> None:
        """Let a request wait for its upload, instead of earlier ones of the same file."""
        alike = [
            each for each in self._waiting if _is_repeated(each.request, asked.request)
        ]
        if any(each.at > asked.at for each in alike):
            return
        self._waiting = [each for each in self._waiting if each not in alike]
        self._waiting.append(asked)
        del self._waiting[:-MAX_REMEMBERED]

    def _settle(self, upload: _Upload) -> None:
        """Correct the match by the checksum, which is known now."""
        if upload.asked and upload.is_of(upload.asked.request):
            return
        for other in self._named(upload.name):
            if (
                other.under_way
                and other.asked
                and self._related(upload, other.asked.request)
                and upload.is_of(other.asked.request)
            ):
                upload.asked, other.asked = other.asked, upload.asked
                return
        wrong = upload.asked
        if proven := self._take_waiting(upload, upload.is_of):
            upload.asked = proven
        elif wrong and not upload.may_be_of(wrong.request):
            upload.asked = None
        else:
            return
        if wrong and not self._assign(wrong):
            self._wait(wrong)


def _is_repeated(one: PrintRequest, other: PrintRequest) -> bool:
    """Return whether a client has asked for the very same file twice."""
    return bool(one.md5) and (one.file, one.md5, one.peer, one.person) == (
        other.file,
        other.md5,
        other.peer,
        other.person,
    )


def _recent(upload: _Upload, now: float) -> bool:
    return (
        upload.finished_at is not None
        and now - upload.finished_at <= REQUEST_AFTER_UPLOAD_S
    )
