"""What people order about a print that is under way: one order after the other, in the task that carries the print on."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

from ..library.values.prints import Answer, Print


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


def check_answer(print_: Print, answer: Answer) -> None:
    """Make sure that an answer is one to the question that is open. Raises WrongAnswerError."""
    if print_.question is None or answer not in print_.question.answers:
        raise WrongAnswerError


class Orders:
    """The orders that have not been carried out."""

    def __init__(self, wake: asyncio.Event, timeout_s: float) -> None:
        """Set `wake` for every order, which has to be taken up within `timeout_s`."""
        self._wake = wake
        self._timeout_s = timeout_s
        self._waiting: deque[
            tuple[Callable[[], Awaitable[Any]], asyncio.Future[Any]]
        ] = deque()

    def __bool__(self) -> bool:
        """Tell whether there is one."""
        return bool(self._waiting)

    async def give[Result](self, work: Callable[[], Awaitable[Result]]) -> Result:
        """Have `work` done, and wait for it. Raises what it raises, PrintOverError, TimeoutError."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, future))
        self._wake.set()
        async with asyncio.timeout(self._timeout_s):
            return await future

    async def obey(self) -> None:
        """Carry out the first one. Raises what goes wrong with the print, not with the order."""
        work, future = self._waiting.popleft()
        if future.done():
            # Whoever ordered it has given up waiting.
            return
        try:
            result = await work()
        except asyncio.CancelledError:
            # Whoever ordered it is not cancelled by that.
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
        """Tell those who still wait that the print is over."""
        while self._waiting:
            future = self._waiting.popleft()[1]
            if not future.done():
                future.set_exception(PrintOverError())
