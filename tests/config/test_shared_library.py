"""How a shared library is reached: what is pasted, what is kept, and what is told nobody."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from custom_components.bambu_virtual_printer.config.shared_library import (
    DatabaseSettings,
    DatabaseUrlError,
    Encryption,
    FolderSettings,
    SharedLibrarySettings,
    bucket_settings,
)

DATABASE = DatabaseSettings(
    host="db.local", name="prints", user="anna", password="p@ss/word"
)
BUCKET = bucket_settings(
    {"bucket": "prints", "access_key": "key", "secret_key": "hidden", "region": " eu "}
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "postgresql://anna:p%40ss%2Fword@db.local/prints",
            DATABASE,
        ),
        (
            "postgres://anna@db.local:6543/prints?sslmode=verify-full&channel_binding=require",
            replace(DATABASE, port=6543, password="", encryption=Encryption.VERIFY),
        ),
        (
            "postgresql+asyncpg://anna@db.local/prints?sslmode=require",
            replace(DATABASE, password="", encryption=Encryption.REQUIRE),
        ),
        (
            "postgresql://anna@/prints?host=/run/postgresql",
            replace(DATABASE, host="/run/postgresql", password=""),
        ),
    ],
)
def test_urls_of_providers_are_understood(
    text: str, expected: DatabaseSettings
) -> None:
    assert DatabaseSettings.from_url(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "mysql://a:secret@h/n",
        "postgresql://h",
        "://secret",
        "postgresql://h:x:secret/n",
    ],
)
def test_what_is_no_url_of_a_database_is_told_without_the_password(text: str) -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        DatabaseSettings.from_url(text)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://prints:se@cret@db.lan/prints",
        "postgresql://prints:Tr0ub@dor/3@db.lan/prints",
    ],
)
def test_an_at_sign_in_the_password_is_told_also_where_a_slash_follows(
    text: str,
) -> None:
    with pytest.raises(DatabaseUrlError, match="written as %40") as caught:
        DatabaseSettings.from_url(text)
    assert "Tr0ub" not in str(caught.value)


def test_the_driver_s_url_has_what_was_entered() -> None:
    url = make_url(replace(DATABASE, encryption=Encryption.VERIFY).url)
    assert (url.drivername, url.host, url.port) == (
        "postgresql+psycopg",
        "db.local",
        5432,
    )
    assert url.password == "p@ss/word"
    assert url.query["sslmode"] == "verify-full"
    assert Path(str(url.query["sslrootcert"])).is_file()


@pytest.mark.parametrize("files", [FolderSettings(path=Path("/media/nas")), BUCKET])
def test_what_is_kept_is_read_again(files: object) -> None:
    settings = SharedLibrarySettings(
        library_id="01KB1000000000000000000000",
        database=DATABASE,
        files=files,  # type: ignore[arg-type]
    )
    assert SharedLibrarySettings.from_stored(settings.as_stored()) == settings
    assert settings.cache_bytes == 2_000_000_000


def test_secrets_are_in_no_text_of_the_settings() -> None:
    settings = SharedLibrarySettings(
        library_id="01KB1000000000000000000000", database=DATABASE, files=BUCKET
    )
    for text in (repr(settings), settings.place):
        assert "p@ss" not in text
        assert "hidden" not in text
