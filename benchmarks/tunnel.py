"""Uploads of 256 MiB through the file tunnel, beside the same printer's FTPS."""

from pathlib import Path
import random
from statistics import median

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


def run(rounds: int) -> None:
    """Measure and print."""
    speeds: dict[str, list[float]] = {way: [] for way in PORTS}
    stalls: dict[str, list[float]] = {way: [] for way in PORTS}
    with scratch() as folder, Server(Path(folder) / "ours") as server:
        server.do("open", printers=1, model=MODEL)
        file = sliced_file(Path(folder) / "big.gcode.3mf", SIZE)
        for turn in range(rounds):
            # Whoever is first finds a cooler machine.
            for way in random.sample(list(PORTS), len(PORTS)):
                wait_until_quiet()
                target = Target(address(0), PORTS[way], "bblp", ACCESS_CODE)
                server.do("mark")
                batch = 2 * turn + (way == "tunnel")
                seconds, _each = upload(
                    target, file, 1, tunnel=way == "tunnel", batch=batch
                )
                stalls[way].append(server.do("read")["stall_p99_ms"])
                if failures := server.do("archived", count=1)["failures"]:
                    raise SystemExit(f"uploads of the benchmark failed: {failures}")
                server.do("clean")
                speeds[way].append(SIZE / seconds / 1e6)
    ours, beside = median(speeds["tunnel"]), median(speeds["FTPS"])
    show(
        "An upload of 256 MiB through the file tunnel, beside FTPS over TLS of the same printer",
        [
            Row(
                what="throughput ÷ FTPS",
                measured=median(
                    one / other
                    for one, other in zip(speeds["tunnel"], speeds["FTPS"], strict=True)
                ),
                beside=f"{figure(ours)} : {figure(beside)} MB/s",
                must=">= 0.9",
                goal=">= 1.0",
            ),
            Row(
                what="stall p99",
                measured=median(stalls["tunnel"]),
                unit="ms",
                beside=f"{figure(median(stalls['FTPS']))} ms",
                must="<= 3",
                goal="<= 2",
            ),
        ],
    )
