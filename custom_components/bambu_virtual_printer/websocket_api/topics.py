"""What subscribers follow: lists of items by their ids, and single values, as they are now."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..engine.library.values.records import Statistics
from ..engine.protocol.printer_models import MODELS
from ..hub import Hub
from ..language.sentences import said
from ..operations.forecast import Forecast
from .items import instances_of, job_item, upload_item
from .printer_items import browser_item, machine_item, printer_item, transfer_items

type Items = dict[str, dict[str, Any]]

INBOX = "inbox"
QUEUE = "queue"
PRINTERS = "printers"
UPLOADS = "uploads"
STATS = "stats"
TOPICS = (INBOX, QUEUE, PRINTERS, UPLOADS, STATS)
"""What a client can ask for."""
LISTS = (INBOX, QUEUE, PRINTERS, UPLOADS)
VALUES = {
    "inbox_more": INBOX,
    "forecast": QUEUE,
    "targets": QUEUE,
    "options": QUEUE,
    STATS: STATS,
}
"""Single values, and the topic each comes with."""


def items_of(hub: Hub, topic: str) -> Items:
    """Return the items of a list, in the order they are to be shown."""
    match topic:
        case "inbox":
            wording = hub.wording
            items = [
                upload_item(hub, each, wording) for each in hub.coordinator.data.pending
            ]
        case "queue":
            jobs = hub.coordinator.data.queued_jobs
            spans = hub.forecast(jobs).spans
            wording = hub.wording
            items = [job_item(hub, job, wording, spans.get(job.id)) for job in jobs]
        case "printers":
            items = [printer_item(hub, each) for each in hub.printers.values()]
            items += [machine_item(hub, each) for each in hub.machines.by_id.values()]
        case _:
            items = [
                item
                for printer in hub.printers.values()
                for item in transfer_items(printer, printer.uploads)
            ]
            items += map(browser_item, hub.browser_uploads.by_id.values())
    return {item["id"]: item for item in items}


def values_of(hub: Hub, topic: str) -> dict[str, Any]:
    """Return the single values that come with a topic."""
    data = hub.coordinator.data
    match topic:
        case "inbox":
            return {"inbox_more": data.statistics.pending > len(data.pending)}
        case "queue":
            return {
                "forecast": _forecast(hub.forecast(data.queued_jobs)),
                "targets": _targets(hub),
                "options": _options(hub),
            }
        case "stats":
            return {STATS: stats_view(data.statistics)}
    return {}


def stats_view(statistics: Statistics) -> dict[str, Any]:
    """Show what is counted."""
    shown = asdict(statistics) | {"used_bytes": statistics.used_bytes}
    del shown["next_job"]
    return shown


def _forecast(foreseen: Forecast) -> dict[str, Any]:
    return {
        "done_at": foreseen.done_at.isoformat() if foreseen.done_at else None,
        "free_from": {
            printer: moment.isoformat()
            for printer, moment in foreseen.free_from.items()
        },
    }


def _targets(hub: Hub) -> list[dict[str, Any]]:
    """Return what jobs can be meant for; of the models, those that there is a printer of."""
    wording = hub.wording
    models = {printer.config.model.code for printer in hub.printers.values()}
    models |= {machine.config.model.code for machine in hub.machines.by_id.values()}
    return [
        {
            "id": target_id,
            "kind": "model" if target_id in MODELS else "printer",
            "name": target.name,
            "sliced_for": target.profile_name,
        }
        for target_id, target in wording.targets.items()
        if target_id in models or target_id in hub.machines.by_id
    ]


def _options(hub: Hub) -> Mapping[str, Any]:
    undo_for = hub.library.settings.undo_for
    return {
        "currency": hub.hass.config.currency,
        "undo_minutes": undo_for.total_seconds() / 60 if undo_for else 0,
        "pending_modes": any(
            printer.config.mode == "review" for printer in hub.printers.values()
        ),
        "instances": [
            {"id": instance_id, "value": name}
            for instance_id, name in instances_of(hub).items()
        ],
        "library_away": said(why).as_json() if (why := hub.library.why_away) else None,
    }
