"""The notification that explains what it means to let the queue print on a real printer."""

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from ..language.markdown import as_markdown
from ..language.texts import Texts


@callback
def async_explain_printing(
    hass: HomeAssistant, texts: Texts, machine_id: str, name: str
) -> None:
    """Say what happens from now on, and that the plate has to be cleared."""
    persistent_notification.async_create(
        hass,
        texts("allowed_text", printer=as_markdown(name)),
        title=texts("allowed_title", printer=name),
        notification_id=_notification_id(machine_id),
    )


@callback
def async_withdraw_explanation(hass: HomeAssistant, machine_id: str) -> None:
    """Take it back, since it is not so any more."""
    persistent_notification.async_dismiss(hass, _notification_id(machine_id))


def _notification_id(machine_id: str) -> str:
    return f"{DOMAIN}_prints_from_queue_{machine_id}"
