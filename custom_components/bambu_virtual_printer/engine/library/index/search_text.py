"""The text in which the search looks for an archive, and the number by which it knows the archive."""

from sqlalchemy import Connection, bindparam, select
from ulid_transform import ulid_to_bytes

from ..values.names import stem
from ..values.records import Annotations, Upload
from ..values.sanitize import fold_case
from ..values.sliced_file import SlicedFile
from .schema import IS_LIVE, archives

MAX_CHARS = 4000

# Built once, since every archive uses it.
_IS_TAKEN = select(archives.c.id).where(
    archives.c.search_id == bindparam("number"), IS_LIVE
)


def of_upload(
    upload: Upload, name: str, facts: SlicedFile, annotations: Annotations
) -> str:
    """Return the text in which the search looks for an archive of this upload."""
    return of(
        name,
        stem(upload.file.name),
        facts.title,
        facts.designer,
        facts.printer_model,
        *(filament.type for filament in facts.filaments),
        annotations=annotations,
    )


def of(*parts: str, annotations: Annotations) -> str:
    """Return the text in which the search looks, each part once: most names are the title, with underscores for spaces."""
    parts += (annotations.project, *annotations.tags, annotations.notes)
    text = "\n".join(dict.fromkeys(fold_case(part) for part in parts if part))
    return text[:MAX_CHARS]


def new_id(connection: Connection, archive_id: str) -> int:
    """Return the number by which the search knows an archive: the first 63 bits of its ULID, or the next that is free.

    So the order of these numbers is that of the ids.
    """
    search_id = id_of(archive_id)
    while connection.execute(_IS_TAKEN, {"number": search_id}).first():
        search_id += 1
    return search_id


def is_id(text: str) -> bool:
    """Return whether a text is the id of an archive."""
    try:
        ulid_to_bytes(text)
    except ValueError:
        return False
    return True


def id_of(archive_id: str) -> int:
    """Return the first 63 bits of a ULID."""
    return int.from_bytes(ulid_to_bytes(archive_id)[:8]) >> 1
