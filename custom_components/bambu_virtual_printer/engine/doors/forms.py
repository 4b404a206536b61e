"""The forms that slicers post: a file, and fields that say what to do with it (docs/doors.md, What slicers send).

The fields may come before the file, as OrcaSlicer and PrusaSlicer send them, or behind it, as Cura does.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field

from ..explanations import as_it_stands, explain
from ..reception.failures import NotSlicedError
from ..reception.names import NameRefusedError, file_name, is_kept
from .failures import RefusedError
from .multipart import (
    MultipartError,
    MultipartParser,
    PartBegun,
    PartData,
    PartEnded,
    boundary_of,
)

MAX_FIELD_BYTES = 4 * 1024
MAX_PLATE = 9999
# The values that OctoPrint takes for true (its docs/api/files.rst and its parser).
_YES = frozenset({"true", "yes", "y", "1"})
_FIELDS = frozenset({"print", "plateindex"})
"""The fields that are used; `select` and `path` are accepted without effect, since the card is flat."""


_NO_NAME = explain("form_without_name", "The file has no usable name")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBegun:
    """The file begins; its name is one that is kept."""

    name: str


type FormEvent = FileBegun | PartData


@dataclass(slots=True)
class UploadForm:
    """One form. Iterate over `read` to its end, then read the properties."""

    content_type: str
    _values: dict[str, bytes] = field(default_factory=dict)
    _has_file: bool = False

    async def read(self, chunks: AsyncIterator[bytes]) -> AsyncGenerator[FormEvent]:
        """Yield the file as it arrives, and record the fields. Raises RefusedError, NotSlicedError."""
        try:
            parser = MultipartParser(boundary_of(self.content_type))
            part: PartBegun | None = None
            async for chunk in chunks:
                for event in parser.feed(chunk):
                    match event:
                        case PartBegun(name="file"):
                            part = event
                            yield self._begin(event)
                        case PartBegun():
                            part = event
                            if event.name in _FIELDS:
                                self._values[event.name] = b""
                        case PartData(data=data) if part is not None:
                            if part.name == "file":
                                yield event
                            else:
                                self._note(part.name, data)
                        case PartEnded():
                            part = None
            parser.finish()
        except MultipartError as err:
            raise RefusedError(as_it_stands(str(err))) from err
        if not self._has_file:
            raise RefusedError(explain("form_without_file", "The form has no file"))

    @property
    def prints(self) -> bool:
        """Whether the person pressed Print, and not only Send."""
        return self._text("print").lower() in _YES

    @property
    def plate(self) -> int | None:
        """The plate to print, from 1; None if the form names none. Raises RefusedError."""
        text = self._text("plateindex")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_PLATE):
            # Not shown: it may be a key that somebody entered in the wrong field.
            raise RefusedError(
                explain(
                    "form_plate",
                    "The plate to print must be a number from 1 to {max}",
                    max=MAX_PLATE,
                )
            )
        return int(text)

    def _begin(self, part: PartBegun) -> FileBegun:
        if self._has_file:
            raise RefusedError(explain("form_of_files", "Send one file at a time"))
        self._has_file = True
        if part.file_name is None:
            raise RefusedError(_NO_NAME)
        return FileBegun(name=checked_name(part.file_name))

    def _note(self, name: str, data: memoryview) -> None:
        if name not in _FIELDS:
            return
        self._values[name] += data
        if len(self._values[name]) > MAX_FIELD_BYTES:
            raise RefusedError(
                explain(
                    "form_field_too_long", "The field {name} is too long", name=name
                )
            )

    def _text(self, name: str) -> str:
        return self._values.get(name, b"").decode(errors="replace").strip()


def checked_name(path: str) -> str:
    """Return the name of a file that is kept, without folders. Raises RefusedError, NotSlicedError."""
    try:
        name = file_name(path.replace("\\", "/"))
    except NameRefusedError:
        raise RefusedError(_NO_NAME) from None
    if not is_kept(name):
        raise NotSlicedError(
            explain(
                "door_not_sliced",
                "Only sliced files are taken: .gcode.3mf, .3mf and .gcode",
            )
        )
    return name
