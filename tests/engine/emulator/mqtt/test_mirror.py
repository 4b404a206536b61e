"""A real printer shown by the server: its reports to every slicer, and every slicer's commands to it and nobody else."""

from dataclasses import replace
import json
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.emulator.job import (
    GcodeState,
    JobReport,
)
from custom_components.bambu_virtual_printer.engine.emulator.mqtt import (
    forwarding,
    server,
)
from custom_components.bambu_virtual_printer.engine.mirror.values import (
    NoAnswerError,
    OwnJob,
    Target,
    UnreachableError,
)
from scripts.printer_double.statuses import p1s
from tests.support import mqtt_wire as wire
from tests.support.mqtt_wire import RawClient
from tests.support.serials import SERIAL
from tests.support.waiting import until

from .conftest import Printer

REAL_SERIAL = "01P09C4A2500777"
REAL_ADDRESS = "10.20.30.41"
OTHER_SERIAL = "00M00A391800001"
LIGHT = {
    "system": {
        "command": "ledctrl", "sequence_id": "41", "led_node": "chamber_light", "led_mode": "off",
    }
}  # fmt: skip
SPOOL = {
    "print": {
        "command": "ams_filament_setting", "sequence_id": "42", "ams_id": 0, "tray_id": 1, "tray_type": "PETG",
    }
}  # fmt: skip
K_PROFILES = {"print": {"command": "extrusion_cali_get", "sequence_id": "43"}}
STOP = {"print": {"command": "stop", "sequence_id": "44", "param": ""}}
GET_VERSION = {"info": {"command": "get_version", "sequence_id": "1"}}


def target(**fields: Any) -> Target:
    return Target(
        serial=REAL_SERIAL,
        places=(REAL_ADDRESS,),
        status=p1s(**fields),
        modules=(
            {"name": "ota", "sn": REAL_SERIAL, "sw_ver": "01.08.02.00"},
            {
                "name": "mc",
                "sn": REAL_SERIAL,
                "sw_ver": "00.01.32.85",
                "hw_ver": "MC07",
            },
            {
                "name": "ams/0",
                "sn": "00600A900000002",
                "sw_ver": "1",
                "hw_ver": "AMS08",
            },
        ),
        is_live=True,
        revision=0,
    )


@pytest.fixture
def shown(printer: Printer) -> Printer:
    printer.mirror.target = target()
    return printer


async def test_every_slicer_sees_the_spools_within_two_reports(shown: Printer) -> None:
    for client in (await shown.slicer(), await shown.slicer()):
        status = await client.status()
        assert status["msg"] == 0
        types = [tray.get("tray_type") for tray in status["ams"]["ams"][0]["tray"]]
        assert types == ["PLA", "PLA", "", "PETG"]


async def test_what_the_printer_says_next_is_in_the_next_report(shown: Printer) -> None:
    client = await shown.slicer()
    assert (await client.status())["mc_percent"] == 0
    shown.mirror.target = replace(
        target(gcode_state="RUNNING", mc_percent=42, subtask_name="Gear"), revision=1
    )
    # One report may have been on its way.
    await client.status()
    status = await client.status()
    assert status["mc_percent"] == 42
    assert (status["gcode_state"], status["subtask_name"]) == ("FINISH", "Gear")


async def test_changes_are_sent_at_once_and_together(
    shown: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not with the next report that is due: none is due any more."""
    monkeypatch.setattr(server, "REPORT_INTERVAL_S", 3600.0)
    client = await shown.slicer()
    await client.status()
    for percent in (41, 42):
        shown.mirror.target = replace(
            target(gcode_state="RUNNING", mc_percent=percent), revision=percent
        )
        shown.server.target_changed()
    assert (await client.status())["mc_percent"] == 42
    shown.mirror.target = replace(
        target(gcode_state="RUNNING", mc_percent=43), revision=43
    )
    shown.server.target_changed()
    assert (await client.status())["mc_percent"] == 43


async def test_changes_are_not_scheduled_while_no_slicer_is_there(
    shown: Printer,
) -> None:
    shown.server.target_changed()
    assert shown.server._changes_timer is None
    client = await shown.slicer()
    shown.server.target_changed()
    client.send(wire.disconnect())
    await until(lambda: not shown.server.connections)
    assert shown.server._changes_timer is None


async def test_a_printer_that_falls_silent_cools_down(shown: Printer) -> None:
    shown.mirror.target = target(nozzle_temper=220.0)
    client = await shown.slicer()
    assert (await client.status())["nozzle_temper"] == 220.0
    shown.mirror.target = replace(target(nozzle_temper=220.0), is_live=False)
    while (status := await client.status())["nozzle_temper"] != 25.0:
        pass
    assert status["ams"]["ams"]


@pytest.mark.parametrize("own", [OwnJob.UNDER_WAY, OwnJob.ENDED])
async def test_a_slicers_own_job_goes_first(shown: Printer, own: OwnJob) -> None:
    shown.mirror.target = target(gcode_state="RUNNING", subtask_name="Gear")
    shown.own = own
    shown.job = JobReport(gcode_state=GcodeState.PREPARE, subtask_name="Mine")
    status = await (await shown.slicer()).status()
    assert (status["gcode_state"], status["subtask_name"]) == ("PREPARE", "Mine")


async def test_modules_have_the_serial_that_the_client_knows(shown: Printer) -> None:
    client = await shown.slicer()
    client.send(wire.subscribe((f"device/{OTHER_SERIAL}/report", 0)))
    await client.expect(wire.SUBACK)
    client.send(wire.command(GET_VERSION, serial=OTHER_SERIAL))
    modules = (await client.reply())["info"]["module"]
    assert [(module["name"], module["sn"]) for module in modules] == [
        ("ota", OTHER_SERIAL),
        ("mc", OTHER_SERIAL),
        ("ams/0", "00600A900000002"),
    ]


@pytest.mark.parametrize("message", [LIGHT, SPOOL, K_PROFILES])
async def test_light_and_spools_go_to_the_printer_and_the_reply_to_who_asked(
    shown: Printer, message: dict[str, Any]
) -> None:
    [kind] = message
    shown.mirror.reply = {
        "sequence_id": "1999999999", "command": "other", "result": "success", "of": REAL_SERIAL, "at": REAL_ADDRESS,
        "filaments": [{"k_value": "0.020"}],
    }  # fmt: skip
    asking, other = await shown.slicer(), await shown.slicer()
    reply = (await asking.ask(message))[kind]
    assert reply["command"] == message[kind]["command"]
    assert reply["sequence_id"] == message[kind]["sequence_id"]
    assert reply["filaments"] == [{"k_value": "0.020"}]
    assert (reply["of"], reply["at"]) == (SERIAL, shown.address)
    [(got_kind, command, fields)] = shown.mirror.requests
    assert (got_kind, command) == (kind, message[kind]["command"])
    assert fields.items() >= message[kind].items()
    for _ in range(2):
        _topic, report = await other.message()
        assert report["print"]["command"] == "push_status"


async def test_replies_in_any_order_reach_their_askers(shown: Printer) -> None:
    shown.mirror.answers.clear()
    clients = [await shown.slicer() for _ in range(5)]
    for number, client in enumerate(clients):
        message = {"print": {"command": "ams_get_rfid", "sequence_id": f"{number}"}}
        client.send(wire.command(message))
    await until(lambda: len(shown.mirror.requests) == 5)
    shown.mirror.answers.set()
    for number, client in enumerate(clients):
        assert (await client.reply())["print"]["sequence_id"] == f"{number}"


@pytest.mark.parametrize(
    "command", ["stop", "pause", "resume", "gcode_line", "print_speed", "unheard_of"]
)
async def test_what_acts_on_a_print_is_answered_and_goes_nowhere(
    shown: Printer, command: str
) -> None:
    client = await shown.slicer()
    reply = await client.ask({"print": {"command": command, "sequence_id": "9"}})
    assert reply["print"]["result"] == "fail"
    assert "does not control" in reply["print"]["reason"]
    assert (reply["print"]["command"], reply["print"]["sequence_id"]) == (command, "9")
    assert not shown.mirror.requests


@pytest.mark.parametrize(
    ("kind", "command"),
    [("upgrade", "start"), ("xcam", "xcam_control_set"), ("system", "reboot")],
)
async def test_updates_and_unknown_commands_go_nowhere(
    shown: Printer, kind: str, command: str
) -> None:
    client = await shown.slicer()
    reply = await client.ask({kind: {"command": command, "sequence_id": "9"}})
    assert reply[kind]["sequence_id"] == "9"
    assert not shown.mirror.requests


async def test_an_owner_can_allow_control(shown: Printer) -> None:
    shown.mirror.allows_control = True
    client = await shown.slicer()
    assert (await client.ask(STOP))["print"]["result"] == "success"
    assert [command for _, command, _ in shown.mirror.requests] == ["stop"]


async def test_a_print_is_never_passed_on(shown: Printer) -> None:
    shown.mirror.allows_control = True
    client = await shown.slicer()
    await client.ask(
        {"print": {"command": "project_file", "sequence_id": "7", "file": "a.3mf"}}
    )
    await client.ask(GET_VERSION)
    assert not shown.mirror.requests


async def test_a_command_sent_twice_is_passed_on_once(shown: Printer) -> None:
    client = await shown.slicer()
    topic, payload = f"device/{SERIAL}/request", json.dumps(SPOOL).encode()
    client.send(wire.publish(topic, payload, qos=1, packet_id=5))
    await client.expect(wire.PUBACK)
    await client.reply()
    client.send(wire.publish(topic, payload, qos=1, packet_id=5, dup=True))
    await client.expect(wire.PUBACK)
    await client.ask(K_PROFILES)
    assert [command for _, command, _ in shown.mirror.requests] == [
        "ams_filament_setting",
        "extrusion_cali_get",
    ]


async def test_a_printer_that_cannot_be_reached_is_answered_for(shown: Printer) -> None:
    """Print dialogs wait for the list of calibrations; an empty one lets them go on."""
    shown.mirror.fails = UnreachableError()
    client = await shown.slicer()
    reply = (await client.ask(K_PROFILES))["print"]
    assert (reply["result"], reply["filaments"]) == ("success", [])


async def test_no_answer_is_told(shown: Printer) -> None:
    shown.mirror.fails = NoAnswerError()
    reply = (await (await shown.slicer()).ask(LIGHT))["system"]
    assert (reply["result"], reply["sequence_id"]) == ("fail", "41")


async def test_a_list_that_the_printer_does_not_have_is_empty(shown: Printer) -> None:
    """Dialogs wait for it, and an older firmware does not know it."""
    shown.mirror.fails = NoAnswerError()
    reply = (await (await shown.slicer()).ask(K_PROFILES))["print"]
    assert (reply["result"], reply["filaments"]) == ("success", [])


@pytest.mark.parametrize(
    ("diameter", "told"), [("0.6", 0.6), ("odd", 0.4), ("nan", 0.4), (None, 0.4)]
)
async def test_the_nozzle_is_the_real_printers(
    shown: Printer, diameter: object, told: float
) -> None:
    shown.mirror.target = target(
        nozzle_diameter=diameter, nozzle_type="stainless_steel"
    )
    client = await shown.slicer()
    reply = await client.ask(
        {"system": {"command": "get_accessories", "sequence_id": "5"}}
    )
    assert reply["system"]["nozzle_diameter"] == told
    assert not shown.mirror.requests


async def test_a_flood_does_not_reach_the_printer(
    shown: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "MAX_UNDER_WAY", 2)
    shown.mirror.answers.clear()
    client = await shown.slicer()
    for _ in range(3):
        client.send(wire.command(LIGHT))
    assert (await client.reply())["system"]["result"] == "fail"
    assert len(shown.mirror.requests) == 2


async def test_a_command_longer_than_any_real_one_is_not_passed_on(
    shown: Printer,
) -> None:
    client: RawClient = await shown.slicer()
    reply = await client.ask({"camera": {"command": "odd", "more": "x" * 20_000}})
    assert reply["camera"]["command"] == "odd"
    assert not shown.mirror.requests


async def test_nothing_is_shown_or_passed_on_before_the_printer_has_reported(
    printer: Printer,
) -> None:
    printer.mirror.target = replace(target(), status={"mc_percent": 4})
    client = await printer.slicer()
    assert (await client.status())["ams"]["ams"] == []
    assert (await client.ask(STOP))["print"]["result"] == "success"
    assert not printer.mirror.requests


async def test_what_is_under_way_ends_with_the_server(shown: Printer) -> None:
    shown.mirror.answers.clear()
    client = await shown.slicer()
    client.send(wire.command(LIGHT))
    await until(lambda: shown.mirror.requests)
    await shown.server.close()
    assert not shown.server._shown._tasks
