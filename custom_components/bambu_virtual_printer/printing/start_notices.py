"""Tells slicers that what they asked to print cannot begin now, or never: in `print_error`, which their dialogs explain."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

from homeassistant.core import callback

from ..config.subentries import VirtualPrinterConfig
from ..engine.dispatch.reasons import Reason, ReasonKey
from ..engine.events import PrintRequested, UploadReceived
from ..engine.library.values.events import JobStarted, LibraryEvent, QueueRefused
from ..engine.values import OnPrint, PrintRequest
from ..printers.managed import AnyEvent, ManagedPrinter

WITHIN_S = 60.0
"""How long after the request a slicer is told; it has moved on then."""
MAX_REQUESTS = 64

# Those of a job that is started are from before that, or the next report may end them.
_PASSING = frozenset(
    {
        ReasonKey.HELD,
        ReasonKey.PROBLEM,
        ReasonKey.SCHEDULED,
        ReasonKey.RETRY,
        ReasonKey.SLICER_OPTIONS,
        ReasonKey.DRIVER_UNKNOWN,
        ReasonKey.NO_NEWS,
        ReasonKey.SETTLING,
    }
)
# Nobody but a person or another Home Assistant prints it, which is no failure.
_BY_HAND = frozenset(
    {
        ReasonKey.NO_TARGET,
        ReasonKey.NO_PRINTER_OF_MODEL,
        ReasonKey.AT_OTHER_INSTANCE,
        ReasonKey.NOT_ALLOWED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request to print now, and until when its slicer may be told."""

    printer_id: str
    peer: str
    person: str
    until: float
    starts: bool
    """Whether the printer starts what is printed, and does not only put it in front."""


class StartNotices:
    """Follows print requests to virtual printers that queue or start prints, until it is known whether they begin."""

    def __init__(self, printers: Mapping[str, ManagedPrinter]) -> None:
        """Tell the slicers of these."""
        self._printers = printers
        self._uploads: dict[str, _Asked] = {}
        self._jobs: dict[str, _Asked] = {}

    @callback
    def handle_printer_event(self, printer: ManagedPrinter, event: AnyEvent) -> None:
        """Take note of what slicers ask for."""
        config = printer.config
        if (
            not isinstance(config, VirtualPrinterConfig)
            or config.ref.on_print is OnPrint.SEND
        ):
            return
        match event:
            case UploadReceived(file=file, request=PrintRequest() as request):
                self._note(printer, file.id, request)
            case PrintRequested(request=request, upload_id=str() as upload_id):
                self._note(printer, upload_id, request)

    def _note(
        self, printer: ManagedPrinter, upload_id: str, request: PrintRequest
    ) -> None:
        config = printer.config
        self._uploads[upload_id] = _Asked(
            printer_id=printer.id,
            starts=isinstance(config, VirtualPrinterConfig)
            and config.ref.on_print is OnPrint.START,
            peer=request.peer,
            person=request.person,
            until=monotonic() + WITHIN_S,
        )
        while len(self._uploads) > MAX_REQUESTS:
            del self._uploads[next(iter(self._uploads))]

    @callback
    def handle_library_event(self, event: LibraryEvent) -> None:
        """Take note of the jobs that were started for that, and tell of those that are none."""
        match event:
            case JobStarted(job=job, upload_id=upload_id) if asked := self._uploads.get(
                upload_id or job.archive_id
            ):
                if asked.starts:
                    self._jobs[job.id] = asked
                while len(self._jobs) > MAX_REQUESTS:
                    del self._jobs[next(iter(self._jobs))]
            case QueueRefused(upload=upload) if asked := self._uploads.get(upload.id):
                printer = self._printers.get(asked.printer_id)
                if printer and monotonic() < asked.until:
                    printer.async_tell_unprintable(asked.peer, asked.person)

    @callback
    def look(self, reasons: Mapping[str, Reason]) -> None:
        """Tell the slicers whose jobs wait for these reasons."""
        now = monotonic()
        for known in (self._uploads, self._jobs):
            for key in [key for key, asked in known.items() if asked.until < now]:
                del known[key]
        for job_id, asked in tuple(self._jobs.items()):
            reason = reasons.get(job_id)
            if reason is None or reason.key in _PASSING:
                continue
            del self._jobs[job_id]
            printer = self._printers.get(asked.printer_id)
            if printer and reason.key not in _BY_HAND:
                printer.async_tell_busy(asked.peer, asked.person)
