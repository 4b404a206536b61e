"""The simulated printer itself: what it reports, how it answers, and the state machine that prints."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
import re
import ssl
from typing import Any, Self

from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    CameraKind,
    Family,
    find_model,
)

from . import statuses
from .broker import Broker
from .camera import PictureCamera, drawn
from .certificate import PrinterCertificate
from .faults import Faults, LateCode, Refusal, StartScript
from .files import FOREIGN, is_printable
from .ftps import ScriptedFtps
from .tunnel import SimulatedTunnel
from .video import VideoCamera

ACCESS_CODE = "12345678"
UNVERIFIED = {"attr": 0x05000500, "code": 0x00010007}

CANCELLED = 0x0300400C
UNREADABLE = 0x05004003
BUSY = 0x05004004
WRONG_NOZZLE = 0x0500803C
HOMING_FAILED = 0x03004000
UNSIGNED = 0x05024007

_ACTIVE = {"PREPARE", "SLICING", "RUNNING", "PAUSE"}
_FIRMWARE = {
    Family.A1: "01.07.00.00",
    Family.P1: "01.08.02.00",
    Family.X1: "01.09.00.01",
    Family.P2: "01.02.00.00",
    Family.H2: "01.02.00.00",
}
_TLS_1_2 = {Family.A1, Family.X1}


@dataclass(frozen=True, kw_only=True)
class Print:
    """A print that really began."""

    file: str
    plate: int
    subtask_id: str
    content: bytes


def default_status(model: str) -> dict[str, Any]:
    """Return what a printer of this model reports when it is idle."""
    match find_model(model):
        case m if m.nozzles > 1:
            return statuses.h2d()
        case m if m.code == "N9":
            return statuses.a2l()
        case m if m.family is Family.X1:
            return statuses.x1c_two_units()
        case _:
            return statuses.p1s()


class PrinterDouble:
    """On between `power_on` and `power_off`, which its `async with` calls. `status` is what it reports.

    A print takes a step of `step_s` for each change. `prints` are those that really began; a plate that is in it twice was
    printed twice.
    """

    def __init__(
        self,
        address: str,
        serial: str,
        certificate: PrinterCertificate,
        *,
        model: str = "C12",
        access_code: str = ACCESS_CODE,
        step_s: float = 0.01,
        steps: int = 4,
        faults: Faults | None = None,
        with_ftps: bool = True,
        picture_every_s: float = 1.0,
        reads_files: bool = True,
    ) -> None:
        """Switched off, with an empty card. Without `reads_files` it prints whatever it is sent."""
        self.address = address
        self.serial = serial
        self.model = find_model(model)
        self.family = self.model.family
        self.step_s = step_s
        self.steps = steps
        self.faults = faults or Faults()
        self.reads_files = reads_files
        self.status = default_status(model)
        self.prints: list[Print] = []
        self.commands: list[dict[str, Any]] = []
        self.ftps: ScriptedFtps | None = None
        self._files: dict[str, bytes] = {}
        self.memory: dict[str, bytes] = {}
        """What is in the internal memory, of models with a file tunnel."""
        self.tunnel: SimulatedTunnel | None = None
        self._certificate = certificate
        self._with_ftps = with_ftps
        self._printing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._resumed = asyncio.Event()
        self._sequence = 2000
        self.picture: Callable[[int], bytes] = self._drawn
        """Returns the picture of a number that the camera shows next."""
        self.camera: PictureCamera | None = None
        """Of models that send pictures."""
        self.video: VideoCamera | None = None
        """Of models that stream video."""
        if self.model.camera is CameraKind.VIDEO:
            self.video = VideoCamera(
                self._context(),
                self.faults,
                lambda: self.access_code,
                picture_every_s,
            )
        if self.model.camera is CameraKind.PICTURES:
            self.camera = PictureCamera(
                self._context(),
                self.faults,
                lambda: self.access_code,
                self._picture,
                picture_every_s,
            )
        self.broker = Broker(
            serial, access_code, self._context(), self.faults, self._receive
        )

    @property
    def access_code(self) -> str:
        """The code that it takes now. Setting it does not end sessions, as on a real one."""
        return self.broker.access_code

    @access_code.setter
    def access_code(self, code: str) -> None:
        self.broker.access_code = code
        for server in (self.ftps, self.tunnel):
            if server:
                server.access_code = code

    @property
    def files(self) -> dict[str, bytes]:
        """What is on the card."""
        return self._files

    def pull_stick(self) -> None:
        """Have no stick: prints come from internal memory, by the file tunnel."""
        self.report(
            sdcard=False, home_flag=0, fun=f"{1 << 31:X}", fun2="1", aux="0", cfg="0", stat="0",
        )  # fmt: skip

    def received(self, command: str) -> list[dict[str, Any]]:
        """Return the commands of this name that came in."""
        return [
            fields
            for message in self.commands
            for fields in message.values()
            if fields.get("command") == command
        ]

    # --- power ---

    async def __aenter__(self) -> Self:
        """Switch on."""
        await self.power_on()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Pull the plug."""
        await self.power_off()

    async def power_on(self, address: str | None = None) -> None:
        """Switch on, at another address if one is given. What was printed is not gone on with."""
        self.address = address or self.address
        await self.broker.start(self.address)
        if self.camera:
            await self.camera.start(self.address)
        if self.video:
            await self.video.start(self.address)
        if self._with_ftps:
            context = self._context(ssl.TLSVersion.TLSv1_2)
            self.ftps = ScriptedFtps(
                self.address, context, self.access_code, self.faults
            )
            self.ftps.files = self._files
        if self.model.file_tunnel:
            self.tunnel = SimulatedTunnel(
                self.address,
                self._context(),
                self.access_code,
                self.faults,
                self.memory,
            )

    async def power_off(self) -> None:
        """Pull the plug."""
        tasks = [*self._tasks, *([self._printing] if self._printing else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._printing = None
        if self.status.get("gcode_state") in _ACTIVE:
            self.status |= {
                "gcode_state": "IDLE",
                "subtask_id": "0",
                "task_id": "0",
                "project_id": "0",
            }
        await self.broker.stop()
        if self.camera:
            await self.camera.stop()
        if self.video:
            await self.video.stop()
        if self.ftps:
            await asyncio.to_thread(self.ftps.close)
            self.ftps = None
        if self.tunnel:
            await asyncio.to_thread(self.tunnel.close)
            self.tunnel = None

    @property
    def is_lit(self) -> bool:
        """Whether the chamber light is on."""
        return any(
            light == {"node": "chamber_light", "mode": "on"}
            for light in self.status.get("lights_report", ())
        )

    def _picture(self, number: int) -> bytes:
        return self.picture(number)

    def _drawn(self, number: int) -> bytes:
        percent = self.status.get("mc_percent") or 0
        return drawn(percent, number, is_lit=self.is_lit)

    def _context(self, newest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
        if newest is None:
            newest = (
                ssl.TLSVersion.TLSv1_2
                if self.family in _TLS_1_2
                else ssl.TLSVersion.TLSv1_3
            )
        return self._certificate.context(newest=newest)

    # --- reports ---

    def report(self, **fields: Any) -> None:
        """Change what is reported, and say so in the manner of the family."""
        if self.family in {Family.A1, Family.P1}:
            # Only what is another, and each once.
            fields = {
                key: value
                for key, value in fields.items()
                if self.status.get(key) != value
            }
        self.status |= fields
        if self.family is Family.X1:
            fields = dict(self.status)
        delta = {
            "command": "push_status",
            "sequence_id": self._next(),
            "wifi_signal": "-44dBm",
            **fields,
        }
        if self.family is not Family.H2:
            delta["msg"] = 1
        self._publish({"print": delta})
        if self.faults.foreign_replies:
            self._publish(
                {
                    "system": {
                        "command": "ledctrl",
                        "result": "fail",
                        "reason": "did not find the valid led: chamber_light2",
                        "sequence_id": "2301",
                    }
                }
            )
            self._publish(
                {
                    "print": {
                        "command": "gcode_line",
                        "result": "SUCCESS",
                        "reason": "SUCCESS",
                        "sequence_id": "3313",
                    }
                }
            )

    def report_all(self) -> None:
        """Publish a full report."""
        self._publish(
            {
                "print": {
                    **self.status,
                    "sequence_id": self._next(),
                    "wifi_signal": "-44dBm",
                }
            }
        )

    def _publish(self, message: dict[str, Any]) -> None:
        if not self.faults.silent:
            self.broker.publish(message)

    def _next(self) -> str:
        self._sequence += 1
        return str(self._sequence)

    # --- commands ---

    def _receive(self, message: dict[str, Any]) -> None:
        self.commands.append(message)
        for topic, fields in message.items():
            command = fields.get("command")
            if command in self.faults.ignores:
                continue
            match topic, command:
                case "pushing", "pushall":
                    self.report_all()
                case "info", "get_version":
                    self._answer_version(fields)
                case "print", _ if self.faults.refusal is not Refusal.NONE:
                    self._refuse(fields)
                case "print", _:
                    self._reply(topic, fields)
                    self._obey(fields)
                case "camera", _:
                    self._reply(topic, fields)
                case "system", "ledctrl":
                    self._reply(topic, fields)
                    self.report(
                        lights_report=[
                            {"node": fields["led_node"], "mode": fields["led_mode"]}
                        ]
                    )

    def _answer_version(self, fields: dict[str, Any]) -> None:
        modules = [
            {
                "name": "ota",
                "product_name": self.model.product_name,
                "sw_ver": _FIRMWARE[self.family],
                "sn": self.serial,
            },
            *(
                {
                    "name": f"ams/{unit['id']}",
                    "hw_ver": "AMS08",
                    "sw_ver": "00.00.06.49",
                    "sn": f"00600A39180000{unit['id']}",
                }
                for unit in self.status.get("ams", {}).get("ams", ())
            ),
        ]
        self._publish(
            {
                "info": {
                    "command": "get_version",
                    "sequence_id": fields["sequence_id"],
                    "module": modules,
                    "result": "success",
                }
            }
        )

    def _refuse(self, fields: dict[str, Any]) -> None:
        command, sequence_id = fields["command"], fields["sequence_id"]
        match self.faults.refusal:
            case Refusal.VERIFY_FAILED:
                self._publish(
                    {
                        "print": {
                            "command": command,
                            "sequence_id": sequence_id,
                            "result": "failed",
                            "reason": "mqtt message verify failed",
                            "err_code": UNSIGNED,
                        }
                    }
                )
            case Refusal.HEALTH_MESSAGE:
                self._publish(
                    {"print": {"command": command, "sequence_id": sequence_id}}
                )
                self.report(hms=[UNVERIFIED | {"timestamp": len(self.commands)}])

    def _reply(self, topic: str, fields: dict[str, Any]) -> None:
        """Answer with success: A1 echoes everything, P2S writes in capitals."""
        success = "SUCCESS" if self.family is Family.P2 else "success"
        if self.family is Family.P2:
            answer = {key: fields[key] for key in ("command", "sequence_id")}
        else:
            answer = dict(fields)
        if self.faults.anonymous_replies:
            answer.pop("command", None)
        self._publish({topic: answer | {"result": success, "reason": success}})

    def _obey(self, fields: dict[str, Any]) -> None:
        state = self.status["gcode_state"]
        match fields["command"]:
            case "project_file":
                self._start(fields)
            case "pause" if state == "RUNNING":
                self._resumed.clear()
                self.report(gcode_state="PAUSE")
            case "resume" if state == "PAUSE":
                self.report(gcode_state="RUNNING", print_error=0)
                self._resumed.set()
            case "stop" if state in _ACTIVE:
                self.cancel()
            case "clean_print_error":
                self.report(print_error=0)
            case "ams_filament_setting":
                self._set_spool(fields)

    def _set_spool(self, fields: dict[str, Any]) -> None:
        names = ("tray_info_idx", "tray_color", "tray_type")
        units = [
            unit
            | {
                "tray": [
                    tray | {name: fields[name] for name in names}
                    if (unit["id"], tray["id"])
                    == (str(fields["ams_id"]), str(fields["tray_id"]))
                    else tray
                    for tray in unit["tray"]
                ]
            }
            for unit in self.status["ams"]["ams"]
        ]
        self.report(ams=self.status["ams"] | {"ams": units})

    # --- printing ---

    def _start(self, fields: dict[str, Any]) -> None:
        if self.status["gcode_state"] in _ACTIVE:
            if self.model.code == "N1":
                # It takes the new one for a reason to cancel the old.
                self.cancel()
            self.report(print_error=BUSY)
            return
        if self.status.get("print_error", 0) & 0xFFFF >= 0x4000:
            return
        names = {
            "subtask_name": fields["subtask_name"],
            "gcode_file": fields["file"],
            "print_type": "local",
        }
        ids = {key: fields[key] for key in ("subtask_id", "task_id", "project_id")}
        file = self._resolve(fields["url"])
        match self.faults.start:
            case StartScript.NOTHING:
                self.report(**names)
            case _ if file is None or self.faults.start is StartScript.WRONG_PATH:
                self.report(**names)
                new = self.family in {Family.P2, Family.H2}
                self.report(
                    print_error=0x05004002 if new else 0x0500C010, print_type="idle"
                )
            case _ if self.reads_files and not is_printable(
                (self._files | self.memory)[file], fields["param"], fields["md5"]
            ):
                self.report(**names)
                self.report(print_error=UNREADABLE, print_type="idle")
            case _:
                self._printing = asyncio.get_running_loop().create_task(
                    self._print(fields, file, names | ids)
                )

    def _resolve(self, url: str) -> str | None:
        prefix = next(
            (
                one
                for one in ("ftp:///", "ftp://", "file:///sdcard/", "brtc://emmc/")
                if url.startswith(one)
            ),
            None,
        )
        if prefix not in self.faults.resolves:
            return None
        name = url.removeprefix(prefix)
        there = self.memory if prefix == "brtc://emmc/" else self.files
        return name if name in there else None

    async def _print(
        self, fields: dict[str, Any], file: str, names: dict[str, Any]
    ) -> None:
        if self.faults.start is StartScript.LATE:
            for _ in range(self.faults.late_steps):
                await asyncio.sleep(self.step_s)
                self.report()
        found = re.search(r"plate_(\d+)", fields["param"])
        assert found
        self.report(
            **names,
            gcode_state="PREPARE",
            gcode_file_prepare_percent="0",
            mc_percent=0,
            layer_num=0,
        )
        if self._tray_is_missing(fields):
            # "Preparing AMS", for ever and without an error.
            return
        await asyncio.sleep(self.step_s)
        if self.faults.start is StartScript.FAILS_IN_PREPARE:
            self.report(gcode_state="FAILED", print_error=HOMING_FAILED)
            return
        self.prints.append(
            Print(
                file=file,
                plate=int(found[1]),
                subtask_id=fields["subtask_id"],
                content=(self.files | self.memory)[file],
            )
        )
        self._resumed.set()
        self.report(
            gcode_state="RUNNING",
            gcode_file_prepare_percent="100",
            total_layer_num=self.steps,
            mc_remaining_time=self.steps,
        )
        if self.faults.start is StartScript.PAUSES:
            self._resumed.clear()
            self.report(gcode_state="PAUSE", print_error=WRONG_NOZZLE)
        for step in range(1, self.steps + 1):
            await asyncio.sleep(self.step_s)
            await self._resumed.wait()
            percent = 100 * step // self.steps
            self.report(
                mc_percent=percent, layer_num=step, mc_remaining_time=self.steps - step
            )
            limit = self.faults.breaks_off_at_percent
            if limit is not None and percent >= limit:
                self.report(
                    gcode_state="FAILED",
                    print_error=HOMING_FAILED,
                    mc_percent=0,
                    layer_num=0,
                )
                return
        await asyncio.sleep(self.step_s)
        is_a1 = self.family is Family.A1
        self.report(
            gcode_state="FINISH",
            print_type="idle",
            **({"gcode_file": ""} if is_a1 else {}),
        )

    def _tray_is_missing(self, fields: dict[str, Any]) -> bool:
        bits = int(self.status.get("ams", {}).get("tray_exist_bits", "0"), 16)
        return (
            any(
                0 <= tray < 24 and not bits >> tray & 1
                for tray in fields.get("ams_mapping", [])
            )
            and self.model.code != "N9"
        )

    def cancel(self) -> None:
        """Cancel what is printed, as a person at the printer does."""
        if self._printing:
            self._printing.cancel()
            self._printing = None
        code = CANCELLED if self.faults.cancel_code is LateCode.BRIEF else 0
        self.report(gcode_state="FAILED", print_error=code, mc_percent=0)
        if self.faults.cancel_code is not LateCode.NEVER:
            task = asyncio.get_running_loop().create_task(self._change_code())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _change_code(self) -> None:
        await asyncio.sleep(self.step_s)
        brief = self.faults.cancel_code is LateCode.BRIEF
        self.report(print_error=0 if brief else CANCELLED)

    def print_something_else(self, name: str = "From the screen") -> None:
        """Start another print at the printer itself, in the place of what it prints."""
        with suppress(AttributeError):
            self._printing.cancel()  # type: ignore[union-attr]
        self.files[f"{name}.3mf"] = FOREIGN
        fields = {
            "param": "Metadata/plate_1.gcode", "md5": "", "subtask_name": name, "file": f"{name}.3mf", "url": f"ftp://{name}.3mf",
            "subtask_id": "0", "task_id": "0", "project_id": "0",
        }  # fmt: skip
        self.status["gcode_state"] = "IDLE"
        self._start(fields)
