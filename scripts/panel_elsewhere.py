"""What the walk through the panel looks at where others have a hand in it: somebody else decides about the file that is shown, and clocks differ."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

from playwright.async_api import Error as BrowserError, Page

from scripts.home_assistant import DOMAIN, ScriptError
from scripts.panel_checks import PanelChecks, Walk
from scripts.sliced_file import SlicedFileSpec
from scripts.walk import PHONE, TIMEOUT_MS, WIDE, Scene, log_in

CLOCKS = (
    ("Pacific/Kiritimati", "Pacific/Pago_Pago"),
    ("Pacific/Honolulu", "Pacific/Kiritimati"),
)
"""Time zones of a household and a browser that are never at the same day for long."""
PROFILE = {
    "language": "en",
    "number_format": "language",
    "time_format": "language",
    "date_format": "language",
    "first_weekday": "language",
}


class PanelElsewhere:
    """These checks, by a walk that is under way."""

    def __init__(self, walk: Walk, there: Scene) -> None:
        """Use what the walk has sent."""
        self.walk = walk
        self.there = there
        self.api = there.api
        self._checks = PanelChecks(walk, there)
        self._clock_before = ""

    async def all(self) -> None:
        """Do them."""
        checks: Sequence[tuple[str, Callable[[], Awaitable[None]]]] = (
            ("decided elsewhere", self.decided),
            ("decided elsewhere, phone", self.decided_on_a_phone),
            ("clocks", self.clocks),
        )
        for name, check in checks:
            try:
                await check()
            except (AssertionError, BrowserError, ScriptError) as err:
                self.walk.note(name, str(err).split("\n", maxsplit=1)[0])

    # --- somebody else decides ---

    async def decided(self) -> None:
        """Look at a file without naming it; another one comes, and somebody queues the one that is shown: nothing takes its place."""
        await self._send("Clamp", "Wedge", "Shim")
        page = await self.walk.page(WIDE)
        await self._checks.open(page, "inbox")
        await self._shows(page, "Shim")
        await self._send("Latecomer")
        await page.locator("bvp-inbox .row", has_text="Latecomer").wait_for()
        await self._shows(page, "Shim")
        self.walk.note("inbox: another file comes, and what is shown stays")
        await self._decide("Shim", "queue")
        told = page.locator("bvp-inbox .empty", has_text="Shim was queued.")
        await told.wait_for()
        assert not await page.locator("bvp-upload").count(), "another file is shown"
        before = await self._waiting()
        for key in ("a", "u", "Delete"):
            await page.keyboard.press(key)
        await page.wait_for_timeout(500)
        assert await self._waiting() == before, "a key has decided about another file"
        self.walk.note("inbox: somebody else decides, and no other file is shown")
        await self._checks.looked_at(page, "elsewhere-wide")
        await page.get_by_role("button", name="Next file").click()
        await self._shows(page, "Wedge")
        await page.keyboard.press("a")
        await page.get_by_text("Wedge was archived.").first.wait_for()
        await self._shows(page, "Clamp")
        self.walk.note("inbox: it goes on with the one after it, when one says so")
        await page.context.close()
        for name in ("Latecomer", "Clamp"):
            await self._decide(name, "discard")

    async def decided_on_a_phone(self) -> None:
        """Do the same with a file that is open on a phone, in the place of the list."""
        await self._send("Gasket", "Spacer")
        page = await self.walk.page(PHONE)
        await page.emulate_media(color_scheme="dark")
        await self._checks.open(page, "inbox")
        await page.locator("bvp-inbox .row", has_text="Spacer").tap()
        await self._shows(page, "Spacer")
        await self._decide("Spacer", "discard")
        await page.locator("bvp-inbox .empty", has_text="Spacer was disc").wait_for()
        await self._checks.looked_at(page, "elsewhere-phone")
        await page.get_by_role("button", name="Next file").tap()
        await self._shows(page, "Gasket")
        self.walk.note("inbox, phone: somebody else decides, and one goes on")
        await page.context.close()
        await self._decide("Gasket", "discard")

    async def _shows(self, page: Page, name: str) -> None:
        await page.locator("bvp-upload h2", has_text=name).wait_for()

    async def _waiting(self) -> set[str]:
        return {each["id"] for each in await self._inbox()}

    async def _inbox(self) -> list[dict[str, Any]]:
        async with self.api.commands() as commands:
            await commands.do(f"{DOMAIN}/subscribe", topics=["inbox"])
            while not commands.events:
                await commands.do("ping")
            found: list[dict[str, Any]] = commands.events[0]["inbox"]
            return found

    async def _decide(self, name: str, verb: str) -> None:
        """Decide about a file as somebody else does."""
        upload_id = await self._id_of(name)
        async with self.api.commands() as commands:
            await commands.do(
                f"{DOMAIN}/upload/decide", upload_ids=[upload_id], verb=verb
            )

    async def _id_of(self, name: str) -> str:
        """Return the ID of a file that waits, or is about to."""
        for _ in range(40):
            for each in await self._inbox():
                if each["name"] == name:
                    return str(each["id"])
            await asyncio.sleep(0.25)
        raise AssertionError(f"{name} does not wait")

    async def _send(self, *names: str) -> None:
        for number, name in enumerate(names):
            await self.walk.send(SlicedFileSpec(title=name, seed=80 + number))

    # --- clocks ---

    async def clocks(self) -> None:
        """Look at the statistics with a browser that has another day than the household: the days that show are those that were counted."""
        await self._send("Peg")
        await self._decide("Peg", "archive")
        self._clock_before = (await self.api.call("GET", "/api/config"))["time_zone"]
        for household, browser in CLOCKS:
            for profile in ("server", "local"):
                async with self._clock(household, browser, profile) as page:
                    what = f"stats, {household}, browser in {browser}, {profile} time"
                    await self._days(page, what)

    async def _days(self, page: Page, what: str) -> None:
        await self._checks.open(page, "stats")
        for choice, by in (("12 days", "day"), ("12 weeks", "week")):
            await page.get_by_role("button", name=choice, exact=True).click()
            counted = await self._counted(by)
            shown = await self._shown(page, counted)
            self.walk.note(
                f"{what}: each {by} as it was counted",
                None if shown == counted else f"{shown}, not {counted}",
            )
        await page.get_by_role("button", name="One month", exact=True).click()
        await page.wait_for_url("**month=*")
        today = (await self._counted("day"))[-1:]
        last = await self._shown(page, today)
        self.walk.note(
            f"{what}: this month ends with the household's day",
            None if last == today else f"{last}, not {today}",
        )

    async def _shown(self, page: Page, wanted: list[str]) -> list[str]:
        """Return the last periods that show, once they are these or did not become so."""
        rows = page.locator("bvp-stats details tbody th")
        for _ in range(20):
            names = [each.strip() for each in await rows.all_text_contents()]
            names = names[-len(wanted) :]
            if names == wanted:
                break
            await page.wait_for_timeout(250)
        return names

    async def _counted(self, by: str) -> list[str]:
        """Return the first days of the periods that the backend counts, as they are written in English."""
        found = await self.api.action("get_statistics", by=by)
        days = [date.fromisoformat(each["start"]) for each in found["series"]]
        year = days[-1].year
        return [
            f"{day:%b} {day.day}" + (f", {day.year}" if day.year != year else "")
            for day in days
        ]

    @asynccontextmanager
    async def _clock(
        self, household: str, browser: str, profile: str
    ) -> AsyncIterator[Page]:
        """Have the clocks of the household, a browser and the user's profile like this for a while."""
        await self._set_clock(household, profile)
        context = await self.there.browser.new_context(
            viewport=WIDE,  # type: ignore[arg-type]
            locale="en-US",
            timezone_id=browser,
        )
        try:
            page = await context.new_page()
            page.set_default_timeout(TIMEOUT_MS)
            await log_in(page, self.api)
            yield page
        finally:
            await context.close()
            await self._set_clock(self._clock_before, "local")
            # Language and all: checks that come after choose theirs in the browser.
            async with self.api.commands() as commands:
                await commands.do("frontend/set_user_data", key="language", value=None)

    async def _set_clock(self, household: str, profile: str) -> None:
        async with self.api.commands() as commands:
            await commands.do("config/core/update", time_zone=household)
            await commands.do(
                "frontend/set_user_data",
                key="language",
                value=PROFILE | {"time_zone": profile},
            )
