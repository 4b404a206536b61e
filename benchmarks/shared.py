"""A library that several Home Assistants share: PostgreSQL beside SQLite, with many archives, and several of them at once."""

import asyncio
import logging
import os
from pathlib import Path
from statistics import median
import tempfile

from benchmarks.library import Times, measure, opened, p95, show_times
from benchmarks.machine import Program, wait_until_quiet
from benchmarks.prepared import Prepared, prepared, remove_added
from benchmarks.report import CannotRunError, Row, figure, show
from scripts.servers import postgresql

COUNTS = (100_000, 1_000_000)
TRIES_PER_ROUND = 10
CHANGES_PER_ROUND = 40
CLAIMERS = 8
JOBS_PER_ROUND = 400


def run(rounds: int, data: Path | None = None) -> None:
    """Measure and print. The libraries are kept in `data`, and used again the next time."""
    if reason := postgresql.reason_to_skip():
        raise CannotRunError(reason)
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    # A million archives are too much for memory.
    with tempfile.TemporaryDirectory(prefix="bvp-benchmark-") as name:
        scratch = Path(name)
        scratch.chmod(0o755)
        with prepared(data or scratch / "data", COUNTS) as (libraries, server):
            tries = rounds * TRIES_PER_ROUND
            asyncio.run(_measure_sizes(libraries, tries))
            url = server.new_database(name="instances")
            _measure_instances(scratch, url, rounds)


async def _measure_sizes(libraries: Prepared, tries: int) -> None:
    what = f"p95 with {COUNTS[-1]:,} archives, through Library"
    for database, url_of in (
        ("SQLite", libraries.sqlite),
        ("PostgreSQL", libraries.postgresql),
    ):
        times: dict[int, Times] = {}
        for count in COUNTS:
            url = url_of(count)
            async with opened(url) as index:
                times[count] = await measure(index, url, libraries.files(url), tries)
            await remove_added(url)
        show_times(f"{database}: {what}", times)


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
