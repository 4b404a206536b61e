"""The queue of several Home Assistants: no job is claimed twice, and its places have no gaps whoever moves what."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
import multiprocessing
from pathlib import Path
import random
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text, update

from custom_components.bambu_virtual_printer.engine.library.index import job_rows
from custom_components.bambu_virtual_printer.engine.library.index.schema import jobs
from custom_components.bambu_virtual_printer.engine.library.index.totals import totals
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    JobStateError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    JobDispatching,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    JobPlan,
    JobState,
    Priority,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import Outcome
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
)
from custom_components.bambu_virtual_printer.engine.machines.project_file import (
    new_job_id,
)
from custom_components.bambu_virtual_printer.engine.values import (
    Mode,
    OnPrint,
    PrinterRef,
    PrintRequest,
)
from tests.support.library import archive_file, receive
from tests.support.shared import CABIN, shared_library
from tests.support.waiting import LIMIT_S

type SlicedData = Callable[..., bytes]

LET_GO = JobPlan(hold=False)
CLAIMERS = 8
JOBS = 200
MOVES = 60


@pytest.fixture
def url(postgresql: Callable[[], str], loopback: None) -> str:
    return postgresql()


async def fill(library: Library, events: Any, data: bytes, count: int) -> list[str]:
    archive = (await archive_file(library, events, data)).archive
    made = [await library.queue.add(archive.id, LET_GO) for _ in range(count)]
    return [job.id for added in made for job in added]


def in_thread(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def places(url: str) -> list[int]:
    """Return the places that are stored, in their order."""
    engine = create_engine(url)
    with engine.begin() as connection:
        found = connection.execute(
            select(jobs.c.position)
            .where(jobs.c.position.is_not(None))
            .order_by(jobs.c.position)
        )
        stored = list(found.scalars())
    engine.dispose()
    return stored


async def claim_all(url: str, folder: Path, number: int) -> list[str]:
    """Claim jobs, each for a printer of its own, until there is none left."""
    instance = Instance(id=f"instance {number}", name="", version="")
    chance = random.Random(number)
    claimed = []
    async with shared_library(url, folder / str(number), instance) as (library, _):
        while waiting := [
            job.id for job in await library.queue.queued_jobs() if job.state.is_queued
        ]:
            job_id = chance.choice(waiting[:16])
            machine_id = f"printer {number} {len(claimed)}"
            if await library.prints.claim(job_id, machine_id, new_job_id()):
                claimed.append(job_id)
    return claimed


async def test_eight_claimers_take_each_job_once_and_leave_none(
    url: str, tmp_path: Path, sliced_data: SlicedData
) -> None:
    async with shared_library(url, tmp_path / "files") as (library, events):
        ids = await fill(library, events, sliced_data(), JOBS)
        with ThreadPoolExecutor(CLAIMERS) as threads:
            loop = asyncio.get_running_loop()
            claimed = await asyncio.gather(
                *(
                    loop.run_in_executor(
                        threads, in_thread, claim_all(url, tmp_path, number)
                    )
                    for number in range(CLAIMERS)
                )
            )
        counted = Counter(job_id for one in claimed for job_id in one)
        assert counted == Counter(ids)
        prints = await library.prints.open()
        assert len(prints) == len({one.job_id for one in prints}) == JOBS
        assert {job.state for job in await library.queue.queued_jobs()} == {
            JobState.DISPATCHING
        }
    assert places(url) == []


async def test_a_printer_gets_one_job_whoever_claims_for_it(
    url: str, tmp_path: Path, sliced_data: SlicedData
) -> None:
    async with (
        shared_library(url, tmp_path / "house") as (house, events),
        shared_library(url, tmp_path / "cabin", CABIN) as (cabin, _),
    ):
        ids = await fill(house, events, sliced_data(), 20)
        claimed = await asyncio.gather(
            *(
                library.prints.claim(job_id, "garage", new_job_id())
                for library, some in ((house, ids[:10]), (cabin, ids[10:]))
                for job_id in some
            )
        )
        assert sum(one is not None for one in claimed) == 1
        assert len(await house.prints.open()) == 1


async def test_a_claim_does_not_wait_for_whoever_changes_something_else(
    url: str, tmp_path: Path, sliced_data: SlicedData
) -> None:
    async with shared_library(url, tmp_path) as (library, events):
        first, second = await fill(library, events, sliced_data(), 2)
        seen = len(events.of(JobDispatching))
        engine = create_engine(url)
        with engine.connect() as other:
            # Another instance is changing the library, which takes long.
            other.execute(text(await lock_of(library)))
            other.execute(update(jobs).where(jobs.c.id == second).values(error="x"))
            assert await library.prints.claim(first, "garage", new_job_id())
            assert len(events.of(JobDispatching)) == seen + 1
            # This one is being changed.
            assert await library.prints.claim(second, "attic", new_job_id()) is None
            shown = await library.queue.queued_jobs()
            assert [(job.id, job.position) for job in shown] == [
                (first, None),
                (second, 1),
            ]
            assert (await library.queue.next() or shown[0]).id == second
            other.rollback()
        engine.dispose()
        assert await library.prints.claim(second, "attic", new_job_id())
        assert await library.prints.claim("gone", "cellar", new_job_id()) is None
        with pytest.raises(JobStateError):
            await library.queue.cancel(first)
    assert places(url) == []


async def test_a_claim_does_not_wait_for_whoever_changes_what_was_printed_altogether(
    url: str, tmp_path: Path, sliced_data: SlicedData
) -> None:
    async with shared_library(url, tmp_path) as (library, events):
        first, second = await fill(library, events, sliced_data(), 2)
        engine = create_engine(url)
        with engine.connect() as other:
            # As where a print of another instance has just ended, and nothing of that is committed yet.
            other.execute(update(totals).values(printed=totals.c.printed + 1))
            async with asyncio.timeout(LIMIT_S):
                assert await library.prints.claim(first, "garage", new_job_id())
            other.rollback()
        engine.dispose()
        claimed = await library.prints.claim(second, "attic", new_job_id())
        assert claimed
        await library.prints.end(claimed[1], Outcome.FINISHED, occupies=False)
        assert (await library.statistics()).printed == 1


async def test_print_in_the_slicer_leaves_a_job_alone_that_is_claimed_at_that_moment(
    url: str, tmp_path: Path, sliced_data: SlicedData
) -> None:
    at_once = PrinterRef(
        id="p", name="P", model="C12", mode=Mode.QUEUE, on_print=OnPrint.START
    )
    async with shared_library(url, tmp_path) as (library, _events):
        upload = await receive(library.storage(at_once), "Cube.3mf", sliced_data())
        library.receive(upload, at_once, None)
        async with asyncio.timeout(LIMIT_S):
            while not (line := await library.queue.queued_jobs()):
                await asyncio.sleep(0.01)
        [job] = line
        request = PrintRequest(
            file="Cube.3mf",
            subtask_name="Cube",
            # Not the only one of the file, which is meant all the same.
            plate=2,
            peer="192.0.2.7",
            received_at=datetime.now(UTC),
        )
        engine = create_engine(url)
        with engine.connect() as other, engine.connect() as watching:
            # Another instance is about to commit that it has claimed it.
            other.execute(
                update(jobs)
                .where(jobs.c.id == job.id)
                .values(state=JobState.DISPATCHING.value)
            )
            asked = asyncio.create_task(library.print_requested(request, upload.id))
            async with asyncio.timeout(LIMIT_S):
                while not watching.execute(_WAITING_FOR_ROWS).scalar():
                    watching.rollback()
                    await asyncio.sleep(0.01)
            other.commit()
            async with asyncio.timeout(LIMIT_S):
                await asked
        engine.dispose()
        assert (await library.queue.job(job.id)).state is JobState.DISPATCHING


# Who waits for a row waits for the transaction that has changed it.
_WAITING_FOR_ROWS = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted"
)


async def lock_of(library: Library) -> str:
    """Return the statement that makes its transaction the only one that writes."""
    database: Any = library._context.index._database
    return f"SELECT {database.place.lock}"


async def test_what_was_claimed_beside_a_move_is_put_back_to_the_front(
    url: str, tmp_path: Path, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shared_library(url, tmp_path) as (library, events):
        first, second, third, fourth = await fill(library, events, sliced_data(), 4)
        # Nobody closes up the queue.
        monkeypatch.setattr(job_rows, "close_gaps", lambda _connection: None)
        claimed = await library.prints.claim(third, "garage", new_job_id())
        again = await library.prints.claim(second, "attic", new_job_id())
        assert claimed
        assert again
        assert places(url) == [1, 2, 3, 4]
        await library.queue.move_to_top(fourth)
        await library.queue.edit(first, priority=Priority.LOW)
        await library.prints.put_back(claimed[1], problem=None)
        await library.prints.end(again[1], Outcome.FAILED, occupies=False)
        shown = await library.queue.queued_jobs()
        assert [(job.id, job.position) for job in shown] == [
            (third, 1),
            (fourth, 2),
            (first, 3),
        ]
    assert places(url) == [1, 2, 3]


async def move_on(url: str, folder: str, number: int, ids: Sequence[str]) -> int:
    """Move, edit, hold, claim and put back jobs. Returns how much was done."""
    instance = Instance(id=f"instance {number}", name="", version="")
    chance = random.Random(number)
    done = 0
    place = Path(folder) / str(number)
    async with shared_library(url, place, instance) as (library, _):
        queue = library.queue
        for _ in range(MOVES):
            job_id, other_id = chance.sample(ids, 2)
            try:
                match chance.randrange(8):
                    case 0:
                        await queue.move_to(job_id, chance.randint(1, len(ids)))
                    case 1:
                        await queue.move_after(job_id, other_id)
                    case 2:
                        await queue.move_before(job_id, other_id)
                    case 3:
                        priority = chance.choice(list(Priority))
                        await queue.edit(job_id, priority=priority)
                    case 4:
                        await queue.cancel(job_id)
                    case 5:
                        await queue.retry(job_id)
                    case _:
                        machine_id = f"printer {number}"
                        claimed = await library.prints.claim(
                            job_id, machine_id, new_job_id()
                        )
                        if claimed and chance.random() < 0.7:
                            await library.prints.put_back(claimed[1], problem=None)
                        elif claimed:
                            await library.prints.end(
                                claimed[1], Outcome.FINISHED, occupies=False
                            )
                done += 1
            except JobStateError:
                # The other one was first.
                continue
    return done


def move_on_in_process(url: str, folder: str, number: int, ids: Sequence[str]) -> int:
    return asyncio.run(move_on(url, folder, number, ids))


async def test_places_have_no_gaps_while_two_processes_move_the_same_jobs(
    url: str, tmp_path: Path, sliced_data: SlicedData
) -> None:
    async with shared_library(url, tmp_path / "files") as (library, events):
        ids = await fill(library, events, sliced_data(), 24)
        loop = asyncio.get_running_loop()
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(2, mp_context=context) as processes:
            under_way = asyncio.gather(
                *(
                    loop.run_in_executor(
                        processes,
                        move_on_in_process,
                        url,
                        str(tmp_path),
                        number,
                        ids,
                    )
                    for number in range(2)
                )
            )
            while not under_way.done():
                # Whoever looks meanwhile sees none either.
                shown = [job.position for job in await library.queue.queued_jobs()]
                queued = [place for place in shown if place is not None]
                assert queued == list(range(1, len(queued) + 1))
                await asyncio.wait([under_way], timeout=0.05)
            assert min(await under_way) > MOVES // 3
        found = await asyncio.gather(*map(library.queue.job, ids))
        queued = sorted(job.position or 0 for job in found if job.state.is_queued)
    assert places(url) == queued == list(range(1, len(queued) + 1))
