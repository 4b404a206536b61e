"""Media source: archives by printer and month, and their plates, with pictures and search.

Identifiers: `printer/<id>`, `printer/<id>/<yyyy-mm>`, `archive/<id>` (the file itself), `archive/<id>/<plate>`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
import re
from typing import Self, override

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

from .archives import Archives
from .const import DOMAIN, NAME
from .hub import Hub, HubConfigEntry
from .presentation import CONTENT_TYPE_3MF, CONTENT_TYPE_PNG, file_url, plate_url

# The media browser shows one page; nobody scrolls through more.
MAX_ITEMS = 500

_PRINTER = re.compile(r"printer/([^/]*)(?:/(\d{4})-(\d{2}))?")
_ARCHIVE = re.compile(r"archive/([0-9A-Z]{26})(?:/(\d{1,4}))?")


async def async_get_media_source(hass: HomeAssistant) -> MediaSource:
    """Set up the media source."""
    return ArchiveMediaSource(hass)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder: everything, one printer, or one of its months (UTC)."""

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
        start = datetime(self.year, self.month, 1, tzinfo=UTC)
        after = divmod(self.year * 12 + self.month, 12)
        return start, datetime(after[0], after[1] + 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePlace:
    """An archive, or one of its plates."""

    archive_id: str
    plate: int | None = None

    @classmethod
    def of_plate(cls, archive_id: str, plate: int) -> Self:
        """Name a plate."""
        return cls(archive_id=archive_id, plate=plate)

    @property
    def identifier(self) -> str:
        """Name the place."""
        if self.plate is None:
            return f"archive/{self.archive_id}"
        return f"archive/{self.archive_id}/{self.plate}"


def parse(identifier: str | None) -> Place | ArchivePlace | None:
    """Find the place an identifier names; None when it names none."""
    if not identifier:
        return Place()
    if found := _PRINTER.fullmatch(identifier):
        printer_id, year, month = found.groups()
        if year is None:
            return Place(printer_id=printer_id)
        if 1 <= int(month) <= 12 and int(year) > 0:
            return Place(printer_id=printer_id, year=int(year), month=int(month))
    if found := _ARCHIVE.fullmatch(identifier):
        archive_id, plate = found.groups()
        return ArchivePlace(archive_id=archive_id, plate=int(plate) if plate else None)
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
        place = parse(item.identifier)
        if hub is None or not isinstance(place, ArchivePlace):
            raise _unresolvable(item)
        archives = hub.archives
        if place.plate is not None:
            path = await archives.picture(place.archive_id, place.plate)
            if path is None:
                raise _unresolvable(item)
            url = plate_url(place.archive_id, place.plate)
            return PlayMedia(url, CONTENT_TYPE_PNG, path=path)
        try:
            file = await archives.file(place.archive_id)
        except HomeAssistantError as err:
            raise _unresolvable(item) from err
        if file.path is None:
            raise _unresolvable(item)
        return PlayMedia(file_url(place.archive_id), CONTENT_TYPE_3MF, path=file.path)

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
                case ArchivePlace(plate=None, archive_id=archive_id):
                    return await self._browse_archive(hub.archives, archive_id)
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
        if hub is None or not isinstance(place, Place):
            return SearchMedia(result=[])
        return SearchMedia(
            result=await self._archives_in(hub.archives, place, query.search_query)
        )

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
            if place.printer_id is None:
                names = {month.printer_id: month.printer_name for month in months}
                for printer in hub.printers.values():
                    if printer.id in names:
                        names[printer.id] = printer.config.name
                children = [
                    _folder(Place(printer_id=printer_id), name or "?")
                    for printer_id, name in sorted(
                        names.items(), key=lambda pair: pair[1].casefold()
                    )
                ]
                title = NAME
            else:
                of_printer = [
                    month for month in months if month.printer_id == place.printer_id
                ]
                children = [
                    _folder(
                        Place(
                            printer_id=place.printer_id,
                            year=month.year,
                            month=month.month,
                        ),
                        f"{month.year:04}-{month.month:02} ({month.count})",
                    )
                    for month in of_printer
                ]
                title = of_printer[0].printer_name if of_printer else place.printer_id
        folder = _folder(place, title)
        folder.children = children
        return folder

    async def _browse_archive(
        self, archives: Archives, archive_id: str
    ) -> BrowseMediaSource:
        details = await archives.details(archive_id)
        node = _archive(archive_id, details.archive.name)
        node.children = [
            BrowseMediaSource(
                domain=DOMAIN,
                identifier=ArchivePlace.of_plate(archive_id, plate.number).identifier,
                media_class=MediaClass.IMAGE,
                media_content_type=CONTENT_TYPE_PNG,
                title=_plate_title(plate.number, plate.name),
                can_play=True,
                can_expand=False,
                thumbnail=plate_url(archive_id, plate.number),
            )
            for plate in details.facts.plates
            if plate.thumbnail
        ]
        return node

    async def _archives_in(
        self, archives: Archives, place: Place, search: str = ""
    ) -> list[BrowseMediaSource]:
        start, end = place.span or (None, None)
        page = await archives.page(
            search=search,
            printer_id=place.printer_id,
            received_from=start,
            received_before=end,
            limit=MAX_ITEMS,
        )
        return [_archive(archive.id, archive.name) for archive in page.archives]


def _folder(place: Place, title: str) -> BrowseMediaSource:
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


def _archive(archive_id: str, name: str) -> BrowseMediaSource:
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=ArchivePlace(archive_id=archive_id).identifier,
        media_class=MediaClass.DIRECTORY,
        media_content_type=CONTENT_TYPE_3MF,
        title=name,
        can_play=False,
        can_expand=True,
        children_media_class=MediaClass.IMAGE,
        thumbnail=plate_url(archive_id),
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
