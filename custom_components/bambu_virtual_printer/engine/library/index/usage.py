"""How much room archives take."""

from sqlalchemy import Connection, func, select

from ..values.records import UploadState
from .schema import uploads
from .totals import totals

_SIZES = select(func.coalesce(func.sum(uploads.c.size_bytes), 0))


def used_bytes(connection: Connection) -> int:
    """Return the bytes of the files of archives, and of uploads that are undecided or can be restored; to be run by `Index.run`."""
    undecided = [
        UploadState.RECEIVED.value,
        UploadState.PENDING.value,
        UploadState.ARCHIVING.value,
    ]
    is_undecided = uploads.c.state.in_(undecided)
    # Two questions, since SQLite has an index for each but reads the whole table for both.
    of_others = sum(
        int(connection.execute(query).scalar_one())
        for query in (
            _SIZES.where(is_undecided),
            _SIZES.where(uploads.c.kept_until.is_not(None), ~is_undecided),
        )
    )
    return archived_bytes(connection) + of_others


def archived_bytes(connection: Connection) -> int:
    """Return what the files of archives take; to be run by `Index.run`."""
    archive_bytes: int = connection.execute(select(totals.c.archive_bytes)).scalar_one()
    return archive_bytes
