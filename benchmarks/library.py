"""The library: searching, paging and adding with more and more archives, and reading files of any size."""

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import json
import logging
from pathlib import Path
from random import Random
import statistics
import subprocess
import sys
import time
from zoneinfo import ZoneInfo

from ulid_transform import ulid_now

from benchmarks.archives import MODELS, PRICE, START, TAGS, fill, made, vocabulary
from benchmarks.machine import MIB, scratch, sliced_file, wait_until_quiet
from benchmarks.report import Row, show
from custom_components.bambu_virtual_printer.engine.library.index import (
    archiving,
    upload_rows,
)
from custom_components.bambu_virtual_printer.engine.library.index.database import Index
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
    ArchiveSort,
    LibrarySettings,
)

type Times = dict[str, list[float]]

COUNTS = (1_000, 10_000, 100_000)
ZONE = ZoneInfo("America/New_York")
DAY = START + timedelta(days=365)
SIZES_MB = (1, 10, 100, 500)
TRIES_PER_ROUND = 10
ADDITIONS_PER_TRY = 20
ADDING = "add an upload and archive it"
SEARCHES = {
    "a word of one in ten": ArchiveQuery(text="benchy"),
    "part of a rare word": ArchiveQuery(text="quazel"),
    "two words": ArchiveQuery(text="benchy qua"),
    "a word nobody used": ArchiveQuery(text="xyzzy"),
    "a word of all": ArchiveQuery(text="bambu"),
    "two letters": ArchiveQuery(text="qu"),
    "a word and a tag": ArchiveQuery(text="gear", tags=("kids",)),
    "a word, a model": ArchiveQuery(text="gear", sliced_for=MODELS[1]),
    "a word since a date": ArchiveQuery(text="box", received_from=START),
    "a word, not printed": ArchiveQuery(text="box", printed=False),
    "a word, by name": ArchiveQuery(text="benchy", sort=ArchiveSort.NAME),
    "one in three, a printer, by name": ArchiveQuery(
        text="petg", printer_id="p1", sort=ArchiveSort.NAME
    ),
    "a tag": ArchiveQuery(tags=("kids",)),
    "two tags, by name": ArchiveQuery(tags=TAGS[:2], sort=ArchiveSort.NAME),
    "a material": ArchiveQuery(filament="PETG"),
    "a model": ArchiveQuery(sliced_for=MODELS[0]),
    "not printed": ArchiveQuery(printed=False),
    "printer, material": ArchiveQuery(printer_id="p2", filament="PLA"),
    "printer, material, not printed": ArchiveQuery(
        printer_id="p2", filament="PLA", printed=False
    ),
}

# Reads one file in a process of its own and tells how long it took and how much the process grew.
READER = """
import json, pathlib, resource, sys, time
from custom_components.bambu_virtual_printer.engine.library import sliced
small, path = map(pathlib.Path, sys.argv[1:3])
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sliced.read(small)
times, before = [], peak()
for _ in range(int(sys.argv[3])):
    began = time.perf_counter()
    facts = sliced.read(path)
    times.append(time.perf_counter() - began)
began = time.perf_counter()
sliced.extract_thumbnails(path, facts)
print(json.dumps([times, time.perf_counter() - began, peak() - before]))
"""


def run(rounds: int) -> None:
    """Measure everything and print tables."""
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    with scratch() as folder:
        asyncio.run(_measure_index(Path(folder), rounds * TRIES_PER_ROUND))
        _measure_reading(Path(folder), rounds)


# --- the index ------------------------------------------------------------------------------------------------------


async def _measure_index(folder: Path, tries: int) -> None:
    random = Random(1)
    words = vocabulary(random)
    url = f"sqlite:///{folder}/library.db"
    times: dict[int, Times] = {}
    await begin(url, folder / "library")
    async with opened(url) as index:
        held = 0
        for count in COUNTS:
            await fill(index, random, words, range(held, count))
            held = count
            times[count] = await measure(index, url, folder / "library", tries)
    show_times(f"Archives: p95 with {COUNTS[-1]:,} of them, through Library", times)


async def begin(url: str, folder: Path) -> None:
    """Begin a library whose folder is known as its own."""
    async with Library(folder, url, emit=lambda _: None):
        pass


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Index]:
    """Open an index."""
    index = Index(url)
    await index.open()
    try:
        yield index
    finally:
        await index.close()


async def measure(index: Index, url: str, folder: Path, tries: int) -> Times:
    """Return how long each thing takes with what is in an index, in milliseconds, `tries` times."""
    random = Random(2)
    words = vocabulary(Random(1))
    library = Library(
        folder,
        url,
        emit=lambda _: None,
        settings=LibrarySettings(reserve_bytes=0),
    )
    times: Times = {}
    async with library:
        wait_until_quiet()
        for name, work in _works(library, index, random, words).items():
            # The full-text index tidies itself at some of the additions, so it takes many to see the usual.
            repeats = tries * ADDITIONS_PER_TRY if name == ADDING else tries
            times[name] = [await _timed(work) for _ in range(repeats)]
    return times


def show_times(title: str, times: Mapping[int, Times]) -> None:
    """Print the slowest of the largest library beside those of smaller ones."""
    *smaller, largest = times
    rows = []
    for name, of_largest in times[largest].items():
        must, goal = _target(name)
        beside = [f"{p95(times[count][name]):.1f} with {count:,}" for count in smaller]
        rows.append(
            Row(
                what=name,
                measured=p95(of_largest),
                unit="ms",
                beside="; ".join(
                    [", ".join(beside), f"median {statistics.median(of_largest):.1f}"]
                ),
                must=must,
                goal=goal,
            )
        )
    show(title, rows)


def _works(
    library: Library, index: Index, random: Random, words: list[str]
) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return what is measured, by name."""

    def searching(query: ArchiveQuery) -> Callable[[], Awaitable[object]]:
        return lambda: library.archives(query)

    async def next_page() -> object:
        return await library.archives(ArchiveQuery(cursor=cursors[0]))

    cursors: list[str | None] = [None, None]
    known = [""]

    async def first_page() -> object:
        page = await library.archives(ArchiveQuery())
        cursors[0] = page.cursor
        known[0] = page.archives[0].id
        return page

    async def next_found() -> object:
        query = ArchiveQuery(text="petg", printer_id="p1", sort=ArchiveSort.NAME)
        if cursors[1] is None:
            cursors[1] = (await library.archives(query)).cursor
        return await library.archives(replace(query, cursor=cursors[1]))

    async def add() -> object:
        upload, facts = made(random, words, datetime.now(UTC), ulid_now())
        await index.run(upload_rows.add, upload)
        return await index.run(
            archiving.archive_upload,
            upload,
            name=upload.name,
            facts=facts,
            plan=None,
            archived_at=datetime.now(UTC),
            options_due_at=None,
            filament_price=PRICE,
        )

    works: dict[str, Callable[[], Awaitable[object]]] = {
        f"search: {name}": searching(query) for name, query in SEARCHES.items()
    }
    works["page: the first"] = first_page
    works["page: the next"] = next_page
    works["page: the next of a search"] = next_found
    works[ADDING] = add
    works["statistics"] = library.statistics
    works["what can be chosen by, with counts"] = library.facets
    works["what can be chosen by, two people hidden"] = lambda: library.facets(
        ("anna", "ben")
    )
    works["months and printers, in a time zone"] = lambda: library.archive_months(ZONE)
    works["what was made on a day"] = lambda: library.made(
        begin=DAY, end=DAY + timedelta(days=1)
    )
    works["an archive's details"] = lambda: library.archive(known[0])
    works["what is similar to an archive"] = lambda: library.similar(known[0])
    return works


def _target(name: str) -> tuple[str, str]:
    if name == ADDING:
        return "<= 10", "<= 3"
    match name.partition(":")[0]:
        case "search":
            return "<= 50", "<= 30"
        case "page":
            return "<= 10", "<= 5"
    return "<= 20", ""


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    """Return how long it takes, in milliseconds."""
    began = time.perf_counter()
    await work()
    return (time.perf_counter() - began) * 1000


def p95(times: Sequence[float]) -> float:
    """Return what 95 of 100 are not above."""
    return statistics.quantiles(times, n=20)[-1]


# --- files ----------------------------------------------------------------------------------------------------------


def _measure_reading(folder: Path, rounds: int) -> None:
    small = sliced_file(folder / "small.3mf", 0)
    rows = []
    for size in SIZES_MB:
        with _file(folder, size) as path:
            wait_until_quiet()
            answer = subprocess.run(
                [sys.executable, "-c", READER, str(small), str(path), str(4 * rounds)],
                check=True,
                capture_output=True,
                timeout=600,
            )
        times, pictures_s, growth_kib = json.loads(answer.stdout)
        rows.append(
            Row(
                what=f"read the facts of {size} MB",
                measured=statistics.median(times) * 1000,
                unit="ms",
                beside=f"p95 {p95(times) * 1000:.1f} ms, pictures {pictures_s * 1000:.1f} ms,"
                f" process + {growth_kib / 1024:.1f} MiB",
            )
        )
    show("Sliced files: the time and memory that reading one takes", rows)


@contextmanager
def _file(folder: Path, size_mb: int) -> Iterator[Path]:
    path = sliced_file(folder / "sliced.3mf", size_mb * MIB)
    try:
        yield path
    finally:
        path.unlink()
