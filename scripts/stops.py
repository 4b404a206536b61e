"""The stops of the walk: what a household does from the first printer to a proxy, and what it has to see there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
import tempfile

from scripts import demo, home_assistant, slicer
from scripts.lan import Lan
from scripts.printer_double import PrinterDouble
from scripts.printer_double.certificate import PrinterCertificate
from scripts.recipes import recipes
from scripts.sliced_file import SlicedFileSpec, write_sliced_file
from scripts.walk import PHONE, TIMEOUT_MS, WIDE, Walk

GARAGE = "Garage P1S"
ATTIC = "Attic A1"
OFFICE = "Office P1S"
REAL = "Workshop X1C"
PROXY = "Workshop from upstairs"
ATTIC_CODE = "attic234"
REAL_SERIAL = "00M09A380700123"
REAL_CODE = "87654321"
INTEGRATION = f"/config/integrations/integration/{home_assistant.DOMAIN}"
MEDIA = f"/media-browser/browser/app%2Cmedia-source%3A%2F%2F{home_assistant.DOMAIN}"
A1 = "N2S"
GIFT_BOX = SlicedFileSpec(title="Gift box", plates=3, filaments=2, model=A1)
CABLE_CLIP = SlicedFileSpec(title="Cable clip", seed=7, model=A1)
PLANTER = SlicedFileSpec(title="Planter", filaments=1, seed=3)


class Tour:
    """One household's walk. Each stop begins at a page of its own, so that one that fails does not end it."""

    def __init__(
        self, walk: Walk, network: Lan, files: Path, first: demo.DemoPrinter
    ) -> None:
        """`first` is the printer that is there already."""
        self.walk = walk
        self.page = walk.page
        self.api = walk.api
        self.network = network
        self.files = files
        self.garage = first

    async def all_stops(self) -> None:
        """Make every stop."""
        await self.forms()
        await self.first_slicer()
        await self.second_printer()
        await self.pending()
        await self.queue()
        await self.media()
        await self.dashboard()
        await self.health()
        await self.real_printer_and_proxy()
        await self.removal()

    async def send(self, spec: SlicedFileSpec, ip: str, code: str) -> None:
        """Print a file on a virtual printer, as a slicer does."""
        path = self.files / f"{spec.title}.gcode.3mf"
        await asyncio.to_thread(write_sliced_file, path, spec)
        await slicer.send(
            path,
            ip,
            code,
            ca=self.files / "ca.pem",
            print_options=slicer.PrintOptions(),
            on_step=lambda _: None,
        )

    async def forms(self) -> None:
        """Look at the forms that nothing is changed by."""
        walk, page = self.walk, self.page
        async with walk.stop(
            "F21", "three kinds of printers, each named by what it is"
        ):
            await walk.go(INTEGRATION, GARAGE)
            await walk.see("Add virtual printer", "Add proxy", "Add real printer")
            await walk.picture("integration", everywhere=True)
        async with walk.stop("F28", "limits are empty where there are none"):
            await walk.go(INTEGRATION, GARAGE)
            await walk.click("Configure")
            await walk.follow("Settings, notifications and limits")
            await walk.see("Library folder")
            await walk.follow("Limits")
            await walk.see("Number of archives to keep (empty: all)")
            await walk.picture("options")
            limits = page.locator("ha-dialog ha-selector-number input")
            values = [await each.input_value() for each in await limits.all()]
            assert "0" not in values, values
        async with walk.stop(
            "F27", "what follows the scripts says what to do with them"
        ):
            await walk.go(INTEGRATION, GARAGE)
            await page.get_by_role("button", name="Menu").nth(1).click()
            await walk.follow("Reconfigure")
            await walk.see("Make slicers trust it")
            await walk.picture("certificates")
            await walk.follow("Make slicers trust it")
            await walk.see("Windows", "Linux")
            await walk.picture("trust")
            await walk.click("Submit")
            await walk.see("Run the script on every computer with a slicer.")
        async with walk.stop(
            "F20", "a proxy without a real printer says what comes first"
        ):
            await walk.go(INTEGRATION, GARAGE)
            await walk.click("Add proxy")
            await walk.see("A proxy needs a real printer")
            await walk.picture("proxy-needs-a-printer")

    async def _open_new_printer(self) -> None:
        await self.walk.go(INTEGRATION, GARAGE)
        await self.walk.click("Add virtual printer")
        await self.walk.see("will find this printer on the network")

    async def _take_address(self, ip: str) -> None:
        """Have an address: the one that is suggested, or on loopback one that is typed."""
        if self.network.is_real:
            return
        texts = self.page.locator("ha-dialog ha-selector-text input")
        await texts.nth(2).fill(ip)

    async def first_slicer(self) -> None:
        """Add a printer, and let the form's last step see a slicer."""
        walk, page, ip = self.walk, self.page, self.network.printers[1]
        async with walk.stop("F14", "the name is filled in"):
            await self._open_new_printer()
            name = page.locator("ha-dialog ha-selector-text input").first
            assert await name.input_value() == "Home Assistant"
        if self.network.is_real:
            async with walk.stop("F5", "the first free address is suggested"):
                await walk.see(f"in use by {GARAGE}", ip)
                values = await page.evaluate(
                    """() => {
                      const found = [];
                      const look = root => root.querySelectorAll('*').forEach(one => {
                        if (one.shadowRoot) look(one.shadowRoot);
                        if (one.checked === true && typeof one.value === 'string') found.push(one.value);
                      });
                      look(document);
                      return found;
                    }"""
                )
                assert any(
                    value != self.garage.ip and value.startswith("192.168.1.")
                    for value in values
                ), values
            async with walk.stop("F16", "an address is typed into a field of its own"):
                await walk.follow("Another address")
                await walk.click("Submit")
                field = page.locator("ha-dialog ha-selector-text input").nth(2)
                await field.fill("192.168.1.300")
                await walk.click("Submit")
                await walk.see("Enter an IPv4 address that a printer can have")
                await walk.picture("wrong-address")
        async with walk.stop("add", "a new printer, and the slicer that comes to it"):
            await self._open_new_printer()
            form = page.locator("ha-dialog")
            texts = form.locator("ha-selector-text input")
            await texts.nth(0).fill(ATTIC)
            await texts.nth(1).fill(ATTIC_CODE)
            await walk.choose(form.locator("ha-selector-select").nth(0), "A1")
            await page.get_by_text("Review: wait for approval").click()
            if self.network.is_real:
                await walk.follow(ip)
            await self._take_address(ip)
            await walk.picture("add-printer", everywhere=True)
            await walk.click("Submit")
            await walk.see(ATTIC_CODE, ip)
            await walk.picture("printer-added", everywhere=True)
            await walk.follow("The slicer is on another computer")
            await walk.see("Slicer on another computer")
            await walk.picture("other-computer")
            await walk.click("Next")
            await walk.follow("Wait for a slicer to connect")
            await walk.see("Waiting for a slicer")
            await self.send(GIFT_BOX, ip, ATTIC_CODE)
            await walk.see("has connected", "Media → Bambu Virtual Printer")
            await walk.picture("slicer-connected")

    async def second_printer(self) -> None:
        """Add another: this computer has the CA already."""
        walk, page = self.walk, self.page
        async with walk.stop("F17", "a second printer needs no script any more"):
            await self._open_new_printer()
            await page.locator("ha-dialog ha-selector-text input").first.fill(OFFICE)
            await self._take_address(self.network.printers[2])
            await walk.click("Submit")
            await walk.see("Wait for a slicer to connect")
            await walk.picture("second-printer-added")
            await walk.see("trusts")
            await walk.see_no("download the script for its system, run it, start")

    async def pending(self) -> None:
        """See what waits for a decision, and decide."""
        walk, page = self.walk, self.page
        ip = self.network.printers[1]
        for spec in (CABLE_CLIP, PLANTER):
            await self.send(spec, ip, ATTIC_CODE)
        async with walk.stop("F13", "Home Assistant says by itself that uploads wait"):
            await walk.go("/home/overview")
            await page.wait_for_timeout(1500)
            await walk.picture("overview", everywhere=True)
            await walk.go(INTEGRATION, ATTIC)
            await walk.follow("Notifications")
            await walk.see("Planter")
            await walk.picture("notification")
        async with walk.stop("F3", "the file can be downloaded from the list"):
            await walk.go("/todo?entity_id=todo.3d_prints_pending_uploads", "Planter")
            await walk.see("Download")
            await walk.picture("pending", everywhere=True)
            link = page.get_by_role("link", name="Download").first
            # As a browser without a login: the link itself is the permission.
            answer = await page.request.get(
                f"{self.api.url}{await link.get_attribute('href')}"
            )
            assert answer.ok, answer.status
            assert (await answer.body()).startswith(b"PK")
        async with walk.stop("F23", "notes are written below the facts"):
            await walk.go("/todo?entity_id=todo.3d_prints_pending_uploads", "Planter")
            await walk.follow("Planter")
            await walk.see("Description")
            await walk.picture("edit-pending")
            field = page.locator(
                "ha-dialog textarea, ha-adaptive-dialog textarea"
            ).first
            await field.fill(f"{await field.input_value()}\n\nFor the balcony")
            await walk.click("Save item")
            await walk.see("For the balcony")
        async with walk.stop(
            "F22", "without the newest upload the one before is the last"
        ):
            pending = (await self.api.action("list_pending"))["uploads"]
            await self.api.action("discard_pending", upload_id=pending[0]["upload_id"])
            state = await self.api.call(
                "GET", "/api/states/sensor.attic_a1_last_upload"
            )
            assert state["state"] != pending[0]["name"], state["state"]
            await self.send(PLANTER, ip, ATTIC_CODE)

    async def queue(self) -> None:
        """Queue, start and complete."""
        walk, page = self.walk, self.page
        async with walk.stop("F29", "an action takes a name"):
            await self.api.action("queue_pending", upload_id="Gift box")
        async with walk.stop(
            "F9", "a job for another model than it was sliced for says so"
        ):
            await self.api.action(
                "queue_pending", upload_id="Cable clip", target_printer="P1S"
            )
            jobs = (await self.api.action("list_queue"))["jobs"]
            (clip,) = [job for job in jobs if job["name"].startswith("Cable clip")]
            assert "A1" in str(clip["waiting_reason"]), clip["waiting_reason"]
        async with walk.stop(
            "F26", "rows of one file differ, and say which plate they are"
        ):
            await walk.go("/todo?entity_id=todo.3d_prints_print_queue", "Gift box")
            await walk.picture("queue", everywhere=True)
        if self.network.is_real:
            async with walk.stop("F25", "the list's name fits on a phone"):
                await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
                await walk.go("/todo?entity_id=todo.3d_prints_print_queue", "Gift box")
                await walk.see("3D prints Print queue")
        await page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        async with walk.stop(
            "F2", "ticking starts a job, and ticking that completes it"
        ):
            await walk.go("/todo?entity_id=todo.3d_prints_print_queue", "Gift box")
            before = (await self.api.action("list_queue"))["jobs"]
            await page.locator("ha-checkbox").filter(visible=True).first.click()
            await walk.see("▶")
            await walk.picture("queue-started")
            await page.locator("ha-checkbox").filter(visible=True).first.click()
            await walk.see_no("▶")
            after = (await self.api.action("list_queue"))["jobs"]
            assert len(after) == len(before) - 1, (len(before), len(after))
        async with walk.stop("F6", "due means a deadline"):
            job = (await self.api.action("list_queue"))["jobs"][-1]
            due = datetime.now(UTC) + timedelta(hours=30)
            await self.api.action("edit_job", job_id=job["job_id"], due=due.isoformat())
            job = await self.api.action("get_job", job_id=job["job_id"])
            assert job["due"], job
            assert not job["not_before"], job
            await walk.go("/todo?entity_id=todo.3d_prints_print_queue", "Gift box")
            await walk.picture("queue-due")
        async with walk.stop("F10", "activity says what happened to which file"):
            await walk.go("/logbook", "was archived, from")
            await walk.picture("activity")

    async def media(self) -> None:
        """Look for a file in the media browser."""
        walk, page = self.walk, self.page
        await self.send(GIFT_BOX, self.garage.ip, self.garage.access_code)
        async with walk.stop("F8", "folders by use, and facts beside a file's name"):
            await walk.go(MEDIA, "Recent", "Not printed", ATTIC)
            await walk.picture("media-folders")
            await walk.follow("Recent")
            await walk.see("Gift box", "min", " g")
            await walk.picture("media", everywhere=True)
        async with walk.stop("F12", "an export comes with a link to it"):
            path = self.files.parent / "media" / "prints.xlsx"
            export = await self.api.action("export_archives", path=str(path))
            answer = await page.request.get(f"{self.api.url}{export['download']}")
            assert answer.ok, answer.status

    async def dashboard(self) -> None:
        """Make a dashboard of docs/dashboard.md, look at it on a tablet, and archive what is pending by its button."""
        walk, page = self.walk, self.page
        async with walk.stop(
            "F33", "the dashboard has pictures, and buttons for one file"
        ):
            (config,) = recipes(
                "dashboard.md", "The view", Garage=ATTIC, garage="attic_a1"
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
            await page.evaluate(
                "localStorage.setItem('dockedSidebar', '\"always_hidden\"')"
            )
            await walk.go(
                "/wall-tablet/prints", "Waiting for you", "Planter", "Gift box"
            )
            await walk.picture("dashboard", everywhere=True)
            assert not await page.locator("hui-error-card, hui-warning").count()
            await walk.click("Archive all")
            await walk.see("Archive everything that is pending?")
            await walk.click("OK")
            # A dialog that closes goes back in the browser's history, and would take the next page away.
            await walk.see_no("Archive everything that is pending?")

            async def _find() -> bool | None:
                return not (await self.api.action("list_pending"))["uploads"] or None

            await home_assistant.eventually(
                "Nothing was archived", TIMEOUT_MS / 1000, _find
            )
        await page.evaluate("localStorage.removeItem('dockedSidebar')")

    async def _open_device(self, name: str, *texts: str) -> None:
        await self.walk.go("/config/devices/dashboard")
        # The sidebar has a panel of the hub's name.
        rows = self.page.locator("ha-data-table").get_by_text(name)
        await rows.filter(visible=True).first.click()
        await self.walk.see(*texts)

    async def health(self) -> None:
        """Look at a printer's page, and let it be checked."""
        walk = self.walk
        async with walk.stop("F31", "entities have names a person would use"):
            await self._open_device(
                ATTIC, "Connected slicers", "Last slicer IP", "Status"
            )
            await walk.picture("device", everywhere=True)
        async with walk.stop("F7", "a check that finds nothing says so"):
            await self._open_device(ATTIC, "Check setup")
            await walk.click("Press")
            await walk.see("OK")
            await walk.picture("setup-check")
        async with walk.stop("F24", "the hub's page begins with what is used"):
            await self._open_device("3D prints", "Print queue")
            await walk.picture("hub", everywhere=True)

    @asynccontextmanager
    async def _real_printer(self) -> AsyncIterator[PrinterDouble]:
        with tempfile.TemporaryDirectory() as folder:
            certificate = await asyncio.to_thread(
                PrinterCertificate.make, Path(folder), REAL_SERIAL
            )
            async with PrinterDouble(
                self.network.real_printer,
                REAL_SERIAL,
                certificate,
                model="BL-P001",
                access_code=REAL_CODE,
            ) as printer:
                yield printer

    async def real_printer_and_proxy(self) -> None:
        """Add the household's own printer, and a proxy of it that outlives its being off."""
        walk, page = self.walk, self.page
        async with self._real_printer():
            async with walk.stop(
                "add-real", "a real printer proves who it is, or is asked about"
            ):
                await walk.go(INTEGRATION, ATTIC)
                await walk.click("Add real printer")
                await walk.see("Serial number")
                form = page.locator("ha-dialog")
                texts = form.locator("ha-selector-text input")
                for number, text in enumerate(
                    (REAL, self.network.real_printer, REAL_SERIAL, REAL_CODE)
                ):
                    await texts.nth(number).fill(text)
                await walk.choose(form.locator("ha-selector-select").nth(0), "X1C")
                await walk.picture("add-real-printer", everywhere=True)
                await walk.click("Submit")
                await walk.see("Is this your printer?")
                await walk.picture("confirm-certificate")
                await walk.click("Submit")
                await walk.see("Created", REAL)
            async with walk.stop(
                "F18", "a proxy ends with its address and whose code it takes"
            ):
                await walk.go(INTEGRATION, REAL)
                await walk.click("Add proxy")
                await walk.see("relays slicers to a real printer")
                form = page.locator("ha-dialog")
                await form.locator("ha-selector-text input").first.fill(PROXY)
                await walk.choose(form.locator("ha-selector-select").first, REAL)
                if not self.network.is_real:
                    await (
                        form.locator("ha-selector-text input")
                        .nth(1)
                        .fill(self.network.printers[3])
                    )
                await walk.picture("add-proxy")
                await walk.click("Submit")
                await walk.see("the one on the screen of")
                await walk.picture("proxy-added")
                await walk.click("Submit")
                await walk.see("Slicers use the access code of")
            async with walk.stop(
                "F11", "a real printer's page shows what it is and does"
            ):
                await self._open_device(REAL, "Device info", "Online")
                await page.wait_for_timeout(1500)
                await walk.picture("real-printer")
                assert not await page.get_by_text("This device has no entities").count()
        async with walk.stop(
            "F4", "a proxy whose printer is off says that, and nothing else"
        ):

            async def _lost() -> bool | None:
                state = await self.api.call(
                    "GET",
                    "/api/states/binary_sensor.workshop_from_upstairs_real_printer",
                )
                return state["state"] == "off" or None

            await home_assistant.eventually(
                "The proxy did not miss its printer", 60, _lost
            )
            await self._open_device(PROXY, "Check setup")
            await walk.click("Press")
            await walk.see("problem")
            await walk.picture("proxy-without-printer")
            await walk.see_no("another program")

    async def removal(self) -> None:
        """Delete a printer that has uploads."""
        walk, page = self.walk, self.page
        await self.send(PLANTER, self.network.printers[1], ATTIC_CODE)
        async with walk.stop("F1", "uploads of a deleted printer go on waiting"):
            await walk.go(INTEGRATION, ATTIC)
            row = page.locator("ha-config-sub-entry-row").filter(has_text=ATTIC)
            await row.get_by_role("button", name="Menu").first.click()
            await walk.follow("Delete")
            await (
                page.locator("ha-dialog-box, ha-dialog")
                .get_by_role("button", name="Delete")
                .first.click()
            )
            await walk.see_no(ATTIC)
            pending = (await self.api.action("list_pending"))["uploads"]
            assert [upload["printer"] for upload in pending] == [ATTIC], pending
            await walk.go("/todo?entity_id=todo.3d_prints_pending_uploads", "Planter")
            await walk.picture("pending-after-removal")
