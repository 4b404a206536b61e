"""The options of the hub as the library follows them, at once and while it is open."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.engine.library.values.names import (
    NameSource,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    LibrarySettings,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from scripts import slicer
from tests.support.home_assistant import Call, Send, SentFile


async def change(
    hass: HomeAssistant, entry: MockConfigEntry, **options: Any
) -> LibrarySettings:
    """Change options; returns what the library follows then."""
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.async_block_till_done()
    hub: Hub = entry.runtime_data
    return hub.library.settings


async def test_without_options_nothing_is_ever_deleted(hub: Hub) -> None:
    settings = hub.library.settings
    assert settings == LibrarySettings(
        reserve_bytes=1_000_000_000,
        low_space_bytes=5_000_000_000,
        undo_for=timedelta(minutes=10),
    )


async def test_options_reach_the_open_library(
    hass: HomeAssistant, hub: Hub, entry: MockConfigEntry
) -> None:
    library = hub.library
    settings = await change(
        hass,
        entry,
        reserve_mb=20,
        name_source="filename",
        filament_price=19.5,
        retention={
            "pending_days": 3,
            "undo_minutes": 30,
            "keep_days": 365,
            "keep_count": 100,
            "keep_gb": 1.5,
            "budget_gb": 2,
            "low_space_gb": 0.25,
        },
    )
    assert entry.runtime_data.library is library
    assert settings == LibrarySettings(
        reserve_bytes=20_000_000,
        low_space_bytes=250_000_000,
        budget_bytes=2_000_000_000,
        pending_expiry=timedelta(days=3),
        undo_for=timedelta(minutes=30),
        keep_for=timedelta(days=365),
        keep_count=100,
        keep_bytes=1_500_000_000,
        filament_price=19.5,
        name_source=NameSource.FILENAME,
    )


async def test_the_oldest_archives_go_and_what_counts_stays(
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    for number, title in enumerate("ABCDE"):
        await send(printer, sliced_file(f"{title}.gcode.3mf", title=title, seed=number))
    ids = {
        archive["name"]: archive["archive_id"]
        for archive in (await call("list_archives"))["archives"]
    }
    await call("update_archive", archive_id=ids["A"], favourite=True)
    await call("queue_archive", archive_id=ids["B"])
    await change(hass, entry, retention={"keep_count": 3})
    await hub.library.maintain()
    left = {archive["name"] for archive in (await call("list_archives"))["archives"]}
    assert left == {"A", "B", "E"}
    await change(hass, entry, retention={"keep_days": 10})
    await hub.library.maintain(dt_util.utcnow() + timedelta(days=11))
    left = {archive["name"] for archive in (await call("list_archives"))["archives"]}
    assert left == {"A", "B"}


async def test_a_used_up_budget_refuses_uploads_and_is_told(
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> None:
    await send(printer, sliced_file(seed=1))
    await change(hass, entry, retention={"budget_gb": 0.000001})
    await hub.library.maintain()
    with pytest.raises(slicer.SlicerError, match="452"):
        await send(printer, sliced_file(seed=2))
    assert (await call("list_archives"))["total"] == 1
    await change(hass, entry)
    await hub.library.maintain()
    await send(printer, sliced_file(seed=2))
    assert (await call("list_archives"))["total"] == 2
