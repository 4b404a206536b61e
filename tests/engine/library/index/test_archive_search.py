"""Listing, searching and paging through a thousand archives, in either database."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, create_engine
from ulid_transform import ulid_at_time

from custom_components.bambu_virtual_printer.engine.library.index import (
    archive_rows,
    archive_search,
    counts,
    rows,
    upload_rows,
)
from custom_components.bambu_virtual_printer.engine.library.index.archive_search import (
    page,
)
from custom_components.bambu_virtual_printer.engine.library.index.database import Index
from custom_components.bambu_virtual_printer.engine.library.index.migrations import (
    migrate,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    LibraryError,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Annotations,
    Archive,
    ArchiveQuery,
    ArchiveSort,
    Statistics,
    Upload,
)
from custom_components.bambu_virtual_printer.engine.library.values.sanitize import (
    fold_case,
)
from custom_components.bambu_virtual_printer.engine.library.values.sliced_file import (
    Filament,
    Plate,
    SlicedFile,
)
from custom_components.bambu_virtual_printer.engine.library.values.space import Space
from custom_components.bambu_virtual_printer.engine.values import (
    Mode,
    PrinterRef,
    ReceivedFile,
)

COUNT = 1000
SPACE = Space(free_bytes=3, disk_bytes=7)
DELETED = 50
START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = ("Benchy", "Ünïcode", "gift", "BOX", "lid", "100%", "a_b", "3D", "élan", "Zoo")
MODELS = ("Bambu Lab P1S", "Bambu Lab A1", "")
TAGS = ("kids", "Work", "PETG", "été")


@dataclass(frozen=True, kw_only=True)
class Item:
    upload: Upload
    facts: SlicedFile
    annotations: Annotations


def items() -> list[Item]:
    """Make archives, many of them alike in what they are sorted by."""
    random = Random(7)
    made = []
    for number in range(COUNT):
        at = START + timedelta(hours=8 * number)
        title = " ".join(random.sample(WORDS, k=random.randint(1, 3)))
        printer = random.choice(("p1", "p2", "p3"))
        made.append(
            Item(
                upload=Upload(
                    file=ReceivedFile(
                        id=ulid_at_time(at.timestamp()),
                        name=f"file {number}.gcode.3mf",
                        size_bytes=random.randrange(40),
                        sha256=f"{random.randrange(700):064}",
                        peer="192.0.2.7",
                        received_at=at,
                        encrypted=True,
                    ),
                    file_name=f"file {number}.gcode.3mf",
                    printer=PrinterRef(
                        id=printer, name=printer, model="C12", mode=Mode.IMMEDIATE
                    ),
                    name=title,
                ),
                facts=SlicedFile(
                    title=title,
                    printer_model=random.choice(MODELS),
                    plates=(
                        Plate(
                            number=1,
                            printable=True,
                            print_time_s=random.choice((None, 60, 120, 180)),
                            filament_g=random.choice((None, 0.1, 2.25, 2.3)),
                            filaments=(
                                Filament(
                                    slot=1,
                                    type=random.choice(("PLA", "PA-CF")),
                                    used_g=1,
                                ),
                            ),
                        ),
                    ),
                ),
                annotations=Annotations(
                    notes=random.choice(("", "prints well", "needs glue")),
                    tags=tuple(random.sample(TAGS, k=random.randint(0, 2))),
                    favourite=random.random() < 0.1,
                    project=random.choice(("", "Xmas", "Xmas 2")),
                ),
            )
        )
    return made


ITEMS = items()


def fill(connection: Connection, some: Sequence[Item]) -> None:
    for item in some:
        upload_rows.add(connection, item.upload)
        archive_rows.add(
            connection,
            item.upload,
            name=item.upload.name,
            facts=item.facts,
            annotations=item.annotations,
            archived_at=item.upload.file.received_at + timedelta(seconds=1),
            filament_price=20.0,
        )


@pytest.fixture(scope="module")
def filled_url(new_database: Callable[[], str]) -> str:
    """Return a database with all archives, some of them deleted. It is for looking only."""
    url = new_database()
    engine = create_engine(url)
    migrate(engine)
    with engine.begin() as connection:
        fill(connection, Random(3).sample(ITEMS, k=COUNT))
        for item in ITEMS[::20]:
            archive_rows.mark_deleted(
                connection, item.upload.id, at=START, purging=False
            )
    engine.dispose()
    return url


@pytest.fixture
async def index(filled_url: str) -> AsyncIterator[Index]:
    """Return an index with all archives, some of them deleted. It is for looking only."""
    database = Index(filled_url)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def small_index(new_database: Callable[[], str]) -> AsyncIterator[Index]:
    """Return an index with three archives."""
    database = Index(new_database())
    await database.open()
    await database.run(fill, LIVE[:3])
    yield database
    await database.close()


LIVE = [item for number, item in enumerate(ITEMS) if number % 20]


def text_of(item: Item) -> str:
    filament = item.facts.plates[0].filaments[0]
    return fold_case(
        "\n".join(
            (
                item.upload.name,
                item.upload.file.name.removesuffix(".gcode.3mf"),
                item.facts.printer_model,
                filament.type,
                item.annotations.project,
                item.annotations.notes,
                *item.annotations.tags,
            )
        )
    )


type Matches = Callable[[Item], bool]

FILTERS: dict[str, tuple[ArchiveQuery, Matches]] = {
    "everything": (ArchiveQuery(), lambda item: True),
    "a word": (ArchiveQuery(text="bench"), lambda item: "bench" in text_of(item)),
    "accents": (ArchiveQuery(text="UNICODE"), lambda item: "unicode" in text_of(item)),
    "two words": (
        ArchiveQuery(text=" gift  box "),
        lambda item: "gift" in text_of(item) and "box" in text_of(item),
    ),
    "a percent sign": (ArchiveQuery(text="0%"), lambda item: "0%" in text_of(item)),
    "an underscore": (
        ArchiveQuery(text="gift_lid"),
        lambda item: "gift" in text_of(item) and "lid" in text_of(item),
    ),
    "a quote": (ArchiveQuery(text="' OR 1=1"), lambda item: False),
    "notes": (ArchiveQuery(text="glue"), lambda item: "glue" in text_of(item)),
    "a material": (ArchiveQuery(text="pa-cf"), lambda item: "pa-cf" in text_of(item)),
    "a printer": (
        ArchiveQuery(printer_id="p2"),
        lambda item: item.upload.printer.id == "p2",
    ),
    "a model": (
        ArchiveQuery(sliced_for="Bambu Lab A1"),
        lambda item: item.facts.printer_model == "Bambu Lab A1",
    ),
    "favourites": (
        ArchiveQuery(favourite=True),
        lambda item: item.annotations.favourite,
    ),
    "no favourites": (
        ArchiveQuery(favourite=False),
        lambda item: not item.annotations.favourite,
    ),
    "a project": (
        ArchiveQuery(project="Xmas"),
        lambda item: item.annotations.project == "Xmas",
    ),
    "no project": (
        ArchiveQuery(project=""),
        lambda item: item.annotations.project == "",
    ),
    "a tag": (
        ArchiveQuery(tags=["WORK"]),
        lambda item: "Work" in item.annotations.tags,
    ),
    "two tags": (
        ArchiveQuery(tags=["kids", "ETE"]),
        lambda item: {"kids", "été"} <= {*item.annotations.tags},
    ),
    "a month": (
        ArchiveQuery(
            received_from=datetime(2026, 3, 1, tzinfo=UTC),
            received_before=datetime(2026, 4, 1, tzinfo=UTC),
        ),
        lambda item: item.upload.file.received_at.month == 3,
    ),
    "all at once": (
        ArchiveQuery(
            text="b",
            tags=["petg"],
            sliced_for="Bambu Lab P1S",
            printer_id="p1",
            favourite=False,
            project="Xmas",
            received_from=START,
        ),
        lambda item: (
            "b" in text_of(item)
            and "PETG" in item.annotations.tags
            and item.facts.printer_model == "Bambu Lab P1S"
            and item.upload.printer.id == "p1"
            and not item.annotations.favourite
            and item.annotations.project == "Xmas"
        ),
    ),
}


async def walk(index: Index, query: ArchiveQuery) -> tuple[list[Archive], set[int]]:
    """Go through all pages. Returns the archives and the totals that were told."""
    archives: list[Archive] = []
    totals = set()
    while True:
        found = await index.run(page, query)
        assert len(found.archives) <= query.limit
        assert found.archives or not archives
        archives += found.archives
        totals.add(found.total)
        if found.cursor is None:
            return archives, totals
        query = replace(query, cursor=found.cursor)


SORT_KEYS: dict[ArchiveSort, Callable[[Archive], object]] = {
    ArchiveSort.NAME: lambda archive: fold_case(archive.name),
    ArchiveSort.PRINT_TIME: lambda archive: -(archive.print_time_s or 0),
    ArchiveSort.FILAMENT: lambda archive: -(archive.filament_g or 0),
    ArchiveSort.SIZE: lambda archive: -archive.file.size_bytes,
    ArchiveSort.OLDEST: lambda archive: archive.id,
}


@pytest.mark.parametrize("most", [archive_search.MAX_COUNTED, 60, 5, 1])
async def test_all_pages_together_hold_every_match_once_and_in_order(
    index: Index, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How much is counted decides how archives are found, not which, and not in which order."""
    monkeypatch.setattr(archive_search, "MAX_COUNTED", most)
    for name, (filters, matches) in FILTERS.items():
        expected = {item.upload.id for item in LIVE if matches(item)}
        for sort in ArchiveSort:
            limit = 7 if len(expected) < 100 else 83
            query = replace(filters, sort=sort, limit=limit)
            archives, totals = await walk(index, query)
            ids = [archive.id for archive in archives]
            assert len(ids) == len(expected), (name, sort)
            assert set(ids) == expected, (name, sort)
            counted = len(LIVE) if name == "everything" else most
            assert totals == {min(len(expected), counted)}, (name, sort)
            if sort is ArchiveSort.NEWEST:
                assert ids == sorted(ids, reverse=True)
            else:
                keys = [SORT_KEYS[sort](archive) for archive in archives]
                assert keys == sorted(keys), (name, sort)  # type: ignore[type-var]


async def test_a_total_says_whether_it_is_exact(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next page says the same as the first."""
    monkeypatch.setattr(archive_search, "MAX_COUNTED", 5)
    for query, is_exact in (
        (ArchiveQuery(limit=3), True),
        (ArchiveQuery(limit=3, text="benchy"), False),
        (ArchiveQuery(limit=3, text="nobody"), True),
    ):
        found = await index.run(page, query)
        assert found.is_total_exact is is_exact
        if found.cursor is not None:
            found = await index.run(page, replace(query, cursor=found.cursor))
            assert found.is_total_exact is is_exact


async def test_the_next_page_counts_nothing_once_more(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is found in the way of the first, in whatever order."""
    monkeypatch.setattr(archive_search, "MAX_COUNTED", 60)
    firsts = [
        (query, await index.run(page, query))
        for filters, _ in FILTERS.values()
        for sort in ArchiveSort
        for query in (replace(filters, sort=sort, limit=2),)
    ]

    def count(*_: object) -> None:
        pytest.fail("counted again")

    monkeypatch.setattr(archive_search, "_up_to", count)
    cursors = [(query, first.cursor) for query, first in firsts if first.cursor]
    assert len(cursors) > len(FILTERS)
    for query, cursor in cursors:
        assert (await index.run(page, replace(query, cursor=cursor))).archives


async def test_a_cursor_for_a_way_that_is_none_leads_on_all_the_same(
    index: Index,
) -> None:
    query = ArchiveQuery(text="benchy", limit=2)
    first = await index.run(page, query)
    assert first.cursor is not None
    second = await index.run(page, replace(query, cursor=first.cursor))
    sort, number, is_exact, _way, *values = rows.decode_cursor(first.cursor)
    for way in (-3, 99, -1, -2):
        cursor = rows.encode_cursor(sort, number, is_exact, way, *values)
        found = await index.run(page, replace(query, cursor=cursor))
        assert found.archives == second.archives


async def test_a_total_of_many_archives_is_true(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is frequent among the newest is not counted to the end, and is at least so much; what is rare is counted."""
    monkeypatch.setattr(archive_search, "MANY", 0)
    monkeypatch.setattr(archive_search, "MAX_COUNTED_OF_MANY", 300)
    monkeypatch.setattr(archive_search, "COUNTED_AMONG", 100)
    inexact = 0
    for name, (filters, matches) in FILTERS.items():
        count = sum(map(matches, LIVE))
        found = await index.run(page, filters)
        if found.is_total_exact:
            assert found.total == count, name
        else:
            inexact += 1
            assert archive_search.MUCH_AMONG_NEWEST <= found.total <= count, name
        if count < archive_search.MUCH_AMONG_NEWEST:
            assert found.is_total_exact, name
    assert inexact


async def test_an_archive_says_what_was_put_in(index: Index) -> None:
    item = LIVE[77]
    archive = await index.run(archive_rows.get, item.upload.id)
    assert archive is not None
    assert archive.file == item.upload.file
    assert archive.printer == item.upload.printer
    assert archive.annotations == item.annotations
    assert archive.archived_at == item.upload.file.received_at + timedelta(seconds=1)
    assert archive.print_time_s == item.facts.print_time_s
    assert archive.filament_g == item.facts.filament_g
    details = await index.run(archive_rows.details, item.upload.id)
    assert details is not None
    assert details.facts == item.facts
    assert details.request is None


async def test_duplicates_are_counted_among_those_that_are_left(index: Index) -> None:
    by_hash: dict[str, list[str]] = {}
    for item in LIVE:
        by_hash.setdefault(item.upload.file.sha256, []).append(item.upload.id)
    archives, _ = await walk(index, ArchiveQuery(limit=100))
    assert max(archive.duplicates.count for archive in archives) > 2
    for archive in archives:
        same = sorted(by_hash[archive.file.sha256])
        assert archive.duplicates.original_id == same[0]
        assert archive.duplicates.sequence == same.index(archive.id)
        assert archive.duplicates.count == len(same)


@pytest.mark.parametrize(
    "zone",
    [
        UTC,
        ZoneInfo("Europe/Berlin"),
        ZoneInfo("America/Los_Angeles"),
        ZoneInfo("Pacific/Kiritimati"),
    ],
    ids=str,
)
async def test_months_of_any_time_zone_count_what_is_left(
    index: Index, zone: tzinfo
) -> None:
    months = await index.run(counts.months, zone)
    assert sum(month.count for month in months) == len(LIVE)
    keys = [(-month.year, -month.month, month.printer_id) for month in months]
    assert keys == sorted(keys)
    for month in months:
        assert month.printer_name == month.printer_id
        assert month.count == sum(
            item.upload.printer.id == month.printer_id
            and (received.year, received.month) == (month.year, month.month)
            for item in LIVE
            for received in [item.upload.file.received_at.astimezone(zone)]
        )


async def test_totals_remember_what_was_deleted(index: Index) -> None:
    found = await index.run(counts.statistics, SPACE, storage_low=False)
    assert found == Statistics(
        archives=COUNT - DELETED,
        archive_bytes=sum(item.upload.file.size_bytes for item in LIVE),
        pending=0,
        pending_bytes=0,
        discarded_bytes=0,
        queued=0,
        active=0,
        next_job=None,
        ever_archived=COUNT,
        ever_filament_g=found.ever_filament_g,
        ever_print_time_s=sum(item.facts.print_time_s or 0 for item in ITEMS),
        ever_cost=found.ever_cost,
        printed=0,
        printed_filament_g=0.0,
        printed_print_time_s=0,
        printed_cost=0.0,
        failed=0,
        judged_good=0,
        judged_failed=0,
        energy_kwh=0.0,
        energy_cost=0.0,
        free_bytes=3,
        disk_bytes=7,
        storage_low=False,
    )
    assert found.used_bytes == found.archive_bytes
    assert found.ever_cost == pytest.approx(found.ever_filament_g / 50, abs=0.5)
    assert found.ever_filament_g == pytest.approx(
        sum(item.facts.filament_g or 0 for item in ITEMS)
    )


@pytest.mark.parametrize(
    "cursor", ["", "x", "bm8=", "W10=", "WyJuZXdlc3QiLCAxMCwgW11d", "bnVsbA==", "é"]
)
async def test_a_cursor_of_something_else_is_refused(index: Index, cursor: str) -> None:
    with pytest.raises(LibraryError, match="cursor"):
        await index.run(page, ArchiveQuery(cursor=cursor))


async def test_a_cursor_of_another_order_is_refused(index: Index) -> None:
    found = await index.run(page, ArchiveQuery(limit=5))
    query = ArchiveQuery(sort=ArchiveSort.NAME, cursor=found.cursor)
    with pytest.raises(LibraryError, match="cursor"):
        await index.run(page, query)


@pytest.mark.parametrize(("limit", "expected"), [(-5, 1), (0, 1), (10_000, 500)])
async def test_pages_have_a_sensible_size(
    index: Index, limit: int, expected: int
) -> None:
    assert len((await index.run(page, ArchiveQuery(limit=limit))).archives) == expected


async def test_purging_leaves_no_trace(small_index: Index) -> None:
    gone, left = LIVE[0].upload.id, LIVE[1].upload.id
    await small_index.run(archive_rows.mark_deleted, gone, at=START, purging=True)
    assert await small_index.run(archive_rows.purging_ids) == [gone]
    await small_index.run(archive_rows.purge, gone)
    assert await small_index.run(archive_rows.purging_ids) == []
    assert (
        await small_index.run(counts.statistics, SPACE, storage_low=False)
    ).ever_archived == 2
    assert await small_index.run(upload_rows.get, gone) is None
    assert await small_index.run(archive_rows.known, [gone, left]) == {left: True}


async def test_archives_whose_ids_begin_alike_are_both_found(
    small_index: Index,
) -> None:
    item = LIVE[0]
    twin_id = item.upload.id[:-5] + "00000"
    twin = replace(item.upload, file=replace(item.upload.file, id=twin_id))
    await small_index.run(fill, [replace(item, upload=twin)])
    word = item.upload.name.split()[0]
    found = await small_index.run(page, ArchiveQuery(text=word, limit=500))
    assert {item.upload.id, twin_id} <= {archive.id for archive in found.archives}
