"""Publishes printer and library events to entities, triggers and the event bus, and starts what follows from them."""

from collections.abc import Callable, Mapping
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..config.subentries import ProxyConfig
from ..const import DOMAIN
from ..engine.events import (
    LoginFailed,
    PrintRequested,
    SlicerConnected,
    TargetReached,
    TargetUnverified,
    UploadReceived,
)
from ..engine.library.library import Library
from ..engine.library.values.events import (
    ArchiveAdded,
    ArchiveDeleted,
    IndexReplaced,
    LibraryAbsent,
    LibraryEvent,
    LibraryPresent,
    StorageLow,
    StorageOk,
    UploadDiscarded,
    UploadExpired,
    UploadHeld,
    UploadImported,
    UploadSentBack,
)
from ..engine.storage import StorageError
from ..engine.values import PrintRequest, ReceivedFile
from ..health.access_codes import MachineCodes
from ..health.client_issues import ClientIssues
from ..health.issues import Issues
from ..presentation import Wording
from ..printers.managed import AnyEvent, LastUpload, ManagedPrinter
from .kinds import Activity
from .mapping import library_activity, printer_activity, received_activities

_LOGGER = logging.getLogger(__name__)


class ActivityFeed:
    """Handles the events of printers and of the library: records, repairs, activities."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        *,
        library: Library,
        printers: Mapping[str, ManagedPrinter],
        issues: Issues,
        client_issues: ClientIssues,
        codes: MachineCodes,
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
        self._issues = issues
        self._client_issues = client_issues
        self._codes = codes
        self._wording = wording
        self._publish = publish
        self._publish_after_refresh = publish_after_refresh
        self._schedule_refresh = schedule_refresh

    @callback
    def handle_printer_event(self, printer: ManagedPrinter, event: AnyEvent) -> None:
        """Handle an event of a virtual printer or a proxy."""
        self._client_issues.note(printer, event)
        match event:
            case UploadReceived(file=file, request=request):
                self._record_received(printer.id, printer.config.name, file, request)
                # The slicer has its answer already; everything slow is the library's own task.
                self._library.intake(file.id, request)
                printer.last_slicer_ip = file.peer
                self._schedule_refresh()
            case PrintRequested(request=request, upload_id=str() as upload_id):
                self._entry.async_create_task(
                    self._hass,
                    self._async_record_request(upload_id, event),
                    f"{DOMAIN} print request for {upload_id}",
                )
            case TargetReached() if isinstance(printer.config, ProxyConfig):
                self._codes.async_reached(printer.config.target_id)
            case TargetUnverified(fingerprint=fingerprint) if isinstance(
                printer.config, ProxyConfig
            ):
                self._codes.async_unverified(printer.config.target_id, fingerprint)
            case LoginFailed() if isinstance(printer.config, ProxyConfig):
                self._codes.async_check(printer.config.target_id)
            case SlicerConnected():
                printer.last_slicer_ip = event.peer
                self._issues.slicer_connected(printer.config)
        activity = printer_activity(printer.id, printer.config.name, event)
        if activity and not printer.contacts.is_repeated(event):
            self._publish(activity)

    @callback
    def _record_received(
        self,
        printer_id: str,
        name: str,
        file: ReceivedFile,
        request: PrintRequest | None,
    ) -> None:
        """Count and show a file, and publish that it was received."""
        if printer := self._printers.get(printer_id):
            printer.uploads_received += 1
            printer.last_upload = LastUpload.of(file, file.name)
            printer.async_notify()
        self._entry.async_create_task(
            self._hass,
            self._async_publish_received(printer_id, name, file, request),
            f"{DOMAIN} received {file.id}",
        )

    async def _async_publish_received(
        self,
        printer_id: str,
        name: str,
        file: ReceivedFile,
        request: PrintRequest | None,
    ) -> None:
        """Publish that a file was received, once it is known whether the archive has it already."""
        known = None
        try:
            known = (await self._library.upload(file.id)).known
        except StorageError as err:
            _LOGGER.warning("%s could not be looked up: %s", file.name, err)
        for activity in received_activities(printer_id, name, file, request, known):
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
        models = {
            printer.id: printer.config.model.profile_name
            for printer in self._printers.values()
        }
        if activity := library_activity(event, self._wording(), models):
            self._publish_after_refresh(activity)
        match event:
            case UploadImported(file=file, printer=ref):
                self._record_received(ref.id, ref.name, file, None)
            case ArchiveAdded(archive=archive):
                self._issues.upload_settled(archive.id)
                if printer := self._printers.get(archive.printer.id):
                    self._show_last(printer, archive.file, archive.name, archive.cover)
            case UploadHeld(upload=upload):
                if upload.reason:
                    self._issues.upload_held(upload)
                if printer := self._printers.get(upload.printer.id):
                    cover = upload.facts.cover if upload.facts else None
                    self._show_last(printer, upload.file, upload.name, cover)
            case (
                UploadDiscarded(upload=upload)
                | UploadSentBack(upload=upload)
                | UploadExpired(upload=upload)
            ):
                self._issues.upload_settled(upload.id)
                self._forget_upload(upload.printer.id, upload.id)
            case ArchiveDeleted(archive=archive):
                self._forget_upload(archive.printer.id, archive.id)
            case StorageLow(reason=reason):
                self._issues.storage_low(reason)
            case StorageOk():
                self._issues.storage_ok()
            case LibraryAbsent(folder=folder, is_other=is_other):
                self._issues.library_absent(str(folder), is_other=is_other)
            case LibraryPresent():
                self._issues.library_present()
            case IndexReplaced(kept_aside=path):
                self._issues.index_replaced(str(path))
        self._schedule_refresh()

    @callback
    def _show_last(
        self,
        printer: ManagedPrinter,
        file: ReceivedFile,
        name: str,
        cover: int | None,
    ) -> None:
        """Show the name and the picture of an upload that has been read, unless a newer one has come."""
        if printer.last_upload and printer.last_upload.id == file.id:
            printer.show_upload(
                LastUpload.of(file, name),
                pictured_at=None if cover is None else dt_util.utcnow(),
            )

    @callback
    def _forget_upload(self, printer_id: str, upload_id: str) -> None:
        """Show the newest upload that is still kept in the place of one that is gone."""
        printer = self._printers.get(printer_id)
        if printer is None:
            return
        if printer.last_upload and printer.last_upload.id == upload_id:
            printer.show_upload(None)
            self._entry.async_create_task(
                self._hass,
                self._async_show_kept(printer),
                f"{DOMAIN} last upload of {printer_id}",
            )
        elif printer.pictured_id == upload_id:
            # The picture of the one before, while a newer one is being read.
            printer.pictured_id = printer.pictured_at = None
            printer.async_notify()

    async def _async_show_kept(self, printer: ManagedPrinter) -> None:
        library = self._library
        try:
            last = (await library.received_by(printer.id)).last
            if last is None:
                return
            has_picture = await library.cover(last.id) is not None
        except StorageError as err:
            _LOGGER.warning("The last upload could not be looked up: %s", err)
            return
        # Unless a newer one came meanwhile.
        if printer.last_upload is None:
            printer.show_upload(
                LastUpload.of(last.file, last.name),
                pictured_at=dt_util.utcnow() if has_picture else None,
            )
