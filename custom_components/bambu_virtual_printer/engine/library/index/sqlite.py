"""The index in a SQLite file, with a write-ahead log: one thread, one connection.

A transaction that was done survives a power cut: the queue is nowhere else, and a job that was printed must not be printed
again.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
import logging
from pathlib import Path
import sqlite3

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from ...explanations import Explanation, explain, why_os
from ..values.errors import IndexUnavailableError
from .access import Access, silent
from .migrations import migrate
from .threads import Worker

_LOGGER = logging.getLogger(__name__)

BUSY_TIMEOUT_S = 10.0
# SQLite's own default.
CHECKPOINT_PAGES = 1000
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class _DamagedError(IndexUnavailableError):
    """The database is not intact."""


class SqliteDatabase:
    """A SQLite database; every transaction is the only one."""

    def __init__(self, url: URL) -> None:
        """Remember the place; nothing is opened."""
        self._file = Path(url.database) if url.database else None
        self._url = url
        self._worker = Worker("bambu_library_index", 1)
        self._engine: Engine | None = None

    async def open(self) -> Path | None:
        """Open the database and bring it up to date. Returns where a damaged one was put, which was replaced.

        Raises IndexUnavailableError, IndexTooNewError.
        """
        return await self._worker.run(self._open)

    async def close(self) -> None:
        """Finish what is under way and close."""
        # No transaction may follow the end of the pool: it would open a connection that is never closed.
        await self._worker.close()
        if self._engine is not None:
            await asyncio.to_thread(self._engine.dispose)

    async def transact[Result](
        self, _access: Access, work: Callable[[Connection], Result]
    ) -> Result:
        """Do `work` in a transaction. Raises IndexUnavailableError and what `work` raises; then nothing is changed."""
        return await self._worker.run(self._transact, work)

    async def prepare_backup(self) -> None:
        """Make the files of the database safe to copy one after the other, until `finish_backup`. Raises LibraryError.

        From here on SQLite only appends to its log. A copy of the file is what it is now, and a copy of the log the
        transactions since, up to the last one that is complete; together they are one moment, in whatever order they
        are copied. No caller has to wait.
        """
        await self._worker.run(self._prepare_backup)

    async def finish_backup(self) -> None:
        """Let the log be taken over into the file again. Raises LibraryError."""
        await self._worker.run(self._finish_backup)

    def _transact[Result](self, work: Callable[[Connection], Result]) -> Result:
        assert self._engine is not None
        try:
            with _explained(), self._engine.begin() as connection:
                return work(connection)
        except _DamagedError:
            self._suspect()
            raise

    def _prepare_backup(self) -> None:
        if self._file is not None:
            with self._outside_transactions() as connection:
                connection.execute("PRAGMA wal_autocheckpoint = 0").close()
                row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if row[0]:
                self._finish_backup()
                raise IndexUnavailableError(
                    explain(
                        "index_in_use",
                        "Another program is using the index; it cannot be backed up now.",
                    )
                )

    def _finish_backup(self) -> None:
        if self._file is not None:
            with self._outside_transactions() as connection:
                connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")

    @contextmanager
    def _outside_transactions(self) -> Iterator[sqlite3.Connection]:
        """Yield SQLite's own connection, the only one there is."""
        assert self._engine is not None
        with _explained(), self._engine.connect() as connection:
            driver_connection = connection.connection.driver_connection
            assert isinstance(driver_connection, sqlite3.Connection)
            try:
                yield driver_connection
            except sqlite3.Error as err:
                raise _explanation(err) from err

    def _suspect(self) -> None:
        """Have the next start look at the whole database, which it does not after an orderly end."""
        assert self._file is not None
        with suppress(OSError):
            _mark(self._file).touch(exist_ok=False)
            _LOGGER.error(
                "The index is damaged; the next start makes a new one of the files if it has to"
            )

    def _open(self) -> Path | None:
        file = self._file
        if file is not None:
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as err:
                raise IndexUnavailableError(
                    explain(
                        "index_without_place",
                        "The folder of the index cannot be used: {why}.",
                        why=why_os(err),
                    )
                ) from err
        try:
            self._engine = self._connected()
        except _DamagedError:
            # Only SQLite reports damage.
            assert file is not None
            kept_aside = _put_aside(file)
            _LOGGER.error("The index was damaged; it is kept as %s", kept_aside)
            self._engine = self._connected()
            return kept_aside
        return None

    def _connected(self) -> Engine:
        """Return an engine whose database has the right tables. Raises _DamagedError, IndexUnavailableError."""
        file = self._file
        # A write-ahead log is only there when the last end was a crash.
        is_suspect = file is not None and (
            file.with_name(f"{file.name}-wal").exists() or _mark(file).exists()
        )
        with _explained():
            engine = _engine(self._url)
        try:
            with _explained():
                if is_suspect:
                    _check(engine)
                migrate(engine)
        except:
            engine.dispose()
            raise
        if file is not None:
            with suppress(OSError):
                _mark(file).unlink(missing_ok=True)
        return engine


def _engine(url: URL) -> Engine:
    # Without an isolation level the driver leaves transactions to us, tables included; and it knows, unlike in its
    # newer mode, that SQLite ends them by itself when the disk is full.
    engine = create_engine(
        url,
        connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_S},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _check(engine: Engine) -> None:
    """Look for damage after a crash. Raises _DamagedError."""
    with engine.begin() as connection:
        result = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if result != "ok":
        raise _DamagedError(_damaged(str(result)))


def _mark(file: Path) -> Path:
    """Return the file whose being there says that the database was found damaged."""
    return file.with_name(f"{file.name}.suspect")


def _put_aside(file: Path) -> Path:
    """Rename a damaged database, so that a person can still look at it. Raises IndexUnavailableError."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    kept_aside = file.with_name(f"{file.name}.damaged-{moment}")
    try:
        for suffix in ("-wal", "-shm", ""):
            part = file.with_name(file.name + suffix)
            if part.exists():
                part.rename(kept_aside.with_name(kept_aside.name + suffix))
    except OSError as err:
        raise IndexUnavailableError(
            explain(
                "index_not_put_aside",
                "The damaged index cannot be renamed: {why}.",
                why=why_os(err),
            )
        ) from err
    return kept_aside


@contextmanager
def _explained() -> Iterator[None]:
    """Turn database errors into ours; the texts of drivers hold neither values nor passwords."""
    try:
        yield
    except DatabaseError as err:
        raise _explanation(err.orig) from err
    except SQLAlchemyError as err:
        raise IndexUnavailableError(silent(str(err))) from err


def _damaged(reason: str) -> Explanation:
    return explain("index_damaged", "The index is damaged: {error}.", error=reason)


def _explanation(err: BaseException | None) -> IndexUnavailableError:
    reason = str(err).strip().partition("\n")[0]
    if getattr(err, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
        return _DamagedError(_damaged(reason))
    return IndexUnavailableError(silent(reason))
