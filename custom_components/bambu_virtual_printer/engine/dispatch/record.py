"""An open print and its stored copy: every step is stored before it is made."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from ..library.values.prints import Outcome, Print, PrintPhase, Problem
from ..machines.families import UrlForm
from .ports import PrintStore
from .tracking import Over

_PROBLEMS = {
    Outcome.FAILED_BEFORE_PRINTING: Problem.FAILED_BEFORE_PRINTING,
    Outcome.FAILED: Problem.FAILED,
    Outcome.CANCELLED_AT_PRINTER: Problem.CANCELLED_AT_PRINTER,
    Outcome.REPLACED: Problem.REPLACED,
}


class GivenUpError(Exception):
    """The print was given up before its start."""


class GivenUp(StrEnum):
    """Why a print is given up before its start."""

    CANCELLED = "cancelled"
    """A person has cancelled the job."""
    WITHDRAWN = "withdrawn"
    """The job stays in the queue, but not for this printer."""


def is_in_memory(print_: Print) -> bool:
    """Return whether a print's file is in the printer's internal memory, not on its card."""
    return print_.url_form == UrlForm.MEMORY.name.lower()


class PrintRecord:
    """The print of one job on one printer."""

    def __init__(
        self,
        print_: Print,
        store: PrintStore,
        *,
        occupy: Callable[[Print], None],
        changed: Callable[[], None],
    ) -> None:
        """Continue from what is stored.

        `occupy` is called before an end is stored that leaves something on the plate, so that clearing it comes after.
        """
        self.print = print_
        self.given_up: GivenUp | None = None
        """Why it was given up before its start."""
        self._store = store
        self._occupy = occupy
        self._changed = changed

    @property
    def is_over(self) -> bool:
        """Whether the print has ended."""
        return self.print.phase is PrintPhase.ENDED

    @property
    def is_cancelled(self) -> bool:
        """Whether a person has cancelled the job, or has ordered the printer to stop it."""
        return self.given_up is GivenUp.CANCELLED or self.print.is_stopping

    def look_up(self) -> None:
        """Check whether it was given up: nothing may be sent then. Raises GivenUpError."""
        if self.given_up is not None or self.is_cancelled:
            raise GivenUpError

    async def advance(self, **changes: Any) -> None:
        """Store the next step, or its result."""
        after = replace(self.print, **changes)
        await self._store.advance(self.print, after)
        self.print = after
        self._changed()

    async def put_back(
        self,
        problem: Problem | None,
        *,
        code: str = "",
        hold: bool = False,
        retry_at: datetime | None = None,
    ) -> None:
        """End the print, which never began: its job is queued again, or held. What a person has cancelled ends with it."""
        if self.is_cancelled:
            await self.finish(Over(outcome=Outcome.CANCELLED_HERE), has_begun=False)
            return
        await self._store.put_back(
            self.print, problem=problem, code=code, hold=hold, retry_at=retry_at
        )
        self._over(Outcome.NOT_STARTED)

    async def finish(
        self, over: Over, *, has_begun: bool, problem: Problem | None = None
    ) -> None:
        """End the print, and its job with it."""
        occupies = has_begun or over.outcome is Outcome.FINISHED
        if occupies:
            self._occupy(self.print)
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

    def _over(self, outcome: Outcome) -> None:
        self.print = replace(self.print, phase=PrintPhase.ENDED, outcome=outcome)
        self._changed()
