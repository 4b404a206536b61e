"""One print's way: to the printer's card, to its start, and to its end. Every step is stored before it is made.

Facts of the printer and words of people are dealt with one after the other, in one task.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
import logging
from pathlib import Path
from typing import Any

from ..library.values.prints import (
    ANSWERED,
    Answer,
    Outcome,
    Print,
    PrintPhase,
    Problem,
    Question,
)
from ..machines.errors import (
    CommandError,
    DeveloperModeOffError,
    NotConnectedError,
    RefusedError,
    UploadCause,
    UploadError,
)
from ..machines.families import UrlForm
from ..machines.files import remote_name
from ..machines.mapping import Places, encode
from ..machines.project_file import ProjectFile
from ..machines.upload import Progress, Uploaded
from ..machines.values import MachineState
from .jobs import QueuedJob
from .ports import Claim, Printer, PrintStore
from .reasons import Reason
from .tracking import (
    Begun,
    Finding,
    NotBegun,
    Over,
    PathRefused,
    Tracker,
    TrackingTimes,
    Unclear,
)

_LOGGER = logging.getLogger(__name__)

MAX_ATTEMPTS = 3

_PROBLEMS = {
    Outcome.FAILED_BEFORE_PRINTING: Problem.FAILED_BEFORE_PRINTING,
    Outcome.FAILED: Problem.FAILED,
    Outcome.CANCELLED_AT_PRINTER: Problem.CANCELLED_AT_PRINTER,
    Outcome.REPLACED: Problem.REPLACED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchTimes:
    """How long to wait for what, in seconds."""

    tracking: TrackingTimes = field(default_factory=TrackingTimes)
    settle_s: float = 60.0
    """How long a printer may still react to a start that came to nothing."""
    error_cleared_s: float = 8.0
    """For an error to go after it was cleared."""
    retry_s: float = 30.0
    """Before the next attempt after one that may go better, and as long again before the one after."""
    sweep_s: float = 600.0
    """Before another attempt to remove files from the card."""
    order_s: float = 60.0
    """For what a person ordered to be taken up."""


class Stopping(StrEnum):
    """What became of the order to stop a print."""

    STOPPING = "stopping"
    """The printer has taken it; its reports tell the end."""
    WAITS = "waits"
    """It is given as soon as the printer can be reached, if it prints this then."""
    UNANSWERED = "unanswered"
    """The printer has not answered."""
    REFUSED = "refused"
    """The printer has refused."""


class PrintOverError(Exception):
    """The print had ended before the order was taken up."""


class WrongAnswerError(Exception):
    """The print has no question open that this answers."""


class _GivenUpError(Exception):
    """A person has cancelled the print before its start."""


def check_answer(print_: Print, answer: Answer) -> None:
    """Make sure that an answer is one to the question that is open. Raises WrongAnswerError."""
    if print_.question is None or (
        answer in {Answer.STARTED, Answer.NOT_STARTED}
        and print_.question is not Question.DID_IT_START
    ):
        raise WrongAnswerError


type Clock = Callable[[], datetime]
type Check = Callable[[QueuedJob], Places | Reason]
type _Order = tuple[Callable[[], Awaitable[Any]], asyncio.Future[Any]]


class PrintRun:
    """A print that is open. `run` carries it on from where it is stored to be."""

    def __init__(
        self,
        print_: Print,
        printer: Printer,
        store: PrintStore,
        *,
        check: Check,
        occupy: Callable[[], None],
        changed: Callable[[], None],
        times: DispatchTimes,
        clock: Clock,
    ) -> None:
        """Prepare. `check` finds the spools for the job, or what is in the way, at the moment it is asked.

        `occupy` is told before an end is stored that leaves something on the plate: who clears it comes after that.
        """
        self.print = print_
        self.progress: Progress | None = None
        """How far the upload is."""
        self._printer = printer
        self._store = store
        self._check = check
        self._occupy = occupy
        self._changed = changed
        self._times = times
        self._now = clock
        self._loop = asyncio.get_running_loop()
        self._claim: Claim | None = None
        self._is_given_up = False
        self._upload: asyncio.Task[Uploaded] | None = None
        self._tracker: Tracker | None = None
        self._findings: deque[Finding] = deque()
        self._orders: deque[_Order] = deque()
        self._wake = asyncio.Event()
        self._stop_sent = False
        self.published_at: float | None = None
        """When the start was last published by this run, by the clock of the loop."""

    @property
    def is_over(self) -> bool:
        """Whether the print has ended."""
        return self.print.phase is PrintPhase.ENDED

    async def run(self, claim: Claim | None) -> None:
        """Carry the print on to its end. `claim` is there when it has just begun; else it is known from the store alone."""
        self._claim = claim
        unsubscribe = self._printer.subscribe(self._see)
        try:
            if claim is not None:
                await self._send(claim)
            elif not self.print.phase.may_print:
                # Nothing had been published, so it goes back into the line safely.
                await self._put_back(Problem.INTERRUPTED)
            else:
                self._resume()
            if not self.is_over:
                await self._follow()
        finally:
            unsubscribe()
            while self._orders:
                future = self._orders.popleft()[1]
                if not future.done():
                    future.set_exception(PrintOverError())

    # --- what people order ---

    def give_up(self) -> None:
        """Cancel the print before its start. What has begun has to be stopped instead."""
        self._is_given_up = True
        if self._upload is not None:
            self._upload.cancel()

    async def stop(self) -> Stopping:
        """Have the printer stop. Raises PrintOverError, TimeoutError."""
        result: Stopping = await self._order(self._stop)
        return result

    async def answer(self, answer: Answer) -> None:
        """Take a person's answer to the open question. Raises WrongAnswerError, PrintOverError, TimeoutError."""
        await self._order(lambda: self._answer(answer))

    async def _order(self, work: Callable[[], Awaitable[Any]]) -> Any:
        if self.is_over:
            raise PrintOverError
        future: asyncio.Future[Any] = self._loop.create_future()
        self._orders.append((work, future))
        self._wake.set()
        async with asyncio.timeout(self._times.order_s):
            return await future

    async def _stop(self) -> Stopping:
        await self._advance(is_stopping=True)
        if self._tracker is not None:
            self._tracker.is_stopping = True
            if self._tracker.is_under_way:
                return await self._send_stop()
        return Stopping.WAITS

    async def _send_stop(self) -> Stopping:
        self._stop_sent = True
        try:
            await self._printer.stop()
        except NotConnectedError:
            self._stop_sent = False
            return Stopping.WAITS
        except RefusedError:
            await self._advance(is_stopping=False)
            if self._tracker is not None:
                self._tracker.is_stopping = False
            return Stopping.REFUSED
        except CommandError:
            return Stopping.UNANSWERED
        return Stopping.STOPPING

    async def _answer(self, answer: Answer) -> None:
        check_answer(self.print, answer)
        assert self._tracker is not None
        if answer is Answer.STARTED:
            await self._advance(
                phase=PrintPhase.STARTED, started_at=self._now(), question=None
            )
            self._tracker.began()
            self._see(self._printer.state)
        elif answer is Answer.NOT_STARTED:
            await self._put_back(Problem.NOT_STARTED)
        else:
            await self._finish(Over(outcome=ANSWERED[answer]), has_begun=True)

    # --- to the printer ---

    async def _send(self, claim: Claim) -> None:
        """Upload and publish. The print is over then, or may be under way."""
        try:
            if claim.path is None:
                await self._finish(
                    Over(outcome=Outcome.FAILED_BEFORE_PRINTING),
                    has_begun=False,
                    problem=Problem.FILE_GONE,
                )
                return
            self._look_up()
            if isinstance(self._check(claim.job), Reason):
                await self._put_back(None)
                return
            name = remote_name(self.print.title, self.print.id)
            await self._advance(phase=PrintPhase.UPLOADING, file=name, on_card=True)
            uploaded = await self._uploaded(claim.path, name)
            await self._advance(phase=PrintPhase.UPLOADED, md5=uploaded.md5)
            self._look_up()
            if not await self._publish(claim, self._printer.url_form):
                await self._put_back(None)
        except _GivenUpError:
            await self._finish(Over(outcome=Outcome.CANCELLED_HERE), has_begun=False)
        except UploadError as err:
            await self._upload_failed(err)

    def _look_up(self) -> None:
        """See whether a person has cancelled. Raises _GivenUpError."""
        if self._is_given_up:
            raise _GivenUpError

    async def _uploaded(self, path: Path, name: str) -> Uploaded:
        """Upload. Raises UploadError, _GivenUpError."""
        self._look_up()
        task = self._upload = self._loop.create_task(
            self._printer.upload(path, name, self._note_progress)
        )
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait([task])
            raise
        finally:
            self._upload = None
            self.progress = None
        if task.cancelled():
            raise _GivenUpError
        return task.result()

    def _note_progress(self, progress: Progress) -> None:
        self.progress = progress
        self._changed()

    async def _upload_failed(self, err: UploadError) -> None:
        """Put the job back: to be tried again where that may help, else held for a person."""
        problem = Problem(f"upload_{err.cause}")
        if err.cause is UploadCause.FILE_UNREADABLE:
            await self._finish(
                Over(outcome=Outcome.FAILED_BEFORE_PRINTING),
                has_begun=False,
                problem=problem,
            )
            return
        attempt = self.print.attempt
        may_retry = (
            err.cause.may_pass or err.cause is UploadCause.TOO_SLOW
        ) and attempt < MAX_ATTEMPTS
        wait = timedelta(seconds=self._times.retry_s * attempt)
        await self._put_back(
            problem,
            hold=not may_retry,
            retry_at=self._now() + wait if may_retry else None,
        )

    async def _publish(self, claim: Claim, form: UrlForm) -> bool:
        """Send the command to start. Returns False where nothing was sent because something is in the way."""
        if isinstance(self._check(claim.job), Reason):
            return False
        await self._advance(
            phase=PrintPhase.PUBLISHING,
            url_form=form.name.lower(),
            phase_before=self._printer.state.phase.value,
            publishes=self.print.publishes + 1,
            published_at=self._now(),
        )
        # A last look; from here to the command nothing else can happen.
        self._look_up()
        places = self._check(claim.job)
        if isinstance(places, Reason):
            return False
        self.published_at = self._loop.time()
        self._tracker = tracker = self._track(
            published_at=self.published_at, before=self._printer.state
        )
        try:
            await self._printer.start(self._command(claim, places), form=form)
        except RefusedError as err:
            if not tracker.has_begun:
                await self._refused(err)
            return True
        except NotConnectedError:
            if not tracker.has_begun:
                await self._put_back(Problem.CONNECTION_LOST)
            return True
        except CommandError:
            # It may have arrived all the same.
            return True
        tracker.arrived(self._loop.time())
        return True

    def _command(self, claim: Claim, places: Places) -> ProjectFile:
        return ProjectFile(
            file=self.print.file,
            md5=self.print.md5,
            plate=self.print.plate,
            title=self.print.title,
            job_id=self.print.subtask_id,
            mapping=encode(places),
            options=claim.options,
        )

    async def _refused(self, err: RefusedError) -> None:
        if self.print.is_stopping:
            await self._finish(Over(outcome=Outcome.CANCELLED_HERE), has_begun=False)
        elif isinstance(err, DeveloperModeOffError):
            await self._put_back(Problem.DEVELOPER_MODE_OFF)
        else:
            code = (
                ""
                if err.code is None
                else f"{err.code >> 16 & 0xFFFF:04X}-{err.code & 0xFFFF:04X}"
            )
            await self._put_back(Problem.START_REFUSED, code=code, hold=True)

    # --- to its end ---

    def _resume(self) -> None:
        """Go on with a print of which only the printer knows what became of it."""
        published_at = self.print.published_at
        age_s = (
            0.0
            if published_at is None
            else (self._now() - published_at).total_seconds()
        )
        self._tracker = self._track(
            published_at=self._loop.time() - max(0.0, age_s), before=None
        )
        self._see(self._printer.state)

    def _track(self, *, published_at: float, before: MachineState | None) -> Tracker:
        self._findings.clear()
        return Tracker(
            self.print,
            now=self._loop.time(),
            published_at=published_at,
            active_within_s=self._printer.traits.active_within_s,
            before=before,
            times=self._times.tracking,
        )

    def _see(self, state: MachineState) -> None:
        if self._tracker is not None:
            self._findings.extend(self._tracker.see(state, self._loop.time()))
            self._wake.set()

    async def _follow(self) -> None:
        while not self.is_over:
            self._wake.clear()
            if self._findings:
                await self._apply(self._findings.popleft())
                continue
            if self._orders:
                await self._obey(*self._orders.popleft())
                continue
            tracker = self._tracker
            assert tracker is not None
            if self.print.is_stopping and tracker.is_under_way and not self._stop_sent:
                await self._send_stop()
                continue
            with suppress(TimeoutError):
                deadline = tracker.deadline
                async with asyncio.timeout_at(deadline):
                    await self._wake.wait()
            self._findings.extend(tracker.tick(self._loop.time()))

    async def _obey(
        self, work: Callable[[], Awaitable[Any]], future: asyncio.Future[Any]
    ) -> None:
        if future.done():
            # Whoever ordered it has given up waiting.
            return
        try:
            result = await work()
        except asyncio.CancelledError:
            raise
        except Exception as err:
            if not future.done():
                future.set_exception(err)
            if not isinstance(err, WrongAnswerError):
                raise
        else:
            if not future.done():
                future.set_result(result)

    async def _apply(self, finding: Finding) -> None:
        match finding:
            case Begun(is_printing=is_printing):
                await self._begun(is_printing=is_printing)
            case Over():
                assert self._tracker is not None
                await self._finish(finding, has_begun=self._tracker.has_begun)
            case NotBegun(problem=problem, code=code):
                if self.print.is_stopping:
                    await self._finish(
                        Over(outcome=Outcome.CANCELLED_HERE), has_begun=False
                    )
                else:
                    await self._put_back(problem, code=code)
            case PathRefused(code=code):
                await self._path_refused(code)
            case Unclear(question=question):
                await self._advance(question=question)

    async def _begun(self, *, is_printing: bool) -> None:
        self._printer.remember_url_form(UrlForm[self.print.url_form.upper()])
        await self._advance(
            phase=PrintPhase.PRINTING if is_printing else PrintPhase.STARTED,
            started_at=self.print.started_at or self._now(),
            question=None,
        )

    async def _path_refused(self, code: str) -> None:
        """Try the other form of the file's URL once; the error that stands would block it."""
        is_clear = await self._clear_error()
        claim = self._claim
        if self.print.is_stopping:
            await self._finish(Over(outcome=Outcome.CANCELLED_HERE), has_begun=False)
        elif (
            not is_clear
            or claim is None
            or not await self._publish(claim, self._printer.other_url_form)
        ):
            await self._finish(
                Over(outcome=Outcome.FAILED_BEFORE_PRINTING, code=code),
                has_begun=False,
            )

    async def _clear_error(self) -> bool:
        """Have the error that stands cleared, and wait until it is gone. Returns whether it is."""
        with suppress(CommandError):
            await self._printer.clean_print_error()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._times.error_cleared_s):
                while self._printer.state.print_error is not None:
                    self._wake.clear()
                    await self._wake.wait()
        return self._printer.state.print_error is None

    async def _finish(
        self, over: Over, *, has_begun: bool, problem: Problem | None = None
    ) -> None:
        """End the print, and what it says of its job."""
        occupies = has_begun or over.outcome is Outcome.FINISHED
        if occupies:
            self._occupy()
        await self._store.end(
            self.print,
            over.outcome,
            occupies=occupies,
            problem=problem or _PROBLEMS.get(over.outcome),
            code=over.code,
            percent=over.percent,
            layer=over.layer,
        )
        self._over(over.outcome)

    async def _put_back(
        self,
        problem: Problem | None,
        *,
        code: str = "",
        hold: bool = False,
        retry_at: datetime | None = None,
    ) -> None:
        await self._store.put_back(
            self.print, problem=problem, code=code, hold=hold, retry_at=retry_at
        )
        self._over(Outcome.NOT_STARTED)

    def _over(self, outcome: Outcome) -> None:
        self.print = replace(self.print, phase=PrintPhase.ENDED, outcome=outcome)
        self._changed()

    async def _advance(self, **changes: Any) -> None:
        after = replace(self.print, **changes)
        await self._store.advance(self.print, after)
        self.print = after
        self._changed()


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)
