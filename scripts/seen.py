"""What a slicer sees of a printer on its Device page: AMS, nozzles, progress. Part of scripts/send (--watch) and of the demo."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.slicer import detect, session, tls_context

_FIRST_HT = 128
_FULL_PROTOCOL = ("cfg", "fun", "aux", "stat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One look at a printer."""

    state: str
    name: str
    percent: int
    layer: int
    layers: int
    units: tuple[str, ...]
    nozzles: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Describe it for people."""
        job = f", “{self.name}”" if self.name else ""
        yield f"{self.state} {self.percent} %, layer {self.layer} of {self.layers}{job}"
        yield f"nozzles: {', '.join(self.nozzles) or '-'}"
        yield from self.units or ("no AMS",)


def read(status: dict[str, Any]) -> Seen:
    """Read a full status report as Bambu Studio does, as far as people see it."""
    ams = status.get("ams", {})
    exists = int(ams.get("tray_exist_bits", "0"), 16)
    return Seen(
        state=status["gcode_state"],
        name=status["subtask_name"],
        percent=status["mc_percent"],
        layer=status["layer_num"],
        layers=status["total_layer_num"],
        units=tuple(_unit(unit, exists) for unit in ams.get("ams", ())),
        nozzles=tuple(_nozzles(status)),
    )


def _unit(unit: dict[str, Any], exists: int) -> str:
    id_ = int(unit["id"])
    first_bit = (
        16 + id_ - _FIRST_HT if id_ >= _FIRST_HT else 24 if id_ == 16 else 4 * id_
    )
    spools = (
        _spool(tray) if exists >> first_bit + int(tray["id"]) & 1 else "empty"
        for tray in unit["tray"]
    )
    name = f"AMS HT {id_ - _FIRST_HT + 1}" if id_ >= _FIRST_HT else f"AMS {id_ + 1}"
    return f"{name}: {', '.join(spools)}"


def _spool(tray: dict[str, Any]) -> str:
    kind = tray.get("tray_type")
    return f"{kind} #{tray['tray_color'][:6]}" if kind else "?"


def _nozzles(status: dict[str, Any]) -> Iterable[str]:
    # As Studio does: `device` counts only where all four of these are there.
    if not all(key in status for key in _FULL_PROTOCOL):
        yield f"{status['nozzle_diameter']} mm {status['nozzle_type']}"
        return
    for nozzle in status["device"]["nozzle"]["info"]:
        yield f"{nozzle['diameter']} mm {nozzle['type']}"


async def watch(
    host: str,
    access_code: str,
    *,
    ca: Path | None,
    on_seen: Callable[[Seen], None],
) -> None:
    """Log in as a slicer and call `on_seen` with every other look, until cancelled. Raises SlicerError."""
    printer = await detect(host)
    context = tls_context(printer.serial, ca)
    last: Seen | None = None
    async with session(host, access_code, printer.serial, context) as mqtt:
        await mqtt.request("pushing", "pushall", version=1, push_target=1)
        while True:
            seen = read(await mqtt.status())
            if seen != last:
                last = seen
                on_seen(seen)
