"""What can go wrong in the library, in words for a person. Everything but a file's own fault is a `StorageError`."""

from enum import StrEnum
from typing import TYPE_CHECKING

from ...storage import StorageError

if TYPE_CHECKING:
    from .records import Upload


class SlicedFileError(Exception):
    """The file is no sliced file that can be read; the text says why."""


class LibraryError(StorageError):
    """The library could not do what was asked."""


class NotFoundError(LibraryError):
    """There is no archive, photo, upload or job of this id."""


class AlreadyProcessedError(LibraryError):
    """The upload was decided about before; nothing was changed."""

    def __init__(self, upload: Upload) -> None:
        """Keep the upload as it is now."""
        super().__init__(
            f"{upload.name} was already processed: it is {upload.state.value.replace('_', ' ')}."
        )
        self.upload = upload


class NothingToUndoError(LibraryError):
    """A discarded upload or archive cannot be restored (any more); nothing was changed."""


class JobStateError(LibraryError):
    """The state of a job does not allow this; nothing was changed."""


class InvalidChangeError(LibraryError):
    """A value cannot be that; nothing was changed."""


class FileTooLargeError(InvalidChangeError):
    """A file is larger than is taken in; nothing is kept. `max_bytes` is the limit."""

    def __init__(self, max_bytes: int) -> None:
        """Keep the limit."""
        super().__init__(f"The file has more than {max_bytes // (1024 * 1024)} MB.")
        self.max_bytes = max_bytes


class NotSlicedError(InvalidChangeError):
    """A file is none that can be printed; nothing is kept."""


class TextField(StrEnum):
    """What people write, as far as there may be too much of it."""

    NAME = "name"
    NOTES = "notes"
    NOTE = "note"
    PROJECT = "project"
    TAG = "tag"
    TAGS = "tags"
    REASON = "reason"
    SEARCH = "search"


_UNITS = {TextField.TAGS: "tags", TextField.SEARCH: "words"}


class TooLongError(InvalidChangeError):
    """A person wrote more than is kept; nothing was changed, and nothing is ever cut off in silence.

    `limit` is that of the field in characters, of `TAGS` and `SEARCH` in tags and words.
    """

    def __init__(self, field: TextField, limit: int) -> None:
        """Keep what was too long."""
        unit = _UNITS.get(field, "characters")
        super().__init__(f"{field.value.capitalize()}: at most {limit} {unit}.")
        self.field = field
        self.limit = limit


class IndexUnavailableError(LibraryError):
    """The index does not answer, or answered with an error."""


class LibraryAbsentError(LibraryError):
    """The disk or the share with the library is not there; nothing was changed."""


class IndexTooNewError(IndexUnavailableError):
    """The index was written by a newer version of this software."""
