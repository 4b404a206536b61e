"""A library that another Home Assistant shares, as a person sees it: whose is what, and what is done where."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import ReasonKey
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.driving import (
    HERE,
    NOBODY_KNOWN,
    Driver,
    OtherPrinter,
    Printers,
    RealPrinter,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import Plate
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.components import media_source
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from tests.support.home_assistant import AddPrinter, Call, DeviceOf, Send
from tests.support.real_printers import AddReal
from tests.support.waiting import until


@dataclass(kw_only=True)
class Others:
    """What is known of the others, in place of what the index knows."""

    known: Mapping[str, str] = field(default_factory=dict)
    others: dict[str, OtherPrinter] = field(default_factory=dict)
    registered: list[RealPrinter] = field(default_factory=list)

    async def names(self) -> Mapping[str, str]:
        return self.known

    async def register(self, printers: Sequence[RealPrinter]) -> None:
        self.registered = list(printers)

    async def printers(self) -> Printers:
        return Printers(others=self.others)

    async def take_over(self, _machine_id: str, _serial: str) -> Plate | None:
        return None


@dataclass(kw_only=True)
class Locks:
    """Who drives every printer."""

    now: Driver = HERE
    listeners: list[Callable[[], None]] = field(default_factory=list)

    def start(self) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Do nothing."""

    def ask(self, serial: str) -> None:
        """Do nothing."""

    def release(self, serial: str) -> None:
        """Do nothing."""

    def driver(self, _serial: str) -> Driver:
        return self.now

    async def confirm(self, _serial: str) -> bool:
        return self.now.is_here

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def give(self, driver: Driver) -> None:
        self.now = driver
        for listener in self.listeners:
            listener()


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> Others:
    """What is known of the others; to be asked for before the hub."""
    made = Others()
    monkeypatch.setattr(
        Library,
        "instances",
        property(lambda _self: made, lambda *_: None),
        raising=False,
    )
    return made


@pytest.fixture
def locks(monkeypatch: pytest.MonkeyPatch) -> Locks:
    """Who drives the printers; to be asked for before the hub."""
    made = Locks()
    monkeypatch.setattr(
        Library, "drivers", property(lambda _self: made, lambda *_: None), raising=False
    )
    return made


async def refresh(hass: HomeAssistant, hub: Hub) -> None:
    await hub.coordinator.async_refresh()
    await hass.async_block_till_done()


async def test_where_things_came_in_is_shown_once_there_are_several(
    hass: HomeAssistant,
    others: Others,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
) -> None:
    printer = await add_printer(mode="queue")
    await send(printer)
    [archive] = (await call("list_archives"))["archives"]
    assert archive["instance"] is None
    # As if it had come in at one of them.
    others.known = {"": "House", "2": "Cabin"}
    await refresh(hass, hub)
    [archive] = (await call("list_archives", instance="house"))["archives"]
    assert archive["instance"] == "House"
    details = await call("get_archive", archive_id=archive["archive_id"])
    assert details["instance"] == "House"
    [job] = (await call("list_queue", instance="house"))["jobs"]
    assert job["instance"] == "House"
    assert not (await call("list_queue", instance="Cabin"))["jobs"]
    review = await add_printer(mode="review")
    await send(review)
    [upload] = (await call("list_pending", instance="House"))["uploads"]
    assert upload["instance"] == "House"
    assert not (await call("list_pending", instance="2"))["uploads"]
    assert (await call("list_archives", instance="Cabin"))["archives"] == []
    assert (await call("list_archives", instance="nobody"))["archives"] == []
    _, machine = await add_real()
    assert [one.id for one in others.registered] == [machine.id]


async def test_lists_are_narrowed_down_to_one_of_several(
    hass: HomeAssistant,
    others: Others,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    hass_ws_client: WebSocketGenerator,
) -> None:
    printer = await add_printer(mode="queue")
    await send(printer)
    await send(await add_printer("Review", mode="review"))
    client = await hass_ws_client(hass)

    async def followed() -> dict[str, Any]:
        await client.send_json_auto_id({"type": f"{DOMAIN}/subscribe"})
        assert (await client.receive_json())["success"]
        message: dict[str, Any] = await client.receive_json()
        await client.send_json_auto_id(
            {"type": "unsubscribe_events", "subscription": message["id"]}
        )
        assert (await client.receive_json())["success"]
        snapshot: dict[str, Any] = message["event"]
        return snapshot

    alone = await followed()
    assert alone["options"]["instances"] == []
    assert alone["queue"][0]["instance_id"] is None
    assert alone["inbox"][0]["instance_id"] is None
    assert await _media(hass, "instances") == []
    assert "Came in at" not in await _media(hass, "")

    others.known = {"": "House", "2": "Cabin"}
    await refresh(hass, hub)
    several = await followed()
    assert several["options"]["instances"] == [
        {"id": "", "value": "House"},
        {"id": "2", "value": "Cabin"},
    ]
    [job], [upload] = several["queue"], several["inbox"]
    assert (job["instance_id"], job["instance"]) == ("", "House")
    assert (upload["instance_id"], upload["instance"]) == ("", "House")
    assert "Came in at" in await _media(hass, "")
    assert await _media(hass, "instances") == ["Cabin", "House"]
    assert await _media(hass, "instances/2") == []

    await call("complete_job", job_id=job["id"])
    assert (await call("list_finished_jobs", instance="House"))["total"] == 1
    assert (await call("list_finished_jobs", instance="Cabin"))["total"] == 0
    for instance, count in (("House", 1), ("2", 0)):
        await client.send_json_auto_id(
            {"type": f"{DOMAIN}/job/history", "instance": instance}
        )
        history = (await client.receive_json())["result"]
        assert (len(history["jobs"]), history["total"]) == (count, count)


async def _media(hass: HomeAssistant, identifier: str) -> list[str]:
    """Return what a place of the media browser shows."""
    assert await async_setup_component(hass, "media_source", {})
    place = await media_source.async_browse_media(
        hass, f"media-source://{DOMAIN}/{identifier}".rstrip("/")
    )
    return [child.title for child in place.children or ()]


async def test_jobs_of_printers_of_others_are_left_alone_and_named(
    hass: HomeAssistant,
    others: Others,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
) -> None:
    others.known = {"1": "House", "2": "Cabin"}
    others.others = {"far": OtherPrinter(name="P1S", model="C12", instance="Cabin")}
    printer = await add_printer(mode="queue", filing={"hold": False})
    await send(printer)
    [job] = (await call("list_queue"))["jobs"]
    await hub.queue.edit(job["job_id"], target="far")
    # Real printers come and go.
    _, machine = await add_real()
    hass.config_entries.async_remove_subentry(hub.entry, machine.id)
    await hass.async_block_till_done()
    await refresh(hass, hub)
    [job] = (await call("list_queue"))["jobs"]
    assert (job["target"], job["target_name"]) == ("far", "P1S (Cabin)")
    started = await hub.orders.start(job["job_id"])
    assert started.reason
    assert started.reason.key is ReasonKey.AT_OTHER_INSTANCE
    await refresh(hass, hub)
    [job] = (await call("list_queue"))["jobs"]
    assert job["waiting_key"] == "at_other_instance"
    assert job["waiting_reason"] == "Cabin prints this"
    # Of one that nobody has it is cleared.
    others.others = {}
    await add_real("Attic")
    await refresh(hass, hub)
    [job] = (await call("list_queue"))["jobs"]
    assert job["target"] == "none"


async def test_a_printer_that_another_one_drives_says_so_and_is_cleared_there(
    hass: HomeAssistant,
    locks: Locks,
    add_real: AddReal,
    hub: Hub,
    call: Call,
    device_of: DeviceOf,
) -> None:
    _, machine = await add_real()
    found = er.async_get(hass).async_get_entity_id(
        "binary_sensor", DOMAIN, f"{machine.id}_plate_occupied"
    )
    assert found
    locks.give(Driver(is_here=False, instance="Cabin"))
    await until(lambda: machine.share.other_driver is not None)
    await hass.async_block_till_done()
    # As that one says, in the index.
    library = hub.library
    await library.prints.set_plate(
        machine.id, Plate(is_occupied=True, print_id="P", last="x\nBracket")
    )
    hub.machines.dispatcher.wake()
    await until(lambda: machine.share.is_plate_occupied)
    await hass.async_block_till_done()
    state = hass.states.get(found)
    assert state
    assert state.state == "on"
    assert state.attributes["driven_by"] == "Cabin"
    assert state.attributes["print_name"] == "Bracket"
    device_id = device_of(machine.id).id
    with pytest.raises(ServiceValidationError) as raised:
        await call("clear_plate", device_id=device_id)
    assert raised.value.translation_key == "printer_at_other_instance"
    locks.give(NOBODY_KNOWN)
    await until(lambda: machine.share.other_driver == NOBODY_KNOWN)
    await hass.async_block_till_done()
    state = hass.states.get(found)
    assert state
    assert state.state == "unknown"
    with pytest.raises(ServiceValidationError) as raised:
        await call("clear_plate", device_id=device_id)
    assert raised.value.translation_key == "printer_driver_unknown"
    locks.give(HERE)
    await until(lambda: machine.share.other_driver is None)
    await call("clear_plate", device_id=device_id)
    state = hass.states.get(found)
    assert state
    assert "driven_by" not in state.attributes


async def test_a_button_of_a_printer_that_another_one_drives_is_for_administrators(
    hass: HomeAssistant, locks: Locks, add_real: AddReal, hub: Hub
) -> None:
    administrator = await hass.auth.async_create_user(
        "Administrator", group_ids=[GROUP_ID_ADMIN]
    )
    anna = await hass.auth.async_create_user("Anna", group_ids=[GROUP_ID_USER])
    double, machine = await add_real()
    locks.give(Driver(is_here=False, instance="Cabin"))
    double.report(gcode_state="RUNNING", subtask_name="From the cabin")
    await until(lambda: machine.share.other_driver is not None and machine.is_printing)
    pause = er.async_get(hass).async_get_entity_id(
        "button", DOMAIN, f"{machine.id}_pause"
    )

    async def press(user: User) -> None:
        await hass.services.async_call(
            "button",
            "press",
            {"entity_id": pause},
            blocking=True,
            context=Context(user_id=user.id),
        )

    with pytest.raises(ServiceValidationError) as raised:
        await press(anna)
    assert raised.value.translation_key == "printer_at_other_instance"
    assert machine.state.phase == "running"
    await press(administrator)
    await until(lambda: machine.state.phase == "pause")


async def test_what_another_one_prints_is_stopped_there(
    hass: HomeAssistant,
    others: Others,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
) -> None:
    printer = await add_printer(mode="queue", filing={"hold": False})
    await send(printer)
    [job] = (await call("list_queue"))["jobs"]
    job_id = job["job_id"]
    others.others = {"far": OtherPrinter(name="P1S", model="C12", instance="Cabin")}
    assert await hub.library.prints.claim(job_id, "far", 1)
    await refresh(hass, hub)
    [job] = (await call("list_queue"))["jobs"]
    assert job["printed_on"] == "P1S (Cabin)"
    orders: list[Any] = [
        hub.orders.stop(job_id, confirm=True),
        hub.orders.pause(job_id),
        hub.orders.resume(job_id),
        hub.orders.cancel(job_id),
    ]
    for order in orders:
        with pytest.raises(ServiceValidationError) as raised:
            await order
        assert raised.value.translation_key == "job_at_other_instance"
        assert raised.value.translation_placeholders == {"instance": "Cabin"}
    # It has not been seen for long, and had sent nothing.
    others.others["far"] = OtherPrinter(
        name="P1S", model="C12", instance="Cabin", is_away=True
    )
    await hub.orders.cancel(job_id)
    assert (await hub.library.queue.job(job_id)).state.value == "cancelled"
