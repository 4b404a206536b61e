"""Finds the text that helps with a port that cannot be bound: who holds it, what forbids it here."""

from collections.abc import Mapping
from dataclasses import dataclass

from homeassistant.components import hassio
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.hassio import is_hassio
from homeassistant.helpers.system_info import async_get_system_info

from ..engine.net.host import port_holder
from ..language.texts import Texts
from ..printers.ports import PortProblem, PortProblemKind

MOSQUITTO_SLUG = "core_mosquitto"

PORT_IN_USE_BY_APP = "port_in_use_by_app"
PORT_IN_USE_BY_MOSQUITTO = "port_in_use_by_mosquitto"
PORT_IN_USE_BY_PROGRAM = "port_in_use_by_program"
PORT_FORBIDDEN_CONTAINER = "port_forbidden_container"
PORT_FORBIDDEN_CORE = "port_forbidden_core"

_FORBIDDEN_BY_INSTALLATION = {
    "Home Assistant Container": PORT_FORBIDDEN_CONTAINER,
    "Unsupported Third Party Container": PORT_FORBIDDEN_CONTAINER,
    "Home Assistant Core": PORT_FORBIDDEN_CORE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The key of a text and what is filled in."""

    key: str
    placeholders: Mapping[str, str]


async def async_advise(hass: HomeAssistant, problem: PortProblem) -> Advice:
    """Say as exactly as this system lets us what stands in the way."""
    key: str = problem.kind.value
    found: dict[str, str] = {}
    match problem.kind:
        case PortProblemKind.PORT_IN_USE:
            if app := _app_on_port(hass, problem.port):
                slug, name = app
                mosquitto = slug == MOSQUITTO_SLUG
                key = PORT_IN_USE_BY_MOSQUITTO if mosquitto else PORT_IN_USE_BY_APP
                found = {"app": name}
            elif holder := await hass.async_add_executor_job(
                port_holder, problem.address, problem.port
            ):
                key = PORT_IN_USE_BY_PROGRAM
                found = {"program": holder.name, "pid": str(holder.pid)}
        case PortProblemKind.PORT_FORBIDDEN:
            system = await async_get_system_info(hass)
            key = _FORBIDDEN_BY_INSTALLATION.get(system["installation_type"], key)
    return Advice(
        key=key,
        placeholders={
            "port": str(problem.port),
            "address": problem.address,
            "reason": Texts(hass).explained(problem.reason),
            **found,
        },
    )


@callback
def _app_on_port(hass: HomeAssistant, port: int) -> tuple[str, str] | None:
    """Find the running app (add-on) that the Supervisor gave this TCP port of the host: its slug and name."""
    if not is_hassio(hass):
        return None
    try:
        apps = hassio.get_addons_info(hass)
    except hassio.HassioNotReadyError:
        return None
    for slug, app in apps.items():
        if app is None or app.get("state") != "started":
            continue
        for inside, outside in (app.get("network") or {}).items():
            if outside == port and inside.endswith("/tcp"):
                return slug, app["name"]
    return None
