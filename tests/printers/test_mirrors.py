"""A virtual printer that shows the real one its jobs are meant for, with slicers, Home Assistant and a simulated printer."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from ipaddress import IPv4Address
from itertools import batched
import json
from pathlib import Path
import ssl
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.engine.machines.machine import Machine
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.last_reports import STORAGE_KEY
from custom_components.bambu_virtual_printer.printers.machines import ManagedMachine
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.core import HomeAssistant
from scripts import slicer
from scripts.printer_double import PrinterDouble
from scripts.printer_double.statuses import PLA_RED, ams, unit
from tests.engine.machines.recorded import FOLDER
from tests.support import mqtt_wire as wire
from tests.support.home_assistant import ACCESS_CODE, AddPrinter, Send
from tests.support.mqtt_wire import RawClient
from tests.support.real_printers import AddReal
from tests.support.waiting import until

type Connect = Callable[[ManagedPrinter], Any]


@pytest.fixture
async def connect(hub: Hub, tmp_path: Path) -> AsyncIterator[Connect]:
    """Log slicers in, which trust our CA."""
    ca = tmp_path / "trusted.pem"
    ca.write_text(hub.certificates.authority.pem)
    async with AsyncExitStack() as stack:

        async def _connect(printer: ManagedPrinter) -> slicer.Session:
            address, serial = printer.config.bind_ip, printer.config.serial
            context = slicer.tls_context(serial, ca)
            return await stack.enter_async_context(
                slicer.session(address, ACCESS_CODE, serial, context)
            )

        yield _connect


@pytest.fixture
async def stage(
    add_real: AddReal, hub: Hub, add_printer: AddPrinter
) -> tuple[PrinterDouble, ManagedMachine, ManagedPrinter]:
    """A simulated P1S, and a virtual one that shows it."""
    double, machine = await add_real()
    printer = await add_printer(filing={"target": machine.id, "shows": "target"})
    return double, machine, printer


async def seen(
    session: slicer.Session, matches: Callable[[dict[str, Any]], object]
) -> dict[str, Any]:
    """Wait for a status that matches."""
    report = await session.wait_for(
        lambda report: (
            report.get("print", {}).get("command") == "push_status"
            and bool(matches(report["print"]))
        )
    )
    status: dict[str, Any] = report["print"]
    return status


def colors(status: dict[str, Any]) -> list[str]:
    return [
        tray.get("tray_color", "")
        for unit in status["ams"]["ams"]
        for tray in unit["tray"]
        if tray.get("tray_type")
    ]


async def test_slicers_see_spools_and_progress_and_not_who_the_printer_is(
    stage: tuple[PrinterDouble, ManagedMachine, ManagedPrinter], connect: Connect
) -> None:
    double, _machine, printer = stage
    session = await connect(printer)
    assert colors(await session.status()) == ["00AE42FF", "FFFFFFFF"]
    double.report(gcode_state="RUNNING", subtask_name="Gear", mc_percent=42)
    status = await seen(session, lambda status: status["mc_percent"] == 42)
    assert (status["gcode_state"], status["subtask_name"]) == ("FINISH", "Gear")
    double.report(ams=ams(unit(0, "1001", PLA_RED, None, None, None)))
    status = await seen(session, lambda status: len(colors(status)) == 1)
    version = await session.reply_to(
        "info", await session.request("info", "get_version")
    )
    assert "ams/0" in [module["name"] for module in version["module"]]
    told = json.dumps([status, version])
    assert double.address not in told
    assert double.serial not in told
    assert len(double.received("get_version")) <= 2


# A printer's model, and what one of that model has published.
RECORDINGS = [
    ("N2S", "a1-print-cloud-multicolour.jsonl"),
    ("N1", "a1mini-idle.json"),
    ("N7", "p2s-finish.json"),
    ("BL-P001", "x1c-ams-finish.json"),
]
MESSAGES_AT_A_TIME = 40


def recorded(name: str) -> Iterator[dict[str, Any]]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    if name.endswith(".json"):
        yield from (
            value for value in json.loads(text).values() if isinstance(value, dict)
        )
    else:
        yield from (json.loads(line)["message"] for line in text.splitlines())


def with_identity(message: dict[str, Any], double: PrinterDouble) -> dict[str, Any]:
    """Put a printer's own serial number and addresses where a recording has made up ones, or none."""
    packed = IPv4Address(double.address).packed
    ours = str(int.from_bytes(packed, "little"))
    text = json.dumps(message).replace("192.0.2.10", double.address)
    message = json.loads(
        text.replace("167903424", ours).replace("REDACTED", double.serial)
    )
    if message.get("print", {}).get("command") == "push_status":
        message["print"] |= {
            "upgrade_state": {"sn": double.serial},
            "note": f"{double.serial} at {double.address}",
        }
    return message


def marked(number: int) -> Callable[[dict[str, Any]], bool]:
    return lambda status: status.get("mark") == number


@pytest.mark.parametrize(("model", "name"), RECORDINGS)
async def test_nothing_of_the_real_printers_identity_reaches_a_slicer(
    add_real: AddReal,
    add_printer: AddPrinter,
    connect: Connect,
    model: str,
    name: str,
) -> None:
    double, machine = await add_real(model=model)
    printer = await add_printer(
        model=model, filing={"target": machine.id, "shows": "target"}
    )
    session = await connect(printer)
    packed = IPv4Address(double.address).packed
    secrets = [
        double.serial,
        double.address,
        *(str(int.from_bytes(packed, order)) for order in ("little", "big")),
    ]
    told: list[dict[str, Any]] = []
    for number, messages in enumerate(batched(recorded(name), MESSAGES_AT_A_TIME)):
        for message in messages:
            double.broker.publish(with_identity(message, double))
        double.broker.publish(
            with_identity(
                {"print": {"command": "push_status", "msg": 1, "mark": number}}, double
            )
        )
        told.append(await seen(session, marked(number)))
    for kind, command in (("info", "get_version"), ("print", "extrusion_cali_get")):
        asked = await session.request(kind, command, of=double.serial)
        told.append(await session.reply_to(kind, asked))
    text = json.dumps(told)
    assert "note" in told[0]
    assert not [secret for secret in secrets if secret in text]


HOUR_S = 3600.0
ASK = {"info": {"command": "get_version", "sequence_id": "5"}}


def an_hour() -> Iterator[dict[str, Any]]:
    """Yield what printers published within an hour of printing, one recording after the other."""
    passed = 0.0
    while passed < HOUR_S:
        for name in ("local", "cloud", "cloud-multicolour"):
            text = (FOLDER / f"a1-print-{name}.jsonl").read_text(encoding="utf-8")
            lines = [json.loads(line) for line in text.splitlines()]
            yield from (line["message"] for line in lines)
            passed += lines[-1]["t"] - lines[0]["t"]


@pytest.mark.slow
async def test_in_an_hour_of_printing_no_octet_of_the_real_printer_reaches_a_slicer(
    add_real: AddReal, hub: Hub, add_printer: AddPrinter
) -> None:
    double, machine = await add_real(model="N2S", settings={"print_from_queue": True})
    trust = ssl.create_default_context(cadata=hub.certificates.authority.pem)
    # Printers are named by their serial numbers.
    trust.check_hostname = False
    printers = [
        await add_printer(f"Shows {shows}", model="N2S", filing=filing)
        for shows in ("target", "model")
        for filing in [{"target": machine.id, "shows": shows}]
    ]
    packed = IPv4Address(double.address).packed
    secrets = [double.serial.encode(), double.address.encode(), packed]
    secrets += [
        str(int.from_bytes(packed, order, signed=signed)).encode()
        for order in ("little", "big")
        for signed in (False, True)
    ]
    async with AsyncExitStack() as stack:
        clients = []
        for printer in printers:
            client = await stack.enter_async_context(
                await RawClient.open(printer.config.bind_ip, trust)
            )
            await client.log_in(ACCESS_CODE)
            topic = f"device/{printer.config.serial}/report"
            client.send(wire.subscribe((topic, 0)))
            await client.expect(wire.SUBACK)
            clients.append(client)
        told_bytes = reports = 0
        for number, messages in enumerate(batched(an_hour(), MESSAGES_AT_A_TIME)):
            for message in messages:
                double.broker.publish(with_identity(message, double))
            double.broker.publish(
                with_identity(
                    {"print": {"command": "push_status", "msg": 1, "mark": number}},
                    double,
                )
            )
            for client, printer in zip(clients, printers, strict=True):
                client.send(wire.command(ASK, serial=printer.config.serial))
                mark = f'"mark": {number}'.encode()
                while True:
                    body = await client.expect(wire.PUBLISH)
                    told_bytes += len(body)
                    reports += b"push_status" in body
                    assert not [secret for secret in secrets if secret in body]
                    if mark in body:
                        break
    assert reports > 40
    assert told_bytes > 400_000


async def test_light_and_spools_are_set_in_the_real_printer(
    stage: tuple[PrinterDouble, ManagedMachine, ManagedPrinter], connect: Connect
) -> None:
    double, _machine, printer = stage
    session, other = await connect(printer), await connect(printer)
    reply = await session.reply_to(
        "system",
        await session.request(
            "system", "ledctrl", led_node="chamber_light", led_mode="on"
        ),
    )
    assert reply["result"] == "success"
    await seen(
        other,
        lambda status: (
            status["lights_report"] == [{"node": "chamber_light", "mode": "on"}]
        ),
    )
    await session.reply_to(
        "print",
        await session.request(
            "print",
            "ams_filament_setting",
            ams_id=0,
            tray_id=0,
            tray_info_idx="GFG99",
            tray_color="112233FF",
            tray_type="PETG",
        ),
    )
    assert len(double.received("ams_filament_setting")) == 1
    await seen(other, lambda status: "112233FF" in colors(status))


async def test_nothing_is_controlled_before_the_owner_allows_it(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    stage: tuple[PrinterDouble, ManagedMachine, ManagedPrinter],
    connect: Connect,
) -> None:
    double, machine, printer = stage
    session = await connect(printer)
    reply = await session.reply_to(
        "print", await session.request("print", "stop", param="")
    )
    assert reply["result"] == "fail"
    assert not double.received("stop")
    subentry = entry.subentries[printer.id]
    hass.config_entries.async_update_subentry(
        entry,
        subentry,
        data={
            **subentry.data,
            "filing": {
                "target": machine.id,
                "shows": "target",
                "allow_control": True,
            },
        },
    )
    await hass.async_block_till_done()
    # The same session: a setting restarts nothing.
    reply = await session.reply_to(
        "print", await session.request("print", "stop", param="")
    )
    assert reply["result"] == "success"
    assert len(double.received("stop")) == 1


async def test_a_slicers_own_print_ends_while_the_real_printer_goes_on(
    stage: tuple[PrinterDouble, ManagedMachine, ManagedPrinter], send: Send
) -> None:
    double, machine, printer = stage
    double.report(gcode_state="RUNNING", subtask_name="Other", mc_percent=42)
    await until(lambda: machine.state.job.percent == 42)
    # It waits for FINISH under its own name.
    await send(printer, print_options=slicer.PrintOptions())
    assert not double.received("project_file")


async def test_spools_stay_and_the_rest_cools_down_when_the_printer_goes(
    hass: HomeAssistant,
    stage: tuple[PrinterDouble, ManagedMachine, ManagedPrinter],
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    double, machine, printer = stage
    session = await connect(printer)
    double.report(gcode_state="RUNNING", mc_percent=42, nozzle_temper=220.0)
    await seen(session, lambda status: status["nozzle_temper"] == 220.0)
    await double.power_off()
    await until(lambda: not machine.state.is_available)
    monkeypatch.setattr(Machine, "report_age_s", property(lambda _self: 120.0))
    status = await seen(session, lambda status: status["nozzle_temper"] == 25.0)
    assert colors(status) == ["00AE42FF", "FFFFFFFF"]
    assert (status["gcode_state"], status["mc_percent"]) == ("IDLE", 0)
    assert printer.slicers


@pytest.mark.parametrize(
    "filing",
    [
        {"target": "any", "shows": "target"},
        {"target": "none", "shows": "target"},
        {"shows": "nothing"},
        {},
    ],
)
async def test_a_printer_that_shows_nothing_is_empty_and_idle(
    stage: tuple[PrinterDouble, ManagedMachine, ManagedPrinter],
    add_printer: AddPrinter,
    connect: Connect,
    filing: dict[str, Any],
) -> None:
    double, machine, _ = stage
    printer = await add_printer("Attic", filing={"target": machine.id, **filing})
    session = await connect(printer)
    assert colors(await session.status()) == []
    await session.reply_to(
        "system",
        await session.request(
            "system", "ledctrl", led_node="chamber_light", led_mode="on"
        ),
    )
    assert not double.received("ledctrl")


async def test_a_printer_of_another_model_is_not_shown(
    stage: tuple[PrinterDouble, ManagedMachine, ManagedPrinter],
    add_printer: AddPrinter,
    connect: Connect,
) -> None:
    _double, machine, _ = stage
    printer = await add_printer(
        "Attic", model="N2S", filing={"target": machine.id, "shows": "target"}
    )
    assert colors(await (await connect(printer)).status()) == []


async def test_a_removed_printer_is_shown_no_more_and_slicers_stay(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    stage: tuple[PrinterDouble, ManagedMachine, ManagedPrinter],
    connect: Connect,
) -> None:
    _double, machine, printer = stage
    session = await connect(printer)
    assert colors(await session.status())
    hass.config_entries.async_remove_subentry(entry, machine.id)
    await hass.async_block_till_done()
    assert await seen(session, lambda status: not colors(status))
    assert printer.slicers


async def test_spools_are_known_after_a_restart_while_the_printer_is_off(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    stage: tuple[PrinterDouble, ManagedMachine, ManagedPrinter],
    connect: Connect,
    hass_storage: dict[str, Any],
) -> None:
    double, machine, printer = stage
    double.report(ams=ams(unit(0, "1001", None, PLA_RED, None, None)))
    await until(lambda: not machine.state.ams[0].spools[0].is_present)
    await double.power_off()
    assert await hass.config_entries.async_unload(entry.entry_id)
    stored = json.dumps(hass_storage[STORAGE_KEY])
    assert double.address not in stored
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    hub: Hub = entry.runtime_data
    status = await (await connect(hub.printers[printer.id])).status()
    assert colors(status) == ["C12E1FFF"]
    assert status["nozzle_temper"] == 25.0


async def test_a_removed_printer_is_forgotten(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    stage: tuple[PrinterDouble, ManagedMachine, ManagedPrinter],
    hass_storage: dict[str, Any],
) -> None:
    _double, machine, _printer = stage
    hass.config_entries.async_remove_subentry(entry, machine.id)
    await hass.async_block_till_done()
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert hass_storage[STORAGE_KEY]["data"] == {"reports": {}}
