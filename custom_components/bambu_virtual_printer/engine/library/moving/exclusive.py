"""Writes as the only one in a shared library, as `Index.run` does, and lets the others know of it. Everything blocks."""

from sqlalchemy import Connection, Engine, text

from ..index import postgresql_tables
from ..index.migrations import migrate
from ..index.postgresql_connection import Place
from ..values.shared import Instance


def prepare(engine: Engine) -> None:
    """Make the tables, or bring those of an older version up to date. Raises IndexTooNewError."""
    if engine.dialect.name != "postgresql":
        migrate(engine)
        return
    with engine.begin() as connection:
        if not postgresql_tables.are_up_to_date(connection):
            postgresql_tables.bring_up_to_date(connection, Place.of(connection))


def exclusive(connection: Connection, *, within_s: float | None = None) -> None:
    """Wait until nobody else writes, for the connection's lock timeout or so long; nobody else does until the end of the transaction."""
    if connection.dialect.name == "postgresql":
        if within_s is not None:
            connection.execute(text(f"SET LOCAL lock_timeout = {within_s * 1000:.0f}"))
        connection.execute(text(f"SELECT {Place.of(connection).lock}"))


def tell(connection: Connection, instance: Instance) -> None:
    """Let the others know, once the transaction is committed, that something has changed."""
    if connection.dialect.name == "postgresql":
        place = Place.of(connection)
        postgresql_tables.tell(connection, place.channel, instance.id)
