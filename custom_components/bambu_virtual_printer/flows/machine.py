"""The flow of a real printer."""

from collections.abc import Mapping
from typing import Any, override

import voluptuous as vol

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..config.subentries import MachineConfig, slot_of
from ..const import (
    CONF_FINGERPRINT,
    CONF_NEEDS_KNOWN_FILAMENT,
    CONF_PHOTOGRAPH,
    CONF_PRINT_FROM_QUEUE,
    CONF_SERIAL,
    CONF_SPOOL_SENSOR,
    CONF_SPOOL_SENSORS,
    CONF_SPOOL_SLOT,
    CONF_WAIT_FOR_PLATE,
    CONF_WHEN,
    SECTION_POWER,
)
from ..engine.machines.values import SpoolPlace
from ..hub import Hub
from ..presentation import place_name
from ..presentation.documentation import documentation_url
from .power_form import POWER_SCHEMA, check_power
from .real_printer import RealPrinterSteps
from .when_form import SCHEMA, check_rules, rules_of

CHOSEN_ELSEWHERE = (
    CONF_NEEDS_KNOWN_FILAMENT,
    CONF_PHOTOGRAPH,
    CONF_PRINT_FROM_QUEUE,
    CONF_SPOOL_SENSORS,
    CONF_WAIT_FOR_PLATE,
    CONF_WHEN,
    SECTION_POWER,
)
"""What is chosen by switches and in other steps, which stays when the connection is changed."""


class MachineFlow(RealPrinterSteps):
    """Adds a real printer, or changes one."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose among those that are known, or type one in."""
        return await self._async_choose("user", user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to change."""
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=["connection", "spools", "when", SECTION_POWER],
        )

    async def async_step_connection(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change how a printer is reached; proxies follow."""
        subentry = self._get_reconfigure_subentry()
        return await self._async_ask(
            "connection", user_input, {CONF_NAME: subentry.title, **subentry.data}
        )

    async def async_step_spools(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose the sensors that tell how much is left on the spools."""
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="hub_not_loaded")
        subentry = self._get_reconfigure_subentry()
        bound: list[dict[str, str]] = list(subentry.data.get(CONF_SPOOL_SENSORS, ()))
        errors: dict[str, str] = {}
        if user_input is not None:
            bound = user_input.get(CONF_SPOOL_SENSORS, [])
            slots = [one[CONF_SPOOL_SLOT] for one in bound]
            if len(set(slots)) == len(slots):
                return self.async_update_and_abort(
                    entry, subentry, data={**subentry.data, CONF_SPOOL_SENSORS: bound}
                )
            errors[CONF_SPOOL_SENSORS] = "slot_twice"
        hub: Hub = entry.runtime_data
        config = MachineConfig.from_data(
            subentry.subentry_id, subentry.title, subentry.data
        )
        places = _places(hub, config)
        schema = vol.Schema(
            {
                vol.Optional(CONF_SPOOL_SENSORS): ObjectSelector(
                    ObjectSelectorConfig(
                        multiple=True,
                        label_field=CONF_SPOOL_SENSOR,
                        description_field=CONF_SPOOL_SLOT,
                        translation_key=CONF_SPOOL_SENSORS,
                        fields={
                            CONF_SPOOL_SLOT: ObjectSelectorField(
                                required=True,
                                selector=SelectSelector(
                                    SelectSelectorConfig(
                                        options=[
                                            SelectOptionDict(
                                                value=slot_of(place),
                                                label=place_name(place, hub.texts),
                                            )
                                            for place in places
                                        ],
                                        mode=SelectSelectorMode.DROPDOWN,
                                    )
                                ),
                            ),
                            CONF_SPOOL_SENSOR: ObjectSelectorField(
                                required=True,
                                selector=EntitySelector(
                                    EntitySelectorConfig(domain=SENSOR_DOMAIN)
                                ),
                            ),
                        },
                    )
                )
            }
        )
        return self.async_show_form(
            step_id="spools",
            data_schema=self.add_suggested_values_to_schema(
                schema, {CONF_SPOOL_SENSORS: bound}
            ),
            errors=errors,
            description_placeholders={
                "printer": subentry.title,
                "docs": documentation_url(self.hass, "printing"),
            },
        )

    async def async_step_when(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose when it may print."""
        subentry = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        rules: Mapping[str, Any] = subentry.data.get(CONF_WHEN, {})
        if user_input is not None:
            rules = rules_of(user_input)
            errors = check_rules(self.hass, rules)
            if not errors:
                return self.async_update_and_abort(
                    self._get_entry(),
                    subentry,
                    data={**subentry.data, CONF_WHEN: rules},
                )
        return self.async_show_form(
            step_id="when",
            data_schema=self.add_suggested_values_to_schema(SCHEMA, rules),
            errors=errors,
            description_placeholders={
                "printer": subentry.title,
                "docs": documentation_url(self.hass, "when"),
            },
        )

    async def async_step_power(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change how it gets its power."""
        subentry = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        shown: Mapping[str, Any] = subentry.data.get(SECTION_POWER, {})
        if user_input is not None:
            shown = user_input
            errors = check_power(self.hass, user_input)
            if not errors:
                return self.async_update_and_abort(
                    self._get_entry(),
                    subentry,
                    data={**subentry.data, SECTION_POWER: user_input},
                )
        return self.async_show_form(
            step_id=SECTION_POWER,
            data_schema=self.add_suggested_values_to_schema(POWER_SCHEMA, shown),
            errors=errors,
            description_placeholders={
                "printer": subentry.title,
                "docs": documentation_url(self.hass, "printing"),
                "currency": self.hass.config.currency,
            },
        )

    @override
    async def _async_finish(
        self, step_id: str, name: str, data: dict[str, Any]
    ) -> SubentryFlowResult:
        if step_id == "connection":
            known = self._get_reconfigure_subentry().data
            chosen = {key: known[key] for key in CHOSEN_ELSEWHERE if key in known}
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=name,
                data=data | chosen,
                unique_id=data[CONF_SERIAL],
            )
        return self.async_create_entry(
            title=name, data=data, unique_id=data[CONF_SERIAL]
        )

    @override
    def _known_pin(self, answers: Mapping[str, Any]) -> str | None:
        """Return the fingerprint that was confirmed for this printer before."""
        if self.source != SOURCE_RECONFIGURE:
            return None
        known = self._get_reconfigure_subentry().data
        if known[CONF_SERIAL] != answers[CONF_SERIAL]:
            return None
        return known.get(CONF_FINGERPRINT)


def _places(hub: Hub, config: MachineConfig) -> list[SpoolPlace]:
    """List the places for spools: those that the printer has, and those that have a sensor already."""
    machine = hub.machines.by_id.get(config.id)
    found = [spool.place for spool in machine.state.spools] if machine else []
    return list(dict.fromkeys([*found, *config.spool_sensors]))
