"""What happened in the library, told after it was written down."""

from dataclasses import dataclass
from pathlib import Path

from .records import Archive, Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveAdded:
    """An upload became an archive."""

    archive: Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveChanged:
    """Somebody wrote on an archive, or the slicer's print request for it came."""

    archive: Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveDeleted:
    """An archive's files were removed; `purged` when its statistics were as well."""

    archive: Archive
    purged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadHeld:
    """An upload waits for a person. Its `reason` is not empty when it should have been archived and could not be."""

    upload: Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadChanged:
    """The slicer's print request for a pending upload came."""

    upload: Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadDiscarded:
    """A pending upload and its file were removed."""

    upload: Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReplaced:
    """The index was damaged and is being made anew from the files; the old one is kept at `kept_aside`."""

    kept_aside: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivesRestored:
    """The index had lost archives, which were found again on the disk."""

    count: int


type LibraryEvent = (
    ArchiveAdded
    | ArchiveChanged
    | ArchiveDeleted
    | UploadHeld
    | UploadChanged
    | UploadDiscarded
    | IndexReplaced
    | ArchivesRestored
)
