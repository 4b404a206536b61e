"""Moves bytes from one socket to another without looking at them.

At most CHUNK_BYTES of each direction are buffered, and a source is not read while its sink is full: TCP's windows do the
rest. `splice` moves more at a time, but with the small windows that slow printers need it is slower (measured).
"""

from collections.abc import Callable
import socket

# At 1 Mbit/s this delays the 226 by one second.
CHUNK_BYTES = 128 * 1024
# How much is moved before others have a turn.
TURN_BYTES = 1024 * 1024

_NOTHING = memoryview(b"")


class Pump:
    """One direction of a connection, between non-blocking sockets."""

    def __init__(
        self, source: socket.socket, sink: socket.socket, count: Callable[[int], None]
    ) -> None:
        """Move from `source` to `sink`; `count` is called with the number of bytes sent."""
        self.source = source
        self.sink = sink
        self.finished = False
        """Whether the source has ended and the sink was shut down."""
        self.moved = False
        """Whether anything was sent yet."""
        self._count = count
        self._held = _NOTHING
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether the source has ended, so that it is not read any more."""
        return self._ended

    @property
    def wants_reading(self) -> bool:
        """Whether the source should be watched."""
        return not self._held and not self._ended

    @property
    def wants_writing(self) -> bool:
        """Whether the sink should be watched."""
        return bool(self._held)

    def move(self) -> bool:
        """Move what can be moved now, up to TURN_BYTES. Returns whether there may be more. Raises OSError.

        The sink is shut down once the source has ended and everything was sent.
        """
        if self.finished:
            return False
        more = self._move()
        if self._ended and not self._held:
            self.finished = True
            # Fails if the sink was reset after its own end; that is passed on like any reset.
            self.sink.shutdown(socket.SHUT_WR)
        return more

    def _move(self) -> bool:
        moved = 0
        try:
            while moved < TURN_BYTES:
                if not self._held:
                    if self._ended:
                        return False
                    self._held = memoryview(self.source.recv(CHUNK_BYTES))
                    if not self._held:
                        self._ended = True
                        return False
                taken = self.sink.send(self._held)
                # Even an empty view keeps its whole buffer alive.
                self._held = self._held[taken:] or _NOTHING
                moved += taken
        except BlockingIOError:
            return False
        finally:
            if moved:
                self.moved = True
                self._count(moved)
        return True
