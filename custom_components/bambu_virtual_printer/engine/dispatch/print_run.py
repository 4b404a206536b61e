"""Carries one print through upload, start and end. Every step is stored before it is made.

Reports of the printer and orders of people are handled one after the other, in one task.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
import logging

from ..library.values.prints import (
    ANSWERED,
    Answer,
    Outcome,
    Print,
    PrintPhase,
    Problem,
)
from ..machines.errors import CommandError, NotConnectedError, RefusedError
from ..machines.families import UrlForm
from ..machines.mapping import MappingForm, other_form
from ..machines.transfer import Progress
from ..machines.values import MachineState
from .orders import Orders, PrintOverError, Stopping, check_answer
from .ports import Claim, Printer, PrintStore
from .publish_stage import Check, Confirm, PublishStage, Spend
from .reasons import Reason
from .record import GivenUp, GivenUpError, PrintRecord, is_in_memory
from .times import Clock, DispatchTimes
from .tracking import (
    Begun,
    Finding,
    MappingRefused,
    NotBegun,
    Over,
    PathRefused,
    Tracker,
    Unclear,
)
from .upload_stage import UploadStage

_LOGGER = logging.getLogger(__name__)


class PrintRun:
    """A print that is open. `run` carries it on from where it is stored to be."""

    def __init__(
        self,
        print_: Print,
        printer: Printer,
        store: PrintStore,
        *,
        check: Check,
        confirm: Confirm,
        spend: Spend,
        occupy: Callable[[Print], None],
        changed: Callable[[], None],
        times: DispatchTimes,
        clock: Clock,
    ) -> None:
        """Prepare. `check` returns the spools for the job, or the reason against it, as of now.

        `confirm` asks whether the printer is driven from here. `spend` is told which spools it takes. `occupy` is called before an end is stored that leaves something on the plate, so that clearing it comes after.
        """
        self._record = PrintRecord(print_, store, occupy=occupy, changed=changed)
        self._printer = printer
        self._store = store
        self._check = check
        self._confirm = confirm
        self._spend = spend
        self._times = times
        self._now = clock
        self._loop = asyncio.get_running_loop()
        self._upload = UploadStage(
            self._record,
            printer,
            retry_s=times.retry_s,
            clock=clock,
            changed=changed,
        )
        self._publish: PublishStage | None = None
        self._tracker: Tracker | None = None
        self._findings: deque[Finding] = deque()
        self._wake = asyncio.Event()
        self._orders = Orders(self._wake, times.order_s)
        self._stop_sent = False
        self._is_stop_refused = False
        self._stop_timer: asyncio.TimerHandle | None = None
        self._is_mapping_doubted = False

    @property
    def print(self) -> Print:
        """The print as it is stored."""
        return self._record.print

    @property
    def is_over(self) -> bool:
        """Whether the print has ended."""
        return self._record.is_over

    @property
    def is_sending(self) -> bool:
        """Whether it is open and its start has not been published."""
        return not self.is_over and not self.print.phase.may_print

    @property
    def has_begun(self) -> bool:
        """Whether the printer was seen to begin with it in this run."""
        return self._tracker is not None and self._tracker.has_begun

    @property
    def progress(self) -> Progress | None:
        """How far the upload is, while there is one."""
        return self._upload.progress

    @property
    def published_at(self) -> float | None:
        """When the start was last published by this run, by the clock of the loop."""
        return self._publish.published_at if self._publish else None

    async def run(self, claim: Claim | None) -> None:
        """Carry the print on to its end. `claim` is there when it has just begun; else it is known from the store alone."""
        unsubscribe = self._printer.subscribe(self._see)
        try:
            if claim is not None:
                await self._send(claim)
            elif not self.print.phase.may_print:
                # Nothing had been published, so it is requeued safely.
                await self._record.put_back(Problem.INTERRUPTED)
            else:
                self._resume()
            if not self.is_over:
                await self._follow()
        finally:
            unsubscribe()
            self._orders.close()
            if self._stop_timer:
                self._stop_timer.cancel()

    # --- orders ---

    def give_up(self) -> None:
        """Cancel the print before its start. What has begun has to be stopped instead."""
        self._give_up(GivenUp.CANCELLED)

    def withdraw(self) -> None:
        """Requeue the job, if its start has not been published yet."""
        self._give_up(GivenUp.WITHDRAWN)

    def _give_up(self, why: GivenUp) -> None:
        if self._record.given_up is not GivenUp.CANCELLED:
            self._record.given_up = why
        self._upload.give_up()

    async def stop(self) -> Stopping:
        """Stop the printer. Raises PrintOverError, TimeoutError."""
        self._check_open()
        # Until that is carried out it may turn out that it has not begun.
        self.give_up()
        return await self._orders.give(self._stop)

    async def answer(self, answer: Answer) -> None:
        """Take a person's answer to the open question. Raises WrongAnswerError, PrintOverError, TimeoutError."""
        self._check_open()
        await self._orders.give(lambda: self._answer(answer))

    def _check_open(self) -> None:
        if self.is_over:
            raise PrintOverError

    async def _stop(self) -> Stopping:
        await self._record.advance(is_stopping=True)
        assert self._tracker is not None
        self._tracker.is_stopping = True
        if not self._tracker.is_under_way:
            return Stopping.WAITS
        stopping = await self._send_stop()
        if stopping is Stopping.REFUSED:
            # The person is told so, and decides.
            await self._record.advance(is_stopping=False)
            self._tracker.is_stopping = False
        return stopping

    async def _send_stop(self) -> Stopping:
        assert self._tracker is not None
        self._stop_sent = True
        if not await self._confirm():
            # Who drives the printer by now sends it: it is stored. If that is this one again, it is sent then.
            self._stop_later()
            return Stopping.WAITS
        try:
            await self._printer.stop()
        except NotConnectedError:
            # The end of the session may not have been reported yet; that lets it be sent again as well.
            self._stop_later()
            return Stopping.WAITS
        except RefusedError as err:
            # Nobody may be there who would order it again.
            if not self._is_stop_refused:
                self._is_stop_refused = True
                _LOGGER.warning("%s is not stopped: %s", self.print.title, err)
            self._stop_later()
            return Stopping.REFUSED
        except CommandError:
            return Stopping.UNANSWERED
        return Stopping.STOPPING

    def _stop_later(self) -> None:
        if self._stop_timer:
            self._stop_timer.cancel()
        self._stop_timer = self._loop.call_later(self._times.retry_s, self._stop_again)

    def _stop_again(self) -> None:
        self._stop_sent = False
        self._wake.set()

    async def _answer(self, answer: Answer) -> None:
        check_answer(self.print, answer)
        assert self._tracker is not None
        if answer is Answer.STARTED:
            await self._record.advance(
                phase=PrintPhase.STARTED, started_at=self._now(), question=None
            )
            self._tracker.began()
            self._see(self._printer.state)
        elif answer is Answer.NOT_STARTED:
            await self._record.put_back(Problem.NOT_STARTED)
        else:
            await self._record.finish(Over(outcome=ANSWERED[answer]), has_begun=True)

    # --- to the printer ---

    async def _send(self, claim: Claim) -> None:
        """Upload and publish. The print is over then, or may be under way."""
        record = self._record
        try:
            record.look_up()
            if isinstance(self._check(claim.job), Reason):
                await record.put_back(None)
                return
            await self._upload.run(claim)
            if self.is_over:
                return
            record.look_up()
            self._publish = PublishStage(
                record,
                self._printer,
                claim,
                check=self._check,
                confirm=self._confirm,
                spend=self._spend,
                track=self._track,
                clock=self._now,
                error_cleared_s=self._times.error_cleared_s,
            )
            await self._publish.run()
        except GivenUpError:
            await record.put_back(None)

    # --- to its end ---

    def _resume(self) -> None:
        """Resume a print whose state only the printer knows."""
        published_at = self.print.published_at
        age_s = (
            0.0
            if published_at is None
            else (self._now() - published_at).total_seconds()
        )
        self._track(self._loop.time() - max(0.0, age_s), None)
        self._see(self._printer.state)

    def _track(self, published_at: float, before: MachineState | None) -> Tracker:
        self._findings.clear()
        self._tracker = Tracker(
            self.print,
            now=self._loop.time(),
            published_at=published_at,
            active_within_s=self._printer.traits.active_within_s,
            before=before,
            times=self._times.tracking,
        )
        return self._tracker

    def _see(self, state: MachineState) -> None:
        if not state.is_available or not state.is_current:
            # What was sent in a session that has ended may not have arrived.
            self._stop_sent = False
        if self._tracker is not None:
            error = state.print_error
            self._is_mapping_doubted |= error is not None and error.is_bad_mapping
            self._findings.extend(self._tracker.see(state, self._loop.time()))
            self._wake.set()

    async def _follow(self) -> None:
        while not self.is_over:
            self._wake.clear()
            if self._findings:
                await self._apply(self._findings.popleft())
                continue
            if self._orders:
                await self._orders.run_next()
                continue
            tracker = self._tracker
            assert tracker is not None
            if (
                self.print.is_stopping
                and tracker.is_proved_under_way
                and not self._stop_sent
            ):
                await self._send_stop()
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout_at(tracker.deadline):
                    await self._wake.wait()
            self._findings.extend(tracker.tick(self._loop.time()))

    async def _apply(self, finding: Finding) -> None:
        assert self._tracker is not None
        match finding:
            case Begun(is_printing=is_printing):
                await self._begun(is_printing=is_printing)
            case Over():
                await self._record.finish(finding, has_begun=self._tracker.has_begun)
                await self._learn_mapping(finding.outcome)
            case NotBegun(problem=problem, code=code):
                await self._record.put_back(problem, code=code)
            case PathRefused() | MappingRefused():
                await self._publish_again(finding)
            case Unclear(question=question):
                await self._record.advance(question=question)

    async def _begun(self, *, is_printing: bool) -> None:
        await self._record.advance(
            phase=PrintPhase.PRINTING if is_printing else PrintPhase.STARTED,
            started_at=self.print.started_at or self._now(),
            question=None,
        )
        # The file was opened.
        if not is_in_memory(self.print):
            await self._remember(url=UrlForm[self.print.url_form.upper()])

    async def _publish_again(self, refused: PathRefused | MappingRefused) -> None:
        # Such a finding comes only after a publish of this run.
        assert self._publish is not None
        try:
            if isinstance(refused, PathRefused):
                await self._publish.path_refused(refused.code)
            else:
                await self._publish.mapping_refused(refused.code)
        except GivenUpError:
            await self._record.put_back(None)

    # --- what the printer takes ---

    async def _learn_mapping(self, outcome: Outcome) -> None:
        """Remember the form of the mapping that a print was finished with, or the other one where it was refused late."""
        if not self.print.mapping_form or self._printer.state.ams:
            return
        sent = MappingForm(self.print.mapping_form)
        if outcome is Outcome.FINISHED:
            await self._remember(mapping=sent)
        elif self._is_mapping_doubted:
            # It was refused after the printer had heated up: the plate has to be cleared before the next start.
            await self._remember(mapping=other_form(sent))

    async def _remember(
        self, *, url: UrlForm | None = None, mapping: MappingForm | None = None
    ) -> None:
        """Store the forms that worked."""
        printer = self._printer
        before = (printer.url_form, printer.mapping_form)
        if url is not None:
            printer.remember_url_form(url)
        if mapping is not None:
            printer.mapping_form = mapping
        if before != (printer.url_form, printer.mapping_form):
            await self._store.remember_forms(
                printer.serial,
                url_form=printer.url_form.name.lower(),
                mapping_form=printer.mapping_form.value,
            )
