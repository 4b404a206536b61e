"""What was archived and printed within a time, as plain values."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """How much is printed. What a file does not say counts as nothing."""

    filament_g: float = 0.0
    print_time_s: float = 0.0

    def __add__(self, other: Amount) -> Amount:
        """Add up."""
        return Amount(
            filament_g=self.filament_g + other.filament_g,
            print_time_s=self.print_time_s + other.print_time_s,
        )


NOTHING = Amount()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedFile:
    """A file that was archived."""

    at: datetime
    project: str
    person: str
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedJob:
    """A job that came to its end: time, weight and money are those of all its copies that were printed.

    Energy is that of all its prints that were measured. The judged ones are copies, by the word of people.
    """

    at: datetime
    prints: int
    has_failed: bool
    print_time_s: int
    filament_g: float
    cost: float
    judged_good: int
    judged_failed: int
    energy_kwh: float
    energy_cost: float
    materials: tuple[str, ...]
    machine_id: str
    project: str
    person: str
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Both, oldest first."""

    files: tuple[ArchivedFile, ...]
    jobs: tuple[EndedJob, ...]
