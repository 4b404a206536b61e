"""How far a peer may send ahead of what is read."""

from contextlib import suppress
import socket
import struct

AHEAD_BYTES = 512 * 1024
"""Linux lets every peer send up to 6 MB ahead (or 32). What eight of them have sent has then left the processor's cache by
the time it is read, which makes copying it two to three times as slow (measured), and takes 50 MB of the kernel's memory."""
NEAR_US = 1_000
"""A peer that is farther away would become slower: so far ahead in that time is 500 MB/s."""

# In `struct tcp_info` of Linux: the smoothed round-trip time in µs, after eight bytes and fifteen numbers.
_ROUND_TRIP = struct.Struct("=I")
_ROUND_TRIP_AT = 8 + 15 * 4


def bound_ahead(sock: socket.socket) -> None:
    """Have a peer that is near send no further ahead than about `AHEAD_BYTES`.

    Only Linux can be asked how near it is; elsewhere, and when the connection is gone, nothing is changed.
    """
    if not hasattr(socket, "TCP_INFO"):
        return
    with suppress(OSError):
        info = sock.getsockopt(
            socket.IPPROTO_TCP, socket.TCP_INFO, _ROUND_TRIP_AT + _ROUND_TRIP.size
        )
        (round_trip_us,) = _ROUND_TRIP.unpack_from(info, _ROUND_TRIP_AT)
        if 0 < round_trip_us <= NEAR_US:
            # TCP_WINDOW_CLAMP would not do: Linux moves it along with its own choice of the buffer.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, AHEAD_BYTES)
