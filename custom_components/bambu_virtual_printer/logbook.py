"""Sentences for Home Assistant's Activity: what happened to which file, and who sent it."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ICON,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.core import Event, HomeAssistant, callback

from .activity.kinds import EVENT_ACTIVITY, EventKind
from .const import DOMAIN, NAME
from .language.texts import Texts

_SENTENCES = {
    EventKind.RECEIVED: "log_received",
    EventKind.DUPLICATE_DETECTED: "log_duplicate_detected",
    EventKind.UPLOAD_FAILED: "log_upload_failed",
    EventKind.SLICER_CONNECTED: "log_slicer_connected",
    EventKind.SLICER_DISCONNECTED: "log_slicer_disconnected",
    EventKind.LOGIN_FAILED: "log_login_failed",
    EventKind.TLS_UNTRUSTED: "log_tls_untrusted",
    EventKind.PRINT_REQUESTED: "log_print_requested",
    EventKind.TARGET_REACHED: "log_target_reached",
    EventKind.TARGET_LOST: "log_target_lost",
    EventKind.PENDING: "log_pending",
    EventKind.PENDING_CHANGED: "log_pending_changed",
    EventKind.NOT_QUEUED: "log_not_queued",
    EventKind.APPROVED: "log_approved",
    EventKind.DISCARDED: "log_discarded",
    EventKind.SENT_BACK: "log_sent_back",
    EventKind.RESTORED: "log_restored",
    EventKind.EXPIRED: "log_expired",
    EventKind.ARCHIVED: "log_archived",
    EventKind.ARCHIVE_CHANGED: "log_archive_changed",
    EventKind.ARCHIVE_DELETED: "log_archive_deleted",
    EventKind.JOB_ADDED: "log_job_added",
    EventKind.JOB_CHANGED: "log_job_changed",
    EventKind.JOB_MOVED: "log_job_moved",
    EventKind.JOB_HELD: "log_job_held",
    EventKind.JOB_RELEASED: "log_job_released",
    EventKind.JOB_STARTED: "log_job_started",
    EventKind.JOB_DISPATCHING: "log_job_dispatching",
    EventKind.JOB_PRINTING: "log_job_printing",
    EventKind.JOB_PUT_BACK: "log_job_put_back",
    EventKind.JOB_JUDGED: "log_job_judged_good",
    EventKind.JOB_NEEDS_FILAMENT: "log_job_needs_filament",
    EventKind.JOB_LATE: "log_job_late",
    EventKind.JOB_QUESTION_RAISED: "log_job_question_raised",
    EventKind.JOB_QUESTION_SETTLED: "log_job_question_settled",
    EventKind.JOB_COMPLETED: "log_job_completed",
    EventKind.JOB_FAILED: "log_job_failed",
    EventKind.JOB_SKIPPED: "log_job_skipped",
    EventKind.JOB_CANCELLED: "log_job_cancelled",
    EventKind.QUEUE_EMPTIED: "log_queue_emptied",
    EventKind.STORAGE_LOW: "log_storage_low",
    EventKind.STORAGE_OK: "log_storage_ok",
}
_CHANGES = (EventKind.PENDING_CHANGED, EventKind.ARCHIVE_CHANGED)
# What was imported came from no address; who fails a job need not say why.
_WITH_SOURCE = {
    EventKind.RECEIVED: "log_received_from",
    EventKind.ARCHIVED: "log_archived_from",
}
_WITH_REASON = {
    EventKind.NOT_QUEUED: "log_not_queued_because",
    EventKind.SENT_BACK: "log_sent_back_because",
    EventKind.JOB_FAILED: "log_job_failed_because",
}


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, Any]]], None],
) -> None:
    """Describe the event of all activities."""
    texts = Texts(hass)

    @callback
    def _describe(event: Event) -> dict[str, Any]:
        data = event.data
        return {
            LOGBOOK_ENTRY_ICON: "mdi:printer-3d",
            LOGBOOK_ENTRY_NAME: _subject(data),
            LOGBOOK_ENTRY_MESSAGE: _message(texts, data),
        }

    async_describe_event(DOMAIN, EVENT_ACTIVITY, _describe)


def _subject(data: Any) -> str:
    """Name what it happened to: the file or job, else the printer, else everything."""
    for key in ("name", "subtask_name", "file_name", "printer"):
        if name := data.get(key):
            return str(name)
    return NAME


def _message(texts: Texts, data: Any) -> str:
    try:
        kind = EventKind(data.get("type"))
    except ValueError:
        # Recorded by another version.
        return str(data.get("type"))
    key = _SENTENCES[kind]
    reason = data.get("reason") or data.get("error") or ""
    if data.get("source_ip"):
        key = _WITH_SOURCE.get(kind, key)
    if reason:
        key = _WITH_REASON.get(kind, key)
    if kind in _CHANGES and data.get("changed_by") == "slicer":
        key = "log_print_requested"
    if kind is EventKind.JOB_JUDGED and data.get("verdict") == "failed":
        key = "log_job_judged_failed"
    return texts(
        key,
        printer=data.get("printer", ""),
        source=data.get("source_ip", ""),
        reason=reason,
        # Once it is sent somewhere it is one printer, whatever it was for.
        target=data.get("printed_on") or data.get("target_name", ""),
        status=data.get("status", ""),
    )
