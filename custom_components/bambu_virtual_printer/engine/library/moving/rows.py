"""Copies the rows of an index into another, in one transaction of the other's: all of them come, or none.

What both have by its id is left as it is there: a library that was moved before is not doubled. What was removed for good in
a shared one does not come back to it, and nothing that belongs to it. Everything blocks.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    tuple_,
    update,
)

from ...explanations import explain
from ..index import instance_rows, job_rows, stored_rows
from ..index.additions import Additions
from ..index.schema import (
    IS_UNFINISHED,
    archive_materials,
    archive_plates,
    archive_tags,
    archives,
    doomed_files,
    energies,
    jobs,
    left_files,
    machines,
    plates,
    printed_copies,
    prints,
    serial_suffixes,
    uploads,
    verdicts,
)
from ..values.errors import LibraryError
from ..values.job import JobState, Priority
from ..values.records import GONE, IN_ARCHIVE, UploadState
from .control import MoveControl

ROWS_PER_STEP = 500

type Row = dict[str, Any]

SETTLED = [state.value for state in GONE | IN_ARCHIVE]
"""States of uploads that nobody decides about any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is copied of a library: all of it, or what came in by one instance."""

    own: str = ""
    """The instance."""
    only_own: bool = False
    undecided_of_others: bool = True
    """Also what waits for people, and for printers, and came in elsewhere: those who keep it must not print it as well."""

    @property
    def archives(self) -> ColumnElement[bool]:
        """Which archives."""
        return archives.c.instance == self.own if self.only_own else true()

    @property
    def uploads(self) -> ColumnElement[bool]:
        """Which uploads."""
        is_own = uploads.c.instance == self.own
        if self.only_own:
            return is_own
        if self.undecided_of_others:
            return true()
        return or_(is_own, uploads.c.state.in_(SETTLED))

    @property
    def jobs(self) -> ColumnElement[bool]:
        """Which jobs: those of the archives, and the unfinished ones only where nobody else has them."""
        of_archives = jobs.c.archive_id.in_(select(archives.c.id).where(self.archives))
        if self.undecided_of_others:
            return of_archives
        own = jobs.c.archive_id.in_(
            select(archives.c.id).where(archives.c.instance == self.own)
        )
        return and_(of_archives, or_(~IS_UNFINISHED, own))

    def of_archives(self, table: Table) -> ColumnElement[bool]:
        """Which rows of a table of parts of archives."""
        if not self.only_own:
            return true()
        return table.c.archive_id.in_(select(archives.c.id).where(self.archives))

    def of_jobs(self, table: Table) -> ColumnElement[bool]:
        """Which rows of a table of what belongs to jobs."""
        return table.c.job_id.in_(select(jobs.c.id).where(self.jobs))


EVERYTHING = Selection()


@dataclass(slots=True, kw_only=True)
class Counts:
    """How many rows of each table were copied, and how many were there already."""

    copied: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    pending: int = 0
    """So many of the uploads that were copied wait to be decided about."""

    def add(self, table: Table, copied: int, known: int) -> None:
        """Count rows."""
        self.copied[table.name] = self.copied.get(table.name, 0) + copied
        self.known[table.name] = self.known.get(table.name, 0) + known


@dataclass(slots=True, kw_only=True)
class RowCopy:
    """Copies rows from one index to another, whose transactions are the caller's.

    `instance` is what the copies say of where they came in, where it says nothing; None to say nothing.
    """

    source: Connection
    target: Connection
    control: MoveControl
    selection: Selection = EVERYTHING
    instance: str | None = None
    additions: Additions | None = None
    """What counts the copies, where triggers do not."""
    counts: Counts = field(default_factory=Counts)
    added: set[str] = field(default_factory=set, init=False)
    """The uploads that were copied."""
    _gone: set[str] = field(default_factory=set, init=False)
    """What was left out since it was removed there for good: uploads, archives, and what belongs to them."""
    _known_archives: set[str] = field(default_factory=set)
    _waiting: list[tuple[int, str, int]] = field(default_factory=list)
    _now: datetime = field(init=False)

    def __post_init__(self) -> None:
        """Ask for the time there."""
        self._now = instance_rows.now(self.target)

    def copy(self) -> Counts:
        """Copy everything but the positions in the queue, which `queue_up` gives. Returns how much that was."""
        chosen = self.selection
        self._copy(uploads, chosen.uploads, self._received)
        self._known_archives = self._copy(archives, chosen.archives, self._received)
        for table in (archive_plates, archive_tags, archive_materials):
            self._copy_parts(table)
        self._copy(jobs, chosen.jobs, self._outside_the_queue)
        self._copy(prints, chosen.of_jobs(prints), self._with_free_number)
        self._copy(verdicts, chosen.of_jobs(verdicts))
        self._copy(energies, chosen.of_jobs(energies))
        self._copy(left_files, true())
        self._copy(plates, true(), replaces=True)
        self._copy(machines, true())
        self._copy(serial_suffixes, true())
        if self.instance is None:
            # Their files may still be here, from before the library was shared.
            self._copy(doomed_files, true())
        self._copy_printed()
        return self.counts

    def queue_up(self) -> None:
        """Put the jobs that were copied behind those that are there, in their order. Nobody else may write meanwhile."""
        if self.instance is not None:
            self._take_up_again()
        for _position, job_id, priority in sorted(self._waiting):
            job_rows.put_at_end(self.target, job_id, Priority(priority))

    def add_up(self) -> None:
        """Have what was copied counted there. Nobody else may write meanwhile."""
        if self.additions is not None:
            self.additions.add_up()

    def verify(self) -> None:
        """Make sure that everything is there that should be. Raises LibraryError."""
        chosen = self.selection
        for table, condition in (
            (uploads, chosen.uploads),
            (archives, chosen.archives),
            (jobs, chosen.jobs),
            (prints, chosen.of_jobs(prints)),
            (verdicts, chosen.of_jobs(verdicts)),
            (energies, chosen.of_jobs(energies)),
            (left_files, true()),
        ):
            has_sum = "sha256" in table.c
            columns = [
                *table.primary_key.columns,
                *([table.c.sha256] if has_sum else []),
            ]
            for rows in self._read(select(*columns).where(condition), table):
                key = next(iter(table.primary_key.columns))
                wanted = {
                    tuple(row.values())
                    for row in rows
                    if row[key.name] not in self._gone
                }
                found = self.target.execute(
                    select(*columns).where(key.in_([row[key.name] for row in rows]))
                )
                missing = wanted - {tuple(row) for row in found}
                if missing:
                    raise LibraryError(
                        explain(
                            "move_rows_missing",
                            "{count} entries of {table} were not copied as they are.",
                            count=len(missing),
                            table=table.name,
                        )
                    )

    # --- how --------------------------------------------------------------------------------------------------------

    def _copy(
        self,
        table: Table,
        condition: ColumnElement[bool],
        change: Callable[[Row], Row] = lambda row: row,
        *,
        replaces: bool = False,
    ) -> set[str]:
        """Copy a table whose key is one column. Returns the keys of what was there already."""
        (key,) = table.primary_key.columns
        all_known: set[str] = set()
        for rows in self._read(select(table).where(condition), table):
            keys = [row[key.name] for row in rows]
            if replaces:
                self.target.execute(delete(table).where(key.in_(keys)))
            known = set(self.target.execute(select(key).where(key.in_(keys))).scalars())
            fresh = self._not_gone(
                table, [row for row in rows if row[key.name] not in known]
            )
            self._write(table, [change(row) for row in fresh])
            self.counts.add(table, len(fresh), len(known))
            if table is uploads:
                self.added |= {row["id"] for row in fresh}
            all_known |= known
        return all_known

    def _not_gone(self, table: Table, rows: Sequence[Row]) -> Sequence[Row]:
        """Leave out what was removed for good in a shared library, with what belongs to it: its files do not come back."""
        if self.instance is None:
            return rows
        (key,) = table.primary_key.columns
        if table in (uploads, archives):
            gone = stored_rows.among_doomed(self.target, [row["id"] for row in rows])
        elif table in (jobs, prints, verdicts, energies):
            parent = "archive_id" if table is jobs else "job_id"
            gone = {row[key.name] for row in rows if row[parent] in self._gone}
        else:
            return rows
        self._gone |= gone
        return [row for row in rows if row[key.name] not in gone]

    def _take_up_again(self) -> None:
        """Let jobs wait there again that ended there when this instance left the library with them."""
        waiting = select(jobs).where(self.selection.jobs, IS_UNFINISHED)
        for rows in self._read(waiting, jobs):
            ended = select(jobs.c.id).where(
                jobs.c.id.in_([row["id"] for row in rows]),
                jobs.c.state == JobState.CANCELLED.value,
            )
            found = set(self.target.execute(ended).scalars())
            again = [row for row in rows if row["id"] in found]
            self._replace(jobs, [self._outside_the_queue(row) for row in again])
            of_these = select(prints).where(prints.c.job_id.in_(found))
            for their in self._read(of_these, prints):
                self._replace(prints, [_without(row, "subtask_id") for row in their])

    def _replace(self, table: Table, rows: Sequence[Row]) -> None:
        """Make rows there what they are here."""
        (key,) = table.primary_key.columns
        if self.additions is not None:
            self.additions.count(table, rows, -1)
        for row in rows:
            self.target.execute(
                update(table)
                .where(key == row[key.name])
                .values(_without(row, key.name))
            )
        if self.additions is not None:
            self.additions.count(table, rows)

    def _copy_parts(self, table: Table) -> None:
        """Copy what belongs to archives that were copied just now."""
        query = select(table).where(self.selection.of_archives(table))
        for rows in self._read(query, table):
            left_out = self._known_archives | self._gone
            fresh = [row for row in rows if row["archive_id"] not in left_out]
            self._write(table, fresh)
            self.counts.add(table, len(fresh), len(rows) - len(fresh))

    def _copy_printed(self) -> None:
        """Copy for whom copies were printed. They have no ids but numbers; the moment tells them apart."""
        table = printed_copies
        same = tuple_(table.c.person, table.c.at)
        for rows in self._read(select(table), table):
            keys = [(row["person"], row["at"]) for row in rows]
            known = {
                tuple(row)
                for row in self.target.execute(
                    select(table.c.person, table.c.at).where(same.in_(keys))
                )
            }
            fresh = [
                _without(row, "id")
                for row in rows
                if (row["person"], row["at"]) not in known
            ]
            self._write(table, fresh)
            self.counts.add(table, len(fresh), len(rows) - len(fresh))

    def _read(self, query: Select[Any], table: Table) -> Iterable[Sequence[Row]]:
        """Read rows in the order of their keys, some at a time."""
        result = self.source.execution_options(yield_per=ROWS_PER_STEP).execute(
            query.order_by(*table.primary_key.columns)
        )
        for rows in result.mappings().partitions(ROWS_PER_STEP):
            self.control.check()
            yield [dict(row) for row in rows]

    def _write(self, table: Table, rows: Sequence[Row]) -> None:
        if rows:
            self.target.execute(insert(table), rows)
            if self.additions is not None:
                self.additions.count(table, rows)

    def _received(self, row: Row) -> Row:
        """Say where it came in, and that the store has its files, which were copied before; here it has not.

        An upload is known there from now on: it was received by another clock.
        """
        stored = {}
        if row.get("state") == UploadState.PENDING.value:
            self.counts.pending += 1
        if "stored_at" in row:
            is_shared = self.instance is not None
            stored["stored_at"] = self._now if is_shared else None
            stored["filed_at"] = self._now
        if self.instance is None:
            return {**row, **stored, "instance": ""}
        return {**row, **stored, "instance": row["instance"] or self.instance}

    def _outside_the_queue(self, row: Row) -> Row:
        """Leave out its position: the queue there has its own."""
        if row["position"] is not None:
            self._waiting.append((row["position"], row["id"], row["priority"]))
        return {**row, "position": None}

    def _with_free_number(self, row: Row) -> Row:
        """Give a print that has ended another number where two libraries drew the same: printers know only open ones."""
        number = row["subtask_id"]
        taken = select(prints.c.id).where(prints.c.subtask_id == number)
        if row["ended_at"] is None or self.target.execute(taken).first() is None:
            return row
        lowest = self.target.execute(select(func.min(prints.c.subtask_id))).scalar_one()
        return {**row, "subtask_id": min(lowest, 0) - 1}


def _without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}
