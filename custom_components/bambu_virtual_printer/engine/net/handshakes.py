"""Limits TLS handshakes: a few in each iteration of the event loop, clients in turn.

A handshake costs the loop about a millisecond once the client's first message is complete. That message is
awaited before the handshake begins, and no slot is held meanwhile, so a client that sends slowly or nothing delays no
other.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
import socket

# More in one iteration would delay everything else in the loop.
STARTS_PER_TURN = 4
# The header of a TLS record: type, version, length (RFC 8446, 5.1).
_HEADER_BYTES = 5
_MAX_RECORD_BYTES = 1 << 14

TLS_HANDSHAKE = b"\x16"
"""The first byte of a ClientHello: the type of its record (RFC 8446, 5.1)."""


class HandshakeLimiter:
    """Shared by all printers of a process."""

    def __init__(
        self,
        starts_per_turn: int = STARTS_PER_TURN,
        *,
        pause_s: Callable[[str], float] = lambda _peer: 0.0,
    ) -> None:
        """Begin at most `starts_per_turn` in an iteration of the loop; `pause_s(peer)` is how long a client waits after each."""
        self._starts_per_turn = starts_per_turn
        self._pause_s = pause_s
        # By client, in the order of their turns; of one client the newest is served first.
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._not_before: OrderedDict[str, float] = OrderedDict()
        self._next_turn: asyncio.Handle | None = None
        self._later: asyncio.TimerHandle | None = None

    async def turn(self, peer: str) -> None:
        """Wait until a handshake with `peer` may begin."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        self._waiting.setdefault(peer, deque()).append(ready)
        if self._next_turn is None:
            self._next_turn = loop.call_soon(self._start, loop)
        try:
            await ready
        finally:
            self._forget(peer, ready)

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin a few, one of each client before the second of any."""
        self._next_turn = None
        now = loop.time()
        started = 0
        while started < self._starts_per_turn and (peer := self._next(now)):
            self._waiting.move_to_end(peer)
            ready = self._waiting[peer].pop()
            self._forget(peer)
            if not ready.done():
                ready.set_result(None)
                started += 1
                self._hold_back(peer, now)
        self._schedule(loop, now)

    def _next(self, now: float) -> str | None:
        """Return the client whose turn it is; None if all have to wait."""
        free = (
            peer for peer in self._waiting if self._not_before.get(peer, now) <= now
        )
        return next(free, None)

    def _hold_back(self, peer: str, now: float) -> None:
        self._not_before.pop(peer, None)
        while self._not_before and next(iter(self._not_before.values())) <= now:
            self._not_before.popitem(last=False)
        if (pause_s := self._pause_s(peer)) > 0:
            self._not_before[peer] = now + pause_s

    def _schedule(self, loop: asyncio.AbstractEventLoop, now: float) -> None:
        """Schedule the next start: in the next iteration, or when the first of those held back may go on."""
        if self._later:
            self._later.cancel()
            self._later = None
        if not self._waiting:
            return
        at = min(self._not_before.get(peer, now) for peer in self._waiting)
        if at > now:
            self._later = loop.call_at(at, self._start, loop)
        elif self._next_turn is None:
            self._next_turn = loop.call_soon(self._start, loop)

    def _forget(self, peer: str, ready: asyncio.Future[None] | None = None) -> None:
        """Remove a handshake that no longer waits, and its client if none of its handshakes waits."""
        queue = self._waiting.get(peer)
        if queue is None:
            return
        if ready and ready in queue:
            queue.remove(ready)
        if not queue:
            del self._waiting[peer]
        if not self._waiting and self._later:
            self._later.cancel()
            self._later = None


async def whole_record(sock: socket.socket) -> None:
    """Wait until a whole TLS record can be read, or other data, or the end of the stream. Consumes nothing.

    It has no time limit of its own: a client that does not log in in time is closed (`admission`).
    """
    seen = 0
    try:
        while True:
            await _readable(sock)
            try:
                header = sock.recv(_HEADER_BYTES, socket.MSG_PEEK)
            except BlockingIOError:
                continue
            if not header.startswith(TLS_HANDSHAKE):
                return
            wanted = _HEADER_BYTES
            if len(header) == _HEADER_BYTES:
                wanted += min(int.from_bytes(header[3:]), _MAX_RECORD_BYTES)
            available = len(sock.recv(wanted, socket.MSG_PEEK))
            if len(header) == _HEADER_BYTES and available == wanted:
                return
            # SO_RCVLOWAT asked for more bytes than there are, so the client has ended the stream.
            if available == seen:
                return
            seen = available
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, wanted)
    finally:
        if seen:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)


async def _readable(sock: socket.socket) -> None:
    """Wait until the socket is readable or ended."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()

    def _set() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(sock, _set)
    try:
        await ready
    finally:
        loop.remove_reader(sock)
