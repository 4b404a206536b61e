"""A full disk of this Home Assistant's own refuses uploads to a shared library as it does to its own: over FTPS, with words."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
import ssl
import subprocess

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.config.shared_library import (
    SharedLibrarySettings,
)
from custom_components.bambu_virtual_printer.const import CONF_RESERVE_MB
from homeassistant.core import HomeAssistant
from scripts.servers.postgresql import Server
from tests.support.ftps_clients import RawClient, sliced_file as random_file
from tests.support.home_assistant import ACCESS_CODE, SentFile
from tests.support.waiting import until

from .test_away_at_start import archived, send, shared, start, until_back

__all__ = ["shared"]

pytestmark = pytest.mark.usefixtures("impatient")

DISK_BYTES = 8 * 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Have the library's folder on a small disk of its own."""
    place = tmp_path / "media" / "bambu_virtual_printer"
    place.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def store_over_ftps(address: str, content: bytes) -> str:
    """Upload until the printer has had enough, and return what it says."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with RawClient(address, context) as client:
        client.log_in(ACCESS_CODE)
        with client.storing("Large.gcode.3mf") as data, suppress(OSError):
            data.sendall(content)
            data.unwrap()
        return client.reply()


@pytest.mark.parametrize("is_away", [False, True], ids=["there", "away"])
async def test_a_disk_that_gets_full_refuses_with_words_and_takes_what_fits_afterwards(
    hass: HomeAssistant,
    small_disk: Path,
    shared: MockConfigEntry,
    postgresql_server: Server,
    sliced_file: Callable[..., SentFile],
    tmp_path: Path,
    is_away: bool,
) -> None:
    hass.config_entries.async_update_entry(shared, options={CONF_RESERVE_MB: 0})
    if is_away:
        await asyncio.to_thread(postgresql_server.stop)
    hub, printer = await start(hass, shared)
    assert hub.library.is_shared
    reply = await asyncio.to_thread(
        store_over_ftps, printer.config.bind_ip, random_file(DISK_BYTES + 1_000_000)
    )
    # As with a library of its own.
    assert reply.startswith("452 ")
    assert "room" in reply
    settings = SharedLibrarySettings.from_entry(shared)
    assert settings
    working = small_disk / settings.folder_name
    assert working.is_dir()
    # It goes once the client has its answer.
    await until(lambda: not list(working.rglob("*.3mf*")))
    await send(hub, printer, sliced_file("One.gcode.3mf", seed=1), tmp_path)
    if is_away:
        await asyncio.to_thread(postgresql_server.start)
    await until_back(hass, hub)
    assert await archived(hub) == ["One.gcode.3mf"]


async def test_a_disk_without_room_for_its_reserve_refuses_at_once_with_words(
    hass: HomeAssistant, small_disk: Path, shared: MockConfigEntry
) -> None:
    _, printer = await start(hass, shared)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

    def scenario() -> str:
        with RawClient(printer.config.bind_ip, context) as client:
            client.log_in(ACCESS_CODE)
            client.epsv()
            return client.command("STOR Large.gcode.3mf")

    reply = await asyncio.to_thread(scenario)
    assert reply.startswith("452 ")
    assert "room" in reply or "space" in reply
