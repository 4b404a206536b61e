"""Converts printer and library events to activities."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..engine.events import (
    LoginFailed,
    PrinterEvent,
    PrintRequested,
    RelayEvent,
    SlicerConnected,
    SlicerDisconnected,
    TargetLost,
    TargetMoved,
    TargetReached,
    TlsRefused,
    UploadFailed,
)
from ..engine.library.values.events import (
    ArchiveAdded,
    ArchiveChanged,
    ArchiveDeleted,
    JobAdded,
    JobChanged,
    JobDispatching,
    JobFinished,
    JobHeld,
    JobJudged,
    JobMoved,
    JobPrinting,
    JobPutBack,
    JobQuestionRaised,
    JobQuestionSettled,
    JobReleased,
    JobStarted,
    LibraryEvent,
    QueueEmptied,
    QueueRefused,
    StorageLow,
    StorageOk,
    UploadApproved,
    UploadChanged,
    UploadDiscarded,
    UploadExpired,
    UploadHeld,
    UploadRestored,
    UploadSentBack,
    UploadStored,
)
from ..engine.library.values.job import Job, JobState
from ..engine.library.values.records import Archive, Upload
from ..engine.printable import printable
from ..language.texts import Texts
from ..operations.context import actor
from ..presentation import (
    Wording,
    archive_summary,
    known_view,
    received_attributes,
    request_view,
    told_job_view,
    upload_summary,
    wrong_model,
)
from ..printers.client_history import TRUST_ALERTS
from .kinds import Activity, EventKind

_JOB_KINDS = {
    JobAdded: EventKind.JOB_ADDED,
    JobChanged: EventKind.JOB_CHANGED,
    JobMoved: EventKind.JOB_MOVED,
    JobHeld: EventKind.JOB_HELD,
    JobReleased: EventKind.JOB_RELEASED,
    JobStarted: EventKind.JOB_STARTED,
    JobDispatching: EventKind.JOB_DISPATCHING,
    JobPrinting: EventKind.JOB_PRINTING,
    JobPutBack: EventKind.JOB_PUT_BACK,
    JobJudged: EventKind.JOB_JUDGED,
    JobQuestionRaised: EventKind.JOB_QUESTION_RAISED,
    JobQuestionSettled: EventKind.JOB_QUESTION_SETTLED,
}
_FINISHED_KINDS = {
    JobState.COMPLETED: EventKind.JOB_COMPLETED,
    JobState.FAILED: EventKind.JOB_FAILED,
    JobState.SKIPPED: EventKind.JOB_SKIPPED,
    JobState.CANCELLED: EventKind.JOB_CANCELLED,
}


def printer_activity(
    printer_id: str,
    name: str,
    event: PrinterEvent | RelayEvent,
    texts: Texts,
) -> Activity | None:
    """Convert an event of a printer; None for internal ones, and for those that the library follows with its own."""
    attributes: dict[str, Any]
    match event:
        case UploadFailed():
            kind = EventKind.UPLOAD_FAILED
            attributes = {
                "file_name": printable(event.name),
                "source_ip": event.peer,
                "reason": texts.explained(event.reason),
                "received_bytes": event.received_bytes,
            }
        case SlicerConnected():
            kind = EventKind.SLICER_CONNECTED
            attributes = {
                "source_ip": event.peer,
                "client_id": event.client_id,
                "sender": printable(event.sender.name),
            }
        case SlicerDisconnected():
            kind = EventKind.SLICER_DISCONNECTED
            attributes = {
                "source_ip": event.peer,
                "client_id": event.client_id,
                "reason": texts.explained(event.reason),
            }
        case LoginFailed():
            kind = EventKind.LOGIN_FAILED
            attributes = {
                "source_ip": event.peer,
                "service": event.service.value,
                "attempts": event.attempts,
                "codes": event.codes,
            }
        case TlsRefused(alert=alert) if alert in TRUST_ALERTS:
            kind = EventKind.TLS_UNTRUSTED
            attributes = {
                "source_ip": event.peer,
                "service": event.service.value,
                "reason": alert,
            }
        case PrintRequested(request=request):
            kind = EventKind.PRINT_REQUESTED
            attributes = {
                "upload_id": event.upload_id,
                "source_ip": request.peer,
                **(request_view(request) or {}),
            }
        case TargetReached() | TargetMoved():
            kind = EventKind.TARGET_REACHED
            attributes = {"address": event.address}
        case TargetLost(reason=reason):
            kind = EventKind.TARGET_LOST
            attributes = {"reason": texts.explained(reason)}
        case _:
            return None
    return _activity(kind, {"printer": name, **attributes}, printer_id)


def library_activities(
    event: LibraryEvent, wording: Wording, model_names: Mapping[str, str]
) -> tuple[Activity, ...]:
    """Convert an event of the library: to none if it is internal, to two if it is a duplicate that was received.

    `model_names` are the slicers' names of the printers' models by their ids.
    """
    if isinstance(event, UploadStored):
        return _received(event, wording)
    activity = _library_activity(event, wording, model_names)
    return () if activity is None else (activity,)


def _received(event: UploadStored, wording: Wording) -> tuple[Activity, ...]:
    received = _activity(
        EventKind.RECEIVED,
        {
            "printer": event.printer.name,
            **received_attributes(event.file, event.request, wording.instances),
            **known_view(event.known, wording.texts),
        },
        event.printer.id,
    )
    if event.known is None:
        return (received,)
    return (received, replace(received, kind=EventKind.DUPLICATE_DETECTED))


def _library_activity(
    event: LibraryEvent, wording: Wording, model_names: Mapping[str, str]
) -> Activity | None:
    match event:
        case UploadHeld(upload=upload):
            return _of_upload(EventKind.PENDING, upload, wording, model_names)
        case QueueRefused(upload=upload, reason=reason, is_archived=is_archived):
            return _of_upload(
                EventKind.NOT_QUEUED,
                replace(upload, reason=reason),
                wording,
                model_names,
            ).having(archived=is_archived)
        case UploadChanged(upload=upload, by_slicer=by_slicer):
            changed = _of_upload(
                EventKind.PENDING_CHANGED, upload, wording, model_names
            )
            return _changed_by(changed, by_slicer=by_slicer)
        case UploadApproved(upload=upload, archive=archive, jobs=jobs):
            return _activity(
                EventKind.APPROVED,
                _archive(archive, wording, model_names)
                | {"queued": bool(jobs), "job_ids": [job.id for job in jobs]},
                upload.printer.id,
            )
        case UploadDiscarded(upload=upload):
            return _of_upload(EventKind.DISCARDED, upload, wording, model_names)
        case UploadSentBack(upload=upload):
            return _of_upload(EventKind.SENT_BACK, upload, wording, model_names)
        case UploadRestored(upload=upload):
            return _of_upload(EventKind.RESTORED, upload, wording, model_names)
        case UploadExpired(upload=upload):
            return _of_upload(EventKind.EXPIRED, upload, wording, model_names)
        case ArchiveAdded(archive=archive):
            return _of_archive(EventKind.ARCHIVED, archive, wording, model_names)
        case ArchiveChanged(archive=archive, by_slicer=by_slicer):
            changed = _of_archive(
                EventKind.ARCHIVE_CHANGED, archive, wording, model_names
            )
            return _changed_by(changed, by_slicer=by_slicer)
        case ArchiveDeleted(archive=archive, undone=False):
            return _of_archive(EventKind.ARCHIVE_DELETED, archive, wording, model_names)
        case JobFinished(job=job):
            return _of_job(_FINISHED_KINDS[job.state], job, wording)
        case QueueEmptied():
            return _activity(EventKind.QUEUE_EMPTIED, {})
        case StorageLow(reason=reason, free_bytes=free, used_bytes=used):
            return _activity(
                EventKind.STORAGE_LOW,
                {
                    "reason": wording.texts.explained(reason),
                    "free_bytes": free,
                    "used_bytes": used,
                },
            )
        case StorageOk(free_bytes=free, used_bytes=used):
            return _activity(
                EventKind.STORAGE_OK, {"free_bytes": free, "used_bytes": used}
            )
        case (
            JobAdded(job=job)
            | JobChanged(job=job)
            | JobMoved(job=job)
            | JobHeld(job=job)
            | JobReleased(job=job)
            | JobStarted(job=job)
            | JobDispatching(job=job)
            | JobPrinting(job=job)
            | JobPutBack(job=job)
            | JobJudged(job=job)
            | JobQuestionRaised(job=job)
            | JobQuestionSettled(job=job)
        ):
            return _of_job(_JOB_KINDS[type(event)], job, wording)
    return None


def needs_filament(job: Job, wording: Wording) -> Activity:
    """Return the activity of a job that waits for filament from now on, which is nobody's doing."""
    return _by_itself(EventKind.JOB_NEEDS_FILAMENT, job, wording)


def _changed_by(activity: Activity, *, by_slicer: bool) -> Activity:
    """Say that it was the slicer's Print that changed something, and not a person."""
    return activity.having(changed_by="slicer" if by_slicer else "person")


def is_late(job: Job, wording: Wording) -> Activity:
    """Return the activity of a job that cannot be ready in time any more, which is nobody's doing."""
    return _by_itself(EventKind.JOB_LATE, job, wording)


def _by_itself(kind: EventKind, job: Job, wording: Wording) -> Activity:
    """Return an activity that came of no action, though one may have been looked after just then."""
    return replace(_of_job(kind, job, wording), context=None)


def _of_upload(
    kind: EventKind, upload: Upload, wording: Wording, model_names: Mapping[str, str]
) -> Activity:
    shown = upload_summary(upload, wording)
    shown["wrong_model"] = wrong_model(
        wording.texts, shown["sliced_for"], model_names.get(upload.printer.id, "")
    )
    return _activity(kind, shown, upload.printer.id)


def _of_archive(
    kind: EventKind, archive: Archive, wording: Wording, model_names: Mapping[str, str]
) -> Activity:
    return _activity(kind, _archive(archive, wording, model_names), archive.printer.id)


def _archive(
    archive: Archive, wording: Wording, model_names: Mapping[str, str]
) -> dict[str, Any]:
    received_by = model_names.get(archive.printer.id, "")
    return archive_summary(archive, wording.instances) | {
        "wrong_model": wrong_model(wording.texts, archive.sliced_for, received_by)
    }


def _of_job(kind: EventKind, job: Job, wording: Wording) -> Activity:
    return _activity(kind, told_job_view(job, wording), job.printer.id)


def _activity(
    kind: EventKind, attributes: Mapping[str, Any], printer_id: str | None = None
) -> Activity:
    """Make an activity of the action under way."""
    return Activity(
        kind=kind, printer_id=printer_id, attributes=attributes, context=actor()
    )
