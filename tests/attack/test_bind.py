"""Frames for the bind ports that no slicer sends."""

import asyncio
import json
import ssl
from typing import Any

from hypothesis import HealthCheck, example, given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.discovery import bind
from custom_components.bambu_virtual_printer.engine.protocol.bind_frames import (
    HEADER,
    MAGIC,
)
from tests.conftest import SERIAL

from .conftest import Target


def _frame(body: bytes, length: int | None = None) -> bytes:
    whole = len(body) + 6
    return HEADER.pack(MAGIC, min(length or whole, 0xFFFF)) + body + b"\xa7\xa7"


def _detect(sequence_id: Any = "20004") -> bytes:
    return _frame(
        json.dumps(
            {"login": {"command": "detect", "sequence_id": sequence_id}}
        ).encode()
    )


async def _ask(target: Target, data: bytes) -> bytes:
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection(target.address, 3000)
        try:
            writer.write(data)
            writer.write_eof()
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.transport.abort()


async def test_a_sequence_id_that_fits_in_no_frame_gets_no_answer(
    target: Target,
) -> None:
    assert await _ask(target, _detect("x" * 65_450)) == b""
    assert b"20004" in await _ask(target, _detect())


@pytest.mark.parametrize("sequence_id", ["\ud800", {"a": ["\udfff"]}])
async def test_half_a_surrogate_pair_gets_no_answer(
    target: Target, sequence_id: Any
) -> None:
    assert await _ask(target, _detect(sequence_id)) == b""
    assert b"20004" in await _ask(target, _detect())


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
    | st.builds(_frame, st.binary(max_size=200), st.integers(0, 0xFFFF))
    | st.builds(_detect, JSON)
    | st.builds(
        lambda whole, at, more: (
            whole[: at % len(whole)] + more + whole[at % len(whole) :]
        ),
        st.just(_detect()),
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
    data=_frame(b'{"login":{"command":"detect","sequence_id":' + b"9" * 5000 + b"}}")
)
@example(data=_frame(b'{"login":{"command":"detect","sequence_id":' + b"[" * 30_000))
async def test_whatever_comes_raises_nothing_and_the_next_is_answered(
    target: Target, data: bytes
) -> None:
    await _ask(target, data)
    assert b"20004" in await _ask(target, _detect())


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
