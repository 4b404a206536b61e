"""Logins, limits and hostile clients of the file tunnel; a normal client is served after each of them."""

import asyncio
from contextlib import ExitStack, suppress
import json
import os
import ssl
import struct

import pytest

from custom_components.bambu_virtual_printer.engine.emulator import port_6000
from custom_components.bambu_virtual_printer.engine.emulator.tunnel import conversation
from custom_components.bambu_virtual_printer.engine.net import guesses
from custom_components.bambu_virtual_printer.engine.values import Service
from tests.support.ftps_clients import pour, sliced_file
from tests.support.tunnel_client import CALL, LOGIN, call, frame, login
from tests.support.waiting import until

from .conftest import Rig

NAME = "Cube.gcode.3mf"
CONTENT = sliced_file(3000)


def works(rig: Rig) -> None:
    with rig.client() as client:
        assert client.upload(NAME, CONTENT)["result"] == 0


async def test_a_wrong_code_is_refused_after_the_delay_and_reported(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    delays: list[float] = []
    monkeypatch.setattr(
        guesses.GuessTracker,
        "refusal_delay_s",
        lambda _self, _peer: delays.append(0.0) or 0.0,
    )

    def scenario() -> None:
        with rig.client(log_in=False) as client:
            client.send(login("00000000"))
            assert client.is_closed()
        works(rig)

    await rig.do(scenario)
    assert delays == [0.0]
    [failed] = rig.logins_failed
    assert (failed.service, failed.attempts, failed.codes) == (Service.TUNNEL, 1, 1)


async def test_another_user_is_refused(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client(log_in=False) as client:
            client.send(login(user="root"))
            assert client.is_closed()
        works(rig)

    await rig.do(scenario)
    assert len(rig.logins_failed) == 1


async def test_a_login_in_single_bytes_is_a_login(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client(log_in=False) as client:
            for byte in login():
                client.send(bytes([byte]))
            client.receive()
            for byte in call(7, 1, {"peer": "studio"}):
                client.send(bytes([byte]))
            assert client.reply()[0]["result"] == 0

    await rig.do(scenario)


@pytest.mark.parametrize(
    "garbage",
    [
        frame(LOGIN, bytes(16)),
        frame(0x0003013F, b"{}"),
        struct.pack("<IIII", 2**32 - 1, CALL, 0, 0),
        struct.pack("<IIII", 10_000_000, CALL, 0, 0),
        frame(CALL, b"{" * 200_000),
        b"GET / HTTP/1.1\r\n\r\n",
        os.urandom(4096),
    ],
    ids=["login", "kind", "huge", "large", "head", "http", "noise"],
)
async def test_garbage_ends_the_connection_only(rig: Rig, garbage: bytes) -> None:
    def scenario() -> None:
        with rig.client() as client:
            with suppress(ConnectionError, ssl.SSLError):  # It may end in the middle.
                client.send(garbage)
            assert client.is_closed()
        works(rig)

    await rig.do(scenario)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\n\n",
        b"no JSON",
        b"[]",
        b"{}",
        b'{"mtype":1}',
        b'{"mtype":12289}',
        b'{"mtype":12289,"cmdtype":"5"}',
        b'{"mtype":12289,"cmdtype":-1}',
        b"[" * 60_000,
        b"\xff\xfe",
    ],
)
async def test_what_is_no_call_is_answered_so(rig: Rig, payload: bytes) -> None:
    def scenario() -> None:
        with rig.client() as client:
            client.send(frame(CALL, payload))
            assert client.reply()[0]["result"] == 2
            assert client.ask(7, {"peer": "studio"})["result"] == 0

    await rig.do(scenario)


async def test_calls_that_make_no_sense_are_answered(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client:
            assert client.ask(7, {})["result"] == 2
            assert client.ask(77, {"a": 1})["result"] == 16
            assert client.ask(5, {"path": 5, "total": 10})["result"] == 11
            assert client.ask(5, [])["result"] == 11
            assert client.ask(0x1000, {"tasks": [1]})["reply"] == {"tasks": [1]}
            # Bytes that nobody asked for, and pieces of nothing.
            client.start(7, {"peer": "studio"}, b"x" * 100_000)
            assert client.reply()[0]["result"] == 0
            client.start(5, {"frag_id": 0, "offset": 0, "size": 5}, b"hello")
            assert client.ask(1, {"type": "model"})["result"] == 0

    await rig.do(scenario)


async def test_pipelined_calls_are_answered_in_order(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client:
            client.send(b"".join(call(7, n, {"peer": "s"}) for n in range(300)))
            replies = [client.reply()[0]["sequence"] for _ in range(300)]
            assert replies == [*range(300)]

    await rig.do(scenario)


async def test_a_client_that_reads_nothing_is_not_read_for_ever(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client:
            client.sock.setblocking(False)
            flood = call(1, 1, {"type": "model"}) * 1000
            sent = 0
            try:
                while sent < 200_000_000:
                    sent += client.sock.send(flood)
            except BlockingIOError, ssl.SSLWantWriteError:
                pass
            assert sent < 200_000_000
            works(rig)

    await rig.do(scenario)


async def test_a_client_that_says_nothing_is_closed(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "IDLE_LIMIT_S", 0.1)

    def scenario() -> None:
        with rig.client() as client:
            assert client.is_closed()

    await rig.do(scenario)


async def test_an_upload_without_bytes_is_interrupted(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "TRANSFER_IDLE_LIMIT_S", 0.1)

    def scenario() -> None:
        with rig.client() as client:
            client.begin_upload(NAME, 100_000)
            assert client.is_closed()

    await rig.do(scenario)
    await until(lambda: len(rig.failed) == 1)


async def test_more_sessions_than_there_is_room_for_are_refused(rig: Rig) -> None:
    def scenario() -> None:
        with ExitStack() as stack:
            for _ in range(port_6000.MAX_CLIENTS):
                stack.enter_context(rig.client())
            with rig.client(log_in=False) as late:
                late.send(login())
                assert late.is_closed()

    await rig.do(scenario)
    await until(lambda: rig.printer._port_6000.logged_in == 0)  # type: ignore[union-attr]
    await rig.do(lambda: works(rig))


async def test_a_flood_of_pieces_without_an_upload_is_dropped(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client:
            piece = call(5, 1, {"frag_id": 0, "offset": 0, "size": 200_000}, bytes(200_000))  # fmt: skip
            for _ in range(50):
                client.send(piece)
            assert client.ask(7, {"peer": "studio"})["result"] == 0

    await rig.do(scenario)
    assert rig.events == []


async def test_a_client_that_leaves_anywhere_leaves_nothing(rig: Rig) -> None:
    """Cut after every length of a whole conversation's first bytes."""
    setup = {"sequence": 0, "mtype": 12291, "req": {}}
    said = (
        login()
        + frame(CALL, json.dumps(setup).encode())
        + call(5, 1, {"path": NAME, "total": len(CONTENT)})
        + call(5, 1, {"frag_id": 0, "offset": 0, "size": len(CONTENT)}, CONTENT)
    )

    def scenario() -> None:
        for length in [*range(0, 200, 7), *range(200, len(said), 97)]:
            with rig.client(log_in=False) as client:
                client.send(said[:length])
        works(rig)

    await rig.do(scenario)
    await until(lambda: rig.printer._port_6000.logged_in == 0)  # type: ignore[union-attr]
    await asyncio.sleep(0)


async def test_garbage_without_end_is_not_taken(rig: Rig) -> None:
    def scenario() -> None:
        with rig.client() as client:
            assert pour(client.sock)
        works(rig)

    await rig.do(scenario)
