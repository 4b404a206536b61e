"""Actions on the people of virtual printers and their access codes. For administrators."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import voluptuous as vol

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..config.subentries import VirtualPrinterConfig
from ..const import DOMAIN, MAX_NAME_LENGTH
from ..engine.library.values.annotations import clean_tags
from ..engine.library.values.made import NOTHING, Amount
from ..hub import Hub, require_hub
from ..operations.errors import library_errors
from ..operations.limits import HOUR_S
from ..operations.people import (
    MAX_PEOPLE,
    MAX_PER_MONTH,
    NameTakenError,
    Person,
    TooManyPeopleError,
)
from ..operations.permissions import Right
from ..printers.devices import async_machine_id
from .action import Action
from .fields import ATTR_DEVICE_ID, ATTR_NAME, ATTR_TAGS, TAGS
from .lookup import not_a_virtual_printer, printer_id_of
from .naming import person_named

ATTR_ACCESS_CODE = "access_code"
ATTR_APPROVES = "approves"
ATTR_GRAMS = "grams_per_month"
ATTR_HOURS = "hours_per_month"
ATTR_MACHINES = "printers"
ATTR_PERSON_ID = "person_id"
ATTR_REVIEWED = "reviewed"
ATTR_USER = "user"

NAME = vol.All(cv.string, vol.Strip, vol.Length(min=1, max=MAX_NAME_LENGTH))
# Nothing is no limit.
LIMIT = vol.Maybe(vol.All(vol.Coerce(float), vol.Range(min=0, max=MAX_PER_MONTH)))
SETTINGS: dict[Any, Any] = {
    vol.Optional(ATTR_USER): cv.string,
    vol.Optional(ATTR_APPROVES): cv.boolean,
    vol.Optional(ATTR_REVIEWED): cv.boolean,
    vol.Optional(ATTR_TAGS): TAGS,
    vol.Optional(ATTR_MACHINES): vol.All(cv.ensure_list, [cv.string]),
    vol.Optional(ATTR_GRAMS): LIMIT,
    vol.Optional(ATTR_HOURS): LIMIT,
}
PERSON_SCHEMA = vol.Schema({vol.Required(ATTR_PERSON_ID): cv.string})
ADD_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Required(ATTR_NAME): NAME,
        vol.Optional(ATTR_ACCESS_CODE, default=True): cv.boolean,
        **SETTINGS,
    }
)
UPDATE_SCHEMA = PERSON_SCHEMA.extend({vol.Optional(ATTR_NAME): NAME, **SETTINGS})
LIST_SCHEMA = vol.Schema({vol.Optional(ATTR_DEVICE_ID): cv.string})


async def _add(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    config = _config(hub, printer_id_of(call.hass, call.data[ATTR_DEVICE_ID]))
    settings = await _settings(call)
    name = settings.pop(ATTR_NAME)
    with _errors(name):
        person = await hub.people.async_add(config.id, name, **settings)
    if call.data[ATTR_ACCESS_CODE]:
        return await async_make_code(hub, person)
    return _view(hub, person)


async def _update(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    person = person_of(hub, call.data[ATTR_PERSON_ID])
    settings = await _settings(call)
    with _errors(settings.get(ATTR_NAME, "")):
        person = await hub.people.async_change(person, **settings)
    # What is hidden from whom may be another.
    hub.coordinator.async_update_listeners()
    return _view(hub, person)


async def _renew_code(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    return await async_make_code(hub, person_of(hub, call.data[ATTR_PERSON_ID]))


async def _remove(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    person = person_of(hub, call.data[ATTR_PERSON_ID])
    await async_remove_person(hub, person)
    return _view(hub, person)


async def _list(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    printer_id = printer_id_of(call.hass, call.data.get(ATTR_DEVICE_ID))
    with library_errors():
        used = await hub.limits.used()
    return {
        "people": [
            _view(hub, person) | used_view(used.get(person.id, NOTHING))
            for person in hub.people.of_printer(printer_id)
        ],
        "renews_at": hub.limits.month.end.isoformat(),
    }


def used_view(used: Amount) -> dict[str, Any]:
    """Show how much somebody has had printed this month, in the units of the limits."""
    return {
        "grams_this_month": round(used.filament_g, 2),
        "hours_this_month": round(used.print_time_s / HOUR_S, 2),
    }


async def async_remove_person(hub: Hub, person: Person) -> None:
    """Remove somebody, and all that lets them in."""
    await hub.people.async_remove(person)
    await hub.door.keys.async_revoke_of(person.id)
    if printer := hub.printers.get(person.printer_id):
        printer.async_drop(person.id)
    hub.coordinator.async_update_listeners()


async def async_make_code(hub: Hub, person: Person) -> dict[str, Any]:
    """Make a code, and show it this once with what a slicer asks for beside it. The one before is good no more."""
    config = _config(hub, person.printer_id)
    code = await hub.people.async_new_code(person, taken=config.access_code)
    hub.printers[person.printer_id].async_drop(person.id)
    person = hub.people.get(person.id) or person
    return _view(hub, person) | {
        ATTR_ACCESS_CODE: code,
        "address": config.identity.address,
        "serial": config.serial,
        "steps": hub.texts(
            "person_steps",
            name=person.name,
            printer=config.name,
            address=config.identity.address,
            serial=config.serial,
            code=code,
        ),
    }


async def _settings(call: ServiceCall) -> dict[str, Any]:
    """Read what is to hold for somebody. Raises ServiceValidationError."""
    data = call.data
    settings: dict[str, Any] = {}
    if ATTR_NAME in data:
        settings[ATTR_NAME] = data[ATTR_NAME]
    if ATTR_USER in data:
        settings["user_id"] = await _user_id(call.hass, data[ATTR_USER].strip())
    if ATTR_APPROVES in data:
        settings["approves"] = data[ATTR_APPROVES]
    if ATTR_REVIEWED in data:
        settings["is_reviewed"] = data[ATTR_REVIEWED]
    if ATTR_TAGS in data:
        with library_errors():
            settings["tags"] = clean_tags(data[ATTR_TAGS])
    if ATTR_MACHINES in data:
        settings["machines"] = tuple(
            _machine_id(call.hass, device_id) for device_id in data[ATTR_MACHINES]
        )
    for attribute in (ATTR_GRAMS, ATTR_HOURS):
        if attribute in data:
            settings[attribute] = data[attribute]
    return settings


async def _user_id(hass: HomeAssistant, named: str) -> str:
    """Find a user: by a person's entity, the user's id or the user's name; an empty one is none. Raises ServiceValidationError."""
    if not named:
        return ""
    state = hass.states.get(named) if named.startswith("person.") else None
    wanted = state.attributes.get("user_id") if state else named
    for user in await hass.auth.async_get_users():
        if not user.system_generated and wanted in (user.id, user.name):
            return user.id
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="no_such_user",
        translation_placeholders={"user": named},
    )


def _machine_id(hass: HomeAssistant, device_id: str) -> str:
    """Find a real printer by its device. Raises ServiceValidationError."""
    return known_machine(require_hub(hass), async_machine_id(hass, device_id))


def known_machine(hub: Hub, machine_id: str | None) -> str:
    """Return the id if it is that of a real printer. Raises ServiceValidationError."""
    if machine_id is None or machine_id not in hub.machines.by_id:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_a_real_printer"
        )
    return machine_id


def _config(hub: Hub, printer_id: str | None) -> VirtualPrinterConfig:
    printer = hub.printers.get(printer_id or "")
    if printer is None or not isinstance(printer.config, VirtualPrinterConfig):
        raise not_a_virtual_printer()
    return printer.config


def person_of(hub: Hub, person_id: str) -> Person:
    """Find somebody by the ID or the name. Raises ServiceValidationError."""
    if person := person_named(hub, person_id):
        return person
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="no_such_person",
        translation_placeholders={"person_id": person_id},
    )


def _view(hub: Hub, person: Person) -> dict[str, Any]:
    """Show somebody, but for the code."""
    printer = hub.printers.get(person.printer_id)
    return {
        ATTR_PERSON_ID: person.id,
        "name": person.name,
        "printer": printer.config.name if printer else None,
        "user_id": person.user_id or None,
        ATTR_APPROVES: person.approves,
        ATTR_REVIEWED: person.is_reviewed,
        ATTR_TAGS: list(person.tags),
        "machine_ids": list(person.machines),
        ATTR_MACHINES: [
            hub.machines.by_id[each].name
            for each in person.machines
            if each in hub.machines.by_id
        ],
        ATTR_GRAMS: person.grams_per_month,
        ATTR_HOURS: person.hours_per_month,
        "has_access_code": person.has_code,
        "upload_keys": sum(
            key.person_id == person.id
            for key in hub.door.keys.of_printer(person.printer_id)
        ),
        "last_used_at": (
            person.last_used_at.isoformat() if person.last_used_at else None
        ),
        "last_used_from": person.last_used_from or None,
    }


@contextmanager
def _errors(name: str) -> Iterator[None]:
    """Say what keeps somebody from being added, or from being called so."""
    try:
        yield
    except NameTakenError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="person_name_taken",
            translation_placeholders={"name": name},
        ) from err
    except TooManyPeopleError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="too_many_people",
            translation_placeholders={"limit": str(MAX_PEOPLE)},
        ) from err


ACTIONS: tuple[Action, ...] = (
    Action("add_person", Right.MANAGE, _add, ADD_SCHEMA, SupportsResponse.ONLY),
    Action("update_person", Right.MANAGE, _update, UPDATE_SCHEMA),
    Action(
        "renew_access_code",
        Right.MANAGE,
        _renew_code,
        PERSON_SCHEMA,
        SupportsResponse.ONLY,
    ),
    Action("remove_person", Right.MANAGE, _remove, PERSON_SCHEMA),
    Action("list_people", Right.MANAGE, _list, LIST_SCHEMA, SupportsResponse.ONLY),
)
