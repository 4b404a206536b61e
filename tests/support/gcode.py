"""G-code outside of a 3MF, as slicers write it."""

from typing import Any

from scripts.sliced_file import SlicedFileSpec
from scripts.sliced_file.gcode import gcode


def plain_gcode(**spec: Any) -> str:
    """Return the G-code of the first plate; what is named is that of `SlicedFileSpec`."""
    made = SlicedFileSpec(**spec)
    return "".join(gcode(made, made.sliced_plates[0]))
