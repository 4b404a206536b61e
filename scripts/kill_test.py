"""Kills a real Home Assistant again and again while slicers upload and people approve, and looks what is left.

    ./scripts/kill-test [--printing | --shared | --moving] [--kills N] [--minutes N] [--port N] [--seed N] [--config DIR]

Every file that was acknowledged to a slicer has to be there after the next start, once and with every byte; every
approval that was answered has to hold. Prints what it did, and ends with 1 when anything was lost.

With --printing it is killed while its queue prints on simulated printers: every copy has to be printed exactly once
(scripts/kill_printing.py). With --shared three of them share a library, and their database and object store are killed as
well, for some minutes (scripts/kill_shared.py). With --moving it is killed while its library is moved into a shared one and back
(scripts/kill_moving.py).
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
import hashlib
import importlib
from pathlib import Path
from random import Random
import signal
import sys
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from rich.console import Console

from scripts import kill_printing
from scripts.demo import DemoPrinter, set_up
from scripts.home_assistant import (
    DOMAIN,
    Api,
    ScriptError,
    home_assistant,
    prepare_config,
    wait_until_running,
    wait_until_up,
)
from scripts.kill_files import Files, serial_of
from scripts.kill_promises import Promises, Seen
from scripts.send import show_step
from scripts.slicer import SlicerError, Step, tls_context

PRINTERS = tuple(
    DemoPrinter(name=f"Kill test {mode}", ip=f"127.9.9.{number}", mode=mode)
    for number, mode in enumerate(("immediate", "review", "queue"), 2)
)
LONGEST_LIFE_S = 4.0
SETTLE_TIMEOUT_S = 30.0


async def keep_uploading(
    printer: DemoPrinter, serial: str, files: Files, promises: Promises
) -> None:
    """Upload file after file until the printer is gone."""
    context = await asyncio.to_thread(tls_context, serial, None)
    with suppress(SlicerError):
        while True:
            await promises.upload(printer, context, files)


async def keep_approving(api: Api, random: Random, promises: Promises) -> None:
    """Approve what is pending, now to the archive and now to the queue, until Home Assistant is gone."""
    with suppress(aiohttp.ClientError, ScriptError):
        while True:
            listed = await api.action("list_pending")
            await promises.approve(api, listed["uploads"], random)
            await asyncio.sleep(0.05)


async def live_and_die(
    process: asyncio.subprocess.Process,
    api: Api,
    files: Files,
    promises: Promises,
    random: Random,
) -> float:
    """Let everybody work, and kill Home Assistant at a random moment. Returns how long it lived, in seconds."""
    serials = [await serial_of(printer) for printer in PRINTERS]
    work = [
        asyncio.create_task(keep_uploading(printer, serial, files, promises))
        for printer, serial in zip(PRINTERS, serials, strict=True)
    ]
    work.append(asyncio.create_task(keep_approving(api, random, promises)))
    lifetime = random.uniform(0, LONGEST_LIFE_S)
    await asyncio.sleep(lifetime)
    process.kill()
    await process.wait()
    await asyncio.gather(*work)
    return lifetime


async def check(api: Api, library: Path, promises: Promises) -> list[str]:
    """Compare what is there with what was promised. Returns what is wrong."""
    seen = await Seen.at(api)
    return seen.broken(
        promises, await asyncio.to_thread(_digests, library), "on the disk"
    )


def _digests(library: Path) -> Counter[str]:
    """Return the SHA-256 of every kept file."""
    return Counter(
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in library.rglob("*.3mf")
        if "inbox" not in path.parts
    )


async def settled(api: Api, library: Path, promises: Promises) -> list[str]:
    """Wait until what the crash interrupted is finished. Returns what is wrong then."""
    wrong: list[str] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_TIMEOUT_S):
            while wrong := await check(api, library, promises):
                await asyncio.sleep(0.5)
    return wrong


@asynccontextmanager
async def running(folder: Path, api: Api) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run Home Assistant until it is up."""
    async with home_assistant(folder) as process:
        log = folder / "home-assistant-output.log"
        await wait_until_up(api, process, log, lambda _: None)
        if not api.token:
            await api.log_in()
        await wait_until_running(api)
        yield process


async def run(console: Console, args: argparse.Namespace, folder: Path) -> int:
    """Run the test. Returns the exit status. Raises ScriptError."""
    await asyncio.to_thread(prepare_config, folder, args.port)
    library = folder / "media" / DOMAIN
    random = Random(args.seed)
    promises = Promises()
    files = await asyncio.to_thread(Files, folder)
    async with aiohttp.ClientSession() as http:
        api = Api(http, f"http://127.0.0.1:{args.port}")
        # The first run ends in good order: Home Assistant writes accounts and entries down after a while.
        async with running(folder, api):
            await set_up(api, PRINTERS)
        for number in range(1, args.kills + 1):
            async with running(folder, api) as process:
                if wrong := await settled(api, library, promises):
                    return _report(console, number - 1, promises, wrong)
                lifetime = await live_and_die(process, api, files, promises, random)
            show_step(
                console,
                Step(
                    text=f"Kill {number} of {args.kills} after {lifetime:.2f} s",
                    detail=f"{len(promises.uploads)} files and {len(promises.approvals)} approvals promised so far",
                ),
            )
        async with running(folder, api):
            wrong = await settled(api, library, promises)
    return _report(console, args.kills, promises, wrong)


def _report(console: Console, kills: int, promises: Promises, wrong: list[str]) -> int:
    for complaint in wrong:
        console.print(f"  [red]✘[/red] {complaint}", highlight=False)
    lost = f"{len(wrong)} things wrong" if wrong else "nothing lost, nothing doubled"
    console.print(
        f"{kills} kills, {promises.started} uploads begun, {len(promises.uploads)} acknowledged,"
        f" {len(promises.approvals)} approvals answered: {lost}",
        highlight=False,
    )
    return 1 if wrong else 0


def main() -> int:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--printing", action="store_true", help="kill it while its queue prints"
    )
    parser.add_argument(
        "--shared", action="store_true", help="three that share a library"
    )
    parser.add_argument(
        "--moving", action="store_true", help="kill it while its library is moved"
    )
    parser.add_argument(
        "--minutes", type=float, default=20, help="how long, with --shared (20)"
    )
    parser.add_argument(
        "--kills",
        type=int,
        help="how often (200; 300 while it prints, 40 while it moves)",
    )
    parser.add_argument("--port", type=int, default=8134, help="Home Assistant's")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--config", type=Path, help="an empty folder to keep")
    args = parser.parse_args()
    if args.kills is None:
        args.kills = 300 if args.printing else 40 if args.moving else 200
    console = Console()
    test = run
    if args.printing:
        test = kill_printing.run
    elif args.shared:
        # Its servers are no requirement of the others.
        test = importlib.import_module("scripts.kill_shared").run
    elif args.moving:
        test = importlib.import_module("scripts.kill_moving").run
    try:
        if args.config:
            args.config.mkdir(parents=True, exist_ok=True)
            return asyncio.run(until_ended(test(console, args, args.config.resolve())))
        with TemporaryDirectory(prefix="kill-test-") as folder:
            return asyncio.run(until_ended(test(console, args, Path(folder))))
    except ScriptError as err:
        console.print(f"[red]{err}[/red]", highlight=False)
        return 1
    except asyncio.CancelledError:
        return 130


async def until_ended(test: Coroutine[Any, Any, int]) -> int:
    """Run a test. SIGINT and SIGTERM end it with all that it has started, as a job in the background too."""
    task = asyncio.ensure_future(test)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await task


if __name__ == "__main__":
    sys.exit(main())
