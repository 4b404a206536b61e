"""The action that installs and removes the sentences of Assist. It is for administrators."""

import voluptuous as vol

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..assist.installation import LANGUAGES, async_install, async_remove
from ..const import DOMAIN
from ..engine.explanations import why_failed
from ..language.texts import Texts
from ..operations.permissions import Right
from .action import Action

ATTR_LANGUAGES = "languages"
ATTR_REMOVE = "remove"

INSTALL_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_LANGUAGES): vol.All(cv.ensure_list, [vol.In(LANGUAGES)]),
        vol.Optional(ATTR_REMOVE, default=False): cv.boolean,
    }
)


async def _install_sentences(call: ServiceCall) -> ServiceResponse:
    act = async_remove if call.data[ATTR_REMOVE] else async_install
    try:
        done = await act(call.hass, call.data.get(ATTR_LANGUAGES))
    except OSError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="sentences_not_written",
            translation_placeholders={
                "reason": Texts(call.hass).explained(why_failed(err))
            },
        ) from err
    if not done and not call.data[ATTR_REMOVE]:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_sentences",
            translation_placeholders={"languages": ", ".join(LANGUAGES)},
        )
    return {
        "languages": [
            {"language": language, "result": result.value}
            for language, result in sorted(done.items())
        ]
    }


ACTIONS: tuple[Action, ...] = (
    Action("install_sentences", Right.MANAGE, _install_sentences, INSTALL_SCHEMA),
)
