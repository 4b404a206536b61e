"""The command on what people may have printed, and how much of that is used up."""

from typing import Any

from ..engine.library.values.made import NOTHING
from ..operations.errors import library_errors
from ..operations.limits import HOUR_S
from ..operations.permissions import Right
from .commands import Call, Command


async def _list(call: Call) -> dict[str, Any]:
    hub = call.hub
    people = await hub.permissions.own_people()
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
                "machine_ids": list(person.machines),
                "filament_g": round(amount.filament_g, 2),
                "limit_g": person.grams_per_month,
                "print_time_s": round(amount.print_time_s),
                "limit_s": None if hours is None else round(hours * HOUR_S),
            }
        )
    return {"people": shown, "renews_at": hub.limits.month.end.isoformat()}


COMMANDS = (Command("people/list", Right.SEE, _list, {}),)
