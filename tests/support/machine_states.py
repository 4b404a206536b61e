"""Reads single reports of real printers, as `StateReader` reads them one after the other."""

from custom_components.bambu_virtual_printer.engine.machines.families import Traits
from custom_components.bambu_virtual_printer.engine.machines.fields import JsonObject
from custom_components.bambu_virtual_printer.engine.machines.state import StateReader
from custom_components.bambu_virtual_printer.engine.machines.values import MachineState


def machine_state(
    status: JsonObject, version: JsonObject, traits: Traits
) -> MachineState:
    """Read one status and reply to get_version of a printer that is online."""
    return StateReader(traits).read(status, version)
