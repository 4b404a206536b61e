"""The replies on the control connection.

Codes: RFC 959, 2228 (protection), 2389 (features), 2428 (EPSV), 3659 (SIZE, MDTM). A banner with "vsFTPd" in it makes
some clients wait for TLS's close_notify, so this one names no product (measured with clients).
"""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply. `lines` stand between the first and the last line of a reply of several lines."""

    code: int
    text: str
    lines: tuple[str, ...] = ()

    def encode(self) -> bytes:
        """Return the bytes to send."""
        if not self.lines:
            # A line break in the text would begin another reply.
            text = " ".join(self.text.splitlines())
            return f"{self.code} {text}\r\n".encode(errors="replace")
        body = "".join(f" {line}\r\n" for line in self.lines)
        return f"{self.code}-{self.text}\r\n{body}{self.code} End\r\n".encode()


FEATURES = ("AVBL", "EPSV", "MDTM", "PASV", "PBSZ", "PROT", "SIZE", "UTF8")

# Sessions.
READY = Reply(code=220, text="Service ready")
GOODBYE = Reply(code=221, text="Goodbye")
TOO_MANY_SESSIONS = Reply(code=421, text="Too many connections, try again later")
LOGIN_TOO_LATE = Reply(code=421, text="No login for too long, closing")
IDLE_TOO_LONG = Reply(code=421, text="Idle for too long, closing")
STOPPING = Reply(code=421, text="The printer is being stopped")
INTERNAL_ERROR = Reply(code=421, text="Internal error, closing")

# Logging in.
PASSWORD_WANTED = Reply(code=331, text="Access code please")
LOGGED_IN = Reply(code=230, text="Logged in")
WRONG_CODE = Reply(code=530, text="Wrong user or access code")
LOG_IN_FIRST = Reply(code=530, text="Log in with USER and PASS")
USER_FIRST = Reply(code=503, text="USER comes first")

# Protection.
ALREADY_TLS = Reply(code=503, text="This connection is encrypted already")
PROTECTION_BUFFER = Reply(code=200, text="PBSZ=0")
PROTECTED = Reply(code=200, text="Data connections are encrypted")
CLEAR = Reply(code=200, text="Data connections are in clear text")
PROTECTION_REFUSED = Reply(code=536, text="Only levels C and P are supported")
PROTECTION_UNKNOWN = Reply(code=504, text="No such protection level")

# Answers without effect.
OK = Reply(code=200, text="OK")
SYSTEM = Reply(code=215, text="UNIX Type: L8")
STATUS = Reply(code=211, text="Ready")
HELP = Reply(code=214, text="FEAT lists what is supported")
FEATURE_LIST = Reply(code=211, text="Features:", lines=FEATURES)
RESTART_AT_START = Reply(code=350, text="Starting at 0")
NO_ALLOCATION_NEEDED = Reply(code=202, text="No allocation needed")
FOLDER_CHANGED = Reply(code=250, text="Folder changed")
NO_SUCH_FOLDER = Reply(code=550, text="No such folder")
NOTHING_TO_ABORT = Reply(code=225, text="No transfer to abort")
ABORTED = Reply(code=226, text="Transfer aborted")

# Refusals.
LINE_TOO_LONG = Reply(code=500, text="Line too long")
BAD_ARGUMENT = Reply(code=501, text="Bad or missing argument")
NOT_IMPLEMENTED = Reply(code=502, text="Command not implemented")
PARAMETER_NOT_IMPLEMENTED = Reply(code=504, text="Not implemented for that parameter")
ONLY_IPV4 = Reply(code=522, text="Network protocol not supported, use (1)")
NOT_SLICED_NAME = Reply(
    code=553, text="Names of files on this printer end in .3mf or .gcode, as before"
)
NAME_REFUSED = Reply(code=553, text="File name not allowed")
EXTENDED_ONLY = Reply(code=503, text="Only EPSV after EPSV ALL")

# Files.
RENAME_TO = Reply(code=350, text="Send RNTO with the new name")
RENAMED = Reply(code=250, text="Renamed")
RENAME_FROM_FIRST = Reply(code=503, text="RNFR comes first")
NO_SUCH_FILE = Reply(code=550, text="No such file")
DELETED = Reply(code=250, text="Deleted")
STORAGE_FAILED = Reply(code=451, text="The storage failed")

# Transfers.
OPENING = Reply(code=150, text="Ready for the data connection")
TRANSFER_COMPLETE = Reply(code=226, text="Transfer complete")
NO_PASSIVE_PORT = Reply(code=425, text="No free data port, try again later")
PASSIVE_FIRST = Reply(code=425, text="Use PASV or EPSV first")


def passive(address: str, port: int) -> Reply:
    """Answer PASV with an IPv4 address and a port (RFC 959)."""
    numbers = ",".join((*address.split("."), str(port >> 8), str(port & 0xFF)))
    return Reply(code=227, text=f"Entering Passive Mode ({numbers})")


def extended_passive(port: int) -> Reply:
    """Answer EPSV with a port; the address is that of the control connection (RFC 2428)."""
    return Reply(code=229, text=f"Entering Extended Passive Mode (|||{port}|)")


def folder(path: str) -> Reply:
    """Answer PWD. The quotes are part of the syntax, and one in the path is doubled (RFC 959)."""
    return Reply(code=257, text=f"{_quoted(path)} is the current folder")


def folder_made(path: str) -> Reply:
    """Answer MKD."""
    return Reply(code=257, text=f"{_quoted(path)} created")


def size(size_bytes: int) -> Reply:
    """Answer SIZE, or AVBL with the free bytes."""
    return Reply(code=213, text=str(size_bytes))


def modified(at: datetime) -> Reply:
    """Answer MDTM, in UTC."""
    return Reply(code=213, text=at.astimezone(UTC).strftime("%Y%m%d%H%M%S"))


def _quoted(path: str) -> str:
    escaped = path.replace('"', '""')
    return f'"{escaped}"'
