"""Which spools a job needs, which loaded ones fit, and what is to be loaded where, as plain values."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..engine.dispatch.fits import Fit
from ..engine.dispatch.reasons import Load
from ..engine.library.values.job import Job
from ..engine.library.values.sliced_file import Filament
from ..engine.protocol.printer_models import MODELS
from .filaments import place_name
from .machines import spool_view
from .wording import Wording

_NOZZLES = ("left", "right")


def filaments_view(job: Job, wording: Wording) -> list[dict[str, Any]]:
    """Show what a job's plate takes of each filament, and while the job is in line the loaded spools that fit."""
    fits = wording.fits.of(job.id) if wording.fits else {}
    return needed_view(job.filaments, job.sliced_for, fits, wording)


def needed_view(
    filaments: Iterable[Filament],
    sliced_for: str,
    fits: Mapping[int, tuple[Fit, ...]],
    wording: Wording,
) -> list[dict[str, Any]]:
    """Show what is taken of each filament of a file that was sliced for a model, and the loaded spools that fit."""
    return [
        {
            "filament": filament.slot,
            "type": filament.type or None,
            "name": filament.profile.partition(" @")[0] or None,
            "preset_id": filament.tray_info_idx or None,
            "color": filament.color or None,
            "grams": filament.used_g or None,
            "meters": filament.used_m or None,
            "nozzle": _nozzle(filament, sliced_for),
            "fits": [
                _fit_view(fit, wording) for fit in fits.get(filament.slot - 1, ())
            ],
        }
        for filament in filaments
    ]


def loads_view(job: Job, wording: Wording) -> list[dict[str, Any]]:
    """Show what has to be loaded so that a job begins, and where; nothing where it waits for something else."""
    reason = wording.reasons.get(job.id)
    if reason is None or not reason.key.is_of_filament:
        return []
    shown = wording.targets.get(reason.machine_id)
    printer = shown.name if shown else reason.machine_id
    return [_load_view(load, printer, wording) for load in reason.loads]


def _nozzle(filament: Filament, sliced_for: str) -> str | None:
    """Name the nozzle of a printer with two; slicers count from the left."""
    match filament.group_ids:
        case (0 | 1 as group,) if _has_two_nozzles(sliced_for):
            return _NOZZLES[group]
    return None


def _has_two_nozzles(profile_name: str) -> bool:
    return any(
        model.profile_name == profile_name and model.nozzles > 1
        for model in MODELS.values()
    )


def _fit_view(fit: Fit, wording: Wording) -> dict[str, Any]:
    shown = wording.targets.get(fit.machine_id)
    return spool_view(fit.spool, wording.texts) | {
        "printer": shown.name if shown else fit.machine_id,
        "printer_id": fit.machine_id,
        "left_g": None if fit.left_g is None else round(fit.left_g, 1),
        "is_enough": fit.is_enough,
    }


def _load_view(load: Load, printer: str, wording: Wording) -> dict[str, Any]:
    filament = load.filament
    places = load.empty or load.exchangeable
    return {
        "filament": filament.index + 1,
        "type": filament.type or None,
        "name": filament.profile.partition(" @")[0] or None,
        "preset_id": filament.preset_id or None,
        "color": f"#{filament.color.removeprefix('#')[:6]}" if filament.color else None,
        "grams": filament.grams,
        "printer": printer,
        "places": [place_name(place, wording.texts) for place in places],
        "too_little": [
            {
                "place": place_name(each.place, wording.texts),
                "left_g": None if each.left_g is None else round(each.left_g, 1),
                "reserved_g": round(each.reserved_g, 1),
            }
            for each in load.too_little
        ],
    }
