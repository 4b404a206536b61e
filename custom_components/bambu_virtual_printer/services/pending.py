"""Actions on pending uploads: list, show, write on, archive, queue, discard, send back; one, some or all."""

from collections.abc import Awaitable, Callable
from typing import Any

import voluptuous as vol

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType

from ..engine.library.values.records import IN_ARCHIVE
from ..hub import Hub, require_hub
from ..operations.pending import Outcome
from ..operations.permissions import Right
from ..presentation import upload_details, upload_summary, wrong_target
from .action import Action
from .fields import (
    ATTR_ALL,
    ATTR_CURSOR,
    ATTR_DEVICE_ID,
    ATTR_INSTANCE,
    ATTR_LIMIT,
    ATTR_NOTE,
    ATTR_UPLOAD_ID,
    NOTES,
    PAGE,
    PLAN,
    SENT_BY,
    at_most_one,
)
from .lookup import instance_id_of, notes_of, plan_changes, printer_id_of, sent_by
from .naming import async_undoable_id, async_upload_id

LIST_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_DEVICE_ID): cv.string,
        vol.Optional(ATTR_INSTANCE): cv.string,
        **SENT_BY,
        **PAGE,
    }
)
GET_SCHEMA = vol.Schema({vol.Required(ATTR_UPLOAD_ID): cv.string})
EDIT_SCHEMA = GET_SCHEMA.extend({**NOTES, **PLAN})

SOME: dict[Any, Any] = {
    vol.Optional(ATTR_UPLOAD_ID): vol.All(cv.ensure_list, [cv.string]),
    vol.Optional(ATTR_ALL): vol.All(cv.boolean, vol.IsTrue()),
    vol.Optional(ATTR_DEVICE_ID): cv.string,
}


def _schema(fields: dict[Any, Any]) -> vol.Schema:
    return vol.Schema(
        vol.All(
            {**SOME, **fields},
            cv.has_at_least_one_key(ATTR_UPLOAD_ID, ATTR_ALL),
            at_most_one("uploads_or_all", ATTR_UPLOAD_ID, ATTR_ALL),
        )
    )


ARCHIVE_SCHEMA = _schema(NOTES)
QUEUE_SCHEMA = _schema({**NOTES, **PLAN})
DISCARD_SCHEMA = _schema({})
UNDO_SCHEMA = vol.Schema(
    {vol.Optional(ATTR_UPLOAD_ID): vol.All(cv.ensure_list, [cv.string])}
)
SEND_BACK_SCHEMA = _schema({vol.Required(ATTR_NOTE): cv.string})


async def _list_pending(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    page = await hub.review.pending(
        printer_id=printer_id_of(call.hass, call.data.get(ATTR_DEVICE_ID)),
        limit=call.data[ATTR_LIMIT],
        cursor=call.data.get(ATTR_CURSOR),
        only=sent_by(hub, call.data),
        instance=instance_id_of(hub, call.data),
    )
    wording = hub.wording
    return {
        "uploads": [
            upload_summary(upload, wording)
            | {"download": hub.links.async_download(upload.id)}
            for upload in page.uploads
        ],
        "cursor": page.cursor,
    }


async def _get_upload(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    upload = await hub.review.upload(
        await async_upload_id(hub, call.data[ATTR_UPLOAD_ID])
    )
    shown = upload_details(upload, hub.wording)
    if not upload.state.is_gone:
        shown["download"] = hub.links.async_download(upload.id)
    return shown


async def _edit_pending(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    upload_id = await async_upload_id(hub, call.data[ATTR_UPLOAD_ID])
    outcome = await hub.review.edit(
        upload_id, notes_of(call.data), plan_changes(call.hass, call.data)
    )
    return _shown(hub, upload_id, outcome)


async def _archive_pending(call: ServiceCall) -> ServiceResponse:
    return await _approve(call, to_queue=False)


async def _queue_pending(call: ServiceCall) -> ServiceResponse:
    return await _approve(call, to_queue=True)


async def _approve(call: ServiceCall, *, to_queue: bool) -> ServiceResponse:
    review = require_hub(call.hass).review
    notes, plan = notes_of(call.data), plan_changes(call.hass, call.data)
    return await _to_each(
        call,
        lambda upload_id: review.approve(
            upload_id, to_queue=to_queue, notes=notes, plan=plan
        ),
    )


async def _discard_pending(call: ServiceCall) -> ServiceResponse:
    return await _to_each(call, require_hub(call.hass).review.discard)


async def _send_back_pending(call: ServiceCall) -> ServiceResponse:
    review = require_hub(call.hass).review
    note = call.data[ATTR_NOTE]
    return await _to_each(call, lambda upload_id: review.send_back(upload_id, note))


async def _undo(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    review = hub.review
    upload_ids = call.data.get(ATTR_UPLOAD_ID)
    if upload_ids is None:
        upload_ids = [await review.discarded_last()]
    shown: list[JsonValueType] = []
    for named in upload_ids:
        upload_id = await async_undoable_id(hub, named)
        upload = await review.upload(upload_id)
        if upload.state in IN_ARCHIVE and upload.kept_until:
            # Who may not delete archives may not have them back either.
            await hub.permissions.require(Right.DELETE)
            await hub.archives.restore(upload_id)
        else:
            upload = await review.undo(upload_id)
        shown.append(
            {
                "upload_id": upload.id,
                "name": upload.name,
                "state": upload.state.value,
            }
        )
    return {"uploads": shown}


async def _to_each(
    call: ServiceCall, verb: Callable[[str], Awaitable[Outcome]]
) -> ServiceResponse:
    """Do it to those that are named, in their order; or to all, the oldest first."""
    hub = require_hub(call.hass)
    upload_ids = call.data.get(ATTR_UPLOAD_ID)
    if upload_ids is None:
        upload_ids = await hub.review.all_ids(
            printer_id=printer_id_of(call.hass, call.data.get(ATTR_DEVICE_ID))
        )
    shown: list[JsonValueType] = []
    failed: list[JsonValueType] = []
    for named in upload_ids:
        upload_id = named
        try:
            upload_id = await async_upload_id(hub, named)
            shown.append(_shown(hub, upload_id, await verb(upload_id)))
        except HomeAssistantError as err:
            if len(upload_ids) == 1:
                raise
            # The others are independent of this one.
            failed.append({"upload_id": upload_id, "reason": hub.texts.error(err)})
    return {"uploads": shown, "failed": failed}


def _shown(hub: Hub, upload_id: str, outcome: Outcome) -> dict[str, Any]:
    wording = hub.wording
    return {
        "upload_id": upload_id,
        "name": outcome.name,
        "result": outcome.result.value,
        "state": outcome.state.value,
        "undo_until": outcome.undo_until.isoformat() if outcome.undo_until else None,
        "archive_id": outcome.archive.id if outcome.archive else None,
        "job_ids": [job.id for job in outcome.jobs],
        # All jobs of a file are meant for the same printers.
        "wrong_model": next((wrong_target(job, wording) for job in outcome.jobs), None),
    }


ACTIONS: tuple[Action, ...] = (
    Action(
        "list_pending", Right.SEE, _list_pending, LIST_SCHEMA, SupportsResponse.ONLY
    ),
    Action("get_upload", Right.SEE, _get_upload, GET_SCHEMA, SupportsResponse.ONLY),
    Action("edit_pending", Right.WORK, _edit_pending, EDIT_SCHEMA),
    Action("archive_pending", Right.DECIDE, _archive_pending, ARCHIVE_SCHEMA),
    Action("queue_pending", Right.DECIDE, _queue_pending, QUEUE_SCHEMA),
    Action("discard_pending", Right.WORK, _discard_pending, DISCARD_SCHEMA),
    Action("send_back_pending", Right.DECIDE, _send_back_pending, SEND_BACK_SCHEMA),
    Action("undo", Right.WORK, _undo, UNDO_SCHEMA),
)
