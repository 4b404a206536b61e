"""The flow of a real printer."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.const import CONF_NAME

from ..const import (
    CONF_FINGERPRINT,
    CONF_PRINT_FROM_QUEUE,
    CONF_SERIAL,
    CONF_WAIT_FOR_PLATE,
)
from .real_printer import RealPrinterSteps

CHOSEN_BY_SWITCHES = (CONF_PRINT_FROM_QUEUE, CONF_WAIT_FOR_PLATE)


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
        """Change a printer; proxies follow."""
        subentry = self._get_reconfigure_subentry()
        return await self._async_ask(
            "reconfigure", user_input, {CONF_NAME: subentry.title, **subentry.data}
        )

    @override
    async def _async_finish(
        self, step_id: str, name: str, data: dict[str, Any]
    ) -> SubentryFlowResult:
        if step_id == "reconfigure":
            # What is chosen by switches stays.
            known = self._get_reconfigure_subentry().data
            chosen = {key: known[key] for key in CHOSEN_BY_SWITCHES if key in known}
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
