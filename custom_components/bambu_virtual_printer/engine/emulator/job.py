"""What the printer says it is doing: the job state machine, without sockets or clocks.

Both slicers show progress only, and enable Send only, by `gcode_state`; the Print dialog is released when the state
becomes FINISH under the slicer's own `subtask_name` (docs/protocol.md, Print requests). Two orders occur:

    older:   project_file -> upload      PREPARE .............. FINISH
    newer:   upload -> project_file      FINISH (by file name), PREPARE, FINISH (by the slicer's name)

So FINISH is said after every upload, and once more a while after each `project_file`. FINISH and FAILED last until the
next job; the printer never falls back to IDLE.

Several slicers may print at once, and one of them several files. Each client, told by its address, is shown its own
prints to their ends, one after another, and the last end for long enough that a slow connection hears of it; whoever has
none is shown what the printer did last. A print goes through

    WAITING     "0"         nothing is known of its file; after a while it is finished all the same
    COMING      "1".."98"   its file is on its way
    RECEIVED    "99"        its file is there
    READY       "100"       so that clients that wait for the percentage to arrive see it move (pybambu)

and FINISH or FAILED, which stands for a while too: at least one 1 Hz report carries what a dialog waits for.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, auto

from ..values import PrintRequest

# At least one 1 Hz report carries PREPARE, and FINISH.
PREPARE_S = 1.5
FINISH_S = 1.5
# A laptop whose Wi-Fi stalls must not miss the end of its own print because another one began.
OWN_S = 60.0
STEP_S = PREPARE_S / 2
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


def percent_received(received_bytes: int, announced_bytes: int) -> int:
    """Return how far an upload is while it lasts. Hardly any client announces a size; it has begun is all one knows."""
    if not received_bytes:
        return 0
    if not announced_bytes:
        return 1
    return min(max(100 * received_bytes // announced_bytes, 1), COMING_PERCENT_MAX)


# Nobody prints that many at a time; a flood is forgotten, the oldest first, rather than shown for hours.
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
        """Say FINISH with the slicer's own name in both fields, which is what releases its dialog."""
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


@dataclass(slots=True, kw_only=True, eq=False)
class _Client:
    """What one client is shown."""

    report: JobReport = field(default_factory=JobReport)
    holds_until: float | None = None
    """Until when the report stands, unless what it shows moves on by itself."""
    prints: list[_Print] = field(default_factory=list)
    """What has not ended yet, in the order it was asked for."""
    shown: _Print | None = None
    own_until: float | None = None
    """Until when the end of its own is shown rather than what others do."""

    def add(self, its: _Print) -> None:
        """Take on a print, in place of the oldest that is not shown if there are many."""
        self.prints.append(its)
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
    """The jobs of one virtual printer. Times are seconds of any clock that does not go back.

    `upload_of` names the upload under way that brings a request's file, `percent_of` tells how far one is.
    """

    def __init__(
        self,
        *,
        upload_of: Callable[[PrintRequest], str | None],
        percent_of: Callable[[str], int],
    ) -> None:
        """Start idle."""
        self.deadline: float | None = None
        """When `tick` wants to be called next, or None."""
        self.changes = 0
        """How often a report has changed, the percentage of uploads apart."""
        self._upload_of = upload_of
        self._percent_of = percent_of
        # By address; the last one is that with the newest event.
        self._clients: dict[str, _Client] = {}

    def report(self, peer: str = "") -> JobReport:
        """Return what a client is told."""
        client = self._clients.get(peer)
        if client is None or not client.keeps_own:
            client = self._newest()
        if client is None:
            return JobReport()
        shown = client.shown
        if shown is not None and (upload_id := self._coming(shown)):
            percent = min(self._percent_of(upload_id), COMING_PERCENT_MAX)
            return replace(client.report, prepare_percent=str(percent))
        return client.report

    def project_file(
        self, request: PrintRequest, now: float, *, received: bool = False
    ) -> None:
        """Handle a slicer's Print, of a file that was received a moment ago or that is not here yet."""
        client = self._touch(request.peer)
        client.add(_Print(request=request, received=received))
        self._proceed(now)

    def upload_started(self, request: PrintRequest | None, now: float) -> None:
        """Note a started upload; one that was asked for is prepared while it lasts, once more if it is late."""
        if request is None:
            return
        client = self._touch(request.peer)
        if self._find(client, request) is None:
            client.add(_Print(request=request))
        self._proceed(now)

    def upload_finished(
        self, name: str, peer: str, request: PrintRequest | None, now: float
    ) -> None:
        """Note a complete upload, and the request it was asked for by."""
        if request is None:
            self._say(peer, GcodeState.FINISH, name, now)
            return
        client = self._touch(request.peer)
        its = self._find(client, request)
        if its is None:
            its = _Print(request=request)
            client.add(its)
        its.received = True
        self._stop_holding(client, its)
        self._proceed(now)

    def upload_failed(
        self, name: str, peer: str, request: PrintRequest | None, now: float
    ) -> None:
        """Note an upload that was cut short or refused, and the request that is left without a file."""
        if request is None:
            self._say(peer, GcodeState.FAILED, name, now)
            return
        client = self._touch(request.peer)
        if its := self._find(client, request):
            its.failed = True
            self._stop_holding(client, its)
        self._proceed(now)

    def tick(self, now: float) -> None:
        """Go on with what has stood long enough."""
        self._proceed(now)

    # --- inside ---

    def _coming(self, its: _Print) -> str | None:
        """Return the id of the upload that brings a print's file just now."""
        if its.received or its.failed:
            return None
        return self._upload_of(its.request)

    def _newest(self) -> _Client | None:
        """Return the client with the newest event, of those that are busy if there are any."""
        clients = self._clients.values()
        return next(
            (client for client in reversed(clients) if client.busy),
            next(reversed(clients), None),
        )

    def _touch(self, peer: str) -> _Client:
        client = self._clients.pop(peer, None) or _Client()
        for address in [
            each for each, its in self._clients.items() if not its.keeps_own
        ]:
            del self._clients[address]
        self._clients[peer] = client
        return client

    def _find(self, client: _Client, request: PrintRequest) -> _Print | None:
        return next((each for each in client.prints if each.request is request), None)

    def _say(self, peer: str, state: GcodeState, name: str, now: float) -> None:
        """Tell of an upload nobody asked to print, unless a print of that client is being told of."""
        client = self._clients.get(peer)
        if client is not None and client.busy:
            self._proceed(now)
            return
        finished = state is GcodeState.FINISH
        client = self._touch(peer)
        client.own_until = now + OWN_S
        client.report = JobReport(
            gcode_state=state,
            gcode_file=name,
            subtask_name=name.removesuffix(".3mf"),
            prepare_percent="100" if finished else "0",
        )
        self.changes += 1
        self._proceed(now)

    def _stop_holding(self, client: _Client, its: _Print) -> None:
        if client.shown is its:
            client.holds_until = None

    def _proceed(self, now: float) -> None:
        """Show what comes next for every client, as far as its time has come."""
        for client in self._clients.values():
            before = client.report, client.keeps_own
            if client.holds_until is not None and now >= client.holds_until:
                client.holds_until = None
            while client.holds_until is None and client.prints:
                if client.shown is None or self._coming(client.shown):
                    client.shown = self._choose(client)
                if not self._step(client, client.shown, now):
                    break
            if client.own_until is not None and now >= client.own_until:
                client.own_until = None
            if before != (client.report, client.keeps_own):
                self.changes += 1
        times = (
            time
            for client in self._clients.values()
            for time in (client.holds_until, client.own_until)
        )
        self.deadline = min((time for time in times if time is not None), default=None)

    def _choose(self, client: _Client) -> _Print:
        """Choose what to show: the oldest that can go on, or the newest of those whose files are on their way."""
        ready = (each for each in client.prints if not self._coming(each))
        return next(ready, client.prints[-1])

    def _step(self, client: _Client, its: _Print, now: float) -> bool:
        """Take a print one step further. Returns False when it waits for its file."""
        if its.failed:
            self._end(client, its, its.failure(), now)
        elif self._coming(its):
            its.phase = _Phase.COMING
            client.report = its.preparing()
            return False
        elif its.received and its.phase not in (_Phase.RECEIVED, _Phase.READY):
            its.phase = _Phase.RECEIVED
            client.report = its.preparing(99)
            client.holds_until = now + STEP_S
        elif its.phase is _Phase.RECEIVED:
            its.phase = _Phase.READY
            client.report = its.preparing(100)
            client.holds_until = now + STEP_S
        elif its.phase in (_Phase.NEW, _Phase.COMING):
            its.phase = _Phase.WAITING
            client.report = its.preparing()
            client.holds_until = now + PREPARE_S
        else:
            self._end(client, its, its.finished(), now)
        return True

    def _end(self, client: _Client, its: _Print, report: JobReport, now: float) -> None:
        client.prints.remove(its)
        client.shown = None
        client.report = report
        client.holds_until = now + FINISH_S
        client.own_until = now + OWN_S
