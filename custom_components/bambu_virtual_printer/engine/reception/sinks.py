"""Sinks of received bytes: a file, written on the writer threads, or nothing.

The transfer thread takes a block, fills it and puts it back. A file has few blocks: when all of them wait to be written,
the transfer thread stops reading and TCP slows the client down, so memory does not depend on the file's size.
"""

from abc import abstractmethod
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
import errno
from functools import partial
import hashlib
import logging
import os
from pathlib import Path
import threading
from typing import override

from .. import storage
from ..explanations import explain
from .completeness import IncompleteFileError, check_complete
from .failures import (
    INTERNAL,
    NO_ROOM,
    TOO_LARGE,
    BadArchiveError,
    CrashedError,
    NoRoomError,
    StorageFailedError,
    TooLargeError,
    TransferError,
)
from .strand import Strand
from .stream import Stream

_LOGGER = logging.getLogger(__name__)

BLOCK_BYTES = 1024 * 1024
BLOCKS = 4
# How many of them are one where bytes come without work for them: each block is handed on once (4 % of the processor, measured).
JOINED_BLOCKS = 2
DISCARD_BLOCK_BYTES = 64 * 1024
# How much is written before write-back is started and the free space is checked again.
FLUSH_BYTES = 8 * 1024 * 1024


class Sink(Stream):
    """Takes the bytes of one upload. `take` and `put` are called in the transfer thread."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.received_bytes = 0
        """How much has arrived; may be read from any thread."""
        self.failure: TransferError | None = None
        """Why no more is taken."""

    def join_blocks(self) -> None:
        """Have fewer and larger blocks; call it before the first `take`."""

    @abstractmethod
    def take(self) -> memoryview | None:
        """Return a block to fill, or None while none is free."""

    @abstractmethod
    def put(self, block: memoryview, count: int) -> None:
        """Give back a block whose first `count` bytes are filled."""


class Discard(Sink):
    """Counts the bytes and drops them."""

    def __init__(self) -> None:
        """Make its only block."""
        super().__init__()
        self._block = memoryview(bytearray(DISCARD_BLOCK_BYTES))

    @override
    def take(self) -> memoryview:
        return self._block

    @override
    def put(self, block: memoryview, count: int) -> None:
        pass

    @override
    def end(self, error: TransferError | None) -> None:
        self._ended(error)


class FileSink(Sink):
    """Writes a sliced file to a new file, hashes it, and checks that it is complete before it ends."""

    def __init__(
        self,
        executor: Executor,
        path: Path,
        *,
        name: str,
        reserve_bytes: int,
        announced_bytes: int = 0,
    ) -> None:
        """Write to `path`, which must not exist; leave `reserve_bytes` of the disk free. `name` decides how completeness is checked."""
        super().__init__()
        self._strand = Strand(executor)
        # Beside the other one, since it takes longer than all other work on the file.
        self._md5_strand = Strand(executor)
        self._path = path
        self._name = name
        self._reserve_bytes = reserve_bytes
        self._announced_bytes = announced_bytes
        self._descriptor: int | None = None
        self._lock = threading.Lock()
        self._free: list[memoryview] = []
        # How many strands still work on a block, by its id.
        self._in_use: dict[int, int] = {}
        self._made = 0
        self._block_bytes, self._blocks = BLOCK_BYTES, BLOCKS
        # Whether the transfer thread was told that none is free, and waits.
        self._wanted = False
        self._hash = hashlib.sha256()
        self._md5: hashlib._Hash | None = None
        self._written_bytes = 0
        self._flushed_bytes = 0
        self._over = False
        self.plates: frozenset[int] = frozenset()
        """The plates that the file has G-code for; known after `ended`."""

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was written, in lower-case hex; final after `ended`."""
        return self._hash.hexdigest()

    @property
    def md5(self) -> str:
        """The MD5 of what was written, in upper-case hex as slicers send it; empty without `take_md5`."""
        return self._md5.hexdigest().upper() if self._md5 else ""

    def take_md5(self) -> None:
        """Compute the MD5 too; call it before anything is written."""
        self._md5 = hashlib.md5(usedforsecurity=False)

    def open(self) -> None:
        """Create the file. Blocks. Raises NoRoomError, TooLargeError, StorageFailedError."""
        if self._announced_bytes > storage.MAX_UPLOAD_BYTES:
            raise _too_large()
        try:
            self._descriptor = os.open(
                self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644
            )
            self._check_room(self._announced_bytes)
        except OSError as err:
            self._close()
            raise _storage_error(err) from err
        except NoRoomError:
            self._close()
            raise

    @override
    def join_blocks(self) -> None:
        self._block_bytes = BLOCK_BYTES * JOINED_BLOCKS
        self._blocks = BLOCKS // JOINED_BLOCKS

    @override
    def take(self) -> memoryview | None:
        with self._lock:
            if self._free:
                # The last one that was put back: it is still in the processor's cache.
                return self._free.pop()
            if self._made == self._blocks:
                self._wanted = True
                return None
            self._made += 1
        return memoryview(bytearray(self._block_bytes))

    @override
    def put(self, block: memoryview, count: int) -> None:
        with self._lock:
            self._in_use[id(block)] = 2 if self._md5 else 1
        self._strand.submit(partial(self._write, block, count))
        if self._md5:
            self._md5_strand.submit(partial(self._add_to_md5, block, count))

    @override
    def end(self, error: TransferError | None) -> None:
        self.failure = self.failure or error
        # After everything that was put, on both strands.
        self._md5_strand.submit(partial(self._strand.submit, self._finish))

    # --- on a writer thread ------------------------------------------------------------------------------------------

    def _attempt(self, work: Callable[[], None]) -> None:
        """Do a part of the work unless an earlier one failed; record its error."""
        if self.failure:
            return
        try:
            work()
        except TransferError as err:
            self.failure = err
        except IncompleteFileError as err:
            self.failure = BadArchiveError(err.explanation)
        except OSError as err:
            self.failure = _storage_error(err)
        except Exception:
            _LOGGER.exception("An upload could not be written")
            self.failure = CrashedError(INTERNAL)

    def _write(self, block: memoryview, count: int) -> None:
        """Hash and write a block and give it back."""
        self._attempt(partial(self._hash.update, block[:count]))
        self._attempt(partial(self._write_all, block[:count]))
        self._give_back(block)

    def _add_to_md5(self, block: memoryview, count: int) -> None:
        assert self._md5
        self._attempt(partial(self._md5.update, block[:count]))
        self._give_back(block)

    def _give_back(self, block: memoryview) -> None:
        """Free a block once nothing works on it any more."""
        with self._lock:
            self._in_use[id(block)] -= 1
            if self._in_use[id(block)]:
                return
            self._free.append(block)
            wanted, self._wanted = self._wanted, False
        if wanted or self.failure:
            self._ready()

    def _write_all(self, data: memoryview) -> None:
        assert self._descriptor is not None
        while data:
            written = os.write(self._descriptor, data)
            self._written_bytes += written
            data = data[written:]
        if self._written_bytes - self._flushed_bytes >= FLUSH_BYTES:
            self._check_room(0)
            self._start_write_back(self._descriptor)

    def _check_room(self, needed_bytes: int) -> None:
        assert self._descriptor is not None
        disk = os.fstatvfs(self._descriptor)
        if disk.f_bavail * disk.f_frsize < self._reserve_bytes + needed_bytes:
            raise _no_room()

    def _start_write_back(self, descriptor: int) -> None:
        """Start write-back now, so that the final fsync is short."""
        if hasattr(os, "posix_fadvise"):
            # Linux starts to write dirty pages, and keeps them cached because they are dirty.
            os.posix_fadvise(
                descriptor,
                self._flushed_bytes,
                self._written_bytes - self._flushed_bytes,
                os.POSIX_FADV_DONTNEED,
            )
        self._flushed_bytes = self._written_bytes

    def _finish(self) -> None:
        """Check the file, sync it to the disk, and report the end."""
        if self._over:
            return
        self._over = True
        self._attempt(self._make_sure)
        self._attempt(self._close)
        with suppress(OSError):
            self._close()
        self._free.clear()
        self._ended(self.failure)

    def _make_sure(self) -> None:
        assert self._descriptor is not None
        self.plates = check_complete(self._descriptor, self._written_bytes, self._name)
        os.fsync(self._descriptor)

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def _storage_error(err: OSError) -> TransferError:
    if err.errno in storage.DISK_FULL_ERRNOS:
        return _no_room()
    if err.errno == errno.EFBIG:
        return _too_large()
    return StorageFailedError(
        explain("upload_not_written", "The file cannot be written: {why}").because(err)
    )


def _no_room() -> NoRoomError:
    return NoRoomError(NO_ROOM)


def _too_large() -> TooLargeError:
    return TooLargeError(TOO_LARGE)
