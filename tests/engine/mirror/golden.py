"""What slicers are told of real printers of every model that may be recorded here, as files.

`python -m tests.engine.mirror.golden` writes them anew, after a change that is meant: read the difference before it is committed.
"""

from collections.abc import Callable, Mapping
import json
from pathlib import Path
from typing import Any

from custom_components.bambu_virtual_printer.engine.emulator.mqtt.modules import modules
from custom_components.bambu_virtual_printer.engine.mirror.disguise import Disguise
from custom_components.bambu_virtual_printer.engine.mirror.modules import (
    mirrored_modules,
)
from custom_components.bambu_virtual_printer.engine.mirror.pool import (
    Member,
    arrange,
    loaded_spools,
    pooled,
    pooled_modules,
)
from custom_components.bambu_virtual_printer.engine.mirror.report import mirrored
from custom_components.bambu_virtual_printer.engine.mirror.values import OwnJob, Target
from scripts.printer_double.statuses import PLA_RED, TPU_WHITE, ams, status, unit
from scripts.seen import read

from .showing import (
    CASES,
    REPLAYS,
    Case,
    face,
    identified,
    own_report,
    replayed,
    target,
)

FOLDER = Path(__file__).parent / "golden"
PRINTS: dict[str, Any] = {
    "gcode_state": "RUNNING", "subtask_name": "Gear", "mc_percent": 42, "percent": 42, "layer_num": 12, "total_layer_num": 75,
}  # fmt: skip


def told(case: Case, shown: Target) -> dict[str, Any]:
    """The report and the modules that a slicer gets, and what it makes of them."""
    disguise = Disguise(shown, face(case))
    report = mirrored(own_report(case), shown, disguise, job=OwnJob.NONE)
    own = modules(case.identity.model, case.own_serial)
    return {
        "seen": list(read(report).lines()),
        "report": report,
        "modules": mirrored_modules(own, shown, disguise),
    }


def _printing(case: Case) -> dict[str, Any]:
    return told(case, target(case, status=identified(case.status) | PRINTS))


def _silent(case: Case) -> dict[str, Any]:
    return told(case, target(case, is_live=False))


def _pooled(case: Case) -> dict[str, Any]:
    other = status(
        ams=ams(unit(0, "1001", PLA_RED, None, None, None)),
        vt_tray={"id": "254", **TPU_WHITE},
    )
    members = [
        Member(status=case.status, modules=case.modules),
        Member(status=other),
    ]
    loaded = loaded_spools(members)
    fields = pooled(members, arrange({}, loaded).layout, loaded)
    shown = Target(
        serial=target(case).serial, places=(), status=fields, modules=pooled_modules(members, fields), is_live=False,
        revision=0,
    )  # fmt: skip
    return told(case, shown)


def _replayed(name: str) -> dict[str, Any]:
    *_, (case, merged, _shown) = replayed(name)
    return told(case, target(case, status=merged))


def _name(name: str) -> str:
    return name.lower().replace(" ", "-")


GOLDEN: Mapping[str, Callable[[], dict[str, Any]]] = {
    f"{_name(name)}-{suffix}": lambda make=make, case=case: make(case)  # type: ignore[misc]
    for name, case in CASES.items()
    for suffix, make in (
        ("printing", _printing),
        ("silent", _silent),
        ("pooled", _pooled),
    )
} | {
    f"{_name(name)}-replayed": lambda name=name: _replayed(name)  # type: ignore[misc]
    for name in REPLAYS
}


def text(name: str) -> str:
    """Return what belongs into a file."""
    return (
        json.dumps(GOLDEN[name](), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    )


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for name in GOLDEN:
        (FOLDER / f"{name}.json").write_text(text(name), encoding="utf-8")


if __name__ == "__main__":
    main()
