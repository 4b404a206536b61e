"""Actions on the set-up: check a printer; export, import and renew certificates. The latter are for administrators."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import voluptuous as vol

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..const import DOMAIN
from ..engine.explanations import why_failed
from ..engine.pki.transfer import (
    CaCandidate,
    CaFacts,
    CaProblem,
    CaTransferError,
    compare,
    new_ca,
)
from ..hub import Hub, require_hub
from ..language.texts import Texts
from ..operations.permissions import Right
from ..views.ca_export import read_candidate
from .action import Action
from .fields import ATTR_DEVICE_ID, ATTR_PATH
from .lookup import async_check_path, not_a_virtual_printer, printer_id_of

ATTR_NEW_CA = "new_ca"
ATTR_PASSWORD = "password"
ATTR_REPLACE = "replace"

CHECK_SCHEMA = vol.Schema({vol.Required(ATTR_DEVICE_ID): cv.string})


def _no_password(_value: Any) -> None:
    """Refuse a password while the call is validated: what an action is called with is recorded after that."""
    raise _needs_password()


EXPORT_SCHEMA = vol.Schema({vol.Optional(ATTR_PASSWORD): _no_password})
IMPORT_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_PATH): cv.path,
        vol.Optional(ATTR_PASSWORD): _no_password,
        vol.Optional(ATTR_REPLACE, default=False): cv.boolean,
    }
)
RENEW_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_NEW_CA, default=False): cv.boolean,
        vol.Optional(ATTR_REPLACE, default=False): cv.boolean,
    }
)


async def _check_setup(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    printer_id = printer_id_of(call.hass, call.data[ATTR_DEVICE_ID])
    printer = hub.printers.get(printer_id or "")
    if printer is None:
        raise not_a_virtual_printer()
    return (await hub.setup_checks.async_run(printer)).as_dict(hub.texts)


async def _export_ca(call: ServiceCall) -> ServiceResponse:
    """Name the flow that exports. The action is kept for older automations, whose error names the flow."""
    raise _needs_password()


async def _import_ca(call: ServiceCall) -> ServiceResponse:
    path = Path(call.data[ATTR_PATH])
    await async_check_path(call.hass, path)
    try:
        candidate = await require_hub(call.hass).archives.run_outside(
            read_candidate, [path], None
        )
    except CaTransferError as err:
        if err.problem is CaProblem.PASSWORD_NEEDED:
            raise _needs_password() from err
        raise _refused(call.hass, err) from err
    except OSError as err:
        raise _refused(call.hass, err) from err
    return await _compare(call, candidate)


async def _renew_certificates(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    if call.data[ATTR_NEW_CA]:
        if not call.data[ATTR_REPLACE]:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="new_ca_unconfirmed",
                translation_placeholders={
                    "fingerprint": hub.certificates.authority.sha256_fingerprint
                },
            )
        candidate = await call.hass.async_add_executor_job(new_ca)
        return await _compare(call, candidate)
    try:
        count = await hub.certificates.async_renew()
    except OSError as err:
        raise _not_written(call.hass, err) from err
    return {"renewed": count}


async def _compare(call: ServiceCall, candidate: CaCandidate) -> ServiceResponse:
    """Show both CAs; replace ours only if that was asked for."""
    hub: Hub = require_hub(call.hass)
    shown = compare(hub.certificates.authority, candidate)
    replace = call.data[ATTR_REPLACE] and not shown.same
    if replace:
        try:
            await hub.certificates.async_replace(candidate)
        except OSError as err:
            raise _not_written(call.hass, err) from err
    return {
        "current": _facts(shown.current),
        "offered": _facts(shown.offered),
        "replaced": replace,
    }


def _facts(facts: CaFacts) -> dict[str, Any]:
    return {
        key: value if isinstance(value, str) else value.isoformat()
        for key, value in asdict(facts).items()
    }


def _needs_password() -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key="ca_password_in_flow"
    )


def _refused(hass: HomeAssistant, err: Exception) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="ca_refused",
        translation_placeholders={"reason": Texts(hass).explained(why_failed(err))},
    )


def _not_written(hass: HomeAssistant, err: OSError) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="ca_not_written",
        translation_placeholders={"reason": Texts(hass).explained(why_failed(err))},
    )


ACTIONS: tuple[Action, ...] = (
    Action(
        "check_setup", Right.WORK, _check_setup, CHECK_SCHEMA, SupportsResponse.ONLY
    ),
    Action("export_ca", Right.MANAGE, _export_ca, EXPORT_SCHEMA, SupportsResponse.ONLY),
    Action("import_ca", Right.MANAGE, _import_ca, IMPORT_SCHEMA),
    Action("renew_certificates", Right.MANAGE, _renew_certificates, RENEW_SCHEMA),
)
