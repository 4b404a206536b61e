"""How jobs of the print queue are shown."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from homeassistant.util import dt as dt_util

from ..engine.dispatch.reasons import ReasonKey
from ..engine.library.values.job import (
    Job,
    JobPlan,
    JobState,
    PrintOptions,
    Target,
    WaitingKey,
    WaitingReason,
)
from ..engine.library.values.prints import Question
from ..engine.library.values.timing import OwnQuiet, OwnSun
from ..engine.printable import printable
from ..language.sentences import Sentence, sentence
from ..language.texts import Texts
from ..operations.forecast import Forecast
from ..operations.plans import ON_OFF_AUTO
from .machines import problem_text, reason_sentence
from .spools import filaments_view, loads_view
from .urls import plate_url
from .wording import Wording

_WAITING = {
    WaitingKey.STAGED: "waiting_on_hold",
    WaitingKey.SLICER_OPTIONS: "waiting_for_options",
    WaitingKey.NO_TARGET: "waiting_for_target",
    WaitingKey.NO_PRINTER_CONNECTION: "waiting_to_be_started",
}
# Of these the job itself says as much, and how it may be printed by hand.
_OF_JOB = {
    ReasonKey.HELD,
    ReasonKey.SCHEDULED,
    ReasonKey.SLICER_OPTIONS,
    ReasonKey.NO_TARGET,
    ReasonKey.NO_SUCH_PRINTER,
    ReasonKey.NO_PRINTER_OF_MODEL,
}
_QUESTIONS = {
    Question.DID_IT_START: "question_did_it_start",
    Question.HOW_DID_IT_END: "question_how_did_it_end",
}
_STATES = {
    JobState.PENDING: "job_pending",
    JobState.STAGED: "job_staged",
    JobState.WAITING: "job_waiting",
    JobState.DISPATCHING: "job_dispatching",
    JobState.PRINTING: "job_printing",
    JobState.COMPLETED: "job_completed",
    JobState.FAILED: "job_failed",
    JobState.SKIPPED: "job_skipped",
    JobState.CANCELLED: "job_cancelled",
}


def target_view(target: Target | None) -> str:
    """Name a target as actions take it: `none`, the code of a model, or the id of a real printer."""
    if target is None:
        return "none"
    return target.id


def plan_view(plan: JobPlan, wording: Wording) -> dict[str, Any]:
    """Show how jobs are going to be made."""
    return {
        "target": target_view(plan.target),
        "target_name": _target_name(plan.target, wording),
        "plates": list(plan.plates),
        "copies": plan.copies,
        "hold": plan.hold,
        "priority": plan.priority.name.lower(),
        "not_before": _iso(plan.not_before),
        "due": _iso(plan.due),
        "only_while": plan.timing.only_while or None,
        "only_while_unknown": plan.timing.unknown.value,
        "cheapest_before": _iso(plan.timing.cheapest_before),
        "quiet_hours": _quiet_view(plan.timing.quiet),
        "sun": _sun_view(plan.timing.sun),
        "options": _options_view(plan.options),
        "filament_rule": plan.filament_rule.value if plan.filament_rule else None,
        "print_anyway": plan.print_anyway,
    }


def waiting_text(job: Job, wording: Wording) -> str:
    """Say why a job has not begun, and what speaks against beginning it; empty when it has."""
    waiting = waiting_sentence(job, wording)
    if waiting is None:
        return ""
    text = waiting.text(wording.texts)
    warning = wrong_target(job, wording)
    # A reason of planning names what it was sliced for itself.
    return f"{text}. {warning}" if warning and not _is_planned(job, wording) else text


def waiting_sentence(job: Job, wording: Wording) -> Sentence | None:
    """Say why a job has not begun; None when it has."""
    if (reason := job.waiting_reason(dt_util.utcnow())) is None:
        return None
    match reason:
        case _ if _is_planned(job, wording):
            return reason_sentence(wording.reasons[job.id], wording.targets)
        case WaitingReason(key=WaitingKey.SCHEDULED, until=datetime() as until):
            return sentence("waiting_scheduled", time=until)
        case _ if _is_to_be_planned(job, reason, wording):
            return sentence("waiting_for_plan")
        case _ if job.state.is_started:
            return sentence("waiting_started")
    return sentence(_WAITING[reason.key])


def wrong_target(job: Job, wording: Wording) -> str | None:
    """Say that a job's file was sliced for another model than that of the printers it is meant for; names both."""
    warning = wrong_target_sentence(job, wording)
    return warning.text(wording.texts) if warning else None


def wrong_target_sentence(job: Job, wording: Wording) -> Sentence | None:
    """Say that a job's file was sliced for another model than that of the printers it is meant for; names both."""
    target = wording.targets.get(job.target.id) if job.target else None
    if target is None or job.sliced_for in ("", target.profile_name):
        return None
    return sentence(
        "sliced_for_other_target", model=job.sliced_for, target=target.profile_name
    )


def may_start_again(job: Job, wording: Wording) -> bool:
    """Return whether to start a job once more that a person has started: its attempt came to nothing, or its printer is kept off."""
    if job.state is not JobState.WAITING:
        return False
    reason = wording.reasons.get(job.id)
    return (
        job.problem is not None
        or job.retry_at is not None
        or (reason is not None and reason.key is ReasonKey.POWER_KEPT_OFF)
    )


def job_title(job: Job, texts: Texts, *, is_marked: bool = True) -> str:
    """Return what to call a job in a list: the plate first, since the ends of long names are cut off.

    With `is_marked` one that is started is shown so.
    """
    title = job.name
    if job.plate_count > 1:
        title = texts(
            "plate_title", plate=job.plate, plates=job.plate_count, name=job.name
        )
    is_marked = is_marked and job.state.is_started
    return texts("started_title", title=title) if is_marked else title


def state_text(job: Job, wording: Wording) -> str:
    """Say what is being done with a job or became of it, where, and how far it is."""
    return state_sentence(job, wording).text(wording.texts)


def state_sentence(job: Job, wording: Wording) -> Sentence:
    """Say what is being done with a job or became of it, where, and how far it is."""
    if not job.state.is_active:
        return sentence(_STATES[job.state])
    shown = wording.targets.get(job.machine_id)
    printer = shown.name if shown else job.machine_id
    if job.question:
        return sentence(_QUESTIONS[job.question], printer=printer)
    key = (
        "job_dispatching_to" if job.state is JobState.DISPATCHING else "job_printing_on"
    )
    said = sentence(key, printer=printer)
    percent = wording.progress.get(job.id)
    if percent is not None:
        said = sentence("job_with_percent", text=said, percent=percent)
    return sentence("job_stopping", text=said) if job.is_stopping else said


def job_text(job: Job, wording: Wording, *, with_due: bool = True) -> str:
    """Describe a job to a person in one line: why it waits, then facts; what its objects are called comes last."""
    texts = wording.texts
    lines = [waiting_text(job, wording) or state_text(job, wording)]
    facts = facts_text(
        texts, job.print_time_s, job.filament_g, job.filament_types, job.cost
    )
    if job.copies > 1:
        facts.insert(
            0, texts("copies_printed", printed=job.copies_printed, copies=job.copies)
        )
    if facts:
        lines.append(texts.listed(facts))
    if target := _target_name(job.target, wording):
        lines.append(texts("meant_for", target=target))
    if late := late_text(job, wording):
        lines.append(late)
    elif with_due and job.due:
        lines.append(texts("due", time=texts.date_time(job.due)))
    if job.plate_name:
        lines.append(job.plate_name)
    return " · ".join(lines)


def late_text(job: Job, wording: Wording) -> str | None:
    """Say by when a job cannot be ready, by its own time or by its printer's; None where it can."""
    due = job.due or wording.ready_by.get(job.id)
    if due is None or job.id not in wording.late:
        return None
    return wording.texts("waiting_late", time=wording.texts.date_time(due))


def facts_text(
    texts: Texts,
    print_time_s: int | None,
    filament_g: float | None,
    materials: Iterable[str],
    cost: float | None,
) -> list[str]:
    """Tell time, weight, materials and money, as far as they are known."""
    facts = []
    if print_time_s:
        facts.append(texts.duration(print_time_s))
    if filament_g:
        facts.append(texts.weight(filament_g))
    facts += dict.fromkeys(material for material in materials if material)
    if cost:
        facts.append(texts.money(cost))
    return facts


def job_failure_text(job: Job, texts: Texts) -> str:
    """Say why a job failed or came back: as a person noted it, or as it was found out; empty when nothing went wrong."""
    if job.error or job.problem is None:
        return job.error
    return problem_text(job.problem, texts)


def job_view(job: Job, wording: Wording) -> dict[str, Any]:
    """Show a job."""
    reason = job.waiting_reason(dt_util.utcnow())
    return {
        "job_id": job.id,
        "archive_id": job.archive_id,
        "name": job.title,
        "file_name": printable(job.file_name),
        "printer": job.printer.name,
        "source_ip": job.peer,
        "sender": printable(job.sender),
        "person_id": job.person or None,
        "instance": wording.instances.get(job.instance),
        "intent": job.intent.value,
        "state": job.state.value,
        "position": job.position,
        "waiting_reason": waiting_text(job, wording) or None,
        "waiting_key": waiting_key(job, reason, wording),
        "status": state_text(job, wording),
        "phase": job.phase.value if job.phase else None,
        "progress": wording.progress.get(job.id),
        "printed_on": _machine_name(job, wording),
        "question": job.question.value if job.question else None,
        "problem": job.problem.value if job.problem else None,
        "problem_text": (
            problem_text(job.problem, wording.texts) if job.problem else None
        ),
        "problem_code": job.problem_code or None,
        "plate": job.plate,
        "plate_name": job.plate_name,
        "priority": job.priority.name.lower(),
        "copies": job.copies,
        "copies_printed": job.copies_printed,
        "target": target_view(job.target),
        "target_name": _target_name(job.target, wording),
        "sliced_for": job.sliced_for,
        "wrong_model": wrong_target(job, wording),
        "not_before": _iso(job.not_before),
        "due": _iso(job.due),
        "ready_by": _iso(wording.ready_by.get(job.id)),
        "is_late": job.id in wording.late,
        "planned_start": _iso(wording.planned.get(job.id)),
        "only_while": job.timing.only_while or None,
        "only_while_unknown": job.timing.unknown.value,
        "cheapest_before": _iso(job.timing.cheapest_before),
        "quiet_hours": _quiet_view(job.timing.quiet),
        "sun": _sun_view(job.timing.sun),
        "options": _options_view(job.options),
        "filament_rule": job.filament_rule.value if job.filament_rule else None,
        "print_anyway": job.print_anyway,
        "filaments": filaments_view(job, wording),
        "loads": loads_view(job, wording),
        "print_time_s": job.print_time_s,
        "filament_g": job.filament_g,
        "filament_types": list(job.filament_types),
        "filament_colors": list(job.filament_colors),
        "cost": job.cost,
        "verdict": job.verdict.value if job.verdict else None,
        "verdict_reason": printable(job.verdict_reason),
        "verdict_by": printable(job.verdict_by) or None,
        "verdict_at": _iso(job.verdict_at),
        "reprint": job.reprint.value or None,
        "judged_good": job.judged_good,
        "judged_failed": job.judged_failed,
        "energy_kwh": job.energy_kwh,
        "energy_cost": job.energy_cost,
        "attempts": job.attempts,
        "error": job_failure_text(job, wording.texts),
        "created_at": _iso(job.created_at),
        "started_at": _iso(job.started_at),
        "finished_at": _iso(job.finished_at),
        "thumbnail": (
            plate_url(job.archive_id, job.plate) if job.has_thumbnail else None
        ),
    }


def queue_view(
    jobs: Iterable[Job], foreseen: Forecast, wording: Wording
) -> dict[str, Any]:
    """Show queued jobs with when they should be printed, as far as that is known."""
    return {
        "jobs": [
            {
                **job_view(job, wording),
                "expected_start": _iso(span.start) if span else None,
                "expected_end": _iso(span.end) if span else None,
            }
            for job in jobs
            for span in [foreseen.spans.get(job.id)]
        ],
        "done_at": _iso(foreseen.done_at),
        "free_from": free_from_view(foreseen, wording),
    }


def told_job_view(job: Job, wording: Wording) -> dict[str, Any]:
    """Show a job where nobody asked for it, in events and attributes.

    Which spools fit is for those that ask: of many printers it would be too much for the recorder.
    """
    shown = job_view(job, wording)
    shown["filaments"] = [
        {key: value for key, value in filament.items() if key != "fits"}
        for filament in shown["filaments"]
    ]
    return shown


def free_from_view(foreseen: Forecast, wording: Wording) -> dict[str, Any]:
    """Show from when on printers are free, by their names."""
    targets = wording.targets
    return {
        targets[printer].name if printer in targets else printer: _iso(moment)
        for printer, moment in foreseen.free_from.items()
    }


def _is_planned(job: Job, wording: Wording) -> bool:
    """Whether planning knows better why a job waits than the job itself."""
    planned = wording.reasons.get(job.id)
    return planned is not None and planned.key not in _OF_JOB


def _is_to_be_planned(job: Job, reason: WaitingReason, wording: Wording) -> bool:
    """Whether the queue prints it by itself, but planning has not looked at it yet."""
    target = wording.targets.get(job.target.id) if job.target else None
    return (
        reason.key is WaitingKey.NO_PRINTER_CONNECTION
        and job.id not in wording.reasons
        and target is not None
        and target.prints
    )


def waiting_key(job: Job, reason: WaitingReason | None, wording: Wording) -> str | None:
    """Say why a job has not begun as a key that stays the same; None when it has."""
    if reason is None:
        return None
    if _is_planned(job, wording):
        return wording.reasons[job.id].key.value
    return reason.key.value


def _machine_name(job: Job, wording: Wording) -> str | None:
    if not job.machine_id:
        return None
    shown = wording.targets.get(job.machine_id)
    return shown.name if shown else job.machine_id


def _target_name(target: Target | None, wording: Wording) -> str | None:
    named = target_sentence(target, wording)
    return named.text(wording.texts) if named else None


def target_sentence(target: Target | None, wording: Wording) -> Sentence | None:
    """Name what a job is meant for; None when that is nothing."""
    if target is None:
        return None
    shown = wording.targets.get(target.id)
    return shown.said if shown else sentence("as_it_stands", text=target.id)


def _options_view(options: PrintOptions | None) -> dict[str, Any]:
    """Show a plan with the field names of the actions."""
    if options is None:
        return {}
    said = {
        key: value for key, value in asdict(options).items() if value not in (None, "")
    }
    for key in ("bed_leveling", "flow_cali", "nozzle_offset_cali"):
        if said.get(key) in range(len(ON_OFF_AUTO)):
            said[key] = ON_OFF_AUTO[said[key]]
    return said


def _quiet_view(quiet: OwnQuiet | None) -> dict[str, Any] | None:
    """Show a job's own quiet hours as actions take them."""
    if quiet is None:
        return None
    return {
        "from": quiet.begin.isoformat("minutes") if quiet.begin else None,
        "until": quiet.end.isoformat("minutes") if quiet.end else None,
        "schedule": quiet.schedule or None,
        "scope": quiet.scope.value,
        "unknown": quiet.unknown.value,
    }


def _sun_view(sun: OwnSun | None) -> dict[str, Any] | None:
    """Show the power that a job asks for as actions take it."""
    if sun is None:
        return None
    return {
        "sensor": sun.sensor,
        "limit": sun.limit_w,
        "hysteresis": sun.hysteresis_w,
        "unknown": sun.unknown.value,
    }


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None
