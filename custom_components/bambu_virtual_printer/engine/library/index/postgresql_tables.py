"""What PostgreSQL has beside the tables of the index, and how several instances bring them up to date."""

import logging

from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from .migrations import newest_version, upgrade, version_of
from .postgresql_connection import Place
from .schema import archives, change_sequence

_LOGGER = logging.getLogger(__name__)

SEARCH_INDEX = "archives_trigrams"
WAITING_KIB = 128


def are_up_to_date(connection: Connection) -> bool:
    """Return whether nothing is to be done before the tables can be used."""
    return version_of(connection) == newest_version() and _has_search_index(connection)


def bring_up_to_date(connection: Connection, place: Place) -> None:
    """Make the tables, or bring those of an older version up to date, all or nothing.

    Others that come meanwhile wait, and then have nothing to do. Raises IndexTooNewError.
    """
    for setting in (
        "lock_timeout = '60s'",
        "statement_timeout = 0",
        "idle_in_transaction_session_timeout = 0",
    ):
        connection.execute(text(f"SET LOCAL {setting}"))
    connection.execute(text(f"SELECT {place.lock}"))
    upgrade(connection)
    if connection.execute(select(change_sequence)).first() is None:
        connection.execute(insert(change_sequence).values(n=0))
    if not _has_search_index(connection):
        _make_search_index(connection)
    tell(connection, place.channel, "")


def tell(connection: Connection, channel: str, instance_id: str) -> None:
    """Count a transaction if it has changed something, and tell all who listen once it is committed.

    Nothing of it is told where a transaction has no number yet, for that it gets with its first change.
    """
    connection.execute(
        _TELL,
        {
            "channel": channel,
            "rest": f":{newest_version()}:{instance_id}",
        },
    )


_TELL = text(
    "WITH counted AS (UPDATE change_sequence SET n = n + 1"
    " WHERE pg_current_xact_id_if_assigned() IS NOT NULL RETURNING n)"
    " SELECT pg_notify(:channel, n || :rest) FROM counted"
)


def has_trigrams(connection: Connection) -> bool:
    """Return whether the extension is there that finds pieces of words without reading every text."""
    found = connection.execute(
        text("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
    )
    return found.first() is not None


def _has_search_index(connection: Connection) -> bool:
    return (
        connection.execute(select(func.to_regclass(SEARCH_INDEX))).scalar_one()
        is not None
    )


def _make_search_index(connection: Connection) -> None:
    """Make the index that searches go by. Without its extension every text is read, which finds the same."""
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
            connection.execute(
                text(
                    f"CREATE INDEX {SEARCH_INDEX} ON {archives.name}"
                    " USING gin (search_text gin_trgm_ops)"
                    # Texts are put in some dozens at a time, which is less work; searches read those that wait, which are few.
                    f" WITH (fastupdate = on, gin_pending_list_limit = {WAITING_KIB})"
                    " WHERE deleted_at IS NULL"
                )
            )
    except DBAPIError as err:
        _LOGGER.warning(
            "Searches in the library read every text, because PostgreSQL's extension pg_trgm cannot be used: %s",
            str(err.orig).strip().partition("\n")[0],
        )
