"""Which library the index is of, to be run by `Index.run`."""

from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, text

from ...explanations import explain
from ..values.errors import IndexFault, IndexUnavailableError
from ..values.records import UploadState
from .schema import IS_LIVE, archives, libraries, uploads

# Enough to tell a library from an empty folder, and from what was written beneath one.
SAMPLE = 200


_NOBODY = ""
"""In place of an instance, in a library that all have left, and in an index that only one has."""
REBUILT_BY = "rebuilt-by"
"""In place of an instance, in the row that says who makes the index anew; ids of instances are of another form."""


class Identity(NamedTuple):
    """The id in the markers of the library, and its folder when it was last there."""

    id: str
    folder: str


def get(connection: Connection, instance: str = "") -> Identity | None:
    """Return which library the index is of; where several instances share it, which folder is this one's."""
    row = connection.execute(
        select(libraries).where(libraries.c.instance == instance)
    ).first()
    return None if row is None else Identity(row.id, row.folder)


def put(connection: Connection, identity: Identity, instance: str = "") -> None:
    """Store which library the index is of, or which folder is an instance's."""
    # One that everybody had left is somebody's again.
    connection.execute(
        delete(libraries).where(libraries.c.instance.in_([instance, _NOBODY]))
    )
    connection.execute(
        insert(libraries).values(
            id=identity.id, folder=identity.folder, instance=instance
        )
    )


def leave(connection: Connection, instance: str) -> None:
    """Forget that an instance belongs to a library; which one it is stays known when that was the last."""
    known = connection.execute(select(libraries.c.id)).scalars().first()
    connection.execute(delete(libraries).where(libraries.c.instance == instance))
    left = select(libraries.c.id).where(libraries.c.instance != REBUILT_BY)
    if known is not None and not connection.execute(left).first():
        connection.execute(
            insert(libraries).values(id=known, folder="", instance=_NOBODY)
        )


def require(connection: Connection, library_id: str) -> None:
    """Make sure that a PostgreSQL database has the tables of this library. Raises IndexUnavailableError."""
    found: set[str] = set()
    if connection.execute(
        text("SELECT to_regclass(:name) IS NOT NULL"), {"name": libraries.name}
    ).scalar_one():
        found = set(connection.execute(select(libraries.c.id)).scalars())
    if library_id in found:
        return
    if found:
        raise IndexUnavailableError(_OTHER_LIBRARY, IndexFault.OTHER_LIBRARY)
    raise IndexUnavailableError(_NO_LIBRARY, IndexFault.NO_LIBRARY)


def refuse_others(connection: Connection, library_id: str) -> None:
    """Make sure that no other library is in the index. Nobody else may write meanwhile. Raises IndexUnavailableError."""
    other = select(libraries.c.id).where(libraries.c.id != library_id)
    if connection.execute(other).first() is not None:
        raise IndexUnavailableError(_OTHER_LIBRARY, IndexFault.OTHER_LIBRARY)


_OTHER_LIBRARY = explain(
    "index_of_other_library",
    "The database is that of another library than the one that is shared here.",
)
_NO_LIBRARY = explain(
    "index_without_library", "The database is empty: the library is not in it."
)


def sample(connection: Connection) -> list[str]:
    """Return some of the archives and pending uploads that should have files."""
    queries = (
        select(archives.c.id).where(IS_LIVE),
        select(uploads.c.id).where(uploads.c.state == UploadState.PENDING.value),
    )
    return [
        item_id
        for query in queries
        for item_id in connection.execute(
            query.order_by(func.random()).limit(SAMPLE)
        ).scalars()
    ]
