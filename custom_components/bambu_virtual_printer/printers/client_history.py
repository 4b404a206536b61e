"""The history of a printer's clients: last contact, logins and failures, for the setup check and the repairs.

Kept in memory only, bounded, since the start of Home Assistant.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ..engine.events import (
    DetectRequested,
    LoginFailed,
    PrinterEvent,
    PrintRequested,
    RelayEvent,
    SlicerConnected,
    TlsRefused,
    UploadFailed,
    UploadReceived,
    UploadStarted,
)
from ..engine.explanations import Explanation, as_it_stands, explain
from ..engine.net import endings
from ..engine.values import Service

REMEMBERED_FAILURES = 64
REMEMBERED_PEERS = 64
RECENT = timedelta(hours=24)

# Alerts of clients that do not trust the certificate (OpenSSL and libraries that use it). `decrypt_error` is a wrong
# signature: the client has another CA of the same name.
TRUST_ALERTS = frozenset(
    {
        "unknown_ca",
        "certificate_unknown",
        "bad_certificate",
        "decrypt_error",
        "certificate_expired",
    }
)


class Cause(StrEnum):
    """Why a client failed."""

    NOT_TRUSTED = "not_trusted"
    TLS = "tls"
    WRONG_CODE = "wrong_code"
    WRONG_KEY = "wrong_key"
    UPLOAD = "upload"


_WRONG_KEY = explain("wrong_upload_key", "wrong upload key")

FIRST_OBSTACLES = frozenset({Cause.NOT_TRUSTED, Cause.WRONG_CODE})
"""The causes that keep a newly set up slicer out and that a person can solve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A client that connected to one of the listeners."""

    peer: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The last failure of one cause for one client and listener; `count` is how often it happened."""

    cause: Cause
    peer: str
    service: Service
    at: datetime
    why: Explanation
    count: int


class ClientHistory:
    """The history of one printer's clients."""

    def __init__(self) -> None:
        """Start empty."""
        self._last: dict[Service, Contact] = {}
        self._logins: OrderedDict[str, datetime] = OrderedDict()
        self._detects: OrderedDict[str, datetime] = OrderedDict()
        self._failures: OrderedDict[tuple[Cause, str, Service], Failure] = OrderedDict()

    @property
    def last(self) -> Mapping[Service, Contact]:
        """The last client of each listener, whatever the outcome."""
        return self._last

    @property
    def logins(self) -> Mapping[str, datetime]:
        """The clients that logged in over MQTT, and when last; oldest first."""
        return self._logins

    @property
    def detects(self) -> Mapping[str, datetime]:
        """The clients that sent detect requests, and when last; oldest first."""
        return self._detects

    def failures(self, now: datetime) -> Sequence[Failure]:
        """Return the recent failures, newest first."""
        return [
            failure
            for failure in reversed(self._failures.values())
            if now - failure.at <= RECENT
        ]

    def first_step(
        self, since: datetime, now: datetime
    ) -> tuple[str, Cause | None] | None:
        """Return the client that logged in since then, else one that failed for trust or access code, with the cause."""
        for peer, at in self._logins.items():
            if at >= since:
                return peer, None
        for failure in self.failures(now):
            if failure.at >= since and failure.cause in FIRST_OBSTACLES:
                return failure.peer, failure.cause
        return None

    def is_repeated(self, event: PrinterEvent | RelayEvent) -> bool:
        """Return whether a recorded event repeats an earlier refusal: slicers try again every second."""
        match event:
            case TlsRefused(peer=peer, service=service):
                refusal = self._failures.get((Cause.NOT_TRUSTED, peer, service))
                return refusal is not None and refusal.count > 1
        return False

    def note(self, event: PrinterEvent | RelayEvent, now: datetime) -> None:
        """Record an event. `now` is timezone-aware."""
        match event:
            case SlicerConnected(peer=peer):
                self._saw(peer, Service.MQTT, now)
                _remember(self._logins, peer, now)
                self._forgive(peer)
            case DetectRequested(peer=peer, service=service):
                self._saw(peer, service, now)
                _remember(self._detects, peer, now)
            case UploadStarted(peer=peer, service=service):
                self._saw(peer, service, now)
            case UploadReceived(file=file, service=service):
                self._saw(file.peer, service, now)
            case PrintRequested(request=request):
                self._saw(request.peer, Service.MQTT, now)
            case LoginFailed(peer=peer, service=Service.HTTP, attempts=attempts):
                self._fail(
                    Cause.WRONG_KEY,
                    peer,
                    Service.HTTP,
                    _WRONG_KEY,
                    now,
                    attempts,
                )
            case LoginFailed(peer=peer, service=service, attempts=attempts):
                self._fail(
                    Cause.WRONG_CODE, peer, service, endings.WRONG_CODE, now, attempts
                )
            case TlsRefused(peer=peer, service=service, alert=alert):
                trust = alert in TRUST_ALERTS
                self._fail(
                    Cause.NOT_TRUSTED if trust else Cause.TLS,
                    peer,
                    service,
                    as_it_stands(alert),
                    now,
                )
            case UploadFailed(peer=peer, reason=reason, service=service):
                self._fail(Cause.UPLOAD, peer, service, reason, now)

    def _saw(self, peer: str, service: Service, now: datetime) -> None:
        self._last[service] = Contact(peer=peer, at=now)

    def _fail(
        self,
        cause: Cause,
        peer: str,
        service: Service,
        why: Explanation,
        now: datetime,
        count: int | None = None,
    ) -> None:
        """Count a failure; `count` is the number of the listener, if it counts them itself."""
        self._saw(peer, service, now)
        key = cause, peer, service
        known = self._failures.pop(key, None)
        self._failures[key] = Failure(
            cause=cause,
            peer=peer,
            service=service,
            at=now,
            why=why,
            count=count or (known.count if known else 0) + 1,
        )
        if len(self._failures) > REMEMBERED_FAILURES:
            self._failures.popitem(last=False)

    def _forgive(self, peer: str) -> None:
        """Forget failures that a login has proved to be solved."""
        for key in list(self._failures):
            cause, failed_peer, _service = key
            if failed_peer == peer and cause is not Cause.UPLOAD:
                del self._failures[key]


def _remember(times: OrderedDict[str, datetime], peer: str, now: datetime) -> None:
    times[peer] = now
    times.move_to_end(peer)
    if len(times) > REMEMBERED_PEERS:
        times.popitem(last=False)
