"""The command on loaded spools: what jobs would be printed with that somebody is about to queue, and which files cannot be."""

from collections.abc import Awaitable, Callable
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
from .commands import IDS, Call, Command, to_each
from .items import not_queueable
from .plans import ATTR_PLAN_TARGET, target_named

ATTR_ARCHIVE_IDS = "archive_ids"
ATTR_UPLOAD_IDS = "upload_ids"

FIELDS: dict[Any, Any] = {
    vol.Exclusive(ATTR_ARCHIVE_ID, "file"): cv.string,
    vol.Exclusive(ATTR_UPLOAD_ID, "file"): cv.string,
    vol.Exclusive(ATTR_ARCHIVE_IDS, "file"): IDS,
    vol.Exclusive(ATTR_UPLOAD_IDS, "file"): IDS,
    vol.Required(ATTR_PLAN_TARGET): cv.string,
    vol.Optional(ATTR_PLATES, default=[]): [cv.positive_int],
    vol.Optional(ATTR_COPIES, default=1): vol.All(int, vol.Range(min=1, max=999)),
    **SPOOLS,
}


type Known = tuple[PrinterRef, SlicedFile | None]
"""The virtual printer a file came in by, and what is in the file."""
type Find = Callable[[str], Awaitable[Known]]
type Filaments = Callable[[PrinterRef, SlicedFile | None], list[dict[str, Any]]]


async def _spools(call: Call) -> dict[str, Any]:
    data, filaments = call.data, _filaments_as_asked(call)
    if ATTR_UPLOAD_IDS in data:
        return await _of_several(
            call, data[ATTR_UPLOAD_IDS], _of_upload(call), filaments
        )
    if ATTR_ARCHIVE_IDS in data:
        return await _of_several(
            call, data[ATTR_ARCHIVE_IDS], _of_archive(call), filaments
        )
    if ATTR_UPLOAD_ID in data:
        known = await _of_upload(call)(data[ATTR_UPLOAD_ID])
    else:
        known = await _of_archive(call)(data.get(ATTR_ARCHIVE_ID, ""))
    return {"filaments": filaments(*known)}


async def _of_several(
    call: Call, ids: list[str], find: Find, filaments: Filaments
) -> dict[str, Any]:
    """Answer for several files at once, of each with all its plates."""

    async def look(item_id: str) -> dict[str, Any]:
        printer, facts = await find(item_id)
        return {
            "id": item_id,
            "not_queueable": not_queueable(call.hub, facts),
            "plates": len(facts.printable_plates) if facts else 0,
            "filaments": filaments(printer, facts),
        }

    files, failed = await to_each(ids, look)
    return {"files": files, "failed": failed}


def _filaments_as_asked(call: Call) -> Filaments:
    """Return what tells what a file takes of each filament, and which loaded spools fit. Raises ServiceValidationError."""
    hub, data = call.hub, call.data
    target = target_named(call.hass, data) or ""
    rule = rule_of(data[ATTR_FILAMENT_RULE]) if ATTR_FILAMENT_RULE in data else None
    wording = hub.wording

    def filaments(
        printer: PrinterRef, facts: SlicedFile | None
    ) -> list[dict[str, Any]]:
        if facts is None:
            return []
        planned = PlannedJobs(
            facts=facts,
            plates=data[ATTR_PLATES],
            copies=data[ATTR_COPIES],
            target=target_of(target, printer.model),
            rule=rule or hub.machines.rule_of(printer.id),
            prints_anyway=data.get(ATTR_PRINT_ANYWAY, False),
        )
        return needed_view(
            planned.filaments(),
            facts.printer_model,
            planned.fits(hub.machines.fits),
            wording,
        )

    return filaments


def _of_upload(call: Call) -> Find:
    """Return what finds out what is known of a pending upload; that raises ServiceValidationError."""

    async def known(upload_id: str) -> Known:
        upload = await call.hub.review.upload(upload_id)
        return upload.printer, upload.facts

    return known


def _of_archive(call: Call) -> Find:
    """Return what finds out what is known of an archive; that raises ServiceValidationError."""

    async def known(archive_id: str) -> Known:
        details = await call.hub.archives.details(archive_id)
        return details.archive.printer, details.facts

    return known


COMMANDS = (Command("plan/spools", Right.SEE, _spools, FIELDS),)
