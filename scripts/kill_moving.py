"""Kills a real Home Assistant while its library is moved into a shared one and back, again and again.

    ./scripts/kill-test --moving [--kills N] [--seed N] [--config DIR]

The move is begun by the form of the options, as a person does it; slicers upload and people approve meanwhile. At random moments
Home Assistant is killed with SIGKILL and started again: the move goes on by itself, or the old library is in force and the move
is begun once more. Often it is killed just after the switch, before it has written its entry; what was switched to is in force then.
After each move every acknowledged file has to be there once, with every byte, and every answered approval
has to hold. Prints in which phase of the moves it was killed, and ends with 1 when anything is wrong.
"""

import argparse
import asyncio
from collections import Counter
from contextlib import AsyncExitStack, suppress
from enum import StrEnum
import hashlib
import json
from pathlib import Path
from random import Random
import shutil
from typing import Any

import aiohttp
from rich.console import Console

from scripts.demo import set_up
from scripts.home_assistant import DOMAIN, ScriptError, prepare_config
from scripts.kill_files import Files
from scripts.kill_promises import Seen
from scripts.kill_shared import (
    DATABASE_ADDRESS,
    SETTLE_TIMEOUT_S,
    Counts,
    Instance,
    keep_approving,
    keep_uploading,
    walk,
)
from scripts.send import show_step
from scripts.servers import postgresql
from scripts.slicer import Step

FIRST_UPLOADS_S = 12.0
LONGEST_LIFE_S = 8.0
KILLS_A_MOVE = 3
AT_THE_SWITCH = 0.5
"""How often one of them waits for the switch."""
UNDER_WAY = "moving"
SWITCHED = {"switched", "done"}
"""What is written of a move that has switched to the other library; Home Assistant writes its entry a second later."""
LOOK_EVERY_S = 0.01


class Place(StrEnum):
    """Which library is in force."""

    LOCAL = "local"
    SHARED = "shared"
    MOVING = "moving"
    """One of both; a move is not at its end."""


async def place(instance: Instance) -> Place:
    """Return which library is in force, as the options say. Raises ScriptError."""
    flows = "/api/config/config_entries/options/flow"
    entry_id = await instance.entry_id()
    shown = await instance.api.call("POST", flows, json={"handler": entry_id})
    await instance.api.call("DELETE", f"{flows}/{shown['flow_id']}")
    options = set(shown["menu_options"])
    if UNDER_WAY in options:
        return Place.MOVING
    return Place.SHARED if "leave" in options else Place.LOCAL


async def begin(
    instance: Instance, wanted: Place, database_url: str, store: Path
) -> None:
    """Begin a move as a person does. Raises ScriptError."""
    answers: dict[str, dict[str, Any]]
    if wanted is Place.LOCAL:
        choices, answers = {"leave"}, {"leave": {"take": "all"}}
    else:
        choices = {"share", "folder"}
        answers = {
            "database": {"host": database_url, "encryption": "prefer"},
            "folder": {"path": str(store)},
            "create": {"take_along": True, "cache_gb": 0.05},
            "join": {"take_along": True, "cache_gb": 0.05},
        }
    await walk(instance, choices, answers, until=UNDER_WAY)


async def move(
    instance: Instance,
    wanted: Place,
    database_url: str,
    store: Path,
    random: Random,
    kills: Counter[str],
) -> None:
    """Move the library, and kill Home Assistant some times meanwhile. Raises ScriptError, TimeoutError."""
    left = random.randint(1, KILLS_A_MOVE)
    async with asyncio.timeout(SETTLE_TIMEOUT_S * 2):
        while True:
            now = await _patiently(instance)
            if now is wanted:
                return
            if now is not Place.MOVING:
                with suppress(ScriptError, aiohttp.ClientError):
                    await begin(instance, wanted, database_url, store)
            if not left:
                await asyncio.sleep(1)
                continue
            if random.random() < AT_THE_SWITCH:
                await _until_switched(instance, wanted)
            else:
                await asyncio.sleep(random.uniform(0, LONGEST_LIFE_S))
            left -= 1
            await instance.kill()
            phase = await asyncio.to_thread(_phase, instance, wanted)
            kills[f"{phase} to {wanted}"] += 1
            await instance.start()
            if phase in SWITCHED and (now := await _patiently(instance)) is not wanted:
                raise ScriptError(f"The library is {now} after the switch to {wanted}")


async def _patiently(instance: Instance) -> Place:
    """Return which library is in force as soon as the integration can say so: it is not loaded in the last step."""
    while True:
        try:
            return await place(instance)
        except ScriptError, aiohttp.ClientError, KeyError:
            await asyncio.sleep(0.5)


async def _until_switched(instance: Instance, wanted: Place) -> None:
    """Wait for the moment in which what is written of the move says that it has switched, but not for long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_LIFE_S):
            while await asyncio.to_thread(_phase, instance, wanted) not in SWITCHED:
                await asyncio.sleep(LOOK_EVERY_S)


def _phase(instance: Instance, wanted: Place) -> str:
    """Return what is written of the move there that was under way."""
    path = instance.folder / ".storage" / DOMAIN / "move.json"
    try:
        written = json.loads(path.read_bytes())
    except FileNotFoundError:
        written = {}
    if written.get("direction") != f"to_{wanted}":
        return "before or after it"
    return str(written["phase"])


def _digests(folder: Path) -> Counter[str]:
    """Return the SHA-256 of every file that is kept."""
    return Counter(
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.3mf")
        if not any(
            part in {"inbox", "moving"} or part.startswith("shared-")
            for part in path.relative_to(folder).parts
        )
    )


async def settled(instance: Instance, kept: Path, counts: Counts) -> list[str]:
    """Wait until what was interrupted is finished. Returns what is wrong then."""
    wrong: list[str] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_TIMEOUT_S):
            while True:
                try:
                    seen = await Seen.at(instance.api)
                    found = await asyncio.to_thread(_digests, kept)
                    if not (wrong := seen.broken(counts, found, f"in {kept.name}")):
                        break
                except (aiohttp.ClientError, ScriptError) as err:
                    wrong = [str(err)]
                await asyncio.sleep(1)
    return wrong


async def _work(
    instance: Instance, files: Files, random: Random, counts: Counts
) -> list[asyncio.Task[None]]:
    work = [
        asyncio.create_task(keep_uploading(instance, printer, files, counts))
        for printer in instance.printers
    ]
    work.append(asyncio.create_task(keep_approving(instance, random, counts)))
    return work


async def _end(work: list[asyncio.Task[None]]) -> None:
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)


def _new_store(instance: Instance, number: int) -> Path:
    store = instance.folder / "media" / f"store-{number}"
    store.mkdir()
    return store


async def run(console: Console, args: argparse.Namespace, folder: Path) -> int:
    """Run the test. Returns the exit status. Raises ScriptError."""
    if reason := postgresql.reason_to_skip():
        raise ScriptError(reason)
    random, counts, kills = Random(args.seed), Counts(), Counter[str]()
    files = await asyncio.to_thread(Files, folder)
    wrong: list[str] = []
    moves = 0
    await asyncio.to_thread(folder.chmod, 0o755)
    place_of_database = folder / "postgresql"
    await asyncio.to_thread(place_of_database.mkdir)
    async with AsyncExitStack() as stack:
        database = await asyncio.to_thread(
            stack.enter_context,
            postgresql.running(place_of_database, address=DATABASE_ADDRESS),
        )
        http = await stack.enter_async_context(aiohttp.ClientSession())
        instance = Instance(folder, 0, args.port, http)
        await asyncio.to_thread(prepare_config, instance.folder, instance.port)
        stack.push_async_callback(instance.kill)
        await instance.start()
        await set_up(instance.api, instance.printers)
        # Home Assistant writes accounts and entries down after a while.
        await instance.stop()
        await instance.start()
        library = instance.folder / "media" / DOMAIN
        while kills.total() < args.kills and not wrong:
            url = database.new_login()
            store = await asyncio.to_thread(_new_store, instance, moves)
            for wanted, kept in ((Place.SHARED, store), (Place.LOCAL, library)):
                work = await _work(instance, files, random, counts)
                if not moves:
                    await asyncio.sleep(FIRST_UPLOADS_S)
                await move(instance, wanted, url, store, random, kills)
                await _end(work)
                moves += 1
                wrong += await settled(instance, kept, counts)
                show_step(
                    console,
                    Step(text=f"Moved {moves} times", detail=_told(kills, counts)),
                )
                if wrong:
                    break
            await asyncio.to_thread(shutil.rmtree, store)
    for complaint in wrong:
        console.print(f"  [red]✘[/red] {complaint}", highlight=False)
    verdict = f"{len(wrong)} things wrong" if wrong else "nothing lost, nothing doubled"
    console.print(f"{moves} moves, {_told(kills, counts)}: {verdict}", highlight=False)
    return 1 if wrong else 0


def _told(kills: Counter[str], counts: Counts) -> str:
    phases = ", ".join(f"{phase} {count}" for phase, count in sorted(kills.items()))
    return (
        f"{kills.total()} kills ({phases}), {len(counts.uploads)} uploads acknowledged,"
        f" {len(counts.approvals)} approvals answered"
    )
