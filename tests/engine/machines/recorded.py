"""Reads the recordings."""

from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

from custom_components.bambu_virtual_printer.engine.machines.families import find_traits
from custom_components.bambu_virtual_printer.engine.machines.reports import (
    MessageKind,
    ReportCache,
    parse,
)
from custom_components.bambu_virtual_printer.engine.machines.values import MachineState
from tests.support.machine_states import machine_state

FOLDER = Path(__file__).parent / "recordings"


def snapshot(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A full report, and the reply to get_version."""
    recorded = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return recorded["pushall"]["print"], recorded.get("get_version", {}).get("info", {})


def snapshot_state(name: str, model: str) -> MachineState:
    status, version = snapshot(name)
    cache = ReportCache()
    cache.apply(status)
    return machine_state(cache.fields, version, find_traits(model))


@dataclass(frozen=True, kw_only=True)
class Moment:
    """The state after a message at a time in seconds."""

    t: float
    message: dict[str, Any]
    state: MachineState


def replay(name: str, model: str) -> list[Moment]:
    """Merge a recording and look at the state after each message."""
    traits = find_traits(model)
    cache = ReportCache()
    moments = []
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        recorded = json.loads(line)
        for message in parse(json.dumps(recorded["message"]).encode()):
            if message.kind is MessageKind.STATUS:
                cache.apply(message.fields)
        moments.append(
            Moment(
                t=recorded["t"],
                message=recorded["message"],
                state=machine_state(cache.fields, {}, traits),
            )
        )
    return moments
