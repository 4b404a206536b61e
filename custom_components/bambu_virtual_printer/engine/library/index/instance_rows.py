"""Queries about the Home Assistants that share a library and their real printers, to be run by `Index.run`."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from ..values.driving import OtherPrinter, Printers, RealPrinter
from ..values.job import TRANSITIONS, UNFINISHED, JobVerb, Target, TargetKind
from ..values.json_codec import to_json
from ..values.prints import Plate
from ..values.records import UploadState
from ..values.shared_contents import KnownInstance
from . import print_rows
from .schema import (
    IS_OPEN,
    IS_UNFINISHED,
    UtcDateTime,
    drivers,
    instances,
    jobs,
    left_files,
    plates,
    prints,
    real_printers,
    uploads,
)

_MAY_PRINT = [state.value for state in UNFINISHED | TRANSITIONS[JobVerb.RETRY][0]]
# Those too that come back when a decision is undone, which are the ones that are kept.
_MAY_QUEUE = [
    state.value
    for state in (UploadState.RECEIVED, UploadState.PENDING, UploadState.ARCHIVING)
]
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
    """Give a printer the prints and the plate that others had of the same one. Returns its plate; None where there are no others.

    What was meant for one that nobody has set up any more is meant for this one.
    """
    twins = {
        row.machine_id: row.instance
        for row in connection.execute(
            select(real_printers.c.machine_id, real_printers.c.instance).where(
                real_printers.c.serial == serial,
                real_printers.c.machine_id != machine_id,
            )
        )
    }
    if not twins:
        return None
    taken = prints.c.machine_id.in_(twins)
    connection.execute(
        update(prints).where(taken, ~IS_OPEN).values(machine_id=machine_id)
    )
    connection.execute(
        update(left_files)
        .where(left_files.c.machine_id.in_(twins))
        .values(machine_id=machine_id)
    )
    busy = _take_open(connection, machine_id, list(twins))
    known = print_rows.all_plates(connection)
    # It is the driver alone that stores one.
    left = [known[twin] for twin in twins if twin in known]
    if left:
        connection.execute(delete(plates).where(plates.c.machine_id.in_(twins)))
        print_rows.set_plate(connection, machine_id, left[0])
    # One of which a print is still to be taken over is known until then.
    orphans = [
        twin for twin, instance in twins.items() if not instance and twin not in busy
    ]
    if orphans:
        _mean(connection, machine_id, orphans)
        connection.execute(
            delete(real_printers).where(real_printers.c.machine_id.in_(orphans))
        )
    return left[0] if left else known.get(machine_id, Plate())


def _take_open(
    connection: Connection, machine_id: str, twins: Sequence[str]
) -> set[str]:
    """Give a printer the print that others have open on it. Returns whose are left: it has one at a time."""
    query = select(prints.c.id, prints.c.job_id, prints.c.machine_id).where(
        prints.c.machine_id.in_(twins), IS_OPEN
    )
    # What was claimed last is under way, if one of them is.
    found = connection.execute(query.order_by(prints.c.id.desc())).all()
    if found and not print_rows.has_open(connection, machine_id=machine_id):
        taken, *found = found
        for table, which in (
            (prints, prints.c.id == taken.id),
            (jobs, (jobs.c.id == taken.job_id) & IS_UNFINISHED),
        ):
            connection.execute(update(table).where(which).values(machine_id=machine_id))
    return {row.machine_id for row in found}


def _mean(connection: Connection, machine_id: str, before: Sequence[str]) -> None:
    """Have what may still be printed and was meant for printers by these ids be meant for one by its own."""
    target = Target(kind=TargetKind.PRINTER, id=machine_id)
    connection.execute(
        update(jobs)
        .where(
            jobs.c.state.in_(_MAY_PRINT),
            jobs.c.target["kind"].as_string() == target.kind.value,
            jobs.c.target["id"].as_string().in_(before),
        )
        .values(target=to_json(target))
    )
    meant = uploads.c.plan["target"]
    found = connection.execute(
        select(uploads.c.id, uploads.c.plan).where(
            uploads.c.state.in_(_MAY_QUEUE) | uploads.c.kept_until.is_not(None),
            meant["kind"].as_string() == target.kind.value,
            meant["id"].as_string().in_(before),
        )
    ).all()
    for row in found:
        connection.execute(
            update(uploads)
            .where(uploads.c.id == row.id)
            .values(plan={**row.plan, "target": to_json(target)})
        )
