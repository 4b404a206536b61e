"""Walks through the user interface in a real browser, as a newcomer would, and takes a picture at every stop.

Starts Home Assistant as the demo does, in a folder of its own that is removed afterwards, on a network as in a home where
that may be. A stop that does not show what it should is named at the end, and makes the exit status 1.
"""

import argparse
import asyncio
import json
from pathlib import Path
import shutil
import sys
import tempfile

import aiohttp
from playwright.async_api import Error as BrowserError, Page, async_playwright

from homeassistant.util import slugify
from scripts import demo, home_assistant
from scripts.lan import Lan, lan
from scripts.recipes import recipes
from scripts.slicer import SlicerError
from scripts.stops import GARAGE, Tour
from scripts.walk import TIMEOUT_MS, WIDE, Walk

IMAGES = Path(__file__).parent.parent / "docs" / "images"
DOCUMENTED = (
    "add-printer", "add-real-printer", "certificates", "dashboard", "device", "integration", "media", "pending",
    "printer-added", "slicer-connected",
)  # fmt: skip
"""The pictures that pages of the documentation show."""


def add_scripts(folder: Path) -> None:
    """Give Home Assistant the scripts of docs/dashboard.md, before it starts."""
    scripts = {
        slugify(script["alias"]): script
        for script in recipes("dashboard.md", "The scripts")
    }
    (folder / "scripts.yaml").write_text(json.dumps(scripts))


async def log_in(page: Page, api: home_assistant.Api) -> None:
    """Give the browser the token that the demo has."""
    await page.goto(f"{api.url}/auth/authorize")
    tokens = {
        "access_token": api.token,
        "token_type": "Bearer",
        "expires_in": 10**9,
        "hassUrl": api.url,
        "clientId": f"{api.url}/",
        "expires": 10**14,
        "refresh_token": "",
    }
    await page.evaluate(
        "tokens => localStorage.setItem('hassTokens', tokens)", json.dumps(tokens)
    )


async def run(network: Lan, port: int, images: Path) -> list[str]:
    """Start Home Assistant and the browser. Returns what was not as it should be. Raises home_assistant.ScriptError, BrowserError, SlicerError."""
    with tempfile.TemporaryDirectory(prefix="bvp-screenshots-") as temporary:
        folder = Path(temporary)
        if not network.is_real:
            demo.check_ports(port)
        home_assistant.prepare_config(folder, port, network.home_assistant)
        add_scripts(folder)
        async with (
            aiohttp.ClientSession() as http,
            home_assistant.home_assistant(folder, network.enter) as process,
            async_playwright() as playwright,
        ):
            api = home_assistant.Api(http, f"http://{network.home_assistant}:{port}")
            print("Starting Home Assistant")
            log = folder / "home-assistant-output.log"
            await home_assistant.wait_until_up(api, process, log, lambda _: None)
            await api.log_in()
            await home_assistant.wait_until_running(api)
            first = demo.DemoPrinter(name=GARAGE, ip=network.printers[0])
            await demo.set_up(api, [first])
            files = folder / "files"
            files.mkdir()
            pem = await api.call("GET", f"/api/{home_assistant.DOMAIN}/ca.pem")
            (files / "ca.pem").write_text(pem)
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=[
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-background-networking",
                ],
            )
            context = await browser.new_context(viewport=WIDE, device_scale_factor=1)  # type: ignore[arg-type]
            page = await context.new_page()
            page.set_default_timeout(TIMEOUT_MS)
            await log_in(page, api)
            walk = Walk(page, api, images)
            try:
                await Tour(walk, network, files, first).all_stops()
            finally:
                await browser.close()
            return walk.failures


def main() -> int:
    """Run with the arguments of the command line. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description=__doc__)
    parser.add_argument("--port", type=int, default=8123, help="Home Assistant's port")
    parser.add_argument(
        "--images",
        type=Path,
        help="where to put all the pictures; without it, those of docs/images are replaced",
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bvp-pictures-") as temporary:
        images = args.images or Path(temporary)
        images.mkdir(parents=True, exist_ok=True)
        try:
            with lan() as network:
                failures = asyncio.run(run(network, args.port, images))
        except (home_assistant.ScriptError, BrowserError, SlicerError) as err:
            print(f"The walk ended: {err}", file=sys.stderr)
            return 1
        if not failures and not args.images:
            for name in DOCUMENTED:
                shutil.copy(images / f"{name}.png", IMAGES)
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
