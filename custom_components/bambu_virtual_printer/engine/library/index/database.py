"""The index: a database, the threads that talk to it, and transactions that run there.

SQLite with a write-ahead log unless a URL names PostgreSQL.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Concatenate

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from ...explanations import explain
from ..values.errors import IndexFault, IndexUnavailableError
from ..values.shared import Instance
from .access import Access, Database
from .changes import Hearing
from .postgresql import PostgresqlDatabase
from .sqlite import SqliteDatabase


class Index:
    """The database of the library."""

    def __init__(
        self,
        url: str,
        *,
        instance: Instance | None = None,
        library_id: str = "",
        prepare: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Remember the place, a SQLAlchemy URL; nothing is opened. Raises IndexUnavailableError.

        `instance` is who this is where several use one database, `library_id` the library that has to be in it. `prepare` has
        what it takes to speak with a server; it is awaited each time before one is opened, and raises IndexUnavailableError.
        """
        self._database = _database(parsed_url(url), instance, library_id, prepare)

    async def open(self) -> Path | None:
        """Open the database and bring it up to date. Returns where a damaged one was put, which was replaced.

        Raises IndexUnavailableError, IndexTooNewError; then it may be tried again.
        """
        return await self._database.open()

    async def close(self) -> None:
        """Finish what is under way and close."""
        await self._database.close()

    def listen(self, hearing: Hearing) -> None:
        """Tell of what other instances change until it is closed; where there can be none, of nothing."""
        if isinstance(self._database, PostgresqlDatabase):
            self._database.listen(hearing)

    async def read[**Parameters, Result](
        self,
        work: Callable[Concatenate[Connection, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Do `work`, which changes nothing, in a transaction. Raises IndexUnavailableError and what `work` raises."""
        return await self._transact(Access.READ, work, *args, **kwargs)

    async def run[**Parameters, Result](
        self,
        work: Callable[Concatenate[Connection, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Do `work` in a transaction, the only one that changes anything meanwhile.

        `work` may be begun a second time, after all that it did was undone. Raises IndexUnavailableError and what `work`
        raises; then nothing is changed.
        """
        return await self._transact(Access.WRITE, work, *args, **kwargs)

    async def run_beside[**Parameters, Result](
        self,
        work: Callable[Concatenate[Connection, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Do `work` in a transaction, beside others that change something: it locks the rows that it relies on.

        Otherwise like `run`.
        """
        return await self._transact(Access.WRITE_BESIDE, work, *args, **kwargs)

    async def prepare_backup(self) -> None:
        """Make the files of the database safe to copy one after the other, until `finish_backup`. Raises LibraryError.

        No caller has to wait. Databases with a server have their own ways.
        """
        await self._database.prepare_backup()

    async def finish_backup(self) -> None:
        """Go back to normal after a backup. Raises LibraryError."""
        await self._database.finish_backup()

    async def _transact[**Parameters, Result](
        self,
        access: Access,
        work: Callable[Concatenate[Connection, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        return await self._database.transact(
            access, lambda connection: work(connection, *args, **kwargs)
        )


def parsed_url(url: str) -> URL:
    """Return the URL of a database, with the driver that is used here. Raises IndexUnavailableError."""
    try:
        parsed = make_url(url)
    except (SQLAlchemyError, ValueError) as err:
        raise _unreadable() from err
    if "@" in (parsed.host or ""):
        # A password with this character in it, whose end would be told as a part of the host.
        raise _unreadable()
    if parsed.drivername in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _unreadable() -> IndexUnavailableError:
    return IndexUnavailableError(
        explain("index_url_unreadable", "The database URL cannot be read."),
        IndexFault.URL,
    )


def _database(
    url: URL,
    instance: Instance | None,
    library_id: str,
    prepare: Callable[[], Awaitable[None]] | None,
) -> Database:
    match url.get_backend_name():
        case "sqlite":
            return SqliteDatabase(url)
        case "postgresql":
            instance_id = "" if instance is None else instance.id
            return PostgresqlDatabase(url, instance_id, library_id, prepare)
        case other:
            raise IndexUnavailableError(
                explain(
                    "index_of_other_kind",
                    "The index can be in SQLite or PostgreSQL, not in {kind}.",
                    kind=str(other),
                ),
                IndexFault.URL,
            )
