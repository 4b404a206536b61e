"""Real printers: what uploads to them, their reports and planning cost Home Assistant's loop; uploads beside curl."""

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
import hashlib
import os
from pathlib import Path
from random import Random
import shutil
from statistics import median
import subprocess
import threading
import time
from typing import Any

from benchmarks.machine import Program, scratch, sliced_file, wait_until_quiet
from benchmarks.report import CannotRunError, Row, figure, show
from custom_components.bambu_virtual_printer.engine.dispatch.admission import (
    MachineView,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    AnyPrinter,
    JobTarget,
    Needs,
    OnePrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.dispatch.planner import Planner
from custom_components.bambu_virtual_printer.engine.machines.filaments import Filament
from custom_components.bambu_virtual_printer.engine.machines.values import (
    AmsKind,
    AmsUnit,
    Availability,
    MachineState,
    Nozzle,
    Phase,
    Spool,
    SpoolPlace,
)
from scripts.printer_double import PrinterDouble, vsftpd
from scripts.printer_double.certificate import PrinterCertificate
from scripts.printer_double.double import ACCESS_CODE
from scripts.printer_double.vsftpd import Vsftpd

UPLOADS = 4
# Long enough that what logging in takes does not count.
BESIDE_CURL_BYTES = 256_000_000
UPLOADS_BESIDE_CURL = 3
UPLOAD_BYTES = 60_000_000
# P1S and A1 take 70 to 160 KB/s over Wi-Fi. vsftpd lets about twice as much through as it is told, so the row says what was
# measured. The file takes about a minute: what an upload costs does not grow with its size.
WIFI_BYTES_PER_S = 70_000
WIFI_UPLOAD_BYTES = 9_000_000
PRINTERS = 20
REPORTS_PER_S = 2
REPORTING_S = 20
JOBS = 1000
PRINTER_NICENESS = 15
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
# P1S, X1C, P2S, H2D: from a few changed keys to nearly everything in each report.
MODELS = ("C12", "BL-P001", "N7", "O1D")


class Printers:
    """Simulated printers that only speak MQTT, on a loop of their own."""

    def __init__(
        self, folder: Path, count: int, models: Sequence[str] = MODELS
    ) -> None:
        """Make their certificates; none is on yet. They are of these models in turn."""
        self._models = models
        serials = [f"01P00A3918{number:05}" for number in range(count)]
        self.certificates = [PrinterCertificate.make(folder, one) for one in serials]
        self.doubles: list[PrinterDouble] = []
        self.told_at: dict[int, float] = {}
        """When they began to report each layer, in seconds of the system's clock."""
        self._serials = serials
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @contextmanager
    def on(self) -> Iterator[None]:
        """Switch them on."""
        self._thread.start()
        self.do(self._power_on())
        try:
            yield
        finally:
            self.do(self._power_off())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def do[Result](self, work: Coroutine[Any, Any, Result]) -> Result:
        """Wait for something on their loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _power_on(self) -> None:
        for number, serial in enumerate(self._serials):
            double = PrinterDouble(
                f"127.100.2.{number + 1}",
                serial,
                self.certificates[number],
                model=self._models[number % len(self._models)],
                with_ftps=False,
            )
            await double.power_on()
            self.doubles.append(double)

    async def _power_off(self) -> None:
        for double in self.doubles:
            await double.power_off()

    @property
    def settings(self) -> list[dict[str, str]]:
        """How they are reached."""
        return [
            {
                "host": double.address,
                "serial": double.serial,
                "model": double.model.code,
                "access_code": ACCESS_CODE,
                "pinned": certificate.fingerprint,
            }
            for double, certificate in zip(self.doubles, self.certificates, strict=True)
        ]

    async def report(self, seconds: float, times_per_s: int) -> int:
        """Have all of them report as printers do that print. Returns the number of reports."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        count = int(seconds * times_per_s)
        for number in range(count):
            self.told_at[number] = time.monotonic()
            for double in self.doubles:
                double.report(
                    nozzle_temper=219 + number % 3,
                    bed_temper=54.5 + number % 2,
                    mc_percent=number * 100 // count,
                    layer_num=number,
                    mc_remaining_time=count - number,
                    ams=double.status["ams"],
                )
            await asyncio.sleep(
                max(0.0, started + (number + 1) / times_per_s - loop.time())
            )
        return count * len(self.doubles)


def run(rounds: int) -> None:
    """Measure and print."""
    if missing := Vsftpd.missing():
        raise CannotRunError(missing)
    if not shutil.which("curl"):
        raise CannotRunError("curl is not installed")
    with scratch() as name:
        folder = Path(name)
        folder.chmod(0o755)
        file = sliced_file(folder / "part.gcode.3mf", UPLOAD_BYTES)
        long = sliced_file(folder / "long.gcode.3mf", BESIDE_CURL_BYTES)
        small = sliced_file(folder / "small.gcode.3mf", WIFI_UPLOAD_BYTES)
        printers = Printers(folder, PRINTERS)
        with printers.on(), Program("benchmarks.machines") as machines:
            machines.do("connect", printers=printers.settings)
            rows = _reports(printers, machines)
            rows += _planning(rounds)
            rows += _beside_curl(folder, printers, machines, long, rounds)
            rows += _uploads(folder, printers, machines, file, rounds)
            rows += _uploads(folder, printers, machines, small, 1, WIFI_BYTES_PER_S)
    show("Real printers", rows)


# --- reports


def _reports(printers: Printers, machines: Program) -> list[Row]:
    wait_until_quiet()
    before_s = _idle(machines)
    machines.do("mark")
    count = printers.do(printers.report(REPORTING_S, REPORTS_PER_S))
    time.sleep(0.5)
    read = machines.do("read")
    # The first may still have had something of the connecting.
    idle_s = min(before_s, _idle(machines))
    used_s = max(0.0, read["cpu_s"] - idle_s)
    return [
        Row(
            what=f"{PRINTERS} printers, {REPORTS_PER_S} reports a second: processor for each",
            measured=used_s / count * 1e3,
            unit="ms",
            beside=f"{read['states']} states of {count} reports",
            must="<= 0.3",
        ),
        Row(
            what="share of a core",
            measured=used_s / REPORTING_S * 100,
            unit="%",
            must="<= 2",
        ),
    ]


def _idle(machines: Program) -> float:
    """Return the processor seconds that nothing takes in the same time."""
    machines.do("mark")
    time.sleep(REPORTING_S)
    seconds: float = machines.do("read")["cpu_s"]
    return seconds


# --- planning


def _planning(rounds: int) -> list[Row]:
    random = Random(1)
    rows = []
    for what, phase in (("all printing", Phase.RUNNING), ("all free", Phase.IDLE)):
        views = [_view(number, phase, random) for number in range(PRINTERS)]
        jobs = [_job(number, random) for number in range(JOBS)]
        wait_until_quiet()
        times = [_plan_twice(jobs, views) for _ in range(max(rounds, 3))]
        rows.append(
            Row(
                what=f"first plan of {JOBS} different jobs, {PRINTERS} printers, {what}",
                measured=median(first for first, _again in times) * 1e3,
                unit="ms",
                beside=f"the next {figure(median(again for _first, again in times) * 1e3, 'ms')}",
                must="<= 20",
            )
        )
    return rows


def _plan_twice(
    jobs: Sequence[QueuedJob], views: list[MachineView]
) -> tuple[float, float]:
    """Return the seconds of the first plan, and of the next one after a printer has reported."""
    planner = Planner()
    start = time.perf_counter()
    planner.plan(jobs, views, NOW)
    first = time.perf_counter()
    views[0] = replace(views[0], report_age_s=0.0)
    planner.plan(jobs, views, NOW)
    return first - start, time.perf_counter() - first


def _color(random: Random) -> str:
    return f"{random.randrange(8) * 32:02X}{random.randrange(8) * 32:02X}00FF"


def _view(number: int, phase: Phase, random: Random) -> MachineView:
    units = tuple(
        AmsUnit(
            id=unit,
            kind=AmsKind.AMS,
            nozzle=None,
            spools=tuple(
                Spool(
                    place=SpoolPlace(unit=unit, slot=slot),
                    is_present=True,
                    type=random.choice(("PLA", "PETG")),
                    color=_color(random),
                    preset_id="GFA00",
                )
                for slot in range(4)
            ),
        )
        for unit in range(2)
    )
    state = MachineState(
        availability=Availability.ONLINE,
        is_current=True,
        phase=phase,
        nozzles=(Nozzle(id=0, diameter_mm=0.4, type="", is_active=True),),
        ams=units,
    )
    return MachineView(
        id=f"m{number}",
        model=random.choice(("C12", "N2S")),
        state=state,
        report_age_s=1.0,
        is_allowed=True,
    )


def _job(number: int, random: Random) -> QueuedJob:
    filaments = tuple(
        Filament(
            index=index,
            type=random.choice(("PLA", "PETG", "ABS", "TPU")),
            color=_color(random),
            preset_id="GFA00",
        )
        for index in range(random.randint(1, 4))
    )
    model = random.choice(("C12", "N2S"))
    target: JobTarget = random.choice(
        (
            AnyPrinter(model=model),
            OnePrinter(machine_id=f"m{random.randrange(PRINTERS)}"),
        )
    )
    needs = Needs(
        model=model, nozzles_mm=(0.4,), filaments=filaments, project_filaments=4
    )
    return QueuedJob(id=f"j{number}", target=target, needs=needs)


# --- uploads


@contextmanager
def _cards(
    folder: Path, printers: Printers, count: int, bytes_per_s: int = 0
) -> Iterator[Sequence[Vsftpd]]:
    """Run vsftpd, as printers do, at the addresses of the first so many."""
    with ExitStack() as stack:
        cards = [
            stack.enter_context(
                Vsftpd(
                    _new_folder(folder),
                    printers.doubles[number].address,
                    printers.certificates[number].path,
                    bytes_per_s=bytes_per_s,
                )
            )
            for number in range(count)
        ]
        for card in cards:
            # Printers have processors of their own: those that stand for them take none away from whom is measured.
            niceness = min(19, os.getpriority(os.PRIO_PROCESS, 0) + PRINTER_NICENESS)
            os.setpriority(os.PRIO_PROCESS, card.pid, niceness)
        yield cards


def _new_folder(folder: Path) -> Path:
    made = folder / f"card {len(list(folder.iterdir()))}"
    made.mkdir()
    return made


def _beside_curl(
    folder: Path, printers: Printers, machines: Program, file: Path, rounds: int
) -> list[Row]:
    """Compare with curl, which takes no MD5. That of a file that was printed before is known, so this is a second copy.

    In some runs curl waits for a fifth of a second before it sends; the median is without these if they are few.
    """
    with file.open("rb") as opened:
        known = hashlib.file_digest(opened, "md5").hexdigest().upper()
    ours: list[float] = []
    first: list[float] = []
    theirs: list[float] = []
    with _cards(folder, printers, 1) as [card]:
        for _ in range(rounds * UPLOADS_BESIDE_CURL):
            wait_until_quiet()
            theirs.append(_curl(printers.doubles[0].address, file))
            _clean(card, file)
            for seconds, md5 in ((ours, known), (first, "")):
                wait_until_quiet()
                seconds += _upload(machines, file, 1, md5)
                _clean(card, file)
    rate = BESIDE_CURL_BYTES / 1e6
    return [
        Row(
            what="upload of a known file to vsftpd, times as fast as curl",
            measured=median(theirs) / median(ours),
            beside=f"{rate / median(ours):.0f} MB/s, curl {rate / median(theirs):.0f}; with its MD5 {rate / median(first):.0f}",
            must=">= 0.9",
        )
    ]


def _upload(machines: Program, file: Path, count: int, md5: str = "") -> list[float]:
    """Upload to so many printers at once. Returns the seconds that each took."""
    seconds: list[float] = machines.do(
        "upload",
        file=str(file),
        name=f"{vsftpd.FOLDER}/part.3mf",
        count=count,
        md5=md5,
    )["seconds"]
    return seconds


def _curl(address: str, file: Path) -> float:
    output = subprocess.check_output(
        [
            *("curl", "-sS", "--insecure", "--tls-max", "1.2", "--ftp-pasv"),
            *("--user", f"{vsftpd.USER}:x", "-w", "%{time_total}", "-T", str(file)),
            f"ftps://{address}:990/{vsftpd.FOLDER}/curl.3mf",
        ]
    )
    return float(output)


def _clean(card: Vsftpd, file: Path) -> None:
    """Remove what was sent, all of which has to be there."""
    for path in card.files.iterdir():
        assert path.stat().st_size == file.stat().st_size, path
        path.unlink()


def _uploads(
    folder: Path,
    printers: Printers,
    machines: Program,
    file: Path,
    rounds: int,
    bytes_per_s: int = 0,
) -> list[Row]:
    """Measure uploads to several printers at once.

    Beside it stands how late the loop is while it has nothing to do: at full speed while curl uploads as much, which is
    what the machine itself makes it wait.
    """
    with _cards(folder, printers, UPLOADS, bytes_per_s) as cards:
        wait_until_quiet()
        machines.do("mark")
        if bytes_per_s:
            time.sleep(REPORTING_S)
        else:
            for _ in range(rounds):
                _curls(printers, file)
                _clean_all(cards, file)
        alone = machines.do("read")
        wait_until_quiet()
        machines.do("mark")
        seconds: list[float] = []
        for _ in range(rounds):
            seconds += _upload(machines, file, UPLOADS)
            _clean_all(cards, file)
        read = machines.do("read")
    size = file.stat().st_size
    how = "at full speed"
    if bytes_per_s:
        how = f"at {size / median(seconds) / 1000:.0f} KB/s each"
    what = f"{UPLOADS} uploads of {size / 1e6:.0f} MB {how}"
    return [
        Row(
            what=f"{what}: the loop is late, p99",
            measured=read["stall_p99_ms"],
            unit="ms",
            beside=f"{figure(alone['stall_p99_ms'], 'ms')} with nothing to do; at most {figure(read['stall_max_ms'], 'ms')}",
            must="<= 3",
        ),
        Row(
            what=f"{what}: memory of each",
            measured=read["grown_mib"] / UPLOADS,
            unit="MiB",
            beside=f"{figure(median(seconds), 's')} each",
            must="<= 5",
        ),
    ]


def _curls(printers: Printers, file: Path) -> None:
    with ThreadPoolExecutor(UPLOADS) as threads:
        for double in printers.doubles[:UPLOADS]:
            threads.submit(_curl, double.address, file)


def _clean_all(cards: Sequence[Vsftpd], file: Path) -> None:
    for card in cards:
        _clean(card, file)
