"""The archive as Home Assistant's modules use it; errors are Home Assistant's.

Actions, media source, images and web addresses all come here, so that none of them has to know the library.
"""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
import logging
from pathlib import Path

from homeassistant.util import dt as dt_util

from ..config.subentries import VirtualPrinterConfig
from ..const import NAME
from ..engine.library.library import Library
from ..engine.library.photos import CONTENT_TYPES
from ..engine.library.values.records import (
    Archive,
    ArchiveChanges,
    ArchiveDetails,
    ArchiveFacets,
    ArchiveMonth,
    ArchivePage,
    ArchiveQuery,
    Photo,
    Similar,
    UploadState,
)
from ..engine.storage import StorageError
from ..engine.values import Mode, PrinterRef
from .errors import library_errors, undo_errors
from .permissions import Permissions, Right, seen

_LOGGER = logging.getLogger(__name__)

ALL_ARCHIVES = ArchiveQuery()
WITHOUT_PRINTER = PrinterRef(id="", name=NAME, model="", mode=Mode.IMMEDIATE)
"""Stands for the printer of files that were imported for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedFile:
    """A file that is kept: what the slicer called it, and where it is; None when it is gone from the disk."""

    name: str
    path: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFile:
    """A photo of an archive, to be served."""

    path: Path
    content_type: str


class Archives:
    """Questions to the library's archive."""

    def __init__(self, library: Library, permissions: Permissions) -> None:
        """Ask this library, for those who may."""
        self._library = library
        self._permissions = permissions

    async def visible(self, query: ArchiveQuery) -> ArchiveQuery:
        """Return a query of what whoever acts may see."""
        hidden = await self._permissions.hidden()
        return replace(query, sent_by=replace(query.sent_by, hidden=hidden))

    async def require(self, right: Right, archive_id: str) -> None:
        """Make sure that whoever acts has a right to an archive. Raises NotPermittedError, ServiceValidationError."""
        with library_errors(archive_id):
            await self._check(right, archive_id)

    async def _check(self, right: Right, item_id: str) -> None:
        """Make sure that whoever acts has a right to an archive or a pending upload. Raises NotPermittedError, NotFoundError."""
        if await self._permissions.is_limited():
            upload = await self._library.upload(item_id)
            await self._permissions.require_for(right, upload)

    async def page(self, query: ArchiveQuery = ALL_ARCHIVES) -> ArchivePage:
        """List archives. Raises HomeAssistantError."""
        with library_errors():
            return await self._library.archives(await self.visible(query))

    async def details(self, archive_id: str) -> ArchiveDetails:
        """Return an archive with all its facts. Raises ServiceValidationError, HomeAssistantError."""
        with library_errors(archive_id):
            await self._check(Right.SEE, archive_id)
            return await self._library.archive(archive_id)

    async def months(self) -> list[ArchiveMonth]:
        """Return by which printers and in which months of the household's time archives came in, newest first.

        Raises HomeAssistantError.
        """
        with library_errors():
            return await self._library.archive_months(
                dt_util.get_default_time_zone(), await self._permissions.hidden()
            )

    async def update(
        self,
        archive_id: str,
        *,
        notes: str | None = None,
        tags: Sequence[str] | None = None,
        favourite: bool | None = None,
        project: str | None = None,
        name: str | None = None,
        link: str | None = None,
    ) -> Archive:
        """Write on an archive; None leaves it as it is. Raises ServiceValidationError, HomeAssistantError."""
        changes = ArchiveChanges(
            notes=notes,
            tags=tags,
            favourite=favourite,
            project=project,
            name=name,
            link=link,
        )
        with library_errors(archive_id):
            await self._check(Right.WORK, archive_id)
            return await self._library.update_archive(archive_id, changes)

    async def delete(self, archive_id: str, *, purge: bool) -> datetime | None:
        """Delete an archive; its numbers stay in the statistics unless it is purged.

        Returns until when it can be had back (`restore`); None when it cannot. Raises ServiceValidationError, HomeAssistantError.
        """
        with library_errors(archive_id):
            await self._check(Right.DELETE, archive_id)
            return await self._library.delete_archive(archive_id, purge=purge)

    async def restore(self, archive_id: str) -> Archive:
        """Have back a deleted archive. Raises ServiceValidationError, HomeAssistantError."""
        with library_errors(archive_id):
            await self._check(Right.DELETE, archive_id)
            name = (await self._library.upload(archive_id)).name
            with undo_errors(name):
                return await self._library.restore_archive(archive_id)

    async def photos(self, archive_id: str) -> tuple[Photo, ...]:
        """Return the photos of an archive, oldest first. Raises ServiceValidationError, HomeAssistantError."""
        with library_errors(archive_id):
            await self._check(Right.SEE, archive_id)
            return await self._library.photos(archive_id)

    async def add_photo(
        self, archive_id: str, source: Path | AsyncIterable[bytes]
    ) -> Photo:
        """Keep a photo with an archive. Raises ServiceValidationError, HomeAssistantError."""
        with library_errors(archive_id):
            await self._check(Right.WORK, archive_id)
            return await self._library.add_photo(archive_id, source)

    async def remove_photo(self, archive_id: str, photo_id: str) -> None:
        """Remove a photo of an archive. Raises ServiceValidationError, HomeAssistantError."""
        with library_errors(f"{archive_id}/{photo_id}"):
            await self._check(Right.WORK, archive_id)
            await self._library.remove_photo(archive_id, photo_id)

    async def photo(self, archive_id: str, photo_id: str) -> PhotoFile:
        """Find a photo of an archive. Raises ServiceValidationError, HomeAssistantError."""
        with library_errors(f"{archive_id}/{photo_id}"):
            await self._check(Right.SEE, archive_id)
            path = await self._library.photo_path(archive_id, photo_id)
        return PhotoFile(path=path, content_type=CONTENT_TYPES[path.suffix])

    async def similar(self, archive_id: str) -> Similar:
        """Return archives like this one. Raises ServiceValidationError, HomeAssistantError."""
        with library_errors(archive_id):
            await self._check(Right.SEE, archive_id)
            similar = await self._library.similar(archive_id)
        hidden = await self._permissions.hidden()
        return Similar(
            exact=seen(similar.exact, hidden), similar=seen(similar.similar, hidden)
        )

    async def facets(self) -> ArchiveFacets:
        """Return what archives can be chosen by. Raises HomeAssistantError."""
        with library_errors():
            return await self._library.facets(await self._permissions.hidden())

    async def tags(self) -> dict[str, int]:
        """Return all tags with how many archives have them. Raises HomeAssistantError."""
        with library_errors():
            return await self._library.tags(await self._permissions.hidden())

    async def projects(self) -> dict[str, int]:
        """Return all projects with how many archives belong to them. Raises HomeAssistantError."""
        with library_errors():
            return await self._library.projects(await self._permissions.hidden())

    async def rename_tag(self, tag: str, new: str) -> int:
        """Rename a tag everywhere, or remove it; returns how many archives had it. Raises HomeAssistantError."""
        with library_errors(tag):
            return await self._library.rename_tag(tag, new)

    async def import_file(
        self,
        source: Path | AsyncIterable[bytes],
        *,
        name: str,
        printer: VirtualPrinterConfig | None,
    ) -> str:
        """Take in a sliced file that no slicer sent, as if a printer had; without one it is archived.

        Returns its id. Raises NotPermittedError, HomeAssistantError.
        """
        with library_errors():
            if printer is None:
                return await self._library.import_file(
                    source,
                    name=name,
                    printer=WITHOUT_PRINTER,
                    sender=await self._permissions.sender_to_archive(),
                )
            return await self._library.import_file(
                source,
                name=name,
                printer=printer.ref,
                annotations=printer.annotations,
                plan=printer.plan,
                sender=await self._permissions.sender(printer.id),
            )

    async def export(self, path: Path, query: ArchiveQuery) -> int:
        """Write archives into a CSV or XLSX file; returns how many. Raises ServiceValidationError, HomeAssistantError."""
        with library_errors():
            return await self._library.export(path, query)

    async def csv_pieces(self, query: ArchiveQuery) -> AsyncIterator[bytes]:
        """Give the archives of a query as a CSV file, piece by piece. Raises ServiceValidationError, HomeAssistantError."""
        with library_errors():
            async for piece in self._library.csv_pieces(query):
                yield piece

    async def run_outside[**Parameters, Result](
        self,
        work: Callable[Parameters, Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Do work that blocks on a path that a person named, which may be on a disk that does not answer.

        Raises what it raises, and HomeAssistantError when nothing answers.
        """
        with library_errors():
            return await self._library.run_outside(work, *args, **kwargs)

    async def prepare_backup(self) -> None:
        """Make the index safe to copy. Raises HomeAssistantError."""
        with library_errors():
            await self._library.prepare_backup()

    async def finish_backup(self) -> None:
        """Go back to normal after a backup. Raises HomeAssistantError."""
        with library_errors():
            await self._library.finish_backup()

    async def file(self, item_id: str) -> ArchivedFile:
        """Find the file of an archive or of a pending upload. Raises ServiceValidationError, HomeAssistantError."""
        with library_errors(item_id):
            await self._check(Right.SEE, item_id)
            upload = await self._library.upload(item_id)
            if upload.state is not UploadState.PENDING:
                # Discarded uploads stay in the index, but are not shown.
                await self._library.archive(item_id)
            path = await self._library.file_path(item_id)
        return ArchivedFile(name=upload.file.name, path=path)

    async def thumbnail(
        self,
        item_id: str,
        plate: int | None = None,
        *,
        max_pixels: int | None = None,
    ) -> Path | None:
        """Find a plate's picture, of an archive or a pending upload; None when there is none, or no such item.

        With `max_pixels` it is no wider and higher, as a rule.
        """
        try:
            await self._check(Right.SEE, item_id)
            return await self._library.thumbnail_path(
                item_id, plate, max_pixels=max_pixels
            )
        except StorageError as err:
            _LOGGER.debug("No picture of %s: %s", item_id, err)
            return None
