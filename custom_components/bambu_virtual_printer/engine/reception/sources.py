"""Sources of the bytes that clients fetch: a list in memory, or a file that the writer threads read ahead."""

from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
import hashlib
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
# How much of a file is summed up before others have their turn.
SUM_BYTES = 16 * READ_BYTES


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

    def __init__(
        self,
        executor: Executor,
        path: Path,
        *,
        offset: int = 0,
        with_md5: bool = False,
    ) -> None:
        """Read from `path`, from `offset` on; `with_md5` computes the checksum of the whole file on the way."""
        super().__init__()
        self.size_bytes = 0
        """The size of the whole file; known once it is open."""
        self.failure: TransferError | None = None
        """Why it cannot be read to its end."""
        self._strand = Strand(executor)
        self._path = path
        self._offset = offset
        self._md5 = hashlib.md5(usedforsecurity=False) if with_md5 else None
        self._descriptor: int | None = None
        self._lock = threading.Lock()
        self._blocks: deque[bytes | TransferError] = deque()
        self._over = False

    @property
    def md5(self) -> str:
        """The MD5 of the whole file, in lower-case hex, once all of it was taken; empty if nobody wanted it."""
        return self._md5.hexdigest() if self._md5 else ""

    def open(self) -> None:
        """Open the file. Blocks. Raises NoSuchFileError, StorageFailedError."""
        try:
            self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            self.size_bytes = os.fstat(self._descriptor).st_size
            self._skip(self._descriptor)
        except FileNotFoundError as err:
            raise NoSuchFileError(NO_FILE) from err
        except OSError as err:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None
            raise _unreadable(err) from err

    def _skip(self, descriptor: int) -> None:
        """Go on to the offset; the checksum is of what comes before it too."""
        if self._md5 is None or self._offset > self.size_bytes:
            os.lseek(descriptor, self._offset, os.SEEK_SET)
            return
        left_bytes = self._offset
        while left_bytes and (
            block := os.read(descriptor, min(READ_BYTES, left_bytes))
        ):
            self._md5.update(block)
            left_bytes -= len(block)

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
            self.failure = block
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
            if self._md5:
                self._md5.update(block)
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


def add_to_md5(md5: hashlib._Hash, path: Path, offset: int) -> int:
    """Add the next part of a file to its checksum. Returns how much that was, 0 at the end. Blocks. Raises OSError."""
    added = 0
    with path.open("rb", buffering=0) as file:
        file.seek(offset)
        while added < SUM_BYTES and (block := file.read(READ_BYTES)):
            md5.update(block)
            added += len(block)
    return added


def _unreadable(err: OSError) -> StorageFailedError:
    return StorageFailedError(
        explain("download_not_read", "The file cannot be read: {why}").because(err)
    )
