"""Prints that no printer here follows: another Home Assistant drives theirs, it is detached, or it is not set up any more."""

from contextlib import suppress
from dataclasses import replace

from ..library.values.driving import OtherPrinter
from ..library.values.prints import (
    ANSWERED,
    Answer,
    Print,
    PrintPhase,
    Problem,
    Question,
    StalePrintError,
)
from .orders import check_answer
from .plates import occupied_by
from .ports import PrintStore
from .printers import AttachedPrinters
from .record import PrintRecord


class NoSuchPrintError(Exception):
    """No printer has the job, or it is not set up."""


class PrintedElsewhereError(Exception):
    """Another Home Assistant prints the job, or drives the printer; only there something can be done about it."""

    def __init__(self, instance: str) -> None:
        """Take what the other one is called; empty where that is not known."""
        super().__init__(instance)
        self.instance = instance


class UnattendedPrints:
    """The prints as they are stored. Everything raises what the store raises; nothing may be claimed meanwhile."""

    def __init__(self, store: PrintStore, printers: AttachedPrinters) -> None:
        """Use the store, and the printers of which it is known whether they are driven here."""
        self._store = store
        self._printers = printers

    async def of(self, job_id: str) -> Print | None:
        """Return the open print of a job."""
        for print_ in await self._store.open_prints():
            if print_.job_id == job_id:
                return print_
        return None

    async def elsewhere(self, print_: Print) -> OtherPrinter | None:
        """Return the printer of another Home Assistant that has a print; None where this one may settle it."""
        if other := (await self._store.printers()).others.get(print_.machine_id):
            return other
        if driver := self._printers.other_driver(print_.machine_id):
            model = self._printers.model(print_.machine_id)
            return OtherPrinter(name="", model=model, instance=driver.instance)
        return None

    async def check_here(self, job_id: str) -> None:
        """Make sure that no other Home Assistant prints a job. Raises PrintedElsewhereError."""
        print_ = await self.of(job_id)
        if print_ is not None and (other := await self.elsewhere(print_)):
            raise PrintedElsewhereError(other.instance)

    async def abandon(self, print_: Print) -> None:
        """Requeue the job of a print that nobody follows any more, or have a person asked."""
        if not print_.phase.may_print:
            await self._put_back(print_, None)
        elif print_.question is None:
            question = (
                Question.HOW_DID_IT_END
                if print_.phase.has_begun
                else Question.DID_IT_START
            )
            await self._store.advance(print_, replace(print_, question=question))

    async def abandon_lost(self) -> None:
        """Abandon the prints of Home Assistants that have not been seen for long, and of those that are nobody's any more.

        One on a printer that is driven from here by now is followed on.
        """
        printers = await self._store.printers()
        for print_ in await self._store.open_prints():
            id_ = print_.machine_id
            if id_ in printers.same:
                await self._printers.take_over(printers.same[id_])
                continue
            other = printers.others.get(id_)
            is_lost = other.is_missing if other else not printers.is_known(id_)
            if is_lost and id_ not in self._printers:
                with suppress(StalePrintError):
                    await self.abandon(print_)

    async def answer(self, job_id: str, answer: Answer) -> None:
        """Apply a person's answer to a print's question. Raises NoSuchPrintError, WrongAnswerError, PrintedElsewhereError."""
        print_ = await self.of(job_id)
        if print_ is None:
            raise NoSuchPrintError
        other = await self.elsewhere(print_)
        if other and not other.is_away:
            raise PrintedElsewhereError(other.instance)
        check_answer(print_, answer)
        try:
            await self._apply(print_, answer)
        except StalePrintError as err:
            raise PrintedElsewhereError(other.instance if other else "") from err

    async def _apply(self, print_: Print, answer: Answer) -> None:
        match answer:
            case Answer.STARTED:
                question = Question.HOW_DID_IT_END
                await self._store.advance(
                    print_,
                    replace(print_, phase=PrintPhase.STARTED, question=question),
                )
            case Answer.NOT_STARTED:
                await self._put_back(print_, Problem.NOT_STARTED)
            case _:
                await self._store.end(print_, ANSWERED[answer], occupies=True)
                machine_id = print_.machine_id
                plate = occupied_by(self._printers.plate(machine_id), print_)
                self._printers.set_plate(machine_id, plate)

    async def _put_back(self, print_: Print, problem: Problem | None) -> None:
        record = PrintRecord(
            print_, self._store, occupy=lambda _: None, changed=lambda: None
        )
        await record.put_back(problem)
