"""Connections to PostgreSQL: their time-outs on both sides, and how one that does not answer is cut."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
import os
import socket
import threading
import time
from typing import Any, Self
from zlib import crc32

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import NoSuchModuleError

from ...explanations import NO_ANSWER, explain
from ..values.errors import IndexFault, IndexUnavailableError
from .access import silent
from .postgresql_errors import LOST_STATES, NO_RIGHTS, state_of

CONNECT_WITHIN_S = 4
SERVER_KEEPALIVES = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10s",
}
"""By these the server lets go of what somebody holds whose computer has lost its power."""
SERVER_SETTINGS = {
    "timezone": "UTC",
    # What a Home Assistant that has died or hangs in a transaction keeps others from.
    "idle_in_transaction_session_timeout": "10s",
    "client_connection_check_interval": "2s",
    **SERVER_KEEPALIVES,
    # Longer than a transaction may be idle, so that the next writer outlasts one that has died.
    "lock_timeout": "12s",
    "statement_timeout": "14s",
    # How much a word or a filter leads to decides about the way, so plans are made for the values.
    "plan_cache_mode": "force_custom_plan",
    # Compiling takes longer than any of our queries.
    "jit": "off",
    # What an index leads to is remembered row by row, not page by page.
    "work_mem": "16MB",
}
_LOCK_CLASS = 0x62767031
"""Tells our advisory locks from those of other programs in the same database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The schema in which the tables are; several libraries may share a database in schemas of their own."""

    schema: str

    @classmethod
    def of(cls, connection: Connection) -> Self:
        """Return the place of a connection. Raises IndexUnavailableError when there is none for tables."""
        schema = connection.execute(select(func.current_schema())).scalar_one()
        if schema is None:
            raise IndexUnavailableError(NO_RIGHTS, IndexFault.RIGHTS)
        return cls(schema=schema)

    @property
    def channel(self) -> str:
        """The channel on which changes are told."""
        return f"bvp_{crc32(self.schema.encode()):08x}"

    @property
    def lock(self) -> str:
        """What takes the lock of writers until the end of a transaction."""
        number = crc32(self.schema.encode()) - (1 << 31)
        return f"pg_advisory_xact_lock({_LOCK_CLASS}, {number})"


def as_options(settings: Mapping[str, str]) -> str:
    """Return settings as an option of a connection, from which the server takes them."""
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def make_engine(url: URL, connections: int) -> Engine:
    """Return an engine for a PostgreSQL database. Raises IndexUnavailableError without its driver."""
    settings = as_options(SERVER_SETTINGS)
    asked = url.query.get("options", "")
    try:
        engine = create_engine(
            url,
            connect_args={
                "options": f"{asked if isinstance(asked, str) else ' '.join(asked)} {settings}".strip(),
                "application_name": "Bambu Virtual Printer",
                "client_encoding": "utf8",
                "connect_timeout": CONNECT_WITHIN_S,
                "keepalives_idle": 5,
                "keepalives_interval": 2,
                "keepalives_count": 3,
                "tcp_user_timeout": 10_000,
            },
            pool_size=connections,
            max_overflow=0,
            hide_parameters=True,
        )
    except (ImportError, NoSuchModuleError) as err:
        raise IndexUnavailableError(
            explain(
                "index_without_driver",
                "The database driver {driver} is not installed.",
                driver=url.get_driver_name(),
            ),
            IndexFault.DRIVER,
        ) from err

    @event.listens_for(engine, "handle_error")
    def note_loss(context: ExceptionContext) -> None:
        if state_of(context.original_exception) in LOST_STATES:
            context.is_disconnect = True  # type: ignore[misc]

    return engine


class Turn:
    """What one caller waits for. Once it is given up, its connection is cut, and nothing of it begins any more."""

    def __init__(self) -> None:
        """Begin to wait."""
        self.asked_at = time.monotonic()
        self.is_over = False
        self._lock = threading.Lock()
        self._connection: Any = None

    @contextmanager
    def using(self, connection: Connection) -> Iterator[None]:
        """Use a connection, in a thread. Raises IndexUnavailableError when the turn was given up."""
        with self._lock:
            if self.is_over:
                raise IndexUnavailableError(silent(NO_ANSWER))
            self._connection = connection.connection.driver_connection
        try:
            yield
        finally:
            with self._lock:
                self._connection = None

    def give_up(self) -> None:
        """Wait no longer; a thread that waits for the server's answer gets an error."""
        with self._lock:
            self.is_over = True
            if self._connection is not None:
                hang_up(self._connection)


def hang_up(connection: Any) -> None:
    """Cut a connection of the driver that another thread may be waiting for."""
    # The driver's own errors are none of the standard library's.
    with (
        suppress(Exception),
        socket.socket(fileno=os.dup(connection.fileno())) as its_socket,
    ):
        its_socket.shutdown(socket.SHUT_RDWR)
