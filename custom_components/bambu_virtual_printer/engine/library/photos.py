"""Photos that people add to an archive, such as of the finished print.

They lie in a folder of their own beside the archived file, `photos/<id>.jpg`, and that folder is all that is known of
them: no index to lose, and they go wherever the archive goes, also to the store of a library that is shared. The index
has only how many there are, for lists; nothing relies on that number, which is found anew wherever it may be wrong.
"""

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
import logging
from pathlib import Path

from sqlalchemy import Connection
from ulid_transform import ulid_now, ulid_to_timestamp

from ..explanations import explain
from ..storage import StorageError
from .context import LibraryContext
from .copying import copy_stream
from .index import archive_rows, stored_rows, upload_rows
from .index.stored_rows import Standing
from .store import photo_validation
from .store.disk import NOT_KEPT, explained, file_sha256, file_size, not_listed
from .store.layout import PHOTOS
from .stored_files import StoredFiles
from .values.errors import (
    NO_SUCH_ARCHIVE,
    NO_SUCH_PHOTO,
    InvalidChangeError,
    LibraryError,
    NotFoundError,
)
from .values.events import ArchiveChanged
from .values.records import IN_ARCHIVE, Archive, Photo

_LOGGER = logging.getLogger(__name__)

MAX_PHOTO_BYTES = 20 * 1024 * 1024
MAX_PHOTOS = 20
CONTENT_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}

# What a photo is called while it is received.
_NAME = "photo"


async def add(
    context: LibraryContext, archive_id: str, source: Path | AsyncIterable[bytes]
) -> Photo:
    """Keep a photo with an archive. Raises NotFoundError, InvalidChangeError, StorageFullError, StorageError."""
    await _archive(context, archive_id)
    photo_id = ulid_now()
    part = await context.media_worker.run(
        context.folder.begin,
        photo_id,
        _NAME,
        reserve_bytes=context.settings.reserve_bytes,
    )
    try:
        await copy_stream(context, source, part, max_bytes=MAX_PHOTO_BYTES)
        suffix = await context.media_worker.run(photo_validation.suffix_of, part)
    except BaseException:
        await _abandon(context, photo_id)
        raise
    return await context.finish(_keep(context, archive_id, photo_id, part, suffix))


async def remove(context: LibraryContext, archive_id: str, photo_id: str) -> None:
    """Remove a photo. Raises NotFoundError, InvalidChangeError, StorageError."""

    async def work() -> None:
        async with _to_itself(context, archive_id) as is_here:
            await _archive(context, archive_id)
            if is_here:
                path = await _find(context, archive_id, photo_id)
                change = partial(_remove_here, context, archive_id, path)
            else:
                name = await _name_of(context, archive_id, photo_id)
                change = partial(_stored(context).remove_photo, archive_id, name)
            await _change(context, archive_id, change)

    await context.finish(work())


async def _remove_here(context: LibraryContext, archive_id: str, path: Path) -> None:
    await context.media_worker.run(context.folder.remove_photo, path)
    # Only now: what is still here is put into the store, and would be forgotten by that.
    if context.stored is not None:
        context.stored.note_removed_photo(archive_id, path.name)
        context.store_wanted.set()


async def of_archive(context: LibraryContext, archive_id: str) -> tuple[Photo, ...]:
    """Return an archive's photos, oldest first. Raises NotFoundError, InvalidChangeError, StorageError."""
    archive = await _archive(context, archive_id)
    photos = await _listed(context, archive_id)
    if archive.photo_count != len(photos):
        # People may put files into the folder, and of a shared library others may have changed it at the same time.
        context.start(_recount(context, archive_id))
    return photos


async def count(context: LibraryContext, item_id: str) -> int:
    """Return how many photos lie beside the file of an upload or archive. Raises StorageError."""
    return len(await _listed(context, item_id))


async def _listed(context: LibraryContext, item_id: str) -> tuple[Photo, ...]:
    if not await context.is_here(item_id):
        stored = await _stored(context).photos(item_id)
        return tuple(
            _photo_of(Path(name), size)
            for name, size in sorted(stored.items())
            if Path(name).suffix in CONTENT_TYPES
        )

    def work() -> tuple[Photo, ...]:
        with explained(not_listed(Path(PHOTOS))):
            return tuple(_photo(path) for path in _paths(context, item_id))

    return await context.media_worker.run(work)


@asynccontextmanager
async def _to_itself(context: LibraryContext, archive_id: str) -> AsyncIterator[bool]:
    """Change nothing else of an archive's photos meanwhile. Gives whether they are here, where they stay until then.

    For those in the store the archive's own lock is not held: whoever waits for that must not wait for a store that hangs.
    """
    async with context.locks(f"{archive_id}/{PHOTOS}"):
        async with context.locks(archive_id):
            if await context.is_here(archive_id):
                yield True
                return
        yield False


async def _change[Result](
    context: LibraryContext, archive_id: str, change: Callable[[], Awaitable[Result]]
) -> Result:
    """Change an archive's photos, which the caller has to itself, and tell of it with their number.

    Until they were counted the index has none, so that a crash in between leaves no wrong one.
    """
    await context.index.run(upload_rows.set_photo_count, archive_id, None)
    try:
        result = await change()
    finally:
        found = await _counted(context, archive_id)
    # What else is written on it may have changed while the store was waited for.
    archive = await context.index.read(archive_rows.get, archive_id)
    if archive is not None:
        context.emit(ArchiveChanged(archive=replace(archive, photo_count=found)))
    return result


async def _recount(context: LibraryContext, archive_id: str) -> None:
    async with _to_itself(context, archive_id):
        await _counted(context, archive_id)


async def _counted(context: LibraryContext, archive_id: str) -> int | None:
    """Store how many photos an archive has. Returns None where that has to wait for the next start."""
    try:
        found = await count(context, archive_id)
        await context.index.run(upload_rows.set_photo_count, archive_id, found)
    except StorageError as err:
        _LOGGER.warning("The photos of %s are counted later: %s", archive_id, err)
        return None
    return found


async def path_of(context: LibraryContext, archive_id: str, photo_id: str) -> Path:
    """Return where a photo is. Raises NotFoundError, InvalidChangeError, StorageError."""
    await _archive(context, archive_id)
    if await context.is_here(archive_id):
        return await _find(context, archive_id, photo_id)
    name = await _name_of(context, archive_id, photo_id)
    path = await _stored(context).photo(archive_id, name)
    if path is None:
        raise NotFoundError(NO_SUCH_PHOTO)
    return path


async def _keep(
    context: LibraryContext, archive_id: str, photo_id: str, part: Path, suffix: str
) -> Photo:
    """Give a photo that was received its place."""

    def work() -> Photo:
        _check_count(len(_paths(context, archive_id)))
        context.folder.check_room(context.settings.reserve_bytes)
        with explained(NOT_KEPT):
            return _photo(
                context.folder.keep_photo(archive_id, part, photo_id + suffix)
            )

    try:
        async with _to_itself(context, archive_id) as is_here:
            # It may have been deleted meanwhile.
            await _archive(context, archive_id)
            if is_here:
                keep = partial(context.media_worker.run, work)
            else:
                keep = partial(_store, context, archive_id, part, photo_id + suffix)
            photo = await _change(context, archive_id, keep)
    finally:
        await _abandon(context, photo_id)
    context.store_wanted.set()
    return photo


def _check_count(count: int) -> None:
    """Make sure that one more photo may be kept. Raises InvalidChangeError."""
    if count >= MAX_PHOTOS:
        raise InvalidChangeError(
            explain(
                "too_many_photos",
                "An archive keeps {limit} photos at most. Remove one first.",
                limit=MAX_PHOTOS,
            )
        )


def _stored(context: LibraryContext) -> StoredFiles:
    """Return the files of a shared library; only in one can an item not be here."""
    assert context.stored is not None
    return context.stored


async def _store(
    context: LibraryContext, archive_id: str, part: Path, name: str
) -> Photo:
    """Put a photo into the store, where the archive is. Raises NotFoundError, InvalidChangeError, StorageError."""
    stored = _stored(context)
    _check_count(len(await stored.photos(archive_id)))
    size_bytes = await context.media_worker.run(file_size, part)
    sha256 = await context.media_worker.run(file_sha256, part)
    await stored.add_photo(archive_id, part, name, sha256)
    if await context.index.run(_doomed_again, archive_id):
        raise NotFoundError(NO_SUCH_ARCHIVE)
    return _photo_of(Path(name), size_bytes)


def _doomed_again(connection: Connection, archive_id: str) -> bool:
    """Have a photo removed from the store that came there after its archive was removed. Returns whether it was."""
    is_gone = stored_rows.standing(connection, archive_id) is Standing.GONE
    if is_gone:
        stored_rows.doom(connection, archive_id)
    return is_gone


async def _name_of(context: LibraryContext, archive_id: str, photo_id: str) -> str:
    """Find a photo among those the store has. Raises NotFoundError, StorageError."""
    for name in await _stored(context).photos(archive_id):
        if Path(name).stem == photo_id and Path(name).suffix in CONTENT_TYPES:
            return name
    raise NotFoundError(NO_SUCH_PHOTO)


async def _abandon(context: LibraryContext, photo_id: str) -> None:
    """Remove what was received; after the library's end, its next start does."""
    with suppress(LibraryError):
        await context.media_worker.run(context.folder.abandon, photo_id)


async def _archive(context: LibraryContext, archive_id: str) -> Archive:
    """Return an archive. Raises NotFoundError, and InvalidChangeError when it is none yet."""
    archive = await context.index.read(archive_rows.get, archive_id)
    if archive is not None:
        return archive
    upload = await context.index.read(upload_rows.get, archive_id)
    if upload is None or upload.state.is_gone or upload.state in IN_ARCHIVE:
        raise NotFoundError(NO_SUCH_ARCHIVE)
    raise InvalidChangeError(
        explain(
            "photo_of_pending",
            "{name} is not in the archive yet. Photos are kept with archives.",
            name=upload.name,
        )
    )


async def _find(context: LibraryContext, archive_id: str, photo_id: str) -> Path:
    """Find a photo among those there are, so that no id leads anywhere else. Raises NotFoundError, StorageError."""
    for found in await context.media_worker.run(_paths, context, archive_id):
        if found.stem == photo_id:
            return found
    raise NotFoundError(NO_SUCH_PHOTO)


def _paths(context: LibraryContext, archive_id: str) -> list[Path]:
    return [
        path
        for path in context.folder.photos(archive_id)
        if path.suffix in CONTENT_TYPES
    ]


def _photo(path: Path) -> Photo:
    return _photo_of(path, path.stat().st_size)


def _photo_of(path: Path, size_bytes: int) -> Photo:
    return Photo(
        id=path.stem,
        size_bytes=size_bytes,
        added_at=datetime.fromtimestamp(ulid_to_timestamp(path.stem) / 1000, UTC),
        content_type=CONTENT_TYPES[path.suffix],
    )
