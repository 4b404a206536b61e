"""Names the loaded spools that a queued job could be printed with, for people who look. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..machines.filaments import Filament, LoadedSpools
from ..machines.values import Spool
from .admission import MachineView, hardware_obstacle, same_model
from .filament_choice import rules_for
from .jobs import AnyPrinter, JobTarget, OnePrinter, QueuedJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A spool that fits a filament. `left_g` is what is left on it, None where that is unknown."""

    machine_id: str
    spool: Spool
    left_g: float | None
    is_enough: bool


class SpoolFits:
    """What is loaded at one moment, and the jobs that are queued."""

    def __init__(
        self,
        jobs: Mapping[str, QueuedJob],
        machines: Callable[[], Sequence[MachineView]],
    ) -> None:
        """Take the jobs; `machines` is called when somebody asks."""
        self._jobs = jobs
        self._machines = machines
        self._loaded: list[tuple[MachineView, LoadedSpools]] | None = None
        self._known: dict[object, tuple[Fit, ...]] = {}

    def of(self, job_id: str) -> Mapping[int, tuple[Fit, ...]]:
        """Return the spools for each filament of a job's plate by its place in the project; none for jobs that are not queued."""
        job = self._jobs.get(job_id)
        return {} if job is None else self.fitting(job)

    def fitting(self, job: QueuedJob) -> Mapping[int, tuple[Fit, ...]]:
        """Return the spools for each filament of a job that need not be queued yet, by its place in the project."""
        return {
            filament.index: self._fits(job, filament)
            for filament in job.needs.filaments
        }

    def is_loaded(self, job_id: str) -> bool:
        """Return whether one printer has a spool with enough on it for every filament of a job."""
        return bool(self.printers(job_id))

    def printers(self, job_id: str) -> frozenset[str]:
        """Return the printers that have a spool with enough on it for every filament of a job; none for jobs that are not queued."""
        of_filaments = self.of(job_id).values()
        printers = [
            {fit.machine_id for fit in fits if fit.is_enough} for fits in of_filaments
        ]
        return frozenset(set.intersection(*printers)) if printers else frozenset()

    def _fits(self, job: QueuedJob, filament: Filament) -> tuple[Fit, ...]:
        key = (
            job.target,
            job.rule,
            job.prints_anyway,
            job.needs.model,
            job.needs.nozzles_mm,
            replace(filament, index=0),
        )
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = tuple(self._find(job, filament))
        return found

    def _find(self, job: QueuedJob, filament: Filament) -> list[Fit]:
        if self._loaded is None:
            self._loaded = [
                (machine, LoadedSpools(machine.state, machine.left_g))
                for machine in self._machines()
            ]
        fits = []
        for machine, loaded in self._loaded:
            if not _is_meant(job.target, machine) or hardware_obstacle(
                job.needs, machine
            ):
                continue
            is_one = isinstance(job.target, OnePrinter)
            rules = rules_for(job, machine, trust_wishes=is_one)
            for _rank, place, left_g in loaded.fitting(filament, rules):
                spool = machine.state.spool(place)
                assert spool
                is_enough = (
                    not rules.needs_known_grams
                    if left_g is None
                    else (filament.grams or 0.0) <= left_g
                )
                fits.append(
                    Fit(
                        machine_id=machine.id,
                        spool=spool,
                        left_g=left_g,
                        is_enough=is_enough or job.prints_anyway,
                    )
                )
        return fits


def _is_meant(target: JobTarget | None, machine: MachineView) -> bool:
    match target:
        case OnePrinter(machine_id=machine_id):
            return machine_id == machine.id
        case AnyPrinter(model=model):
            return same_model(model, machine.model)
    return False
