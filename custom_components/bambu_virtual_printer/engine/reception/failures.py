"""Why a file could not be received or sent."""

from ..explanations import ExplainedError, Explanation, explain

INTERNAL = explain("transfer_crashed", "Home Assistant had an internal error")
STOPPED = explain("transfer_stopped", "The printer was stopped")
IDLE = explain("transfer_idle", "Nothing arrived for too long")
LOST = explain("transfer_lost", "The connection was lost")
BROKEN_OFF = explain("transfer_broken_off", "The data connection broke off")
TOO_LARGE = explain("transfer_too_large", "The file is too large")
NO_ROOM = explain("transfer_without_room", "There is not enough room on the disk")
NO_FILE = explain("transfer_of_no_file", "There is no such file")
CALLED_OFF = explain("transfer_called_off", "The client called it off")
REPLACED = explain("transfer_replaced", "The client began another transfer")
NOT_SLICED = explain(
    "upload_not_sliced",
    'This printer takes sliced files (.gcode.3mf) only: use "Export plate sliced file" in the slicer and send that',
)


class TransferError(ExplainedError):
    """A transfer failed."""


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


class StorageFailedError(TransferError):
    """The file could not be written, read or kept."""


class NoRoomError(TransferError):
    """The disk is full, or would be."""


class NoSuchFileError(TransferError):
    """There is no file of that name."""


class NotSlicedError(TransferError):
    """The file is not sliced."""


class TooLargeError(TransferError):
    """The file is larger than is accepted."""


def no_plate(plate: int) -> Explanation:
    """Say that a file has not the plate that is to be printed."""
    return explain("no_such_plate", "The file has no sliced plate {plate}", plate=plate)
