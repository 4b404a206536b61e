"""A shared library that is opened while its database or its store is away: it receives, and files what waits once it can."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url
from ulid_transform import ulid_now

from custom_components.bambu_virtual_printer.engine.explanations import NO_ANSWER
from custom_components.bambu_virtual_printer.engine.library import intake, recovery
from custom_components.bambu_virtual_printer.engine.library.clock import LibraryClock
from custom_components.bambu_virtual_printer.engine.library.context import (
    LibraryContext,
)
from custom_components.bambu_virtual_printer.engine.library.index.joining import join
from custom_components.bambu_virtual_printer.engine.library.intake import Intake
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.asked import (
    ASKED_FILE,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.store.folder import (
    LibraryFolder,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    IndexFault,
    IndexUnavailableError,
    LibraryError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    IndexAway,
    IndexOutdated,
    IndexPresent,
    LibraryAbsent,
    LibraryPresent,
    StoreAway,
    StorePresent,
    UploadHeld,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageError
from custom_components.bambu_virtual_printer.engine.values import OnPrint, PrintRequest
from homeassistant.util import dt as dt_util
from scripts.servers.postgresql import Server
from tests.engine.library.sharing import PATIENCE_S, House, until
from tests.engine.library.test_network_away import (
    acknowledged,
    archived,
    until_archived,
)
from tests.support.library import IMMEDIATE, REVIEW, Events, receive, settled
from tests.support.print_requests import REQUEST

type SlicedData = Callable[..., bytes]

DAY = timedelta(days=1)
ONE = Instance(id="id-of-one", name="one", version="1")


pytestmark = pytest.mark.usefixtures("impatient")


@pytest.fixture
async def cottage(postgresql_server: Server, tmp_path: Path) -> House:
    """Return a library that an instance has joined and not opened yet, whose database a test may stop."""
    house = House(
        folder=tmp_path / "instances",
        database_url=postgresql_server.new_database(),
        new_backend=partial(FolderBackend, tmp_path / "store"),
        library_id=ulid_now(),
    )
    (tmp_path / "store").mkdir()
    house.new_backend().mark(house.library_id)
    LibraryFolder(house.working_folder("one")).mark(house.library_id)
    await join(house.database_url, house.library_id, ONE)
    return house


async def receive_some(
    library: Library, sliced_data: SlicedData, *seeds: int
) -> list[str]:
    return [
        await acknowledged(library, sliced_data(seed=seed), f"{seed}.gcode.3mf")
        for seed in seeds
    ]


async def test_it_receives_from_the_start_and_files_in_order_once_the_database_is_there(
    cottage: House, postgresql_server: Server, sliced_data: SlicedData
) -> None:
    postgresql_server.stop()
    async with cottage.open("one") as (one, events):
        assert one.is_present
        ids = await receive_some(one, sliced_data, 1, 2, 3)
        with pytest.raises(IndexUnavailableError):
            await one.archives(ArchiveQuery())
        assert events.of(IndexAway)[0].fault is IndexFault.OTHER
        postgresql_server.start()
        await events.next(IndexPresent)
        ids += await receive_some(one, sliced_data, 4)
        await until_archived(one, ids)
        # It is told once it is written down.
        await events.next(ArchiveAdded, count=len(ids))
        assert [event.archive.id for event in events.of(ArchiveAdded)] == ids
        assert one.why_away is None
        await until(lambda: not cottage.local("one"))
        assert len(events.of(IndexAway)) == len(events.of(IndexPresent)) == 1


@pytest.mark.parametrize("is_restarted", [False, True], ids=["at once", "restarted"])
@pytest.mark.parametrize("off_by", [-3 * DAY, 3 * DAY], ids=["behind", "ahead"])
async def test_what_waits_is_kept_as_long_as_it_should_be_though_no_clock_was_right(
    cottage: House,
    postgresql_server: Server,
    sliced_data: SlicedData,
    off_by: timedelta,
    is_restarted: bool,
) -> None:
    def with_its_clock(library: Library) -> Library:
        library._context.clock = LibraryClock(lambda: datetime.now(UTC) + off_by)
        return library

    async def look_after(library: Library, events: Events) -> None:
        library.settings = replace(library.settings, pending_expiry=DAY, keep_for=DAY)
        postgresql_server.start()
        await events.next(UploadHeld)
        await events.next(ArchiveAdded)
        await library.maintain()
        upload = await library.upload(held.id)
        assert upload.state is UploadState.PENDING
        assert await archived(library) == [kept]
        now = datetime.now(UTC)
        assert upload.file.received_at <= now
        if not is_restarted:
            assert now - upload.file.received_at < timedelta(minutes=1)
        done = await library.maintain(now + DAY + timedelta(minutes=1))
        assert (done.expired, done.deleted) == (1, 1)

    postgresql_server.stop()
    events = Events()
    async with with_its_clock(cottage.library("one", events)) as one:
        held = await receive(one.storage(REVIEW), "held.gcode.3mf", sliced_data(seed=1))
        one.receive(held, REVIEW)
        [kept] = await receive_some(one, sliced_data, 2)
        if not is_restarted:
            await look_after(one, events)
    if is_restarted:
        events = Events()
        # Somebody has set it right.
        async with cottage.library("one", events) as one:
            await look_after(one, events)


async def test_what_waits_outlasts_restarts_without_the_database(
    cottage: House, postgresql_server: Server, sliced_data: SlicedData
) -> None:
    postgresql_server.stop()
    ids = []
    for seed in range(3):
        async with cottage.open("one") as (one, _):
            ids += await receive_some(one, sliced_data, seed)
    async with cottage.open("one") as (one, events):
        ids += await receive_some(one, sliced_data, 3)
        postgresql_server.start()
        await events.next(IndexPresent)
        await until_archived(one, ids)
        # It is told once it is written down.
        await events.next(ArchiveAdded, count=len(ids))
        assert [event.archive.id for event in events.of(ArchiveAdded)] == ids
    async with cottage.open("one") as (one, events):
        assert await archived(one) == ids
        assert not events.of(IndexAway)


async def requests(library: Library, upload_id: str) -> tuple[PrintRequest, ...]:
    """What slicers asked for, once there is anything."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with suppress(LibraryError):
                if found := (await library.upload(upload_id)).requests:
                    return found
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("is_back", [True, False], ids=["back", "away"])
async def test_what_slicers_asked_for_outlasts_restarts_too(
    cottage: House, postgresql_server: Server, sliced_data: SlicedData, is_back: bool
) -> None:
    """The index is there again at the next start, or still away then."""
    printer = replace(IMMEDIATE, on_print=OnPrint.FRONT)
    kept = cottage.working_folder("one") / ASKED_FILE
    async with cottage.open("one") as (one, events):
        held = await acknowledged(one, sliced_data(seed=0), "0.gcode.3mf", REVIEW)
        await events.next(UploadHeld)
        archive = await acknowledged(one, sliced_data(seed=1), "1.gcode.3mf", printer)
        await until_archived(one, [archive])
        # Nothing of them is here.
        await until(lambda: not cottage.local("one"))
        postgresql_server.stop()
        await receive_some(one, sliced_data, 2)
        await events.next(IndexAway)
        for upload_id in (held, archive):
            # People press it again when nothing seems to happen.
            for _ in range(3):
                await one.print_requested(REQUEST, upload_id)
    assert kept.exists()
    if is_back:
        postgresql_server.start()
    async with cottage.open("one") as (one, events):
        if not is_back:
            await events.next(IndexAway)
            # There it waits with what was kept.
            await one.print_requested(replace(REQUEST, plate=7), held)
            postgresql_server.start()
        plates = [request.plate for request in await requests(one, archive)]
        assert plates == [REQUEST.plate]
        plates = [request.plate for request in await requests(one, held)]
        assert plates == ([REQUEST.plate] if is_back else [REQUEST.plate, 7])
        jobs = await one.queue.queued_jobs()
        assert [job.archive_id for job in jobs] == [archive]
        await until(lambda: not kept.exists())
    async with cottage.open("one") as (one, _):
        await settled(one)
        assert len(await one.queue.queued_jobs()) == 1


async def test_what_slicers_asked_for_keeps_waiting_when_the_database_goes_again(
    cottage: House,
    postgresql_server: Server,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    note = Intake.note_waiting
    noted = 0

    async def going(self: Intake, *args: Any) -> None:
        nonlocal noted
        noted += 1
        if noted == 2:
            await asyncio.to_thread(postgresql_server.stop)
        await note(self, *args)

    async with cottage.open("one") as (one, events):
        ids = await receive_some(one, sliced_data, 0, 1, 2)
        await until_archived(one, ids)
        postgresql_server.stop()
        await receive_some(one, sliced_data, 3)
        await events.next(IndexAway)
        for upload_id in ids:
            await one.print_requested(REQUEST, upload_id)
        monkeypatch.setattr(Intake, "note_waiting", going)
        postgresql_server.start()
        await until(lambda: noted == 2 and one._context.filing.is_waiting)
        waiting = one._context.filing.requests
        await until(lambda: list(waiting) == ids[1:])
        await until(lambda: list(one._context.asked.read()) == ids[1:])
        postgresql_server.start()
        for upload_id in ids:
            assert await requests(one, upload_id)
        await until(lambda: not one._context.asked.read())


async def test_what_is_asked_for_while_it_is_noted_is_not_lost_nor_undone(
    cottage: House,
    postgresql_server: Server,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """People press Print again, with other spools, just when the database is back."""
    newer = replace(REQUEST, ams_mapping=(3,), received_at=dt_util.utcnow())
    note = Intake.note_waiting
    pressed = False

    async with cottage.open("one") as (one, events):

        async def pressing(self: Intake, upload_id: str, request: PrintRequest) -> None:
            nonlocal pressed
            if not pressed:
                pressed = True
                await one.print_requested(newer, upload_id)
                await one.print_requested(replace(REQUEST, plate=5), upload_id)
            await note(self, upload_id, request)

        held = await acknowledged(one, sliced_data(seed=0), "0.gcode.3mf", REVIEW)
        await events.next(UploadHeld)
        postgresql_server.stop()
        await receive_some(one, sliced_data, 1)
        await events.next(IndexAway)
        await one.print_requested(REQUEST, held)
        monkeypatch.setattr(Intake, "note_waiting", pressing)
        postgresql_server.start()
        await until(lambda: pressed and not one._context.filing.is_waiting)
        found = (await one.upload(held)).requests
        assert [(one.plate, one.ams_mapping) for one in found] == [
            (REQUEST.plate, (3,)),
            (5, REQUEST.ams_mapping),
        ]


async def test_what_comes_while_others_are_filed_is_decided_about_after_them(
    cottage: House,
    postgresql_server: Server,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recover = recovery.recover_uploads
    ids: list[str] = []
    passes = 0

    async with cottage.open("one") as (one, events):

        async def receiving(context: LibraryContext) -> list[str]:
            nonlocal passes
            passes += 1
            found = await recover(context)
            if passes <= 2:
                # Behind the back of who has just looked.
                ids.extend(await receive_some(one, sliced_data, 10 + passes))
            return found

        postgresql_server.stop()
        ids += await receive_some(one, sliced_data, 1, 2, 3)
        await events.next(IndexAway)
        monkeypatch.setattr(recovery, "recover_uploads", receiving)
        postgresql_server.start()
        await events.next(ArchiveAdded, count=5)
        assert [event.archive.id for event in events.of(ArchiveAdded)] == ids
        assert passes == 3
        assert not one._context.filing.is_waiting


@pytest.mark.parametrize("fails", ["reading", "archiving"])
async def test_what_the_database_gives_no_answer_about_is_decided_about_once_it_does(
    cottage: House,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    fails: str,
) -> None:
    """So short that nobody else notices; no person has to do anything about it."""
    name = "_decide" if fails == "reading" else "_archive"
    do, failed = getattr(Intake, name), 0

    async def failing(self: Intake, *args: Any, **options: Any) -> Any:
        nonlocal failed
        failed += 1
        if failed <= 2:
            raise IndexUnavailableError(NO_ANSWER)
        return await do(self, *args, **options)

    async with cottage.open("one") as (one, events):
        monkeypatch.setattr(Intake, name, failing)
        ids = await receive_some(one, sliced_data, 1, 2)
        await events.next(ArchiveAdded, count=2)
        assert await archived(one) == sorted(ids)
        assert not events.of(UploadHeld)
        # Counted no more once its decision is done, which the event is a part of.
        await until(lambda: not one._intake._unanswered)


async def test_a_person_is_asked_about_what_the_database_never_takes(
    cottage: House, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    do, tried = Intake._archive, list[str]()

    async def failing(self: Intake, upload: Any, *args: Any, **options: Any) -> Any:
        if upload.file.name == "1.gcode.3mf":
            tried.append(upload.id)
            raise IndexUnavailableError(NO_ANSWER)
        return await do(self, upload, *args, **options)

    async with cottage.open("one") as (one, events):
        monkeypatch.setattr(Intake, "_archive", failing)
        first, second = await receive_some(one, sliced_data, 1, 2)
        held = (await events.next(UploadHeld)).upload
        assert (held.id, held.reason) == (first, NO_ANSWER)
        assert len(tried) == intake.UNANSWERED + 1
        await until_archived(one, [second])
        # Counted no more once its decision is done, which the event is a part of.
        await until(lambda: not one._intake._unanswered)


async def test_the_store_may_be_away_as_well(
    cottage: House, postgresql_server: Server, sliced_data: SlicedData, tmp_path: Path
) -> None:
    postgresql_server.stop()
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    async with cottage.open("one") as (one, events):
        ids = await receive_some(one, sliced_data, 1, 2)
        postgresql_server.start()
        await until_archived(one, ids)
        await events.next(StoreAway)
        assert cottage.local("one")
        (tmp_path / "elsewhere").rename(tmp_path / "store")
        await events.next(StorePresent)
        await until(lambda: not cottage.local("one"))
        assert len([key for key in cottage.stored() if key.endswith(".3mf")]) == 2


async def test_a_working_folder_that_is_away_comes_before_the_database(
    cottage: House, postgresql_server: Server, sliced_data: SlicedData
) -> None:
    postgresql_server.stop()
    folder = cottage.working_folder("one")
    folder.rename(folder.with_name("unmounted"))
    async with cottage.open("one") as (one, events):
        await events.next(LibraryAbsent)
        assert not one.is_present
        folder.with_name("unmounted").rename(folder)
        await one._upkeep.presence.look()
        await events.next(LibraryPresent)
        ids = await receive_some(one, sliced_data, 1)
        postgresql_server.start()
        await until_archived(one, ids)


def say(server: Server, house: House, *statements: str) -> None:
    """Change a database past the library."""
    name = str(make_url(house.database_url).database)
    for statement in statements:
        server.run(
            *("psql", "-h", str(server.folder), "-U", "library", "-d", name),
            *("-v", "ON_ERROR_STOP=1", "-c", statement),
        )


async def test_the_database_is_there_again_though_the_library_s_own_disk_is_not(
    cottage: House,
    postgresql_server: Server,
    sliced_data: SlicedData,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = cottage.working_folder("one")
    unmounted = folder.with_name("unmounted")
    async with cottage.open("one") as (one, events):
        before = await receive_some(one, sliced_data, 1)
        await until_archived(one, before)
        postgresql_server.stop()
        ids = await receive_some(one, sliced_data, 2, 3)
        await events.next(IndexAway)
        await until(lambda: one._context.filing.arrived == len(ids))
        folder.rename(unmounted)
        await one._upkeep.presence.look()
        await events.next(LibraryAbsent)
        postgresql_server.start()
        await events.next(IndexPresent)
        assert one.why_away is None
        assert await archived(one) == before
        # Looked at once more, it is the same.
        for _ in range(3):
            assert await one.look_at_index() is None
        assert len(events.of(IndexAway)) == len(events.of(IndexPresent)) == 1
        assert "is not filed" not in caplog.text
        unmounted.rename(folder)
        await one._upkeep.presence.look()
        await until_archived(one, before + ids)
        assert [event.archive.id for event in events.of(ArchiveAdded)] == before + ids


async def test_why_nothing_is_filed_is_logged_once(
    cottage: House,
    postgresql_server: Server,
    sliced_data: SlicedData,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tries = 0

    def unreadable(_: LibraryFolder) -> list[str]:
        nonlocal tries
        tries += 1
        raise StorageError(NO_ANSWER)

    postgresql_server.stop()
    async with cottage.open("one") as (one, events):
        ids = await receive_some(one, sliced_data, 1)
        with monkeypatch.context() as patch:
            patch.setattr(LibraryFolder, "pending_ids", unreadable)
            postgresql_server.start()
            # The database is not the reason.
            await events.next(IndexPresent)
            await until(lambda: tries >= 3)
        assert caplog.text.count("What waits for the index is not filed") == 1
        await until_archived(one, ids)


OTHER = "UPDATE library_identity SET id = '01KB0000000000000000000000'"
RIGHT = "UPDATE library_identity SET id = '{id}'"
EMPTY = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
POWERLESS = (
    "CREATE ROLE powerless LOGIN;"
    "GRANT SELECT ON ALL TABLES IN SCHEMA public TO powerless"
)
POWER = "GRANT ALL ON ALL TABLES IN SCHEMA public TO powerless"
STRANGER = "CREATE ROLE stranger LOGIN SUPERUSER"


@pytest.mark.parametrize(
    ("spoil", "mend", "fault", "user"),
    [
        (OTHER, RIGHT, IndexFault.OTHER_LIBRARY, "library"),
        (EMPTY, "", IndexFault.NO_LIBRARY, "library"),
        (POWERLESS, POWER, IndexFault.RIGHTS, "powerless"),
        ("", STRANGER, IndexFault.CREDENTIALS, "stranger"),
    ],
    ids=["another library", "empty", "no rights", "no login"],
)
async def test_nothing_is_filed_where_the_library_is_not_and_all_once_it_is(
    cottage: House,
    postgresql_server: Server,
    sliced_data: SlicedData,
    spoil: str,
    mend: str,
    fault: IndexFault,
    user: str,
) -> None:
    say(postgresql_server, cottage, spoil)
    refused = replace(
        cottage, database_url=cottage.database_url.replace("library@", f"{user}@")
    )
    async with refused.open("one") as (one, events):
        ids = await receive_some(one, sliced_data, 1, 2)
        await told(events, fault)
        assert not events.of(ArchiveAdded)
        assert len({path.split("/")[1] for path in cottage.local("one")}) == 2
        if mend:
            say(postgresql_server, cottage, mend.format(id=cottage.library_id))
        else:
            await join(cottage.database_url, cottage.library_id, ONE)
        await events.next(IndexPresent)
        await until_archived(one, ids)
        # It is told once it is written down.
        await events.next(ArchiveAdded, count=len(ids))
        assert [event.archive.id for event in events.of(ArchiveAdded)] == ids


async def told(events: Events, fault: IndexFault) -> None:
    """Wait until it is told why uploads wait."""
    async with asyncio.timeout(PATIENCE_S):
        while not any(event.fault is fault for event in events.of(IndexAway)):
            await asyncio.sleep(0.02)


async def test_another_library_in_the_database_s_place_while_it_runs_gets_nothing(
    cottage: House, postgresql_server: Server, sliced_data: SlicedData
) -> None:
    async with cottage.open("one") as (one, events):
        first = await receive_some(one, sliced_data, 0)
        await until_archived(one, first)
        say(postgresql_server, cottage, OTHER)
        # Connections are new, as after a move of the server.
        postgresql_server.stop("fast")
        postgresql_server.start()
        ids = await receive_some(one, sliced_data, 1)
        await told(events, IndexFault.OTHER_LIBRARY)
        ids += await receive_some(one, sliced_data, 2)
        with pytest.raises(IndexUnavailableError):
            await one.archives(ArchiveQuery())
        say(postgresql_server, cottage, RIGHT.format(id=cottage.library_id))
        await until_archived(one, first + ids)


async def test_an_index_of_a_newer_version_waits_for_an_update(
    cottage: House, postgresql_server: Server, sliced_data: SlicedData
) -> None:
    say(postgresql_server, cottage, "UPDATE schema_version SET version = 999")
    async with cottage.open("one") as (one, events):
        ids = await receive_some(one, sliced_data, 1)
        assert "999" in str(events.of(IndexOutdated)[0].reason.values)
        assert not events.of(IndexAway)
        assert cottage.local("one")
    assert ids


async def test_no_real_printer_is_driven_while_the_database_is_away(
    cottage: House, postgresql_server: Server
) -> None:
    postgresql_server.stop()
    async with cottage.open("one") as (one, events):
        assert one.drivers is not None
        one.drivers.ask("0001")
        assert not one.drivers.driver("0001").is_here
        assert not await one.drivers.confirm("0001")
        postgresql_server.start()
        await events.next(IndexPresent)
        async with asyncio.timeout(PATIENCE_S):
            while not one.drivers.driver("0001").is_here:
                await asyncio.sleep(0.02)


async def test_it_closes_while_it_waits_for_the_database(
    cottage: House, postgresql_server: Server
) -> None:
    postgresql_server.stop()
    async with cottage.open("one"):
        pass
    postgresql_server.start()
    async with cottage.open("one") as (one, events):
        assert one.why_away is None
        assert not events.of(IndexAway)
