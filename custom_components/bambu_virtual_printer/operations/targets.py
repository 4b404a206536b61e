"""Where jobs may be printed, by the names that people and automations give: a real printer, a model, any, none."""

from collections.abc import Container
from dataclasses import replace
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr

from ..config.subentries import MachineConfig, machine_configs
from ..const import DOMAIN
from ..engine.library.values.driving import NO_OTHERS, OtherPrinters
from ..engine.library.values.targets import TARGET_ANY, TARGET_NONE
from ..engine.protocol.printer_models import MODELS
from ..language.sentences import sentence
from ..language.texts import Texts
from .plans import ShownTarget


def named_targets(entry: ConfigEntry[Any]) -> dict[str, str]:
    """Return what can be chosen from a list, by its name: any, none, and every real printer."""
    targets = {TARGET_ANY: TARGET_ANY, TARGET_NONE: TARGET_NONE}
    for machine in machine_configs(entry).values():
        targets[_distinct_name(machine, targets)] = machine.id
    return targets


def _distinct_name(machine: MachineConfig, taken: Container[str]) -> str:
    is_taken = machine.name in taken
    return f"{machine.name} ({machine.serial})" if is_taken else machine.name


def shown_machines(hass: HomeAssistant, entry: ConfigEntry[Any]) -> list[MachineConfig]:
    """Return the real printers by the names people see: those they gave the devices, or else their own."""
    devices = dr.async_get(hass)
    shown = []
    for machine in machine_configs(entry).values():
        device = devices.async_get_device_by_identifier(
            (DOMAIN, machine.id), entry.entry_id
        )
        name = device.name_by_user if device else None
        shown.append(replace(machine, name=name or machine.name))
    return shown


def shown_targets(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    others: OtherPrinters = NO_OTHERS,
) -> dict[str, ShownTarget]:
    """Return what to call targets by their ids: "any P1S" for a model, and real printers as people see them.

    `others` are those of other Home Assistants, which are named as well.
    """
    texts = Texts(hass)
    machines = shown_machines(hass, entry)
    printing = {each.model.code for each in machines if each.prints_from_queue}
    targets = {
        code: ShownTarget(
            name=texts("any_of_model", model=model.name),
            said=sentence("any_of_model", model=model.name),
            profile_name=model.profile_name,
            prints=code in printing,
        )
        for code, model in MODELS.items()
    }
    taken = {target.name for target in targets.values()}
    for machine in machines:
        name = _distinct_name(machine, taken)
        taken.add(name)
        targets[machine.id] = ShownTarget(
            name=name,
            said=sentence("as_it_stands", text=name),
            profile_name=machine.model.profile_name,
            prints=machine.prints_from_queue,
        )
    for machine_id, other in others.items():
        name = f"{other.name} ({other.instance})"
        model = MODELS.get(other.model)
        targets.setdefault(
            machine_id,
            ShownTarget(
                name=name,
                said=sentence("as_it_stands", text=name),
                profile_name=model.profile_name if model else "",
            ),
        )
    return targets


def find_target(hass: HomeAssistant, entry: ConfigEntry[Any], name: str) -> str:
    """Return how plans call the target of this name. Raises ServiceValidationError when there is none.

    A real printer has its own name, the one that a person gave its device, the device's id, and the id that responses
    show; a model has its code and its names. Case does not matter, and of a printer and a model of one name the printer
    is meant.
    """
    devices = dr.async_get(hass)
    machines = machine_configs(entry).values()
    targets = {TARGET_ANY: TARGET_ANY, TARGET_NONE: TARGET_NONE}
    for machine in machines:
        device = devices.async_get_device_by_identifier(
            (DOMAIN, machine.id), entry.entry_id
        )
        of_device = (device.id, device.name_by_user) if device else ()
        for known in (machine.id, machine.name, *of_device):
            if known:
                targets.setdefault(known.casefold(), machine.id)
    for model in MODELS.values():
        for known in (model.code, model.name, model.product_name, model.profile_name):
            targets.setdefault(known.casefold(), model.code)
    try:
        return targets[name.strip().casefold()]
    except KeyError:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="unknown_target",
            translation_placeholders={
                "target": name,
                "printers": ", ".join(machine.name for machine in machines) or "-",
            },
        ) from None
