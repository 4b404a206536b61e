"""How jobs of the print queue are shown."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from homeassistant.util import dt as dt_util

from ..forecast import Forecast
from ..library.job import Job, JobPlan, PrintOptions, Target
from ..plans import AUTOMATICS
from .urls import plate_url


def target_view(target: Target | None) -> str:
    """Name a target as actions take it: `none`, the code of a model, or the id of a real printer."""
    if target is None:
        return "none"
    return target.id


def plan_view(plan: JobPlan) -> dict[str, Any]:
    """Show how jobs are going to be made."""
    return {
        "target": target_view(plan.target),
        "plates": list(plan.plates),
        "copies": plan.copies,
        "hold": plan.staged,
        "priority": plan.priority.name.lower(),
        "not_before": _iso(plan.not_before),
        "due": _iso(plan.due_at),
        "options": _options_view(plan.options),
    }


def waiting_text(job: Job) -> str:
    """Say why a job has not begun, in the household's time; empty when it has."""
    reason = job.waiting_reason(dt_util.now())
    return reason.text if reason else ""


def job_text(job: Job, currency: str, targets: Mapping[str, str]) -> str:
    """Describe a job to a person in one line; money is in the household's currency, `targets` are names by ids."""
    reason = waiting_text(job)
    lines = [reason.rstrip(".") if reason else job.state.value.capitalize()]
    facts = facts_text(
        job.print_time_s,
        job.filament_g,
        job.filament_types,
        money_text(job.cost, currency),
    )
    if job.copies > 1:
        facts.insert(0, f"{job.copies_printed} of {job.copies} copies printed")
    if job.plate_name:
        facts.insert(0, job.plate_name)
    if facts:
        lines.append(", ".join(facts))
    if name := _target_name(job.target, targets):
        lines.append(f"For {name}")
    if job.due_at:
        due = dt_util.as_local(job.due_at)
        lines.append(f"Due {due:%Y-%m-%d %H:%M}")
    return " · ".join(lines)


def money_text(cost: float | None, currency: str) -> str:
    """Tell what filament costs; empty when it is not known or costs nothing."""
    return f"{cost:.2f} {currency}" if cost else ""


def facts_text(
    print_time_s: int | None,
    filament_g: float | None,
    materials: Iterable[str],
    money: str,
) -> list[str]:
    """Tell time, weight, materials and money, as far as they are known."""
    facts = []
    if print_time_s:
        hours, minutes = divmod(round(print_time_s / 60), 60)
        facts.append(f"{hours} h {minutes:02} min" if hours else f"{minutes} min")
    if filament_g:
        facts.append(f"{filament_g:.0f} g")
    facts += dict.fromkeys(material for material in materials if material)
    if money:
        facts.append(money)
    return facts


def job_view(job: Job, targets: Mapping[str, str]) -> dict[str, Any]:
    """Show a job; `targets` are names by ids."""
    reason = job.waiting_reason(dt_util.now())
    return {
        "job_id": job.id,
        "archive_id": job.archive_id,
        "name": job.title,
        "file_name": job.file_name,
        "printer": job.printer.name,
        "source_ip": job.peer,
        "state": job.state.value,
        "position": job.position,
        "waiting_reason": reason.text if reason else None,
        "waiting_key": reason.key.value if reason else None,
        "plate": job.plate,
        "plate_name": job.plate_name,
        "priority": job.priority.name.lower(),
        "copies": job.copies,
        "copies_printed": job.copies_printed,
        "target": target_view(job.target),
        "target_name": _target_name(job.target, targets),
        "not_before": _iso(job.not_before),
        "due": _iso(job.due_at),
        "options": _options_view(job.options),
        "print_time_s": job.print_time_s,
        "filament_g": job.filament_g,
        "filament_types": list(job.filament_types),
        "filament_colors": list(job.filament_colors),
        "cost": job.cost,
        "attempts": job.attempts,
        "error": job.error,
        "created_at": _iso(job.created_at),
        "started_at": _iso(job.started_at),
        "finished_at": _iso(job.finished_at),
        "thumbnail": (
            plate_url(job.archive_id, job.plate) if job.has_picture else None
        ),
    }


def queue_view(
    jobs: Iterable[Job], foreseen: Forecast, targets: Mapping[str, str]
) -> dict[str, Any]:
    """Show jobs in line with when they should be printed, as far as that can be told; `targets` are names by ids."""
    return {
        "jobs": [
            {
                **job_view(job, targets),
                "expected_start": _iso(span.start) if span else None,
                "expected_end": _iso(span.end) if span else None,
            }
            for job in jobs
            for span in [foreseen.spans.get(job.id)]
        ],
        "done_at": _iso(foreseen.done_at),
        "free_from": free_from_view(foreseen, targets),
    }


def free_from_view(foreseen: Forecast, targets: Mapping[str, str]) -> dict[str, Any]:
    """Show from when on printers are free, by their names."""
    return {
        targets.get(printer, printer): _iso(moment)
        for printer, moment in foreseen.free_from.items()
    }


def _target_name(target: Target | None, targets: Mapping[str, str]) -> str | None:
    return targets.get(target.id, target.id) if target else None


def _options_view(options: PrintOptions | None) -> dict[str, Any]:
    """Show what somebody asked for, in the words of the actions."""
    if options is None:
        return {}
    said = {
        key: value for key, value in asdict(options).items() if value not in (None, "")
    }
    for key in ("bed_leveling", "flow_cali", "nozzle_offset_cali"):
        if said.get(key) in range(len(AUTOMATICS)):
            said[key] = AUTOMATICS[said[key]]
    return said


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None
