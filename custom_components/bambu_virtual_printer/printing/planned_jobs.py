"""Jobs that somebody is only thinking of: what is loaded that they could be printed with."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from ..engine.dispatch.fits import Fit, SpoolFits
from ..engine.dispatch.jobs import QueuedJob
from ..engine.dispatch.library_store import job_target, needs_of_filaments
from ..engine.library.values.job import Target
from ..engine.library.values.sliced_file import Filament, SlicedFile
from ..engine.values import FilamentRule


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedJobs:
    """Copies of plates of a file, which may go to a target; without `plates` all that can be printed."""

    facts: SlicedFile
    plates: Collection[int]
    copies: int
    target: Target | None
    rule: FilamentRule
    prints_anyway: bool

    def filaments(self) -> tuple[Filament, ...]:
        """Return what all of it takes of each filament, by slot."""
        found: dict[int, Filament] = {}
        for plate in self.facts.printable_plates:
            if self.plates and plate.number not in self.plates:
                continue
            for filament in plate.filaments:
                known = found.get(filament.slot)
                found[filament.slot] = known.and_more(filament) if known else filament
        return tuple(
            replace(
                found[slot],
                used_g=round(found[slot].used_g * self.copies, 3),
                used_m=round(found[slot].used_m * self.copies, 3),
            )
            for slot in sorted(found)
        )

    def fits(self, loaded: SpoolFits) -> Mapping[int, tuple[Fit, ...]]:
        """Return the loaded spools for each filament by its place in the project."""
        needs = needs_of_filaments(
            self.filaments(),
            self.facts,
            options=None,
            size_bytes=0,
        )
        return loaded.fitting(
            QueuedJob(
                id="",
                target=job_target(self.target),
                needs=needs,
                rule=self.rule,
                prints_anyway=self.prints_anyway,
            )
        )
