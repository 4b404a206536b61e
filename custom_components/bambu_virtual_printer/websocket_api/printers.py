"""Commands on printers: how slicers reach them, whether they can, and what people set."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import voluptuous as vol

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from ..config.subentries import VirtualPrinterConfig
from ..const import CONF_ACCESS_CODE, CONF_ENABLED, CONF_MODE, DOMAIN, MODES
from ..health.remedies import page_of
from ..health.report import Finding
from ..hub import require_hub
from ..operations.permissions import Right, decide_with
from ..presentation.documentation import documentation_url
from ..printers.client_history import Cause
from ..printers.managed import ManagedPrinter
from ..services.fields import ATTR_PRINT_ID, ATTR_REPRINT, ATTR_VERDICT, SAYING, VERDICT
from ..services.lookup import not_a_virtual_printer, saying_of
from ..views.trust_links import async_trust_links
from .commands import Call, Command, register, send_error
from .items import verdict_item
from .printer_items import machine_item, printer_item

ATTR_PRINTER_ID = "printer_id"
CONNECT = "printer/connect"

PRINTER: dict[Any, Any] = {vol.Required(ATTR_PRINTER_ID): cv.string}
SET: dict[Any, Any] = {
    **PRINTER,
    vol.Optional(CONF_ENABLED): cv.boolean,
    vol.Optional(CONF_MODE): vol.In([mode.value for mode in MODES]),
}


async def _connection(call: Call) -> dict[str, Any]:
    printer = _printer(call)
    config = printer.config
    failures = printer.client_history.failures(dt_util.utcnow())
    refusing = {each.peer for each in failures if each.cause is Cause.NOT_TRUSTED}
    clients = dict.fromkeys((*printer.client_history.logins, *refusing))
    return {
        "name": config.name,
        "model": config.model.name,
        "serial": config.serial,
        "address": config.identity.address,
        "bind_ip": config.bind_ip,
        "ports": [
            {"name": name, "port": port}
            for name, port in asdict(config.identity.ports).items()
        ],
        "ca_fingerprint": call.hub.certificates.authority.sha256_fingerprint,
        "clients": [
            {"ip": client, "trusts": client not in refusing} for client in clients
        ],
    }


async def _secret(call: Call) -> dict[str, Any]:
    config = _printer(call).config
    if not isinstance(config, VirtualPrinterConfig):
        raise not_a_virtual_printer()
    return {CONF_ACCESS_CODE: config.access_code}


async def _check(call: Call) -> dict[str, Any]:
    report = await call.hub.setup_checks.async_run(_printer(call))
    return {
        "outcome": report.outcome.value,
        "checked_at": report.at.isoformat(),
        "checks": [
            finding.sentence.as_json()
            | {
                "check": finding.check,
                "outcome": finding.outcome.value,
                "link": _remedy(call.hass, finding),
            }
            for finding in report.findings
        ],
    }


def _remedy(hass: HomeAssistant, finding: Finding) -> str | None:
    """Return where it is read what to do."""
    page = page_of(finding)
    return documentation_url(hass, *page) if page else None


async def _set(call: Call) -> dict[str, Any]:
    printer = _printer(call)
    if CONF_MODE in call.data:
        if printer.is_proxy:
            raise not_a_virtual_printer()
        await call.hub.async_set_mode(printer.id, call.data[CONF_MODE])
    if CONF_ENABLED in call.data:
        await call.hub.async_set_enabled(printer.id, enabled=call.data[CONF_ENABLED])
    return printer_item(call.hub, printer)


async def _clear_plate(call: Call) -> dict[str, Any]:
    machine = call.hub.machines.by_id.get(call.data[ATTR_PRINTER_ID])
    if machine is None:
        raise _not_found(call.data[ATTR_PRINTER_ID])
    done = await call.hub.orders.clear_plate(
        machine, print_id=call.data[ATTR_PRINT_ID], saying=saying_of(call.data)
    )
    return machine_item(call.hub, machine) | {
        "cleared": done.was_occupied,
        "verdict": done.answered and verdict_item(done.answered, call.hub.wording),
    }


async def _trust_commands(call: Call) -> dict[str, Any]:
    links = async_trust_links(call.hass)
    return {
        "address": links.address,
        "commands": {system.value: line for system, line in links.commands.items()},
    }


@callback
def _connect(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell what comes of a slicer's first steps, until the client has seen enough."""
    msg_id = msg["id"]
    try:
        hub = require_hub(hass)
        hub.permissions.require_of(connection.user, Right.MANAGE)
        viewer = hub.permissions.viewer_of(connection.user)
        call = Call(hub=hub, data=msg, viewer=viewer)
        printer = _printer(call)
    except HomeAssistantError as err:
        send_error(connection, msg_id, err)
        return
    since = dt_util.utcnow()
    told: tuple[str, str | None] | None = None

    @callback
    def look() -> None:
        nonlocal told
        if (found := _first_steps(printer, since)) != told:
            told = found
            state, client = found
            connection.send_event(msg_id, {"state": state, "client": client})

    connection.subscriptions[msg_id] = printer.async_add_listener(look)
    connection.send_result(msg_id)
    look()


def _first_steps(printer: ManagedPrinter, since: datetime) -> tuple[str, str | None]:
    """Return how far a slicer has come since then, and which."""
    step = printer.client_history.first_step(since, dt_util.utcnow())
    if step is None:
        return "waiting", None
    client, obstacle = step
    return obstacle.value if obstacle else "connected", client


def _printer(call: Call) -> ManagedPrinter:
    """Find a virtual printer or proxy. Raises ServiceValidationError."""
    printer = call.hub.printers.get(call.data[ATTR_PRINTER_ID])
    if printer is None:
        raise _not_found(call.data[ATTR_PRINTER_ID])
    return printer


def _not_found(printer_id: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_found",
        translation_placeholders={"id": printer_id},
    )


@callback
def async_register_connecting(hass: HomeAssistant) -> None:
    """Register the subscription."""
    register(hass, CONNECT, _connect, PRINTER)


COMMANDS = (
    Command("printer/connection", Right.SEE, _connection, PRINTER),
    Command("printer/secret", Right.MANAGE, _secret, PRINTER),
    Command("printer/check", Right.WORK, _check, PRINTER),
    Command("printer/set", Right.MANAGE, _set, SET),
    Command(
        "printer/clear_plate",
        decide_with(ATTR_REPRINT, Right.WORK),
        _clear_plate,
        PRINTER | {vol.Optional(ATTR_VERDICT): VERDICT, **SAYING},
    ),
    Command("trust/commands", Right.MANAGE, _trust_commands, {}),
)
