"""What things are called in the media browser: their names, and what tells those of one name apart."""

from ..engine.library.values.records import Archive, Upload
from ..engine.library.values.sliced_file import Plate
from ..language.texts import Texts
from .jobs import facts_text


def archive_title(archive: Archive, texts: Texts) -> str:
    """Return an archive's name, with time, weight, materials, the day it came and how often it was printed."""
    facts = facts_text(
        texts, archive.print_time_s, archive.filament_g, archive.filament_types, None
    )
    facts.append(texts.date(archive.file.received_at))
    facts.append(
        texts.count("media_printed", archive.print_count)
        if archive.print_count
        else texts("media_never_printed")
    )
    return " · ".join([archive.name, *facts])


def upload_title(upload: Upload, texts: Texts) -> str:
    """Return a pending upload's name, with what its file says and the day it came."""
    facts = []
    if upload.facts:
        facts = facts_text(
            texts,
            upload.facts.print_time_s,
            upload.facts.filament_g,
            (filament.type for filament in upload.facts.filaments),
            None,
        )
    return " · ".join(
        [upload.name, *facts, texts.date(upload.file.received_at)],
    )


def plate_title(plate: Plate, texts: Texts) -> str:
    """Return a plate's number, with time, weight, materials, and last what is on it."""
    facts = facts_text(
        texts,
        plate.print_time_s,
        plate.filament_g,
        (filament.type for filament in plate.filaments),
        None,
    )
    title = texts("media_plate", plate=plate.number)
    return " · ".join(filter(None, (title, *facts, plate.name)))
