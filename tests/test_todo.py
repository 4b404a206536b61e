"""The to-do lists and the calendar, used the way their cards use them."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.bambu_virtual_printer import todo as todo_platform
from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.engine.library.values.job import JobState
from custom_components.bambu_virtual_printer.engine.library.values.prints import Problem
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.websocket_api.items import job_verbs
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
from tests.support.home_assistant import (
    AddPrinter,
    Call,
    DeviceOf,
    Send,
    SentFile,
    Told,
)
from tests.support.prints import claim
from tests.support.waiting import until

type Todo = Callable[..., Any]


@pytest.fixture
def todo(hass: HomeAssistant, hub: Hub, entity_id: Callable[..., str]) -> Todo:
    """Call a to-do action on one of the lists."""

    async def _todo(action: str, key: str, **data: Any) -> Any:
        entity = entity_id("todo", hub, key)
        response = await hass.services.async_call(
            "todo",
            action,
            {"entity_id": entity, **data},
            blocking=True,
            return_response=action == "get_items",
        )
        await hass.async_block_till_done()
        return response[entity]["items"] if response else None

    return _todo


@pytest.fixture
async def two_pending(
    add_printer: AddPrinter,
    hub: Hub,
    send: Send,
    sliced_file: Callable[..., SentFile],
    state: Callable[..., Any],
) -> list[str]:
    """The ids of two pending uploads, A and B."""
    printer = await add_printer("Review", mode="review")
    for number, title in enumerate("AB"):
        await send(
            printer,
            sliced_file(f"{title}.gcode.3mf", title=title, seed=number, filaments=2),
        )
    await until(lambda: state("todo", hub, "pending_uploads").state == "2")
    return [upload.id for upload in reversed(hub.coordinator.data.pending)]


@pytest.fixture
async def three_jobs(
    add_printer: AddPrinter,
    hub: Hub,
    send: Send,
    sliced_file: Callable[..., SentFile],
    state: Callable[..., Any],
) -> list[str]:
    """The ids of three jobs, Box - Plate 1 to 3."""
    printer = await add_printer("Farm", mode="queue")
    await send(printer, sliced_file("Box.gcode.3mf", title="Box", plates=3))
    await until(lambda: state("todo", hub, "print_queue").state == "3")
    return [job.id for job in hub.coordinator.data.queued_jobs]


async def test_pending_uploads_are_listed_oldest_first_with_what_to_know(
    hass: HomeAssistant, hub: Hub, two_pending: list[str], todo: Todo
) -> None:
    items = await todo("get_items", "pending_uploads")
    assert [item["uid"] for item in items] == two_pending
    assert [item["summary"] for item in items] == ["A", "B"]
    assert {item["status"] for item in items} == {"needs_action"}
    assert hass.config.currency == "EUR"
    cost = (await hub.library.upload(two_pending[0])).cost
    assert cost
    assert f"PLA, PETG, €{cost:.2f}" in items[0]["description"]
    assert "Review, from 127.0.0.1" in items[0]["description"]


async def test_ticking_off_a_pending_upload_archives_it(
    hub: Hub, two_pending: list[str], todo: Todo, call: Call, state: Callable[..., Any]
) -> None:
    await todo("update_item", "pending_uploads", item="A", status="completed")
    (archive,) = (await call("list_archives"))["archives"]
    assert archive["archive_id"] == two_pending[0]
    await until(lambda: state("todo", hub, "pending_uploads").state == "1")
    assert [item["summary"] for item in await todo("get_items", "pending_uploads")] == [
        "B"
    ]


async def test_removing_pending_uploads_discards_them(
    hub: Hub, two_pending: list[str], todo: Todo, told: Told, state: Callable[..., Any]
) -> None:
    await todo("remove_item", "pending_uploads", item=two_pending)
    assert [event["upload_id"] for event in told.of(EventKind.DISCARDED)] == two_pending
    await until(lambda: state("todo", hub, "pending_uploads").state == "0")


async def test_a_pending_upload_can_be_renamed_in_the_list(
    hub: Hub, two_pending: list[str], todo: Todo, call: Call
) -> None:
    await todo("update_item", "pending_uploads", item="A", rename="C")
    await until(lambda: hub.coordinator.data.pending[-1].name == "C")
    items = await todo("get_items", "pending_uploads")
    assert [item["summary"] for item in items] == ["C", "B"]
    assert not (await call("list_archives"))["archives"]


async def test_a_pending_upload_is_archived_by_the_name_it_is_given_with_the_tick(
    two_pending: list[str], todo: Todo, call: Call
) -> None:
    await todo(
        "update_item", "pending_uploads", item="A", rename="C", status="completed"
    )
    (archive,) = (await call("list_archives"))["archives"]
    assert archive["archive_id"] == two_pending[0]
    assert archive["name"] == "C"


async def test_a_tick_counts_though_the_card_shows_an_old_description(
    two_pending: list[str], todo: Todo, call: Call
) -> None:
    await todo(
        "update_item",
        "pending_uploads",
        item="A",
        description="as it was",
        status="completed",
    )
    (archive,) = (await call("list_archives"))["archives"]
    assert archive["archive_id"] == two_pending[0]


async def test_what_is_written_below_a_pending_uploads_facts_is_kept_as_its_notes(
    hub: Hub, two_pending: list[str], todo: Todo
) -> None:
    async def write(description: str) -> tuple[str, str]:
        """Save the dialog, which sends everything it shows."""
        await todo(
            "update_item",
            "pending_uploads",
            item=two_pending[0],
            rename="A",
            status="needs_action",
            description=description,
        )
        notes = (await hub.library.upload(two_pending[0])).annotations.notes
        await until(lambda: hub.coordinator.data.pending[-1].annotations.notes == notes)
        (item, _) = await todo("get_items", "pending_uploads")
        return notes, item["description"]

    (item, _) = await todo("get_items", "pending_uploads")
    facts = item["description"]
    assert await write(f"{facts}\n\nfor Ada") == ("for Ada", f"{facts}\n\nfor Ada")
    assert await write(f"{facts} for Bob\nin red") == (
        "for Bob\nin red",
        f"{facts}\n\nfor Bob\nin red",
    )
    assert await write("for nobody") == ("for nobody", f"{facts}\n\nfor nobody")
    assert await write(facts) == ("", facts)


async def test_facts_that_changed_while_the_dialog_was_open_are_not_taken_for_notes(
    hass: HomeAssistant, hub: Hub, two_pending: list[str], todo: Todo
) -> None:
    (item, _) = await todo("get_items", "pending_uploads")
    await hass.config.async_update(currency="USD")
    (now, _) = await todo("get_items", "pending_uploads")
    assert now["description"] != item["description"]
    await todo(
        "update_item",
        "pending_uploads",
        item=two_pending[0],
        description=f"{item['description']}\n\nfor Ada",
    )
    notes = (await hub.library.upload(two_pending[0])).annotations.notes
    assert notes == "for Ada"


async def test_a_pending_upload_says_that_it_was_sliced_for_another_model(
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    todo: Todo,
    state: Callable[..., Any],
) -> None:
    printer = await add_printer("Review", mode="review", model="N1")
    await send(printer, sliced_file("A.gcode.3mf", title="A", model="C12"))
    await send(printer, sliced_file("B.gcode.3mf", title="B", model="N1"))
    await until(lambda: state("todo", hub, "pending_uploads").state == "2")
    wrong, right = await todo("get_items", "pending_uploads")
    assert (
        "Sliced for Bambu Lab P1S, received by Bambu Lab A1 mini"
        in wrong["description"]
    )
    assert "Sliced for" not in right["description"]


async def test_nothing_is_added_to_the_lists_by_hand(hub: Hub, todo: Todo) -> None:
    for key in ("pending_uploads", "print_queue"):
        with pytest.raises(HomeAssistantError):
            await todo("add_item", key, item="by hand")


async def test_a_tick_on_an_upload_that_somebody_else_decided_about_is_harmless(
    hub: Hub,
    two_pending: list[str],
    todo: Todo,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The list shows it until the library is read again.
    monkeypatch.setattr(
        hub.coordinator,
        "_async_update_data",
        AsyncMock(return_value=hub.coordinator.data),
    )
    await hub.library.pending.discard(two_pending[0])
    await todo(
        "update_item", "pending_uploads", item=two_pending[0], status="completed"
    )
    assert not (await call("list_archives"))["archives"]


async def test_jobs_are_listed_in_their_order_with_the_reason_they_wait(
    three_jobs: list[str], todo: Todo
) -> None:
    items = await todo("get_items", "print_queue")
    assert [item["uid"] for item in items] == three_jobs
    # What tells them apart comes first, where long names are cut off at their ends.
    assert [item["summary"] for item in items] == [
        f"Plate {n} of 3: Box" for n in (1, 2, 3)
    ]
    assert all(item["description"].startswith("On hold · ") for item in items)
    assert all("For any P1S" in item["description"] for item in items)


async def test_ticking_off_a_job_starts_it_and_removing_one_cancels_it(
    hub: Hub,
    three_jobs: list[str],
    todo: Todo,
    call: Call,
    state: Callable[..., Any],
) -> None:
    first, second, _ = three_jobs
    await todo("update_item", "print_queue", item=first, status="completed")
    assert (await call("get_job", job_id=first))["state"] == "waiting"
    await todo("remove_item", "print_queue", item=[second])
    assert (await call("get_job", job_id=second))["state"] == "cancelled"
    await until(lambda: state("todo", hub, "print_queue").state == "2")


async def test_a_started_job_is_marked_and_ticking_it_says_that_it_was_printed(
    hub: Hub, three_jobs: list[str], todo: Todo, call: Call, state: Callable[..., Any]
) -> None:
    first = three_jobs[0]
    await todo("update_item", "print_queue", item=first, status="completed")
    await until(lambda: hub.coordinator.data.queued_jobs[0].state is JobState.WAITING)
    item = (await todo("get_items", "print_queue"))[0]
    assert item["summary"] == "▶ Plate 1 of 3: Box"
    assert item["status"] == "needs_action"
    assert item["description"].startswith(
        "Started. Print it yourself, then mark it as printed · "
    )
    # Another item to the card, which would otherwise leave its box ticked.
    assert item["uid"] != first
    # Saving the dialog of a job that was started meanwhile changes nothing.
    await todo("update_item", "print_queue", item=item["uid"], status="needs_action")
    assert (await call("get_job", job_id=first))["state"] == "waiting"
    await todo("update_item", "print_queue", item=item["uid"], status="completed")
    assert (await call("get_job", job_id=first))["state"] == "completed"
    await until(lambda: state("todo", hub, "print_queue").state == "2")


async def test_two_ticks_on_a_started_job_at_once_count_one_copy(
    hub: Hub, three_jobs: list[str], todo: Todo, call: Call
) -> None:
    first = three_jobs[0]
    await call("edit_job", job_id=first, copies=3)
    await todo("update_item", "print_queue", item=first, status="completed")
    await until(lambda: hub.coordinator.data.queued_jobs[0].state is JobState.WAITING)
    item = (await todo("get_items", "print_queue"))[0]

    # As of two phones that show the same list.
    ticks = await asyncio.gather(
        *(
            todo("update_item", "print_queue", item=item["uid"], status="completed")
            for _ in range(2)
        ),
        return_exceptions=True,
    )

    [refused] = [one for one in ticks if isinstance(one, BaseException)]
    assert isinstance(refused, ServiceValidationError)
    assert "This copy was noted as printed already" in str(refused)
    assert (await call("get_job", job_id=first))["copies_printed"] == 1


async def test_the_queue_can_be_emptied_by_ticking_alone(
    hub: Hub, three_jobs: list[str], todo: Todo, call: Call
) -> None:
    # Three plates are started and ticked off, one of them once more for its second copy.
    await call("edit_job", job_id=three_jobs[1], copies=2)
    for _ in range(7):
        assert hub.coordinator.data.queued_jobs
        (item, *_) = await todo("get_items", "print_queue")
        await todo("update_item", "print_queue", item=item["uid"], status="completed")
        line = await hub.library.queue.queued_jobs()
        await until(lambda line=line: hub.coordinator.data.queued_jobs == line)
    assert not hub.coordinator.data.queued_jobs
    finished = await call("list_finished_jobs")
    assert {job["state"] for job in finished["jobs"]} == {"completed"}


@pytest.mark.parametrize("is_retried", [True, False])
async def test_a_tick_starts_a_job_again_whose_attempt_came_to_nothing(
    hub: Hub, three_jobs: list[str], todo: Todo, call: Call, is_retried: bool
) -> None:
    first = three_jobs[0]
    await todo("update_item", "print_queue", item=first, status="completed")
    print_ = await claim(hub.library, first)
    await hub.library.prints.put_back(
        print_,
        problem=Problem.UPLOAD_BROKEN_OFF,
        retry_at=dt_util.utcnow() + timedelta(hours=1) if is_retried else None,
    )
    await until(lambda: hub.coordinator.data.queued_jobs[0].problem is not None)
    item = (await todo("get_items", "print_queue"))[0]
    assert (item["uid"], item["summary"]) == (first, "Plate 1 of 3: Box")
    # As the panel does.
    [job, *_] = hub.coordinator.data.queued_jobs
    assert "start" in job_verbs(hub, job, hub.wording)
    await todo("update_item", "print_queue", item=first, status="completed")
    job = await hub.library.queue.job(first)
    assert (job.state, job.copies_printed) == (JobState.WAITING, 0)
    assert (job.problem, job.retry_at) == (None, None)
    await until(lambda: hub.coordinator.data.queued_jobs[0].problem is None)
    item = (await todo("get_items", "print_queue"))[0]
    assert item["uid"] != first
    assert item["summary"] == "▶ Plate 1 of 3: Box"
    [job, *_] = hub.coordinator.data.queued_jobs
    assert "start" not in job_verbs(hub, job, hub.wording)


async def test_a_second_tick_on_what_was_not_started_yet_starts_it_once(
    hub: Hub,
    three_jobs: list[str],
    todo: Todo,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The card shows the job as it was until the list is read again.
    monkeypatch.setattr(
        hub.coordinator,
        "_async_update_data",
        AsyncMock(return_value=hub.coordinator.data),
    )
    for _ in range(2):
        await todo("update_item", "print_queue", item=three_jobs[0], status="completed")
    assert (await call("get_job", job_id=three_jobs[0]))["state"] == "waiting"


async def test_a_started_job_can_be_moved_and_removed(
    hass: HomeAssistant,
    hub: Hub,
    three_jobs: list[str],
    todo: Todo,
    call: Call,
    entity_id: Callable[..., str],
    hass_ws_client: WebSocketGenerator,
) -> None:
    first, second, third = three_jobs
    await call("start_job", job_id=first)
    await until(lambda: hub.coordinator.data.queued_jobs[0].state is JobState.WAITING)
    started = (await todo("get_items", "print_queue"))[0]["uid"]
    client = await hass_ws_client(hass)
    for uid, previous, line in (
        (started, second, [second, first, third]),
        (third, started, [second, first, third]),
    ):
        await client.send_json_auto_id(
            {
                "type": "todo/item/move",
                "entity_id": entity_id("todo", hub, "print_queue"),
                "uid": uid,
                "previous_uid": previous,
            }
        )
        assert (await client.receive_json())["success"]
        assert [job.id for job in await hub.library.queue.queued_jobs()] == line
    await todo("remove_item", "print_queue", item=[started])
    assert (await call("get_job", job_id=first))["state"] == "cancelled"


async def test_the_due_time_of_the_list_is_when_a_job_should_be_done(
    hass: HomeAssistant, hub: Hub, three_jobs: list[str], todo: Todo, call: Call
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    job_id = three_jobs[0]

    async def set_due(**due: Any) -> str | None:
        await todo("update_item", "print_queue", item=job_id, **due)
        job = await call("get_job", job_id=job_id)
        assert job["not_before"] is None
        stored = (await hub.library.queue.job(job_id)).due
        await until(lambda: hub.coordinator.data.queued_jobs[0].due == stored)
        found: str | None = job["due"]
        return found

    assert (
        await set_due(due_datetime="2099-07-01T10:00:00+02:00")
        == "2099-07-01T08:00:00+00:00"
    )
    (item, *_) = await todo("get_items", "print_queue")
    assert item["due"] == "2099-07-01T10:00:00+02:00"
    # A deadline keeps nothing from beginning, and is not told twice.
    await call("release_job", job_id=job_id)
    await until(lambda: hub.coordinator.data.queued_jobs[0].state is JobState.PENDING)
    (item, *_) = await todo("get_items", "print_queue")
    assert (await call("get_job", job_id=job_id))["waiting_key"] != "scheduled"
    assert "2099" not in item["description"]
    assert await set_due(due_datetime=None) is None
    # By a day means by its end.
    assert await set_due(due_date="2099-07-02") == "2099-07-02T21:59:00+00:00"


async def test_the_time_before_which_a_job_does_not_begin_has_words_of_its_own(
    hub: Hub, three_jobs: list[str], todo: Todo, call: Call
) -> None:
    job_id = three_jobs[0]
    await call("release_job", job_id=job_id)
    await call(
        "edit_job",
        job_id=job_id,
        not_before="2099-07-01T10:00:00+00:00",
        due="2099-07-03T10:00:00+00:00",
    )
    await until(
        lambda: (
            hub.coordinator.data.queued_jobs[0].due
            and hub.coordinator.data.queued_jobs[0].not_before
        )
    )
    (item, *_) = await todo("get_items", "print_queue")
    assert (
        dt_util.parse_datetime(item["due"], raise_on_error=True)
        == hub.coordinator.data.queued_jobs[0].due
    )
    assert item["description"].startswith("Not before Jul 1, 2099, ")


@pytest.mark.parametrize("change", [{"rename": "Cube"}, {"description": "other"}])
async def test_a_job_is_not_renamed_in_the_list(
    three_jobs: list[str], todo: Todo, change: dict[str, str]
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await todo("update_item", "print_queue", item=three_jobs[0], **change)
    assert raised.value.translation_key == "job_not_editable"


async def test_dragging_moves_a_job(
    hass: HomeAssistant,
    hub: Hub,
    three_jobs: list[str],
    entity_id: Callable[..., str],
    hass_ws_client: WebSocketGenerator,
) -> None:
    client = await hass_ws_client(hass)
    first, second, third = three_jobs

    async def drag(uid: str, previous: str | None) -> Any:
        message = {
            "type": "todo/item/move",
            "entity_id": entity_id("todo", hub, "print_queue"),
            "uid": uid,
        }
        if previous:
            message["previous_uid"] = previous
        await client.send_json_auto_id(message)
        return await client.receive_json()

    async def line() -> list[str]:
        return [job.id for job in await hub.library.queue.queued_jobs()]

    assert (await drag(third, None))["success"]
    assert await line() == [third, first, second]
    assert (await drag(third, first))["success"]
    assert await line() == [first, third, second]
    assert not (await drag(third, "01KAPWZ3V8X4M2T9C6B5N7Q1RD"))["success"]
    assert await line() == [first, third, second]


async def test_the_lists_tell_notes_copies_and_when_a_job_is_due(
    hub: Hub,
    two_pending: list[str],
    todo: Todo,
    call: Call,
) -> None:
    await call("edit_pending", upload_id=two_pending[0], notes="for Ada")
    await until(lambda: hub.coordinator.data.pending[-1].annotations.notes)
    items = await todo("get_items", "pending_uploads")
    assert items[0]["description"].endswith("for Ada")
    await call(
        "queue_pending",
        upload_id=two_pending[0],
        copies=3,
        due="2099-12-24T18:00:00+00:00",
    )
    await until(lambda: hub.coordinator.data.queued_jobs)
    (item,) = await todo("get_items", "print_queue")
    assert "0 of 3 copies printed" in item["description"]
    assert item["due"].startswith("2099-12-2")


async def test_a_new_time_is_taken_although_the_reason_shown_was_another_one(
    hub: Hub, three_jobs: list[str], todo: Todo, call: Call
) -> None:
    job_id = three_jobs[0]
    seen = (await todo("get_items", "print_queue"))[0]
    await call("release_job", job_id=job_id)
    await until(lambda: hub.coordinator.data.queued_jobs[0].state.value == "pending")
    # The card sends back everything it showed, along with what was changed.
    await todo(
        "update_item",
        "print_queue",
        item=job_id,
        rename=seen["summary"],
        status="needs_action",
        description=seen["description"],
        due_datetime="2099-07-01T10:00:00+00:00",
    )
    shown = await call("get_job", job_id=job_id)
    assert shown["due"] == "2099-07-01T10:00:00+00:00"


async def test_the_time_a_job_waits_for_is_told_in_the_households_zone(
    hass: HomeAssistant, hub: Hub, three_jobs: list[str], todo: Todo, call: Call
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    job_id = three_jobs[0]
    await call("release_job", job_id=job_id)
    job = await call("edit_job", job_id=job_id, not_before="2099-07-01 10:00:00")
    assert job["not_before"] == "2099-07-01T08:00:00+00:00"
    assert job["waiting_reason"] == "Not before Jul 1, 2099, 10:00 AM"
    await until(lambda: hub.coordinator.data.queued_jobs[0].not_before)
    (item, *_) = await todo("get_items", "print_queue")
    assert item["description"].startswith("Not before Jul 1, 2099, 10:00 AM · ")


async def test_a_job_dropped_behind_the_one_that_prints_is_the_next(
    hass: HomeAssistant,
    hub: Hub,
    three_jobs: list[str],
    entity_id: Callable[..., str],
    hass_ws_client: WebSocketGenerator,
) -> None:
    first, second, third = three_jobs
    await hub.library.queue.release(first)
    await claim(hub.library, first)
    client = await hass_ws_client(hass)
    await client.send_json_auto_id(
        {
            "type": "todo/item/move",
            "entity_id": entity_id("todo", hub, "print_queue"),
            "uid": third,
            "previous_uid": first,
        }
    )
    assert (await client.receive_json())["success"]
    line = await hub.library.queue.queued_jobs()
    assert [job.id for job in line] == [first, third, second]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "US/Pacific"])
@pytest.mark.parametrize("year", ["0001-01-01", "9999-12-31"])
async def test_a_time_that_nobody_can_reckon_with_is_refused(
    hass: HomeAssistant,
    three_jobs: list[str],
    todo: Todo,
    call: Call,
    zone: str,
    year: str,
) -> None:
    await hass.config.async_set_time_zone(zone)
    job_id = three_jobs[0]
    for field in ("not_before", "due"):
        for action in (
            call("edit_job", job_id=job_id, **{field: f"{year} 12:00:00"}),
            call(
                "queue_archive",
                archive_id=(await call("get_job", job_id=job_id))["archive_id"],
                **{field: f"{year}T23:59:59+00:00"},
            ),
        ):
            with pytest.raises(ServiceValidationError) as raised:
                await action
            is_over = year == "0001-01-01"
            assert raised.value.translation_key == (
                "time_over" if is_over else "not_possible"
            )
    with pytest.raises(ServiceValidationError):
        await todo("update_item", "print_queue", item=job_id, due_date=year)
    assert len((await call("list_queue"))["jobs"]) == 3


# --- the calendar


async def test_planned_jobs_are_in_the_calendar_for_as_long_as_they_take(
    hass: HomeAssistant,
    hub: Hub,
    three_jobs: list[str],
    call: Call,
    entity_id: Callable[..., str],
    state: Callable[..., Any],
) -> None:
    calendar = entity_id("calendar", hub, "planned_prints")
    assert state("calendar", hub, "planned_prints").state == "off"
    start = dt_util.utcnow().replace(microsecond=0) + timedelta(hours=2)

    async def events(begin: timedelta, end: timedelta) -> list[dict[str, Any]]:
        response = await hass.services.async_call(
            "calendar",
            "get_events",
            {
                "entity_id": calendar,
                "start_date_time": (start + begin).isoformat(),
                "end_date_time": (start + end).isoformat(),
            },
            blocking=True,
            return_response=True,
        )
        found: list[dict[str, Any]] = response[calendar]["events"]
        return found

    day = timedelta(days=1)
    assert await events(-day, day) == []
    first, second, _ = three_jobs
    await call("edit_job", job_id=second, not_before=start.isoformat(), copies=2)
    await call("edit_job", job_id=first, not_before=(start + day).isoformat())
    await until(
        lambda: (
            sum(bool(job.not_before) for job in hub.coordinator.data.queued_jobs) == 2
        )
    )
    job = await call("get_job", job_id=second)
    (planned,) = await events(-day, timedelta(hours=1))
    assert planned["summary"] == "Box - Plate 2"
    begins = dt_util.parse_datetime(planned["start"], raise_on_error=True)
    ends = dt_util.parse_datetime(planned["end"], raise_on_error=True)
    assert begins == start
    assert ends - begins == timedelta(seconds=2 * job["print_time_s"])
    assert "On hold" in planned["description"]
    assert [event["summary"] for event in await events(-day, 2 * day)] == [
        "Box - Plate 2",
        "Box - Plate 1",
    ]
    assert await events(timedelta(days=-3), timedelta(days=-2)) == []
    shown = state("calendar", hub, "planned_prints")
    assert shown.attributes["message"] == "Box - Plate 2"
    # What is planned for never is in no calendar.
    never = "8999-12-31T12:00:00+00:00"
    await call("edit_job", job_id=first, not_before=never, copies=999)
    await until(
        lambda: any(job.copies == 999 for job in hub.coordinator.data.queued_jobs)
    )
    assert [event["summary"] for event in await events(-day, 2 * day)] == [
        "Box - Plate 2"
    ]
    await call("edit_job", job_id=second, not_before=None)
    await call("edit_job", job_id=first, not_before=None)
    await until(
        lambda: not any(job.not_before for job in hub.coordinator.data.queued_jobs)
    )
    assert await events(-day, 2 * day) == []
    assert "message" not in state("calendar", hub, "planned_prints").attributes


async def test_a_print_takes_as_long_when_the_clocks_change(
    hass: HomeAssistant,
    hub: Hub,
    three_jobs: list[str],
    call: Call,
    entity_id: Callable[..., str],
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    calendar = entity_id("calendar", hub, "planned_prints")
    # The night in which summer time ends.
    await call(
        "edit_job", job_id=three_jobs[0], not_before="2030-10-26 22:00:00", copies=20
    )
    await until(lambda: hub.coordinator.data.queued_jobs[0].not_before)
    response = await hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": calendar,
            "start_date_time": "2030-10-01T00:00:00+00:00",
            "end_date_time": "2030-11-01T00:00:00+00:00",
        },
        blocking=True,
        return_response=True,
    )
    (planned,) = response[calendar]["events"]
    begins = dt_util.parse_datetime(planned["start"], raise_on_error=True)
    ends = dt_util.parse_datetime(planned["end"], raise_on_error=True)
    assert begins.utcoffset() != ends.utcoffset()
    job = await call("get_job", job_id=three_jobs[0])
    assert ends - begins == timedelta(seconds=20 * job["print_time_s"])


@pytest.mark.usefixtures("all_entities_enabled")
async def test_links_and_pictures_are_only_of_what_everybody_may_see(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    call: Call,
    device_of: DeviceOf,
    send: Send,
    sliced_file: Callable[..., SentFile],
    state: Callable[..., Any],
    todo: Todo,
) -> None:
    await hass.auth.async_create_user("Anna", group_ids=[GROUP_ID_USER])
    printer = await add_printer("Garage", mode="review")
    device = device_of(printer.id)
    assert device
    users = {"Anna": {"user": "Anna"}, "Guest": {}}
    codes = {
        name: (await call("add_person", device_id=device.id, name=name, **settings))[
            "access_code"
        ]
        for name, settings in users.items()
    }
    is_shown = {"Anna": False, "Guest": True}
    for seed, name in enumerate(users):
        await send(
            printer,
            sliced_file(f"{name}.gcode.3mf", title=name, seed=seed),
            access_code=codes[name],
        )
        await until(
            lambda name=name: any(
                upload.name == name for upload in hub.coordinator.data.pending
            )
        )
        await hass.async_block_till_done()
        shown = state("event", printer, "activity").attributes
        assert shown["sender"] == name
        assert bool(shown.get("picture")) is is_shown[name], name
    items = await todo("get_items", "pending_uploads")
    assert {
        item["summary"]: "authSig" in item["description"] for item in items
    } == is_shown
    # The panel knows who looks.
    for item in items:
        assert f'href="/bambu-prints/inbox/{item["uid"]}"' in item["description"]
    for upload in tuple(hub.coordinator.data.pending):
        await call("queue_pending", upload_id=upload.id)
    await until(lambda: state("todo", hub, "print_queue").state == "2")
    items = await todo("get_items", "print_queue")
    assert {
        name: "authSig" in item["description"]
        for name in users
        for item in items
        if name in item["summary"]
    } == is_shown
    for item in items:
        assert f'href="/bambu-prints/queue/{item["uid"]}"' in item["description"]


async def test_lists_are_described_for_those_only_who_look(
    hass: HomeAssistant,
    hub: Hub,
    three_jobs: list[str],
    two_pending: list[str],
    monkeypatch: pytest.MonkeyPatch,
    state: Callable[..., Any],
    todo: Todo,
) -> None:
    described: list[str] = []

    def describing(name: str) -> None:
        describe = getattr(todo_platform, name)

        def _describe(thing: Any, *args: Any, **kwargs: Any) -> str:
            described.append(thing.id)
            text: str = describe(thing, *args, **kwargs)
            return text

        monkeypatch.setattr(todo_platform, name, _describe)

    describing("job_text")
    describing("upload_text")
    await hub.queue.move(three_jobs[2], position=1)
    await hub.coordinator.async_refresh()
    assert state("todo", hub, "print_queue").state == "3"
    assert state("todo", hub, "pending_uploads").state == "2"
    assert described == []
    await todo("get_items", "print_queue")
    assert described == [three_jobs[2], *three_jobs[:2]]


async def test_who_opens_a_list_is_told_of_each_change_from_there_on(
    hass: HomeAssistant,
    hub: Hub,
    three_jobs: list[str],
    hass_ws_client: WebSocketGenerator,
    entity_id: Callable[..., str],
) -> None:
    """Also where the list becomes again what somebody was told before."""
    client = await hass_ws_client(hass)
    order = list(three_jobs)

    async def _open() -> int:
        message = {
            "type": "todo/item/subscribe",
            "entity_id": entity_id("todo", hub, "print_queue"),
        }
        await client.send_json_auto_id(message)
        answer = await client.receive_json()
        assert answer["success"]
        assert await _told() == order
        subscription: int = answer["id"]
        return subscription

    async def _told() -> list[str]:
        event = (await client.receive_json())["event"]
        return [item["uid"] for item in event["items"]]

    async def _until_told_of_order() -> None:
        # What was the case before may be told once more: the list is made anew for more than changes of it.
        while await _told() != order:
            pass

    async def _move_first_to_end() -> None:
        await hub.queue.move(order[0], position=3)
        order.append(order.pop(0))
        await hub.coordinator.async_refresh()

    opened = await _open()
    await _move_first_to_end()
    await _until_told_of_order()
    await client.send_json_auto_id(
        {"type": "unsubscribe_events", "subscription": opened}
    )
    assert (await client.receive_json())["success"]
    before = list(order)
    await _move_first_to_end()
    await _open()
    await hub.queue.move(order[2], position=1)
    order.insert(0, order.pop())
    assert order == before
    await hub.coordinator.async_refresh()
    await _until_told_of_order()
