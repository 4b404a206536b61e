"""Looks what is in the database of a shared library, before it is joined. Nothing is changed."""

from sqlalchemy import Connection, Table, func, select

from ..values.records import UploadState
from ..values.shared_contents import NOTHING, KnownInstance, SharedContents
from .database import parsed_url
from .migrations import newest_version, version_of
from .postgresql import PostgresqlDatabase
from .schema import (
    IS_LIVE,
    IS_UNFINISHED,
    archives,
    instances,
    jobs,
    libraries,
    uploads,
)


async def look_into(url: str) -> SharedContents:
    """Return what is in the database of this URL. Raises IndexUnavailableError, IndexTooNewError."""
    database = PostgresqlDatabase(parsed_url(url), "")
    try:
        return await database.try_out(contents)
    finally:
        await database.close()


def contents(connection: Connection) -> SharedContents:
    """Return what is in a database."""
    version = version_of(connection)
    if version is None:
        return NOTHING
    library_id = connection.execute(select(libraries.c.id).limit(1)).scalar() or ""
    if version < newest_version():
        return SharedContents(library_id=library_id, is_old=True)

    def count(table: Table, *conditions: object) -> int:
        query = select(func.count()).select_from(table).where(*conditions)  # type: ignore[arg-type]
        return connection.execute(query).scalar_one()

    return SharedContents(
        library_id=library_id,
        archives=count(archives, IS_LIVE),
        pending=count(uploads, uploads.c.state == UploadState.PENDING.value),
        jobs=count(jobs, IS_UNFINISHED),
        instances=[
            KnownInstance(
                id=row.id, name=row.name, version=row.version, seen_at=row.seen_at
            )
            for row in connection.execute(select(instances).order_by(instances.c.name))
        ],
    )
