"""Rules about time through Home Assistant: from settings and actions to what is shown and printed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from scripts.printer_double import PrinterDouble
from tests.support.home_assistant import AddPrinter, Call, Send, Told
from tests.support.real_printers import AddReal
from tests.support.waiting import until

type WaitsFor = Callable[[str], str]


@pytest.fixture
def set_rules(hass: HomeAssistant, entry: MockConfigEntry) -> Callable[..., object]:
    """Let a real printer print, by these rules."""

    async def _set(machine_id: str, **rules: object) -> None:
        subentry = entry.subentries[machine_id]
        hass.config_entries.async_update_subentry(
            entry,
            subentry,
            data={
                **subentry.data,
                "print_from_queue": True,
                "wait_for_plate": False,
                "when": rules,
            },
        )
        await hass.async_block_till_done()

    return _set


@pytest.fixture
def waits_for(hub: Hub) -> WaitsFor:
    """Why a job waits."""

    def _find(job_id: str) -> str:
        reason = hub.machines.reasons.get(job_id)
        return reason.key.value if reason else ""

    return _find


async def test_a_job_waits_for_an_entity_and_begins_when_it_is_on(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    set_rules: Callable[..., object],
    waits_for: WaitsFor,
) -> None:
    double: PrinterDouble
    double, machine = await add_real()
    hass.states.async_set("input_boolean.awake", "off", {"friendly_name": "Awake"})
    await set_rules(machine.id, only_while=["input_boolean.awake"])  # type: ignore[misc]
    await send(await add_printer(mode="queue", filing={"hold": False}))
    (job,) = (await call("list_queue"))["jobs"]
    await until(lambda: waits_for(job["job_id"]) == "condition_not_met", timeout_s=20)
    (job,) = (await call("list_queue"))["jobs"]
    assert job["waiting_key"] == "condition_not_met"
    assert job["waiting_reason"] == "Begins only while Awake is on"
    hass.states.async_set("input_boolean.awake", "unavailable")
    await until(lambda: waits_for(job["job_id"]) == "condition_unknown", timeout_s=20)
    assert double.prints == []
    hass.states.async_set("input_boolean.awake", "on")
    await until(lambda: bool(double.prints), timeout_s=30)


async def test_quiet_hours_plan_a_job_for_their_end_wherever_it_is_shown(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    set_rules: Callable[..., object],
    waits_for: WaitsFor,
) -> None:
    double, machine = await add_real()
    now = dt_util.now().replace(second=0, microsecond=0)
    ends = now + timedelta(hours=2)
    await set_rules(  # type: ignore[misc]
        machine.id,
        quiet_from=(now - timedelta(hours=1)).time().isoformat(),
        quiet_to=ends.time().isoformat(),
    )
    await send(await add_printer(mode="queue", filing={"hold": False}))
    (job,) = (await call("list_queue"))["jobs"]
    await until(lambda: waits_for(job["job_id"]) == "quiet_hours", timeout_s=20)
    await hass.async_block_till_done()
    (job,) = (await call("list_queue"))["jobs"]
    for key in ("planned_start", "expected_start"):
        assert dt_util.parse_datetime(job[key]) == ends
    assert "has quiet hours" in job["waiting_reason"]
    answer = await hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": er.async_get(hass).async_get_entity_id(
                "calendar", DOMAIN, f"{hub.entry.entry_id}_planned_prints"
            ),
            "duration": {"hours": 8},
        },
        blocking=True,
        return_response=True,
    )
    assert answer
    ((shown,),) = (one["events"] for one in answer.values())
    assert dt_util.parse_datetime(shown["start"]) == ends
    assert "has quiet hours" in shown["description"]
    entities = er.async_get(hass)
    queue, next_job = (
        entities.async_get_entity_id(domain, DOMAIN, f"{hub.entry.entry_id}_{key}")
        for domain, key in (("todo", "print_queue"), ("sensor", "next_job"))
    )
    assert queue and next_job
    lists = await hass.services.async_call(
        "todo",
        "get_items",
        {"entity_id": queue},
        blocking=True,
        return_response=True,
    )
    assert lists
    ((item,),) = (one["items"] for one in lists.values())
    assert "has quiet hours" in item["description"]
    state = hass.states.get(next_job)
    assert state
    assert dt_util.parse_datetime(state.attributes["planned_start"]) == ends
    assert state.attributes["waiting_reason"] == job["waiting_reason"]
    assert double.prints == []
    # A person may start it all the same.
    await call("start_job", job_id=job["job_id"])
    await until(lambda: bool(double.prints), timeout_s=30)


async def test_jobs_are_given_conditions_by_actions(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
) -> None:
    await send(await add_printer(mode="queue"))
    (job,) = (await call("list_queue"))["jobs"]
    assert (job["only_while"], job["cheapest_before"]) == (None, None)
    hass.states.async_set("binary_sensor.home", "on")
    moment = dt_util.utcnow().replace(microsecond=0) + timedelta(days=1)
    job_id = job["job_id"]
    job = await call(
        "edit_job",
        job_id=job_id,
        only_while=" binary_sensor.home ",
        only_while_unknown="let_go",
        cheapest_before=moment.isoformat(),
    )
    assert job["only_while"] == "binary_sensor.home"
    assert job["only_while_unknown"] == "let_go"
    assert dt_util.parse_datetime(job["cheapest_before"]) == moment
    job = await call(
        "edit_job", job_id=job_id, only_while="{{ is_state('a.b', 'on') }}"
    )
    assert job["only_while"].startswith("{{")
    for only_while, said in (
        ("binary_sensor.nowhere", "There is no entity binary_sensor.nowhere"),
        ("{{ nothing", "The template cannot be used"),
    ):
        with pytest.raises(ServiceValidationError, match=said):
            await call("edit_job", job_id=job_id, only_while=only_while)
    job = await call("edit_job", job_id=job_id, only_while="", cheapest_before="")
    assert (job["only_while"], job["cheapest_before"]) == (None, None)


async def test_a_job_that_cannot_be_ready_in_time_says_so_once(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    told: Told,
    call: Call,
    entry: MockConfigEntry,
) -> None:
    await send(await add_printer(mode="queue"))
    (job,) = (await call("list_queue"))["jobs"]
    soon = dt_util.utcnow().replace(microsecond=0) + timedelta(minutes=1)
    await call("edit_job", job_id=job["job_id"], due=soon.isoformat())
    await until(lambda: EventKind.JOB_LATE in told.kinds, timeout_s=20)
    (job,) = (await call("list_queue"))["jobs"]
    assert job["is_late"] is True
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    again: Hub = entry.runtime_data
    await until(lambda: job["job_id"] in again.machines.late, timeout_s=20)
    await hass.async_block_till_done()
    assert told.kinds.count(EventKind.JOB_LATE) == 1
    later = (soon + timedelta(seconds=1)).isoformat()
    await call("edit_job", job_id=job["job_id"], due=later)
    await until(lambda: told.kinds.count(EventKind.JOB_LATE) == 2, timeout_s=20)
    # Whoever set the time did not do that, and hears of it too.
    contexts = [
        each.context for each in told.activities if each.kind is EventKind.JOB_LATE
    ]
    assert contexts == [None, None]


async def test_a_job_keeps_quiet_hours_and_power_of_its_own_over_a_restart(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    set_rules: Callable[..., object],
    entry: MockConfigEntry,
) -> None:
    double, machine = await add_real()
    hass.states.async_set(
        "sensor.sun", "80", {"friendly_name": "Roof", "unit_of_measurement": "W"}
    )
    await send(await add_printer(mode="queue"))
    (job,) = (await call("list_queue"))["jobs"]
    assert (job["quiet_hours"], job["sun"]) == (None, None)
    now = dt_util.now().replace(second=0, microsecond=0)
    ends = now + timedelta(hours=2)
    times = {
        "from": (now - timedelta(hours=1)).strftime("%H:%M"),
        "until": ends.strftime("%H:%M"),
    }
    job_id = job["job_id"]
    job = await call(
        "edit_job",
        job_id=job_id,
        quiet_hours={**times, "scope": "run"},
        sun={"sensor": "sensor.sun", "limit": 500},
    )
    own = {**times, "schedule": None, "scope": "run", "unknown": "hold"}
    sun = {
        "sensor": "sensor.sun",
        "limit": 500.0,
        "hysteresis": 50.0,
        "unknown": "hold",
    }
    assert (job["quiet_hours"], job["sun"]) == (own, sun)
    await call("release_job", job_id=job_id)
    await set_rules(machine.id)  # type: ignore[misc]

    async def waits(key: str) -> dict[str, Any]:
        def is_told() -> bool:
            reason = entry.runtime_data.machines.reasons.get(job_id)
            return reason is not None and reason.key.value == key

        await until(is_told, timeout_s=20)
        await hass.async_block_till_done()
        shown: dict[str, Any] = (await call("list_queue"))["jobs"][0]
        return shown

    job = await waits("quiet_hours")
    assert str(job["waiting_reason"]).endswith(": quiet hours of this job")
    for key in ("planned_start", "expected_start"):
        assert dt_util.parse_datetime(str(job[key])) == ends

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    job = await waits("quiet_hours")
    assert (job["quiet_hours"], job["sun"]) == (own, sun)
    assert double.prints == []

    await call("edit_job", job_id=job_id, quiet_hours={})
    job = await waits("no_sun")
    assert job["waiting_reason"] == "Roof shows 80 W. Begins from 500 W"
    assert double.prints == []
    hass.states.async_set(
        "sensor.sun", "600", {"friendly_name": "Roof", "unit_of_measurement": "W"}
    )
    await until(lambda: bool(double.prints), timeout_s=30)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"quiet_hours": {"from": "22:00"}}, "Give both times, and different ones"),
        (
            {"quiet_hours": {"from": "22:00", "until": "22:00"}},
            "Give both times, and different ones",
        ),
        ({"quiet_hours": {"schedule": "schedule.gone"}}, "no entity schedule.gone"),
        ({"sun": {"sensor": "sensor.gone", "limit": 5}}, "no entity sensor.gone"),
        ({"sun": {"sensor": "sensor.gone"}}, "Give a limit above 0 W"),
    ],
)
async def test_what_a_job_cannot_ask_for_is_refused_in_words(
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    call: Call,
    fields: dict[str, object],
    said: str,
) -> None:
    await send(await add_printer(mode="queue"))
    (job,) = (await call("list_queue"))["jobs"]
    with pytest.raises(ServiceValidationError, match=said):
        await call("edit_job", job_id=job["job_id"], **fields)
    job = await call("edit_job", job_id=job["job_id"], quiet_hours=None, sun=None)
    assert (job["quiet_hours"], job["sun"]) == (None, None)


async def test_what_cannot_be_ready_by_its_printers_time_says_so_everywhere_and_once(
    hass: HomeAssistant,
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    told: Told,
    call: Call,
    entry: MockConfigEntry,
    set_rules: Callable[..., object],
    entity_id: Callable[..., str],
) -> None:
    double, machine = await add_real()
    soon = dt_util.now().replace(second=0, microsecond=0) + timedelta(minutes=2)
    hass.states.async_set("input_boolean.awake", "off", {"friendly_name": "Awake"})
    await set_rules(  # type: ignore[misc]
        machine.id,
        ready_by=soon.time().isoformat(),
        only_while=["input_boolean.awake"],
    )
    await send(await add_printer(mode="queue", filing={"hold": False}))
    await until(lambda: EventKind.JOB_LATE in told.kinds, timeout_s=20)
    await hass.async_block_till_done()
    (job,) = (await call("list_queue"))["jobs"]
    assert (job["is_late"], job["due"]) == (True, None)
    assert dt_util.parse_datetime(job["ready_by"]) == soon
    listed = await hass.services.async_call(
        "todo",
        "get_items",
        {"entity_id": entity_id("todo", hub, "print_queue")},
        blocking=True,
        return_response=True,
    )
    assert "It cannot be ready by" in str(listed)
    # Another time of the printer's is no news of the same job, nor is a restart.
    later = soon + timedelta(minutes=1)
    await set_rules(  # type: ignore[misc]
        machine.id,
        ready_by=later.time().isoformat(),
        only_while=["input_boolean.awake"],
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    again: Hub = entry.runtime_data
    await until(lambda: job["job_id"] in again.machines.late, timeout_s=20)
    await hass.async_block_till_done()
    assert told.kinds.count(EventKind.JOB_LATE) == 1
    assert double.prints == []
