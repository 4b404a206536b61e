"""What people order about jobs and the printers that have them; errors are Home Assistant's."""

from dataclasses import dataclass

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..const import DOMAIN
from ..engine.dispatch.dispatcher import Cancellation, NoSuchPrintError, Started
from ..engine.dispatch.orders import WrongAnswerError
from ..engine.dispatch.reasons import Reason
from ..engine.library.values.prints import Answer
from ..operations.errors import library_errors
from ..operations.permissions import Right
from ..operations.queue import PrintQueue
from ..printers.machines import ManagedMachine
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


class JobOrders:
    """Orders about jobs, whether or not a printer has them. Methods raise ServiceValidationError, HomeAssistantError."""

    def __init__(self, printers: RealPrinters, queue: PrintQueue) -> None:
        """Give them to these printers, about jobs of this queue."""
        self._printers = printers
        self._queue = queue

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

    async def cancel(self, job_id: str, *, confirm: bool = False) -> Cancellation:
        """Cancel a job; what a printer prints only when that is confirmed."""
        await self._queue.check(Right.WORK, job_id)
        with library_errors(job_id):
            result = await self._printers.dispatcher.cancel(job_id, confirm=confirm)
        if key := _NOT_CANCELLED.get(result):
            raise _refused(key, job_id)
        return result

    async def stop(self, job_id: str, *, confirm: bool) -> Cancellation:
        """Stop what a printer prints of the queue, when that is confirmed."""
        await self._queue.check(Right.WORK, job_id)
        self._machine_of(job_id)
        return await self.cancel(job_id, confirm=confirm)

    async def pause(self, job_id: str) -> None:
        """Pause the print of a job."""
        await self._queue.check(Right.WORK, job_id)
        await self._machine_of(job_id).async_pause()

    async def resume(self, job_id: str) -> None:
        """Go on with the paused print of a job."""
        await self._queue.check(Right.WORK, job_id)
        await self._machine_of(job_id).async_resume()

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

    async def clear_plate(self, machine: ManagedMachine) -> None:
        """Take a person's word that a printer's plate is free."""
        with library_errors():
            await self._printers.async_clear_plate(machine)

    async def stop_print(self, machine: ManagedMachine) -> None:
        """Cancel what a printer prints, of the queue or not."""
        if job_id := machine.share.job_id:
            await self.cancel(job_id, confirm=True)
        else:
            await machine.async_stop_print()

    def _machine_of(self, job_id: str) -> ManagedMachine:
        for machine in self._printers.by_id.values():
            if machine.share.job_id == job_id:
                return machine
        raise _refused("job_at_no_printer", job_id)


def _refused(key: str, job_id: str) -> HomeAssistantError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"id": job_id},
    )
