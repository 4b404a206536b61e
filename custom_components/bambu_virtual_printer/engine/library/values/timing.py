"""What a job wants about its time, beside when it may begin and when it should be ready."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

MAX_ONLY_WHILE_CHARS = 2_000
DEFAULT_SUN_HYSTERESIS_W = 50.0


class Unknown(StrEnum):
    """What a rule does while what it depends on is not known."""

    HOLD = "hold"
    LET_GO = "let_go"


class Scope(StrEnum):
    """What quiet hours exclude."""

    BEGIN = "begin"
    """Nothing may begin in them; what has begun goes on."""
    RUN = "run"
    """Nothing may run in them either, by the estimate of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnQuiet:
    """Quiet hours of a job, beside those of its printer: of every day from one time to another, or a schedule's, or both."""

    begin: time | None = None
    end: time | None = None
    schedule: str = ""
    scope: Scope = Scope.BEGIN
    unknown: Unknown = Unknown.HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSun:
    """How much power a sensor has to show for a job to begin, beside what its printer asks for."""

    sensor: str
    limit_w: float
    hysteresis_w: float = DEFAULT_SUN_HYSTERESIS_W
    unknown: Unknown = Unknown.HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Conditions of a job for its start.

    `only_while` is an entity or a template that has to be on, empty for none; `unknown` is what counts while nobody knows. With
    `cheapest_before` it begins at the time at which it costs least to be ready by then.
    """

    only_while: str = ""
    unknown: Unknown = Unknown.HOLD
    cheapest_before: datetime | None = None
    quiet: OwnQuiet | None = None
    sun: OwnSun | None = None

    def asks_more_than(self, before: Timing) -> bool:
        """Return whether a condition is set or is another one than before: what was only taken away is none."""
        return any(
            condition and condition != other
            for condition, other in zip(
                _conditions(self), _conditions(before), strict=True
            )
        )


NO_TIMING = Timing()


def _conditions(timing: Timing) -> tuple[object, ...]:
    only_while = (timing.only_while, timing.unknown) if timing.only_while else None
    return only_while, timing.cheapest_before, timing.quiet, timing.sun
