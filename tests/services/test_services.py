from collections.abc import Callable
from typing import Any

import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from scripts import slicer
from tests.support.home_assistant import (
    AddPrinter,
    Call,
    DeviceOf,
    Send,
    SentFile,
    unsigned,
)


async def test_archives_are_listed_a_page_at_a_time(
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    for number, title in enumerate(("Apple", "Cherry", "Banana")):
        await send(printer, sliced_file(f"{title}.gcode.3mf", title=title, seed=number))
    first = await call("list_archives", limit=2)
    assert [archive["name"] for archive in first["archives"]] == ["Banana", "Cherry"]
    assert first["total"] == 3
    second = await call("list_archives", limit=2, cursor=first["cursor"])
    assert [archive["name"] for archive in second["archives"]] == ["Apple"]
    assert second["cursor"] is None
    by_name = await call("list_archives", sort="name")
    assert [archive["name"] for archive in by_name["archives"]] == [
        "Apple",
        "Banana",
        "Cherry",
    ]
    assert (await call("list_archives", search="che pla"))["total"] == 1


async def test_filters_by_printer_model_time_and_marks(
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    device_of: DeviceOf,
) -> None:
    garage, attic = await add_printer("Garage"), await add_printer("Attic")
    await send(garage, sliced_file("a.gcode.3mf", title="A"))
    await send(attic, sliced_file("b.gcode.3mf", title="B", model="N2S", seed=2))

    async def _names(**filters: Any) -> set[str]:
        listed = await call("list_archives", **filters)
        return {archive["name"] for archive in listed["archives"]}

    device = device_of(attic.id)
    assert device
    assert await _names(device_id=device.id) == {"B"}
    assert await _names(sliced_for="Bambu Lab P1S") == {"A"}
    (a,) = (await call("list_archives", search="A", sliced_for="Bambu Lab P1S"))[
        "archives"
    ]
    await call(
        "update_archive",
        archive_id=a["archive_id"],
        favourite=True,
        tags="Gift",
        project="X",
    )
    assert await _names(favourite=True) == {"A"}
    assert await _names(favourite=False) == {"B"}
    assert await _names(tags=["gift"]) == {"A"}
    assert await _names(project="X") == {"A"}
    assert await _names(received_after="2020-01-01 00:00:00") == {"A", "B"}
    assert await _names(received_before="2020-01-01 00:00:00") == set()
    assert await _names(received_before="2120-01-01T00:00:00+02:00") == {"A", "B"}


async def test_an_archive_tells_everything(
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    sent = sliced_file(plates=2, filaments=2, title="Gift &amp; box")
    options = slicer.PrintOptions(plate=2, timelapse=True, ams_mapping=(1, 0))
    await send(printer, sent, print_options=options)
    (listed,) = (await call("list_archives"))["archives"]
    details = await call("get_archive", archive_id=listed["archive_id"])
    assert unsigned(listed).items() <= unsigned(details).items()
    assert details["name"] == "Gift & box"
    assert details["printer"] == "Garage"
    assert details["source_ip"] == "127.0.0.1"
    assert details["plate_count"] == 2
    assert details["print_time_s"] == sent.spec.print_time_s
    assert details["filament_g"] == sent.spec.filament_g
    assert details["filament_types"] == ["PLA", "PETG"]
    assert details["sliced_for"] == "Bambu Lab P1S"
    assert details["printable"] is True
    assert details["layer_height_mm"] == 0.2
    assert details["nozzle_diameters_mm"] == [0.4]
    assert details["designer"] == "Demo Designer"
    assert details["problems"] == []
    assert [plate["number"] for plate in details["plates"]] == [1, 2]
    assert all(plate["objects"] for plate in details["plates"])
    request = details["print_request"]
    assert request["plate"] == 2
    assert request["timelapse"] is True
    assert request["ams_mapping"] == (1, 0)
    assert request["subtask_name"] == "Gear and star"


async def test_writing_on_an_archive_changes_only_what_is_given(
    printer: ManagedPrinter, send: Send, call: Call
) -> None:
    await send(printer)
    (listed,) = (await call("list_archives"))["archives"]
    archive_id = listed["archive_id"]
    await call(
        "update_archive",
        archive_id=archive_id,
        notes="Needs a brim",
        tags=["Gift", "gift", " "],
        project="Christmas",
    )
    changed = await call("update_archive", archive_id=archive_id, favourite=True)
    assert changed["notes"] == "Needs a brim"
    assert changed["tags"] == ["Gift"]
    assert changed["project"] == "Christmas"
    assert changed["favourite"] is True
    cleared = await call("update_archive", archive_id=archive_id, tags=[], project="")
    assert (cleared["tags"], cleared["project"]) == ([], "")
    assert cleared["notes"] == "Needs a brim"


@pytest.mark.parametrize("purge", [False, True])
async def test_a_deleted_archive_is_gone_and_its_numbers_stay_unless_purged(
    printer: ManagedPrinter, send: Send, call: Call, hub: Hub, purge: bool
) -> None:
    await send(printer)
    (listed,) = (await call("list_archives"))["archives"]
    answer = await call("delete_archive", archive_id=listed["archive_id"], purge=purge)
    assert answer == {"archive_id": listed["archive_id"], "deleted": True}
    assert (await call("list_archives"))["total"] == 0
    statistics = await hub.library.statistics()
    assert statistics.ever_archived == (0 if purge else 1)
    with pytest.raises(ServiceValidationError) as raised:
        await call("get_archive", archive_id=listed["archive_id"])
    assert raised.value.translation_key == "not_found"


@pytest.mark.parametrize("name", ["get_archive", "update_archive", "delete_archive"])
async def test_an_unknown_archive_is_named_in_the_error(
    hub: Hub, call: Call, name: str
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call(name, archive_id="01KAPWZ3V8X4M2T9C6B5N7Q1RD")
    assert raised.value.translation_key == "not_found"
    assert raised.value.translation_placeholders == {"id": "01KAPWZ3V8X4M2T9C6B5N7Q1RD"}


@pytest.mark.parametrize(
    "data", [{"limit": 0}, {"limit": 501}, {"sort": "colour"}, {"colour": "red"}]
)
async def test_bad_input_is_refused(hub: Hub, call: Call, data: dict[str, Any]) -> None:
    with pytest.raises(probatio.Invalid):
        await call("list_archives", **data)


async def test_a_made_up_cursor_is_an_error_in_words(hub: Hub, call: Call) -> None:
    with pytest.raises(HomeAssistantError) as raised:
        await call("list_archives", cursor="nonsense")
    assert raised.value.translation_key == "library_error"


async def test_a_device_of_somebody_else_is_an_error(hub: Hub, call: Call) -> None:
    with pytest.raises(ServiceValidationError):
        await call("list_archives", device_id="not a device")


async def test_actions_say_when_the_hub_is_not_loaded(
    hass: HomeAssistant, hub: Hub, entry: MockConfigEntry, call: Call
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError) as raised:
        await call("list_archives")
    assert raised.value.translation_key == "not_loaded"


async def test_the_hub_and_real_printers_are_no_virtual_printers(
    hub: Hub, entry: MockConfigEntry, call: Call, device_of: DeviceOf, real_printer: str
) -> None:
    for owner in (entry.entry_id, real_printer):
        device = device_of(owner)
        assert device
        for action, data in (
            ("list_archives", {}),
            ("list_pending", {}),
            ("list_queue", {}),
            ("discard_pending", {"all": True}),
            ("check_setup", {}),
        ):
            with pytest.raises(ServiceValidationError) as raised:
                await call(action, device_id=device.id, **data)
            assert raised.value.translation_key == "not_a_virtual_printer"


async def test_the_first_and_the_last_day_mean_always_and_never(
    hass: HomeAssistant, printer: ManagedPrinter, send: Send, call: Call
) -> None:
    await send(printer)
    for zone in ("Europe/Berlin", "US/Pacific"):
        await hass.config.async_set_time_zone(zone)
        answer = await call(
            "list_archives",
            received_after="0001-01-01 00:00:00",
            received_before="9999-12-31 23:59:59",
        )
        assert answer["total"] == 1
