"""What a job wants about its time, beside when it may begin and when it should be ready."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MAX_ONLY_WHILE_CHARS = 2_000


class Unknown(StrEnum):
    """What a rule does while what it depends on is not known."""

    HOLD = "hold"
    LET_GO = "let_go"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Conditions of a job for its start.

    `only_while` is an entity or a template that has to be on, empty for none; `unknown` is what counts while nobody knows. With
    `cheapest_before` it begins at the time at which it costs least to be ready by then.
    """

    only_while: str = ""
    unknown: Unknown = Unknown.HOLD
    cheapest_before: datetime | None = None


NO_TIMING = Timing()
