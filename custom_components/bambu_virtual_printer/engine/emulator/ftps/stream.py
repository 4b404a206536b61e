"""What sinks and sources have in common: who is told when there is something to do, and when it is over."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from .failures import TransferError


class Stream(ABC):
    """One side of a transfer; the data connection is the other."""

    def __init__(self) -> None:
        """Have nobody to tell yet."""
        self._ready: Callable[[], None]
        self._ended: Callable[[TransferError | None], None] = _ignore

    def begin(
        self,
        *,
        ready: Callable[[], None],
        ended: Callable[[TransferError | None], None],
    ) -> None:
        """Start; `ready` is called when it is worth to look again, `ended` once, after `end`. From any thread."""
        self._ready = ready
        self._ended = ended

    @abstractmethod
    def end(self, error: TransferError | None) -> None:
        """Finish what was begun, or drop it when there is an error. Later calls change nothing.

        Safe from every thread.
        """


def _ignore(_error: TransferError | None) -> None:
    pass
