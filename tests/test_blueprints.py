"""The blueprints, loaded by the automation integration, with real uploads and jobs."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
import shutil
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    LibraryError,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    Job,
    JobState,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import Problem
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.operations.plans import NO_CHANGES
from custom_components.bambu_virtual_printer.operations.queue import JobAction
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
from tests.support.home_assistant import (
    AddPrinter,
    Call,
    DeviceOf,
    Send,
    SentFile,
    Told,
    unsigned,
)
from tests.support.prints import claim
from tests.support.real_printers import AddReal
from tests.support.waiting import until

FOLDER = (
    Path(__file__).parents[1] / "blueprints" / "automation" / "bambu_virtual_printer"
)
# Longer than what any of these waits for.
QUARTER = timedelta(minutes=15, seconds=1)
SWITCH = "input_boolean.notify_when_done"
PLUG = "switch.plug"
PHONE = {"notify_device": "phone"}
"""Stands for the id of the phone's device."""
TELL = {
    "action": "notify.phone",
    "data": {"message": "{{ trigger.name | default('then') }}"},
}


@pytest.fixture
async def phone(hass: HomeAssistant, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> str:
    """The device of a phone with the Home Assistant app, whose notifications are those of `notify.phone`."""
    entry = MockConfigEntry(domain="mobile_app", data={"webhook_id": "phone"})
    entry.add_to_hass(hass)
    entry.mock_state(hass, ConfigEntryState.LOADED)
    assert await async_setup_component(hass, "mobile_app", {})
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("mobile_app", "phone")}
    )
    module = "homeassistant.components.mobile_app.device_action"
    monkeypatch.setattr(f"{module}.webhook_id_from_device_id", lambda *_: "phone")
    monkeypatch.setattr(f"{module}.get_notify_service", lambda *_: "phone")
    return device.id


@pytest.fixture
def use(hass: HomeAssistant, hub: Hub, phone: str) -> Callable[..., Any]:
    """Make an automation of a blueprint; returns what the phone gets."""

    async def _use(name: str, **inputs: Any) -> list[ServiceCall]:
        if "notify_device" in inputs:
            inputs["notify_device"] = phone
        got = async_mock_service(hass, "notify", "phone")
        target = Path(hass.config.path("blueprints", "automation", FOLDER.name))
        await hass.async_add_executor_job(shutil.copytree, FOLDER, target)
        assert await async_setup_component(
            hass,
            "automation",
            {
                "automation": {
                    "use_blueprint": {
                        "path": f"{FOLDER.name}/{name}.yaml",
                        "input": inputs,
                    }
                }
            },
        )
        (state,) = hass.states.async_all("automation")
        assert state.state == "on"
        return got

    return _use


@pytest.fixture
def automation(hass: HomeAssistant) -> Callable[[], State]:
    """Read the state of the automation."""

    def _automation() -> State:
        (state,) = hass.states.async_all("automation")
        return state

    return _automation


@pytest.fixture
def waits(automation: Callable[[], State]) -> Callable[[], bool]:
    """Tell whether the automation runs, which is waiting mostly."""
    return lambda: bool(automation().attributes["current"])


@pytest.fixture
def pass_time(hass: HomeAssistant, waits: Callable[[], bool]) -> Callable[..., Any]:
    """Let the time pass that the automation waits for."""

    async def _pass_time() -> None:
        await until(waits)
        async_fire_time_changed(hass, dt_util.utcnow() + QUARTER)
        await until(lambda: not waits())

    return _pass_time


@pytest.fixture
async def review(add_printer: AddPrinter) -> ManagedPrinter:
    """A printer whose uploads wait for a person."""
    return await add_printer("Review", mode="review")


@pytest.fixture
async def queued(
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> list[str]:
    """The ids of three held jobs for any printer of the model, Box - Plate 1 to 3."""
    printer = await add_printer("Farm", mode="queue")
    await send(printer, sliced_file("Box.gcode.3mf", title="Box", plates=3))
    return [job["job_id"] for job in (await call("list_queue"))["jobs"]]


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem
)
def test_every_blueprint_explains_itself(path: Path) -> None:
    blueprint = load_yaml_dict(path)["blueprint"]
    assert blueprint["name"] and blueprint["description"]
    assert all(field["name"] for field in blueprint["input"].values())


async def tap(hass: HomeAssistant, action: str) -> None:
    hass.bus.async_fire("mobile_app_notification_action", {"action": action})
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("number", "answer"), [(0, "Archived."), (1, "Queued."), (2, "Discarded.")]
)
async def test_the_phone_shows_an_upload_and_its_buttons_decide_once(
    hass: HomeAssistant,
    review: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    use: Callable[..., Any],
    hass_client_no_auth: ClientSessionGenerator,
    number: int,
    answer: str,
) -> None:
    got = await use("approve_on_phone", currency="EUR", **PHONE)
    sent = await send(review, sliced_file("Box.gcode.3mf", title="Box", model="N2S"))
    await hass.async_block_till_done()
    (shown,) = got
    assert shown.data["title"] == "Box"
    message = shown.data["message"]
    assert "Sliced for Bambu Lab A1" in message
    assert f"{round(sent.spec.filament_g)} g PLA" in message
    assert f"{round(sent.spec.filament_g / 1000 * 25, 2)} EUR" in message
    assert message.endswith("For Review")
    client = await hass_client_no_auth()
    assert (await client.get(shown.data["data"]["image"])).status == 200
    buttons = [button["action"] for button in shown.data["data"]["actions"]]
    await tap(hass, "SOMETHING_ELSE")
    assert len(got) == 1

    await tap(hass, buttons[number])
    await until(lambda: len(got) == 3)
    messages = {call.data["message"]: call.data["data"]["tag"] for call in got[1:]}
    assert messages["clear_notification"] == shown.data["data"]["tag"]
    assert messages[answer] != shown.data["data"]["tag"]
    archives = (await call("list_archives"))["archives"]
    jobs = (await call("list_queue"))["jobs"]
    assert (len(archives), len(jobs)) == ((1, 0), (1, 1), (0, 0))[number]

    for button in buttons:
        await tap(hass, button)
        assert got[-1].data["message"] == (
            f"Already processed: it was {answer[:-1].lower()} before."
        )
    assert unsigned((await call("list_archives"))["archives"]) == unsigned(archives)
    assert len((await call("list_queue"))["jobs"]) == len(jobs)


async def test_a_button_for_an_upload_that_never_was_is_answered(
    hass: HomeAssistant, hub: Hub, use: Callable[..., Any]
) -> None:
    got = await use("approve_on_phone", **PHONE)
    await tap(hass, "BAMBU_VIRTUAL_PRINTER_discard_01KAPWZ3V8X4M2T9C6B5N7Q1RD")
    assert got[-1].data["message"] == "That did not work; the log says why."


async def test_the_notification_goes_when_somebody_decides_elsewhere(
    hass: HomeAssistant,
    review: ManagedPrinter,
    send: Send,
    call: Call,
    use: Callable[..., Any],
) -> None:
    got = await use("approve_on_phone", **PHONE)
    await send(review)
    await call("send_back_pending", all=True, note="no")
    await until(lambda: len(got) == 2)
    assert got[1].data["message"] == "clear_notification"
    assert got[1].data["data"]["tag"] == got[0].data["data"]["tag"]


async def test_the_phone_is_told_how_prints_of_the_same_file_went(
    hub: Hub,
    review: ManagedPrinter,
    send: Send,
    call: Call,
    use: Callable[..., Any],
) -> None:
    sent = await send(review)
    (done,) = (await call("queue_pending", all=True))["uploads"]
    await hub.library.queue.finish(done["job_ids"][0], JobState.FAILED, "spaghetti")
    got = await use("approve_on_phone", **PHONE)
    await send(review, sent)
    await until(lambda: got)
    message = got[0].data["message"]
    assert "EUR" not in message
    assert "In the archive already, not printed yet" in message
    assert "Last failure: spaghetti" in message


async def test_finished_jobs_are_announced(
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    use: Callable[..., Any],
) -> None:
    got = await use("announce_finished_jobs", **PHONE)
    printer = await add_printer("Farm", mode="queue")
    await send(printer, sliced_file("Box.gcode.3mf", title="Box", plates=3))
    first, second, third = (job["job_id"] for job in (await call("list_queue"))["jobs"])
    await call("complete_job", job_id=first)
    await call("edit_job", job_id=second, copies=2)
    await call("complete_job", job_id=second)
    await call("complete_job", job_id=second)
    await hub.library.queue.finish(third, JobState.FAILED, "spaghetti")
    await until(lambda: len(got) == 3)
    assert [(call.data["title"], call.data["message"]) for call in got] == [
        ("Box - Plate 1", "Printed."),
        ("Box - Plate 2", "All 2 copies are printed."),
        ("Box - Plate 3", "Failed: spaghetti"),
    ]
    assert all("authSig" in call.data["data"]["image"] for call in got)


@pytest.mark.parametrize("only_printed", [False, True])
async def test_known_files_are_discarded(
    hass: HomeAssistant,
    review: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    use: Callable[..., Any],
    only_printed: bool,
) -> None:
    got = await use("discard_known_files", only_printed=only_printed, then_do=[TELL])
    sent = await send(review, sliced_file("Box.gcode.3mf", title="Box"))
    assert len((await call("list_pending"))["uploads"]) == 1
    (done,) = (await call("queue_pending", all=True))["uploads"]
    if only_printed:
        await send(review, sent)
        assert len((await call("list_pending"))["uploads"]) == 1
        await call("discard_pending", all=True)
        await call("complete_job", job_id=done["job_ids"][0])
    assert got == []
    await send_and_forget(review, send, sent)
    await until(lambda: got)
    assert got[0].data["message"] == "Box"
    assert (await call("list_pending"))["uploads"] == []
    assert (await call("list_archives"))["total"] == 1


async def send_and_forget(printer: ManagedPrinter, send: Send, sent: SentFile) -> None:
    """Send; what is discarded at once has no picture to wait for."""
    try:
        await send(printer, sent)
    except TimeoutError:
        assert printer.pictured_id is None


async def test_an_empty_queue_is_told_when_it_stays_empty(
    add_printer: AddPrinter,
    send: Send,
    hub: Hub,
    use: Callable[..., Any],
    waits: Callable[[], bool],
    pass_time: Callable[..., Any],
) -> None:
    got = await use("queue_is_empty", wait={"minutes": 10}, then_do=[TELL])
    printer = await add_printer("Farm", mode="queue")
    await send(printer)
    (job,) = await hub.queue.queued_jobs()

    # Nothing here may wait for Home Assistant to be idle: the automation waits for ten minutes.
    async def empty() -> None:
        (job,) = await hub.queue.queued_jobs()
        await hub.queue.do(JobAction.CANCEL, job.id)
        await until(lambda: not hub.coordinator.data.queued_jobs)

    await empty()
    await until(waits)
    await hub.queue.add(job.archive_id, NO_CHANGES)
    await until(lambda: hub.coordinator.data.queued_jobs)
    await pass_time()
    assert got == []
    await empty()
    await pass_time()
    assert len(got) == 1


async def test_low_storage_is_told_and_taken_back(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, use: Callable[..., Any]
) -> None:
    got = await use("storage_is_low", **PHONE)
    for gigabytes in (1_000_000, 0):
        hass.config_entries.async_update_entry(
            entry, options={"retention": {"low_space_gb": gigabytes}}
        )
        await hass.async_block_till_done()
        await hub.library.maintain()
        await hass.async_block_till_done()
    told, taken_back = got
    assert "GB are free" in told.data["message"]
    assert taken_back.data["message"] == "clear_notification"
    assert taken_back.data["data"]["tag"] == told.data["data"]["tag"]


@pytest.mark.parametrize("turn_off", [False, True])
async def test_finished_jobs_are_announced_only_while_the_switch_is_on(
    hass: HomeAssistant,
    queued: list[str],
    call: Call,
    use: Callable[..., Any],
    turn_off: bool,
) -> None:
    helpers = {"input_boolean": {"notify_when_done": {}}}
    assert await async_setup_component(hass, "input_boolean", helpers)
    got = await use("announce_finished_jobs", **PHONE, switch=SWITCH, turn_off=turn_off)
    await call("complete_job", job_id=queued[0])
    assert got == []
    await hass.services.async_call(
        "input_boolean", "turn_on", {"entity_id": SWITCH}, blocking=True
    )
    await call("complete_job", job_id=queued[1])
    await until(lambda: got)
    await hass.async_block_till_done()
    switch = hass.states.get(SWITCH)
    assert switch
    assert switch.state == ("off" if turn_off else "on")
    await call("complete_job", job_id=queued[2])
    assert len(got) == (1 if turn_off else 2)


def questions(got: list[ServiceCall]) -> list[ServiceCall]:
    """What asked whether a plate is cleared."""
    return [call for call in got if "actions" in call.data["data"]]


def answers(got: list[ServiceCall]) -> list[str]:
    """What the phone was answered."""
    return [
        call.data["message"]
        for call in got
        if call.data.get("title") == "Plate cleared"
    ]


def cleared(question: ServiceCall) -> str:
    """The action of a question's first button."""
    button, later = question.data["data"]["actions"]
    assert (button["title"], later["title"]) == ("Plate cleared", "Later")
    action: str = button["action"]
    return action


async def states(call: Call) -> dict[str, str]:
    """The states of the jobs in line by their names."""
    return {job["name"]: job["state"] for job in (await call("list_queue"))["jobs"]}


async def test_a_cleared_plate_starts_the_next_job_once(
    hass: HomeAssistant,
    queued: list[str],
    call: Call,
    use: Callable[..., Any],
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    got = await use("clear_plate", **PHONE)
    await call("complete_job", job_id=queued[0])
    (question,) = got
    assert question.data["title"] == "Box - Plate 1"
    assert question.data["message"] == "Printed. Is the plate cleared?"
    client = await hass_client_no_auth()
    assert (await client.get(question.data["data"]["image"])).status == 200
    await tap(hass, question.data["data"]["actions"][1]["action"])
    assert got == [question]

    await tap(hass, cleared(question))
    await until(lambda: len(got) == 3)
    assert answers(got) == [
        "Box - Plate 2: Started. Print it yourself, then mark it as printed"
    ]
    (gone,) = [c for c in got if c.data["message"] == "clear_notification"]
    assert gone.data["data"]["tag"] == question.data["data"]["tag"]
    expected = {"Box - Plate 2": "waiting", "Box - Plate 3": "staged"}
    assert await states(call) == expected

    await tap(hass, cleared(question))
    await until(lambda: len(answers(got)) == 2)
    assert answers(got)[1] == "Box - Plate 2 has been started already."
    assert await states(call) == expected


async def test_only_the_newest_question_starts_a_job(
    hass: HomeAssistant, queued: list[str], call: Call, use: Callable[..., Any]
) -> None:
    got = await use("clear_plate", **PHONE)
    for job_id in queued[:2]:
        await call("complete_job", job_id=job_id)
    await until(lambda: len(got) == 2)
    old, new = got
    assert old.data["data"]["tag"] == new.data["data"]["tag"]
    await tap(hass, cleared(old))
    await until(lambda: answers(got))
    assert answers(got) == ["Box - Plate 2 has had the plate since then."]
    assert await states(call) == {"Box - Plate 3": "staged"}
    await tap(hass, cleared(new))
    await until(lambda: len(answers(got)) == 2)
    assert await states(call) == {"Box - Plate 3": "waiting"}


async def test_the_plate_is_asked_about_after_every_copy(
    hass: HomeAssistant, queued: list[str], call: Call, use: Callable[..., Any]
) -> None:
    got = await use("clear_plate", **PHONE)
    await call("edit_job", job_id=queued[0], copies=3)
    for _ in range(2):
        await call("complete_job", job_id=queued[0])
    await until(lambda: len(got) == 2)
    first, second = got
    assert [call.data["message"] for call in got] == [
        "1 of 3 copies are printed. Is the plate cleared?",
        "2 of 3 copies are printed. Is the plate cleared?",
    ]
    await tap(hass, cleared(first))
    await until(lambda: answers(got))
    assert answers(got) == ["Box - Plate 1 has had the plate since then."]
    await tap(hass, cleared(second))
    await until(lambda: len(answers(got)) == 2)
    assert answers(got)[1].startswith("Box - Plate 1: Started.")


async def test_a_job_that_could_not_be_sent_leaves_no_plate_to_clear(
    hass: HomeAssistant,
    hub: Hub,
    queued: list[str],
    call: Call,
    use: Callable[..., Any],
) -> None:
    got = await use("clear_plate", **PHONE)
    await call("start_job", job_id=queued[0])
    print_ = await claim(hub.library, queued[0])
    await hub.library.prints.put_back(print_, problem=Problem.CONNECTION_LOST)
    await hass.async_block_till_done()
    assert questions(got) == []


@pytest.mark.parametrize("after_failures", [False, True])
async def test_the_plate_is_asked_about_after_failed_prints(
    hass: HomeAssistant,
    queued: list[str],
    call: Call,
    use: Callable[..., Any],
    after_failures: bool,
) -> None:
    got = await use("clear_plate", **PHONE, after_failures=after_failures)
    await call("fail_job", job_id=queued[0], reason="Spaghetti")
    assert [call.data["message"] for call in got] == (
        ["Failed: Spaghetti. Is the plate cleared?"] if after_failures else []
    )


async def test_the_phone_hears_why_nothing_begins(
    hass: HomeAssistant, queued: list[str], call: Call, use: Callable[..., Any]
) -> None:
    got = await use("clear_plate", **PHONE)
    first, second, third = queued
    await call("complete_job", job_id=first)
    (question,) = got

    async def answer() -> str:
        count = len(answers(got))
        await tap(hass, cleared(question))
        await until(lambda: len(answers(got)) > count)
        return answers(got)[-1]

    await call("edit_job", job_id=second, not_before="2040-12-24 08:00:00")
    await call("edit_job", job_id=third, not_before="2040-12-25 08:00:00")
    assert await answer() == "Box - Plate 2 waits for 2040-12-24 08:00."
    assert set((await states(call)).values()) == {"staged"}
    for job_id in (second, third):
        await call("edit_job", job_id=job_id, target_printer="none")
    assert await answer() == "Nothing is in line for this printer."
    for job_id in (second, third):
        await call("cancel_job", job_id=job_id)
    assert await answer() == "Nothing is in line for this printer."


async def test_a_job_without_a_printer_is_passed_over(
    hass: HomeAssistant, queued: list[str], call: Call, use: Callable[..., Any]
) -> None:
    got = await use("clear_plate", **PHONE, same_target=False)
    first, second, third = queued
    for job_id in (second, third):
        await call("edit_job", job_id=job_id, target_printer="none")
    await call("complete_job", job_id=first)
    await until(lambda: got)
    await tap(hass, cleared(got[0]))
    await until(lambda: answers(got))
    assert answers(got) == ["Box - Plate 2 waits until a printer is chosen."]
    await call("edit_job", job_id=third, target_printer="any")
    await tap(hass, cleared(got[0]))
    await until(lambda: len(answers(got)) == 2)
    assert await states(call) == {"Box - Plate 2": "staged", "Box - Plate 3": "waiting"}


async def test_a_cleared_plate_starts_what_is_not_held_before_what_is(
    hass: HomeAssistant, queued: list[str], call: Call, use: Callable[..., Any]
) -> None:
    got = await use("clear_plate", **PHONE)
    await call("release_job", job_id=queued[2])
    await call("complete_job", job_id=queued[0])
    await until(lambda: got)
    await tap(hass, cleared(got[0]))
    await until(lambda: answers(got))
    assert await states(call) == {"Box - Plate 2": "staged", "Box - Plate 3": "waiting"}


@pytest.mark.parametrize("same_target", [False, True])
async def test_a_cleared_plate_is_that_of_one_printer(
    hass: HomeAssistant,
    queued: list[str],
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    use: Callable[..., Any],
    same_target: bool,
) -> None:
    got = await use("clear_plate", **PHONE, same_target=same_target)
    other = await add_printer("Other", mode="queue", model="N2S")
    file = sliced_file("Vase.gcode.3mf", title="Vase", model="N2S", plates=2)
    await send(other, file)
    vase = [job for job in (await call("list_queue"))["jobs"] if job["target"] == "N2S"]
    await call("complete_job", job_id=vase[0]["job_id"])
    await until(lambda: got)
    await tap(hass, cleared(got[0]))
    await until(lambda: answers(got))
    begun = "Vase - Plate 2" if same_target else "Box - Plate 1"
    assert answers(got)[0].startswith(f"{begun}: Started.")
    others = await states(call)
    assert others.pop(begun) == "waiting"
    assert set(others.values()) == {"staged"}


async def test_a_file_that_is_gone_does_not_begin(
    hass: HomeAssistant, queued: list[str], call: Call, use: Callable[..., Any]
) -> None:
    got = await use("clear_plate", **PHONE)
    await call("complete_job", job_id=queued[0])
    for path in Path(hass.config.media_dirs["local"]).rglob("*.3mf"):
        path.unlink()
    await tap(hass, cleared(got[0]))
    await until(lambda: answers(got))
    assert answers(got) == ["Box - Plate 2 cannot begin: the file is gone"]
    await until(lambda: len(questions(got)) == 2)
    assert questions(got)[1].data["title"] == "Box - Plate 2"


async def test_a_plate_of_a_print_that_never_was_starts_nothing(
    hass: HomeAssistant, queued: list[str], call: Call, use: Callable[..., Any]
) -> None:
    got = await use("clear_plate", **PHONE)
    (automation,) = hass.states.async_all("automation")
    button = "BAMBU_VIRTUAL_PRINTER_cleared_01KAPWZ3V8X4M2T9C6B5N7Q1RD_1_2026-11-22T12:00:00+00:00_"
    await tap(hass, f"{button}automation.of_somebody_else")
    assert got == []
    await tap(hass, f"{button}{automation.entity_id}")
    await until(lambda: got)
    assert answers(got) == ["This print is not known any more."]
    assert set((await states(call)).values()) == {"staged"}


async def test_the_phone_hears_when_a_job_could_not_be_started(
    hass: HomeAssistant,
    hub: Hub,
    queued: list[str],
    call: Call,
    use: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def _broken(_: str) -> Job:
        raise LibraryError(as_it_stands("The index is broken."))

    got = await use("clear_plate", **PHONE)
    await call("complete_job", job_id=queued[0])
    monkeypatch.setattr(hub.library.queue, "start", _broken)
    await tap(hass, cleared(got[0]))
    await until(lambda: answers(got))
    assert answers(got) == ["That did not work; the log says why."]


class Plug:
    """A plug, and what was done to it."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Hear what is done to it."""
        self._on = async_mock_service(hass, "switch", "turn_on")
        self._off = async_mock_service(hass, "switch", "turn_off")

    @property
    def turned(self) -> tuple[int, int]:
        """How often it was turned on, and off."""
        for call in self._on + self._off:
            assert call.data == {"entity_id": [PLUG]}
        return len(self._on), len(self._off)


@pytest.fixture
def plug(hass: HomeAssistant) -> Plug:
    """The plug of a printer."""
    return Plug(hass)


async def test_a_printer_has_power_from_the_start_of_a_job_until_it_has_cooled_down(
    hub: Hub,
    queued: list[str],
    plug: Plug,
    use: Callable[..., Any],
    pass_time: Callable[..., Any],
) -> None:
    await use("printer_power", plug=PLUG)
    await hub.queue.do(JobAction.START, queued[0])
    await until(lambda: plug.turned == (1, 0))
    await hub.queue.do(JobAction.COMPLETE, queued[0])
    await pass_time()
    assert plug.turned == (1, 1)


async def test_a_job_that_is_started_meanwhile_keeps_the_power_on(
    hub: Hub,
    queued: list[str],
    plug: Plug,
    use: Callable[..., Any],
    automation: Callable[[], State],
    waits: Callable[[], bool],
    pass_time: Callable[..., Any],
) -> None:
    await use("printer_power", plug=PLUG)
    first, second, third = queued
    await hub.queue.do(JobAction.START, first)
    await until(lambda: plug.turned == (1, 0))
    await hub.queue.do(JobAction.COMPLETE, first)
    await until(waits)
    since = automation().attributes["last_triggered"]
    # What is held, planned for later or meant for no printer ends no wait.
    archive_id = (await hub.queue.job(first)).archive_id
    (targetless, *_) = await hub.queue.add(archive_id, NO_CHANGES)
    await hub.queue.edit(targetless.id, target="none")
    await hub.queue.edit(third, not_before=dt_util.utcnow() + timedelta(days=1))
    for job_id in (targetless.id, third):
        await hub.queue.do(JobAction.RELEASE, job_id)
    await until(
        lambda: (
            len(hub.coordinator.data.queued_jobs) == 5
            and hub.coordinator.data.queued_jobs[1].state is JobState.PENDING
        )
    )
    assert waits()
    assert automation().attributes["last_triggered"] == since
    await hub.queue.do(JobAction.START, second)
    await until(lambda: plug.turned == (2, 0))
    await until(lambda: not waits())
    await hub.queue.do(JobAction.CANCEL, second)
    await pass_time()
    assert plug.turned == (2, 1)


async def test_a_started_job_in_line_keeps_the_power_on(
    hub: Hub,
    queued: list[str],
    plug: Plug,
    use: Callable[..., Any],
    pass_time: Callable[..., Any],
) -> None:
    await use("printer_power", plug=PLUG)
    first, second, _ = queued
    for number, job_id in enumerate((first, second), 1):
        await hub.queue.do(JobAction.START, job_id)
        await until(lambda count=number: plug.turned == (count, 0))
    await hub.queue.do(JobAction.COMPLETE, first)
    await pass_time()
    assert plug.turned == (2, 0)
    await hub.queue.do(JobAction.HOLD, second)
    await pass_time()
    assert plug.turned == (2, 1)


async def test_a_busy_printer_keeps_its_power_until_it_has_cooled_down(
    hass: HomeAssistant,
    hub: Hub,
    queued: list[str],
    plug: Plug,
    use: Callable[..., Any],
    pass_time: Callable[..., Any],
) -> None:
    busy = ["binary_sensor.printing", "input_boolean.maintenance"]
    hass.states.async_set(busy[1], "off")
    await use("printer_power", plug=PLUG, busy=busy)
    for number, state in enumerate(("unavailable", "on")):
        hass.states.async_set(busy[0], state)
        await hub.queue.do(JobAction.CANCEL, queued[number])
        await pass_time()
        assert plug.turned == (0, 0)
    hass.states.async_set(busy[0], "off")
    await pass_time()
    assert plug.turned == (0, 1)


async def test_jobs_of_other_virtual_printers_do_not_switch_the_power(
    hass: HomeAssistant,
    hub: Hub,
    queued: list[str],
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    device_of: DeviceOf,
    plug: Plug,
    use: Callable[..., Any],
    automation: Callable[[], State],
    pass_time: Callable[..., Any],
) -> None:
    other = await add_printer("Other", mode="queue")
    await send(other, sliced_file("Vase.gcode.3mf", title="Vase", seed=2))
    (job,) = (
        job for job in await hub.queue.queued_jobs() if job.printer.id == other.id
    )
    device = device_of(other.id)
    assert device
    await use("printer_power", plug=PLUG, printers=[device.id])
    await hub.queue.do(JobAction.START, queued[0])
    await until(
        lambda: (
            hub.coordinator.data.queued_jobs
            and hub.coordinator.data.queued_jobs[0].state is JobState.WAITING
        )
    )
    assert automation().attributes["last_triggered"] is None
    await hub.queue.do(JobAction.RELEASE, job.id)
    await until(lambda: plug.turned == (1, 0))
    await hub.queue.do(JobAction.CANCEL, job.id)
    await pass_time()
    assert plug.turned == (1, 1)


async def test_a_job_that_is_not_held_turns_the_power_on_when_it_comes(
    add_printer: AddPrinter, send: Send, plug: Plug, use: Callable[..., Any]
) -> None:
    await use("printer_power", plug=PLUG)
    await send(await add_printer("Farm", mode="queue", filing={"hold": False}))
    await until(lambda: plug.turned == (1, 0))


@pytest.fixture
async def printed_really(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    told: Told,
) -> Callable[[], Any]:
    """Return what prints an upload on a real printer, and the printer's sensor of the plate."""
    _double, machine = await add_real()
    await hub.machines.async_set(machine.id, "print_from_queue", value=True)
    await hass.async_block_till_done()
    plate = er.async_get(hass).async_get_entity_id(
        "binary_sensor", DOMAIN, f"{machine.id}_plate_occupied"
    )
    assert plate

    async def _print() -> str:
        ends = told.kinds.count(EventKind.JOB_COMPLETED)
        printer = await add_printer(
            mode="queue", filing={"hold": False, "target": machine.id}
        )
        await send(printer)
        await until(
            lambda: told.kinds.count(EventKind.JOB_COMPLETED) > ends, timeout_s=30
        )
        await until(lambda: machine.share.plate.job_id)
        await hass.async_block_till_done()
        return plate

    _print.plate = plate  # type: ignore[attr-defined]
    return _print


def titles(question: ServiceCall) -> dict[str, str]:
    """The buttons of a question by their titles."""
    return {
        button["title"]: button["action"]
        for button in question.data["data"].get("actions", ())
    }


async def test_the_phone_asks_how_a_print_came_out_and_whether_to_print_it_again(
    hass: HomeAssistant,
    printed_really: Callable[[], Any],
    use: Callable[..., Any],
    call: Call,
    told: Told,
) -> None:
    plate: str = printed_really.plate  # type: ignore[attr-defined]
    got = await use("judge_prints", **PHONE, plate=plate)
    await printed_really()
    await until(lambda: got)
    (question,) = got
    assert question.data["title"] == "Is the plate cleared?"
    assert question.data["message"].startswith("Cellar: ")
    assert question.data["message"].endswith("has ended.")
    assert question.data["data"]["image"].startswith("/api/bambu_virtual_printer/")
    buttons = titles(question)
    assert list(buttons) == ["Cleared", "Cleared and good", "Failed…"]

    hass.bus.async_fire(
        "mobile_app_notification_action",
        {"action": buttons["Failed…"], "reply_text": "Warped"},
    )
    await until(lambda: len(got) == 2)
    offer = got[1]
    assert offer.data["message"] == "Failed: Warped. Print it again?"
    # The plate is cleared with the answer.
    state = hass.states.get(plate)
    assert state
    assert state.state == "on"

    # The other phone, a moment later.
    hass.bus.async_fire(
        "mobile_app_notification_action",
        {"action": buttons["Failed…"], "reply_text": "Bent"},
    )
    await until(lambda: len(got) == 3)
    assert got[2].data["message"].startswith("Answered already, ")
    assert got[2].data["message"].endswith("Failed: Warped. Print it again?")
    state = hass.states.get(plate)
    assert state
    assert state.state == "on"

    for _ in range(2):
        await tap(hass, titles(offer)["Print it again"])
    await until(
        lambda: any(c.data["message"] == "clear_notification" for c in got),
        timeout_s=30,
    )
    (gone,) = [c for c in got if c.data["message"] == "clear_notification"]
    assert gone.data["data"]["tag"] == question.data["data"]["tag"]
    await until(lambda: told.kinds.count(EventKind.JOB_COMPLETED) == 2, timeout_s=30)
    said = [one.data["message"] for one in got]
    assert "Failed: Warped. It is printed again" in said
    assert len((await call("list_finished_jobs"))["jobs"]) == 2


async def test_the_phone_sees_the_camera_and_an_old_button_clears_nothing(
    hass: HomeAssistant, printed_really: Callable[[], Any], use: Callable[..., Any]
) -> None:
    plate: str = printed_really.plate  # type: ignore[attr-defined]
    got = await use("judge_prints", **PHONE, plate=plate, camera="camera.shelf")
    await printed_really()
    await until(lambda: got)
    assert got[0].data["data"]["image"] == "/api/camera_proxy/camera.shelf"
    old = titles(got[0])["Cleared"]

    await tap(hass, old)
    await until(lambda: len(got) == 2)
    state = hass.states.get(plate)
    assert state
    assert state.state == "off"
    await tap(hass, old)
    await until(lambda: len(got) == 3)
    assert got[2].data["message"] == (
        "The plate was cleared before, or has another print by now."
    )
