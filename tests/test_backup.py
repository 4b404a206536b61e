"""Backups: a copy of the index that is taken meanwhile is whole, whatever goes on."""

import asyncio
from pathlib import Path
import shutil
import sqlite3
import threading

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer import backup
from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.library.index import sqlite
from custom_components.bambu_virtual_printer.engine.storage import StorageError
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.support.home_assistant import Call, Send


def copied_archives(folder: Path, target: Path) -> int:
    """Copy the index as a backup does, file after file, and count the archives in the copy."""
    target.mkdir()
    for name in ("library.db", "library.db-wal"):
        if (folder / name).exists():
            shutil.copy(folder / name, target / name)
    connection = sqlite3.connect(target / "library.db")
    (intact,) = connection.execute("PRAGMA integrity_check").fetchone()
    assert intact == "ok"
    (count,) = connection.execute("SELECT count(*) FROM archives").fetchone()
    connection.close()
    assert isinstance(count, int)
    return count


async def test_a_copy_taken_during_a_backup_is_whole_while_uploads_go_on(
    hass: HomeAssistant, printer: ManagedPrinter, send: Send, tmp_path: Path, call: Call
) -> None:
    folder = Path(hass.config.path(".storage", "bambu_virtual_printer"))
    sent = await send(printer)
    await backup.async_pre_backup(hass)
    assert copied_archives(folder, tmp_path / "first") == 1
    await send(printer, sent)
    assert copied_archives(folder, tmp_path / "second") == 2
    await backup.async_post_backup(hass)
    await send(printer, sent)
    assert (await call("list_archives"))["total"] == 3


async def test_the_certificate_authority_is_where_every_backup_takes_it_along(
    hass: HomeAssistant, hub: Hub
) -> None:
    folder = Path(hass.config.path("bambu_virtual_printer", "certs"))
    assert (folder / "bbl_ca.crt").read_text() == hub.certificates.authority.pem


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the index wait for other programs only a moment; to be asked for before the hub."""
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.1)


async def test_a_backup_stops_with_the_reason_when_the_index_cannot_be_prepared(
    impatient: None, hass: HomeAssistant, hub: Hub
) -> None:
    database = Path(hass.config.path(".storage", "bambu_virtual_printer", "library.db"))
    other = sqlite3.connect(database)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM archives").fetchone()
    try:
        with pytest.raises(HomeAssistantError):
            await backup.async_pre_backup(hass)
    finally:
        other.close()
    await backup.async_post_backup(hass)
    await backup.async_pre_backup(hass)
    await backup.async_post_backup(hass)


async def test_a_backup_that_waits_too_long_for_the_index_says_so(
    hass: HomeAssistant, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PREPARE_TIMEOUT_S", 0.01)
    release = threading.Event()
    busy = asyncio.create_task(hub.library._context.index.run(lambda _: release.wait()))
    await asyncio.sleep(0)
    try:
        with pytest.raises(HomeAssistantError, match="does not answer"):
            await backup.async_pre_backup(hass)
    finally:
        release.set()
        await busy
    await backup.async_post_backup(hass)


async def test_backups_go_on_without_a_hub(
    hass: HomeAssistant, hub: Hub, entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    await backup.async_pre_backup(hass)
    await backup.async_post_backup(hass)


async def test_an_index_that_does_not_end_the_backup_is_an_error_in_the_log(
    hass: HomeAssistant,
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail() -> None:
        raise StorageError(as_it_stands("The index does not answer."))

    await backup.async_pre_backup(hass)
    with monkeypatch.context() as patch:
        patch.setattr(hub.library, "finish_backup", fail)
        await backup.async_post_backup(hass)
    assert "The index does not answer." in caplog.text
    await backup.async_post_backup(hass)
