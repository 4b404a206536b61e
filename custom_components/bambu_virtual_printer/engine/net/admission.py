"""Bounds how many connections are open at once, for all listeners of a process, emulated or relayed.

A connection is *unauthenticated* until its client has sent the right access code. Unauthenticated connections are
bounded for each client, for each printer and in all, and have a short time to log in. Where a bound is reached the new
connection is admitted and an older unauthenticated one is closed: one whose login was refused before one that may still
succeed, then one of the client that holds the most, then the oldest. A connection that is logged in is never closed to
make room; a new one is refused only when all that are open are logged in.

    connection = admission.admit(address, peer, sock)    None: close the socket, there is no room
    connection.when_displaced(close)                     how to close it
    connection.log_in()                                  False: this client has too many connections already
    connection.refused()                                 a wrong code: closed before others

The end of a connection need not be reported: it counts for as long as its socket is open. Everything here may be called
from any thread. A thread that serves sockets of its own calls `expire` now and then; `net.listener.Listener` does that
and `admit` for protocols of asyncio.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
import resource
import socket
import threading
from time import monotonic

from . import endings
from .loop_bridge import call_on_loop

LOGIN_LIMIT_S = 30.0
"""How long a connection may stay without a login, from its being accepted on."""


class Displacement(Enum):
    """Why a connection has to be closed."""

    NO_ROOM = endings.DISPLACED
    LATE = endings.LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many connections may be open. A printer goes by the address it listens on, a client by its own."""

    total: int
    """Of all clients at all printers, logged in or not."""
    unauthenticated: int = 256
    """Not logged in, at all printers."""
    unauthenticated_per_printer: int = 64
    unauthenticated_per_peer: int = 16
    """Not logged in, of one client at one printer."""
    authenticated_per_peer: int = 48
    """Logged in, of one client at one printer."""


def limits_of_process() -> Limits:
    """Return the limits of this process: half of its file descriptors are left to its other parts."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    total = 1024 if soft == resource.RLIM_INFINITY else max(64, min(1024, soft // 2))
    return Limits(total=total, unauthenticated=min(256, total // 2))


class OpenConnection:
    """An admitted connection. It counts as long as its socket is open."""

    def __init__(
        self, admission: Admission, address: str, peer: str, sock: socket.socket
    ) -> None:
        """Begin unauthenticated."""
        self.address = address
        self.peer = peer
        self.deadline = monotonic() + LOGIN_LIMIT_S
        """When it has to be logged in, on the monotonic clock."""
        self.authenticated = False
        """Whether it is logged in."""
        self.login_refused = False
        """Whether a login was refused."""
        self._admission = admission
        self._sock = sock
        self._lock = threading.Lock()
        self._displaced: Displacement | None = None
        self._close: Callable[[Displacement], None] | None = None

    @property
    def open(self) -> bool:
        """Whether it counts."""
        return self._displaced is None and self._sock.fileno() >= 0

    def when_displaced(self, close: Callable[[Displacement], None]) -> None:
        """Set what is called, once, when the connection has to be closed; replaces an earlier `close`.

        It must not raise and must not wait for the client. Set in an event loop, it is called in that loop; set
        elsewhere, it may be called from any thread that admits connections.
        """
        with self._lock:
            self._close = close = _in_its_loop(close)
            displaced = self._displaced
        if displaced:
            close(displaced)

    def log_in(self) -> bool:
        """Record a right code: the connection stays. Returns whether its client may have one more."""
        return self._admission.log_in(self)

    def refused(self) -> None:
        """Record a wrong code."""
        self.login_refused = True

    def displace(self, why: Displacement) -> None:
        """Close it. Later calls have no effect."""
        with self._lock:
            if self._displaced:
                return
            self._displaced = why
            close = self._close
        if close:
            close(why)


class Admission:
    """Admits connections and closes others for them; one object for all printers of a process."""

    def __init__(self, limits: Limits | None = None) -> None:
        """Keep to `limits`, by default those of this process."""
        self.limits = limits or limits_of_process()
        self._lock = threading.Lock()
        # The oldest first.
        self._open: list[OpenConnection] = []

    def admit(
        self, address: str, peer: str, sock: socket.socket
    ) -> OpenConnection | None:
        """Admit a connection of `peer` to the printer at `address`, closing others if need be.

        None when there is no room and no connection that may be closed.
        """
        connection = OpenConnection(self, address, peer, sock)
        with self._lock:
            self._forget_closed()
            displaced = self._make_room(address, peer)
            has_room = len(self._open) < self.limits.total
            if has_room:
                self._open.append(connection)
        for each in displaced:
            each.displace(Displacement.NO_ROOM)
        return connection if has_room else None

    def log_in(self, connection: OpenConnection) -> bool:
        """Record that a connection is logged in. Returns whether its client may have one more."""
        with self._lock:
            if connection.authenticated:
                return True
            self._forget_closed()
            others = sum(
                each.authenticated
                for each in self._open
                if (each.address, each.peer) == (connection.address, connection.peer)
            )
            if others >= self.limits.authenticated_per_peer:
                return False
            connection.authenticated = True
            return True

    def restart_deadlines(self, address: str, now: float) -> None:
        """Give all connections of a printer the whole time to log in again: this process did not run meanwhile."""
        with self._lock:
            for each in self._open:
                if each.address == address:
                    each.deadline = now + LOGIN_LIMIT_S

    def expire(self, address: str, now: float) -> float | None:
        """Close the connections of a printer that did not log in in time. Returns the next deadline, None if there is none.

        `now` and the deadline are of the monotonic clock.
        """
        with self._lock:
            self._forget_closed()
            waiting = [
                each
                for each in self._open
                if each.address == address and not each.authenticated
            ]
            late = [each for each in waiting if each.deadline <= now]
            for each in late:
                self._open.remove(each)
        for each in late:
            each.displace(Displacement.LATE)
        return min(
            (each.deadline for each in waiting if each.deadline > now), default=None
        )

    def _forget_closed(self) -> None:
        self._open = [each for each in self._open if each.open]

    def _make_room(self, address: str, peer: str) -> list[OpenConnection]:
        """Take out what has to be closed, so that every bound holds with one more."""
        limits = self.limits
        unauthenticated = [each for each in self._open if not each.authenticated]
        of_printer = [each for each in unauthenticated if each.address == address]
        of_peer = [each for each in of_printer if each.peer == peer]
        if len(of_peer) >= limits.unauthenticated_per_peer:
            candidates: Sequence[OpenConnection] = of_peer
        elif len(of_printer) >= limits.unauthenticated_per_printer:
            candidates = of_printer
        elif (
            len(unauthenticated) >= limits.unauthenticated
            or len(self._open) >= limits.total
        ) and unauthenticated:
            candidates = unauthenticated
        else:
            return []
        leaving = _choose_displaced(candidates)
        self._open.remove(leaving)
        return [leaving]


type _Close = Callable[[Displacement], None]


def _in_its_loop(close: _Close) -> _Close:
    """Wrap `close` so that any thread may call it: it runs in the loop that runs here, if one does."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return close
    thread = threading.get_ident()

    def _close(why: Displacement) -> None:
        if threading.get_ident() == thread:
            close(why)
            return
        call_on_loop(loop, close, why)

    return _close


def _choose_displaced(candidates: Sequence[OpenConnection]) -> OpenConnection:
    """Choose among unauthenticated connections, the oldest of which come first."""
    if refused := [each for each in candidates if each.login_refused]:
        candidates = refused
    held = Counter(each.peer for each in candidates)
    most = max(held.values())
    return next(each for each in candidates if held[each.peer] == most)
