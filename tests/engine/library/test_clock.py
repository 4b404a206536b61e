"""What time it is for a library: instances whose clocks are hours apart agree about it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custom_components.bambu_virtual_printer.engine.library.clock import LibraryClock
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    NothingToUndoError,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    UploadState,
)
from tests.support.library import Events, hold_file
from tests.support.shared import CABIN, shared_library

UNDO_FOR = timedelta(minutes=30)
HOURS = timedelta(hours=2)


def clock(off_by: timedelta) -> LibraryClock:
    """Return the clock of a computer that is wrong by so much."""
    return LibraryClock(lambda: datetime.now(UTC) + off_by)


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize("off_by", [HOURS, -HOURS], ids=["ahead", "behind"])
async def test_what_is_discarded_can_be_had_back_as_long_as_everywhere(
    tmp_path: Path,
    postgresql: Callable[[], str],
    sliced_data: Callable[..., bytes],
    off_by: timedelta,
) -> None:
    async def discarded(library: Library, events: Events) -> str:
        upload_id = (await hold_file(library, events, sliced_data())).upload.id
        await library.pending.discard(upload_id)
        return upload_id

    url = postgresql()
    async with (
        shared_library(url, tmp_path / "house") as (house, at_house),
        shared_library(url, tmp_path / "cabin", CABIN, clock=clock(off_by)) as (
            cabin,
            at_cabin,
        ),
    ):
        for library in (house, cabin):
            library.settings = replace(
                library.settings, low_space_bytes=0, undo_for=UNDO_FOR
            )
        ids = [await discarded(house, at_house), await discarded(cabin, at_cabin)]
        for library in (house, cabin):
            await library.maintain()
        for upload_id in ids:
            upload = await house.pending.undo(upload_id)
            assert upload.state is UploadState.PENDING
            await house.pending.discard(upload_id)
        await cabin.maintain(datetime.now(UTC) + UNDO_FOR + timedelta(minutes=1))
        for upload_id in ids:
            with pytest.raises(NothingToUndoError):
                await house.pending.undo(upload_id)


def test_a_clock_that_is_set_anew_changes_nothing() -> None:
    off_by = timedelta()
    library_clock = LibraryClock(lambda: datetime.now(UTC) + off_by)
    assert library_clock.now() <= datetime.now(UTC)
    told = datetime(2026, 12, 1, 10, tzinfo=UTC)
    library_clock.set(told)
    off_by = HOURS
    assert timedelta() <= library_clock.now() - told < HOURS
