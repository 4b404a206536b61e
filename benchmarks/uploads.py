"""Uploads of 256 MiB beside vsftpd: throughput, processor time, stalls of the loop, memory; then what follows the 226."""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
import itertools
from pathlib import Path
import random
from statistics import median
import subprocess
import sys
from typing import Any

from benchmarks.machine import (
    MIB,
    Server,
    Target,
    Vsftpd,
    openssl_sinks,
    scratch,
    sliced_file,
    upload,
    wait_until_quiet,
)
from benchmarks.report import CannotRunError, Row, figure, show
from benchmarks.server import ACCESS_CODE, address, serial

SIZE = 256 * MIB
OURS = Target(address(0), 990, "bblp", ACCESS_CODE)
LINE_RATE = 110e6
SINKS = "127.100.1.2"
CELLS = ((1, False), (8, False), (1, True), (8, True))
"""How many uploads at once, and whether the data goes in the clear."""

_batches = itertools.count()
type Cell = dict[str, float]


def run(rounds: int) -> None:
    """Measure and print."""
    with scratch() as folder, Server(Path(folder) / "ours") as server:
        server.do("open", printers=1)
        file = sliced_file(Path(folder) / "big.gcode.3mf", SIZE)
        certificates = Path(folder) / "ours" / "certs" / serial(0)
        certificate = next(certificates.glob("*.crt"))
        key = next(certificates.glob("*.key"))
        _throughput(server, Path(folder), file, (certificate, key), rounds)
        _at_line_rate(server, file, rounds)
        file.unlink()
        _after_the_last_byte(server, Path(folder), rounds)
    with (
        scratch() as folder,
        Server(Path(folder) / "ours", {"OPENSSL_ia32cap": "0x0"}) as server,
    ):
        server.do("open", printers=1)
        _weak_processor(
            server, sliced_file(Path(folder) / "big.gcode.3mf", SIZE), rounds
        )


def _ours(server: Server, file: Path, count: int, **options: Any) -> Cell:
    # Of uploads in the clear only the speed is told, which nothing but the uploads should cost.
    pulse = not options.get("clear")
    mark = partial(server.do, "mark", pulse=pulse)
    # A name that was sent a moment ago costs an MD5 more, to tell apart what is printed.
    seconds, each = upload(
        OURS, file, count, batch=next(_batches), begin=mark, **options
    )
    cell: Cell = server.do("read")
    failures = server.do("archived", count=count)["failures"]
    if failures:
        raise SystemExit(f"uploads of the benchmark failed: {failures}")
    server.do("clean")
    size = file.stat().st_size * count
    cell["mb_s"] = size / seconds / 1e6
    cell["cpu_s_gib"] = cell["cpu_s"] / size * 2**30
    cell["last_byte_ms"] = max(one["last_byte_to_226_s"] for one in each) * 1e3
    cell["quit_ms"] = max(one["quit_s"] for one in each) * 1e3
    return cell


def _theirs(vsftpd: Vsftpd, file: Path, count: int, **options: Any) -> Cell:
    # What the sessions took for logging in comes with their end, and is counted here, not of ours.
    used_s = []
    seconds, _ = upload(
        vsftpd.target,
        file,
        count,
        begin=lambda: used_s.append(vsftpd.cpu_s()),
        **options,
    )
    wait_until_quiet()
    cpu_s = vsftpd.cpu_s() - used_s[0]
    vsftpd.clean()
    size = file.stat().st_size * count
    return {"mb_s": size / seconds / 1e6, "cpu_s_gib": cpu_s / size * 2**30}


def _floor(server: Server, file: Path, ports: range) -> Cell:
    pours = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.pour", SINKS, str(port), str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for port in ports
    ]
    for pour in pours:
        assert pour.stdout
        pour.stdout.readline()
    wait_until_quiet()
    server.do("mark")
    for pour in pours:
        assert pour.stdin
        pour.stdin.write("\n")
        pour.stdin.flush()
    for pour in pours:
        pour.communicate()
    cell: Cell = server.do("read")
    return cell


def _throughput(
    server: Server, folder: Path, file: Path, pair: tuple[Path, Path], rounds: int
) -> None:
    if missing := Vsftpd.missing():
        raise CannotRunError(missing)
    cells: dict[tuple[str, int, bool], list[Cell]] = defaultdict(list)
    with (
        Vsftpd(folder / "theirs", *pair) as vsftpd,
        openssl_sinks(SINKS, 8, *pair) as ports,
    ):
        for turn in range(rounds):
            for count, clear in CELLS:
                options = {"clear": clear}
                work: list[tuple[str, Callable[[], Cell]]] = [
                    ("ours", partial(_ours, server, file, count, **options)),
                    ("theirs", partial(_theirs, vsftpd, file, count, **options)),
                    (
                        "same work",
                        partial(
                            _theirs, vsftpd, file, count, then=vsftpd.check, **options
                        ),
                    ),
                ]
                if not clear:
                    busy = range(ports[0], ports[0] + count)
                    work.append(("floor", partial(_floor, server, file, busy)))
                # Whoever is first finds a cooler machine.
                random.shuffle(work)
                for name, measure in work:
                    wait_until_quiet()
                    cells[name, count, clear].append(measure())
                speeds = (
                    f"{name} {figure(cells[name, count, clear][-1]['mb_s'])}"
                    for name in ("ours", "theirs", "same work")
                )
                print(
                    f"  round {turn + 1}/{rounds}: {count} upload(s), {'clear' if clear else 'TLS'}, MB/s:"
                    f" {', '.join(speeds)}",
                    flush=True,
                )
    for name, title, throughput, processor_time in (
        (
            "same work",
            "Uploads of 256 MiB, with SHA-256 and ZIP check, beside vsftpd and then openssl dgst -sha256 and unzip -l",
            dict.fromkeys(CELLS, (">= 1.0", "")),
            {},
        ),
        (
            "theirs",
            "The same beside vsftpd alone, which checks nothing",
            {
                (1, False): (">= 0.55", ">= 1.0"),
                (8, False): (">= 0.45", ">= 1.0"),
                (1, True): (">= 0.55", ">= 0.7"),
            },
            {(1, False): ("<= 2.2", "<= 1.7"), (8, False): ("<= 2.2", "<= 1.7")},
        ),
    ):
        rows = []
        for count, clear in CELLS:
            ours, theirs = cells["ours", count, clear], cells[name, count, clear]
            what = f"{count} upload{'s' if count > 1 else ''}, {'clear' if clear else 'TLS'} data"
            for kind, unit, figures, targets in (
                ("throughput", "MB/s", "mb_s", throughput),
                ("processor time", "s/GiB", "cpu_s_gib", processor_time),
            ):
                must, goal = targets.get((count, clear), ("", ""))
                rows.append(
                    Row(
                        what=f"{what}: {kind}",
                        measured=_ratio(ours, theirs, figures),
                        beside=f"{figure(_of(ours, figures))} : {figure(_of(theirs, figures))} {unit}",
                        must=must,
                        goal=goal,
                    )
                )
        show(title, rows)

    ours, floor = cells["ours", 8, False], cells["floor", 8, False]
    limits = {
        "p50": ("<= 0.5", f"<= {_of(floor, 'stall_p50_ms'):.2f}"),
        "p99": (
            f"<= {_of(floor, 'stall_p99_ms') + 3:.1f}",
            f"<= {_of(floor, 'stall_p99_ms'):.1f}",
        ),
        "max": (
            f"<= {_of(floor, 'stall_max_ms') * 1.5:.1f}",
            f"<= {_of(floor, 'stall_max_ms'):.1f}",
        ),
    }
    show(
        "Stall of the loop during 8 uploads over TLS at full speed, beside 8 openssl s_server that keep nothing",
        [
            *(
                Row(
                    what=f"stall {name}",
                    measured=_of(ours, f"stall_{name}_ms"),
                    unit="ms",
                    beside=f"{figure(_of(floor, f'stall_{name}_ms'))} ms",
                    must=must,
                    goal=goal,
                )
                for name, (must, goal) in limits.items()
            ),
            Row(
                what="memory for each upload",
                measured=max(cell["grown_mib"] for cell in ours) / 8,
                unit="MiB",
                must="<= 8",
                goal="<= 5",
            ),
        ],
    )


def _at_line_rate(server: Server, file: Path, rounds: int) -> None:
    rows = []
    for count in (1, 8):
        cells = []
        for _ in range(rounds):
            wait_until_quiet()
            cells.append(_ours(server, file, count, rate=LINE_RATE))
        for name, must, goal in (("p99", "<= 3", "<= 2"), ("max", "<= 10", "<= 6")):
            rows.append(
                Row(
                    what=f"{count} upload{'s' if count > 1 else ''}: stall {name}",
                    measured=_of(cells, f"stall_{name}_ms"),
                    unit="ms",
                    beside=f"at {figure(_of(cells, 'mb_s'))} MB/s",
                    must=must,
                    goal=goal,
                )
            )
    show("Stall of the loop at 110 MB/s in all (a gigabit line), TLS", rows)


def _weak_processor(server: Server, file: Path, rounds: int) -> None:
    cells = []
    for _ in range(min(rounds, 3)):
        wait_until_quiet()
        cells.append(_ours(server, file, 8))
    show(
        "8 uploads over TLS, on our side without the processor's AES instructions",
        [
            Row(
                what=f"stall {name}",
                measured=_of(cells, f"stall_{name}_ms"),
                unit="ms",
                beside=f"at {figure(_of(cells, 'mb_s'))} MB/s",
                must=must,
                goal=goal,
            )
            for name, must, goal in (
                ("p50", "<= 0.5", "<= 0.3"),
                ("p99", "<= 8", "<= 3"),
                ("max", "<= 20", "<= 8"),
            )
        ],
    )


def _after_the_last_byte(server: Server, folder: Path, rounds: int) -> None:
    big = sliced_file(folder / "200.gcode.3mf", 200_000_000)
    small = sliced_file(folder / "10.gcode.3mf", 10_000_000)
    cells, visible_s = [], []
    for _ in range(rounds):
        wait_until_quiet()
        cells.append(_ours(server, big, 1))
        wait_until_quiet()
        _, (one,) = upload(OURS, small, 1)
        at = server.do("archived", count=1)["at"]
        visible_s.append(at - one["acknowledged_at"])
        server.do("clean")
    show(
        "After the last byte",
        [
            Row(
                what="last byte of 200 MB to 226",
                measured=_of(cells, "last_byte_ms"),
                unit="ms",
                must="<= 150",
                goal="<= 50",
            ),
            Row(
                what="QUIT answered, archiving under way",
                measured=_of(cells, "quit_ms"),
                unit="ms",
                must="<= 50",
                goal="<= 10",
            ),
            Row(
                what="226 of 10 MB to archived",
                measured=median(visible_s) * 1e3,
                unit="ms",
                must="<= 1000",
                goal="<= 300",
            ),
        ],
    )


def _of(cells: list[Cell], name: str) -> float:
    return median(cell[name] for cell in cells)


def _ratio(ours: list[Cell], theirs: list[Cell], name: str) -> float:
    pairs = zip(ours, theirs, strict=True)
    return median(one[name] / other[name] for one, other in pairs)
