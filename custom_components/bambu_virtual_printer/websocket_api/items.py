"""Uploads, archives and jobs as the panel gets them: as actions show them, with keys in the place of sentences.

Pictures and files have signed links, which stay the same for a day.
"""

from collections.abc import Mapping
from typing import Any

from ..engine.library.values.job import TRANSITIONS, Job, JobVerb
from ..engine.library.values.judgements import Answered
from ..engine.library.values.records import Archive, ArchiveDetails, Photo, Upload
from ..engine.library.values.sliced_file import SlicedFile
from ..engine.machines.values import Phase
from ..engine.protocol.printer_models import MODELS
from ..hub import Hub
from ..language.sentences import Sentence, said
from ..operations.forecast import Span
from ..operations.permissions import Right, Thing, Viewer
from ..presentation import (
    Wording,
    answer_sentence,
    archive_details,
    archive_summary,
    cover_url,
    failure_sentence,
    job_view,
    may_start_again,
    photo_view,
    plate_url,
    problem_sentence,
    small,
    state_sentence,
    target_sentence,
    upload_details,
    upload_summary,
    verdict_view,
    waiting_sentence,
    wrong_model_sentence,
    wrong_target_sentence,
)

DECIDING = frozenset({"start", "release", "retry"})
"""What is done to jobs that says that they are printed."""

# What the sentences and ids of actions are called otherwise here, or that the panel makes itself.
_SAID = ("waiting_reason", "waiting_key", "status", "problem_text", "wrong_model")


def pictures(hub: Hub, url: str | None) -> dict[str, str | None]:
    """Return the links to a picture and to a small one."""
    if url is None:
        return {"picture": None, "picture_small": None}
    return {
        "picture": hub.links.async_signed(url),
        "picture_small": hub.links.async_signed(small(url)),
    }


def upload_item(hub: Hub, upload: Upload, wording: Wording) -> dict[str, Any]:
    """Show an upload as lists do; `wording` is that of the hub, which lists ask for once."""
    return _upload(hub, upload, upload_summary(upload, wording), wording)


def upload_item_details(hub: Hub, upload: Upload) -> dict[str, Any]:
    """Show an upload with its plates and filaments."""
    wording = hub.wording
    shown = _upload(hub, upload, upload_details(upload, wording), wording)
    return shown | {"plates": [_plate(hub, plate) for plate in shown.get("plates", [])]}


def _upload(
    hub: Hub, upload: Upload, shown: dict[str, Any], wording: Wording
) -> dict[str, Any]:
    facts = upload.facts
    model = MODELS.get(upload.printer.model)
    warning = wrong_model_sentence(
        facts.printer_model if facts else "", model.profile_name if model else ""
    )
    cover = cover_url(upload.id, facts.cover if facts else None)
    return (
        shown
        | {
            "id": upload.id,
            "printer_id": upload.printer.id,
            "instance_id": _instance_id(wording, upload.file.instance),
            "wrong_model": _json(warning),
            "not_queueable": not_queueable(hub, facts),
            "reason": _json(said(upload.reason) if upload.reason else None),
            "last_failure": _json(
                failure_sentence(upload.known) if upload.known else None
            ),
            "plan": shown["plan"]
            | {"target_name": _json(target_sentence(upload.plan.target, wording))},
            "download": None
            if upload.state.is_gone
            else hub.links.async_download(upload.id),
        }
        | pictures(hub, cover)
    )


def instances_of(hub: Hub) -> Mapping[str, str]:
    """Return what the Home Assistants are called that share the library, by their ids."""
    return hub.coordinator.data.instances


def archive_item(hub: Hub, archive: Archive) -> dict[str, Any]:
    """Show an archive as lists do."""
    return _archive(hub, archive, archive_summary(archive, instances_of(hub)))


def archive_item_details(
    hub: Hub, details: ArchiveDetails, photos: tuple[Photo, ...]
) -> dict[str, Any]:
    """Show an archive with its plates, filaments and photos."""
    archive = details.archive
    shown = _archive(hub, archive, archive_details(details, photos, instances_of(hub)))
    return shown | {
        "plates": [_plate(hub, plate) for plate in shown["plates"]],
        "photos": [photo_item(hub, archive.id, photo) for photo in photos],
        "not_queueable": not_queueable(hub, details.facts),
    }


def _archive(hub: Hub, archive: Archive, shown: dict[str, Any]) -> dict[str, Any]:
    return (
        shown
        | {
            "id": archive.id,
            "printer_id": archive.printer.id,
            "download": hub.links.async_download(archive.id),
            "last_failure": _json(failure_sentence(archive)),
            "last_failed_at": archive.last_failed_at.isoformat()
            if archive.last_failed_at
            else None,
        }
        | pictures(hub, cover_url(archive.id, archive.cover))
    )


def photo_item(hub: Hub, archive_id: str, photo: Photo) -> dict[str, Any]:
    """Show a photo."""
    shown = photo_view(archive_id, photo)
    return shown | {"url": hub.links.async_signed(shown["url"])}


def _plate(hub: Hub, plate: dict[str, Any]) -> dict[str, Any]:
    return plate | pictures(hub, plate["thumbnail"])


def verdict_item(answered: Answered, wording: Wording) -> dict[str, Any]:
    """Show the verdict that holds after somebody gave one."""
    return verdict_view(answered, wording) | {
        "message": answer_sentence(answered).as_json()
    }


def job_item(
    hub: Hub, job: Job, wording: Wording, span: Span | None = None
) -> dict[str, Any]:
    """Show a job; `wording` is that of the hub, which lists ask for once, `span` is when it should print."""
    shown = job_view(job, wording)
    waiting = None
    if said := waiting_sentence(job, wording):
        waiting = said.as_json() | {
            "key": shown["waiting_key"],
            "wrong_model": _json(wrong_target_sentence(job, wording)),
        }
    problem = None
    if job.problem:
        problem = problem_sentence(job.problem).as_json() | {"key": job.problem.value}
    facts = {key: value for key, value in shown.items() if key not in _SAID}
    picture = plate_url(job.archive_id, job.plate) if job.has_thumbnail else None
    return (
        facts
        | {
            "id": job.id,
            "printer_id": job.printer.id,
            "instance_id": _instance_id(wording, job.instance),
            # Of the file alone: the panel says which plate, in the user's language.
            "name": job.name,
            "machine_id": job.machine_id or None,
            "plate_count": job.plate_count,
            "waiting": waiting,
            "status": state_sentence(job, wording).as_json(),
            "target_name": _json(target_sentence(job.target, wording)),
            "problem": problem,
            # As a person noted it; the other reasons are `problem`.
            "error": job.error,
            "answers": [each.value for each in job.question.answers]
            if job.question
            else [],
            "verbs": job_verbs(hub, job, wording),
            "copying": _copying(hub, job),
            "expected_on": span.printer if span else None,
            "expected_start": span.start.isoformat() if span else None,
            "expected_end": span.end.isoformat() if span else None,
            "download": hub.links.async_download(job.archive_id),
        }
        | pictures(hub, picture)
    )


def _copying(hub: Hub, job: Job) -> dict[str, Any] | None:
    """Tell to which real printer the file of a job is being copied, and how far that is."""
    copy = hub.machines.copies.of(job.id)
    if copy is None:
        return None
    return {"printer_id": copy.machine_id, "progress": copy.percent}


def job_verbs(hub: Hub, job: Job, wording: Wording) -> list[str]:
    """Tell what can be done to a job now."""
    if job.state.is_active:
        if job.question or job.is_stopping:
            return []
        if job.machine_id in hub.coordinator.data.printers.others:
            # Another Home Assistant prints it.
            return []
        machine = hub.machines.by_id.get(job.machine_id)
        phase = machine.state.phase if machine and machine.is_printing else None
        verbs = ["stop"]
        if phase is Phase.PAUSE:
            verbs.append("resume")
        elif phase is Phase.RUNNING:
            verbs.append("pause")
        return verbs
    verbs = [
        verb.name.lower()
        for verb in (JobVerb.START, JobVerb.HOLD, JobVerb.RELEASE)
        if job.state in TRANSITIONS[verb][0]
        or (verb is JobVerb.START and may_start_again(job, wording))
    ]
    if job.state.is_queued:
        verbs += ["complete", "fail", "cancel"]
    elif job.state in TRANSITIONS[JobVerb.RETRY][0]:
        verbs.append("retry")
    return verbs


def item_for(viewer: Viewer, item: dict[str, Any]) -> dict[str, Any]:
    """Return an upload, archive or job with what somebody may do with it, and without what they may not."""
    rights = viewer.rights_to(
        Thing(person=item["person_id"] or "", printer_id=item["printer_id"])
    )
    shown = item | {"rights": sorted(rights)}
    if "verbs" in item:
        shown["verbs"] = [
            verb
            for verb in item["verbs"]
            if (Right.DECIDE if verb in DECIDING else Right.WORK) in rights
        ]
        shown["answers"] = item["answers"] if Right.WORK in rights else []
    return shown


def _instance_id(wording: Wording, instance_id: str) -> str | None:
    """Return where something came in, if several Home Assistants share the library."""
    return instance_id if instance_id in wording.instances else None


def not_queueable(hub: Hub, facts: SlicedFile | None) -> dict[str, Any] | None:
    """Say why a file cannot be queued, as queueing it would; None where it can be."""
    obstacle = hub.library.queue_obstacle(facts) if facts else None
    return _json(said(obstacle) if obstacle else None)


def _json(said: Sentence | None) -> dict[str, Any] | None:
    return said.as_json() if said else None
