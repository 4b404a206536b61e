"""Why a transfer failed. The code is that of the reply that ends the transfer (RFC 959), with the explanation in English."""

from typing import ClassVar

from ...explanations import ExplainedError, explain

INTERNAL = explain("transfer_crashed", "Home Assistant had an internal error")
STOPPED = explain("transfer_stopped", "The printer was stopped")
IDLE = explain("transfer_idle", "Nothing arrived for too long")
LOST = explain("transfer_lost", "The connection was lost")
CONTROL_LOST = explain(
    "transfer_control_lost", "The client's control connection was lost"
)
BROKEN_OFF = explain("transfer_broken_off", "The data connection broke off")
TOO_LARGE = explain("transfer_too_large", "The file is too large")
NO_ROOM = explain("transfer_without_room", "There is not enough room on the disk")
NO_FILE = explain("transfer_of_no_file", "There is no such file")
CALLED_OFF = explain("transfer_called_off", "The client called it off")
REPLACED = explain("transfer_replaced", "The client began another transfer")
NO_DATA_CONNECTION = explain(
    "transfer_without_connection", "The client opened no data connection"
)
TOO_MANY = explain("transfer_too_many", "Too many data connections are open")


class TransferError(ExplainedError):
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
