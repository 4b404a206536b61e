"""Reads an action's fields: printers, archives, targets, plans, times and paths."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError, TemplateError
from homeassistant.helpers import entity_registry as er, service
from homeassistant.helpers.template import Template, is_template_string
from homeassistant.helpers.typing import UNDEFINED, UndefinedType

from ..const import DOMAIN
from ..engine.library.values.records import ArchiveQuery
from ..engine.library.values.sent_by import SentBy
from ..engine.library.values.timing import OwnQuiet, OwnSun
from ..hub import Hub, require_hub
from ..operations.pending import Notes
from ..operations.plans import PlanChanges, TimingChanges
from ..operations.targets import find_target
from ..operations.times import utc
from ..operations.verdicts import Saying
from ..printers.devices import async_printer_id
from .fields import (
    ATTR_BY,
    ATTR_CHEAPEST_BEFORE,
    ATTR_COPIES,
    ATTR_DUE,
    ATTR_FAVOURITE,
    ATTR_FILAMENT,
    ATTR_FILAMENT_RULE,
    ATTR_HOLD,
    ATTR_INSTANCE,
    ATTR_INTENT,
    ATTR_LINK,
    ATTR_NAME,
    ATTR_NOT_BEFORE,
    ATTR_NOTES,
    ATTR_ONLY_WHILE,
    ATTR_ONLY_WHILE_UNKNOWN,
    ATTR_OPTIONS,
    ATTR_PERSON,
    ATTR_PLATES,
    ATTR_PRINT_ANYWAY,
    ATTR_PRINTED,
    ATTR_PRIORITY,
    ATTR_PROJECT,
    ATTR_QUIET_HOURS,
    ATTR_REASON,
    ATTR_RECEIVED_AFTER,
    ATTR_RECEIVED_BEFORE,
    ATTR_REPRINT,
    ATTR_SEARCH,
    ATTR_SLICED_FOR,
    ATTR_SORT,
    ATTR_SUN,
    ATTR_TAGS,
    ATTR_TARGET,
    ATTR_VERDICT,
)
from .naming import as_called


def printer_id_of(hass: HomeAssistant, device_id: str | None) -> str | None:
    """Find the printer of a device. Raises ServiceValidationError."""
    if device_id is None:
        return None
    # Raises for a device of another integration.
    service.async_get_device_and_config_entry(
        hass, DOMAIN, device_id, include_child_devices=False
    )
    if (printer_id := async_printer_id(hass, device_id)) is None:
        raise not_a_virtual_printer()
    return printer_id


def not_a_virtual_printer() -> ServiceValidationError:
    """Return the error for a device that is not a virtual printer."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key="not_a_virtual_printer"
    )


def archive_query(
    hub: Hub, data: Mapping[str, Any], *, printer_id: str | None
) -> ArchiveQuery:
    """Read which archives are meant, from fields of `ARCHIVE_FILTERS`."""
    return ArchiveQuery(
        text=data[ATTR_SEARCH],
        sent_by=sent_by(hub, data),
        tags=data[ATTR_TAGS],
        printer_id=printer_id,
        sliced_for=data.get(ATTR_SLICED_FOR),
        project=data.get(ATTR_PROJECT),
        instance=data.get(ATTR_INSTANCE),
        favourite=data.get(ATTR_FAVOURITE),
        filament=data.get(ATTR_FILAMENT),
        printed=data.get(ATTR_PRINTED),
        received_from=time_of(data, ATTR_RECEIVED_AFTER),
        received_before=time_of(data, ATTR_RECEIVED_BEFORE),
        sort=data[ATTR_SORT],
    )


def instance_id_of(hub: Hub, data: Mapping[str, Any]) -> str | None:
    """Return the id of the Home Assistant that is named, by its name or id; None where none is."""
    name: str | None = data.get(ATTR_INSTANCE)
    if name is None:
        return None
    names = hub.coordinator.data.instances
    ids = {one.casefold(): instance_id for instance_id, one in names.items()}
    return ids.get(name.casefold(), name)


def sent_by(hub: Hub, data: Mapping[str, Any]) -> SentBy:
    """Read who sent what is meant, from fields of `SENT_BY`."""
    return SentBy(
        person=as_called(hub, data.get(ATTR_PERSON)), intent=data.get(ATTR_INTENT)
    )


def saying_of(data: Mapping[str, Any]) -> Saying | None:
    """Read what somebody says of a print, from fields of `SAYING`; None without a verdict."""
    if ATTR_VERDICT not in data:
        return None
    return Saying(
        verdict=data[ATTR_VERDICT],
        reason=data[ATTR_REASON],
        by=data[ATTR_BY],
        reprint=data.get(ATTR_REPRINT),
    )


def notes_of(data: Mapping[str, Any]) -> Notes:
    """Read what is to be written on an upload from an action's fields."""
    return Notes(
        name=data.get(ATTR_NAME),
        notes=data.get(ATTR_NOTES),
        tags=data.get(ATTR_TAGS),
        favourite=data.get(ATTR_FAVOURITE),
        project=data.get(ATTR_PROJECT),
        link=data.get(ATTR_LINK),
    )


def plan_changes(hass: HomeAssistant, data: Mapping[str, Any]) -> PlanChanges:
    """Read how jobs are to be made from an action's fields. Raises ServiceValidationError."""
    return PlanChanges(
        target=target_of(hass, data),
        plates=data.get(ATTR_PLATES),
        copies=data.get(ATTR_COPIES),
        hold=data.get(ATTR_HOLD),
        priority=data.get(ATTR_PRIORITY),
        not_before=changed_time_of(data, ATTR_NOT_BEFORE),
        due=changed_time_of(data, ATTR_DUE),
        options=data.get(ATTR_OPTIONS),
        filament_rule=data.get(ATTR_FILAMENT_RULE),
        print_anyway=data.get(ATTR_PRINT_ANYWAY),
        timing=timing_of(hass, data),
    )


def timing_of(hass: HomeAssistant, data: Mapping[str, Any]) -> TimingChanges:
    """Read what else jobs wait for from fields of `TIMING`. Raises ServiceValidationError."""
    if only_while := data.get(ATTR_ONLY_WHILE):
        check_condition(hass, only_while)
    return TimingChanges(
        only_while=only_while,
        only_while_unknown=data.get(ATTR_ONLY_WHILE_UNKNOWN),
        cheapest_before=changed_time_of(data, ATTR_CHEAPEST_BEFORE),
        quiet_hours=_quiet_hours_of(hass, data),
        sun=_sun_of(hass, data),
    )


def _quiet_hours_of(
    hass: HomeAssistant, data: Mapping[str, Any]
) -> OwnQuiet | None | UndefinedType:
    """Return what a field makes of a job's own quiet hours: others, none, or nothing when it is left out."""
    if ATTR_QUIET_HOURS not in data:
        return UNDEFINED
    said = data[ATTR_QUIET_HOURS] or {}
    begin, end = said.get("from"), said.get("until")
    schedule = said.get("schedule") or ""
    if (begin is None) != (end is None) or (begin is not None and begin == end):
        raise _invalid("quiet_times")
    if schedule:
        _check_entity(hass, schedule)
    if begin is None and not schedule:
        return None
    return OwnQuiet(
        begin=begin,
        end=end,
        schedule=schedule,
        scope=said["scope"],
        unknown=said["unknown"],
    )


def _sun_of(
    hass: HomeAssistant, data: Mapping[str, Any]
) -> OwnSun | None | UndefinedType:
    """Return what a field makes of the power that a job asks for: another one, none, or nothing when it is left out."""
    if ATTR_SUN not in data:
        return UNDEFINED
    said = data[ATTR_SUN] or {}
    if not (sensor := said.get("sensor")):
        return None
    if not said.get("limit"):
        raise _invalid("sun_needs_limit")
    _check_entity(hass, sensor)
    return OwnSun(
        sensor=sensor,
        limit_w=said["limit"],
        hysteresis_w=said["hysteresis"],
        unknown=said["unknown"],
    )


def _invalid(key: str) -> ServiceValidationError:
    return ServiceValidationError(translation_domain=DOMAIN, translation_key=key)


def check_condition(hass: HomeAssistant, text: str) -> None:
    """Make sure that a text is an entity that there is, or a template. Raises ServiceValidationError."""
    if is_template_string(text):
        try:
            Template(text, hass).ensure_valid()
        except TemplateError as err:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="invalid_template",
                translation_placeholders={"error": str(err)},
            ) from err
    else:
        _check_entity(hass, text.strip())


def _check_entity(hass: HomeAssistant, entity_id: str) -> None:
    if (
        hass.states.get(entity_id) is None
        and er.async_get(hass).async_get(entity_id) is None
    ):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_entity",
            translation_placeholders={"entity": entity_id},
        )


def target_of(hass: HomeAssistant, data: Mapping[str, Any]) -> str | None:
    """Return the target that is named, as plans call it. Raises ServiceValidationError when there is no such."""
    if (name := data.get(ATTR_TARGET)) is None:
        return None
    return find_target(hass, require_hub(hass).entry, name)


def time_of(data: Mapping[str, Any], key: str) -> datetime | None:
    """Return a time that an action's field names, in UTC; None when there is none."""
    moment: datetime | None = data.get(key)
    return None if moment is None else utc(moment)


def changed_time_of(
    data: Mapping[str, Any], key: str
) -> datetime | None | UndefinedType:
    """Return what a field makes of a time: another one, none, or nothing when it is left out."""
    return time_of(data, key) if key in data else UNDEFINED


async def async_check_path(hass: HomeAssistant, path: Path) -> None:
    """Make sure that Home Assistant may use this path. Raises ServiceValidationError, HomeAssistantError."""
    archives = require_hub(hass).archives
    try:
        allowed = await archives.run_outside(hass.config.is_allowed_path, str(path))
    except ValueError:
        # A character that no path can have.
        allowed = False
    if not allowed:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="path_not_allowed",
            translation_placeholders={"path": str(path)},
        )
