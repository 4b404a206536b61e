"""One passed-through connection: a slicer's socket and the printer's, in the relay thread."""

from collections.abc import Callable
from contextlib import suppress
import errno
from functools import partial
import logging
import os
import selectors
import socket
from time import monotonic, time

from ...net.admission import OpenConnection
from ...net.log_bounds import LogRate
from ...net.printer_client import CONNECT_TIMEOUT_S
from ...net.sockets import keep_alive, reset_on_close
from ...values import Service
from ..meter import Meter, Traffic, counting
from .pump import Pump
from .thread import RelayThread

_LOGGER = logging.getLogger(__name__)

# Without any byte from or to a slicer. Firmware closes idle FTPS control connections after five minutes.
IDLE_LIMIT_S = 600.0
# An interrupted link may come back; a relay should not give up before its ends do.
USER_TIMEOUT_S = 120.0
# Bounds of the kernel's send and receive buffers. By default they take megabytes, so that the slicer has sent a file
# long before it has reached a slow printer, and then waits for the 226 for a limited time. At 1 Mbit/s the 226 came 65 s
# after the slicer's last byte, and 14 s with these, most of which the slicer's own kernel buffers (measured). They are
# enough for 100 Mbit/s over 10 ms.
UNSENT_BYTES = 64 * 1024
RECEIVED_BYTES = 128 * 1024
# One side has ended and the other one sends nothing. An H2D may need minutes for its 226 (docs/protocol.md, Real printers).
HALF_OPEN_LIMIT_S = 240.0


class RelayedConnection:
    """One relayed connection, in the relay thread."""

    def __init__(
        self,
        thread: RelayThread,
        service: Service,
        slicer: socket.socket,
        admitted: OpenConnection,
        traffic: Traffic,
        *,
        log_rate: LogRate,
        closed: Callable[[RelayedConnection, str | None, OSError | None], None],
    ) -> None:
        """Take over the accepted socket of a slicer that was admitted.

        `closed(connection, reason, failed)` is called when it is closed; see `close`.
        """
        self.service = service
        self.admitted = admitted
        self.peer = admitted.peer
        self.started_at = time()
        """Seconds since the epoch."""
        self.up = Meter()
        """What was sent to the printer."""
        self.moved_at = monotonic()
        self.connecting_until: float | None = None
        self._thread = thread
        self._log_rate = log_rate
        self._report_closed = closed
        self._traffic = traffic
        self._slicer = slicer
        self._printer: socket.socket | None = None
        self._pumps: tuple[Pump, Pump] | None = None
        self._ready = partial(self._guarded, self._move)
        self._closed = False

    def on_first_data(self, then: Callable[[], None]) -> None:
        """Call `then` once the slicer has sent something, or has ended."""

        def _spoken() -> None:
            self._thread.watch(self._slicer, 0, None)
            then()

        self._thread.watch(
            self._slicer, selectors.EVENT_READ, partial(self._guarded, _spoken)
        )

    def connect(self, address: str, port: int) -> None:
        """Connect to the printer. The slicer's first bytes wait in its socket."""
        self._guarded(partial(self._connect, address, port))

    def check(self, now: float, active_at: float) -> None:
        """Close it if it has timed out. `active_at` is when any connection of its client last moved a byte."""
        self._guarded(partial(self._check, now, active_at))

    def close(
        self, reason: str | None = None, *, failed: OSError | None = None
    ) -> None:
        """Close both sides; with a `reason` by a reset, so that neither takes a part for the whole.

        `failed` is why the printer could not be connected to.
        """
        if self._closed:
            return
        self._closed = True
        for sock in (self._slicer, self._printer):
            if sock:
                self._thread.watch(sock, 0, None)
                if reason:
                    reset_on_close(sock)
                sock.close()
        self._report_closed(self, reason, failed)

    def _connect(self, address: str, port: int) -> None:
        self._printer = sock = socket.socket(
            socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
        )
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_BYTES)
        for each in (self._slicer, sock):
            _set_options(each)
        self.connecting_until = monotonic() + CONNECT_TIMEOUT_S
        with suppress(BlockingIOError):
            sock.connect((address, port))
        self._thread.watch(
            sock, selectors.EVENT_WRITE, partial(self._guarded, self._connected)
        )

    def _connected(self) -> None:
        assert self._printer
        if error := self._printer.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, os.strerror(error))
        self.connecting_until = None
        # Watched again below, with another callback.
        self._thread.watch(self._printer, 0, None)
        up = counting(self.up, self._traffic.up)
        down = counting(self._traffic.down)
        self._pumps = (
            Pump(self._slicer, self._printer, up),
            Pump(self._printer, self._slicer, down),
        )
        self._move()

    def _check(self, now: float, active_at: float) -> None:
        if self.connecting_until is not None and now > self.connecting_until:
            raise TimeoutError(errno.ETIMEDOUT, "no answer")
        if self._pumps and all(pump.moved for pump in self._pumps):
            # The printer answers it, and limits logins itself.
            self.admitted.deadline = float("inf")
        for pump in self._pumps or ():
            # A source that has ended is not read any more, so a later reset of it is noticed only here.
            if pump.ended and (
                error := pump.source.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            ):
                raise OSError(error, os.strerror(error))
        half_open = any(pump.ended for pump in self._pumps or ())
        if half_open and now - self.moved_at > HALF_OPEN_LIMIT_S:
            self.close("half open")
        # A control connection is idle during a transfer on its data connection.
        elif now - active_at > IDLE_LIMIT_S:
            self.close("idle")

    def _move(self) -> None:
        assert self._pumps
        self.moved_at = monotonic()
        more = [pump.move() for pump in self._pumps]
        if all(pump.finished for pump in self._pumps):
            self.close()
            return
        self._watch()
        if any(more):
            self._thread.soon(self._ready)

    def _watch(self) -> None:
        assert self._pumps
        up, down = self._pumps
        for reading, writing in ((up, down), (down, up)):
            events = selectors.EVENT_READ if reading.wants_reading else 0
            if writing.wants_writing:
                events |= selectors.EVENT_WRITE
            self._thread.watch(reading.source, events, self._ready)

    def _guarded(self, step: Callable[[], None]) -> None:
        if self._closed:
            return
        try:
            step()
        except OSError as err:
            is_connecting = self.connecting_until is not None
            self.close(err.strerror or str(err), failed=err if is_connecting else None)
        except Exception as err:
            if self._log_rate.allows("unexpected"):
                _LOGGER.exception("A relayed connection failed unexpectedly")
            self.close(type(err).__name__)


def _set_options(sock: socket.socket) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    keep_alive(sock, USER_TIMEOUT_S)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
