"""The steps that ask for a real printer: found on the network, taken from the Bambu Lab integration, or typed in."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address
import re
from typing import Any

import voluptuous as vol

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..config.subentries import DEFAULT_MODEL_CODE, MODEL_NAMES, MachineConfig
from ..const import (
    CONF_ACCESS_CODE,
    CONF_FINGERPRINT,
    CONF_HOST,
    CONF_MODEL,
    CONF_SERIAL,
    MAX_NAME_LENGTH,
    SUBENTRY_PRINTER,
)
from ..engine.machines.check import PrinterCheck, Problem
from ..hub import Hub, HubConfigEntry
from ..presentation.documentation import documentation_url
from ..printers.bambu_lab import BAMBU_LAB, bambu_lab_serial
from .forms import is_name

CONF_FOUND = "found"
TYPE_IN = "type_in"

SERIAL = re.compile(r"[0-9A-Z]{8,32}")
HOST_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A printer that may be meant, as far as it is known."""

    name: str
    host: str
    serial: str
    model_code: str = ""
    access_code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What was filled in where, when a certificate had to be confirmed."""

    step_id: str
    answers: dict[str, Any] = field(repr=False)
    fingerprint: str


class RealPrinterSteps(ConfigSubentryFlow, ABC):
    """Asks for a real printer, and proves that it can be reached."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._candidate: Candidate | None = None
        self._asked: _Asked | None = None
        # What a person confirmed in this flow.
        self._pinned: str | None = None

    async def _async_choose(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        """Choose among those that are known, or type one in."""
        entry: HubConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="hub_not_loaded")
        candidates = _candidates(self.hass, entry)
        if user_input is not None:
            self._candidate = candidates.get(user_input[CONF_FOUND])
            return await self.async_step_details()
        if not candidates:
            return await self.async_step_details()
        options = [
            SelectOptionDict(
                value=serial, label=f"{candidate.name} ({candidate.host}, {serial})"
            )
            for serial, candidate in candidates.items()
        ]
        options.append(SelectOptionDict(value=TYPE_IN, label=TYPE_IN))
        return self.async_show_form(
            step_id=step_id,
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_FOUND): SelectSelector(
                        SelectSelectorConfig(
                            options=options,
                            mode=SelectSelectorMode.LIST,
                            translation_key=CONF_FOUND,
                        )
                    )
                }
            ),
        )

    async def async_step_details(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a printer."""
        candidate = self._candidate
        suggested = {CONF_MODEL: DEFAULT_MODEL_CODE}
        if candidate:
            suggested = {
                CONF_NAME: candidate.name,
                CONF_HOST: candidate.host,
                CONF_SERIAL: candidate.serial,
                CONF_ACCESS_CODE: candidate.access_code,
                CONF_MODEL: (
                    candidate.model_code
                    if candidate.model_code in MODEL_NAMES
                    else DEFAULT_MODEL_CODE
                ),
            }
        return await self._async_ask("details", user_input, suggested)

    async def async_step_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether an unverified certificate is the printer's; the access code is not sent before."""
        asked = self._asked
        assert asked
        if user_input is not None:
            self._pinned = asked.fingerprint
            return await self._async_ask(asked.step_id, asked.answers, {})
        return self.async_show_form(
            step_id="certificate",
            data_schema=vol.Schema({}),
            description_placeholders={
                "printer": asked.answers[CONF_NAME],
                "host": asked.answers[CONF_HOST],
                "fingerprint": asked.fingerprint,
                "known": self._known_pin(asked.answers) or "-",
            },
        )

    async def _async_ask(
        self,
        step_id: str,
        user_input: dict[str, Any] | None,
        suggested: Mapping[str, Any],
    ) -> SubentryFlowResult:
        entry: HubConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="hub_not_loaded")
        errors: dict[str, str] = {}
        placeholders = {
            "max_length": str(MAX_NAME_LENGTH),
            "serial": "",
            "ports": "",
            "docs": documentation_url(self.hass, "printing"),
        }
        if user_input is not None:
            user_input[CONF_SERIAL] = user_input[CONF_SERIAL].strip().upper()
            user_input[CONF_HOST] = user_input[CONF_HOST].strip()
            errors = _check_fields(user_input)
            errors = errors or self._check_others(entry, user_input)
            if not errors:
                data = dict(user_input)
                name = data.pop(CONF_NAME).strip()
                if pinned := self._pinned or self._known_pin(user_input):
                    data[CONF_FINGERPRINT] = pinned
                machine = MachineConfig.from_data("", name, data)
                check = await entry.runtime_data.machines.async_check(machine)
                if check.mqtt.problem is Problem.UNVERIFIED and not check.virtual:
                    self._asked = _Asked(
                        step_id=step_id,
                        answers=user_input,
                        fingerprint=check.fingerprint,
                    )
                    return await self.async_step_certificate()
                errors = _complaints(check)
                placeholders["serial"] = check.serial
                placeholders["ports"] = ", ".join(map(str, check.other_ports))
                if not errors:
                    return await self._async_finish(step_id, name, data)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                SCHEMA, user_input or suggested
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    @abstractmethod
    async def _async_finish(
        self, step_id: str, name: str, data: dict[str, Any]
    ) -> SubentryFlowResult:
        """Keep what was proved in a step."""

    def _known_pin(self, answers: Mapping[str, Any]) -> str | None:
        """Return the fingerprint that was confirmed for this printer before."""
        return None

    def _check_others(
        self, entry: HubConfigEntry, user_input: Mapping[str, Any]
    ) -> dict[str, str]:
        """Check that the printer is neither there already nor one of our own."""
        own_id = self._get_reconfigure_subentry_id()
        for subentry in entry.get_subentries_of_type(SUBENTRY_PRINTER):
            if (
                subentry.subentry_id != own_id
                and subentry.unique_id == user_input[CONF_SERIAL]
            ):
                return {CONF_SERIAL: "already_configured"}
        hub: Hub = entry.runtime_data
        if any(
            printer.config.bind_ip == user_input[CONF_HOST]
            for printer in hub.printers.values()
        ):
            return {CONF_HOST: "is_virtual"}
        return {}

    def _get_reconfigure_subentry_id(self) -> str | None:
        return self.context.get("subentry_id")


SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_HOST): TextSelector(),
        vol.Required(CONF_SERIAL): TextSelector(),
        vol.Required(CONF_ACCESS_CODE): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD)
        ),
        vol.Required(CONF_MODEL): SelectSelector(
            SelectSelectorConfig(
                options=[
                    SelectOptionDict(value=code, label=name)
                    for code, name in MODEL_NAMES.items()
                ],
                mode=SelectSelectorMode.DROPDOWN,
            )
        ),
    }
)


def _candidates(hass: HomeAssistant, entry: HubConfigEntry) -> dict[str, Candidate]:
    """Find printers that announce themselves, and those of the Bambu Lab integration; without those that are added."""
    hub: Hub = entry.runtime_data
    found = {
        heard.serial: Candidate(
            name=heard.name or heard.serial,
            host=heard.address,
            serial=heard.serial,
            model_code=heard.model_code,
        )
        for heard in hub.relay.found.printers
    }
    for other in hass.config_entries.async_entries(BAMBU_LAB):
        serial = bambu_lab_serial(other)
        host = str(other.options.get("host", ""))
        if not serial or not host:
            continue
        heard = found.get(serial)
        found[serial] = Candidate(
            name=str(other.options.get("name") or other.title),
            host=heard.host if heard else host,
            serial=serial,
            model_code=heard.model_code if heard else "",
            access_code=str(other.options.get("access_code", "")),
        )
    known = {
        MachineConfig.from_data("", "", subentry.data).serial
        for subentry in entry.get_subentries_of_type(SUBENTRY_PRINTER)
    }
    return {serial: one for serial, one in found.items() if serial not in known}


def _check_fields(user_input: Mapping[str, Any]) -> dict[str, str]:
    errors = {}
    name = user_input[CONF_NAME].strip()
    if not is_name(name):
        errors[CONF_NAME] = "invalid_name"
    if not _is_host(user_input[CONF_HOST]):
        errors[CONF_HOST] = "invalid_host"
    if not SERIAL.fullmatch(user_input[CONF_SERIAL]):
        errors[CONF_SERIAL] = "invalid_serial"
    if not user_input[CONF_ACCESS_CODE].isascii():
        errors[CONF_ACCESS_CODE] = "wrong_code"
    return errors


def _is_host(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        # What looks like an address but is none is no name either.
        return bool(HOST_NAME.fullmatch(text)) and not re.fullmatch(r"[\d.]+", text)
    return True


def _complaints(check: PrinterCheck) -> dict[str, str]:
    """Say which part of a printer failed."""
    if check.virtual:
        return {CONF_HOST: "is_virtual"}
    match check.mqtt.problem:
        case Problem.UNREACHABLE if check.other_ports:
            return {CONF_HOST: "something_else"}
        case Problem.UNREACHABLE:
            return {CONF_HOST: "mqtt_unreachable"}
        case Problem.NOT_A_PRINTER:
            return {CONF_HOST: "not_a_printer"}
        case Problem.WRONG_SERIAL:
            return {CONF_SERIAL: "wrong_serial"}
        case Problem.WRONG_CODE:
            return {CONF_ACCESS_CODE: "wrong_code"}
        case Problem.REFUSED:
            return {"base": "login_refused"}
    if check.ftps.problem:
        return {CONF_HOST: "ftps_unreachable"}
    return {}
