"""How far a peer may send ahead of what is read."""

from contextlib import suppress
from functools import cache
import socket
import struct

AHEAD_BYTES = 1024 * 1024
"""Linux lets every peer send up to 6 MB ahead (or 32). What eight of them have sent has then left the processor's cache by
the time it is read, which makes copying it two to three times as slow, and takes 50 MB of the kernel's memory. With a
quarter of a megabyte a busy event loop makes uploads over a gigabit line a sixth slower, with this none (all measured)."""
NEAR_US = 200
"""Programs on one computer are at some tens; a peer that is far away would become slower."""

# Of Linux: like SO_RCVBUF, but beyond `net.core.rmem_max` for whoever may administer the network, as on Home Assistant OS.
_SO_RCVBUFFORCE = 33
# In `struct tcp_info` of Linux: the smoothed round-trip time in µs, after eight bytes and fifteen numbers.
_ROUND_TRIP = struct.Struct("=I")
_ROUND_TRIP_AT = 8 + 15 * 4


def bound_ahead(sock: socket.socket) -> None:
    """Have a peer that is near send no further ahead than about `AHEAD_BYTES`.

    Only Linux can be asked how near it is; elsewhere, where a buffer cannot be had that large, and when the connection is
    gone, nothing is changed.
    """
    if not hasattr(socket, "TCP_INFO") or (option := _buffer_option()) is None:
        return
    with suppress(OSError):
        info = sock.getsockopt(
            socket.IPPROTO_TCP, socket.TCP_INFO, _ROUND_TRIP_AT + _ROUND_TRIP.size
        )
        (round_trip_us,) = _ROUND_TRIP.unpack_from(info, _ROUND_TRIP_AT)
        if 0 < round_trip_us <= NEAR_US:
            # TCP_WINDOW_CLAMP would not do: Linux moves it along with its own choice of the buffer.
            sock.setsockopt(socket.SOL_SOCKET, option, AHEAD_BYTES)


@cache
def _buffer_option() -> int | None:
    """Return the option with which a buffer can be had that large."""
    for option in (_SO_RCVBUFFORCE, socket.SO_RCVBUF):
        with socket.socket() as sock, suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, option, AHEAD_BYTES)
            made = sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
            # Linux doubles what it is told, for what it needs besides.
            if made >= 2 * AHEAD_BYTES:
                return option
    return None
