"""Real printers shown in virtual ones: what that costs, and how soon slicers see what a printer says."""

import json
from pathlib import Path
import time
from typing import Any

from benchmarks import cameras, tunnel
from benchmarks.dispatch import PRINTERS, REPORTING_S, REPORTS_PER_S, Printers
from benchmarks.machine import Program, scratch, start_slicers, wait_until_quiet
from benchmarks.report import Row, show

SLICERS_OF_EACH = 2
RECORDINGS = (
    Path(__file__).parent.parent / "tests" / "engine" / "machines" / "recordings"
)
# Whole reports, as large as real ones are.
RECORDED = {"BL-P001": "x1c-ams-finish.json", "N7": "p2s-finish.json"}


def run(rounds: int) -> None:
    """Measure and print, and then the file tunnel."""
    with scratch() as name:
        folder = Path(name)
        ours = folder / "ours"
        ours.mkdir()
        printers = Printers(folder, PRINTERS)
        with printers.on(), Program("benchmarks.mirrors", str(ours)) as server:
            for double in printers.doubles:
                if recording := RECORDED.get(double.model.code):
                    text = (RECORDINGS / recording).read_text(encoding="utf-8")
                    double.status |= json.loads(text)["pushall"]["print"]
                double.status["gcode_state"] = "RUNNING"
            wait_until_quiet()
            server.do("mark")
            time.sleep(REPORTING_S)
            measuring_s = server.do("read")["cpu_s"]
            server.do("show", printers=printers.settings)
            rows = _reports(printers, server, measuring_s)
        rows += cameras.rows(folder)
    show("Real printers shown in virtual ones", rows)
    tunnel.run(rounds)


def _reports(printers: Printers, server: Program, measuring_s: float) -> list[Row]:
    slicers = start_slicers("--layers", str(PRINTERS), str(SLICERS_OF_EACH))
    server.do("mark")
    started = time.monotonic()
    printers.do(printers.report(REPORTING_S, REPORTS_PER_S))
    seconds = time.monotonic() - started
    cpu_s = server.do("read")["cpu_s"]
    seen: dict[str, list[float]] = json.loads(slicers.communicate()[0])
    delays = sorted(
        at - printers.told_at[int(layer)]
        for layer, times in seen.items()
        if int(layer) in printers.told_at
        for at in times
    )
    expected = len(printers.told_at) * PRINTERS * SLICERS_OF_EACH
    used_s = cpu_s - measuring_s * seconds / REPORTING_S
    return [
        Row(
            what=f"{PRINTERS} shown, {REPORTS_PER_S} reports a second, {SLICERS_OF_EACH} slicers each: share of a core",
            measured=used_s / seconds * 100,
            unit="%",
            must="<= 6",
        ),
        Row(
            what="report to slicer, p95",
            measured=_part(delays, 0.95) * 1e3,
            unit="ms",
            beside=f"p50 {_part(delays, 0.5) * 1e3:.1f} ms; {len(delays)} of {expected} reports",
            must="<= 50",
        ),
    ]


def _part(values: list[Any], part: float) -> float:
    return float(values[int(len(values) * part)]) if values else float("inf")
