"""The people of virtual printers: added, changed, given another access code, removed. Nothing of it is a subentry."""

from typing import Any

import voluptuous as vol

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
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
)

from ..config.subentries import VirtualPrinterConfig
from ..const import CONF_TAGS, MAX_NAME_LENGTH
from ..engine.library.values.annotations import clean_tags
from ..engine.library.values.errors import TooLongError
from ..hub import Hub, HubConfigEntry
from ..operations.people import (
    MAX_PER_MONTH,
    NameTakenError,
    Person,
    TooManyPeopleError,
)
from ..services.people import async_make_code, async_remove_person
from .forms import is_name

CONF_APPROVES = "approves"
CONF_GRAMS = "grams_per_month"
CONF_HOURS = "hours_per_month"
CONF_MACHINES = "printers"
CONF_PERSON = "person"
CONF_PRINTER = "printer"
CONF_REVIEWED = "reviewed"
CONF_USER = "user"


class PeopleFlow(ConfigSubentryFlow):
    """Manages people."""

    _person: Person
    _made: dict[str, Any]

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose what to do, where there is a choice."""
        entry: HubConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="hub_not_loaded")
        if not self._printers():
            return self.async_abort(reason="no_virtual_printer")
        if not self._hub.people.of_printer():
            return await self.async_step_add()
        return self.async_show_menu(step_id="user", menu_options=["add", "choose"])

    async def async_step_add(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add somebody, and make an access code."""
        errors: dict[str, str] = {}
        if user_input is not None:
            settings, errors = _read(user_input)
            if not errors:
                try:
                    self._person = await self._hub.people.async_add(
                        user_input[CONF_PRINTER], **settings
                    )
                except NameTakenError:
                    errors[CONF_NAME] = "name_taken"
                except TooManyPeopleError:
                    errors["base"] = "too_many_people"
                else:
                    return await self.async_step_renew()
        printers = self._printers()
        return await self._async_form(
            "add",
            {
                vol.Required(CONF_PRINTER, default=next(iter(printers))): _choice(
                    printers
                )
            },
            user_input or {},
            errors,
        )

    async def async_step_choose(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose somebody."""
        if user_input is not None:
            person = self._hub.people.get(user_input[CONF_PERSON])
            if person is None:
                return self.async_abort(reason="person_gone")
            self._person = person
            return await self.async_step_person()
        printers = self._printers()
        people = {
            person.id: f"{person.name} ({printers[person.printer_id]})"
            for person in self._hub.people.of_printer()
            if person.printer_id in printers
        }
        return self.async_show_form(
            step_id="choose",
            data_schema=vol.Schema({vol.Required(CONF_PERSON): _choice(people)}),
        )

    async def async_step_person(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose what to change."""
        return self.async_show_menu(
            step_id="person",
            menu_options=["settings", "renew", "remove"],
            description_placeholders={"name": self._person.name},
        )

    async def async_step_settings(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change what holds for somebody."""
        errors: dict[str, str] = {}
        person = self._person
        if user_input is not None:
            settings, errors = _read(user_input)
            if not errors:
                try:
                    await self._hub.people.async_change(person, **settings)
                except NameTakenError:
                    errors[CONF_NAME] = "name_taken"
                else:
                    # What is hidden from whom may be another.
                    self._hub.coordinator.async_update_listeners()
                    return self._end("person_changed")
        current = {
            CONF_NAME: person.name,
            CONF_USER: person.user_id,
            CONF_REVIEWED: person.is_reviewed,
            CONF_APPROVES: person.approves,
            CONF_TAGS: list(person.tags),
            CONF_MACHINES: list(person.machines),
            CONF_GRAMS: person.grams_per_month,
            CONF_HOURS: person.hours_per_month,
        }
        return await self._async_form("settings", {}, user_input or current, errors)

    async def async_step_renew(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Make an access code; the one before is good no more."""
        self._made = await async_make_code(self._hub, self._person)
        return await self.async_step_code_made()

    async def async_step_code_made(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the code this once."""
        return self.async_show_menu(
            step_id="code_made",
            menu_options=["add", "finish"],
            description_placeholders={
                "name": self._person.name,
                "access_code": self._made["access_code"],
                "address": self._made["address"],
                "serial": self._made["serial"],
                "printer": self._made["printer"],
            },
        )

    async def async_step_remove(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask, then remove somebody."""
        if user_input is None:
            return self.async_show_form(
                step_id="remove",
                data_schema=vol.Schema({}),
                description_placeholders={"name": self._person.name},
            )
        await async_remove_person(self._hub, self._person)
        return self._end("person_removed")

    async def async_step_finish(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """End."""
        return self._end("person_added")

    async def _async_form(
        self,
        step_id: str,
        fields: dict[Any, Any],
        suggested: dict[str, Any],
        errors: dict[str, str],
    ) -> SubentryFlowResult:
        users = {
            user.id: user.name or user.id
            for user in await self.hass.auth.async_get_users()
            if not user.system_generated and user.is_active
        }
        schema = vol.Schema(
            {
                **fields,
                vol.Required(CONF_NAME): TextSelector(),
                vol.Optional(CONF_USER): _choice(users),
                vol.Required(CONF_REVIEWED, default=False): BooleanSelector(),
                vol.Required(CONF_APPROVES, default=False): BooleanSelector(),
                vol.Optional(CONF_TAGS): TextSelector(
                    TextSelectorConfig(multiple=True)
                ),
                vol.Optional(CONF_MACHINES): _choice(self._machines(), multiple=True),
                vol.Optional(CONF_GRAMS): _limit("g"),
                vol.Optional(CONF_HOURS): _limit("h"),
            }
        )
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=errors,
            description_placeholders={"max_length": str(MAX_NAME_LENGTH)},
        )

    @callback
    def _end(self, reason: str) -> SubentryFlowResult:
        return self.async_abort(
            reason=reason, description_placeholders={"name": self._person.name}
        )

    @property
    def _hub(self) -> Hub:
        entry: HubConfigEntry = self._get_entry()
        return entry.runtime_data

    def _printers(self) -> dict[str, str]:
        """Return the names of the virtual printers by their ids."""
        return {
            printer.id: printer.config.name
            for printer in self._hub.printers.values()
            if isinstance(printer.config, VirtualPrinterConfig)
        }

    def _machines(self) -> dict[str, str]:
        """Return the names of the real printers by their ids."""
        return {
            machine.id: machine.name for machine in self._hub.machines.by_id.values()
        }


def _read(user_input: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what was entered as settings of a person, and what is wrong with it."""
    errors = {}
    name = user_input[CONF_NAME].strip()
    if not is_name(name):
        errors[CONF_NAME] = "invalid_name"
    tags: tuple[str, ...] = ()
    try:
        tags = clean_tags(user_input.get(CONF_TAGS, ()))
    except TooLongError:
        errors[CONF_TAGS] = "invalid_tags"
    user_id = user_input.get(CONF_USER, "")
    if user_input[CONF_APPROVES] and not user_id:
        errors[CONF_USER] = "approver_without_user"
    settings = {
        "name": name,
        "user_id": user_id,
        "approves": user_input[CONF_APPROVES],
        "is_reviewed": user_input[CONF_REVIEWED],
        "tags": tags,
        "machines": tuple(user_input.get(CONF_MACHINES, ())),
        "grams_per_month": user_input.get(CONF_GRAMS),
        "hours_per_month": user_input.get(CONF_HOURS),
    }
    return settings, errors


def _limit(unit: str) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=0,
            max=MAX_PER_MONTH,
            step="any",
            unit_of_measurement=unit,
            mode=NumberSelectorMode.BOX,
        )
    )


def _choice(options: dict[str, str], *, multiple: bool = False) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=value, label=label)
                for value, label in options.items()
            ],
            multiple=multiple,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )
