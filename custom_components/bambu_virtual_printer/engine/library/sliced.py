"""Sliced files of either kind: a 3MF, or plain G-code. The name decides which."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from .gcode import reader as gcode_reader
from .threemf import reader as threemf_reader, thumbnails
from .values.names import is_plain_gcode
from .values.sliced_file import SlicedFile


def read(path: Path, name: str = "") -> SlicedFile:
    """Read what a file is about; `name` is what it will be called, where that differs. Blocks. Raises SlicedFileError."""
    return (
        gcode_reader.read(path)
        if is_plain_gcode(name or path.name)
        else threemf_reader.read(path)
    )


def extract_thumbnails(path: Path, facts: SlicedFile) -> SlicedFile:
    """Put the pictures of all plates beside the file. Returns the facts with only those named that are there now.

    Blocks. Raises SlicedFileError, OSError.
    """
    if not is_plain_gcode(path.name):
        return thumbnails.extract(path, facts)
    picture = gcode_reader.read_picture(path)
    if picture is not None:
        thumbnails.write(path, gcode_reader.PLATE, picture)
    return replace(
        facts,
        plates=tuple(
            replace(plate, thumbnail=gcode_reader.PICTURE if picture else "")
            for plate in facts.plates
        ),
    )


def read_picture(path: Path) -> bytes | None:
    """Return the picture of a file: that of its first plate, as PNG. Blocks. Raises SlicedFileError."""
    if is_plain_gcode(path.name):
        return gcode_reader.read_picture(path)
    return threemf_reader.read_cover(path)


def read_members(path: Path, names: Sequence[str]) -> Mapping[str, bytes]:
    """Return members of a 3MF, without those that are not there or too large. Blocks. Raises SlicedFileError."""
    return {} if is_plain_gcode(path.name) else threemf_reader.read_members(path, names)
