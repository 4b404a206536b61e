"""Publishes the start of a print. It is stored before it is sent, and sent once.

A printer that could not open the file has not begun, and reports so: then the command is sent once more, with the other form
of the file's URL. The same goes for one without an AMS that refuses the mapping.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from ..library.values.prints import Outcome, PrintPhase, Problem
from ..machines.errors import (
    CommandError,
    DeveloperModeOffError,
    NotConnectedError,
    RefusedError,
)
from ..machines.families import UrlForm
from ..machines.mapping import MappingForm, Places, encode, other_form
from ..machines.project_file import ProjectFile
from ..machines.values import MachineState
from .jobs import QueuedJob
from .ports import Claim, Printer
from .reasons import Reason
from .record import PrintRecord, is_in_memory
from .times import Clock
from .tracking import Over, Tracker

type Check = Callable[[QueuedJob], Places | Reason]
type Confirm = Callable[[], Awaitable[bool]]
type Spend = Callable[[QueuedJob, Places], None]
type Track = Callable[[float, MachineState | None], Tracker]


class PublishStage:
    """Starts the uploaded file of one print."""

    def __init__(
        self,
        record: PrintRecord,
        printer: Printer,
        claim: Claim,
        *,
        check: Check,
        confirm: Confirm,
        spend: Spend,
        track: Track,
        clock: Clock,
        error_cleared_s: float,
    ) -> None:
        """Prepare. `check` returns the spools, or the reason against the print, as of now.

        `confirm` asks whether the printer is driven from here. `spend` is told which spools a print takes whose start is sent now. `track` starts following the printer's reports, from the time of the publish and the state at it.
        """
        self.published_at: float | None = None
        """When the start was last published, by the clock of the loop."""
        self._record = record
        self._printer = printer
        self._claim = claim
        self._check = check
        self._confirm = confirm
        self._spend = spend
        self._track = track
        self._now = clock
        self._error_cleared_s = error_cleared_s

    async def run(self) -> None:
        """Publish. The print is over then, or may be under way. Raises GivenUpError."""
        if not await self._publish(self._form, self._printer.mapping_form):
            await self._record.put_back(None)

    async def path_refused(self, code: str) -> None:
        """Try the other form of the file's URL, which files in internal memory have not. Raises GivenUpError."""
        if is_in_memory(self._record.print):
            await self._failed(code)
            return
        await self._again(
            code, self._printer.other_url_form, self._printer.mapping_form
        )

    async def mapping_refused(self, code: str) -> None:
        """Try the other form of the mapping, which only printers without any AMS have. Raises GivenUpError."""
        if self._printer.state.ams:
            await self._failed(code)
        else:
            await self._again(code, self._form, other_form(self._printer.mapping_form))

    @property
    def _form(self) -> UrlForm:
        if is_in_memory(self._record.print):
            return UrlForm.MEMORY
        return self._printer.url_form

    async def _again(self, code: str, url: UrlForm, mapping: MappingForm) -> None:
        """Publish once more, after clearing the standing error, which would block that."""
        self._record.look_up()
        if not await self._clear_error() or not await self._publish(url, mapping):
            await self._failed(code)

    async def _failed(self, code: str) -> None:
        await self._record.finish(
            Over(outcome=Outcome.FAILED_BEFORE_PRINTING, code=code), has_begun=False
        )

    async def _publish(self, form: UrlForm, mapping: MappingForm) -> bool:
        """Send the command. Returns False if nothing was sent because of a reason against it."""
        record, printer = self._record, self._printer
        if isinstance(self._check(self._claim.job), Reason):
            return False
        await record.advance(
            phase=PrintPhase.PUBLISHING,
            url_form=form.name.lower(),
            mapping_form=mapping.value,
            phase_before=printer.state.phase.value,
            publishes=record.print.publishes + 1,
            published_at=self._now(),
        )
        if not await self._confirm():
            return False
        # A last look; from here to the command nothing else can happen.
        record.look_up()
        places = self._check(self._claim.job)
        if isinstance(places, Reason):
            return False
        self.published_at = asyncio.get_running_loop().time()
        tracker = self._track(self.published_at, printer.state)
        self._spend(self._claim.job, places)
        try:
            await printer.start(self._command(places), form=form)
        except RefusedError as err:
            if not tracker.has_begun:
                await self._refused(err)
            return True
        except NotConnectedError:
            if not tracker.has_begun:
                await record.put_back(Problem.CONNECTION_LOST)
            return True
        except CommandError:
            # It may have arrived all the same.
            return True
        tracker.arrived(asyncio.get_running_loop().time())
        return True

    def _command(self, places: Places) -> ProjectFile:
        print_ = self._record.print
        return ProjectFile(
            file=print_.file,
            md5=print_.md5,
            plate=print_.plate,
            title=print_.title,
            job_id=print_.subtask_id,
            mapping=encode(places, MappingForm(print_.mapping_form)),
            options=self._claim.options,
        )

    async def _refused(self, err: RefusedError) -> None:
        if isinstance(err, DeveloperModeOffError):
            await self._record.put_back(Problem.DEVELOPER_MODE_OFF)
        else:
            code = (
                ""
                if err.code is None
                else f"{err.code >> 16 & 0xFFFF:04X}-{err.code & 0xFFFF:04X}"
            )
            await self._record.put_back(Problem.START_REFUSED, code=code, hold=True)

    async def _clear_error(self) -> bool:
        """Clear the standing error, and wait until it is gone. Returns whether it is, and the printer is still driven from here."""
        if not await self._confirm():
            return False
        printer = self._printer
        changed = asyncio.Event()
        unsubscribe = printer.subscribe(lambda _state: changed.set())
        try:
            with suppress(CommandError):
                await printer.clean_print_error()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._error_cleared_s):
                    while printer.state.print_error is not None:
                        changed.clear()
                        await changed.wait()
        finally:
            unsubscribe()
        return printer.state.print_error is None
