"""Slicers of a proxy, a virtual printer that shows the real one, the queue and entities: one session with a printer that takes one client.

How long the run of all of them goes is ONE_SESSION_MINUTES of the environment; the slow test has a quarter of one.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
import json
import os
from pathlib import Path
import ssl
from types import MappingProxyType
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.engine.machines import machine
from custom_components.bambu_virtual_printer.engine.machines.machine import Machine
from custom_components.bambu_virtual_printer.engine.machines.sharing import Guest
from custom_components.bambu_virtual_printer.engine.machines.values import Availability
from custom_components.bambu_virtual_printer.engine.net import printer_client
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.relay.mqtt import (
    session,
    shared_slicer,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.machines import ManagedMachine
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from scripts import slicer
from scripts.printer_double import PrinterDouble
from scripts.printer_double.faults import Faults
from scripts.printer_double.statuses import PLA_RED, ams, unit
from tests.support import mqtt_wire as wire
from tests.support.home_assistant import AddPrinter, Call, Send, SentFile, Told
from tests.support.mqtt_wire import RawClient
from tests.support.real_printers import GREEN, AddReal
from tests.support.waiting import until

CODE = "12345678"
MINUTES = float(os.environ.get("ONE_SESSION_MINUTES", "0.25"))


@dataclass(kw_only=True)
class Stage:
    """An A1 that takes one client, and a proxy of it."""

    double: PrinterDouble
    machine: ManagedMachine
    proxy: ManagedPrinter
    trust: ssl.SSLContext
    stack: AsyncExitStack

    async def connect(self, code: str = CODE, name: str = "slicer") -> RawClient:
        """Connect a slicer to the proxy, and log in."""
        client = await self.stack.enter_async_context(
            await RawClient.open(self.proxy.config.bind_ip, self.trust)
        )
        client.send(wire.connect(code, client_id=name))
        assert await client.expect(wire.CONNACK) == b"\x00\x00"
        return client

    async def subscribed(self, **options: Any) -> RawClient:
        """Connect a slicer that gets reports."""
        client = await self.connect(**options)
        client.send(wire.subscribe((f"device/{self.double.serial}/report", 0)))
        await client.expect(wire.SUBACK)
        return client

    def command(self, message: object, **options: Any) -> bytes:
        return wire.command(message, serial=self.double.serial, **options)


@pytest.fixture
async def stage(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    add_real: AddReal,
    hub: Hub,
    new_address: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Stage]:
    # Nothing here needs what an A1 has beside, and programs of the computer may have these ports at all addresses.
    monkeypatch.setitem(MODELS, "N2S", replace(MODELS["N2S"], extra_ports=()))
    double, added = await add_real(
        model="N2S",
        faults=Faults(slots=1),
        settings={"print_from_queue": True, "wait_for_plate": False},
        steps=40,
        step_s=0.02,
    )
    await until(lambda: added.is_reporting)
    # Of which nobody knows how much is left: in a long run it would be used up.
    green = GREEN | {"remain": -1}
    double.report(ams=ams(unit(0, "1002", green, PLA_RED, None, None)))
    subentry = ConfigSubentry(
        data=MappingProxyType(
            {"printer_id": added.id, "bind_ip": new_address(), "enabled": True}
        ),
        subentry_type="proxy",
        title="Proxy",
        unique_id="proxy",
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    await hass.async_block_till_done()
    proxy = hub.printers[subentry.subentry_id]
    await until(lambda: proxy.upstream and proxy.upstream.reachable)
    trust = ssl.create_default_context(cadata=hub.certificates.authority.pem)
    # Printers are named by their serial numbers.
    trust.check_hostname = False
    async with AsyncExitStack() as stack:
        yield Stage(double=double, machine=added, proxy=proxy, trust=trust, stack=stack)


def light(sequence_id: object, marker: str) -> dict[str, Any]:
    return {
        "system": {
            "sequence_id": sequence_id,
            "command": "ledctrl",
            "led_node": "chamber_light",
            "led_mode": "on",
            "marker": marker,
        }
    }


async def test_ten_slicers_use_the_one_session_with_the_printer(stage: Stage) -> None:
    slicers = [await stage.subscribed(name=f"slicer {n}") for n in range(10)]
    for client in slicers:
        # A1 report in deltas; who comes later gets everything all the same.
        status = await client.status()
        assert (status["msg"], status["gcode_state"]) == (0, "IDLE")
        assert status["ams"]["ams"][0]["tray"][0]["tray_type"] == "PLA"
    stage.double.report(gcode_state="FINISH")
    for client in slicers:
        assert (await client.status())["gcode_state"] == "FINISH"
    assert len(stage.proxy.slicers) == 10
    broker = stage.double.broker
    assert (broker.logins, broker.most_sessions, broker.turned_away) == (1, 1, 0)


async def test_a_reply_reaches_the_one_who_asked_under_the_id_it_asked_with(
    stage: Stage,
) -> None:
    first, second = await stage.subscribed(), await stage.subscribed()
    # Both count alike, in different notations.
    first.send(stage.command(light("20001", "first")))
    second.send(stage.command(light(20001, "second"), qos=1))
    await second.expect(wire.PUBACK)
    replies = [(await client.reply())["system"] for client in (first, second)]
    assert [reply["marker"] for reply in replies] == ["first", "second"]
    assert [reply["sequence_id"] for reply in replies] == ["20001", 20001]
    sent = stage.double.received("ledctrl")
    assert len({str(one["sequence_id"]) for one in sent}) == 2
    # What Home Assistant asks is nobody else's, and what the printer says by itself is everybody's.
    await stage.machine.async_set_light(on=False)
    stage.double.broker.publish(
        {"print": {"command": "gcode_line", "sequence_id": "3313", "result": "success"}}
    )
    for client in (first, second):
        assert (await client.reply())["print"]["sequence_id"] == "3313"


async def test_signed_commands_are_passed_on_byte_for_byte(stage: Stage) -> None:
    client, other = await stage.subscribed(), await stage.subscribed()
    signed = light("77", "signed") | {"header": {"sign_string": "c2lnbmVk"}}
    client.send(stage.command(signed))
    assert (await client.reply())["system"]["sequence_id"] == "77"
    assert stage.double.commands[-1]["system"]["sequence_id"] == "77"
    other.send(stage.command(light("78", "other")))
    assert (await other.reply())["system"]["marker"] == "other"


async def test_a_full_report_is_answered_without_asking_an_a1_each_time(
    stage: Stage,
) -> None:
    client, other = await stage.subscribed(), await stage.subscribed()
    for each in (client, other):
        await each.status()
    asked = len(stage.double.received("pushall"))
    client.send(stage.command({"pushing": {"sequence_id": "0", "command": "pushall"}}))
    status = await client.status()
    assert (status["msg"], status["command"]) == (0, "push_status")
    assert len(stage.double.received("pushall")) == asked
    version = {"info": {"sequence_id": "5", "command": "get_version"}}
    client.send(stage.command(version))
    reply = (await client.reply())["info"]
    assert reply["sequence_id"] == "5"
    assert reply["module"]
    # The other one has got nothing of it.
    other.send(stage.command(light("1", "mine")))
    assert (await other.reply())["system"]["marker"] == "mine"


async def test_no_message_tells_where_the_printer_is(stage: Stage) -> None:
    client = await stage.subscribed()
    await client.status()
    address = stage.double.address
    stage.double.report(ipcam={"rtsp_url": f"rtsps://{address}:322/streaming/live/1"})
    status = await client.status()
    ours = stage.proxy.config.bind_ip
    assert status["ipcam"]["rtsp_url"] == f"rtsps://{ours}:322/streaming/live/1"
    client.send(stage.command(light("5", f"at {ours}")))
    assert (await client.reply())["system"]["marker"] == f"at {ours}"
    assert stage.double.received("ledctrl")[-1]["marker"] == f"at {address}"


async def test_a_slicer_that_sends_its_last_command_again_is_obeyed_once(
    stage: Stage,
) -> None:
    client = await stage.subscribed(name="again")
    topic = f"device/{stage.double.serial}/request"
    payload = json.dumps(light("9", "once")).encode()
    client.send(wire.publish(topic, payload, 1, 4))
    await client.expect(wire.PUBACK)
    assert (await client.reply())["system"]["marker"] == "once"
    client.abort()
    back = await stage.subscribed(name="again")
    back.send(wire.publish(topic, payload, 1, 4, dup=True))
    await back.expect(wire.PUBACK)
    back.send(stage.command(light("10", "new")))
    assert (await back.reply())["system"]["marker"] == "new"
    markers = [one["marker"] for one in stage.double.received("ledctrl")]
    assert markers == ["once", "new"]


async def test_a_print_through_the_proxy_is_told_of(stage: Stage, told: Told) -> None:
    client = await stage.subscribed()
    command = {
        "sequence_id": "3", "command": "project_file", "file": "a.gcode.3mf", "subtask_name": "a", "subtask_id": "0",
        "task_id": "0", "project_id": "0", "url": "ftp://a.gcode.3mf",
    }  # fmt: skip
    client.send(stage.command({"print": command}))
    assert (await client.reply())["print"]["result"] == "success"
    assert EventKind.PRINT_REQUESTED in told.kinds


async def test_who_does_not_read_misses_reports_and_gets_a_full_one(
    stage: Stage,
) -> None:
    asleep, awake = await stage.subscribed(), await stage.subscribed()
    asleep._reader._transport.pause_reading()  # type: ignore[attr-defined]
    filler = "y" * 200_000
    shared = next(iter(stage.proxy._printer._relay._mqtt._sessions))  # type: ignore[union-attr]
    for number in range(200):
        stage.double.report(filler=f"{number}{filler}")
        while not (await awake.status()).get("filler", "").startswith(f"{number}y"):
            pass
        if shared._at_shared._has_missed:  # type: ignore[union-attr]
            break
    assert shared._at_shared._has_missed  # type: ignore[union-attr]
    held = shared.slicer_leg.transport.get_write_buffer_size()  # type: ignore[union-attr]
    assert held < 2 * 1024 * 1024
    stage.double.report(filler="over")
    asleep._reader._transport.resume_reading()  # type: ignore[attr-defined]
    while (await asleep.status()).get("filler") != "over":
        pass
    assert len(stage.proxy.slicers) == 2


async def test_who_never_reads_again_is_let_go(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_slicer, "STALL_LIMIT_S", 0.2)
    asleep, awake = await stage.subscribed(), await stage.subscribed()
    asleep._reader._transport.pause_reading()  # type: ignore[attr-defined]
    for number in range(200):
        stage.double.report(filler=f"{number}" + "y" * 200_000)
        while not (await awake.status()).get("filler", "").startswith(f"{number}y"):
            pass
        if len(stage.proxy.slicers) == 1:
            break
    await until(lambda: len(stage.proxy.slicers) == 1)
    stage.double.report(gcode_state="FINISH")
    while (await awake.status())["gcode_state"] != "FINISH":
        pass


async def test_many_commands_at_once_all_arrive_in_order(stage: Stage) -> None:
    client = await stage.subscribed()
    client.send(
        b"".join(stage.command(light(str(n), f"number {n}")) for n in range(200))
    )
    for number in range(200):
        reply = (await client.reply())["system"]
        assert reply["sequence_id"] == str(number)
        assert reply["marker"] == f"number {number}"


async def test_slicers_are_back_when_the_printer_is(stage: Stage) -> None:
    client = await stage.subscribed()
    await stage.double.power_off()
    await client.closed()
    await until(lambda: not stage.proxy.slicers)
    await stage.double.power_on()
    await until(lambda: stage.machine.is_reporting)
    await until(lambda: stage.proxy.upstream and stage.proxy.upstream.reachable)
    back = await stage.subscribed()
    assert (await back.status())["gcode_state"] == "IDLE"
    assert stage.double.broker.most_sessions == 1


async def test_a_slicer_that_comes_before_the_session_waits_for_it(
    stage: Stage,
) -> None:
    stage.double.broker.drop()
    await until(lambda: not stage.machine.is_reporting)
    client = await stage.subscribed()
    assert (await client.status())["gcode_state"] == "IDLE"
    assert stage.double.broker.most_sessions == 1


async def test_a_wrong_code_does_not_get_in_and_drops_nobody(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer_client, "HANDSHAKE_TIMEOUT_S", 1.0)
    client = await stage.subscribed()
    async with await RawClient.open(
        stage.proxy.config.bind_ip, stage.trust
    ) as stranger:
        stranger.send(wire.connect("00000000"))
        # An A1 whose one slot is taken does not even answer.
        await stranger.closed()
    client.send(stage.command(light("1", "still here")))
    assert (await client.reply())["system"]["marker"] == "still here"
    assert stage.double.broker.logins == 1


async def test_a_slicer_that_leaves_or_breaks_the_rules_leaves_the_others_alone(
    stage: Stage, told: Told
) -> None:
    leaving, broken, other = [await stage.subscribed() for _ in range(3)]
    leaving.send(wire.pingreq())
    await leaving.expect(wire.PINGRESP)
    leaving.send(wire.disconnect())
    await leaving.closed()
    broken.send(b"\x30\x03\x00\x09t")
    await broken.closed()
    await until(lambda: len(stage.proxy.slicers) == 1)
    assert told.kinds.count(EventKind.SLICER_DISCONNECTED) == 2
    other.send(stage.command(light("1", "still here")))
    assert (await other.reply())["system"]["marker"] == "still here"


async def test_before_anything_is_passed_through_the_printer_gives_a_sign(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer_client, "HANDSHAKE_TIMEOUT_S", 0.5)
    monkeypatch.setattr(machine, "ANSWER_TIMEOUT_S", 0.3)
    watch = stage.proxy._printer._relay._watch  # type: ignore[union-attr]
    monkeypatch.setattr(
        type(watch._upstream), "verified_lately", property(lambda _self: False)
    )
    asked = len(stage.double.received("get_version"))
    stage.double.report(sign=1)
    await until(lambda: (stage.machine.machine.report_age_s or 9) < 1)
    # It has just reported: that is sign enough.
    assert await watch.verified_address() == stage.double.address
    assert len(stage.double.received("get_version")) == asked
    monkeypatch.setattr(Machine, "report_age_s", property(lambda _self: 60.0))
    assert await watch.verified_address() == stage.double.address
    assert len(stage.double.received("get_version")) == asked + 1
    assert stage.double.broker.turned_away == 0
    # Whoever is at the address now says nothing in the session.
    stage.double.faults.silent = True
    assert await watch.verified_address() is None


async def test_the_will_of_a_slicer_that_breaks_off_stays_here(stage: Stage) -> None:
    topic = f"device/{stage.double.serial}/request"
    stop = json.dumps({"print": {"command": "stop", "sequence_id": "1"}}).encode()
    async with await RawClient.open(stage.proxy.config.bind_ip, stage.trust) as client:
        client.send(wire.connect(CODE, will=(topic, stop, 1, False)))
        await client.expect(wire.CONNACK)
        client.abort()
        await until(lambda: not stage.proxy.slicers)
    other = await stage.subscribed()
    other.send(stage.command(light("1", "mine")))
    assert (await other.reply())["system"]["marker"] == "mine"
    assert not stage.double.received("stop")


@pytest.mark.parametrize("end", [wire.disconnect(), b"\x30\x03\x00\x09t"])
async def test_what_a_slicer_sends_right_before_it_leaves_is_passed_on(
    stage: Stage, end: bytes
) -> None:
    client = await stage.subscribed()
    client.send(
        b"".join(stage.command(light(str(n), f"last {n}")) for n in range(5)) + end
    )
    await client.closed()
    await until(lambda: not stage.proxy.slicers)
    await until(lambda: len(stage.double.received("ledctrl")) == 5)
    # Nothing of it is left.
    await until(lambda: not stage.machine.machine.sharing._guests)
    assert not stage.proxy._printer._relay._mqtt._sessions  # type: ignore[union-attr]


async def test_who_hears_nothing_is_idle(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "IDLE_LIMIT_S", 0.3)
    # It has not subscribed to anything.
    silent = await stage.connect()
    await silent.closed()
    await until(lambda: not stage.proxy.slicers)


async def test_a_report_counts_as_something_heard(stage: Stage) -> None:
    hearing = await stage.subscribed()
    [relayed] = stage.proxy._printer._relay._mqtt._sessions  # type: ignore[union-attr]
    await hearing.status()
    heard_at = relayed._at_shared.active_at  # type: ignore[union-attr]
    stage.double.report(gcode_state="FINISH")
    await hearing.status()
    assert relayed._at_shared.active_at > heard_at  # type: ignore[union-attr]


async def test_a_printer_that_has_no_room_for_us_is_left_alone(stage: Stage) -> None:
    stage.double.faults.slots = 0
    stage.double.broker.drop()
    await until(
        lambda: stage.machine.state.availability is Availability.TOO_MANY_CLIENTS
    )
    attempts = stage.double.broker.attempts
    upstream = stage.proxy._printer._relay._watch._upstream  # type: ignore[union-attr]
    upstream.address = stage.double.address
    async with await RawClient.open(stage.proxy.config.bind_ip, stage.trust) as client:
        client.send(wire.connect(CODE))
        await client.closed()
    assert stage.double.broker.attempts >= attempts
    assert stage.double.broker.logins == 1


async def test_a_proxy_that_stops_leaves_the_session_as_it_is(
    stage: Stage, hub: Hub, hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    clients = [await stage.subscribed() for _ in range(3)]
    clients[0].send(
        b"".join(stage.command(light(str(n), "under way")) for n in range(100))
    )
    hass.config_entries.async_remove_subentry(entry, stage.proxy.id)
    await hass.async_block_till_done()
    for client in clients:
        await client.closed()
    assert not stage.machine.machine.sharing._guests
    stage.double.report(gcode_state="FINISH")
    await until(lambda: stage.machine.state.phase.value == "finish")
    assert stage.double.broker.logins == 1


async def test_a_command_that_cannot_be_passed_on_ends_its_slicer_only(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client, other = await stage.subscribed(), await stage.subscribed()

    async def _fail(*_args: object) -> None:
        raise RuntimeError("no way")

    with monkeypatch.context() as patched:
        patched.setattr(Guest, "send", _fail)
        client.send(stage.command(light("1", "lost")))
        await client.closed()
    other.send(stage.command(light("1", "still here")))
    assert (await other.reply())["system"]["marker"] == "still here"
    assert "could not be passed on" in caplog.text
    caplog.clear()


async def test_where_home_assistant_has_no_session_each_slicer_has_its_own(
    stage: Stage, hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    stage.double.faults.slots = 10
    stage.double.access_code = "newcode1"
    await stage.double.power_off()
    await stage.double.power_on()
    await until(lambda: stage.machine.state.availability is Availability.WRONG_CODE)
    await until(lambda: stage.proxy.upstream and stage.proxy.upstream.reachable)
    first = await stage.subscribed(code="newcode1")
    second = await stage.subscribed(code="newcode1")
    await until(lambda: len(stage.double.broker.sessions) == 2)
    first.send(stage.command(light("1", "first")))
    # Without one session for all, a printer answers everybody.
    for client in (first, second):
        assert (await client.reply())["system"]["marker"] == "first"


@dataclass(kw_only=True)
class Counts:
    """What a run of one slicer saw."""

    sent: int = 0
    answered: int = 0
    strange: list[str] = field(default_factory=list)
    reports: int = 0


async def _slice(stage: Stage, number: int, until_: float) -> Counts:
    """Ask again and again, with the same ids as all others, and look whose replies come."""
    counts = Counts()
    client = await stage.subscribed(name=f"slicer {number}")
    loop = asyncio.get_running_loop()
    while loop.time() < until_:
        for turn in range(10):
            sequence_id = str(20_000 + turn)
            marker = f"slicer {number} asks {counts.sent}"
            client.send(stage.command(light(sequence_id, marker)))
            counts.sent += 1
            while True:
                _topic, message = await client.message()
                if message.get("print", {}).get("command") == "push_status":
                    counts.reports += 1
                    continue
                [(kind, reply)] = message.items()
                if (kind, reply.get("marker"), reply.get("sequence_id")) == (
                    "system",
                    marker,
                    sequence_id,
                ):
                    counts.answered += 1
                    break
                counts.strange.append(json.dumps(message))
        await asyncio.sleep(0.8)
    return counts


@pytest.mark.slow
async def test_nobody_is_dropped_and_every_reply_reaches_its_asker_only(
    stage: Stage,
    hub: Hub,
    add_printer: AddPrinter,
    sliced_file: Callable[..., SentFile],
    send: Send,
    told: Told,
    call: Call,
    tmp_path: Path,
) -> None:
    mirror = await add_printer(
        "Mirror",
        model="N2S",
        mode="queue",
        filing={"target": stage.machine.id, "shows": "target", "hold": False},
    )
    ca = tmp_path / "trusted.pem"
    ca.write_text(hub.certificates.authority.pem)
    context = slicer.tls_context(mirror.config.serial, ca)
    end = asyncio.get_running_loop().time() + MINUTES * 60
    seen_in_mirror = prints = 0
    async with slicer.session(
        mirror.config.bind_ip, CODE, mirror.config.serial, context
    ) as watching:
        running = [
            asyncio.create_task(_slice(stage, number, end)) for number in range(10)
        ]
        number = 0
        while not all(task.done() for task in running):
            number += 1
            ended = told.kinds.count(EventKind.JOB_COMPLETED)
            await send(mirror, sliced_file(f"Part {number}.gcode.3mf", model="N2S"))
            await until(
                lambda ended=ended: (  # type: ignore[misc]
                    told.kinds.count(EventKind.JOB_COMPLETED) > ended
                ),
                timeout_s=60,
            )
            prints += 1
            status = await watching.status()
            seen_in_mirror += bool(status["ams"]["ams"])
            await asyncio.sleep(1.0)
        counts = [await task for task in running]
    sent, answered = (
        sum(one.sent for one in counts),
        sum(one.answered for one in counts),
    )
    broker = stage.double.broker
    print(  # noqa: T201 - read by whoever runs it
        f"\n{MINUTES} minutes: {sent} commands of 10 slicers, {answered} answered, "
        f"{sum(len(one.strange) for one in counts)} replies to somebody else's, "
        f"{sum(one.reports for one in counts)} reports, {prints} plates printed, "
        f"{broker.logins} logins at the printer, {broker.turned_away} turned away"
    )
    assert not [strange for one in counts for strange in one.strange]
    assert sent == answered
    assert all(one.reports for one in counts)
    assert prints == len(stage.double.prints) == seen_in_mirror
    # Who had been dropped would have found the end of its connection.
    assert len(stage.proxy.slicers) == 10
    assert (broker.logins, broker.most_sessions, broker.turned_away) == (1, 1, 0)
