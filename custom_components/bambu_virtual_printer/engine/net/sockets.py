"""Options of TCP sockets."""

from contextlib import suppress
import socket
import struct

USER_TIMEOUT_S = 30.0
"""How long sent bytes may stay unacknowledged: a sleeping laptop acknowledges nothing."""

# l_onoff, l_linger of `struct linger` (socket(7)).
_LINGER_ZERO = struct.pack("ii", 1, 0)


def keep_alive(sock: socket.socket, user_timeout_s: float = USER_TIMEOUT_S) -> None:
    """Have TCP detect peers that vanished: real firmware has no idle limit.

    Idle connections are probed; sent data has to be acknowledged within `user_timeout_s` (tcp(7)).
    """
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        ("TCP_KEEPIDLE", 60),
        ("TCP_KEEPINTVL", 15),
        ("TCP_KEEPCNT", 4),
        ("TCP_USER_TIMEOUT", int(user_timeout_s * 1000)),
    ):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def reset_on_close(sock: socket.socket) -> None:
    """Have `close` send a reset, so that the peer does not take a part for the whole file."""
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
