"""The archive as Home Assistant's modules use it; errors are Home Assistant's.

Actions, media source, images and web addresses all come here, so that none of them has to know the library.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
import logging
from pathlib import Path

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .const import DOMAIN
from .library.errors import NotFoundError
from .library.library import Library
from .library.records import (
    Archive,
    ArchiveChanges,
    ArchiveDetails,
    ArchiveMonth,
    ArchivePage,
    ArchiveQuery,
    ArchiveSort,
)
from .model import StorageError

_LOGGER = logging.getLogger(__name__)

SORTS = tuple(sort.value for sort in ArchiveSort)
DEFAULT_SORT = ArchiveSort.NEWEST.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedFile:
    """An archived file: what the slicer called it, and where it is; None when it is gone from the disk."""

    name: str
    path: Path | None


class Archives:
    """Questions to the library's archive."""

    def __init__(self, library: Library) -> None:
        """Ask this library."""
        self._library = library

    async def page(
        self,
        *,
        search: str = "",
        tags: Sequence[str] = (),
        printer_id: str | None = None,
        sliced_for: str | None = None,
        project: str | None = None,
        favourite: bool | None = None,
        received_from: datetime | None = None,
        received_before: datetime | None = None,
        sort: str = DEFAULT_SORT,
        limit: int = 50,
        cursor: str | None = None,
    ) -> ArchivePage:
        """List archives. Raises HomeAssistantError."""
        with _translated():
            return await self._library.archives(
                ArchiveQuery(
                    text=search,
                    tags=tags,
                    printer_id=printer_id,
                    sliced_for=sliced_for,
                    project=project,
                    favourite=favourite,
                    received_from=received_from,
                    received_before=received_before,
                    sort=ArchiveSort(sort),
                    limit=limit,
                    cursor=cursor,
                )
            )

    async def details(self, archive_id: str) -> ArchiveDetails:
        """Return an archive with all its facts. Raises ServiceValidationError, HomeAssistantError."""
        with _translated(archive_id):
            return await self._library.archive(archive_id)

    async def months(self) -> list[ArchiveMonth]:
        """Return by which printers and in which months archives came in, newest first. Raises HomeAssistantError."""
        with _translated():
            return await self._library.archive_months()

    async def update(
        self,
        archive_id: str,
        *,
        notes: str | None = None,
        tags: Sequence[str] | None = None,
        favourite: bool | None = None,
        project: str | None = None,
    ) -> Archive:
        """Write on an archive; None leaves it as it is. Raises ServiceValidationError, HomeAssistantError."""
        changes = ArchiveChanges(
            notes=notes, tags=tags, favourite=favourite, project=project
        )
        with _translated(archive_id):
            return await self._library.update_archive(archive_id, changes)

    async def delete(self, archive_id: str, *, purge: bool) -> None:
        """Delete an archive; its numbers stay in the statistics unless it is purged.

        Raises ServiceValidationError, HomeAssistantError.
        """
        with _translated(archive_id):
            await self._library.delete_archive(archive_id, purge=purge)

    async def file(self, archive_id: str) -> ArchivedFile:
        """Find an archived file. Raises ServiceValidationError, HomeAssistantError."""
        with _translated(archive_id):
            details = await self._library.archive(archive_id)
            path = await self._library.file_path(archive_id)
        return ArchivedFile(name=details.archive.file.name, path=path)

    async def picture(self, item_id: str, plate: int | None = None) -> Path | None:
        """Find a plate's picture, of an archive or a pending upload; None when there is none, or no such item."""
        try:
            return await self._library.thumbnail_path(item_id, plate)
        except StorageError as err:
            _LOGGER.debug("No picture of %s: %s", item_id, err)
            return None


@contextmanager
def _translated(archive_id: str = "") -> Iterator[None]:
    """Turn the library's errors into Home Assistant's."""
    try:
        yield
    except NotFoundError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="archive_not_found",
            translation_placeholders={"archive_id": archive_id},
        ) from err
    except StorageError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="library_error",
            translation_placeholders={"reason": str(err)},
        ) from err
