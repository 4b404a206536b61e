"""The index in a PostgreSQL database, which several Home Assistants may use at once.

There is one writer at a time in all of them: a transaction that writes begins by taking an advisory lock, which PostgreSQL
frees when the transaction or its connection ends. So everything that was read holds until the commit, as with SQLite.
No caller waits longer than `ANSWER_WITHIN_S`, whatever becomes of the server and the network: connections have time-outs
on both sides, and one that does not answer is cut.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
import logging
from pathlib import Path
import time
from typing import Any

from sqlalchemy import URL, Connection, Engine, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ...explanations import NO_ANSWER
from ..values.errors import IndexTooNewError, IndexUnavailableError
from . import identity_rows, postgresql_tables
from .access import Access, silent
from .changes import ChangeListener, Hearing
from .migrations import newest_version, version_of
from .postgresql_connection import Place, Turn, make_engine
from .postgresql_errors import (
    CONFLICT_STATES,
    LOST_AT_THE_END,
    UNKNOWN_OBJECT_STATES,
    state_of,
    unavailable,
    unreachable_at,
)
from .schema import versions
from .threads import Worker
from .together import together

_LOGGER = logging.getLogger(__name__)

ANSWER_WITHIN_S = 15.0
OPEN_WITHIN_S = 600.0
"""Bringing the tables of an older version up to date may take long."""
REPEATS = 2
_IS_OURS = "bvp_is_of_library"
_THREADS = {Access.READ: 2, Access.WRITE: 1, Access.WRITE_BESIDE: 1}


class _AgainError(Exception):
    """A transaction was ended before its commit, through no fault of its own. `reason` is what ended it."""

    def __init__(self, reason: DBAPIError) -> None:
        """Keep the reason."""
        super().__init__(str(reason.orig))
        self.reason = reason


class PostgresqlDatabase:
    """A PostgreSQL database; reads run beside writes."""

    def __init__(
        self,
        url: URL,
        instance_id: str,
        library_id: str = "",
        prepare: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Remember the place and who this is; nothing is opened.

        With `library_id` only the tables of this library are used, which somebody has made before. `prepare` has what it
        takes to speak with the server, before it is opened; it raises IndexUnavailableError.
        """
        self._prepare = prepare
        self.place: Place | None = None
        """Where the tables are, once it was open."""
        self._url = url
        self._instance_id = instance_id
        self._library_id = library_id
        self._workers = {
            access: Worker(f"bambu_library_index_{access.name.lower()}", threads)
            for access, threads in _THREADS.items()
        }
        self._engine: Engine | None = None
        self._failed_at = float("-inf")
        self._failure = silent(NO_ANSWER)
        self._closed_for: IndexUnavailableError | None = IndexUnavailableError(
            silent(NO_ANSWER)
        )
        self._too_new: IndexTooNewError | None = None
        self._listener: ChangeListener | None = None

    async def open(self) -> Path | None:
        """Open the database and bring it up to date. Raises IndexUnavailableError, IndexTooNewError.

        It may be tried again. Until it is open every transaction fails at once, for the reason of the last attempt.
        """
        try:
            if self._prepare is not None:
                await self._prepare()
            self._make_engine()
            if not await self._transact_within(Access.READ, self._look_around):
                await self._bounded(Access.WRITE, self._bring_up_to_date, OPEN_WITHIN_S)
        except IndexUnavailableError as err:
            self._closed_for = err
            raise
        self._closed_for = None
        return None

    async def close(self) -> None:
        """Finish what is under way and close."""
        if self._listener is not None:
            await self._listener.stop()
        for worker in self._workers.values():
            await worker.close()
        if self._engine is not None:
            await asyncio.to_thread(self._engine.dispose)

    async def transact[Result](
        self, access: Access, work: Callable[[Connection], Result]
    ) -> Result:
        """Do `work` in a transaction. Raises IndexUnavailableError and what `work` raises; then nothing is changed."""
        if (why := self._closed_for) is not None:
            raise IndexUnavailableError(why.explanation, why.fault)
        return await self._transact_within(access, work)

    async def _transact_within[Result](
        self, access: Access, work: Callable[[Connection], Result]
    ) -> Result:
        return await self._bounded(
            access, lambda turn: self._transact(access, work, turn), ANSWER_WITHIN_S
        )

    def listen(self, hearing: Hearing) -> None:
        """Tell of changes by other instances until it is closed; it has to be open."""
        assert self.place is not None

        def note_outdated(error: IndexTooNewError) -> None:
            self._too_new = error
            hearing.outdated(error)

        self._listener = ChangeListener(
            self._url,
            self.place,
            self._instance_id,
            replace(hearing, outdated=note_outdated),
        )
        self._listener.start()

    async def try_out[Result](self, work: Callable[[Connection], Result]) -> Result:
        """Do `work` in a transaction of which nothing stays; it need not be open. Raises IndexUnavailableError."""
        self._make_engine()

        def attempt(turn: Turn) -> Result:
            with self._connected(Access.WRITE) as connection, turn.using(connection):
                try:
                    return work(connection)
                except SQLAlchemyError as err:
                    raise unavailable(err) from err

        return await self._bounded(Access.WRITE, attempt, ANSWER_WITHIN_S)

    async def prepare_backup(self) -> None:
        """Do nothing: the server has its own ways."""

    async def finish_backup(self) -> None:
        """Do nothing."""

    async def _bounded[Result](
        self, access: Access, work: Callable[[Turn], Result], seconds: float
    ) -> Result:
        """Do `work` in a thread, and cut its connection when it takes too long. Raises IndexUnavailableError."""
        turn = Turn()
        try:
            async with asyncio.timeout(seconds) as limit:
                return await self._workers[access].run(work, turn)
        except TimeoutError as err:
            if not limit.expired():
                raise
            turn.give_up()
            raise IndexUnavailableError(silent(NO_ANSWER)) from err

    def _transact[Result](
        self, access: Access, work: Callable[[Connection], Result], turn: Turn
    ) -> Result:
        if turn.asked_at < self._failed_at:
            # The server did not answer while this waited for its turn.
            raise IndexUnavailableError(self._failure)
        for _ in range(REPEATS):
            try:
                return self._attempt(access, work, turn)
            except _AgainError as err:
                _LOGGER.debug("A transaction is begun again: %s", err)
        try:
            return self._attempt(access, work, turn)
        except _AgainError as err:
            raise unavailable(err.reason) from err.reason

    def _attempt[Result](
        self, access: Access, work: Callable[[Connection], Result], turn: Turn
    ) -> Result:
        """Do `work` once. Raises _AgainError when that was in vain and may be tried again."""
        with self._connected(access) as connection, turn.using(connection):
            try:
                match access:
                    case Access.READ:
                        self._refuse_if_too_new()
                    case Access.WRITE:
                        self._begin_alone(connection)
                    case Access.WRITE_BESIDE:
                        self._check_version(
                            connection.execute(select(versions.c.version)).scalar()
                        )
                result = work(connection)
            except DBAPIError as err:
                if err.connection_invalidated or state_of(err.orig) in CONFLICT_STATES:
                    raise _AgainError(err) from err
                self._look_at_version(connection, err)
                raise unavailable(err) from err
            except SQLAlchemyError as err:
                raise unavailable(err) from err
            try:
                if access is not Access.READ:
                    with together(connection):
                        self._tell(connection)
                        connection.exec_driver_sql("COMMIT")
                connection.commit()
            except DBAPIError as err:
                if state_of(err.orig) in CONFLICT_STATES:
                    raise _AgainError(err) from err
                if err.connection_invalidated:
                    raise IndexUnavailableError(LOST_AT_THE_END) from err
                self._look_at_version(connection, err)
                raise unavailable(err) from err
            return result

    def _make_engine(self) -> None:
        if self._engine is None:
            self._engine = make_engine(self._url, sum(_THREADS.values()))

    def _connected(self, access: Access) -> Connection:
        assert self._engine is not None
        try:
            connection = self._engine.connect()
        except SQLAlchemyError as err:
            failure = unreachable_at(err, self._url)
            self._failure = failure.explanation
            self._failed_at = time.monotonic()
            raise failure from err
        if self._library_id:
            self._make_sure_of(connection)
        if access is Access.READ:
            return connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        return connection

    def _look_around(self, connection: Connection) -> bool:
        """Find the tables. Returns whether they are up to date. Raises IndexTooNewError, IndexUnavailableError."""
        self.place = Place.of(connection)
        version, newest = version_of(connection), newest_version()
        if version is not None and version > newest:
            # Others go on writing, and need not wait for this one.
            raise IndexTooNewError(version, newest)
        return postgresql_tables.are_up_to_date(connection)

    def _make_sure_of(self, connection: Connection) -> None:
        """Make sure, once for each connection, that the tables are those of the library. Raises IndexUnavailableError."""
        if connection.info.get(_IS_OURS):
            return
        try:
            identity_rows.require(connection, self._library_id)
            connection.rollback()
        except SQLAlchemyError as err:
            connection.invalidate()
            connection.close()
            raise unavailable(err) from err
        except IndexUnavailableError:
            connection.close()
            raise
        connection.info[_IS_OURS] = True

    def _begin_alone(self, connection: Connection) -> None:
        """Wait for the lock of writers, then look at the version: what is read before that may be old."""
        assert self.place is not None
        driver: Any = connection.connection.driver_connection
        # Not by the driver alone, or nothing would be committed.
        connection.begin()
        with driver.cursor() as cursor:
            with together(connection):
                cursor.execute(f"SELECT {self.place.lock}")
                cursor.execute("SELECT version FROM schema_version")
            row = cursor.fetchone()
        self._check_version(None if row is None else row[0])

    def _tell(self, connection: Connection) -> None:
        """Count the transaction if it changed something, and tell all instances once it is committed."""
        assert self.place is not None
        postgresql_tables.tell(connection, self.place.channel, self._instance_id)

    def _check_version(self, version: int | None) -> None:
        """Refuse to write in tables that a newer version knows better. Raises IndexTooNewError."""
        newest = newest_version()
        if version is not None and version > newest:
            self._too_new = IndexTooNewError(version, newest)
            raise self._too_new
        self._too_new = None

    def _refuse_if_too_new(self) -> None:
        if self._too_new is not None:
            raise self._too_new

    def _look_at_version(self, connection: Connection, err: DBAPIError) -> None:
        """Tell whether a statement failed because a newer version has changed the tables. Raises IndexTooNewError."""
        if state_of(err.orig) not in UNKNOWN_OBJECT_STATES:
            return
        connection.rollback()
        try:
            version = version_of(connection)
        except SQLAlchemyError:
            return
        self._check_version(version)

    def _bring_up_to_date(self, turn: Turn) -> None:
        assert self.place is not None
        with self._connected(Access.WRITE) as connection, turn.using(connection):
            try:
                postgresql_tables.bring_up_to_date(connection, self.place)
                connection.commit()
            except SQLAlchemyError as err:
                raise unavailable(err) from err
