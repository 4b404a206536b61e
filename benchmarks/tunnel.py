"""Uploads of 256 MiB through the file tunnel, beside the same printer's FTPS."""

from collections import defaultdict
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
PORTS = {"FTPS": 990, "tunnel": 6000}
# In bytes a second: as fast as it goes, and a gigabit line.
RATES = (0.0, 110e6)


def run(rounds: int) -> None:
    """Measure and print."""
    speeds: dict[tuple[str, float], list[float]] = defaultdict(list)
    stalls: dict[tuple[str, float], list[float]] = defaultdict(list)
    batch = 0
    with scratch() as folder, Server(Path(folder) / "ours") as server:
        server.do("open", printers=1, model=MODEL)
        file = sliced_file(Path(folder) / "big.gcode.3mf", SIZE)
        md5_speed = _md5_speed(file)
        for _ in range(rounds):
            for rate in RATES:
                # Whoever is first finds a cooler machine.
                for way in random.sample(list(PORTS), len(PORTS)):
                    wait_until_quiet()
                    target = Target(address(0), PORTS[way], "bblp", ACCESS_CODE)
                    server.do("mark")
                    batch += 1
                    seconds, _each = upload(
                        target, file, 1, tunnel=way == "tunnel", batch=batch, rate=rate
                    )
                    stalls[way, rate].append(server.do("read")["stall_p99_ms"])
                    if failures := server.do("archived", count=1)["failures"]:
                        raise SystemExit(f"uploads of the benchmark failed: {failures}")
                    server.do("clean")
                    speeds[way, rate].append(SIZE / seconds / 1e6)
    rows = []
    for rate in RATES:
        ours, beside = speeds["tunnel", rate], speeds["FTPS", rate]
        what = "at 110 MB/s (a gigabit line)" if rate else "as fast as it goes"
        rows.append(
            Row(
                what=f"{what}: throughput ÷ FTPS",
                measured=median(
                    one / other for one, other in zip(ours, beside, strict=True)
                ),
                beside=f"{figure(median(ours))} : {figure(median(beside))} MB/s"
                + ("" if rate else f"; MD5 alone {figure(md5_speed)} MB/s"),
                must=">= 0.9",
                goal=">= 1.0",
            )
        )
    fastest = stalls["tunnel", 0.0], stalls["FTPS", 0.0]
    rows.append(
        Row(
            what="stall p99",
            measured=median(fastest[0]),
            unit="ms",
            beside=f"{figure(median(fastest[1]))} ms",
            must="<= 3",
            goal="<= 2",
        )
    )
    show(
        "An upload of 256 MiB through the file tunnel, with the MD5 that its protocol has, beside FTPS over TLS of the same printer",
        rows,
    )


def _md5_speed(file: Path) -> float:
    """Return how much one thread can take the MD5 of, in MB/s, with nothing else to do."""
    content = file.read_bytes()
    start = time.perf_counter()
    hashlib.md5(content, usedforsecurity=False)
    return len(content) / (time.perf_counter() - start) / 1e6
