"""Several Home Assistants with one library: where things came in, and whose real printers are whose."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import io
from pathlib import Path

import pytest
from sqlalchemy import create_engine, update

from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    AnyPrinter,
    OnePrinter,
)
from custom_components.bambu_virtual_printer.engine.dispatch.library_store import (
    LibraryStore,
)
from custom_components.bambu_virtual_printer.engine.library.index import stored_rows
from custom_components.bambu_virtual_printer.engine.library.index.driver_locks import (
    note_seen,
)
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    instances,
)
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.storing import Storing
from custom_components.bambu_virtual_printer.engine.library.values.driving import (
    NO_PRINTERS,
    OtherPrinter,
    Printers,
    RealPrinter,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchivesRestored,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    JobPlan,
    JobState,
    Target,
    TargetKind,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Outcome,
    Plate,
    PrintPhase,
    StalePrintError,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
    UploadChanges,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
)
from tests.engine.library.sharing import until
from tests.support.library import Home, archive_file, hold_file
from tests.support.prints import begin, claim
from tests.support.shared import CABIN, HOUSE, shared_library

type SlicedData = Callable[..., bytes]

# One printer, as both have set it up.
GARAGE = RealPrinter(id="garage", serial="01P00A1", name="P1S", model="C12")
SHED = replace(GARAGE, id="shed", name="Black P1S")
LET_GO = JobPlan(hold=False)
MINI = RealPrinter(id="mini", serial="03000A2", name="Mini", model="N1")


@pytest.fixture
def url(postgresql: Callable[[], str], loopback: None) -> str:
    return postgresql()


def see(url: str, *seen: Instance) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for one in seen:
            note_seen(connection, one)
    engine.dispose()


@asynccontextmanager
async def both(url: str, folder: Path) -> AsyncIterator[tuple[Library, Library]]:
    """The house and the cabin, of which both are known."""
    async with (
        shared_library(url, folder / "house") as (house, _),
        shared_library(url, folder / "cabin", CABIN) as (cabin, _),
    ):
        see(url, HOUSE, CABIN)
        yield house, cabin


async def test_what_comes_in_says_where_and_an_index_that_was_lost_still_knows(
    postgresql: Callable[[], str],
    url: str,
    tmp_path: Path,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What is not in the store yet.
    monkeypatch.setattr(Storing, "start", lambda _: None)
    async with shared_library(url, tmp_path) as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        assert archive.file.instance == HOUSE.id
        held = (await hold_file(library, events, b"no ZIP")).upload
        assert held.file.instance == HOUSE.id
        [job] = await library.queue.add(archive.id)
        assert job.instance == HOUSE.id
        found = await library.archives(ArchiveQuery(instance=HOUSE.id))
        assert [one.id for one in found.archives] == [archive.id]
        assert not (await library.archives(ArchiveQuery(instance=CABIN.id))).total
    # Whoever finds the files.
    async with shared_library(postgresql(), tmp_path, CABIN) as (library, events):
        await events.next(ArchivesRestored)
        assert (await library.upload(held.id)).file.instance == HOUSE.id
        found = await library.archives(ArchiveQuery(instance=HOUSE.id))
        assert [one.id for one in found.archives] == [archive.id]


async def test_a_library_that_is_not_shared_knows_no_instances(
    home: Home, sliced_data: SlicedData
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        assert archive.file.instance == ""
        await library.instances.register([GARAGE])
        assert await library.instances.names() == {}
        assert await library.instances.printers() == NO_PRINTERS
        assert await library.instances.take_over("garage", GARAGE.serial) is None
        assert await library.instances.away() == ()
        assert library.drivers is None


async def test_instances_are_told_apart_as_soon_as_there_are_several(
    url: str, tmp_path: Path
) -> None:
    async with shared_library(url, tmp_path) as (library, _):
        see(url, HOUSE)
        assert await library.instances.names() == {}
        see(url, CABIN)
        assert await library.instances.names() == {
            HOUSE.id: "House",
            CABIN.id: "Cabin",
        }
        # It may have moved.
        see(url, replace(CABIN, name="Hut"))
        assert (await library.instances.names())[CABIN.id] == "Hut"


async def test_a_table_of_archives_names_where_they_came_in(
    url: str, tmp_path: Path, sliced_data: SlicedData
) -> None:
    async with shared_library(url, tmp_path / "house") as (house, events):
        see(url, HOUSE, CABIN)
        await archive_file(house, events, sliced_data())
        path = tmp_path / "archives.csv"
        await house.export(path)
        pieces = [piece async for piece in house.csv_pieces(ArchiveQuery())]
        for text in (path.read_bytes(), b"".join(pieces)):
            [row] = csv.DictReader(io.StringIO(text.decode("utf-8-sig")))
            assert row["came_in_at"] == "House"


async def test_each_knows_the_printers_of_the_other(url: str, tmp_path: Path) -> None:
    async with both(url, tmp_path) as (house, cabin):
        await house.instances.register([GARAGE])
        await cabin.instances.register([SHED, MINI])
        assert await house.instances.printers() == Printers(
            others={
                "shed": OtherPrinter(name="Black P1S", model="C12", instance="Cabin"),
                "mini": OtherPrinter(name="Mini", model="N1", instance="Cabin"),
            },
            own=frozenset({"garage"}),
            same={"shed": "garage"},
        )
        # It has got another name.
        await cabin.instances.register([replace(SHED, name="White P1S")])
        assert (await house.instances.printers()).others == {
            "shed": OtherPrinter(name="White P1S", model="C12", instance="Cabin")
        }
        last_seen(url, CABIN, timedelta(hours=1))
        assert (await house.instances.printers()).others["shed"].is_away


async def test_a_printer_that_one_removes_and_the_other_has_keeps_its_prints_for_that_one(
    url: str, tmp_path: Path, sliced_data: SlicedData
) -> None:
    async with (
        shared_library(url, tmp_path / "house") as (house, events),
        shared_library(url, tmp_path / "cabin", CABIN) as (cabin, _),
    ):
        archive = (await archive_file(house, events, sliced_data())).archive
        [job] = await house.queue.add(archive.id, LET_GO)
        await house.instances.register([GARAGE, MINI])
        await cabin.instances.register([SHED])
        before = (await archive_file(house, events, sliced_data(plates=2))).archive
        [done, *_] = await house.queue.add(before.id, LET_GO)
        print_ = await begin(house, done.id, "garage")
        left = replace(print_, file="x.3mf", on_card=True)
        await house.prints.advance(print_, left)
        await house.prints.end(left, Outcome.FINISHED, occupies=False)
        await house.delete_archive(before.id, purge=True)
        print_ = await begin(house, job.id, "garage")
        await house.prints.set_plate("garage", Plate(running="x\ny"))
        await house.instances.register([])
        printers = await cabin.instances.printers()
        assert printers.others == {}
        assert printers.orphans == {"garage"}
        assert printers.ids == {"garage"}
        assert printers.same == {"garage": "shed"}
        # The other one drives it.
        plate = await cabin.instances.take_over("shed", SHED.serial)
        assert plate == Plate(running="x\ny")
        assert await cabin.prints.open() == (replace(print_, machine_id="shed"),)
        assert (await cabin.queue.job(job.id)).machine_id == "shed"
        assert list(await cabin.prints.plates()) == ["shed"]
        assert [one.file for one in await cabin.prints.left_on_card("shed")] == [
            "x.3mf"
        ]
        assert await cabin.instances.printers() == Printers(own=frozenset({"shed"}))
        assert await cabin.instances.take_over("shed", SHED.serial) is None


async def test_what_was_meant_for_a_printer_that_one_removes_is_printed_by_the_other(
    url: str, tmp_path: Path, sliced_data: SlicedData
) -> None:
    async with (
        shared_library(url, tmp_path / "house") as (house, events),
        shared_library(url, tmp_path / "cabin", CABIN) as (cabin, _),
    ):
        house.settings = replace(house.settings, undo_for=timedelta(hours=1))
        await house.instances.register([GARAGE, MINI])
        await cabin.instances.register([SHED])
        there = Target(kind=TargetKind.PRINTER, id=GARAGE.id)
        garage = JobPlan(target=there, hold=False, copies=2)
        mini = replace(garage, target=replace(there, id=MINI.id))
        archive = (await archive_file(house, events, sliced_data())).archive
        plans = [garage, garage, garage, mini, LET_GO, garage]
        made = [(await house.queue.add(archive.id, plan))[0] for plan in plans]
        printing, failed, cancelled = made[1], made[2], made[5]
        open_print = await begin(house, printing.id, GARAGE.id)
        await house.queue.finish(failed.id, JobState.FAILED)
        await house.queue.cancel(cancelled.id)
        held = [
            (await hold_file(house, events, sliced_data(title=f"Held {number}"))).upload
            for number in range(3)
        ]
        for upload, plan in zip(held, (garage, mini, garage), strict=True):
            await house.pending.edit(upload.id, UploadChanges(plan=plan))
        await house.pending.discard(held[2].id)
        await house.instances.register([MINI])
        await cabin.instances.take_over(SHED.id, SHED.serial)
        shed = replace(there, id=SHED.id)
        targets = [(await cabin.queue.job(job.id)).target for job in made]
        assert targets == [shed, shed, shed, mini.target, None, shed]
        plans_now = [(await cabin.upload(upload.id)).plan for upload in held]
        assert plans_now == [
            replace(garage, target=shed),
            mini,
            replace(garage, target=shed),
        ]
        # The other copy follows it there.
        its = replace(open_print, machine_id=SHED.id)
        await cabin.prints.end(its, Outcome.FINISHED, occupies=True)
        waiting = await LibraryStore(cabin).waiting()
        assert waiting[0].id == printing.id
        assert waiting[0].target == OnePrinter(machine_id=SHED.id)


async def test_a_printer_takes_over_one_print_at_a_time(
    url: str, tmp_path: Path, sliced_data: SlicedData
) -> None:
    async with (
        shared_library(url, tmp_path / "house") as (house, events),
        shared_library(url, tmp_path / "cabin", CABIN) as (cabin, _),
    ):
        archive = (await archive_file(house, events, sliced_data())).archive
        target = Target(kind=TargetKind.PRINTER, id=GARAGE.id)
        plan = JobPlan(hold=False, target=target)
        [first], [second] = [await house.queue.add(archive.id, plan) for _ in range(2)]
        await house.instances.register([GARAGE])
        await cabin.instances.register([SHED])
        # As where a library is moved into one that is shared, while both print.
        theirs = await begin(house, first.id, GARAGE.id)
        its = await begin(cabin, second.id, SHED.id)
        await house.instances.register([])
        assert await cabin.instances.take_over(SHED.id, SHED.serial)
        assert await cabin.prints.open() == (theirs, its)
        assert (await cabin.instances.printers()).same == {GARAGE.id: SHED.id}
        await cabin.prints.end(its, Outcome.FINISHED, occupies=True)
        await cabin.instances.take_over(SHED.id, SHED.serial)
        assert await cabin.prints.open() == (replace(theirs, machine_id=SHED.id),)
        assert (await cabin.queue.job(first.id)).machine_id == SHED.id
        assert (await cabin.instances.printers()).same == {}


async def test_what_was_removed_is_remembered_as_long_as_anybody_may_have_it(
    url: str, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    async with shared_library(url, tmp_path) as (library, _):
        index = library._context.index
        for item_id in ("left", "gone"):
            await index.run(stored_rows.doom, item_id)
        await index.run(stored_rows.set_removed, "gone")
        for later, is_known in ((timedelta(days=700), True), (timedelta(800), False)):
            await library.maintain(now + later)
            assert await index.read(stored_rows.is_doomed, "gone") is is_known
            # The store may still have it.
            assert await index.read(stored_rows.is_doomed, "left")


async def test_prints_go_to_and_fro_with_the_printer(
    url: str, tmp_path: Path, sliced_data: SlicedData
) -> None:
    async with (
        shared_library(url, tmp_path / "house") as (house, events),
        shared_library(url, tmp_path / "cabin", CABIN) as (cabin, _),
    ):
        archive = (await archive_file(house, events, sliced_data())).archive
        [job] = await house.queue.add(archive.id, LET_GO)
        await house.instances.register([GARAGE])
        await cabin.instances.register([SHED])
        assert await house.instances.take_over("garage", GARAGE.serial) == Plate()
        print_ = await claim(house, job.id, "garage")
        uploaded = replace(print_, phase=PrintPhase.UPLOADED, on_card=True)
        await house.prints.advance(print_, uploaded)
        await cabin.instances.take_over("shed", SHED.serial)
        there = replace(uploaded, machine_id="shed")
        await cabin.prints.end(there, Outcome.FAILED, occupies=True)
        assert await cabin.prints.left_on_card("shed")
        assert (await cabin.queue.job(job.id)).machine_id == "shed"
        plate = await house.instances.take_over("garage", GARAGE.serial)
        assert plate
        assert plate.is_occupied
        [left] = await house.prints.left_on_card("garage")
        assert left.id == print_.id


async def test_who_drove_a_printer_before_takes_no_print_back(
    url: str, tmp_path: Path, sliced_data: SlicedData
) -> None:
    async with (
        shared_library(url, tmp_path / "house") as (house, events),
        shared_library(url, tmp_path / "cabin", CABIN) as (cabin, _),
    ):
        archive = (await archive_file(house, events, sliced_data())).archive
        [job] = await house.queue.add(archive.id, LET_GO)
        await house.instances.register([GARAGE])
        await cabin.instances.register([SHED])
        print_ = await claim(house, job.id, "garage")
        await cabin.instances.take_over("shed", SHED.serial)
        uploading = replace(print_, phase=PrintPhase.UPLOADING)
        for late in (
            house.prints.advance(print_, uploading),
            house.prints.put_back(print_, problem=None),
            house.prints.end(print_, Outcome.FAILED, occupies=True),
        ):
            with pytest.raises(StalePrintError):
                await late
        there = replace(print_, machine_id="shed")
        assert list(await cabin.prints.open()) == [there]
        assert await cabin.prints.plates() == {}
        published = replace(there, phase=PrintPhase.PUBLISHING, publishes=1)
        await cabin.prints.advance(there, published)
        await cabin.prints.put_back(published, problem=None)
        # It has begun after all, when the house drives the printer again.
        [late_there] = await cabin.prints.not_begun("shed")
        await house.instances.take_over("garage", GARAGE.serial)
        assert await cabin.prints.reopen(late_there) is None
        assert not await cabin.prints.open()
        [late_here] = await house.prints.not_begun("garage")
        reopened = await house.prints.reopen(late_here)
        assert list(await cabin.prints.open()) == [reopened]
        assert (await cabin.queue.job(job.id)).machine_id == "garage"


async def test_what_could_not_be_registered_is_before_a_printer_is_taken_over(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with both(url, tmp_path) as (house, cabin):
        await cabin.instances.register([SHED])
        with monkeypatch.context() as patched:
            patched.setattr(house._context.index, "run", fail)
            with pytest.raises(OSError):
                await house.instances.register([GARAGE])
        assert (await house.instances.printers()).same == {}
        await house.instances.take_over("garage", GARAGE.serial)
        assert (await house.instances.printers()).same == {"shed": "garage"}


async def fail(*_: object) -> None:
    raise OSError


async def test_a_job_for_the_printer_of_the_other_is_printed_by_who_drives_it(
    url: str, tmp_path: Path, sliced_data: SlicedData
) -> None:
    async with (
        shared_library(url, tmp_path / "house") as (house, events),
        shared_library(url, tmp_path / "cabin", CABIN) as (cabin, _),
    ):
        see(url, HOUSE, CABIN)
        archive = (await archive_file(house, events, sliced_data())).archive
        await until(lambda: not any((tmp_path / "house/archive").rglob("*.3mf")))
        target = Target(kind=TargetKind.PRINTER, id="garage")
        [job] = await house.queue.add(archive.id, JobPlan(target=target, hold=False))
        far = JobPlan(target=replace(target, id="mini"), hold=False)
        await house.queue.add(archive.id, far)
        await house.queue.add(archive.id, LET_GO)
        await house.instances.register([GARAGE])
        await cabin.instances.register([SHED, MINI])
        at_house, at_cabin = LibraryStore(house), LibraryStore(cabin)
        assert [one.target for one in await at_house.waiting()] == [
            OnePrinter(machine_id="garage"),
            OnePrinter(machine_id="mini"),
            None,
        ]
        assert [one.target for one in await at_cabin.waiting()] == [
            OnePrinter(machine_id="shed"),
            OnePrinter(machine_id="mini"),
            None,
        ]
        await house.queue.edit(job.id, target=Target(kind=TargetKind.MODEL, id="C12"))
        assert (await at_cabin.waiting())[0].target == AnyPrinter(model="C12")
        await house.queue.edit(job.id, target=target)
        assert list((await at_house.printers()).others) == ["shed", "mini"]
        claimed = await at_cabin.claim(job.id, "shed")
        assert claimed
        assert claimed.job.target == OnePrinter(machine_id="shed")
        assert await at_cabin.take_over("shed", SHED.serial) == Plate()


async def test_one_that_is_gone_is_removed_with_what_it_had_set_up(
    url: str, tmp_path: Path, sliced_data: SlicedData
) -> None:
    async with both(url, tmp_path) as (house, cabin):
        await house.instances.register([GARAGE])
        await cabin.instances.register([SHED, MINI])
        assert await house.instances.away() == []
        last_seen(url, CABIN, timedelta(minutes=5))
        [one] = await house.instances.away()
        assert (one.id, one.name) == (CABIN.id, "Cabin")
        others = (await house.instances.printers()).others
        assert others["mini"].is_away
        assert others["mini"].seen_at == one.seen_at
        assert not others["mini"].is_missing
        last_seen(url, CABIN, timedelta(minutes=15))
        assert (await house.instances.printers()).others["mini"].is_missing
        await house.instances.remove(CABIN.id)
        assert await house.instances.away() == []
        assert await house.instances.names() == {}
        printers = await house.instances.printers()
        # The prints of what both have are taken over here.
        assert printers.orphans == {"shed"}
        assert printers.is_known("shed")
        assert printers.is_known("garage")
        assert not printers.is_known("mini")
        # It was only away for long.
        see(url, CABIN)
        await cabin.instances.take_over("mini", MINI.serial)
        assert "mini" in (await house.instances.printers()).others


def last_seen(url: str, instance: Instance, ago: timedelta) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            update(instances)
            .where(instances.c.id == instance.id)
            .values(seen_at=datetime.now(UTC) - ago)
        )
    engine.dispose()
