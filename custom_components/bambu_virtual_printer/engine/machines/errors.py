"""Errors of commands to real printers and of uploads."""

from enum import StrEnum


class CommandError(Exception):
    """A command was not carried out, as far as is known."""


class NotConnectedError(CommandError):
    """Nothing was sent: there is no session with the printer."""


class NoReplyError(CommandError):
    """The printer did not answer. It may have got the command all the same."""


class RefusedError(CommandError):
    """The printer refused; `reason` and `code` are from its reply, if it has them."""

    def __init__(self, command: str, reason: str, code: int | None) -> None:
        """Keep the reply's reason and code."""
        super().__init__(
            f"the printer refused {command}: {reason or 'no reason given'}"
        )
        self.command = command
        self.reason = reason
        self.code = code


class DeveloperModeOffError(RefusedError):
    """The printer takes no commands that the maker's software has not signed."""


class UploadCause(StrEnum):
    """Why an upload failed."""

    UNREACHABLE = "unreachable"
    """No connection, or none of the printer itself."""
    NOT_THE_PRINTER = "not_the_printer"
    """Another device answered; nothing was sent to it."""
    WRONG_CODE = "wrong_code"
    """The access code is refused (530)."""
    STORAGE_FULL = "storage_full"
    """There is no room (552), or too little of it."""
    STORAGE_REFUSED = "storage_refused"
    """No card or stick, a bad one, or a name that it does not take (553)."""
    REFUSED = "refused"
    """The printer does not take the file (550)."""
    BROKEN_OFF = "broken_off"
    """The connection ended early, or the printer has not got all of it."""
    TOO_SLOW = "too_slow"
    """It would have taken longer than an upload may take."""
    FILE_UNREADABLE = "file_unreadable"
    """The file cannot be read here."""

    @property
    def may_pass(self) -> bool:
        """Whether another try may go better."""
        return self in {UploadCause.UNREACHABLE, UploadCause.BROKEN_OFF}


class UploadError(Exception):
    """A file did not get onto the printer's card. The text is for a log."""

    def __init__(self, cause: UploadCause, detail: str) -> None:
        """Keep why."""
        super().__init__(f"{cause}: {detail}")
        self.cause = cause
        self.detail = detail
