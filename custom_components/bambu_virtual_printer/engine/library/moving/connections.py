"""Connections to the two indexes of a move, beside those of the library that goes on meanwhile. Everything blocks."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError

from ..index.access import silent
from ..index.postgresql_connection import SERVER_KEEPALIVES, as_options
from ..index.postgresql_errors import unavailable
from ..values.errors import IndexFault, IndexUnavailableError

# A server that went away ends a move, which goes on later; nobody waits for it for ever.
_SERVER = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "options": as_options(
        {
            "timezone": "UTC",
            # Nor for somebody there who holds what others wait for, or for a disk of its own.
            "lock_timeout": "60s",
            "statement_timeout": "600s",
            **SERVER_KEEPALIVES,
        }
    ),
}


@contextmanager
def engine(url: str) -> Iterator[Engine]:
    """Yield an engine that keeps no connection open. Raises IndexUnavailableError, also for what fails within."""
    is_file = make_url(url).get_backend_name() == "sqlite"
    with explained():
        made = create_engine(
            url,
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={"timeout": 30.0} if is_file else _SERVER,
        )
        if is_file:
            event.listen(made, "connect", _configure)
        try:
            yield made
        finally:
            made.dispose()


@contextmanager
def snapshot(reading: Engine) -> Iterator[Connection]:
    """Yield a connection that sees one moment of the index, whatever others do meanwhile."""
    with reading.connect() as connection:
        if reading.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        else:
            connection.exec_driver_sql("BEGIN")
        yield connection
        connection.rollback()


def analyze(written: Engine) -> None:
    """Have the server know how much of everything there is, which plans are made by; in a moment it would do so by itself."""
    if written.dialect.name == "postgresql":
        with suppress(SQLAlchemyError), written.begin() as connection:
            connection.exec_driver_sql("ANALYZE")


@contextmanager
def explained() -> Iterator[None]:
    """Turn errors of databases into ours, which hold neither values nor passwords."""
    try:
        yield
    except SQLAlchemyError as err:
        raise unavailable(err) from err
    except ImportError as err:
        raise IndexUnavailableError(silent(str(err)), IndexFault.DRIVER) from err


def _configure(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()
