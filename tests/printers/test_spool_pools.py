"""A virtual printer that shows the spools of all real printers of its model, with slicers, Home Assistant and simulated printers."""

from collections.abc import Callable
import json
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from custom_components.bambu_virtual_printer.printers.spool_pools import STORAGE_KEY
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from scripts import slicer
from scripts.printer_double import PrinterDouble
from scripts.printer_double.statuses import PETG_WHITE, PLA_BLACK, PLA_RED, ams, unit
from tests.support.home_assistant import AddPrinter, Send, Told
from tests.support.real_printers import GREEN, AddReal
from tests.support.waiting import until

from .test_mirrors import Connect, colors, connect, seen

__all__ = ["connect"]

ALLOWED = {"print_from_queue": True, "wait_for_plate": False}
POOLED: dict[str, Any] = {"filing": {"target": "any", "shows": "model", "hold": False}}


def spools(*filaments: dict[str, Any] | None) -> dict[str, Any]:
    return ams(unit(0, "1001", *filaments))


def slots(status: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {
        (one["id"], tray["id"]): tray["tray_color"]
        for one in status["ams"]["ams"]
        for tray in one["tray"]
        if tray.get("tray_type")
    }


async def real(
    add_real: AddReal, name: str, *filaments: dict[str, Any] | None, **options: Any
) -> tuple[PrinterDouble, Any]:
    double, machine = await add_real(name, **{"settings": ALLOWED} | options)
    await until(lambda: machine.is_reporting)
    double.report(ams=spools(*filaments))
    await until(
        lambda: (
            [spool.color for spool in machine.state.spools if spool.is_present]
            == [one["tray_color"] for one in filaments if one]
        )
    )
    return double, machine


async def test_slicers_see_every_spool_of_those_that_print_from_the_queue(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    connect: Connect,
) -> None:
    one, _machine = await real(add_real, "One", GREEN, PLA_RED, None, None)
    two, _other = await real(add_real, "Two", PLA_RED, PETG_WHITE, None, None)
    third, machine = await real(
        add_real, "Three", PLA_BLACK, None, None, None, settings={}
    )
    printer = await add_printer(**POOLED)
    session = await connect(printer)
    assert colors(await session.status()) == ["00AE42FF", "C12E1FFF", "FFFFFFFF"]
    # Its owner lets the queue print there: seen at once.
    await hub.machines.async_set(machine.id, "print_from_queue", value=True)
    status = await seen(session, lambda status: len(colors(status)) == 4)
    version = await session.reply_to(
        "info", await session.request("info", "get_version")
    )
    assert [m["name"] for m in version["module"] if "/" in m["name"]] == ["ams/0"]
    told = json.dumps([status, version])
    for double in (one, two, third):
        assert double.serial not in told
        assert double.address not in told


async def _set(session: slicer.Session, **fields: Any) -> dict[str, Any]:
    filament = {
        "tray_info_idx": "GFG99",
        "tray_color": "112233FF",
        "tray_type": "PETG",
    }
    request = await session.request(
        "print", "ams_filament_setting", **(filament | fields)
    )
    return await session.reply_to("print", request)


async def test_a_spool_is_set_at_the_one_printer_that_has_it_and_keeps_its_slot(
    add_real: AddReal, hub: Hub, add_printer: AddPrinter, connect: Connect
) -> None:
    one, _machine = await real(add_real, "One", GREEN, PLA_RED, None, None)
    two, _other = await real(add_real, "Two", PLA_RED, None, PETG_WHITE, None)
    printer = await add_printer(**POOLED)
    session = await connect(printer)
    before = slots(await session.status())
    [(unit_id, slot_id)] = [key for key, color in before.items() if color == "FFFFFFFF"]
    shown_at = {"ams_id": int(unit_id), "slot_id": int(slot_id)}
    reply = await _set(session, **shown_at, tray_id=int(slot_id))
    assert reply["result"] == "success"
    # At its own place there, and by the place that is shown in the reply.
    [sent] = two.received("ams_filament_setting")
    assert (sent["ams_id"], sent["slot_id"], sent["tray_id"]) == (0, 2, 2)
    assert {key: reply[key] for key in shown_at} == shown_at
    assert not one.received("ams_filament_setting")
    status = await seen(session, lambda status: "112233FF" in colors(status))
    assert slots(status) == before | {(unit_id, slot_id): "112233FF"}


async def test_what_is_not_of_one_printer_goes_to_none_and_says_why(
    add_real: AddReal, hub: Hub, add_printer: AddPrinter, connect: Connect
) -> None:
    one, machine = await real(add_real, "One", GREEN, PLA_RED, None, None)
    two, _other = await real(add_real, "Two", PLA_RED, None, None, None)
    one.report(vt_tray={"id": "254", **PLA_BLACK})
    printer = await add_printer(**POOLED)
    session = await connect(printer)
    status = await seen(session, lambda status: len(slots(status)) == 3)
    at = {color: key for key, color in slots(status).items()}

    async def _why(color: str | None, **fields: Any) -> str:
        if color is not None:
            unit_id, slot_id = map(int, at[color])
            fields = {"ams_id": unit_id, "tray_id": slot_id}
        reply = await _set(session, **fields)
        assert reply["result"] == "fail"
        return str(reply["reason"])

    assert "several slots" in await _why(PLA_RED["tray_color"])
    assert "in no AMS" in await _why(PLA_BLACK["tray_color"])
    assert "empty" in await _why(None, ams_id=3, tray_id=3)
    assert "no such slot" in await _why(None, ams_id=0)
    await machine.async_stop()
    assert "is off" in await _why(GREEN["tray_color"])
    await machine.async_start()
    reply = await session.reply_to(
        "system",
        await session.request(
            "system", "ledctrl", led_node="chamber_light", led_mode="on"
        ),
    )
    assert (reply["result"], bool(reply["reason"])) == ("fail", True)
    await session.reply_to(
        "print", await session.request("print", "extrusion_cali_get")
    )
    assert not any(
        double.received(command)
        for double in (one, two)
        for command in ("ams_filament_setting", "extrusion_cali_get", "ledctrl")
    )


async def test_what_changes_nothing_about_spools_is_not_sent_again(
    add_real: AddReal, hub: Hub, add_printer: AddPrinter
) -> None:
    one, machine = await real(add_real, "One", GREEN, None, None, None)
    two, other = await real(add_real, "Two", PLA_RED, None, None, None)
    await add_printer(**POOLED)
    before = hub.printers.pools.look(machine.config.model)
    for number, double in enumerate((one, two)):
        double.report(nozzle_temper=200.0 + number, mc_percent=7, wifi_signal="-1dBm")
    await until(lambda: all(one.state.job.percent == 7 for one in (machine, other)))
    assert hub.printers.pools.look(machine.config.model) is before
    two.report(vt_tray={"id": "254", **PLA_BLACK})
    await until(lambda: hub.printers.pools.look(machine.config.model) is not before)


async def test_spools_keep_their_slots_through_changes_and_restarts(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    add_real: AddReal,
    add_printer: AddPrinter,
    connect: Connect,
    hass_storage: dict[str, Any],
) -> None:
    one, _machine = await real(add_real, "One", GREEN, PLA_RED, PETG_WHITE, None)
    await real(add_real, "Two", PLA_BLACK, None, None, None)
    printer = await add_printer(**POOLED)
    session = await connect(printer)
    before = slots(await session.status())
    assert len(set(before.values())) == 4
    one.report(ams=spools(None, PLA_RED, None, None))
    after = slots(await seen(session, lambda status: len(slots(status)) == 2))
    assert after.items() <= before.items()
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert list(hass_storage[STORAGE_KEY]["data"]["slots"]) == ["Bambu Lab P1S"]
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    hub: Hub = entry.runtime_data
    session = await connect(hub.printers[printer.id])
    assert slots(await seen(session, slots)) == after
    one.report(ams=spools(PETG_WHITE, PLA_RED, GREEN, None))
    status = await seen(session, lambda status: len(slots(status)) == 4)
    assert slots(status) == before


async def test_what_was_chosen_is_printed_where_it_is_loaded_from_the_slot_it_is_in(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    connect: Connect,
    send: Send,
    told: Told,
) -> None:
    like_green = GREEN | {"tray_info_idx": "GFL99"}
    one, _machine = await real(add_real, "One", PLA_BLACK, GREEN, None, None)
    two, _other = await real(add_real, "Two", PLA_RED, None, like_green, None)
    printer = await add_printer(mode="queue", **POOLED)
    status = await (await connect(printer)).status()
    [(unit_id, slot)] = [
        (int(unit["id"]), int(tray["id"]))
        for unit in status["ams"]["ams"]
        for tray in unit["tray"]
        if tray["tray_info_idx"] == "GFL99"
    ]
    assert unit_id == 0
    assert slot != 2
    options = slicer.PrintOptions(ams_mapping=(slot,))
    await send(printer, print_options=options)
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=30)
    assert not one.prints
    [command] = two.received("project_file")
    assert command["ams_mapping"] == [2]
    received = (await hub.library.received_by(printer.id)).last
    assert received is not None
    request = received.request
    assert request is not None
    assert (request.ams_mapping, request.ams_mapping2) == (None, None)
    assert request.spools == (
        {"type": "PLA", "preset_id": "GFL99", "color": "00AE42FF"},
    )


async def test_spools_that_no_slot_is_left_for_are_said(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    add_real: AddReal,
    add_printer: AddPrinter,
    connect: Connect,
) -> None:
    def many(first: int) -> dict[str, Any]:
        return ams(
            *(
                unit(
                    id_,
                    "1001",
                    *(
                        PLA_BLACK | {"tray_color": f"{first + 4 * id_ + slot:06X}FF"}
                        for slot in range(4)
                    ),
                )
                for id_ in range(3)
            )
        )

    printer = await add_printer(**POOLED)
    issue = ("bambu_virtual_printer", f"spools_left_out_{printer.id}")
    issues = ir.async_get(hass).issues
    one, _machine = await add_real("One", settings=ALLOWED)
    two, _other = await add_real("Two", settings=ALLOWED)
    one.report(ams=many(0x100))
    two.report(ams=many(0x200))
    session = await connect(printer)
    await seen(session, lambda status: len(slots(status)) == 20)
    assert issues[issue].translation_placeholders == {
        "printer": "Garage",
        "count": "4",
        "spools": issues[issue].translation_placeholders["spools"],  # type: ignore[index]
    }
    assert "000208" in str(issues[issue].translation_placeholders)
    two.report(ams=spools(PLA_RED, None, None, None))
    await seen(session, lambda status: len(slots(status)) == 13)
    await until(lambda: issue not in issues)


async def test_without_a_printer_that_may_print_it_is_empty_and_idle(
    hass: HomeAssistant,
    add_real: AddReal,
    add_printer: AddPrinter,
    connect: Connect,
) -> None:
    await real(add_real, "One", GREEN, None, None, None, settings={})
    await real(add_real, "Two", PLA_RED, None, None, None, model="N2S")
    printer = await add_printer(**POOLED)
    status = await (await connect(printer)).status()
    assert (colors(status), status["gcode_state"]) == ([], "IDLE")


async def test_only_real_printers_that_can_be_shown_are_offered_to_print_on(
    hass: HomeAssistant,
    add_real: AddReal,
    add_printer: AddPrinter,
    entity_id: Callable[..., str],
    state: Callable[..., Any],
) -> None:
    await add_real("Cellar")
    _double, other = await add_real("Attic", model="N2S")

    def offered(printer: ManagedPrinter) -> set[str]:
        return set(state("select", printer, "target").attributes["options"])

    for shows in ("target", "model"):
        printer = await add_printer(f"Shows {shows}", filing={"shows": shows})
        assert offered(printer) == {"any", "none", "Cellar"}
    printer = await add_printer("Shows nothing", filing={"shows": "nothing"})
    assert offered(printer) == {"any", "none", "Cellar", "Attic"}
    # What was chosen before stays visible.
    printer = await add_printer("Old", filing={"shows": "target", "target": other.id})
    assert offered(printer) == {"any", "none", "Cellar", "Attic"}
    assert state("select", printer, "target").state == "Attic"
