"""Actions take names where only one thing is called so, and say what there is to choose from otherwise."""

from collections.abc import Callable

import pytest

from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.exceptions import ServiceValidationError
from tests.support.home_assistant import AddPrinter, Call, Send, SentFile
from tests.support.waiting import until


@pytest.mark.parametrize("said", ["Gift box", "gift  BOX"])
async def test_an_archive_is_found_by_its_name(
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    said: str,
) -> None:
    await send(printer, sliced_file("a.gcode.3mf", title="Gift box", seed=1))
    await send(printer, sliced_file("b.gcode.3mf", title="Gift box lid", seed=2))
    archive = await call("get_archive", archive_id=said)
    assert archive["name"] == "Gift box"
    await call("update_archive", archive_id=said, notes="with a brim")
    (job,) = (await call("queue_archive", archive_id=said))["jobs"]
    assert job["archive_id"] == archive["archive_id"]
    assert (await call("find_similar", archive_id=said))["exact"] == []
    deleted = await call("delete_archive", archive_id=said)
    assert deleted["archive_id"] == archive["archive_id"]


async def test_several_of_one_name_are_listed_and_nothing_is_done(
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    for number in range(2):
        await send(
            printer, sliced_file(f"{number}.gcode.3mf", title="Gift box", seed=number)
        )
    with pytest.raises(ServiceValidationError) as raised:
        await call("delete_archive", archive_id="Gift box")
    assert raised.value.translation_key == "ambiguous_name"
    archives = (await call("list_archives"))["archives"]
    assert len(archives) == 2
    for archive in archives:
        assert archive["archive_id"] in str(raised.value)


async def test_a_name_that_nothing_has_is_said(
    printer: ManagedPrinter, send: Send, call: Call
) -> None:
    await send(printer)
    for action, data in (
        ("get_archive", {"archive_id": "teapot"}),
        ("get_archive", {"archive_id": " "}),
        ("get_archive", {"archive_id": "word " * 100}),
        ("start_job", {"job_id": "teapot"}),
        ("discard_pending", {"upload_id": "teapot"}),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await call(action, **data)
        assert raised.value.translation_key == "not_found"


async def test_pending_uploads_and_jobs_are_found_by_their_names(
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    review = await add_printer("Review", mode="review")
    await send(review, sliced_file("a.gcode.3mf", title="Box", plates=2, seed=1))
    await send(review, sliced_file("b.gcode.3mf", title="Lid", seed=2))
    edited = await call("edit_pending", upload_id="box", notes="red")
    assert edited["name"] == "Box"
    assert (await call("get_upload", upload_id="Box"))["notes"] == "red"
    answer = await call("queue_pending", upload_id=["Box", "teapot", "lid"])
    assert [upload["name"] for upload in answer["uploads"]] == ["Box", "Lid"]
    assert [upload["upload_id"] for upload in answer["failed"]] == ["teapot"]
    await until(lambda: len(hub.coordinator.data.queued_jobs) == 3)
    for said, title in (
        ("Box - Plate 2", "Box - Plate 2"),
        ("Plate 1 of 2: Box", "Box - Plate 1"),
        ("lid", "Lid"),
    ):
        assert (await call("get_job", job_id=said))["name"] == title
    with pytest.raises(ServiceValidationError) as raised:
        await call("cancel_job", job_id="Box")
    assert raised.value.translation_key == "ambiguous_name"
    assert "Box - Plate 1" in str(raised.value)
    assert (await call("complete_job", job_id="Lid"))["state"] == "completed"


async def test_ended_jobs_are_found_by_their_names_the_last_one_first(
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    queueing = await add_printer("Queue", mode="queue")
    await send(queueing, sliced_file("a.gcode.3mf", title="Box", seed=1))
    (first,) = (await call("list_queue"))["jobs"]
    await call("complete_job", job_id="box")
    (second,) = (await call("queue_archive", archive_id="box"))["jobs"]
    await call("fail_job", job_id="Box", reason="Came off")
    (third,) = (await call("queue_archive", archive_id="box"))["jobs"]
    # The one in line has not been printed.
    judged = await call("judge_job", job_id="BOX", verdict="failed")
    assert judged["job_id"] == second["job_id"]
    assert (await call("get_job", job_id="box"))["job_id"] == third["job_id"]
    await call("cancel_job", job_id="box")
    assert (await call("get_job", job_id="box"))["job_id"] == third["job_id"]
    # The last that ended has no offer to be printed again, and was cancelled.
    again = await call("reprint_job", job_id="box", reprint=False)
    assert again["job_id"] == second["job_id"]
    assert (await call("retry_job", job_id="box"))["job_id"] == third["job_id"]
    await call("cancel_job", job_id="box")
    with pytest.raises(ServiceValidationError) as raised:
        await call("hold_job", job_id="box")
    assert raised.value.translation_key == "not_possible"
    assert first["job_id"] not in {second["job_id"], third["job_id"]}


async def test_actions_on_ended_jobs_say_that_a_name_is_unknown(
    printer: ManagedPrinter, call: Call
) -> None:
    for action, data in (
        ("judge_job", {"verdict": "good"}),
        ("reprint_job", {}),
        ("retry_job", {}),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await call(action, job_id="teapot", **data)
        assert raised.value.translation_key == "not_found"


async def test_what_is_undone_is_found_by_its_name_the_last_one_first(
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    review = await add_printer("Review", mode="review")
    ids = []
    for number in range(2):
        await send(review, sliced_file(f"{number}.gcode.3mf", title="Box", seed=number))
        (waiting,) = (await call("list_pending"))["uploads"]
        ids.append(waiting["upload_id"])
        await call("discard_pending", upload_id="Box")
    (undone,) = (await call("undo", upload_id="box"))["uploads"]
    assert undone["upload_id"] == ids[1]
    (undone,) = (await call("undo", upload_id="box"))["uploads"]
    assert undone["upload_id"] == ids[0]
    await call("archive_pending", upload_id=ids[0])
    (undone,) = (await call("undo", upload_id="Box"))["uploads"]
    assert (undone["upload_id"], undone["state"]) == (ids[0], "pending")
    with pytest.raises(ServiceValidationError) as raised:
        await call("undo", upload_id="teapot")
    assert raised.value.translation_key == "not_found"
