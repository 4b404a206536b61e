"""Tells slicers that what they asked to print cannot begin now: in `print_error`, which their dialogs explain."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

from homeassistant.core import callback

from ..config.subentries import VirtualPrinterConfig
from ..engine.dispatch.reasons import Reason, ReasonKey
from ..engine.events import PrintRequested, UploadReceived
from ..engine.library.values.events import JobStarted, LibraryEvent
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
        ReasonKey.PLAIN_GCODE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request to print now, and until when its slicer may be told."""

    printer_id: str
    peer: str
    person: str
    until: float


class StartNotices:
    """Follows print requests to virtual printers that start prints, until it is known whether they begin."""

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
            or config.ref.on_print is not OnPrint.START
        ):
            return
        match event:
            case UploadReceived(file=file, request=PrintRequest() as request):
                self._note(printer.id, file.id, request)
            case PrintRequested(request=request, upload_id=str() as upload_id):
                self._note(printer.id, upload_id, request)

    def _note(self, printer_id: str, upload_id: str, request: PrintRequest) -> None:
        self._uploads[upload_id] = _Asked(
            printer_id=printer_id,
            peer=request.peer,
            person=request.person,
            until=monotonic() + WITHIN_S,
        )
        while len(self._uploads) > MAX_REQUESTS:
            del self._uploads[next(iter(self._uploads))]

    @callback
    def handle_library_event(self, event: LibraryEvent) -> None:
        """Take note of the jobs that were started for that."""
        if isinstance(event, JobStarted) and (
            asked := self._uploads.get(event.job.archive_id)
        ):
            self._jobs[event.job.id] = asked
            while len(self._jobs) > MAX_REQUESTS:
                del self._jobs[next(iter(self._jobs))]

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
