"""The comments around a plate's G-code, as Bambu Studio and OrcaSlicer write them.

    ; HEADER_BLOCK_START                          ; CONFIG_BLOCK_START
    ; BambuStudio 02.05.00.66                     ; printer_model = Bambu Lab P1S
    ; total layer number: 88                      ; filament_type = PLA;PETG
    ; total filament weight [g] : 10.18,0.99      ; CONFIG_BLOCK_END
    ; HEADER_BLOCK_END

Reading ends with the last of them, never in the moves. Files of other tools may lack the blocks; then the layer
comments of Bambu's own profiles still tell how many layers there are. For printers that are not Bambu's, OrcaSlicer (2.3)
writes the sums and the settings behind the moves:

    ; filament used [g] = 11.74
    ; estimated printing time (normal mode) = 58m 24s
    ; CONFIG_BLOCK_START
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
import re

from ..values.sanitize import clean_text, number, to_int

# The header has a few hundred bytes. The settings take 60 KiB for five filaments, start and end G-code included.
HEADER_BYTES = 64 * 1024
SETTINGS_BYTES = 512 * 1024
# Sums and settings together.
ENDING_BYTES = SETTINGS_BYTES
MAX_PRINT_TIME_S = 10 * 365 * 86400
MAX_WEIGHT_G = 1_000_000.0
MAX_LENGTH_M = 1_000_000.0
MAX_HEIGHT_MM = 100_000.0
MAX_LAYERS = 1_000_000
MAX_SLOT = 256
MAX_LABEL = 2**31

_PRODUCER = re.compile(
    r"(?:[Gg]enerated (?:by|with) )?(?P<name>BambuStudio|OrcaSlicer|PrusaSlicer|Cura_SteamEngine)[ -](?P<version>\d[\w.+-]*)"
)
_DURATION = re.compile(r"(\d+)\s*([dhms])")
_LAYERS = re.compile(r"layer num/total_layer_count: *\d+/(\d+)")
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


@dataclass(slots=True, kw_only=True)
class GcodeHeader:
    """What the comments say. Lists are in the order of `slots`, the filaments used."""

    producer: str = ""
    version: str = ""
    print_time_s: int | None = None
    total_layers: int | None = None
    height_mm: float | None = None
    slots: list[int] = field(default_factory=list)
    weights_g: list[float] = field(default_factory=list)
    lengths_m: list[float] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    """What the printer's skip-object command names the objects by."""
    settings: dict[str, str] = field(default_factory=dict)


def read_header(chunks: Iterable[bytes], *, with_settings: bool) -> GcodeHeader:
    """Read the comments; stop before the moves, and before the settings unless they are wanted."""
    header = GcodeHeader()
    in_settings = False
    for line in _lines(chunks):
        match line:
            case "HEADER_BLOCK_END" if not with_settings:
                break
            case "CONFIG_BLOCK_START":
                in_settings = True
            case "CONFIG_BLOCK_END" | "EXECUTABLE_BLOCK_START":
                break
            case _ if in_settings:
                key, separator, value = line.partition(" =")
                if separator:
                    header.settings[key] = value.lstrip()
            case _:
                _read_line(header, line)
    return header


def read_ending(header: GcodeHeader, ending: bytes) -> None:
    """Take what the header does not say from the last bytes of the G-code."""
    sums = GcodeHeader()
    in_settings = False
    for line in _lines([ending, b"\n"]):
        key, separator, value = line.partition(" = ")
        match line:
            case "CONFIG_BLOCK_START" | "prusaslicer_config = begin":
                in_settings = True
            case "CONFIG_BLOCK_END" | "prusaslicer_config = end":
                # The sums may stand behind them.
                in_settings = False
            case _ if not separator:
                continue
            case _ if in_settings:
                sums.settings[key] = value
            case _:
                _read_sum(sums, key, value)
    header.print_time_s = header.print_time_s or sums.print_time_s
    header.total_layers = header.total_layers or sums.total_layers
    header.settings = header.settings or sums.settings
    if not header.weights_g and not header.lengths_m:
        header.weights_g, header.lengths_m = sums.weights_g, sums.lengths_m


def _read_sum(header: GcodeHeader, key: str, value: str) -> None:
    match key:
        case "estimated printing time (normal mode)":
            header.print_time_s = _duration(value)
        case "total layers count":
            header.total_layers = to_int(value, minimum=1, maximum=MAX_LAYERS)
        case "filament used [g]":
            header.weights_g = _numbers(value, maximum=MAX_WEIGHT_G)
        case "filament used [mm]":
            header.lengths_m = _lengths_m(value)


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Yield the comments, without their semicolons."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line.startswith(b";"):
                yield line.decode(errors="replace").lstrip("; ").rstrip()


def _read_line(header: GcodeHeader, line: str) -> None:
    if not header.producer and (producer := _PRODUCER.match(line)):
        header.producer = producer["name"]
        header.version = producer["version"]
    if layers := _LAYERS.match(line):
        header.total_layers = header.total_layers or to_int(
            layers[1], minimum=1, maximum=MAX_LAYERS
        )
    # Times share a line: "model printing time: 25m 25s; total estimated time: 32m 38s".
    for statement in line.split("; "):
        key, _, value = statement.partition(":")
        match key.strip():
            case "total estimated time":
                header.print_time_s = _duration(value)
            case "model printing time":
                header.print_time_s = header.print_time_s or _duration(value)
            case "total layer number":
                header.total_layers = to_int(value, minimum=1, maximum=MAX_LAYERS)
            case "max_z_height":
                header.height_mm = number(value, maximum=MAX_HEIGHT_MM)
            case "filament":
                header.slots = [
                    int(slot) for slot in _numbers(value, minimum=1, maximum=MAX_SLOT)
                ]
            case "model label id":
                header.labels = [
                    int(label) for label in _numbers(value, maximum=MAX_LABEL)
                ]
            case "total filament weight [g]":
                header.weights_g = _numbers(value, maximum=MAX_WEIGHT_G)
            case "total filament length [mm]":
                header.lengths_m = _lengths_m(value)


def _duration(value: str) -> int | None:
    """Read "1d 2h 3m 4s"."""
    parts = _DURATION.findall(clean_text(value))
    if not parts:
        return None
    seconds = sum(int(count[:12]) * _SECONDS[unit] for count, unit in parts)
    return seconds if seconds <= MAX_PRINT_TIME_S else None


def _lengths_m(value_mm: str) -> list[float]:
    return [length / 1000 for length in _numbers(value_mm, maximum=MAX_LENGTH_M * 1000)]


def _numbers(value: str, *, maximum: float, minimum: float = 0.0) -> list[float]:
    """Read "1.5,2"; nothing at all when one of them is none, since their order counts."""
    numbers = [
        number(item, minimum=minimum, maximum=maximum)
        for item in value.split(",")[:MAX_SLOT]
    ]
    known = [item for item in numbers if item is not None]
    return known if len(known) == len(numbers) else []
