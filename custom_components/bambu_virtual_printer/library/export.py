"""Writes archives into a CSV file, for spreadsheets."""

from collections.abc import Callable, Iterable
import csv
from dataclasses import replace
from pathlib import Path

from . import archive_search
from .archive_search import MAX_LIMIT
from .files import explained
from .records import Archive, ArchiveQuery
from .workshop import Workshop

_COLUMNS: dict[str, Callable[[Archive], object]] = {
    "id": lambda archive: archive.id,
    "name": lambda archive: archive.name,
    "file": lambda archive: archive.file.name,
    "received_at": lambda archive: archive.file.received_at.isoformat(),
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
    "size_bytes": lambda archive: archive.file.size_bytes,
    "sha256": lambda archive: archive.file.sha256,
}
# What spreadsheets take for a formula; names come from files that anybody may have made.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def write_csv(workshop: Workshop, path: Path, query: ArchiveQuery) -> int:
    """Write the archives of a query into a new file, complete or not at all. Returns how many. Raises StorageError."""
    fresh = path.with_name(f"{path.name}.part")
    count = 0
    try:
        await workshop.files.run(_append, fresh, [tuple(_COLUMNS)], is_new=True)
        query = replace(query, limit=MAX_LIMIT, cursor=None)
        while True:
            page = await workshop.index.run(archive_search.page, query)
            lines = [_line(archive) for archive in page.archives]
            await workshop.files.run(_append, fresh, lines)
            count += len(lines)
            if page.cursor is None:
                break
            query = replace(query, cursor=page.cursor)
        await workshop.files.run(_rename, fresh, path)
    except:
        await workshop.files.run(_remove, fresh)
        raise
    return count


def _line(archive: Archive) -> tuple[object, ...]:
    return tuple(_cell(value(archive)) for value in _COLUMNS.values())


def _cell(value: object) -> object:
    is_formula = isinstance(value, str) and value.startswith(_FORMULA)
    return f"'{value}" if is_formula else value


def _append(
    path: Path, lines: Iterable[tuple[object, ...]], *, is_new: bool = False
) -> None:
    with (
        explained("The table cannot be written"),
        # With the mark by which spreadsheets know UTF-8.
        path.open(
            "w" if is_new else "a",
            encoding="utf-8-sig" if is_new else "utf-8",
            newline="",
        ) as file,
    ):
        csv.writer(file).writerows(lines)


def _rename(fresh: Path, path: Path) -> None:
    with explained("The table cannot be written"):
        fresh.replace(path)


def _remove(path: Path) -> None:
    with explained("The table cannot be removed"):
        path.unlink(missing_ok=True)
