"""What is put into a store after nobody waited for it any more: it is in the place of nothing newer for long."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
import shutil
import threading

import pytest
from ulid_transform import ulid_now

from custom_components.bambu_virtual_printer.engine.library import store_worker
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.backend import keys
from custom_components.bambu_virtual_printer.engine.library.store.sidecar import Sidecar
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    StoreAway,
    StorePresent,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveChanges,
)
from custom_components.bambu_virtual_printer.engine.library.values.store_faults import (
    StoreError,
    StoreFault,
    store_error,
)
from tests.engine.library.sharing import PATIENCE_S, House, until
from tests.support.library import archive_file

type SlicedData = Callable[..., bytes]


pytestmark = pytest.mark.usefixtures("impatient")


class Share:
    """The store as an instance has it: one file that is put hangs, and while it does nothing answers until it is `there`."""

    def __init__(self, library: Library, aside: Path) -> None:
        assert library._context.stored is not None
        self._library = library
        self._backend = library._context.stored.backend
        self._put = self._backend.put
        self._marked_as = self._backend.marked_as
        self._aside = aside
        self._hangs_at = ""
        self.begun, self.there = threading.Event(), threading.Event()
        self._go_on, self._landed = threading.Event(), threading.Event()
        self._look: Callable[[], object] = list
        self._seen: object = None

    @contextmanager
    def hanging(
        self, monkeypatch: pytest.MonkeyPatch, name: str, look: Callable[[], object]
    ) -> Iterator[Callable[[], object]]:
        """Have the next file of this name hang. Gives what lets it land, and returns what `look` does right after."""
        self._hangs_at, self._look = name, look
        monkeypatch.setattr(store_worker, "LOOK_EVERY_S", 0.1)
        monkeypatch.setattr(self._backend, "put", self.put)
        monkeypatch.setattr(self._backend, "marked_as", self.marked_as)
        try:
            yield self._land
        finally:
            self.there.set()
            self._go_on.set()

    def put(self, key: str, path: Path, sha256: str) -> None:
        if self.begun.is_set() or not key.endswith(self._hangs_at):
            self._put(key, path, sha256)
            return
        # It is open by now, whatever becomes of its name.
        shutil.copyfile(path, self._aside)
        self.begun.set()
        self._go_on.wait(PATIENCE_S)
        self._put(key, self._aside, sha256)
        # Before anybody knows of it.
        self._seen = self._look()
        self._landed.set()

    def marked_as(self) -> str | None:
        if self.begun.is_set() and not self.there.is_set():
            raise store_error(StoreFault.UNREACHABLE, "the share")
        return self._marked_as()

    def _land(self) -> object:
        self._go_on.set()
        assert self._landed.wait(PATIENCE_S)
        return self._seen


async def test_an_older_sidecar_is_not_the_last_word(
    house: House,
    sliced_data: SlicedData,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def notes() -> str:
        target = tmp_path / f"{ulid_now()}.json"
        try:
            house.new_backend().fetch(keys.sidecar_key(archive.id), target, "")
        except StoreError:
            # It was replaced just then, which not every object store takes well.
            return ""
        return Sidecar.decode(target.read_bytes()).annotations.notes

    async with house.open("one") as (one, events), house.open("two") as (two, _):
        archive = (await archive_file(one, events, sliced_data(seed=1))).archive
        await until(lambda: not house.local("one"))
        share = Share(one, tmp_path / "aside")
        with share.hanging(monkeypatch, "upload.json", notes) as land:
            await one.update_archive(archive.id, ArchiveChanges(notes="First"))
            await events.next(StoreAway)
            share.there.set()
            await events.next(StorePresent)
            await two.update_archive(archive.id, ArchiveChanges(notes="Last"))
            await until(lambda: notes() == "Last")
            assert await asyncio.to_thread(land) == "First"
            await until(lambda: notes() == "Last")


async def test_a_file_of_what_was_removed_is_removed_again(
    house: House,
    sliced_data: SlicedData,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with house.open("one") as (one, events):
        share = Share(one, tmp_path / "aside")
        with share.hanging(monkeypatch, ".3mf", house.stored) as land:
            archive = (await archive_file(one, events, sliced_data(seed=1))).archive
            await events.next(StoreAway)
            share.there.set()
            await events.next(StorePresent)
            await until(lambda: not house.local("one"))
            await one.delete_archive(archive.id, purge=True)
            await until(lambda: not house.stored())
            assert await asyncio.to_thread(land)
            await until(lambda: not house.stored())
