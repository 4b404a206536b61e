"""Media source: pending uploads, archives by what they have in common, by printer and by month; their files, plates, photos.

Every level has pictures and can be searched. `presentation/media_places.py` says how places are named.
"""

from dataclasses import replace
from typing import override

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
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN, NAME
from .engine.library.values.records import Archive, ArchiveQuery, Upload, UploadState
from .hub import Hub, loaded_hub
from .operations.context import asking
from .operations.permissions import Right, seen
from .presentation import (
    CONTENT_TYPE_3MF,
    CONTENT_TYPE_PNG,
    cover_url,
    file_url,
    photo_url,
    plate_url,
)
from .presentation.media_places import (
    CollectionKind,
    CollectionPlace,
    FilePlace,
    FolderPlace,
    ItemKind,
    ItemPlace,
    PendingPlace,
    PhotoPlace,
    Place,
    parse,
)
from .presentation.media_titles import archive_title, plate_title, upload_title
from .presentation.urls import content_type

# The media browser shows one page; more is not practical to scroll through.
MAX_ITEMS = 500
RECENT_ITEMS = 50

_TITLES = {
    CollectionKind.RECENT: "media_recent",
    CollectionKind.FAVOURITES: "media_favourites",
    CollectionKind.NOT_PRINTED: "media_not_printed",
    CollectionKind.TAGS: "media_tags",
    CollectionKind.PROJECTS: "media_projects",
    CollectionKind.INSTANCES: "media_instances",
}
_QUERIES = {
    CollectionKind.RECENT: ArchiveQuery(limit=RECENT_ITEMS),
    CollectionKind.FAVOURITES: ArchiveQuery(favourite=True, limit=MAX_ITEMS),
    CollectionKind.NOT_PRINTED: ArchiveQuery(printed=False, limit=MAX_ITEMS),
}


async def async_get_media_source(hass: HomeAssistant) -> MediaSource:
    """Set up the media source."""
    return ArchiveMediaSource(hass)


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
        hub = loaded_hub(self._hass)
        if hub is None:
            raise _unresolvable(item)
        with asking():
            return await self._resolve(hub, item)

    async def _resolve(self, hub: Hub, item: MediaSourceItem) -> PlayMedia:
        archives = hub.archives
        try:
            await hub.permissions.require(Right.SEE)
            match parse(item.identifier):
                case FilePlace(id=item_id) | ItemPlace(id=item_id, plate=None):
                    file = await archives.file(item_id)
                    if file.path is not None:
                        return PlayMedia(
                            file_url(item_id),
                            content_type(file.name),
                            path=file.path,
                        )
                case ItemPlace(id=item_id, plate=plate):
                    path = await archives.thumbnail(item_id, plate)
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
        hub = loaded_hub(self._hass)
        if hub is None:
            raise BrowseError(translation_domain=DOMAIN, translation_key="not_loaded")
        with asking():
            return await self._browse(hub, item)

    async def _browse(self, hub: Hub, item: MediaSourceItem) -> BrowseMediaSource:
        try:
            await hub.permissions.require(Right.SEE)
            match parse(item.identifier):
                case Place() as place:
                    return await self._browse_place(hub, place)
                case PendingPlace() as place:
                    folder = _folder(place, hub.texts("media_pending"))
                    folder.children = [
                        _upload(hub, upload) for upload in await _pending(hub)
                    ]
                    return folder
                case CollectionPlace() as place:
                    return await self._browse_collection(hub, place)
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
        hub = loaded_hub(self._hass)
        place = parse(item.identifier)
        if hub is None or not isinstance(place, Place | PendingPlace | CollectionPlace):
            return SearchMedia(result=[])
        with asking():
            return await self._search(hub, place, query.search_query)

    async def _search(
        self, hub: Hub, place: Place | PendingPlace | CollectionPlace, text: str
    ) -> SearchMedia:
        await hub.permissions.require(Right.SEE)
        result = [
            _upload(hub, upload)
            for upload in await _pending(hub)
            if _is_in(upload, place) and _matches(upload, text)
        ]
        if not isinstance(place, PendingPlace):
            result += await self._archives_in(hub, _query(place), text)
        return SearchMedia(result=result)

    async def _browse_place(self, hub: Hub, place: Place) -> BrowseMediaSource:
        if place.year is not None:
            children = await self._archives_in(hub, _query(place))
            title = f"{place.year:04}-{place.month:02}"
        else:
            months = await hub.archives.months()
            # As the printers are called now; those that were removed, as they were called.
            names = {month.printer_id: month.printer_name for month in months}
            for printer in hub.printers.values():
                if printer.id in names:
                    names[printer.id] = printer.config.name
            if place.printer_id is None:
                children = await self._collections(hub) if months else []
                children += [
                    _folder(Place(printer_id=printer_id), name or "?")
                    for printer_id, name in sorted(
                        names.items(), key=lambda pair: pair[1].casefold()
                    )
                ]
                if await _pending(hub):
                    children.insert(
                        0, _folder(PendingPlace(), hub.texts("media_pending"))
                    )
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
            node = _archive(hub, details.archive)
            file = details.archive.file
            plates = details.facts.plates
            photos = [
                _picture(
                    PhotoPlace(archive_id=place.id, id=photo.id),
                    hub.texts.date_time(photo.added_at),
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
            node = _upload(hub, upload)
            file = upload.file
            plates = upload.facts.plates if upload.facts else ()
        plate_pictures = [
            _picture(
                replace(place, plate=plate.number),
                plate_title(plate, hub.texts),
                CONTENT_TYPE_PNG,
                plate_url(place.id, plate.number),
            )
            for plate in plates
            if plate.thumbnail
        ]
        title = hub.texts(
            "media_file", name=file.name, size=hub.texts.size(file.size_bytes)
        )
        node.children = [
            *plate_pictures,
            *photos,
            _file(place.kind, place.id, title),
        ]
        return node

    async def _collections(self, hub: Hub) -> list[BrowseMediaSource]:
        """Return the folders that are not empty."""
        archives = hub.archives
        kinds = [CollectionKind.RECENT]
        for kind in (CollectionKind.FAVOURITES, CollectionKind.NOT_PRINTED):
            page = await archives.page(replace(_QUERIES[kind], limit=1))
            if page.total:
                kinds.append(kind)
        if await archives.tags():
            kinds.append(CollectionKind.TAGS)
        if await archives.projects():
            kinds.append(CollectionKind.PROJECTS)
        if hub.coordinator.data.instances:
            kinds.append(CollectionKind.INSTANCES)
        return [
            _folder(CollectionPlace(kind=kind), hub.texts(_TITLES[kind]))
            for kind in kinds
        ]

    async def _browse_collection(
        self, hub: Hub, place: CollectionPlace
    ) -> BrowseMediaSource:
        instances = hub.coordinator.data.instances
        is_instance = place.kind is CollectionKind.INSTANCES
        label = instances.get(place.label, place.label) if is_instance else place.label
        folder = _folder(place, label or hub.texts(_TITLES[place.kind]))
        if place.label or place.kind in _QUERIES:
            folder.children = await self._archives_in(hub, _query(place))
            return folder
        if is_instance:
            folder.children = [
                _folder(replace(place, label=instance_id), name)
                for instance_id, name in sorted(
                    instances.items(), key=lambda one: one[1].casefold()
                )
            ]
            return folder
        labels = await (
            hub.archives.tags()
            if place.kind is CollectionKind.TAGS
            else hub.archives.projects()
        )
        folder.children = [
            _folder(replace(place, label=label), f"{label} ({count})")
            for label, count in labels.items()
        ]
        return folder

    async def _archives_in(
        self, hub: Hub, query: ArchiveQuery, search: str = ""
    ) -> list[BrowseMediaSource]:
        if search:
            query = replace(query, text=search, limit=MAX_ITEMS)
        page = await hub.archives.page(query)
        return [_archive(hub, archive) for archive in page.archives]


async def _pending(hub: Hub) -> tuple[Upload, ...]:
    """Return the pending uploads that whoever asks may see."""
    return seen(hub.coordinator.data.pending, await hub.permissions.hidden())


def _query(place: Place | CollectionPlace) -> ArchiveQuery:
    """Return which archives are in a folder and everything below it."""
    match place:
        case Place(printer_id=printer_id):
            start, end = place.span or (None, None)
            return ArchiveQuery(
                printer_id=printer_id,
                received_from=start,
                received_before=end,
                limit=MAX_ITEMS,
            )
        case CollectionPlace(kind=CollectionKind.TAGS, label=label) if label:
            return ArchiveQuery(tags=(label,), limit=MAX_ITEMS)
        case CollectionPlace(kind=CollectionKind.PROJECTS, label=label) if label:
            return ArchiveQuery(project=label, limit=MAX_ITEMS)
        case CollectionPlace(kind=CollectionKind.INSTANCES, label=label) if label:
            return ArchiveQuery(instance=label, limit=MAX_ITEMS)
    return _QUERIES.get(place.kind, ArchiveQuery(limit=MAX_ITEMS))


def _is_in(upload: Upload, place: FolderPlace) -> bool:
    """Tell whether a pending upload is to be found from here; it belongs to no month and no collection yet."""
    if isinstance(place, PendingPlace):
        return True
    if isinstance(place, CollectionPlace):
        return False
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


def _folder(place: FolderPlace, title: str) -> BrowseMediaSource:
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


def _upload(hub: Hub, upload: Upload) -> BrowseMediaSource:
    cover = upload.facts.cover if upload.facts else None
    title = upload_title(upload, hub.texts)
    return _item(ItemKind.UPLOAD, upload.id, title, cover)


def _archive(hub: Hub, archive: Archive) -> BrowseMediaSource:
    title = archive_title(archive, hub.texts)
    return _item(ItemKind.ARCHIVE, archive.id, title, archive.cover)


def _file(kind: ItemKind, item_id: str, title: str) -> BrowseMediaSource:
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=FilePlace(kind=kind, id=item_id).identifier,
        media_class=MediaClass.APP,
        media_content_type=CONTENT_TYPE_3MF,
        title=title,
        can_play=True,
        can_expand=False,
    )


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
