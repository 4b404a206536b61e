"""What a sliced file is about: its plates, filaments, times and settings, as plain values.

`threemf.read` makes them; the index stores them as JSON.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Self


class Slicer(StrEnum):
    """The program that sliced a file."""

    BAMBU_STUDIO = "bambu_studio"
    ORCA_SLICER = "orca_slicer"
    PRUSA_SLICER = "prusa_slicer"
    CURA = "cura"
    OTHER = "other"


BAMBU_DIALECTS = frozenset({Slicer.BAMBU_STUDIO, Slicer.ORCA_SLICER})
"""Those that write what Bambu Lab's printers print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filament:
    """A filament that a plate really uses.

    `slot` counts from 1 in the slicer's own list. `group_ids` are the nozzle groups it was assigned to, on printers
    with more than one nozzle.
    """

    slot: int
    type: str = ""
    color: str = ""
    used_g: float = 0.0
    used_m: float = 0.0
    tray_info_idx: str = ""
    profile: str = ""
    group_ids: tuple[int, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Restore a filament out of what `SlicedFile.to_json` made."""
        return cls(**{**data, "group_ids": tuple(data.get("group_ids", ()))})

    def and_more(self, other: Self) -> Self:
        """Return the same filament with what is used of the other as well."""
        return replace(
            self,
            used_g=round(self.used_g + other.used_g, 3),
            used_m=round(self.used_m + other.used_m, 3),
            group_ids=tuple(dict.fromkeys(self.group_ids + other.group_ids)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateObject:
    """A thing on a plate. `id` is what the printer's skip-object command names it by."""

    id: int | None
    name: str
    skipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """One plate. `number` counts from 1; `printable` says whether there is G-code for it.

    `thumbnail` is the name of the member with its picture, empty when there is none.
    """

    number: int
    name: str = ""
    printable: bool = False
    print_time_s: int | None = None
    filament_g: float | None = None
    filament_m: float | None = None
    filaments: tuple[Filament, ...] = ()
    objects: tuple[PlateObject, ...] = ()
    object_count: int = 0
    total_layers: int | None = None
    height_mm: float | None = None
    bed_type: str = ""
    support_used: bool | None = None
    thumbnail: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Restore a plate out of what `SlicedFile.to_json` made."""
        return cls(
            **{
                **data,
                "filaments": tuple(
                    Filament.from_json(item) for item in data.get("filaments", ())
                ),
                "objects": tuple(
                    PlateObject(**{"id": None, "name": "", **item})
                    for item in data.get("objects", ())
                ),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicedFile:
    """The facts of one sliced file. Sums are over the plates that can be printed.

    `printer_model` is the profile's name ("Bambu Lab P1S"), `printer_model_id` the code ("C12"). Temperatures are those
    of the first filament used. `project_filaments` is how many filaments the project has, used or not, None where it was not
    read. `is_plain_gcode` holds for G-code outside of a 3MF. `problems` says which parts could not be read.
    """

    plates: tuple[Plate, ...] = ()
    title: str = ""
    designer: str = ""
    makerworld_id: str = ""
    profile_title: str = ""
    slicer: Slicer = Slicer.OTHER
    slicer_version: str = ""
    printer_model: str = ""
    printer_model_id: str = ""
    printer_profile: str = ""
    print_profile: str = ""
    nozzle_diameters_mm: tuple[float, ...] = ()
    layer_height_mm: float | None = None
    bed_type: str = ""
    bed_temperature_c: int | None = None
    bed_temperature_initial_layer_c: int | None = None
    nozzle_temperature_c: int | None = None
    nozzle_temperature_initial_layer_c: int | None = None
    project_filaments: int | None = None
    is_plain_gcode: bool = False
    problems: tuple[str, ...] = field(default=())

    @property
    def printable_plates(self) -> tuple[Plate, ...]:
        """The plates with G-code."""
        return tuple(plate for plate in self.plates if plate.printable)

    @property
    def printable(self) -> bool:
        """Whether anything in it can be printed; a project that was never sliced cannot."""
        return any(plate.printable for plate in self.plates)

    @property
    def plate_count(self) -> int:
        """How many plates can be printed."""
        return len(self.printable_plates)

    @property
    def print_time_s(self) -> int | None:
        """The printing time of all plates, in seconds."""
        times = [
            plate.print_time_s
            for plate in self._counted
            if plate.print_time_s is not None
        ]
        return sum(times) if times else None

    @property
    def filament_g(self) -> float | None:
        """The filament of all plates, in grams."""
        weights = [
            plate.filament_g for plate in self._counted if plate.filament_g is not None
        ]
        return round(sum(weights), 2) if weights else None

    @property
    def filaments(self) -> tuple[Filament, ...]:
        """The filaments used by any plate, by slot, with what all plates use of them together.

        A plate may list a slot twice too: once for each group of nozzles.
        """
        by_slot: dict[int, Filament] = {}
        for plate in self._counted:
            for filament in plate.filaments:
                slot = filament.slot
                known = by_slot.get(slot)
                by_slot[slot] = known.and_more(filament) if known else filament
        return tuple(by_slot[slot] for slot in sorted(by_slot))

    @property
    def cover(self) -> int | None:
        """The number of the first counted plate that has a picture, which is the picture of the file; None without any."""
        return next((plate.number for plate in self._counted if plate.thumbnail), None)

    @property
    def total_layers(self) -> int | None:
        """The layers of the plate that has the most."""
        layers = [plate.total_layers for plate in self._counted if plate.total_layers]
        return max(layers, default=None)

    @property
    def object_count(self) -> int:
        """How many things come out when all plates are printed."""
        return sum(plate.object_count for plate in self._counted)

    @property
    def support_used(self) -> bool | None:
        """Whether any plate is printed with supports; None when no plate says."""
        said = [
            plate.support_used
            for plate in self._counted
            if plate.support_used is not None
        ]
        return any(said) if said else None

    @property
    def _counted(self) -> tuple[Plate, ...]:
        """The plates a sum is about: of a project without G-code, what it says of itself."""
        return self.printable_plates or self.plates

    def plate(self, number: int) -> Plate | None:
        """Return the plate of this number."""
        return next((plate for plate in self.plates if plate.number == number), None)

    def to_json(self) -> dict[str, Any]:
        """Return the same as values that JSON knows, less what is empty."""
        return asdict(self, dict_factory=_without_empty)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Restore what `to_json` made."""
        return cls(
            **{
                **data,
                "plates": tuple(
                    Plate.from_json(plate) for plate in data.get("plates", ())
                ),
                "slicer": Slicer(data["slicer"]),
                "nozzle_diameters_mm": tuple(data.get("nozzle_diameters_mm", ())),
                "problems": tuple(data.get("problems", ())),
            }
        )


def _without_empty(items: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in items if value not in (None, "", ())}
