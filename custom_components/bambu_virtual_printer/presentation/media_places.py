"""The places of the media browser, and how they are named.

Identifiers: `pending`, `recent`, `favourites`, `not_printed`, `tags`, `tags/<tag>`, `projects`, `projects/<project>`,
`instances`, `instances/<id>`, `printer/<id>`, `printer/<id>/<yyyy-mm>`; `archive/<id>` and `upload/<id>`, both with `/<plate>` and `/file`;
`archive/<id>/photos/<id>`. Tags, projects and instances are percent-encoded.
"""

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, datetime
from enum import StrEnum
import re
from typing import ClassVar
from urllib.parse import quote, unquote

from homeassistant.util import dt as dt_util

from ..operations.times import utc

_PRINTER = re.compile(r"printer/([^/]*)(?:/(\d{4})-(\d{2}))?")
_PHOTO = re.compile(r"archive/([0-9A-Z]{26})/photos/([0-9A-Z]{26})")
_ITEM = re.compile(r"(archive|upload)/([0-9A-Z]{26})(?:/([1-9][0-9]{0,3}))?")
_FILE = re.compile(r"(archive|upload)/([0-9A-Z]{26})/file")
_LABEL = re.compile(r"(tags|projects|instances)/([^/]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder: everything, one printer, or one of its months, in the household's time."""

    printer_id: str | None = None
    year: int | None = None
    month: int | None = None

    @property
    def identifier(self) -> str | None:
        """Name the place."""
        if self.printer_id is None:
            return None
        if self.year is None:
            return f"printer/{self.printer_id}"
        return f"printer/{self.printer_id}/{self.year:04}-{self.month:02}"

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """Return the beginning of the month and of the next one."""
        if self.year is None or self.month is None:
            return None
        zone = dt_util.get_default_time_zone()
        start = datetime(self.year, self.month, 1, tzinfo=zone)
        after = divmod(self.year * 12 + self.month, 12)
        return utc(start), utc(datetime(after[0], after[1] + 1, 1, tzinfo=zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPlace:
    """The folder of pending uploads."""

    identifier: ClassVar = "pending"


class CollectionKind(StrEnum):
    """What archives are gathered by, whatever printer they came in by."""

    RECENT = "recent"
    FAVOURITES = "favourites"
    NOT_PRINTED = "not_printed"
    TAGS = "tags"
    PROJECTS = "projects"
    INSTANCES = "instances"
    """The Home Assistants that share the library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionPlace:
    """A folder of archives that have something in common; `label` is one of the tags or projects, or the id of an instance."""

    kind: CollectionKind
    label: str = ""

    @property
    def identifier(self) -> str:
        """Name the place."""
        return f"{self.kind}/{quote(self.label, safe='')}" if self.label else self.kind


class ItemKind(StrEnum):
    """What has plates."""

    ARCHIVE = "archive"
    UPLOAD = "upload"
    """A pending one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPlace:
    """An archive or a pending upload, or one of its plates."""

    kind: ItemKind
    id: str
    plate: int | None = None

    @property
    def identifier(self) -> str:
        """Name the place."""
        if self.plate is None:
            return f"{self.kind}/{self.id}"
        return f"{self.kind}/{self.id}/{self.plate}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlace:
    """The file of an archive or a pending upload."""

    kind: ItemKind
    id: str

    @property
    def identifier(self) -> str:
        """Name the place."""
        return f"{self.kind}/{self.id}/file"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoPlace:
    """A photo of an archive."""

    archive_id: str
    id: str

    @property
    def identifier(self) -> str:
        """Name the place."""
        return f"archive/{self.archive_id}/photos/{self.id}"


type FolderPlace = Place | PendingPlace | CollectionPlace
type AnyPlace = FolderPlace | ItemPlace | FilePlace | PhotoPlace


def parse(identifier: str | None) -> AnyPlace | None:
    """Find the place an identifier names; None when it names none."""
    if not identifier:
        return Place()
    if identifier == PendingPlace.identifier:
        return PendingPlace()
    if identifier in CollectionKind:
        return CollectionPlace(kind=CollectionKind(identifier))
    if found := _LABEL.fullmatch(identifier):
        place = CollectionPlace(kind=CollectionKind(found[1]), label=unquote(found[2]))
        # Only one way to write a name counts.
        return place if place.identifier == identifier else None
    if found := _FILE.fullmatch(identifier):
        return FilePlace(kind=ItemKind(found[1]), id=found[2])
    if found := _PRINTER.fullmatch(identifier):
        printer_id, year, month = found.groups()
        if year is None:
            return Place(printer_id=printer_id)
        if 1 <= int(month) <= 12 and MINYEAR <= int(year) < MAXYEAR:
            return Place(printer_id=printer_id, year=int(year), month=int(month))
    if found := _PHOTO.fullmatch(identifier):
        return PhotoPlace(archive_id=found[1], id=found[2])
    if found := _ITEM.fullmatch(identifier):
        kind, item_id, plate = found.groups()
        return ItemPlace(
            kind=ItemKind(kind), id=item_id, plate=int(plate) if plate else None
        )
    return None
