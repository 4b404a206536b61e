"""Why a call of the file tunnel fails, and the result that tells a client."""

from ...explanations import explain
from ...protocol.file_tunnel import Result
from ...reception.failures import (
    AbortedError,
    BadArchiveError,
    NoRoomError,
    NoSuchFileError,
    NotSlicedError,
    StorageFailedError,
    TimedOutError,
    TooLargeError,
    TransferError,
)

WRONG_SUM = explain(
    "transfer_wrong_sum",
    "What arrived is not what was sent: the checksums differ",
)
BAD_PIECES = explain(
    "transfer_bad_pieces", "The pieces of the file do not fit together"
)


class ChecksumError(TransferError):
    """The received bytes have another checksum than the sent ones."""


class BadPieceError(TransferError):
    """A piece of an upload does not follow the one before, or goes beyond the end."""


_RESULTS: dict[type[TransferError], Result] = {
    AbortedError: Result.CANCELLED,
    BadArchiveError: Result.CHECK_FAILED,
    BadPieceError: Result.BAD_SIZE,
    ChecksumError: Result.BAD_MD5,
    NoRoomError: Result.NO_ROOM,
    NoSuchFileError: Result.NO_FILE,
    NotSlicedError: Result.BAD_TYPE,
    StorageFailedError: Result.NOT_WRITTEN,
    TimedOutError: Result.TIMED_OUT,
    TooLargeError: Result.BAD_SIZE,
}


def result_of(error: TransferError) -> Result:
    """Return the result of a call that failed."""
    return _RESULTS.get(type(error), Result.NOT_WRITTEN)
