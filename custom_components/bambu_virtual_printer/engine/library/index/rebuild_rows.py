"""Queries about an index that is made anew from what lies in the store, to be run by `Index.run`.

Which instance does so is written in the index itself: after a restart it goes on there.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from .identity_rows import REBUILT_BY
from .instance_rows import MISSING_AFTER
from .schema import change_sequence, doomed_files, instances, libraries, uploads


def begin(connection: Connection, library_id: str, instance_id: str) -> None:
    """Note that an instance makes the index anew."""
    end(connection)
    connection.execute(
        insert(libraries).values(id=library_id, folder=instance_id, instance=REBUILT_BY)
    )


def take_over(
    connection: Connection, library_id: str, instance_id: str, now: datetime
) -> bool:
    """Note the same, unless another instance does so that is not gone. Returns whether it is this one's to do."""
    owner = owner_of(connection)
    if owner not in {None, instance_id}:
        query = select(instances.c.seen_at).where(instances.c.id == owner)
        seen_at = connection.execute(query).scalar_one_or_none()
        if seen_at is not None and seen_at > now - MISSING_AFTER:
            return False
    if owner != instance_id:
        begin(connection, library_id, instance_id)
    return True


def owner_of(connection: Connection) -> str | None:
    """Return which instance makes the index anew; None when nobody does."""
    query = select(libraries.c.folder).where(libraries.c.instance == REBUILT_BY)
    return connection.execute(query).scalar_one_or_none()


def end(connection: Connection) -> None:
    """Note that the index has everything."""
    connection.execute(delete(libraries).where(libraries.c.instance == REBUILT_BY))


def changes(connection: Connection) -> int:
    """Return how many transactions have changed something; fewer than before in an index that was restored from a backup."""
    return connection.execute(select(change_sequence.c.n)).scalar_one_or_none() or 0


def known(connection: Connection, ids: Collection[str]) -> set[str]:
    """Return which of these items the index knows, or knows to be gone for good."""
    return {
        item_id
        for table in (uploads, doomed_files)
        for item_id in connection.execute(
            select(table.c.id).where(table.c.id.in_(ids))
        ).scalars()
    }


def not_stored(connection: Connection, ids: Collection[str]) -> list[str]:
    """Return which of these items the index has as not in the store."""
    query = select(uploads.c.id).where(
        uploads.c.id.in_(ids), uploads.c.stored_at.is_(None)
    )
    return list(connection.execute(query).scalars())


def set_stored(
    connection: Connection, ids: Collection[str], stored_at: datetime
) -> None:
    """Note that the store has these items."""
    connection.execute(
        update(uploads)
        .where(uploads.c.id.in_(ids), uploads.c.stored_at.is_(None))
        .values(stored_at=stored_at)
    )
