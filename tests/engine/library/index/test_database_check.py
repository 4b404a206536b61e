"""Whether a database can be used, and each thing that keeps it from being the index, in words and without the password."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from custom_components.bambu_virtual_printer.engine.explanations import explain
from custom_components.bambu_virtual_printer.engine.library.index import (
    database_check,
    migrations,
    postgresql_errors,
)
from custom_components.bambu_virtual_printer.engine.library.index.database import Index
from custom_components.bambu_virtual_printer.engine.library.index.database_check import (
    check_database,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexFault,
    IndexUnavailableError,
)
from scripts.servers.postgresql import Server

pytestmark = pytest.mark.usefixtures("loopback")

PASSWORD = "se/cr:et@pass"


def as_user(server: Server, url: str, user: str, password: str) -> str:
    """Return the URL of a database over TCP, where the server asks for a password."""
    parsed = make_url(url)
    return (
        parsed.set(
            drivername="postgresql",
            username=user,
            password=password,
            host=server.address,
            query={},
        )
    ).render_as_string(hide_password=False)


async def execute(url: str, *statements: str) -> None:
    def work(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement))

    index = Index(url)
    await index.open()
    await index.run(work)
    await index.close()


async def fault(url: str) -> IndexUnavailableError:
    with pytest.raises(IndexUnavailableError) as error:
        await check_database(url)
    assert PASSWORD not in str(error.value)
    assert "et@pass" not in str(error.value)
    return error.value


async def test_an_empty_database_can_be_used_and_nothing_stays_in_it(
    shared_server: Server,
) -> None:
    url = shared_server.new_database()
    for _ in range(2):
        check = await check_database(url)
        assert int(check.server_version.partition(".")[0]) >= 14
        assert check.has_trigrams
        assert not check.holds_library


async def test_a_database_with_a_library_is_known(shared_server: Server) -> None:
    url = shared_server.new_database()
    await execute(url)
    assert (await check_database(url)).holds_library


async def test_a_user_who_may_only_use_the_database_is_enough_but_has_no_fast_search(
    shared_server: Server,
) -> None:
    admin = shared_server.new_database()
    await execute(
        shared_server.new_database(),
        f"CREATE ROLE plain LOGIN PASSWORD '{PASSWORD}'",
    )
    await execute(
        admin,
        "CREATE SCHEMA house",
        "GRANT ALL ON SCHEMA house TO plain",
        "DROP EXTENSION pg_trgm CASCADE",
        "ALTER ROLE plain SET search_path = house",
    )
    url = as_user(shared_server, admin, "plain", PASSWORD)
    check = await check_database(url)
    assert not check.has_trigrams
    assert not check.holds_library
    await execute(url)
    assert (await check_database(url)).holds_library


async def test_a_wrong_password_is_told(shared_server: Server) -> None:
    url = shared_server.new_database()
    for user in ("library", "nobody"):
        error = await fault(as_user(shared_server, url, user, PASSWORD))
        assert error.fault is IndexFault.CREDENTIALS
        assert "does not accept the user name or the password" in str(error)


async def test_a_database_that_is_not_there_is_told(shared_server: Server) -> None:
    url = make_url(shared_server.new_database()).set(database="nowhere")
    error = await fault(url.render_as_string(hide_password=False))
    assert error.fault is IndexFault.DATABASE
    assert str(error) == "The server has no database nowhere."


async def test_a_user_without_rights_is_told(shared_server: Server) -> None:
    admin = shared_server.new_database()
    await execute(
        shared_server.new_database(),
        f"CREATE ROLE weak LOGIN PASSWORD '{PASSWORD}'",
    )
    url = as_user(shared_server, admin, "weak", PASSWORD)
    await execute(admin, "REVOKE ALL ON SCHEMA public FROM public")
    error = await fault(url)
    assert error.fault is IndexFault.RIGHTS
    await execute(
        admin,
        "GRANT ALL ON SCHEMA public TO weak",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO weak",
    )
    error = await fault(url)
    assert error.fault is IndexFault.RIGHTS
    await execute(admin, "GRANT ALL ON ALL TABLES IN SCHEMA public TO weak")
    assert (await check_database(url)).holds_library


async def test_another_encoding_is_told(shared_server: Server) -> None:
    url = shared_server.new_database("-E", "LATIN1", "-T", "template0", "--locale", "C")
    error = await fault(url)
    assert error.fault is IndexFault.ENCODING
    assert "LATIN1" in str(error)


async def test_a_server_that_is_too_old_is_told(
    shared_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_check, "OLDEST_SERVER", 99)
    error = await fault(shared_server.new_database())
    assert error.fault is IndexFault.VERSION
    assert "99 or newer is needed" in str(error)


async def test_a_library_of_a_newer_version_is_told(
    shared_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = shared_server.new_database()
    await execute(url)
    monkeypatch.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:-1])
    error = await fault(url)
    assert error.fault is IndexFault.TOO_NEW
    assert "Update Bambu Virtual Printer" in str(error)


async def test_a_database_that_can_only_be_read_is_told(
    shared_server: Server,
) -> None:
    url = shared_server.new_database()
    name = make_url(url).database
    await execute(url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    error = await fault(url)
    assert error.fault is IndexFault.RIGHTS
    assert "can only be read" in str(error)


async def test_a_server_that_is_stopping_or_gone_is_told(
    shared_server: Server, address: str, tmp_path: Path
) -> None:
    for url, words in (
        (f"postgresql://u:{PASSWORD}@{address}/db", "cannot be read"),
        (f"postgresql://u:x@{address}:1/db", "the connection was refused"),
        (f"postgresql://u:x@/db?host={tmp_path}", "it is not there"),
    ):
        error = await fault(url)
        assert error.fault in {IndexFault.ADDRESS, IndexFault.URL}
        assert words in str(error)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("no url", IndexFault.URL),
        ("postgresql://h:port/db", IndexFault.URL),
        ("sqlite:///library.db", IndexFault.URL),
        ("mysql://u:secret@h/db", IndexFault.URL),
        ("postgresql+nodriver://u:secret@h/db", IndexFault.DRIVER),
    ],
)
async def test_a_url_that_cannot_be_is_told(url: str, kind: IndexFault) -> None:
    error = await fault(url)
    assert error.fault is kind
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "failed to resolve host 'nas': [Errno -2] Name or service not known",
            "The database server nas cannot be reached: its name cannot be resolved.",
        ),
        (
            'connection failed: connection to server at "192.0.2.1", port 5432 failed: FATAL:  no pg_hba.conf entry for host "192.0.2.7"\nmore',
            'The database server nas cannot be reached: no pg_hba.conf entry for host "192.0.2.7".',
        ),
        (
            "connection failed: SSL error: certificate verify failed",
            "The database server nas cannot be reached: TLS failed (SSL error: certificate verify failed).",
        ),
        (
            'connection failed: connection to server at "a", port 1 failed: FATAL:  sorry, too many clients already',
            "The database server has no connection left.",
        ),
        (
            'connection failed: connection to server at "a", port 1 failed: FATAL:  the database system is starting up',
            "The database server is starting or stopping.",
        ),
        (
            'connection failed: FATAL:  permission denied for database "x"',
            "The database user has no right to make tables and write in them.",
        ),
    ],
)
def test_what_the_driver_says_is_said_in_words(said: str, words: str) -> None:
    error = postgresql_errors.unreachable(SQLAlchemyError(said), "nas", "library")
    assert str(error) == words


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("42501", "has no right"),
        ("55P03", "changing the library for too long"),
        ("57014", "no answer"),
        ("57P03", "starting or stopping"),
        ("53100", "The disk of the database server is full"),
        ("53300", "no connection left"),
        ("25006", "can only be read"),
        ("XX000", "does not answer: reason"),
    ],
)
def test_what_the_server_reports_is_said_in_words(state: str, words: str) -> None:
    class ReportedError(Exception):
        sqlstate = state

    error = DBAPIError("statement", {}, ReportedError("reason\nmore"))
    assert words in str(postgresql_errors.unavailable(error))


async def test_what_it_takes_to_ask_a_database_comes_before_it_is_opened(
    postgresql: Callable[[], str],
) -> None:
    missing = IndexUnavailableError(
        explain("index_without_driver", "The driver is missing."), IndexFault.DRIVER
    )
    is_there = False

    async def prepare() -> None:
        if not is_there:
            raise missing

    index = Index(postgresql(), prepare=prepare)
    try:
        with pytest.raises(IndexUnavailableError):
            await index.open()
        with pytest.raises(IndexUnavailableError, match="driver is missing") as error:
            await index.read(migrations.version_of)
        assert error.value.fault is IndexFault.DRIVER
        is_there = True
        await index.open()
        assert await index.read(migrations.version_of) == migrations.newest_version()
    finally:
        await index.close()
