"""How long the queue waits for what, and the clock that it goes by."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .tracking import TrackingTimes

type Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchTimes:
    """How long to wait for what, in seconds."""

    tracking: TrackingTimes = field(default_factory=TrackingTimes)
    settle_s: float = 60.0
    """How long a printer may still react to a start that came to nothing."""
    error_cleared_s: float = 8.0
    """For an error to go after it was cleared."""
    retry_s: float = 30.0
    """Before the next attempt after one that may go better, and as long again before the one after."""
    sweep_s: float = 600.0
    """Before another attempt to remove files from the card."""
    order_s: float = 60.0
    """For what a person ordered to be taken up."""


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)
