"""A TLS server as printers have them for files: blocking, a thread per connection."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
import socket
import ssl
import threading
from typing import Any

TIMEOUT_S = 20.0


class ThreadedServer(ABC):
    """Runs from the beginning on, until `close`. What `serve` needs has to be there before."""

    def __init__(self, address: str, port: int, context: ssl.SSLContext) -> None:
        """Listen at once."""
        self.address = address
        self.context = context
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listening = socket.create_server((address, port))
        self._closed = False
        self._start(self._accept)

    @abstractmethod
    def serve(self, sock: ssl.SSLSocket) -> None:
        """Have a connection, until it returns."""

    def close(self) -> None:
        """Break everything off, and wait for the threads."""
        self._closed = True
        for sock in (self._listening, *self._sockets):
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join(TIMEOUT_S)

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closed:
            try:
                sock, _peer = self._listening.accept()
            except OSError:
                return
            self._sockets.add(sock)
            self._start(self._serve, sock)

    def _serve(self, raw: socket.socket) -> None:
        try:
            raw.settimeout(TIMEOUT_S)
            sock = self.context.wrap_socket(raw, server_side=True)
        except OSError:
            raw.close()
            return
        self._sockets.discard(raw)
        self._sockets.add(sock)
        try:
            self.serve(sock)
        finally:
            self._sockets.discard(sock)
            sock.close()
