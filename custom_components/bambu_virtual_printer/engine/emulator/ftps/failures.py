"""What can fail in FTPS beside the transfer itself, and the code of the reply that tells a client of a failure (RFC 959)."""

from ...explanations import explain
from ...reception.failures import (
    NoRoomError,
    NoSuchFileError,
    NotSlicedError,
    StorageFailedError,
    TooLargeError,
    TransferError,
)

CONTROL_LOST = explain(
    "transfer_control_lost", "The client's control connection was lost"
)
NO_DATA_CONNECTION = explain(
    "transfer_without_connection", "The client opened no data connection"
)
TOO_MANY = explain("transfer_too_many", "Too many data connections are open")


class NoDataConnectionError(TransferError):
    """The client opened no data connection in time."""


_CODES: dict[type[TransferError], int] = {
    NoDataConnectionError: 425,
    StorageFailedError: 451,
    NoRoomError: 452,
    NoSuchFileError: 550,
    NotSlicedError: 550,
    TooLargeError: 552,
}


def code_of(error: TransferError) -> int:
    """Return the code of the reply that ends a failed transfer."""
    return _CODES.get(type(error), 426)
