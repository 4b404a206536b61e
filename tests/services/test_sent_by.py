"""Which button of the slicer was pressed: told of uploads, archives, jobs and events, and what lists and triggers can be asked for."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
from scripts import slicer
from tests.support.home_assistant import (
    AddPrinter,
    Call,
    DeviceOf,
    Send,
    SentFile,
    Told,
)


@pytest.fixture
def send_both(
    send: Send, sliced_file: Callable[..., SentFile], add_printer: AddPrinter
) -> Callable[..., Any]:
    """Press Send for one file and Print for another one."""

    async def _send(mode: str) -> None:
        printer = await add_printer(mode.title(), mode=mode)
        await send(printer, sliced_file("Sent.gcode.3mf", title="Sent", seed=1))
        await send(
            printer,
            sliced_file("Printed.gcode.3mf", title="Printed", seed=2),
            print_options=slicer.PrintOptions(),
        )

    return _send


async def test_lists_tell_which_button_was_pressed_and_can_be_asked_for_one(
    call: Call, send_both: Callable[..., Any], told: Told
) -> None:
    await send_both("queue")
    await send_both("review")
    for action, key in (
        ("list_archives", "archives"),
        ("list_pending", "uploads"),
        ("list_queue", "jobs"),
    ):
        for intent, name in (("send", "Sent"), ("print", "Printed")):
            (found,) = (await call(action, intent=intent))[key]
            assert (found["name"], found["intent"]) == (name, intent), action
        assert len((await call(action))[key]) == 2
    jobs = {job["intent"]: job["job_id"] for job in (await call("list_queue"))["jobs"]}
    for job_id in jobs.values():
        await call("cancel_job", job_id=job_id)
    (done,) = (await call("list_finished_jobs", intent="print"))["jobs"]
    assert done["job_id"] == jobs["print"]
    assert (await call("list_finished_jobs"))["total"] == 2
    for kind in (EventKind.ARCHIVED, EventKind.JOB_ADDED, EventKind.PENDING):
        # The slicer that sends first asks a moment later.
        assert {one["intent"] for one in told.of(kind)} <= {"send", "print"}
    assert told.last(EventKind.JOB_CANCELLED)["intent"] in jobs


async def test_triggers_can_be_of_one_button_only(
    hass: HomeAssistant, call: Call, send_both: Callable[..., Any]
) -> None:
    calls = async_mock_service(hass, "test", "happened")
    trigger = {"trigger": f"{DOMAIN}.job_cancelled", "options": {"intent": "print"}}
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": trigger,
                "actions": {
                    "action": "test.happened",
                    "data": {"name": "{{ trigger.name }}"},
                },
            }
        },
    )
    await send_both("queue")
    for job in (await call("list_queue"))["jobs"]:
        await call("cancel_job", job_id=job["job_id"])
    assert [happened.data["name"] for happened in calls] == ["Printed"]


async def test_statistics_are_by_person_and_of_one_person(
    printer: ManagedPrinter,
    device_of: DeviceOf,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    device = device_of(printer.id)
    assert device
    anna = await call("add_person", device_id=device.id, name="Anna")
    await send(printer, sliced_file(seed=1), access_code=anna["access_code"])
    await send(printer, sliced_file(seed=2))
    found = await call("get_statistics", by="day")
    assert [(each["value"], each["files"]) for each in found["groups"]["people"]] == [
        ("Anna", 1)
    ]
    assert found["series"][-1]["files"] == 2
    found = await call("get_statistics", by="day", person="Anna")
    assert found["series"][-1]["files"] == 1


async def test_statistics_of_days_that_end_before_they_begin_are_refused(
    printer: ManagedPrinter, call: Call
) -> None:
    days = {"from": "2026-11-20", "to": "2026-11-10"}
    with pytest.raises(ServiceValidationError) as raised:
        await call("get_statistics", **days)
    assert raised.value.translation_key == "ends_before_it_begins"
    assert "2026-11-20" in str(raised.value)
    same = await call("get_statistics", **{"from": "2026-11-10", "to": "2026-11-10"})
    assert len(same["series"]) == 1
