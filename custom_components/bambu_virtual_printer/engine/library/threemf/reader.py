"""Reads what a sliced 3MF is about, and its pictures.

Bambu Studio and OrcaSlicer write the same layout (Bambu Studio 2.8, OrcaSlicer 1.x to 2.4, checked against their
files and exporters):

    Metadata/slice_info.config        times, weights, filaments and objects of each sliced plate
    Metadata/model_settings.config    names of plates, objects of plates that were never sliced
    Metadata/project_settings.config  the profile
    Metadata/plate_N.gcode            its header: layers, and everything else where the files above are missing; its end,
                                      where the printing time is nowhere else
    Metadata/plate_N.json             names of objects, where slice_info lists none
    3D/3dmodel.model                  title, designer and application, before the meshes

Whatever is wrong with one of them costs the facts it holds and is named in `problems`. Reading takes milliseconds and
little memory however large the file is, but for the end of G-code, which takes inflating all of it, up to a bound; it
blocks, so call it in a thread.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
import json
from pathlib import Path
import re
import struct
from typing import Any

from ..values.sanitize import to_int
from ..values.sliced_file import SlicedFile
from . import assembly
from .assembly import Parts
from .gcode_header import (
    ENDING_BYTES,
    HEADER_BYTES,
    MAX_PRINT_TIME_S,
    SETTINGS_BYTES,
    read_ending,
    read_header,
)
from .package import DAMAGED, MemberError, Package, ThreeMFError
from .profile import Profile
from .xml_parts import MAX_PLATES, ModelMetadata, ModelSettings, PlateInfo, SliceInfo

__all__ = ["ThreeMFError", "read", "read_cover", "read_members", "read_thumbnail"]

PROJECT_SETTINGS = "Metadata/project_settings.config"

MAX_XML_BYTES = 4 * 1024 * 1024
# JSON is parsed in one go, during which no other thread runs.
MAX_JSON_BYTES = 1024 * 1024
MODEL_METADATA_BYTES = 1024 * 1024
MAX_THUMBNAIL_BYTES = 16 * 1024 * 1024
MAX_THUMBNAIL_PIXELS = 50_000_000
# Slicers ask for descriptions, which are small.
MAX_MEMBERS_BYTES = 480 * 1024
# How much G-code of all plates is inflated to reach their ends: a second's work.
MAX_INFLATED_GCODE_BYTES = 256 * 1024 * 1024
MAX_PLATE_NUMBER = 9999
MAX_PROBLEMS = 16

_GCODE = re.compile(r"Metadata/plate_([1-9][0-9]{0,3})\.gcode", re.IGNORECASE)
# How a PNG begins: its signature, and the part with its width and height.
_PNG_START = struct.Struct(">8s4x4sII")
_PNG = b"\x89PNG\r\n\x1a\n"
# Where a plate's picture is looked for, best first: its own, then that of the project.
_THUMBNAILS = (
    "Metadata/plate_{number}.png",
    "Metadata/thumbnail.png",
    "Metadata/model_thumbnail.png",
    "Auxiliaries/.thumbnails/thumbnail_middle.png",
    "Auxiliaries/.thumbnails/thumbnail_small.png",
    "Auxiliaries/.thumbnails/thumbnail_3mf.png",
)


def read(path: Path) -> SlicedFile:
    """Read the facts of a 3MF. Raises ThreeMFError."""
    with Package(path) as package:
        return assembly.assemble(_gather(package))


def read_thumbnail(path: Path, plate: int) -> bytes | None:
    """Return a plate's picture as PNG, or None. Raises ThreeMFError."""
    with Package(path) as package:
        name = _thumbnail(package, plate)
        try:
            return package.read(name, MAX_THUMBNAIL_BYTES) if name else None
        except MemberError:
            return None


def read_cover(path: Path) -> bytes | None:
    """Return the picture of the first sliced plate, or of the project, as PNG. Raises ThreeMFError."""
    with Package(path) as package:
        plates = sorted(
            int(match[1]) for match in map(_GCODE.fullmatch, package.names) if match
        )
        name = _thumbnail(package, plates[0] if plates else 1)
        try:
            return package.read(name, MAX_THUMBNAIL_BYTES) if name else None
        except MemberError:
            return None


def read_members(path: Path, names: Sequence[str]) -> Mapping[str, bytes]:
    """Return members by their names, MAX_MEMBERS_BYTES of them at most; what is not there is left out. Raises ThreeMFError."""
    found: dict[str, bytes] = {}
    left_bytes = MAX_MEMBERS_BYTES
    with Package(path) as package:
        for name in names:
            with suppress(MemberError):
                found[name] = package.read(name, left_bytes)
                left_bytes -= len(found[name])
    return found


def _gather(package: Package) -> Parts:
    """Read every member that says something. Raises ThreeMFError."""
    gcodes = {
        int(match[1]): match[0]
        for match in map(_GCODE.fullmatch, package.names)
        if match
    }
    if not gcodes and not {ModelMetadata.NAME, SliceInfo.NAME} & {*package.names}:
        raise ThreeMFError(DAMAGED)
    parts = Parts(gcodes=frozenset(gcodes))

    @contextmanager
    def noting_problems() -> Iterator[None]:
        try:
            yield
        except MemberError as err:
            if len(parts.problems) < MAX_PROBLEMS:
                parts.problems.append(str(err))

    slice_info = SliceInfo()
    with noting_problems():
        slice_info.feed(package.chunks(SliceInfo.NAME, MAX_XML_BYTES))
    model_settings = ModelSettings()
    with noting_problems():
        model_settings.feed(package.chunks(ModelSettings.NAME, MAX_XML_BYTES))
    metadata = ModelMetadata()
    with noting_problems():
        metadata.feed(package.beginning(ModelMetadata.NAME, MODEL_METADATA_BYTES))
    with noting_problems():
        parts.profile = Profile(_json_object(package, PROJECT_SETTINGS))

    parts.metadata = metadata.values
    parts.slice_header = slice_info.header
    parts.object_names = model_settings.object_names
    parts.infos = _by_number(slice_info.plates, lambda p: p.metadata.get("index"))
    parts.settings = _by_number(
        model_settings.plates, lambda p: p.metadata.get("plater_id")
    )
    parts.numbers = sorted({*parts.infos, *parts.settings, *gcodes})[:MAX_PLATES]
    with_settings = not parts.profile.settings
    left = MAX_INFLATED_GCODE_BYTES
    for number in parts.numbers:
        parts.thumbnails[number] = _thumbnail(package, number)
        if number in gcodes:
            with noting_problems():
                max_bytes = SETTINGS_BYTES if with_settings else HEADER_BYTES
                parts.headers[number] = read_header(
                    package.beginning(gcodes[number], max_bytes),
                    with_settings=with_settings,
                )
                if _needs_ending(parts, number):
                    size_bytes = package.size(gcodes[number])
                    ending = package.ending(
                        gcodes[number], ENDING_BYTES, max_inflated_bytes=left
                    )
                    left -= size_bytes
                    read_ending(parts.headers[number], ending)
                # All plates of a file have the same; the first ones do.
                with_settings = False
        details = f"Metadata/plate_{number}.json"
        if details in package and not (
            number in parts.infos and parts.infos[number].objects
        ):
            with noting_problems():
                parts.outlines[number] = _json_object(package, details)
    return parts


def _needs_ending(parts: Parts, plate: int) -> bool:
    """Return whether nothing says how long the plate is printed, as in files for printers that are not Bambu's."""
    info = parts.infos.get(plate, PlateInfo())
    return not (
        to_int(info.metadata.get("prediction"), maximum=MAX_PRINT_TIME_S)
        or parts.headers[plate].print_time_s
    )


def _by_number[Described](
    plates: list[Described], number_of: Callable[[Described], str | None]
) -> dict[int, Described]:
    """Return the plates by their number, which is their place where they do not say."""
    return {
        to_int(number_of(plate), minimum=1, maximum=MAX_PLATE_NUMBER) or place: plate
        for place, plate in enumerate(plates, 1)
    }


def _json_object(package: Package, name: str) -> dict[str, Any]:
    """Return the JSON object a member holds. Raises MemberError."""
    try:
        value = json.loads(package.read(name, MAX_JSON_BYTES))
    except (ValueError, RecursionError) as err:
        raise MemberError(f"{name} is no JSON") from err
    if not isinstance(value, dict):
        raise MemberError(f"{name} is no JSON object")
    return value


def _thumbnail(package: Package, plate: int) -> str:
    """Return the name of the first member that is there and is a picture that can be kept and looked at."""
    for pattern in _THUMBNAILS:
        name = pattern.format(number=plate)
        try:
            if package.size(name) <= MAX_THUMBNAIL_BYTES and is_picture(
                b"".join(package.beginning(name, _PNG_START.size))
            ):
                return name
        except MemberError:
            continue
    return ""


def is_picture(beginning: bytes) -> bool:
    """Return whether a file is a PNG, and not of so many pixels that showing it would take all memory."""
    if len(beginning) < _PNG_START.size:
        return False
    signature, kind, width, height = _PNG_START.unpack_from(beginning)
    pixels: int = width * height
    return signature == _PNG and kind == b"IHDR" and 0 < pixels <= MAX_THUMBNAIL_PIXELS
