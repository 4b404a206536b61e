"""Follows a print by the printer's reports: whether it has begun, and how it ended. Pure.

The rules come from recordings of A1 and P2S, and from issues of Bambuddy for the others. A good reply and new
names mean that the command has arrived; only an active phase means that it prints. Missing reports end nothing, and from a report after
a gap only what its ids prove is concluded. What cannot be known becomes a question for a person, which later reports may still
answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ..library.values.prints import Outcome, Print, PrintPhase, Problem, Question
from ..machines.codes import ErrorCode, Severity
from ..machines.values import DeveloperMode, MachineState, Phase, PrintJob

_BUSY = "0500-4004"
_MAX_TITLE_LENGTH = 128
_SERIOUS = {Severity.FATAL, Severity.SERIOUS}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingTimes:
    """Waiting times in seconds (H2D stays FINISH for up to 50 s after a start, H2D Pro 210, P1P 135)."""

    sign_s: float = 90.0
    """For any sign that the command has arrived."""
    first_report_s: float = 60.0
    """For the first report after a start of this program, before a person is asked without one."""
    ids_s: float = 15.0
    """For the ids to follow an active phase."""
    path_error_s: float = 60.0
    """In which an error means that the file could not be opened."""
    cancel_code_s: float = 10.0
    """For the code that distinguishes a cancelled print from a failed one (P2S: 5 s)."""
    idle_s: float = 10.0
    """For a reason to follow when the printer went idle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The printer has begun with the print; `is_printing` once it is past heating and measuring."""

    is_printing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """The print has ended."""

    outcome: Outcome
    code: str = ""
    percent: int | None = None
    layer: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBegun:
    """The printer reported that it will not begin."""

    problem: Problem
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRefused:
    """The printer could not open the file, for which the form of the URL may be the reason. It has not begun."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingRefused:
    """The printer refused the mapping of filaments to spools. It has not begun."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """Only a person can answer."""

    question: Question


type Finding = Begun | Over | NotBegun | PathRefused | MappingRefused | Unclear


def recognise(job: PrintJob, print_: Print) -> bool | None:
    """Return whether a printer's report is about a print; None if it does not show.

    The id decides where there is one. Else the title and the file, which newer firmware names by the plate inside of it and
    an A1 clears at the end.
    """
    if job.subtask_id:
        return job.subtask_id == str(print_.subtask_id)
    if not job.name:
        return None
    if job.name != print_.title[:_MAX_TITLE_LENGTH]:
        return False
    if job.file.endswith(".gcode"):
        return job.plate in {None, print_.plate}
    return job.file.rpartition("/")[2] in {"", print_.file}


class Tracker:
    """Follows one print from the moment its start was published. Times are of one steady clock, in seconds."""

    def __init__(
        self,
        print_: Print,
        *,
        now: float,
        published_at: float,
        active_within_s: float,
        before: MachineState | None = None,
        times: TrackingTimes | None = None,
    ) -> None:
        """Begin. `before` is the state when it was published; without it, there was a gap since."""
        self._print = print_
        self._times = times or TrackingTimes()
        self._created_at = now
        self._published_at = published_at
        self._active_within_s = active_within_s
        self._before = before
        self._is_live = before is not None
        # Whether nothing was missed since the publish.
        self._saw_all = before is not None
        # Whether nothing was missed since the printer was last seen to print this.
        self._saw_it_last = False
        self._has_begun = print_.phase.has_begun
        self._is_printing = print_.phase is PrintPhase.PRINTING
        self._sign_at: float | None = None
        self._unsettled_since: float | None = None
        self._idle_since: float | None = None
        self._failed_since: float | None = None
        self._errors: list[ErrorCode] = []
        self._health: frozenset[ErrorCode] = frozenset(before.hms if before else ())
        self._asked = print_.question
        self._is_over = False
        self._is_proved = False
        self._percent = print_.percent
        self._layer = print_.layer
        self.is_stopping = print_.is_stopping
        self.is_under_way = False
        """Whether the newest report shows it printing this."""

    @property
    def has_begun(self) -> bool:
        """Whether the printer was seen to begin."""
        return self._has_begun

    @property
    def is_proved_under_way(self) -> bool:
        """Whether the newest report shows it printing this, and not another one of the same name that was begun in a gap."""
        return self.is_under_way and self._is_proved

    def arrived(self, now: float) -> None:
        """Note that the printer answered the command."""
        if self._sign_at is None:
            self._sign_at = now

    def began(self) -> None:
        """Note a person's answer that it has begun. If it does not print any more, a question about its end follows."""
        self._asked = None
        self._has_begun = True
        self._is_live = False

    @property
    def deadline(self) -> float | None:
        """When `tick` has a finding although no report comes."""
        if self._is_over:
            return None
        times = self._times
        moments = [
            since + wait
            for since, wait in (
                (self._unsettled_since, times.ids_s),
                (self._idle_since, times.idle_s),
                (self._failed_since if self._is_live else None, times.cancel_code_s),
            )
            if since is not None
        ]
        if not self._has_begun and self._asked is None:
            moments.append(self._start_limit())
        return min(moments, default=None)

    def _start_limit(self) -> float:
        if self._sign_at is not None:
            limit = self._sign_at + self._active_within_s
        elif self._saw_all:
            limit = self._published_at + self._times.sign_s
        else:
            # The answer may have been missed.
            limit = self._published_at + max(self._times.sign_s, self._active_within_s)
        if not self._is_live:
            limit = max(limit, self._created_at + self._times.first_report_s)
        return limit

    # --- what comes in ---

    def see(self, state: MachineState, now: float) -> tuple[Finding, ...]:
        """Look at a state."""
        if self._is_over:
            return ()
        self.is_under_way = False
        if not state.is_available or not state.is_current:
            self._is_live = self._saw_all = self._saw_it_last = False
            self._is_proved = False
            self._idle_since = self._unsettled_since = None
            return ()
        self._is_live = True
        findings = tuple(self._look(state, now))
        return (*findings, *self.tick(now))

    def tick(self, now: float) -> tuple[Finding, ...]:
        """Look at the clock."""
        return tuple(self._due(now)) if not self._is_over else ()

    def _look(self, state: MachineState, now: float) -> Iterator[Finding]:
        is_ours = recognise(state.job, self._print)
        if state.phase is Phase.UNKNOWN:
            return
        if state.phase.is_active:
            self._idle_since = None
            yield from self._active(state, now, is_ours)
            return
        self._unsettled_since = None
        if state.phase is not Phase.IDLE:
            self._idle_since = None
        if state.phase is not Phase.FAILED and self._failed_since is not None:
            yield self._failed()
            return
        if self._has_begun:
            yield from self._inactive(state, now, is_ours)
        else:
            yield from self._not_begun(state, now, is_ours)

    def _active(
        self, state: MachineState, now: float, is_ours: bool | None
    ) -> Iterator[Finding]:
        if is_ours or (is_ours is None and self._saw_it_last):
            self.is_under_way = self._saw_it_last = True
            self._is_proved |= bool(state.job.subtask_id) or self._saw_all
            self._unsettled_since = self._failed_since = None
            self._errors.clear()
            self._follow(state)
            is_printing = state.phase in {Phase.RUNNING, Phase.PAUSE}
            is_news = not self._has_begun or (is_printing and not self._is_printing)
            if not self._has_begun:
                self._health = frozenset(state.hms)
            self._has_begun = True
            self._is_printing = self._is_printing or is_printing
            if is_news or self._asked is not None:
                self._asked = None
                yield Begun(is_printing=self._is_printing)
            return
        if self._failed_since is not None:
            yield self._failed()
        elif self._has_begun:
            # Without a gap ours was cut short; after one it may as well have finished before.
            if self._saw_it_last:
                yield self._end(Outcome.REPLACED)
            else:
                yield from self._ask(Question.HOW_DID_IT_END)
        elif self._may_be_late(state.job, is_ours):
            # The ids of the print before, or none yet.
            if self._unsettled_since is None:
                self._unsettled_since = now
        else:
            yield from self._ask(Question.DID_IT_START)

    def _may_be_late(self, job: PrintJob, is_ours: bool | None) -> bool:
        if is_ours is None:
            return True
        if self._before is None:
            return False
        old = self._before.job
        return (job.subtask_id, job.name) == (old.subtask_id, old.name)

    def _follow(self, state: MachineState) -> None:
        """Remember how far it is; firmware zeroes that when it fails."""
        if state.job.percent:
            self._percent = state.job.percent
        if state.job.layer:
            self._layer = state.job.layer

    def _inactive(
        self, state: MachineState, now: float, is_ours: bool | None
    ) -> Iterator[Finding]:
        """Look at a printer that has stopped, after it had begun with ours."""
        is_known = is_ours or (is_ours is None and self._saw_it_last)
        match state.phase:
            case Phase.IDLE:
                # No end was reported: it was switched off, or the end follows in a moment.
                if self._idle_since is None:
                    self._idle_since = now
            case _ if not is_known:
                yield from self._ask(Question.HOW_DID_IT_END)
            case Phase.FINISH:
                yield self._end(Outcome.FINISHED, percent=100)
            case Phase.FAILED:
                self._collect(state, now)

    def _not_begun(
        self, state: MachineState, now: float, is_ours: bool | None
    ) -> Iterator[Finding]:
        """Handle a printer that does not print, and has not begun ours as far as reported."""
        phase_before = self._print.phase_before
        if is_ours and state.job.subtask_id:
            self.arrived(now)
            # An end that was not there before the publish is ours; one that was may be a leftover beside new names.
            if state.phase is Phase.FINISH and phase_before != Phase.FINISH:
                yield self._end(Outcome.FINISHED, percent=100)
                return
            if state.phase is Phase.FAILED and phase_before != Phase.FAILED:
                self._collect(state, now)
                return
        elif is_ours:
            self.arrived(now)
        if self._saw_all:
            yield from self._refusal(state, now)

    def _refusal(self, state: MachineState, now: float) -> Iterator[Finding]:
        """Look for the printer's reason not to begin; none of them stood when it was published."""
        error = state.print_error
        if state.developer_mode is DeveloperMode.OFF or (
            error and error.is_unverified_command
        ):
            self._is_over = True
            yield NotBegun(problem=Problem.DEVELOPER_MODE_OFF)
        elif error is None or error.is_cancellation:
            return
        elif error.code == _BUSY:
            self._is_over = True
            yield NotBegun(problem=Problem.BUSY, code=error.code)
        elif (
            error.is_wrong_path
            and self._print.publishes == 1
            and now - self._published_at <= self._times.path_error_s
        ):
            self._is_over = True
            yield PathRefused(code=error.code)
        elif error.is_bad_mapping and self._print.publishes == 1:
            self._is_over = True
            yield MappingRefused(code=error.code)
        else:
            yield self._end(Outcome.FAILED_BEFORE_PRINTING, code=error.code)

    def _collect(self, state: MachineState, now: float) -> None:
        """Collect the codes of the failure: they come late on P2S, and are gone after a moment on A1."""
        if self._failed_since is None:
            self._failed_since = now
        if state.print_error is not None:
            self._errors.append(state.print_error)
        else:
            self._errors.extend(
                code
                for code in state.hms
                if code.severity in _SERIOUS and code not in self._health
            )

    def _failed(self) -> Over:
        """Name the reason, by all codes reported since it failed."""
        self._failed_since = None
        faults = [error for error in self._errors if not error.is_cancellation]
        was_cancelled = len(faults) < len(self._errors) or not faults
        if self.is_stopping:
            return self._end(Outcome.CANCELLED_HERE)
        if was_cancelled:
            return self._end(Outcome.CANCELLED_AT_PRINTER)
        return self._end(
            Outcome.FAILED if self._is_printing else Outcome.FAILED_BEFORE_PRINTING,
            code=faults[0].code,
        )

    def _due(self, now: float) -> Iterator[Finding]:
        times = self._times
        if (
            self._failed_since is not None
            and self._is_live
            and now >= self._failed_since + times.cancel_code_s
        ):
            yield self._failed()
            return
        if self._idle_since is not None and now >= self._idle_since + times.idle_s:
            self._idle_since = None
            yield from self._ask(Question.HOW_DID_IT_END)
        if self._has_begun:
            return
        if (
            self._unsettled_since is not None
            and now >= self._unsettled_since + times.ids_s
        ):
            self._unsettled_since = None
            yield from self._ask(Question.DID_IT_START)
        if (
            self._asked is None
            and self._failed_since is None
            and now >= self._start_limit()
        ):
            yield from self._ask(Question.DID_IT_START)

    def _ask(self, question: Question) -> Iterator[Finding]:
        if self._asked is not question:
            self._asked = question
            yield Unclear(question=question)

    def _end(
        self, outcome: Outcome, *, code: str = "", percent: int | None = None
    ) -> Over:
        self._is_over = True
        return Over(
            outcome=outcome,
            code=code,
            percent=self._percent if percent is None else percent,
            layer=self._layer,
        )
