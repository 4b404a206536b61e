"""Which of the instances of a shared library drives which real printer: locks of PostgreSQL that end with their connection.

They are held by a connection of their own, which is asked every second or two. Where it has not answered for
`DriverTimes.trusted_s`, nothing is driven from here any more: the server keeps the locks of a client that has gone silent for longer
than that, so two never drive a printer at once. What the server closes is noticed at once.

Where a newer version has changed the tables, nothing is driven from here either: what is printed could not be stored.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
import hashlib
import logging
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from ..values.driving import HERE, NOBODY_KNOWN, Driver
from ..values.errors import IndexTooNewError, IndexUnavailableError, LibraryError
from ..values.shared import Instance
from . import identity_rows
from .database import parsed_url
from .migrations import newest_version
from .postgresql_connection import SERVER_KEEPALIVES, as_options, hang_up
from .schema import drivers, instances, versions
from .threads import Worker

_LOGGER = logging.getLogger(__name__)

# A server takes its settings from here. It must keep the locks of a client that is silent for longer than that one trusts them.
_SERVER_SETTINGS = {
    "timezone": "UTC",
    "statement_timeout": "4000",
    "idle_session_timeout": "0",
    **SERVER_KEEPALIVES,
    "tcp_keepalives_idle": "6",
}
_CONNECT_ARGS = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
    "application_name": "Bambu Virtual Printer drivers",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverTimes:
    """Waiting times in seconds."""

    heartbeat_s: float = 2.0
    """Between two questions."""
    asking_s: float = 1.0
    """Between two, while a printer is wanted that another instance drives."""
    trusted_s: float = 5.0
    """How long an answer holds."""
    confirm_s: float = 4.0
    """How long to wait for the answer before a start."""
    seen_s: float = 30.0
    """Between two notes that this instance is there."""
    first_retry_s: float = 0.5
    """Before another attempt to connect, and twice as long before the next."""
    last_retry_s: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What a step has found: the printers that are driven from here, and by whom the others are."""

    held: frozenset[str]
    others: Mapping[str, str]


@dataclass(slots=True)
class _Session:
    """A connection, in the hands of the thread."""

    engine: Engine
    connection: Connection
    driver_connection: Any
    schema: str
    held: set[str] = field(default_factory=set)
    seen_at: float = float("-inf")


class DriverLocks:
    """Works between `start` and `close`; then `ask` for printers by their serial numbers."""

    def __init__(
        self,
        url: str,
        instance: Instance,
        times: DriverTimes | None = None,
        *,
        library_id: str = "",
    ) -> None:
        """Remember the database, whose tables are there by `start`. Raises IndexUnavailableError.

        With `library_id` no printer is driven while another library is in it.
        """
        self._library_id = library_id
        self._url = parsed_url(url)
        self._instance = instance
        self._times = times or DriverTimes()
        self._worker = Worker("bambu_library_drivers", 1)
        self._wanted: set[str] = set()
        self._answer = _Answer(held=frozenset(), others={})
        self._answered_at = float("-inf")
        self._expiry: asyncio.TimerHandle | None = None
        self._listeners: set[Callable[[], None]] = set()
        self._questions: set[asyncio.Future[None]] = set()
        self._wake = asyncio.Event()
        self._session: _Session | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_silent = False
        self._retry_s = self._times.first_retry_s

    # --- what others call ---

    def ask(self, serial: str) -> None:
        """Drive a printer as soon as no other instance does."""
        self._wanted.add(serial)
        self._wake.set()

    def release(self, serial: str) -> None:
        """Let other instances drive a printer."""
        self._wanted.discard(serial)
        self._wake.set()

    def driver(self, serial: str) -> Driver:
        """Return who drives a printer, as far as it is known now."""
        if (
            serial in self._wanted
            and serial in self._answer.held
            and self._is_trusted()
        ):
            return HERE
        if name := self._answer.others.get(serial):
            return Driver(is_here=False, instance=name)
        return NOBODY_KNOWN

    async def confirm(self, serial: str) -> bool:
        """Ask the server once more whether a printer is driven from here."""
        if not self.driver(serial).is_here:
            return False
        question = asyncio.get_running_loop().create_future()
        self._questions.add(question)
        self._wake.set()
        try:
            async with asyncio.timeout(self._times.confirm_s):
                await question
        except TimeoutError:
            return False
        finally:
            self._questions.discard(question)
        return self.driver(serial).is_here

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever another one drives a printer. Returns what ends that."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    # --- life ---

    def start(self) -> None:
        """Begin to connect."""
        self._task = asyncio.create_task(self._keep_on(), name="library drivers")

    async def close(self) -> None:
        """Give everything back; no thread is left."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._worker.close()

    async def _keep_on(self) -> None:
        while True:
            try:
                await self._begin_session()
                await self._serve()
            except IndexTooNewError as err:
                self._told(is_silent=True, why=str(err))
            except (
                SQLAlchemyError,
                OSError,
                TimeoutError,
                IndexUnavailableError,
            ) as err:
                self._told(
                    is_silent=True,
                    why=f"the shared library's server does not answer: {type(err).__name__}",
                )
            except LibraryError:
                # It is closed.
                return
            except Exception:
                _LOGGER.exception("The locks of printers are interrupted")
            finally:
                await self._end_session()
            await asyncio.sleep(self._retry_s)
            self._retry_s = min(2 * self._retry_s, self._times.last_retry_s)

    async def _begin_session(self) -> None:
        connecting = asyncio.create_task(self._worker.run(self._connect))
        try:
            self._session = await asyncio.shield(connecting)
        except asyncio.CancelledError:
            # The thread goes on, and what it opens has to be closed.
            with suppress(SQLAlchemyError, LibraryError):
                self._session = await connecting
            raise

    async def _end_session(self) -> None:
        self._lose()
        if (session := self._session) is None:
            return
        self._session = None
        # A statement may be under way that is not answered.
        hang_up(session.driver_connection)
        await self._worker.run(_disconnect, session)

    def _told(self, *, is_silent: bool, why: str = "") -> None:
        """Log once when the server falls silent, or is of no use, and when it is back."""
        if is_silent and not self._is_silent:
            _LOGGER.warning(
                "Nothing is printed here from the queue of the shared library meanwhile: %s",
                why,
            )
        elif not is_silent and self._is_silent:
            _LOGGER.info("The shared library's server answers again")
        self._is_silent = is_silent

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        session = self._session
        assert session is not None
        fileno = session.driver_connection.fileno()
        while True:
            self._wake.clear()
            questions = tuple(self._questions)
            asked_at = loop.time()
            async with asyncio.timeout(self._times.trusted_s):
                answer = await self._worker.run(
                    self._step, session, frozenset(self._wanted), asked_at
                )
            self._take(answer, asked_at)
            # One that lets in and does not let write is of no use.
            self._told(is_silent=False)
            self._retry_s = self._times.first_retry_s
            for question in questions:
                if not question.done():
                    question.set_result(None)
            is_asking = self._wanted - answer.held
            # Readable without a question is what the server has closed.
            loop.add_reader(fileno, self._wake.set)
            try:
                with suppress(TimeoutError):
                    async with asyncio.timeout(
                        self._times.asking_s if is_asking else self._times.heartbeat_s
                    ):
                        await self._wake.wait()
            finally:
                loop.remove_reader(fileno)

    # --- on the loop ---

    def _is_trusted(self) -> bool:
        age_s = asyncio.get_running_loop().time() - self._answered_at
        return age_s < self._times.trusted_s

    def _take(self, answer: _Answer, asked_at: float) -> None:
        is_news = answer != self._answer
        self._answer, self._answered_at = answer, asked_at
        if self._expiry is not None:
            self._expiry.cancel()
        self._expiry = asyncio.get_running_loop().call_at(
            asked_at + self._times.trusted_s, self._lose
        )
        if is_news:
            self._tell()

    def _lose(self) -> None:
        """Drive nothing any more; by whom the others are driven is as far as anybody knows."""
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
        self._answered_at = float("-inf")
        if self._answer.held:
            self._answer = _Answer(held=frozenset(), others=self._answer.others)
            self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()

    # --- in the thread ---

    def _connect(self) -> _Session:
        settings = as_options(_SERVER_SETTINGS)
        asked = self._url.query.get("options", "")
        options = asked if isinstance(asked, str) else " ".join(asked)
        engine = create_engine(
            self._url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args=_CONNECT_ARGS | {"options": f"{options} {settings}".strip()},
            hide_parameters=True,
        )
        try:
            connection = engine.connect()
            if self._library_id:
                identity_rows.require(connection, self._library_id)
            schema = connection.execute(text("SELECT current_schema()")).scalar_one()
        except BaseException:
            engine.dispose()
            raise
        return _Session(
            engine, connection, connection.connection.driver_connection, str(schema)
        )

    def _step(self, session: _Session, wanted: Collection[str], now: float) -> _Answer:
        """Give back what is not wanted, take what is free, and look who has the rest."""
        connection = session.connection
        version = connection.execute(_HEARTBEAT).scalar()
        if version is not None and version > newest_version():
            raise IndexTooNewError(version, newest_version())
        for serial in session.held - set(wanted):
            _forget(connection, serial, self._instance.id)
            connection.execute(_UNLOCK, {"key": lock_key(session.schema, serial)})
            session.held.discard(serial)
        if now - session.seen_at >= self._times.seen_s:
            note_seen(connection, self._instance)
            session.seen_at = now
        missing = [serial for serial in wanted if serial not in session.held]
        for serial in missing:
            key = lock_key(session.schema, serial)
            if connection.execute(_TRY_LOCK, {"key": key}).scalar_one():
                session.held.add(serial)
                _note(connection, serial, self._instance.id)
        missing = [serial for serial in missing if serial not in session.held]
        others = _drivers_of(connection, missing, self._instance.id) if missing else {}
        return _Answer(held=frozenset(session.held), others=others)


_HEARTBEAT = select(versions.c.version)
_TRY_LOCK = text("SELECT pg_try_advisory_lock(:key)")
_UNLOCK = text("SELECT pg_advisory_unlock(:key)")


def lock_key(schema: str, serial: str) -> int:
    """Return the key of a printer's lock: the same in every version."""
    name = f"bambu_virtual_printer driver {schema} {serial}"
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def note_seen(connection: Connection, instance: Instance) -> None:
    """Store that an instance is there now, and what it is called."""
    values = {
        "name": instance.name,
        "version": instance.version,
        # By the clock that all of them share.
        "seen_at": func.now(),
    }
    connection.execute(
        insert(instances)
        .values(id=instance.id, **values)
        .on_conflict_do_update(index_elements=[instances.c.id], set_=values)
    )


def _note(connection: Connection, serial: str, instance_id: str) -> None:
    values = {"instance": instance_id, "since": func.now()}
    connection.execute(
        insert(drivers)
        .values(serial=serial, **values)
        .on_conflict_do_update(index_elements=[drivers.c.serial], set_=values)
    )


def _forget(connection: Connection, serial: str, instance_id: str) -> None:
    connection.execute(
        delete(drivers).where(
            drivers.c.serial == serial, drivers.c.instance == instance_id
        )
    )


def _drivers_of(
    connection: Connection, serials: Collection[str], own_id: str
) -> dict[str, str]:
    """Return what the other instances are called that drive these printers."""
    found = connection.execute(
        select(drivers.c.serial, instances.c.name)
        .join(instances, instances.c.id == drivers.c.instance)
        .where(drivers.c.serial.in_(sorted(serials)), drivers.c.instance != own_id)
    )
    return {row.serial: row.name for row in found}


def _disconnect(session: _Session) -> None:
    with suppress(SQLAlchemyError):
        session.connection.close()
    session.engine.dispose()
