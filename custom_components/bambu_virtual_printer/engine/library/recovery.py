"""Reconciles the index with the folders after a crash, a power cut or the loss of the index.

The folders are what is there, the index what it is. What the index does not know is read from the sidecars; what the
index has as gone is removed. A file that was acknowledged to a slicer is never removed because it is unknown.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import logging
import time

from ulid_transform import ulid_to_timestamp

from ..storage import StorageError
from ..values import Mode, PrinterRef, ReceivedFile
from . import photos
from .context import LibraryContext
from .index import archive_rows, archiving, stored_rows, upload_rows
from .index.stored_rows import Standing
from .store.disk import file_sha256, file_size
from .store.sidecar import Sidecar
from .values.errors import LibraryError, SlicedFileError
from .values.names import display_name, stem
from .values.records import Upload, UploadState
from .values.sliced_file import SlicedFile

_LOGGER = logging.getLogger(__name__)

IDS_PER_STEP = 500
_UNKNOWN_PRINTER = PrinterRef(id="", name="", model="", mode=Mode.REVIEW)


async def recover_uploads(context: LibraryContext) -> list[str]:
    """Put the pending uploads in order and finish purges. Returns the uploads still to be decided. Raises StorageError."""
    ids = await context.media_worker.run(context.folder.pending_ids)
    states = await context.index.read(upload_rows.states, ids)
    for upload_id in ids:
        with _going_on(upload_id):
            await _recover_upload(context, upload_id, states.get(upload_id))
    for archive_id in await context.index.read(archive_rows.purging_ids):
        with _going_on(archive_id):
            if context.stored is None:
                await context.media_worker.run(context.folder.remove, archive_id)
            else:
                await context.stored.remove(archive_id)
            await context.index.run(archive_rows.purge, archive_id)
    undecided = await context.index.read(upload_rows.undecided_ids)
    return [upload_id for upload_id in undecided if await context.is_ours(upload_id)]


async def recover_archives(context: LibraryContext) -> int:
    """Compare the archive with the index. Returns how many archives the index had lost. Raises StorageError."""
    found = 0
    for month in await context.media_worker.run(context.folder.archive_months):
        ids = await context.media_worker.run(context.folder.archive_ids, month)
        for start in range(0, len(ids), IDS_PER_STEP):
            step = ids[start : start + IDS_PER_STEP]
            known = await context.index.read(archive_rows.known, step)
            for archive_id in step:
                if known.get(archive_id):
                    continue
                async with context.locks(archive_id):
                    with _going_on(archive_id):
                        found += await _recover_archive(context, archive_id)
    return found


async def count_photos(context: LibraryContext) -> None:
    """Count the photos where nobody has, as after an update, a crash or the loss of the index. Raises StorageError."""
    after = ""
    while ids := await context.index.read(upload_rows.photos_uncounted, after):
        counts: dict[str, int] = {}
        for item_id in ids:
            with _going_on(item_id):
                counts[item_id] = await photos.count(context, item_id)
        if counts:
            await context.index.run(upload_rows.set_first_photo_counts, counts)
        after = ids[-1]


@contextmanager
def _going_on(item_id: str) -> Iterator[None]:
    """Log an error of one folder and go on with the others; the next start tries again."""
    try:
        yield
    except LibraryError:
        # The index, without which nothing goes on.
        raise
    except StorageError as err:
        _LOGGER.warning("%s: %s", item_id, err)


async def _recover_upload(
    context: LibraryContext, upload_id: str, state: UploadState | None
) -> None:
    """Put one pending upload in order."""
    match state:
        case None if await _is_doomed(context, upload_id):
            async with context.locks(upload_id):
                await _remove_gone(context, upload_id)
        case None:
            if (sidecar := await _sidecar(context, upload_id)) is not None:
                await context.index.run(
                    upload_rows.add_once,
                    _by_the_clock(context, upload_of(sidecar)),
                    lost_until=context.clock.now(),
                )
        case UploadState.RECEIVED if context.stored is not None:
            # What a slicer asked for while the index was away may stand in the sidecar alone.
            sidecar = await context.media_worker.run(
                context.folder.read_sidecar, upload_id
            )
            for request in sidecar.requests if sidecar else ():
                await context.index.run(upload_rows.add_request, upload_id, request)
        case UploadState() if state.is_gone:
            async with context.locks(upload_id):
                await _remove_gone(context, upload_id)
        case UploadState.ARCHIVED | UploadState.QUEUED:
            upload = await context.index.read(upload_rows.existing, upload_id)
            await context.media_worker.run(
                context.folder.archive, upload_id, upload.file.sha256
            )


async def _recover_archive(context: LibraryContext, archive_id: str) -> bool:
    """Put one archive in order. Returns whether it was lost and is back. Its lock is held by the caller."""
    known = await context.index.read(archive_rows.known, [archive_id])
    if archive_id in known:
        if not known[archive_id]:
            await _remove_gone(context, archive_id)
        return False
    if await _is_doomed(context, archive_id):
        await _remove_gone(context, archive_id)
        return False
    states = await context.index.read(upload_rows.states, [archive_id])
    match states.get(archive_id):
        case UploadState.RECEIVED | UploadState.ARCHIVING:
            # On its way into the archive just now.
            return False
        case UploadState.PENDING:
            upload = await context.index.read(upload_rows.existing, archive_id)
            await context.media_worker.run(
                context.folder.unarchive, archive_id, upload.file.sha256
            )
            return False
        case UploadState() as state if state.is_gone:
            await _remove_gone(context, archive_id)
            return False
    sidecar = await _sidecar(context, archive_id)
    if sidecar is None:
        return False
    upload = _by_the_clock(context, upload_of(sidecar))
    try:
        facts = await context.read(upload)
    except (SlicedFileError, StorageError) as err:
        facts = SlicedFile(problems=(str(err),))
    name = sidecar.annotations.name or display_name(
        upload.file.name, facts, context.settings.name_source
    )
    await context.index.run(
        archiving.restore_archive,
        upload,
        name=name,
        facts=facts,
        annotations=sidecar.annotations,
        archived_at=upload.file.received_at,
        filed_at=context.clock.now(),
        filament_price=context.settings.filament_price,
    )
    return True


async def _remove_gone(context: LibraryContext, item_id: str) -> None:
    """Remove the files of what the index had as gone. Its lock is held by the caller.

    Not what can still be restored, nor what somebody, perhaps at another instance, took back meanwhile: it is asked once
    more, all in one transaction, and what is gone then stays so.
    """
    if await context.index.read(stored_rows.standing, item_id) is Standing.GONE:
        await context.media_worker.run(context.folder.remove, item_id)


async def _is_doomed(context: LibraryContext, item_id: str) -> bool:
    """Return whether an item was removed for good where several share the library, or shared it before."""
    return await context.index.read(stored_rows.is_doomed, item_id)


async def _sidecar(context: LibraryContext, item_id: str) -> Sidecar | None:
    """Return what is known of a folder that the index does not know. Raises StorageError."""
    sidecar = await context.media_worker.run(context.folder.read_sidecar, item_id)
    if sidecar is not None:
        return sidecar
    path = await context.media_worker.run(context.folder.lone_file, item_id)
    if path is None:
        _LOGGER.warning("Nothing is known of %s, and it holds no single file", item_id)
        return None
    return Sidecar(
        file=ReceivedFile(
            id=item_id,
            name=path.name,
            size_bytes=await context.media_worker.run(file_size, path),
            sha256=await context.media_worker.run(file_sha256, path),
            peer="",
            received_at=datetime.fromtimestamp(ulid_to_timestamp(item_id) / 1000, UTC),
            encrypted=False,
            instance=context.instance_id,
        ),
        file_name=path.name,
        printer=_UNKNOWN_PRINTER,
    )


def _by_the_clock(context: LibraryContext, upload: Upload) -> Upload:
    """Return an upload that is written down now as one that was received by the library's clock, as far as anybody knows."""
    now = context.clock.now()
    received_at = upload.file.received_at
    at = context.filing.received.get(upload.id)
    if at is not None:
        received_at = now - timedelta(seconds=time.monotonic() - at)
    file = replace(upload.file, received_at=min(received_at, now))
    return replace(upload, file=file)


def upload_of(sidecar: Sidecar) -> Upload:
    """Return an upload as its sidecar has it."""
    return Upload(
        file=sidecar.file,
        file_name=sidecar.file_name,
        printer=sidecar.printer,
        name=stem(sidecar.file.name),
        requests=sidecar.requests,
        annotations=sidecar.annotations,
        plan=sidecar.plan,
    )
