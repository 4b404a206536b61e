"""The slicing settings a file was made with.

They come as the JSON of `project_settings.config`, where every value is a string or a list of strings, or out of the
settings block of the G-code, where lists are joined by commas (numbers) or semicolons (texts). Both are read alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..values.sanitize import clean_text, color, number, to_int

MAX_TEMPERATURE_C = 2000
MAX_NOZZLE_MM = 100.0
MAX_LAYER_HEIGHT_MM = 100.0
MAX_ITEMS = 256

# Which temperature settings belong to a bed, by the name `curr_bed_type` gives it (Bambu Studio 2.8, OrcaSlicer 2.4).
_BED_SETTINGS = {
    "cool plate": "cool_plate_temp",
    "engineering plate": "eng_plate_temp",
    "high temp plate": "hot_plate_temp",
    "textured pei plate": "textured_plate_temp",
    "supertack plate": "supertack_plate_temp",
    "bambu cool plate supertack": "supertack_plate_temp",
    "textured cool plate": "textured_cool_plate_temp",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """Settings by name, and what they mean for this project."""

    settings: Mapping[str, object]

    @property
    def printer_model(self) -> str:
        """The printer's name, such as "Bambu Lab P1S"."""
        return clean_text(self.settings.get("printer_model"))

    @property
    def printer_profile(self) -> str:
        """The name of the printer preset."""
        return clean_text(self.settings.get("printer_settings_id"))

    @property
    def print_profile(self) -> str:
        """The name of the process preset, such as "0.20mm Standard @BBL X1C"."""
        return clean_text(self.settings.get("print_settings_id"))

    @property
    def bed_type(self) -> str:
        """The bed, such as "Textured PEI Plate"."""
        return clean_text(self.settings.get("curr_bed_type"))

    @property
    def layer_height_mm(self) -> float | None:
        """The height of all layers but the first."""
        return number(self.settings.get("layer_height"), maximum=MAX_LAYER_HEIGHT_MM)

    @property
    def nozzle_diameters_mm(self) -> tuple[float, ...]:
        """The diameter of each nozzle."""
        return numbers(self._list("nozzle_diameter"), maximum=MAX_NOZZLE_MM)

    @property
    def filament_count(self) -> int:
        """How many filaments the project has, used or not; 0 where it does not say."""
        return len(self._list("filament_colour") or self._list("filament_type"))

    def filament_type(self, slot: int) -> str:
        """Return the material of a filament, such as "PETG-CF"."""
        return clean_text(self._of_slot("filament_type", slot))

    def filament_color(self, slot: int) -> str:
        """Return the colour of a filament, as `#RRGGBB`."""
        return color(self._of_slot("filament_colour", slot))

    def filament_profile(self, slot: int) -> str:
        """Return the name of a filament preset."""
        return clean_text(self._of_slot("filament_settings_id", slot)).strip('"')

    def filament_id(self, slot: int) -> str:
        """Return the id of a filament preset, such as "GFL99", which printers report of their spools too."""
        return clean_text(self._of_slot("filament_ids", slot))

    def filament_groups(self, slot: int) -> tuple[int, ...]:
        """Return the nozzle group of a filament, from 0; nothing where the file does not say."""
        group = to_int(
            self._of_slot("filament_map", slot), minimum=1, maximum=MAX_ITEMS
        )
        return () if group is None else (group - 1,)

    def nozzle_temperature_c(
        self, slot: int, *, initial_layer: bool = False
    ) -> int | None:
        """Return the nozzle's temperature for a filament."""
        return self._temperature("nozzle_temperature", slot, initial_layer)

    def bed_temperature_c(
        self, bed_type: str, slot: int, *, initial_layer: bool = False
    ) -> int | None:
        """Return the bed's temperature for a filament; it depends on which bed is used."""
        setting = _BED_SETTINGS.get(bed_type.lower())
        return self._temperature(setting, slot, initial_layer) if setting else None

    def _temperature(self, setting: str, slot: int, initial_layer: bool) -> int | None:
        if initial_layer:
            setting += "_initial_layer"
        return to_int(self._of_slot(setting, slot), maximum=MAX_TEMPERATURE_C)

    def _of_slot(self, setting: str, slot: int) -> object:
        values = self._list(setting)
        # Settings that depend on the nozzle have one value for each variant; this tells which filament it is for.
        owners = self._list("filament_self_index")
        if len(owners) == len(values) and str(slot) in owners:
            return values[owners.index(str(slot))]
        return values[slot - 1] if 0 < slot <= len(values) else None

    def _list(self, setting: str) -> Sequence[object]:
        match self.settings.get(setting):
            case list() as values:
                return values[:MAX_ITEMS]
            case str() as joined if joined:
                return joined.split(";" if ";" in joined else ",")[:MAX_ITEMS]
            case _:
                return ()


def numbers(values: Sequence[object], *, maximum: float) -> tuple[float, ...]:
    """Return the numbers among `values`, within bounds."""
    found = (number(value, maximum=maximum) for value in values)
    return tuple(value for value in found if value is not None)
