"""Which plain G-code can be queued: what Bambu Studio and OrcaSlicer made for a Bambu Lab printer that is there."""

from collections.abc import Set as AbstractSet

from ...explanations import Explanation, explain
from ...protocol.printer_models import find_sliced_for
from .sliced_file import BAMBU_DIALECTS, SlicedFile

NO_MODELS: AbstractSet[str] = frozenset()


def queue_obstacle(
    facts: SlicedFile, models: AbstractSet[str] = NO_MODELS
) -> Explanation | None:
    """Return why a file can be kept but not queued, None where it can be. A 3MF always can, once it is sliced.

    `models` are the slicers' names of the real printers' models, none where they are not known.
    """
    model = facts.printer_model
    if not facts.is_plain_gcode:
        return None
    if not model:
        return explain(
            "gcode_for_no_printer",
            "G-code that does not say which printer it was sliced for cannot be queued. Bambu Studio and OrcaSlicer write that into it.",
        )
    if find_sliced_for(model) is None:
        return explain(
            "gcode_for_other_printer",
            "G-code that was sliced for {model} cannot be queued: the queue prints on Bambu Lab printers.",
            model=model,
        )
    if facts.slicer not in BAMBU_DIALECTS:
        return explain(
            "gcode_of_other_slicer",
            "G-code for {model} can be queued only if Bambu Studio or OrcaSlicer made it.",
            model=model,
        )
    if models and model not in models:
        return explain(
            "gcode_for_missing_printer",
            "G-code that was sliced for {model} cannot be queued: no such printer is set up.",
            model=model,
        )
    return None
