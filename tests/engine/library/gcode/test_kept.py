"""Plain G-code in the library: received, read, archived with its picture, queued, and found again without its index."""

from pathlib import Path
import shutil

import pytest

from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    InvalidChangeError,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ArchiveAdded,
    ArchivesRestored,
    JobAdded,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
)
from custom_components.bambu_virtual_printer.engine.values import Mode, PrinterRef
from tests.support.gcode import plain_gcode
from tests.support.library import IMMEDIATE, Home, receive

from .test_reader import PRUSA

QUEUE = PrinterRef(id="p3", name="Workshop", model="C12", mode=Mode.QUEUE)


async def test_an_upload_is_archived_with_facts_and_picture(home: Home) -> None:
    async with home.open() as (library, events):
        file = await receive(library.storage(IMMEDIATE), "Cube.gcode", PRUSA.encode())
        library.receive(file, IMMEDIATE)
        archive = (await events.next(ArchiveAdded)).archive
        assert (archive.name, archive.file_name) == ("Cube", "Cube.gcode")
        assert (archive.print_time_s, archive.filament_g) == (3912, 10.46)
        assert archive.sliced_for == "MK4S"
        assert await library.thumbnail_path(archive.id) is not None
    # Pictures are read again where they were lost.
    for picture in home.folder.rglob("plate_1.png"):
        picture.unlink()
    async with home.open() as (library, _):
        path = await library.thumbnail_path(archive.id)
        assert path is not None and path.read_bytes().startswith(b"\x89PNG")


async def test_an_import_is_queued_and_binary_gcode_is_refused(
    home: Home, tmp_path: Path
) -> None:
    source = tmp_path / "Found.gcode"
    source.write_text(plain_gcode())
    async with home.open() as (library, events):
        await library.import_file(source, name=source.name, printer=QUEUE)
        job = (await events.next(JobAdded)).job
        assert (job.plate, job.file_name) == (1, "Found.gcode")
        source.write_bytes(b"GCDE\1\0\0\0")
        with pytest.raises(InvalidChangeError, match="not G-code"):
            await library.import_file(source, name=source.name, printer=QUEUE)


async def test_an_archive_is_found_again_without_index_and_sidecar(home: Home) -> None:
    async with home.open() as (library, events):
        file = await receive(library.storage(IMMEDIATE), "Cube.gcode", PRUSA.encode())
        library.receive(file, IMMEDIATE)
        await events.next(ArchiveAdded)
    database = Path(home.database_url.removeprefix("sqlite:///"))
    shutil.rmtree(database.parent)
    for sidecar in home.folder.rglob("upload.json"):
        sidecar.unlink()
    async with home.open() as (library, events):
        await events.next(ArchivesRestored)
        found = (await library.archives(ArchiveQuery())).archives
        assert (found[0].id, found[0].print_time_s) == (file.id, 3912)
