"""UDP sockets for announcements and searches, on the event loop."""

import asyncio
from collections.abc import Callable
import socket

MULTICAST_TTL = 2
MAX_DATAGRAM_BYTES = 2048
# At most this many datagrams for one wake-up, so that a flood cannot block the loop.
DATAGRAMS_PER_TURN = 32


def open_socket(address: str, port: int) -> socket.socket:
    """Open a UDP socket that others may share the port with; an empty address receives on all. Raises OSError."""
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


def on_datagram(
    sock: socket.socket, received: Callable[[bytes, str, int], None]
) -> None:
    """Call `received(datagram, peer, port)` for what arrives, until `close_socket`."""

    def _read() -> None:
        for _ in range(DATAGRAMS_PER_TURN):
            try:
                datagram, (peer, port) = sock.recvfrom(MAX_DATAGRAM_BYTES)
            except OSError:
                # Nothing more; or, on Linux, the ICMP error of an earlier answer.
                return
            received(datagram, peer, port)

    asyncio.get_running_loop().add_reader(sock, _read)


def close_socket(sock: socket.socket) -> None:
    """Stop receiving, and close."""
    asyncio.get_running_loop().remove_reader(sock)
    sock.close()
