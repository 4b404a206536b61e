"""Jobs as the library has them, for what only looks at them."""

from datetime import UTC, datetime
from typing import Any

from custom_components.bambu_virtual_printer.engine.library.values.job import (
    Job,
    JobState,
    Priority,
    Target,
    TargetKind,
)
from custom_components.bambu_virtual_printer.engine.values import Mode, PrinterRef

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
P1S = Target(kind=TargetKind.MODEL, id="C12")


def job(name: str, hours: float | None = 1, **facts: Any) -> Job:
    """Make a job that waits in line for any P1S."""
    values: dict[str, Any] = {
        "archive_id": "archive",
        "name": name,
        "file_name": "x.3mf",
        "printer": PrinterRef(id="", name="", model="C12", mode=Mode.QUEUE),
        "peer": "192.0.2.9",
        "plate": 1,
        "plate_name": "",
        "plate_count": 1,
        "has_thumbnail": True,
        "sliced_for": "",
        "state": JobState.PENDING,
        "position": 1,
        "priority": Priority.NORMAL,
        "copies": 1,
        "copies_printed": 0,
        "target": P1S,
        "not_before": None,
        "due": None,
        "options": None,
        "options_due_at": None,
        "print_time_s": None if hours is None else round(hours * 3600),
        "filament_g": None,
        "filament_types": (),
        "filament_colors": (),
        "cost": None,
        "machine_id": "",
        "attempts": 0,
        "error": "",
        "created_at": NOW,
        "started_at": None,
        "finished_at": None,
    }
    return Job(id=name, **values | facts)
