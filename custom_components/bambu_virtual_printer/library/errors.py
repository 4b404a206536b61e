"""What can go wrong in the library, in words for a person. Everything is a `StorageError`."""

from typing import TYPE_CHECKING

from ..model import StorageError

if TYPE_CHECKING:
    from .records import Upload


class LibraryError(StorageError):
    """The library could not do what was asked."""


class NotFoundError(LibraryError):
    """There is no archive, photo, upload or job of this id."""


class AlreadyProcessedError(LibraryError):
    """Somebody decided about the upload before; nothing was changed."""

    def __init__(self, upload: Upload) -> None:
        """Keep the upload as it is now."""
        super().__init__(
            f"{upload.name} was already processed: it is {upload.state.value.replace('_', ' ')}."
        )
        self.upload = upload


class JobStateError(LibraryError):
    """The state of a job does not allow this; nothing was changed."""


class InvalidChangeError(LibraryError):
    """A value cannot be that; nothing was changed."""


class IndexUnavailableError(LibraryError):
    """The index does not answer, or answered with an error."""


class IndexTooNewError(IndexUnavailableError):
    """The index was written by a newer version of this software."""
