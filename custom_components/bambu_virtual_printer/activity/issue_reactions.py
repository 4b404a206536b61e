"""Raises and withdraws repair issues as printer and library events require."""

from homeassistant.core import callback

from ..config.subentries import ProxyConfig
from ..engine.events import (
    OtherCodeAccepted,
    SlicerConnected,
    TargetReached,
    TargetUnverified,
)
from ..engine.library.values.events import (
    ArchiveAdded,
    FilesUnfit,
    IndexAway,
    IndexOutdated,
    IndexPresent,
    IndexReplaced,
    LibraryAbsent,
    LibraryEvent,
    LibraryPresent,
    StorageLow,
    StorageOk,
    StoreAway,
    StorePresent,
    UploadDiscarded,
    UploadExpired,
    UploadHeld,
    UploadRestored,
    UploadSentBack,
)
from ..health.client_issues import ClientIssues
from ..health.issues import Issues
from ..printers.managed import AnyEvent, ManagedPrinter
from ..printing.real_printers import RealPrinters


class IssueReactions:
    """Follows events and keeps the repair issues they concern."""

    def __init__(
        self, issues: Issues, client_issues: ClientIssues, machines: RealPrinters
    ) -> None:
        """Initialize with what keeps the issues."""
        self._issues = issues
        self._client_issues = client_issues
        self._machines = machines

    @callback
    def handle_printer_event(self, printer: ManagedPrinter, event: AnyEvent) -> None:
        """React to an event of a virtual printer or a proxy."""
        self._client_issues.note(printer, event)
        if isinstance(event, SlicerConnected):
            self._issues.slicer_connected(printer.config)
        if isinstance(printer.config, ProxyConfig):
            self._check_machine(printer.config.target_id, event)

    def _check_machine(self, machine_id: str, event: AnyEvent) -> None:
        """React to what happened to the real printer behind a proxy."""
        match event:
            case TargetReached():
                self._machines.async_reached(machine_id)
            case TargetUnverified(fingerprint=fingerprint):
                self._machines.async_unverified(machine_id, fingerprint)
            case OtherCodeAccepted():
                self._machines.async_doubt_code(machine_id)

    @callback
    def handle_library_event(self, event: LibraryEvent) -> None:
        """React to an event of the library."""
        match event:
            case UploadHeld(upload=upload) | UploadRestored(upload=upload) if (
                upload.reason
            ):
                self._issues.upload_held(upload)
            case ArchiveAdded(archive=archive):
                self._issues.upload_settled(archive.id)
            case (
                UploadDiscarded(upload=upload)
                | UploadSentBack(upload=upload)
                | UploadExpired(upload=upload)
            ):
                self._issues.upload_settled(upload.id)
            case StorageLow(reason=reason):
                self._issues.storage_low(reason)
            case StorageOk():
                self._issues.storage_ok()
            case LibraryAbsent(folder=folder, is_other=is_other):
                self._issues.library_absent(str(folder), is_other=is_other)
            case LibraryPresent():
                self._issues.library_present()
            case StoreAway(place=place, reason=reason):
                self._issues.store_away(place, reason)
            case StorePresent():
                self._issues.store_present()
            case FilesUnfit(place=place, names=names):
                self._issues.files_unfit(place, names)
            case IndexAway(reason=reason, fault=fault):
                self._issues.index_away(reason, fault)
            case IndexPresent():
                self._issues.index_present()
            case IndexReplaced(kept_aside=path):
                self._issues.index_replaced(str(path))
            case IndexOutdated(reason=reason):
                self._issues.index_outdated(reason)
