"""The notification that an upload was kept but not queued, because the queue cannot print it. It goes when somebody saw to the upload."""

from homeassistant.components import persistent_notification
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..activity.kinds import Activity, EventKind
from ..const import DOMAIN
from ..hub import Hub
from ..language.markdown import as_markdown
from ..presentation import panel_url

_SEEN_TO = {
    EventKind.JOB_ADDED: "archive_id",
    EventKind.APPROVED: "archive_id",
    EventKind.ARCHIVE_DELETED: "archive_id",
    EventKind.DISCARDED: "upload_id",
    EventKind.EXPIRED: "upload_id",
}
"""What ends it, and what has the ID of the upload then, which is that of its archive as well."""


@callback
def async_tell_what_is_not_queued(hass: HomeAssistant, hub: Hub) -> CALLBACK_TYPE:
    """Tell of each such upload. Returns how to stop."""

    @callback
    def _hear(activity: Activity) -> None:
        told = activity.attributes
        if id_name := _SEEN_TO.get(activity.kind):
            persistent_notification.async_dismiss(hass, _id_of(told[id_name]))
        if activity.kind is not EventKind.NOT_QUEUED:
            return
        page = panel_url("archive" if told["archived"] else "inbox", told["upload_id"])
        persistent_notification.async_create(
            hass,
            f"{as_markdown(told['reason'])}\n\n[{hub.texts('open')}]({page})",
            title=hub.texts("not_queued_title", name=told["name"]),
            notification_id=_id_of(told["upload_id"]),
        )

    return hub.publisher.async_add_listener(_hear)


def _id_of(upload_id: str) -> str:
    return f"{DOMAIN}_not_queued_{upload_id}"
