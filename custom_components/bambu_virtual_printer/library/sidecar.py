"""The small JSON file beside every kept file: all that cannot be read from the file itself.

With it the index can be made anew, down to the notes people wrote. It is also how print requests are written down in
the index.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
import json
from types import UnionType
from typing import TYPE_CHECKING, Any, Self, get_args, get_origin, get_type_hints

from ..model import Mode, PrinterRef, PrintRequest, ReceivedFile
from .names import safe_file_name
from .records import Annotations

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SIDECAR_FILE = "upload.json"
MAX_SIDECAR_BYTES = 1024 * 1024
_VERSION = 1


class SidecarError(Exception):
    """The sidecar is damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """What is known of an upload besides its bytes."""

    file: ReceivedFile
    file_name: str
    printer: PrinterRef
    request: PrintRequest | None = None
    annotations: Annotations = field(default_factory=Annotations)

    def encode(self) -> bytes:
        """Return the content of the file."""
        return json.dumps(
            {
                "version": _VERSION,
                "file": _with_text_dates(asdict(self.file)),
                "file_name": self.file_name,
                "printer": asdict(self.printer),
                "request": self.request and request_to_json(self.request),
                "annotations": asdict(self.annotations),
            },
            indent=1,
        ).encode()

    @classmethod
    def decode(cls, content: bytes) -> Self:
        """Read the content of the file. Raises SidecarError."""
        try:
            data = json.loads(content)
            request = data["request"]
            return cls(
                file=_checked(ReceivedFile, data["file"]),
                file_name=safe_file_name(data["file_name"]),
                printer=_checked(PrinterRef, data["printer"]),
                request=None if request is None else request_from_json(request),
                annotations=_checked(Annotations, data["annotations"]),
            )
        except (
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            RecursionError,
        ) as err:
            raise SidecarError(str(err)) from err


def request_to_json(request: PrintRequest) -> dict[str, Any]:
    """Return a print request as values that JSON knows."""
    return _with_text_dates(asdict(request))


def request_from_json(data: Mapping[str, Any]) -> PrintRequest:
    """Restore a print request. Raises ValueError, TypeError, LookupError."""
    return _checked(PrintRequest, data)


def _with_text_dates(data: dict[str, Any]) -> dict[str, Any]:
    return data | {"received_at": data["received_at"].isoformat()}


def _checked[Value: DataclassInstance](
    kind: type[Value], data: Mapping[str, Any]
) -> Value:
    """Make a dataclass of JSON values of the right types; fields it does not know are left out."""
    values: dict[str, Any] = {}
    for name, wanted in get_type_hints(kind).items():
        if name not in data:
            continue
        value = data[name]
        match value:
            case str() if wanted is datetime:
                value = datetime.fromisoformat(value)
                if value.tzinfo is None:
                    raise ValueError(f"{name} has no time zone")
            case str() if wanted is Mode:
                value = Mode(value)
            case list():
                value = tuple(value)
        if not isinstance(value, _runtime_types(wanted)):
            raise TypeError(f"{name} is no {wanted}")
        values[name] = value
    return kind(**values)


def _runtime_types(hint: Any) -> tuple[type, ...]:
    """Return the classes a value of this type may have; what is in a tuple is not looked at."""
    alternatives = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return tuple(get_origin(alternative) or alternative for alternative in alternatives)
