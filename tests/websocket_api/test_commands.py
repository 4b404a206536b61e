"""What the panel does: the same as actions do, one or many at a time, with errors as keys."""

from collections.abc import Callable
import csv
from http import HTTPStatus
import io
from pathlib import Path
import tempfile
from typing import Any
from zipfile import ZipFile

import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.operations.archives import Archives
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.auth.permissions import PolicyPermissions
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.support.home_assistant import Send, SentFile, Told
from tests.support.real_printers import AddReal
from tests.support.waiting import until

from .conftest import Client

UNKNOWN = "01KAPWZ3V8X4M2T9C6B5N7Q1RD"


# --- pending uploads


async def test_an_upload_is_shown_with_plates_and_links(
    client: Client, pending: str, hass: HomeAssistant
) -> None:
    upload = await client.call("upload/get", upload_id=pending)
    assert upload["id"] == upload["upload_id"] == pending
    plate = upload["plates"][0]
    assert "/plates/" in plate["picture"]
    assert "w=256" in plate["picture_small"]
    assert plate["filaments"][0]["type"] == "PLA"


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        ("archive", "archived"),
        ("queue", "queued"),
        ("discard", "discarded"),
        ("send_back", "sent_back"),
    ],
)
async def test_an_upload_is_decided_about_once(
    client: Client, pending: str, verb: str, state: str
) -> None:
    ask = {"upload_ids": [pending], "verb": verb, "note": "Too big."}
    answer = await client.call("upload/decide", **ask)
    (result,) = answer["results"]
    assert (result["result"], result["state"]) == ("done", state)
    assert answer["undo"]["ids"] == [pending]
    (again,) = (await client.call("upload/decide", **ask))["results"]
    assert (again["result"], again["state"]) == ("already_processed", state)


async def test_what_was_discarded_is_had_back(client: Client, pending: str) -> None:
    answer = await client.call("upload/decide", upload_ids=[pending], verb="discard")
    assert answer["undo"]["ids"] == [pending]
    undone = await client.call("undo", ids=[*answer["undo"]["ids"], UNKNOWN])
    assert undone["results"] == [{"id": pending, "result": "restored"}]
    (failed,) = undone["failed"]
    assert failed["error"]["code"] == "not_found"
    upload = await client.call("upload/get", upload_id=pending)
    assert upload["state"] == "pending"


@pytest.mark.parametrize("verb", ["archive", "queue"])
async def test_what_was_archived_or_queued_is_taken_back(
    client: Client, pending: str, verb: str
) -> None:
    answer = await client.call("upload/decide", upload_ids=[pending], verb=verb)
    undone = await client.call("undo", ids=answer["undo"]["ids"])
    assert undone == {
        "results": [{"id": pending, "result": "restored"}],
        "failed": [],
    }
    assert (await client.call("archive/list"))["total"] == 0
    upload = await client.call("upload/get", upload_id=pending)
    assert upload["state"] == "pending"


async def test_a_deleted_archive_is_had_back(client: Client, archived: str) -> None:
    before = await client.call("archive/get", archive_id=archived)
    answer = await client.call("archive/delete", archive_ids=[archived])
    assert answer["undo"]["ids"] == [archived]
    assert (await client.call("archive/list"))["total"] == 0
    back = await client.call("archive/restore", archive_ids=[archived, UNKNOWN])
    assert [each["id"] for each in back["archives"]] == [archived]
    assert back["failed"][0]["error"]["code"] == "not_found"
    after = await client.call("archive/get", archive_id=archived)
    assert after["plates"] == before["plates"]


async def test_what_is_found_is_downloaded_as_a_table(
    client: Client, archived: str, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await client.call(
        "archive/update",
        archive_ids=[archived],
        name='=HYPERLINK("http://192.0.2.1")',
        notes='Two\nlines, and a "quote"',
    )
    browser = await hass_client_no_auth()
    for found, filters in ((1, {"search": "hyper"}), (0, {"favourite": True})):
        answer = await client.call("archive/export", **filters)
        assert answer["count"] == found
        response = await browser.get(answer["url"])
        assert response.status == HTTPStatus.OK
        assert "attachment" in response.headers["Content-Disposition"]
        rows = list(csv.DictReader(io.StringIO((await response.text())[1:])))
        assert [row["id"] for row in rows] == [archived][:found]
        for row in rows:
            # A spreadsheet takes it for text.
            assert row["name"] == '\'=HYPERLINK("http://192.0.2.1")'
            assert row["notes"] == 'Two\nlines, and a "quote"'
    unsigned = await browser.get(answer["url"].split("?")[0])
    assert unsigned.status == HTTPStatus.UNAUTHORIZED


async def test_what_is_found_can_be_downloaded_as_a_workbook(
    hass_client_no_auth: ClientSessionGenerator,
    client: Client,
    archived: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    browser = await hass_client_no_auth()
    answer = await client.call("archive/export", format="xlsx", search="")
    response = await browser.get(answer["url"])
    assert response.status == HTTPStatus.OK
    assert response.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert '.xlsx"' in response.headers["Content-Disposition"]
    with ZipFile(io.BytesIO(await response.read())) as book:
        # The library writes texts into the sheet itself.
        assert archived in book.read("xl/worksheets/sheet1.xml").decode()
    # What it was written into is gone.
    await until(lambda: not list(tmp_path.glob("*-table-*")))


async def test_a_workbook_that_cannot_be_written_says_so(
    hass_client_no_auth: ClientSessionGenerator,
    client: Client,
    archived: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = await client.call("archive/export", format="xlsx")

    async def fail(*_: object) -> int:
        raise HomeAssistantError("The table cannot be written")

    monkeypatch.setattr(Archives, "export", fail)
    browser = await hass_client_no_auth()
    response = await browser.get(answer["url"])
    assert response.status == HTTPStatus.INTERNAL_SERVER_ERROR
    assert (await response.json())["message"] == "The table cannot be written"


async def test_an_archive_tells_why_it_failed_last(
    client: Client, archived: str
) -> None:
    (archive,) = (await client.call("archive/list"))["archives"]
    assert (archive["last_failure"], archive["last_failed_at"]) == (None, None)
    for reason in ("Spaghetti", "Came off the bed"):
        queued = await client.call("archive/queue", archive_id=archived)
        ids = [queued["jobs"][0]["id"]]
        await client.call("job/verb", job_ids=ids, verb="fail", reason=reason)
    (archive,) = (await client.call("archive/list"))["archives"]
    noted = {"text_key": "as_it_stands", "values": {"text": "Came off the bed"}}
    assert archive["last_failure"] == noted
    job = await client.call("job/get", job_id=ids[0])
    assert archive["last_failed_at"] == job["finished_at"]
    details = await client.call("archive/get", archive_id=archived)
    assert details["last_failure"] == noted
    subscription = await client.follow(topics=["stats"])
    stats = (await client.event(subscription))["stats"]
    # What was counted before the second failed may be told first.
    while stats["failed"] < 2:
        (change,) = (await client.event(subscription))["changes"]
        stats = change["value"]
    assert stats["failed"] == 2


async def test_what_is_purged_cannot_be_had_back(client: Client, archived: str) -> None:
    answer = await client.call("archive/delete", archive_ids=[archived], purge=True)
    assert answer["undo"] is None
    back = await client.call("archive/restore", archive_ids=[archived])
    assert back["failed"][0]["error"]["code"] == "not_found"


async def test_one_that_fails_keeps_none_of_the_others_back(
    client: Client, pending: str
) -> None:
    answer = await client.call(
        "upload/decide", upload_ids=[UNKNOWN, pending], verb="archive"
    )
    failed, done = answer["results"]
    assert done["archive_id"] == pending
    assert failed["error"]["code"] == "not_found"
    assert failed["error"]["translation_key"] == "not_found"
    assert failed["error"]["translation_placeholders"] == {"id": UNKNOWN}


async def test_a_plan_is_edited_and_followed(
    client: Client, pending: str, hub: Hub
) -> None:
    await client.call(
        "upload/edit", upload_id=pending, name="Box", copies=3, target="none"
    )
    upload = await client.call("upload/get", upload_id=pending)
    assert upload["name"] == "Box"
    assert upload["plan"]["copies"] == 3
    answer = await client.call(
        "upload/decide", upload_ids=[pending], verb="queue", hold=False
    )
    job = await client.call("job/get", job_id=answer["results"][0]["job_ids"][0])
    assert (job["state"], job["copies"], job["target"]) == ("pending", 3, "none")
    assert job["waiting"]["key"] == "no_target"


# --- archives


async def test_archives_are_found_by_what_they_are(
    client: Client, archived: str, printer: ManagedPrinter
) -> None:
    page = await client.call("archive/list", facets=True)
    (archive,) = page["archives"]
    assert (page["total"], page["cursor"]) == (1, None)
    assert archive["id"] == archived
    colour = archive["filament_colors"][0][:7]
    facets = page["facets"]
    assert {"value": colour.upper(), "count": 1} in facets["colours"]
    assert facets["materials"]
    assert facets["printers"] == [{"id": printer.id, "value": "Garage", "count": 1}]
    for found, filters in (
        (1, {"colour": colour.lower()}),
        (0, {"colour": "#123456"}),
        (1, {"printer_id": printer.id}),
        (0, {"printer_id": UNKNOWN}),
        (0, {"printed": True}),
        (1, {"search": "gear", "filament": "PLA"}),
    ):
        page = await client.call("archive/list", **filters)
        assert len(page["archives"]) == found, filters


async def test_pages_of_archives_follow_each_other(
    client: Client, printer: ManagedPrinter, send: Send
) -> None:
    for _ in range(3):
        await send(printer)
    found: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await client.call("archive/list", limit=2, **cursor)
        found += [archive["id"] for archive in page["archives"]]
        if page["cursor"] is None:
            break
        cursor = {"cursor": page["cursor"]}
    assert len(found) == len(set(found)) == 3
    assert found == sorted(found, reverse=True)


async def test_an_archive_is_shown_with_its_prints_and_those_like_it(
    client: Client, archived: str, printer: ManagedPrinter, send: Send
) -> None:
    await send(printer)
    (job, *_) = (await client.call("archive/queue", archive_id=archived, plates=[1]))[
        "jobs"
    ]
    await client.call("job/verb", job_ids=[job["id"]], verb="fail", reason="Spaghetti")
    archive = await client.call("archive/get", archive_id=archived)
    assert archive["plates"][0]["picture"]
    assert len(archive["exact"]) == 1
    (printed,) = archive["prints"]
    assert (printed["state"], printed["error"]) == ("failed", "Spaghetti")
    assert printed["verbs"] == ["retry"]


async def test_a_job_that_was_cancelled_is_had_back_as_it_was(
    client: Client, archived: str
) -> None:
    (job, *_) = (await client.call("archive/queue", archive_id=archived, plates=[1]))[
        "jobs"
    ]
    ids = {"job_ids": [job["id"]]}
    await client.call("job/verb", verb="hold", **ids)
    await client.call("job/verb", verb="cancel", **ids)
    done = await client.call("job/verb", verb="uncancel", **ids)
    assert [each["state"] for each in done["jobs"]] == ["staged"]
    await client.call("job/verb", verb="fail", reason="Spaghetti", **ids)
    (failed,) = (await client.call("job/verb", verb="uncancel", **ids))["failed"]
    assert "too late to undo" in failed["error"]["message"]


async def test_a_camera_takes_a_photo_of_an_archive_for_those_who_may_see_it(
    client: Client,
    user_client: Client,
    archived: str,
    camera: Path,
    hass: HomeAssistant,
) -> None:
    photo = await client.call(
        "archive/add_photo", archive_id=archived, entity_id="camera.garage"
    )
    assert photo["size_bytes"] == camera.stat().st_size
    assert "authSig=" in photo["url"]
    shown = await client.call("archive/get", archive_id=archived)
    assert [each["photo_id"] for each in shown["photos"]] == [photo["photo_id"]]
    listed = (await client.call("archive/list"))["archives"]
    assert [each["photo_count"] for each in (shown, *listed)] == [1, 1]
    error = await client.error(
        "archive/add_photo", archive_id=archived, entity_id="camera.cellar"
    )
    assert error["translation_key"] == "no_picture"
    anna = next(
        user for user in await hass.auth.async_get_users() if user.name == "Anna"
    )
    anna.permissions = PolicyPermissions({"entities": False}, None)
    error = await user_client.error(
        "archive/add_photo", archive_id=archived, entity_id="camera.garage"
    )
    assert error["code"] == "unauthorized"


async def test_archives_are_written_on_and_deleted_together(
    client: Client, printer: ManagedPrinter, send: Send
) -> None:
    for _ in range(2):
        await send(printer)
    page = await client.call("archive/list")
    ids = [archive["id"] for archive in page["archives"]]
    changed = await client.call(
        "archive/update", archive_ids=[*ids, UNKNOWN], tags=["gift"], favourite=True
    )
    assert all(archive["tags"] == ["gift"] for archive in changed["archives"])
    assert [each["id"] for each in changed["failed"]] == [UNKNOWN]
    gone = await client.call("archive/delete", archive_ids=ids, purge=True)
    assert gone["deleted"] == ids
    assert (await client.call("archive/list"))["total"] == 0


async def test_too_long_a_note_is_refused_with_the_limit(
    client: Client, archived: str
) -> None:
    answer = await client.call(
        "archive/update", archive_ids=[archived], notes="x" * 100_000
    )
    (failed,) = answer["failed"]
    assert failed["error"]["code"] == "invalid"
    assert failed["error"]["translation_key"] == "notes_too_long"
    assert "limit" in failed["error"]["translation_placeholders"]


# --- jobs


async def test_a_job_goes_its_way_by_verbs(client: Client, archived: str) -> None:
    (job, *_) = (await client.call("archive/queue", archive_id=archived))["jobs"]

    async def do(verb: str, **fields: Any) -> str:
        answer = await client.call("job/verb", job_ids=[job["id"]], verb=verb, **fields)
        (done,) = answer["jobs"]
        return str(done["state"])

    assert await do("release") == "pending"
    assert await do("hold") == "staged"
    assert await do("start") == "waiting"
    assert await do("complete") == "completed"
    page = await client.call("job/history")
    assert [each["id"] for each in page["jobs"]] == [job["id"]]


async def test_a_job_is_named_as_its_file_and_tells_the_plate_apart(
    client: Client,
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
) -> None:
    await send(printer, sliced_file(title="Box", plates=2))
    assert printer.last_upload
    jobs = (await client.call("archive/queue", archive_id=printer.last_upload.id))[
        "jobs"
    ]
    assert [(job["name"], job["plate"], job["plate_count"]) for job in jobs] == [
        ("Box", 1, 2),
        ("Box", 2, 2),
    ]


async def test_a_job_is_edited_and_moved(client: Client, archived: str) -> None:
    jobs = [
        (await client.call("archive/queue", archive_id=archived, plates=[1]))["jobs"][0]
        for _ in range(2)
    ]
    edited = await client.call(
        "job/edit", job_id=jobs[0]["id"], copies=2, due="2030-01-02 20:00:00"
    )
    assert edited["copies"] == 2
    assert edited["due"]
    cleared = await client.call("job/edit", job_id=jobs[0]["id"], due=None)
    assert cleared["due"] is None
    moved = await client.call("job/move", job_id=jobs[1]["id"], position=1)
    assert moved["position"] == 1


async def test_what_cannot_be_done_to_a_job_is_refused_with_a_key(
    client: Client, archived: str
) -> None:
    (job, *_) = (await client.call("archive/queue", archive_id=archived))["jobs"]
    answer = await client.call("job/verb", job_ids=[job["id"]], verb="pause")
    (failed,) = answer["failed"]
    assert failed["error"]["code"] == "refused"
    assert failed["error"]["translation_key"] == "job_at_no_printer"
    error = await client.error("job/answer", job_id=job["id"], answer="finished")
    assert error["translation_key"] == "job_has_no_question"


async def test_who_did_it_is_told(
    client: Client,
    pending: str,
    told: Told,
    hass: HomeAssistant,
    hass_admin_user: MockUser,
) -> None:
    await client.call("upload/decide", upload_ids=[pending], verb="archive")
    await hass.async_block_till_done()
    await until(lambda: EventKind.APPROVED in told.kinds)
    (activity,) = (a for a in told.activities if a.kind is EventKind.APPROVED)
    assert activity.context
    assert activity.context.user_id == hass_admin_user.id


# --- printers


async def test_how_slicers_reach_a_printer_is_told(
    client: Client, printer: ManagedPrinter, hub: Hub
) -> None:
    told = await client.call("printer/connection", printer_id=printer.id)
    assert told["address"] == printer.config.bind_ip
    assert told["serial"] == printer.config.serial
    assert {"name": "ftps", "port": 990} in told["ports"]
    assert told["ca_fingerprint"] == hub.certificates.authority.sha256_fingerprint


async def test_a_setup_check_tells_keys(
    client: Client, printer: ManagedPrinter
) -> None:
    report = await client.call("printer/check", printer_id=printer.id)
    running = next(each for each in report["checks"] if each["check"] == "enabled")
    assert running == {
        "check": "enabled",
        "outcome": "ok",
        "text_key": "check_running",
        "values": {},
        "link": None,
    }
    unproved = next(each for each in report["checks"] if each["check"] == "trust")
    assert unproved["link"].endswith("/docs/certificate.md#with-a-script")


async def test_a_setup_check_names_ports_without_separators_of_thousands(
    client: Client, printer: ManagedPrinter
) -> None:
    report = await client.call("printer/check", printer_id=printer.id)
    named = [each["values"].get("port") for each in report["checks"]]
    assert str(printer.config.identity.ports.mqtt) in named


async def test_a_printer_is_switched_off_and_changed(
    client: Client, printer: ManagedPrinter
) -> None:
    item = await client.call("printer/set", printer_id=printer.id, mode="review")
    assert item["mode"] == "review"
    item = await client.call("printer/set", printer_id=printer.id, enabled=False)
    assert item["status"] == "off"
    assert not printer.running


async def test_what_comes_in_at_a_printer_is_not_the_doing_of_who_switched_it_on(
    hass: HomeAssistant,
    client: Client,
    reviewed: ManagedPrinter,
    send: Send,
    told: Told,
) -> None:
    await client.call("printer/set", printer_id=reviewed.id, enabled=False)
    await client.call("printer/set", printer_id=reviewed.id, enabled=True)
    await hass.async_block_till_done()
    told.activities.clear()
    await send(reviewed)
    await until(lambda: EventKind.PENDING in told.kinds)

    assert {EventKind.SLICER_CONNECTED, EventKind.RECEIVED} <= set(told.kinds)
    assert [each.context for each in told.activities] == [None] * len(told.activities)


async def test_the_first_steps_of_a_slicer_are_followed(
    client: Client, printer: ManagedPrinter, send: Send
) -> None:
    subscription = await client.follow("printer/connect", printer_id=printer.id)
    assert await client.event(subscription) == {"state": "waiting", "client": None}
    await send(printer)
    event = await client.event(subscription)
    assert event["state"] == "connected"
    assert event["client"]


async def test_commands_for_another_computer_are_given(client: Client) -> None:
    told = await client.call("trust/commands")
    assert set(told["commands"]) == {"windows", "macos", "linux"}
    assert told["address"] in told["commands"]["linux"]


async def test_a_real_printer_is_shown_with_what_it_does(
    add_real: AddReal, client: Client
) -> None:
    _double, machine = await add_real()
    await until(lambda: machine.is_reporting)
    subscription = await client.follow("subscribe", topics=["printers"])
    (item,) = (await client.event(subscription))["printers"]
    assert item["kind"] == "real"
    assert item["availability"] == "online"
    # Nobody knows of a plug.
    assert item["power"] is None
    assert item["live"]["phase"] == "idle"
    assert "access_code" not in str(item)
    assert item["camera"].startswith("/api/camera_proxy_stream/camera.cellar_camera?")
    assert item["still"].startswith("/api/camera_proxy/camera.cellar_camera?")
    cleared = await client.call("printer/clear_plate", printer_id=machine.id)
    assert cleared["plate_occupied"] is False


async def test_a_real_printer_that_streams_video_shows_stills_only(
    add_real: AddReal, client: Client
) -> None:
    _double, machine = await add_real(model="BL-P001")
    await until(lambda: machine.is_reporting)
    subscription = await client.follow("subscribe", topics=["printers"])
    (item,) = (await client.event(subscription))["printers"]
    assert item["camera"] is None
    assert item["still"].startswith("/api/camera_proxy/camera.cellar_camera?")


# --- statistics


async def test_what_was_made_is_added_up(
    client: Client, archived: str, hub: Hub
) -> None:
    await client.call("archive/update", archive_ids=[archived], project="Gifts")
    for verb, reason in (("complete", ""), ("fail", "Clogged")):
        (job, *_) = (
            await client.call(
                "archive/queue", archive_id=archived, plates=[1], copies=1
            )
        )["jobs"]
        await client.call("job/verb", job_ids=[job["id"]], verb=verb, reason=reason)
    stats = await client.call("stats", by="month")
    assert len(stats["series"]) == 12
    month = stats["series"][-1]
    assert (month["files"], month["prints"], month["failed"]) == (1, 1, 1)
    assert month["filament_g"] > 0
    (project,) = stats["groups"]["projects"]
    assert (project["value"], project["files"], project["prints"]) == ("Gifts", 1, 1)
    days = await client.call(
        "stats", by="day", **{"from": "2026-01-01"}, to="2026-01-31"
    )
    assert len(days["series"]) == 31
    assert not any(day["files"] for day in days["series"])
