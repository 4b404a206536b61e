r"""Slicing settings out of the comments of G-code, as `project_settings.config` of a 3MF has them.

    ; filament_settings_id = "Generic PLA @BBL A1";"Bambu PETG"     "filament_settings_id": ["Generic PLA @BBL A1", ...]
    ; nozzle_temperature = 220,250                                  "nozzle_temperature": ["220", "250"]
    ; layer_change_gcode = M73 L1\nG92 E0                          "layer_change_gcode": "M73 L1 ... "

Numbers are joined by commas, texts by semicolons, those with blanks in quotation marks; line ends are written as in C
(Slic3r's `escape_string_cstyle` and `escape_strings_cstyle`, which both slicers have from there).
"""

from collections.abc import Mapping
import re

from ..values.sliced_file import Slicer
from .settings_data import LISTS, LISTS_OF_BAMBU_STUDIO

# Lists of texts without blanks are joined like those with them.
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|([^;]*)')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MEANS = {"n": "\n", "r": "\r", "t": "\t"}


def project_settings(
    written: Mapping[str, str], slicer: Slicer, version: str
) -> dict[str, str | list[str]]:
    """Return the settings as they stand in a 3MF, by name."""
    lists = LISTS
    if slicer is Slicer.BAMBU_STUDIO:
        lists |= LISTS_OF_BAMBU_STUDIO
    settings: dict[str, str | list[str]] = {
        key: _items(value) if key in lists else _plain(value)
        for key, value in written.items()
    }
    settings |= {"from": "project", "name": "project_settings", "version": version}
    return dict(sorted(settings.items()))


def _items(value: str) -> list[str]:
    """Split a list."""
    if not value:
        return []
    if '"' not in value and ";" not in value:
        return value.split(",")
    items, at = [], 0
    while at <= len(value):
        found = _QUOTED.match(value, at)
        assert found is not None
        quoted, plain = found.groups()
        items.append(_plain(quoted) if quoted is not None else plain)
        # What stands between a closing mark and the next semicolon is lost on slicers as well.
        next_item = value.find(";", found.end())
        if next_item < 0:
            break
        at = next_item + 1
    return items


def _plain(value: str) -> str:
    """Undo what is done to line ends and marks."""
    return _ESCAPED.sub(lambda match: _MEANS.get(match[1], match[1]), value)
