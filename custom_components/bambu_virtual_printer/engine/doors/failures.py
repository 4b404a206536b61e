"""Why an upload over HTTP is refused: a status and a text that slicers show.

OrcaSlicer and PrusaSlicer show "HTTP <status>: <body>", Cura the first 100 characters of a body that is plain text.
"""

from http import HTTPStatus

from ..explanations import Explanation, explain
from ..reception.failures import (
    AbortedError,
    BadArchiveError,
    CutError,
    NoRoomError,
    NotSlicedError,
    StorageFailedError,
    TimedOutError,
    TooLargeError,
    TransferError,
)


class RefusedError(TransferError):
    """The request is not a valid upload."""

    def __init__(
        self,
        explanation: Explanation,
        status: HTTPStatus = HTTPStatus.BAD_REQUEST,
    ) -> None:
        """Refuse with an HTTP status."""
        super().__init__(explanation)
        self.status = status


class BusyError(RefusedError):
    """Too many uploads wait already."""

    def __init__(self) -> None:
        """Refuse for now."""
        super().__init__(
            explain("door_busy", "Too many uploads at once, try again later"),
            HTTPStatus.SERVICE_UNAVAILABLE,
        )


_STATUS: dict[type[TransferError], HTTPStatus] = {
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    BadArchiveError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    NotSlicedError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    NoRoomError: HTTPStatus.INSUFFICIENT_STORAGE,
    TimedOutError: HTTPStatus.REQUEST_TIMEOUT,
    CutError: HTTPStatus.BAD_REQUEST,
    AbortedError: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageFailedError: HTTPStatus.INTERNAL_SERVER_ERROR,
}


def status_of(error: TransferError) -> HTTPStatus:
    """Return the HTTP status of an error."""
    if isinstance(error, RefusedError):
        return error.status
    return _STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)
