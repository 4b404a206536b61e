"""Kills a real Home Assistant again and again while its queue prints on two simulated printers, and looks what they printed.

The printers are processes of their own and go on living. Jobs are queued over and over, questions are answered as a person
would who stands in front of the printers, and plates are cleared. Every copy that was queued has to be printed exactly once.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
import hashlib
from pathlib import Path
from random import Random
import sqlite3
from typing import Any

import aiohttp
from rich.console import Console

from scripts.demo import set_up
from scripts.demo_print import Entities, Garage, add_machine, garage
from scripts.home_assistant import (
    DOMAIN,
    Api,
    ScriptError,
    eventually,
    home_assistant,
    prepare_config,
    wait_until_running,
    wait_until_up,
)
from scripts.real_printer import RealPrinter
from scripts.send import show_step
from scripts.sliced_file import SlicedFileSpec, write_sliced_file
from scripts.slicer import Step

CONFIGURATION = """\
homeassistant:
  media_dirs:
    local: "{media}"
config:
"""
SLOW = RealPrinter(name="Slow P1S", address="127.9.9.5", serial="01P00A391800201")
QUICK = RealPrinter(name="Quick P1S", address="127.9.9.6", serial="01P00A391800202")
PACES = {
    SLOW: ("--seconds", "9", "--start-delay", "2", "--upload-rate", "150"),
    QUICK: ("--seconds", "4", "--start-delay", "0.8", "--upload-rate", "300"),
}
ANY_P1S = "C12"
ARCHIVES = 4
PLATES = 3
LINE = 5
"""So many jobs are in line, at least."""
LONGEST_LIFE_S = 12.0
LONGEST_START_S = 4.0
MOMENTS = ("uploaded", "ordered", "started", "printing", "ended")
PAGE = 500
DRAIN_TIMEOUT_S = 900.0
SETTLE_TIMEOUT_S = 30.0
PRINTING = {"publishing", "started", "printing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPrint:
    """A print as the index has it that a dead Home Assistant has left, or a living one keeps."""

    id: str
    job_id: str
    phase: str
    subtask_id: str
    question: str | None
    outcome: str | None


class Index:
    """Reads the prints in the library's index."""

    def __init__(self, folder: Path) -> None:
        """Use the one of this configuration folder."""
        self._path = folder / ".storage" / DOMAIN / "library.db"

    def prints(self) -> list[StoredPrint]:
        """Return all prints."""
        with closing(
            sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=10)
        ) as index:
            rows = index.execute(
                "SELECT id, job_id, phase, subtask_id, question, outcome FROM prints"
            )
            return [
                StoredPrint(
                    id=id_,
                    job_id=job_id,
                    phase=phase,
                    subtask_id=str(subtask_id),
                    question=question,
                    outcome=outcome,
                )
                for id_, job_id, phase, subtask_id, question, outcome in rows
            ]

    def open_print(self, job_id: str) -> StoredPrint | None:
        """Return what a printer has of a job."""
        for print_ in self.prints():
            if print_.job_id == job_id and print_.phase != "ended":
                return print_
        return None


@dataclass
class Tally:
    """What was promised and what happened."""

    jobs: set[str] = field(default_factory=set)
    """Those that were answered to be queued."""
    plates: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of the archives' files."""
    kills: Counter[str] = field(default_factory=Counter)
    """By what the prints were at that were open."""
    questions: dict[str, str] = field(default_factory=dict)
    """What was asked, by the ids of the prints."""
    answers: Counter[str] = field(default_factory=Counter)
    interrupted: set[str] = field(default_factory=set)
    """The ids of prints that a printer had when Home Assistant was killed."""
    wrong: list[str] = field(default_factory=list)


class Screens:
    """What a person sees who stands in front of the printers."""

    def __init__(self, printers: Sequence[Garage]) -> None:
        """Look at these."""
        self.printers = printers

    def events(self, kind: str) -> Iterator[Mapping[str, Any]]:
        """Give what happened, printer by printer."""
        for printer in self.printers:
            yield from (one for one in printer.events if one["event"] == kind)

    def has_printed(self, subtask_id: str) -> bool:
        """Whether it was begun on any of them."""
        return any(one["subtask_id"] == subtask_id for one in self.events("printing"))

    def is_busy_with(self, subtask_id: str) -> bool:
        """Whether one of them prepares or prints this, or was told to and has shown nothing yet."""
        ended = {one["subtask_id"] for one in self.events("ended")}
        ordered = {one["subtask_id"] for one in self.events("ordered")}
        return subtask_id in ordered - ended

    def printed(self) -> Counter[tuple[str, int]]:
        """Count what was printed, by the SHA-256 of the file and the plate."""
        return Counter((one["sha256"], one["plate"]) for one in self.events("printing"))

    def wrong(self) -> list[str]:
        """Tell what nobody may do to a printer, whatever dies."""
        found = []
        for printer in self.printers:
            name, busy_with = printer.printer.name, None
            begun = Counter(
                one["subtask_id"]
                for one in printer.events
                if one["event"] == "printing"
            )
            found += [f"{name} printed {one} twice" for one in begun if begun[one] > 1]
            for one in printer.events:
                match one["event"]:
                    case "ordered" if busy_with is not None:
                        found.append(f"{name} was told to start while it was busy")
                    case "ordered":
                        busy_with = one["subtask_id"]
                    case "ended":
                        busy_with = None
        return found


# --- people -----------------------------------------------------------------------------------------------------------


class People:
    """They queue jobs, answer questions and clear plates, until Home Assistant is gone."""

    def __init__(
        self, api: Api, index: Index, screens: Screens, tally: Tally, random: Random
    ) -> None:
        """Begin with nothing done."""
        self._api = api
        self._index = index
        self._screens = screens
        self._tally = tally
        self._random = random
        self.devices: dict[str, str] = {}
        """The printers' devices by their names."""

    async def live(self) -> None:
        """Do what there is to do, again and again."""
        with suppress(aiohttp.ClientError, ScriptError):
            while True:
                jobs = await self.jobs_in_line()
                await self.answer(jobs)
                await self.clear_plates()
                if len(jobs) < LINE:
                    await self.queue()
                await asyncio.sleep(0.1)

    async def finish(self) -> None:
        """See everything through that is in line. Raises ScriptError."""

        async def _is_empty() -> bool | None:
            jobs = await self.jobs_in_line()
            await self.answer(jobs)
            await self.clear_plates()
            return not jobs or None

        await eventually("Not everything was printed", DRAIN_TIMEOUT_S, _is_empty)

    async def jobs_in_line(self) -> list[dict[str, Any]]:
        """Return the jobs that are not finished."""
        jobs: list[dict[str, Any]] = (await self._api.action("list_queue"))["jobs"]
        return jobs

    async def queue(self) -> None:
        """Queue a plate or two of an archive."""
        random = self._random
        plates = random.sample(range(1, PLATES + 1), random.choice((1, 1, 2)))
        queued = await self._api.action(
            "queue_archive",
            archive_id=random.choice(tuple(self._tally.plates)),
            plates=sorted(plates),
            copies=random.choice((1, 1, 1, 2)),
            target_printer=random.choice((SLOW.name, QUICK.name, ANY_P1S)),
            hold=False,
        )
        self._tally.jobs |= {job["job_id"] for job in queued["jobs"]}

    async def clear_plates(self) -> None:
        """Take what is done off the plates."""
        for state in await self._api.call("GET", "/api/states"):
            name = state["attributes"].get("friendly_name", "")
            printer = name.removesuffix(" Plate occupied")
            if printer in self.devices and printer != name and state["state"] == "on":
                await self._api.action("clear_plate", device_id=self.devices[printer])

    async def answer(self, jobs: Sequence[Mapping[str, Any]]) -> None:
        """Answer the open questions by what the printers show."""
        for job in jobs:
            if job["question"]:
                await self._answer(job)

    async def _answer(self, job: Mapping[str, Any]) -> None:
        question = job["question"]
        print_ = await asyncio.to_thread(self._index.open_print, job["job_id"])
        if print_ is None or print_.question != question:
            # It was settled a moment ago.
            return
        self._tally.questions[print_.id] = question
        has_printed = self._screens.has_printed(print_.subtask_id)
        is_busy = self._screens.is_busy_with(print_.subtask_id)
        if print_.phase not in PRINTING:
            self._tally.wrong.append(f"{question} was asked of a print {print_.phase}")
        if is_busy and not has_printed:
            # Nobody can say yet.
            return
        if question == "how_did_it_end" and (is_busy or not has_printed):
            self._tally.wrong.append(f"{question} was asked of {print_.subtask_id}")
        if not has_printed:
            answer = "not_started"
        elif is_busy:
            answer = "started"
        elif question == "did_it_start":
            answer = self._random.choice(("started", "finished"))
        else:
            answer = "finished"
        with suppress(ScriptError):
            # It may just have been settled by a report.
            await self._api.action("answer_job", job_id=job["job_id"], answer=answer)
            self._tally.answers[answer] += 1


# --- the test ---------------------------------------------------------------------------------------------------------


class KillTest:
    """One run."""

    def __init__(
        self,
        console: Console,
        folder: Path,
        http: aiohttp.ClientSession,
        args: argparse.Namespace,
    ) -> None:
        """Prepare a configuration folder."""
        self._console = console
        self._folder = folder
        self._random = Random(args.seed)
        self._kills: int = args.kills
        self._api = Api(http, f"http://127.0.0.1:{args.port}")
        self._index = Index(folder)
        self._tally = Tally()

    async def run(self) -> int:
        """Run it. Returns the exit status. Raises ScriptError."""
        async with AsyncExitStack() as stack:
            printers = [
                await stack.enter_async_context(garage(self._folder, printer, *pace))
                for printer, pace in PACES.items()
            ]
            for printer in printers:
                await printer.ready()
            self._screens = Screens(printers)
            self._people = People(
                self._api, self._index, self._screens, self._tally, self._random
            )
            # The first run ends in good order: Home Assistant writes accounts and entries down after a while.
            async with self._running():
                await self._set_up(printers)
            for number in range(1, self._kills + 1):
                await self._live_and_die(number)
                if wrong := self._wrong():
                    return self._report(number, wrong)
            async with self._running():
                try:
                    await self._people.finish()
                except ScriptError as err:
                    self._tally.wrong.append(str(err))
                wrong = await self._settled()
        return self._report(self._kills, wrong)

    async def _set_up(self, printers: Sequence[Garage]) -> None:
        api = self._api
        await set_up(api, ())
        entries = await api.call(
            "GET", f"/api/config/config_entries/entry?domain={DOMAIN}"
        )
        for printer in printers:
            await add_machine(api, entries[0]["entry_id"], printer.screen)
            await Entities(api, printer.printer.name).act(
                "switch", "Print from the queue", "turn_on"
            )
        async with api.commands() as commands:
            for device in await commands.do("config/device_registry/list"):
                if device["name"] in {printer.printer.name for printer in printers}:
                    self._people.devices[device["name"]] = device["id"]
        media = self._folder / "media"
        for number in range(ARCHIVES):
            path = media / f"Part {number}.gcode.3mf"
            spec = SlicedFileSpec(title=path.name, plates=PLATES, seed=number + 1)
            await asyncio.to_thread(write_sliced_file, path, spec)
            content = await asyncio.to_thread(path.read_bytes)
            imported = await api.action("import_file", path=str(path))
            self._tally.plates[imported["upload_id"]] = hashlib.sha256(
                content
            ).hexdigest()

        async def _archived() -> bool | None:
            archives = (await api.action("list_archives"))["archives"]
            return len(archives) == ARCHIVES or None

        await eventually("Not everything was archived", SETTLE_TIMEOUT_S, _archived)

    async def _live_and_die(self, number: int) -> None:
        random = self._random
        if random.random() < 0.1:
            # While it starts: the way back is a part of the way.
            async with home_assistant(
                self._folder, module="scripts.quick_home_assistant"
            ) as process:
                moment = "starting"
                await asyncio.sleep(random.uniform(0, LONGEST_START_S))
                process.kill()
                await process.wait()
        else:
            async with self._running() as process:
                people = asyncio.create_task(self._people.live())
                moment = await self._moment()
                process.kill()
                await process.wait()
                await people
        await asyncio.to_thread(self._note_kill)
        show_step(
            self._console,
            Step(
                text=f"Kill {number} of {self._kills}, {moment}",
                detail=f"{sum(self._screens.printed().values())} prints,"
                f" {len(self._tally.questions)} questions so far",
            ),
        )

    async def _moment(self) -> str:
        """Wait for a random moment, or for a little after something has happened to a printer. Returns which."""
        random = self._random
        lifetime = random.uniform(0, LONGEST_LIFE_S)
        if random.random() < 0.5:
            await asyncio.sleep(lifetime)
            return f"after {lifetime:.2f} s"
        kind = random.choice(MOMENTS)
        known = sum(1 for _ in self._screens.events(kind))
        with suppress(TimeoutError):
            async with asyncio.timeout(2 * LONGEST_LIFE_S):
                while sum(1 for _ in self._screens.events(kind)) == known:
                    await asyncio.sleep(0.001)
        await asyncio.sleep(random.choice((0, random.uniform(0, 0.3))))
        return f"{kind}"

    def _note_kill(self) -> None:
        tally = self._tally
        is_open = False
        for print_ in self._index.prints():
            if print_.question:
                tally.questions.setdefault(print_.id, print_.question)
            if print_.phase == "ended":
                continue
            is_open = True
            tally.kills[print_.phase] += 1
            if print_.phase in PRINTING:
                tally.interrupted.add(print_.id)
        if not is_open:
            tally.kills["between prints"] += 1

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[asyncio.subprocess.Process]:
        await asyncio.to_thread(
            prepare_config,
            self._folder,
            int(self._api.url.rpartition(":")[2]),
            configuration_yaml=CONFIGURATION,
        )
        async with home_assistant(
            self._folder, module="scripts.quick_home_assistant"
        ) as process:
            log = self._folder / "home-assistant-output.log"
            await wait_until_up(self._api, process, log, lambda _: None)
            if not self._api.token:
                await self._api.log_in()
            await wait_until_running(self._api)
            yield process

    def _wrong(self) -> list[str]:
        return self._tally.wrong + self._screens.wrong()

    async def _settled(self) -> list[str]:
        """Wait until all that is to be told is told. Returns what is wrong then."""
        wrong: list[str] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_TIMEOUT_S):
                while wrong := self._wrong() + await self._compare():
                    await asyncio.sleep(0.5)
        return wrong

    async def _compare(self) -> list[str]:
        """Compare what is told with what was printed. Returns the differences."""
        jobs = await self._finished_jobs()
        wrong = [f"job {one} is lost" for one in self._tally.jobs - jobs.keys()]
        promised: Counter[tuple[str, int]] = Counter()
        for job in jobs.values():
            copies = job["copies"]
            promised[(self._tally.plates[job["archive_id"]], job["plate"])] += copies
            if job["state"] != "completed" or job["copies_printed"] != copies:
                wrong.append(
                    f"{job['copies_printed']} of {copies} copies of {job['name']} count as printed: {job['state']}"
                )
        printed = self._screens.printed()
        wrong += [
            f"plate {plate} of {sha256[:8]} was printed {printed[sha256, plate]} times"
            f" and should have been {promised[sha256, plate]} times"
            for sha256, plate in promised.keys() | printed.keys()
            if printed[sha256, plate] != promised[sha256, plate]
        ]
        return wrong

    async def _finished_jobs(self) -> dict[str, dict[str, Any]]:
        jobs: dict[str, dict[str, Any]] = {}
        cursor: dict[str, str] = {}
        while True:
            page = await self._api.action("list_finished_jobs", limit=PAGE, **cursor)
            jobs |= {job["job_id"]: job for job in page["jobs"]}
            if page["cursor"] is None:
                return jobs
            cursor = {"cursor": page["cursor"]}

    def _report(self, kills: int, wrong: Sequence[str]) -> int:
        for complaint in wrong:
            self._console.print(f"  [red]✘[/red] {complaint}", highlight=False)
        tally = self._tally
        joined = len(tally.interrupted - tally.questions.keys())
        asked = Counter(tally.questions.values())
        for text, counts in (
            ("prints open at the kills", tally.kills),
            ("questions", asked),
            ("answers", tally.answers),
        ):
            told = ", ".join(f"{n} {kind}" for kind, n in counts.most_common())
            self._console.print(f"{text}: {told or 'none'}", highlight=False)
        verdict = (
            f"{len(wrong)} things wrong"
            if wrong
            else "every copy printed once, none lost"
        )
        self._console.print(
            f"{kills} kills, {len(tally.jobs)} jobs queued, {sum(self._screens.printed().values())} prints,"
            f" {joined} of {len(tally.interrupted)} interrupted prints joined by themselves,"
            f" {sum(asked.values())} asked about: {verdict}",
            highlight=False,
        )
        return 1 if wrong else 0


async def run(console: Console, args: argparse.Namespace, folder: Path) -> int:
    """Run the test. Returns the exit status. Raises ScriptError."""
    async with aiohttp.ClientSession() as http:
        return await KillTest(console, folder, http, args).run()
