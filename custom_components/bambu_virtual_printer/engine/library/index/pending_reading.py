"""The newest pending uploads as they were read last: they are read again after every change, and most are what they were."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from ..values.records import Upload, UploadState
from . import upload_rows
from .schema import uploads
from .standing import standing

type _Known = tuple[tuple[Any, ...], Upload]
"""The values of a row but for the facts, and the upload that was made of them."""

# The facts are what takes long. They are those of the bytes, which do not change.
_NEWEST = (
    select(*(column for column in uploads.c if column is not uploads.c.facts))
    .where(uploads.c.state == UploadState.PENDING.value)
    .order_by(uploads.c.id.desc())
)


class PendingReading:
    """Reads the newest pending uploads, at most `limit`. Threads may read at once."""

    def __init__(self, limit: int) -> None:
        """Nothing was read yet."""
        self._query = _NEWEST.limit(limit)
        self._last: tuple[Hashable, tuple[Upload, ...]] = (None, ())
        self._known: Mapping[str, _Known] = {}

    def read(self, connection: Connection) -> tuple[Upload, ...]:
        """Return them, the newest first."""
        now = standing(connection)
        before, found = self._last
        if now != before:
            known = self._look(connection, connection.execute(self._query).all())
            self._known = known
            found = tuple(
                upload_rows.with_known(
                    connection, [upload for _, upload in known.values()]
                )
            )
            self._last = now, found
        return found

    def _look(
        self, connection: Connection, rows: Sequence[Row[Any]]
    ) -> Mapping[str, _Known]:
        before = self._known
        is_same = {
            row.id
            for row in rows
            if row.id in before and before[row.id][0] == tuple(row)
        }
        others = [row.id for row in rows if row.id not in is_same]
        facts = upload_rows.facts(connection, others)
        return {
            row.id: before[row.id]
            if row.id in is_same
            else (tuple(row), upload_rows.made_of(row, facts[row.id]))
            for row in rows
        }
