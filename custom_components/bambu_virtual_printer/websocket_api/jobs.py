"""Commands on jobs of the print queue."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import voluptuous as vol

from homeassistant.helpers import config_validation as cv

from ..engine.library.values.job import Job
from ..engine.library.values.prints import Answer
from ..operations.permissions import Right, decide_with
from ..operations.plans import PRIORITIES
from ..operations.queue import JobAction
from ..services.fields import (
    ATTR_ANSWER,
    ATTR_CONFIRM,
    ATTR_COPIES,
    ATTR_CURSOR,
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
    ATTR_VERDICT,
    PAGE,
    SAYING,
    SENT_BY,
    SPOKEN,
    SPOOLS,
    TIME,
    TIMING,
    VERDICT,
)
from ..services.lookup import (
    changed_time_of,
    instance_id_of,
    saying_of,
    sent_by,
    timing_of,
)
from ..services.options import OPTIONS
from .commands import IDS, Call, Command, to_each
from .items import DECIDING, job_item, verdict_item
from .plans import ATTR_PLAN_TARGET, target_named
from .printers import ATTR_PRINTER_ID

ATTR_AFTER_ID = "after_id"
ATTR_JOB_IDS = "job_ids"
ATTR_VERB = "verb"
VERBS = (
    "start",
    "hold",
    "release",
    "complete",
    "fail",
    "cancel",
    "stop",
    "pause",
    "resume",
    "retry",
    "uncancel",
)

GET: dict[Any, Any] = {vol.Required(ATTR_JOB_ID): cv.string}
EDIT: dict[Any, Any] = {
    **GET,
    vol.Optional(ATTR_PLAN_TARGET): cv.string,
    vol.Optional(ATTR_COPIES): cv.positive_int,
    vol.Optional(ATTR_PRIORITY): vol.In(PRIORITIES),
    vol.Optional(ATTR_NOT_BEFORE): TIME,
    vol.Optional(ATTR_DUE): TIME,
    **TIMING,
    vol.Optional(ATTR_OPTIONS): OPTIONS,
    **SPOOLS,
}
HISTORY: dict[Any, Any] = {vol.Optional(ATTR_INSTANCE): cv.string, **SENT_BY, **PAGE}
MOVE: dict[Any, Any] = {
    **GET,
    vol.Exclusive(ATTR_AFTER_ID, "place"): vol.Any(None, cv.string),
    vol.Exclusive(ATTR_POSITION, "place"): vol.All(int, vol.Range(min=1)),
}
VERB: dict[Any, Any] = {
    vol.Required(ATTR_JOB_IDS): IDS,
    vol.Required(ATTR_VERB): vol.In(VERBS),
    vol.Optional(ATTR_REASON, default=""): cv.string,
    vol.Optional(ATTR_CONFIRM, default=False): cv.boolean,
}
COPY: dict[Any, Any] = {**GET, vol.Required(ATTR_PRINTER_ID): cv.string}
ANSWER: dict[Any, Any] = {
    **GET,
    vol.Required(ATTR_ANSWER): vol.In([each.value for each in Answer]),
}


JUDGE: dict[Any, Any] = {**GET, vol.Required(ATTR_VERDICT): VERDICT, **SAYING}
REPRINT: dict[Any, Any] = {
    **GET,
    **SPOKEN,
    vol.Optional(ATTR_REPRINT, default=True): cv.boolean,
}


async def _get(call: Call) -> dict[str, Any]:
    return await _item(call, call.data[ATTR_JOB_ID])


async def _history(call: Call) -> dict[str, Any]:
    page = await call.hub.queue.history(
        limit=call.data[ATTR_LIMIT],
        cursor=call.data.get(ATTR_CURSOR),
        only=sent_by(call.hub, call.data),
        instance=instance_id_of(call.hub, call.data),
    )
    wording = call.hub.wording
    return {
        "jobs": [call.shown(job_item(call.hub, job, wording)) for job in page.jobs],
        "total": page.total,
        "cursor": page.cursor,
    }


async def _edit(call: Call) -> dict[str, Any]:
    data = call.data
    job = await call.hub.queue.edit(
        data[ATTR_JOB_ID],
        target=target_named(call.hass, data),
        not_before=changed_time_of(data, ATTR_NOT_BEFORE),
        due=changed_time_of(data, ATTR_DUE),
        priority=data.get(ATTR_PRIORITY),
        copies=data.get(ATTR_COPIES),
        options=data.get(ATTR_OPTIONS),
        filament_rule=data.get(ATTR_FILAMENT_RULE),
        print_anyway=data.get(ATTR_PRINT_ANYWAY),
        timing=timing_of(call.hass, data),
    )
    return _shown(call, job)


async def _move(call: Call) -> dict[str, Any]:
    data, queue = call.data, call.hub.queue
    if ATTR_POSITION in data:
        job = await queue.move(data[ATTR_JOB_ID], position=data[ATTR_POSITION])
    else:
        job = await queue.move_after(data[ATTR_JOB_ID], data.get(ATTR_AFTER_ID))
    return _shown(call, job)


async def _verb(call: Call) -> dict[str, Any]:
    verb = _chosen(call)

    async def do(job_id: str) -> dict[str, Any]:
        await verb(job_id)
        return await _item(call, job_id)

    done, failed = await to_each(call.data[ATTR_JOB_IDS], do)
    return {"jobs": done, "failed": failed}


def _chosen(call: Call) -> Callable[[str], Awaitable[object]]:
    orders, queue = call.hub.orders, call.hub.queue
    confirm = call.data[ATTR_CONFIRM]
    match call.data[ATTR_VERB]:
        case "start":
            return orders.start
        case "fail":
            reason = call.data[ATTR_REASON]
            return lambda job_id: queue.fail(job_id, reason)
        case "cancel":
            return lambda job_id: orders.cancel(job_id, confirm=confirm)
        case "stop":
            return lambda job_id: orders.stop(job_id, confirm=confirm)
        case "pause":
            return orders.pause
        case "resume":
            return orders.resume
        case "retry":
            return orders.retry
        case "uncancel":
            return queue.uncancel
        case verb:
            return lambda job_id: queue.do(JobAction(verb), job_id)


def _need(data: Mapping[str, Any]) -> Right:
    """Return what a verb needs."""
    return Right.DECIDE if data[ATTR_VERB] in DECIDING else Right.WORK


async def _copy_to_printer(call: Call) -> dict[str, Any]:
    job_id, printer_id = call.data[ATTR_JOB_ID], call.data[ATTR_PRINTER_ID]
    copied = await call.hub.orders.copy_to_printer(job_id, printer_id)
    return await _item(call, job_id) | {"copied_as": copied.name}


async def _answer(call: Call) -> dict[str, Any]:
    job_id = call.data[ATTR_JOB_ID]
    await call.hub.orders.answer(job_id, Answer(call.data[ATTR_ANSWER]))
    return await _item(call, job_id)


async def _judge(call: Call) -> dict[str, Any]:
    saying = saying_of(call.data)
    assert saying
    answered = await call.hub.verdicts.give(
        call.data[ATTR_JOB_ID], saying, print_id=call.data[ATTR_PRINT_ID]
    )
    return verdict_item(answered, call.hub.wording)


async def _reprint(call: Call) -> dict[str, Any]:
    answered = await call.hub.verdicts.answer_offer(
        call.data[ATTR_JOB_ID],
        print_id=call.data[ATTR_PRINT_ID],
        wanted=call.data[ATTR_REPRINT],
    )
    return verdict_item(answered, call.hub.wording)


async def _item(call: Call, job_id: str) -> dict[str, Any]:
    return _shown(call, await call.hub.queue.job(job_id))


def _shown(call: Call, job: Job) -> dict[str, Any]:
    return call.shown(job_item(call.hub, job, call.hub.wording))


COMMANDS = (
    Command("job/get", Right.SEE, _get, GET),
    Command("job/history", Right.SEE, _history, HISTORY),
    Command("job/edit", Right.DECIDE, _edit, EDIT),
    Command("job/move", Right.WORK, _move, MOVE),
    Command("job/verb", _need, _verb, VERB),
    Command("job/copy_to_printer", Right.DECIDE, _copy_to_printer, COPY),
    Command("job/answer", Right.WORK, _answer, ANSWER),
    Command("job/judge", decide_with(ATTR_REPRINT, Right.WORK), _judge, JUDGE),
    Command("job/reprint", decide_with(ATTR_REPRINT, Right.WORK), _reprint, REPRINT),
)
