"""Writes archives into a file for spreadsheets."""

from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
import os
from pathlib import Path
import shutil
import stat

from ulid_transform import ulid_now

from ..durable import sync_descriptor
from ..explanations import explain
from ..printable import printable
from ..storage import StorageError
from .context import LibraryContext
from .index import archive_search, instance_rows
from .index.archive_search import MAX_LIMIT
from .store.disk import explained
from .store.layout import PART_SUFFIX
from .store.moves import COPY_BLOCK_BYTES
from .tables import NOT_WRITTEN, Cell, Row, check_kind, csv_text, open_table
from .values.errors import LibraryError
from .values.records import Archive, ArchiveQuery

_COLUMNS: dict[str, Callable[[Archive], Cell]] = {
    "id": lambda archive: archive.id,
    "name": lambda archive: archive.name,
    "file": lambda archive: printable(archive.file.name),
    "received_at": lambda archive: archive.file.received_at,
    "virtual_printer": lambda archive: archive.printer.name,
    "came_in_at": lambda archive: archive.file.instance,
    "sliced_for": lambda archive: archive.sliced_for,
    "plates": lambda archive: archive.plate_count,
    "print_time_s": lambda archive: archive.print_time_s,
    "filament_g": lambda archive: archive.filament_g,
    "filament_types": lambda archive: ", ".join(archive.filament_types),
    "filament_colors": lambda archive: ", ".join(archive.filament_colors),
    "cost": lambda archive: archive.cost,
    "times_printed": lambda archive: archive.print_count,
    "judged_good": lambda archive: archive.judged_good,
    "judged_failed": lambda archive: archive.judged_failed,
    "energy_kwh": lambda archive: archive.energy_kwh,
    "energy_cost": lambda archive: archive.energy_cost,
    "last_printed_at": lambda archive: archive.last_printed_at,
    "last_failed_at": lambda archive: archive.last_failed_at,
    "photos": lambda archive: archive.photo_count,
    "designer": lambda archive: archive.designer,
    "makerworld_id": lambda archive: archive.makerworld_id,
    "project": lambda archive: archive.annotations.project,
    "tags": lambda archive: ", ".join(archive.annotations.tags),
    "favourite": lambda archive: archive.annotations.favourite,
    "notes": lambda archive: archive.annotations.notes,
    "link": lambda archive: archive.annotations.link,
    "size_bytes": lambda archive: archive.file.size_bytes,
    "sha256": lambda archive: archive.file.sha256,
}


async def write_table(context: LibraryContext, path: Path, query: ArchiveQuery) -> int:
    """Write the archives of a query into a new file, complete or not at all. Returns how many.

    The name's ending decides the kind of file. Raises InvalidChangeError, StorageError.
    """
    # Two exports to the same file run one after the other.
    async with context.locks(str(path)):
        return await _write(context, path, query)


async def csv_pieces(
    context: LibraryContext, query: ArchiveQuery
) -> AsyncIterator[bytes]:
    """Give the archives of a query as a CSV file, a page at a time. Raises LibraryError."""
    # With the mark by which spreadsheets know UTF-8.
    yield BOM_UTF8 + csv_text([tuple(_COLUMNS)]).encode()
    query = replace(query, limit=MAX_LIMIT, cursor=None)
    instances = await _instances(context)
    while True:
        page = await context.index.read(archive_search.page, query)
        rows = [_row(archive, instances) for archive in page.archives]
        text = await context.media_worker.run(csv_text, rows)
        yield text.encode()
        if page.cursor is None:
            return
        query = replace(query, cursor=page.cursor)


async def _write(context: LibraryContext, path: Path, query: ArchiveQuery) -> int:
    """Write the table in a private folder, then put a copy to its place."""
    extras = context.media_worker
    check_kind(path.suffix)
    table_id = ulid_now()
    fresh = await extras.run(
        context.folder.begin, table_id, f"table{path.suffix}", reserve_bytes=0
    )
    try:
        count = await _fill(context, fresh, path.suffix, query)
        await context.external_worker.run(_put, fresh, path)
    finally:
        with suppress(LibraryError):
            await extras.run(context.folder.abandon, table_id)
    return count


async def _fill(
    context: LibraryContext, fresh: Path, suffix: str, query: ArchiveQuery
) -> int:
    extras = context.media_worker
    table = await extras.run(open_table, fresh, tuple(_COLUMNS), suffix=suffix)
    count = 0
    try:
        query = replace(query, limit=MAX_LIMIT, cursor=None)
        instances = await _instances(context)
        while True:
            page = await context.index.read(archive_search.page, query)
            rows = [_row(archive, instances) for archive in page.archives]
            await extras.run(table.append, rows)
            count += len(page.archives)
            if page.cursor is None:
                break
            query = replace(query, cursor=page.cursor)
    except:
        with suppress(StorageError):
            await extras.run(table.close)
        raise
    await extras.run(table.close)
    return count


async def _instances(context: LibraryContext) -> Mapping[str, str]:
    """Return what the Home Assistants that share the library are called, by their ids."""
    if context.shared is None:
        return {}
    return await context.index.read(instance_rows.names)


def _row(archive: Archive, instances: Mapping[str, str]) -> Row:
    id_ = archive.file.instance
    # One that is gone has no name any more.
    named = replace(
        archive, file=replace(archive.file, instance=instances.get(id_, id_))
    )
    return [value(named) for value in _COLUMNS.values()]


def _put(fresh: Path, path: Path) -> None:
    """Put a copy of a file to a place that a person named, complete or not at all.

    The copy is made under a new name, and no link is followed: whatever others put into that folder, nothing is written
    through it.
    """
    with explained(NOT_WRITTEN):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _check_replaceable(folder, path.name)
            part = f".{ulid_now()}{PART_SUFFIX}"
            try:
                _copy(fresh, part, folder)
                os.replace(part, path.name, src_dir_fd=folder, dst_dir_fd=folder)
            except:
                with suppress(FileNotFoundError):
                    os.unlink(part, dir_fd=folder)
                raise
            sync_descriptor(folder)
        finally:
            os.close(folder)


def _check_replaceable(folder: int, name: str) -> None:
    """Make sure that a name is free, or that of a file or of a link, which is not followed. Raises StorageError, OSError."""
    with suppress(FileNotFoundError):
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
            raise StorageError(
                explain("name_taken", "There is something else of that name.")
            )


def _copy(source: Path, name: str, folder: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o666, dir_fd=folder)
    with os.fdopen(descriptor, "wb") as writer, source.open("rb") as reader:
        shutil.copyfileobj(reader, writer, COPY_BLOCK_BYTES)
        writer.flush()
        os.fsync(writer.fileno())
