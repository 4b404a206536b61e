"""Receives searches for the virtual printers of a process, and announcements of real ones."""

from collections.abc import Callable
from contextlib import suppress
import socket
from typing import Protocol

from ..protocol.presence import Presence
from ..protocol.ssdp import MULTICAST_GROUP, MULTICAST_PORT, is_search
from .datagrams import close_socket, on_datagram, open_socket


class Searchable(Protocol):
    """A printer that answers searches."""

    identity: Presence

    def answer(self, peer: str, port: int) -> None:
        """Answer a search from this address and port."""


class SearchReceiver:
    """Receives broadcast and multicast searches, for all printers of the process.

    Only sockets bound to no address receive those. One pair is enough: with a pair for each printer, each would also
    receive every other printer's announcements.
    """

    def __init__(self) -> None:
        """Open nothing yet."""
        self._printers: dict[Searchable, tuple[str, ...]] = {}
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

    def add(self, printer: Searchable, port: int, addresses: tuple[str, ...]) -> None:
        """Receive searches for a printer on the interfaces of these addresses. Raises OSError."""
        self._open(port)
        self._printers[printer] = addresses
        self._membership(socket.IP_ADD_MEMBERSHIP, addresses)

    def remove(self, printer: Searchable) -> None:
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
                sock = open_socket("", receiver_port)
            except OSError:
                self._close()
                raise
            self._sockets.append(sock)
            on_datagram(sock, self._received)

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
                with suppress(OSError):
                    sock.setsockopt(
                        socket.IPPROTO_IP,
                        option,
                        socket.inet_aton(MULTICAST_GROUP) + socket.inet_aton(address),
                    )

    def _close(self) -> None:
        for sock in self._sockets:
            close_socket(sock)
        self._sockets.clear()
