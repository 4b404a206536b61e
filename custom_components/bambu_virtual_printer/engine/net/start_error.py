"""The error of a printer that cannot start."""

from collections.abc import Sequence

from .listener import ListenError


class PrinterStartError(Exception):
    """Listeners of a printer could not be bound; none of its others is left open.

    `failures` names every one that failed, so that all of them can be mended at once.
    """

    def __init__(self, failures: Sequence[ListenError]) -> None:
        """Keep the failures."""
        super().__init__("; ".join(str(failure.strerror) for failure in failures))
        self.failures = tuple(failures)
