"""Media source: pending uploads, archives by printer and month, their plates and photos, with pictures and search.

Identifiers: `printer/<id>`, `printer/<id>/<yyyy-mm>`, `archive/<id>` (the file itself), `archive/<id>/<plate>`,
`archive/<id>/photos/<id>`, `pending`, `upload/<id>`, `upload/<id>/<plate>`.
"""

from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, datetime
from enum import StrEnum
import re
from typing import ClassVar, override

from homeassistant.components.media_player import (
    BrowseError,
    MediaClass,
    SearchMedia,
    SearchMediaQuery,
)
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .archives import Archive, ArchiveQuery, Archives
from .const import DOMAIN, NAME
from .hub import Hub, HubConfigEntry
from .presentation import (
    CONTENT_TYPE_3MF,
    CONTENT_TYPE_PNG,
    cover_url,
    file_url,
    photo_url,
    plate_url,
)
from .review import Upload, UploadState
from .times import utc

# The media browser shows one page; nobody scrolls through more.
MAX_ITEMS = 500
PENDING_TITLE = "Pending uploads"

_PRINTER = re.compile(r"printer/([^/]*)(?:/(\d{4})-(\d{2}))?")
_PHOTO = re.compile(r"archive/([0-9A-Z]{26})/photos/([0-9A-Z]{26})")
_ITEM = re.compile(r"(archive|upload)/([0-9A-Z]{26})(?:/([1-9][0-9]{0,3}))?")


async def async_get_media_source(hass: HomeAssistant) -> MediaSource:
    """Set up the media source."""
    return ArchiveMediaSource(hass)


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
class PhotoPlace:
    """A photo of an archive."""

    archive_id: str
    id: str

    @property
    def identifier(self) -> str:
        """Name the place."""
        return f"archive/{self.archive_id}/photos/{self.id}"


def parse(
    identifier: str | None,
) -> Place | PendingPlace | ItemPlace | PhotoPlace | None:
    """Find the place an identifier names; None when it names none."""
    if not identifier:
        return Place()
    if identifier == PendingPlace.identifier:
        return PendingPlace()
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


class ArchiveMediaSource(MediaSource):
    """The archive in the media browser."""

    name = NAME

    def __init__(self, hass: HomeAssistant) -> None:
        """Remember where to look."""
        super().__init__(DOMAIN)
        self._hass = hass

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return where a file or a picture is."""
        hub = self._hub()
        if hub is None:
            raise _unresolvable(item)
        archives = hub.archives
        try:
            match parse(item.identifier):
                case ItemPlace(id=item_id, plate=None):
                    # Files are given out once they are in the archive.
                    file = await archives.file(item_id)
                    if file.path is not None:
                        return PlayMedia(
                            file_url(item_id), CONTENT_TYPE_3MF, path=file.path
                        )
                case ItemPlace(id=item_id, plate=plate):
                    path = await archives.picture(item_id, plate)
                    if path is not None:
                        return PlayMedia(
                            plate_url(item_id, plate), CONTENT_TYPE_PNG, path=path
                        )
                case PhotoPlace(archive_id=archive_id, id=photo_id):
                    photo = await archives.photo(archive_id, photo_id)
                    return PlayMedia(
                        photo_url(archive_id, photo_id),
                        photo.content_type,
                        path=photo.path,
                    )
        except HomeAssistantError as err:
            raise _unresolvable(item) from err
        raise _unresolvable(item)

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """Show a place and what is in it."""
        hub = self._hub()
        if hub is None:
            raise BrowseError(translation_domain=DOMAIN, translation_key="not_loaded")
        try:
            match parse(item.identifier):
                case Place() as place:
                    return await self._browse_place(hub, place)
                case PendingPlace():
                    folder = _folder(PendingPlace(), PENDING_TITLE)
                    folder.children = [_upload(upload) for upload in hub.pending]
                    return folder
                case ItemPlace(plate=None) as place:
                    return await self._browse_item(hub, place)
        except BrowseError:
            raise
        except HomeAssistantError as err:
            raise _browse_error(item) from err
        raise _browse_error(item)

    @override
    async def async_search_media(
        self, item: MediaSourceItem, query: SearchMediaQuery
    ) -> SearchMedia:
        """Search the place and everything below it."""
        hub = self._hub()
        place = parse(item.identifier)
        if hub is None or not isinstance(place, Place | PendingPlace):
            return SearchMedia(result=[])
        text = query.search_query
        result = [
            _upload(upload)
            for upload in hub.pending
            if _is_in(upload, place) and _matches(upload, text)
        ]
        if isinstance(place, Place):
            result += await self._archives_in(hub.archives, place, text)
        return SearchMedia(result=result)

    def _hub(self) -> Hub | None:
        entries: list[HubConfigEntry] = self._hass.config_entries.async_entries(DOMAIN)
        for entry in entries:
            if entry.state is ConfigEntryState.LOADED:
                return entry.runtime_data
        return None

    async def _browse_place(self, hub: Hub, place: Place) -> BrowseMediaSource:
        if place.year is not None:
            children = await self._archives_in(hub.archives, place)
            title = f"{place.year:04}-{place.month:02}"
        else:
            months = await hub.archives.months()
            # As the printers are called now; those that were removed, as they were called.
            names = {month.printer_id: month.printer_name for month in months}
            for printer in hub.printers.values():
                if printer.id in names:
                    names[printer.id] = printer.config.name
            if place.printer_id is None:
                children = [
                    _folder(Place(printer_id=printer_id), name or "?")
                    for printer_id, name in sorted(
                        names.items(), key=lambda pair: pair[1].casefold()
                    )
                ]
                if hub.pending:
                    children.insert(0, _folder(PendingPlace(), PENDING_TITLE))
                title = NAME
            else:
                children = [
                    _folder(
                        Place(
                            printer_id=place.printer_id,
                            year=month.year,
                            month=month.month,
                        ),
                        f"{month.year:04}-{month.month:02} ({month.count})",
                    )
                    for month in months
                    if month.printer_id == place.printer_id
                ]
                title = names.get(place.printer_id) or "?"
        folder = _folder(place, title)
        folder.children = children
        return folder

    async def _browse_item(self, hub: Hub, place: ItemPlace) -> BrowseMediaSource:
        photos: list[BrowseMediaSource] = []
        if place.kind is ItemKind.ARCHIVE:
            details = await hub.archives.details(place.id)
            node = _archive(details.archive)
            plates = details.facts.plates
            photos = [
                _picture(
                    PhotoPlace(archive_id=place.id, id=photo.id),
                    f"{dt_util.as_local(photo.added_at):%Y-%m-%d %H:%M}",
                    photo.content_type,
                    photo_url(place.id, photo.id),
                )
                for photo in await hub.archives.photos(place.id)
            ]
        else:
            upload = await hub.review.upload(place.id)
            if upload.state is not UploadState.PENDING:
                raise BrowseError(
                    translation_domain=DOMAIN,
                    translation_key="media_not_found",
                    translation_placeholders={"identifier": place.identifier},
                )
            node = _upload(upload)
            plates = upload.facts.plates if upload.facts else ()
        node.children = [
            _picture(
                replace(place, plate=plate.number),
                _plate_title(plate.number, plate.name),
                CONTENT_TYPE_PNG,
                plate_url(place.id, plate.number),
            )
            for plate in plates
            if plate.thumbnail
        ] + photos
        return node

    async def _archives_in(
        self, archives: Archives, place: Place, search: str = ""
    ) -> list[BrowseMediaSource]:
        start, end = place.span or (None, None)
        page = await archives.page(
            ArchiveQuery(
                text=search,
                printer_id=place.printer_id,
                received_from=start,
                received_before=end,
                limit=MAX_ITEMS,
            )
        )
        return [_archive(archive) for archive in page.archives]


def _is_in(upload: Upload, place: Place | PendingPlace) -> bool:
    """Tell whether a pending upload is to be found from here; it belongs to no month yet."""
    if isinstance(place, PendingPlace):
        return True
    return place.year is None and place.printer_id in (None, upload.printer.id)


def _matches(upload: Upload, text: str) -> bool:
    """Tell whether all words occur somewhere in what is known of a pending upload."""
    facts = upload.facts
    known = (
        upload.name,
        upload.file.name,
        upload.annotations.notes,
        upload.annotations.project,
        *upload.annotations.tags,
        *((facts.title, facts.designer, facts.printer_model) if facts else ()),
        *((filament.type for filament in facts.filaments) if facts else ()),
    )
    searched = " ".join(known).casefold()
    return all(word in searched for word in text.casefold().split())


def _folder(place: Place | PendingPlace, title: str) -> BrowseMediaSource:
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=place.identifier,
        media_class=MediaClass.DIRECTORY,
        media_content_type="",
        title=title,
        can_play=False,
        can_expand=True,
        can_search=True,
        children_media_class=MediaClass.DIRECTORY,
    )


def _upload(upload: Upload) -> BrowseMediaSource:
    cover = upload.facts.cover if upload.facts else None
    return _item(ItemKind.UPLOAD, upload.id, upload.name, cover)


def _archive(archive: Archive) -> BrowseMediaSource:
    return _item(ItemKind.ARCHIVE, archive.id, archive.name, archive.cover)


def _item(
    kind: ItemKind, item_id: str, name: str, cover: int | None
) -> BrowseMediaSource:
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=ItemPlace(kind=kind, id=item_id).identifier,
        media_class=MediaClass.DIRECTORY,
        media_content_type=CONTENT_TYPE_3MF,
        title=name,
        can_play=False,
        can_expand=True,
        children_media_class=MediaClass.IMAGE,
        thumbnail=cover_url(item_id, cover),
    )


def _picture(
    place: ItemPlace | PhotoPlace, title: str, content_type: str, url: str
) -> BrowseMediaSource:
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=place.identifier,
        media_class=MediaClass.IMAGE,
        media_content_type=content_type,
        title=title,
        can_play=True,
        can_expand=False,
        thumbnail=url,
    )


def _plate_title(number: int, name: str) -> str:
    return f"{number}: {name}" if name else str(number)


def _unresolvable(item: MediaSourceItem) -> Unresolvable:
    return Unresolvable(
        translation_domain=DOMAIN,
        translation_key="media_not_found",
        translation_placeholders={"identifier": item.identifier},
    )


def _browse_error(item: MediaSourceItem) -> BrowseError:
    return BrowseError(
        translation_domain=DOMAIN,
        translation_key="media_not_found",
        translation_placeholders={"identifier": item.identifier},
    )
