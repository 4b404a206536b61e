"""The hub's flow; those of its options and of what is below it are in `flows`."""

from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    SubentryFlowContext,
)
from homeassistant.core import callback

from .const import (
    DOMAIN,
    SUBENTRY_PEOPLE,
    SUBENTRY_PRINTER,
    SUBENTRY_PROXY,
    SUBENTRY_VIRTUAL_PRINTER,
)
from .flows.certificate import CertificateSteps
from .flows.machine import MachineFlow
from .flows.options import HubOptionsFlow
from .flows.people import PeopleFlow
from .flows.proxy import ProxyFlow
from .flows.virtual_printer import VirtualPrinterFlow
from .language.texts import async_texts_in


class BambuVirtualPrinterConfigFlow(CertificateSteps, ConfigFlow, domain=DOMAIN):
    """Adds the hub: there is one, and it asks for nothing."""

    VERSION = 1

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Say what can be added below the hub."""
        return {
            SUBENTRY_VIRTUAL_PRINTER: VirtualPrinterFlow,
            SUBENTRY_PROXY: ProxyFlow,
            SUBENTRY_PRINTER: MachineFlow,
            SUBENTRY_PEOPLE: PeopleFlow,
        }

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> HubOptionsFlow:
        """Start the options flow."""
        return HubOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Confirm."""
        if user_input is None:
            return self.async_show_form(step_id="user")
        # The names of its entities begin with it: as they are, in the household's language.
        texts = await async_texts_in(self.hass, self.hass.config.language)
        return self.async_create_entry(title=texts("panel_title"), data={})

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go straight on to the first printer."""
        subentry_flow = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_VIRTUAL_PRINTER),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        result["next_flow"] = (
            FlowType.CONFIG_SUBENTRIES_FLOW,
            subentry_flow["flow_id"],
        )
        return result
