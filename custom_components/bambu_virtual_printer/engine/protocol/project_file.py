"""Reads a PrintRequest from the variants of `project_file` and `gcode_file` that slicers send.

Bambu Studio, Orca and the client libraries differ in what they leave out and in the types they use. Nothing but a name
of the file is needed; whatever else is missing or makes no sense is left unset. `url` is the last resort for the name,
since newer slicers encrypt it.
"""

from collections.abc import Callable
from datetime import datetime
import json
import re
from typing import Any
from urllib.parse import unquote

from ..storage import MAX_NAME_BYTES
from ..values import JsonObject, PrintRequest

MAX_FILAMENTS = 256
MAX_NUMBER = 2**31 - 1

_PLATE = re.compile(r"plate_([1-9]\d{0,3})\.gcode$")
_PRINT_SUFFIXES = re.compile(r"(?:\.gcode|\.3mf)+$", re.IGNORECASE)
_MD5 = re.compile(r"[0-9A-F]{32}")
# Words for on and off in scripts and command-line clients.
_WORDS = {"false": 0, "off": 0, "no": 0, "true": 1, "on": 1, "yes": 1, "auto": 2}


def print_request(
    params: JsonObject, *, peer: str, received_at: datetime
) -> PrintRequest | None:
    """Normalise the parameters of either command. Returns None when they name no file."""
    named = _name(params.get("subtask_name"))
    file = _basename(params.get("file")) or _basename_of_url(params.get("url"))
    if not file and params.get("command") == "gcode_file":
        # This one names the file itself where `project_file` names the plate in it.
        file = _basename(params.get("param"))
    if not file and named:
        file = _basename(f"{_stem(named)}.gcode.3mf")
    if not file:
        return None
    md5 = _text(params.get("md5")).upper()
    return PrintRequest(
        file=file,
        subtask_name=named or _stem(file),
        plate=_plate(params.get("param")),
        peer=peer,
        received_at=received_at,
        md5=md5 if _MD5.fullmatch(md5) else "",
        bed_type=_name(params.get("bed_type")),
        timelapse=_switch(params.get("timelapse")),
        vibration_cali=_switch(params.get("vibration_cali")),
        layer_inspect=_switch(params.get("layer_inspect")),
        use_ams=_switch(params.get("use_ams")),
        bed_leveling=_first_choice(
            params, "auto_bed_leveling", "bed_leveling", "bed_levelling"
        ),
        flow_cali=_first_choice(params, "extrude_cali_flag", "flow_cali"),
        nozzle_offset_cali=_first_choice(params, "nozzle_offset_cali"),
        ams_mapping=_list(params.get("ams_mapping"), _integer),
        ams_mapping2=_list(params.get("ams_mapping2"), _slot),
        nozzle_mapping=_list(params.get("nozzle_mapping"), _integer),
    )


# --- names ----------------------------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    """Return text that files and databases can store; empty for anything else."""
    if not isinstance(value, str):
        return ""
    return value.encode(errors="replace").decode().rstrip("\0")


def _name(value: Any) -> str:
    text = _text(value)
    return text if len(text.encode()) <= MAX_NAME_BYTES else ""


def _basename(value: Any) -> str:
    name = _name(_text(value).rpartition("/")[2])
    return "" if name in {".", ".."} else name


def _basename_of_url(value: Any) -> str:
    """Return the file name of `ftp://name`, `file:///sdcard/name`, `https://host/name?signature` and the like.

    But for the cloud's, they are not encoded and may contain what an URL may not; no parser for URLs would do.
    """
    scheme, found, path = _text(value).partition("://")
    if not found:
        return ""
    if scheme.startswith("http"):
        _host, _slash, path = path.partition("?")[0].partition("/")
        path = unquote(path)
    return _basename(path)


def _stem(name: str) -> str:
    return _PRINT_SUFFIXES.sub("", name) or name


def _plate(param: Any) -> int | None:
    found = _PLATE.search(_text(param))
    return int(found[1]) if found else None


# --- options --------------------------------------------------------------------------------------------------------


def _integer(value: Any) -> int | None:
    """Return a whole number of 32 bits, which may also come as a boolean or as decimal text."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,10}", value):
        value = int(value)
    if isinstance(value, int) and abs(value) <= MAX_NUMBER:
        return int(value)
    return None


def _choice(value: Any) -> int | None:
    """Return 0 off, 1 on or 2 automatic, whether it comes as a boolean, a number or a word."""
    if isinstance(value, str):
        value = _WORDS.get(value.strip().lower(), value)
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    number = _integer(value)
    return number if number in {0, 1, 2} else None


def _switch(value: Any) -> bool | None:
    number = _choice(value)
    return bool(number) if number in {0, 1} else None


def _first_choice(params: JsonObject, *keys: str) -> int | None:
    """Return the first value that can be read."""
    for key in keys:
        if (number := _choice(params.get(key))) is not None:
            return number
    return None


def _slot(value: Any) -> dict[str, int] | None:
    if not isinstance(value, dict):
        return None
    ams_id, slot_id = _integer(value.get("ams_id")), _integer(value.get("slot_id"))
    if ams_id is None or slot_id is None:
        return None
    return {"ams_id": ams_id, "slot_id": slot_id}


def _list[Item](
    value: Any, convert: Callable[[Any], Item | None]
) -> tuple[Item, ...] | None:
    """Return a list if every item can be read; some clients send it as JSON text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError, RecursionError:
            return None
    if not isinstance(value, list) or len(value) > MAX_FILAMENTS:
        return None
    items = [item for item in map(convert, value) if item is not None]
    return tuple(items) if len(items) == len(value) else None
