"""The demo's real printer: it is added like one of the household's, and a plate of the queue is printed on it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
import json
from pathlib import Path
import sys
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from scripts.home_assistant import DOMAIN, Api, Commands, ScriptError, eventually
from scripts.real_printer import PRINTER, RealPrinter
from scripts.send import show_step
from scripts.slicer import Step

PORTS = (990, 8883)
PRINT_S = 15.0
START_TIMEOUT_S = 120.0
PRINT_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 30.0
TOLD_ONCE = ("job_dispatching", "job_printing", "job_completed")


@dataclass
class Garage:
    """A simulated printer that runs: what its screen shows, and what has happened to it."""

    process: asyncio.subprocess.Process
    printer: RealPrinter
    screen: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    is_over: bool = False
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def read(self) -> None:
        """Follow what it says, to its end."""
        assert self.process.stdout
        async for line in self.process.stdout:
            event = json.loads(line)
            async with self._news:
                if event["event"] == "ready":
                    self.screen = event
                else:
                    self.events.append(event)
                self._news.notify_all()
        async with self._news:
            self.is_over = True
            self._news.notify_all()

    async def ready(self) -> dict[str, Any]:
        """Wait until it is on. Returns what its screen shows. Raises ScriptError."""
        with suppress(TimeoutError):
            async with asyncio.timeout(START_TIMEOUT_S), self._news:
                await self._news.wait_for(lambda: self.screen or self.is_over)
        if not self.screen:
            raise ScriptError(f"“{self.printer.name}” could not be switched on")
        return self.screen

    async def following(self, first: int) -> AsyncIterator[dict[str, Any]]:
        """Give its events from that one on, as they come, to the end of a print. Raises ScriptError."""
        for number in count(first):
            async with self._news:
                while len(self.events) <= number:
                    if self.is_over:
                        raise ScriptError(f"“{self.printer.name}” was switched off")
                    await self._news.wait()
                event = self.events[number]
            yield event
            if event["event"] == "ended":
                return


@asynccontextmanager
async def garage(
    folder: Path,
    printer: RealPrinter = PRINTER,
    *options: str,
) -> AsyncIterator[Garage]:
    """Run a printer in a process of its own; its certificate stays in the folder. `options` are those of its script."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scripts.real_printer", "--json"),
        *("--name", printer.name, "--address", printer.address),
        *("--serial", printer.serial, "--access-code", printer.access_code),
        *("--folder", str(folder / "real-printer")),
        *(options or ("--seconds", str(PRINT_S))),
        stdout=asyncio.subprocess.PIPE,
        # Ctrl-C is the demo's own.
        start_new_session=True,
    )
    running = Garage(process, printer)
    reading = asyncio.create_task(running.read())
    try:
        yield running
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await process.wait()
        except TimeoutError:
            process.kill()
        await reading


# --- setting it up ----------------------------------------------------------------------------------------------------


async def add_real_printer(console: Console, api: Api, printer: Garage) -> None:
    """Add it through its flow, unless it is there. Raises ScriptError."""
    screen = await printer.ready()
    entries = await api.call("GET", f"/api/config/config_entries/entry?domain={DOMAIN}")
    entry_id = entries[0]["entry_id"]
    async with api.commands() as commands:
        known = await commands.do("config_entries/subentries/list", entry_id=entry_id)
    if not any(subentry["unique_id"] == screen["serial"] for subentry in known):
        await add_machine(api, entry_id, screen)
    show_step(
        console,
        Step(
            text=f"“{screen['name']}” is a real printer now, simulated on {screen['address']}",
            detail=f"fingerprint {screen['fingerprint'][:23]}… confirmed",
        ),
    )


async def add_machine(api: Api, entry_id: str, screen: dict[str, Any]) -> None:
    """Add a real printer as a person does who reads this on its screen. Raises ScriptError."""
    flows = "/api/config/config_entries/subentries/flow"
    step = await api.call("POST", flows, json={"handler": [entry_id, "printer"]})
    details = {
        "name": screen["name"],
        "host": screen["address"],
        "serial": screen["serial"],
        "access_code": screen["access_code"],
        "model": PRINTER.model,
    }
    while step["type"] == "form" and not step["errors"]:
        match step["step_id"]:
            case "user":
                answers = {"found": "type_in"}
            case "details":
                answers = details
            case "certificate":
                shown = step["description_placeholders"]["fingerprint"]
                if shown != screen["fingerprint"]:
                    raise ScriptError(f"Another printer answers, with {shown}")
                answers = {}
            case unknown:
                raise ScriptError(f"The real printer's form has a step {unknown}")
        step = await api.call("POST", f"{flows}/{step['flow_id']}", json=answers)
    if step["type"] != "create_entry":
        raise ScriptError(
            f"The real printer could not be added: {step.get('errors') or step}"
        )


# --- printing ---------------------------------------------------------------------------------------------------------


class Entities:
    """A printer's entities, by the names that a person sees."""

    def __init__(self, api: Api, printer: str) -> None:
        """Look for those of this printer."""
        self._api = api
        self._printer = printer

    async def find(self, domain: str, name: str) -> dict[str, Any]:
        """Wait for an entity that has a state. Raises ScriptError."""
        wanted = f"{self._printer} {name}"

        async def _find() -> dict[str, Any] | None:
            for state in await self._api.call("GET", "/api/states"):
                if (
                    state["entity_id"].startswith(f"{domain}.")
                    and state["attributes"].get("friendly_name") == wanted
                    and state["state"] != "unavailable"
                ):
                    found: dict[str, Any] = state
                    return found
            return None

        return await eventually(f"There is no {domain} “{wanted}”", 30, _find)

    async def act(self, domain: str, name: str, action: str) -> None:
        """Do something with it. Raises ScriptError."""
        entity = await self.find(domain, name)
        await self._api.call(
            "POST",
            f"/api/services/{domain}/{action}",
            json={"entity_id": entity["entity_id"]},
        )


async def print_from_queue(
    console: Console, api: Api, printer: Garage, archive_id: str
) -> bool:
    """Queue a plate, allow the printer to print it, and follow it to its end. Returns whether all was told right."""
    name = printer.screen["name"]
    entities = Entities(api, name)
    console.rule("Home Assistant: print queue", align="left")
    async with api.commands() as commands:
        await commands.do("subscribe_events", event_type=f"{DOMAIN}_activity")
        [job] = (
            await api.action(
                "queue_archive",
                archive_id=archive_id,
                plates=[1],
                target_printer=name,
                hold=False,
            )
        )["jobs"]
        show_step(
            console, Step(text=f"Queued “{job['name']}”", detail=f"for {name}, plate 1")
        )
        if (await entities.find("binary_sensor", "Plate occupied"))["state"] == "on":
            # Of the last time that the demo ran.
            await entities.act("button", "Plate cleared", "press")
            show_step(console, Step(text="Plate cleared"))
        first = len(printer.events)
        await entities.act("switch", "Print from the queue", "turn_on")
        show_step(console, Step(text="“Print from the queue” is on"))
        try:
            async with asyncio.timeout(PRINT_TIMEOUT_S):
                await _show_print(console, printer, first)
        except TimeoutError:
            raise ScriptError(
                f"Nothing was printed to its end within {PRINT_TIMEOUT_S:.0f} s"
            ) from None
        wrong = await _compare(api, commands, printer.events[first:], job["job_id"])
    for complaint in wrong:
        console.print(f"  [red]✘[/red] {complaint}", highlight=False)
    if not wrong:
        show_step(
            console, Step(text="Printed exactly once, and told exactly once as well")
        )
    return not wrong


async def _show_print(console: Console, printer: Garage, first: int) -> None:
    columns = (
        TextColumn("  {task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("[dim]{task.fields[layers]}[/dim]"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("printing", total=100, visible=False, layers="")
        async for event in printer.following(first):
            match event:
                case {"event": "uploaded"}:
                    detail = f"{event['file']}, {event['size_bytes'] / 1e6:.1f} MB"
                    show_step(console, Step(text="Uploaded", detail=detail))
                case {"event": "started"}:
                    show_step(console, Step(text="Started", detail="PREPARE"))
                case {"event": "progress"}:
                    layers = f"layer {event['layer']} of {event['layers']}"
                    progress.update(
                        bar, completed=event["percent"], visible=True, layers=layers
                    )
                    if not console.is_terminal:
                        show_step(
                            console, Step(text=f"{event['percent']} %", detail=layers)
                        )
                case {"event": "ended"}:
                    show_step(console, Step(text=event["state"]))


async def _compare(
    api: Api, commands: Commands, seen: Sequence[dict[str, Any]], job_id: str
) -> list[str]:
    """Compare what the printer saw with what Home Assistant told. Returns the differences."""

    def _told() -> Counter[str]:
        return Counter(
            event["data"]["type"]
            for event in commands.events
            if event["data"].get("job_id") == job_id
        )

    async def _finished() -> dict[str, Any] | None:
        job = await api.action("get_job", job_id=job_id)
        # What was told before the answer has come when it is there.
        await commands.do("ping")
        is_told = all(_told()[kind] for kind in TOLD_ONCE)
        return job if job["state"] == "completed" and is_told else None

    job = await eventually("The job was not completed, or not told", 30, _finished)
    told = _told()
    wrong = [
        f"{kind} was told {told[kind]} times" for kind in TOLD_ONCE if told[kind] != 1
    ]
    wrong += [
        f"{kind} was told" for kind in ("job_failed", "job_put_back") if told[kind]
    ]
    begun = sum(event["event"] == "started" for event in seen)
    if begun != 1 or seen[-1].get("state") != "FINISH":
        wrong.append(f"the printer began {begun} prints; the last says {seen[-1]}")
    if job["copies_printed"] != 1:
        wrong.append(f"{job['copies_printed']} copies count as printed")
    return wrong
