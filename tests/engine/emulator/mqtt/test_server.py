"""The server behind its real listener, with clients on real TLS."""

import asyncio
from collections import Counter
from contextlib import suppress
import itertools
import json
import logging
import random
import socket
import time
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.job import (
    GcodeState,
    JobReport,
)
from custom_components.bambu_virtual_printer.engine.emulator.mqtt import (
    connection,
    server,
)
from custom_components.bambu_virtual_printer.engine.events import (
    LoginFailed,
    PrintRequested,
    SlicerConnected,
    SlicerDisconnected,
)
from custom_components.bambu_virtual_printer.engine.net import admission, guesses
from custom_components.bambu_virtual_printer.engine.net.admission import (
    limits_of_process,
)
from custom_components.bambu_virtual_printer.engine.printable import MAX_CLIENT_ID_CHARS
from custom_components.bambu_virtual_printer.engine.values import Service
from tests.support import mqtt_wire as wire
from tests.support.mqtt_wire import ACCESS_CODE, RawClient
from tests.support.serials import SERIAL
from tests.support.waiting import LIMIT_S, until

from .conftest import Printer

STRANGERS_OF_PEER = limits_of_process().unauthenticated_per_peer

OTHER_SERIAL = "00M09A000000001"
PUSHALL = {"pushing": {"command": "pushall", "sequence_id": "0"}}
GET_VERSION = {"info": {"command": "get_version", "sequence_id": "1"}}
PROJECT_FILE = {
    "print": {
        "command": "project_file",
        "sequence_id": "7",
        "param": "Metadata/plate_2.gcode",
        "file": "Würfel.gcode.3mf",
        "subtask_name": "Mein Würfel",
        "ams_mapping": [0, -1],
    }
}


# --- login ------------------------------------------------------------------------------------------------------------


async def test_the_right_code_gets_in_and_is_told_the_status_at_once(
    printer: Printer,
) -> None:
    client = await printer.connect()
    client.send(wire.connect())
    assert await client.packet() == (wire.CONNACK, b"\x00\x00")
    topic, report = await client.message()
    assert topic == f"device/{SERIAL}/report"
    assert report["print"]["command"] == "push_status"
    assert report["print"]["msg"] == 0
    assert printer.events == [SlicerConnected(peer="127.0.0.1", client_id="slicer")]
    (slicer,) = printer.server.connections
    assert (slicer.peer, slicer.client_id) == ("127.0.0.1", "slicer")


@pytest.mark.parametrize(
    "packet",
    [
        wire.connect("00000000"),
        wire.connect(""),
        wire.connect(None),
        wire.connect(None, user=None),
        wire.connect(user="root"),
        wire.connect("pässwört"),
        wire.connect("\U0001f512" * 100),
    ],
    ids=["wrong", "empty", "no code", "no user", "other user", "umlauts", "long"],
)
async def test_a_wrong_login_is_refused_after_a_while(
    printer: Printer, packet: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "REFUSAL_DELAY_S", 0.1)
    client = await printer.connect()
    before = time.monotonic()
    # What follows the login at once is not looked at.
    client.send(packet + wire.subscribe(("#", 0)) + wire.command(PROJECT_FILE))
    assert await client.packet() == (wire.CONNACK, b"\x00\x05")
    assert time.monotonic() - before >= 0.1
    await client.closed()
    assert printer.events == [
        LoginFailed(peer="127.0.0.1", service=Service.MQTT, attempts=1, codes=1)
    ]


async def test_nobody_is_locked_out_by_a_flood_of_wrong_codes(printer: Printer) -> None:
    wrong = [await printer.connect() for _ in range(STRANGERS_OF_PEER - 1)]
    for client in wrong:
        client.send(wire.connect("00000000"))
    slicer = await printer.slicer()
    assert (await slicer.status())["gcode_state"] == "IDLE"
    for client in wrong:
        assert await client.packet() == (wire.CONNACK, b"\x00\x05")
        await client.closed()
    await printer.slicer()
    assert len(printer.of(LoginFailed)) == 1
    assert len(printer.server.connections) == 2


async def test_a_client_that_leaves_while_it_is_being_refused_is_forgotten(
    printer: Printer,
) -> None:
    client = await printer.connect()
    client.send(wire.connect("00000000"))
    await until(lambda: printer.of(LoginFailed))
    await client.__aexit__()
    await until(lambda: not printer.server._open)


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"\x10\x0c\x00\x04MQTT\x05\x02\x00\x3c\x00\x00", b"\x00\x01"),
        (b"\x10\x0c\x00\x04HTTP\x04\x02\x00\x3c\x00\x00", b"\x00\x02"),
        (b"\x10\x04\x00\x04MQ", b"\x00\x02"),
    ],
)
async def test_a_connect_that_makes_no_sense_is_refused_with_a_reason(
    printer: Printer, data: bytes, answer: bytes
) -> None:
    client = await printer.connect()
    client.send(data)
    assert await client.packet() == (wire.CONNACK, answer)
    await client.closed()
    assert printer.events == []


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x10\xff\xff\xff\xff\x01",
        wire.publish("x", b"x" * connection.MAX_CONNECT_BYTES),
        wire.pingreq(),
        wire.command(PROJECT_FILE),
    ],
    ids=["HTTP", "endless length", "too long", "ping", "command"],
)
async def test_who_does_not_begin_with_a_connect_is_closed(
    printer: Printer, data: bytes
) -> None:
    client = await printer.connect()
    client.send(data)
    with pytest.raises(EOFError):
        await client.packet()
    assert printer.events == []


async def test_who_says_nothing_is_closed_some_time_later(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "LOGIN_LIMIT_S", 1.0)
    client = await printer.connect()
    with pytest.raises(EOFError):
        await client.packet()
    await until(lambda: not printer.server._open)


async def test_a_second_connect_ends_the_session(printer: Printer) -> None:
    client = await printer.slicer()
    client.send(wire.connect())
    await client.closed()
    await until(lambda: printer.of(SlicerDisconnected))
    assert (
        str(printer.of(SlicerDisconnected)[0].reason)
        == "it does not keep to the protocol (a second CONNECT)"
    )


async def test_a_malformed_second_connect_gets_no_answer(printer: Printer) -> None:
    client = await printer.slicer()
    client.send(b"\x10\x04\x00\x04MQ")
    with pytest.raises(EOFError):
        await client.expect(wire.CONNACK)


async def test_what_a_client_calls_itself_is_bounded_and_shows_what_it_is(
    printer: Printer,
) -> None:
    client = await printer.connect()
    client.send(wire.connect(client_id="evil\u202e\n" + "x" * 60_000))
    await client.expect(wire.CONNACK)
    await until(lambda: printer.of(SlicerConnected))
    (connected,) = printer.of(SlicerConnected)
    (slicer,) = printer.server.connections
    assert connected.client_id == slicer.client_id
    assert slicer.client_id.startswith("evil xxx")
    assert len(slicer.client_id) == MAX_CLIENT_ID_CHARS


async def test_two_sessions_with_one_client_id_both_live(printer: Printer) -> None:
    first, second = await printer.slicer(), await printer.slicer()
    for client in (first, second):
        assert "info" in await client.ask(GET_VERSION)
    assert len(printer.server.connections) == 2


async def test_a_will_is_accepted_and_never_published(printer: Printer) -> None:
    other = await printer.slicer()
    client = await printer.connect()
    client.send(wire.connect(will=(f"device/{SERIAL}/request", b"{}", 1, True)))
    assert await client.expect(wire.CONNACK) == b"\x00\x00"
    await client.__aexit__()
    await until(lambda: printer.of(SlicerDisconnected))
    assert list(await other.ask(GET_VERSION)) == ["info"]


async def test_more_slicers_than_there_is_room_for_are_refused_with_one_warning(
    printer: Printer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(server, "MAX_SLICERS", 2)
    first = await printer.slicer()
    await printer.slicer()
    for _ in range(2):
        client = await printer.connect()
        client.send(wire.connect())
        assert await client.packet() == (wire.CONNACK, b"\x00\x03")
        await client.closed()
    # A busy machine has asyncio warn of slow callbacks.
    warnings = [
        record
        for record in caplog.records
        if record.levelno == logging.WARNING and record.name == server.__name__
    ]
    assert len(warnings) == 1
    assert "2 slicers are connected" in warnings[0].getMessage()
    first.send(wire.disconnect())
    await until(lambda: printer.of(SlicerDisconnected))
    await printer.slicer()


async def test_connections_that_never_log_in_do_not_keep_others_out(
    printer: Printer,
) -> None:
    unauthenticated = [await printer.connect() for _ in range(STRANGERS_OF_PEER)]
    await printer.slicer()
    await unauthenticated[0].closed()
    unauthenticated[1].send(wire.connect())
    assert await unauthenticated[1].expect(wire.CONNACK) == b"\x00\x00"


# --- sessions ---------------------------------------------------------------------------------------------------------


async def test_packets_are_understood_however_they_are_split(printer: Printer) -> None:
    client = await printer.connect()
    stream = b"".join(
        (
            wire.connect(),
            wire.subscribe((f"device/{SERIAL}/report", 0)),
            wire.command(GET_VERSION, qos=1, packet_id=5),
            wire.pingreq(),
        )
    )
    for byte in stream:
        # Each one becomes a TLS record of its own.
        client.send(bytes((byte,)))
        await asyncio.sleep(0)
    assert await client.expect(wire.CONNACK) == b"\x00\x00"
    assert await client.expect(wire.SUBACK) == b"\x00\x01\x00"
    assert await client.expect(wire.PUBACK) == b"\x00\x05"
    assert list(await client.reply()) == ["info"]
    assert await client.expect(wire.PINGRESP) == b""


async def test_a_command_as_long_as_a_packet_may_be_is_answered(
    printer: Printer,
) -> None:
    client = await printer.slicer()
    padded = {"info": GET_VERSION["info"] | {"padding": "x" * 1_040_000}}
    reply = await client.ask(padded)
    assert reply["info"]["sequence_id"] == "1"
    assert reply["info"]["module"]


async def test_a_longer_packet_ends_the_session(printer: Printer) -> None:
    client = await printer.slicer()
    client.send(b"\x30\x81\x80\x40")
    await client.closed()
    await until(lambda: printer.of(SlicerDisconnected))
    assert "too long" in str(printer.of(SlicerDisconnected)[0].reason)


async def test_subscribing_and_asking_are_answered_with_a_status(
    printer: Printer,
) -> None:
    client = await printer.slicer()
    await client.status()
    client.send(wire.subscribe((f"device/{SERIAL}/report", 1)))
    assert await client.packet() == (wire.SUBACK, b"\x00\x01\x01")
    assert await client.status()
    client.send(wire.command(PUSHALL))
    assert await client.status()
    client.send(wire.unsubscribe(f"device/{SERIAL}/report"))
    assert await client.expect(wire.UNSUBACK) == b"\x00\x01"


async def test_everybody_gets_a_numbered_status_again_and_again(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "REPORT_INTERVAL_S", 0.1)
    clients = [await printer.slicer() for _ in range(3)]
    for client in clients:
        numbers = [int((await client.status())["sequence_id"]) for _ in range(4)]
        assert numbers == sorted(set(numbers))


async def test_reports_are_made_only_while_somebody_is_there(printer: Printer) -> None:
    def ticking() -> bool:
        return printer.server._timer is not None

    assert not ticking()
    client = await printer.slicer()
    assert ticking()
    client.send(wire.disconnect())
    await until(lambda: printer.of(SlicerDisconnected))
    assert not ticking()


async def test_keep_alive_is_not_enforced(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "REPORT_INTERVAL_S", 0.6)
    client = await printer.connect()
    client.send(wire.connect(keep_alive_s=1))
    assert await client.expect(wire.CONNACK) == b"\x00\x00"
    for _ in range(4):
        assert await client.status()


async def test_a_change_is_told_to_everybody_at_once(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "REPORT_INTERVAL_S", 3600)
    clients = [await printer.slicer() for _ in range(2)]
    for client in clients:
        assert (await client.status())["gcode_state"] == "IDLE"
    printer.job = JobReport(gcode_state=GcodeState.FINISH, gcode_file="a.3mf")
    printer.server.publish_status()
    for client in clients:
        status = await client.status()
        assert (status["gcode_state"], status["gcode_file"]) == ("FINISH", "a.3mf")


async def test_nobody_to_tell_is_no_error(printer: Printer) -> None:
    printer.server.publish_status()
    assert printer.server.connections == ()


async def test_each_client_is_answered_under_the_serial_it_knows(
    printer: Printer,
) -> None:
    clients = {serial: await printer.slicer() for serial in (SERIAL, OTHER_SERIAL)}
    for serial, client in clients.items():
        await client.status()
        client.send(wire.subscribe((f"device/{serial}/report", 0)))
        await client.expect(wire.SUBACK)
        client.send(wire.command(GET_VERSION, serial=serial))
        for _ in range(3):
            topic, report = await client.message()
            assert topic == f"device/{serial}/report"
            if "info" in report:
                sns = {module["sn"] for module in report["info"]["module"]}
                assert sns == {serial}
                break
        else:
            pytest.fail("no answer")


async def test_replies_go_to_who_asked(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "REPORT_INTERVAL_S", 3600)
    asking, other = [await printer.slicer() for _ in range(2)]
    await other.status()
    for number in range(5):
        reply = await asking.ask({"print": {"command": "pause", "sequence_id": number}})
        assert reply["print"]["sequence_id"] == number
    # The first that the other one hears is the answer to its own question.
    other.send(wire.command({"system": {"command": "ledctrl", "sequence_id": "x"}}))
    _topic, report = await other.message()
    assert report["system"]["sequence_id"] == "x"


async def test_acknowledgements_come_before_answers(printer: Printer) -> None:
    client = await printer.slicer()
    await client.status()
    client.send(wire.command(GET_VERSION, qos=1, packet_id=300))
    assert await client.packet() == (wire.PUBACK, b"\x01\x2c")
    assert list(await client.reply()) == ["info"]
    client.send(wire.command(PROJECT_FILE, qos=2, packet_id=301))
    assert await client.expect(wire.PUBREC) == b"\x01\x2d"
    client.send(wire.command(PROJECT_FILE, qos=2, packet_id=301))
    assert await client.expect(wire.PUBREC) == b"\x01\x2d"
    client.send(wire.pubrel(301))
    assert await client.expect(wire.PUBCOMP) == b"\x01\x2d"
    assert len(printer.of(PrintRequested)) == 1


@pytest.mark.parametrize(("qos", "reply"), [(1, wire.PUBACK), (2, wire.PUBREC)])
async def test_a_print_sent_once_more_after_the_connection_broke_is_one_print(
    printer: Printer, qos: int, reply: int
) -> None:
    """MQTT clients send what was not acknowledged again, marked as DUP, when they are back."""
    client = await printer.slicer()
    client.send(wire.command(PROJECT_FILE, qos=qos, packet_id=7))
    await until(lambda: printer.of(PrintRequested))
    client.abort()
    again = await printer.slicer()
    topic, payload = f"device/{SERIAL}/request", json.dumps(PROJECT_FILE).encode()
    again.send(wire.publish(topic, payload, qos, 7, dup=True))
    assert await again.expect(reply) == b"\x00\x07"
    assert list(await again.reply()) == ["print"]
    assert len(printer.of(PrintRequested)) == 1
    other = await printer.connect()
    other.send(wire.connect(client_id="other"))
    assert await other.expect(wire.CONNACK) == b"\x00\x00"
    other.send(wire.publish(topic, payload, qos, 7, dup=True))
    await until(lambda: len(printer.of(PrintRequested)) == 2)


async def test_many_unacknowledged_messages_are_all_acknowledged(
    printer: Printer,
) -> None:
    client = await printer.slicer()
    client.send(
        b"".join(
            wire.command(PUSHALL, qos=1, packet_id=number) for number in range(1, 201)
        )
    )
    for number in range(1, 201):
        assert await client.expect(wire.PUBACK) == number.to_bytes(2)


# --- commands ---------------------------------------------------------------------------------------------------------


async def test_the_printer_prepares_before_a_print_is_acknowledged(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "REPORT_INTERVAL_S", 3600)
    printer.on_event = lambda _event: printer.server.publish_status()
    client = await printer.slicer()
    assert (await client.status())["gcode_state"] == "IDLE"
    assert (await client.status())["gcode_state"] == "IDLE"
    client.send(wire.command(PROJECT_FILE))
    status = await client.status()
    assert status["gcode_state"] == "PREPARE"
    assert status["subtask_name"] == "Mein Würfel"
    assert (await client.reply())["print"] == {
        "command": "project_file",
        "sequence_id": "7",
        "param": "Metadata/plate_2.gcode",
        "subtask_name": "Mein Würfel",
        "gcode_state": "PREPARE",
        "gcode_file": "Würfel.gcode.3mf",
        "gcode_file_prepare_percent": "0",
        "result": "SUCCESS",
        "msg": 0,
    }
    (event,) = printer.of(PrintRequested)
    assert event.upload_id is None
    assert event.request.file == "Würfel.gcode.3mf"
    assert event.request.plate == 2
    assert event.request.peer == "127.0.0.1"
    assert event.request.ams_mapping == (0, -1)


async def test_switches_are_seen_by_everybody(printer: Printer) -> None:
    client, other = [await printer.slicer() for _ in range(2)]
    light = {"command": "ledctrl", "led_node": "chamber_light", "led_mode": "off"}
    await client.ask({"system": light})
    await client.ask({"print": {"command": "print_speed", "param": "4"}})
    for viewer in (client, other):
        async with asyncio.timeout(LIMIT_S):
            while (status := await viewer.status())["spd_lvl"] != 4:
                pass
        assert status["spd_mag"] == 166
        assert status["lights_report"] == [{"node": "chamber_light", "mode": "off"}]


async def test_several_commands_in_one_message_are_each_answered(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "REPORT_INTERVAL_S", 3600)
    client = await printer.slicer()
    await client.status()
    client.send(wire.command(PUSHALL | GET_VERSION | {"header": {}, "user_id": "1"}))
    assert await client.status()
    assert list(await client.reply()) == ["info"]


async def test_what_is_no_command_is_ignored(
    printer: Printer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = await printer.slicer()
    for payload in (b"", b"\x00", b"{", b"[]", b"\xff\xfe", b'{"print": 5}'):
        client.send(wire.command(payload))
    assert list(await client.ask(GET_VERSION)) == ["info"]
    assert "5 bytes that are no command" not in caplog.text
    assert "1 bytes that are no command: not JSON" in caplog.text


async def test_the_access_code_never_shows_in_logs(
    printer: Printer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = await printer.slicer()
    reply = await client.ask({"system": {"command": "get_access_code"}})
    assert reply["system"]["access_code"] == ACCESS_CODE
    client.send(wire.command(f"no JSON but {ACCESS_CODE}".encode()))
    client.send(wire.connect())
    await client.closed()
    await until(lambda: printer.of(SlicerDisconnected))
    assert ACCESS_CODE not in caplog.text
    assert ACCESS_CODE not in repr(printer.events)


# --- coming to an end -------------------------------------------------------------------------------------------------


async def test_goodbyes_and_broken_connections_are_told_apart(
    printer: Printer,
) -> None:
    polite, gone, reset = [await printer.slicer() for _ in range(3)]
    polite.send(wire.disconnect())
    await polite.closed()
    await until(lambda: len(printer.of(SlicerDisconnected)) == 1)
    await gone.status()
    gone._writer.close()
    await until(lambda: len(printer.of(SlicerDisconnected)) == 2)
    raw = reset._writer.get_extra_info("socket")
    raw.setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00"
    )
    reset._writer.transport.abort()
    await until(lambda: len(printer.of(SlicerDisconnected)) == 3)
    reasons = [str(event.reason) for event in printer.of(SlicerDisconnected)]
    assert reasons[:2] == ["the slicer said goodbye", "the slicer left"]
    assert reasons[2].startswith("the connection broke: ")


async def test_what_a_client_sent_before_it_left_is_still_handled(
    printer: Printer, caplog: pytest.LogCaptureFixture
) -> None:
    # Few enough to arrive at once, before the connection is reset; many enough for several slices.
    client = await printer.slicer()
    requests = [
        {"print": PROJECT_FILE["print"] | {"file": f"{number}.3mf"}}
        for number in range(100)
    ]
    client.send(b"".join(wire.command(request) for request in requests))
    client._writer.close()
    await until(lambda: printer.of(SlicerDisconnected))
    files = [event.request.file for event in printer.of(PrintRequested)]
    assert files == [f"{number}.3mf" for number in range(100)]
    assert isinstance(printer.events[-1], SlicerDisconnected)
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


async def test_a_flood_leaves_everybody_else_their_turn(printer: Printer) -> None:
    loop = asyncio.get_running_loop()
    handled_in: Counter[int] = Counter()
    turn = 0

    def next_turn() -> None:
        nonlocal turn
        turn += 1
        if handled_in.total() < 500:
            loop.call_soon(next_turn)

    def count(_event: object) -> None:
        handled_in[turn] += 1

    client = await printer.slicer()
    printer.on_event = count
    client.send(wire.command(PROJECT_FILE) * 500)
    next_turn()
    await until(lambda: handled_in.total() == 500)
    # One slice for what was left over, one for what has just arrived.
    assert max(handled_in.values()) <= 2 * connection.PACKETS_PER_TURN


async def test_answers_do_not_wait_for_acknowledgements_of_tcp(
    printer: Printer,
) -> None:
    await printer.slicer()
    (held,) = printer.server._slicers
    sock = held._transport.get_extra_info("socket")
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def deaf_client(printer: Printer) -> RawClient:
    """Connect a client that takes a few kilobytes and then nothing more."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(sock, (printer.address, 8883))
    client = await printer.connect(sock=sock, limit=2048)
    await client.log_in()
    return client


async def test_a_client_that_stops_reading_is_dropped_and_holds_nobody_up(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "STALL_TIMEOUT_S", 1.5)
    other = await printer.slicer()
    client = await deaf_client(printer)
    for _ in range(300):
        client.send(wire.command(PUSHALL))
    held, *_ = [c for c, s in printer.server._slicers.items()][1:]
    await until(lambda: held.stalled_since is not None)
    for _ in range(2):
        assert await other.status()
    await until(lambda: printer.of(SlicerDisconnected))
    assert str(printer.of(SlicerDisconnected)[0].reason) == "the slicer stopped reading"
    assert len(printer.server.connections) == 1
    assert list(await other.ask(GET_VERSION)) == ["info"]


async def test_nobody_is_dropped_for_a_pause_of_the_process(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "REPORT_INTERVAL_S", 3600)
    client = await deaf_client(printer)
    for _ in range(300):
        client.send(wire.command(PUSHALL))
    (held,) = printer.server._slicers
    await until(lambda: held.stalled_since is not None)
    now = asyncio.get_running_loop().time()
    for paused_s in (65.0, 0.0):
        printer.server._timer.cancel()
        held.stalled_since = now - 65
        printer.server._tick(now - paused_s)
        assert held._transport.is_closing() == (not paused_s)
    await until(lambda: printer.of(SlicerDisconnected))


async def test_a_slow_client_gets_every_reply_and_is_sent_no_reports_meanwhile(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "REPORT_INTERVAL_S", 3600)
    client = await deaf_client(printer)
    for number in range(400):
        message = {"info": {"command": "get_version", "sequence_id": number}}
        client.send(wire.command(message))
    (held,) = printer.server._slicers
    await until(lambda: held.stalled_since is not None)
    for _ in range(5):
        printer.server.publish_status()
    assert (await client.status())["sequence_id"] == "1"
    for number in range(400):
        _topic, report = await client.message()
        assert report["info"]["sequence_id"] == number
    assert printer.of(SlicerDisconnected) == []


async def test_no_more_is_read_than_can_be_handled(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "STALL_TIMEOUT_S", 3600)
    client = await deaf_client(printer)
    (held,) = printer.server._slicers
    flood = wire.command(PUSHALL) * 1000
    for _ in range(300):
        # Some 30 MB in all; nearly everything stays with the client.
        client.send(flood)
    await until(lambda: held.stalled_since is not None)
    await until(lambda: held._decoder.buffered_bytes >= connection.READ_AHEAD_BYTES)
    assert not held._transport.is_reading()
    await asyncio.sleep(0.2)
    assert held._decoder.buffered_bytes < 3 * connection.READ_AHEAD_BYTES
    assert held._transport.get_write_buffer_size() < 1024 * 1024


async def test_a_client_that_vanishes_while_it_is_stalled_is_forgotten(
    printer: Printer,
) -> None:
    client = await deaf_client(printer)
    client.send(wire.command(PUSHALL) * 300)
    (held,) = printer.server._slicers
    await until(lambda: held.stalled_since is not None)
    client._writer.transport.abort()
    await until(lambda: printer.of(SlicerDisconnected))
    assert not printer.server._open


async def test_closing_ends_every_session(printer: Printer) -> None:
    slicers = [await printer.slicer() for _ in range(3)]
    stranger = await printer.connect()
    refused = await printer.connect()
    refused.send(wire.connect("00000000"))
    await until(lambda: printer.of(LoginFailed))
    held = tuple(printer.server._open)
    sockets = [one._transport.get_extra_info("socket") for one in held]
    assert len(sockets) == 5
    await printer.server.close()
    assert printer.server.connections == ()
    assert printer.server._timer is None
    assert [one._timer for one in held] == [None] * 5
    assert [one._turn for one in held] == [None] * 5
    assert [sock.fileno() for sock in sockets] == [-1] * 5
    for client in (*slicers, stranger, refused):
        await client.closed()
    assert {str(event.reason) for event in printer.of(SlicerDisconnected)} == {
        "the printer was stopped"
    }
    assert len(printer.of(SlicerDisconnected)) == 3
    await printer.server.close()


async def test_closing_does_not_wait_for_who_does_not_read(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "CLOSE_TIMEOUT_S", 0.2)
    client = await deaf_client(printer)
    client.send(wire.command(PUSHALL) * 300)
    (held,) = printer.server._slicers
    await until(lambda: held.stalled_since is not None)
    async with asyncio.timeout(LIMIT_S):
        await printer.server.close()
    assert not printer.server._open
    assert held._transport.is_closing()


async def test_who_comes_after_the_end_is_turned_away(printer: Printer) -> None:
    await printer.server.close()
    client = await printer.connect()
    with suppress(OSError):
        client.send(wire.connect())
    with pytest.raises((EOFError, OSError)):
        await client.packet()
    await until(lambda: not printer.server._open)
    assert printer.events == []


async def test_arbitrary_bytes_break_nothing(printer: Printer) -> None:
    loop = asyncio.get_running_loop()
    trouble: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _loop, context: trouble.append(context))
    chance = random.Random(20261122)
    samples = [
        wire.connect(),
        wire.connect("00000000", will=("a", b"b", 1, True)),
        wire.subscribe(("#", 1)),
        wire.command(GET_VERSION, qos=2),
        wire.command(PROJECT_FILE, qos=1),
        wire.pubrel(1),
        wire.disconnect(),
    ]
    for number in range(60):
        client = await printer.connect()
        if number % 2:
            await client.log_in()
        data = bytearray(b"".join(chance.choices(samples, k=4)))
        for _ in range(chance.randrange(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if number % 5 == 0:
            data = bytearray(chance.randbytes(300))
        for piece in itertools.batched(data, chance.randrange(1, 200), strict=False):
            client.send(bytes(piece))
        await client.__aexit__()
    assert list(await (await printer.slicer()).ask(GET_VERSION)) == ["info"]
    await until(lambda: len(printer.server._open) == 1)
    assert trouble == []


async def test_json_of_every_report_is_indented(printer: Printer) -> None:
    client = await printer.slicer()
    client.send(wire.command(GET_VERSION) + wire.command(PROJECT_FILE))
    for _ in range(4):
        body = await client.expect(wire.PUBLISH)
        text = body[2 + int.from_bytes(body[:2]) :].decode()
        assert text == json.dumps(json.loads(text), indent=4, ensure_ascii=False)
