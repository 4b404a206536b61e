"""Kills what shares a library: three Home Assistants, their database and their object store, at random, while people work.

    ./scripts/kill-test --shared [--minutes N] [--seed N] [--config DIR]

Slicers upload to printers of all three, people approve at any of them what came in at another, and move jobs in the one
queue. Meanwhile Home Assistants are killed with SIGKILL, PostgreSQL is stopped as by a power cut, and so is the object store
(SeaweedFS). In the end all three have to agree, every acknowledged file has to be there once, readable at each, every answered
approval has to hold, and the queue must have no gaps. Prints the counts, says whether there were as many as a run of 20 minutes
has to have (2,000 of each), and ends with 1 when anything is wrong.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
import hashlib
from pathlib import Path
from random import Random
import time
from typing import Any

import aiohttp
from rich.console import Console

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
from scripts.kill_files import Files, all_of, serial_of
from scripts.kill_promises import Promises, Seen
from scripts.send import show_step
from scripts.servers import object_store, postgresql
from scripts.slicer import SlicerError, Step, tls_context

NAMES = ("house", "workshop", "cabin")
DATABASE_ADDRESS = "127.9.8.1"
KILLED_EVERY_S = (8.0, 20.0)
AWAY_S = 6.0
SETTLE_TIMEOUT_S = 300.0
MODES = ("immediate", "review", "review", "review", "queue")
"""Of an instance's printers: only what waits for people can be approved, and that is to happen as often as anything else."""
BETWEEN_UPLOADS_S = 1.0
BETWEEN_ORDERS_S = 0.1
BACKLOG = 150
"""So many uploads wait to be approved, so that there is something to choose from."""
UNASKED = 0.15
"""So many uploads that nobody is asked about there are for each of the others: those only can be approved."""
AHEAD = 25
"""So many more moves than approvals there may be before the others are waited for."""
APPROVERS, MOVERS = 4, 2
"""So many people approve, and so many move jobs, at each instance: an approval takes longer."""
ORDERS_PER_LOOK = 10
"""Before somebody looks again at what there is."""
WANTED_A_MINUTE = 100
"""2,000 uploads, approvals and queue moves in 20 minutes."""
READ_AT_EACH = 25
"""So many files are read at each instance in the end; all of them are read in the store."""


@dataclass
class Counts(Promises):
    """What was done, and what was promised to slicers and people."""

    moves: int = 0
    reviewed: int = 0
    """The acknowledged uploads that people are asked about."""
    kills: Counter[str] = field(default_factory=Counter)

    def has_enough_uploads(self, mode: str) -> bool:
        """Whether others are behind: what a printer in this mode receives meanwhile would only keep them waiting."""
        if mode == "review":
            return self.reviewed > len(self.approvals) + BACKLOG
        return len(self.uploads) - self.reviewed > UNASKED * self.reviewed

    @property
    def has_enough_moves(self) -> bool:
        """Whether there were more moves than approvals."""
        return self.moves > len(self.approvals) + AHEAD

    def missed(self, minutes: float) -> str:
        """Say of what there was less than a run of so many minutes has to have; empty for nothing."""
        wanted = round(WANTED_A_MINUTE * minutes)
        done = {
            "uploads": len(self.uploads),
            "approvals": len(self.approvals),
            "queue moves": self.moves,
        }
        return ", ".join(
            f"{count} of {wanted} {name}"
            for name, count in done.items()
            if count < wanted
        )

    def __str__(self) -> str:
        """Return them as a line."""
        kills = ", ".join(
            f"{name} {count}" for name, count in sorted(self.kills.items())
        )
        return (
            f"{self.started} uploads begun, {len(self.uploads)} acknowledged, {len(self.approvals)} approvals"
            f" and {self.moves} queue moves answered; killed: {kills or 'nothing'}"
        )


class Instance:
    """One of the Home Assistants: it can be killed and started at any time."""

    def __init__(
        self, folder: Path, number: int, port: int, http: aiohttp.ClientSession
    ) -> None:
        """Prepare; nothing is started."""
        self.name = NAMES[number]
        self.folder = folder / self.name
        self.port = port + number
        self.printers = tuple(
            DemoPrinter(
                name=f"{self.name} {last} {mode}",
                ip=f"127.9.{10 + number}.{last}",
                mode=mode,
            )
            for last, mode in enumerate(MODES, 2)
        )
        self.api = Api(http, f"http://127.0.0.1:{self.port}")
        self.is_up = asyncio.Event()
        self._life = AsyncExitStack()
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, and wait until it is up. Raises ScriptError."""
        self._process = await self._life.enter_async_context(
            home_assistant(self.folder)
        )
        log = self.folder / "home-assistant-output.log"
        await wait_until_up(self.api, self._process, log, lambda _: None)
        if not self.api.token:
            await self.api.log_in()
        await wait_until_running(self.api)
        self.is_up.set()

    async def kill(self) -> None:
        """End it as a power cut would."""
        self.is_up.clear()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        await self._life.aclose()

    async def stop(self) -> None:
        """End it in good order: Home Assistant writes accounts and entries down after a while."""
        self.is_up.clear()
        await self._life.aclose()

    async def entry_id(self) -> str:
        """Return the id of the hub's entry."""
        entries = await self.api.call(
            "GET", f"/api/config/config_entries/entry?domain={DOMAIN}"
        )
        entry_id: str = entries[0]["entry_id"]
        return entry_id


# --- setting up -----------------------------------------------------------------------------------------------------


async def walk(
    instance: Instance,
    choices: Collection[str],
    answers: Mapping[str, Mapping[str, Any]],
    *,
    until: str = "",
) -> Mapping[str, Any]:
    """Go through the hub's options by these choices and answers, as far as a step or to their end. Raises ScriptError."""
    api = instance.api
    flows = "/api/config/config_entries/options/flow"
    shown = await api.call("POST", flows, json={"handler": await instance.entry_id()})
    url = f"{flows}/{shown['flow_id']}"
    async with asyncio.timeout(SETTLE_TIMEOUT_S):
        while shown["type"] not in ("create_entry", "abort"):
            step = shown.get("step_id", "")
            if step == until:
                return dict(shown)
            if shown.get("errors"):
                break
            if shown["type"] == "menu":
                [chosen] = set(choices) & set(shown["menu_options"])
                shown = await api.call("POST", url, json={"next_step_id": chosen})
            elif shown["type"] in ("progress", "progress_done"):
                await asyncio.sleep(0.2)
                shown = await api.call("GET", url)
            else:
                shown = await api.call("POST", url, json=answers[step])
    if shown["type"] != "create_entry":
        raise ScriptError(f"The options of the {instance.name} refuse: {shown}")
    return dict(shown)


async def share(
    instance: Instance, database_url: str, store: object_store.ObjectStore
) -> None:
    """Have an instance use the shared library, through the form of the hub's options. Raises ScriptError."""
    bucket = store.settings()
    answers: dict[str, dict[str, Any]] = {
        "database": {"host": database_url, "encryption": "prefer"},
        "bucket": {
            "endpoint": bucket.endpoint,
            "bucket": bucket.bucket,
            "access_key": bucket.access_key,
            "secret_key": bucket.secret_key,
        },
        "create": {"take_along": True, "cache_gb": 0.05},
        "join": {"take_along": True, "cache_gb": 0.05},
        "moved": {},
    }
    await walk(instance, {"share", "bucket"}, answers)
    await wait_until_running(instance.api)


# --- work -----------------------------------------------------------------------------------------------------------


async def keep_uploading(
    instance: Instance, printer: DemoPrinter, files: Files, counts: Counts
) -> None:
    """Upload file after file, whenever the instance is up."""
    while True:
        await asyncio.sleep(BETWEEN_UPLOADS_S)
        if counts.has_enough_uploads(printer.mode):
            continue
        await instance.is_up.wait()
        try:
            serial = await serial_of(printer)
            context = await asyncio.to_thread(tls_context, serial, None)
            await counts.upload(printer, context, files)
            counts.reviewed += printer.mode == "review"
        except SlicerError, TimeoutError:
            await asyncio.sleep(0.2)


async def keep_approving(instance: Instance, random: Random, counts: Counts) -> None:
    """Approve what is pending, wherever it came in, now to the archive and now to the queue.

    Others approve the same at the same time: only one of them is to have done it.
    """
    while True:
        await instance.is_up.wait()
        with suppress(aiohttp.ClientError, ScriptError, TimeoutError):
            listed = await instance.api.action("list_pending", limit=BACKLOG)
            uploads = listed["uploads"]
            some = random.sample(uploads, k=min(ORDERS_PER_LOOK, len(uploads)))
            for upload in some:
                # Somebody else may have been first.
                with suppress(ScriptError):
                    await counts.approve(instance.api, (upload,), random)
        await asyncio.sleep(BETWEEN_ORDERS_S)


async def keep_moving(instance: Instance, random: Random, counts: Counts) -> None:
    """Move jobs of the one queue."""
    while True:
        await asyncio.sleep(BETWEEN_ORDERS_S)
        if counts.has_enough_moves:
            continue
        await instance.is_up.wait()
        with suppress(aiohttp.ClientError, ScriptError, TimeoutError):
            jobs = (await instance.api.action("list_queue"))["jobs"]
            for _ in range(ORDERS_PER_LOOK if jobs else 0):
                # It may have been taken out of the queue.
                with suppress(ScriptError):
                    await instance.api.action(
                        "move_job",
                        job_id=random.choice(jobs)["job_id"],
                        position=random.randint(1, len(jobs)),
                    )
                    counts.moves += 1
                await asyncio.sleep(BETWEEN_ORDERS_S)


async def keep_killing(
    instances: Sequence[Instance],
    database: postgresql.Server,
    store: object_store.ObjectStore,
    random: Random,
    counts: Counts,
) -> None:
    """Kill one after the other; each is started again after a while."""

    async def without(stop: Callable[[], None], start: Callable[[], None]) -> None:
        await asyncio.to_thread(stop)
        await asyncio.sleep(random.uniform(0, AWAY_S))
        await asyncio.to_thread(start)

    while True:
        await asyncio.sleep(random.uniform(*KILLED_EVERY_S))
        match random.choice(("instance", "instance", "database", "store")):
            case "instance":
                instance = random.choice(instances)
                counts.kills[instance.name] += 1
                await instance.kill()
                await instance.start()
            case "database":
                counts.kills["database"] += 1
                await without(database.stop, database.start)
            case "store":
                counts.kills["store"] += 1
                await without(store.kill, store.start)


# --- looking --------------------------------------------------------------------------------------------------------


def summary(seen: Seen) -> tuple[object, ...]:
    """Return what all have to agree on."""
    return (
        sorted((key, item["sha256"]) for key, item in seen.archives.items()),
        sorted((key, item["sha256"]) for key, item in seen.pending.items()),
        [(job["job_id"], job["position"]) for job in seen.jobs],
    )


async def check(
    instances: Sequence[Instance], store: object_store.ObjectStore, counts: Counts
) -> list[str]:
    """Compare what is there with what was promised. Returns what is wrong."""
    first, *others = [await Seen.at(instance.api) for instance in instances]
    wrong = [
        f"the {instance.name} says something else than the {instances[0].name}"
        for instance, seen in zip(instances[1:], others, strict=True)
        if summary(seen) != summary(first)
    ]
    stored = await asyncio.to_thread(_digests, store)
    return wrong + first.broken(counts, stored, "in the store")


def _digests(store: object_store.ObjectStore) -> Counter[str]:
    """Return the SHA-256 of every stored print."""
    client = store.client()
    found: Counter[str] = Counter()
    for page in client.get_paginator("list_objects_v2").paginate(Bucket="prints"):
        for item in page.get("Contents", ()):
            if item["Key"].endswith(".3mf"):
                body = client.get_object(Bucket="prints", Key=item["Key"])["Body"]
                found[hashlib.sha256(body.read()).hexdigest()] += 1
    return found


async def read_at_each(instances: Sequence[Instance], random: Random) -> list[str]:
    """Download files at instances where most of them did not come in. Returns what is wrong."""
    wrong = []
    for instance in instances:
        archives = await all_of(instance.api, "list_archives", "archives")
        for archive in random.sample(archives, k=min(READ_AT_EACH, len(archives))):
            details = await instance.api.action(
                "get_archive", archive_id=archive["archive_id"]
            )
            digest = await instance.api.digest(details["download"])
            if digest != archive["sha256"]:
                wrong.append(
                    f"the {instance.name} gives other bytes of {archive['name']}"
                )
    return wrong


# --- the whole ------------------------------------------------------------------------------------------------------


def _places(folder: Path) -> tuple[Path, Path]:
    """Make the folders of the servers, which other users run."""
    folder.chmod(0o755)
    places = folder / "postgresql", folder / "store"
    for place in places:
        place.mkdir(exist_ok=True)
    return places


@asynccontextmanager
async def everybody(
    folder: Path, port: int
) -> AsyncIterator[
    tuple[tuple[Instance, ...], postgresql.Server, object_store.ObjectStore]
]:
    """Run the servers and the three instances, which share a library."""
    for reason in (postgresql.reason_to_skip(), object_store.reason_to_skip()):
        if reason:
            raise ScriptError(reason)
    places = await asyncio.to_thread(_places, folder)
    async with AsyncExitStack() as stack:
        database = await asyncio.to_thread(
            stack.enter_context, postgresql.running(places[0], address=DATABASE_ADDRESS)
        )
        store = await asyncio.to_thread(
            stack.enter_context, object_store.server(places[1])
        )
        http = await stack.enter_async_context(aiohttp.ClientSession())
        instances = tuple(
            Instance(folder, number, port, http) for number in range(len(NAMES))
        )
        url = database.new_login()
        for instance in instances:
            await asyncio.to_thread(prepare_config, instance.folder, instance.port)
            stack.push_async_callback(instance.kill)
            await instance.start()
            await set_up(instance.api, instance.printers)
            await share(instance, url, store)
            await instance.stop()
            await instance.start()
        yield instances, database, store


async def run(console: Console, args: argparse.Namespace, folder: Path) -> int:
    """Run the test. Returns the exit status. Raises ScriptError."""
    random, counts = Random(args.seed), Counts()
    files = await asyncio.to_thread(Files, folder)
    async with everybody(folder, args.port) as (instances, database, store):
        show_step(
            console, Step(text="Three Home Assistants share a library", detail="")
        )
        work = [
            asyncio.create_task(keep_uploading(instance, printer, files, counts))
            for instance in instances
            for printer in instance.printers
        ]
        work += [
            asyncio.create_task(keep_approving(instance, random, counts))
            for instance in instances * APPROVERS
        ]
        work += [
            asyncio.create_task(keep_moving(instance, random, counts))
            for instance in instances * MOVERS
        ]
        killing = asyncio.create_task(
            keep_killing(instances, database, store, random, counts)
        )
        end = time.monotonic() + args.minutes * 60
        while time.monotonic() < end and not killing.done():
            await asyncio.wait([killing], timeout=min(60.0, args.minutes * 60))
            show_step(console, Step(text="Going on", detail=str(counts)))
        failed = killing.done()
        for task in (*work, killing):
            task.cancel()
        await asyncio.gather(*work, killing, return_exceptions=True)
        if failed and (err := killing.exception()) is not None:
            raise err
        await all_up(instances, database, store)
        wrong = await settled(instances, store, counts)
        wrong += await read_at_each(instances, random)
    for complaint in wrong:
        console.print(f"  [red]✘[/red] {complaint}", highlight=False)
    verdict = f"{len(wrong)} things wrong" if wrong else "nothing lost, nothing doubled"
    console.print(f"{counts}: {verdict}", highlight=False)
    missed = counts.missed(args.minutes)
    console.print(
        f"As many as a run has to have, {WANTED_A_MINUTE} of each a minute: "
        + (f"no, only {missed}" if missed else "yes"),
        highlight=False,
    )
    return 1 if wrong else 0


async def all_up(
    instances: Sequence[Instance],
    database: postgresql.Server,
    store: object_store.ObjectStore,
) -> None:
    """Have everything run once more, each for the first time since it was last killed."""
    if not database.is_running:
        await asyncio.to_thread(database.start)
    await asyncio.to_thread(store.kill)
    await asyncio.to_thread(store.start)
    for instance in instances:
        await instance.kill()
        await instance.start()


async def settled(
    instances: Sequence[Instance], store: object_store.ObjectStore, counts: Counts
) -> list[str]:
    """Wait until what was interrupted is finished. Returns what is wrong then."""
    wrong: list[str] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_TIMEOUT_S):
            while True:
                try:
                    if not (wrong := await check(instances, store, counts)):
                        break
                except (aiohttp.ClientError, ScriptError) as err:
                    wrong = [str(err)]
                await asyncio.sleep(1)
    return wrong
