"""Review: files wait for a person, who archives, queues, discards or sends them back, once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
import io
from pathlib import Path
from typing import Any
from unittest.mock import ANY
import zipfile

import probatio
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.components import media_source
from homeassistant.components.image import async_get_image
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from scripts import slicer
from tests.support.home_assistant import (
    ACCESS_CODE,
    AddPrinter,
    Call,
    DeviceOf,
    Send,
    SentFile,
    Told,
)
from tests.support.waiting import until

UNKNOWN_ID = "01KAPWZ3V8X4M2T9C6B5N7Q1RD"


@pytest.fixture
async def reviewed(add_printer: AddPrinter) -> ManagedPrinter:
    """A printer whose uploads wait for a person."""
    return await add_printer("Review", mode="review")


@pytest.fixture
async def pending(reviewed: ManagedPrinter, send: Send) -> str:
    """The id of a pending upload."""
    await send(reviewed)
    assert reviewed.pictured_id
    return reviewed.pictured_id


async def pending_names(call: Call, **filters: Any) -> list[str]:
    return [
        upload["name"] for upload in (await call("list_pending", **filters))["uploads"]
    ]


async def test_an_upload_waits_and_is_shown_with_all_its_facts(
    hub: Hub,
    reviewed: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    told: Told,
    state: Callable[..., Any],
) -> None:
    sent = sliced_file("Box.gcode.3mf", title="Box", plates=2, filaments=2)
    await send(reviewed, sent, print_options=slicer.PrintOptions(timelapse=True))
    assert (await call("list_archives"))["total"] == 0
    (listed,) = (await call("list_pending"))["uploads"]
    assert listed["name"] == "Box"
    assert listed["file_name"] == sent.path.name
    assert listed["state"] == "pending"
    assert listed["reason"] == ""
    assert listed["printer"] == "Review"
    assert listed["source_ip"] == "127.0.0.1"
    assert listed["plate_count"] == 2
    assert listed["print_time_s"] == sent.spec.print_time_s
    assert listed["filament_g"] == sent.spec.filament_g
    assert listed["cost"] == pytest.approx(sent.spec.filament_g / 1000 * 25, abs=1e-4)
    assert listed["filament_types"] == ["PLA", "PETG"]
    assert listed["plan"]["target"] == "C12"
    assert listed["plan"]["hold"] is True
    details = await call("get_upload", upload_id=listed["upload_id"])
    assert [plate["number"] for plate in details["plates"]] == [1, 2]
    assert details["print_request"]["timelapse"] is True
    assert details["designer"] == "Demo Designer"

    waiting = told.last(EventKind.PENDING)
    assert waiting["upload_id"] == listed["upload_id"]
    assert waiting["wrong_model"] is None
    assert EventKind.ARCHIVED not in told.kinds
    shown = state("sensor", hub, "pending_uploads")
    assert shown.state == "1"
    assert shown.attributes["uploads"] == [
        {"upload_id": listed["upload_id"], "name": "Box"}
    ]


async def test_a_file_for_another_model_is_flagged_while_it_waits(
    reviewed: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    told: Told,
) -> None:
    await send(reviewed, sliced_file(model="N2S"))
    assert (
        told.last(EventKind.PENDING)["wrong_model"]
        == "Sliced for Bambu Lab A1, received by Bambu Lab P1S"
    )


async def test_the_slicers_print_request_that_comes_after_the_upload_is_noted(
    reviewed: ManagedPrinter, send: Send, call: Call, told: Told
) -> None:
    await send(reviewed, print_options=slicer.PrintOptions(bed_leveling=True))
    await until(
        lambda: (
            told.of(EventKind.PENDING_CHANGED)
            or told.last(EventKind.PENDING)["print_requested"]
        )
    )
    (listed,) = (await call("list_pending"))["uploads"]
    assert listed["print_requested"] is True


async def test_options_and_target_are_chosen_while_it_waits_and_when_it_is_queued(
    pending: str, call: Call
) -> None:
    await call(
        "edit_pending",
        upload_id=pending,
        target_printer="A1",
        options={"timelapse": True, "flow_cali": "auto"},
    )
    plan = (await call("get_upload", upload_id=pending))["plan"]
    assert plan["target"] == "N2S"
    assert plan["options"] == {"timelapse": True, "flow_cali": "auto"}
    await call("queue_pending", upload_id=pending, options={"timelapse": False})
    (job,) = (await call("list_queue"))["jobs"]
    assert job["target"] == "N2S"
    assert job["options"] == {"timelapse": False, "flow_cali": "auto"}


async def test_a_target_that_is_not_there_decides_nothing(
    pending: str, call: Call
) -> None:
    with pytest.raises(ServiceValidationError, match="called Attic"):
        await call("queue_pending", upload_id=pending, target_printer="Attic")
    assert (await call("get_upload", upload_id=pending))["state"] == "pending"


async def test_archiving_takes_along_what_was_written(
    hub: Hub, pending: str, call: Call, told: Told, state: Callable[..., Any]
) -> None:
    answer = await call(
        "archive_pending",
        upload_id=pending,
        name="Gift box",
        notes="needs a brim",
        tags=["gift", "xmas"],
        favourite=True,
        project="Christmas",
    )
    assert answer == {
        "uploads": [
            {
                "upload_id": pending,
                "name": "Gift box",
                "result": "done",
                "state": "archived",
                "undo_until": ANY,
                "archive_id": pending,
                "job_ids": [],
                "wrong_model": None,
            }
        ],
        "failed": [],
    }
    archive = await call("get_archive", archive_id=pending)
    assert archive["name"] == "Gift box"
    assert archive["notes"] == "needs a brim"
    assert archive["tags"] == ["gift", "xmas"]
    assert archive["favourite"] is True
    assert archive["project"] == "Christmas"
    approved = told.last(EventKind.APPROVED)
    assert approved["archive_id"] == pending
    assert (approved["queued"], approved["job_ids"]) == (False, [])
    assert told.kinds.index(EventKind.APPROVED) < told.kinds.index(EventKind.ARCHIVED)
    await until(lambda: state("sensor", hub, "pending_uploads").state == "0")
    await until(lambda: state("sensor", hub, "archives").state == "1")
    assert state("sensor", hub, "queued_jobs").state == "0"


async def test_queueing_makes_an_archive_and_a_job_for_each_plate_as_asked(
    hub: Hub,
    reviewed: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    told: Told,
    state: Callable[..., Any],
) -> None:
    await send(reviewed, sliced_file("Box.gcode.3mf", title="Box", plates=3))
    (listed,) = (await call("list_pending"))["uploads"]
    answer = await call(
        "queue_pending",
        upload_id=listed["upload_id"],
        plates=[1, 3],
        copies=2,
        hold=False,
        target_printer="none",
        priority="high",
        not_before="2099-12-24T08:00:00+00:00",
        due="2099-12-24T18:00:00+00:00",
    )
    (done,) = answer["uploads"]
    assert (done["result"], done["state"]) == ("done", "queued")
    assert len(done["job_ids"]) == 2
    jobs = (await call("list_queue"))["jobs"]
    assert [job["job_id"] for job in jobs] == done["job_ids"]
    assert [job["plate"] for job in jobs] == [1, 3]
    assert [job["name"] for job in jobs] == ["Box - Plate 1", "Box - Plate 3"]
    assert {job["copies"] for job in jobs} == {2}
    assert {job["target"] for job in jobs} == {"none"}
    assert {job["priority"] for job in jobs} == {"high"}
    assert {job["not_before"] for job in jobs} == {"2099-12-24T08:00:00+00:00"}
    assert {job["due"] for job in jobs} == {"2099-12-24T18:00:00+00:00"}
    assert {job["waiting_key"] for job in jobs} == {"scheduled"}
    approved = told.last(EventKind.APPROVED)
    assert approved["queued"] is True
    assert approved["job_ids"] == done["job_ids"]
    assert len(told.of(EventKind.JOB_ADDED)) == 2
    await until(lambda: state("sensor", hub, "queued_jobs").state == "2")
    assert state("sensor", hub, "next_job").state == "Box - Plate 1"


@pytest.mark.parametrize(
    ("verb", "kind", "expected"),
    [
        ("discard_pending", EventKind.DISCARDED, "discarded"),
        ("send_back_pending", EventKind.SENT_BACK, "sent_back"),
    ],
)
async def test_what_is_refused_is_gone_with_its_file_and_told(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    reviewed: ManagedPrinter,
    pending: str,
    call: Call,
    told: Told,
    state: Callable[..., Any],
    verb: str,
    kind: EventKind,
    expected: str,
) -> None:
    hass.config_entries.async_update_entry(
        entry, options={"retention": {"undo_minutes": 0}}
    )
    await hass.async_block_till_done()
    path = await hub.library.file_path(pending)
    assert path and path.exists()
    note = {"note": "less infill, please"} if verb == "send_back_pending" else {}
    (shown,) = (await call(verb, upload_id=pending, **note))["uploads"]
    assert (shown["result"], shown["state"]) == ("done", expected)
    assert not path.exists()
    event = told.last(kind)
    assert event["upload_id"] == pending
    assert event["reason"] == note.get("note", "")
    assert await pending_names(call) == []
    assert state("image", reviewed, "last_plate").state == "unknown"
    await until(lambda: state("sensor", hub, "pending_uploads").state == "0")


@pytest.mark.parametrize("named", [True, False])
async def test_what_was_discarded_is_had_back_by_an_action(
    hub: Hub,
    reviewed: ManagedPrinter,
    pending: str,
    call: Call,
    told: Told,
    state: Callable[..., Any],
    named: bool,
) -> None:
    (shown,) = (await call("discard_pending", upload_id=pending))["uploads"]
    assert shown["undo_until"]
    await until(lambda: reviewed.last_upload is None)
    await until(lambda: state("sensor", hub, "pending_uploads").state == "0")
    (undone,) = (await call("undo", **({"upload_id": pending} if named else {})))[
        "uploads"
    ]
    assert (undone["upload_id"], undone["state"]) == (pending, "pending")
    assert told.last(EventKind.RESTORED)["upload_id"] == pending
    await until(lambda: state("sensor", hub, "pending_uploads").state == "1")
    assert reviewed.pictured_id == pending


@pytest.mark.parametrize("named", [False, True])
async def test_a_deleted_archive_is_had_back_by_the_same_action(
    hub: Hub, pending: str, call: Call, named: bool
) -> None:
    await call("archive_pending", upload_id=pending)
    await call("delete_archive", archive_id=pending)
    (undone,) = (await call("undo", **({"upload_id": pending} if named else {})))[
        "uploads"
    ]
    assert (undone["upload_id"], undone["state"]) == (pending, "archived")
    assert (await call("get_archive", archive_id=pending))["plates"]


async def test_where_nothing_was_discarded_undo_says_so(hub: Hub, call: Call) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call("undo")
    assert raised.value.translation_key == "nothing_was_discarded"


async def test_what_is_gone_for_good_cannot_be_undone(
    hub: Hub, pending: str, call: Call
) -> None:
    await call("discard_pending", upload_id=pending)
    await hub.library.maintain(dt_util.utcnow() + timedelta(hours=1))
    with pytest.raises(ServiceValidationError) as raised:
        await call("undo", upload_id=pending)
    assert raised.value.translation_key == "nothing_to_undo"


VERBS: list[tuple[str, dict[str, Any]]] = [
    ("archive_pending", {}),
    ("queue_pending", {}),
    ("discard_pending", {}),
    ("send_back_pending", {"note": "no"}),
]


@pytest.mark.parametrize(("first", "first_data"), VERBS)
async def test_a_repeated_tap_says_so_and_changes_nothing(
    hub: Hub,
    pending: str,
    call: Call,
    told: Told,
    first: str,
    first_data: dict[str, Any],
) -> None:
    (done,) = (await call(first, upload_id=pending, **first_data))["uploads"]
    before = list(told.kinds), await hub.library.statistics()
    for again, data in VERBS:
        (shown,) = (await call(again, upload_id=pending, **data))["uploads"]
        assert shown["result"] == "already_processed"
        assert shown["state"] == done["state"]
        assert shown["name"] == done["name"]
    edited = await call("edit_pending", upload_id=pending, notes="too late")
    assert edited["result"] == "already_processed"
    after = list(told.kinds), await hub.library.statistics()
    assert after[0] == before[0]
    assert after[1].archives == before[1].archives
    assert after[1].queued == before[1].queued
    assert (await call("get_upload", upload_id=pending))["notes"] != "too late"


async def test_two_taps_at_the_same_time_do_it_once(
    pending: str, call: Call, told: Told
) -> None:
    answers = await asyncio.gather(
        *(call("queue_pending", upload_id=pending) for _ in range(5))
    )
    results = [answer["uploads"][0]["result"] for answer in answers]
    assert sorted(results) == ["already_processed"] * 4 + ["done"]
    assert len(told.of(EventKind.APPROVED)) == 1
    assert len((await call("list_queue"))["jobs"]) == 1


@pytest.mark.parametrize(
    ("verb", "data"), [*VERBS, ("edit_pending", {}), ("get_upload", {})]
)
async def test_an_unknown_upload_is_named(
    hub: Hub, call: Call, verb: str, data: dict[str, Any]
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call(verb, upload_id=UNKNOWN_ID, **data)
    assert raised.value.translation_key == "not_found"
    assert UNKNOWN_ID in str(raised.value)


async def test_editing_changes_only_what_is_given(
    pending: str, call: Call, told: Told
) -> None:
    await call("edit_pending", upload_id=pending, notes="a", tags=["x"], copies=3)
    answer = await call("edit_pending", upload_id=pending, project="P", priority="low")
    assert (answer["result"], answer["state"]) == ("done", "pending")
    shown = await call("get_upload", upload_id=pending)
    assert (shown["notes"], shown["tags"], shown["project"]) == ("a", ["x"], "P")
    assert (shown["plan"]["copies"], shown["plan"]["priority"]) == (3, "low")
    assert len(told.of(EventKind.PENDING_CHANGED)) == 2
    await call("edit_pending", upload_id=pending, project="P")
    assert len(told.of(EventKind.PENDING_CHANGED)) == 2


async def test_edits_at_the_same_time_all_count(pending: str, call: Call) -> None:
    await asyncio.gather(
        call("edit_pending", upload_id=pending, copies=3),
        call("edit_pending", upload_id=pending, hold=False),
        call("edit_pending", upload_id=pending, options={"timelapse": True}),
        call("edit_pending", upload_id=pending, options={"use_ams": False}),
    )
    plan = (await call("get_upload", upload_id=pending))["plan"]
    assert (plan["copies"], plan["hold"]) == (3, False)
    assert plan["options"]["timelapse"] is True
    assert plan["options"]["use_ams"] is False


@pytest.mark.parametrize("verb", ["edit_pending", "queue_pending"])
async def test_a_plate_that_is_not_there_is_refused_and_it_stays_pending(
    pending: str, call: Call, verb: str
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call(verb, upload_id=pending, plates=[7])
    assert raised.value.translation_key == "not_possible"
    assert "7" in str(raised.value)
    assert (await call("get_upload", upload_id=pending))["state"] == "pending"


async def test_some_of_many_and_what_failed_is_listed(
    reviewed: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    for number, title in enumerate("ABC"):
        await send(
            reviewed, sliced_file(f"{title}.gcode.3mf", title=title, seed=number)
        )
    first, second, _ = reversed(
        [upload["upload_id"] for upload in (await call("list_pending"))["uploads"]]
    )
    answer = await call("archive_pending", upload_id=[first, UNKNOWN_ID, second])
    assert [shown["upload_id"] for shown in answer["uploads"]] == [first, second]
    (failed,) = answer["failed"]
    assert failed["upload_id"] == UNKNOWN_ID
    assert UNKNOWN_ID in failed["reason"]
    assert await pending_names(call) == ["C"]


async def test_all_or_all_of_one_printer_the_oldest_first(
    reviewed: ManagedPrinter,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    device_of: DeviceOf,
) -> None:
    other = await add_printer("Other", mode="review")
    for number, (printer, title) in enumerate(
        ((reviewed, "A"), (other, "B"), (reviewed, "C"))
    ):
        await send(printer, sliced_file(f"{title}.gcode.3mf", title=title, seed=number))
    device = device_of(other.id)
    assert device
    assert await pending_names(call, device_id=device.id) == ["B"]
    answer = await call("discard_pending", all=True, device_id=device.id)
    assert [shown["name"] for shown in answer["uploads"]] == ["B"]
    answer = await call("queue_pending", all=True, hold=False)
    assert [shown["name"] for shown in answer["uploads"]] == ["A", "C"]
    assert [job["name"] for job in (await call("list_queue"))["jobs"]] == ["A", "C"]
    assert await call("archive_pending", all=True) == {"uploads": [], "failed": []}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"all": False},
        {"upload_id": [UNKNOWN_ID], "colour": "red"},
    ],
)
async def test_an_action_wants_to_know_which(
    hub: Hub, call: Call, data: dict[str, Any]
) -> None:
    with pytest.raises(probatio.Invalid):
        await call("archive_pending", **data)


async def test_an_action_is_for_all_or_for_those_that_are_named(
    hub: Hub, call: Call
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call("archive_pending", all=True, upload_id=[UNKNOWN_ID])
    assert raised.value.translation_key == "uploads_or_all"


async def test_pages_of_pending_uploads(
    reviewed: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    for number, title in enumerate("ABC"):
        await send(
            reviewed, sliced_file(f"{title}.gcode.3mf", title=title, seed=number)
        )
    first = await call("list_pending", limit=2)
    assert [upload["name"] for upload in first["uploads"]] == ["C", "B"]
    second = await call("list_pending", limit=2, cursor=first["cursor"])
    assert [upload["name"] for upload in second["uploads"]] == ["A"]
    assert second["cursor"] is None
    with pytest.raises(HomeAssistantError):
        await call("list_pending", cursor="nonsense")


async def test_the_picture_is_that_of_the_upload_that_waits_longest(
    hub: Hub,
    reviewed: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    state: Callable[..., Any],
    hass_client: ClientSessionGenerator,
) -> None:
    assert state("image", hub, "next_pending").state == "unknown"
    first = await send(reviewed, sliced_file("A.gcode.3mf", title="A", seed=1))
    second = await send(reviewed, sliced_file("B.gcode.3mf", title="B", seed=2))
    client = await hass_client()

    async def picture() -> bytes:
        shown = state("image", hub, "next_pending").attributes["entity_picture"]
        response = await client.get(shown)
        assert response.status == 200
        body: bytes = await response.read()
        return body

    def plate(sent: SentFile) -> bytes:
        with zipfile.ZipFile(sent.path) as archive:
            return archive.read("Metadata/plate_1.png")

    await until(lambda: state("image", hub, "next_pending").state != "unknown")
    assert await picture() == plate(first)
    shown = state("image", hub, "next_pending")
    await call("archive_pending", upload_id=hub.coordinator.data.pending[-1].id)
    await until(lambda: state("image", hub, "next_pending").state != shown.state)
    assert await picture() == plate(second)
    await call("discard_pending", all=True)
    await until(lambda: state("image", hub, "next_pending").state == "unknown")


async def test_pending_uploads_survive_a_restart_and_can_be_approved_then(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    reviewed: ManagedPrinter,
    pending: str,
    call: Call,
    state: Callable[..., Any],
) -> None:
    await call("edit_pending", upload_id=pending, notes="kept")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    hub: Hub = entry.runtime_data
    assert state("sensor", hub, "pending_uploads").state == "1"
    assert state("image", hub, "next_pending").state != "unknown"
    shown = await call("get_upload", upload_id=pending)
    assert (shown["state"], shown["notes"]) == ("pending", "kept")
    (done,) = (await call("queue_pending", upload_id=pending))["uploads"]
    assert done["result"] == "done"


async def test_a_printers_own_tags_and_project_are_on_every_upload(
    add_printer: AddPrinter, send: Send, call: Call
) -> None:
    printer = await add_printer(
        "Work",
        mode="review",
        filing={
            "tags": ["work"],
            "project": "Fixtures",
            "target": "none",
            "hold": False,
        },
    )
    await send(printer)
    (listed,) = (await call("list_pending"))["uploads"]
    assert (listed["tags"], listed["project"]) == (["work"], "Fixtures")
    assert (listed["plan"]["target"], listed["plan"]["hold"]) == ("none", False)
    await call("queue_pending", all=True)
    (archive,) = (await call("list_archives", tags=["work"]))["archives"]
    assert archive["project"] == "Fixtures"
    (job,) = (await call("list_queue"))["jobs"]
    assert (job["target"], job["state"], job["waiting_key"]) == (
        "none",
        "pending",
        "no_target",
    )


async def test_what_nobody_decided_about_expires_in_the_hourly_round(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    pending: str,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hass.config_entries.async_update_entry(
        entry, options={"retention": {"pending_days": 1}}
    )
    await hass.async_block_till_done()
    maintain = hub.library.maintain
    await maintain(dt_util.utcnow() + timedelta(hours=23))
    assert EventKind.EXPIRED not in told.kinds
    monkeypatch.setattr(
        hub.library, "maintain", lambda: maintain(dt_util.utcnow() + timedelta(days=2))
    )
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=1, seconds=1))
    await until(lambda: EventKind.EXPIRED in told.kinds)
    assert told.last(EventKind.EXPIRED)["upload_id"] == pending


async def test_a_damaged_file_waits_with_the_reason_and_can_only_be_refused(
    hub: Hub,
    reviewed: ManagedPrinter,
    send: Send,
    tmp_path: Path,
    call: Call,
    told: Told,
) -> None:
    path = tmp_path / "Not sliced.gcode.3mf"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no 3MF at all")
    await send(reviewed, SentFile(path, None))
    (listed,) = (await call("list_pending"))["uploads"]
    assert listed["reason"]
    assert told.last(EventKind.PENDING)["reason"] == listed["reason"]
    with pytest.raises(HomeAssistantError) as raised:
        await call("archive_pending", upload_id=listed["upload_id"])
    assert raised.value.translation_key == "library_error"
    assert listed["reason"] in str(raised.value)
    assert await pending_names(call) == [listed["name"]]
    (shown,) = (await call("discard_pending", all=True))["uploads"]
    assert shown["result"] == "done"


async def test_uploads_of_a_removed_printer_stay_pending_under_its_name(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    reviewed: ManagedPrinter,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    told: Told,
    state: Callable[..., Any],
) -> None:
    assert await async_setup_component(hass, "media_source", {})
    other = await add_printer("Other", mode="review")
    name, printer_id = reviewed.config.name, reviewed.id
    await send(reviewed, sliced_file("A.gcode.3mf", title="A", seed=1))
    await call("queue_pending", all=True)
    for number, title in enumerate(("B", "C", "D", "E"), start=2):
        await send(
            reviewed, sliced_file(f"{title}.gcode.3mf", title=title, seed=number)
        )
    await send(other, sliced_file("F.gcode.3mf", title="F", seed=9))
    hass.config_entries.async_remove_subentry(entry, printer_id)
    await hass.async_block_till_done()
    assert printer_id not in hub.printers
    await _stay_pending(hass, hub, call, state)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await _stay_pending(hass, entry.runtime_data, call, state)
    assert EventKind.DISCARDED not in told.kinds
    listed = (await call("list_pending"))["uploads"]
    assert {one["name"]: one["printer"] for one in listed} == {
        **dict.fromkeys("BCDE", name),
        "F": "Other",
    }
    ids = {one["name"]: one["upload_id"] for one in listed}
    await call("archive_pending", upload_id=ids["B"])
    await call("queue_pending", upload_id=ids["C"])
    await call("discard_pending", upload_id=ids["D"])
    assert set(await pending_names(call)) == {"E", "F"}
    archives = (await call("list_archives"))["archives"]
    assert {one["name"] for one in archives} == {"A", "B", "C"}
    assert len((await call("list_queue"))["jobs"]) == 2


async def _stay_pending(
    hass: HomeAssistant, hub: Hub, call: Call, state: Callable[..., Any]
) -> None:
    """Make sure that five uploads are shown wherever pending ones are."""
    assert len(await pending_names(call)) == 5
    await until(lambda: state("sensor", hub, "pending_uploads").state == "5")
    assert state("todo", hub, "pending_uploads").state == "5"
    assert hub.coordinator.data.statistics.pending == 5
    media = await media_source.async_browse_media(
        hass, f"media-source://{DOMAIN}/pending"
    )
    assert len(media.children) == 5
    picture = await async_get_image(hass, state("image", hub, "next_pending").entity_id)
    assert picture.content.startswith(b"\x89PNG")


# --- the mode


async def _select(hass: HomeAssistant, entity: str, option: str) -> None:
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": entity, "option": option},
        blocking=True,
    )


async def test_another_mode_holds_from_then_on_and_leaves_what_waits(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    reviewed: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    entity_id: Callable[..., str],
    state: Callable[..., Any],
) -> None:
    await send(reviewed, sliced_file("A.gcode.3mf", title="A", seed=1))
    select = entity_id("select", reviewed, "mode")
    assert state("select", reviewed, "mode").state == "review"
    await _select(hass, select, "queue")
    assert state("select", reviewed, "mode").state == "queue"
    assert reviewed.running
    await send(reviewed, sliced_file("B.gcode.3mf", title="B", seed=2))
    await _select(hass, select, "immediate")
    await send(reviewed, sliced_file("C.gcode.3mf", title="C", seed=3))
    assert await pending_names(call) == ["A"]
    assert [job["name"] for job in (await call("list_queue"))["jobs"]] == ["B"]
    archives = (await call("list_archives"))["archives"]
    assert {(one["name"], one["mode"]) for one in archives} == {
        ("B", "queue"),
        ("C", "immediate"),
    }
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state("select", reviewed, "mode").state == "immediate"


async def test_an_upload_under_way_ends_in_the_mode_it_began_with(
    hass: HomeAssistant,
    hub: Hub,
    reviewed: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    entity_id: Callable[..., str],
    state: Callable[..., Any],
) -> None:
    sent = sliced_file()
    data = sent.path.read_bytes()
    loop = asyncio.get_running_loop()
    go_on = asyncio.Event()

    class Halting(io.RawIOBase):
        """The file, with a rest in its middle."""

        position = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            if self.position >= len(data) // 2:
                asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
            block = data[self.position : self.position + min(len(buffer), 50_000)]
            buffer[: len(block)] = block
            self.position += len(block)
            return len(block)

    def upload() -> str:
        return slicer.upload(
            reviewed.config.bind_ip,
            ACCESS_CODE,
            slicer.tls_context(reviewed.config.identity.serial, None),
            sent.path.name,
            io.BufferedReader(Halting(), 50_000),
        )

    task = asyncio.create_task(asyncio.to_thread(upload))
    await until(lambda: float(state("sensor", reviewed, "upload_progress").state) > 0.1)
    await _select(hass, entity_id("select", reviewed, "mode"), "immediate")
    assert reviewed.config.mode == "immediate"
    go_on.set()
    assert (await task).startswith("226")
    await hass.async_block_till_done()
    # It ends as what it began.
    kept = (await call("list_pending"))["uploads"]
    assert [upload["file_name"] for upload in kept] == [sent.path.name]
    await send(reviewed, sliced_file("Next.gcode.3mf", title="Next", seed=2))
    assert [one["name"] for one in (await call("list_archives"))["archives"]] == [
        "Next"
    ]


async def test_what_jobs_are_meant_for_is_selected_by_name(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    add_printer: AddPrinter,
    real_printer: str,
    send: Send,
    call: Call,
    entity_id: Callable[..., str],
    state: Callable[..., Any],
) -> None:
    printer = await add_printer("Farm", mode="queue")
    select = entity_id("select", printer, "target")
    shown = state("select", printer, "target")
    assert shown.state == "any"
    assert shown.attributes["options"] == ["any", "none", "Cellar"]
    await _select(hass, select, "Cellar")
    hold = {"entity_id": entity_id("switch", printer, "hold")}
    assert state("switch", printer, "hold").state == "on"
    await hass.services.async_call("switch", "turn_off", hold, blocking=True)
    await send(printer)
    (job,) = (await call("list_queue"))["jobs"]
    assert (job["target"], job["state"]) == (real_printer, "pending")
    # What is chosen is the printer, whatever it is called, as long as it is there.
    subentry = entry.subentries[real_printer]
    hass.config_entries.async_update_subentry(entry, subentry, title="any")
    await hass.async_block_till_done()
    assert state("select", printer, "target").state == f"any ({subentry.unique_id})"
    hass.config_entries.async_remove_subentry(entry, real_printer)
    await hass.async_block_till_done()
    assert state("select", printer, "target").state == "none"
    await hass.services.async_call("switch", "turn_on", hold, blocking=True)
    assert state("switch", printer, "hold").state == "on"


async def test_what_becomes_of_known_files_is_selected(
    hass: HomeAssistant,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    told: Told,
    entity_id: Callable[..., str],
) -> None:
    printer = await add_printer("Farm")
    sent = await send(printer)
    await _select(hass, entity_id("select", printer, "duplicates"), "ask")
    await send(printer, sent)
    assert len(await pending_names(call)) == 1
    assert (await call("list_archives"))["total"] == 1


async def test_slicers_stay_connected_when_only_filing_changes(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    reviewed: ManagedPrinter,
    send: Send,
    call: Call,
    entity_id: Callable[..., str],
) -> None:
    serial = reviewed.config.serial
    async with slicer.session(
        reviewed.config.bind_ip, ACCESS_CODE, serial, slicer.tls_context(serial, None)
    ) as mqtt:
        await mqtt.status()
        await _select(hass, entity_id("select", reviewed, "mode"), "immediate")
        subentry = entry.subentries[reviewed.id]
        hass.config_entries.async_update_subentry(
            entry,
            subentry,
            title="Kids",
            data={**subentry.data, "filing": {"tags": ["toys"], "project": "School"}},
        )
        await hass.async_block_till_done()
        # Reports of the same session go on.
        await mqtt.status()
    await send(reviewed)
    (archive,) = (await call("list_archives"))["archives"]
    assert archive["printer"] == "Kids"
    assert (archive["tags"], archive["project"]) == (["toys"], "School")


# --- who it was


@pytest.mark.usefixtures("all_entities_enabled")
async def test_what_comes_of_an_action_says_who_did_it(
    hass: HomeAssistant,
    pending: str,
    hass_admin_user: MockUser,
    entity_id: Callable[..., str],
    reviewed: ManagedPrinter,
) -> None:
    events = async_capture_events(hass, "bambu_virtual_printer_activity")
    await hass.services.async_call(
        "bambu_virtual_printer",
        "queue_pending",
        {"upload_id": pending},
        blocking=True,
        context=Context(user_id=hass_admin_user.id),
    )
    await hass.async_block_till_done()
    assert {event.data["type"] for event in events} >= {
        "approved",
        "archived",
        "job_added",
    }
    assert {event.context.user_id for event in events} == {hass_admin_user.id}
    shown = hass.states.get(entity_id("event", reviewed, "activity"))
    assert shown and shown.context.user_id == hass_admin_user.id


async def test_ticking_off_says_who_did_it_and_an_upload_is_nobodys(
    hass: HomeAssistant,
    hub: Hub,
    told: Told,
    pending: str,
    hass_admin_user: MockUser,
    entity_id: Callable[..., str],
) -> None:
    assert all(activity.context is None for activity in told.activities)
    await until(lambda: hub.coordinator.data.pending)
    await hass.services.async_call(
        "todo",
        "update_item",
        {
            "entity_id": entity_id("todo", hub, "pending_uploads"),
            "item": pending,
            "status": "completed",
        },
        blocking=True,
        context=Context(user_id=hass_admin_user.id),
    )
    await hass.async_block_till_done()
    approved = told.activities[told.kinds.index(EventKind.APPROVED)]
    assert approved.context and approved.context.user_id == hass_admin_user.id


@pytest.mark.usefixtures("all_entities_enabled")
async def test_an_upload_after_an_action_is_not_that_persons(
    hass: HomeAssistant,
    hub: Hub,
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    hass_admin_user: MockUser,
    state: Callable[..., Any],
) -> None:
    await send(printer)
    (archive,) = (await call("list_archives"))["archives"]
    await hass.services.async_call(
        "bambu_virtual_printer",
        "update_archive",
        {"archive_id": archive["archive_id"], "favourite": True},
        blocking=True,
        context=Context(user_id=hass_admin_user.id),
    )
    await hass.async_block_till_done()
    shown = state("event", printer, "activity")
    assert shown.context.user_id == hass_admin_user.id
    await send(printer, sliced_file("Other.gcode.3mf", seed=2))
    assert state("event", printer, "activity").context.user_id is None


async def test_nothing_waits_for_a_real_printer_that_was_removed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    add_printer: AddPrinter,
    real_printer: str,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    told: Told,
) -> None:
    filing = {"target": real_printer, "hold": False}
    review = await add_printer("Review", mode="review", filing=filing)
    farm = await add_printer("Farm", mode="queue", filing=filing)
    await send(review, sliced_file("A.gcode.3mf", seed=1))
    await send(farm, sliced_file("B.gcode.3mf", seed=2))
    (pending,) = (await call("list_pending"))["uploads"]
    (job,) = (await call("list_queue"))["jobs"]
    assert pending["plan"]["target"] == job["target"] == real_printer
    # Not even while nobody looks.
    await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_remove_subentry(entry, real_printer)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    (pending,) = (await call("list_pending"))["uploads"]
    (job,) = (await call("list_queue"))["jobs"]
    assert pending["plan"]["target"] == job["target"] == "none"
    assert entry.runtime_data.printers[farm.id].config.plan.target is None


async def test_what_waits_is_not_planned_for_a_time_that_is_over(
    pending: str, call: Call
) -> None:
    over = (dt_util.utcnow() - timedelta(hours=1)).isoformat()
    for action, fields in (
        ("edit_pending", {"due": over}),
        ("queue_pending", {"not_before": over}),
    ):
        with pytest.raises(ServiceValidationError) as raised:
            await call(action, upload_id=pending, **fields)
        assert raised.value.translation_key == "time_over"
    assert (await call("get_upload", upload_id=pending))["state"] == "pending"


async def test_times_of_what_waits_can_be_taken_back(pending: str, call: Call) -> None:
    async def plan(**times: str | None) -> tuple[Any, Any]:
        await call("edit_pending", upload_id=pending, **times)
        shown = (await call("get_upload", upload_id=pending))["plan"]
        return shown["not_before"], shown["due"]

    time = "2099-07-01T10:00:00+00:00"
    assert await plan(not_before=time, due=time) == (time, time)
    assert await plan(copies=2) == (time, time)
    assert await plan(not_before=None) == (None, time)
    assert await plan(due="") == (None, None)


async def test_what_was_discarded_leaves_the_newest_that_is_kept_as_the_last_upload(
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    state: Callable[..., Any],
) -> None:
    printer = await add_printer("Review", mode="review")
    for number, title in enumerate(("Box", "Cable clip")):
        await send(printer, sliced_file(f"{title}.gcode.3mf", title=title, seed=number))
    newer, older = (await call("list_pending"))["uploads"]
    for gone, last, picture in (
        (newer, "Box", older["upload_id"]),
        (older, "unknown", None),
    ):
        await call("discard_pending", upload_id=gone["upload_id"])
        await until(
            lambda last=last: state("sensor", printer, "last_upload").state == last
        )
        assert printer.pictured_id == picture
        pictured = state("image", printer, "last_plate").state
        assert (pictured == "unknown") == (picture is None)
