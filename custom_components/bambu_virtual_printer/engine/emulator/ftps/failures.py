"""Why a transfer failed. The text is for a person; the code is the reply that ends the transfer (RFC 959)."""

from typing import ClassVar

INTERNAL = "The server had an internal error"
STOPPED = "The server was stopped"
IDLE = "Nothing moved on the data connection for too long"


class TransferError(Exception):
    """A transfer did not come to its end."""

    code: ClassVar[int] = 426


class CutError(TransferError):
    """The data connection broke off, or its encryption failed."""


class TimedOutError(TransferError):
    """Nothing moved for too long."""


class AbortedError(TransferError):
    """Somebody called it off: the client, the end of its control connection, or our own stop."""


class BadArchiveError(TransferError):
    """The received file is no complete archive."""


class CrashedError(TransferError):
    """A fault of our own; the log has the details."""


class NoDataConnectionError(TransferError):
    """The client opened no data connection in time."""

    code = 425


class StorageFailedError(TransferError):
    """The file could not be written, read or kept."""

    code = 451


class NoRoomError(TransferError):
    """The disk is full, or would be."""

    code = 452


class NoSuchFileError(TransferError):
    """There is no file of that name."""

    code = 550


class NotSlicedError(TransferError):
    """The file is none that can be printed from here."""

    code = 550


class TooLargeError(TransferError):
    """The file is larger than is accepted."""

    code = 552
