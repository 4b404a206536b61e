"""What can go wrong in the library, explained to people. Everything but a file's own fault is a `StorageError`."""

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from ...explanations import ExplainedError, Explanation, as_it_stands, explain
from ...storage import StorageError

if TYPE_CHECKING:
    from .records import Upload


NO_SUCH_ARCHIVE = explain("no_such_archive", "There is no such archive.")
NO_SUCH_UPLOAD = explain("no_such_upload", "There is no such upload.")
NO_SUCH_JOB = explain("no_such_job", "There is no such job.")
NO_SUCH_PHOTO = explain("no_such_photo", "There is no such photo.")
NO_ROOM = explain("no_room_on_disk", "There is not enough room on the disk.")
FILE_GONE = explain("web_file_gone", "The file is no longer on the disk.")
NAME_NOT_ALLOWED = explain(
    "name_not_allowed",
    "The file name is empty, too long or has characters that are not allowed.",
)
PICTURES_NOT_KEPT = explain(
    "pictures_not_kept", "The pictures of the plates cannot be kept: {why}."
)
NOT_SLICED = explain(
    "file_not_sliced", "The file was not sliced; there is nothing to print."
)


_DECIDED = {
    "archiving": explain(
        "voice_already_archiving", "{name} is being archived already."
    ),
    "archived": explain("voice_already_archived", "{name} was archived already."),
    "queued": explain("voice_already_queued", "{name} was queued already."),
    "discarded": explain("voice_already_discarded", "{name} was discarded already."),
    "sent_back": explain("voice_already_sent_back", "{name} was sent back already."),
    "expired": explain("voice_already_expired", "{name} has expired already."),
}


def unreadable(name: str) -> Explanation:
    """Say of a file that it cannot be read; `because` says why."""
    return explain("file_unreadable", "{name} cannot be read: {why}.", name=name)


def still_read(name: str) -> Explanation:
    """Say of an upload that it cannot be decided about yet."""
    return explain("upload_still_read", "{name} is still being read.", name=name)


class SlicedFileError(ExplainedError):
    """The file is no sliced file that can be read."""


class LibraryError(StorageError):
    """The library could not do what was asked."""


class NotFoundError(LibraryError):
    """There is no archive, photo, upload or job of this id."""


class AlreadyProcessedError(LibraryError):
    """The upload was decided about before; nothing was changed."""

    def __init__(self, upload: Upload) -> None:
        """Keep the upload as it is now."""
        super().__init__(replace(_DECIDED[upload.state], values={"name": upload.name}))
        self.upload = upload


class NothingToUndoError(LibraryError):
    """What was discarded, deleted or cancelled cannot be had back (any more); nothing was changed."""


class JobStateError(LibraryError):
    """The state of a job does not allow this; nothing was changed."""


class InvalidChangeError(LibraryError):
    """A value cannot be that; nothing was changed."""


class FileTooLargeError(InvalidChangeError):
    """A file is larger than is taken in; nothing is kept. `max_bytes` is the limit."""

    def __init__(self, max_bytes: int) -> None:
        """Keep the limit."""
        super().__init__(
            # People are told by a text that says so.
            as_it_stands(f"more than {max_bytes // (1024 * 1024)} MB")
        )
        self.max_bytes = max_bytes


class NotSlicedError(InvalidChangeError):
    """A file is none that can be printed; nothing is kept."""


class NotQueueableError(InvalidChangeError):
    """A file is kept, but none that the queue prints."""


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
        # People are told by a text of the field.
        unit = _UNITS.get(field, "characters")
        super().__init__(as_it_stands(f"{field.value}: at most {limit} {unit}"))
        self.field = field
        self.limit = limit


class IndexFault(StrEnum):
    """What keeps a database from being the index, as far as a person can do something about it."""

    URL = "url"
    DRIVER = "driver"
    ADDRESS = "address"
    CREDENTIALS = "credentials"
    DATABASE = "database"
    RIGHTS = "rights"
    VERSION = "version"
    ENCODING = "encoding"
    TOO_NEW = "too_new"
    OTHER_LIBRARY = "other_library"
    NO_LIBRARY = "no_library"
    OTHER = "other"

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to do something, rather than wait for the database to answer."""
        return self not in {IndexFault.ADDRESS, IndexFault.OTHER}


class IndexUnavailableError(LibraryError):
    """The index does not answer, or answered with an error. `fault` tells where to look for the reason."""

    def __init__(
        self, explanation: Explanation, fault: IndexFault = IndexFault.OTHER
    ) -> None:
        """Keep the explanation and the kind of fault."""
        super().__init__(explanation)
        self.fault = fault


class LibraryAbsentError(LibraryError):
    """The disk or the share with the library is not there; nothing was changed."""


class IndexTooNewError(IndexUnavailableError):
    """The index was written by a newer version of this software."""

    def __init__(self, version: int, newest: int) -> None:
        """Keep the version of the index, and the newest one that this software knows."""
        super().__init__(
            explain(
                "index_too_new",
                "The index has version {version}, which is newer than {newest}, the newest one that this version of Bambu Virtual Printer knows. Update Bambu Virtual Printer.",
                version=str(version),
                newest=str(newest),
            ),
            IndexFault.TOO_NEW,
        )


def too_late_to_undo(name: str) -> NothingToUndoError:
    """Say that something of this name cannot be had back any more."""
    return NothingToUndoError(
        explain("nothing_to_undo", "It is too late to undo this for {name}.", name=name)
    )
