"""Queries about the Home Assistants that share a library and their real printers, to be run by `Index.run`."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from ..values.driving import OtherPrinter, Printers, RealPrinter
from ..values.prints import Plate
from ..values.shared_contents import KnownInstance
from . import print_rows
from .schema import (
    IS_OPEN,
    IS_UNFINISHED,
    UtcDateTime,
    drivers,
    instances,
    jobs,
    plates,
    prints,
    real_printers,
)

AWAY_AFTER = timedelta(minutes=2)
"""An instance that has not been seen for so long is away; it is noted several times a minute that it is there."""
MISSING_AFTER = timedelta(minutes=10)
"""By then it has long restarted, if it was that: people are asked what became of its prints."""


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
    moment = now(connection)
    return Printers(
        others={
            row.machine_id: OtherPrinter(
                name=row.name,
                model=row.model,
                instance=row.instance_name or "",
                is_away=(
                    is_away := row.seen_at is None or row.seen_at < moment - AWAY_AFTER
                ),
                is_missing=row.seen_at is not None
                and row.seen_at < moment - MISSING_AFTER,
                seen_at=row.seen_at if is_away else None,
            )
            for row in theirs
            if row.instance
        },
        own=frozenset(own.values()),
        same={row.machine_id: own[row.serial] for row in theirs if row.serial in own},
        orphans=frozenset(row.machine_id for row in theirs if not row.instance),
    )


def now(connection: Connection) -> datetime:
    """Return the time by the server's clock, which is the same for all instances."""
    return connection.execute(select(func.now(type_=UtcDateTime()))).scalar_one()


def away(connection: Connection, instance_id: str) -> list[KnownInstance]:
    """Return the other instances that have not been seen for minutes."""
    before = now(connection) - AWAY_AFTER
    query = select(instances).where(
        instances.c.id != instance_id, instances.c.seen_at < before
    )
    return [
        KnownInstance(
            id=row.id, name=row.name, version=row.version, seen_at=row.seen_at
        )
        for row in connection.execute(query.order_by(instances.c.name))
    ]


def remove(connection: Connection, instance_id: str) -> None:
    """Forget an instance that is gone, and what it had set up.

    Its open prints are those of printers that nobody knows then, unless another instance has the same printer. What says that it
    has not left by itself stays.
    """
    register(connection, instance_id, ())
    for table, column in (
        (drivers, drivers.c.instance),
        (instances, instances.c.id),
    ):
        connection.execute(delete(table).where(column == instance_id))


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
