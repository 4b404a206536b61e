"""The lists that are read after every change: what is the same is kept, and nothing that has changed is missed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, override

import pytest
from sqlalchemy import Connection, Engine, event, insert, select

from custom_components.bambu_virtual_printer.engine.library.index import job_rows
from custom_components.bambu_virtual_printer.engine.library.index.queue_reading import (
    QueueReading,
)
from custom_components.bambu_virtual_printer.engine.library.index.schema import uploads
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.pending import MAX_NEWEST
from custom_components.bambu_virtual_printer.engine.library.values.job import JobPlan
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveChanges,
    Upload,
    UploadChanges,
)
from tests.support.library import Home, archive_file, hold_file
from tests.support.prints import claim
from tests.support.shared import CABIN, shared_library

type SlicedData = Callable[..., bytes]


@contextmanager
def statements() -> Iterator[list[tuple[str, int]]]:
    """Note what is asked of all databases, and how many rows each statement changed."""
    noted: list[tuple[str, int]] = []

    def note(_: Any, cursor: Any, statement: str, *_others: Any) -> None:
        noted.append((statement, cursor.rowcount))

    event.listen(Engine, "after_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(Engine, "after_cursor_execute", note)


def of_table(noted: list[tuple[str, int]], words: str) -> list[int]:
    """Return how many rows each of these statements changed."""
    return [count for statement, count in noted if words in statement]


async def fill(library: Library, events: Any, data: bytes, count: int) -> list[str]:
    archive = (await archive_file(library, events, data)).archive
    plan = JobPlan(hold=False)
    added = [await library.queue.add(archive.id, plan) for _ in range(count)]
    return [job.id for jobs in added for job in jobs]


async def test_a_queue_in_which_nothing_changed_is_not_read_again(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        await fill(library, events, sliced_data(), 3)
        jobs = await library.queue.queued_jobs()
        with statements() as noted:
            assert await library.queue.queued_jobs() is jobs
        assert not of_table(noted, "FROM jobs")


class ReadAtOnce(QueueReading):
    """Another thread, whose queue was empty, is done in the very moment in which this one is."""

    @override
    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, {} if name == "_known" else value)


async def test_a_queue_is_as_it_was_read_whatever_another_thread_has_read(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        ids = await fill(library, events, sliced_data(), 3)
        found = await library._context.index.read(ReadAtOnce().read)
        assert [job.id for job in found] == ids


async def test_only_jobs_that_changed_are_made_anew(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        ids = await fill(library, events, sliced_data(), 6)
        before = {job.id: job for job in await library.queue.queued_jobs()}
        await library.queue.move_to(ids[1], 4)
        await library.queue.hold(ids[5])
        after = await library.queue.queued_jobs()
        assert [job.id for job in after] == [ids[i] for i in (0, 2, 3, 1, 4, 5)]
        assert [job.position for job in after] == [1, 2, 3, 4, 5, 6]
        for job in after:
            # As it is when it is read alone.
            assert job == await library.queue.job(job.id)
            assert (job is before[job.id]) is (job.id in (ids[0], ids[4]))


async def test_the_queue_is_what_a_printer_and_an_archive_make_of_it(
    home: Home, sliced_data: SlicedData
) -> None:
    """What is not in the jobs' own table counts too."""
    async with home.open() as (library, events):
        [first, second, third] = await fill(library, events, sliced_data(), 3)
        [job, *_] = await library.queue.queued_jobs()
        await library.update_archive(job.archive_id, ArchiveChanges(name="Benchy"))
        await claim(library, second)
        jobs = await library.queue.queued_jobs()
        assert [job.id for job in jobs] == [second, first, third]
        assert [job.position for job in jobs] == [None, 1, 2]
        assert {job.name for job in jobs} == {"Benchy"}
        assert jobs[0].phase is not None


async def test_what_another_instance_does_is_in_the_next_reading(
    postgresql: Callable[[], str], loopback: None, tmp_path: Path, sliced_data: Any
) -> None:
    url = postgresql()
    async with (
        shared_library(url, tmp_path / "house") as (library, events),
        shared_library(url, tmp_path / "cabin", CABIN) as (other, _),
    ):
        ids = await fill(library, events, sliced_data(), 3)
        held = (await hold_file(library, events, sliced_data(plates=2))).upload
        assert [job.id for job in await other.queue.queued_jobs()] == ids
        assert [upload.id for upload in await other.pending.newest()] == [held.id]
        await library.queue.move_to_top(ids[2])
        await library.pending.discard(held.id)
        jobs = await other.queue.queued_jobs()
        assert [job.id for job in jobs] == [ids[2], ids[0], ids[1]]
        assert await other.pending.newest() == ()


async def test_what_another_program_writes_into_a_local_index_is_seen(
    home: Home, sliced_data: SlicedData
) -> None:
    """Somebody who mends it by hand, for instance."""
    async with home.open() as (library, events):
        [job_id] = await fill(library, events, sliced_data(), 1)
        await library.queue.queued_jobs()
        async with home.open() as (other, _):
            await other.queue.hold(job_id)
        [job] = await library.queue.queued_jobs()
        assert not job.state.is_started
        assert job == await library.queue.job(job_id)


async def test_pending_uploads_are_the_pages_and_their_facts_are_read_once(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        first = (await hold_file(library, events, sliced_data())).upload
        assert await library.pending.newest() == (first,)
        second = (await hold_file(library, events, sliced_data(plates=2))).upload
        with statements() as noted:
            newest = await library.pending.newest()
        assert newest == (await library.pending.page()).uploads == (second, first)
        assert newest[1].facts is not None
        [asked] = [words for words, _ in noted if "uploads.facts" in words]
        assert "uploads.id IN" in asked
        await library.pending.edit(first.id, UploadChanges(name="Bracket"))
        renamed = await library.pending.newest()
        assert renamed == (await library.pending.page()).uploads
        assert [upload.name for upload in renamed] == [second.name, "Bracket"]
        assert await library.pending.newest() is renamed


async def test_what_the_archive_knows_of_pending_uploads_is_of_now(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        held = (await hold_file(library, events, sliced_data())).upload
        assert [upload.known for upload in await library.pending.newest()] == [None]
        archive = (await archive_file(library, events, sliced_data())).archive
        assert archive.file.sha256 == held.file.sha256
        [upload] = await library.pending.newest()
        assert upload.known is not None
        assert upload.known.original_id == archive.id


async def test_of_very_many_the_newest_are_listed(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        held = (await hold_file(library, events, sliced_data())).upload

        def copy(connection: Connection) -> None:
            row = connection.execute(select(uploads)).one()._asdict()
            copies = [row | {"id": f"7{number:025}"} for number in range(MAX_NEWEST)]
            connection.execute(insert(uploads), copies)

        await library._context.index.run(copy)
        newest: tuple[Upload, ...] = await library.pending.newest()
        assert len(newest) == MAX_NEWEST
        assert held.id not in {upload.id for upload in newest}


@pytest.mark.parametrize(
    ("from_place", "to_place", "moved"),
    [(2, 4, 2), (4, 2, 2), (1, 6, 5), (6, 1, 5), (3, 3, 0), (5, 99, 1)],
)
async def test_a_move_changes_the_places_between_and_no_others(
    home: Home,
    sliced_data: SlicedData,
    from_place: int,
    to_place: int,
    moved: int,
) -> None:
    async with home.open() as (library, events):
        ids = await fill(library, events, sliced_data(), 6)
        job_id = ids[from_place - 1]
        with statements() as noted:
            await library.queue.move_to(job_id, to_place)
        changed = of_table(noted, "UPDATE jobs")
        assert sum(changed) == (moved + 1 if moved else 0)
        ids.remove(job_id)
        ids.insert(min(to_place, 6) - 1, job_id)
        jobs = await library.queue.queued_jobs()
        assert [(job.id, job.position) for job in jobs] == [
            (job_id, place) for place, job_id in enumerate(ids, 1)
        ]
        assert await library._context.index.read(job_rows.count_unfinished) == 6
