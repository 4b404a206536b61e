"""Writes `print.project_file`, the command that starts a print.

The slicer's own command is kept: it carries choices that are stored nowhere else (calibrations, bed type; Bambuddy #2700). Only
what names the job, the file and the spools is ours. Fields, types and values are those of starts that a P2S and an A1 have
echoed, and of Bambu Studio's network plugin 02.05 (open-bambu-networking, section 6.8).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
import re
import secrets
from typing import Any, Protocol

from .families import UrlForm
from .mapping import FilamentMapping

COMMAND = "project_file"
MAX_ID = 2**31 - 1
"""A P1S takes larger ids for this one, and then a new job for the last (Bambuddy #1042)."""
MAX_TITLE_LENGTH = 128

_MD5 = re.compile(r"[0-9A-F]{32}")
# What slicers leave out when they speak to a printer directly. A signature is of the slicer's own command, and an
# encrypted URL is of the slicer's own upload.
_NOT_SENT = frozenset(
    {
        "ams_mapping_info",
        "bed_temp",
        "design_id",
        "dev_id",
        "err_code",
        "header",
        "job_id",
        "job_type",
        "model_id",
        "nozzles_info",
        "param_enc",
        "plate_idx",
        "reason",
        "result",
        "sequence_id",
        "skip_objects",
        "timestamp",
        "url_enc",
    }
)
# A LAN start of Bambu Studio where a person chose nothing.
_DEFAULTS: dict[str, Any] = {
    "bed_type": "auto",
    "timelapse": False,
    "bed_leveling": True,
    "auto_bed_leveling": 1,
    "flow_cali": False,
    "extrude_cali_flag": 0,
    # Stock sends 2 to printers with one nozzle as well.
    "nozzle_offset_cali": 2,
    "vibration_cali": False,
    "layer_inspect": True,
    "cfg": "0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFile:
    """A print to be started. `file` is the name in the root of the card, `md5` that of the whole file.

    `job_id` identifies the print in reports, also after a restart: it has to be stored before
    this is sent. `options` is the slicer's command, or what `options_of` made of a print request.
    """

    file: str
    md5: str
    plate: int
    title: str
    job_id: int
    mapping: FilamentMapping
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what printers misread. Raises ValueError."""
        if not 1 <= self.job_id <= MAX_ID:
            raise ValueError(f"a job id is 1 to {MAX_ID}")
        if self.plate < 1:
            raise ValueError("plates count from 1")
        if self.md5 and not _MD5.fullmatch(self.md5):
            raise ValueError("an MD5 is 32 upper-case hexadecimal digits")

    def fields(self, form: UrlForm) -> dict[str, Any]:
        """Write the command without its sequence id."""
        id_ = str(self.job_id)
        kept = {
            key: value
            for key, value in self.options.items()
            if key not in _NOT_SENT and value is not None
        }
        kept.pop("ams_mapping2", None)
        return {
            **_DEFAULTS,
            **kept,
            "command": COMMAND,
            "param": f"Metadata/plate_{self.plate}.gcode",
            "project_id": id_,
            "profile_id": "0",
            "task_id": id_,
            "subtask_id": id_,
            "subtask_name": self.title[:MAX_TITLE_LENGTH],
            "file": self.file,
            "url": form.url(self.file),
            "md5": self.md5,
            **self.mapping.fields(),
        }


def new_job_id() -> int:
    """Draw an id for a print."""
    return secrets.randbelow(MAX_ID) + 1


class PrintChoices(Protocol):
    """What is kept of a slicer's command: `PrintRequest`, and the options of a job. None where unset."""

    @property
    def bed_type(self) -> str:
        """The build plate."""

    @property
    def timelapse(self) -> bool | None:
        """Whether to record a timelapse."""

    @property
    def vibration_cali(self) -> bool | None:
        """Whether to measure vibrations."""

    @property
    def layer_inspect(self) -> bool | None:
        """Whether to inspect the first layer."""

    @property
    def bed_leveling(self) -> int | None:
        """0 off, 1 on, 2 automatic."""

    @property
    def flow_cali(self) -> int | None:
        """0 off, 1 on, 2 automatic."""

    @property
    def nozzle_offset_cali(self) -> int | None:
        """0 off, 1 on, 2 automatic."""

    @property
    def nozzle_mapping(self) -> tuple[int, ...] | None:
        """Which nozzle of a rack is for which filament."""


def options_of(request: PrintChoices) -> dict[str, Any]:
    """Write the choices as the fields they were. What is unset is left out."""
    options: dict[str, Any] = {
        key: value
        for key in ("timelapse", "vibration_cali", "layer_inspect")
        if (value := getattr(request, key)) is not None
    }
    if request.bed_type:
        options["bed_type"] = request.bed_type
    # Three-valued choices travel twice: true only for "on", and 0 off, 1 on, 2 automatic.
    if (leveling := request.bed_leveling) is not None:
        options |= {"bed_leveling": leveling == 1, "auto_bed_leveling": leveling}
    if (flow := request.flow_cali) is not None:
        options |= {"flow_cali": flow == 1, "extrude_cali_flag": flow}
    if (offset := request.nozzle_offset_cali) is not None:
        options["nozzle_offset_cali"] = offset
    if request.nozzle_mapping is not None:
        options["nozzle_mapping"] = list(request.nozzle_mapping)
    return options
