"""What the planner needs to know about a job."""

from dataclasses import dataclass
from datetime import datetime

from ..library.values.made import NOTHING, Amount
from ..machines.filaments import Filament
from ..values import FilamentRule
from .allowances import Allowance
from .when.values import NO_WISHES, Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyPrinter:
    """Any real printer of a model, by its code."""

    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePrinter:
    """One real printer."""

    machine_id: str


type JobTarget = OnePrinter | AnyPrinter


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a plate requires of a printer.

    `model` is the code of the model that it was sliced for, empty where the file does not name it. `nozzles_mm` are the diameters of the
    nozzles, left one first where there are two. `project_filaments` is how many filaments the project has, used by the
    plate or not.
    """

    model: str
    nozzles_mm: tuple[float, ...]
    filaments: tuple[Filament, ...]
    project_filaments: int
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedJob:
    """A queued job. `is_started` is one that a person has started: it goes before the others, held or not.

    `one_copy` is how much one copy takes, and `allowance` what whoever sent it (`person`) may have printed, None for everything.
    `problem` is the key of why the last attempt failed, `retry_at` when the next one may be made. `rule` says which spools may be
    used, `prints_anyway` that it does not matter how much is left on them. `copies` are those that are still to be printed.
    """

    id: str
    target: JobTarget | None
    needs: Needs
    is_held: bool = False
    is_started: bool = False
    starts: int = 0
    """How many times a person has started it, for a copy before too."""
    not_before: datetime | None = None
    options_due_at: datetime | None = None
    retry_at: datetime | None = None
    problem: str = ""
    rule: FilamentRule = FilamentRule.MATCH_COLOR
    prints_anyway: bool = False
    copies: int = 1
    queued_at: datetime | None = None
    person: str = ""
    one_copy: Amount = NOTHING
    allowance: Allowance | None = None
    wishes: Wishes = NO_WISHES
    """What it wants about time."""
