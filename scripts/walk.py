"""A browser that is logged in, and the stops of a walk with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Error as BrowserError, Locator, Page

from scripts.home_assistant import Api, ScriptError
from scripts.slicer import SlicerError

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
TIMEOUT_MS = 30_000


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
        await self.page.wait_for_load_state("networkidle")
        await self.page.wait_for_timeout(700)
        await self.page.screenshot(path=self.folder / f"{name}.png")
