"""What a voice assistant may tell and do: what the to-do lists are about that are exposed to it."""

from dataclasses import dataclass

from homeassistant.components.homeassistant import async_should_expose
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..hub import Hub, loaded_hub
from ..language.texts import Texts
from ..todo import PENDING, QUEUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """The hub, which of its lists are exposed, and what it is talked about in."""

    hub: Hub
    texts: Texts
    uploads: bool
    jobs: bool


@callback
def async_exposed(
    hass: HomeAssistant, assistant: str | None, texts: Texts | None = None
) -> Exposed | None:
    """Return what is exposed to an assistant, everything if it is none that can be restricted.

    None when the hub is not loaded. Without `texts` they are the household's.
    """
    hub = loaded_hub(hass)
    if hub is None:
        return None

    def _is_exposed(key: str) -> bool:
        if assistant is None:
            return True
        entity_id = er.async_get(hass).async_get_entity_id(
            Platform.TODO, DOMAIN, f"{hub.entry.entry_id}_{key}"
        )
        return entity_id is not None and async_should_expose(hass, assistant, entity_id)

    return Exposed(
        hub=hub,
        texts=texts or hub.texts,
        uploads=_is_exposed(PENDING.key),
        jobs=_is_exposed(QUEUE.key),
    )
