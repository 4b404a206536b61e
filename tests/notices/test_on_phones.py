"""Notifications on phones: who hears of what, what buttons do and for whom, and what is taken back."""

import asyncio
from collections.abc import Awaitable, Callable
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.config.notifications import CHOSEN
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.explanations import NO_ANSWER
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    LibraryError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    QueueRefused,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import JobState
from custom_components.bambu_virtual_printer.engine.library.values.queueable import (
    queue_obstacle,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.library.values.sliced_file import (
    SlicedFile,
)
from custom_components.bambu_virtual_printer.engine.library.verdicts import Verdicts
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.notices import on_phones, pace
from custom_components.bambu_virtual_printer.notices.messages import read_action
from custom_components.bambu_virtual_printer.notices.pace import Pace
from custom_components.bambu_virtual_printer.notices.records import STORAGE_KEY
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.auth.const import GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.helpers import translation
from homeassistant.util import dt as dt_util
from scripts.printer_double import StartScript
from tests.notices.conftest import AddPhone, TestPhone
from tests.support.home_assistant import AddPrinter, Call, DeviceOf, Send, SentFile
from tests.support.other_instance import decide_elsewhere, decline_elsewhere
from tests.support.real_printers import AddReal
from tests.support.waiting import until

type Choose = Callable[..., Awaitable[None]]


@pytest.fixture
def choose(hass: HomeAssistant, entry: MockConfigEntry) -> Choose:
    """Choose which phones hear of what."""

    async def _choose(*phones: TestPhone, topics: Any = CHOSEN, **more: bool) -> None:
        chosen = {
            "notifications": {
                topic: [one.device_id for one in phones] for topic in topics
            }
            | more
        }
        hass.config_entries.async_update_entry(entry, options=chosen)
        await hass.async_block_till_done()

    return _choose


@pytest.fixture
async def phone(add_phone: AddPhone, choose: Choose) -> TestPhone:
    """An administrator's phone that hears of everything."""
    phone = await add_phone()
    await choose(phone)
    return phone


@pytest.fixture
async def review(add_printer: AddPrinter) -> ManagedPrinter:
    """A printer whose uploads wait for a person."""
    return await add_printer("Attic", mode="review")


async def user(hass: HomeAssistant, name: str, group: str = GROUP_ID_USER) -> User:
    """Make a user."""
    return await hass.auth.async_create_user(name, group_ids=[group])


def elsewhere(hass: HomeAssistant, hub: Hub) -> Library:
    """Open the library while the integration is not loaded."""
    return Library(
        Path(hass.config.media_dirs["local"]) / DOMAIN,
        f"sqlite:///{hass.config.path('.storage', DOMAIN, 'library.db')}",
        emit=lambda _event: None,
    )


async def test_nobody_is_told_anything_before_somebody_is_chosen(
    hass: HomeAssistant,
    review: ManagedPrinter,
    add_phone: AddPhone,
    send: Send,
    hub: Hub,
) -> None:
    phone = await add_phone()
    await send(review)
    await hass.async_block_till_done(wait_background_tasks=False)
    assert hub.coordinator.data.pending
    assert phone.got == []


async def test_an_upload_is_shown_with_its_picture_and_buttons(
    hass: HomeAssistant,
    phone: TestPhone,
    review: ManagedPrinter,
    send: Send,
    hub: Hub,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await send(review)
    await until(lambda: phone.shown)
    (upload,) = hub.coordinator.data.pending
    (shown,) = phone.shown.values()
    assert shown["title"] == upload.name
    assert "Attic" in shown["message"]
    assert shown["data"]["clickAction"] == f"/bambu-prints/inbox/{upload.id}"
    assert shown["data"]["url"] == shown["data"]["clickAction"]
    assert [action["title"] for action in shown["data"]["actions"]] == [
        "Archive",
        "Queue",
        "Discard",
    ]
    # The app fetches it without a login.
    response = await (await hass_client_no_auth()).get(shown["data"]["image"])
    assert response.status == 200
    assert response.content_type.startswith("image/")


@pytest.mark.parametrize(
    ("button", "state"),
    [
        ("Archive", UploadState.ARCHIVED),
        ("Queue", UploadState.QUEUED),
        ("Discard", UploadState.DISCARDED),
    ],
)
async def test_a_button_decides_and_every_phone_forgets_it(
    phone: TestPhone,
    add_phone: AddPhone,
    choose: Choose,
    review: ManagedPrinter,
    send: Send,
    hub: Hub,
    button: str,
    state: UploadState,
) -> None:
    other = await add_phone()
    await choose(phone, other)
    await send(review)
    await until(lambda: phone.shown and other.shown)
    (upload,) = hub.coordinator.data.pending
    await other.tap(other.the("pending"), button)
    await until(lambda: not phone.shown and not other.shown)
    assert (await hub.library.upload(upload.id)).state is state


async def test_what_is_decided_elsewhere_is_taken_back(
    phone: TestPhone, review: ManagedPrinter, send: Send, call: Call
) -> None:
    await send(review)
    await until(lambda: phone.shown)
    await call("discard_pending", all=True)
    await until(lambda: not phone.shown)


async def test_what_another_home_assistant_decided_is_taken_back(
    phone: TestPhone, review: ManagedPrinter, send: Send, hub: Hub
) -> None:
    await send(review)
    await until(lambda: phone.shown)
    (upload,) = hub.coordinator.data.pending
    await decide_elsewhere(hub, upload.id)
    await until(lambda: not phone.shown)


async def test_an_old_button_says_what_was_decided_and_does_nothing(
    phone: TestPhone, review: ManagedPrinter, send: Send, call: Call, hub: Hub
) -> None:
    await send(review)
    await until(lambda: phone.shown)
    old = phone.the("pending")
    (upload,) = hub.coordinator.data.pending
    await call("archive_pending", upload_id=upload.id)
    await until(lambda: not phone.shown)
    await phone.tap(old, "Discard")
    await until(lambda: phone.shown)
    assert phone.the("answer")["message"] == f"{upload.name} was archived already."
    assert (await hub.library.upload(upload.id)).state is UploadState.ARCHIVED


async def test_a_button_acts_for_the_user_of_the_phone_who_may_not_do_everything(
    hass: HomeAssistant,
    hub: Hub,
    phone: TestPhone,
    add_phone: AddPhone,
    choose: Choose,
    review: ManagedPrinter,
    send: Send,
) -> None:
    theirs = await add_phone(await user(hass, "Reader", GROUP_ID_READ_ONLY))
    await choose(phone, theirs)
    await send(review)
    await until(lambda: phone.shown and theirs.shown)
    (shown,) = theirs.shown.values()
    assert "actions" not in shown["data"]
    # What another phone was offered is nothing this one may do.
    (action, *_) = phone.the("pending")["data"]["actions"]
    await theirs.fire({"action": action["action"]})
    await until(lambda: len(theirs.got) == 2)
    assert theirs.the("answer")["message"] == "This was settled already."
    assert len(hub.coordinator.data.pending) == 1


async def test_rights_that_were_lost_since_are_looked_at_when_a_button_is_tapped(
    hass: HomeAssistant,
    hub: Hub,
    add_phone: AddPhone,
    choose: Choose,
    review: ManagedPrinter,
    send: Send,
) -> None:
    worker = await user(hass, "Worker")
    phone = await add_phone(worker)
    await choose(phone)
    await send(review)
    await until(lambda: phone.shown)
    await hass.auth.async_update_user(worker, group_ids=[GROUP_ID_READ_ONLY])
    await phone.tap(phone.the("pending"), "Discard")
    await until(lambda: len(phone.got) == 2)
    assert phone.the("answer")["message"] == ("You may look, but not change anything.")
    assert len(hub.coordinator.data.pending) == 1


async def test_taps_of_nobody_and_of_strangers_do_nothing(
    hass: HomeAssistant,
    hub: Hub,
    phone: TestPhone,
    add_phone: AddPhone,
    review: ManagedPrinter,
    send: Send,
) -> None:
    stranger = await add_phone(await user(hass, "Stranger"))
    await send(review)
    await until(lambda: phone.shown)
    (action, *_) = phone.the("pending")["data"]["actions"]
    await stranger.fire({"action": action["action"]})
    hass.bus.async_fire(on_phones.EVENT_TAPPED, {"action": action["action"]})
    for nonsense in (None, 7, "", f"{DOMAIN}.button.archive.", "x" * 1000):
        await phone.fire({"action": nonsense})
    await phone.fire({"action": action["action"].replace("archive", "explode")})
    await until(lambda: len(phone.got) == 2)
    assert phone.the("answer")
    assert len(hub.coordinator.data.pending) == 1
    assert stranger.got == []


async def test_nothing_is_lost_or_doubled_over_a_restart(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    phone: TestPhone,
    review: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    hub: Hub,
) -> None:
    await send(review, sliced_file("One.gcode.3mf", seed=1))
    await send(review, sliced_file("Two.gcode.3mf", seed=2))
    await until(lambda: len(phone.shown) == 2)
    await hass.config_entries.async_unload(entry.entry_id)
    # It is decided about one while nobody looks.
    async with elsewhere(hass, hub) as library:
        (first, _) = (await library.pending.page(limit=5)).uploads
        await library.pending.discard(first.id)
    await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: len(phone.shown) == 1)
    sent = [one for one in phone.got if one["message"] != "clear_notification"]
    assert len(sent) == 2
    # Its buttons go on working.
    await phone.tap(phone.the("pending"), "Archive")
    await until(lambda: not phone.shown)


async def test_a_phone_that_could_not_be_reached_is_told_later(
    hass: HomeAssistant,
    hub: Hub,
    add_phone: AddPhone,
    connect: Callable[[TestPhone], Awaitable[None]],
    choose: Choose,
    review: ManagedPrinter,
    send: Send,
) -> None:
    phone = await add_phone(connected=False)
    await choose(phone)
    await send(review)
    await connect(phone)
    await hub.coordinator.async_refresh()
    await until(lambda: phone.shown)


async def test_much_at_once_is_a_few_and_a_summary(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    phone: TestPhone,
    review: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    hub: Hub,
) -> None:
    monkeypatch.setattr(pace, "PAUSE_S", 3600.0)
    for number in range(pace.BURST + 3):
        await send(review, sliced_file(f"Part {number}.gcode.3mf", seed=number))
    await until(lambda: len(phone.shown) == pace.BURST)
    monkeypatch.setattr(pace, "PAUSE_S", 0.001)
    await hub.coordinator.async_refresh()
    await until(lambda: len(phone.shown) == pace.BURST + 1)
    summary = phone.the("summary")
    assert summary["title"] == "3D prints"
    assert summary["message"] == "3 uploads are waiting for a decision"
    assert summary["data"]["clickAction"] == "/bambu-prints/inbox"
    await call("archive_pending", all=True)
    await until(lambda: not phone.shown)


async def test_the_pause_after_a_burst_ends_by_itself(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    phone: TestPhone,
    review: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
) -> None:
    monkeypatch.setattr(pace, "PAUSE_S", 3600.0)
    for number in range(pace.BURST + 1):
        await send(review, sliced_file(f"Part {number}.gcode.3mf", seed=number))
    await until(lambda: len(phone.shown) == pace.BURST)
    await hass.async_block_till_done()
    monkeypatch.setattr(pace, "PAUSE_S", 0.001)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=2))
    await until(lambda: any("summary" in tag for tag in phone.shown))
    assert phone.the("summary")["message"] == "1 upload is waiting for a decision"


def test_a_pace_is_a_burst_and_then_one_in_each_pause() -> None:
    slow = Pace(seen_at=0.0)
    assert [slow.take(0.0) for _ in range(6)] == [True] * 5 + [False]
    assert slow.wait_s(0.0) == pace.PAUSE_S
    assert not slow.take(pace.PAUSE_S - 1)
    assert slow.take(pace.PAUSE_S)
    assert not slow.take(pace.PAUSE_S)
    assert slow.wait_s(1e6) == 0.0


async def test_phones_that_are_not_chosen_any_more_show_nothing(
    phone: TestPhone, review: ManagedPrinter, send: Send, choose: Choose
) -> None:
    await send(review)
    await until(lambda: phone.shown)
    await choose()
    await until(lambda: not phone.shown)


async def test_removing_the_integration_takes_everything_back(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    entry: MockConfigEntry,
    phone: TestPhone,
    review: ManagedPrinter,
    send: Send,
) -> None:
    await send(review)
    await until(lambda: phone.shown)
    await hass.config_entries.async_remove(entry.entry_id)
    await until(lambda: not phone.shown)
    assert STORAGE_KEY not in hass_storage


async def test_texts_are_in_the_language_of_the_household(
    hass: HomeAssistant, phone: TestPhone, review: ManagedPrinter, send: Send
) -> None:
    await hass.config.async_update(language="de")
    await translation.async_load_integrations(hass, {DOMAIN})
    await send(review)
    await until(lambda: phone.shown)
    actions = phone.the("pending")["data"]["actions"]
    assert [one["title"] for one in actions] == [
        "Archivieren",
        "Einreihen",
        "Verwerfen",
    ]


async def test_a_name_is_no_markup_on_the_phone(
    phone: TestPhone,
    review: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
) -> None:
    await send(review, sliced_file("a.gcode.3mf", title="<b>{{ 1 + 1 }}</b>"))
    await until(lambda: phone.shown)
    assert "<" not in phone.titles[0]
    assert "{{ 1 + 1 }}" in phone.titles[0]


# --- prints ---


@pytest.fixture
async def job_id(add_printer: AddPrinter, send: Send, hub: Hub) -> str:
    """A job that waits."""
    await send(await add_printer("Queue", mode="queue"))
    await until(lambda: hub.coordinator.data.queued_jobs)
    return hub.coordinator.data.queued_jobs[0].id


@pytest.mark.parametrize(
    ("action", "more", "message"),
    [
        ("complete_job", {}, "Printed"),
        ("fail_job", {"reason": "Spaghetti"}, "Failed: Spaghetti"),
    ],
)
async def test_the_end_of_a_job_is_told(
    phone: TestPhone,
    job_id: str,
    call: Call,
    action: str,
    more: dict[str, Any],
    message: str,
) -> None:
    await call(action, job_id=job_id, **more)
    await until(lambda: phone.shown)
    (shown,) = phone.shown.values()
    assert shown["message"] == message
    assert shown["data"]["clickAction"] == f"/bambu-prints/queue/{job_id}"


async def test_all_copies_are_told_once(
    phone: TestPhone, job_id: str, call: Call
) -> None:
    await call("edit_job", job_id=job_id, copies=2)
    await call("complete_job", job_id=job_id)
    await call("complete_job", job_id=job_id)
    await until(lambda: phone.shown)
    assert [one["message"] for one in phone.got] == ["All 2 copies are printed"]


async def test_the_end_that_nobody_could_tell_is_told_after_a_restart(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    phone: TestPhone,
    job_id: str,
    hub: Hub,
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    async with elsewhere(hass, hub) as library:
        await library.queue.finish(job_id, JobState.COMPLETED)
    await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: phone.shown)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert [one["message"] for one in phone.got] == ["Printed"]


async def test_a_plate_is_asked_about_until_it_is_cleared(
    add_real: AddReal, phone: TestPhone, hub: Hub
) -> None:
    double, machine = await add_real()
    double.report(gcode_state="RUNNING", subtask_name="From the screen")
    await until(lambda: machine.is_printing)
    double.report(gcode_state="FINISH")
    await until(lambda: machine.share.is_plate_occupied)
    assert not phone.shown
    await hub.machines.async_set(machine.id, "print_from_queue", value=True)
    await until(lambda: phone.shown)
    shown = phone.the("plate")
    assert shown["title"] == "Cellar"
    assert [one["title"] for one in shown["data"]["actions"]] == ["Cleared"]
    await phone.tap(shown, "Cleared")
    await until(lambda: not phone.shown)
    assert not machine.share.is_plate_occupied


async def test_who_clears_the_plate_says_how_the_print_came_out(
    add_real: AddReal,
    add_printer: AddPrinter,
    phone: TestPhone,
    hub: Hub,
    send: Send,
    call: Call,
) -> None:
    _double, machine = await add_real()
    await hub.machines.async_set(machine.id, "print_from_queue", value=True)
    await send(await add_printer(mode="queue", filing={"hold": False}))
    await until(lambda: any("plate" in tag for tag in phone.shown), timeout_s=30)
    shown = phone.the("plate")
    buttons = [one["title"] for one in shown["data"]["actions"]]
    assert buttons == ["Cleared", "Cleared and good", "Failed…"]
    assert shown["data"]["image"].startswith("/api/camera_proxy/camera.")
    await phone.tap(shown, "Cleared and good")
    await until(lambda: not any("plate" in tag for tag in phone.shown))
    assert not machine.share.is_plate_occupied
    # Late, and about this print only.
    await phone.tap(shown, "Failed…")
    await until(lambda: any("answer" in tag for tag in phone.shown))
    assert "Good" in phone.the("answer")["message"]
    await phone.tap(shown, "Cleared")
    await until(lambda: phone.the("answer")["message"] == "This was settled already.")
    (ended,) = (await call("list_finished_jobs"))["jobs"]
    assert ended["verdict"] == "good"


async def test_a_plate_is_cleared_with_a_verdict_while_the_end_of_its_print_is_stored(
    add_real: AddReal,
    add_printer: AddPrinter,
    phone: TestPhone,
    hub: Hub,
    send: Send,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    end, ended = hub.library.prints.end, hub.machines.dispatcher.ended
    is_awaited, may_end = asyncio.Event(), asyncio.Event()

    async def end_slowly(*args: Any, **values: Any) -> None:
        await may_end.wait()
        await end(*args, **values)

    async def noted(*args: Any) -> None:
        is_awaited.set()
        await ended(*args)

    monkeypatch.setattr(hub.library.prints, "end", end_slowly)
    monkeypatch.setattr(hub.machines.dispatcher, "ended", noted)
    _double, machine = await add_real()
    await hub.machines.async_set(machine.id, "print_from_queue", value=True)
    await send(await add_printer(mode="queue", filing={"hold": False}))
    await until(lambda: any("plate" in tag for tag in phone.shown), timeout_s=30)
    await phone.tap(phone.the("plate"), "Cleared and good")
    await until(is_awaited.is_set)
    may_end.set()
    await until(lambda: not any("plate" in tag for tag in phone.shown))
    assert not machine.share.is_plate_occupied
    (printed,) = (await call("list_finished_jobs"))["jobs"]
    assert printed["verdict"] == "good"


async def test_a_button_counts_before_it_is_known_that_the_phone_has_it(
    add_real: AddReal, phone: TestPhone, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clouds answer after the phone has shown it."""
    double, machine = await add_real()
    may_answer = asyncio.Event()
    send_to = on_phones.async_send

    async def send_slowly(*args: Any) -> bool:
        is_sent = await send_to(*args)
        await may_answer.wait()
        return is_sent

    monkeypatch.setattr(on_phones, "async_send", send_slowly)
    await hub.machines.async_set(machine.id, "print_from_queue", value=True)
    double.report(gcode_state="RUNNING", subtask_name="From the screen")
    await until(lambda: machine.is_printing)
    double.report(gcode_state="FINISH")
    await until(lambda: phone.shown)
    await phone.tap(phone.the("plate"), "Cleared")
    await until(lambda: not machine.share.is_plate_occupied)
    may_answer.set()
    await until(lambda: not phone.shown)


async def test_what_a_phone_does_not_take_has_no_buttons_and_is_told_again(
    add_real: AddReal, phone: TestPhone, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    double, machine = await add_real()
    refused: list[str] = []

    async def refuse(_hass: Any, _phone: Any, message: Any) -> bool:
        refused.append(message.tag)
        return False

    with monkeypatch.context() as patched:
        patched.setattr(on_phones, "async_send", refuse)
        await hub.machines.async_set(machine.id, "print_from_queue", value=True)
        double.report(gcode_state="RUNNING", subtask_name="From the screen")
        await until(lambda: machine.is_printing)
        double.report(gcode_state="FINISH")
        await until(lambda: any("plate" in tag for tag in refused))
    assert not phone.shown
    hub.coordinator.async_update_listeners()
    await until(lambda: phone.shown)
    assert "plate" in next(iter(phone.shown))


async def test_a_job_that_cannot_be_ready_in_time_is_told_until_it_is_over(
    phone: TestPhone, job_id: str, call: Call
) -> None:
    soon = dt_util.utcnow().replace(microsecond=0) + timedelta(minutes=1)
    await call("edit_job", job_id=job_id, due=soon.isoformat())
    await until(lambda: any("late" in tag for tag in phone.shown), timeout_s=20)
    assert phone.the("late")["message"].startswith("It cannot be ready by ")
    await call("edit_job", job_id=job_id, priority="high")
    assert any("late" in tag for tag in phone.shown)
    await call("cancel_job", job_id=job_id)
    await until(lambda: not any("late" in tag for tag in phone.shown))


@pytest.mark.parametrize(("button", "first"), [("Print again", 0), ("Not again", 1)])
async def test_a_plate_of_a_failed_print_is_cleared_with_the_answer_whether_it_is_printed_again(
    add_real: AddReal,
    add_printer: AddPrinter,
    phone: TestPhone,
    hub: Hub,
    send: Send,
    call: Call,
    button: str,
    first: int,
) -> None:
    double, machine = await add_real()
    await hub.machines.async_set(machine.id, "print_from_queue", value=True)
    printer = await add_printer(mode="queue", filing={"hold": False})
    await send(printer)
    await until(lambda: any("plate" in tag for tag in phone.shown), timeout_s=30)
    await until(lambda: not hub.coordinator.data.queued_jobs)
    (failed,) = (await call("list_finished_jobs"))["jobs"]
    # Another one is in line and could begin as soon as the plate is free.
    await call("queue_archive", archive_id=failed["archive_id"], hold=False)
    (other,) = (await call("list_queue"))["jobs"]
    await phone.tap(phone.the("plate"), "Failed…")
    await until(lambda: "Print it again?" in phone.the("plate")["message"])
    question = phone.the("plate")
    assert [one["title"] for one in question["data"]["actions"]] == [
        "Print again",
        "Not again",
    ]
    assert machine.share.is_plate_occupied
    assert len(double.prints) == 1
    await phone.tap(question, button)
    await until(
        lambda: (
            machine.share.is_plate_occupied
            and machine.share.plate.job_id not in ("", failed["job_id"])
        ),
        timeout_s=30,
    )
    assert (machine.share.plate.job_id == other["job_id"]) == bool(first)
    (judged,) = [
        one
        for one in (await call("list_finished_jobs"))["jobs"]
        if one["job_id"] == failed["job_id"]
    ]
    assert judged["verdict"] == "failed"
    assert judged["reprint"] == ("declined" if first else "taken")


@pytest.mark.parametrize(("button", "jobs"), [("Print again", 1), ("Not again", 0)])
async def test_a_failed_copy_is_offered_to_be_printed_again_once(
    phone: TestPhone, job_id: str, call: Call, hub: Hub, button: str, jobs: int
) -> None:
    await call("complete_job", job_id=job_id)
    await call("judge_job", job_id=job_id, verdict="failed", reason="Stringing")
    await until(lambda: any("reprint" in tag for tag in phone.shown))
    offer = phone.the("reprint")
    assert offer["message"] == "Failed. Print it again?"
    await phone.tap(offer, button)
    await until(lambda: not any("reprint" in tag for tag in phone.shown))
    await until(lambda: len(hub.coordinator.data.queued_jobs) == jobs)
    await phone.tap(offer, "Print again")
    await until(lambda: any("answer" in tag for tag in phone.shown))
    assert "printed again" in phone.the("answer")["message"]
    assert len(hub.coordinator.data.queued_jobs) == jobs


async def test_an_offer_that_is_answered_elsewhere_is_taken_back_after_a_restart_too(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    phone: TestPhone,
    job_id: str,
    call: Call,
) -> None:
    await call("complete_job", job_id=job_id)
    await call("judge_job", job_id=job_id, verdict="failed")
    await until(lambda: any("reprint" in tag for tag in phone.shown))
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert phone.the("reprint")
    await call("reprint_job", job_id=job_id)
    await until(lambda: not any("reprint" in tag for tag in phone.shown))


async def test_an_offer_that_is_answered_at_another_home_assistant_is_taken_back(
    hass: HomeAssistant, phone: TestPhone, job_id: str, call: Call, hub: Hub
) -> None:
    await call("complete_job", job_id=job_id)
    await call("judge_job", job_id=job_id, verdict="failed")
    await until(lambda: any("reprint" in tag for tag in phone.shown))
    # It stands while nobody can say anything else.
    with patch.object(Verdicts, "offered", side_effect=LibraryError(NO_ANSWER)):
        await hub.coordinator.async_refresh()
        await hass.async_block_till_done()
    assert phone.the("reprint")
    await decline_elsewhere(hub, job_id)
    await until(lambda: not any("reprint" in tag for tag in phone.shown))


async def test_a_jobs_question_is_asked_and_the_answer_is_the_jobs(
    add_real: AddReal,
    add_printer: AddPrinter,
    phone: TestPhone,
    hub: Hub,
    send: Send,
    call: Call,
) -> None:
    double, machine = await add_real(steps=20_000)
    await hub.machines.async_set(machine.id, "print_from_queue", value=True)
    await send(await add_printer(mode="queue"))
    await until(lambda: hub.coordinator.data.queued_jobs)
    job_id = hub.coordinator.data.queued_jobs[0].id
    double.faults.start = StartScript.NOTHING
    await call("start_job", job_id=job_id)
    await until(lambda: double.received("project_file"))
    double.report(
        gcode_state="RUNNING", subtask_id="999", subtask_name="From the screen"
    )
    await until(lambda: any("question" in tag for tag in phone.shown))
    shown = phone.the("question")
    assert shown["message"] == (
        "Did it start on Cellar? Home Assistant could not see it."
    )
    assert len(shown["data"]["actions"]) == 3
    await phone.tap(shown, "It was printed")
    await until(lambda: not any("question" in tag for tag in phone.shown))
    assert (await call("get_job", job_id=job_id))["state"] == "completed"


async def test_a_plate_is_nothing_for_who_may_only_look(
    hass: HomeAssistant,
    add_real: AddReal,
    add_phone: AddPhone,
    choose: Choose,
    phone: TestPhone,
    hub: Hub,
) -> None:
    theirs = await add_phone(await user(hass, "Reader", GROUP_ID_READ_ONLY))
    await choose(phone, theirs)
    double, machine = await add_real()
    await hub.machines.async_set(machine.id, "print_from_queue", value=True)
    double.report(gcode_state="RUNNING", subtask_name="From the screen")
    await until(lambda: machine.is_printing)
    double.report(gcode_state="FINISH")
    await until(lambda: any("plate" in tag for tag in phone.shown))
    assert theirs.got == []


async def test_a_fault_in_one_round_does_not_keep_the_next_from_telling(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    phone: TestPhone,
    review: ManagedPrinter,
    send: Send,
    hub: Hub,
) -> None:
    def _fail(*_: object) -> None:
        raise RuntimeError("odd")

    with monkeypatch.context() as broken:
        broken.setattr(on_phones, "standing_matters", _fail)
        await send(review)
        await until(lambda: "Phones could not be told" in caplog.text)
    await hub.coordinator.async_refresh()
    await until(lambda: phone.shown)


# --- people ---


@pytest.fixture
async def anna(hass: HomeAssistant) -> User:
    """A user who sends."""
    return await user(hass, "Anna")


@pytest.fixture
async def bob(hass: HomeAssistant) -> User:
    """A user who approves."""
    return await user(hass, "Bob")


@pytest.fixture
async def code(
    call: Call, device_of: DeviceOf, review: ManagedPrinter, anna: User, bob: User
) -> str:
    """Anna's access code, of a printer for which Bob approves."""
    device = device_of(review.id)
    assert device
    person = await call(
        "add_person", device_id=device.id, name="Anna", user=anna.id, reviewed=True
    )
    await call(
        "add_person", device_id=device.id, name="Bob", user=bob.id, approves=True
    )
    return str(person["access_code"])


async def test_who_approves_is_asked_and_who_sent_hears_what_became_of_it(
    hub: Hub,
    add_phone: AddPhone,
    choose: Choose,
    review: ManagedPrinter,
    send: Send,
    anna: User,
    bob: User,
    code: str,
) -> None:
    hers, his = await add_phone(anna), await add_phone(bob)
    await choose(ask_approvers=True, tell_senders=True)
    await send(review, access_code=code)
    await until(lambda: his.shown)
    assert not hers.shown
    await his.tap(his.the("pending"), "Queue")
    await until(lambda: hers.shown and not his.shown)
    (shown,) = hers.shown.values()
    assert shown["message"] == "Your file was put in the print queue"
    await until(lambda: hub.coordinator.data.queued_jobs)
    await hub.queue.fail(hub.coordinator.data.queued_jobs[0].id, "Spaghetti")
    await until(lambda: len(hers.shown) == 2)
    assert [one["message"] for one in hers.got][-1] == "Failed: Spaghetti"


@pytest.mark.parametrize(
    ("action", "more", "message"),
    [
        ("send_back_pending", {"note": "Too big"}, "Your file was sent back: Too big"),
        ("discard_pending", {}, "Your file was discarded"),
        ("archive_pending", {}, "Your file was archived"),
    ],
)
async def test_who_sent_hears_every_decision(
    hub: Hub,
    add_phone: AddPhone,
    choose: Choose,
    review: ManagedPrinter,
    send: Send,
    call: Call,
    anna: User,
    code: str,
    action: str,
    more: dict[str, Any],
    message: str,
) -> None:
    hers = await add_phone(anna)
    await choose(tell_senders=True)
    await send(review, access_code=code)
    upload_id = hub.coordinator.data.pending[0].id
    await call(action, upload_id=upload_id, **more)
    await until(lambda: hers.shown)
    assert [one["message"] for one in hers.shown.values()] == [message]
    # And when it was taken back.
    await call("undo", upload_id=upload_id)
    again = "Your file waits for a decision again"
    await until(lambda: [one["message"] for one in hers.shown.values()] == [again])


async def test_who_sent_what_the_queue_cannot_print_hears_why(
    hub: Hub,
    add_phone: AddPhone,
    choose: Choose,
    review: ManagedPrinter,
    send: Send,
    anna: User,
    code: str,
) -> None:
    hers = await add_phone(anna)
    await choose(tell_senders=True)
    await send(review, access_code=code)
    reason = queue_obstacle(SlicedFile(is_plain_gcode=True, printer_model="MK4S"))
    assert reason
    hub.feed.handle_library_event(
        QueueRefused(
            upload=hub.coordinator.data.pending[0], reason=reason, is_archived=False
        )
    )
    await until(lambda: hers.shown)
    (shown,) = hers.shown.values()
    assert shown["message"].startswith("Your file was kept, but not queued.")
    assert "MK4S" in shown["message"]


async def test_who_does_something_is_not_told_so(
    hass: HomeAssistant,
    hub: Hub,
    add_phone: AddPhone,
    choose: Choose,
    review: ManagedPrinter,
    send: Send,
    anna: User,
    code: str,
) -> None:
    hers = await add_phone(anna)
    await choose(hers, tell_senders=True)
    await send(review, access_code=code)
    await until(lambda: hers.shown)
    # Who is reviewed does not decide about it, but may take it back.
    actions = hers.the("pending")["data"]["actions"]
    assert [one["title"] for one in actions] == ["Discard"]
    await hers.tap(hers.the("pending"), "Discard")
    await until(lambda: not hub.coordinator.data.pending and not hers.shown)
    await hass.async_block_till_done()
    assert not hers.shown


async def test_what_is_hidden_from_a_user_is_not_on_their_phone(
    hass: HomeAssistant,
    add_phone: AddPhone,
    choose: Choose,
    phone: TestPhone,
    review: ManagedPrinter,
    send: Send,
    code: str,
) -> None:
    other = await add_phone(await user(hass, "Carl"))
    await choose(phone, other)
    await send(review, access_code=code)
    await until(lambda: phone.shown)
    await send(review)
    await until(lambda: other.shown)
    assert len(other.got) == 1
    await until(lambda: len(phone.shown) == 2)


@pytest.mark.parametrize(
    "action", [None, 1, "x", f"{DOMAIN}.button.A.tag", f"{DOMAIN}.button.a."]
)
def test_what_is_no_button_is_read_as_none(action: object) -> None:
    assert read_action(action) is None


async def test_what_to_load_is_told_once_and_print_anyway_begins_the_job(
    hass: HomeAssistant,
    add_real: AddReal,
    phone: TestPhone,
    add_printer: AddPrinter,
    send: Send,
    hub: Hub,
    call: Call,
) -> None:
    for name in ("green", "white"):
        hass.states.async_set(f"sensor.{name}", "0", {"unit_of_measurement": "g"})
    double, machine = await add_real(
        settings={
            "print_from_queue": True,
            "wait_for_plate": False,
            "spool_sensors": [
                {"slot": "0-0", "sensor": "sensor.green"},
                {"slot": "0-1", "sensor": "sensor.white"},
            ],
        }
    )
    loaded = deepcopy(double.status["ams"])
    for tray in loaded["ams"][0]["tray"]:
        tray |= {"remain": -1, "tray_uuid": "0" * 32}
    double.report(ams=loaded)
    await until(
        lambda: all(one.remaining_percent is None for one in machine.state.spools)
    )
    await send(await add_printer(mode="queue", filing={"hold": False}))
    await until(lambda: phone.shown, timeout_s=20)
    shown = phone.the("filament")
    assert shown["message"].startswith("Cellar has too little filament. P")
    assert [action["title"] for action in shown["data"]["actions"]] == ["Print anyway"]

    await phone.tap(shown, "Print anyway")
    await until(lambda: double.prints, timeout_s=20)
    await until(lambda: not any("filament" in tag for tag in phone.shown))
