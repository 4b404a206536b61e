"""Walks through the user interface in a real browser, as a newcomer would, and takes a picture at every stop.

Starts Home Assistant as the demo does, in a folder of its own that is removed afterwards. A stop that does not show what it
should ends the walk with exit status 1.
"""

import argparse
import asyncio
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import shutil
import sys
import tempfile
from typing import Any

import aiohttp
from playwright.async_api import (
    Locator,
    Page,
    TimeoutError as BrowserTimeoutError,
    async_playwright,
)

from homeassistant.util import slugify
from scripts import demo, slicer
from scripts.recipes import recipes
from scripts.sliced_file import SlicedFileSpec, write_sliced_file

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SIZE = {"width": 1280, "height": 860}
TABLET_SIZE = {"width": 1280, "height": 800}
TIMEOUT_MS = 20_000
REVIEW_IP = "127.0.0.3"
REVIEW_CODE = "review01"
INTEGRATION = f"/config/integrations/integration/{demo.DOMAIN}"
FILES = (
    SlicedFileSpec(title="Gift box", plates=3, filaments=2),
    SlicedFileSpec(title="Cable clip", seed=7),
    SlicedFileSpec(title="Planter", filaments=1, seed=3),
)


class Walk:
    """A logged-in browser."""

    def __init__(self, page: Page, url: str, folder: Path) -> None:
        """Take the pictures into this folder."""
        self.page = page
        self.url = url
        self.folder = folder

    async def go(self, path: str, *texts: str) -> None:
        """Open a page and wait until it shows these texts."""
        await self.page.goto(self.url + path)
        await self.see(*texts)

    async def see(self, *texts: str) -> None:
        """Wait until the page shows these texts."""
        for text in texts:
            shown = self.page.get_by_text(text).filter(visible=True)
            await shown.first.wait_for(timeout=TIMEOUT_MS)

    async def click(self, name: str, role: Any = "button") -> None:
        """Click what is called so."""
        await self.page.get_by_role(role, name=name).first.click(timeout=TIMEOUT_MS)

    async def follow(self, text: str) -> None:
        """Click on a text."""
        await self.page.get_by_text(text).filter(visible=True).first.click()

    async def choose(self, field: Locator, text: str) -> None:
        """Choose from a list, or enter something of one's own."""
        await field.click()
        # The list opens, and is filtered, a moment later.
        await self.page.wait_for_timeout(700)
        await self.page.keyboard.type(text)
        await self.page.wait_for_timeout(700)
        await self.page.keyboard.press("Enter")
        await field.get_by_text(text, exact=True).first.wait_for(timeout=TIMEOUT_MS)

    async def picture(self, name: str) -> None:
        """Take a picture once nothing moves any more."""
        await self.page.wait_for_load_state("networkidle")
        await self.page.wait_for_timeout(700)
        path = self.folder / f"{name}.png"
        await self.page.screenshot(path=path)
        print(f"  {path}")


async def send(
    api: demo.Api, files: Path, spec: SlicedFileSpec, ip: str, code: str
) -> None:
    """Print a file on a virtual printer, as a slicer does."""
    path = files / f"{spec.title}.gcode.3mf"
    await asyncio.to_thread(write_sliced_file, path, spec)
    await slicer.send(
        path,
        ip,
        code,
        ca=files / "ca.pem",
        print_options=slicer.PrintOptions(),
        on_step=lambda _: None,
    )


async def add_printer(walk: Walk, api: demo.Api, files: Path) -> None:
    """Add a printer in the browser, and let the flow's last step see a slicer."""
    page = walk.page
    await walk.go(INTEGRATION, "Demo P1S")
    await walk.picture("integration")
    await walk.click("Add virtual printer")
    form = page.locator("ha-dialog")
    texts = form.locator("ha-selector-text input")
    await texts.nth(0).fill("Review P1S")
    await texts.nth(1).fill(REVIEW_CODE)
    await walk.choose(form.locator("ha-selector-select").nth(0), "P1S")
    await page.get_by_text("Review: wait for approval").click()
    await walk.picture("add-printer")
    if await page.get_by_text("Another address").count():
        # Loopback addresses are on no list: the form asks for one in a field of its own.
        await page.get_by_text("Another address").first.click()
        await walk.click("Submit")
    await texts.nth(2).fill(REVIEW_IP)
    await walk.click("Submit")
    await walk.see(REVIEW_CODE, REVIEW_IP)
    await walk.picture("printer-added")
    await page.get_by_text("Wait for a slicer to connect").click()
    await walk.see("Waiting for a slicer")
    await send(api, files, FILES[0], REVIEW_IP, REVIEW_CODE)
    await walk.see("has connected")
    await walk.picture("slicer-connected")


async def see_the_other_flows(walk: Walk) -> None:
    """Open the forms that nothing is changed by: the hub's options and certificates, a real printer, a proxy."""
    page = walk.page
    await walk.go(INTEGRATION, "Demo P1S")
    await walk.click("Configure")
    await walk.see("Library folder")
    await page.keyboard.press("Escape")
    await walk.go(INTEGRATION, "Demo P1S")
    await page.get_by_role("button", name="Menu").nth(1).click()
    await walk.follow("Reconfigure")
    await walk.see("certificate")
    await walk.picture("certificates")
    await walk.go(INTEGRATION, "Demo P1S")
    await walk.click("Add real printer")
    await walk.see("Serial number")
    await walk.picture("add-real-printer")
    await walk.go(INTEGRATION, "Demo P1S")
    await walk.click("Add proxy")
    await walk.see("A proxy needs a real printer")


def add_scripts(folder: Path) -> None:
    """Give Home Assistant the scripts of docs/dashboard.md, before it starts."""
    scripts = {
        slugify(script["alias"]): script
        for script in recipes("dashboard.md", "The scripts")
    }
    with (folder / "configuration.yaml").open("a") as file:
        file.write(f"script: {json.dumps(scripts)}\n")


async def see_the_dashboard(walk: Walk, api: demo.Api) -> None:
    """Make a dashboard of docs/dashboard.md, look at it on a tablet, and archive what is pending by its button."""
    page = walk.page
    (config,) = recipes(
        "dashboard.md", "The view", Garage="Review P1S", garage="review_p1s"
    )
    for message in (
        {
            "type": "lovelace/dashboards/create",
            "url_path": "wall-tablet",
            "title": "Prints",
        },
        {
            "type": "lovelace/config/save",
            "url_path": "wall-tablet",
            "config": config,
        },
    ):
        await page.evaluate(
            "message => document.querySelector('home-assistant').hass.callWS(message)",
            message,
        )
    await page.evaluate("localStorage.setItem('dockedSidebar', '\"always_hidden\"')")
    await page.set_viewport_size(TABLET_SIZE)  # type: ignore[arg-type]
    await walk.go("/wall-tablet/prints", "To decide", "Planter", "Gift box")
    await walk.picture("dashboard")
    if await page.locator("hui-error-card, hui-warning").count():
        raise demo.DemoError("A card of the dashboard shows an error")
    await walk.click("Archive all")
    await walk.see("Archive everything that is pending?")
    await walk.click("OK")

    async def _find() -> bool | None:
        return not (await api.action("list_pending"))["uploads"] or None

    await demo.eventually("Nothing was archived", TIMEOUT_MS / 1000, _find)
    await page.evaluate("localStorage.removeItem('dockedSidebar')")
    await page.set_viewport_size(SIZE)  # type: ignore[arg-type]


async def walk_through(api: demo.Api, walk: Walk, files: Path) -> None:
    """Make every stop."""
    await see_the_other_flows(walk)
    await add_printer(walk, api, files)
    for spec in FILES[1:]:
        await send(api, files, spec, REVIEW_IP, REVIEW_CODE)
    await send(api, files, SlicedFileSpec(), demo.PRINTER.ip, demo.PRINTER.access_code)
    pending = (await api.action("list_pending"))["uploads"]
    await api.action("queue_pending", upload_id=pending[-1]["upload_id"])
    await walk.go("/todo?entity_id=todo.3d_prints_pending_uploads", "Planter")
    await walk.picture("pending")
    await walk.go("/todo?entity_id=todo.3d_prints_print_queue", "Gift box")
    await walk.picture("queue")
    last = (await api.action("list_queue"))["jobs"][-1]
    tonight = datetime.now(UTC) + timedelta(hours=6)
    await api.action("edit_job", job_id=last["job_id"], not_before=tonight.isoformat())
    await see_the_dashboard(walk, api)
    await walk.go(
        "/media-browser/browser/app%2Cmedia-source%3A%2F%2Fbambu_virtual_printer"
    )
    await walk.follow("Review P1S")
    await walk.follow(f"{datetime.now(UTC):%Y-%m}")
    await walk.see("Gift box", "Planter")
    await walk.picture("media")
    await walk.go("/config/devices/dashboard")
    await walk.see("Review P1S")
    await walk.follow("Review P1S")
    await walk.see("Connected slicers")
    await walk.picture("device")


async def run(port: int, images: Path) -> None:
    """Start Home Assistant and the browser. Raises demo.DemoError, BrowserTimeoutError."""
    with tempfile.TemporaryDirectory(prefix="bvp-screenshots-") as temporary:
        folder = Path(temporary)
        demo.check_ports(port)
        demo.prepare_config(folder, port)
        add_scripts(folder)
        async with (
            aiohttp.ClientSession() as http,
            demo.home_assistant(folder) as process,
            async_playwright() as playwright,
        ):
            api = demo.Api(http, f"http://127.0.0.1:{port}")
            print("Starting Home Assistant")
            log = folder / "home-assistant-output.log"
            await demo.wait_until_up(api, process, log, lambda _: None)
            await api.log_in()
            await demo.wait_until_running(api)
            await demo.set_up(api)
            files = folder / "files"
            files.mkdir()
            pem = await api.call("GET", f"/api/{demo.DOMAIN}/ca.pem")
            (files / "ca.pem").write_text(pem)
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=[
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-background-networking",
                ],
            )
            context = await browser.new_context(viewport=SIZE, device_scale_factor=1)  # type: ignore[arg-type]
            page = await context.new_page()
            page.set_default_timeout(TIMEOUT_MS)
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
                "tokens => localStorage.setItem('hassTokens', tokens)",
                json.dumps(tokens),
            )
            walk = Walk(page, api.url, images)
            try:
                await walk_through(api, walk, files)
            except BrowserTimeoutError:
                await walk.picture("lost")
                raise
            finally:
                await browser.close()


def main() -> int:
    """Run with the arguments of the command line. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description=__doc__)
    parser.add_argument("--port", type=int, default=8123, help="Home Assistant's port")
    parser.add_argument(
        "--images", type=Path, default=IMAGES, help="where to put the pictures"
    )
    args = parser.parse_args()
    args.images.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(run(args.port, args.images))
    except (demo.DemoError, BrowserTimeoutError) as err:
        print(f"The walk ended: {err}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
