"""What is made of plain G-code to be printed: as long as it is needed, and not longer."""

import asyncio
import errno
from pathlib import Path
import threading

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.library_store import (
    LibraryStore,
)
from custom_components.bambu_virtual_printer.engine.library import packaging
from custom_components.bambu_virtual_printer.engine.library.gcode import package
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    SlicedFileError,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import JobPlan
from custom_components.bambu_virtual_printer.engine.storage import (
    StorageError,
    StorageFullError,
)
from scripts.printer_double.files import is_printable
from tests.support.gcode import plain_gcode
from tests.support.library import Home, archive_file

from .gcode.test_reader import PRUSA

PLATE = "Metadata/plate_1.gcode"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "Cube.gcode"
    path.write_text(plain_gcode())
    return path


async def test_it_is_there_while_it_is_sent_and_then_removed(
    home: Home, source: Path
) -> None:
    async with home.open() as (library, _):
        before = home.files()
        async with library.packaging.packaged(source, title="Cube") as made:
            assert is_printable(made.read_bytes(), PLATE, "")
            assert made.is_relative_to(home.folder)
        assert home.files() == before


async def test_a_job_of_plain_gcode_brings_what_makes_its_file(home: Home) -> None:
    async with home.open() as (library, events):
        data = plain_gcode().encode()
        archive = (await archive_file(library, events, data, "Cube.gcode")).archive
        [job] = await library.queue.add(archive.id, JobPlan(hold=False))
        claim = await LibraryStore(library).claim(job.id, "garage")
        assert claim and claim.path and claim.package
        assert (claim.md5, claim.path.read_bytes()) == ("", data)
        assert claim.job.needs.model == "C12"
        [filament] = claim.job.needs.filaments
        assert (filament.type, filament.preset_id) == ("PLA", "GFA00")
        assert filament.grams
        async with claim.package(claim.path) as made:
            assert is_printable(made.read_bytes(), PLATE, "")


async def test_whatever_fails_leaves_nothing_behind(
    home: Home, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async with home.open() as (library, _):
        before = home.files()
        other = source.with_name("Other.gcode")
        other.write_text(PRUSA)
        with pytest.raises(SlicedFileError, match="MK4S"):
            async with library.packaging.packaged(other, title=""):
                pass
        with pytest.raises(StorageError):
            async with library.packaging.packaged(source / "gone", title=""):
                pass
        with pytest.raises(RuntimeError, match="upload"):
            async with library.packaging.packaged(source, title=""):
                raise RuntimeError("upload")
        monkeypatch.setattr(package, "_copy", full)
        with pytest.raises(StorageFullError):
            async with library.packaging.packaged(source, title=""):
                pass
        assert home.files() == before


async def test_who_gives_up_does_not_wait_for_all_of_it(
    home: Home, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    make = packaging.make_package

    def slow(*args: object, **options: object) -> None:
        begun.set()
        is_stopped = options["is_stopped"]
        assert callable(is_stopped)
        while not is_stopped():
            pass
        make(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(packaging, "make_package", slow)
    async with home.open() as (library, _):
        before = home.files()

        async def _send() -> None:
            async with library.packaging.packaged(source, title=""):
                pytest.fail("it was given up")

        task = asyncio.create_task(_send())
        assert await asyncio.to_thread(begun.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert home.files() == before


async def test_what_a_crash_left_is_swept_at_the_next_start(home: Home) -> None:
    async with home.open():
        before = home.files()
    left = home.folder / "inbox" / "01KB0000000000000000000000"
    left.mkdir()
    (left / f"{packaging.FILE_NAME}.part").write_bytes(b"half of it")
    async with home.open():
        assert home.files() == before
