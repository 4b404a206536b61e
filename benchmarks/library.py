"""The library: searching, paging and adding with more and more archives, and reading files of any size."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
import json
import logging
from pathlib import Path
from random import Random
import statistics
import subprocess
import sys
import time

from sqlalchemy import Connection
from ulid_transform import ulid_at_time, ulid_now

from benchmarks.machine import MIB, scratch, sliced_file, wait_until_quiet
from benchmarks.report import Row, show
from custom_components.bambu_virtual_printer.engine.library.index import (
    archive_rows,
    archiving,
    upload_rows,
)
from custom_components.bambu_virtual_printer.engine.library.index.database import Index
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Annotations,
    ArchiveQuery,
    ArchiveSort,
    LibrarySettings,
    Upload,
)
from custom_components.bambu_virtual_printer.engine.library.values.sliced_file import (
    Filament,
    Plate,
    SlicedFile,
)
from custom_components.bambu_virtual_printer.engine.values import (
    Mode,
    PrinterRef,
    ReceivedFile,
)

COUNTS = (1_000, 10_000, 100_000)
SIZES_MB = (1, 10, 100, 500)
TRIES_PER_ROUND = 10
ADDITIONS_PER_TRY = 20
ADDING = "add an upload and archive it"
ROWS_PER_TRANSACTION = 1_000
PRICE = 25.0
START = datetime(2020, 1, 1, tzinfo=UTC)
SYLLABLES = [
    "ba",
    "ko",
    "ri",
    "ton",
    "ve",
    "mar",
    "lu",
    "pen",
    "sha",
    "do",
    "gi",
    "zel",
    "qua",
    "fin",
    "tor",
]
NOUNS = [
    "benchy",
    "box",
    "lid",
    "gear",
    "holder",
    "bracket",
    "cube",
    "vase",
    "hook",
    "case",
]
MODELS = ("Bambu Lab P1S", "Bambu Lab A1", "Bambu Lab X1C")
MATERIALS = ("PLA", "PETG", "ABS")
TAGS = ("kids", "work", "gift", "xmas")

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
    words = [
        "".join(random.choices(SYLLABLES, k=random.randint(2, 4))) for _ in range(3000)
    ]
    slowest: dict[str, dict[int, float]] = {}
    typical: dict[str, dict[int, float]] = {}
    index = Index(f"sqlite:///{folder}/library.db")
    await index.open()
    begin = 0
    for count in COUNTS:
        for start in range(begin, count, ROWS_PER_TRANSACTION):
            await index.run(
                _fill, random, words, range(start, start + ROWS_PER_TRANSACTION)
            )
        begin = count
        wait_until_quiet()
        library = Library(
            folder / "library",
            f"sqlite:///{folder}/library.db",
            emit=lambda _: None,
            settings=LibrarySettings(reserve_bytes=0),
        )
        async with library:
            for name, work in _works(library, index, random, words).items():
                # The full-text index tidies itself at some of the additions, so it takes many to see the usual.
                repeats = tries * ADDITIONS_PER_TRY if name == ADDING else tries
                times = [await _timed(work) for _ in range(repeats)]
                slowest.setdefault(name, {})[count] = _p95(times)
                typical.setdefault(name, {})[count] = statistics.median(times)
    await index.close()
    rows = []
    for name, by_count in slowest.items():
        must, goal = _target(name)
        smaller = ", ".join(
            f"{by_count[count]:.1f} with {count:,}" for count in COUNTS[:-1]
        )
        rows.append(
            Row(
                what=name,
                measured=by_count[COUNTS[-1]],
                unit="ms",
                beside=f"{smaller}; median {typical[name][COUNTS[-1]]:.1f}",
                must=must,
                goal=goal,
            )
        )
    show(f"Archives: p95 with {COUNTS[-1]:,} of them, through Library", rows)


def _works(
    library: Library, index: Index, random: Random, words: list[str]
) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return what is measured, by name."""

    def searching(query: ArchiveQuery) -> Callable[[], Awaitable[object]]:
        return lambda: library.archives(query)

    async def next_page() -> object:
        return await library.archives(ArchiveQuery(cursor=cursors[0]))

    cursors: list[str | None] = [None]

    async def first_page() -> object:
        page = await library.archives(ArchiveQuery())
        cursors[0] = page.cursor
        return page

    async def add() -> object:
        upload, facts = _made(random, words, datetime.now(UTC), ulid_now())
        await index.run(upload_rows.add, upload)
        return await index.run(
            archiving.archive_upload,
            upload,
            name=upload.name,
            facts=facts,
            plan=None,
            options_expected_for=timedelta(),
            filament_price=PRICE,
        )

    works: dict[str, Callable[[], Awaitable[object]]] = {
        f"search: {name}": searching(query) for name, query in SEARCHES.items()
    }
    works["page: the first"] = first_page
    works["page: the next"] = next_page
    works[ADDING] = add
    works["statistics"] = library.statistics
    return works


def _target(name: str) -> tuple[str, str]:
    if name == ADDING:
        return "<= 10", "<= 3"
    match name.partition(":")[0]:
        case "search":
            return "<= 100", "<= 30"
        case "page":
            return "<= 20", "<= 5"
    return "", ""


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    """Return how long it takes, in milliseconds."""
    began = time.perf_counter()
    await work()
    return (time.perf_counter() - began) * 1000


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _fill(
    connection: Connection, random: Random, words: list[str], numbers: range
) -> None:
    for number in numbers:
        at = START + timedelta(minutes=30 * number)
        upload, facts = _made(random, words, at, ulid_at_time(at.timestamp()))
        upload_rows.add(connection, upload)
        archive_rows.add(
            connection,
            upload,
            name=upload.name,
            facts=facts,
            annotations=upload.annotations,
            archived_at=at,
            filament_price=PRICE,
        )


def _made(
    random: Random, words: list[str], at: datetime, upload_id: str
) -> tuple[Upload, SlicedFile]:
    """Make up an upload as a household has them."""
    name = " ".join(
        [random.choice(NOUNS), *random.choices(words, k=random.randint(1, 3))]
    )
    printer = f"p{random.randint(1, 3)}"
    file = ReceivedFile(
        id=upload_id,
        name=f"{name.replace(' ', '_')}.gcode.3mf",
        size_bytes=random.randrange(10**8),
        sha256=f"{random.randrange(10**6):064x}",
        peer="192.0.2.7",
        received_at=at,
        encrypted=True,
    )
    upload = Upload(
        file=file,
        file_name=file.name,
        printer=PrinterRef(id=printer, name=printer, model="C12", mode=Mode.IMMEDIATE),
        name=name,
        annotations=Annotations(
            notes=" ".join(random.choices(words, k=random.choice((0, 0, 5, 20)))),
            tags=tuple(random.sample(TAGS, k=random.randint(0, 2))),
            project=random.choice(("", "Xmas", "School")),
        ),
    )
    filament = Filament(
        slot=1, type=random.choice(MATERIALS), color="#00AE42", used_g=1.0
    )
    plate = Plate(
        number=1,
        printable=True,
        print_time_s=random.randrange(60, 90_000),
        filament_g=round(random.uniform(1, 500), 2),
        filaments=(filament,),
    )
    facts = SlicedFile(
        title=name,
        designer=random.choice(words),
        printer_model=random.choice(MODELS),
        plates=(plate,),
    )
    return upload, facts


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
                beside=f"p95 {_p95(times) * 1000:.1f} ms, pictures {pictures_s * 1000:.1f} ms,"
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
