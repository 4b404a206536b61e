"""What people order about a print that is under way: one order after the other, in the task that carries the print on."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

from ..library.values.prints import Answer, Print


class Stopping(StrEnum):
    """The result of an order to stop a print."""

    STOPPING = "stopping"
    """The printer accepted it; the end follows from its reports."""
    WAITS = "waits"
    """It is sent as soon as the printer can be reached, if it prints this then."""
    UNANSWERED = "unanswered"
    """The printer has not answered."""
    REFUSED = "refused"
    """The printer has refused."""


class PrintOverError(Exception):
    """The print had ended before the order was carried out."""


class WrongAnswerError(Exception):
    """The print has no open question that this answers."""


def check_answer(print_: Print, answer: Answer) -> None:
    """Check that an answer fits the open question. Raises WrongAnswerError."""
    if print_.question is None or answer not in print_.question.answers:
        raise WrongAnswerError


class Orders:
    """The pending orders of one print."""

    def __init__(self, wake: asyncio.Event, timeout_s: float) -> None:
        """Set `wake` for every order, which has to be carried out within `timeout_s`."""
        self._wake = wake
        self._timeout_s = timeout_s
        self._waiting: deque[
            tuple[Callable[[], Awaitable[Any]], asyncio.Future[Any]]
        ] = deque()

    def __bool__(self) -> bool:
        """Return whether there is one."""
        return bool(self._waiting)

    async def give[Result](self, work: Callable[[], Awaitable[Result]]) -> Result:
        """Queue `work` and wait for its result. Raises what it raises, PrintOverError, TimeoutError."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, future))
        self._wake.set()
        async with asyncio.timeout(self._timeout_s):
            return await future

    async def run_next(self) -> None:
        """Carry out the first one. Raises errors of the print, not of the order."""
        work, future = self._waiting.popleft()
        if future.done():
            # The caller has timed out.
            return
        try:
            result = await work()
        except asyncio.CancelledError:
            # The caller is not cancelled by that.
            if not future.done():
                future.set_exception(PrintOverError())
            raise
        except Exception as err:
            if not future.done():
                future.set_exception(err)
            if not isinstance(err, WrongAnswerError):
                raise
        else:
            if not future.done():
                future.set_result(result)

    def close(self) -> None:
        """Raise PrintOverError for the callers that still wait."""
        while self._waiting:
            future = self._waiting.popleft()[1]
            if not future.done():
                future.set_exception(PrintOverError())
