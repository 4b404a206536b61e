"""Statements that a server gets together: on the network each answer that is waited for takes longer than the statement."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from .postgresql_errors import LOST_STATES, state_of


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Send what is executed within, and wait for all of it at the end; nothing within may look at a result.

    What is executed first is done first, and nothing of what follows a failure. Raises DBAPIError, also at the end. SQLite has nobody to
    wait for, and does each at once.
    """
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "postgresql":
        yield
        return
    assert connection.dialect.loaded_dbapi is not None
    failure = connection.dialect.loaded_dbapi.Error
    failed: Exception | None = None
    try:
        with driver.pipeline():
            try:
                yield
            except Exception as err:  # noqa: BLE001 - it is raised below, when the driver has done with it
                failed = err
    except failure as err:
        failed = failed or err
    if isinstance(failed, failure):
        # Those of single statements are told by SQLAlchemy.
        is_lost = driver.closed or driver.broken or state_of(failed) in LOST_STATES
        if is_lost:
            # SQLAlchemy finds it out as well, and that those that wait to be used are as old.
            with suppress(SQLAlchemyError):
                connection.exec_driver_sql("SELECT 1")
            if not connection.invalidated:
                connection.invalidate(failed)
        raise _told(connection, failed, is_lost=is_lost) from failed
    if failed is not None:
        raise failed


def insert_each(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert some rows, also within `together`, where the driver would wait for several at once."""
    if connection.dialect.name == "postgresql":
        for row in rows:
            connection.execute(insert(table), row)
    elif rows:
        connection.execute(insert(table), list(rows))


def _told(connection: Connection, err: Exception, *, is_lost: bool) -> DBAPIError:
    """Return an error of the driver as SQLAlchemy tells it."""
    dialect = connection.dialect
    assert dialect.loaded_dbapi is not None
    told = DBAPIError.instance(
        None,
        None,
        err,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_lost,
        dialect=dialect,
    )
    assert isinstance(told, DBAPIError)
    return told
