"""Hears what other instances change in a PostgreSQL database: LISTEN, on a connection and in a thread of its own.

Every transaction that changed something has the next number and tells it when it is committed. A number that was left
out, as while there was no connection, counts as a change by somebody unknown.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
import logging
import threading
import time
from typing import Any

from sqlalchemy import URL, Engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from ..values.errors import IndexTooNewError
from .migrations import newest_version
from .postgresql_connection import Place, hang_up, make_engine
from .schema import change_sequence, versions

_LOGGER = logging.getLogger(__name__)

HEARTBEAT_S = 5.0
"""How long nothing is heard before the server is asked whether something was missed."""
SILENT_FOR_S = 15.0
"""A server that has not answered for so long is cut off and called again."""
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What was heard at once."""

    instances: frozenset[str]
    """The other instances that changed something, as far as they are known."""
    is_complete: bool
    """Whether nothing was missed before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """Who is told, on the loop."""

    changed: Callable[[Changes], None]
    """Also after each connection, since something may have changed before it."""
    outdated: Callable[[IndexTooNewError], None]
    """A newer version has changed the tables."""


class ChangeListener:
    """Listens from `start` to `stop`, and connects again and again as long as it has to."""

    def __init__(
        self, url: URL, place: Place, instance_id: str, hearing: Hearing
    ) -> None:
        """Prepare; `instance_id` is whose changes are of no interest."""
        self._url = url
        self._place = place
        self._instance_id = instance_id
        self._hearing = hearing
        self._loop = asyncio.get_running_loop()
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="bambu_library_index_listen", daemon=True
        )
        self._connection: Any = None
        self._is_listening = False
        self._answered_at = time.monotonic()
        self._sequence: int | None = None
        self._version: int | None = None
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        self._watch = self._loop.create_task(self._cut_what_is_silent())

    async def stop(self) -> None:
        """Listen no more; no thread is left."""
        self._stopped.set()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])
        while self._thread.is_alive():
            # It may just have got another connection.
            if (connection := self._connection) is not None:
                hang_up(connection)
            await asyncio.to_thread(self._thread.join, 0.1)

    async def _cut_what_is_silent(self) -> None:
        """Cut a connection on which the server does not answer; the thread waits for it without an end."""
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            connection = self._connection
            if (
                connection is not None
                and time.monotonic() - self._answered_at > SILENT_FOR_S
            ):
                hang_up(connection)

    # --- in the thread ---

    def _run(self) -> None:
        engine = make_engine(self._url, 1).execution_options(
            isolation_level="AUTOCOMMIT"
        )
        pause_s = FIRST_PAUSE_S
        try:
            while not self._stopped.is_set():
                if self._listen_once(engine):
                    pause_s = FIRST_PAUSE_S
                # A server that has just answered may be gone for good all the same.
                self._stopped.wait(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        finally:
            engine.dispose()

    def _listen_once(self, engine: Engine) -> bool:
        """Connect and hear changes until the connection is lost. Returns whether any could be heard."""
        try:
            connection = engine.connect()
        except SQLAlchemyError as err:
            _LOGGER.debug("There is no connection for changes: %s", err)
            return False
        self._is_listening = False
        with connection:
            try:
                self._listen(connection.connection.driver_connection)
            except Exception as err:  # noqa: BLE001 - those of the driver are no others' heirs
                _LOGGER.debug("Changes are heard no more: %s", err)
            finally:
                self._connection = None
                connection.invalidate()
        return self._is_listening

    def _listen(self, connection: Any) -> None:
        """Hear changes until the connection is lost. Raises errors of the driver."""
        self._answered_at = time.monotonic()
        self._connection = connection
        connection.execute(f"LISTEN {self._place.channel}")
        self._catch_up(connection, is_new=True)
        self._is_listening = True
        while not self._stopped.is_set():
            heard = list(connection.notifies(timeout=HEARTBEAT_S, stop_after=1))
            if heard:
                self._answered_at = time.monotonic()
                self._hear(note.payload for note in heard)
            else:
                self._catch_up(connection, is_new=False)

    def _catch_up(self, connection: Any, *, is_new: bool) -> None:
        """Ask for what may have been missed."""
        row = connection.execute(_STANDING).fetchone()
        self._answered_at = time.monotonic()
        sequence, version = (0, None) if row is None else row
        is_behind = self._sequence is not None and sequence != self._sequence
        self._sequence = sequence
        self._look_at(version)
        if is_new or is_behind:
            self._tell(
                self._hearing.changed,
                Changes(instances=frozenset(), is_complete=False),
            )

    def _hear(self, payloads: Iterable[str]) -> None:
        instances: set[str] = set()
        is_complete = True
        for payload in payloads:
            number, version, instance = _read(payload)
            if number is None or (
                self._sequence is not None and number <= self._sequence
            ):
                # It was counted when the connection was new.
                continue
            is_complete &= number == (self._sequence or 0) + 1
            self._sequence = number
            self._look_at(version)
            if instance != self._instance_id:
                instances.add(instance)
        if instances or not is_complete:
            self._tell(
                self._hearing.changed,
                Changes(instances=frozenset(instances), is_complete=is_complete),
            )

    def _look_at(self, version: int | None) -> None:
        if version is None or version == self._version:
            return
        self._version = version
        if version > newest_version():
            self._tell(
                self._hearing.outdated, IndexTooNewError(version, newest_version())
            )

    def _tell[Told](self, listener: Callable[[Told], None], what: Told) -> None:
        # The loop has ended, so nobody is interested.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._tell_now, listener, what)

    def _tell_now[Told](self, listener: Callable[[Told], None], what: Told) -> None:
        if not self._stopped.is_set():
            listener(what)


def _read(payload: str) -> tuple[int | None, int | None, str]:
    """Return the number of a change, the version of the tables and the instance, as far as they can be read."""
    number, _, rest = payload.partition(":")
    version, _, instance = rest.partition(":")
    return (
        int(number) if number.isdecimal() else None,
        int(version) if version.isdecimal() else None,
        instance,
    )


_STANDING = str(
    select(change_sequence.c.n, versions.c.version).select_from(
        change_sequence.join(versions, text("true"))
    )
)
