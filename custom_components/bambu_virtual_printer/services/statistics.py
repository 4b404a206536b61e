"""The action on what was archived and printed over time."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import voluptuous as vol

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv

from ..engine.library.values.sent_by import SentBy
from ..hub import Hub, require_hub
from ..operations.made import Period, Sums, made_in_periods
from ..operations.permissions import Right
from .action import Action
from .fields import ATTR_PERSON
from .naming import as_called

ATTR_BY = "by"
ATTR_FROM = "from"
ATTR_TO = "to"

STATISTICS: dict[Any, Any] = {
    vol.Optional(ATTR_BY, default=Period.WEEK.value): vol.All(
        vol.In([period.value for period in Period]), Period
    ),
    vol.Optional(ATTR_FROM): cv.date,
    vol.Optional(ATTR_TO): cv.date,
    vol.Optional(ATTR_PERSON): cv.string,
}


async def statistics_of(hub: Hub, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was archived and printed, by fields of `STATISTICS`. Raises HomeAssistantError."""
    found = await made_in_periods(
        hub.library,
        data[ATTR_BY],
        data.get(ATTR_FROM),
        data.get(ATTR_TO),
        SentBy(
            person=as_called(hub, data.get(ATTR_PERSON)),
            hidden=await hub.permissions.hidden(),
        ),
    )
    names = {target_id: shown.name for target_id, shown in hub.wording.targets.items()}
    return {
        "series": [
            {"start": begin.isoformat(), **_shown(sums)}
            for begin, sums in sorted(found.periods.items())
        ],
        "groups": {
            "materials": _groups(found.materials),
            "printers": _groups(
                {names.get(each, each): sums for each, sums in found.machines.items()}
            ),
            "projects": _groups(found.projects),
            "people": _groups(found.people),
        },
    }


def _groups(groups: dict[str, Sums]) -> list[dict[str, Any]]:
    """Show groups, those of most prints first."""
    ordered = sorted(groups.items(), key=lambda item: (-item[1].prints, item[0]))
    return [{"value": value, **_shown(sums)} for value, sums in ordered]


def _shown(sums: Sums) -> dict[str, Any]:
    return asdict(sums) | {
        "filament_g": round(sums.filament_g, 2),
        "cost": round(sums.cost, 2),
        "energy_kwh": round(sums.energy_kwh, 3),
        "energy_cost": round(sums.energy_cost, 2),
    }


async def _get_statistics(call: ServiceCall) -> ServiceResponse:
    return await statistics_of(require_hub(call.hass), call.data)


ACTIONS: tuple[Action, ...] = (
    Action(
        "get_statistics",
        Right.SEE,
        _get_statistics,
        vol.Schema(STATISTICS),
        SupportsResponse.ONLY,
    ),
)
