"""The job state machine: what the printer reports it is doing. No sockets, no clocks.

Both slicers show progress only, and enable Send only, by `gcode_state`; the Print dialog is released when the state
becomes FINISH under the slicer's own `subtask_name` (docs/protocol.md, Print requests). Two orders occur:

    older:   project_file -> upload      PREPARE .............. FINISH
    newer:   upload -> project_file      FINISH (by file name), PREPARE, FINISH (by the slicer's name)

So FINISH is reported after every upload, and again some time after each `project_file`. FINISH and FAILED stay until
the next job; once a file is there the printer never returns to IDLE.

A failure is for the client that it concerns, which has to press the button again: others are shown what was before it, as
long as that client is there to hear of it.

Several slicers may print at once, and one of them several files. Each client, identified by its address and whose access
code it has, gets its own
prints reported to their ends, one after another, and the last end for long enough that it arrives on a slow connection;
a client without prints gets the printer's latest job. A print goes through

    WAITING     "0"         no upload of its file; after PREPARE_S it is finished nevertheless
    COMING      "1".."98"   its file is being uploaded
    RECEIVED    "99"        its file is complete
    READY       "100"       so that clients that wait for the percentage to arrive see it move (pybambu)

and FINISH or FAILED, which also stays for FINISH_S: at least one 1 Hz report carries what a dialog waits for.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, auto

from ..mirror.values import OwnJob
from ..values import PrintRequest

# At least one 1 Hz report carries PREPARE, and FINISH.
PREPARE_S = 1.5
FINISH_S = 1.5
# A client whose Wi-Fi stalls must not miss the end of its own print because another one began.
OWN_S = 60.0
STEP_S = PREPARE_S / 2
# Slicers open a dialog for an error at once; it must be gone before the next print.
ERROR_S = 10.0
COMING_PERCENT_MAX = 98


class GcodeState(StrEnum):
    """The states of `gcode_state` that a printer without a nozzle goes through."""

    IDLE = "IDLE"
    PREPARE = "PREPARE"
    FINISH = "FINISH"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReport:
    """The job's part of a status report."""

    gcode_state: GcodeState = GcodeState.IDLE
    gcode_file: str = ""
    subtask_name: str = ""
    prepare_percent: str = "0"
    print_error: int = 0


def percent_received(received_bytes: int, announced_bytes: int) -> int:
    """Return the percentage of an upload under way. Hardly any client announces a size; then it is 1."""
    if not received_bytes:
        return 0
    if not announced_bytes:
        return 1
    return min(max(100 * received_bytes // announced_bytes, 1), COMING_PERCENT_MAX)


# More than clients print at a time; in a flood of requests the oldest are dropped.
MAX_PRINTS_OF_CLIENT = 32


class _Phase(Enum):
    NEW = auto()
    WAITING = auto()
    COMING = auto()
    RECEIVED = auto()
    READY = auto()


@dataclass(slots=True, kw_only=True, eq=False)
class _Print:
    request: PrintRequest
    received: bool = False
    failed: bool = False
    phase: _Phase = _Phase.NEW

    def preparing(self, percent: int = 0) -> JobReport:
        return JobReport(
            gcode_state=GcodeState.PREPARE,
            gcode_file=self.request.file,
            subtask_name=self.request.subtask_name,
            prepare_percent=str(percent),
        )

    def finished(self) -> JobReport:
        """Return FINISH with the slicer's own name in both fields, which releases its dialog."""
        name = self.request.subtask_name
        return JobReport(
            gcode_state=GcodeState.FINISH,
            gcode_file=name,
            subtask_name=name,
            prepare_percent="100",
        )

    def failure(self) -> JobReport:
        return JobReport(
            gcode_state=GcodeState.FAILED,
            gcode_file=self.request.file,
            subtask_name=self.request.subtask_name,
        )


def _of_upload(state: GcodeState, name: str) -> JobReport:
    """Return the report about an upload without a print request."""
    return JobReport(
        gcode_state=state,
        gcode_file=name,
        subtask_name=name.removesuffix(".3mf"),
        prepare_percent="100" if state is GcodeState.FINISH else "0",
    )


type _Key = tuple[str, str]


def _key(request: PrintRequest) -> _Key:
    return request.peer, request.person


@dataclass(slots=True, kw_only=True, eq=False)
class _Client:
    """The prints of one client, and what is reported to it."""

    report: JobReport = field(default_factory=JobReport)
    holds_until: float | None = None
    """Until when the report stays, unless an upload changes it."""
    prints: list[_Print] = field(default_factory=list)
    """The prints that have not ended, in the order of their requests."""
    shown: _Print | None = None
    print_error: int = 0
    error_until: float | None = None
    """Until when a code is shown in `print_error`."""
    own_until: float | None = None
    """Until when the end of its own last print is reported rather than other clients' prints."""

    def add(self, job: _Print) -> None:
        """Add a print, in place of the oldest that is not shown if there are too many."""
        self.prints.append(job)
        if len(self.prints) > MAX_PRINTS_OF_CLIENT:
            self.prints.remove(
                next(each for each in self.prints if each is not self.shown)
            )

    @property
    def busy(self) -> bool:
        return bool(self.prints) or self.holds_until is not None

    @property
    def keeps_own(self) -> bool:
        return self.busy or self.own_until is not None


class Jobs:
    """The jobs of one virtual printer. Times are seconds of any monotonic clock.

    `upload_of` returns the id of the upload under way that brings a request's file, `percent_of` its percentage.
    """

    def __init__(
        self,
        *,
        upload_of: Callable[[PrintRequest], str | None],
        percent_of: Callable[[str], int],
        is_connected: Callable[[str, str], bool] = lambda _peer, _person: True,
    ) -> None:
        """Start idle; `is_connected` returns whether a client of an address and a person is there to hear of its failures."""
        self.deadline: float | None = None
        """When to call `tick` next, or None."""
        self.changes = 0
        """How often a report has changed, not counting percentages of uploads."""
        self._upload_of = upload_of
        self._percent_of = percent_of
        self._is_connected = is_connected
        # By address and person; the one with the newest event is last.
        self._clients: dict[_Key, _Client] = {}
        # What others than the one that it concerns are shown in the place of a failure.
        self._calm = JobReport()

    def report(self, peer: str = "", person: str = "") -> JobReport:
        """Return the report for a client, told by its address and whose access code it has."""
        own = self._clients.get((peer, person))
        report = self._report((peer, person), own)
        if own is not None and own.print_error:
            return replace(report, print_error=own.print_error)
        return report

    def _report(self, key: _Key, client: _Client | None) -> JobReport:
        if client is None or not client.keeps_own:
            client = self._newest(key)
        if client is None:
            return self._calm
        shown = client.shown
        if shown is not None and (upload_id := self._coming(shown)):
            percent = min(self._percent_of(upload_id), COMING_PERCENT_MAX)
            return replace(client.report, prepare_percent=str(percent))
        return client.report

    def _is_for_another(self, key: _Key, client: _Client, viewer: _Key) -> bool:
        """Tell whether it is a failure that somebody else than the viewer hears of."""
        peer, person = key
        return (
            client.report.gcode_state is GcodeState.FAILED
            and key != viewer
            and not (person and person == viewer[1])
            and self._is_connected(peer, person)
        )

    def own(self, peer: str, person: str = "") -> OwnJob:
        """Return the state of a client's own prints; NONE if its report is about others."""
        client = self._clients.get((peer, person))
        if client is None or not client.keeps_own:
            return OwnJob.NONE
        return OwnJob.UNDER_WAY if client.busy else OwnJob.ENDED

    def tell(self, peer: str, person: str, print_error: int, now: float) -> None:
        """Show a code in a client's `print_error` for a while: slicers say what it means."""
        client = self._touch((peer, person))
        client.print_error = print_error
        client.error_until = now + ERROR_S
        self.changes += 1
        self._advance(now)

    def refused(self, request: PrintRequest, print_error: int, now: float) -> None:
        """Report a print request as failed, with the code of the reason."""
        client = self._touch(_key(request))
        job = self._find(client, request)
        if job is None:
            job = _Print(request=request)
            client.add(job)
        job.failed = True
        self._stop_holding(client, job)
        self.tell(request.peer, request.person, print_error, now)

    def project_file(
        self, request: PrintRequest, now: float, *, received: bool = False
    ) -> None:
        """Handle a print request, or what is known of it by now; `received` if its file is complete already."""
        client = self._touch(_key(request))
        job = self._find(client, request)
        if job is None:
            job = _Print(request=request)
            client.add(job)
        if received:
            job.received = True
            self._stop_holding(client, job)
        self._advance(now)

    def upload_started(self, request: PrintRequest | None, now: float) -> None:
        """Record a started upload. One with a request is reported as PREPARE while it lasts, again if it is late."""
        if request is not None:
            self.project_file(request, now)

    def upload_finished(
        self,
        name: str,
        peer: str,
        request: PrintRequest | None,
        now: float,
        person: str = "",
    ) -> None:
        """Record a complete upload and the request it belongs to."""
        # Also where a print of the client is reported instead: with a file there, nobody sees an idle printer any more.
        self._calm = _of_upload(GcodeState.FINISH, name)
        if request is None:
            self._report_upload((peer, person), GcodeState.FINISH, name, now)
            return
        self.project_file(request, now, received=True)

    def upload_failed(
        self,
        name: str,
        peer: str,
        request: PrintRequest | None,
        now: float,
        person: str = "",
    ) -> None:
        """Record an upload that was cut short or refused, and the request that is left without a file."""
        if request is None:
            self._report_upload((peer, person), GcodeState.FAILED, name, now)
            return
        client = self._touch(_key(request))
        if job := self._find(client, request):
            job.failed = True
            self._stop_holding(client, job)
        self._advance(now)

    def tick(self, now: float) -> None:
        """Move on what has been reported long enough."""
        self._advance(now)

    # --- inside ---

    def _coming(self, job: _Print) -> str | None:
        """Return the id of the upload under way that brings a print's file."""
        if job.received or job.failed:
            return None
        return self._upload_of(job.request)

    def _newest(self, viewer: _Key) -> _Client | None:
        """Return the client with the newest event, but for failures of others; busy ones come first."""
        clients = [
            client
            for key, client in reversed(self._clients.items())
            if not self._is_for_another(key, client, viewer)
        ]
        busy = (client for client in clients if client.busy)
        return next(busy, clients[0] if clients else None)

    def _touch(self, key: _Key) -> _Client:
        client = self._clients.pop(key, None) or _Client()
        for other_key in [
            each
            for each, other in self._clients.items()
            if not other.keeps_own and other.error_until is None
        ]:
            del self._clients[other_key]
        self._clients[key] = client
        return client

    def _find(self, client: _Client, request: PrintRequest) -> _Print | None:
        return next((each for each in client.prints if each.request is request), None)

    def _report_upload(
        self, key: _Key, state: GcodeState, name: str, now: float
    ) -> None:
        """Report an upload without a print request, unless a print of that client is being reported."""
        client = self._clients.get(key)
        if client is not None and client.busy:
            self._advance(now)
            return
        client = self._touch(key)
        client.own_until = now + OWN_S
        client.report = _of_upload(state, name)
        self.changes += 1
        self._advance(now)

    def _stop_holding(self, client: _Client, job: _Print) -> None:
        if client.shown is job:
            client.holds_until = None

    def _advance(self, now: float) -> None:
        """Move every client's report on as far as its time has come."""
        for client in self._clients.values():
            before = client.report, client.keeps_own, client.print_error
            if client.holds_until is not None and now >= client.holds_until:
                client.holds_until = None
            while client.holds_until is None and client.prints:
                if client.shown is None or self._coming(client.shown):
                    client.shown = self._choose(client)
                if not self._step(client, client.shown, now):
                    break
            if client.own_until is not None and now >= client.own_until:
                client.own_until = None
            if client.error_until is not None and now >= client.error_until:
                client.print_error, client.error_until = 0, None
            if client.report.gcode_state is GcodeState.FINISH:
                self._calm = client.report
            if before != (client.report, client.keeps_own, client.print_error):
                self.changes += 1
        times = (
            time
            for client in self._clients.values()
            for time in (client.holds_until, client.own_until, client.error_until)
        )
        self.deadline = min((time for time in times if time is not None), default=None)

    def _choose(self, client: _Client) -> _Print:
        """Choose the print to report: the oldest that is not being uploaded, else the newest."""
        ready = (each for each in client.prints if not self._coming(each))
        return next(ready, client.prints[-1])

    def _step(self, client: _Client, job: _Print, now: float) -> bool:
        """Take a print one step further. Returns False while its file is being uploaded."""
        if job.failed:
            self._end(client, job, job.failure(), now)
        elif self._coming(job):
            job.phase = _Phase.COMING
            client.report = job.preparing()
            return False
        elif job.received and job.phase not in (_Phase.RECEIVED, _Phase.READY):
            job.phase = _Phase.RECEIVED
            client.report = job.preparing(99)
            client.holds_until = now + STEP_S
        elif job.phase is _Phase.RECEIVED:
            job.phase = _Phase.READY
            client.report = job.preparing(100)
            client.holds_until = now + STEP_S
        elif job.phase in (_Phase.NEW, _Phase.COMING):
            job.phase = _Phase.WAITING
            client.report = job.preparing()
            client.holds_until = now + PREPARE_S
        else:
            self._end(client, job, job.finished(), now)
        return True

    def _end(self, client: _Client, job: _Print, report: JobReport, now: float) -> None:
        client.prints.remove(job)
        client.shown = None
        client.report = report
        client.holds_until = now + FINISH_S
        client.own_until = now + OWN_S
