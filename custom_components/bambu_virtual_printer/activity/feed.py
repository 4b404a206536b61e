"""Publishes printer and library events to entities, triggers and the event bus, and starts what follows from them."""

from collections.abc import Callable, Mapping
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..config.subentries import VirtualPrinterConfig
from ..const import DOMAIN
from ..engine.events import PrintRequested, UploadReceived
from ..engine.library.library import Library
from ..engine.library.values.events import LibraryEvent
from ..engine.storage import StorageError
from ..language.texts import Texts
from ..presentation import Wording
from ..printers.managed import AnyEvent, ManagedPrinter
from ..printing.start_notices import StartNotices
from .issue_reactions import IssueReactions
from .kinds import Activity
from .mapping import library_activities, printer_activity
from .printer_records import PrinterRecorder

_LOGGER = logging.getLogger(__name__)


class ActivityFeed:
    """Handles every event once: hands it to the library, the records and the issues, and publishes its activity.

    What a printer did is published at once. What the library did is published after a refresh, by the coordinator.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        *,
        library: Library,
        printers: Mapping[str, ManagedPrinter],
        records: PrinterRecorder,
        issues: IssueReactions,
        starts: StartNotices,
        wording: Callable[[], Wording],
        publish: Callable[[Activity], None],
        publish_after_refresh: Callable[[Activity], None],
        schedule_refresh: CALLBACK_TYPE,
    ) -> None:
        """Initialize; `wording` returns that of the moment, the last three are the publisher's and the coordinator's."""
        self._hass = hass
        self._entry = entry
        self._library = library
        self._printers = printers
        self._records = records
        self._issues = issues
        self._starts = starts
        self._wording = wording
        self._publish = publish
        self._publish_after_refresh = publish_after_refresh
        self._schedule_refresh = schedule_refresh

    @callback
    def handle_printer_event(self, printer: ManagedPrinter, event: AnyEvent) -> None:
        """Handle an event of a virtual printer or a proxy."""
        self._records.handle_printer_event(printer, event)
        self._issues.handle_printer_event(printer, event)
        self._starts.handle_printer_event(printer, event)
        match event:
            case UploadReceived(file=file, request=request) if isinstance(
                printer.config, VirtualPrinterConfig
            ):
                # The slicer has its answer already; everything slow is the library's own task.
                self._library.receive(file, printer.config.ref, request)
            case PrintRequested(upload_id=str() as upload_id):
                self._entry.async_create_task(
                    self._hass,
                    self._async_record_request(upload_id, event),
                    f"{DOMAIN} print request for {upload_id}",
                )
        activity = printer_activity(
            printer.id, printer.config.name, event, Texts(self._hass)
        )
        if activity and not printer.client_history.is_repeated(event):
            self._publish(activity)

    async def _async_record_request(
        self, upload_id: str, event: PrintRequested
    ) -> None:
        try:
            await self._library.print_requested(event.request, upload_id)
        except StorageError as err:
            _LOGGER.error(
                "The print request for %s could not be kept: %s", upload_id, err
            )

    @callback
    def handle_library_event(self, event: LibraryEvent) -> None:
        """Handle an event of the library. Its activity is published once entities show what it did."""
        self._records.handle_library_event(event)
        self._issues.handle_library_event(event)
        self._starts.handle_library_event(event)
        models = {
            printer.id: printer.config.model.profile_name
            for printer in self._printers.values()
        }
        for activity in library_activities(event, self._wording(), models):
            self._publish_after_refresh(activity)
        self._schedule_refresh()
