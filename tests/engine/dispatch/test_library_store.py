"""The library as the store of prints: the queue as planning sees it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.jobs import AnyPrinter
from custom_components.bambu_virtual_printer.engine.dispatch.library_store import (
    LibraryStore,
)
from custom_components.bambu_virtual_printer.engine.dispatch.ports import Claim
from custom_components.bambu_virtual_printer.engine.explanations import explain
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    JobPlan,
    PrintOptions,
    Target,
    TargetKind,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Outcome,
    PrintPhase,
)
from custom_components.bambu_virtual_printer.engine.machines.filaments import (
    ChosenSpool,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageError
from tests.support.library import Home, archive_file
from tests.support.prints import claim


async def test_each_reading_has_the_jobs_in_their_order_as_they_are_now(
    home: Home, sliced_data: Callable[..., bytes]
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data(plates=4))).archive
        jobs = await library.queue.add(archive.id, JobPlan(hold=False))
        first, second, third, fourth = [job.id for job in jobs]
        store = LibraryStore(library)
        before = {job.id: job for job in await store.waiting()}
        assert list(before) == [first, second, third, fourth]
        later = datetime(2099, 1, 1, tzinfo=UTC)
        await library.queue.edit(
            third, not_before=later, target=Target(kind=TargetKind.MODEL, id="C12")
        )
        await library.queue.move_to_top(fourth)
        await library.queue.cancel(first)
        await claim(library, second)
        after = await store.waiting()
        assert [job.id for job in after] == [fourth, third]
        assert after[1].not_before == later
        assert after[1].target == AnyPrinter(model="C12")
        # Its place is no part of it.
        assert after[0] is before[fourth]
        # Read by another, they are the same.
        assert list(await LibraryStore(library).waiting()) == list(after)


async def test_what_was_printed_before_brings_its_md5(
    home: Home, sliced_data: Callable[..., bytes]
) -> None:
    md5 = "0123456789ABCDEF" * 2
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        other = (await archive_file(library, events, sliced_data(plates=2))).archive
        store = LibraryStore(library)

        async def _claim(archive_id: str) -> Claim:
            [job, *_] = await library.queue.add(archive_id, JobPlan(hold=False))
            claimed = await store.claim(job.id, "garage")
            assert claimed
            return claimed

        first = await _claim(archive.id)
        assert first.md5 == ""
        uploaded = replace(first.print, phase=PrintPhase.UPLOADED, md5=md5)
        await store.advance(first.print, uploaded)
        await store.end(uploaded, Outcome.FINISHED, occupies=False)
        again = await _claim(archive.id)
        assert again.md5 == md5
        await store.put_back(again.print, problem=None)
        assert (await _claim(other.id)).md5 == ""


@pytest.mark.parametrize("unreadable", ["prints.known_md5", "instances.printers"])
async def test_a_job_is_not_claimed_where_what_belongs_to_it_cannot_be_read(
    home: Home,
    sliced_data: Callable[..., bytes],
    monkeypatch: pytest.MonkeyPatch,
    unreadable: str,
) -> None:
    async def fail(*_args: object) -> None:
        raise StorageError(explain("disk_silent", "It does not answer."))

    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        [job, *_] = await library.queue.add(archive.id, JobPlan(hold=False))
        store = LibraryStore(library)
        part, name = unreadable.split(".")
        with monkeypatch.context() as patch:
            patch.setattr(type(getattr(library, part)), name, fail)
            with pytest.raises(StorageError):
                await store.claim(job.id, "garage")
        assert not await store.open_prints()
        assert await store.claim(job.id, "garage")


async def test_spools_that_were_chosen_instead_of_slots_reach_the_planner(
    home: Home, sliced_data: Callable[..., bytes]
) -> None:
    spool = {"type": "PLA", "preset_id": "GFL99", "color": "C12E1FFF"}
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        options = PrintOptions(spools=(spool, {}))
        await library.queue.add(archive.id, JobPlan(hold=False, options=options))
        [job] = await LibraryStore(library).waiting()
        chosen = ChosenSpool(type="PLA", preset_id="GFL99", color="C12E1FFF")
        assert [filament.chosen for filament in job.needs.filaments][0] == chosen
        assert job.needs.project_filaments >= 2
