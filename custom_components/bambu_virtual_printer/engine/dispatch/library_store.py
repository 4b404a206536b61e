"""The library as the store of prints: its jobs, its files and its index."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter

from ..library.library import Library
from ..library.values.driving import Printers
from ..library.values.job import Job, JobState, PrintOptions, Target, TargetKind
from ..library.values.made import Amount
from ..library.values.names import is_plain_gcode
from ..library.values.prints import (
    MachineMemory,
    Outcome,
    Plate,
    Print,
    Problem,
    UsedSpool,
)
from ..library.values.records import ArchiveDetails
from ..library.values.sliced_file import Filament as SlicedFilament, SlicedFile
from ..machines.families import find_traits
from ..machines.filaments import ChosenSpool, Filament
from ..machines.mapping import decode
from ..machines.project_file import new_job_id, options_of
from ..values import FilamentRule
from .allowances import AllowanceSource, no_allowances
from .fetches import FileFetches
from .jobs import AnyPrinter, JobTarget, Needs, OnePrinter, QueuedJob
from .ports import Claim, FileAwayError
from .when.values import Wishes

_MAX_KNOWN = 2000
_BUT_PLACE = attrgetter(
    *(field.name for field in fields(Job) if field.name != "position")
)
# Files may claim anything, and dates end.
_MAX_LENGTH_S = 365 * 86400


class LibraryStore:
    """A `PrintStore` over a library. Methods raise StorageError."""

    def __init__(
        self,
        library: Library,
        allowances: AllowanceSource = no_allowances,
        rule_of: Callable[[str], FilamentRule] = lambda _id: FilamentRule.MATCH_COLOR,
    ) -> None:
        """Use this library, which is open, for what people may have printed.

        `rule_of` returns which spools may be used for jobs of a virtual printer that have no rule of their own.
        """
        self._library = library
        self._allowances = allowances
        self._rule_of = rule_of
        self._fetches = FileFetches(library.file_path)
        # What was read from a file does not change.
        self._known: dict[str, ArchiveDetails] = {}
        # Of the last reading: most jobs are still the same.
        self._queued_jobs: dict[str, tuple[Job, QueuedJob]] = {}

    async def close(self) -> None:
        """Give up what is being fetched."""
        await self._fetches.close()

    async def waiting(self) -> Sequence[QueuedJob]:
        """Return the queued jobs in order."""
        now: dict[str, tuple[Job, QueuedJob]] = {}
        for job in await self._library.queue.queued_jobs():
            if job.state.is_queued:
                known = self._queued_jobs.get(job.id)
                if (
                    known is None
                    or not _is_alike(known[0], job)
                    or known[1].rule is not self._rule(job)
                ):
                    queued = await self._queued(job)
                else:
                    queued = known[1]
                now[job.id] = (job, queued)
        self._queued_jobs = now
        allowances = await self._allowances()
        same = (await self._library.instances.printers()).same
        return [
            _known_here(
                replace(queued, allowance=allowance)
                if (allowance := allowances.get(queued.person))
                else queued,
                same,
            )
            for _job, queued in now.values()
        ]

    async def _queued(self, job: Job) -> QueuedJob:
        return queued_job(job, await self._details(job.archive_id), self._rule(job))

    async def _details(self, archive_id: str) -> ArchiveDetails:
        details = self._known.get(archive_id)
        if details is None:
            details = await self._library.archive(archive_id)
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            self._known[archive_id] = details
        return details

    def _rule(self, job: Job) -> FilamentRule:
        return job.filament_rule or self._rule_of(job.printer.id)

    async def open_prints(self) -> Sequence[Print]:
        """Return the prints that have not ended."""
        return await self._library.prints.open()

    async def job(self, job_id: str) -> QueuedJob:
        """Return a job, also one that has a print. Raises what the queue raises."""
        queued = await self._queued(await self._library.queue.job(job_id))
        allowance = (await self._allowances()).get(queued.person)
        same = (await self._library.instances.printers()).same
        return _known_here(replace(queued, allowance=allowance), same)

    async def printers(self) -> Printers:
        """Return the real printers that other Home Assistants have set up."""
        return await self._library.instances.printers()

    async def take_over(self, machine_id: str, serial: str) -> Plate | None:
        """Make what another Home Assistant had of a printer this one's."""
        return await self._library.instances.take_over(machine_id, serial)

    async def claim(self, job_id: str, machine_id: str) -> Claim | None:
        """Take a job for a printer. Raises FileAwayError."""
        job = await self._library.queue.job(job_id)
        path = await self._fetches.path(job.archive_id)
        if path is None and not self._library.is_present:
            raise FileAwayError
        # Everything is read before: nothing may fail between the claim and whoever prints it.
        details = await self._details(job.archive_id)
        same = (await self._library.instances.printers()).same
        # One that is made is not the same for every version of this program.
        md5 = (
            ""
            if is_plain_gcode(job.file_name)
            else await self._library.prints.known_md5(job.archive_id)
        )
        claimed = await self._library.prints.claim(job_id, machine_id, new_job_id())
        if claimed is None:
            return None
        job, print_ = claimed
        return Claim(
            print=print_,
            job=_known_here(queued_job(job, details, self._rule(job)), same),
            path=path,
            md5=md5,
            options={} if job.options is None else options_of(job.options),
            package=partial(
                self._library.packaging.to_send,
                file_name=job.file_name,
                title=print_.title,
            ),
        )

    async def advance(self, before: Print, after: Print) -> None:
        """Store a print's next step, or its result."""
        await self._library.prints.advance(before, after)

    async def put_back(
        self,
        print_: Print,
        *,
        problem: Problem | None,
        code: str = "",
        hold: bool = False,
        retry_at: datetime | None = None,
    ) -> None:
        """End a print that never began."""
        await self._library.prints.put_back(
            print_, problem=problem, code=code, hold=hold, retry_at=retry_at
        )

    async def end(
        self,
        print_: Print,
        outcome: Outcome,
        *,
        occupies: bool,
        problem: Problem | None = None,
        code: str = "",
        percent: int | None = None,
        layer: int | None = None,
    ) -> None:
        """End a print."""
        await self._library.prints.end(
            print_,
            outcome,
            occupies=occupies,
            problem=problem,
            code=code,
            percent=percent,
            layer=layer,
        )

    async def not_begun(self, machine_id: str) -> Sequence[Print]:
        """Return the prints of unfinished jobs whose start was published there and that count as not begun."""
        return await self._library.prints.not_begun(machine_id)

    async def reopen(self, print_: Print) -> Print | None:
        """Reopen one of those, which has begun after all."""
        return await self._library.prints.reopen(print_)

    async def memory(self, serial: str) -> MachineMemory:
        """Return what is remembered of the printer of this serial number."""
        return await self._library.prints.memory(serial)

    async def remember_forms(
        self, serial: str, *, url_form: str, mapping_form: str
    ) -> None:
        """Remember how a printer takes the start of a print."""
        await self._library.prints.remember(
            serial, url_form=url_form, mapping_form=mapping_form
        )

    async def remember_spool(self, serial: str, spool: UsedSpool | None) -> None:
        """Remember which spool of a printer was in use last."""
        await self._library.prints.remember(serial, last_spool=spool)

    async def leftovers(self, machine_id: str) -> Sequence[Print]:
        """Return the prints that have ended and whose file may still be on the printer's card."""
        return await self._library.prints.left_on_card(machine_id)

    async def removed(self, print_: Print) -> None:
        """Store that a print's file is not on the card any more."""
        await self._library.prints.note_removed(print_)

    async def plates(self) -> Mapping[str, Plate]:
        """Return what is known of plates, by printer."""
        return await self._library.prints.plates()

    async def set_plate(self, machine_id: str, plate: Plate) -> None:
        """Store what is known of a plate."""
        await self._library.prints.set_plate(machine_id, plate)

    async def start(self, job_id: str) -> None:
        """Mark a job as started by a person."""
        await self._library.queue.start(job_id)

    async def cancel(self, job_id: str) -> None:
        """Cancel a queued job."""
        await self._library.queue.cancel(job_id)

    async def retry(self, job_id: str) -> None:
        """Requeue a job that is held for a problem, failed or was cancelled."""
        await self._library.queue.retry(job_id)


def _is_alike(before: Job, job: Job) -> bool:
    """Return whether a job is what it was, wherever in the queue it is: the order is that of the whole."""
    return before is job or _BUT_PLACE(before) == _BUT_PLACE(job)


def _known_here(job: QueuedJob, same: Mapping[str, str]) -> QueuedJob:
    """Return a job that is meant for a printer by the id that it has here, where another Home Assistant has given it another one."""
    match job.target:
        case OnePrinter(machine_id=machine_id) if machine_id in same:
            return replace(job, target=OnePrinter(machine_id=same[machine_id]))
    return job


def queued_job(
    job: Job,
    details: ArchiveDetails,
    rule: FilamentRule = FilamentRule.MATCH_COLOR,
) -> QueuedJob:
    """Convert a job for the planner."""
    return QueuedJob(
        id=job.id,
        target=job_target(job.target),
        needs=needs_of(job, details),
        is_held=job.state is JobState.STAGED,
        is_started=job.state is JobState.WAITING,
        starts=job.starts,
        not_before=job.not_before,
        options_due_at=job.options_due_at,
        retry_at=job.retry_at,
        problem=job.problem or "",
        rule=rule,
        prints_anyway=job.print_anyway,
        copies=job.copies_left,
        queued_at=job.created_at,
        person=job.person,
        one_copy=Amount(
            filament_g=job.filament_g or 0.0, print_time_s=job.print_time_s or 0
        ),
        wishes=wishes_of(job),
    )


def wishes_of(job: Job) -> Wishes:
    """Return what a job wants about time."""
    return Wishes(
        length=None
        if job.print_time_s is None
        else timedelta(seconds=min(job.print_time_s, _MAX_LENGTH_S)),
        copies=max(job.copies_left, 1),
        due=job.due,
        only_while=job.timing.only_while,
        unknown=job.timing.unknown,
        cheapest_before=job.timing.cheapest_before,
        quiet=job.timing.quiet,
        sun=job.timing.sun,
    )


def needs_of(job: Job, details: ArchiveDetails) -> Needs:
    """Return what a job's plate requires of a printer, with the slicer's mapping as its wish."""
    plate = details.facts.plate(job.plate)
    return needs_of_filaments(
        plate.filaments if plate else (),
        details.facts,
        options=job.options,
        size_bytes=details.archive.file.size_bytes,
    )


def needs_of_filaments(
    filaments: Sequence[SlicedFilament],
    facts: SlicedFile,
    *,
    options: PrintOptions | None,
    size_bytes: int,
) -> Needs:
    """Return what these filaments of a file require of a printer, with the slicer's mapping as their wish."""
    flat = pairs = None
    chosen: tuple[ChosenSpool | None, ...] = ()
    if options is not None:
        flat, pairs = options.ams_mapping, options.ams_mapping2
        chosen = tuple(map(_chosen, options.spools or ()))
    wishes = decode(flat, pairs)
    model = facts.printer_model_id
    has_two_nozzles = _nozzles(model) > 1
    return Needs(
        model=model,
        nozzles_mm=facts.nozzle_diameters_mm,
        filaments=tuple(
            Filament(
                index=filament.slot - 1,
                type=filament.type,
                color=filament.color.removeprefix("#"),
                preset_id=filament.tray_info_idx,
                grams=filament.used_g or None,
                profile=filament.profile,
                nozzle=_nozzle(filament) if has_two_nozzles else None,
                wish=wishes[filament.slot - 1]
                if filament.slot <= len(wishes)
                else None,
                chosen=chosen[filament.slot - 1]
                if filament.slot <= len(chosen)
                else None,
            )
            for filament in _each_once(filaments)
        ),
        # Older indexes do not know how many there are.
        project_filaments=max(
            facts.project_filaments or 0,
            len(wishes),
            len(chosen),
            *(filament.slot for filament in facts.filaments),
            *(filament.slot for filament in filaments),
        ),
        size_bytes=size_bytes,
    )


def _chosen(spool: Mapping[str, str]) -> ChosenSpool | None:
    if not (type_ := spool.get("type")):
        return None
    return ChosenSpool(
        type=type_,
        preset_id=spool.get("preset_id", ""),
        color=spool.get("color", ""),
    )


def _each_once(filaments: Sequence[SlicedFilament]) -> Sequence[SlicedFilament]:
    """Return the filaments by slot; a plate may list one for each group of nozzles."""
    by_slot: dict[int, SlicedFilament] = {}
    for filament in filaments:
        known = by_slot.get(filament.slot)
        by_slot[filament.slot] = known.and_more(filament) if known else filament
    return [by_slot[slot] for slot in sorted(by_slot)]


def _nozzle(filament: SlicedFilament) -> int | None:
    """Return the nozzle that a filament is for. Slicers count from the left, printers from the right."""
    match filament.group_ids:
        case (0 | 1 as group,):
            return 1 - group
    return None


def _nozzles(model: str) -> int:
    try:
        return find_traits(model).nozzles
    except KeyError:
        return 1


def job_target(target: Target | None) -> JobTarget | None:
    """Return what a target is for the planner."""
    if target is None:
        return None
    match target.kind:
        case TargetKind.PRINTER:
            return OnePrinter(machine_id=target.id)
        case TargetKind.MODEL:
            return AnyPrinter(model=target.id)
