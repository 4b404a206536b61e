"""What PostgreSQL and its driver report, in words. None of these texts holds a password.

A server that refuses a connection tells why in a sentence only, which libpq passes on without the SQLSTATE.
"""

import re

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ...explanations import NO_ANSWER, Explanation, as_it_stands, explain
from ..values.errors import IndexFault, IndexUnavailableError
from .access import silent

LOST_STATES = {"25P03", "57P01", "57P02", "57P03", "57P05"}
"""The server ended the connection."""
CONFLICT_STATES = {"40001", "40P01"}
"""A transaction was ended in favour of another; it may be done once more."""
UNKNOWN_OBJECT_STATES = {"42P01", "42703", "0A000"}
"""A statement does not fit the tables."""

_FIRST_LINE = re.compile(
    r"(?:connection (?:failed|is bad): )?(?:connection to server (?:at|on socket) .*? failed: )?(?:FATAL:\s+)?(.*)"
)
_REASONS = (
    ("Connection refused", explain("os_refused", "the connection was refused")),
    ("timeout expired", NO_ANSWER),
    ("failed to resolve", explain("os_name_unknown", "its name cannot be resolved")),
    (
        "could not translate host",
        explain("os_name_unknown", "its name cannot be resolved"),
    ),
    ("No such file", explain("os_not_there", "it is not there")),
    ("Permission denied", explain("os_denied", "permission denied")),
    ("No route to host", explain("os_unreachable", "the network has no way there")),
    (
        "Network is unreachable",
        explain("os_unreachable", "the network has no way there"),
    ),
    (
        "closed the connection",
        explain("os_interrupted", "the connection was interrupted"),
    ),
)
_CREDENTIALS = re.compile(
    r"password authentication failed|no password supplied|role .* does not exist"
    r"|authentication failed for user|is not permitted to log in"
)
_DATABASE = re.compile(r"database \"(.*)\" does not exist")
_CROWDED = re.compile(r"too many clients|too many connections|connection slots are")
_PAUSING = re.compile(r"the database system is |terminating connection")


def state_of(err: BaseException | None) -> str:
    """Return the SQLSTATE of an error; empty without one."""
    return getattr(err, "sqlstate", None) or ""


def is_lost(err: SQLAlchemyError) -> bool:
    """Return whether the connection is gone."""
    return isinstance(err, DBAPIError) and err.connection_invalidated


def unavailable(err: SQLAlchemyError) -> IndexUnavailableError:
    """Return what people are told of an error of a transaction."""
    reason = err.orig if isinstance(err, DBAPIError) else err
    match state_of(reason):
        case "42501":
            return IndexUnavailableError(NO_RIGHTS, IndexFault.RIGHTS)
        case "55P03":
            return IndexUnavailableError(_BUSY)
        case "57014" | "25P03" | "57P05":
            return IndexUnavailableError(silent(NO_ANSWER))
        case "57P01" | "57P02" | "57P03":
            return IndexUnavailableError(_PAUSED)
        case "53100":
            return IndexUnavailableError(_FULL)
        case "53300":
            return IndexUnavailableError(_NO_CONNECTION)
        case "25006":
            return IndexUnavailableError(READ_ONLY, IndexFault.RIGHTS)
    return IndexUnavailableError(silent(_reason(str(reason))))


def unreachable(err: SQLAlchemyError, host: str, name: str) -> IndexUnavailableError:
    """Return what people are told when there is no connection to a database of that name on that host."""
    text = str(err.orig if isinstance(err, DBAPIError) else err)
    if _CREDENTIALS.search(text):
        return IndexUnavailableError(_WRONG_PASSWORD, IndexFault.CREDENTIALS)
    if _DATABASE.search(text):
        return IndexUnavailableError(
            explain(
                "index_no_database",
                "The server has no database {name}.",
                name=name,
            ),
            IndexFault.DATABASE,
        )
    if "permission denied for database" in text:
        return IndexUnavailableError(NO_RIGHTS, IndexFault.RIGHTS)
    if _CROWDED.search(text):
        return IndexUnavailableError(_NO_CONNECTION)
    if _PAUSING.search(text):
        return IndexUnavailableError(_PAUSED)
    return IndexUnavailableError(
        explain(
            "index_unreachable",
            "The database server {host} cannot be reached: {why}.",
            host=host,
            why=_reason(text),
        ),
        IndexFault.ADDRESS,
    )


def unreachable_at(err: SQLAlchemyError, url: URL) -> IndexUnavailableError:
    """Return what people are told when there is no connection to a URL."""
    host = url.host or url.query.get("host", "localhost")
    return unreachable(
        err, host if isinstance(host, str) else ", ".join(host), url.database or ""
    )


def _reason(text: str) -> Explanation | str:
    for part, reason in _REASONS:
        if part in text:
            return reason
    if "SSL" in text or "certificate" in text:
        return explain("os_tls", "TLS failed ({code})", code=_sentence(text))
    return as_it_stands(_sentence(text))


def _sentence(text: str) -> str:
    """Return the first line of what the driver said, without how it begins and ends."""
    match = _FIRST_LINE.match(text.strip().partition("\n")[0])
    return (match[1] if match else text).strip().rstrip(".")


NO_RIGHTS = explain(
    "index_no_rights",
    "The database user has no right to make tables and write in them.",
)
LOST_AT_THE_END = explain(
    "index_lost_at_the_end",
    "The connection to the database was lost; it is not known whether the change was made.",
)
_WRONG_PASSWORD = explain(
    "index_wrong_password",
    "The database server does not accept the user name or the password.",
)
_BUSY = explain(
    "index_busy", "Another Home Assistant has been changing the library for too long."
)
_PAUSED = explain("index_paused", "The database server is starting or stopping.")
_FULL = explain("index_full", "The disk of the database server is full.")
_NO_CONNECTION = explain("index_crowded", "The database server has no connection left.")
READ_ONLY = explain("index_read_only", "The database can only be read.")
