"""Reads what plain G-code is about, from the comments at its beginning and its end.

    Bambu Studio, OrcaSlicer    the blocks of `threemf.gcode_header`, and pictures in a block of their own
    PrusaSlicer (2.4 and later) pictures at the beginning; sums and settings at the end
    Cura (4 and 5)              times, lengths and layers at the beginning; pictures where its script adds them

However large the file is, only its first and last MiB are read; it blocks, so call it in a thread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
import os
from pathlib import Path
import re
from typing import NamedTuple

from ...explanations import explain
from ...protocol.printer_models import find_sliced_for
from ...regular_files import open_regular
from ..threemf import assembly
from ..threemf.assembly import Parts
from ..threemf.gcode_header import GcodeHeader, read_ending, read_header
from ..threemf.profile import Profile
from ..values.errors import SlicedFileError, unreadable
from ..values.sanitize import number, to_int
from ..values.sliced_file import BAMBU_DIALECTS, SlicedFile
from . import pictures

BEGINNING_BYTES = 2 * 1024 * 1024
ENDING_BYTES = 1024 * 1024
MAX_LAYERS = 1_000_000
MAX_HEIGHT_MM = 100_000.0
MAX_LENGTH_M = 1_000_000.0
MAX_PRINT_TIME_S = 10 * 365 * 86400
MAX_SLOTS = 64
PLATE = 1
PICTURE = "comments"
"""The place of a picture, where a 3MF has the name of a member."""

_CURA = re.compile(
    rb"^;(TIME|Filament used|LAYER_COUNT|MAXZ|Layer height|TARGET_MACHINE\.NAME):(.{1,200})$",
    re.MULTILINE,
)
_LENGTH = re.compile(r"(\d{1,12}(?:\.\d{1,12})?)m\b")


class _Comments(NamedTuple):
    """The ends of a file."""

    beginning: bytes
    ending: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainGcode:
    """What plain G-code is about: its facts, its settings as they are written, and its pictures, the largest first."""

    facts: SlicedFile
    settings: Mapping[str, str]
    pictures: Sequence[bytes]


def read(path: Path) -> SlicedFile:
    """Read the facts of plain G-code: one plate, the first. Raises SlicedFileError."""
    return read_all(path).facts


def read_all(path: Path) -> PlainGcode:
    """Read everything that the comments say. Raises SlicedFileError."""
    comments = _read(path)
    header = read_header([comments.beginning, b"\n"], with_settings=True)
    _forget_doubtful_filaments(header)
    read_ending(header, comments.ending)
    _add_cura(header, comments.beginning)
    found = pictures.all_of(comments.beginning)
    facts = assembly.assemble(
        Parts(
            gcodes=frozenset({PLATE}),
            numbers=[PLATE],
            headers={PLATE: header},
            thumbnails={PLATE: PICTURE} if found else {},
        )
    )
    model = None
    if facts.slicer in BAMBU_DIALECTS:
        model = find_sliced_for(facts.printer_model)
    return PlainGcode(
        facts=replace(
            facts,
            is_plain_gcode=True,
            printer_model_id=model.code if model else "",
        ),
        settings=header.settings,
        pictures=found,
    )


def _forget_doubtful_filaments(header: GcodeHeader) -> None:
    """Forget sums of fewer filaments than the project has, if the header does not say of which: the end may say it."""
    count = len(header.weights_g) or len(header.lengths_m)
    if not header.slots and count < Profile(header.settings).filament_count:
        header.weights_g, header.lengths_m = [], []


def read_picture(path: Path) -> bytes | None:
    """Return the largest picture in the comments as PNG, or None. Raises SlicedFileError."""
    return next(iter(pictures.all_of(_read(path).beginning)), None)


def _read(path: Path) -> _Comments:
    try:
        with open_regular(path) as file:
            size_bytes = os.fstat(file.fileno()).st_size
            beginning = file.read(BEGINNING_BYTES)
            file.seek(max(0, size_bytes - ENDING_BYTES))
            ending = file.read(ENDING_BYTES)
    except OSError as err:
        raise SlicedFileError(unreadable(path.name).because(err)) from err
    if not beginning.strip() or b"\0" in beginning:
        raise SlicedFileError(explain("file_not_gcode", "The file is not G-code."))
    return _Comments(beginning.replace(b"\r\n", b"\n"), ending.replace(b"\r\n", b"\n"))


def _add_cura(header: GcodeHeader, beginning: bytes) -> None:
    """Read Cura's comments: they have lengths, but no weights and no settings."""
    if header.producer not in {"", "Cura_SteamEngine"}:
        return
    for key, value in _CURA.findall(beginning):
        text = value.decode(errors="replace").strip()
        match key:
            case b"TIME":
                header.print_time_s = header.print_time_s or to_int(
                    text, maximum=MAX_PRINT_TIME_S
                )
            case b"LAYER_COUNT":
                header.total_layers = header.total_layers or to_int(
                    text, minimum=1, maximum=MAX_LAYERS
                )
            case b"MAXZ":
                header.height_mm = header.height_mm or number(
                    text, maximum=MAX_HEIGHT_MM
                )
            case b"Layer height":
                header.settings.setdefault("layer_height", text)
            case b"TARGET_MACHINE.NAME":
                header.settings.setdefault("printer_model", text)
            case b"Filament used" if not header.lengths_m:
                header.lengths_m = [
                    min(float(length), MAX_LENGTH_M)
                    for length in _LENGTH.findall(text)[:MAX_SLOTS]
                ]
