"""Triggers and conditions, in real automations."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import certifi
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_mock_service,
)

from custom_components.bambu_virtual_printer.activity.kinds import OF_HUB, EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.library.values.job import JobState
from custom_components.bambu_virtual_printer.engine.library.values.prints import Outcome
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers.trigger import async_get_all_descriptions
from homeassistant.setup import async_setup_component
from scripts import slicer
from scripts.sliced_file import SlicedFileSpec
from tests.support.home_assistant import (
    ACCESS_CODE,
    AddPrinter,
    Call,
    DeviceOf,
    Send,
    SentFile,
    Told,
)
from tests.support.prints import begin
from tests.support.waiting import until


@pytest.fixture
def automate(hass: HomeAssistant, hub: Hub) -> Callable[..., Any]:
    """Set up automations; returns the calls of the action they do."""

    async def _automate(*automations: dict[str, Any]) -> list[ServiceCall]:
        calls = async_mock_service(hass, "test", "happened")
        assert await async_setup_component(
            hass,
            "automation",
            {
                "automation": [
                    {
                        "mode": "queued",
                        "max": 50,
                        "actions": {
                            "action": "test.happened",
                            "data": {
                                "kind": "{{ trigger.platform }}",
                                "description": "{{ trigger.description }}",
                                "name": "{{ trigger.name | default('') }}",
                                "printer": "{{ trigger.printer | default('') }}",
                            },
                        },
                        **automation,
                    }
                    for automation in automations
                ]
            },
        )
        await hass.async_block_till_done()
        return calls

    return _automate


def trigger(kind: EventKind, **options: Any) -> dict[str, Any]:
    return {"trigger": f"{DOMAIN}.{kind.value}"} | (
        {"options": options} if options else {}
    )


async def test_every_trigger_is_described_for_the_automation_editor(
    hass: HomeAssistant, hub: Hub
) -> None:
    assert await async_setup_component(hass, "automation", {})
    described = await async_get_all_descriptions(hass)
    for kind in EventKind:
        description = described[f"{DOMAIN}.{kind.value}"]
        assert description is not None
        assert bool(description["fields"]) is (kind not in OF_HUB)


async def test_a_trigger_brings_what_it_is_about(
    printer: ManagedPrinter, send: Send, automate: Callable[..., Any]
) -> None:
    calls = await automate({"triggers": trigger(EventKind.ARCHIVED)})
    await send(printer)
    (happened,) = calls
    assert happened.data == {
        "kind": f"{DOMAIN}.archived",
        "description": "archived",
        "name": "Gear and star",
        "printer": "Garage",
    }


async def test_triggers_of_one_printer_only(
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    automate: Callable[..., Any],
    device_of: DeviceOf,
) -> None:
    garage, attic = await add_printer("Garage"), await add_printer("Attic")
    device = device_of(attic.id)
    assert device
    calls = await automate(
        {"triggers": trigger(EventKind.RECEIVED, device_id=device.id)}
    )
    await send(garage, sliced_file(seed=1))
    await send(attic, sliced_file(seed=2))
    assert [call.data["printer"] for call in calls] == ["Attic"]


async def test_a_trigger_on_somebody_elses_device_is_refused(
    hass: HomeAssistant,
    hub: Hub,
    automate: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await automate({"triggers": trigger(EventKind.RECEIVED, device_id="nobody")})
    assert "is not a virtual printer" in caplog.text


async def test_a_trigger_goes_on_after_a_reload(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    printer: ManagedPrinter,
    send: Send,
    automate: Callable[..., Any],
    call: Call,
) -> None:
    await send(printer)
    calls = await automate({"triggers": trigger(EventKind.ARCHIVE_DELETED)})
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    (archive,) = (await call("list_archives"))["archives"]
    await call("delete_archive", archive_id=archive["archive_id"])
    assert [happened.data["kind"] for happened in calls] == [
        f"{DOMAIN}.archive_deleted"
    ]


async def test_what_ends_while_the_hub_closes_is_told(
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    automate: Callable[..., Any],
) -> None:
    printer = await add_printer("Review", mode="review")
    await send(printer, sliced_file())
    await until(lambda: hub.coordinator.data.pending)
    calls = await automate({"triggers": trigger(EventKind.DISCARDED)})
    discarding = asyncio.create_task(
        hub.review.discard(hub.coordinator.data.pending[0].id)
    )
    await asyncio.sleep(0)
    await hub.async_stop()
    await discarding
    await until(lambda: calls)


@pytest.mark.usefixtures("all_enabled")
async def test_every_kind_that_can_be_caused_triggers_and_is_a_bus_event_too(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    tmp_path: Path,
    call: Call,
    told: Told,
    automate: Callable[..., Any],
    state: Callable[..., Any],
) -> None:
    calls = await automate(*({"triggers": trigger(kind)} for kind in EventKind))
    events = async_capture_events(hass, f"{DOMAIN}_activity")
    review = await add_printer("Review", mode="review")
    for number, title in enumerate("ABCD"):
        await send(
            review,
            sliced_file(f"{title}.gcode.3mf", title=title, seed=number),
            print_options=slicer.PrintOptions() if number == 0 else None,
        )
    ids = [upload["upload_id"] for upload in (await call("list_pending"))["uploads"]]
    await call("edit_pending", upload_id=ids[0], notes="x")
    await call("queue_pending", upload_id=ids[0], copies=2)
    await call("discard_pending", upload_id=ids[1])
    await call("undo")
    await call("discard_pending", upload_id=ids[1])
    await call("send_back_pending", upload_id=ids[2], note="no")
    await call("archive_pending", upload_id=ids[3])
    await call("update_archive", archive_id=ids[3], notes="y")
    await send(review, sliced_file("A.gcode.3mf", title="A", seed=0))
    (job,) = (await call("list_queue"))["jobs"]
    (other,) = (await call("queue_archive", archive_id=ids[3]))["jobs"]
    await call("move_job", job_id=other["job_id"], position=1)
    await call("edit_job", job_id=job["job_id"], copies=3)
    await call("release_job", job_id=job["job_id"])
    await call("hold_job", job_id=job["job_id"])
    await call("start_job", job_id=job["job_id"])
    for _ in range(3):
        await call("complete_job", job_id=job["job_id"])
    await call("cancel_job", job_id=other["job_id"])
    # What a real printer will say.
    queue = hub.library.queue
    (job,) = (await call("queue_archive", archive_id=ids[3], hold=False))["jobs"]
    print_ = await begin(hub.library, job["job_id"])
    await hub.library.prints.end(print_, Outcome.FAILED, occupies=True)
    (job,) = (await call("queue_archive", archive_id=ids[3]))["jobs"]
    await queue.finish(job["job_id"], JobState.SKIPPED, "no filament")
    await call("delete_archive", archive_id=ids[3])
    queueing = await add_printer("Queueing", mode="queue")
    plain = tmp_path / "Elsewhere.gcode"
    plain.write_text("G28\n")
    await send(queueing, SentFile(plain, SlicedFileSpec()))
    for access_code, context in (
        ("87654321", slicer.tls_context(review.config.serial, None)),
        # Trusts the CAs of the web, not ours.
        (ACCESS_CODE, slicer.tls_context(review.config.serial, Path(certifi.where()))),
    ):
        with pytest.raises(slicer.SlicerError):
            async with slicer.session(
                review.config.bind_ip, access_code, review.config.serial, context
            ):
                pass
    for gigabytes in (1_000_000, 0):
        hass.config_entries.async_update_entry(
            entry, options={"retention": {"low_space_gb": gigabytes}}
        )
        await hass.async_block_till_done()
        await hub.library.maintain()
    await hass.async_block_till_done()
    await until(lambda: EventKind.SLICER_DISCONNECTED in told.kinds)
    await hass.async_block_till_done()

    happened = {call.data["kind"].removeprefix(f"{DOMAIN}.") for call in calls}
    not_caused = {
        EventKind.JOB_JUDGED,
        EventKind.JOB_LATE,
        EventKind.JOB_NEEDS_FILAMENT,
        EventKind.JOB_QUESTION_RAISED,
        EventKind.JOB_QUESTION_SETTLED,
        EventKind.UPLOAD_FAILED,
        EventKind.EXPIRED,
        EventKind.TARGET_REACHED,
        EventKind.TARGET_LOST,
    }
    assert happened == {kind.value for kind in EventKind if kind not in not_caused}
    assert [event.data["type"] for event in events] == [
        kind.value for kind in told.kinds
    ]
    assert "invalid event type" not in str(state("event", hub, "activity").attributes)


# --- conditions


async def test_conditions_follow_what_is_there(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    automate: Callable[..., Any],
) -> None:
    names = ("uploads_are_pending", "queue_is_empty")
    calls = await automate(
        *(
            {
                "triggers": {"trigger": "event", "event_type": "ask"},
                "conditions": {"condition": f"{DOMAIN}.{name}"},
                "actions": {"action": "test.happened", "data": {"name": name}},
            }
            for name in names
        )
    )

    async def so() -> set[str]:
        calls.clear()
        hass.bus.async_fire("ask")
        await hass.async_block_till_done()
        return {call.data["name"] for call in calls}

    assert await so() == {"queue_is_empty"}
    printer = await add_printer("Review", mode="review")
    await send(printer)
    await until(lambda: entry.runtime_data.coordinator.data.statistics.pending)
    assert await so() == {"uploads_are_pending", "queue_is_empty"}
    await call("queue_pending", all=True)
    await until(lambda: entry.runtime_data.coordinator.data.queued_jobs)
    assert await so() == set()
    await hass.config_entries.async_unload(entry.entry_id)
    hass.bus.async_fire("ask")
    await hass.async_block_till_done()
    assert calls == []


async def test_a_trigger_on_the_hub_or_a_real_printer_is_refused(
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    device_of: DeviceOf,
    real_printer: str,
    automate: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    devices = [device_of(owner) for owner in (entry.entry_id, real_printer)]
    await automate(
        *(
            {"triggers": trigger(EventKind.RECEIVED, device_id=device.id)}
            for device in devices
            if device
        )
    )
    for device in devices:
        assert device
        assert f"Device {device.id} is not a virtual printer" in caplog.text


async def test_what_a_trigger_tells_of_can_be_seen(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    automate: Callable[..., Any],
    entity_id: Callable[..., str],
    call: Call,
) -> None:
    printer = await add_printer("Review", mode="review")
    sensor = entity_id("sensor", hub, "pending_uploads")
    seen = {
        "action": "test.happened",
        "data": {"count": f"{{{{ states('{sensor}') }}}}"},
    }
    pending = {"condition": f"{DOMAIN}.uploads_are_pending"}
    calls = await automate(
        {
            "triggers": trigger(EventKind.PENDING),
            "conditions": pending,
            "actions": seen,
        },
        {"triggers": trigger(EventKind.DISCARDED), "actions": seen},
        {
            "triggers": trigger(EventKind.DISCARDED),
            "conditions": {"condition": "not", "conditions": [pending]},
            "actions": {"action": "test.happened", "data": {"count": "none"}},
        },
    )
    for number in range(2):
        await send(printer, sliced_file(f"{number}.gcode.3mf", seed=number))
    await until(lambda: len(calls) == 2)
    for upload in hub.coordinator.data.pending:
        await call("discard_pending", upload_id=upload.id)
    await until(lambda: len(calls) == 5)
    assert [call.data["count"] for call in calls] == [1, 2, 1, 0, "none"]
