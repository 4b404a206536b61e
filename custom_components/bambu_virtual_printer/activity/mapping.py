"""What happens, as event entities, triggers and the event bus tell it."""

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
    JobMoved,
    JobPrinting,
    JobPutBack,
    JobReleased,
    JobStarted,
    LibraryEvent,
    QueueEmptied,
    StorageLow,
    StorageOk,
    UploadApproved,
    UploadChanged,
    UploadDiscarded,
    UploadExpired,
    UploadHeld,
    UploadSentBack,
)
from ..engine.library.values.job import Job, JobState
from ..engine.library.values.records import Archive, DuplicateHistory, Upload
from ..engine.printable import printable
from ..engine.values import PrintRequest, ReceivedFile
from ..presentation import (
    Wording,
    archive_summary,
    job_view,
    known_view,
    received_attributes,
    request_view,
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
}
_FINISHED_KINDS = {
    JobState.COMPLETED: EventKind.JOB_COMPLETED,
    JobState.FAILED: EventKind.JOB_FAILED,
    JobState.SKIPPED: EventKind.JOB_SKIPPED,
    JobState.CANCELLED: EventKind.JOB_CANCELLED,
}


def printer_activity(
    printer_id: str, name: str, event: PrinterEvent | RelayEvent
) -> Activity | None:
    """Tell an event of a virtual printer; None for those that nobody has to hear of, or that are told another way."""
    attributes: dict[str, Any]
    match event:
        case UploadFailed():
            kind = EventKind.UPLOAD_FAILED
            attributes = {
                "file_name": printable(event.name),
                "source_ip": event.peer,
                "reason": event.reason,
                "received_bytes": event.received_bytes,
            }
        case SlicerConnected():
            kind = EventKind.SLICER_CONNECTED
            attributes = {"source_ip": event.peer, "client_id": event.client_id}
        case SlicerDisconnected():
            kind = EventKind.SLICER_DISCONNECTED
            attributes = {
                "source_ip": event.peer,
                "client_id": event.client_id,
                "reason": event.reason,
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
            attributes = {"reason": reason}
        case _:
            return None
    return Activity(
        kind=kind, printer_id=printer_id, attributes={"printer": name, **attributes}
    )


def received_activities(
    printer_id: str,
    name: str,
    file: ReceivedFile,
    request: PrintRequest | None,
    known: DuplicateHistory | None,
) -> tuple[Activity, ...]:
    """Tell of a received file, with what the archive knows of the same bytes, and again if it knows any."""
    received = Activity(
        kind=EventKind.RECEIVED,
        printer_id=printer_id,
        attributes={
            "printer": name,
            **received_attributes(file, request),
            **known_view(known),
        },
    )
    if known is None:
        return (received,)
    return (received, replace(received, kind=EventKind.DUPLICATE_DETECTED))


def library_activity(
    event: LibraryEvent, wording: Wording, model_names: Mapping[str, str]
) -> Activity | None:
    """Tell an event of the library; None for those that nobody has to hear of.

    `model_names` are the slicers' names of the printers' models by their ids.
    """
    match event:
        case UploadHeld(upload=upload):
            return _of_upload(EventKind.PENDING, upload, wording, model_names)
        case UploadChanged(upload=upload):
            return _of_upload(EventKind.PENDING_CHANGED, upload, wording, model_names)
        case UploadApproved(upload=upload, archive=archive, jobs=jobs):
            return Activity(
                kind=EventKind.APPROVED,
                printer_id=upload.printer.id,
                attributes=_archive(archive, wording, model_names)
                | {"queued": bool(jobs), "job_ids": [job.id for job in jobs]},
            )
        case UploadDiscarded(upload=upload):
            return _of_upload(EventKind.DISCARDED, upload, wording, model_names)
        case UploadSentBack(upload=upload):
            return _of_upload(EventKind.SENT_BACK, upload, wording, model_names)
        case UploadExpired(upload=upload):
            return _of_upload(EventKind.EXPIRED, upload, wording, model_names)
        case ArchiveAdded(archive=archive):
            return _of_archive(EventKind.ARCHIVED, archive, wording, model_names)
        case ArchiveChanged(archive=archive):
            return _of_archive(EventKind.ARCHIVE_CHANGED, archive, wording, model_names)
        case ArchiveDeleted(archive=archive):
            return _of_archive(EventKind.ARCHIVE_DELETED, archive, wording, model_names)
        case JobFinished(job=job):
            return _of_job(_FINISHED_KINDS[job.state], job, wording)
        case QueueEmptied():
            return Activity(kind=EventKind.QUEUE_EMPTIED, attributes={})
        case StorageLow(reason=reason, free_bytes=free, used_bytes=used):
            return Activity(
                kind=EventKind.STORAGE_LOW,
                attributes={
                    "reason": reason,
                    "free_bytes": free,
                    "used_bytes": used,
                },
            )
        case StorageOk(free_bytes=free, used_bytes=used):
            return Activity(
                kind=EventKind.STORAGE_OK,
                attributes={"free_bytes": free, "used_bytes": used},
            )
    if (kind := _JOB_KINDS.get(type(event))) and hasattr(event, "job"):
        return _of_job(kind, event.job, wording)
    return None


def _of_upload(
    kind: EventKind, upload: Upload, wording: Wording, model_names: Mapping[str, str]
) -> Activity:
    shown = upload_summary(upload, wording)
    shown["wrong_model"] = wrong_model(
        wording.texts, shown["sliced_for"], model_names.get(upload.printer.id, "")
    )
    return Activity(kind=kind, printer_id=upload.printer.id, attributes=shown)


def _of_archive(
    kind: EventKind, archive: Archive, wording: Wording, model_names: Mapping[str, str]
) -> Activity:
    return Activity(
        kind=kind,
        printer_id=archive.printer.id,
        attributes=_archive(archive, wording, model_names),
    )


def _archive(
    archive: Archive, wording: Wording, model_names: Mapping[str, str]
) -> dict[str, Any]:
    received_by = model_names.get(archive.printer.id, "")
    return archive_summary(archive) | {
        "wrong_model": wrong_model(wording.texts, archive.sliced_for, received_by)
    }


def _of_job(kind: EventKind, job: Job, wording: Wording) -> Activity:
    return Activity(
        kind=kind, printer_id=job.printer.id, attributes=job_view(job, wording)
    )
