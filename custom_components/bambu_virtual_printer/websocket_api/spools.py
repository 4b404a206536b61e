"""The command on loaded spools: what a job would be printed with that somebody is about to queue."""

from typing import Any

import voluptuous as vol

from homeassistant.helpers import config_validation as cv

from ..engine.library.values.sliced_file import SlicedFile
from ..engine.library.values.targets import target_of
from ..engine.values import PrinterRef
from ..operations.permissions import Right
from ..operations.plans import rule_of
from ..presentation.spools import needed_view
from ..printing.planned_jobs import PlannedJobs
from ..services.fields import (
    ATTR_ARCHIVE_ID,
    ATTR_COPIES,
    ATTR_FILAMENT_RULE,
    ATTR_PLATES,
    ATTR_PRINT_ANYWAY,
    ATTR_UPLOAD_ID,
    SPOOLS,
)
from .commands import Call, Command
from .plans import ATTR_PLAN_TARGET, target_named

FIELDS: dict[Any, Any] = {
    vol.Exclusive(ATTR_ARCHIVE_ID, "file"): cv.string,
    vol.Exclusive(ATTR_UPLOAD_ID, "file"): cv.string,
    vol.Required(ATTR_PLAN_TARGET): cv.string,
    vol.Optional(ATTR_PLATES, default=[]): [cv.positive_int],
    vol.Optional(ATTR_COPIES, default=1): vol.All(int, vol.Range(min=1, max=999)),
    **SPOOLS,
}


async def _spools(call: Call) -> dict[str, Any]:
    hub, data = call.hub, call.data
    printer, facts = await _file(call)
    if facts is None:
        return {"filaments": []}
    target = target_of(target_named(call.hass, data) or "", printer.model)
    planned = PlannedJobs(
        facts=facts,
        plates=data[ATTR_PLATES],
        copies=data[ATTR_COPIES],
        target=target,
        rule=(rule_of(data[ATTR_FILAMENT_RULE]) if ATTR_FILAMENT_RULE in data else None)
        or hub.machines.rule_of(printer.id),
        prints_anyway=data.get(ATTR_PRINT_ANYWAY, False),
    )
    shown = needed_view(
        planned.filaments(),
        facts.printer_model,
        planned.fits(hub.machines.fits),
        hub.wording,
    )
    return {"filaments": shown}


async def _file(call: Call) -> tuple[PrinterRef, SlicedFile | None]:
    """Return what is known of the file: of a pending upload, or of an archive. Raises ServiceValidationError."""
    hub, data = call.hub, call.data
    if ATTR_UPLOAD_ID in data:
        upload = await hub.review.upload(data[ATTR_UPLOAD_ID])
        return upload.printer, upload.facts
    details = await hub.archives.details(data.get(ATTR_ARCHIVE_ID, ""))
    return details.archive.printer, details.facts


COMMANDS = (Command("plan/spools", Right.SEE, _spools, FIELDS),)
