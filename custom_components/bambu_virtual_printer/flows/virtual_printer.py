"""The form of a virtual printer, new or changed."""

from collections.abc import Collection, Mapping
import itertools
import re
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigEntryState, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..config.access_codes import new_access_code
from ..config.subentries import (
    DEFAULT_FTPS_PORT,
    DEFAULT_MODEL_CODE,
    FILING_LIMITS,
    MODEL_NAMES,
    VirtualPrinterConfig,
    filing_fits,
    free_slot,
    machine_configs,
    printer_configs,
)
from ..const import (
    CONF_ACCESS_CODE,
    CONF_ADVERTISE_IP,
    CONF_ALLOW_CONTROL,
    CONF_BIND_IP,
    CONF_DUPLICATES,
    CONF_ENABLED,
    CONF_FILAMENT_RULE,
    CONF_FILE_TUNNEL,
    CONF_FTPS_PORT,
    CONF_HOLD,
    CONF_MODE,
    CONF_MODEL,
    CONF_ON_PRINT,
    CONF_PASV_ADDRESS,
    CONF_PROJECT,
    CONF_SERIAL_SUFFIX,
    CONF_SHOWS,
    CONF_SLOT,
    CONF_TAGS,
    CONF_TARGET,
    MAX_NAME_LENGTH,
    MODES,
    SECTION_FILING,
    SECTION_NETWORK,
)
from ..engine.library.values.targets import TARGET_ANY
from ..engine.values import DuplicatePolicy, FilamentRule, OnPrint, Shows
from ..hub import Hub, HubConfigEntry
from ..operations.targets import named_targets
from .first_slicer import FirstSlicerSteps
from .forms import (
    NO_ADDRESS,
    OTHER_ADDRESS,
    AddressField,
    FormErrors,
    async_address_complaint,
    async_address_field,
    async_networks_url,
    is_host_address,
    is_name,
)

DEFAULT_NAME = "Home Assistant"

# What Bambu Studio's own dialog lets a person type.
ACCESS_CODE = re.compile(r"[A-Za-z0-9]{8}")


class VirtualPrinterFlow(FirstSlicerSteps):
    """Adds a virtual printer, or changes one."""

    _types_address = False

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a printer."""
        return await self._async_step("user", None, user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a printer."""
        subentry = self._get_reconfigure_subentry()
        return await self._async_step(
            "reconfigure", VirtualPrinterConfig.from_subentry(subentry), user_input
        )

    async def _async_step(
        self,
        step_id: str,
        current: VirtualPrinterConfig | None,
        user_input: dict[str, Any] | None,
    ) -> SubentryFlowResult:
        entry: HubConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="hub_not_loaded")
        hub = entry.runtime_data
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        has_no_address = False
        if user_input is not None:
            if user_input[CONF_BIND_IP] == OTHER_ADDRESS:
                self._types_address = True
                user_input[CONF_BIND_IP] = ""
            elif user_input[CONF_BIND_IP] == NO_ADDRESS:
                user_input[CONF_BIND_IP] = ""
                has_no_address = True
            name = user_input.pop(CONF_NAME).strip()
            errors, placeholders = _check_fields(
                name, user_input, has_no_address=has_no_address
            )
            if not errors:
                data = await self._async_data(hub, current, user_input)
                config = VirtualPrinterConfig.from_data(
                    current.id if current else "", name, data
                )
                errors, placeholders = _check_shown(config, entry)
                if not errors:
                    errors, placeholders = await async_address_complaint(
                        self.hass, hub, current, config
                    )
                if not errors:
                    return await self._async_finish(current, name, data)
            user_input = {CONF_NAME: name, **user_input}
            if has_no_address:
                user_input[CONF_BIND_IP] = NO_ADDRESS
        address = await async_address_field(
            self.hass, hub, current, typed=self._types_address, or_none=True
        )
        suggested = {
            CONF_BIND_IP: address.suggested,
            **_suggestions(current, self._get_entry()),
        }
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                self._schema(
                    address,
                    opened=errors,
                    shows=current.shows if current else Shows.TARGET,
                ),
                user_input or suggested,
            ),
            errors=errors,
            description_placeholders=placeholders
            | {"networks_url": await async_networks_url(self.hass)},
        )

    async def _async_data(
        self, hub: Hub, current: VirtualPrinterConfig | None, user_input: dict[str, Any]
    ) -> dict[str, Any]:
        """Complete what was typed to what a subentry holds."""
        if current:
            kept = {
                CONF_SERIAL_SUFFIX: current.serial_suffix,
                CONF_SLOT: current.slot,
                CONF_ENABLED: current.enabled,
            }
        else:
            others = printer_configs(self._get_entry()).values()
            kept = {
                CONF_SERIAL_SUFFIX: await hub.async_new_serial_suffix(),
                CONF_SLOT: free_slot(
                    {
                        other.slot
                        for other in others
                        if isinstance(other, VirtualPrinterConfig)
                    }
                ),
                CONF_ENABLED: True,
            }
        typed = dict(user_input)
        typed[SECTION_NETWORK] = {
            key: int(value) if key == CONF_FTPS_PORT else value
            for key, value in user_input[SECTION_NETWORK].items()
            if value != ""
        }
        return typed | kept

    async def _async_finish(
        self, current: VirtualPrinterConfig | None, name: str, data: Mapping[str, Any]
    ) -> SubentryFlowResult:
        if current is None:
            return await self.async_add_and_wait(name, data, data[CONF_SERIAL_SUFFIX])
        return self.async_update_and_abort(
            self._get_entry(), self._get_reconfigure_subentry(), title=name, data=data
        )

    def _schema(
        self, address: AddressField, *, opened: Collection[str], shows: Shows
    ) -> vol.Schema:
        return vol.Schema(
            {
                vol.Required(CONF_NAME): TextSelector(),
                vol.Required(CONF_MODEL): SelectSelector(
                    SelectSelectorConfig(
                        options=[
                            SelectOptionDict(value=code, label=name)
                            for code, name in MODEL_NAMES.items()
                        ],
                        mode=SelectSelectorMode.DROPDOWN,
                    )
                ),
                vol.Required(CONF_MODE): SelectSelector(
                    SelectSelectorConfig(
                        options=[mode.value for mode in MODES],
                        translation_key=CONF_MODE,
                    )
                ),
                vol.Required(CONF_ACCESS_CODE): TextSelector(
                    TextSelectorConfig(type=TextSelectorType.PASSWORD)
                ),
                vol.Required(CONF_BIND_IP): address.selector,
                vol.Required(SECTION_FILING): section(
                    vol.Schema(
                        {
                            vol.Optional(CONF_TAGS): TextSelector(
                                TextSelectorConfig(multiple=True)
                            ),
                            vol.Optional(CONF_PROJECT): TextSelector(),
                            vol.Required(CONF_TARGET): SelectSelector(
                                SelectSelectorConfig(
                                    options=_target_options(self._get_entry()),
                                    translation_key=CONF_TARGET,
                                )
                            ),
                            vol.Required(
                                CONF_SHOWS, default=shows.value
                            ): SelectSelector(
                                SelectSelectorConfig(
                                    options=[choice.value for choice in Shows],
                                    translation_key=CONF_SHOWS,
                                )
                            ),
                            vol.Required(
                                CONF_ALLOW_CONTROL, default=False
                            ): BooleanSelector(),
                            vol.Required(CONF_HOLD): BooleanSelector(),
                            vol.Required(
                                CONF_DUPLICATES, default=DuplicatePolicy.KEEP.value
                            ): SelectSelector(
                                SelectSelectorConfig(
                                    options=[
                                        policy.value for policy in DuplicatePolicy
                                    ],
                                    translation_key=CONF_DUPLICATES,
                                )
                            ),
                            vol.Required(
                                CONF_FILAMENT_RULE,
                                default=FilamentRule.MATCH_COLOR.value,
                            ): SelectSelector(
                                SelectSelectorConfig(
                                    options=[rule.value for rule in FilamentRule],
                                    translation_key=CONF_FILAMENT_RULE,
                                )
                            ),
                            vol.Required(
                                CONF_ON_PRINT, default=OnPrint.SEND.value
                            ): SelectSelector(
                                SelectSelectorConfig(
                                    options=[choice.value for choice in OnPrint],
                                    translation_key=CONF_ON_PRINT,
                                )
                            ),
                        }
                    ),
                    {"collapsed": SECTION_FILING not in opened},
                ),
                vol.Required(SECTION_NETWORK): section(
                    vol.Schema(
                        {
                            vol.Optional(CONF_ADVERTISE_IP): TextSelector(),
                            vol.Optional(CONF_PASV_ADDRESS): TextSelector(),
                            vol.Optional(CONF_FTPS_PORT): NumberSelector(
                                NumberSelectorConfig(
                                    min=1, max=65535, mode=NumberSelectorMode.BOX
                                )
                            ),
                            vol.Required(
                                CONF_FILE_TUNNEL, default=True
                            ): BooleanSelector(),
                        }
                    ),
                    # An error inside has to be seen.
                    {"collapsed": SECTION_NETWORK not in opened},
                ),
            }
        )


def _target_options(entry: HubConfigEntry) -> list[SelectOptionDict]:
    """List what jobs may be meant for; the frontend translates what is no printer's name."""
    return [
        SelectOptionDict(value=target, label=name)
        for name, target in named_targets(entry).items()
    ]


def _suggestions(
    current: VirtualPrinterConfig | None, entry: HubConfigEntry
) -> dict[str, Any]:
    """Fill the form: with what is there, or with what a first printer needs."""
    if current is None:
        return {
            CONF_NAME: _free_name(entry),
            CONF_MODEL: DEFAULT_MODEL_CODE,
            CONF_MODE: MODES[0].value,
            CONF_ACCESS_CODE: new_access_code(),
            SECTION_FILING: {
                CONF_TARGET: TARGET_ANY,
                CONF_SHOWS: Shows.TARGET.value,
                CONF_ALLOW_CONTROL: False,
                CONF_HOLD: True,
                CONF_DUPLICATES: DuplicatePolicy.KEEP.value,
                CONF_FILAMENT_RULE: FilamentRule.MATCH_COLOR.value,
                CONF_ON_PRINT: OnPrint.SEND.value,
            },
            SECTION_NETWORK: {
                CONF_FTPS_PORT: DEFAULT_FTPS_PORT,
                CONF_FILE_TUNNEL: True,
            },
        }
    targets = {option["value"] for option in _target_options(entry)}
    return {
        CONF_NAME: current.name,
        CONF_MODEL: current.model.code,
        CONF_MODE: current.mode.value,
        CONF_ACCESS_CODE: current.access_code,
        CONF_BIND_IP: current.bind_ip or NO_ADDRESS,
        SECTION_FILING: {
            CONF_TAGS: list(current.tags),
            CONF_PROJECT: current.project,
            # The printer it is meant for may be gone.
            CONF_TARGET: current.target if current.target in targets else TARGET_ANY,
            CONF_SHOWS: current.shows.value,
            CONF_ALLOW_CONTROL: current.allows_control,
            CONF_HOLD: current.hold,
            CONF_DUPLICATES: current.duplicates.value,
            CONF_FILAMENT_RULE: current.filament_rule.value,
            CONF_ON_PRINT: current.on_print.value,
        },
        SECTION_NETWORK: {
            CONF_ADVERTISE_IP: current.advertise_ip,
            CONF_PASV_ADDRESS: current.pasv_address,
            CONF_FTPS_PORT: current.ftps_port,
            CONF_FILE_TUNNEL: current.file_tunnel,
        },
    }


def _check_shown(config: VirtualPrinterConfig, entry: HubConfigEntry) -> FormErrors:
    """Check that slicers can be shown the real printer that is to be shown."""
    machine = machine_configs(entry).get(config.target)
    if machine is None or config.takes_jobs_for(machine):
        return {}, {}
    return {SECTION_FILING: "shows_other_model"}, {
        "target": machine.name,
        "target_model": machine.model.name,
        "model": config.model.name,
    }


def _free_name(entry: HubConfigEntry) -> str:
    """Suggest a name that no printer has."""
    taken = {subentry.title for subentry in entry.subentries.values()}
    numbered = (f"{DEFAULT_NAME} {number}" for number in itertools.count(2))
    return next(
        name for name in itertools.chain((DEFAULT_NAME,), numbered) if name not in taken
    )


def _check_fields(
    name: str, user_input: dict[str, Any], *, has_no_address: bool
) -> FormErrors:
    """Check what can be checked without touching the network."""
    errors = {}
    if not is_name(name):
        errors[CONF_NAME] = "invalid_name"
    if not ACCESS_CODE.fullmatch(user_input[CONF_ACCESS_CODE]):
        errors[CONF_ACCESS_CODE] = "invalid_access_code"
    if not has_no_address and not is_host_address(user_input[CONF_BIND_IP]):
        errors[CONF_BIND_IP] = "invalid_ip"
    # A field inside a section cannot show an error of its own: the section does.
    filing = user_input[SECTION_FILING]
    if not filing_fits(filing.get(CONF_TAGS, ()), filing.get(CONF_PROJECT, "")):
        errors[SECTION_FILING] = "invalid_filing"
    for key in (CONF_ADVERTISE_IP, CONF_PASV_ADDRESS):
        address = user_input[SECTION_NETWORK].get(key)
        if address and not is_host_address(address):
            errors[SECTION_NETWORK] = f"invalid_{key}"
    return errors, {
        "max_length": str(MAX_NAME_LENGTH),
        **FILING_LIMITS,
    }
