"""A library that several Home Assistants share: where its database and its files are, and what it takes to get at them.

It is kept in the hub entry's data, not in its options, which forms and diagnostics show.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import certifi
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PASSWORD, CONF_PORT

from ..engine.explanations import ExplainedError, explain
from ..engine.library.store.backend.bucket import BucketSettings

CONF_SHARED_LIBRARY = "shared_library"
"""The key in the entry's data."""

CONF_ACCESS_KEY = "access_key"
CONF_BUCKET = "bucket"
CONF_CACHE_GB = "cache_gb"
CONF_CERTIFICATES = "certificates"
CONF_DATABASE = "database"
CONF_ENCRYPTION = "encryption"
CONF_ENDPOINT = "endpoint"
CONF_FILES = "files"
CONF_LIBRARY_ID = "library_id"
CONF_PATH = "path"
CONF_PREFIX = "prefix"
CONF_REGION = "region"
CONF_SECRET_KEY = "secret_key"
CONF_USER = "user"

DEFAULT_PORT = 5432
DEFAULT_CACHE_GB = 2.0
GB = 1_000_000_000
DRIVER_NAME = "postgresql+psycopg"

SECRETS = {CONF_PASSWORD, CONF_SECRET_KEY, CONF_ACCESS_KEY, CONF_USER}
"""What is shown nowhere but in the form."""


class Encryption(StrEnum):
    """Whether the connection to the database is encrypted, by libpq's names."""

    PREFER = "prefer"
    """If the server can; whose it is, is not checked."""
    REQUIRE = "require"
    VERIFY = "verify-full"
    """And the server's certificate is trusted by this system and has its name."""


class DatabaseUrlError(ExplainedError):
    """A pasted URL is none of a PostgreSQL database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """A PostgreSQL database. `host` is a name, an address, or the folder of a local socket."""

    host: str
    name: str
    user: str
    port: int = DEFAULT_PORT
    password: str = field(default="", repr=False)
    encryption: Encryption = Encryption.PREFER

    @property
    def url(self) -> str:
        """The SQLAlchemy URL, with the password: nothing for logs and messages."""
        is_socket = self.host.startswith("/")
        query = {"host": self.host} if is_socket else {"sslmode": self.encryption.value}
        if not is_socket and self.encryption is Encryption.VERIFY:
            # The driver's wheel does not know where the system has its certificates.
            query["sslrootcert"] = certifi.where()
        return URL.create(
            DRIVER_NAME,
            username=self.user or None,
            password=self.password or None,
            host=None if is_socket else self.host,
            port=self.port,
            database=self.name,
            query=query,
        ).render_as_string(hide_password=False)

    @property
    def place(self) -> str:
        """What people call it."""
        return f"{self.name} @ {self.host}"

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `as_stored` gave."""
        return cls(
            host=stored[CONF_HOST],
            port=stored[CONF_PORT],
            name=stored[CONF_NAME],
            user=stored[CONF_USER],
            password=stored[CONF_PASSWORD],
            encryption=Encryption(stored[CONF_ENCRYPTION]),
        )

    @classmethod
    def from_url(cls, text: str) -> Self:
        """Read a URL as providers of databases show it. Raises DatabaseUrlError."""
        try:
            url = make_url(text)
        except ArgumentError, ValueError:
            # What SQLAlchemy says has the URL in it, and with it the password.
            raise DatabaseUrlError(UNREADABLE) from None
        if url.drivername.partition("+")[0] not in ("postgres", "postgresql"):
            raise DatabaseUrlError(
                explain(
                    "database_url_of_other_kind",
                    "it is the address of {kind}, not of PostgreSQL",
                    kind=url.drivername.partition("+")[0],
                )
            )
        query = {
            name: value if isinstance(value, str) else value[-1]
            for name, value in url.query.items()
        }
        host = url.host or query.get("host", "")
        if "@" in host or "@" in (url.database or ""):
            # What is before it is the end of the password, with what was taken for the host where it has a slash too.
            raise DatabaseUrlError(
                explain(
                    "database_url_at_sign",
                    "an @ in the password has to be written as %40",
                )
            )
        if not (host and url.database):
            raise DatabaseUrlError(UNREADABLE)
        return cls(
            host=host,
            port=url.port or DEFAULT_PORT,
            name=url.database,
            user=url.username or "",
            password=url.password or "",
            encryption=_encryption(query.get("sslmode", "")),
        )

    def as_stored(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return {
            CONF_HOST: self.host,
            CONF_PORT: self.port,
            CONF_NAME: self.name,
            CONF_USER: self.user,
            CONF_PASSWORD: self.password,
            CONF_ENCRYPTION: self.encryption.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSettings:
    """Files in a folder that all instances reach."""

    path: Path


type FilesSettings = FolderSettings | BucketSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLibrarySettings:
    """The whole shared library. `library_id` says which it is, whatever leads there."""

    library_id: str
    database: DatabaseSettings
    files: FilesSettings
    cache_gb: float = DEFAULT_CACHE_GB

    @property
    def cache_bytes(self) -> int:
        """How much is kept here of files that are in the store."""
        return int(self.cache_gb * GB)

    @property
    def place(self) -> str:
        """What people call it, without what it takes to get at it."""
        files = self.files
        if isinstance(files, FolderSettings):
            return f"{self.database.place}, {files.path}"
        return f"{self.database.place}, {files.url} {files.bucket}"

    @property
    def folder_name(self) -> str:
        """The name, beside the library of this Home Assistant, of the folder for what is not in the store yet."""
        return f"shared-{self.library_id}"

    @classmethod
    def from_entry(cls, entry: ConfigEntry[Any]) -> Self | None:
        """Read what the hub's entry says; None where the library is this Home Assistant's own."""
        stored = entry.data.get(CONF_SHARED_LIBRARY)
        return None if stored is None else cls.from_stored(stored)

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `as_stored` gave."""
        files = stored[CONF_FILES]
        return cls(
            library_id=stored[CONF_LIBRARY_ID],
            database=DatabaseSettings.from_stored(stored[CONF_DATABASE]),
            files=FolderSettings(path=Path(files[CONF_PATH]))
            if CONF_PATH in files
            else BucketSettings(**files),
            cache_gb=stored[CONF_CACHE_GB],
        )

    def as_stored(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return {
            CONF_LIBRARY_ID: self.library_id,
            CONF_DATABASE: self.database.as_stored(),
            CONF_FILES: {CONF_PATH: str(self.files.path)}
            if isinstance(self.files, FolderSettings)
            else asdict(self.files),
            CONF_CACHE_GB: self.cache_gb,
        }


def bucket_settings(answers: Mapping[str, Any]) -> BucketSettings:
    """Read a form's fields, of which those that are empty are missing."""
    names = (
        CONF_ENDPOINT,
        CONF_BUCKET,
        CONF_PREFIX,
        CONF_REGION,
        CONF_ACCESS_KEY,
        CONF_SECRET_KEY,
        CONF_CERTIFICATES,
    )
    return BucketSettings(**{name: answers.get(name, "").strip() for name in names})


UNREADABLE = explain(
    "database_url_unreadable",
    "it has another form than postgresql://user:password@host/name",
)


def _encryption(sslmode: str) -> Encryption:
    """Return the choice that asks for at least what libpq's `sslmode` does."""
    match sslmode:
        case "require":
            return Encryption.REQUIRE
        case "verify-ca" | "verify-full":
            return Encryption.VERIFY
    return Encryption.PREFER
