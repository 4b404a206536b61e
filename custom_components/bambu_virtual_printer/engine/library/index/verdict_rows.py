"""Queries about verdicts on prints, to be run by `Index.run`."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ..values.judgements import Judgement
from ..values.prints import Outcome
from ..values.verdicts import Reprint, Verdict
from .schema import archives, jobs, prints, verdicts

# What ended so has printed, although nobody may have seen it begin: it was missed, or a person told the end.
_CERTAIN = (
    Outcome.FINISHED,
    Outcome.FAILED,
    Outcome.REPLACED,
    Outcome.CANCELLED_AT_PRINTER,
)
_HAS_PRINTED = prints.c.outcome.in_([outcome.value for outcome in _CERTAIN]) | (
    prints.c.outcome.is_not(None)
    & (prints.c.outcome != Outcome.NOT_STARTED.value)
    & prints.c.started_at.is_not(None)
)


def get(connection: Connection, subject_id: str) -> Judgement | None:
    """Return what was said of a print, or of a job without prints."""
    row = connection.execute(
        select(verdicts).where(verdicts.c.id == subject_id)
    ).one_or_none()
    return None if row is None else _judgement(row)


def last_of_job(connection: Connection, job_id: str) -> Judgement | None:
    """Return what was said last of any copy of a job."""
    query = select(verdicts).where(verdicts.c.job_id == job_id)
    row = connection.execute(query.order_by(verdicts.c.said_at.desc())).first()
    return None if row is None else _judgement(row)


def offered(connection: Connection, job_ids: Collection[str]) -> frozenset[str]:
    """Return of which of these jobs it is open whether a failed copy is printed again."""
    query = select(verdicts.c.job_id, verdicts.c.reprint).where(
        verdicts.c.job_id.in_(job_ids)
    )
    last = {
        row.job_id: row.reprint
        for row in connection.execute(query.order_by(verdicts.c.said_at))
    }
    return frozenset(
        job_id for job_id, reprint in last.items() if reprint == Reprint.OFFERED.value
    )


def last_print(connection: Connection, job_id: str) -> str | None:
    """Return the id of a job's last print that has ended and left something on the plate."""
    query = (
        select(prints.c.id)
        .where(prints.c.job_id == job_id, _HAS_PRINTED)
        .order_by(prints.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def has_printed(connection: Connection, print_id: str) -> bool:
    """Return whether a print has ended and left something on the plate."""
    query = select(prints.c.id).where(prints.c.id == print_id, _HAS_PRINTED)
    return connection.execute(query).first() is not None


def add(connection: Connection, judgement: Judgement, archive_id: str) -> None:
    """Store what was said of a print, and count it with its job and its archive."""
    connection.execute(insert(verdicts).values(_row(judgement)))
    count = f"judged_{judgement.verdict.value}"
    for table, key in ((jobs, judgement.job_id), (archives, archive_id)):
        connection.execute(
            update(table).where(table.c.id == key).values({count: table.c[count] + 1})
        )


def answer_offer(connection: Connection, judgement: Judgement) -> None:
    """Store how the offer to print again was answered."""
    connection.execute(
        update(verdicts).where(verdicts.c.id == judgement.id).values(_row(judgement))
    )


def _row(judgement: Judgement) -> dict[str, Any]:
    return {
        "id": judgement.id,
        "job_id": judgement.job_id,
        "verdict": judgement.verdict.value,
        "reason": judgement.reason,
        "said_by": judgement.by,
        "said_at": judgement.at,
        "reprint": judgement.reprint.value,
        "reprint_by": judgement.reprint_by,
        "reprint_at": judgement.reprint_at,
        "reprint_job_id": judgement.reprint_job_id,
    }


def _judgement(row: Row[Any]) -> Judgement:
    return Judgement(
        id=row.id,
        job_id=row.job_id,
        verdict=Verdict(row.verdict),
        reason=row.reason,
        by=row.said_by,
        at=row.said_at,
        reprint=Reprint(row.reprint),
        reprint_by=row.reprint_by,
        reprint_at=row.reprint_at,
        reprint_job_id=row.reprint_job_id,
    )
