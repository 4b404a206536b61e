"""A library that several Home Assistants share: PostgreSQL beside SQLite, with many archives, and several of them at once."""

import asyncio
import logging
import os
from pathlib import Path
from random import Random
from statistics import median
import tempfile

from benchmarks import archives
from benchmarks.library import Times, begin, measure, opened, p95, show_times
from benchmarks.machine import Program, wait_until_quiet
from benchmarks.report import CannotRunError, Row, figure, show
from scripts.servers import postgresql

COUNTS = (100_000, 1_000_000)
MADE = 50_000
"""So many archives are added one by one; the others are made of them."""
TRIES_PER_ROUND = 10
CHANGES_PER_ROUND = 40
CLAIMERS = 8
JOBS_PER_ROUND = 400


def run(rounds: int) -> None:
    """Measure and print."""
    if reason := postgresql.reason_to_skip():
        raise CannotRunError(reason)
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    # A million archives are too much for memory.
    with tempfile.TemporaryDirectory(prefix="bvp-benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server_folder = folder / "postgresql"
        server_folder.mkdir()
        with postgresql.running(server_folder) as server:
            asyncio.run(_measure_sizes(folder, server, rounds * TRIES_PER_ROUND))
            url = server.new_database()
            _measure_instances(folder, url, rounds)


async def _measure_sizes(folder: Path, server: postgresql.Server, tries: int) -> None:
    random, words = Random(1), archives.vocabulary(Random(1))
    path = folder / "library.db"
    url = f"sqlite:///{path}"
    in_sqlite: dict[int, Times] = {}
    in_postgresql: dict[int, Times] = {}
    await begin(url, folder / "files")
    async with opened(url) as index:
        await archives.fill(index, random, words, range(MADE))
    multiplier = archives.Multiplier(path, COUNTS[-1] // MADE)
    held = MADE
    for count in COUNTS:
        await asyncio.to_thread(multiplier.add, (count - held) // MADE)
        held = count
        print(f"  {count:,} archives: {path.stat().st_size / 1e9:.1f} GB", flush=True)
        async with opened(url) as index:
            in_sqlite[count] = await measure(index, url, folder / "files", tries)
        copied, files = server.new_database(), folder / f"files-{count}"
        await begin(copied, files)
        await archives.copy(path, copied)
        async with opened(copied) as index:
            in_postgresql[count] = await measure(index, copied, files, tries)
    multiplier.close()
    what = f"p95 with {COUNTS[-1]:,} archives, through Library"
    show_times(f"SQLite: {what}", in_sqlite)
    show_times(f"PostgreSQL: {what}", in_postgresql)


def _measure_instances(folder: Path, url: str, rounds: int) -> None:
    """Measure changes that others see, and jobs that many claim at once."""
    programs = [
        Program("benchmarks.instance", str(folder / f"instance-{number}"), url)
        for number in range(CLAIMERS)
    ]
    try:
        first, second, *_ = programs
        seen_s: list[float] = []
        rates: list[float] = []
        doubles = 0
        for turn in range(rounds):
            wait_until_quiet()
            jobs = first.do("add", count=1)["jobs"]
            for _ in range(CHANGES_PER_ROUND):
                second.do("watch")
                done_at = first.do("change", job=jobs[0])["at"]
                seen_s.append(second.do("seen")["at"] - done_at)
            wait_until_quiet()
            jobs = first.do("add", count=JOBS_PER_ROUND)["jobs"]
            for number, program in enumerate(programs):
                # Printers are claimed for once: each claimer has one for each job.
                program.give("claim", jobs=jobs, claimer=f"{turn}-{number}")
            claims = [program.answer() for program in programs]
            taken = [job for claim in claims for job in claim["taken"]]
            doubles += len(taken) - len(set(taken))
            if len(set(taken)) != len(jobs):
                raise SystemExit(
                    f"{len(jobs) - len(set(taken))} jobs of {len(jobs)} were left"
                )
            seconds = max(claim["ended"] for claim in claims) - min(
                claim["began"] for claim in claims
            )
            rates.append(len(jobs) / seconds)
    finally:
        for program in programs:
            program.__exit__()
    show(
        f"Several instances, {os.cpu_count()} processors for all and the server",
        [
            Row(
                what="a change seen by another instance, p95",
                measured=p95(seen_s) * 1e3,
                unit="ms",
                beside=f"median {figure(median(seen_s) * 1e3)} ms",
                must="<= 300",
            ),
            Row(
                what=f"claims with {CLAIMERS} claimers",
                measured=median(rates),
                unit="a second",
                beside=f"{doubles} taken twice",
            ),
        ],
    )
