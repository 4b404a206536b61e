"""A library that version 0.1 of 22 November 2026 wrote: its index and its sidecars are in `data/released_0_1`."""

from collections.abc import Callable
from datetime import UTC, datetime
import json
from pathlib import Path
import shutil
import sqlite3

import pytest

from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchivesRestored,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    JobState,
    PrintOptions,
    Priority,
    Target,
    TargetKind,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
    UploadState,
)
from tests.support.library import Home

DATA = Path(__file__).with_name("data") / "released_0_1"
IDS = json.loads((DATA / "expected.json").read_text())
DUE = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)


@pytest.fixture
def old_home(home: Home, sliced_data: Callable[..., bytes]) -> Home:
    """Return that library, with sliced files where it had some."""
    shutil.copytree(DATA / "library", home.folder)
    for sidecar in home.folder.rglob("upload.json"):
        file = sidecar.with_name(json.loads(sidecar.read_text())["file_name"])
        is_broken = file.name == "Broken.3mf"
        file.write_bytes(b"no 3mf" if is_broken else sliced_data())
    index = Path(home.database_url.removeprefix("sqlite:///"))
    index.parent.mkdir(parents=True)
    connection = sqlite3.connect(index)
    connection.executescript((DATA / "index.sql").read_text())
    connection.close()
    return home


async def check_archives(home: Home) -> None:
    async with home.open() as (library, _):
        again, gift = (await library.archives(ArchiveQuery())).archives
        assert (gift.id, again.id) == (IDS["gift"], IDS["again"])
        written = gift.annotations
        assert (gift.name, written.notes, written.tags) == (
            "A gift",
            "prints well",
            ("Gift", "PETG"),
        )
        assert (written.favourite, written.project) == (True, "Presents")
        assert written.link == "https://example.com/gift"
        assert await library.file_path(gift.id)
        assert await library.thumbnail_path(gift.id)


async def test_archives_of_an_older_version_are_all_there(old_home: Home) -> None:
    await check_archives(old_home)
    async with old_home.open() as (library, _):
        found = await library.archives(ArchiveQuery(text="prints"))
        assert [archive.id for archive in found.archives] == [IDS["gift"]]
        gift = await library.archive(IDS["gift"])
        assert (gift.archive.print_count, gift.archive.open_jobs) == (1, 2)


async def test_uploads_of_an_older_version_are_as_they_were(old_home: Home) -> None:
    async with old_home.open() as (library, _):
        broken, held = (await library.pending.page()).uploads
        assert (held.id, broken.id) == (IDS["held"], IDS["broken"])
        # As it was stored, in English.
        assert broken.reason == as_it_stands(IDS["broken_reason"])
        assert held.annotations.notes == "for later"
        assert held.request is not None
        assert (held.plan.copies, held.plan.hold, held.plan.due) == (2, False, DUE)
        gone = await library.upload(IDS["gone"])
        assert (gone.state, str(gone.reason)) == (
            UploadState.SENT_BACK,
            "wrong filament",
        )
        approval = await library.pending.approve_to_queue(held.id)
        assert approval.jobs[0].due == DUE
        assert approval.jobs[0].state is JobState.PENDING


async def test_jobs_of_an_older_version_are_in_their_states(old_home: Home) -> None:
    async with old_home.open() as (library, _):
        jobs = {
            name: await library.queue.job(job_id)
            for name, job_id in IDS["jobs"].items()
        }
        assert {name: job.state.value for name, job in jobs.items()} == {
            name: name for name in jobs
        }
        assert jobs["failed"].error == "Nozzle clogged"
        assert jobs["staged"].copies == 3
        pending = jobs["pending"]
        assert pending.priority is Priority.HIGH
        assert pending.not_before == datetime(2031, 1, 2, 3, 4, tzinfo=UTC)
        assert pending.due == datetime(2031, 2, 3, 4, 5, tzinfo=UTC)
        assert pending.target == Target(kind=TargetKind.MODEL, id="C12")
        assert pending.options == PrintOptions(timelapse=True)
        assert [job.id for job in await library.queue.queued_jobs()] == [
            IDS["jobs"][name] for name in ("printing", "pending", "staged", "waiting")
        ]
        await library.queue.finish(jobs["printing"].id, JobState.COMPLETED)
        assert (await library.archive(IDS["gift"])).archive.print_count == 2


async def test_an_index_that_is_lost_is_rebuilt_from_the_sidecars_of_an_older_version(
    old_home: Home,
) -> None:
    Path(old_home.database_url.removeprefix("sqlite:///")).unlink()
    async with old_home.open() as (library, events):
        assert (await library.upload(IDS["held"])).plan.due == DUE
        await events.next(ArchivesRestored)
    await check_archives(old_home)
