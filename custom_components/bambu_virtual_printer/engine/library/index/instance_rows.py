"""Queries about the Home Assistants that share a library and their real printers, to be run by `Index.run`."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from ..values.driving import OtherPrinter, Printers, RealPrinter
from ..values.prints import Plate
from . import print_rows
from .schema import (
    IS_OPEN,
    IS_UNFINISHED,
    instances,
    jobs,
    plates,
    prints,
    real_printers,
)

AWAY_AFTER = timedelta(minutes=2)
"""An instance that has not been seen for so long is away; it is noted several times a minute that it is there."""


def names(connection: Connection) -> dict[str, str]:
    """Return what the instances are called, by their ids."""
    query = select(instances.c.id, instances.c.name).order_by(instances.c.name)
    return {row.id: row.name for row in connection.execute(query)}


def register(
    connection: Connection, instance_id: str, printers: Sequence[RealPrinter]
) -> None:
    """Make the real printers of an instance these.

    One that is gone and that another instance has too is kept as nobody's, so that its prints are taken over there.
    """
    wanted = {printer.id: printer for printer in printers}
    known = {
        row.machine_id: row
        for row in connection.execute(
            select(real_printers).where(real_printers.c.instance == instance_id)
        )
    }
    for machine_id, row in known.items():
        if machine_id in wanted:
            continue
        of_serial = real_printers.c.serial == row.serial
        twin = select(real_printers.c.machine_id).where(
            of_serial,
            real_printers.c.instance.not_in((instance_id, "")),
        )
        if connection.execute(twin).first():
            connection.execute(
                update(real_printers)
                .where(real_printers.c.machine_id == machine_id)
                .values(instance="")
            )
        else:
            connection.execute(
                delete(real_printers).where(
                    of_serial, real_printers.c.instance.in_((instance_id, ""))
                )
            )
    for printer in printers:
        values = {
            "serial": printer.serial,
            "name": printer.name,
            "model": printer.model,
            "instance": instance_id,
        }
        before = known.get(printer.id)
        if before is None:
            _forget(connection, printer.id)
            connection.execute(
                insert(real_printers).values(machine_id=printer.id, **values)
            )
        elif any(getattr(before, name) != value for name, value in values.items()):
            connection.execute(
                update(real_printers)
                .where(real_printers.c.machine_id == printer.id)
                .values(values)
            )


def _forget(connection: Connection, machine_id: str) -> None:
    connection.execute(
        delete(real_printers).where(real_printers.c.machine_id == machine_id)
    )


def printers(connection: Connection, instance_id: str) -> Printers:
    """Return what the other instances have set up, as one of them sees it."""
    found = connection.execute(
        select(
            real_printers,
            instances.c.name.label("instance_name"),
            instances.c.seen_at,
        ).outerjoin(instances, instances.c.id == real_printers.c.instance)
    ).all()
    own = {row.serial: row.machine_id for row in found if row.instance == instance_id}
    theirs = [row for row in found if row.instance != instance_id]
    away_before = datetime.now(UTC) - AWAY_AFTER
    return Printers(
        others={
            row.machine_id: OtherPrinter(
                name=row.name,
                model=row.model,
                instance=row.instance_name or "",
                is_away=row.seen_at is None or row.seen_at < away_before,
            )
            for row in theirs
            if row.instance
        },
        same={row.machine_id: own[row.serial] for row in theirs if row.serial in own},
        orphans=frozenset(row.machine_id for row in theirs if not row.instance),
    )


def take_over(connection: Connection, machine_id: str, serial: str) -> Plate | None:
    """Give a printer the prints and the plate that others had of the same one. Returns its plate; None where there are no others."""
    twins = list(
        connection.execute(
            select(real_printers.c.machine_id).where(
                real_printers.c.serial == serial,
                real_printers.c.machine_id != machine_id,
            )
        ).scalars()
    )
    if not twins:
        return None
    taken = prints.c.machine_id.in_(twins)
    open_jobs = list(
        connection.execute(select(prints.c.job_id).where(taken, IS_OPEN)).scalars()
    )
    connection.execute(update(prints).where(taken).values(machine_id=machine_id))
    if open_jobs:
        connection.execute(
            update(jobs)
            .where(jobs.c.id.in_(open_jobs), IS_UNFINISHED)
            .values(machine_id=machine_id)
        )
    known = print_rows.all_plates(connection)
    # It is the driver alone that stores one.
    left = [known[twin] for twin in twins if twin in known]
    if left:
        connection.execute(delete(plates).where(plates.c.machine_id.in_(twins)))
        print_rows.set_plate(connection, machine_id, left[0])
    connection.execute(
        delete(real_printers).where(
            real_printers.c.machine_id.in_(twins), real_printers.c.instance == ""
        )
    )
    return left[0] if left else known.get(machine_id, Plate())
