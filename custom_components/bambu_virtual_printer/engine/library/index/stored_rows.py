"""Queries about files in the store of a shared library, to be run by `Index.run`."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from ..values.records import IN_ARCHIVE, UploadState
from .schema import IS_LIVE, archives, doomed_files, instances, uploads

DOOMED_PER_ROUND = 200
DOOMED_KEPT_FOR = timedelta(days=731)
"""An instance that has been away for longer, and has files of what was removed, brings them back."""
_UNDECIDED = {UploadState.RECEIVED, UploadState.ARCHIVING}


class Whereabouts(NamedTuple):
    """What a file is, and whether the store has it."""

    file_name: str
    sha256: str
    size_bytes: int
    is_stored: bool
    instance: str
    """The name of the instance where it came in."""


class Standing(StrEnum):
    """What the index says of files that are here."""

    UNKNOWN = "unknown"
    """It does not know them yet."""
    UNDECIDED = "undecided"
    """They are still being read."""
    WANTED = "wanted"
    GONE = "gone"
    """Nobody can have them any more."""


def whereabouts(connection: Connection, item_id: str) -> Whereabouts | None:
    """Return what is known of the file of an upload or archive; None when it is unknown or gone."""
    if standing(connection, item_id) in {Standing.UNKNOWN, Standing.GONE}:
        return None
    row = connection.execute(
        select(
            uploads.c.file_name,
            uploads.c.sha256,
            uploads.c.size_bytes,
            uploads.c.stored_at,
            instances.c.name,
        )
        .select_from(uploads.outerjoin(instances, instances.c.id == uploads.c.instance))
        .where(uploads.c.id == item_id)
    ).one()
    return Whereabouts(
        row.file_name,
        row.sha256,
        row.size_bytes,
        row.stored_at is not None,
        row.name or "?",
    )


def standing(connection: Connection, item_id: str) -> Standing:
    """Return what the index says of the files of an upload or archive."""
    row = connection.execute(
        select(uploads.c.state, uploads.c.kept_until).where(uploads.c.id == item_id)
    ).first()
    if row is None:
        return Standing.GONE if is_doomed(connection, item_id) else Standing.UNKNOWN
    state = UploadState(row.state)
    if state in _UNDECIDED:
        return Standing.UNDECIDED
    if row.kept_until is not None or state is UploadState.PENDING:
        return Standing.WANTED
    if state in IN_ARCHIVE:
        live = select(archives.c.id).where(archives.c.id == item_id, IS_LIVE)
        if connection.execute(live).first() is not None:
            return Standing.WANTED
    return Standing.GONE


def set_stored(connection: Connection, item_id: str) -> None:
    """Record that the store has the files of an upload or archive."""
    connection.execute(
        update(uploads).where(uploads.c.id == item_id).values(stored_at=func.now())
    )


def doom(connection: Connection, item_id: str) -> None:
    """Remember that the files of what was removed have to go from the store, if it has them."""
    connection.execute(delete(doomed_files).where(doomed_files.c.id == item_id))
    connection.execute(insert(doomed_files).values(id=item_id, doomed_at=func.now()))


def is_doomed(connection: Connection, item_id: str) -> bool:
    """Return whether the files of an item were removed for good."""
    query = select(doomed_files.c.id).where(doomed_files.c.id == item_id)
    return connection.execute(query).first() is not None


def spare(connection: Connection, item_id: str) -> bool:
    """Forget that an item is doomed where it is wanted after all. Returns whether its files have to stay."""
    match standing(connection, item_id):
        case Standing.GONE:
            return False
        case Standing.WANTED:
            connection.execute(delete(doomed_files).where(doomed_files.c.id == item_id))
    return True


def among_doomed(connection: Connection, ids: Collection[str]) -> set[str]:
    """Return which of these items were removed for good."""
    query = select(doomed_files.c.id).where(doomed_files.c.id.in_(ids))
    return set(connection.execute(query).scalars())


def doomed(connection: Connection) -> list[str]:
    """Return whose files have to go from the store, at most a round of them."""
    query = (
        select(doomed_files.c.id)
        .where(doomed_files.c.removed_at.is_(None))
        .order_by(doomed_files.c.doomed_at, doomed_files.c.id)
    )
    return list(connection.execute(query.limit(DOOMED_PER_ROUND)).scalars())


def set_removed(connection: Connection, item_id: str) -> None:
    """Record that the store has nothing more of it."""
    connection.execute(
        update(doomed_files)
        .where(doomed_files.c.id == item_id)
        .values(removed_at=func.now())
    )


def forget_removed(connection: Connection, now: datetime) -> None:
    """Forget what was removed long ago, and of which the store has nothing more."""
    is_old = doomed_files.c.removed_at < now - DOOMED_KEPT_FOR
    connection.execute(delete(doomed_files).where(is_old))
