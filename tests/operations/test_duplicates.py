"""The same bytes again: kept, asked about or skipped, by what the printer says; and told with their history."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.engine.library.values.job import JobState
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    DuplicateHistory,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.presentation import upload_text
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.core import HomeAssistant
from scripts import slicer
from tests.support.home_assistant import AddPrinter, Call, Send, SentFile, Told
from tests.support.waiting import until


@pytest.fixture
def send_again(hub: Hub, tmp_path: Path) -> Callable[..., Any]:
    """Send a file of which nothing may be left to look at."""

    async def _send(printer: ManagedPrinter, file: SentFile) -> None:
        ca = tmp_path / "ca.pem"
        ca.write_text(hub.certificates.authority.pem)
        await slicer.send(
            file.path,
            printer.config.bind_ip,
            printer.config.access_code,
            ca=ca,
            on_step=lambda _: None,
        )

    return _send


async def test_the_archive_s_history_is_told_of_the_same_bytes(
    hub: Hub,
    printer: ManagedPrinter,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    told: Told,
    hass: HomeAssistant,
    state: Callable[..., Any],
) -> None:
    sent = await send(printer, sliced_file("Box.gcode.3mf", title="Box"))
    received = told.last(EventKind.RECEIVED)
    assert (received["duplicate_of"], received["duplicate_count"]) == (None, 0)
    assert EventKind.DUPLICATE_DETECTED not in told.kinds
    (archive,) = (await call("list_archives"))["archives"]
    archive_id = archive["archive_id"]
    for outcome, error in (
        (JobState.COMPLETED, ""),
        (JobState.FAILED, "spaghetti"),
        (JobState.COMPLETED, ""),
    ):
        (job,) = (await call("queue_archive", archive_id=archive_id))["jobs"]
        await hub.library.queue.finish(job["job_id"], outcome, error)
    history = {
        "duplicate_of": archive_id,
        "duplicate_count": 1,
        "print_count": 2,
        "last_failure": "spaghetti",
    }
    review = await add_printer("Review", mode="review")
    await send(review, sent)
    for kind in (
        EventKind.RECEIVED,
        EventKind.DUPLICATE_DETECTED,
        EventKind.PENDING,
    ):
        event = told.last(kind)
        assert history.items() <= event.items()
        assert event["last_printed_at"]
    assert told.kinds.index(EventKind.RECEIVED) < told.kinds.index(EventKind.PENDING)
    (pending,) = (await call("list_pending"))["uploads"]
    assert history.items() <= pending.items()
    assert (
        history.items()
        <= (await call("get_upload", upload_id=pending["upload_id"])).items()
    )
    await until(lambda: hub.coordinator.data.pending)
    items = await hass.services.async_call(
        "todo",
        "get_items",
        {"entity_id": "todo.3d_prints_pending_uploads"},
        blocking=True,
        return_response=True,
    )
    ((item,),) = (listed["items"] for listed in items.values())
    assert "Already printed 2 times, last on" in item["description"]
    assert "spaghetti" in item["description"]


@pytest.mark.parametrize(
    ("print_count", "told_as"),
    [
        (0, "Already archived, not printed yet"),
        (1, "Already printed once, on Nov 1, 2025"),
        (2, "Already printed 2 times, last on Nov 1, 2025"),
    ],
)
async def test_how_often_a_known_file_was_printed_is_told_in_words(
    hub: Hub, add_printer: AddPrinter, send: Send, print_count: int, told_as: str
) -> None:
    await send(await add_printer("Review", mode="review"))
    await until(lambda: hub.coordinator.data.pending)
    known = DuplicateHistory(
        original_id="01KAPWZ3V8X4M2T9C6B5N7Q1RD",
        count=1,
        print_count=print_count,
        last_printed_at=datetime(2025, 11, 1, 12, tzinfo=UTC) if print_count else None,
        last_failure="",
    )
    (pending,) = hub.coordinator.data.pending
    assert told_as in upload_text(replace(pending, known=known), hub.wording).split(
        " · "
    )


@pytest.mark.parametrize("mode", ["immediate", "queue"])
async def test_asking_lets_the_same_bytes_wait_whatever_the_mode(
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    told: Told,
    issue_registry: Any,
    mode: str,
) -> None:
    printer = await add_printer("Work", mode=mode, filing={"duplicates": "ask"})
    sent = await send(printer, sliced_file(seed=1))
    assert EventKind.PENDING not in told.kinds
    await send(printer, sent)
    pending = told.last(EventKind.PENDING)
    assert pending["duplicate_of"] == told.last(EventKind.ARCHIVED)["archive_id"]
    assert pending["reason"] == ""
    assert not [
        issue
        for issue in issue_registry.issues.values()
        if issue.issue_id.startswith("upload_held")
    ]
    await send(printer, sliced_file(seed=2))
    assert (await call("list_archives"))["total"] == 2
    (done,) = (await call("archive_pending", all=True))["uploads"]
    assert done["result"] == "done"
    assert told.last(EventKind.ARCHIVED)["duplicate_of"] == pending["duplicate_of"]


async def test_skipping_discards_the_same_bytes_and_names_the_archive(
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    send_again: Callable[..., Any],
    call: Call,
    told: Told,
) -> None:
    printer = await add_printer("Work", filing={"duplicates": "skip"})
    sent = await send(printer)
    (archive,) = (await call("list_archives"))["archives"]
    await send_again(printer, sent)
    await until(lambda: EventKind.DISCARDED in told.kinds)
    discarded = told.last(EventKind.DISCARDED)
    assert discarded["duplicate_of"] == archive["archive_id"]
    assert discarded["reason"] == "This file is already in the archive."
    assert (await call("list_archives"))["total"] == 1
    assert (await call("list_pending"))["uploads"] == []
    kept = list(hub._options.library_folder.rglob("*.3mf"))
    assert len(kept) == 1


async def test_nothing_is_skipped_when_the_archive_lost_its_file(
    hub: Hub, add_printer: AddPrinter, send: Send, call: Call, told: Told
) -> None:
    printer = await add_printer("Work", filing={"duplicates": "skip"})
    sent = await send(printer)
    (archive,) = (await call("list_archives"))["archives"]
    path = await hub.library.file_path(archive["archive_id"])
    assert path
    path.unlink()
    await send(printer, sent)
    assert EventKind.DISCARDED not in told.kinds
    assert (await call("list_archives"))["total"] == 2


async def test_nothing_is_a_duplicate_of_what_was_deleted(
    add_printer: AddPrinter, send: Send, call: Call, told: Told
) -> None:
    printer = await add_printer("Work", filing={"duplicates": "skip"})
    sent = await send(printer)
    (archive,) = (await call("list_archives"))["archives"]
    await call("delete_archive", archive_id=archive["archive_id"])
    await send(printer, sent)
    assert told.last(EventKind.ARCHIVED)["duplicate_of"] is None
    assert told.last(EventKind.RECEIVED)["duplicate_of"] is None


async def test_the_picture_of_an_event_can_be_fetched_without_a_login(
    add_printer: AddPrinter,
    send: Send,
    told: Told,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await send(await add_printer("Review", mode="review"))
    client = await hass_client_no_auth()
    pending = told.last(EventKind.PENDING)
    response = await client.get(pending["picture"])
    assert response.status == 200
    assert response.content_type == "image/png"
    assert (await client.get(pending["thumbnail"])).status == 401
