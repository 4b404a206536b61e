"""Commands of slicers and their replies: a JSON payload in, replies and effects out. No sockets.

A payload holds one or more objects, one for each kind of command, beside others without a command (`header`, `user_id`:
signatures are not needed and not checked). A reply has the same kind, command and sequence_id, with its JSON type; it
repeats the parameters and adds the result. Commands that are not in the table are acknowledged like that: there is
nothing to do for them here, but slicers reset a button whose command gets no reply.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
import json
import math
from typing import Any

from ...mirror.disguise import Disguise
from ...mirror.modules import mirrored_modules
from ...mirror.pool import chosen_spools
from ...mirror.values import Target
from ...protocol.printer_models import PrinterModel
from ...protocol.project_file import print_request
from ...values import JsonObject, PrintRequest
from .modules import modules
from .reports import CHAMBER_LIGHT, NOZZLE_DIAMETER_MM, NOZZLE_TYPE, SPEED_PERCENT

# Parameters longer or nested deeper than those of real commands are not repeated: indented, they could grow a
# thousandfold.
ECHO_LIMIT_BYTES = 16 * 1024
ECHO_LIMIT_DEPTH = 8

_KINDS = (
    "pushing",
    "info",
    "print",
    "system",
    "upgrade",
    "camera",
    "xcam",
    "security",
)
_LIGHT_MODES = {"on", "off", "flashing"}


class NotACommandError(Exception):
    """A payload that is not a JSON object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The printer and the client of a command."""

    model: PrinterModel
    serial: str
    """The serial number by which the client knows the printer."""
    access_code: str = field(repr=False)
    """What the client logged in with."""
    peer: str
    now: datetime
    person: str = ""
    """Whose code that is, as in `Sender`."""
    target: Target | None = None
    """The real printer that is shown, if any."""
    disguise: Disguise | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusWanted:
    """The client asks for a status report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LightSwitched:
    """The chamber light has a new mode."""

    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedChosen:
    """The speed has a new level."""

    level: int


type Effect = PrintRequest | StatusWanted | LightSwitched | SpeedChosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The result of one command: first the effect, then the reply to the client."""

    reply: JsonObject | None = None
    effect: Effect | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One command. `echo` are the parameters that may be repeated in the reply, none where the payload `is_long`."""

    kind: str
    command: str
    params: JsonObject
    echo: JsonObject
    is_long: bool = False

    def reply(
        self, *, result: str = "success", reason: str = "", **more: Any
    ) -> JsonObject:
        """Make a reply that repeats the parameters."""
        return {
            self.kind: self.head
            | self.echo
            | more
            | {"result": result, "reason": reason}
        }

    def bare_reply(self, **content: Any) -> JsonObject:
        """Make a reply with this content only."""
        return {self.kind: self.head | content}

    @property
    def head(self) -> JsonObject:
        """The beginning of every reply: the command, and the client's sequence_id."""
        head: JsonObject = {"command": self.command}
        if _flat(sequence_id := self.params.get("sequence_id", {}), depth=0):
            head["sequence_id"] = sequence_id
        return head


def answer(request: Request, context: Context) -> Answer:
    """Answer one command."""
    return _ANSWERS.get((request.kind, request.command), _acknowledge)(request, context)


def not_allowed(request: Request) -> Answer:
    """Refuse a command for the real printer that is shown, whose owner does not allow control."""
    return Answer(
        reply=request.reply(
            result="fail", reason="this virtual printer does not control the real one"
        )
    )


# --- reading --------------------------------------------------------------------------------------------------------


def requests(payload: bytes) -> Iterator[Request]:
    """Read the commands of a payload, in its order. Raises NotACommandError."""
    # OrcaSlicer on Linux appends the NUL of C strings.
    message = _json(payload.rstrip(b"\0 \t\r\n"))
    if not isinstance(message, dict):
        raise NotACommandError("not an object")
    short = len(payload) <= ECHO_LIMIT_BYTES
    for kind, params in message.items():
        if kind not in _KINDS or not isinstance(params, dict):
            continue
        if isinstance(command := params.get("command"), str):
            echo = params if short else {}
            yield Request(
                kind=kind,
                command=command,
                params=params,
                echo={k: v for k, v in echo.items() if _flat(v, ECHO_LIMIT_DEPTH)},
                is_long=not short,
            )


def _json(text: bytes) -> Any:
    try:
        return json.loads(text.decode(), parse_constant=_refuse, parse_float=_finite)
    except ValueError as err:
        raise NotACommandError("not JSON") from err
    except RecursionError as err:
        raise NotACommandError("nested too deeply") from err


def _refuse(constant: str) -> None:
    """Refuse NaN and Infinity, which Python reads although JSON does not have them."""
    raise ValueError(constant)


def _finite(number: str) -> float:
    if math.isinf(value := float(number)):
        raise ValueError(number)
    return value


def _flat(value: Any, depth: int) -> bool:
    """Return whether a value is nested no deeper than this."""
    match value:
        case dict():
            children = list(value.values())
        case list():
            children = value
        case _:
            return True
    return depth > 0 and all(_flat(child, depth - 1) for child in children)


# --- answering ------------------------------------------------------------------------------------------------------


def _acknowledge(request: Request, context: Context) -> Answer:
    return Answer(reply=request.reply())


def _with(**more: Any) -> Callable[[Request, Context], Answer]:
    """Return an answer that acknowledges with more fields."""

    def _answer(request: Request, context: Context) -> Answer:
        return Answer(reply=request.reply(**more))

    return _answer


def _status(request: Request, context: Context) -> Answer:
    return Answer(effect=StatusWanted())


def _version(request: Request, context: Context) -> Answer:
    module = modules(context.model, context.serial)
    if context.target is not None and context.disguise is not None:
        module = mirrored_modules(module, context.target, context.disguise)
    return Answer(reply=request.bare_reply(module=module, result="success", reason=""))


def _accessories(request: Request, context: Context) -> Answer:
    """Return the nozzle, of the real printer if one is shown."""
    status = context.target.status if context.target else {}
    nozzle_type, diameter = status.get("nozzle_type"), status.get("nozzle_diameter")
    if not isinstance(nozzle_type, str) or not isinstance(diameter, str):
        nozzle_type, diameter = NOZZLE_TYPE, str(NOZZLE_DIAMETER_MM)
    return Answer(
        reply=request.reply(nozzle_type=nozzle_type, nozzle_diameter=_number(diameter))
    )


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return NOZZLE_DIAMETER_MM
    return number if math.isfinite(number) else NOZZLE_DIAMETER_MM


def _print(request: Request, context: Context) -> Answer:
    """Acknowledge a print in the form that both slicers and the client libraries accept (measured)."""
    wanted = print_request(request.params, peer=context.peer, received_at=context.now)
    if wanted is None:
        return Answer(reply=request.reply(result="fail", reason="no file is named"))
    if context.target is not None and context.target.pool is not None:
        # No printer has these slots.
        spools = chosen_spools(
            context.target.pool, wanted.ams_mapping, wanted.ams_mapping2
        )
        wanted = replace(wanted, ams_mapping=None, ams_mapping2=None, spools=spools)
    return Answer(
        effect=replace(wanted, person=context.person),
        reply=request.bare_reply(
            param=request.echo.get(
                "param", f"Metadata/plate_{wanted.plate or 1}.gcode"
            ),
            subtask_name=wanted.subtask_name,
            gcode_state="PREPARE",
            gcode_file=wanted.file,
            gcode_file_prepare_percent="0",
            result="SUCCESS",
            msg=0,
        ),
    )


def _print_speed(request: Request, context: Context) -> Answer:
    levels = {str(level): level for level in SPEED_PERCENT}
    level = levels.get(str(request.params.get("param")))
    return Answer(
        effect=SpeedChosen(level=level) if level else None, reply=request.reply()
    )


def _light(request: Request, context: Context) -> Answer:
    match request.params:
        case {"led_node": str() as node, "led_mode": str() as mode} if (
            node == CHAMBER_LIGHT and mode in _LIGHT_MODES
        ):
            return Answer(effect=LightSwitched(mode=mode), reply=request.reply())
    return _acknowledge(request, context)


def _access_code(request: Request, context: Context) -> Answer:
    return Answer(reply=request.reply(access_code=context.access_code))


def _refuse_upgrade(request: Request, context: Context) -> Answer:
    return Answer(
        reply=request.reply(
            result="fail", reason="a virtual printer has no firmware to upgrade"
        )
    )


def _certificate(request: Request, context: Context) -> Answer:
    """Acknowledge without repeating a whole certificate."""
    return Answer(reply=request.bare_reply(result="success", reason=""))


_ANSWERS: Mapping[tuple[str, str], Callable[[Request, Context], Answer]] = {
    ("pushing", "pushall"): _status,
    ("pushing", "start"): _status,
    ("info", "get_version"): _version,
    ("print", "project_file"): _print,
    ("print", "gcode_file"): _print,
    ("print", "print_speed"): _print_speed,
    # There are no calibrations, and no nozzles to choose from.
    ("print", "extrusion_cali_get"): _with(filaments=[]),
    ("print", "extrusion_cali_get_result"): _with(filaments=[]),
    ("print", "flowrate_get_result"): _with(filaments=[]),
    ("print", "get_auto_nozzle_mapping"): _with(mapping=[]),
    # Slicers store this as the printer's access code.
    ("system", "get_access_code"): _access_code,
    ("system", "get_accessories"): _accessories,
    ("system", "ledctrl"): _light,
    ("upgrade", "get_history"): _with(firmware_optional=[]),
    ("upgrade", "start"): _refuse_upgrade,
    ("upgrade", "upgrade_confirm"): _refuse_upgrade,
    ("upgrade", "consistency_confirm"): _refuse_upgrade,
    ("camera", "ipcam_get_media_info"): _with(is_enough=True, file_count=0),
    ("security", "app_cert_list"): _with(cert_ids=[]),
    ("security", "app_cert_install"): _certificate,
}
