"""Looks whether a PostgreSQL database can be the index of a shared library, before it is one."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from ...explanations import explain
from ..values.errors import IndexFault, IndexTooNewError, IndexUnavailableError
from .database import parsed_url
from .migrations import newest_version, version_of
from .postgresql import PostgresqlDatabase
from .postgresql_connection import Place
from .postgresql_errors import NO_RIGHTS, READ_ONLY
from .schema import metadata

OLDEST_SERVER = 14
ENCODING = "UTF8"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseCheck:
    """A database that can be used."""

    server_version: str
    has_trigrams: bool
    """Whether searches can go by an index of PostgreSQL's extension pg_trgm; else they read every text."""
    holds_library: bool
    """Whether there is a library in it already."""


async def check_database(url: str) -> DatabaseCheck:
    """Look whether a database is there, is one of the right kind, and can be written to. Nothing stays in it.

    Raises IndexUnavailableError, whose `fault` tells where to look; its text holds no password.
    """
    parsed = parsed_url(url)
    if parsed.get_backend_name() != "postgresql":
        raise IndexUnavailableError(
            explain(
                "index_not_postgresql",
                "This is not the URL of a PostgreSQL database.",
            ),
            IndexFault.URL,
        )
    database = PostgresqlDatabase(parsed, "")
    try:
        return await database.try_out(_check)
    finally:
        await database.close()


def _check(connection: Connection) -> DatabaseCheck:
    row = connection.execute(_ABOUT).one()
    version = str(row.server_version).partition(" ")[0]
    if row.version_number < OLDEST_SERVER * 10_000:
        raise IndexUnavailableError(
            explain(
                "index_of_old_server",
                "The server has PostgreSQL {version}; {oldest} or newer is needed.",
                version=version,
                oldest=str(OLDEST_SERVER),
            ),
            IndexFault.VERSION,
        )
    if row.encoding != ENCODING:
        raise IndexUnavailableError(
            explain(
                "index_of_other_encoding",
                "The database stores text as {encoding}; it has to be one with {wanted}.",
                encoding=row.encoding,
                wanted=ENCODING,
            ),
            IndexFault.ENCODING,
        )
    if row.read_only != "off":
        raise IndexUnavailableError(READ_ONLY, IndexFault.RIGHTS)
    Place.of(connection)
    tables_version = version_of(connection)
    if tables_version is None:
        connection.execute(text("CREATE TABLE bambu_virtual_printer_trial (n integer)"))
    else:
        if tables_version > newest_version():
            raise IndexTooNewError(tables_version, newest_version())
        _check_rights(connection)
    return DatabaseCheck(
        server_version=version,
        has_trigrams=row.has_trigrams,
        holds_library=tables_version is not None,
    )


def _check_rights(connection: Connection) -> None:
    """Look whether all tables can be written to. Raises IndexUnavailableError."""
    allowed = connection.execute(
        text(
            "SELECT bool_and(has_table_privilege(c.oid, 'SELECT')"
            " AND has_table_privilege(c.oid, 'INSERT')"
            " AND has_table_privilege(c.oid, 'UPDATE')"
            " AND has_table_privilege(c.oid, 'DELETE'))"
            " FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace"
            " WHERE s.nspname = current_schema() AND c.relname = ANY(:names)"
        ),
        {"names": list(metadata.tables)},
    ).scalar_one()
    if not allowed:
        raise IndexUnavailableError(NO_RIGHTS, IndexFault.RIGHTS)


_ABOUT = text(
    "SELECT current_setting('server_version') AS server_version,"
    " current_setting('server_version_num')::int AS version_number,"
    " current_setting('server_encoding') AS encoding,"
    " current_setting('transaction_read_only') AS read_only,"
    " EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')"
    " OR EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm')"
    " AND has_database_privilege(current_database(), 'CREATE') AS has_trigrams"
)
