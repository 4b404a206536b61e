"""What somebody may have printed by the queue: on which printers, and how much in a month. Pure."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..library.values.made import NOTHING, Amount
from .reasons import Reason, ReasonKey

# Sums of floats are not exact.
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a person may have printed; None is any printer, or any amount.

    `used` is what was printed for them this month and what printers have. `renews_at` is when the next month begins.
    """

    name: str
    machines: frozenset[str] | None = None
    limit_g: float | None = None
    limit_s: float | None = None
    used: Amount = NOTHING
    renews_at: datetime | None = None

    def obstacle(self, wanted: Amount, begun: Amount = NOTHING) -> Reason | None:
        """Return why a copy of a plate may not be printed, beside others that have just `begun`; None if it may."""
        after = self.used + begun + wanted
        for limit, its, then, is_time in (
            (self.limit_g, wanted.filament_g, after.filament_g, False),
            (self.limit_s, wanted.print_time_s, after.print_time_s, True),
        ):
            if limit is None or then <= limit + _TOLERANCE:
                continue
            is_too_large = its > limit + _TOLERANCE
            return Reason(
                key=ReasonKey.OVER_LIMIT if is_too_large else ReasonKey.LIMIT_REACHED,
                until=None if is_too_large else self.renews_at,
                person=self.name,
                limit_s=limit if is_time else None,
                limit_g=None if is_time else limit,
            )
        return None


def not_for(allowance: Allowance | None, machine_id: str) -> Reason | None:
    """Return that somebody may not have things printed there; None if they may."""
    if allowance is None or allowance.machines is None:
        return None
    if machine_id in allowance.machines:
        return None
    return Reason(
        key=ReasonKey.NOT_FOR_PERSON, machine_id=machine_id, person=allowance.name
    )


type AllowanceSource = Callable[[], Awaitable[Mapping[str, Allowance]]]
"""Returns the allowances that there are, by person. Raises StorageError."""


async def no_allowances() -> Mapping[str, Allowance]:
    """Let everybody print everything everywhere."""
    return {}
