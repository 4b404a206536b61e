"""How jobs are asked for in Home Assistant's words: targets by name, changes to a plan."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from homeassistant.helpers.typing import UNDEFINED, UndefinedType

from .emulator.models import MODELS
from .library.job import JobPlan, PrintOptions, Priority, Target, TargetKind
from .model import PrinterRef

TARGET_ANY = "any"
TARGET_NONE = "none"
AUTOMATICS = ("off", "on", "auto")
"""What a printer may do by itself, as `PrintOptions` numbers it."""
PRIORITIES = tuple(priority.name.lower() for priority in Priority)


def target_of(name: str, model_code: str) -> Target | None:
    """Return the target of a name: any printer of this model, none, any of a model by its code, a printer by its id."""
    if name == TARGET_NONE:
        return None
    if name == TARGET_ANY:
        return Target(kind=TargetKind.MODEL, id=model_code)
    if name in MODELS:
        return Target(kind=TargetKind.MODEL, id=name)
    return Target(kind=TargetKind.PRINTER, id=name)


def is_gone(target: Target | None, known: Collection[str]) -> bool:
    """Tell whether a target is a real printer that is not among those that are known by their ids."""
    return (
        target is not None
        and target.kind is TargetKind.PRINTER
        and target.id not in known
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTarget:
    """What to call a real printer or a model that jobs are meant for, and how sliced files name its model."""

    name: str
    profile_name: str


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

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be changed."""
        return self == NO_CHANGES

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
            changes["staged"] = self.hold
        if self.priority is not None:
            changes["priority"] = priority_of(self.priority)
        if self.not_before is not UNDEFINED:
            changes["not_before"] = self.not_before
        if self.due is not UNDEFINED:
            changes["due_at"] = self.due
        if self.options:
            changes["options"] = replace(plan.options or PrintOptions(), **self.options)
        return replace(plan, **changes)


NO_CHANGES = PlanChanges()


def priority_of(name: str) -> Priority:
    """Return a priority by its name."""
    return Priority[name.upper()]
