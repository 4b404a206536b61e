"""Sources of the bytes that clients fetch: a list in memory, or a file that the writer threads read ahead."""

from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
import os
from pathlib import Path
import threading
from typing import override

from ..explanations import explain
from .failures import NO_FILE, NoSuchFileError, StorageFailedError, TransferError
from .strand import Strand
from .stream import Stream

READ_BYTES = 256 * 1024
READ_AHEAD_BLOCKS = 2


class Source(Stream):
    """Gives the bytes of one download."""

    @abstractmethod
    def take(self) -> bytes | None:
        """Return the next bytes, empty at the end, or None while none are there yet. Raises TransferError.

        Called in the transfer thread.
        """


class BytesSource(Source):
    """Bytes in memory."""

    def __init__(self, data: bytes) -> None:
        """Return `data` once."""
        super().__init__()
        self._data = data

    @override
    def take(self) -> bytes:
        data, self._data = self._data, b""
        return data

    @override
    def end(self, error: TransferError | None) -> None:
        self._ended(error)


class FileSource(Source):
    """A file, read a little ahead of what is being sent."""

    def __init__(self, executor: Executor, path: Path) -> None:
        """Read from `path`."""
        super().__init__()
        self._strand = Strand(executor)
        self._path = path
        self._descriptor: int | None = None
        self._lock = threading.Lock()
        self._blocks: deque[bytes | TransferError] = deque()
        self._over = False

    def open(self) -> None:
        """Open the file. Blocks. Raises NoSuchFileError, StorageFailedError."""
        try:
            self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError as err:
            raise NoSuchFileError(NO_FILE) from err
        except OSError as err:
            raise _unreadable(err) from err

    @override
    def begin(
        self,
        *,
        ready: Callable[[], None],
        ended: Callable[[TransferError | None], None],
    ) -> None:
        super().begin(ready=ready, ended=ended)
        for _ in range(READ_AHEAD_BLOCKS):
            self._strand.submit(self._read)

    @override
    def take(self) -> bytes | None:
        with self._lock:
            block = self._blocks.popleft() if self._blocks else None
        if isinstance(block, TransferError):
            raise block
        if block is not None:
            self._strand.submit(self._read)
        return block

    @override
    def end(self, error: TransferError | None) -> None:
        self._over = True
        self._strand.submit(partial(self._finish, error))

    def _read(self) -> None:
        """Read one block; after the end, empty ones."""
        if self._over:
            return
        assert self._descriptor is not None
        block: bytes | TransferError
        try:
            block = os.read(self._descriptor, READ_BYTES)
        except OSError as err:
            block = _unreadable(err)
        with self._lock:
            self._blocks.append(block)
        self._ready()

    def _finish(self, error: TransferError | None) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with suppress(OSError):
                os.close(descriptor)
            self._ended(error)


def _unreadable(err: OSError) -> StorageFailedError:
    return StorageFailedError(
        explain("download_not_read", "The file cannot be read: {why}").because(err)
    )
