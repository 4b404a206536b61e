"""What diagnostics tell of a real printer: enough to understand what happened, and nothing that is secret."""

import json
from typing import Any

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.diagnostics import (
    async_get_device_diagnostics,
)
from custom_components.bambu_virtual_printer.engine.machines.dialogue import (
    MAX_MESSAGES,
)
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.core import HomeAssistant
from scripts.printer_double import PrinterDouble
from scripts.printer_double.double import ACCESS_CODE
from tests.support.home_assistant import AddPrinter, DeviceOf, Send, Told
from tests.support.real_printers import AddReal
from tests.support.waiting import until

OTHER_SERIAL = "00M09A391800147"
SLICER = "192.168.178.44"
FOREIGN: tuple[dict[str, Any], ...] = (
    # What another program ordered, and got for an answer.
    {
        "print": {
            "command": "project_file",
            "sequence_id": "20001",
            "result": "success",
            "reason": f"asked by {SLICER} with {ACCESS_CODE} for {OTHER_SERIAL}",
            "url": f"https://cloud.example/{OTHER_SERIAL}/secret.3mf?token=abc",
            "subtask_name": "Birthday present",
            "param": "Metadata/plate_1.gcode",
        }
    },
    {
        "info": {
            "command": "get_version",
            "sequence_id": "20002",
            "result": "success",
            "module": [
                {"name": "ams/0", "sn": OTHER_SERIAL, "sw_ver": "00.00.06.49"},
                {"note": [f"seen at {SLICER}", OTHER_SERIAL]},
            ],
        }
    },
)


def _say(double: PrinterDouble, message: dict[str, Any]) -> None:
    double.broker.publish(message)


async def test_diagnostics_of_a_real_printer_tell_the_dialogue_and_nothing_secret(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    told: Told,
    device_of: DeviceOf,
) -> None:
    double, machine = await add_real(settings={"print_from_queue": True})
    await until(lambda: machine.is_reporting)
    for message in FOREIGN:
        _say(double, message)
    printer = await add_printer(mode="queue", filing={"hold": False})
    await send(printer)
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=30)
    await until(lambda: len(machine.machine.dialogue) > len(FOREIGN))
    device = device_of(machine.id)
    assert device

    shown = await async_get_device_diagnostics(hass, hub.entry, device)

    assert shown["sessions"] == 1
    assert shown["url_form"] == "ftp://{name}"
    assert shown["mapping_form"]
    dialogue = shown["dialogue"]
    assert 0 < len(dialogue) <= MAX_MESSAGES
    sent = [one["fields"]["command"] for one in dialogue if one["direction"] == "sent"]
    assert sent.count("project_file") == 1
    replies = [one["fields"] for one in dialogue if one["direction"] == "received"]
    # What they are for is still there.
    assert any(one.get("param") == "Metadata/plate_1.gcode" for one in replies)
    assert "00.00.06.49" in json.dumps(dialogue)
    text = json.dumps(shown)
    for secret in (
        ACCESS_CODE,
        machine.config.serial,
        machine.config.host,
        OTHER_SERIAL,
        SLICER,
        "Birthday present",
        "Gear and star",
        "Gear_and_star",
        "secret.3mf",
        "token=abc",
    ):
        assert secret not in text, secret


async def test_no_more_than_the_last_messages_are_kept(
    hass: HomeAssistant, add_real: AddReal, hub: Hub, device_of: DeviceOf
) -> None:
    double, machine = await add_real()
    for number in range(MAX_MESSAGES + 20):
        _say(double, {"print": {**FOREIGN[0]["print"], "sequence_id": str(number)}})
    last = str(MAX_MESSAGES + 19)
    await until(
        lambda: any(
            one.fields.get("sequence_id") == last for one in machine.machine.dialogue
        )
    )
    device = device_of(machine.id)
    assert device
    shown = await async_get_device_diagnostics(hass, hub.entry, device)
    assert len(shown["dialogue"]) == MAX_MESSAGES
