"""The demo's upload key: made for programs, and used once to send a plate's plain G-code without certificates."""

import asyncio
from pathlib import Path
from typing import Any

from rich.console import Console

from scripts.door import send_to_door
from scripts.home_assistant import Api, ScriptError, eventually
from scripts.send import show_step
from scripts.sliced_file import SlicedFileSpec
from scripts.sliced_file.gcode import gcode
from scripts.slicer import Step

SENDER = "Demo"
TIMEOUT_S = 30.0


async def make_key(api: Api, printer: str) -> dict[str, str]:
    """Make a key for the virtual printer of this name, in the place of the last one. Returns its `url` and `key`."""
    for known in (await api.action("list_upload_keys"))["keys"]:
        if known["name"] == SENDER:
            await api.action("revoke_upload_key", key_id=known["key_id"])
    async with api.commands() as commands:
        devices = await commands.do("config/device_registry/list")
    for device in devices:
        if printer in {device["name"], device["name_by_user"]}:
            made = await api.action(
                "create_upload_key", device_id=device["id"], name=SENDER
            )
            path = made["url"].partition("/api/")[2]
            return {"url": f"{api.url}/api/{path}", "key": made["key"]}
    raise ScriptError(f"There is no device {printer}")


async def send_gcode(
    console: Console, api: Api, folder: Path, door: dict[str, str]
) -> bool:
    """Send a plate's plain G-code as OrcaSlicer would, and look it up in the archive. Returns whether all is right."""
    console.rule("OrcaSlicer: Upload without certificates", align="left")
    spec = SlicedFileSpec(title="Sent with a key", slicer="orca_slicer")
    plate = spec.sliced_plates[0]
    path = folder / f"{spec.title}.gcode"
    await asyncio.to_thread(path.write_text, "".join(gcode(spec, plate)))
    before = {one["archive_id"] for one in await _archives(api)}
    await send_to_door(
        path,
        door["url"],
        door["key"],
        on_step=lambda step: show_step(console, step),
    )

    async def _find() -> dict[str, Any] | None:
        return next(
            (one for one in await _archives(api) if one["archive_id"] not in before),
            None,
        )

    archive = await eventually("Nothing was archived", TIMEOUT_S, _find)
    wrong = [
        key
        for key, value in {
            "sender": SENDER,
            "print_time_s": plate.print_time_s,
            "plate_count": 1,
        }.items()
        if archive[key] != value
    ]
    for key in wrong:
        console.print(f"  [red]✘[/red] {key} is {archive[key]!r}", highlight=False)
    if not wrong:
        show_step(
            console, Step(text=f"Archived “{archive['name']}”", detail=f"from {SENDER}")
        )
    return not wrong


async def _archives(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.action("list_archives", limit=500))[
        "archives"
    ]
    return found
