"""What is taken back, here or elsewhere, while recovery looks through the folders: its files stay."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.library import recovery
from custom_components.bambu_virtual_printer.engine.library.index import (
    archive_rows,
    upload_rows,
)
from custom_components.bambu_virtual_printer.engine.library.index.database import Index
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    LibrarySettings,
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.library.values.store_faults import (
    StoreFault,
    store_error,
)
from tests.support.library import Events, Home, archive_file, hold_file
from tests.support.shared import CABIN, HOUSE, shared_library

type SlicedData = Callable[..., bytes]
type Opened = tuple[Library, Events]

SETTINGS = LibrarySettings(
    reserve_bytes=0, low_space_bytes=0, undo_for=timedelta(days=1)
)


@pytest.fixture
async def two(
    loopback: None,
    tmp_path: Path,
    postgresql: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[tuple[Opened, Opened]]:
    """Two instances on one library, whose store takes no files: each has the only copies of what came in there."""

    def refuse(store: FolderBackend, *_: object) -> None:
        raise store_error(StoreFault.UNREACHABLE, store.place)

    monkeypatch.setattr(FolderBackend, "put", refuse)
    url = postgresql()
    async with (
        shared_library(url, tmp_path / "house", HOUSE) as first,
        shared_library(url, tmp_path / "cabin", CABIN) as second,
    ):
        for library, _ in (first, second):
            library.settings = SETTINGS
        yield first, second


class _Between:
    """Does something right after the index was asked something for the n-th time."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        index: Index,
        question: object,
        then: Callable[[], Any],
        *,
        time: int = 1,
    ) -> None:
        self._left = time
        read = index.read

        async def asked(work: Any, *args: Any, **kwargs: Any) -> Any:
            result = await read(work, *args, **kwargs)
            if work is question:
                self._left -= 1
                if not self._left:
                    await then()
            return result

        monkeypatch.setattr(index, "read", asked)

    @property
    def was_done(self) -> bool:
        return self._left <= 0


async def test_an_upload_that_is_taken_back_elsewhere_keeps_its_only_copy(
    two: tuple[Opened, Opened], sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    (house, events), (cabin, _) = two
    held = (await hold_file(house, events, sliced_data())).upload
    await cabin.pending.discard(held.id)
    context = house._context
    between = _Between(
        monkeypatch,
        context.index,
        upload_rows.states,
        lambda: cabin.pending.undo(held.id),
    )
    await recovery.recover_uploads(context)
    assert between.was_done
    assert (await house.upload(held.id)).state is UploadState.PENDING
    path = await house.file_path(held.id)
    assert path is not None
    assert path.read_bytes() == sliced_data()


async def test_an_archive_that_is_restored_elsewhere_keeps_its_only_copy(
    two: tuple[Opened, Opened], sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    (house, events), (cabin, _) = two
    archived = (await archive_file(house, events, sliced_data())).archive
    await cabin.delete_archive(archived.id)
    context = house._context
    between = _Between(
        monkeypatch,
        context.index,
        archive_rows.known,
        lambda: cabin.restore_archive(archived.id),
        # First all of a month, then each by itself.
        time=2,
    )
    await recovery.recover_archives(context)
    assert between.was_done
    path = await house.file_path(archived.id)
    assert path is not None
    assert path.read_bytes() == sliced_data()


async def test_a_discarded_upload_that_stands_in_the_archive_can_still_be_restored(
    two: tuple[Opened, Opened], sliced_data: SlicedData
) -> None:
    (house, events), (cabin, _) = two
    held = (await hold_file(house, events, sliced_data())).upload
    await cabin.pending.discard(held.id)
    # As after a crash while it was taken back from the archive before.
    house._context.folder.archive(held.id, held.file.sha256)
    await recovery.recover_archives(house._context)
    await cabin.pending.undo(held.id)
    assert await house.file_path(held.id) is not None


async def test_one_of_a_library_of_ones_own_keeps_its_file_too(
    home: Home, sliced_data: SlicedData, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = Events()
    async with home.library(events, SETTINGS) as library:
        held = (await hold_file(library, events, sliced_data())).upload
        await library.pending.discard(held.id)
        between = _Between(
            monkeypatch,
            library._context.index,
            upload_rows.states,
            lambda: library.pending.undo(held.id),
        )
        await recovery.recover_uploads(library._context)
        assert between.was_done
        assert await library.file_path(held.id) is not None
