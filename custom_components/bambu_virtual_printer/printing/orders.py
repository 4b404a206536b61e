"""What people order about jobs and the printers that have them; errors are Home Assistant's."""

from dataclasses import dataclass

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..const import DOMAIN
from ..engine.dispatch.dispatcher import Cancellation, Started
from ..engine.dispatch.orders import WrongAnswerError
from ..engine.dispatch.reasons import Reason
from ..engine.dispatch.unattended import NoSuchPrintError, PrintedElsewhereError
from ..engine.library.values.errors import SlicedFileError
from ..engine.library.values.judgements import Answered
from ..engine.library.values.prints import Answer, Problem
from ..engine.machines.errors import UploadError
from ..operations.errors import library_errors
from ..operations.permissions import Permissions, Right
from ..operations.queue import PrintQueue
from ..operations.verdicts import PrintVerdicts, Saying
from ..printers.machines import ManagedMachine
from .card_copies import CopyingError, FileGoneError, ObstacleError, UnderWayError
from .real_printers import RealPrinters

# What kept a print from being cancelled.
_NOT_CANCELLED = {
    Cancellation.NOT_CONFIRMED: "cancel_not_confirmed",
    Cancellation.QUESTION: "job_has_question",
    Cancellation.UNANSWERED: "cancel_unanswered",
    Cancellation.REFUSED: "cancel_refused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StartResult:
    """What came of the wish to begin a job now: the real printer that has it, or what is in the way."""

    machine_id: str | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedFile:
    """A file that is on the card of a real printer now."""

    printer: str
    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearedPlate:
    """What came of a person's word that a plate is free.

    `was_occupied` is False where it was cleared before, or has another print than the one that was meant. `answered` is the
    verdict that holds, None where none was given or the print is not of the queue.
    """

    was_occupied: bool
    print_id: str
    answered: Answered | None


class JobOrders:
    """Orders about jobs, whether or not a printer has them. Methods raise ServiceValidationError, HomeAssistantError."""

    def __init__(
        self,
        printers: RealPrinters,
        queue: PrintQueue,
        verdicts: PrintVerdicts,
        permissions: Permissions,
    ) -> None:
        """Give them to these printers, about jobs of this queue, for those who may."""
        self._printers = printers
        self._permissions = permissions
        self._queue = queue
        self._verdicts = verdicts

    async def start(self, job_id: str) -> StartResult:
        """Begin a job now, before all others; where that cannot be, as soon as it can."""
        await self._queue.check(Right.DECIDE, job_id)
        with library_errors(job_id):
            try:
                result = await self._printers.dispatcher.start_now(job_id)
            except NoSuchPrintError:
                # It is planned again in a moment.
                return StartResult()
        match result:
            case Started(machine_id=machine_id):
                return StartResult(machine_id=machine_id)
            case _:
                return StartResult(reason=result)

    async def copy_to_printer(self, job_id: str, machine_id: str | None) -> CopiedFile:
        """Copy the file of a job in line to the card of a printer, for a person who prints it there. Nothing is started."""
        await self._queue.check(Right.DECIDE, job_id)
        machine = self._printers.by_id.get(machine_id or "")
        if machine is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="not_a_real_printer"
            )
        job = await self._queue.job(job_id)
        if not job.state.is_queued:
            raise _refused("copy_not_in_line", job_id)
        if other := self._printers.dispatcher.other_driver(machine.id):
            raise _elsewhere(PrintedElsewhereError(other.instance), machine)
        try:
            with library_errors(job_id):
                copied = await self._printers.copies.copy(job, machine)
        except ObstacleError as err:
            raise _not_copied(job.title, self._printers.said(err.reason)) from err
        except UnderWayError as err:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="copy_under_way",
                translation_placeholders={"printer": machine.name},
            ) from err
        except (CopyingError, UploadError, SlicedFileError) as err:
            said = self._printers.said_of(_problem_of(err))
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="copy_failed",
                translation_placeholders={
                    "name": job.title,
                    "printer": machine.name,
                    "reason": said,
                },
            ) from err
        return CopiedFile(
            printer=machine.name, name=copied.name, size_bytes=copied.size_bytes
        )

    async def cancel(self, job_id: str, *, confirm: bool = False) -> Cancellation:
        """Cancel a job; what a printer prints only when that is confirmed."""
        await self._queue.check(Right.WORK, job_id)
        with library_errors(job_id):
            try:
                result = await self._printers.dispatcher.cancel(job_id, confirm=confirm)
            except PrintedElsewhereError as err:
                raise _elsewhere(err) from err
        if key := _NOT_CANCELLED.get(result):
            raise _refused(key, job_id)
        return result

    async def stop(self, job_id: str, *, confirm: bool) -> Cancellation:
        """Stop what a printer prints of the queue, when that is confirmed."""
        await self._queue.check(Right.WORK, job_id)
        await self._machine_of(job_id)
        return await self.cancel(job_id, confirm=confirm)

    async def pause(self, job_id: str) -> None:
        """Pause the print of a job."""
        await self._queue.check(Right.WORK, job_id)
        await (await self._machine_of(job_id)).async_pause()

    async def resume(self, job_id: str) -> None:
        """Go on with the paused print of a job."""
        await self._queue.check(Right.WORK, job_id)
        await (await self._machine_of(job_id)).async_resume()

    async def retry(self, job_id: str) -> None:
        """Put a job back into the line that came to nothing."""
        await self._queue.check(Right.DECIDE, job_id)
        with library_errors(job_id):
            await self._printers.dispatcher.retry(job_id)

    async def answer(self, job_id: str, answer: Answer) -> None:
        """Take a person's word for what became of a job."""
        await self._queue.check(Right.WORK, job_id)
        with library_errors(job_id):
            try:
                await self._printers.dispatcher.answer(job_id, answer)
            except (NoSuchPrintError, WrongAnswerError) as err:
                raise _refused("job_has_no_question", job_id) from err
            except PrintedElsewhereError as err:
                raise _elsewhere(err) from err

    async def clear_plate(
        self,
        machine: ManagedMachine,
        *,
        print_id: str = "",
        saying: Saying | None = None,
    ) -> ClearedPlate:
        """Take a person's word that a printer's plate is free, and how the print on it came out.

        With `print_id` the plate is cleared only of that print. The verdict is stored before the next job can begin; where
        there is nothing that it could be about, as while the printer prints, nothing is done.
        """
        dispatcher = self._printers.dispatcher
        if other := dispatcher.other_driver(machine.id):
            raise _elsewhere(PrintedElsewhereError(other.instance), machine)
        plate = dispatcher.plate(machine.id)
        if saying is not None and not print_id and not plate.print_id:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="nothing_on_plate",
                translation_placeholders={"printer": machine.name},
            )
        is_meant = print_id in ("", plate.print_id)
        answered = None
        if saying is not None and is_meant and plate.job_id:
            await dispatcher.ended(machine.id, plate.print_id)
            answered = await self._verdicts.give(
                plate.job_id, saying, print_id=plate.print_id
            )
        elif saying is not None and not is_meant:
            answered = await self._verdicts.give_for_print(print_id, saying)
        with library_errors():
            was_occupied = await self._printers.async_clear_plate(machine, print_id)
        return ClearedPlate(
            was_occupied=was_occupied,
            print_id=print_id or plate.print_id,
            answered=answered,
        )

    async def stop_print(self, machine: ManagedMachine) -> None:
        """Cancel what a printer prints, of the queue or not."""
        if job_id := await self._job_at(machine):
            await self.cancel(job_id, confirm=True)
        else:
            await machine.async_stop_print()

    async def pause_print(self, machine: ManagedMachine) -> None:
        """Pause what a printer prints, of the queue or not."""
        if job_id := await self._job_at(machine):
            await self.pause(job_id)
        else:
            await machine.async_pause()

    async def resume_print(self, machine: ManagedMachine) -> None:
        """Go on with what a printer has paused, of the queue or not."""
        if job_id := await self._job_at(machine):
            await self.resume(job_id)
        else:
            await machine.async_resume()

    async def _job_at(self, machine: ManagedMachine) -> str | None:
        """Return the job of the queue that a printer has.

        Where another Home Assistant drives the printer it is not known whose print it is, so that only those go on who may do
        everything.
        """
        other = machine.share.other_driver
        if other and await self._permissions.is_limited():
            raise _elsewhere(PrintedElsewhereError(other.instance), machine)
        return machine.share.job_id

    async def _machine_of(self, job_id: str) -> ManagedMachine:
        for machine in self._printers.by_id.values():
            if machine.share.job_id == job_id:
                return machine
        with library_errors(job_id):
            try:
                await self._printers.dispatcher.check_here(job_id)
            except PrintedElsewhereError as err:
                raise _elsewhere(err) from err
        raise _refused("job_at_no_printer", job_id)


def _elsewhere(
    err: PrintedElsewhereError, machine: ManagedMachine | None = None
) -> HomeAssistantError:
    """Say at which Home Assistant it can be done."""
    if not err.instance:
        return ServiceValidationError(
            translation_domain=DOMAIN, translation_key="printer_driver_unknown"
        )
    if machine is None:
        return ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="job_at_other_instance",
            translation_placeholders={"instance": err.instance},
        )
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="printer_at_other_instance",
        translation_placeholders={"printer": machine.name, "instance": err.instance},
    )


def _not_copied(name: str, reason: str) -> HomeAssistantError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_copied",
        translation_placeholders={"name": name, "reason": reason},
    )


def _problem_of(err: CopyingError | UploadError | SlicedFileError) -> Problem:
    """Return what people know of the same failure when the queue prints."""
    match err:
        case UploadError(cause=cause):
            return Problem(f"upload_{cause}")
        case FileGoneError():
            return Problem.FILE_GONE
        case SlicedFileError():
            return Problem.UPLOAD_FILE_UNREADABLE
    return Problem.INTERRUPTED


def _refused(key: str, job_id: str) -> HomeAssistantError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"id": job_id},
    )
