"""Printers that are only there: what they cost, how fast they start and answer."""

import json
from pathlib import Path
import subprocess
import sys
import time

from benchmarks.machine import Server, scratch, start_slicers, wait_until_quiet
from benchmarks.report import Row, show

COUNTS = (1, 10, 50)
IDLE_S = 10
CONNECTS = 40


def run(_rounds: int) -> None:
    """Measure and print."""
    rows: list[Row] = []
    with scratch() as folder, Server(Path(folder) / "ours") as server:
        alone_mib = server.do("read")["resident_mib"]
        measuring_s = _processor_s(server)
        there = 0
        for count in COUNTS:
            server.do("open", printers=count - there)
            there = count
            rows += _idle(server, count, alone_mib, measuring_s)
    with scratch() as folder, Server(Path(folder) / "ours") as server:
        started = server.do("open", printers=50)
    rows += [
        Row(
            what="50 printers started, certificates there",
            measured=started["seconds"],
            unit="s",
            must="<= 3",
            goal="<= 1",
        ),
        Row(
            what="longest stall of the loop meanwhile",
            measured=started["stall_max_ms"],
            unit="ms",
            must="<= 50",
            goal="<= 20",
        ),
    ]
    show("Printers that are only there", rows)


def _processor_s(server: Server) -> float:
    wait_until_quiet()
    server.do("mark")
    time.sleep(IDLE_S)
    cpu_s: float = server.do("read")["cpu_s"]
    return cpu_s


def _idle(
    server: Server, count: int, alone_mib: float, measuring_s: float
) -> list[Row]:
    idle_s = _processor_s(server) - measuring_s
    resident_mib = server.do("read")["resident_mib"]
    sizes = ("<= 1.5", "<= 0.75") if count == 50 else ("", "")
    loads = ("<= 3", "<= 1.5") if count == 50 else ("", "")
    busy = ("<= 10", "<= 5") if count == 50 else ("", "")
    what = f"{count} printer{'s' if count > 1 else ''}"
    return [
        Row(
            what=f"{what}: memory of each",
            measured=(resident_mib - alone_mib) / count,
            unit="MiB",
            must=sizes[0],
            goal=sizes[1],
        ),
        Row(
            what=f"{what}: processor, nobody connected",
            measured=max(0, idle_s) / IDLE_S * 100,
            unit="%",
            must=loads[0],
            goal=loads[1],
        ),
        *_connecting(what),
        Row(
            what=f"{what}: processor, two slicers on each",
            measured=(_with_slicers(server, count) - measuring_s) / IDLE_S * 100,
            unit="%",
            must=busy[0],
            goal=busy[1],
        ),
    ]


def _connecting(what: str) -> list[Row]:
    command = [sys.executable, "-m", "benchmarks.slicers", "--connect", str(CONNECTS)]
    seconds = json.loads(subprocess.check_output(command))
    return [
        Row(
            what=f"{what}: connect to first report, p95",
            measured=seconds[int(len(seconds) * 0.95)] * 1e3,
            unit="ms",
            beside=f"p50 {seconds[len(seconds) // 2] * 1e3:.1f} ms",
            must="<= 25",
            goal="<= 15",
        )
    ]


def _with_slicers(server: Server, count: int) -> float:
    slicers = start_slicers(str(count), "2")
    time.sleep(2)
    server.do("mark")
    time.sleep(IDLE_S)
    cpu_s: float = server.do("read")["cpu_s"]
    slicers.communicate()
    return cpu_s
