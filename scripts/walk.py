"""A real Home Assistant, a browser that is logged in, and the stops of a walk with it."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
import json
from pathlib import Path
import shutil
import sys
import tempfile
from typing import Any

import aiohttp
from playwright.async_api import (
    Browser,
    Error as BrowserError,
    Locator,
    Page,
    TimeoutError as BrowserTimeout,
    async_playwright,
)

from scripts import demo, home_assistant, likeness
from scripts.home_assistant import Api, ScriptError
from scripts.lan import Lan, lan
from scripts.slicer import SlicerError

IMAGES = Path(__file__).parent.parent / "docs" / "images"
WIDE = {"width": 1280, "height": 800}
TABLET = {"width": 1024, "height": 768}
PHONE = {"width": 390, "height": 844}
TIMEOUT_MS = 30_000
LOADING_MS = 5_000


class Host:
    """Home Assistant, which can be stopped and started again. `folder` is its configuration."""

    def __init__(self, folder: Path, api: Api, enter: Sequence[str]) -> None:
        """Not started yet; `enter` begins its command."""
        self.folder = folder
        self._api = api
        self._enter = enter
        self._running = AsyncExitStack()

    async def start(self) -> None:
        """Wait until its web server answers. Raises ScriptError."""
        process = await self._running.enter_async_context(
            home_assistant.home_assistant(self.folder, self._enter)
        )
        log = self.folder / "home-assistant-output.log"
        await home_assistant.wait_until_up(self._api, process, log, lambda _: None)

    async def stop(self) -> None:
        """Stop it the orderly way."""
        await self._running.aclose()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a walk goes: Home Assistant with the first virtual printer, and a browser. `files` is a folder for what is sent."""

    api: Api
    browser: Browser
    printer: demo.DemoPrinter
    files: Path
    host: Host


@asynccontextmanager
async def scene(
    network: Lan,
    port: int,
    printer_name: str,
    prepare: Callable[[Path], None] = lambda _: None,
) -> AsyncIterator[Scene]:
    """Start both, in a folder that is removed afterwards; `prepare` gets it before Home Assistant starts.

    Raises ScriptError, BrowserError.
    """
    with tempfile.TemporaryDirectory(prefix="bvp-walk-") as temporary:
        folder = Path(temporary)
        if not network.is_real:
            demo.check_ports(port)
        home_assistant.prepare_config(folder, port, network.home_assistant)
        prepare(folder)
        async with (
            aiohttp.ClientSession() as http,
            AsyncExitStack() as ending,
            async_playwright() as playwright,
        ):
            api = Api(http, f"http://{network.home_assistant}:{port}")
            host = Host(folder, api, network.enter)
            ending.push_async_callback(host.stop)
            print("Starting Home Assistant")
            await host.start()
            await api.log_in()
            await home_assistant.wait_until_running(api)
            printer = demo.DemoPrinter(name=printer_name, ip=network.printers[0])
            await demo.set_up(api, [printer])
            files = folder / "files"
            files.mkdir()
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=[
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--disable-background-networking",
                ],
            )
            try:
                yield Scene(
                    api=api, browser=browser, printer=printer, files=files, host=host
                )
            finally:
                await browser.close()


async def all_loaded(page: Page) -> None:
    """Wait until everything is fetched but what never ends: the pictures of a camera."""
    with suppress(BrowserTimeout):
        await page.wait_for_load_state("networkidle", timeout=LOADING_MS)


async def log_in(page: Page, api: Api) -> None:
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


def walk_main(
    program: str,
    description: str | None,
    run: Callable[[Lan, int, Path], Awaitable[Sequence[str]]],
    documented: Mapping[str, str],
    kept: Path | None = None,
) -> int:
    """Walk with the arguments of the command line. Returns the exit status.

    `run` takes pictures into a folder and returns what was not as it should be; `documented` are those of docs/images, by
    the names of the walk. Those of panels and tablets are compared with what is `kept`, if that is given.
    """
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.add_argument("--port", type=int, default=8123, help="Home Assistant's port")
    parser.add_argument(
        "--images",
        type=Path,
        help="where to put all the pictures; without it, those of docs/images are replaced",
    )
    if kept:
        parser.add_argument(
            "--keep",
            action="store_true",
            help="keep small copies of the pictures: later walks are compared with them",
        )
    args = parser.parse_args()

    async def walk(network: Lan, images: Path) -> Sequence[str]:
        return await run(network, args.port, images)

    with tempfile.TemporaryDirectory(prefix="bvp-pictures-") as temporary:
        images = args.images or Path(temporary)
        images.mkdir(parents=True, exist_ok=True)
        try:
            with lan() as network:
                failures = asyncio.run(walk(network, images))
        except (ScriptError, BrowserError, SlicerError) as err:
            print(f"The walk ended: {err}", file=sys.stderr)
            return 1
        if kept:
            compared = [*images.glob("panel-*.png"), *images.glob("tablet-*.png")]
            if args.keep:
                likeness.keep(compared, kept)
            else:
                failures = [*failures, *likeness.differences(compared, kept)]
        if not failures and not args.images:
            for name, shown in documented.items():
                shutil.copy(images / f"{name}.png", IMAGES / f"{shown}.png")
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


class Walk:
    """Goes from stop to stop, and remembers those that did not show what they should."""

    def __init__(self, page: Page, api: Api, folder: Path) -> None:
        """Take the pictures into this folder."""
        self.page = page
        self.api = api
        self.folder = folder
        self.failures: list[str] = []

    @asynccontextmanager
    async def stop(self, name: str, what: str) -> AsyncIterator[None]:
        """Note whether a stop shows what it should, and go on with the next."""
        try:
            yield
        except (
            AssertionError,
            BrowserError,
            ScriptError,
            LookupError,
            OSError,
            SlicerError,
        ) as err:
            reason = f"{type(err).__name__}: {err}".strip().split("\n")[0]
            self.failures.append(f"{name}, {what}: {reason}")
            print(f"✘ {name}: {what}: {reason}")
            await self.page.screenshot(path=self.folder / f"lost-{name}.png")
        else:
            print(f"✔ {name}: {what}")

    async def go(self, path: str, *texts: str) -> None:
        """Open a page and wait until it shows these texts."""
        await self.page.goto(self.api.url + path)
        await self.see(*texts)

    async def see(self, *texts: str) -> None:
        """Wait until the page shows these texts."""
        for text in texts:
            await self.shown(text).wait_for(timeout=TIMEOUT_MS)

    async def see_no(self, text: str) -> None:
        """Wait until nothing on the page says this."""
        await self.shown(text).wait_for(state="hidden", timeout=TIMEOUT_MS)

    def shown(self, text: str) -> Locator:
        """Find the first visible place of a text."""
        return self.page.get_by_text(text).filter(visible=True).first

    async def click(self, name: str, role: Any = "button") -> None:
        """Click what is called so."""
        await self.page.get_by_role(role, name=name).filter(visible=True).first.click()

    async def follow(self, text: str) -> None:
        """Click on a text."""
        await self.shown(text).click()

    async def leave(self) -> None:
        """Close a dialog."""
        await self.page.keyboard.press("Escape")

    async def choose(self, field: Locator, text: str) -> None:
        """Choose from a list, or enter something of one's own."""
        await field.click()
        # The list opens, and is filtered, a moment later.
        await self.page.wait_for_timeout(700)
        await self.page.keyboard.type(text)
        await self.page.wait_for_timeout(700)
        await self.page.keyboard.press("Enter")
        shown = field.get_by_text(text, exact=True).filter(visible=True)
        await shown.first.wait_for(timeout=TIMEOUT_MS)

    async def picture(self, name: str, *, everywhere: bool = False) -> None:
        """Take a picture once nothing moves any more: in the dark and on a phone too, if `everywhere`."""
        await self._picture(name)
        if everywhere:
            await self.page.emulate_media(color_scheme="dark")
            await self._picture(f"{name}-dark")
            await self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            await self._picture(f"{name}-phone-dark")
            await self.page.emulate_media(color_scheme="light")
            await self._picture(f"{name}-phone")
            await self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
            await self.page.wait_for_timeout(300)

    async def _picture(self, name: str) -> None:
        # Nothing is pointed at: tooltips hide what is beneath them.
        await self.page.mouse.move(0, 0)
        await all_loaded(self.page)
        await self.page.wait_for_timeout(700)
        await self.page.screenshot(path=self.folder / f"{name}.png")
