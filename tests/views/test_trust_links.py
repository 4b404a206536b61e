"""Short addresses of the scripts, for the computer that does not show the form."""

from datetime import timedelta
from pathlib import Path
import re
import subprocess
from urllib.parse import urlsplit

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.engine.pki.trust_scripts import System
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.views.trust_links import (
    CODES_LAST,
    MAX_CODES,
    TrustLinks,
    async_trust_links,
)
from homeassistant.core import HomeAssistant

BROWSERS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140": "windows.ps1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605": "macos.sh",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0": "linux.sh",
}
PHONES = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 16; Pixel 9) Mobile Safari/537.36",
    "",
)


@pytest.fixture
async def links(hass: HomeAssistant, hub: Hub) -> TrustLinks:
    """What a form shows."""
    hass.config.internal_url = "http://192.168.1.10:8123"
    return async_trust_links(hass)


async def test_the_address_is_short_enough_to_type_and_serves_the_script_of_the_system(
    hub: Hub, links: TrustLinks, hass_client_no_auth: ClientSessionGenerator
) -> None:
    assert links.address.startswith("http://192.168.1.10:8123/")
    assert len(links.address) < 80
    client = await hass_client_no_auth()
    for browser, name in BROWSERS.items():
        answer = await client.get(
            urlsplit(links.address).path, headers={"User-Agent": browser}
        )
        assert answer.status == 200
        assert name in answer.headers["Content-Disposition"]
        assert "BEGIN CERTIFICATE" in await answer.text()
    for phone in PHONES:
        answer = await client.get(
            urlsplit(links.address).path, headers={"User-Agent": phone}
        )
        assert answer.status == 404


async def test_one_line_downloads_the_script_and_runs_it(
    hub: Hub,
    links: TrustLinks,
    hass_client_no_auth: ClientSessionGenerator,
    tmp_path: Path,
    hass: HomeAssistant,
) -> None:
    """The line of Linux is run as it stands; only the host it names is this test's."""
    client = await hass_client_no_auth()
    path = urlsplit(f"{links.address}/linux").path
    served = await (await client.get(path)).text()
    line = links.commands[System.LINUX]
    assert path in line
    home = tmp_path / "home"
    home.mkdir()
    programs = tmp_path / "bin"
    programs.mkdir()
    script = tmp_path / "served"
    script.write_text(served)
    curl = programs / "curl"
    curl.write_text(f'#!/bin/sh\ntest "$1" = -fso && cp {script} "$2"\n')
    curl.chmod(0o755)
    done = await hass.async_add_executor_job(
        lambda: subprocess.run(
            ["sh", "-c", f"{line} --check {tmp_path}"],
            env={"HOME": str(home), "PATH": f"{programs}:/usr/bin:/bin"},
            capture_output=True,
            check=False,
            timeout=60,
        )
    )
    # No slicer is there.
    assert done.returncode == 3, done.stderr
    windows = links.commands[System.WINDOWS]
    assert re.search(r"irm http\S+/windows -OutFile ", windows)


async def test_a_code_ends_and_nobody_guesses_one(
    hass: HomeAssistant,
    hub: Hub,
    links: TrustLinks,
    hass_client_no_auth: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
) -> None:
    client = await hass_client_no_auth()
    path = f"{urlsplit(links.address).path}/linux"
    code = path.split("/")[-2]
    assert (await client.get(path)).status == 200
    assert (await client.get(path.replace(code, code.upper()))).status == 200
    assert (await client.get(path.replace(code, "aaaaaaaa"))).status == 404
    assert (await client.get(path.replace("linux", "amiga"))).status == 404
    freezer.tick(CODES_LAST + timedelta(seconds=1))
    assert (await client.get(path)).status == 404


async def test_codes_are_used_again_and_bounded(
    hass: HomeAssistant, hub: Hub, links: TrustLinks, freezer: FrozenDateTimeFactory
) -> None:
    assert async_trust_links(hass).address == links.address
    seen = {links.address}
    for _ in range(MAX_CODES):
        freezer.tick(CODES_LAST * 0.6)
        seen.add(async_trust_links(hass).address)
    assert len(seen) == MAX_CODES + 1
