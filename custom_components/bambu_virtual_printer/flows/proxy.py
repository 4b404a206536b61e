"""The flow of a proxy: a virtual printer that relays to a real one."""

from types import MappingProxyType
from typing import Any, override

import voluptuous as vol

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentry,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from ..config.subentries import (
    MachineConfig,
    ProxyConfig,
    machine_configs,
    printer_configs,
)
from ..const import (
    CONF_ADVERTISE_IP,
    CONF_BIND_IP,
    CONF_ENABLED,
    CONF_PRINTER_ID,
    CONF_SERIAL,
    CONF_TERMINATE_FTPS,
    MAX_NAME_LENGTH,
    SECTION_NETWORK,
    SUBENTRY_PRINTER,
    SUBENTRY_PROXY,
)
from ..hub import Hub, HubConfigEntry
from ..views.certificates import async_certificate_links
from .forms import (
    OTHER_ADDRESS,
    AddressField,
    FormErrors,
    async_address_complaint,
    async_address_field,
    async_networks_url,
    is_host_address,
    is_name,
)
from .real_printer import RealPrinterSteps


class ProxyFlow(RealPrinterSteps):
    """Adds a proxy, or changes one; and before that a real printer when there is none."""

    _types_address = False
    # What there is to say of the proxy that was added.
    _added: dict[str, str]

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a proxy."""
        return await self._async_step("user", None, user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a proxy."""
        subentry = self._get_reconfigure_subentry()
        current = printer_configs(self._get_entry()).get(subentry.subentry_id)
        if not isinstance(current, ProxyConfig):
            # Its real printer was removed: begin with what is left.
            current = None
        return await self._async_step("reconfigure", current, user_input)

    async def _async_step(
        self,
        step_id: str,
        current: ProxyConfig | None,
        user_input: dict[str, Any] | None,
    ) -> SubentryFlowResult:
        entry: HubConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="hub_not_loaded")
        machines = machine_configs(entry)
        if not machines:
            return await self.async_step_real_printer()
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            if user_input[CONF_BIND_IP] == OTHER_ADDRESS:
                self._types_address = True
                user_input[CONF_BIND_IP] = ""
            name = user_input[CONF_NAME].strip()
            data = _data(user_input, enabled=current.enabled if current else True)
            errors, placeholders = await _async_check(
                self.hass, entry.runtime_data, current, name, data, machines
            )
            if not errors:
                if step_id == "user":
                    return await self._async_add(
                        name, data, machines[data[CONF_PRINTER_ID]]
                    )
                return self.async_update_and_abort(
                    entry, self._get_reconfigure_subentry(), title=name, data=data
                )
        address = await async_address_field(
            self.hass, entry.runtime_data, current, typed=self._types_address
        )
        suggested = {CONF_BIND_IP: address.suggested, **_suggestions(current)}
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                self._schema(machines, address, opened=SECTION_NETWORK in errors),
                user_input or suggested,
            ),
            errors=errors,
            description_placeholders=placeholders
            | {"networks_url": await async_networks_url(self.hass)},
        )

    async def async_step_real_printer(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the real printer that a proxy needs."""
        return await self._async_choose("real_printer", user_input)

    @override
    async def _async_finish(
        self, step_id: str, name: str, data: dict[str, Any]
    ) -> SubentryFlowResult:
        """Keep the real printer, and go on with the proxy."""
        entry: HubConfigEntry = self._get_entry()
        self.hass.config_entries.async_add_subentry(
            entry,
            ConfigSubentry(
                data=MappingProxyType(data),
                subentry_type=SUBENTRY_PRINTER,
                title=name,
                unique_id=data[CONF_SERIAL],
            ),
        )
        await entry.runtime_data.async_sync()
        if self.source == SOURCE_RECONFIGURE:
            return await self.async_step_reconfigure()
        return await self.async_step_user()

    async def _async_add(
        self, name: str, data: dict[str, Any], machine: MachineConfig
    ) -> SubentryFlowResult:
        """Keep and start the proxy, so that it runs although the dialog is closed, then show how slicers reach it."""
        subentry = ConfigSubentry(
            data=MappingProxyType(data),
            subentry_type=SUBENTRY_PROXY,
            title=name,
            unique_id=None,
        )
        entry: HubConfigEntry = self._get_entry()
        self.hass.config_entries.async_add_subentry(entry, subentry)
        await entry.runtime_data.async_sync()
        config = ProxyConfig.from_data(subentry.subentry_id, name, data, machine)
        self._added = {
            "printer": name,
            "real_printer": machine.name,
            "address": config.identity.address,
        }
        return await self.async_step_connect()

    async def async_step_connect(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show how slicers reach the proxy, and make them trust it."""
        if user_input is not None:
            return self.async_abort(
                reason="proxy_added", description_placeholders=self._added
            )
        return self.async_show_form(
            step_id="connect",
            data_schema=vol.Schema({}),
            description_placeholders=self._added | async_certificate_links(self.hass),
        )

    def _schema(
        self, machines: dict[str, MachineConfig], address: AddressField, *, opened: bool
    ) -> vol.Schema:
        return vol.Schema(
            {
                vol.Required(CONF_NAME): TextSelector(),
                vol.Required(CONF_PRINTER_ID): SelectSelector(
                    SelectSelectorConfig(
                        options=[
                            SelectOptionDict(value=machine.id, label=machine.name)
                            for machine in machines.values()
                        ],
                        mode=SelectSelectorMode.DROPDOWN,
                    )
                ),
                vol.Required(CONF_BIND_IP): address.selector,
                vol.Required(SECTION_NETWORK): section(
                    vol.Schema(
                        {
                            vol.Optional(CONF_ADVERTISE_IP): TextSelector(),
                            vol.Required(
                                CONF_TERMINATE_FTPS, default=False
                            ): BooleanSelector(),
                        }
                    ),
                    # An error inside has to be seen.
                    {"collapsed": not opened},
                ),
            }
        )


def _suggestions(current: ProxyConfig | None) -> dict[str, Any]:
    if current is None:
        return {}
    return {
        CONF_NAME: current.name,
        CONF_PRINTER_ID: current.target_id,
        CONF_BIND_IP: current.bind_ip,
        SECTION_NETWORK: {
            CONF_ADVERTISE_IP: current.advertise_ip,
            CONF_TERMINATE_FTPS: current.terminate_ftps,
        },
    }


def _data(user_input: dict[str, Any], *, enabled: bool) -> dict[str, Any]:
    network = {
        key: value for key, value in user_input[SECTION_NETWORK].items() if value != ""
    }
    return {
        CONF_PRINTER_ID: user_input[CONF_PRINTER_ID],
        CONF_BIND_IP: user_input[CONF_BIND_IP],
        SECTION_NETWORK: network,
        CONF_ENABLED: enabled,
    }


async def _async_check(
    hass: HomeAssistant,
    hub: Hub,
    current: ProxyConfig | None,
    name: str,
    data: dict[str, Any],
    machines: dict[str, MachineConfig],
) -> FormErrors:
    """Check names and addresses, that no other printer has the address, and that its ports can really be bound."""
    if not is_name(name):
        return {CONF_NAME: "invalid_name"}, {"max_length": str(MAX_NAME_LENGTH)}
    machine = machines[data[CONF_PRINTER_ID]]
    if not is_host_address(data[CONF_BIND_IP]):
        return {CONF_BIND_IP: "invalid_ip"}, {}
    advertise_ip = data[SECTION_NETWORK].get(CONF_ADVERTISE_IP)
    if advertise_ip and not is_host_address(advertise_ip):
        return {SECTION_NETWORK: "invalid_advertise_ip"}, {}
    if machine.host in {data[CONF_BIND_IP], advertise_ip}:
        return {CONF_BIND_IP: "is_the_printer"}, {}
    config = ProxyConfig.from_data(current.id if current else "", name, data, machine)
    return await async_address_complaint(hass, hub, current, config)
