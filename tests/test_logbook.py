"""What Home Assistant's Activity says of files, jobs and slicers."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.bambu_virtual_printer.activity.kinds import (
    EVENT_ACTIVITY,
    EventKind,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.logbook import async_describe_events
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import entity_registry as er
from scripts import slicer
from tests.support.home_assistant import AddPrinter, Call, DeviceOf, Send

type Describe = Callable[[Event], tuple[str, str]]


@pytest.fixture
def describe(hass: HomeAssistant) -> Describe:
    """Describe an event as the Activity shows it: what it is about, and what happened."""
    describers: dict[str, Callable[[Event], dict[str, Any]]] = {}
    async_describe_events(
        hass,
        lambda _domain, event_type, describer: describers.update(
            {event_type: describer}
        ),
    )

    def _describe(event: Event) -> tuple[str, str]:
        described = describers[event.event_type](event)
        # Without one, Activity shows an empty square.
        assert described["icon"].startswith("mdi:")
        return described["name"], described["message"]

    return _describe


async def test_the_way_of_a_file_is_told_with_its_name_and_who_sent_it(
    hass: HomeAssistant,
    printer: ManagedPrinter,
    send: Send,
    describe: Describe,
    device_of: DeviceOf,
) -> None:
    events = async_capture_events(hass, EVENT_ACTIVITY)
    await send(printer)
    told = [describe(event) for event in events]
    assert ("Garage", "connected to the slicer at 127.0.0.1") in told
    assert (
        "Gear and star.gcode.3mf",
        "was received by Garage from 127.0.0.1",
    ) in told
    archived = next(event for event in events if event.data["type"] == "archived")
    assert describe(archived) == (archived.data["name"], "was archived, from 127.0.0.1")
    device = device_of(printer.id)
    assert device
    assert {event.data["device_id"] for event in events} == {device.id}


async def test_who_fails_a_job_may_say_why(
    hass: HomeAssistant,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    describe: Describe,
) -> None:
    await send(await add_printer(mode="queue"))
    events = async_capture_events(hass, EVENT_ACTIVITY)
    jobs = (await call("list_queue"))["jobs"]
    await call("fail_job", job_id=jobs[0]["job_id"], reason="Came off the plate")
    failed = next(event for event in events if event.data["type"] == "job_failed")
    assert describe(failed)[1] == "failed to print: Came off the plate"


@pytest.mark.parametrize("kind", EventKind)
async def test_everything_that_is_told_has_a_sentence(
    hub: Hub, describe: Describe, kind: EventKind
) -> None:
    name, sentence = describe(Event(EVENT_ACTIVITY, {"type": kind.value}))
    assert name == "Bambu Virtual Printer"
    assert " " in sentence
    assert "_" not in sentence, "a key without a text"
    assert "{" not in sentence


@pytest.mark.parametrize("kind", ["pending_changed", "archive_changed"])
async def test_print_is_no_edit(hub: Hub, describe: Describe, kind: str) -> None:
    data = {"type": kind, "printer": "Garage", "source_ip": "10.0.0.5"}
    _, edited = describe(Event(EVENT_ACTIVITY, {**data, "changed_by": "person"}))
    assert "was edited" in edited
    _, printed = describe(Event(EVENT_ACTIVITY, {**data, "changed_by": "slicer"}))
    assert printed == "was sent to Garage with Print, from 10.0.0.5"


async def test_the_slicers_print_is_told_as_such(
    add_printer: AddPrinter, send: Send, call: Call, hass: HomeAssistant
) -> None:
    events = async_capture_events(hass, EVENT_ACTIVITY)
    printer = await add_printer(mode="review")
    await send(printer, print_options=slicer.PrintOptions())
    (upload,) = (await call("list_pending"))["uploads"]
    await call("edit_pending", upload_id=upload["upload_id"], notes="x")
    changes = [
        event.data["changed_by"]
        for event in events
        if event.data["type"] == "pending_changed"
    ]
    assert changes[-1] == "person"
    assert set(changes[:-1]) <= {"slicer"}


async def test_what_another_version_told_is_no_error(
    hub: Hub, describe: Describe
) -> None:
    event = Event(EVENT_ACTIVITY, {"type": "melted", "printer": "Garage"})
    assert describe(event) == ("Garage", "melted")


async def test_no_entity_tells_again_what_has_a_sentence(
    hub: Hub,
    printer: ManagedPrinter,
    entity_id: Callable[..., str],
    hass: HomeAssistant,
) -> None:
    registry = er.async_get(hass)
    for owner in (hub, printer):
        activity = registry.async_get(entity_id("event", owner, "activity"))
        assert activity
        assert activity.disabled_by is er.RegistryEntryDisabler.INTEGRATION


async def test_a_question_is_told_with_what_is_asked(
    hass: HomeAssistant, describe: Describe
) -> None:
    def told(kind: EventKind) -> tuple[str, str]:
        status = "Did it start on Cellar? Home Assistant could not see it"
        data = {"type": kind.value, "name": "Gear", "status": status}
        return describe(Event(EVENT_ACTIVITY, data))

    assert told(EventKind.JOB_QUESTION_RAISED) == (
        "Gear",
        "needs an answer: Did it start on Cellar? Home Assistant could not see it",
    )
    assert told(EventKind.JOB_QUESTION_SETTLED) == (
        "Gear",
        "needs no answer any more",
    )


async def test_what_is_sent_to_a_printer_names_that_one(
    hass: HomeAssistant, hub: Hub, describe: Describe
) -> None:
    told = {"type": "job_dispatching", "name": "Planter", "target_name": "any P1S"}
    for printed_on, name in ((None, "any P1S"), ("Garage", "Garage")):
        data = told | {"printed_on": printed_on}
        event = Event(EVENT_ACTIVITY, data)
        assert describe(event) == ("Planter", f"is being sent to {name}")
