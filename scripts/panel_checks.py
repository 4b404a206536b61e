"""What the walk through the panel looks at beside taps: a restart, people who are no administrators, languages from right to left, and a large library."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import sqlite3
from statistics import median
from typing import Any, NamedTuple, Protocol

from playwright.async_api import BrowserContext, Error as BrowserError, Page
from ulid_transform import ulid_at_time, ulid_to_bytes

from scripts.home_assistant import DOMAIN, Api, ScriptError, wait_until_running
from scripts.sliced_file import SlicedFileSpec
from scripts.walk import PHONE, TABLET, TIMEOUT_MS, WIDE, Scene, all_loaded, log_in

ARCHIVES = 5_000
JOBS = 200
MIN_FPS = 50
MAX_HEAP_GROWTH = 30_000_000
MAX_FIRST_CONTENT_RATIO = 1.5
ROUNDS = 9
SCROLL_S = 4
DASHBOARD = "prints-walk"
WALL_BUTTON = 64
RIGHT_TO_LEFT = ("ar", "he")
TABS = ("inbox", "queue", "archive", "printers", "stats")

# How far anything of the panel reaches beyond the window, in pixels; what scrolls by itself may.
BEYOND = """() => {
  const panel = document.querySelector('home-assistant').shadowRoot.querySelector('home-assistant-main').shadowRoot
    .querySelector('bvp-panel') ?? (function find(root) {
      for (const one of root.querySelectorAll('*')) {
        if (one.localName === 'bvp-panel') return one;
        const found = one.shadowRoot && find(one.shadowRoot);
        if (found) return found;
      }
    })(document);
  const main = panel.shadowRoot.querySelector('main');
  return Math.max(
    main.scrollWidth - main.clientWidth,
    document.documentElement.scrollWidth - window.innerWidth);
}"""
SCROLL = """async (seconds) => {
  const find = root => {
    for (const one of root.querySelectorAll('*')) {
      if (one.localName === 'bvp-panel') return one;
      const found = one.shadowRoot && find(one.shadowRoot);
      if (found) return found;
    }
  };
  const main = find(document).shadowRoot.querySelector('main');
  main.scrollTop = 0;
  let frames = 0;
  const begin = performance.now();
  while (performance.now() - begin < seconds * 1000) {
    await new Promise(requestAnimationFrame);
    main.scrollTop += 40;
    frames++;
  }
  return { fps: frames / (performance.now() - begin) * 1000, reached: main.scrollTop };
}"""


class Numbers(NamedTuple):
    """What was measured of scrolling."""

    fps: float
    reached: float
    work_ms: float
    """What each frame cost the page's own thread, in time of the processor: others that use it do not count."""
    heap: float
    """By how much the heap has grown, in bytes."""


class Walk(Protocol):
    """The walk that the checks are part of. `printer` is the ID of the virtual printer that files are sent to."""

    images: Path
    printer: str
    zone: str
    """The time zone of the household and of the browser."""

    def note(self, what: str, failure: str | None = None) -> None:
        """Say how something went."""

    async def page(self, size: Any) -> Page:
        """Open a page of a size, logged in."""

    async def look(self, page: Page, what: str) -> None:
        """Look for barriers."""

    async def start_a_job(self, search: str = "") -> None:
        """Have a job that a person has begun to print."""

    async def send(self, *specs: SlicedFileSpec) -> None:
        """Have files arrive."""


class PanelChecks:
    """The checks, by a walk that is under way."""

    def __init__(self, walk: Walk, there: Scene) -> None:
        """Use what the walk has sent."""
        self.walk = walk
        self.there = there
        self.api = there.api

    async def all(self) -> None:
        """Do them, the one that fills the library last."""
        checks: Sequence[tuple[str, Callable[[], Awaitable[None]]]] = (
            ("swipe", self.swipe),
            ("sizes", self.sizes),
            ("dialogs", self.dialogs),
            ("right to left", self.right_to_left),
            ("no administrator", self.no_administrator),
            ("updated", self.updated),
            ("cards", self.cards),
            ("restart", self.restart),
            ("large library", self.large_library),
        )
        for name, check in checks:
            try:
                await check()
            except (AssertionError, BrowserError, ScriptError) as err:
                self.walk.note(name, str(err).split("\n", maxsplit=1)[0])

    async def swipe(self) -> None:
        """Swipe in the inbox of a phone: to the right archives, to the left discards, a short or steep one does nothing."""
        page = await self.walk.page(PHONE)
        await self.open(page, "inbox")
        rows = page.locator("bvp-inbox .row")
        await rows.first.wait_for()
        names = await page.locator("bvp-inbox .row .name").all_inner_texts()
        for name, x, y, says in (
            ("a short one does nothing", 60, 0, ""),
            ("a steep one does nothing", 150, 200, ""),
            ("to the right archives", 200, 0, "was archived"),
            ("to the left discards", -200, 0, "was discarded"),
        ):
            await _stroke(page, x, y)
            if says:
                await page.get_by_text(says).first.wait_for()
                await page.get_by_role("button", name="Undo").first.click()
            await rows.nth(len(names) - 1).wait_for()
            after = await page.locator("bvp-inbox .row .name").all_inner_texts()
            self.walk.note(
                f"swipe, {name}",
                None if sorted(after) == sorted(names) else f"{names} became {after}",
            )
        await page.context.close()

    async def sizes(self) -> None:
        """Look whether anything reaches beyond the window, however wide that is."""
        for size in (WIDE, TABLET, PHONE, {"width": 320, "height": 640}):
            page = await self.walk.page(size)
            for view in (*TABS, "queue?view=lanes", "archive?view=list"):
                await self.open(page, view)
                beyond = await page.evaluate(BEYOND)
                if size is TABLET and "?" in view:
                    await self.picture(page, f"tablet-{view.replace('?view=', '-')}")
                    await self.walk.look(page, f"axe, {view}, tablet, light")
                self.walk.note(
                    f"{view} at {size['width']} pixels",
                    f"{beyond} pixels beyond" if beyond > 0 else None,
                )
            await page.context.close()

    async def dialogs(self) -> None:
        """Look at what opens over the tabs: the form for the queue, the setup check, and a month of the statistics."""
        for name, size in (("wide", WIDE), ("phone", PHONE)):
            page = await self.walk.page(size)
            await page.emulate_media(color_scheme="dark" if size is PHONE else "light")
            await self.open(page, "inbox")
            if size is PHONE:
                await page.locator("bvp-inbox .row").first.click()
            await page.get_by_role("button", name="Queue with options").first.click()
            await page.locator("bvp-queue-dialog .filaments li").first.wait_for()
            await self.looked_at(page, f"dialogs-queue-{name}")
            await self.open(page, "printers")
            await page.get_by_role("button", name="Check setup").first.click()
            await page.locator("bvp-check-dialog li a").first.wait_for()
            await self.looked_at(page, f"dialogs-check-{name}")
            await self.open(page, "stats?month=2026-02")
            await page.get_by_text("February 2026").first.wait_for()
            await self.looked_at(page, f"dialogs-month-{name}")
            await page.context.close()
        page = await self.walk.page(WIDE)
        await self.open(page, "inbox")
        await page.locator("bvp-inbox .row", has_text="another model").first.click()
        # Nobody here has a printer of that model that it could be queued for.
        await (
            page.locator("bvp-upload .answers")
            .get_by_role("button", name="Send back with a note")
            .wait_for()
        )
        names = page.locator("bvp-inbox .row .name")
        before = await names.all_inner_texts()
        await page.locator("bvp-inbox .top select").select_option("name")
        await page.wait_for_timeout(300)
        after = await names.all_inner_texts()
        self.walk.note(
            "the inbox is put in order",
            None if after == sorted(before) else f"{before} became {after}",
        )
        await page.context.close()

    async def looked_at(self, page: Page, what: str) -> None:
        """Take a picture, and look for barriers and for what reaches beyond the window."""
        await all_loaded(page)
        await page.wait_for_timeout(500)
        await self.picture(page, what)
        await self.walk.look(page, f"axe, {what}")
        beyond = await page.evaluate(BEYOND)
        self.walk.note(what, f"{beyond} pixels beyond" if beyond > 0 else None)

    async def right_to_left(self) -> None:
        """Look whether the panel is mirrored where people read from right to left, and no wider."""
        for language in RIGHT_TO_LEFT:
            for name, size in (("wide", WIDE), ("phone", PHONE)):
                page = await self.walk.page(size)
                await page.evaluate(
                    "language => localStorage.setItem('selectedLanguage', JSON.stringify(language))",
                    language,
                )
                for tab in TABS:
                    await self.open(page, tab)
                    what = f"{language}, {tab}, {name}"
                    direction = await page.locator("bvp-panel main").evaluate(
                        "main => getComputedStyle(main).direction"
                    )
                    beyond = await page.evaluate(BEYOND)
                    title = await page.locator("bvp-panel header h1").bounding_box()
                    upload = await page.locator(
                        "bvp-panel header bvp-menu"
                    ).first.bounding_box()
                    mirrored = title and upload and title["x"] > upload["x"]
                    await self.picture(page, f"{language}-{tab}-{name}")
                    failure = None
                    if direction != "rtl" or not mirrored:
                        failure = "not mirrored"
                    elif beyond > 0:
                        failure = f"{beyond} pixels beyond"
                    self.walk.note(what, failure)
                await page.context.close()

    async def no_administrator(self) -> None:
        """Use it as somebody who is no administrator: it works, but what is for administrators neither shows nor can be done."""
        person = await self.api.person("Anna")
        printer = self.walk.printer
        async with person.commands() as commands:
            for name, fields in (
                ("printer/secret", {"printer_id": printer}),
                ("printer/set", {"printer_id": printer, "enabled": False}),
                ("trust/commands", {}),
                ("archive/delete", {"archive_ids": ["01KAPWZ3V8X4M2T9C6B5N7Q1RD"]}),
            ):
                try:
                    await commands.do(f"{DOMAIN}/{name}", **fields)
                except ScriptError as err:
                    failure = None if "unauthorized" in str(err) else str(err)
                else:
                    failure = "it was done"
                self.walk.note(f"no administrator, {name} is refused", failure)
        page = await self.page_of(person)
        await self.open(page, "printers")
        await self.picture(page, "no-administrator")
        for hidden in ("Show access code", "Add virtual printer", "Settings of"):
            await self.hidden(page, hidden)
        toggles = await page.locator("bvp-panel input.toggle").count()
        self.walk.note(
            "no administrator, switches are hidden",
            "there are some" if toggles else None,
        )
        await self.open(page, "archive")
        await page.locator("bvp-archive .link").first.click()
        await page.locator("bvp-archive-detail bvp-menu button").first.click()
        await page.get_by_role("menuitem", name="Copy link").wait_for()
        await self.hidden(page, "Delete…", role="menuitem")
        await page.keyboard.press("Escape")
        await self.open(page, "inbox")
        await page.get_by_role("button", name="Archive", exact=True).first.click()
        await page.get_by_text("was archived").first.wait_for()
        self.walk.note("no administrator, archives a pending upload")
        await page.context.close()

    async def hidden(self, page: Page, name: str, role: Any = "button") -> None:
        """Note whether something is not there."""
        shown = await page.get_by_role(role, name=name).count()
        self.walk.note(
            f"no administrator, “{name}” is hidden", "it shows" if shown else None
        )

    async def cards(self) -> None:
        """Look at the community dashboard and its view for a wall: lists close and stay closed, each printer has its bar, nothing reaches beyond."""
        async with self.api.commands() as commands:
            await commands.do(
                "lovelace/dashboards/create", url_path=DASHBOARD, title="Prints"
            )
            await commands.do(
                "lovelace/config/save",
                url_path=DASHBOARD,
                config={"strategy": {"type": "custom:bvp-prints"}},
            )
        for name, size in (("tablet", TABLET), ("phone", PHONE)):
            page = await self.walk.page(size)
            for view in ("prints", "wall"):
                await page.goto(f"{self.api.url}/{DASHBOARD}/{view}")
                await page.locator("bvp-prints-card-body .fold").first.wait_for()
                await all_loaded(page)
                await page.wait_for_timeout(500)
                await self.picture(page, f"cards-{view}-{name}")
                beyond = await page.evaluate(
                    "() => document.documentElement.scrollWidth - window.innerWidth"
                )
                self.walk.note(
                    f"cards, {view}, {name}",
                    f"{beyond} pixels beyond" if beyond > 0 else None,
                )
            await page.context.close()
        page = await self.walk.page(TABLET)
        await page.goto(f"{self.api.url}/{DASHBOARD}/wall")
        inbox = page.get_by_role("button", name="Inbox")
        await inbox.first.click()
        await page.reload()
        await inbox.first.wait_for()
        closed = await inbox.first.get_attribute("aria-expanded") == "false"
        self.walk.note(
            "cards, a closed list stays closed", None if closed else "it is open"
        )
        failed = page.get_by_role("button", name="Failed").first
        box = await failed.bounding_box()
        self.walk.note(
            "cards, buttons on the wall are 64 pixels high",
            None if box and box["height"] >= WALL_BUTTON else f"{box}",
        )
        await page.context.close()

    async def restart(self) -> None:
        """Restart Home Assistant while the panel is open: it says so, does nothing meanwhile, and goes on."""
        page = await self.walk.page(WIDE)
        await self.open(page, "inbox")
        items = page.locator("bvp-inbox .item")
        before = await items.all_inner_texts()
        archive = page.get_by_role("button", name="Archive", exact=True).first
        await self.there.host.stop()
        await page.locator("bvp-panel .message").wait_for()
        await self.picture(page, "restart")
        await page.keyboard.press("a")
        disabled = await archive.is_disabled()
        self.walk.note(
            "restart, the panel says that the connection is lost, and buttons wait",
            None if disabled else "they do not wait",
        )
        await self.there.host.start()
        await page.locator("bvp-panel .message").wait_for(
            state="hidden", timeout=4 * TIMEOUT_MS
        )
        await page.locator("bvp-inbox .item").first.wait_for()
        after = await items.all_inner_texts()
        names = [[text.split("\n")[0] for text in texts] for texts in (before, after)]
        self.walk.note(
            "restart, everything is there once",
            None if names[0] == names[1] else f"{names[0]} became {names[1]}",
        )
        await wait_until_running(self.api)
        await archive.click()
        await page.get_by_text("was archived").first.wait_for()
        await page.wait_for_function("() => true")
        self.walk.note("restart, decides afterwards without a reload")
        await page.context.close()

    async def updated(self) -> None:
        """Open a tab whose file is gone, as after an update of the integration: a reload brings it back."""
        page = await self.walk.page(WIDE)
        files = f"**/{DOMAIN}_static/stats-*.js"
        await page.route(files, lambda route: route.abort())
        await self.open(page, "inbox")
        await page.locator("bvp-panel nav a", has_text="Stats").click()
        reload = page.get_by_role("button", name="Reload")
        await reload.wait_for()
        await page.unroute(files)
        await reload.click()
        await page.locator("bvp-panel bvp-stats").wait_for()
        self.walk.note("updated, says that a tab could not be loaded, and reloads")
        await page.context.close()

    async def large_library(self) -> None:
        """Measure scrolling, memory, and the time until there is something to see, with many archives and jobs."""
        await self.there.host.stop()
        await asyncio.to_thread(multiply, self.there.host.folder, ARCHIVES)
        await self.there.host.start()
        await wait_until_running(self.api)
        await self.queue_jobs()
        page = await self.walk.page(WIDE)
        for view in ("archive?view=grid", "archive?view=list", "queue?view=list"):
            await self.open(page, view)
            numbers = await self.scroll(page)
            what = (
                f"{view}: {numbers.fps:.0f} frames a second, {numbers.work_ms:.1f} ms of work for each, heap {numbers.heap / 1e6:+.1f} MB"
                f" after {numbers.reached:.0f} pixels"
            )
            failure = None
            if numbers.work_ms > 1000 / MIN_FPS:
                failure = f"too much for {MIN_FPS} frames a second"
            elif numbers.fps < MIN_FPS:
                print(f"  fewer than {MIN_FPS}: others kept this machine busy")
            elif numbers.heap > MAX_HEAP_GROWTH:
                failure = "too much"
            self.walk.note(what, failure)
            await self.picture(page, f"large-{view}")
        await page.context.close()
        ours, theirs = [], []
        for _ in range(ROUNDS):
            theirs.append(await self.first_content("todo", "ha-panel-todo ha-card"))
            ours.append(
                await self.first_content("bambu-prints/archive", "bvp-archive .link")
            )
        ratio = median(ours) / median(theirs)
        self.walk.note(
            f"first content {median(ours):.2f} s, of to-do lists {median(theirs):.2f} s:"
            f" {ratio:.2f} times",
            "too long" if ratio > MAX_FIRST_CONTENT_RATIO else None,
        )

    async def queue_jobs(self) -> None:
        """Have jobs in line."""
        async with self.api.commands() as commands:
            page = await commands.do(f"{DOMAIN}/archive/list", limit=JOBS)
            for archive in page["archives"]:
                file = await commands.do(
                    f"{DOMAIN}/archive/get", archive_id=archive["id"]
                )
                # Among them is what the check of several files had for no printer.
                if file["not_queueable"]:
                    continue
                await commands.do(
                    f"{DOMAIN}/archive/queue",
                    archive_id=archive["id"],
                    plates=[1],
                    hold=True,
                )

    async def scroll(self, page: Page) -> Numbers:
        """Scroll for a while, a first time without counting frames, so that everything was loaded once."""
        tools = await page.context.new_cdp_session(page)

        async def heap() -> float:
            await tools.send("HeapProfiler.collectGarbage")
            usage = await tools.send("Runtime.getHeapUsage")
            return float(usage["usedSize"])

        async def work() -> float:
            metrics = (await tools.send("Performance.getMetrics"))["metrics"]
            return float(
                next(one["value"] for one in metrics if one["name"] == "TaskDuration")
            )

        await tools.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = await heap()
        await page.evaluate(SCROLL, 1)
        worked = await work()
        scrolled = await page.evaluate(SCROLL, SCROLL_S)
        worked = await work() - worked
        return Numbers(
            fps=scrolled["fps"],
            reached=scrolled["reached"],
            work_ms=worked / (scrolled["fps"] * SCROLL_S) * 1000,
            heap=await heap() - before,
        )

    async def first_content(self, path: str, what: str) -> float:
        """Return the seconds from a navigation in a fresh browser to what people came for."""
        page = await self.walk.page(WIDE)
        loop = asyncio.get_running_loop()
        begin = loop.time()
        await page.goto(f"{self.api.url}/{path}", wait_until="commit")
        await page.locator(what).first.wait_for()
        took = loop.time() - begin
        await page.context.close()
        return took

    # --- pages ---

    async def open(self, page: Page, view: str) -> None:
        """Open a tab of the panel, and wait until it shows something."""
        await page.goto(f"{self.api.url}/bambu-prints/{view}")
        tab = view.split("?", maxsplit=1)[0]
        await page.locator(f"bvp-panel bvp-{tab}").wait_for()
        await all_loaded(page)
        await page.wait_for_timeout(500)

    async def picture(self, page: Page, name: str) -> None:
        """Take a picture."""
        plain = name.replace("?", "-").replace("=", "-")
        await page.screenshot(path=self.walk.images / f"{plain}.png")

    async def page_of(self, person: Api) -> Page:
        """Open a window in which somebody else is logged in."""
        context: BrowserContext = await self.there.browser.new_context(
            viewport=WIDE,  # type: ignore[arg-type]
            locale="en-US",
            timezone_id=self.walk.zone,
        )
        page = await context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        await log_in(page, person)
        return page


async def _stroke(page: Page, x: int, y: int) -> None:
    """Draw a finger over the first file of the inbox, so many pixels to the right and down."""
    box = await page.locator("bvp-inbox .row").first.bounding_box()
    assert box
    begin = (box["x"] + box["width"] / 2 - x / 2, box["y"] + box["height"] / 2)
    session = await page.context.new_cdp_session(page)
    for step in range(11):
        at = {"x": begin[0] + x * step / 10, "y": begin[1] + y * step / 10}
        await session.send(
            "Input.dispatchTouchEvent",
            {"type": "touchMove" if step else "touchStart", "touchPoints": [at]},
        )
    await session.send(
        "Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []}
    )
    await session.detach()


def multiply(config: Path, count: int) -> None:
    """Make many archives of those that there are, while Home Assistant is stopped: their rows, and their files as links."""
    folder = config / "media" / DOMAIN / "archive"
    path = config / ".storage" / DOMAIN / "library.db"
    with sqlite3.connect(path) as database:
        database.row_factory = sqlite3.Row
        models = database.execute(
            "SELECT * FROM archives WHERE deleted_at IS NULL"
        ).fetchall()
        begin = datetime.now(UTC) - timedelta(days=1)
        for number in range(count - len(models)):
            model = models[number % len(models)]
            moment = begin - timedelta(minutes=30 * number)
            new_id = ulid_at_time(moment.timestamp())
            changes = {
                "id": new_id,
                "received_at": f"{moment:%Y-%m-%d %H:%M:%S.%f}",
                "month": f"{moment:%Y-%m}",
                "name": f"{model['name']} {number}",
                "print_count": 0,
                "last_printed_at": None,
                # As the library numbers them for its search.
                "search_id": int.from_bytes(ulid_to_bytes(new_id)[:8]) >> 1,
            }
            _copy(database, "archives", "id", model["id"], changes)
            _copy(
                database,
                "uploads",
                "id",
                model["id"],
                {**changes, "on_card": 0, "state": "archived"},
            )
            for table in ("archive_plates", "archive_materials"):
                _copy(
                    database, table, "archive_id", model["id"], {"archive_id": new_id}
                )
            _link(
                next(folder.glob(f"*/*/{model['id']}")),
                folder / f"{moment:%Y/%m}" / new_id,
            )
    database.close()


def _copy(
    database: sqlite3.Connection,
    table: str,
    key: str,
    value: str,
    changes: dict[str, Any],
) -> None:
    for row in database.execute(
        f"SELECT * FROM {table} WHERE {key} = ?",  # noqa: S608
        (value,),
    ).fetchall():
        values = {name: changes.get(name, row[name]) for name in row.keys()}  # noqa: SIM118
        database.execute(
            f"INSERT INTO {table} ({', '.join(values)})"  # noqa: S608
            f" VALUES ({', '.join('?' * len(values))})",
            tuple(values.values()),
        )


def _link(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for file in source.iterdir():
        # Sidecars name their upload.
        if file.is_file() and file.suffix != ".json":
            os.link(file, target / file.name)
