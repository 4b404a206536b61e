"""Discovery on UDP 2021: announces printers every few seconds and answers searches.

Slicers list the announcements they receive, and an "add by IP" gives up after 4.5 s without an announcement (measured with an open
network plugin). A datagram to 255.255.255.255 leaves by the interface that owns the address its socket is bound to, so
a printer is announced exactly where its address can be reached: one on a loopback address never reaches the LAN.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
import contextlib
import errno
import ipaddress
import logging
import random
import socket

from ..net.listener import ListenError
from ..net.token_bucket import TokenBucket
from ..protocol.presence import Presence
from ..protocol.ssdp import (
    MULTICAST_GROUP,
    MULTICAST_PORT,
    byebye,
    is_search,
    notify,
    search_response,
)
from ..values import Service

_LOGGER = logging.getLogger(__name__)

BROADCAST = "255.255.255.255"
MULTICAST_TTL = 2

INTERVAL_MIN_S = 3.0
INTERVAL_MAX_S = 4.0
BURST_DELAYS_S = (0.0, 0.3, 0.6)
MAX_DATAGRAM = 2048
# A detect request is followed by an announcement at most this much later, however many requests there are.
BURST_INTERVAL_S = 2.0
MAX_ADDRESSEES = 16
# Answers to searches. Their senders may be forged, so this bounds what a third host could be flooded with.
ANSWERS_AT_ONCE = 20
ANSWERS_PER_S = 10
# At most this many datagrams for one wake-up, so that a flood cannot hold the loop.
DATAGRAMS_PER_TURN = 32


class SearchReceiver:
    """Receives broadcast and multicast searches, for all printers of the process.

    Only sockets bound to no address receive those. One pair is enough: with a pair for each printer, each would also
    receive every other printer's announcements.
    """

    def __init__(self) -> None:
        """Open nothing yet."""
        self._printers: dict[Discovery, tuple[str, ...]] = {}
        self._subscribers: dict[Callable[[bytes, str], None], None] = {}
        self._sockets: list[socket.socket] = []

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses under which virtual printers are announced."""
        return frozenset(
            address
            for printer, bound in self._printers.items()
            for address in (*bound, printer.identity.address)
        )

    def add(self, printer: Discovery, port: int, addresses: tuple[str, ...]) -> None:
        """Receive searches for a printer on the interfaces of these addresses. Raises OSError."""
        self._open(port)
        self._printers[printer] = addresses
        self._membership(socket.IP_ADD_MEMBERSHIP, addresses)

    def remove(self, printer: Discovery) -> None:
        """Forget a printer; the sockets are closed with the last one."""
        if (addresses := self._printers.pop(printer, None)) is None:
            return
        self._membership(socket.IP_DROP_MEMBERSHIP, addresses)
        # A membership belongs to the interface, which another printer may share.
        for remaining in self._printers.values():
            self._membership(socket.IP_ADD_MEMBERSHIP, remaining)
        self._close_if_idle()

    def subscribe(
        self, handle_datagram: Callable[[bytes, str], None], port: int
    ) -> None:
        """Call `handle_datagram(datagram, peer)` for everything that is not a search, such as other printers' announcements.

        Raises OSError.
        """
        self._open(port)
        self._subscribers[handle_datagram] = None

    def unsubscribe(self, handle_datagram: Callable[[bytes, str], None]) -> None:
        """Stop calling it; the sockets are closed if no other needs them."""
        self._subscribers.pop(handle_datagram, None)
        self._close_if_idle()

    def _open(self, port: int) -> None:
        """Open the sockets if they are closed. Raises OSError."""
        if self._sockets:
            return
        for receiver_port in (port, MULTICAST_PORT):
            try:
                sock = _socket("", receiver_port)
            except OSError:
                self._close()
                raise
            self._sockets.append(sock)
            _on_datagram(sock, self._received)

    def _received(self, datagram: bytes, peer: str, port: int) -> None:
        if is_search(datagram):
            for printer in self._printers:
                printer.answer(peer, port)
            return
        for handle_datagram in tuple(self._subscribers):
            handle_datagram(datagram, peer)

    def _close_if_idle(self) -> None:
        if not self._printers and not self._subscribers:
            self._close()

    def _membership(self, option: int, addresses: tuple[str, ...]) -> None:
        for sock in self._sockets:
            for address in addresses:
                # Two addresses of one interface share a membership, and some interfaces have no multicast.
                with contextlib.suppress(OSError):
                    sock.setsockopt(
                        socket.IPPROTO_IP,
                        option,
                        socket.inet_aton(MULTICAST_GROUP) + socket.inet_aton(address),
                    )

    def _close(self) -> None:
        for sock in self._sockets:
            _close(sock)
        self._sockets.clear()


class Discovery:
    """Announces one printer and answers searches. Bound when made; active between `start` and `close`."""

    def __init__(self, identity: Presence, searches: SearchReceiver) -> None:
        """Bind. Raises ListenError."""
        self.identity = identity
        self.announcements = 0
        """How many announcements have left."""
        self.announced_at: float | None = None
        """When the last one left, on the loop's clock."""
        self._searches = searches
        self._loop = asyncio.get_running_loop()
        self._timers: set[asyncio.TimerHandle] = set()
        # The announcements of a burst that are still to come, and when another may begin.
        self._burst_left = 0
        self._next_burst_at = 0.0
        self._addressees: OrderedDict[str, None] = OrderedDict()
        self._answers = TokenBucket(
            capacity=ANSWERS_AT_ONCE, refill_per_s=ANSWERS_PER_S
        )
        self._started = False
        self._paused = False
        self._silent = False
        self._senders: list[socket.socket] = []
        try:
            self._bind()
        except OSError as err:
            self._close_sockets()
            raise ListenError(
                Service.DISCOVERY, identity.bind_ip, identity.ports.discovery, err
            ) from err

    @property
    def bound(self) -> bool:
        """Whether the sockets are open."""
        return bool(self._senders)

    def start(self) -> None:
        """Start announcing and answering."""
        self._started = True
        for sender in self._senders:
            _on_datagram(sender, self._received)
        self.announce()
        self._repeat()

    def announce(self, also_to: str | None = None) -> None:
        """Announce in a burst, at most every BURST_INTERVAL_S; a burst that is scheduled already serves this call too.

        `also_to` is the address of a client that broadcasts may not reach.
        """
        if also_to:
            self._addressees[also_to] = None
            if len(self._addressees) > MAX_ADDRESSEES:
                self._addressees.popitem(last=False)
        if self._burst_left:
            return
        wait_s = max(0.0, self._next_burst_at - self._loop.time())
        self._next_burst_at = self._loop.time() + wait_s + BURST_INTERVAL_S
        self._burst_left = len(BURST_DELAYS_S)
        for delay in BURST_DELAYS_S:
            self._later(wait_s + delay, self._announce_in_burst)

    def answer(self, peer: str, port: int) -> None:
        """Answer a search, unless the printer has a loopback address that the peer cannot reach."""
        if self._paused:
            return
        if (
            ipaddress.IPv4Address(peer).is_loopback
            or not ipaddress.IPv4Address(self.identity.address).is_loopback
        ) and self._answers.take():
            self._send(self._senders[0], search_response(self.identity), peer, port)

    def pause(self) -> None:
        """Send byebye and stop until `resume`."""
        if not self._paused:
            self._paused = True
            if self._started:
                self._broadcast(byebye(self.identity))

    def resume(self) -> None:
        """Announce and answer again."""
        if self._paused:
            self._paused = False
            if self._started:
                self.announce()

    def close(self) -> None:
        """Send byebye if the printer was announced, and close the sockets."""
        if not self.bound:
            return
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        if self._started and not self._paused:
            self._broadcast(byebye(self.identity))
        self._close_sockets()

    def _bind(self) -> None:
        identity = self.identity
        port = identity.ports.discovery
        self._senders.append(_socket(identity.bind_ip, port))
        addresses = [identity.bind_ip]
        if identity.address != identity.bind_ip:
            try:
                self._senders.append(_socket(identity.address, port))
            except OSError as err:
                # The address of a router or of a container's host: no client can be reached from it here.
                if err.errno != errno.EADDRNOTAVAIL:
                    raise
            else:
                addresses.append(identity.address)
        self._searches.add(self, port, tuple(addresses))

    def _close_sockets(self) -> None:
        self._searches.remove(self)
        for sender in self._senders:
            _close(sender)
        self._senders.clear()

    def _later(self, delay: float, action: Callable[[], None]) -> None:
        def _fire() -> None:
            self._timers.discard(timer)
            action()

        timer = self._loop.call_later(delay, _fire)
        self._timers.add(timer)

    def _repeat(self) -> None:
        # Random, so that the printers of one host do not stay in step.
        interval = random.uniform(INTERVAL_MIN_S, INTERVAL_MAX_S)
        self._later(interval, self._announce_and_repeat)

    def _announce_and_repeat(self) -> None:
        if not self._paused:
            self._broadcast(notify(self.identity))
        self._repeat()

    def _announce_in_burst(self) -> None:
        self._burst_left -= 1
        if not self._paused:
            message = notify(self.identity)
            self._broadcast(message)
            for address in self._addressees:
                port = self.identity.ports.discovery
                self._send(self._senders[0], message, address, port)
        if not self._burst_left:
            self._addressees.clear()

    def _broadcast(self, message: bytes) -> None:
        port = self.identity.ports.discovery
        for sender in self._senders:
            error = self._send(sender, message, BROADCAST, port)
            self._log_change(sender, error)
            if error is None:
                self.announcements += 1
                self.announced_at = self._loop.time()
            self._send(sender, message, MULTICAST_GROUP, MULTICAST_PORT)

    def _send(
        self, sock: socket.socket, message: bytes, host: str, port: int
    ) -> OSError | None:
        try:
            sock.sendto(message, (host, port))
        except OSError as err:
            # The interface is down or its queue full; the next announcement comes in a few seconds.
            return err
        return None

    def _log_change(self, sender: socket.socket, error: OSError | None) -> None:
        """Log once when announcements stop leaving, and once when they leave again."""
        if error and not self._silent:
            _LOGGER.warning(
                "%s cannot be announced on %s: %s",
                self.identity.name,
                sender.getsockname()[0],
                error.strerror,
            )
        elif self._silent and not error:
            _LOGGER.info("%s is announced again", self.identity.name)
        self._silent = error is not None

    def _received(self, datagram: bytes, peer: str, port: int) -> None:
        if is_search(datagram):
            self.answer(peer, port)


def _socket(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        # A slicer and other printers on the same host listen on the same port.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, MULTICAST_TTL)
        if address:
            sock.setsockopt(
                socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address)
            )
        sock.bind((address, port))
    except OSError:
        sock.close()
        raise
    return sock


def _on_datagram(
    sock: socket.socket, received: Callable[[bytes, str, int], None]
) -> None:
    """Call `received(datagram, peer, port)` for what arrives, until `_close`."""

    def _read() -> None:
        for _ in range(DATAGRAMS_PER_TURN):
            try:
                datagram, (peer, port) = sock.recvfrom(MAX_DATAGRAM)
            except OSError:
                # Nothing more; or, on Linux, the ICMP error of an earlier answer.
                return
            received(datagram, peer, port)

    asyncio.get_running_loop().add_reader(sock, _read)


def _close(sock: socket.socket) -> None:
    asyncio.get_running_loop().remove_reader(sock)
    sock.close()
