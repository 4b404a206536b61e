"""Real printers of every model that may be recorded here, with an identity of their own, and what is shown of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
import json
from typing import Any

from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.emulator.job import JobReport
from custom_components.bambu_virtual_printer.engine.emulator.mqtt.reports import (
    Controls,
    StatusReports,
)
from custom_components.bambu_virtual_printer.engine.machines.reports import (
    MessageKind,
    ReportCache,
    parse,
)
from custom_components.bambu_virtual_printer.engine.mirror.disguise import Disguise
from custom_components.bambu_virtual_printer.engine.mirror.report import mirrored
from custom_components.bambu_virtual_printer.engine.mirror.values import (
    Face,
    OwnJob,
    Target,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from scripts.printer_double.statuses import a2l, h2d, p1s, x1c_two_units
from tests.engine.machines.recorded import FOLDER, snapshot

REAL_SERIAL = "01P09C4A2500777"
WIFI, CABLE = "10.20.30.41", "172.16.31.250"
HOST = "workshop-printer.lan"
OURS = "192.168.1.50"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A printer's full report, and the model that it is."""

    model: str
    status: Mapping[str, Any]
    modules: tuple[Mapping[str, Any], ...] = ()

    @property
    def own_serial(self) -> str:
        return self.identity.serial

    @property
    def identity(self) -> Identity:
        return Identity(
            name="Tests",
            model=MODELS[self.model],
            serial_suffix="391812345",
            access_code="12345678",
            bind_ip=OURS,
        )


def _recorded(model: str, name: str) -> Case:
    status, version = snapshot(name)
    return Case(model=model, status=status, modules=tuple(version.get("module", ())))


CASES = {
    "P1S": Case(model="C12", status=p1s()),
    "A1 mini": _recorded("N1", "a1mini-idle.json"),
    "A2L": Case(model="N9", status=a2l()),
    "P2S": _recorded("N7", "p2s-finish.json"),
    "X1C": _recorded("BL-P001", "x1c-ams-finish.json"),
    "X1C with three units": Case(model="BL-P001", status=x1c_two_units()),
    "H2D": Case(model="O1D", status=h2d()),
}

REPLAYS = {
    "A1": ("N2S", "a1-print-cloud.jsonl"),
    "A1 in four colours": ("N2S", "a1-print-cloud-multicolour.jsonl"),
    "P2S": ("N7", "p2s-start-pause-stop.jsonl"),
}


def address_number(address: str) -> int:
    return int.from_bytes(IPv4Address(address).packed, "little")


def identified(status: Mapping[str, Any]) -> dict[str, Any]:
    """Put a printer's identity wherever recordings have lost it, and where firmware might have it one day."""
    return {
        **status,
        "net": {
            "conf": 17,
            "info": [
                {"ip": address_number(WIFI), "mask": 16777215},
                {"ip": address_number(CABLE), "mask": 16777215},
                {"ip": 0, "mask": 0},
            ],
        },
        "wifi_signal": "-61dBm",
        "ipcam": {
            **status.get("ipcam", {}),
            "rtsp_url": f"rtsps://{WIFI}:322/streaming/live/1",
        },
        "upgrade_state": {**status.get("upgrade_state", {}), "sn": REAL_SERIAL},
        "upload": {"status": "idle", "oss_url": f"https://{CABLE}/upload"},
        "url": f"ftp://{WIFI}/plate.3mf",
        "xcam": {**status.get("xcam", {}), "server": f"tcp://{HOST}:6000"},
        "online": {**status.get("online", {}), "peer": [WIFI, [{"of": REAL_SERIAL}]]},
        "new_key": {
            "text": f"printer {REAL_SERIAL.lower()} at {WIFI}, {CABLE}",
            "number": int.from_bytes(IPv4Address(WIFI).packed, "big"),
            "written": str(address_number(CABLE)),
            "negative": address_number(CABLE) - 2**32,
            "ssid": "Home of somebody",
            "mac": "AA:BB:CC:DD:EE:FF",
        },
    }


def identity_spellings() -> list[str]:
    """Every way in which the real printer could be told by."""
    spelled = [REAL_SERIAL, WIFI, CABLE, HOST, "Home of somebody", "AA:BB:CC:DD:EE:FF"]
    for address in (WIFI, CABLE):
        packed = IPv4Address(address).packed
        spelled += [
            str(int.from_bytes(packed, order, signed=signed))
            for order in ("little", "big")
            for signed in (False, True)
        ]
    return [text.lower() for text in spelled]


def target(
    case: Case, *, is_live: bool = True, status: Mapping[str, Any] | None = None
) -> Target:
    return Target(
        serial=REAL_SERIAL,
        places=(HOST, WIFI),
        status=identified(case.status) if status is None else status,
        modules=case.modules,
        is_live=is_live,
        revision=0,
    )


def face(case: Case) -> Face:
    return Face(serial=case.own_serial, address=OURS)


def own_report(case: Case, job: JobReport = JobReport()) -> dict[str, Any]:
    """The report that the virtual printer would give of itself."""
    fields: dict[str, Any] = json.loads(
        StatusReports(case.identity).next(job, Controls())
    )["print"]
    return fields


def show(
    case: Case,
    *,
    is_live: bool = True,
    job: OwnJob = OwnJob.NONE,
    report: JobReport = JobReport(),
    **changes: Any,
) -> dict[str, Any]:
    """What a slicer is told while the real printer reports what the case says, with some changes."""
    status = identified(case.status) | changes
    seen = target(case, is_live=is_live, status=status)
    return mirrored(own_report(case, report), seen, Disguise(seen, face(case)), job=job)


def replayed(name: str) -> Iterator[tuple[Case, dict[str, Any], dict[str, Any]]]:
    """Merge a recording message by message; gives case, status so far and what is shown then."""
    model, file = REPLAYS[name]
    cache = ReportCache()
    cache.apply({"msg": 0, "nozzle_diameter": "0.4"})
    case = Case(model=model, status={})
    own = own_report(case)
    for line in (FOLDER / file).read_text(encoding="utf-8").splitlines():
        for message in parse(json.dumps(json.loads(line)["message"]).encode()):
            if message.kind is MessageKind.STATUS:
                cache.apply(message.fields)
        status = identified(cache.fields)
        seen = target(case, status=status)
        disguise = Disguise(seen, face(case))
        yield case, status, mirrored(own, seen, disguise, job=OwnJob.NONE)
