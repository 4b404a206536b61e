"""What the printer says it is doing: the job state machine, without sockets or clocks.

Both slicers show progress only, and enable Send only, by `gcode_state`; the Print dialog is released when the state
becomes FINISH under the slicer's own `subtask_name` (protocol 5.6, 11 B6-B7). Two orders occur:

    older:   project_file -> upload      PREPARE .............. FINISH
    newer:   upload -> project_file      FINISH (by file name), PREPARE, FINISH (by the slicer's name)

So FINISH is said after every upload, and once more a while after each `project_file`, long enough for at least one
status report to have carried PREPARE. FINISH and FAILED last until the next job; the printer never falls back to IDLE.
"""

from dataclasses import dataclass
from enum import StrEnum

# At least one 1 Hz report carries PREPARE.
PREPARE_S = 1.5
# In the older order, the upload begins within this time of `project_file`; a later one of the same name is a new job.
UPLOAD_FOLLOWS_S = 60.0


class GcodeState(StrEnum):
    """The states of `gcode_state` that a printer without a nozzle goes through."""

    IDLE = "IDLE"
    PREPARE = "PREPARE"
    FINISH = "FINISH"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReport:
    """The job's part of a status report."""

    gcode_state: GcodeState = GcodeState.IDLE
    gcode_file: str = ""
    subtask_name: str = ""
    prepare_percent: str = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    file: str
    subtask_name: str
    expires_at: float


class Job:
    """The job of one virtual printer. Times are seconds of any clock that does not go back."""

    def __init__(self) -> None:
        """Start idle."""
        self.report = JobReport()
        self.deadline: float | None = None
        """When `tick` wants to be called next, or None."""
        self._request: _Request | None = None
        # The names of uploads under way by their ids, in the order they began.
        self._uploading: dict[str, str] = {}

    def project_file(self, file: str, subtask_name: str, now: float) -> None:
        """Handle a slicer's Print: PREPARE, then FINISH unless the file is still on its way."""
        self._request = _Request(
            file=file, subtask_name=subtask_name, expires_at=now + UPLOAD_FOLLOWS_S
        )
        self._prepare(now)

    def upload_started(self, upload_id: str, name: str, now: float) -> None:
        """Note a started upload; one that was asked for by `project_file` is prepared while it lasts."""
        self._uploading[upload_id] = name
        if self._request and now > self._request.expires_at and not self._preparing:
            self._request = None
        if self._asked_for(name):
            self._prepare(now)

    def upload_finished(self, upload_id: str, name: str) -> None:
        """Note a complete upload.

        Older ones of its name do not matter any more: the slicer gave them up when it sent the file again, and they
        may hang for long.
        """
        if upload_id in self._uploading:
            for other, file in tuple(self._uploading.items()):
                if file == name:
                    del self._uploading[other]
                if other == upload_id:
                    break
        if self.deadline is not None:
            # PREPARE has not been seen long enough, or another file is being prepared; `tick` goes on from here.
            return
        if self._asked_for(name):
            self._finish_request()
            self._request = None
        elif not self._preparing:
            self.report = JobReport(
                gcode_state=GcodeState.FINISH,
                gcode_file=name,
                subtask_name=name.removesuffix(".3mf"),
                prepare_percent="100",
            )

    def upload_failed(self, upload_id: str, name: str) -> None:
        """Note an upload that was cut short or refused."""
        if self._uploading.pop(upload_id, None) is None:
            return
        asked_for = self._asked_for(name)
        if self._preparing and not asked_for:
            return
        request = self._request if asked_for else None
        self.deadline = None
        self._request = None
        self.report = JobReport(
            gcode_state=GcodeState.FAILED,
            gcode_file=name,
            subtask_name=request.subtask_name if request else name.removesuffix(".3mf"),
        )

    def tick(self, now: float) -> None:
        """End PREPARE when its time is over, unless the file is still on its way."""
        if self.deadline is None or now < self.deadline:
            return
        self.deadline = None
        if self._request and self._request.file not in self._uploading.values():
            self._finish_request()

    @property
    def _preparing(self) -> bool:
        return self.report.gcode_state is GcodeState.PREPARE

    def _asked_for(self, name: str) -> bool:
        return self._request is not None and self._request.file == name

    def _prepare(self, now: float) -> None:
        assert self._request is not None
        self.report = JobReport(
            gcode_state=GcodeState.PREPARE,
            gcode_file=self._request.file,
            subtask_name=self._request.subtask_name,
        )
        self.deadline = now + PREPARE_S

    def _finish_request(self) -> None:
        """Say FINISH with the slicer's own name in both fields, which is what releases its dialog."""
        assert self._request is not None
        name = self._request.subtask_name
        self.report = JobReport(
            gcode_state=GcodeState.FINISH,
            gcode_file=name,
            subtask_name=name,
            prepare_percent="100",
        )
