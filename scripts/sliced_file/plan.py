"""What a generated file is to hold, and what slicing it would find out."""

from dataclasses import dataclass
from functools import cached_property
import math
from random import Random
from typing import Literal, NamedTuple
import zlib

from scripts.sliced_file.shapes import Layer, Thing, layer, things

type SlicerName = Literal["bambu_studio", "orca_slicer"]

VERSIONS: dict[SlicerName, str] = {
    "bambu_studio": "02.07.01.57",
    "orca_slicer": "2.4.2",
}
# What OrcaSlicer names as the Bambu Studio it is like.
ORCA_CLIENT_VERSION = "02.05.00.66"

MODEL_NAMES = {
    "BL-P001": "Bambu Lab X1 Carbon",
    "C11": "Bambu Lab P1P",
    "C12": "Bambu Lab P1S",
    "N1": "Bambu Lab A1 mini",
    "N2S": "Bambu Lab A1",
    "N7": "Bambu Lab P2S",
    "O1D": "Bambu Lab H2D",
}
DUAL_NOZZLE_MODELS = {"O1D"}


class Spool(NamedTuple):
    """A filament as slicers know it."""

    type: str
    color: str
    tray_info_idx: str
    profile: str
    density: float
    nozzle_c: int
    bed_c: int


SPOOLS = (
    Spool("PLA", "#00AE42", "GFA00", "Bambu PLA Basic @BBL X1C", 1.24, 220, 55),
    Spool("PETG", "#F7D959", "GFG00", "Bambu PETG Basic @BBL X1C", 1.25, 255, 70),
    Spool("PLA", "#2850E0", "GFA01", "Bambu PLA Matte @BBL X1C", 1.32, 220, 55),
    Spool("TPU", "#D6001C", "GFU01", "Bambu TPU 95A @BBL X1C", 1.22, 230, 35),
)

FILAMENT_AREA_MM2 = math.pi * 0.875**2
LAYER_HEIGHT_MM = 0.2
PREPARATION_S = 420
DEFAULT_LAYERS = 60
DEFAULT_DETAIL = 120
# Larger files have finer outlines rather than sky-high things.
BULK_DETAIL = 4000
BULK_FROM_BYTES = 8 * 1024 * 1024
# Layers repeat after this many: further apart than deflate looks back, as in a real print no two are alike.
VARIANTS = 6
COMPRESSION = 1

START = """\
G90
M83
M140 S{bed} ; bed
M104 S{nozzle} ; nozzle
G28
M190 S{bed}
M109 S{nozzle}
M620 S{tool}A
T{tool}
M621 S{tool}A
G92 E0
"""


@dataclass(frozen=True, kw_only=True)
class SlicedFileSpec:
    """What to write. `filaments` is how many are used; `size_bytes` about how large the file becomes.

    With `project_plates` the file has G-code of `plates` only, but names and pictures of so many, as when one plate of a
    project is printed; without `has_pictures` it has none, as OrcaSlicer's command line writes files.
    """

    title: str = "Gear and star"
    designer: str = "Demo Designer"
    plates: int = 1
    first_plate: int = 1
    project_plates: int | None = None
    has_pictures: bool = True
    filaments: int = 1
    model: str = "C12"
    slicer: SlicerName = "bambu_studio"
    size_bytes: int | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse what no slicer could write. Raises ValueError."""
        if not 1 <= self.plates <= 36:
            raise ValueError("a project has 1 to 36 plates")
        if not 1 <= self.filaments <= len(SPOOLS):
            raise ValueError(f"there are 1 to {len(SPOOLS)} filaments")
        last_plate = self.first_plate + self.plates - 1
        if self.project_plates is not None and self.project_plates < last_plate:
            raise ValueError("a project has all the plates that are sliced")
        if self.model not in MODEL_NAMES:
            raise ValueError(f"the model is one of {', '.join(MODEL_NAMES)}")

    @property
    def printer_model(self) -> str:
        """The name of the printer it is sliced for."""
        return MODEL_NAMES[self.model]

    @cached_property
    def sliced_plates(self) -> tuple[SlicedPlate, ...]:
        """The plates with everything that slicing would find out."""
        return tuple(
            slice_plate(self, number)
            for number in range(self.first_plate, self.first_plate + self.plates)
        )

    @cached_property
    def shown_plates(self) -> tuple[SlicedPlate, ...]:
        """The plates that the file has names and pictures of."""
        if self.project_plates is None:
            return self.sliced_plates
        sliced = {plate.number: plate for plate in self.sliced_plates}
        return tuple(
            sliced.get(number) or slice_plate(self, number)
            for number in range(1, self.project_plates + 1)
        )

    @property
    def print_time_s(self) -> int:
        """The printing time of all plates, in seconds."""
        return sum(plate.print_time_s for plate in self.sliced_plates)

    @property
    def filament_g(self) -> float:
        """The filament of all plates, in grams."""
        return round(sum(plate.filament_g for plate in self.sliced_plates), 2)


@dataclass(frozen=True, kw_only=True)
class SlicedPlate:
    """One plate: its things, the layers that take turns (one piece for each thing), and the sums."""

    number: int
    things: list[Thing]
    layers: list[list[Layer]]
    total_layers: int

    def pieces(self, layer_number: int) -> list[Layer]:
        """Return the pieces of a layer, counted from 1."""
        return self.layers[(layer_number - 1) % len(self.layers)]

    @cached_property
    def repetitions(self) -> list[int]:
        """How often each of the layers is printed."""
        count, more = divmod(self.total_layers, len(self.layers))
        return [count + (index < more) for index in range(len(self.layers))]

    @cached_property
    def filament_mm(self) -> dict[int, float]:
        """The filament used, by slot."""
        used: dict[int, float] = {}
        for count, pieces in zip(self.repetitions, self.layers, strict=True):
            for thing, piece in zip(self.things, pieces, strict=True):
                used[thing.slot] = used.get(thing.slot, 0) + count * piece.filament_mm
        return used

    @property
    def weights_g(self) -> dict[int, float]:
        """The same in grams, with the two decimals slicers write."""
        return {
            slot: round(length * FILAMENT_AREA_MM2 * SPOOLS[slot - 1].density / 1000, 2)
            for slot, length in sorted(self.filament_mm.items())
        }

    @property
    def filament_g(self) -> float:
        """The filament of the plate, in grams."""
        return round(sum(self.weights_g.values()), 2)

    @property
    def moving_s(self) -> int:
        """The time of all moves, in seconds."""
        times = (sum(piece.time_s for piece in pieces) for pieces in self.layers)
        return round(
            sum(
                count * time_s
                for count, time_s in zip(self.repetitions, times, strict=True)
            )
        )

    @property
    def print_time_s(self) -> int:
        """The time the print takes, preparation included."""
        return self.moving_s + PREPARATION_S


def slice_plate(spec: SlicedFileSpec, number: int) -> SlicedPlate:
    """Place things on a plate and slice them, as many layers as the wanted size takes."""
    share = (spec.size_bytes or 0) / spec.plates
    detail = BULK_DETAIL if share >= BULK_FROM_BYTES else DEFAULT_DETAIL
    random = Random(f"{spec.seed}/{number}")
    slots = list(range(1, spec.filaments + 1))
    placed = things(number, slots, random)

    layers = [
        [
            layer(
                thing,
                detail=detail,
                turned=bool(variant % 2),
                height_mm=LAYER_HEIGHT_MM,
                random=random,
            )
            for thing in placed
        ]
        for variant in range(VARIANTS)
    ]
    total_layers = DEFAULT_LAYERS
    if spec.size_bytes:
        sample = "".join(piece.gcode for pieces in layers for piece in pieces)
        per_layer = len(zlib.compress(sample.encode(), COMPRESSION)) / VARIANTS
        total_layers = max(1, round(share / per_layer))
    return SlicedPlate(
        number=number, things=placed, layers=layers, total_layers=total_layers
    )


def duration(seconds: int) -> str:
    """Return a time as slicers write it, such as "1h 2m 3s"."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"))
    return " ".join([*(f"{n}{unit}" for n, unit in parts if n), f"{seconds}s"])
