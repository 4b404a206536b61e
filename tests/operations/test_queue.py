"""The print queue: every plate a job, in an order that people change, until somebody says it is printed."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.components.image import async_get_image
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
from scripts import slicer
from tests.support.home_assistant import (
    AddPrinter,
    Call,
    DeviceOf,
    Send,
    SentFile,
    Told,
    unsigned,
)
from tests.support.waiting import until

UNKNOWN_ID = "01KAPWZ3V8X4M2T9C6B5N7Q1RD"


@pytest.fixture
async def queueing(add_printer: AddPrinter) -> ManagedPrinter:
    """A printer whose uploads become jobs."""
    return await add_printer("Farm", mode="queue")


@pytest.fixture
async def jobs(
    queueing: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> list[str]:
    """The ids of three jobs: the plates of one file."""
    await send(queueing, sliced_file("Box.gcode.3mf", title="Box", plates=3))
    return [job["job_id"] for job in (await call("list_queue"))["jobs"]]


async def plates(call: Call) -> list[int]:
    return [job["plate"] for job in (await call("list_queue"))["jobs"]]


async def test_an_upload_becomes_one_archive_and_a_job_for_every_plate(
    hub: Hub,
    queueing: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    told: Told,
    state: Callable[..., Any],
) -> None:
    sent = sliced_file("Box.gcode.3mf", title="Box", plates=3)
    await send(queueing, sent)
    (archive,) = (await call("list_archives"))["archives"]
    assert archive["open_jobs"] == 3
    found = (await call("list_queue"))["jobs"]
    assert [(job["plate"], job["position"]) for job in found] == [
        (1, 1),
        (2, 2),
        (3, 3),
    ]
    assert [job["name"] for job in found] == [f"Box - Plate {n}" for n in (1, 2, 3)]
    assert {job["archive_id"] for job in found} == {archive["archive_id"]}
    assert {job["printer"] for job in found} == {"Farm"}
    assert {job["source_ip"] for job in found} == {"127.0.0.1"}
    assert {job["target"] for job in found} == {"C12"}
    assert {(job["state"], job["waiting_key"]) for job in found} == {
        ("staged", "staged")
    }
    assert all(job["waiting_reason"] for job in found)
    assert sum(job["print_time_s"] for job in found) == sent.spec.print_time_s
    added = told.of(EventKind.JOB_ADDED)
    assert [job["job_id"] for job in added] == [job["job_id"] for job in found]
    assert told.kinds.index(EventKind.ARCHIVED) < told.kinds.index(EventKind.JOB_ADDED)
    await until(lambda: state("sensor", hub, "queued_jobs").state == "3")
    assert state("sensor", hub, "queued_jobs").attributes["active"] == 0
    shown = state("sensor", hub, "next_job")
    assert shown.state == "Box - Plate 1"
    assert shown.attributes["job_id"] == found[0]["job_id"]


async def test_the_slicers_options_go_to_the_jobs(
    queueing: ManagedPrinter, send: Send, call: Call
) -> None:
    options = slicer.PrintOptions(timelapse=True, bed_leveling=False, ams_mapping=(2,))
    await send(queueing, print_options=options)

    async def shown() -> dict[str, Any]:
        (job,) = (await call("list_queue"))["jobs"]
        found: dict[str, Any] = job["options"]
        return found

    assert (await shown())["timelapse"] is True
    assert (await shown())["bed_leveling"] == "off"
    assert (await shown())["ams_mapping"] == (2,)


async def test_a_job_is_shown_whatever_its_state(jobs: list[str], call: Call) -> None:
    (listed, *_) = (await call("list_queue"))["jobs"]
    shown = await call("get_job", job_id=jobs[0])
    assert unsigned(listed) == unsigned(
        shown | {"expected_start": None, "expected_end": None}
    )
    await call("cancel_job", job_id=jobs[0])
    assert (await call("get_job", job_id=jobs[0]))["state"] == "cancelled"


async def test_the_queue_of_one_printer(
    jobs: list[str],
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    device_of: DeviceOf,
) -> None:
    other = await add_printer("Other", mode="queue")
    await send(other, sliced_file("Cat.gcode.3mf", title="Cat", seed=5))
    device = device_of(other.id)
    assert device
    found = (await call("list_queue", device_id=device.id))["jobs"]
    assert [job["name"] for job in found] == ["Cat"]
    assert len((await call("list_queue"))["jobs"]) == 4


async def test_a_job_goes_its_way_until_it_is_printed(
    hub: Hub, jobs: list[str], call: Call, told: Told, state: Callable[..., Any]
) -> None:
    job_id = jobs[0]
    released = await call("release_job", job_id=job_id)
    assert released["state"] == "pending"
    assert released["waiting_key"] in {"slicer_options", "no_printer_connection"}
    assert (await call("hold_job", job_id=job_id))["state"] == "staged"
    assert (await call("start_job", job_id=job_id))["state"] == "waiting"
    done = await call("complete_job", job_id=job_id)
    assert (done["state"], done["copies_printed"], done["position"]) == (
        "completed",
        1,
        None,
    )
    assert [
        kind
        for kind in told.kinds
        if kind.value.startswith("job_") and kind is not EventKind.JOB_ADDED
    ] == [
        EventKind.JOB_RELEASED,
        EventKind.JOB_HELD,
        EventKind.JOB_STARTED,
        EventKind.JOB_COMPLETED,
    ]
    assert EventKind.QUEUE_EMPTIED not in told.kinds
    assert await plates(call) == [2, 3]
    await until(lambda: state("sensor", hub, "printed").state == "1")
    (archive,) = (await call("list_archives", printed=True))["archives"]
    assert (archive["print_count"], archive["open_jobs"]) == (1, 2)
    assert archive["last_printed_at"]
    history = await call("list_finished_jobs")
    assert [job["job_id"] for job in history["jobs"]] == [job_id]
    assert (history["total"], history["cursor"]) == (1, None)


@pytest.mark.parametrize("verb", ["hold", "release", "start", "cancel", "complete"])
async def test_a_repeated_verb_changes_nothing(
    jobs: list[str], call: Call, told: Told, verb: str
) -> None:
    if verb == "hold":
        await call("release_job", job_id=jobs[0])
    first = await call(f"{verb}_job", job_id=jobs[0])
    told.activities.clear()
    again = await call(f"{verb}_job", job_id=jobs[0])
    # When it begins is planned a moment later.
    assert _without_plans(again) == _without_plans(first)
    assert told.kinds == []


def _without_plans(answer: Any) -> Any:
    """Return an answer about jobs as it is before the queue is planned."""
    match unsigned(answer):
        case dict() as found:
            return {
                key: _without_plans(value)
                for key, value in found.items()
                if key != "planned_start"
            }
        case list() as found:
            return [_without_plans(value) for value in found]
        case found:
            return found


async def test_what_is_over_cannot_begin_again(jobs: list[str], call: Call) -> None:
    await call("cancel_job", job_id=jobs[0])
    for verb, data in (
        ("start_job", {}),
        ("hold_job", {}),
        ("complete_job", {}),
        ("move_job", {"position": 1}),
        ("edit_job", {"copies": 2}),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await call(verb, job_id=jobs[0], **data)
        assert raised.value.translation_key == "not_possible"
        assert "Cancelled" in str(raised.value)


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        *((f"{verb}_job", {}) for verb in ("hold", "release", "start", "cancel")),
        ("complete_job", {}),
        ("get_job", {}),
        ("edit_job", {"copies": 2}),
        ("edit_job", {"target_printer": "any"}),
        ("move_job", {"position": 1}),
    ],
)
async def test_an_unknown_job_is_named(
    hub: Hub, call: Call, verb: str, data: dict[str, Any]
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call(verb, job_id=UNKNOWN_ID, **data)
    assert raised.value.translation_key == "not_found"
    assert UNKNOWN_ID in str(raised.value)


async def test_moving_and_the_end_of_the_line(
    jobs: list[str], call: Call, told: Told
) -> None:
    moved = await call("move_job", job_id=jobs[2], position=1)
    assert moved["position"] == 1
    assert await plates(call) == [3, 1, 2]
    moved = await call("move_job", job_id=jobs[2], position=99)
    assert moved["position"] == 3
    assert await plates(call) == [1, 2, 3]
    assert len(told.of(EventKind.JOB_MOVED)) == 2
    with pytest.raises(probatio.Invalid):
        await call("move_job", job_id=jobs[2], position=0)


async def test_editing_a_job_and_taking_it_back(
    jobs: list[str], call: Call, told: Told
) -> None:
    edited = await call(
        "edit_job",
        job_id=jobs[1],
        target_printer="none",
        copies=4,
        priority="high",
        not_before="2099-01-02T03:04:05+00:00",
        due="2099-02-01T00:00:00+00:00",
    )
    assert (edited["target"], edited["copies"], edited["priority"]) == (
        "none",
        4,
        "high",
    )
    assert edited["not_before"] == "2099-01-02T03:04:05+00:00"
    assert edited["due"] == "2099-02-01T00:00:00+00:00"
    assert edited["position"] == 1
    assert told.last(EventKind.JOB_CHANGED)["job_id"] == jobs[1]
    cleared = await call("edit_job", job_id=jobs[1], not_before="", due=None)
    assert (cleared["not_before"], cleared["due"]) == (None, None)
    assert (cleared["copies"], cleared["target"]) == (4, "none")
    assert cleared["target_name"] is None
    back = await call("edit_job", job_id=jobs[1], target_printer="any")
    assert back["target"] == "C12"


async def test_options_edited_at_the_same_time_all_count(
    jobs: list[str], call: Call
) -> None:
    await asyncio.gather(
        call("edit_job", job_id=jobs[0], options={"timelapse": True}),
        call("edit_job", job_id=jobs[0], options={"use_ams": False}),
    )
    options = (await call("get_job", job_id=jobs[0]))["options"]
    assert (options["timelapse"], options["use_ams"]) == (True, False)


@pytest.mark.parametrize("copies", [0, 1000])
async def test_an_impossible_number_of_copies(
    jobs: list[str], call: Call, copies: int
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call("edit_job", job_id=jobs[0], copies=copies)
    assert raised.value.translation_key == "not_possible"


async def test_a_local_time_is_taken_for_the_households(
    hass: HomeAssistant, jobs: list[str], call: Call
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    edited = await call("edit_job", job_id=jobs[0], not_before="2099-07-01 10:00:00")
    assert datetime.fromisoformat(edited["not_before"]) == datetime(
        2099, 7, 1, 8, tzinfo=UTC
    )


async def test_copies_are_counted_until_all_are_printed(
    queueing: ManagedPrinter, send: Send, call: Call, told: Told
) -> None:
    await send(queueing)
    (job,) = (await call("list_queue"))["jobs"]
    await call("edit_job", job_id=job["job_id"], copies=2)
    once = await call("complete_job", job_id=job["job_id"])
    assert once["state"] == job["state"]
    assert (once["copies_printed"], once["position"]) == (1, 1)
    assert EventKind.JOB_PUT_BACK in told.kinds
    assert EventKind.QUEUE_EMPTIED not in told.kinds
    twice = await call("complete_job", job_id=job["job_id"])
    assert (twice["state"], twice["copies_printed"]) == ("completed", 2)
    assert told.kinds[-2:] == [EventKind.JOB_COMPLETED, EventKind.QUEUE_EMPTIED]


async def test_an_archive_can_be_printed_once_more(
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    await send(printer, sliced_file(plates=2))
    (archive,) = (await call("list_archives"))["archives"]
    assert (await call("list_queue"))["jobs"] == []
    first = await call("queue_archive", archive_id=archive["archive_id"])
    assert [job["plate"] for job in first["jobs"]] == [1, 2]
    # As its virtual printer says.
    assert {(job["target"], job["state"]) for job in first["jobs"]} == {
        ("C12", "staged")
    }
    again = await call(
        "queue_archive",
        archive_id=archive["archive_id"],
        plates=2,
        priority="high",
        hold=False,
        target_printer="none",
    )
    (job,) = again["jobs"]
    assert (job["plate"], job["position"], job["state"]) == (2, 1, "pending")
    assert job["target"] == "none"
    assert len((await call("list_queue"))["jobs"]) == 3


async def test_an_archive_is_printed_once_more_as_its_virtual_printer_says(
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
) -> None:
    printer = await add_printer(
        mode="immediate", filing={"hold": False, "target": "none"}
    )
    await send(printer)
    (archive,) = (await call("list_archives"))["archives"]
    (job,) = (await call("queue_archive", archive_id=archive["archive_id"]))["jobs"]
    assert (job["target"], job["state"]) == ("none", "pending")


async def test_what_came_by_a_virtual_printer_that_is_gone_is_queued_for_none(
    hass: HomeAssistant, hub: Hub, printer: ManagedPrinter, send: Send, call: Call
) -> None:
    await send(printer)
    (archive,) = (await call("list_archives"))["archives"]
    hass.config_entries.async_remove_subentry(hub.entry, printer.id)
    await hass.async_block_till_done()
    (job,) = (await call("queue_archive", archive_id=archive["archive_id"]))["jobs"]
    assert (job["target"], job["state"]) == ("none", "staged")


async def test_an_archive_that_cannot_be_queued(
    printer: ManagedPrinter, send: Send, call: Call
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call("queue_archive", archive_id=UNKNOWN_ID)
    assert raised.value.translation_key == "not_found"
    await send(printer)
    (archive,) = (await call("list_archives"))["archives"]
    with pytest.raises(ServiceValidationError) as raised:
        await call("queue_archive", archive_id=archive["archive_id"], plates=[9])
    assert raised.value.translation_key == "not_possible"


async def test_a_job_whose_file_is_gone_fails_when_it_is_started(
    hub: Hub, queueing: ManagedPrinter, send: Send, call: Call, told: Told
) -> None:
    await send(queueing)
    (job,) = (await call("list_queue"))["jobs"]
    path = await hub.library.file_path(job["archive_id"])
    assert path
    path.unlink()
    failed = await call("start_job", job_id=job["job_id"])
    assert failed["state"] == "failed"
    assert failed["error"]
    assert told.last(EventKind.JOB_FAILED)["error"] == failed["error"]


async def test_deleting_an_archive_cancels_its_jobs(
    jobs: list[str], call: Call, told: Told
) -> None:
    (archive,) = (await call("list_archives"))["archives"]
    await call("delete_archive", archive_id=archive["archive_id"])
    assert (await call("list_queue"))["jobs"] == []
    assert {job["job_id"] for job in told.of(EventKind.JOB_CANCELLED)} == set(jobs)
    assert told.kinds.count(EventKind.QUEUE_EMPTIED) == 1


async def test_the_line_survives_a_restart(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    jobs: list[str],
    call: Call,
    state: Callable[..., Any],
) -> None:
    await call("move_job", job_id=jobs[2], position=1)
    await call("start_job", job_id=jobs[0])
    before = [await call("get_job", job_id=job_id) for job_id in jobs]
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    after = [await call("get_job", job_id=job_id) for job_id in jobs]
    assert unsigned(after) == unsigned(before)
    assert [job["job_id"] for job in (await call("list_queue"))["jobs"]] == [
        jobs[2],
        *jobs[:2],
    ]
    assert state("sensor", entry.runtime_data, "queued_jobs").state == "3"


async def test_when_jobs_should_be_done_is_told_of_those_that_may_begin(
    hass: HomeAssistant,
    hub: Hub,
    jobs: list[str],
    call: Call,
    state: Callable[..., Any],
) -> None:
    queue = await call("list_queue")
    assert (queue["done_at"], queue["free_from"]) == (None, {})
    await call("edit_job", job_id=jobs[1], copies=3)
    for job_id in jobs[:2]:
        await call("release_job", job_id=job_id)
    queue = await call("list_queue")
    first, second, held = queue["jobs"]
    assert held["expected_end"] is None
    assert second["expected_start"] == first["expected_end"]
    lasts = datetime.fromisoformat(second["expected_end"]) - datetime.fromisoformat(
        second["expected_start"]
    )
    assert lasts.total_seconds() == 3 * second["print_time_s"]
    assert queue["done_at"] == second["expected_end"]
    assert queue["free_from"] == {"any P1S": queue["done_at"]}
    seconds = sum(job["print_time_s"] for job in queue["jobs"])
    hours = (seconds + 2 * second["print_time_s"]) / 3600
    await until(
        lambda: (
            float(state("sensor", hub, "print_time_queued").state)
            == pytest.approx(hours, abs=0.01)
        )
    )
    grams = sum(job["filament_g"] for job in queue["jobs"]) + 2 * second["filament_g"]
    assert float(state("sensor", hub, "filament_queued").state) == pytest.approx(grams)


async def test_a_sensor_that_is_off_at_first_tells_when_the_queue_is_done(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
    jobs: list[str],
    call: Call,
    state: Callable[..., Any],
) -> None:
    entity_id = entity_registry.async_get_entity_id(
        "sensor", DOMAIN, f"{entry.entry_id}_queue_done"
    )
    assert entity_id
    assert hass.states.get(entity_id) is None
    entity_registry.async_update_entity(entity_id, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    hub = entry.runtime_data
    assert state("sensor", hub, "queue_done").state == "unknown"
    await call("release_job", job_id=jobs[0])
    await until(lambda: state("sensor", hub, "queue_done").attributes["free_from"])
    (free_from,) = state("sensor", hub, "queue_done").attributes["free_from"].items()
    (expected,) = (await call("list_queue"))["free_from"].items()
    assert free_from[0] == expected[0] == "any P1S"
    # It moves on with the clock.
    difference = datetime.fromisoformat(expected[1]) - datetime.fromisoformat(
        free_from[1]
    )
    assert 0 <= difference.total_seconds() < 10


async def test_pages_of_what_is_finished(jobs: list[str], call: Call) -> None:
    for job_id in jobs:
        await call("cancel_job", job_id=job_id)
    first = await call("list_finished_jobs", limit=2)
    second = await call("list_finished_jobs", limit=2, cursor=first["cursor"])
    listed = [job["job_id"] for job in first["jobs"] + second["jobs"]]
    assert sorted(listed) == sorted(jobs)
    assert (first["total"], second["cursor"]) == (3, None)
    with pytest.raises(HomeAssistantError):
        await call("list_finished_jobs", cursor="nonsense")


async def test_a_job_can_be_meant_for_one_real_printer_by_any_of_its_names(
    hass: HomeAssistant,
    jobs: list[str],
    call: Call,
    real_printer: str,
    device_of: DeviceOf,
) -> None:
    device = device_of(real_printer)
    assert device
    dr.async_get(hass).async_update_device(device.id, name_by_user="Left one")
    for name in (real_printer, "cellar", device.id, "left one"):
        await call("edit_job", job_id=jobs[0], target_printer="none")
        edited = await call("edit_job", job_id=jobs[0], target_printer=name)
        assert edited["target"] == real_printer
        assert edited["target_name"] == "Left one"
    # And is shown by the name that people gave it.
    await call("release_job", job_id=jobs[0])
    assert list((await call("list_queue"))["free_from"]) == ["Left one"]


@pytest.mark.parametrize("name", ["A1", "a1 ", "N2S", "Bambu Lab A1"])
async def test_a_job_can_be_meant_for_any_printer_of_a_model(
    jobs: list[str], call: Call, name: str
) -> None:
    edited = await call("edit_job", job_id=jobs[0], target_printer=name)
    assert (edited["target"], edited["target_name"]) == ("N2S", "any A1")
    again = await call("edit_job", job_id=jobs[1], target_printer=edited["target"])
    assert again["target"] == "N2S"


async def test_a_target_that_is_not_there_is_named_with_those_that_are(
    jobs: list[str], call: Call, real_printer: str
) -> None:
    before = await call("list_queue")
    for action, fields in (
        ("edit_job", {"job_id": jobs[0]}),
        ("queue_archive", {"archive_id": before["jobs"][0]["archive_id"]}),
    ):
        with pytest.raises(ServiceValidationError, match="called Attic.*Cellar"):
            await call(action, target_printer="Attic", **fields)
    assert unsigned(await call("list_queue")) == unsigned(before)


async def test_options_for_what_is_queued_beat_those_of_the_slicer(
    queueing: ManagedPrinter, send: Send, call: Call
) -> None:
    asked = slicer.PrintOptions(timelapse=True, ams_mapping=(2,))
    await send(queueing, print_options=asked)
    (job,) = (await call("list_queue"))["jobs"]
    (again,) = (
        await call(
            "queue_archive",
            archive_id=job["archive_id"],
            options={"timelapse": False, "flow_cali": "auto"},
        )
    )["jobs"]
    assert again["options"]["timelapse"] is False
    assert again["options"]["flow_cali"] == "auto"
    assert again["options"]["ams_mapping"] == job["options"]["ams_mapping"]


async def test_print_options_are_chosen_and_the_others_stay(
    jobs: list[str], call: Call
) -> None:
    job = await call(
        "edit_job",
        job_id=jobs[0],
        options={"timelapse": True, "bed_leveling": "auto", "ams_mapping": [2, -1]},
    )
    assert job["options"]["timelapse"] is True
    assert job["options"]["bed_leveling"] == "auto"
    assert list(job["options"]["ams_mapping"]) == [2, -1]
    # As automations in YAML have off and on.
    for value, word in ((False, "off"), (True, "on")):
        job = await call("edit_job", job_id=jobs[0], options={"bed_leveling": value})
        assert job["options"]["bed_leveling"] == word
    job = await call("edit_job", job_id=jobs[0], options={"bed_leveling": None})
    assert "bed_leveling" not in job["options"]
    assert job["options"]["timelapse"] is True


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"turbo": True}, probatio.Invalid),
        ({"bed_leveling": "maybe"}, ServiceValidationError),
        ({"ams_mapping": [256]}, probatio.Invalid),
    ],
)
async def test_print_options_that_no_printer_has(
    jobs: list[str], call: Call, options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await call("edit_job", job_id=jobs[0], options=options)


async def test_a_failed_print_is_noted_with_its_reason(
    jobs: list[str],
    call: Call,
    told: Told,
    queueing: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
) -> None:
    job = await call("fail_job", job_id=jobs[0], reason="Came off the plate")
    assert (job["state"], job["error"]) == ("failed", "Came off the plate")
    assert told.last(EventKind.JOB_FAILED)["error"] == "Came off the plate"
    # Whoever gets the same file again learns of it.
    await send(queueing, sliced_file("Box.gcode.3mf", title="Box", plates=3))
    assert told.last(EventKind.RECEIVED)["last_failure"] == "Came off the plate"
    # On a second look it was something else.
    job = await call("fail_job", job_id=jobs[0], reason="Wet filament")
    await call("fail_job", job_id=jobs[0], reason="Wet filament")
    assert (job["state"], job["error"]) == ("failed", "Wet filament")
    assert told.last(EventKind.JOB_CHANGED)["error"] == "Wet filament"
    assert told.kinds.count(EventKind.JOB_CHANGED) == 1
    assert told.kinds.count(EventKind.JOB_FAILED) == 1
    await send(queueing, sliced_file("Box.gcode.3mf", title="Box", plates=3))
    assert told.last(EventKind.RECEIVED)["last_failure"] == "Wet filament"


async def test_a_job_sliced_for_another_model_than_its_target_says_so_everywhere(
    hub: Hub,
    add_printer: AddPrinter,
    real_printer: str,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    # The real one is an A1, the virtual one and its file are of a P1S.
    await send(await add_printer("Queue", mode="queue"), sliced_file(model="C12"))
    (job,) = (await call("list_queue"))["jobs"]
    assert job["wrong_model"] is None
    assert job["sliced_for"] == "Bambu Lab P1S"
    for target, named in (
        (real_printer, "Bambu Lab A1"),
        ("N1", "Bambu Lab A1 mini"),
    ):
        changed = await call("edit_job", job_id=job["job_id"], target_printer=target)
        warning = f"Sliced for Bambu Lab P1S, to be printed on {named}"
        assert changed["wrong_model"] == warning
        assert changed["waiting_reason"] == f"On hold. {warning}"
        (listed,) = (await call("list_queue"))["jobs"]
        assert listed["wrong_model"] == warning
    changed = await call("edit_job", job_id=job["job_id"], target_printer="P1S")
    assert changed["wrong_model"] is None
    added = await call(
        "queue_archive", archive_id=job["archive_id"], target_printer="A1 mini"
    )
    assert added["jobs"][0]["wrong_model"]


async def test_the_plate_that_is_printed_next_has_a_picture(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    state: Callable[..., Any],
) -> None:
    assert state("image", hub, "next_job").state == "unknown"
    await send(await add_printer("Queue", mode="queue"), sliced_file(plates=2))
    await until(lambda: state("image", hub, "next_job").state != "unknown")
    entity = state("image", hub, "next_job").entity_id
    first, second = (await call("list_queue"))["jobs"]
    for job in (first, second):
        path = await hub.archives.thumbnail(job["archive_id"], job["plate"])
        assert path
        wanted = path.read_bytes()
        assert (await async_get_image(hass, entity)).content == wanted
        since = state("image", hub, "next_job").state
        await call("complete_job", job_id=job["job_id"])
        await until(lambda since=since: state("image", hub, "next_job").state != since)
    assert state("image", hub, "next_job").state == "unknown"


@pytest.mark.parametrize("field", ["not_before", "due", "cheapest_before"])
async def test_a_time_that_is_over_is_refused_but_for_what_was_there(
    jobs: list[str], call: Call, hub: Hub, field: str
) -> None:
    over = dt_util.utcnow() - timedelta(hours=1)
    with pytest.raises(ServiceValidationError) as raised:
        await call("edit_job", job_id=jobs[0], **{field: over.isoformat()})
    assert raised.value.translation_key == "time_over"
    archive_id = (await call("get_job", job_id=jobs[0]))["archive_id"]
    with pytest.raises(ServiceValidationError) as raised:
        await call("queue_archive", archive_id=archive_id, **{field: over.isoformat()})
    assert raised.value.translation_key == "time_over"
    # Who says “now” means it.
    await call("edit_job", job_id=jobs[0], **{field: dt_util.utcnow().isoformat()})
    if field == "cheapest_before":
        await hub.library.queue.edit(
            jobs[0], timing=lambda timing: replace(timing, cheapest_before=over)
        )
    else:
        await hub.library.queue.edit(jobs[0], **{field: over})
    # Forms know whole minutes only.
    told = over.replace(second=0, microsecond=0).isoformat()
    edited = await call("edit_job", job_id=jobs[0], copies=2, **{field: told})
    assert edited["copies"] == 2
