"""The notification that an upload was kept but not queued, because the queue cannot print it."""

from homeassistant.components import persistent_notification
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..activity.kinds import Activity, EventKind
from ..const import DOMAIN
from ..hub import Hub
from ..language.markdown import as_markdown


@callback
def async_tell_what_is_not_queued(hass: HomeAssistant, hub: Hub) -> CALLBACK_TYPE:
    """Tell of each such upload. Returns how to stop."""

    @callback
    def _hear(activity: Activity) -> None:
        if activity.kind is not EventKind.NOT_QUEUED:
            return
        told = activity.attributes
        persistent_notification.async_create(
            hass,
            as_markdown(told["reason"]),
            title=hub.texts("not_queued_title", name=told["name"]),
            notification_id=f"{DOMAIN}_not_queued_{told['upload_id']}",
        )

    return hub.publisher.async_add_listener(_hear)
