"""What can go wrong in the library, in words for a person. Everything is a `StorageError`."""

from ..model import StorageError


class LibraryError(StorageError):
    """The library could not do what was asked."""


class NotFoundError(LibraryError):
    """There is no archive or upload of this id."""


class IndexUnavailableError(LibraryError):
    """The index does not answer, or answered with an error."""


class IndexTooNewError(IndexUnavailableError):
    """The index was written by a newer version of this software."""
