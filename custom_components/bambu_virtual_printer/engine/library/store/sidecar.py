"""The small JSON file beside every kept file: all that cannot be read from the file itself.

The index can be rebuilt from it, with people's annotations; only the queue is in the index alone.
"""

from dataclasses import dataclass
import json
from typing import Self

from ...values import PrinterRef, PrintRequest, ReceivedFile
from ..values.job import DEFAULT_PLAN, JobPlan
from ..values.json_codec import from_json, to_json
from ..values.names import safe_file_name
from ..values.records import NO_ANNOTATIONS, Annotations, Archive, Upload, UploadState

SIDECAR_FILE = "upload.json"
MAX_SIDECAR_BYTES = 4 * 1024 * 1024
_VERSION = 1


class SidecarError(Exception):
    """The sidecar is damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """What is known of an upload besides its bytes."""

    file: ReceivedFile
    file_name: str
    printer: PrinterRef
    requests: tuple[PrintRequest, ...] = ()
    annotations: Annotations = NO_ANNOTATIONS
    plan: JobPlan = DEFAULT_PLAN
    waits: bool = False
    """Whether a person is to decide about it; in the folder of a Home Assistant's own its place says so too."""

    @classmethod
    def of(cls, upload: Upload, archive: Archive | None) -> Self:
        """Return what the index knows. What people write is on the archive as soon as there is one."""
        noted = upload if archive is None else archive
        return cls(
            file=upload.file,
            file_name=upload.file_name,
            printer=upload.printer,
            requests=upload.requests,
            annotations=noted.annotations,
            plan=upload.plan,
            waits=archive is None and upload.state is UploadState.PENDING,
        )

    def encode(self) -> bytes:
        """Return the content of the file."""
        return json.dumps(
            {
                "version": _VERSION,
                "file": to_json(self.file),
                "file_name": self.file_name,
                "printer": to_json(self.printer),
                "requests": [to_json(request) for request in self.requests],
                "annotations": to_json(self.annotations),
                "plan": to_json(self.plan),
                "waits": self.waits,
            },
            indent=1,
        ).encode()

    @classmethod
    def decode(cls, content: bytes) -> Self:
        """Read the content of the file. Raises SidecarError."""
        try:
            data = json.loads(content)
            # Older versions kept the last one only.
            requests = data.get("requests") or [data.get("request")]
            return cls(
                file=from_json(ReceivedFile, data["file"]),
                file_name=safe_file_name(data["file_name"]),
                printer=from_json(PrinterRef, data["printer"]),
                requests=tuple(
                    from_json(PrintRequest, request)
                    for request in requests
                    if request is not None
                ),
                annotations=from_json(Annotations, data["annotations"]),
                plan=from_json(JobPlan, data.get("plan", {})),
                waits=data.get("waits") is True,
            )
        except (
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            RecursionError,
        ) as err:
            raise SidecarError(str(err)) from err
