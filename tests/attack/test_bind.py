"""Frames for the bind ports that no slicer sends."""

import asyncio
import ssl
from typing import Any

from hypothesis import HealthCheck, example, given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.discovery import bind
from tests.support.serials import SERIAL

from .bind_client import ask, detect, frame
from .conftest import Target


async def test_a_sequence_id_that_fits_in_no_frame_gets_no_answer(
    target: Target,
) -> None:
    assert await ask(target, detect("x" * 65_450)) == b""
    assert b"20004" in await ask(target, detect())


@pytest.mark.parametrize("sequence_id", ["\ud800", {"a": ["\udfff"]}])
async def test_half_a_surrogate_pair_gets_no_answer(
    target: Target, sequence_id: Any
) -> None:
    assert await ask(target, detect(sequence_id)) == b""
    assert b"20004" in await ask(target, detect())


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(categories=None, exclude_categories=())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
FRAMES = (
    st.binary(max_size=200)
    | st.builds(frame, st.binary(max_size=200), st.integers(0, 0xFFFF))
    | st.builds(detect, JSON)
    | st.builds(
        lambda whole, at, more: (
            whole[: at % len(whole)] + more + whole[at % len(whole) :]
        ),
        st.just(detect()),
        st.integers(0),
        st.binary(max_size=8),
    )
)


@settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=FRAMES)
@example(
    data=frame(b'{"login":{"command":"detect","sequence_id":' + b"9" * 5000 + b"}}")
)
@example(data=frame(b'{"login":{"command":"detect","sequence_id":' + b"[" * 30_000))
async def test_whatever_comes_raises_nothing_and_the_next_is_answered(
    target: Target, data: bytes
) -> None:
    await ask(target, data)
    assert b"20004" in await ask(target, detect())


async def test_a_client_that_says_nothing_is_closed_in_good_order(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bind, "EXCHANGE_TIMEOUT_S", 0.2)

    def _idle(port: int) -> bytes:
        sock = target.connect(port)
        if port == 3000:
            return sock.recv(1)
        context = ssl.create_default_context(cadata=target.ca.pem)
        # An end without close_notify raises.
        with context.wrap_socket(
            sock, server_hostname=SERIAL, suppress_ragged_eofs=False
        ) as tls:
            return tls.recv(1)

    assert await asyncio.to_thread(_idle, 3000) == b""
    assert await asyncio.to_thread(_idle, 3002) == b""
