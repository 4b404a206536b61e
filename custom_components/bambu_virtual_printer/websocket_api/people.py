"""The commands on people: what they may have printed, how much of that is used up, and what holds for their files."""

from typing import Any

import voluptuous as vol

from homeassistant.helpers import config_validation as cv

from ..engine.library.values.annotations import clean_tags
from ..engine.library.values.made import NOTHING
from ..operations.errors import library_errors
from ..operations.limits import HOUR_S
from ..operations.people import Person
from ..operations.permissions import Right
from ..services.fields import ATTR_TAGS, TAGS
from ..services.people import (
    ATTR_GRAMS,
    ATTR_HOURS,
    ATTR_PERSON_ID,
    ATTR_REVIEWED,
    LIMIT,
    known_machine,
    person_of,
)
from .commands import Call, Command

ATTR_MACHINE_IDS = "machine_ids"

CHANGE: dict[Any, Any] = {
    vol.Required(ATTR_PERSON_ID): cv.string,
    vol.Optional(ATTR_REVIEWED): cv.boolean,
    vol.Optional(ATTR_TAGS): TAGS,
    vol.Optional(ATTR_MACHINE_IDS): [cv.string],
    vol.Optional(ATTR_GRAMS): LIMIT,
    vol.Optional(ATTR_HOURS): LIMIT,
}


async def _list(call: Call) -> dict[str, Any]:
    people = await call.hub.permissions.own_people()
    return {
        "people": await _shown(call, *people),
        "renews_at": call.hub.limits.month.end.isoformat(),
    }


async def _change(call: Call) -> dict[str, Any]:
    hub, data = call.hub, call.data
    person = person_of(hub, data[ATTR_PERSON_ID])
    settings: dict[str, Any] = {
        key: data[key] for key in (ATTR_GRAMS, ATTR_HOURS) if key in data
    }
    if ATTR_REVIEWED in data:
        settings["is_reviewed"] = data[ATTR_REVIEWED]
    if ATTR_TAGS in data:
        with library_errors():
            settings["tags"] = clean_tags(data[ATTR_TAGS])
    if ATTR_MACHINE_IDS in data:
        settings["machines"] = tuple(
            known_machine(hub, machine_id) for machine_id in data[ATTR_MACHINE_IDS]
        )
    person = await hub.people.async_change(person, **settings)
    # What is hidden from whom may be another.
    hub.coordinator.async_update_listeners()
    (shown,) = await _shown(call, person)
    return shown


async def _shown(call: Call, *people: Person) -> list[dict[str, Any]]:
    hub = call.hub
    with library_errors():
        used = await hub.limits.used()
    shown = []
    for person in people:
        printer = hub.printers.get(person.printer_id)
        amount = used.get(person.id, NOTHING)
        hours = person.hours_per_month
        shown.append(
            {
                "person_id": person.id,
                "name": person.name,
                "printer": printer.config.name if printer else "",
                "reviewed": person.is_reviewed,
                "tags": list(person.tags),
                "machine_ids": list(person.machines),
                "filament_g": round(amount.filament_g, 2),
                "limit_g": person.grams_per_month,
                "print_time_s": round(amount.print_time_s),
                "limit_s": None if hours is None else round(hours * HOUR_S),
            }
        )
    return shown


COMMANDS = (
    Command("people/list", Right.SEE, _list, {}),
    Command("people/change", Right.MANAGE, _change, CHANGE),
)
