"""Queries about prints on real printers and about their plates, to be run by `Index.run`."""

from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, or_, select, update

from ..values.job import JobState
from ..values.json_codec import from_json, to_json
from ..values.prints import (
    MachineMemory,
    Outcome,
    Plate,
    Print,
    PrintPhase,
    Question,
    StalePrintError,
    UsedSpool,
)
from .schema import (
    IS_OPEN,
    IS_UNFINISHED,
    archives,
    energies,
    jobs,
    left_files,
    machines,
    plates,
    prints,
)

MAX_LEFT_FILES = 1000
"""How many files on cards are known whose jobs were removed for good."""
_ENUMS: dict[str, type[Enum]] = {
    "phase": PrintPhase,
    "question": Question,
    "outcome": Outcome,
}


def open_prints(connection: Connection) -> tuple[Print, ...]:
    """Return the prints that have not ended."""
    query = select(prints).where(IS_OPEN).order_by(prints.c.id)
    return tuple(map(_print, connection.execute(query)))


def of_job(connection: Connection, job_id: str) -> tuple[Print, ...]:
    """Return all prints of a job, oldest first."""
    query = select(prints).where(prints.c.job_id == job_id).order_by(prints.c.id)
    return tuple(map(_print, connection.execute(query)))


def get(connection: Connection, print_id: str) -> Print | None:
    """Return a print."""
    row = connection.execute(select(prints).where(prints.c.id == print_id)).first()
    return None if row is None else _print(row)


def has_open(connection: Connection, *, job_id: str = "", machine_id: str = "") -> bool:
    """Return whether a job or a printer has a print that has not ended."""
    is_either = (prints.c.job_id == job_id) | (prints.c.machine_id == machine_id)
    query = select(prints.c.id).where(IS_OPEN, is_either).limit(1)
    return connection.execute(query).first() is not None


def known_md5(connection: Connection, archive_id: str) -> str:
    """Return the MD5 that an earlier print of an archive took of its file; empty where there was none."""
    query = (
        select(prints.c.md5)
        .join(jobs, jobs.c.id == prints.c.job_id)
        .where(jobs.c.archive_id == archive_id, prints.c.md5 != "")
        .order_by(prints.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar() or ""


def left_on_card(connection: Connection, machine_id: str) -> tuple[Print, ...]:
    """Return the prints that have ended and whose file may still be on the printer's card.

    Of those whose jobs were removed for good only the file is known.
    """
    query = select(prints).where(
        prints.c.machine_id == machine_id, prints.c.on_card.is_(True), ~IS_OPEN
    )
    known = map(_print, connection.execute(query.order_by(prints.c.id)))
    forgotten = select(left_files).where(left_files.c.machine_id == machine_id)
    return (
        *known,
        *(
            Print(
                id=row.id,
                job_id="",
                machine_id=row.machine_id,
                title="",
                plate=0,
                phase=PrintPhase.ENDED,
                claimed_at=row.left_at,
                subtask_id=0,
                file=row.file,
                url_form=row.url_form,
                ended_at=row.left_at,
                on_card=True,
            )
            for row in connection.execute(forgotten.order_by(left_files.c.id))
        ),
    )


def remember_left(connection: Connection, archive_id: str) -> None:
    """Note what prints of an archive may have left on cards, before its jobs are removed with their prints.

    Where these are more than a household has, or of printers that never come back, the newest are known.
    """
    columns = (
        prints.c.id,
        prints.c.machine_id,
        prints.c.file,
        prints.c.url_form,
        prints.c.ended_at,
    )
    left = (
        select(*columns)
        .join(jobs, jobs.c.id == prints.c.job_id)
        .where(
            jobs.c.archive_id == archive_id,
            prints.c.on_card.is_(True),
            ~IS_OPEN,
            # One that was copied from another library may have been noted before.
            prints.c.id.not_in(select(left_files.c.id)),
        )
    )
    added = connection.execute(
        insert(left_files).from_select(
            ["id", "machine_id", "file", "url_form", "left_at"], left
        )
    )
    if added.rowcount:
        newest = select(left_files.c.id).order_by(left_files.c.id.desc())
        kept = newest.limit(MAX_LEFT_FILES).scalar_subquery()
        connection.execute(delete(left_files).where(left_files.c.id.not_in(kept)))


def not_begun(
    connection: Connection, machine_id: str, since: datetime
) -> tuple[Print, ...]:
    """Return the prints whose start was published there and that are taken not to have begun.

    Of unfinished jobs, and of those that were cancelled where the start was published since a moment: they must not be printed.
    """
    is_cancelled = jobs.c.state == JobState.CANCELLED.value
    query = (
        select(prints)
        .join(jobs, jobs.c.id == prints.c.job_id)
        .where(
            prints.c.machine_id == machine_id,
            prints.c.outcome.in_(
                (Outcome.NOT_STARTED.value, Outcome.CANCELLED_HERE.value)
            ),
            prints.c.started_at.is_(None),
            prints.c.publishes > 0,
            or_(IS_UNFINISHED, and_(is_cancelled, prints.c.published_at >= since)),
        )
    )
    return tuple(map(_print, connection.execute(query.order_by(prints.c.id))))


def add(connection: Connection, print_: Print) -> None:
    """Add a print."""
    connection.execute(insert(prints).values(_row(print_)))


def replace(connection: Connection, before: Print, after: Print) -> None:
    """Make one print of another. Raises StalePrintError where it is not `before` any more, or has ended."""
    is_before = [
        prints.c[name] == value
        for name, value in _row(before).items()
        # With the printer, so that who drove it before does not take it back.
        if name in {"id", "machine_id", "phase", "publishes"}
    ]
    result = connection.execute(
        update(prints).where(IS_OPEN, *is_before).values(_row(after))
    )
    if result.rowcount != 1:
        raise StalePrintError


def open_of_job(connection: Connection, job_id: str) -> Print | None:
    """Return the print of a job that has not ended."""
    query = select(prints).where(IS_OPEN, prints.c.job_id == job_id)
    row = connection.execute(query).first()
    return None if row is None else _print(row)


def reopen(connection: Connection, after: Print) -> None:
    """Write that a print goes on which had been ended. Raises StalePrintError where it is not that printer's any more.

    The caller has made sure that its job and printer have no other.
    """
    is_its = (prints.c.id == after.id) & (prints.c.machine_id == after.machine_id)
    result = connection.execute(update(prints).where(is_its).values(_row(after)))
    if result.rowcount != 1:
        raise StalePrintError


def note_removed(connection: Connection, print_id: str) -> None:
    """Note that a print's file is not on the card any more."""
    connection.execute(
        update(prints).where(prints.c.id == print_id).values(on_card=False)
    )
    connection.execute(delete(left_files).where(left_files.c.id == print_id))


def all_plates(connection: Connection) -> dict[str, Plate]:
    """Return what is known of plates, by printer."""
    return {
        row.machine_id: Plate(
            is_occupied=bool(row.is_occupied),
            running=row.running,
            last=row.last,
            print_id=row.print_id,
            job_id=row.job_id,
        )
        for row in connection.execute(select(plates))
    }


def set_plate(connection: Connection, machine_id: str, plate: Plate) -> None:
    """Store what is known of a plate."""
    connection.execute(delete(plates).where(plates.c.machine_id == machine_id))
    connection.execute(
        insert(plates).values(
            machine_id=machine_id,
            is_occupied=plate.is_occupied,
            running=plate.running,
            last=plate.last,
            print_id=plate.print_id,
            job_id=plate.job_id,
        )
    )


def occupy_plate(connection: Connection, print_: Print) -> None:
    """Note that a print of the queue lies on its printer's plate."""
    values = {"is_occupied": True, "print_id": print_.id, "job_id": print_.job_id}
    machine_id = print_.machine_id
    result = connection.execute(
        update(plates).where(plates.c.machine_id == machine_id).values(values)
    )
    if not result.rowcount:
        set_plate(
            connection,
            machine_id,
            Plate(is_occupied=True, print_id=print_.id, job_id=print_.job_id),
        )


def has_energy(connection: Connection, print_id: str) -> bool:
    """Return whether it is known what a print took."""
    query = select(energies.c.print_id).where(energies.c.print_id == print_id)
    return connection.execute(query).first() is not None


def add_energy(
    connection: Connection, print_: Print, *, kwh: float, cost: float | None
) -> None:
    """Store what a print took, and add it to its job and its archive."""
    connection.execute(
        insert(energies).values(
            print_id=print_.id,
            job_id=print_.job_id,
            machine_id=print_.machine_id,
            kwh=kwh,
            cost=cost,
        )
    )
    archive_id = select(jobs.c.archive_id).where(jobs.c.id == print_.job_id)
    for table, key in (
        (jobs, print_.job_id),
        (archives, archive_id.scalar_subquery()),
    ):
        values = {"energy_kwh": func.coalesce(table.c.energy_kwh, 0.0) + kwh}
        if cost is not None:
            values["energy_cost"] = func.coalesce(table.c.energy_cost, 0.0) + cost
        connection.execute(update(table).where(table.c.id == key).values(values))


def memory(connection: Connection, serial: str) -> MachineMemory:
    """Return what is remembered of a printer."""
    row = connection.execute(
        select(machines).where(machines.c.serial == serial)
    ).one_or_none()
    if row is None:
        return MachineMemory()
    return MachineMemory(
        url_form=row.url_form,
        mapping_form=row.mapping_form,
        lost_at=row.lost_at,
        last_spool=row.last_spool and from_json(UsedSpool, row.last_spool),
    )


def remember(connection: Connection, serial: str, changes: dict[str, object]) -> None:
    """Store changed values of what is remembered of a printer."""
    if isinstance(spool := changes.get("last_spool"), UsedSpool):
        changes = {**changes, "last_spool": to_json(spool)}
    result = connection.execute(
        update(machines).where(machines.c.serial == serial).values(changes)
    )
    if not result.rowcount:
        fresh = MachineMemory()
        values = {field.name: getattr(fresh, field.name) for field in fields(fresh)}
        connection.execute(
            insert(machines).values({"serial": serial, **values, **changes})
        )


def _row(print_: Print) -> dict[str, Any]:
    values = {field.name: getattr(print_, field.name) for field in fields(print_)}
    return {
        name: value.value if isinstance(value, Enum) else value
        for name, value in values.items()
    }


def _print(row: Row[Any]) -> Print:
    values: dict[str, Any] = row._asdict()
    for name, kind in _ENUMS.items():
        if values[name] is not None:
            values[name] = kind(values[name])
    return Print(**values)
