"""Binds the listeners of a printer: all of them, or none."""

from collections.abc import Callable, Sequence
import logging
from types import TracebackType
from typing import Protocol, Self

from .listener import ListenError

_LOGGER = logging.getLogger(__name__)


class PrinterStartError(Exception):
    """Listeners of a printer could not be bound; none of its others is left open.

    `failures` names every one that failed, so that all of them can be solved at once.
    """

    def __init__(self, failures: Sequence[ListenError]) -> None:
        """Keep the failures."""
        super().__init__("; ".join(str(failure.strerror) for failure in failures))
        self.failures = tuple(failures)


class Closable(Protocol):
    """Something that holds ports."""

    def close(self) -> object:
        """Free them."""


class BindAll:
    """Collects what was bound and what failed. Leaving its `with` block raises PrinterStartError if anything failed.

    What was bound is closed then, as after any other error in the block.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._close: list[Callable[[], object]] = []
        self._failures: list[ListenError] = []

    def bind[Bound: Closable](self, make: Callable[[], Bound]) -> Bound | None:
        """Return what `make` has bound, or None when it raised ListenError."""
        try:
            bound = make()
        except ListenError as err:
            self._failures.append(err)
            return None
        self._close.append(bound.close)
        return bound

    def bind_if_free[Bound: Closable](self, make: Callable[[], Bound]) -> Bound | None:
        """Return what `make` has bound, or None with a warning: a printer can do without it."""
        try:
            bound = make()
        except ListenError as err:
            _LOGGER.warning("%s", err.strerror)
            return None
        self._close.append(bound.close)
        return bound

    def bind_group(self, bind: Callable[[], None], close: Callable[[], None]) -> None:
        """Call `bind`, which binds several ports or raises PrinterStartError."""
        try:
            bind()
        except PrinterStartError as err:
            self._failures += err.failures
        else:
            self._close.append(close)

    def __enter__(self) -> Self:
        """Start binding."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close everything after a failure. Raises PrinterStartError."""
        if not exc and not self._failures:
            return
        for close in reversed(self._close):
            close()
        if not exc:
            raise PrinterStartError(self._failures)
