"""One notification while uploads wait for a decision, for households without automations for that."""

from collections.abc import Mapping

from homeassistant.components import persistent_notification
from homeassistant.components.persistent_notification import Notification, UpdateType
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..config.notifications import NotificationOptions
from ..const import DOMAIN
from ..hub import Hub, HubConfigEntry
from ..language.markdown import as_markdown
from ..presentation import panel_url

NOTIFICATION_ID = f"{DOMAIN}_pending_uploads"
MAX_NAMED = 5


class PendingNotice:
    """Shows, changes and takes back the notification. Who dismisses it sees it again with the next upload, or after a restart."""

    def __init__(self, hass: HomeAssistant, hub: Hub) -> None:
        """Show nothing yet."""
        self._hass = hass
        self._hub = hub
        self._known: set[str] = set()
        self._shown = False

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Follow what waits. Returns how to stop, which takes the notification back."""
        stops = [
            persistent_notification.async_register_callback(
                self._hass, self._note_dismissal
            ),
            self._hub.coordinator.async_add_listener(self._look),
            self._hub.entry.add_update_listener(self._async_look_again),
        ]
        self._look()

        @callback
        def _stop() -> None:
            for stop in stops:
                stop()
            self._withdraw()

        return _stop

    async def _async_look_again(
        self, _hass: HomeAssistant, _entry: HubConfigEntry
    ) -> None:
        """Look after a change of the options."""
        self._look()

    @callback
    def _look(self) -> None:
        if not NotificationOptions.from_entry(self._hub.entry).shows_pending:
            self._known = set()
            self._withdraw()
            return
        waiting = {upload.id for upload in self._hub.coordinator.data.pending}
        has_new = not waiting <= self._known
        changed = waiting != self._known
        self._known = waiting
        if not waiting:
            self._withdraw()
        elif has_new or (self._shown and changed):
            self._show()

    def _show(self) -> None:
        texts = self._hub.texts
        uploads = self._hub.coordinator.data.pending
        lines = [
            f"- {as_markdown(upload.name)} ({as_markdown(upload.printer.name)})"
            for upload in uploads[:MAX_NAMED]
        ]
        if further := len(uploads) - MAX_NAMED:
            if further > 0:
                lines.append(f"- {texts.count('pending_notice_more', further)}")
        link = f"[{texts('pending_notice_link')}]({panel_url('inbox')})"
        self._shown = True
        persistent_notification.async_create(
            self._hass,
            "\n".join([*lines, "", link]),
            title=texts.count("pending_notice_title", len(uploads)),
            notification_id=NOTIFICATION_ID,
        )

    def _withdraw(self) -> None:
        if self._shown:
            self._shown = False
            persistent_notification.async_dismiss(self._hass, NOTIFICATION_ID)

    @callback
    def _note_dismissal(
        self, update: UpdateType, notifications: Mapping[str, Notification]
    ) -> None:
        if update is UpdateType.REMOVED and NOTIFICATION_ID in notifications:
            self._shown = False
