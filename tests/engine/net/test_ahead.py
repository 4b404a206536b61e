"""Peers that are near do not send far ahead."""

import socket
import sys

import pytest

from custom_components.bambu_virtual_printer.engine.net import ahead
from custom_components.bambu_virtual_printer.engine.net.ahead import (
    AHEAD_BYTES,
    bound_ahead,
)

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how near"),
    pytest.mark.usefixtures("socket_enabled"),
]


def _buffer_bytes(sock: socket.socket) -> int:
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)


def _kernel_makes_of(wanted_bytes: int) -> int:
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, wanted_bytes)
        return _buffer_bytes(sock)


@pytest.mark.parametrize("is_near", [True, False])
def test_only_a_peer_that_is_near_is_bounded(
    is_near: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a busy machine takes for a handshake does not matter here.
    monkeypatch.setattr(ahead, "NEAR_US", 60_000_000 if is_near else -1)
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()),
    ):
        accepted, _ = server.accept()
        with accepted:
            before = _buffer_bytes(accepted)
            bound_ahead(accepted)
            bounded = _kernel_makes_of(AHEAD_BYTES)
            assert bounded != before
            assert _buffer_bytes(accepted) == (bounded if is_near else before)


def test_a_connection_that_is_gone_is_left_alone() -> None:
    gone = socket.socket()
    gone.close()
    bound_ahead(gone)
