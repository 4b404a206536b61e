"""Records on printers what their entities show: who sent last, how many files came, the last upload and its picture."""

from collections.abc import Mapping
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..engine.events import SlicerConnected, UploadReceived
from ..engine.library.library import Library
from ..engine.library.values.events import (
    ArchiveAdded,
    ArchiveDeleted,
    ChangedElsewhere,
    LibraryEvent,
    UploadDiscarded,
    UploadExpired,
    UploadHeld,
    UploadRestored,
    UploadSentBack,
    UploadStored,
)
from ..engine.storage import StorageError
from ..engine.values import ReceivedFile
from ..printers.managed import AnyEvent, LastUpload, ManagedPrinter

_LOGGER = logging.getLogger(__name__)


class PrinterRecorder:
    """Follows events and updates the printers they concern."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        library: Library,
        printers: Mapping[str, ManagedPrinter],
    ) -> None:
        """Initialize; `printers` are those of the moment, by their ids."""
        self._hass = hass
        self._entry = entry
        self._library = library
        self._printers = printers
        self._changed_elsewhere = False
        self._is_looking = False

    @callback
    def handle_printer_event(self, printer: ManagedPrinter, event: AnyEvent) -> None:
        """Record an event of a virtual printer or a proxy."""
        match event:
            case SlicerConnected(peer=peer):
                printer.last_slicer_ip = peer
            case UploadReceived(file=file):
                printer.last_slicer_ip = file.peer

    @callback
    def handle_library_event(self, event: LibraryEvent) -> None:
        """Record an event of the library on the printer by which the file came, unless that was removed."""
        match event:
            case UploadStored(printer=ref):
                if printer := self._printers.get(ref.id):
                    if printer.uploads_received is not None:
                        printer.uploads_received += 1
                    printer.async_notify()
            case ArchiveAdded(archive=archive):
                if printer := self._printers.get(archive.printer.id):
                    _show(printer, archive.file, archive.name, archive.cover)
            case UploadHeld(upload=upload) | UploadRestored(upload=upload):
                if printer := self._printers.get(upload.printer.id):
                    cover = upload.facts.cover if upload.facts else None
                    _show(printer, upload.file, upload.name, cover)
            case (
                UploadDiscarded(upload=upload)
                | UploadSentBack(upload=upload)
                | UploadExpired(upload=upload)
            ):
                if printer := self._printers.get(upload.printer.id):
                    self._forget(printer, upload.id)
            case ArchiveDeleted(archive=archive, undone=False):
                if printer := self._printers.get(archive.printer.id):
                    self._forget(printer, archive.id)
            case ChangedElsewhere():
                self._changed_elsewhere = True
                if not self._is_looking:
                    self._is_looking = True
                    self._entry.async_create_task(
                        self._hass,
                        self._async_look_again(),
                        f"{DOMAIN} last uploads",
                    )

    async def _async_look_again(self) -> None:
        """Look whether the last uploads are still kept, once more for what changed meanwhile."""
        try:
            while self._changed_elsewhere:
                self._changed_elsewhere = False
                for printer in tuple(self._printers.values()):
                    if (shown := printer.last_upload) is None:
                        continue
                    last = (await self._library.received_by(printer.id)).last
                    if last is None or last.id < shown.id:
                        self._forget(printer, shown.id)
        except StorageError as err:
            _LOGGER.debug("The last uploads could not be looked up: %s", err)
        finally:
            self._is_looking = False

    @callback
    def _forget(self, printer: ManagedPrinter, upload_id: str) -> None:
        """Show the newest upload that is still kept in the place of one that is gone."""
        if printer.last_upload and printer.last_upload.id == upload_id:
            self._entry.async_create_task(
                self._hass,
                self._async_show_kept(printer, upload_id),
                f"{DOMAIN} last upload of {printer.id}",
            )

    async def _async_show_kept(self, printer: ManagedPrinter, gone_id: str) -> None:
        last: LastUpload | None = None
        has_picture = False
        try:
            if kept := (await self._library.received_by(printer.id)).last:
                has_picture = await self._library.cover(kept.id) is not None
                last = LastUpload.of(kept.file, kept.name)
        except StorageError as err:
            _LOGGER.warning("The last upload could not be looked up: %s", err)
        # Unless a newer one came meanwhile, or the one that is gone is back.
        if printer.last_upload and printer.last_upload.id == gone_id:
            printer.show_upload(
                last, pictured_at=dt_util.utcnow() if has_picture else None
            )


@callback
def _show(
    printer: ManagedPrinter, file: ReceivedFile, name: str, cover: int | None
) -> None:
    """Show the name and the picture of an upload that has been read, or is back, unless a newer one has come."""
    if printer.last_upload is None or printer.last_upload.id <= file.id:
        printer.show_upload(
            LastUpload.of(file, name),
            pictured_at=None if cover is None else dt_util.utcnow(),
        )
