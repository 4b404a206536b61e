"""Why a transfer failed. The text is for people; the code is that of the reply that ends the transfer (RFC 959)."""

from typing import ClassVar

INTERNAL = "The server had an internal error"
STOPPED = "The server was stopped"
IDLE = "Nothing moved on the data connection for too long"


class TransferError(Exception):
    """A transfer failed."""

    code: ClassVar[int] = 426


class CutError(TransferError):
    """The data connection broke off, or its encryption failed."""


class TimedOutError(TransferError):
    """Nothing moved for too long."""


class AbortedError(TransferError):
    """It was aborted: by the client, by the end of its control connection, or because the printer stopped."""


class BadArchiveError(TransferError):
    """The received file is not a complete archive or G-code file."""


class CrashedError(TransferError):
    """An internal error; the log has the details."""


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
    """The file is not sliced."""

    code = 550


class TooLargeError(TransferError):
    """The file is larger than is accepted."""

    code = 552
