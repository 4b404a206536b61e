import asyncio
from collections.abc import AsyncIterator
import contextlib
import itertools
import json
import ssl

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.discovery import bind
from custom_components.bambu_virtual_printer.engine.discovery.bind import (
    BindServer,
    detect_reply,
)
from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.events import DetectRequested
from custom_components.bambu_virtual_printer.engine.net.listener import Listener
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    DeviceCertificate,
)
from custom_components.bambu_virtual_printer.engine.protocol.bind_frames import (
    FrameDecoder,
    FrameError,
    encode_frame,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.values import Service
from tests.support.waiting import LIMIT_S

DETECT = {"login": {"command": "detect", "sequence_id": "20004"}}
# Captured from a slicer: 58 bytes, compact JSON.
DETECT_FRAME = bytes.fromhex("a5a53a00") + (
    b'{"login":{"command":"detect","sequence_id":"20004"}}' + bytes.fromhex("a7a7")
)


def _identity(address: str = "127.0.0.1", name: str = "Garage Queue") -> Identity:
    return Identity(
        name=name,
        model=MODELS["C12"],
        serial_suffix="391812345",
        access_code="12345678",
        bind_ip=address,
    )


# --- frames


def test_the_captured_request_is_what_we_encode_and_decode() -> None:
    assert encode_frame(DETECT) == DETECT_FRAME
    assert FrameDecoder().feed(DETECT_FRAME) == DETECT


JSON_OBJECTS = st.dictionaries(
    st.text(max_size=8), st.text(max_size=30) | st.integers(), max_size=5
)


@given(message=JSON_OBJECTS, cuts=st.lists(st.integers(0, 400), max_size=6))
def test_a_frame_survives_any_split(message: dict, cuts: list[int]) -> None:
    frame = encode_frame(message)
    edges = sorted({0, len(frame), *(cut % len(frame) for cut in cuts)})
    decoder = FrameDecoder()
    results = [decoder.feed(frame[a:b]) for a, b in itertools.pairwise(edges)]
    assert results[-1] == message
    assert all(result is None for result in results[:-1])


@given(length=st.integers(0, 0xFFFF))
def test_a_wrong_length_field_is_tolerated(length: int) -> None:
    frame = b"\xa5\xa5" + length.to_bytes(2, "little") + DETECT_FRAME[4:]
    assert FrameDecoder().feed(frame) == DETECT


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xa5\x00",
        b"\xa5\xa5\x0a\x00nope\xa7\xa7",
        b"\xa5\xa5\x08\x00[]\xa7\xa7",
        b"\xa5\xa5\xff\xff" + b" " * 70000,
        encode_frame({})[:4] + b'"' + b"[" * 30000 + b"\xa7\xa7",
    ],
)
def test_anything_else_is_no_frame(data: bytes) -> None:
    with pytest.raises(FrameError):
        FrameDecoder().feed(data)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_a_frame_a_wait_or_an_error(data: bytes) -> None:
    decoder = FrameDecoder()
    try:
        result = decoder.feed(b"\xa5\xa5" + data)
    except FrameError:
        return
    assert result is None or isinstance(result, dict)


def test_a_message_too_long_for_the_length_field_is_refused() -> None:
    with pytest.raises(FrameError):
        encode_frame({"x": "y" * 70000})


# --- the answer


@pytest.mark.parametrize("sequence_id", ["20004", 20004, 0, ""])
def test_the_sequence_id_comes_back_value_and_type(sequence_id: str | int) -> None:
    reply = detect_reply(
        {"login": {"command": "detect", "sequence_id": sequence_id}}, _identity()
    )
    assert reply is not None
    assert reply["login"]["sequence_id"] == sequence_id
    assert type(reply["login"]["sequence_id"]) is type(sequence_id)


def test_the_reply_introduces_a_free_lan_printer() -> None:
    assert detect_reply(DETECT, _identity()) == {
        "login": {
            "command": "detect",
            "sequence_id": "20004",
            "id": "01P00A391812345",
            "model": "C12",
            "name": "Garage Queue",
            "version": "01.07.00.00",
            "bind": "free",
            "connect": "lan",
            "dev_cap": 1,
        }
    }


@pytest.mark.parametrize(
    "request_", [{}, {"login": {"command": "login"}}, {"login": 3}, {"x": {}}]
)
def test_other_requests_get_no_answer(request_: dict) -> None:
    assert detect_reply(request_, _identity()) is None


# --- over the wire


@pytest.fixture
async def events() -> list[DetectRequested]:
    return []


@pytest.fixture
async def server(
    address: str, device: DeviceCertificate, events: list[DetectRequested]
) -> AsyncIterator[BindServer]:
    server = BindServer(_identity(address, "Grüße §§"), events.append)
    listeners = [
        Listener(Service.BIND, address, 3000, server.factory(Service.BIND)),
        Listener(
            Service.BIND_TLS,
            address,
            3002,
            server.factory(Service.BIND_TLS),
            tls=device.control_context(),
        ),
    ]
    for listener in listeners:
        listener.start()
    yield server
    for listener in listeners:
        listener.close()
        await listener.wait_closed()
    server.close()


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def _exchange(address: str, port: int, *parts: bytes) -> bytes:
    tls = _trusting() if port == 3002 else None
    reader, writer = await asyncio.open_connection(address, port, ssl=tls)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
        async with asyncio.timeout(LIMIT_S):
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize("port", [3000, 3002])
async def test_detect_is_answered_on_both_ports_and_the_connection_ends(
    server: BindServer, address: str, port: int, events: list[DetectRequested]
) -> None:
    answer = await _exchange(address, port, DETECT_FRAME)
    assert answer[:2] == b"\xa5\xa5"
    assert answer[-2:] == b"\xa7\xa7"
    assert int.from_bytes(answer[2:4], "little") == len(answer)
    login = json.loads(answer[4:-2])["login"]
    assert login["name"] == "Grüße §§"
    assert events == [
        DetectRequested(
            peer="127.0.0.1",
            service=Service.BIND if port == 3000 else Service.BIND_TLS,
        )
    ]


@pytest.mark.parametrize("port", [3000, 3002])
async def test_a_request_in_single_bytes_is_answered(
    server: BindServer, address: str, port: int
) -> None:
    answer = await _exchange(address, port, *(bytes([byte]) for byte in DETECT_FRAME))
    assert json.loads(answer[4:-2])["login"]["id"] == "01P00A391812345"


async def test_pipelined_requests_get_one_answer(
    server: BindServer, address: str, events: list[DetectRequested]
) -> None:
    answer = await _exchange(address, 3000, DETECT_FRAME + DETECT_FRAME)
    assert int.from_bytes(answer[2:4], "little") == len(answer)
    assert len(events) == 1


@pytest.mark.parametrize("port", [3000, 3002])
async def test_nonsense_closes_without_an_answer(
    server: BindServer, address: str, port: int, events: list[DetectRequested]
) -> None:
    assert await _exchange(address, port, b"\x00\x01\x02\x03") == b""
    assert events == []


async def test_a_silent_client_is_dropped_after_the_time_limit(
    server: BindServer, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bind, "EXCHANGE_TIMEOUT_S", 0.05)
    reader, writer = await asyncio.open_connection(address, 3000)
    writer.write(b"\xa5\xa5")
    async with asyncio.timeout(LIMIT_S):
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.close()


async def test_closing_the_server_ends_exchanges_under_way(
    server: BindServer, address: str
) -> None:
    reader, writer = await asyncio.open_connection(address, 3000)
    writer.write(b"\xa5\xa5")
    await writer.drain()
    while not server._connections:
        await asyncio.sleep(0.01)
    server.close()
    async with asyncio.timeout(LIMIT_S):
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.close()
