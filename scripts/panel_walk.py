"""Uses the panel as people do, in a real browser before a real Home Assistant.

Counts the taps of each thing people want, from Home Assistant's start page, and fails where there are more than the budget
says. Looks at every tab for barriers with axe-core, wide, on a tablet and on a phone, light and dark, and takes a picture of each,
which has to look like the one that was kept. Then the checks of scripts/panel_elsewhere.py, scripts/panel_hands.py and scripts/panel_checks.py, with what was measured in their lines.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
import shutil
import sys
from typing import Any, Literal

from playwright.async_api import Browser, Error as BrowserError, Locator, Page

from scripts.home_assistant import DOMAIN, Api
from scripts.lan import Lan
from scripts.panel_checks import PanelChecks
from scripts.panel_elsewhere import PanelElsewhere
from scripts.panel_hands import PanelHands
from scripts.sliced_file import SlicedFileSpec, write_sliced_file
from scripts.walk import (
    PHONE,
    TABLET,
    TIMEOUT_MS,
    WIDE,
    all_loaded,
    log_in,
    scene,
    walk_main,
)

ROOT = Path(__file__).parent.parent
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
KEPT = ROOT / "scripts" / "pictures"
"""Small copies of how the screens looked when somebody last looked at them."""
DOCUMENTED = {
    "panel-inbox-wide-light": "panel",
    "panel-queue-wide-light": "panel-queue",
    "panel-inbox-phone-dark": "panel-phone",
}
"""The pictures that pages of the documentation show, and what they are called there."""
TABS = ("inbox", "queue", "archive", "printers", "stats")
FILES = (
    SlicedFileSpec(title="Werkzeughalter für Häuser & Gärten", filaments=1, seed=2),
    SlicedFileSpec(title="Gift box", plates=3, filaments=2, seed=4, model="N2S"),
    SlicedFileSpec(title="Lamp shade", seed=9),
    SlicedFileSpec(title="Planter", plates=2, filaments=3, seed=11),
    SlicedFileSpec(title="Cable clip", seed=7),
)
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
LOOK = """async ({ rules }) => {
  const find = root => {
    for (const one of root.querySelectorAll('*')) {
      if (one.localName === 'bvp-panel') return one;
      const found = one.shadowRoot && find(one.shadowRoot);
      if (found) return found;
    }
  };
  const answer = await axe.run(find(document), { runOnly: { type: 'tag', values: rules } });
  return answer.violations.map(each =>
    `${each.id}: ${each.help}: ${each.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`);
}"""


class Hand:
    """Taps and types, and counts it."""

    def __init__(self, page: Page, *, is_touching: bool = False) -> None:
        """Begin at Home Assistant's start page."""
        self.page = page
        self.is_touching = is_touching
        self.taps = 0
        self.texts = 0

    async def tap(self, what: Locator) -> None:
        """Tap on something that shows."""
        self.taps += 1
        shown = what.filter(visible=True).first
        await (shown.tap() if self.is_touching else shown.click())

    async def button(self, name: str, *, exact: bool = True) -> None:
        """Tap on a button."""
        await self.tap(self.page.get_by_role("button", name=name, exact=exact))

    async def item(self, name: str) -> None:
        """Tap on an item of a menu."""
        await self.tap(self.page.get_by_role("menuitem", name=name, exact=True))

    async def write(self, text: str) -> None:
        """Type into what has the focus."""
        self.texts += 1
        await self.page.keyboard.type(text)

    async def panel(self) -> None:
        """Open the panel from the sidebar; it shows the tab that was open last."""
        await self.tap(self.page.locator("a[href='/bambu-prints']"))
        await self.page.locator("bvp-panel header h1").wait_for()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something people want: the tab that was open last, how it is done, and how many taps it may take."""

    name: str
    tab: str
    taps: int
    texts: int = 0
    do: Callable[[Hand], Awaitable[None]]


async def _see(hand: Hand) -> None:
    await hand.panel()
    for text in ("Planter", "PLA"):
        await hand.page.get_by_text(text).filter(visible=True).first.wait_for()
    await hand.page.locator("bvp-picture img").first.wait_for()


async def _archive(hand: Hand) -> None:
    await hand.panel()
    await hand.button("Archive")
    await hand.page.get_by_text("was archived").first.wait_for()


async def _queue(hand: Hand) -> None:
    await hand.panel()
    await hand.button("Queue")
    await hand.page.get_by_text("was queued").first.wait_for()


async def _queue_copies(hand: Hand) -> None:
    await hand.panel()
    await hand.button("Queue with options")
    await hand.button("One copy more")
    await hand.tap(hand.page.get_by_role("button", name="Queue 1 job"))
    await hand.page.get_by_text("was queued").first.wait_for()


async def _send_back(hand: Hand) -> None:
    await hand.panel()
    await hand.button("Send back with a note")
    await (
        hand.page.get_by_role("textbox", name="Note")
        .and_(hand.page.locator(":focus"))
        .wait_for()
    )
    await hand.write("Use the 0.6 nozzle")
    await hand.button("Send back")
    await hand.page.get_by_text("was sent back").first.wait_for()


async def _favourite(hand: Hand) -> None:
    await hand.panel()
    await hand.button("Favorite")
    await hand.page.locator("button[aria-label=Favorite][aria-pressed=true]").wait_for()


async def _printed(hand: Hand) -> None:
    await hand.panel()
    await hand.button("Printed")
    await hand.page.get_by_text("rinted").first.wait_for()


async def _failed(hand: Hand) -> None:
    await hand.panel()
    await hand.button("Failed", exact=False)
    await hand.tap(hand.page.get_by_text("Came off the bed", exact=True))


async def _reorder(hand: Hand) -> None:
    await hand.panel()
    rows = hand.page.locator("bvp-queue [data-list=line] > li")
    name = await rows.first.locator("bvp-queue-row a").first.inner_text()
    hand.taps += 1
    start = await rows.first.locator(".handle").bounding_box()
    end = await rows.last.locator(".handle").bounding_box()
    assert start, "nothing to move"
    assert end, "nowhere to go"
    mouse = hand.page.mouse
    await mouse.move(start["x"] + 10, start["y"] + start["height"] / 2)
    await mouse.down()
    await mouse.move(end["x"] + 10, end["y"] + end["height"] - 4, steps=12)
    await mouse.up()
    await rows.last.filter(has_text=name).wait_for()


async def _again(hand: Hand) -> None:
    await hand.panel()
    await hand.tap(hand.page.locator("bvp-archive .again button"))
    await hand.tap(hand.page.locator("bvp-queue-dialog .button.primary"))
    await hand.page.get_by_text("added to the queue").first.wait_for()


async def _find(hand: Hand) -> None:
    await hand.panel()
    await hand.tap(hand.page.locator("bvp-archive #search"))
    await hand.write("gift")
    await hand.page.locator("bvp-archive .name", has_text="Gift box").first.wait_for()
    await hand.page.locator("bvp-archive .name", has_text="Lamp").wait_for(
        state="hidden"
    )


async def _find_material(hand: Hand) -> None:
    await hand.panel()
    # A file's first filament, which is that of every other file here too, would find everything.
    material = hand.page.locator("bvp-archive-filters .material").last
    name = (await material.inner_text()).strip()
    await hand.tap(material)
    await _found(hand, "material", name)


async def _find_color(hand: Hand) -> None:
    await hand.panel()
    color = hand.page.locator("bvp-archive-filters .quick .colour").last
    name = await color.get_attribute("aria-label")
    await hand.tap(color)
    await _found(hand, "colour", str(name))


async def _found(hand: Hand, filter_: str, name: str) -> None:
    """Wait until what is shown is what was looked for."""
    page = hand.page
    await page.wait_for_url(f"**/bambu-prints/archive?*{filter_}=*")
    await (
        page.locator("bvp-archive-filters [aria-pressed='true']")
        .filter(visible=True)
        .first.wait_for()
    )
    assert await page.locator("bvp-archive .name").count(), f"nothing of {name}"


async def _note(hand: Hand) -> None:
    await hand.panel()
    await hand.button("Add a note…")
    await hand.page.locator("bvp-written textarea:focus").wait_for()
    await hand.write("Needs a brim")
    await hand.button("Save")
    await hand.page.locator("bvp-upload .notes", has_text="Needs a brim").wait_for()


async def _tag(hand: Hand) -> None:
    await hand.panel()
    await hand.button("Add tag")
    await hand.page.locator("bvp-written input:focus").wait_for()
    await hand.write("gift")
    await hand.page.keyboard.press("Enter")
    await hand.page.locator("bvp-upload .chip", has_text="gift").wait_for()


async def _photo(hand: Hand, path: Path) -> None:
    await hand.panel()
    await hand.tap(hand.page.locator("bvp-archive .link"))
    async with hand.page.expect_file_chooser() as chooser:
        await hand.button("Add photo")
    await (await chooser.value).set_files(path)
    await hand.page.locator("bvp-archive-detail .photos img").first.wait_for()


async def _download(hand: Hand) -> None:
    await hand.panel()
    async with hand.page.expect_download() as download:
        await hand.tap(hand.page.locator("bvp-upload a[download]"))
    path = await (await download.value).path()
    assert path.stat().st_size, "an empty file"


async def _export(hand: Hand) -> None:
    await hand.panel()
    async with hand.page.expect_download() as download:
        await hand.button("Download as a table")
        await hand.item("CSV file")
    path = await (await download.value).path()
    assert path.stat().st_size, "an empty file"


async def _secret(hand: Hand) -> None:
    await hand.panel()
    await hand.button("Show access code")
    await hand.page.get_by_role("button", name="Hide access code").wait_for()


async def _trust(hand: Hand) -> None:
    await hand.panel()
    await hand.button("Connect a slicer")
    await hand.page.locator("bvp-connect-dialog code").first.wait_for()


async def _put_in(hand: Hand, path: Path) -> None:
    await hand.panel()
    await hand.button("Upload")
    async with hand.page.expect_file_chooser() as chooser:
        await hand.item("Into the archive")
    await (await chooser.value).set_files(path)
    await hand.page.get_by_text("was archived").first.wait_for()


class PanelWalk:
    """One walk through all of it."""

    def __init__(self, api: Api, browser: Browser, files: Path, images: Path) -> None:
        """`files` are those to send."""
        self.api = api
        self.browser = browser
        self.files = files
        self.images = images
        self.zone = _where_it_is_night()
        self.failures: list[str] = []
        self.printer = ""

    async def all(self) -> None:
        """Count taps, and look for barriers."""
        async with self.api.commands() as commands:
            await commands.do("config/core/update", time_zone=self.zone)
        await self.find_printer()
        await self.fill()
        page = await self.page(WIDE)
        for job in self.jobs():
            await self.count(page, job)
        await page.context.close()
        await self.send_from_a_phone()
        await self.together()
        await self.barriers()

    def note(self, what: str, failure: str | None = None) -> None:
        """Say how something went."""
        print(f"{'✘' if failure else '✔'} {what}{f': {failure}' if failure else ''}")
        if failure:
            self.failures.append(f"{what}: {failure}")

    def jobs(self) -> tuple[Job, ...]:
        """Return what people want, in an order in which each finds what it needs."""
        clip = self.files / "Cable clip.gcode.3mf"
        return (
            Job(name="see what just arrived", tab="inbox", taps=1, do=_see),
            Job(name="favourite", tab="inbox", taps=2, do=_favourite),
            Job(name="note", tab="inbox", taps=3, texts=1, do=_note),
            Job(name="tag", tab="inbox", taps=3, texts=1, do=_tag),
            Job(name="download the 3MF", tab="inbox", taps=2, do=_download),
            Job(name="archive one", tab="inbox", taps=2, do=_archive),
            Job(name="queue one with copies", tab="inbox", taps=4, do=_queue_copies),
            Job(name="queue one", tab="inbox", taps=2, do=_queue),
            Job(
                name="send back with a note",
                tab="inbox",
                taps=3,
                texts=1,
                do=_send_back,
            ),
            Job(name="mark as printed", tab="queue", taps=2, do=_printed),
            Job(name="mark as failed with a reason", tab="queue", taps=3, do=_failed),
            Job(name="reorder", tab="queue", taps=2, do=_reorder),
            Job(name="print again", tab="archive", taps=3, do=_again),
            Job(
                name="find an archive by a word",
                tab="archive",
                taps=2,
                texts=1,
                do=_find,
            ),
            Job(
                name="find an archive by its material",
                tab="archive",
                taps=2,
                do=_find_material,
            ),
            Job(
                name="find an archive by its colour",
                tab="archive",
                taps=2,
                do=_find_color,
            ),
            Job(
                name="photo from the phone",
                tab="archive",
                taps=3,
                do=lambda hand: _photo(hand, self.files / "photo.png"),
            ),
            Job(name="export a table", tab="archive", taps=3, do=_export),
            Job(
                name="address and access code again",
                tab="printers",
                taps=2,
                do=_secret,
            ),
            Job(name="the trust scripts again", tab="printers", taps=2, do=_trust),
            Job(
                name="put a 3MF in from the browser",
                tab="inbox",
                taps=3,
                do=lambda hand: _put_in(hand, clip),
            ),
        )

    async def count(self, page: Page, job: Job) -> None:
        """Do something people want, from Home Assistant's start page."""
        if job.tab == "queue":
            await self.start_a_job()
        await page.goto(f"{self.api.url}/bambu-prints/{job.tab}")
        await page.locator("bvp-panel header h1").wait_for()
        await page.goto(f"{self.api.url}/home")
        await page.locator("a[href='/bambu-prints']").wait_for()
        hand = Hand(page)
        try:
            await job.do(hand)
        except (AssertionError, BrowserError) as err:
            await page.screenshot(path=self.images / f"lost-{job.name}.png")
            self.note(job.name, str(err).split("\n", maxsplit=1)[0])
            return
        taps = f"{hand.taps} of {job.taps} taps"
        too_many = hand.taps > job.taps or hand.texts > job.texts
        self.note(f"{job.name}, {taps}", "too many" if too_many else None)

    async def send_from_a_phone(self) -> None:
        """Choose a file on a phone, which would grey out files by their extensions."""
        page = await self.page(PHONE)
        await page.goto(f"{self.api.url}/bambu-prints/inbox")
        await page.locator("bvp-panel header h1").wait_for()
        hand = Hand(page, is_touching=True)
        failure = None
        try:
            await hand.tap(page.locator("bvp-panel header bvp-menu"))
            async with page.expect_file_chooser() as chooser:
                await hand.item("Upload: Into the archive")
            chosen = await chooser.value
            if await chosen.element.get_attribute("accept"):
                failure = "only files of some extensions can be chosen"
            await chosen.set_files(self.files / "Desk tidy.gcode.3mf")
            await page.get_by_text("was archived").first.wait_for()
        except BrowserError as err:
            failure = str(err).split("\n", maxsplit=1)[0]
        if hand.taps > 2:
            failure = failure or "too many"
        self.note(f"put a 3MF in from a phone, {hand.taps} of 2 taps", failure)
        await page.context.close()

    async def together(self) -> None:
        """Two browsers: what is decided in one is gone from the other."""
        await self.send(FILES[2])
        pages = [await self.page(WIDE) for _ in range(2)]
        for page in pages:
            await page.goto(f"{self.api.url}/bambu-prints/inbox")
            await page.get_by_role("heading", name="Lamp shade").wait_for()
        try:
            await Hand(pages[0]).button("Discard")
            await (
                pages[1]
                .get_by_role("heading", name="Lamp shade")
                .wait_for(state="hidden")
            )
        except BrowserError as err:
            self.note("two browsers", str(err).split("\n", maxsplit=1)[0])
        else:
            self.note("two browsers")
        for page in pages:
            await page.context.close()

    async def barriers(self) -> None:
        """Look at every tab with axe-core, and take its picture."""
        await self.send(*FILES[:4])
        await self.start_a_job()
        for name, size in (("wide", WIDE), ("tablet", TABLET), ("phone", PHONE)):
            page = await self.page(size)
            schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
            for scheme in schemes:
                await page.emulate_media(color_scheme=scheme)
                for tab in TABS:
                    await page.goto(f"{self.api.url}/bambu-prints/{tab}")
                    await page.locator(f"bvp-panel bvp-{tab}").wait_for()
                    await all_loaded(page)
                    await page.wait_for_timeout(700)
                    await page.screenshot(
                        path=self.images / f"panel-{tab}-{name}-{scheme}.png"
                    )
                    await self.look(page, f"axe, {tab}, {name}, {scheme}")
            await page.context.close()

    async def look(self, page: Page, what: str) -> None:
        """Look for barriers in what the panel shows now."""
        if not AXE.exists():
            print(f"  {what}: skipped, for frontend/node_modules is missing")
            return
        await page.add_script_tag(path=AXE)
        found = await page.evaluate(LOOK, {"rules": list(RULES)})
        self.note(what, "; ".join(found) or None)

    # --- what there is to see ---

    async def page(self, size: Any) -> Page:
        """Open a browser window that is logged in."""
        context = await self.browser.new_context(
            viewport=size,
            has_touch=size is PHONE,
            locale="en-US",
            timezone_id=self.zone,
        )
        page = await context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        await log_in(page, self.api)
        return page

    async def find_printer(self) -> None:
        """Find the virtual printer."""
        async with self.api.commands() as commands:
            await commands.do(f"{DOMAIN}/subscribe", topics=["printers"])
            while not commands.events:
                await commands.do("ping")
            printers = commands.events[0]["printers"]
        self.printer = printers[0]["id"]

    async def fill(self) -> None:
        """Have files wait for a decision."""
        async with self.api.commands() as commands:
            await commands.do(
                f"{DOMAIN}/printer/set", printer_id=self.printer, mode="review"
            )
        await self.send(*FILES[:4])
        clip = self.files / "Cable clip.gcode.3mf"
        await asyncio.to_thread(write_sliced_file, clip, FILES[4])
        tidy = SlicedFileSpec(title="Desk tidy", seed=77)
        await asyncio.to_thread(
            write_sliced_file, self.files / "Desk tidy.gcode.3mf", tidy
        )
        picture = ROOT / "docs" / "images" / "panel.png"
        await asyncio.to_thread(shutil.copy, picture, self.files / "photo.png")

    async def send(self, *specs: SlicedFileSpec) -> None:
        """Have files arrive, that one last which people look at first."""
        for spec in specs:
            path = self.files / f"{spec.title}.gcode.3mf"
            await asyncio.to_thread(write_sliced_file, path, spec)
            await self.api.call(
                "POST",
                f"/api/{DOMAIN}/upload",
                params={"printer_id": self.printer, "name": path.name},
                data=await asyncio.to_thread(path.read_bytes),
            )

    async def start_a_job(self, search: str = "") -> None:
        """Have a job that a person has begun to print; of a file of which `search` tells the name."""
        async with self.api.commands() as commands:
            found = await commands.do(f"{DOMAIN}/archive/list", search=search)
            made = await commands.do(
                f"{DOMAIN}/archive/queue",
                archive_id=found["archives"][0]["id"],
                plates=[1],
                hold=True,
            )
            ids = [job["id"] for job in made["jobs"]]
            await commands.do(f"{DOMAIN}/job/verb", job_ids=ids, verb="start")


def _where_it_is_night() -> str:
    """Return a time zone in which it is past one now, so that times and days have as many letters in each walk."""
    ahead_h = 1 - datetime.now(UTC).hour
    # Names of this form count towards the west.
    return f"Etc/GMT{-(ahead_h if ahead_h >= -12 else ahead_h + 24):+d}"


async def run(network: Lan, port: int, images: Path) -> list[str]:
    """Walk. Returns what was not as it should be. Raises ScriptError, BrowserError."""
    async with scene(network, port, "Garage P1S") as there:
        walk = PanelWalk(there.api, there.browser, there.files, images)
        await walk.all()
        await PanelElsewhere(walk, there).all()
        await PanelHands(walk, there, network).all()
        await PanelChecks(walk, there).all()
        return walk.failures


def main() -> int:
    """Run with the arguments of the command line. Returns the exit status."""
    return walk_main("scripts/panel-walk", __doc__, run, DOCUMENTED, KEPT)


if __name__ == "__main__":
    sys.exit(main())
