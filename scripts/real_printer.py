"""A simulated real printer: "Garage P1S", with a card, an AMS and prints that take a quarter of a minute.

    ./scripts/real-printer [--address IP] [--folder DIR] [--seconds N] [--start-delay N] [--upload-rate N] [--json]

It can be added to any Home Assistant on this computer like a printer of the household, by the address, serial number and
access code that it prints. No CA of the maker has signed its certificate: whoever adds it compares the fingerprint and
confirms it. DIR keeps the certificate, so that this is asked once.

What happens to it is printed line by line, with --json for programs: ready, uploaded, ordered (to start), started (PREPARE),
printing (RUNNING), progress, ended.
"""

import argparse
import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
import hashlib
import json
import math
from pathlib import Path
import signal
import sys
from typing import Any

from scripts.printer_double import PrinterDouble, statuses
from scripts.printer_double.certificate import PrinterCertificate
from scripts.printer_double.faults import Faults, StartScript
from scripts.printer_double.ftps import BLOCK_BYTES
from scripts.sliced_file.plan import SPOOLS

ROOT = Path(__file__).parent.parent
STEPS = 8

type Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RealPrinter:
    """What a person reads on the printer's screen and its label."""

    name: str = "Garage P1S"
    address: str = "127.0.0.3"
    serial: str = "01P00A391800147"
    access_code: str = field(default="87654321", repr=False)
    model: str = "C12"


PRINTER = RealPrinter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast it is. `print_s` is from PREPARE to FINISH, `start_delay_s` from the command to PREPARE."""

    print_s: float = 15.0
    start_delay_s: float = 0.0
    upload_bytes_per_s: float = math.inf

    @property
    def step_s(self) -> float:
        """The time of one change: one for PREPARE, each layer, and one from the last layer to FINISH."""
        return self.print_s / (STEPS + 2)

    def faults(self) -> Faults:
        """Write the delays as the orders that the double takes."""
        late_steps = round(self.start_delay_s / self.step_s)
        return Faults(
            start=StartScript.LATE if late_steps else StartScript.PRINTS,
            late_steps=late_steps,
            seconds_per_block=BLOCK_BYTES / self.upload_bytes_per_s,
        )


class ShownPrinter(PrinterDouble):
    """A printer that tells what happens to it."""

    def __init__(
        self,
        printer: RealPrinter,
        certificate: PrinterCertificate,
        tell: Tell,
        *,
        pace: Pace,
    ) -> None:
        """Switched off."""
        super().__init__(
            printer.address,
            printer.serial,
            certificate,
            model=printer.model,
            access_code=printer.access_code,
            step_s=pace.step_s,
            steps=STEPS,
            faults=pace.faults(),
        )
        self._tell = tell
        self._told_prints = 0
        self.status["ams"] = statuses.ams(statuses.unit(0, "1001", *_trays()))

    async def power_on(self, address: str | None = None) -> None:
        """Switch on, and watch the card."""
        await super().power_on(address)
        assert self.ftps
        loop = asyncio.get_running_loop()

        def _uploaded(name: str, content: bytes) -> None:
            loop.call_soon_threadsafe(
                self._tell,
                {"event": "uploaded", "file": name, "size_bytes": len(content)},
            )

        self.ftps.on_file = _uploaded

    def report(self, **fields: Any) -> None:
        """Report, and tell what is another than before."""
        before = {key: self.status.get(key) for key in ("gcode_state", "mc_percent")}
        super().report(**fields)
        if event := self._event(before):
            self._tell(event)

        if len(self.prints) > self._told_prints:
            self._told_prints = len(self.prints)
            newest = self.prints[-1]
            self._tell(
                {
                    "event": "printing",
                    "file": newest.file,
                    "plate": newest.plate,
                    "subtask_id": newest.subtask_id,
                    "sha256": hashlib.sha256(newest.content).hexdigest(),
                }
            )

    def _receive(self, message: dict[str, Any]) -> None:
        """Obey, and tell that it is to start."""
        fields = message.get("print", {})
        if fields.get("command") == "project_file":
            self._tell({"event": "ordered", "subtask_id": fields["subtask_id"]})
        super()._receive(message)

    def _event(self, before: Mapping[str, Any]) -> dict[str, Any] | None:
        state, percent = self.status["gcode_state"], self.status.get("mc_percent", 0)
        if state != before["gcode_state"]:
            match state:
                case "PREPARE":
                    return {"event": "started", **self._which()}
                case "FINISH" | "FAILED":
                    ended = {"event": "ended", "state": state}
                    return ended | self._which() | self._counts()
        if state == "RUNNING" and percent != before["mc_percent"]:
            return {
                "event": "progress",
                "percent": percent,
                "layer": self.status["layer_num"],
                "layers": self.status["total_layer_num"],
            }
        return None

    def _which(self) -> dict[str, Any]:
        return {
            "file": self.status["gcode_file"],
            "subtask_id": self.status["subtask_id"],
        }

    def _counts(self) -> dict[str, Any]:
        return {"prints": len(self.prints), "plates": [p.plate for p in self.prints]}


def _trays() -> Sequence[dict[str, Any]]:
    """Load what generated files ask for."""
    return [
        statuses.PLA_BLACK
        | {
            "tray_type": spool.type,
            "tray_sub_brands": f"{spool.type} Basic",
            "tray_color": f"{spool.color.removeprefix('#')}FF",
            "cols": [f"{spool.color.removeprefix('#')}FF"],
            "tray_info_idx": spool.tray_info_idx,
        }
        for spool in SPOOLS
    ]


def certificate_in(folder: Path, serial: str) -> PrinterCertificate:
    """Return the certificate that is kept in the folder, made where there is none yet. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{serial}.pem"
    if not kept.exists():
        PrinterCertificate.make(folder, serial).path.replace(kept)
        kept.chmod(0o600)
    return PrinterCertificate.load(kept)


def say(event: Mapping[str, Any]) -> None:
    """Print what happened for a person."""
    match event:
        case {"event": "ready"}:
            text = (
                f"“{event['name']}” is on: address {event['address']}, serial number {event['serial']},"
                f" access code {event['access_code']}\nfingerprint of its certificate: {event['fingerprint']}"
            )
        case {"event": "uploaded"}:
            text = f"received {event['file']}, {event['size_bytes'] / 1e6:.1f} MB"
        case {"event": "ordered"}:
            text = "was told to start"
        case {"event": "started"}:
            text = f"prepares {event['file']}"
        case {"event": "printing"}:
            text = f"prints {event['file']}"
        case {"event": "progress"}:
            text = f"{event['percent']} %, layer {event['layer']} of {event['layers']}"
        case _:
            text = f"{event['state']}; {event['prints']} prints so far"
    print(text, flush=True)


def say_as_json(event: Mapping[str, Any]) -> None:
    """Print what happened for a program."""
    print(json.dumps(event), flush=True)


async def run(printer: RealPrinter, folder: Path, *, pace: Pace, tell: Tell) -> None:
    """Be switched on until somebody interrupts. Raises OSError."""
    certificate = await asyncio.to_thread(certificate_in, folder, printer.serial)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with ShownPrinter(printer, certificate, tell, pace=pace):
        tell(
            {
                "event": "ready",
                "name": printer.name,
                "address": printer.address,
                "serial": printer.serial,
                "access_code": printer.access_code,
                "fingerprint": certificate.fingerprint,
            }
        )
        await stopped.wait()


def main() -> int:
    """Run from the command line. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="scripts/real-printer",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--name", default=PRINTER.name)
    parser.add_argument("--address", default=PRINTER.address, metavar="IP")
    parser.add_argument("--serial", default=PRINTER.serial)
    parser.add_argument("--access-code", default=PRINTER.access_code, metavar="CODE")
    parser.add_argument(
        "--folder",
        type=Path,
        default=ROOT / ".demo" / "real-printer",
        metavar="DIR",
        help="keeps the certificate (.demo/real-printer)",
    )
    parser.add_argument(
        "--seconds", type=float, default=15.0, metavar="N", help="how long a print is"
    )
    parser.add_argument(
        "--start-delay",
        type=float,
        default=0.0,
        metavar="N",
        help="how many seconds nothing is to be seen of a start",
    )
    parser.add_argument(
        "--upload-rate",
        type=float,
        default=math.inf,
        metavar="N",
        help="how fast it takes files, in KB/s",
    )
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    args = parser.parse_args()
    printer = RealPrinter(
        name=args.name,
        address=args.address,
        serial=args.serial,
        access_code=args.access_code,
    )
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(
                run(
                    printer,
                    args.folder.resolve(),
                    pace=Pace(
                        print_s=args.seconds,
                        start_delay_s=args.start_delay,
                        upload_bytes_per_s=1000 * args.upload_rate,
                    ),
                    tell=say_as_json if args.json else say,
                )
            )
    except OSError as err:
        print(f"The printer cannot be switched on: {err}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
