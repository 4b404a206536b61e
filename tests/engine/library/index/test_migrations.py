"""Opening an index that an older version wrote: `data/index_v1.sql` is one, as its version 1 left it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
import sqlite3
import unicodedata

import pytest
from sqlalchemy import Connection, create_engine, inspect, select, text

from custom_components.bambu_virtual_printer.engine.library.index import (
    archive_labels,
    archive_rows,
    migrations,
    search_text,
)
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    archive_tags,
    archives,
    metadata,
)
from custom_components.bambu_virtual_printer.engine.library.store.marker import (
    write_marker,
)
from custom_components.bambu_virtual_printer.engine.library.values import annotations
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    JobPlan,
    JobState,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Outcome,
    Plate,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveChanges,
    ArchiveQuery,
    LibrarySettings,
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.library.values.sent_by import SentBy
from custom_components.bambu_virtual_printer.engine.library.values.verdicts import (
    Verdict,
)
from custom_components.bambu_virtual_printer.engine.values import (
    Intent,
    OnPrint,
    Sender,
)
from tests.support.library import (
    IMMEDIATE,
    REVIEW,
    Home,
    archive_file,
    hold_file,
    settled,
    write_upload,
)
from tests.support.pictures import PICTURES
from tests.support.print_requests import REQUEST
from tests.support.prints import begin
from tests.support.rows import drop_archive_counts


def _drop_senders(connection: Connection) -> None:
    """Take away what version 9 added."""
    for table in ("uploads", "archives"):
        connection.execute(text(f"ALTER TABLE {table} DROP COLUMN sender"))


def _drop_printed_copies(connection: Connection) -> None:
    """Take away what version 15 added."""
    connection.execute(text("DROP TABLE printed_copies"))


def _drop_people(connection: Connection) -> None:
    """Take away what versions 14 and 15 added, and the indexes that the first made anew."""
    _drop_printed_copies(connection)
    drop_archive_counts(connection)
    for index in inspect(connection).get_indexes("archives"):
        connection.execute(text(f'DROP INDEX "{index["name"]}"'))
    for table in ("uploads", "archives"):
        connection.execute(text(f"ALTER TABLE {table} DROP COLUMN person"))
    for table in ("archives", "jobs"):
        connection.execute(text(f"ALTER TABLE {table} DROP COLUMN intent"))


def _drop_on_print(connection: Connection) -> None:
    """Take away what versions 12, 14 and 15 added."""
    _drop_people(connection)
    connection.execute(text("ALTER TABLE uploads DROP COLUMN on_print"))


def _drop_kept(connection: Connection) -> None:
    """Take away what versions 11, 12, 14 and 15 added."""
    connection.execute(text("DROP INDEX uploads_kept"))
    connection.execute(text("ALTER TABLE uploads DROP COLUMN kept_until"))
    _drop_on_print(connection)


DUMP = Path(__file__).with_name("data") / "index_v1.sql"


@pytest.fixture
def old_home(home: Home) -> Home:
    """Return a library whose index is an old one; its files are gone."""
    file = Path(home.database_url.removeprefix("sqlite:///"))
    file.parent.mkdir(parents=True)
    connection = sqlite3.connect(file)
    connection.executescript(DUMP.read_text())
    connection.close()
    home.folder.mkdir()
    write_marker(home.folder, "old")
    return home


async def test_an_old_index_keeps_all_it_knew(old_home: Home) -> None:
    async with old_home.open() as (library, _):
        page = await library.archives(ArchiveQuery())
        [kept] = page.archives
        assert kept.file.name == "Kept.gcode.3mf"
        assert kept.annotations.notes == "prints well"
        assert kept.annotations.tags == ("Gift", "PETG")
        assert kept.annotations.favourite
        assert (kept.print_count, kept.open_jobs, kept.cost) == (0, 0, None)
        for query in (
            ArchiveQuery(text="prints"),
            ArchiveQuery(tags=["gift"]),
            ArchiveQuery(filament="pla"),
            ArchiveQuery(printed=False),
        ):
            assert (await library.archives(query)).total == 1
        statistics = await library.statistics()
        assert (statistics.archives, statistics.ever_archived) == (1, 2)
        assert statistics.pending == 2
        details = await library.archive(kept.id)
        assert len(details.facts.plates) == 2
        assert details.request is not None


async def test_an_old_index_can_be_worked_with(old_home: Home) -> None:
    async with old_home.open() as (library, _):
        [archive] = (await library.archives(ArchiveQuery())).archives
        jobs = await library.queue.add(archive.id, JobPlan(copies=2))
        assert [job.plate for job in jobs] == [1, 2]
        broken, held = (await library.pending.page()).uploads
        assert held.facts is not None
        assert (await library.pending.discard(held.id)).state is UploadState.DISCARDED
        assert (await library.pending.page()).uploads == (broken,)
    async with old_home.open() as (library, _):
        assert len(await library.queue.queued_jobs()) == 2


async def test_an_old_index_becomes_what_a_new_one_is(
    old_home: Home, tmp_path: Path
) -> None:
    async with old_home.open():
        pass
    new = create_engine(f"sqlite:///{tmp_path}/new.db")
    metadata.create_all(new)
    old = create_engine(old_home.database_url)
    for table in metadata.tables:
        columns = {
            column["name"]: (str(column["type"]), column["nullable"])
            for column in inspect(new).get_columns(table)
        }
        assert columns == {
            column["name"]: (str(column["type"]), column["nullable"])
            for column in inspect(old).get_columns(table)
        }
        names = {index["name"] for index in inspect(new).get_indexes(table)}
        assert names == {index["name"] for index in inspect(old).get_indexes(table)}
    new.dispose()
    old.dispose()


async def test_the_one_print_request_of_an_upload_becomes_the_first_of_many(
    tmp_path: Path, new_database: Callable[[], str], sliced_data: Callable[..., bytes]
) -> None:
    home = Home(folder=tmp_path / "library", database_url=new_database())
    async with home.open() as (library, events):
        asked = (await hold_file(library, events, sliced_data())).upload.id
        other = (await hold_file(library, events, sliced_data())).upload.id
        await library.print_requested(REQUEST, asked)
    engine = create_engine(home.database_url)
    value = (
        "requests -> 0" if engine.dialect.name == "postgresql" else "requests -> '$[0]'"
    )
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = 5"))
        _drop_kept(connection)
        _drop_senders(connection)
        connection.execute(
            text(f"UPDATE uploads SET requests = {value} WHERE requests IS NOT NULL")  # noqa: S608
        )
        connection.execute(
            text("ALTER TABLE uploads RENAME COLUMN requests TO request")
        )
        connection.execute(text("DROP TABLE library_identity"))
    engine.dispose()
    async with home.open() as (library, _):
        assert (await library.upload(asked)).requests == (REQUEST,)
        assert (await library.upload(other)).requests == ()
        assert {one.printer for one in (await library.pending.page()).uploads} == {
            REVIEW
        }


async def test_jobs_of_an_index_without_prints_stay_in_line(
    tmp_path: Path, new_database: Callable[[], str], sliced_data: Callable[..., bytes]
) -> None:
    home = Home(folder=tmp_path / "library", database_url=new_database())
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        [before] = await library.queue.add(archive.id)
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = 7"))
        _drop_kept(connection)
        _drop_senders(connection)
        connection.execute(text("DROP TABLE machines"))
        connection.execute(text("DROP TABLE prints"))
        connection.execute(text("DROP TABLE plates"))
        for column in ("problem", "problem_code", "retry_at"):
            connection.execute(text(f"ALTER TABLE jobs DROP COLUMN {column}"))
    engine.dispose()
    async with home.open() as (library, _):
        assert await library.queue.queued_jobs() == (before,)
        await library.queue.release(before.id)
        assert await library.prints.claim(before.id, "garage", 1)
        assert await library.prints.plates() == {}


async def test_uploads_of_an_index_without_senders_have_none_and_later_ones_do(
    tmp_path: Path, new_database: Callable[[], str], sliced_data: Callable[..., bytes]
) -> None:
    home = Home(folder=tmp_path / "library", database_url=new_database())
    async with home.open() as (library, events):
        before = (await archive_file(library, events, sliced_data())).archive
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = 8"))
        _drop_kept(connection)
        _drop_senders(connection)
    engine.dispose()
    async with home.open() as (library, events):
        assert (await library.archive(before.id)).archive == before
        assert before.file.sender == ""
        card = library.storage(IMMEDIATE)
        incoming = await card.begin("Sent.gcode.3mf")
        write_upload(incoming.path, data := sliced_data())
        file = await card.commit(
            incoming,
            size_bytes=len(data),
            sha256="0" * 64,
            peer="192.0.2.7",
            encrypted=False,
            sender=Sender(name="Anna"),
        )
        assert (await library.upload(file.id)).file.sender == "Anna"


async def test_an_index_without_a_memory_of_printers_gets_one(
    tmp_path: Path, new_database: Callable[[], str], sliced_data: Callable[..., bytes]
) -> None:
    home = Home(folder=tmp_path / "library", database_url=new_database())
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        [job] = await library.queue.add(archive.id, JobPlan(hold=False))
        assert await library.prints.claim(job.id, "garage", 1)
        before = await library.prints.open()
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = 9"))
        _drop_kept(connection)
        connection.execute(text("DROP TABLE machines"))
        connection.execute(text("ALTER TABLE prints DROP COLUMN mapping_form"))
    engine.dispose()
    async with home.open() as (library, _):
        assert await library.prints.open() == before
        await library.prints.remember("01P00A", url_form="sdcard")
        assert (await library.prints.memory("01P00A")).url_form == "sdcard"


async def test_an_index_that_knows_nothing_of_kept_files_keeps_them_from_then_on(
    tmp_path: Path, new_database: Callable[[], str], sliced_data: Callable[..., bytes]
) -> None:
    home = Home(folder=tmp_path / "library", database_url=new_database())
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = 10"))
        _drop_kept(connection)
    engine.dispose()
    async with home.open() as (library, _):
        assert (await library.upload(archive.id)).kept_until is None
        assert await library.pending.undoable() == {}


async def test_photos_of_an_index_that_did_not_count_them_are_counted(
    tmp_path: Path, new_database: Callable[[], str], sliced_data: Callable[..., bytes]
) -> None:
    home = Home(folder=tmp_path / "library", database_url=new_database())
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(PICTURES["JPEG"])
    async with home.open() as (library, events):
        held = (await hold_file(library, events, sliced_data())).upload
        archive = (await archive_file(library, events, sliced_data())).archive
        await library.add_photo(archive.id, picture)
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = 14"))
        connection.execute(text("DROP INDEX uploads_uncounted"))
        connection.execute(text("ALTER TABLE uploads DROP COLUMN photo_count"))
    engine.dispose()
    async with home.open() as (library, _):
        await settled(library)
        assert (await library.archive(archive.id)).archive.photo_count == 1
        approval = await library.pending.approve_to_archive(held.id)
        assert approval.archive.photo_count == 0


async def test_print_means_send_for_uploads_of_an_index_that_did_not_know_it(
    tmp_path: Path, new_database: Callable[[], str], sliced_data: Callable[..., bytes]
) -> None:
    home = Home(folder=tmp_path / "library", database_url=new_database())
    async with home.open() as (library, events):
        held = (await hold_file(library, events, sliced_data())).upload
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = 11"))
        _drop_on_print(connection)
    engine.dispose()
    async with home.open() as (library, _):
        assert await library.upload(held.id) == held
        assert held.printer.on_print is OnPrint.SEND


async def test_an_index_that_knew_no_people_tells_print_from_send_all_the_same(
    tmp_path: Path, new_database: Callable[[], str], sliced_data: Callable[..., bytes]
) -> None:
    home = Home(folder=tmp_path / "library", database_url=new_database())
    async with home.open() as (library, events):
        sent = (await archive_file(library, events, sliced_data())).archive.id
        asked = (await archive_file(library, events, sliced_data(seed=2))).archive.id
        await library.print_requested(REQUEST, asked)
        for archive_id in (sent, asked):
            await library.queue.add(archive_id)
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = 13"))
        _drop_people(connection)
    engine.dispose()
    async with home.open() as (library, _):
        for intent, archive_id in ((Intent.SEND, sent), (Intent.PRINT, asked)):
            query = ArchiveQuery(sent_by=SentBy(intent=intent))
            found = (await library.archives(query)).archives
            assert [each.id for each in found] == [archive_id]
            assert {each.file.person for each in found} == {""}
        intents = {
            job.archive_id: job.intent for job in await library.queue.queued_jobs()
        }
        assert intents == {sent: Intent.SEND, asked: Intent.PRINT}


async def test_jobs_and_plates_of_an_index_without_verdicts_get_them_from_then_on(
    tmp_path: Path, new_database: Callable[[], str], sliced_data: Callable[..., bytes]
) -> None:
    home = Home(folder=tmp_path / "library", database_url=new_database())
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        [job] = await library.queue.add(archive.id, JobPlan(hold=False))
        job = await library.queue.finish(job.id, JobState.COMPLETED)
        archive = (await library.archive(archive.id)).archive
        plate = Plate(is_occupied=True, last="1\nBenchy")
        await library.prints.set_plate("garage", plate)
    engine = create_engine(home.database_url)
    counts = ("judged_good", "judged_failed", "energy_kwh", "energy_cost")
    said = ("verdict", "verdict_reason", "verdict_by", "verdict_at", "reprint")
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = 14"))
        for table, columns in (
            ("archives", counts),
            ("jobs", (*counts, *said)),
            ("plates", ("print_id", "job_id")),
        ):
            for column in columns:
                connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        for table in ("verdicts", "energies"):
            connection.execute(text(f"DROP TABLE {table}"))
    engine.dispose()
    async with home.open() as (library, _):
        assert await library.queue.job(job.id) == job
        assert (await library.archive(archive.id)).archive == archive
        assert await library.prints.plates() == {"garage": plate}
        assert (await library.verdicts.give(job.id, Verdict.GOOD)).is_first


async def test_an_index_that_forgot_what_was_left_on_cards_knows_it_from_then_on(
    tmp_path: Path, new_database: Callable[[], str], sliced_data: Callable[..., bytes]
) -> None:
    home = Home(folder=tmp_path / "library", database_url=new_database())
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        [job] = await library.queue.add(archive.id, JobPlan(hold=False))
        print_ = await begin(library, job.id)
        left = replace(print_, file="x.3mf", on_card=True)
        await library.prints.advance(print_, left)
        await library.prints.end(left, Outcome.FINISHED, occupies=False)
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = 15"))
        connection.execute(text("DROP TABLE left_files"))
    engine.dispose()
    async with home.open() as (library, _):
        await library.delete_archive(archive.id, purge=True)
        [found] = await library.prints.left_on_card("garage")
        assert (found.id, found.file) == (left.id, "x.3mf")


async def test_an_index_that_did_not_know_when_uploads_were_written_down_keeps_them(
    tmp_path: Path, new_database: Callable[[], str], sliced_data: Callable[..., bytes]
) -> None:
    home = Home(folder=tmp_path / "library", database_url=new_database())
    async with home.open() as (library, events):
        held = (await hold_file(library, events, sliced_data())).upload
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = 16"))
        connection.execute(text("DROP INDEX archives_by_age"))
        connection.execute(text("ALTER TABLE uploads DROP COLUMN filed_at"))
    engine.dispose()
    async with home.open() as (library, events):
        day = timedelta(days=1)
        library.settings = LibrarySettings(reserve_bytes=0, pending_expiry=day)
        assert (await library.maintain()).expired == 0
        later = held.file.received_at + day + timedelta(minutes=1)
        assert (await library.maintain(later)).expired == 1


async def test_a_job_that_was_started_before_starts_were_counted_is_started_still(
    tmp_path: Path, new_database: Callable[[], str], sliced_data: Callable[..., bytes]
) -> None:
    home = Home(folder=tmp_path / "library", database_url=new_database())
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        [job] = await library.queue.add(archive.id, JobPlan(hold=False))
        await library.queue.start(job.id)
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = 17"))
        connection.execute(text("ALTER TABLE jobs DROP COLUMN starts"))
    engine.dispose()
    async with home.open() as (library, _):
        known = await library.queue.job(job.id)
        assert (known.state, known.starts) == (JobState.WAITING, 0)
        assert (await library.queue.start(job.id)).starts == 1


async def test_what_was_printed_for_people_before_it_was_counted_is_counted(
    tmp_path: Path, new_database: Callable[[], str], sliced_data: Callable[..., bytes]
) -> None:
    home = Home(folder=tmp_path / "library", database_url=new_database())
    anna = Sender(person="anna", name="Anna")
    async with home.open() as (library, events):
        added = await archive_file(library, events, sliced_data(), sender=anna)
        [job] = await library.queue.add(added.archive.id, JobPlan(copies=2))
        for _ in range(2):
            job = await library.queue.finish(job.id, JobState.COMPLETED)
        assert job.finished_at
        last = await library.used_since(job.finished_at)
        both = await library.used_since(job.created_at)
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = 14"))
        _drop_printed_copies(connection)
    engine.dispose()
    async with home.open() as (library, _):
        assert await library.used_since(job.created_at) == both
        # Only the end of a job was known.
        assert await library.used_since(job.finished_at) == both != last


def _folded_before(value: str) -> str:
    """Fold as it was done before version 15: compatibility forms brought capitals back."""
    plain = unicodedata.normalize("NFKD", value.casefold()).replace("_", " ")
    return "".join(char for char in plain if not unicodedata.combining(char))


async def test_what_was_folded_with_capitals_is_found_again(
    tmp_path: Path,
    new_database: Callable[[], str],
    sliced_data: Callable[..., bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = Home(folder=tmp_path / "library", database_url=new_database())
    monkeypatch.setattr(migrations, "_FOLDED_AT_ONCE", 2)
    with monkeypatch.context() as patched:
        for module in (annotations, archive_labels, archive_rows, search_text):
            patched.setattr(module, "fold_case", _folded_before)
        async with home.open() as (library, events):
            ids = []
            for number in range(5):
                data = sliced_data(title=f"Bambu™ {number}")
                ids.append((await archive_file(library, events, data)).archive.id)
            tags = ["240℃", "№ 5", "no 5"]
            await library.update_archive(
                ids[0],
                ArchiveChanges(name="Gift™", tags=tags, notes="Ω 𝚨"),
            )
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = 14"))
        connection.execute(text("UPDATE archive_materials SET material = 'PLA'"))
        keys = select(archive_tags.c.tag_key)
        assert set(connection.execute(keys).scalars()) == {"240°C", "No 5", "no 5"}
    engine.dispose()
    async with home.open() as (library, _):
        for query, count in (
            (ArchiveQuery(text="240℃"), 1),
            (ArchiveQuery(text="240°c bambutm"), 1),
            (ArchiveQuery(text="№ ω α"), 1),
            (ArchiveQuery(text="BAMBU™"), 5),
            (ArchiveQuery(tags=["240℃", "№ 5"]), 1),
            (ArchiveQuery(filament="pla"), 5),
        ):
            found = await library.archives(query)
            assert found.total == count, query
        assert {"no 5", "240℃"} == set(await library.tags())
        [found] = (await library.archives(ArchiveQuery(tags=["no 5"]))).archives
        assert found.id == ids[0]
    engine = create_engine(home.database_url)
    with engine.begin() as connection:
        names = connection.execute(select(archives.c.sort_name)).scalars()
        assert set(names) == {
            "gifttm",
            *(f"bambutm {number}" for number in range(1, 5)),
        }
    engine.dispose()
