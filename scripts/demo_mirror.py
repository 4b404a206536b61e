"""What slicers see in the demo's virtual printer: the simulated real one, its spools and its print."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console

from scripts.home_assistant import DOMAIN, Api, ScriptError
from scripts.seen import Seen, watch
from scripts.send import show_seen, show_step
from scripts.slicer import Step


class Printer(Protocol):
    """What a slicer has to know of a virtual printer."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def ip(self) -> str:
        """Where it listens."""

    @property
    def access_code(self) -> str:
        """Its access code."""


async def show_target(api: Api, answers: dict[str, Any], target_serial: str) -> None:
    """Have a virtual printer show the real one of this serial number, in its form. `answers` fill it. Raises ScriptError."""
    [entry] = await api.call("GET", f"/api/config/config_entries/entry?domain={DOMAIN}")
    async with api.commands() as commands:
        subentries = await commands.do(
            "config_entries/subentries/list", entry_id=entry["entry_id"]
        )
    [target] = [
        subentry["subentry_id"]
        for subentry in subentries
        if subentry["unique_id"] == target_serial
    ]
    [virtual] = [
        subentry["subentry_id"]
        for subentry in subentries
        if subentry["title"] == answers["name"]
    ]
    flows = "/api/config/config_entries/subentries/flow"
    flow = await api.call(
        "POST",
        flows,
        json={
            "handler": [entry["entry_id"], "virtual_printer"],
            "subentry_id": virtual,
        },
    )
    result = await api.call(
        "POST",
        f"{flows}/{flow['flow_id']}",
        json=answers | {"filing": {**answers["filing"], "target": target}},
    )
    if result["type"] != "abort":
        raise ScriptError(
            f"The printer could not be changed: {result.get('errors') or result}"
        )


@asynccontextmanager
async def watched(
    console: Console, printer: Printer, ca: Path
) -> AsyncIterator[list[Seen]]:
    """Look at the virtual printer as a slicer does, all the while. Raises SlicerError."""
    seen: list[Seen] = []
    first = asyncio.Event()

    def _note(look: Seen) -> None:
        seen.append(look)
        first.set()

    watching = asyncio.create_task(
        watch(printer.ip, printer.access_code, ca=ca, on_seen=_note)
    )
    try:
        waiting = asyncio.create_task(first.wait())
        await asyncio.wait([waiting, watching], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if seen:
            console.rule(f"Bambu Studio: “{printer.name}”", align="left")
            show_seen(console, seen[0])
        yield seen
    finally:
        watching.cancel()
        await asyncio.wait([watching])
    if not watching.cancelled():
        watching.result()


def show_watched(console: Console, printer: Printer, seen: Sequence[Seen]) -> bool:
    """Tell whether slicers saw the real printer's spools and print in the virtual one."""
    percents = sorted({look.percent for look in seen if 0 < look.percent < 100})
    has_spools = all(any("#" in unit for unit in look.units) for look in seen)
    if not percents or not has_spools:
        console.print(
            f"  [red]✘[/red] Slicers did not see it in “{printer.name}”",
            highlight=False,
        )
        return False
    show_step(
        console,
        Step(
            text=f"Slicers saw it in “{printer.name}” all the while",
            detail=f"{percents[0]} to {percents[-1]} %; {'; '.join(seen[-1].units)}",
        ),
    )
    return True
