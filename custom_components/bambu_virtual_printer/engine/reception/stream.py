"""The base of sinks and sources: callbacks for progress and for the end."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from .failures import TransferError


class Stream(ABC):
    """One end of a transfer; the data connection is the other."""

    def __init__(self) -> None:
        """Start without callbacks."""
        self._ready: Callable[[], None]
        self._ended: Callable[[TransferError | None], None] = _ignore

    def begin(
        self,
        *,
        ready: Callable[[], None],
        ended: Callable[[TransferError | None], None],
    ) -> None:
        """Start. `ready` is called when `take` may return more, `ended` once, after `end`; both from any thread."""
        self._ready = ready
        self._ended = ended

    @abstractmethod
    def end(self, error: TransferError | None) -> None:
        """Finish what was begun, or drop it if there is an error. Later calls have no effect.

        Safe from any thread.
        """


def _ignore(_error: TransferError | None) -> None:
    pass
