"""Actions on the print queue: list, add, edit, move, hold, release, start, cancel, complete."""

from collections.abc import Callable
from functools import partial
from typing import Any

import voluptuous as vol

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..const import DOMAIN
from ..engine.library.values.job import Job, JobState
from ..engine.library.values.prints import Answer
from ..engine.library.values.verdicts import Reprint
from ..hub import Hub, require_hub
from ..operations.permissions import Right, decide_with
from ..operations.plans import PRIORITIES
from ..operations.queue import JOB_RIGHTS, JobAction
from ..presentation import job_view, queue_view, verdict_view
from ..printers.devices import async_machine_id
from .action import Action
from .fields import (
    ATTR_ANSWER,
    ATTR_ARCHIVE_ID,
    ATTR_BY,
    ATTR_CONFIRM,
    ATTR_COPIES,
    ATTR_CURSOR,
    ATTR_DEVICE_ID,
    ATTR_DUE,
    ATTR_FILAMENT_RULE,
    ATTR_INSTANCE,
    ATTR_JOB_ID,
    ATTR_LIMIT,
    ATTR_NOT_BEFORE,
    ATTR_OPTIONS,
    ATTR_POSITION,
    ATTR_PRINT_ANYWAY,
    ATTR_PRINT_ID,
    ATTR_PRIORITY,
    ATTR_REASON,
    ATTR_REPRINT,
    ATTR_TARGET,
    ATTR_VERDICT,
    PAGE,
    PLAN,
    SAYING,
    SENT_BY,
    SPOKEN,
    SPOOLS,
    TIME,
    TIMING,
    VERDICT,
)
from .lookup import (
    changed_time_of,
    instance_id_of,
    plan_changes,
    printer_id_of,
    saying_of,
    sent_by,
    target_of,
    timing_of,
)
from .naming import async_archive_id, async_job_id
from .options import OPTIONS

LIST_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_DEVICE_ID): cv.string,
        vol.Optional(ATTR_INSTANCE): cv.string,
        **SENT_BY,
    }
)
HISTORY_SCHEMA = vol.Schema({vol.Optional(ATTR_INSTANCE): cv.string, **SENT_BY, **PAGE})
JOB_SCHEMA = vol.Schema({vol.Required(ATTR_JOB_ID): cv.string})
ADD_SCHEMA = vol.Schema({vol.Required(ATTR_ARCHIVE_ID): cv.string, **PLAN})

EDIT_SCHEMA = JOB_SCHEMA.extend(
    {
        vol.Optional(ATTR_TARGET): cv.string,
        vol.Optional(ATTR_COPIES): cv.positive_int,
        vol.Optional(ATTR_PRIORITY): vol.In(PRIORITIES),
        vol.Optional(ATTR_NOT_BEFORE): TIME,
        vol.Optional(ATTR_DUE): TIME,
        **TIMING,
        vol.Optional(ATTR_OPTIONS): OPTIONS,
        **SPOOLS,
    }
)
FAIL_SCHEMA = JOB_SCHEMA.extend({vol.Required(ATTR_REASON): cv.string})
CANCEL_SCHEMA = JOB_SCHEMA.extend(
    {vol.Optional(ATTR_CONFIRM, default=False): cv.boolean}
)
ANSWER_SCHEMA = JOB_SCHEMA.extend(
    {vol.Required(ATTR_ANSWER): vol.In([answer.value for answer in Answer])}
)
COPY_SCHEMA = JOB_SCHEMA.extend({vol.Required(ATTR_DEVICE_ID): cv.string})
PLATE_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Optional(ATTR_VERDICT): VERDICT,
        **SAYING,
    }
)
JUDGE_SCHEMA = JOB_SCHEMA.extend({vol.Required(ATTR_VERDICT): VERDICT, **SAYING})
REPRINT_SCHEMA = JOB_SCHEMA.extend(
    {**SPOKEN, vol.Optional(ATTR_REPRINT, default=True): cv.boolean}
)
MOVE_SCHEMA = JOB_SCHEMA.extend(
    {vol.Required(ATTR_POSITION): vol.All(vol.Coerce(int), vol.Range(min=1))}
)


async def _list_queue(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    printer_id = printer_id_of(call.hass, call.data.get(ATTR_DEVICE_ID))
    jobs = await hub.queue.queued_jobs()
    only = sent_by(hub, call.data)
    instance_id = instance_id_of(hub, call.data)
    shown = [
        job
        for job in jobs
        if printer_id in (None, job.printer.id)
        and instance_id in (None, job.instance)
        and only.is_met(job.person, job.sender, job.intent)
    ]
    view = queue_view(shown, hub.forecast(jobs), hub.wording)
    for job in view["jobs"]:
        job["download"] = hub.links.async_download(job["archive_id"])
    return view


async def _list_finished_jobs(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    page = await hub.queue.history(
        limit=call.data[ATTR_LIMIT],
        cursor=call.data.get(ATTR_CURSOR),
        only=sent_by(hub, call.data),
        instance=instance_id_of(hub, call.data),
    )
    return {
        "jobs": [_shown(hub, job) for job in page.jobs],
        "total": page.total,
        "cursor": page.cursor,
    }


async def _get_job(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    job = await hub.queue.job(await _job_id(hub, call))
    return _shown(hub, job)


async def _queue_archive(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    jobs = await hub.queue.add(
        await async_archive_id(hub, call.data[ATTR_ARCHIVE_ID]),
        plan_changes(call.hass, call.data),
    )
    return {"jobs": [_shown(hub, job) for job in jobs]}


async def _edit_job(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    data = call.data
    job = await hub.queue.edit(
        await _job_id(hub, call),
        target=target_of(call.hass, data),
        not_before=changed_time_of(data, ATTR_NOT_BEFORE),
        due=changed_time_of(data, ATTR_DUE),
        priority=data.get(ATTR_PRIORITY),
        copies=data.get(ATTR_COPIES),
        options=data.get(ATTR_OPTIONS),
        filament_rule=data.get(ATTR_FILAMENT_RULE),
        print_anyway=data.get(ATTR_PRINT_ANYWAY),
        timing=timing_of(call.hass, data),
    )
    return _shown(hub, job)


async def _move_job(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    job = await hub.queue.move(
        await _job_id(hub, call), position=call.data[ATTR_POSITION]
    )
    return _shown(hub, job)


async def _fail_job(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    job = await hub.queue.fail(await _job_id(hub, call), call.data[ATTR_REASON])
    return _shown(hub, job)


async def _do(action: JobAction, call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    job = await hub.queue.do(action, await _job_id(hub, call))
    return _shown(hub, job)


async def _start_job(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    job_id = await _job_id(hub, call)
    result = await hub.orders.start(job_id)
    view = _shown(hub, await hub.queue.job(job_id))
    view["started"] = result.machine_id is not None
    return view


async def _copy_to_printer(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    copied = await hub.orders.copy_to_printer(
        await _job_id(hub, call), async_machine_id(call.hass, call.data[ATTR_DEVICE_ID])
    )
    return {
        "printer": copied.printer,
        "file_name": copied.name,
        "size_bytes": copied.size_bytes,
    }


async def _cancel_job(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    job_id = await _job_id(hub, call)
    result = await hub.orders.cancel(job_id, confirm=call.data[ATTR_CONFIRM])
    return {**_shown(hub, await hub.queue.job(job_id)), "result": result.value}


async def _stop_job(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    job_id = await _job_id(hub, call)
    result = await hub.orders.stop(job_id, confirm=call.data[ATTR_CONFIRM])
    return {**_shown(hub, await hub.queue.job(job_id)), "result": result.value}


async def _pause_job(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    job_id = await _job_id(hub, call)
    await hub.orders.pause(job_id)
    return _shown(hub, await hub.queue.job(job_id))


async def _resume_job(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    job_id = await _job_id(hub, call)
    await hub.orders.resume(job_id)
    return _shown(hub, await hub.queue.job(job_id))


async def _retry_job(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    job_id = await _job_id(hub, call, _may_be_retried)
    await hub.orders.retry(job_id)
    return _shown(hub, await hub.queue.job(job_id))


async def _answer_job(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    job_id = await _job_id(hub, call)
    await hub.orders.answer(job_id, Answer(call.data[ATTR_ANSWER]))
    return _shown(hub, await hub.queue.job(job_id))


async def _clear_plate(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    machine_id = async_machine_id(call.hass, call.data[ATTR_DEVICE_ID])
    machine = hub.machines.by_id.get(machine_id) if machine_id else None
    if machine is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_a_real_printer"
        )
    done = await hub.orders.clear_plate(
        machine, print_id=call.data[ATTR_PRINT_ID], saying=saying_of(call.data)
    )
    return {
        "printer": machine.name,
        "plate_occupied": machine.share.is_plate_occupied,
        "cleared": done.was_occupied,
        "print_id": done.print_id or None,
        "verdict": verdict_view(done.answered, hub.wording) if done.answered else None,
    }


async def _judge_job(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    saying = saying_of(call.data)
    assert saying
    answered = await hub.verdicts.give(
        await _job_id(hub, call, _was_printed),
        saying,
        print_id=call.data[ATTR_PRINT_ID],
    )
    return verdict_view(answered, hub.wording)


async def _reprint_job(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    answered = await hub.verdicts.answer_offer(
        await _job_id(hub, call, _is_offered),
        print_id=call.data[ATTR_PRINT_ID],
        wanted=call.data[ATTR_REPRINT],
        by=call.data[ATTR_BY],
    )
    return verdict_view(answered, hub.wording)


async def _job_id(
    hub: Hub, call: ServiceCall, fits: Callable[[Job], bool] = lambda job: True
) -> str:
    return await async_job_id(hub, call.data[ATTR_JOB_ID], fits)


def _may_be_retried(job: Job) -> bool:
    return job.problem is not None or job.state in {
        JobState.FAILED,
        JobState.CANCELLED,
    }


def _was_printed(job: Job) -> bool:
    return job.state.is_finished or job.copies_printed > 0


def _is_offered(job: Job) -> bool:
    return job.reprint is Reprint.OFFERED


def _shown(hub: Hub, job: Job) -> dict[str, Any]:
    """Show a job, with a link to its file."""
    return job_view(job, hub.wording) | {
        "download": hub.links.async_download(job.archive_id)
    }


ACTIONS: tuple[Action, ...] = (
    Action("list_queue", Right.SEE, _list_queue, LIST_SCHEMA, SupportsResponse.ONLY),
    Action(
        "list_finished_jobs",
        Right.SEE,
        _list_finished_jobs,
        HISTORY_SCHEMA,
        SupportsResponse.ONLY,
    ),
    Action("get_job", Right.SEE, _get_job, JOB_SCHEMA, SupportsResponse.ONLY),
    Action("queue_archive", Right.DECIDE, _queue_archive, ADD_SCHEMA),
    Action("edit_job", Right.DECIDE, _edit_job, EDIT_SCHEMA),
    Action("move_job", Right.WORK, _move_job, MOVE_SCHEMA),
    Action("fail_job", Right.WORK, _fail_job, FAIL_SCHEMA),
    *(
        Action(f"{action.value}_job", right, partial(_do, action), JOB_SCHEMA)
        for action, right in JOB_RIGHTS.items()
        if action not in {JobAction.START, JobAction.CANCEL}
    ),
    Action("start_job", Right.DECIDE, _start_job, JOB_SCHEMA),
    Action("copy_to_printer", Right.DECIDE, _copy_to_printer, COPY_SCHEMA),
    Action("cancel_job", Right.WORK, _cancel_job, CANCEL_SCHEMA),
    Action("stop_job", Right.WORK, _stop_job, CANCEL_SCHEMA),
    Action("pause_job", Right.WORK, _pause_job, JOB_SCHEMA),
    Action("resume_job", Right.WORK, _resume_job, JOB_SCHEMA),
    Action("retry_job", Right.DECIDE, _retry_job, JOB_SCHEMA),
    Action("answer_job", Right.WORK, _answer_job, ANSWER_SCHEMA),
    Action(
        "clear_plate", decide_with(ATTR_REPRINT, Right.WORK), _clear_plate, PLATE_SCHEMA
    ),
    Action(
        "judge_job", decide_with(ATTR_REPRINT, Right.WORK), _judge_job, JUDGE_SCHEMA
    ),
    Action(
        "reprint_job",
        decide_with(ATTR_REPRINT, Right.WORK),
        _reprint_job,
        REPRINT_SCHEMA,
    ),
)
