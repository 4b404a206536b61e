"""Targets of jobs as text."""

from collections.abc import Collection

from ...protocol.printer_models import MODELS
from .job import Target, TargetKind

TARGET_ANY = "any"

TARGET_NONE = "none"


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
    """Return whether a target is a real printer that is not among those that are known by their ids."""
    return (
        target is not None
        and target.kind is TargetKind.PRINTER
        and target.id not in known
    )
