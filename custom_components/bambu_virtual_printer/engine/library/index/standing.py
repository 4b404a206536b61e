"""What tells whether a database has changed since it was looked at last."""

from collections.abc import Hashable

from sqlalchemy import Connection, select

from .schema import change_sequence

_KEY = "bvp_connection"


def standing(connection: Connection) -> Hashable:
    """Return what is another one after every change of the database, of whichever program."""
    if connection.dialect.name != "sqlite":
        number: int = connection.execute(select(change_sequence.c.n)).scalar_one()
        return number
    # SQLite counts for each connection: what it changed itself, and what others did.
    own = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
    others = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
    return connection.info.setdefault(_KEY, object()), own, others
