"""Photos that people keep with an archive, of what became of the print.

They lie in a folder of their own beside the archived file, `photos/<id>.jpg`, and that folder is all that is known of
them: no index to lose, and they go wherever the archive goes.
"""

from collections.abc import AsyncIterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from ulid_transform import ulid_now, ulid_to_timestamp

from .context import Workshop
from .copying import pour
from .index import archive_rows, upload_rows
from .store import photo_validation
from .store.folder import explained
from .values.errors import InvalidChangeError, LibraryError, NotFoundError
from .values.events import ArchiveChanged
from .values.records import IN_ARCHIVE, Archive, Photo

MAX_PHOTO_BYTES = 20 * 1024 * 1024
MAX_PHOTOS = 20
CONTENT_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}

# What a photo is called while it is received.
_NAME = "photo"


async def add(
    workshop: Workshop, archive_id: str, source: Path | AsyncIterable[bytes]
) -> Photo:
    """Keep a photo with an archive. Raises NotFoundError, InvalidChangeError, StorageFullError, StorageError."""
    await _archive(workshop, archive_id)
    photo_id = ulid_now()
    part = await workshop.extras.run(
        workshop.folder.begin,
        photo_id,
        _NAME,
        reserve_bytes=workshop.settings.reserve_bytes,
    )
    try:
        await pour(workshop, source, part, max_bytes=MAX_PHOTO_BYTES)
        suffix = await workshop.extras.run(photo_validation.suffix_of, part)
    except BaseException:
        await _abandon(workshop, photo_id)
        raise
    return await workshop.finish(_keep(workshop, archive_id, photo_id, part, suffix))


async def remove(workshop: Workshop, archive_id: str, photo_id: str) -> None:
    """Remove a photo. Raises NotFoundError, InvalidChangeError, StorageError."""

    async def work() -> None:
        async with workshop.locks(archive_id):
            archive = await _archive(workshop, archive_id)
            path = await _find(workshop, archive_id, photo_id)
            await workshop.extras.run(workshop.folder.remove_photo, path)
        workshop.emit(ArchiveChanged(archive=archive))

    await workshop.finish(work())


async def of_archive(workshop: Workshop, archive_id: str) -> tuple[Photo, ...]:
    """Return an archive's photos, oldest first. Raises NotFoundError, InvalidChangeError, StorageError."""
    await _archive(workshop, archive_id)

    def work() -> tuple[Photo, ...]:
        with explained("The photos cannot be looked at"):
            return tuple(_photo(path) for path in _paths(workshop, archive_id))

    return await workshop.extras.run(work)


async def path_of(workshop: Workshop, archive_id: str, photo_id: str) -> Path:
    """Return where a photo is. Raises NotFoundError, InvalidChangeError, StorageError."""
    await _archive(workshop, archive_id)
    return await _find(workshop, archive_id, photo_id)


async def _keep(
    workshop: Workshop, archive_id: str, photo_id: str, part: Path, suffix: str
) -> Photo:
    """Give a photo that was received its place."""

    def work() -> Photo:
        if len(_paths(workshop, archive_id)) >= MAX_PHOTOS:
            raise InvalidChangeError(
                f"An archive keeps at most {MAX_PHOTOS} photos; remove one first."
            )
        workshop.folder.check_room(workshop.settings.reserve_bytes)
        with explained("The photo cannot be kept"):
            return _photo(
                workshop.folder.keep_photo(archive_id, part, photo_id + suffix)
            )

    try:
        async with workshop.locks(archive_id):
            # It may have been deleted meanwhile.
            archive = await _archive(workshop, archive_id)
            photo = await workshop.extras.run(work)
    finally:
        await _abandon(workshop, photo_id)
    workshop.emit(ArchiveChanged(archive=archive))
    return photo


async def _abandon(workshop: Workshop, photo_id: str) -> None:
    """Remove what was received; after the library's end, its next start does."""
    with suppress(LibraryError):
        await workshop.extras.run(workshop.folder.abandon, photo_id)


async def _archive(workshop: Workshop, archive_id: str) -> Archive:
    """Return an archive. Raises NotFoundError, and InvalidChangeError when it is none yet."""
    archive = await workshop.index.run(archive_rows.get, archive_id)
    if archive is not None:
        return archive
    upload = await workshop.index.run(upload_rows.get, archive_id)
    if upload is None or upload.state.is_gone or upload.state in IN_ARCHIVE:
        raise NotFoundError("There is no such archive.")
    raise InvalidChangeError(
        f"{upload.name} is not in the archive yet; photos are kept with archives."
    )


async def _find(workshop: Workshop, archive_id: str, photo_id: str) -> Path:
    """Find a photo among those there are, so that no id leads anywhere else. Raises NotFoundError, StorageError."""
    for found in await workshop.extras.run(_paths, workshop, archive_id):
        if found.stem == photo_id:
            return found
    raise NotFoundError("There is no such photo.")


def _paths(workshop: Workshop, archive_id: str) -> list[Path]:
    return [
        path
        for path in workshop.folder.photos(archive_id)
        if path.suffix in CONTENT_TYPES
    ]


def _photo(path: Path) -> Photo:
    return Photo(
        id=path.stem,
        size_bytes=path.stat().st_size,
        added_at=datetime.fromtimestamp(ulid_to_timestamp(path.stem) / 1000, UTC),
        content_type=CONTENT_TYPES[path.suffix],
    )
