"""Uploads of 256 MiB through the file tunnel, beside the same printer's FTPS.

The tunnel's protocol has an MD5 of the whole file, which one thread has to take from the first byte to the last. FTPS takes it
only for a name that was sent a moment ago, to tell apart what is printed: sent so, it does the same work.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
import hashlib
from pathlib import Path
import random
from statistics import median
import time

from benchmarks.machine import (
    MIB,
    Server,
    Target,
    scratch,
    sliced_file,
    upload,
    wait_until_quiet,
)
from benchmarks.report import Row, figure, show
from benchmarks.server import ACCESS_CODE, address

SIZE = 256 * MIB
MODEL = "N7"
FTPS, FTPS_AGAIN, TUNNEL = "FTPS", "FTPS that takes the MD5 too", "tunnel"
# In bytes a second: as fast as it goes, and a gigabit line.
RATES = (0.0, 110e6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One upload."""

    mb_s: float
    cpu_s_gib: float
    """What the printer's side took of the processors."""
    stall_p99_ms: float


def run(rounds: int) -> None:
    """Measure and print."""
    found: dict[tuple[str, float], list[Measured]] = defaultdict(list)
    batch = 0
    with scratch() as folder, Server(Path(folder) / "ours") as server:
        server.do("open", printers=1, model=MODEL)
        file = sliced_file(Path(folder) / "big.gcode.3mf", SIZE)
        md5_speed = _md5_speed(file)
        for _ in range(rounds):
            for rate in RATES:
                # Whoever is first finds a cooler machine.
                for ways in random.sample([(FTPS, FTPS_AGAIN), (TUNNEL,)], 2):
                    batch += 1
                    for way in ways:
                        wait_until_quiet()
                        one = _measured(server, file, way, batch=batch, rate=rate)
                        found[way, rate].append(one)
    rows = []
    for rate, beside, must in (
        (0.0, FTPS, ">= 0.9"),
        (0.0, FTPS_AGAIN, ">= 0.9"),
        (RATES[1], FTPS, ">= 0.9"),
    ):
        ours, theirs = found[TUNNEL, rate], found[beside, rate]
        at = "at 110 MB/s (a gigabit line)" if rate else "as fast as it goes"
        told = f"{_figure(ours, 'mb_s')} : {_figure(theirs, 'mb_s')} MB/s"
        if beside is FTPS and not rate:
            told += f"; MD5 alone {figure(md5_speed)} MB/s"
        rows.append(
            Row(
                what=f"{at}: throughput ÷ {beside}",
                measured=_ratio(ours, theirs, "mb_s"),
                beside=told,
                must=must,
                goal=">= 1.0",
            )
        )
    ours, theirs = found[TUNNEL, 0.0], found[FTPS_AGAIN, 0.0]
    rows += [
        Row(
            what=f"as fast as it goes: processor time of the printer's side ÷ {FTPS_AGAIN}",
            measured=_ratio(ours, theirs, "cpu_s_gib"),
            beside=f"{_figure(ours, 'cpu_s_gib')} : {_figure(theirs, 'cpu_s_gib')} s/GiB",
            must="<= 1.1",
            goal="<= 1.0",
        ),
        Row(
            what="stall p99",
            measured=median(one.stall_p99_ms for one in ours),
            unit="ms",
            beside=f"{_figure(found[FTPS, 0.0], 'stall_p99_ms')} ms",
            must="<= 3",
            goal="<= 2",
        ),
    ]
    show(
        "An upload of 256 MiB through the file tunnel, with the MD5 that its protocol has, beside FTPS over TLS of the same printer",
        rows,
    )


def _measured(
    server: Server, file: Path, way: str, *, batch: int, rate: float
) -> Measured:
    tunnel = way == TUNNEL
    target = Target(address(0), 6000 if tunnel else 990, "bblp", ACCESS_CODE)
    mark = partial(server.do, "mark")
    seconds, _each = upload(
        target, file, 1, tunnel=tunnel, batch=batch, rate=rate, begin=mark
    )
    read = server.do("read")
    if failures := server.do("archived", count=1)["failures"]:
        raise SystemExit(f"uploads of the benchmark failed: {failures}")
    server.do("clean")
    return Measured(
        mb_s=SIZE / seconds / 1e6,
        cpu_s_gib=read["cpu_s"] / SIZE * 2**30,
        stall_p99_ms=read["stall_p99_ms"],
    )


def _figure(cells: list[Measured], name: str) -> str:
    return figure(median(getattr(cell, name) for cell in cells))


def _ratio(ours: list[Measured], theirs: list[Measured], name: str) -> float:
    pairs = zip(ours, theirs, strict=True)
    return float(
        median(getattr(one, name) / getattr(other, name) for one, other in pairs)
    )


def _md5_speed(file: Path) -> float:
    """Return how much one thread can take the MD5 of, in MB/s, with nothing else to do."""
    content = file.read_bytes()
    start = time.perf_counter()
    hashlib.md5(content, usedforsecurity=False)
    return len(content) / (time.perf_counter() - start) / 1e6
