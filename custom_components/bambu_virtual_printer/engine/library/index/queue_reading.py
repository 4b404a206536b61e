"""The queue as it was read last: it is read again after every change, and most of it is what it was."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row

from ..values.job import Job
from . import job_rows
from .standing import standing

type _Known = tuple[tuple[Any, ...], Job]
"""The values of a row but for the position, and the job that was made of them."""


class QueueReading:
    """Reads the queue; a job that is the same as before is the very same object. Threads may read at once."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._last: tuple[Hashable, tuple[Job, ...]] = (None, ())
        self._known: Mapping[str, _Known] = {}

    def read(self, connection: Connection) -> tuple[Job, ...]:
        """Return all unfinished jobs in their order, those that are with a printer first."""
        now = standing(connection)
        before, found = self._last
        if now != before:
            rows = connection.execute(job_rows.QUEUE).all()
            # Another thread may put what it has read there meanwhile.
            known = {row.id: self._look(row) for row in rows}
            self._known = known
            found = job_rows.numbered([job for _, job in known.values()])
            self._last = now, found
        return found

    def _look(self, row: Row[Any]) -> _Known:
        known = self._known.get(row.id)
        values = tuple(row)
        place = job_rows.POSITION
        values = values[:place] + values[place + 1 :]
        if known is None or known[0] != values:
            return values, job_rows.from_row(row)
        # Moving one job gives many others another position.
        _, job = known
        position = row.position if job.state.is_queued else None
        if job.position == position:
            return known
        return values, replace(job, position=position)
