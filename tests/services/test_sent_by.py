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


@pytest.fixture
async def send_all(
    add_printer: AddPrinter,
    device_of: DeviceOf,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> dict[str, str]:
    """Anna and Ben send a file each to a queue and for review, and nobody in particular does. Returns the people's ids."""
    ids = {}
    for mode in ("queue", "review"):
        printer = await add_printer(mode.title(), mode=mode)
        device = device_of(printer.id)
        assert device
        for seed, name in enumerate(("Anna", "Ben", "")):
            code = None
            if name:
                person = await call("add_person", device_id=device.id, name=name)
                code, ids[f"{mode} {name}"] = person["access_code"], person["person_id"]
            title = f"{name or 'Ours'} {mode}"
            file = sliced_file(f"{title}.gcode.3mf", title=title, seed=seed)
            await send(printer, file, access_code=code)
    return ids


async def test_lists_and_statistics_can_be_asked_for_one_person(
    call: Call, send_all: dict[str, str]
) -> None:
    def queued(person: str) -> str:
        return send_all["queue Ben"] if person == "id" else person

    for job in (await call("list_queue"))["jobs"]:
        assert bool(job["person_id"]) is bool(job["sender"])
        await call("queue_archive", archive_id=job["archive_id"])
        await call("cancel_job", job_id=job["job_id"])
    for action, key in (
        ("list_archives", "archives"),
        ("list_queue", "jobs"),
        ("list_finished_jobs", "jobs"),
    ):
        # As they are called, in other letters, and by the id.
        for person in ("Ben", " bEN", "id"):
            (found,) = (await call(action, person=queued(person)))[key]
            assert (found["name"], found["sender"]) == ("Ben queue", "Ben"), action
        assert (await call(action, person="Nobody"))[key] == []
        assert len((await call(action))[key]) == 3
    for person in ("ANNA", send_all["review Anna"]):
        (waiting,) = (await call("list_pending", person=person))["uploads"]
        assert (waiting["name"], waiting["sender"]) == ("Anna review", "Anna")
        assert waiting["person_id"] == send_all["review Anna"]
    for person in ("Ben", "ben", send_all["queue Ben"]):
        made = await call("get_statistics", by="day", person=person)
        assert made["series"][-1]["files"] == 1
        assert [each["value"] for each in made["groups"]["people"]] == ["Ben"]


async def test_triggers_can_be_of_one_person_only(
    hass: HomeAssistant, call: Call, send_all: dict[str, str], told: Told
) -> None:
    calls = async_mock_service(hass, "test", "happened")
    kinds = ("job_cancelled", "archive_changed", "pending_changed", "discarded")
    people = ("ben", send_all["queue Anna"], send_all["review Anna"])
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": [
                {
                    "mode": "queued",
                    "triggers": {
                        "trigger": f"{DOMAIN}.{kind}",
                        "options": {"person": person},
                    },
                    "actions": {
                        "action": "test.happened",
                        "data": {
                            "kind": kind,
                            "person": person,
                            "name": "{{ trigger.name }}",
                            "sender": "{{ trigger.sender }}",
                        },
                    },
                }
                for kind in kinds
                for person in people
            ]
        },
    )
    for job in (await call("list_queue"))["jobs"]:
        await call("cancel_job", job_id=job["job_id"])
        await call("update_archive", archive_id=job["archive_id"], notes="x")
    for upload in (await call("list_pending"))["uploads"]:
        await call("edit_pending", upload_id=upload["upload_id"], notes="x")
        await call("discard_pending", upload_id=upload["upload_id"])
    await hass.async_block_till_done()
    assert {tuple(happened.data.values()) for happened in calls} == {
        (kind, person, f"{sender} {mode}", sender)
        for mode, of_mode in (("queue", kinds[:2]), ("review", kinds[2:]))
        for kind in of_mode
        for person, sender in (("ben", "Ben"), (send_all[f"{mode} Anna"], "Anna"))
    }
    # Every event about a file says whose it is.
    for activity in told.activities:
        if activity.kind.is_of_file:
            said = activity.attributes
            mode = said["printer"].lower()
            assert said["person_id"] == send_all.get(f"{mode} {said['sender']}")


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
