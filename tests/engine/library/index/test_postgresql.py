"""The index in PostgreSQL: every statement is one it knows, and the whole way works where there is a server."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import create_mock_engine, event
from sqlalchemy.dialects import postgresql as dialect
from sqlalchemy.engine import Engine
from sqlalchemy.sql.ddl import DDLElement

from custom_components.bambu_virtual_printer.engine.library.index.schema import metadata
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    JobPlan,
    JobState,
    Priority,
    Target,
    TargetKind,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import Problem
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveChanges,
    ArchiveQuery,
    ArchiveSort,
    LibrarySettings,
    Maintenance,
    UploadChanges,
)
from tests.support.library import (
    IMMEDIATE,
    REVIEW,
    Home,
    archive_file,
    hold_file,
    receive,
)
from tests.support.print_requests import REQUEST
from tests.support.prints import begin

type SlicedData = Callable[..., bytes]

OTHER = replace(REVIEW, id="p5")
LATER = JobPlan(
    target=Target(kind=TargetKind.MODEL, id="C12"),
    not_before=datetime(2099, 1, 1, tzinfo=UTC),
)


async def use_everything(
    library: Library, events: Any, sliced_data: SlicedData
) -> None:
    """Go through everything the library can do."""
    card = library.storage(IMMEDIATE)
    first = (await archive_file(library, events, sliced_data(plates=2))).archive
    second = (await archive_file(library, events, sliced_data(plates=2))).archive
    held = (await hold_file(library, events, b"no ZIP")).upload
    await library.print_requested(REQUEST, first.id)
    assert (await library.archive(first.id)).request == REQUEST
    await library.print_requested(REQUEST, held.id)
    await library.update_archive(
        first.id, ArchiveChanges(notes="note", tags=["a", "B"], project="p")
    )
    query = ArchiveQuery(
        text="note cube",
        tags=["b"],
        sliced_for="Bambu Lab P1S",
        printer_id=IMMEDIATE.id,
        favourite=False,
        project="p",
        received_from=first.file.received_at,
    )
    for sort in ArchiveSort:
        assert (await library.archives(replace(query, sort=sort))).total == 1
        page = await library.archives(ArchiveQuery(sort=sort, limit=1))
        assert page.total == 2
        page = await library.archives(
            ArchiveQuery(sort=sort, limit=1, cursor=page.cursor)
        )
        assert page.total == 2
    assert [month.count for month in await library.archive_months()] == [2]
    assert (await library.statistics()).archives == 2
    assert len((await library.pending.page(printer_id="p2", limit=1)).uploads) == 1
    assert len(await card.files()) == 1
    assert await card.locate("Cube.gcode.3mf")
    assert await card.remove("Cube.gcode.3mf")
    await receive(card, "more.3mf", b"")
    await use_review_and_queue(library, events, sliced_data, first.id, second.id)
    await library.delete_archive(second.id)
    await library.delete_archive(first.id, purge=True)
    await library.forget_printer("p2")
    assert await library.issue_serial_suffix(lambda used: "123456789") == "123456789"
    statistics = await library.statistics()
    assert (statistics.archives, statistics.ever_archived, statistics.pending) == (
        0,
        1,
        1,
    )


async def use_review_and_queue(
    library: Library, events: Any, sliced_data: SlicedData, first: str, second: str
) -> None:
    """Go through the verbs of pending uploads, jobs and upkeep."""
    assert await library.tags() == {"a": 1, "B": 1}
    assert await library.rename_tag("b", "c") == 1
    assert len((await library.similar(first)).exact) == 1
    for query in (
        ArchiveQuery(filament="pla", text="cube"),
        ArchiveQuery(filament="pla", printed=False),
        ArchiveQuery(filament="pla", tags=["a", "c"]),
        ArchiveQuery(tags=["c"], sliced_for="Bambu Lab P1S"),
    ):
        assert (await library.archives(query)).total
    upload = (await hold_file(library, events, sliced_data(), printer=OTHER)).upload
    await library.pending.edit(upload.id, UploadChanges(notes="x", plan=LATER))
    [job] = (await library.pending.approve_to_queue(upload.id)).jobs
    queue = library.queue
    more = await queue.add(second, replace(LATER, priority=Priority.HIGH))
    assert [job.position for job in more] == [1, 2]
    await library.print_requested(REQUEST, second)
    await queue.move_after(more[0].id, job.id)
    await queue.move_before(more[0].id, more[1].id)
    await queue.edit(job.id, priority=Priority.LOW, due=None, target=None)
    await queue.start(job.id)
    assert await queue.next() == await queue.job(job.id)
    print_ = await begin(library, job.id)
    await library.prints.put_back(print_, problem=Problem.BUSY)
    await queue.finish(job.id, JobState.COMPLETED)
    for one in more:
        await queue.cancel(one.id)
    page = await queue.history(limit=2)
    rest = await queue.history(limit=2, cursor=page.cursor)
    assert [one.id for one in (*page.jobs, *rest.jobs)][-1] == job.id
    statistics = await library.statistics()
    assert (statistics.printed, statistics.queued) == (1, 0)
    assert (await library.archives(ArchiveQuery(printed=True))).total == 1
    library.settings = LibrarySettings(
        reserve_bytes=0,
        keep_for=timedelta(days=1),
        keep_count=9,
        keep_bytes=10**9,
        pending_expiry=timedelta(days=1),
    )
    assert await library.maintain() == Maintenance(expired=0, deleted=0)
    await library.prepare_backup()
    await library.finish_backup()
    await library.delete_archive(upload.id, purge=True)


def test_the_tables_can_be_made() -> None:
    statements: list[str] = []

    def compile_it(statement: DDLElement, *_: object, **__: object) -> None:
        statements.append(str(statement.compile(dialect=dialect.dialect())))

    engine = create_mock_engine("postgresql+psycopg://", compile_it)
    metadata.create_all(engine, checkfirst=False)  # type: ignore[arg-type]
    text = "\n".join(statements)
    assert "CREATE TABLE archives" in text
    assert "WHERE deleted_at IS NULL" in text
    assert "archives_texts" not in text
    assert "fts5" not in text


async def test_every_statement_is_one_it_knows(
    home: Home, sliced_data: SlicedData
) -> None:
    statements: list[str] = []

    def compile_it(_: object, statement: Any, *__: object) -> None:
        if hasattr(statement, "compile"):
            statements.append(str(statement.compile(dialect=dialect.dialect())))

    event.listen(Engine, "before_execute", compile_it)
    try:
        async with home.open() as (library, events):
            await use_everything(library, events, sliced_data)
    finally:
        event.remove(Engine, "before_execute", compile_it)
    assert len(set(statements)) > 40


async def test_everything_works_there(
    home: Home, sliced_data: SlicedData, postgresql: Callable[[], str]
) -> None:
    there = replace(home, database_url=postgresql())
    async with there.open() as (library, events):
        await use_everything(library, events, sliced_data)
    async with there.open() as (library, events):
        assert (await library.statistics()).ever_archived == 1
        archive = (await archive_file(library, events, sliced_data())).archive
        assert (await library.archive(archive.id)).facts.print_time_s
