"""FTPS commands in numbers, before any login."""

import asyncio
import logging
import socket
import ssl

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.ftps import session
from custom_components.bambu_virtual_printer.engine.emulator.ftps.session import (
    MAX_BACKLOG_BYTES,
    READ_BYTES,
    ControlSession,
)
from tests.support.ftps_clients import reset
from tests.support.serials import SERIAL
from tests.support.waiting import until

from .conftest import Target, Turns


@pytest.mark.parametrize("command", [b"NOOP", b"LIST", b"FEAT", b""])
async def test_commands_sent_ahead_are_answered_a_few_in_each_turn_of_the_loop(
    target: Target, turns: Turns, monkeypatch: pytest.MonkeyPatch, command: bytes
) -> None:
    steps = 0
    step = session.Dialogue.step

    def _counted(dialogue: session.Dialogue) -> object:
        nonlocal steps
        steps += 1
        turns.count()
        return step(dialogue)

    monkeypatch.setattr(session.Dialogue, "step", _counted)
    reader, writer = await asyncio.open_connection(
        target.address,
        990,
        ssl=ssl.create_default_context(cadata=target.ca.pem),
        server_hostname=SERIAL,
    )
    writer.write((command + b"\r\n") * 5000 + b"QUIT\r\n")
    async with asyncio.timeout(60):
        assert (await reader.read()).rstrip().endswith(b"221 Goodbye")
    writer.transport.abort()
    # And a step that finds nothing while more is awaited.
    assert turns.most <= session.COMMANDS_PER_TURN + 2
    assert steps > 0


async def test_no_more_is_buffered_than_may_be(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 0
    updated = ControlSession.buffer_updated

    def _measured(connection: ControlSession, nbytes: int) -> None:
        nonlocal most
        updated(connection, nbytes)
        most = max(most, connection._dialogue.backlog_bytes)

    monkeypatch.setattr(ControlSession, "buffer_updated", _measured)
    client = await asyncio.to_thread(target.ftps, log_in=False)
    await asyncio.to_thread(client.send_bytes, b"NOOP\r\n" * 50_000)
    await until(lambda: most > MAX_BACKLOG_BYTES, "the backlog is full")
    assert most <= MAX_BACKLOG_BYTES + READ_BYTES
    reset(client.sock)


@pytest.mark.parametrize("end", ["close", "half-close", "reset"])
async def test_a_client_that_leaves_its_commands_behind_fills_no_log(
    target: Target, caplog: pytest.LogCaptureFixture, end: str
) -> None:
    """The loud one is the half-close: asyncio logs every write that comes after one without close_notify."""

    def _leaves() -> None:
        client = target.ftps(log_in=False)
        client.send_bytes(b"NOOP\r\n" * 45_000)
        match end:
            case "close":
                client.close()
            case "half-close":
                client.sock.shutdown(socket.SHUT_WR)
            case _:
                client.reset()

    await asyncio.to_thread(_leaves)
    assert target.printer._ftps
    await until(
        lambda: target.printer._ftps and not target.printer._ftps.sessions, "it is gone"
    )
    lines = [record for record in caplog.records if record.levelno >= logging.INFO]
    assert len(lines) <= 1


async def test_no_line_is_longer_than_what_a_client_may_have_logged(
    target: Target, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def _sends() -> None:
        with target.ftps() as client:
            for line in (
                "STOR " + "x" * 2000,
                "SIZE " + "\\" * 200,
                "MKD " + "é" * 900,
            ):
                client.command(line)

    await asyncio.to_thread(_sends)
    ours = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components")
    ]
    assert ours
    assert max(map(len, ours)) < 500
