"""Discovery on UDP 2021: announces printers every few seconds and answers searches.

Slicers list the announcements they receive, and an "add by IP" gives up after 4.5 s without an announcement (measured with an open
network plugin). A datagram to 255.255.255.255 leaves by the interface that owns the address its socket is bound to, so
a printer is announced exactly where its address can be reached: one on a loopback address never reaches the LAN.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
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
from .datagrams import close_socket, on_datagram, open_socket
from .search_receiver import SearchReceiver

_LOGGER = logging.getLogger(__name__)

BROADCAST = "255.255.255.255"

INTERVAL_MIN_S = 3.0
INTERVAL_MAX_S = 4.0
BURST_DELAYS_S = (0.0, 0.3, 0.6)
# A detect request is followed by an announcement at most this much later, however many requests there are.
BURST_INTERVAL_S = 2.0
MAX_ADDRESSEES = 16
# Answers to searches. Their senders may be forged, so this bounds what a third host could be flooded with.
ANSWERS_AT_ONCE = 20
ANSWERS_PER_S = 10


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
            on_datagram(sender, self._received)
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
        self._senders.append(open_socket(identity.bind_ip, port))
        addresses = [identity.bind_ip]
        if identity.address != identity.bind_ip:
            try:
                self._senders.append(open_socket(identity.address, port))
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
            close_socket(sender)
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
