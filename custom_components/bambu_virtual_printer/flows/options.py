"""The hub's options: where the library is, how much room it leaves, what it calls things, how long it keeps them, who is told."""

from pathlib import Path
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    DeviceFilterSelectorConfig,
    DeviceSelector,
    DeviceSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)

from ..config.notifications import CHOSEN, NotificationOptions
from ..config.options import (
    NAME_SOURCES,
    HubOptions,
    LibraryFolderError,
    check_library_folder,
)
from ..config.shared_library import SharedLibrarySettings
from ..config.subentries import options_from_form
from ..const import (
    CONF_ASK_APPROVERS,
    CONF_BUDGET_GB,
    CONF_FILAMENT_PRICE,
    CONF_KEEP_COUNT,
    CONF_KEEP_DAYS,
    CONF_KEEP_GB,
    CONF_LIBRARY_FOLDER,
    CONF_LOW_SPACE_GB,
    CONF_NAME_SOURCE,
    CONF_OVERTAKE_HOURS,
    CONF_PENDING_DAYS,
    CONF_RESERVE_GB,
    CONF_SHOW_PANEL,
    CONF_SHOW_PENDING,
    CONF_TELL_SENDERS,
    CONF_UNDO_MINUTES,
    SECTION_NOTIFICATIONS,
    SECTION_RETENTION,
)
from ..language.texts import Texts
from ..sharing.moves import library_moves
from .library import LibrarySteps

MAX_RESERVE_GB = 1000
MAX_PRICE = 100_000
MAX_LIMIT = 1_000_000
# A week.
MAX_UNDO_MINUTES = 7 * 24 * 60
# A month.
MAX_OVERTAKE_HOURS = 31 * 24
# Ten years.
MAX_DAYS = 3650
# A limit of 0 would keep nothing; an empty field means no limit.
DAYS = NumberSelectorConfig(
    min=1,
    max=MAX_DAYS,
    step=1,
    mode=NumberSelectorMode.BOX,
    unit_of_measurement="days",
)
GIGABYTES = NumberSelectorConfig(
    min=0.001,
    max=MAX_LIMIT,
    step="any",
    mode=NumberSelectorMode.BOX,
    unit_of_measurement="GB",
)
MINUTES = NumberSelectorConfig(
    min=1,
    max=MAX_UNDO_MINUTES,
    step=1,
    mode=NumberSelectorMode.BOX,
    unit_of_measurement="min",
)
COUNT = NumberSelectorConfig(min=1, max=MAX_LIMIT, step=1, mode=NumberSelectorMode.BOX)
OVERTAKING = NumberSelectorConfig(
    min=1,
    max=MAX_OVERTAKE_HOURS,
    step=1,
    mode=NumberSelectorMode.BOX,
    unit_of_measurement="h",
)
LIMITS = (
    (CONF_PENDING_DAYS, DAYS),
    (CONF_UNDO_MINUTES, MINUTES),
    (CONF_KEEP_DAYS, DAYS),
    (CONF_KEEP_COUNT, COUNT),
    (CONF_KEEP_GB, GIGABYTES),
    (CONF_BUDGET_GB, GIGABYTES),
    (CONF_LOW_SPACE_GB, GIGABYTES),
)
# Phones with the Home Assistant app.
PHONES = DeviceSelectorConfig(
    filter=DeviceFilterSelectorConfig(integration="mobile_app"), multiple=True
)


class HubOptionsFlow(LibrarySteps):
    """Where the library is, how much room it leaves, and what it calls things."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what it is about."""
        moves = library_moves(self.hass, self.config_entry)
        shared = SharedLibrarySettings.from_entry(self.config_entry)
        options = HubOptions.from_entry(self.hass, self.config_entry)
        if moves.is_open:
            steps = ["settings", "moving", "give_up"]
        elif shared is None:
            steps = ["settings", "share"]
        else:
            steps = ["settings", "share_again", "remove_instance", "leave"]
        return self.async_show_menu(
            step_id="init",
            menu_options=steps,
            description_placeholders={
                "place": str(options.library_folder) if shared is None else shared.place
            },
        )

    async def async_step_settings(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for everything on one page."""
        errors: dict[str, str] = {}
        placeholders = {"reason": ""}
        if user_input is not None:
            try:
                await self.hass.async_add_executor_job(
                    check_library_folder,
                    self.hass,
                    Path(user_input[CONF_LIBRARY_FOLDER]),
                )
            except LibraryFolderError as err:
                errors[CONF_LIBRARY_FOLDER] = "invalid_library_folder"
                placeholders["reason"] = Texts(self.hass).explained(err.explanation)
            else:
                return self.async_create_entry(data=options_from_form(user_input))
        schema = vol.Schema(
            {
                vol.Required(CONF_LIBRARY_FOLDER): TextSelector(),
                vol.Required(CONF_RESERVE_GB): NumberSelector(
                    NumberSelectorConfig(
                        min=0,
                        max=MAX_RESERVE_GB,
                        step="any",
                        mode=NumberSelectorMode.BOX,
                        unit_of_measurement="GB",
                    )
                ),
                vol.Required(CONF_NAME_SOURCE): SelectSelector(
                    SelectSelectorConfig(
                        options=list(NAME_SOURCES), translation_key=CONF_NAME_SOURCE
                    )
                ),
                vol.Required(CONF_FILAMENT_PRICE): NumberSelector(
                    NumberSelectorConfig(
                        min=0,
                        max=MAX_PRICE,
                        step="any",
                        mode=NumberSelectorMode.BOX,
                        unit_of_measurement=f"{self.hass.config.currency}/kg",
                    )
                ),
                vol.Optional(CONF_OVERTAKE_HOURS): NumberSelector(OVERTAKING),
                vol.Required(CONF_SHOW_PANEL): BooleanSelector(),
                vol.Required(SECTION_NOTIFICATIONS): section(
                    vol.Schema(
                        {
                            **{
                                vol.Optional(topic.value): DeviceSelector(PHONES)
                                for topic in CHOSEN
                            },
                            vol.Required(CONF_ASK_APPROVERS): BooleanSelector(),
                            vol.Required(CONF_TELL_SENDERS): BooleanSelector(),
                            vol.Required(CONF_SHOW_PENDING): BooleanSelector(),
                        }
                    ),
                    {"collapsed": True},
                ),
                vol.Required(SECTION_RETENTION): section(
                    vol.Schema(
                        {
                            vol.Optional(key): NumberSelector(config)
                            for key, config in LIMITS
                        }
                    ),
                    {"collapsed": True},
                ),
            }
        )
        current = HubOptions.from_entry(self.hass, self.config_entry).as_form() | {
            SECTION_NOTIFICATIONS: NotificationOptions.from_entry(
                self.config_entry
            ).as_form()
        }
        return self.async_show_form(
            step_id="settings",
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or current
            ),
            errors=errors,
            description_placeholders=placeholders,
        )
