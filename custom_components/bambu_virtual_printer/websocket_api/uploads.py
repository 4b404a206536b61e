"""Commands on pending uploads."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import voluptuous as vol

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv

from ..operations.error_codes import error_view
from ..operations.pending import Outcome
from ..operations.permissions import Right
from ..services.fields import ATTR_NOTE, ATTR_UPLOAD_ID, NOTES
from ..services.lookup import notes_of
from .commands import IDS, Call, Command, to_each, undo_view
from .items import upload_item_details
from .plans import PLAN, plan_of

ATTR_UPLOAD_IDS = "upload_ids"
ATTR_VERB = "verb"

GET: dict[Any, Any] = {vol.Required(ATTR_UPLOAD_ID): cv.string}
EDIT: dict[Any, Any] = {**GET, **NOTES, **PLAN}
UNDO: dict[Any, Any] = {vol.Required("ids"): IDS}
DECIDE: dict[Any, Any] = {
    vol.Required(ATTR_UPLOAD_IDS): IDS,
    vol.Required(ATTR_VERB): vol.In(["archive", "queue", "discard", "send_back"]),
    vol.Optional(ATTR_NOTE, default=""): cv.string,
    **NOTES,
    **PLAN,
}


async def _get(call: Call) -> dict[str, Any]:
    upload = await call.hub.review.upload(call.data[ATTR_UPLOAD_ID])
    return call.shown(upload_item_details(call.hub, upload))


async def _edit(call: Call) -> dict[str, Any]:
    upload_id = call.data[ATTR_UPLOAD_ID]
    outcome = await call.hub.review.edit(
        upload_id, notes_of(call.data), plan_of(call.hass, call.data)
    )
    return {"results": [_decision(upload_id, outcome)]}


async def _decide(call: Call) -> dict[str, Any]:
    verb = _verb(call)
    results: list[dict[str, Any]] = []
    undoable: dict[str, datetime] = {}
    for upload_id in call.data[ATTR_UPLOAD_IDS]:
        try:
            outcome = await verb(upload_id)
        except HomeAssistantError as err:
            results.append(_failure(upload_id, err))
            continue
        results.append(_decision(upload_id, outcome))
        if outcome.undo_until:
            undoable[upload_id] = outcome.undo_until
    return {"results": results, "undo": undo_view(undoable)}


def _verb(call: Call) -> Callable[[str], Awaitable[Outcome]]:
    review = call.hub.review
    match call.data[ATTR_VERB]:
        case "discard":
            return review.discard
        case "send_back":
            note = call.data[ATTR_NOTE]
            return lambda upload_id: review.send_back(upload_id, note)
        case verb:
            notes = notes_of(call.data)
            plan = plan_of(call.hass, call.data)
            return lambda upload_id: review.approve(
                upload_id, to_queue=verb == "queue", notes=notes, plan=plan
            )


def _decision(upload_id: str, outcome: Outcome) -> dict[str, Any]:
    return {
        "upload_id": upload_id,
        "name": outcome.name,
        "result": outcome.result.value,
        "state": outcome.state.value,
        "archive_id": outcome.archive.id if outcome.archive else None,
        "job_ids": [job.id for job in outcome.jobs],
    }


def _failure(upload_id: str, err: HomeAssistantError) -> dict[str, Any]:
    return {
        "upload_id": upload_id,
        "name": "",
        "result": "failed",
        "state": "",
        "archive_id": None,
        "job_ids": [],
        "error": error_view(err),
    }


def _need(data: Mapping[str, Any]) -> Right:
    """Return what a decision needs: everybody may discard what is theirs."""
    return Right.WORK if data[ATTR_VERB] == "discard" else Right.DECIDE


async def _undo(call: Call) -> dict[str, Any]:
    async def undo(upload_id: str) -> dict[str, Any]:
        await call.hub.review.undo(upload_id)
        return {"id": upload_id, "result": "restored"}

    done, failed = await to_each(call.data["ids"], undo)
    return {"results": done, "failed": failed}


COMMANDS = (
    Command("undo", Right.WORK, _undo, UNDO),
    Command("upload/get", Right.SEE, _get, GET),
    Command("upload/edit", Right.WORK, _edit, EDIT),
    Command("upload/decide", _need, _decide, DECIDE),
)
