"""How far a move is, and how it is told to stop. A move blocks in a thread of its own; people look at it from elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
import threading

from ...explanations import explain
from ..values.errors import LibraryError


class Stage(StrEnum):
    """What a move is doing."""

    LOOKING = "looking"
    """Finding out what there is to copy."""
    FILES = "files"
    ROWS = "rows"
    """Copying the index."""
    VERIFYING = "verifying"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a move is."""

    stage: Stage = Stage.LOOKING
    files: int = 0
    """How many sliced files there are to copy."""
    files_done: int = 0
    bytes: int = 0
    bytes_done: int = 0

    @property
    def fraction(self) -> float:
        """How much of the copying is done, from 0 to 1; by far the most of it is files."""
        return self.bytes_done / self.bytes if self.bytes else 0.0


class MoveCancelledError(LibraryError):
    """A person or the end of the program stopped the move; what was in force still is."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(explain("move_cancelled", "The move was cancelled."))


class MoveControl:
    """What a move and those who watch it share. Any thread may use it."""

    def __init__(self) -> None:
        """Begin."""
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._is_deciding = False
        self.progress = Progress()
        self.steps = 0
        """How many steps the move has done: one that stands still does none."""

    def cancel(self) -> None:
        """Have the move end soon."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether it is to end."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Begin another step. Raises MoveCancelledError after `cancel`."""
        self.steps += 1
        if self.is_cancelled:
            raise MoveCancelledError

    @contextmanager
    def deciding(self) -> Iterator[None]:
        """Do what decides which library is in force. Raises MoveCancelledError, with nothing done, after `cancel`."""
        with self._lock:
            self.check()
            self._is_deciding = True
        try:
            yield
        finally:
            with self._lock:
                self._is_deciding = False

    def abandon(self) -> bool:
        """Have the move decide nothing any more, and end with its next step, whenever that comes: nobody waits for it.

        Returns False, with nothing done, while it decides: then it has to be waited for.
        """
        with self._lock:
            if not self._is_deciding:
                self.cancel()
            return not self._is_deciding

    def enter(self, stage: Stage) -> None:
        """Begin another stage."""
        self.check()
        self.progress = replace(self.progress, stage=stage)

    def expect(self, files: int, size_bytes: int) -> None:
        """Say how much there is to copy."""
        self.progress = replace(
            self.progress, files=files, bytes=size_bytes, files_done=0, bytes_done=0
        )

    def copied(self, size_bytes: int) -> None:
        """Count a sliced file."""
        self.progress = replace(
            self.progress,
            files_done=self.progress.files_done + 1,
            bytes_done=self.progress.bytes_done + size_bytes,
        )
