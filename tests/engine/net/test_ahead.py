"""Peers that are near do not send far ahead."""

from collections.abc import Iterator
import socket
import sys

import pytest

from custom_components.bambu_virtual_printer.engine.net import ahead
from custom_components.bambu_virtual_printer.engine.net.ahead import (
    _buffer_option,
    bound_ahead,
)

AHEAD_FOR_SURE = 16 * 1024
"""Every kernel allows it."""

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how near"),
    pytest.mark.usefixtures("socket_enabled"),
]


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    _buffer_option.cache_clear()
    yield
    _buffer_option.cache_clear()


@pytest.mark.parametrize(
    ("near_us", "ahead_bytes", "is_bounded"),
    [
        # What a busy machine takes for a handshake does not matter here.
        (60_000_000, AHEAD_FOR_SURE, True),
        (-1, AHEAD_FOR_SURE, False),
        # More than any kernel has.
        (60_000_000, 2**31 - 1, False),
    ],
    ids=["near", "far", "not allowed"],
)
def test_only_a_peer_that_is_near_is_bounded(
    near_us: int, ahead_bytes: int, is_bounded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "NEAR_US", near_us)
    monkeypatch.setattr(ahead, "AHEAD_BYTES", ahead_bytes)
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()),
    ):
        accepted, _ = server.accept()
        with accepted:
            before = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
            bound_ahead(accepted)
            after = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    assert before != 2 * ahead_bytes
    assert after == (2 * ahead_bytes if is_bounded else before)


def test_a_connection_that_is_gone_is_left_alone() -> None:
    gone = socket.socket()
    gone.close()
    bound_ahead(gone)


@pytest.mark.parametrize("ahead_bytes", [AHEAD_FOR_SURE, 2**31 - 1])
def test_what_the_kernel_makes_of_it_is_looked_at(
    ahead_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody may go beyond what is set for all.
    monkeypatch.setattr(ahead, "_SO_RCVBUFFORCE", -1)
    monkeypatch.setattr(ahead, "AHEAD_BYTES", ahead_bytes)
    is_possible = ahead_bytes == AHEAD_FOR_SURE
    assert _buffer_option() == (socket.SO_RCVBUF if is_possible else None)
