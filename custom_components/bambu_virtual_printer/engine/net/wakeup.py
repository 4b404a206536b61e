"""Wakes a thread that waits for sockets."""

from contextlib import suppress
import socket


class Wakeup:
    """A socket pair: the waiting thread watches `sock`, which `wake` makes readable. `wake` is safe from any thread."""

    def __init__(self) -> None:
        """Open the pair. Raises OSError."""
        self.sock, self._sender = socket.socketpair()
        self.sock.setblocking(False)
        self._sender.setblocking(False)

    def wake(self) -> None:
        """Make `sock` readable; no effect after `close`."""
        # A full pipe is readable already.
        with suppress(OSError):
            self._sender.send(b"\0")

    def clear(self) -> None:
        """Let `sock` wait for the next `wake`."""
        with suppress(BlockingIOError):
            self.sock.recv(4096)

    def close(self) -> None:
        """Close both sockets."""
        self.sock.close()
        self._sender.close()
