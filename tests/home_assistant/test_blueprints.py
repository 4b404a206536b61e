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

from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.library.job import JobState
from custom_components.bambu_virtual_printer.plans import NO_CHANGES
from custom_components.bambu_virtual_printer.print_queue import JobAction
from custom_components.bambu_virtual_printer.printers import ManagedPrinter
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict

from .conftest import AddPrinter, Call, Send, SentFile, until

FOLDER = (
    Path(__file__).parents[2] / "blueprints" / "automation" / "bambu_virtual_printer"
)
PHONE = {"notify_action": "notify.phone"}
TELL = {
    "action": "notify.phone",
    "data": {"message": "{{ trigger.name | default('then') }}"},
}


@pytest.fixture
def use(hass: HomeAssistant, hub: Hub) -> Callable[..., Any]:
    """Make an automation of a blueprint; returns what the phone gets."""

    async def _use(name: str, **inputs: Any) -> list[ServiceCall]:
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
async def review(add_printer: AddPrinter) -> ManagedPrinter:
    """A printer whose uploads wait for a person."""
    return await add_printer("Review", mode="review")


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
    assert (await call("list_archives"))["archives"] == archives
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
    assert "In the archive already, printed 0 times" in message
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
    hass: HomeAssistant,
    add_printer: AddPrinter,
    send: Send,
    hub: Hub,
    use: Callable[..., Any],
) -> None:
    got = await use("queue_is_empty", wait={"minutes": 10}, then_do=[TELL])
    printer = await add_printer("Farm", mode="queue")
    await send(printer)
    (job,) = await hub.queue.line(printer_id=None)
    (automation,) = hass.states.async_all("automation")

    # Nothing here may wait for Home Assistant to be idle: the automation waits for ten minutes.
    async def empty() -> None:
        (job,) = await hub.queue.line(printer_id=None)
        await hub.queue.do(JobAction.CANCEL, job.id)
        await until(lambda: not hub.line)

    def is_waiting() -> bool:
        state = hass.states.get(automation.entity_id)
        assert state
        return bool(state.attributes["current"])

    async def ten_minutes_later() -> None:
        await until(is_waiting)
        async_fire_time_changed(
            hass, dt_util.utcnow() + timedelta(minutes=10, seconds=1)
        )
        await until(lambda: not is_waiting())

    await empty()
    await until(is_waiting)
    await hub.queue.add(job.archive_id, NO_CHANGES)
    await until(lambda: hub.line)
    await ten_minutes_later()
    assert got == []
    await empty()
    await ten_minutes_later()
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
