"""The repair of a job whose start or end was not observed: asks a person."""

from typing import Any

import voluptuous as vol

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..const import DOMAIN
from ..engine.library.values.prints import Answer, Question
from ..hub import HubConfigEntry

CONF_ANSWER = "answer"


class JobQuestionRepairFlow(RepairsFlow):
    """Asks once; the answer is the job's."""

    def __init__(self, job_id: str, question: Question) -> None:
        """Remember the job and what is asked."""
        self._job_id = job_id
        self._question = question

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_answer()

    async def async_step_answer(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask, and take the answer."""
        entry: HubConfigEntry = self.hass.config_entries.async_entries(DOMAIN)[0]
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="hub_not_loaded")
        if user_input is not None:
            try:
                await entry.runtime_data.orders.answer(
                    self._job_id, Answer(user_input[CONF_ANSWER])
                )
            except HomeAssistantError:
                # It was answered meanwhile, by the printer or by another person.
                return self.async_abort(reason="answered")
            return self.async_create_entry(data={})
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return self.async_show_form(
            step_id="answer",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_ANSWER): SelectSelector(
                        SelectSelectorConfig(
                            options=[one.value for one in self._question.answers],
                            mode=SelectSelectorMode.LIST,
                            translation_key=CONF_ANSWER,
                        )
                    )
                }
            ),
            description_placeholders=dict(
                (issue.translation_placeholders if issue else None) or {}
            ),
        )
