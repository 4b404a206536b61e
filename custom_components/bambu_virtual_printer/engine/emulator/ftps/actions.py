"""What a session has to do for an FTP command, and to answer with exactly one final reply."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Check user and access code, as they were received."""

    user: bytes = field(repr=False)
    access_code: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPassive:
    """Open a port for the next data connection."""

    extended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Receive a file. `announced_bytes` is the size of an ALLO before, or 0."""

    name: str
    announced_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieve:
    """Send a file."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFiles:
    """Send the list of all files, or of one of them."""

    name: str | None
    names_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Reply with the size of a file."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Modified:
    """Reply with the time a file was stored."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Delete a file."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameFrom:
    """Find the file that RNTO is to rename."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTo:
    """Rename the file that RNFR named."""

    name: str
    new_name: str


@dataclass(frozen=True, slots=True)
class FreeSpace:
    """Reply with the free space."""


@dataclass(frozen=True, slots=True)
class Abort:
    """Abort the transfer."""


@dataclass(frozen=True, slots=True)
class Quit:
    """Reply 221 and close."""


type Action = (
    Login
    | OpenPassive
    | Store
    | Retrieve
    | ListFiles
    | Size
    | Modified
    | Delete
    | RenameFrom
    | RenameTo
    | FreeSpace
    | Abort
    | Quit
)
