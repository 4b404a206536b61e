"""Moves bytes from one socket to another without looking at them.

On Linux they go through a pipe by `splice` and are never copied; elsewhere by `recv` and `send`. Either way at most
CHUNK_BYTES of a flow wait here, and a source is not read while its sink takes nothing: TCP's own windows do the rest.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
import fcntl
import os
import socket
from typing import override

from .meter import Meter

# At 1 Mbit/s this is two seconds: a slicer waits no more than ten for the 226 after its last byte.
CHUNK_BYTES = 256 * 1024
# Then the others have a turn.
TURN_BYTES = 1024 * 1024
# Pipes without content that are kept for the next flow that needs one.
_SPARE_PIPES = 16


class Store(ABC):
    """Holds the bytes of a flow that the sink has not taken yet."""

    @abstractmethod
    def fill(self, source: socket.socket) -> int:
        """Read what is there. Returns how much, 0 at the end. Raises BlockingIOError, OSError."""

    @abstractmethod
    def drain(self, sink: socket.socket, count: int) -> int:
        """Write up to `count` bytes. Returns how much was taken. Raises BlockingIOError, OSError."""

    @abstractmethod
    def release(self, *, clean: bool) -> None:
        """Give back what it holds; `clean` when nothing is in it."""


class Pipes:
    """Makes stores that are pipes. Idle flows have none, so that a connection costs nothing but its sockets."""

    def __init__(self) -> None:
        """Start without any."""
        self._spare: list[tuple[int, int]] = []

    def store(self) -> Store:
        """Return an empty one. Raises OSError."""
        return _Pipe(self, self._spare.pop() if self._spare else _new_pipe())

    def give_back(self, pipe: tuple[int, int], *, clean: bool) -> None:
        """Keep a clean pipe for the next; close any other."""
        if clean and len(self._spare) < _SPARE_PIPES:
            self._spare.append(pipe)
        else:
            _close(pipe)

    def close(self) -> None:
        """Close the spare ones."""
        while self._spare:
            _close(self._spare.pop())


class _Pipe(Store):
    def __init__(self, pipes: Pipes, ends: tuple[int, int]) -> None:
        self._pipes = pipes
        self._ends = ends

    @override
    def fill(self, source: socket.socket) -> int:
        return os.splice(source.fileno(), self._ends[1], CHUNK_BYTES, flags=_SPLICE)

    @override
    def drain(self, sink: socket.socket, count: int) -> int:
        return os.splice(self._ends[0], sink.fileno(), count, flags=_SPLICE)

    @override
    def release(self, *, clean: bool) -> None:
        self._pipes.give_back(self._ends, clean=clean)


class Copies:
    """Makes stores for systems without `splice`."""

    def store(self) -> Store:
        """Return an empty one."""
        return _Copy()

    def close(self) -> None:
        """Nothing is kept."""


class _Copy(Store):
    def __init__(self) -> None:
        self._held = memoryview(b"")

    @override
    def fill(self, source: socket.socket) -> int:
        self._held = memoryview(source.recv(CHUNK_BYTES))
        return len(self._held)

    @override
    def drain(self, sink: socket.socket, count: int) -> int:
        taken = sink.send(self._held)
        self._held = self._held[taken:]
        return taken

    @override
    def release(self, *, clean: bool) -> None:
        self._held = memoryview(b"")


type Stores = Pipes | Copies


def best_stores() -> Stores:
    """Return what this system does best (measured: splice moves twice as much for a third of the CPU)."""
    return Pipes() if hasattr(os, "splice") else Copies()


_SPLICE = getattr(os, "SPLICE_F_MOVE", 0) | getattr(os, "SPLICE_F_NONBLOCK", 0)


class Flow:
    """One direction of a connection, between non-blocking sockets."""

    def __init__(
        self,
        source: socket.socket,
        sink: socket.socket,
        stores: Stores,
        count: Callable[[int], None],
    ) -> None:
        """Move from `source` to `sink`; `count` is told what the sink took."""
        self.source = source
        self.sink = sink
        self.finished = False
        """Whether the source has ended and the sink knows."""
        self.pending = 0
        """Bytes that were read and not taken yet."""
        self._stores = stores
        self._count = count
        self._store: Store | None = None
        self._ended = False

    def move(self) -> bool:
        """Move what can be moved now, up to a turn's worth. Returns whether there may be more at once. Raises OSError.

        The end of the source is carried over once everything before it was taken.
        """
        if self.finished:
            return False
        more = self._move()
        if not self.pending:
            self._release(clean=True)
            if self._ended:
                self.finished = True
                # The other end may be gone already, which is no news to anybody.
                with suppress(OSError):
                    self.sink.shutdown(socket.SHUT_WR)
        return more

    def close(self) -> None:
        """Drop what is still held."""
        self._release(clean=not self.pending)

    @property
    def wants_reading(self) -> bool:
        """Whether the source should be watched."""
        return not self.pending and not self._ended

    def _move(self) -> bool:
        moved = 0
        try:
            while moved < TURN_BYTES:
                if not self.pending:
                    if self._ended:
                        return False
                    if self._store is None:
                        self._store = self._stores.store()
                    self.pending = self._store.fill(self.source)
                    if not self.pending:
                        self._ended = True
                        return False
                assert self._store
                taken = self._store.drain(self.sink, self.pending)
                self.pending -= taken
                moved += taken
        except BlockingIOError:
            return False
        finally:
            if moved:
                self._count(moved)
        return True

    def _release(self, *, clean: bool) -> None:
        if self._store:
            self._store.release(clean=clean)
            self._store = None


def counting(*meters: Meter) -> Callable[[int], None]:
    """Return a `count` that adds to several meters."""

    def _count(count: int) -> None:
        for meter in meters:
            meter.add(count)

    return _count


def _new_pipe() -> tuple[int, int]:
    ends = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    # More than a user's share of pipe memory is refused; the usual 64 KiB do as well.
    with suppress(OSError):
        fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, CHUNK_BYTES)
    return ends


def _close(pipe: tuple[int, int]) -> None:
    for end in pipe:
        os.close(end)
