"""What is kept no longer: uploads pending too long, and archives that are too old, too many or too large.

Only what a person set is done. Favourites, what is pending and what still has jobs are never touched.
"""

from collections.abc import Sequence
from datetime import datetime
import logging

from sqlalchemy import ColumnElement, Connection, Row, func, select

from ..storage import StorageError
from .archives import ArchiveEditor
from .context import LibraryContext
from .index import stored_rows
from .index.schema import IS_LIVE, IS_UNFINISHED, archives, jobs
from .index.usage import archived_bytes
from .pending import PendingUploads
from .values.records import LibrarySettings, Maintenance

_LOGGER = logging.getLogger(__name__)

ARCHIVES_PER_ROUND = 500


async def maintain(
    context: LibraryContext,
    pending: PendingUploads,
    editor: ArchiveEditor,
    now: datetime,
) -> Maintenance:
    """Do what is due. Raises LibraryError."""
    settings = context.settings
    expired = 0
    await pending.sweep(now)
    if settings.pending_expiry is not None:
        expired = await pending.expire(now, settings.pending_expiry)
    deleted = 0
    for archive_id in await context.index.read(dispensable_ids, settings, now):
        try:
            await editor.delete(archive_id, purge=False, unless_wanted=True)
        except StorageError as err:
            # It was deleted or is used meanwhile, or the disk failed; the next round tries again.
            _LOGGER.warning("Archive %s could not be deleted: %s", archive_id, err)
        else:
            deleted += 1
    if context.shared is not None:
        await context.index.run(stored_rows.forget_removed, now)
    await context.watch_storage()
    return Maintenance(expired=expired, deleted=deleted)


def dispensable_ids(
    connection: Connection, settings: LibrarySettings, now: datetime
) -> list[str]:
    """Return the archives to delete, oldest first and at most a round of them."""
    found: dict[str, None] = {}
    if settings.keep_for is not None:
        is_old = archives.c.archived_at < now - settings.keep_for
        found |= dict.fromkeys(row.id for row in _oldest(connection, is_old))
    too_many = _excess(settings.keep_count, _count(connection) - len(found))
    too_large = _excess(settings.keep_bytes, archived_bytes(connection))
    for row in _oldest(connection):
        if row.id in found:
            too_large -= row.size_bytes
        elif too_many > 0 or too_large > 0:
            found[row.id] = None
            too_many -= 1
            too_large -= row.size_bytes
    return list(found)[:ARCHIVES_PER_ROUND]


def _excess(limit: int | None, value: int) -> int:
    return 0 if limit is None else value - limit


def _count(connection: Connection) -> int:
    query = select(func.count()).select_from(archives).where(IS_LIVE)
    return connection.execute(query).scalar_one()


def _oldest(
    connection: Connection, *conditions: ColumnElement[bool]
) -> Sequence[Row[tuple[str, int]]]:
    """Return id and size of the oldest archives that may be deleted."""
    has_jobs = select(jobs.c.id).where(
        jobs.c.archive_id == archives.c.id, IS_UNFINISHED
    )
    query = (
        select(archives.c.id, archives.c.size_bytes)
        .where(
            IS_LIVE, archives.c.favourite.is_(False), ~has_jobs.exists(), *conditions
        )
        .order_by(archives.c.archived_at, archives.c.id)
        .limit(ARCHIVES_PER_ROUND)
    )
    return connection.execute(query).all()
