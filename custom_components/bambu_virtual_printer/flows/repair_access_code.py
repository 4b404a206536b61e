"""The repair of a real printer that refuses its stored access code: asks for the new one, and tries it."""

from dataclasses import replace
from typing import Any

import voluptuous as vol

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..config.subentries import machine_configs
from ..const import CONF_ACCESS_CODE, DOMAIN
from ..engine.machines.check import Problem
from ..hub import HubConfigEntry

SCHEMA = vol.Schema(
    {
        vol.Required(CONF_ACCESS_CODE): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD)
        )
    }
)


class AccessCodeRepairFlow(RepairsFlow):
    """Asks until the printer accepts the code or does not answer."""

    def __init__(self, machine_id: str) -> None:
        """Remember the printer, by its subentry."""
        self._machine_id = machine_id

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_code()

    async def async_step_code(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask for the code."""
        entry: HubConfigEntry = self.hass.config_entries.async_entries(DOMAIN)[0]
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="hub_not_loaded")
        machine = machine_configs(entry).get(self._machine_id)
        if machine is None:
            return self.async_abort(reason="printer_gone")
        errors: dict[str, str] = {}
        if user_input is not None:
            code = user_input[CONF_ACCESS_CODE]
            check = await entry.runtime_data.machines.async_check(
                replace(machine, access_code=code)
            )
            match check.mqtt.problem:
                case None:
                    subentry = entry.subentries[self._machine_id]
                    self.hass.config_entries.async_update_subentry(
                        entry, subentry, data={**subentry.data, CONF_ACCESS_CODE: code}
                    )
                    return self.async_create_entry(data={})
                case Problem.WRONG_CODE:
                    errors[CONF_ACCESS_CODE] = "wrong_code"
                case Problem.UNVERIFIED:
                    errors["base"] = "unverified"
                case _:
                    errors["base"] = "unreachable"
        return self.async_show_form(
            step_id="code",
            data_schema=SCHEMA,
            errors=errors,
            description_placeholders={"printer": machine.name},
        )
