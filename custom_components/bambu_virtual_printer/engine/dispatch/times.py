"""The waiting times of dispatch, and its clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .tracking import TrackingTimes

type Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchTimes:
    """Waiting times in seconds."""

    tracking: TrackingTimes = field(default_factory=TrackingTimes)
    settle_s: float = 60.0
    """How long a printer may still react to a start that failed."""
    error_cleared_s: float = 8.0
    """For a cleared error to disappear."""
    retry_s: float = 30.0
    """Before the second attempt of an upload, and twice that before the third."""
    sweep_s: float = 600.0
    """Before another attempt to remove files from the card."""
    order_s: float = 60.0
    """For a person's order to be carried out."""
    end_s: float = 15.0
    """For an end that the printer reported to be understood (`TrackingTimes.cancel_code_s`, `idle_s`) and stored."""
    others_s: float = 60.0
    """Between two looks at what other Home Assistants print that may be gone."""
    claim_s: float = 120.0
    """For a claim that was given up to be stored all the same."""


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)
