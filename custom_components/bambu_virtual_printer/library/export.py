"""Writes archives into a file for spreadsheets."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ..model import StorageError
from . import archive_search
from .archive_search import MAX_LIMIT
from .files import explained
from .records import Archive, ArchiveQuery
from .tables import Cell, Row, Table, open_table
from .workshop import Workshop

_COLUMNS: dict[str, Callable[[Archive], Cell]] = {
    "id": lambda archive: archive.id,
    "name": lambda archive: archive.name,
    "file": lambda archive: archive.file.name,
    "received_at": lambda archive: archive.file.received_at,
    "virtual_printer": lambda archive: archive.printer.name,
    "sliced_for": lambda archive: archive.sliced_for,
    "plates": lambda archive: archive.plate_count,
    "print_time_s": lambda archive: archive.print_time_s,
    "filament_g": lambda archive: archive.filament_g,
    "filament_types": lambda archive: ", ".join(archive.filament_types),
    "filament_colors": lambda archive: ", ".join(archive.filament_colors),
    "cost": lambda archive: archive.cost,
    "times_printed": lambda archive: archive.print_count,
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


async def write_table(workshop: Workshop, path: Path, query: ArchiveQuery) -> int:
    """Write the archives of a query into a new file, complete or not at all. Returns how many.

    The name's ending decides the kind of file. Raises InvalidChangeError, StorageError.
    """
    # Two that want the same file write it one after the other.
    async with workshop.locks(str(path)):
        return await _write(workshop, path, query)


async def _write(workshop: Workshop, path: Path, query: ArchiveQuery) -> int:
    fresh = path.with_name(f"{path.name}.part")
    files = workshop.files
    table = await files.run(open_table, fresh, tuple(_COLUMNS), suffix=path.suffix)
    count = 0
    try:
        query = replace(query, limit=MAX_LIMIT, cursor=None)
        while True:
            page = await workshop.index.run(archive_search.page, query)
            await files.run(table.append, [_row(archive) for archive in page.archives])
            count += len(page.archives)
            if page.cursor is None:
                break
            query = replace(query, cursor=page.cursor)
        await files.run(_put, table, fresh, path)
    except:
        await files.run(_give_up, table, fresh)
        raise
    return count


def _row(archive: Archive) -> Row:
    return [value(archive) for value in _COLUMNS.values()]


def _put(table: Table, fresh: Path, path: Path) -> None:
    table.close()
    with explained("The table cannot be written"):
        fresh.replace(path)


def _give_up(table: Table, fresh: Path) -> None:
    with suppress(StorageError):
        table.close()
    with explained("The table cannot be removed"):
        fresh.unlink(missing_ok=True)
