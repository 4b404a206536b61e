"""When jobs should be done, if each printer prints one after another from now on and nothing goes wrong."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from ..config.subentries import MachineConfig
from ..engine.library.values.job import Job, JobState, Target, TargetKind

type Loaded = Callable[[str], Collection[str]]
type FirstStart = Callable[[Job, str, datetime, timedelta], datetime]

HORIZON = timedelta(days=36500)
"""What would not be done by then is not foreseen: dates end, and files may claim anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From when until when a job should print; all its copies that are left. `printer` is as in `Forecast.free_from`."""

    printer: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The jobs by their ids, and when each printer is free, by its id or, where none is known, by the model's code.

    Not there are jobs that are held or have no target, since their start is unknown, those whose file does not
    say how long they take, and those beyond the horizon.
    """

    spans: Mapping[str, Span]
    free_from: Mapping[str, datetime]

    @property
    def done_at(self) -> datetime | None:
        """When the last of them is done."""
        return max(self.free_from.values(), default=None)


def forecast(
    jobs: Sequence[Job],
    machines: Iterable[MachineConfig],
    now: datetime,
    *,
    reported_ends: Mapping[str, datetime] = MappingProxyType({}),
    planned: Mapping[str, datetime] = MappingProxyType({}),
    first_start: FirstStart | None = None,
    loaded: Loaded | None = None,
) -> Forecast:
    """Foresee the jobs of the whole queue, in their order; scheduled ones let others go before. `now` is aware.

    `reported_ends` are those of the copies that are printed just now, by job, as the printers tell them; `planned` is when jobs begin
    that only wait for their time, `first_start` what the quiet hours of a job
    and of a printer leave, `loaded` the printers that have all spools for a job: of several it goes to one of those, if there is any.
    """
    models: dict[str, list[str]] = {}
    for machine in machines:
        models.setdefault(machine.model.code, []).append(machine.id)
    spans: dict[str, Span] = {}
    free_from: dict[str, datetime] = {}
    ready = {job.id: max(_ready_at(job, now), planned.get(job.id, now)) for job in jobs}
    for job in sorted(jobs, key=lambda job: ready[job.id]):
        if reported := reported_end(job, reported_ends):
            start = job.started_at or now
            end = max(reported, now)
            spans[job.id] = Span(printer=job.machine_id, start=start, end=end)
            free_from[job.machine_id] = end
            continue
        if job.print_time_s is None:
            continue
        if job.state.is_active:
            printer = job.machine_id
            start = job.started_at or now
        elif job.target is None or job.state is JobState.STAGED:
            continue
        else:
            candidates = _printers(job.target, models)
            if loaded and len(candidates) > 1:
                having = loaded(job.id)
                candidates = [one for one in candidates if one in having] or candidates
            printer = min(candidates, key=lambda each: free_from.get(each, now))
            start = max(free_from.get(printer, now), ready[job.id])
            if first_start:
                one = timedelta(seconds=min(job.print_time_s, HORIZON.total_seconds()))
                start = first_start(job, printer, start, one)
        length = timedelta(seconds=job.print_time_s * job.copies_left)
        if start - now + length > HORIZON:
            continue
        # What takes longer than it should is not done before now.
        end = max(start + length, now)
        spans[job.id] = Span(printer=printer, start=start, end=end)
        free_from[printer] = end
    return Forecast(spans=spans, free_from=free_from)


def reported_end(job: Job, ends: Mapping[str, datetime]) -> datetime | None:
    """Return when the printer says that it is done with a job: the copy it prints now, and as long for each one after it.

    None where the printer says nothing, or nobody knows how long the other copies take.
    """
    end = ends.get(job.id)
    others = job.copies_left - 1
    if end is None or others <= 0:
        return end
    if job.print_time_s is None:
        return None
    length = timedelta(seconds=job.print_time_s * others)
    return end + length if length <= HORIZON else None


def _ready_at(job: Job, now: datetime) -> datetime:
    return now if job.not_before is None else max(job.not_before, now)


def _printers(target: Target, models: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if target.kind is TargetKind.PRINTER:
        return [target.id]
    return models.get(target.id) or [target.id]
