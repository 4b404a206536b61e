"""How jobs are asked for in Home Assistant's words: targets by name, changes to a plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from homeassistant.helpers.typing import UNDEFINED, UndefinedType

from ..engine.library.values.job import JobPlan, PrintOptions, Priority
from ..engine.library.values.targets import target_of
from ..engine.library.values.timing import OwnQuiet, OwnSun, Timing, Unknown
from ..engine.values import FilamentRule, PrinterRef
from ..language.sentences import Sentence
from .times import require_to_come

ON_OFF_AUTO = ("off", "on", "auto")
"""What a printer may do by itself, as `PrintOptions` numbers it."""
RULE_OF_PRINTER = "printer"
"""Of which spools a job may use: what its virtual printer says."""
FILAMENT_RULES = (RULE_OF_PRINTER, *(rule.value for rule in FilamentRule))
PRIORITIES = tuple(priority.name.lower() for priority in Priority)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTarget:
    """What to call a real printer or a model that jobs are meant for, and how sliced files name its model.

    `name` is in the household's language, `said` for clients that translate. `prints` is whether the queue prints on it, or on
    one of the model.
    """

    name: str
    said: Sentence
    profile_name: str
    prints: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingChanges:
    """What to change in what jobs wait for beside their start; an empty `only_while` is none."""

    only_while: str | None = None
    only_while_unknown: str | None = None
    cheapest_before: datetime | None | UndefinedType = UNDEFINED
    quiet_hours: OwnQuiet | None | UndefinedType = UNDEFINED
    sun: OwnSun | None | UndefinedType = UNDEFINED

    def check(self, before: Timing) -> None:
        """Make sure that no other time is asked for that is over. Raises ServiceValidationError."""
        require_to_come(self.cheapest_before, before.cheapest_before)

    def apply(self, before: Timing) -> Timing:
        """Return a job's conditions with the changes."""
        changes: dict[str, Any] = {}
        if self.only_while is not None:
            changes["only_while"] = self.only_while.strip()
        if self.only_while_unknown is not None:
            changes["unknown"] = Unknown(self.only_while_unknown)
        if self.cheapest_before is not UNDEFINED:
            changes["cheapest_before"] = self.cheapest_before
        if self.quiet_hours is not UNDEFINED:
            changes["quiet"] = self.quiet_hours
        if self.sun is not UNDEFINED:
            changes["sun"] = self.sun
        return replace(before, **changes)


NO_TIMING_CHANGES = TimingChanges()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanges:
    """What to change in how jobs are made; None leaves it as it is, but clears a time."""

    target: str | None = None
    plates: Sequence[int] | None = None
    copies: int | None = None
    hold: bool | None = None
    priority: str | None = None
    not_before: datetime | None | UndefinedType = UNDEFINED
    due: datetime | None | UndefinedType = UNDEFINED
    options: Mapping[str, Any] | None = None
    filament_rule: str | None = None
    print_anyway: bool | None = None
    timing: TimingChanges = NO_TIMING_CHANGES

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be changed."""
        return self == NO_CHANGES

    def check(self, before: JobPlan) -> None:
        """Make sure that no other time is asked for that is over. Raises ServiceValidationError."""
        require_to_come(self.not_before, before.not_before)
        require_to_come(self.due, before.due)
        self.timing.check(before.timing)

    def apply(self, plan: JobPlan, printer: PrinterRef) -> JobPlan:
        """Return the plan with the changes; `printer` is the virtual one, whose model `any` means."""
        changes: dict[str, Any] = {}
        if self.target is not None:
            changes["target"] = target_of(self.target, printer.model)
        if self.plates is not None:
            changes["plates"] = tuple(self.plates)
        if self.copies is not None:
            changes["copies"] = self.copies
        if self.hold is not None:
            changes["hold"] = self.hold
        if self.priority is not None:
            changes["priority"] = priority_of(self.priority)
        if self.not_before is not UNDEFINED:
            changes["not_before"] = self.not_before
        if self.due is not UNDEFINED:
            changes["due"] = self.due
        if self.filament_rule is not None:
            changes["filament_rule"] = rule_of(self.filament_rule)
        if self.print_anyway is not None:
            changes["print_anyway"] = self.print_anyway
        changes["timing"] = self.timing.apply(plan.timing)
        if self.options:
            changes["options"] = replace(plan.options or PrintOptions(), **self.options)
        return replace(plan, **changes)


NO_CHANGES = PlanChanges()


def rule_of(name: str) -> FilamentRule | None:
    """Return the rule of this name, None for that of the virtual printer."""
    return None if name == RULE_OF_PRINTER else FilamentRule(name)


def priority_of(name: str) -> Priority:
    """Return a priority by its name."""
    return Priority[name.upper()]
