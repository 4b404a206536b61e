"""Kinds of activity, and the activity itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

from homeassistant.core import Context

from ..const import DOMAIN

EVENT_ACTIVITY = f"{DOMAIN}_activity"

SIGNAL_ACTIVITY = EVENT_ACTIVITY


class EventKind(StrEnum):
    """Kinds of activity."""

    RECEIVED = "received"
    DUPLICATE_DETECTED = "duplicate_detected"
    UPLOAD_FAILED = "upload_failed"
    SLICER_CONNECTED = "slicer_connected"
    SLICER_DISCONNECTED = "slicer_disconnected"
    LOGIN_FAILED = "login_failed"
    TLS_UNTRUSTED = "tls_untrusted"
    PRINT_REQUESTED = "print_requested"
    TARGET_REACHED = "target_reached"
    TARGET_LOST = "target_lost"
    PENDING = "pending"
    PENDING_CHANGED = "pending_changed"
    NOT_QUEUED = "not_queued"
    APPROVED = "approved"
    DISCARDED = "discarded"
    SENT_BACK = "sent_back"
    RESTORED = "restored"
    EXPIRED = "expired"
    ARCHIVED = "archived"
    ARCHIVE_CHANGED = "archive_changed"
    ARCHIVE_DELETED = "archive_deleted"
    JOB_ADDED = "job_added"
    JOB_CHANGED = "job_changed"
    JOB_MOVED = "job_moved"
    JOB_HELD = "job_held"
    JOB_RELEASED = "job_released"
    JOB_STARTED = "job_started"
    JOB_DISPATCHING = "job_dispatching"
    JOB_PRINTING = "job_printing"
    JOB_PUT_BACK = "job_put_back"
    JOB_NEEDS_FILAMENT = "job_needs_filament"
    JOB_LATE = "job_late"
    JOB_JUDGED = "job_judged"
    JOB_QUESTION_RAISED = "job_question_raised"
    JOB_QUESTION_SETTLED = "job_question_settled"
    JOB_COMPLETED = "job_completed"
    JOB_FAILED = "job_failed"
    JOB_SKIPPED = "job_skipped"
    JOB_CANCELLED = "job_cancelled"
    QUEUE_EMPTIED = "queue_emptied"
    STORAGE_LOW = "storage_low"
    STORAGE_OK = "storage_ok"

    @property
    def is_of_printer(self) -> bool:
        """Whether this happens to something that came in by one virtual printer."""
        return self not in OF_HUB

    @property
    def is_of_file(self) -> bool:
        """Whether this happens to a file, of which it is known who sent it and how, or to a job of it."""
        return self not in OF_HUB | OF_CONNECTION


OF_CONNECTION = frozenset(
    {
        EventKind.UPLOAD_FAILED,
        EventKind.SLICER_CONNECTED,
        EventKind.SLICER_DISCONNECTED,
        EventKind.LOGIN_FAILED,
        EventKind.TLS_UNTRUSTED,
        EventKind.PRINT_REQUESTED,
        EventKind.TARGET_REACHED,
        EventKind.TARGET_LOST,
    }
)
OF_HUB = frozenset(
    {EventKind.QUEUE_EMPTIED, EventKind.STORAGE_LOW, EventKind.STORAGE_OK}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Something that happened. `printer_id` names the virtual printer it came in by, if any.

    `context` is that of the action that caused it; None if none did.
    """

    kind: EventKind
    printer_id: str | None = None
    attributes: Mapping[str, Any]
    context: Context | None = None

    def having(self, **attributes: Any) -> Self:
        """Return the same with more attributes."""
        return replace(self, attributes={**self.attributes, **attributes})
