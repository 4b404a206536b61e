"""Queries about archives, to be run by `Index.run`. Paging and searching have a module of their own."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from . import rows, upload_rows
from .names import stem
from .records import Annotations, Archive, ArchiveDetails, Duplicates, Upload
from .schema import IS_LIVE, archive_plates, archive_tags, archives, uploads
from .sliced_file import SlicedFile
from .untrusted import folded

MAX_SEARCH_CHARS = 4000


def _summaries() -> Select[Any]:
    """Return the query for archives as lists show them, with where each stands among those of the same bytes."""
    same = archives.alias("same")
    is_same = (same.c.sha256 == archives.c.sha256) & same.c.deleted_at.is_(None)
    return select(
        *(column for column in archives.c if column is not archives.c.facts),
        select(func.min(same.c.id)).where(is_same).scalar_subquery().label("original"),
        select(func.count())
        .where(is_same, same.c.id < archives.c.id)
        .scalar_subquery()
        .label("sequence"),
        select(func.count()).where(is_same).scalar_subquery().label("copies"),
    ).where(archives.c.id.in_(_IDS), IS_LIVE)


# Statements that every list uses are built once.
_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_SUMMARIES = _summaries()
_TAGS = (
    select(archive_tags.c.archive_id, archive_tags.c.tag)
    .where(archive_tags.c.archive_id.in_(_IDS))
    .order_by(archive_tags.c.archive_id, archive_tags.c.position)
)


def add(
    connection: Connection,
    upload: Upload,
    *,
    name: str,
    facts: SlicedFile,
    annotations: Annotations,
    archived_at: datetime,
) -> Archive:
    """Make an archive of an upload, or return the one that was made of it before."""
    if known(connection, [upload.id]):
        return _existing(connection, upload.id)
    document = facts.to_json()
    plates = document.pop("plates", ())
    filaments = facts.filaments
    # Values go beside the statement, not into it: building one for every row would take longer than the insert.
    connection.execute(
        insert(archives),
        {
            **rows.received_file_values(upload.file, upload.printer),
            **_annotation_values(annotations),
            "file_name": upload.file_name,
            "name": name,
            "sort_name": folded(name),
            "search_text": _search_text(
                name,
                stem(upload.file.name),
                facts.title,
                facts.designer,
                facts.printer_model,
                *(filament.type for filament in filaments),
                annotations=annotations,
            ),
            "month": f"{upload.file.received_at.astimezone(UTC):%Y-%m}",
            "archived_at": archived_at,
            "purging": False,
            "title": facts.title,
            "designer": facts.designer,
            "makerworld_id": facts.makerworld_id,
            "sliced_for": facts.printer_model,
            "sliced_for_code": facts.printer_model_id,
            "plate_count": len(facts.printable_plates),
            "print_time_s": facts.print_time_s or 0,
            "filament_g": facts.filament_g or 0.0,
            "filament_types": _joined([filament.type for filament in filaments]),
            "filament_colors": _joined([filament.color for filament in filaments]),
            "facts": document,
        },
    )
    if plates:
        connection.execute(
            insert(archive_plates),
            [
                {
                    "archive_id": upload.id,
                    "number": plate.number,
                    "name": plate.name,
                    "printable": plate.printable,
                    "print_time_s": plate.print_time_s,
                    "filament_g": plate.filament_g,
                    "facts": document,
                }
                for plate, document in zip(facts.plates, plates, strict=True)
            ],
        )
    _write_tags(connection, upload.id, annotations.tags)
    upload_rows.set_archived(connection, upload.id, name)
    return _existing(connection, upload.id)


def restore(
    connection: Connection,
    upload: Upload,
    *,
    name: str,
    facts: SlicedFile,
    annotations: Annotations,
    archived_at: datetime,
) -> None:
    """Write down an archive that the index had lost, and its upload."""
    if upload_rows.get(connection, upload.id) is None:
        upload_rows.add(connection, upload)
    add(
        connection,
        upload,
        name=name,
        facts=facts,
        annotations=annotations,
        archived_at=archived_at,
    )


def get(connection: Connection, archive_id: str) -> Archive | None:
    """Return an archive that was not deleted."""
    found = by_ids(connection, [archive_id])
    return found[0] if found else None


def details(connection: Connection, archive_id: str) -> ArchiveDetails | None:
    """Return an archive with all its facts."""
    archive = get(connection, archive_id)
    if archive is None:
        return None
    document, request = connection.execute(
        select(archives.c.facts, uploads.c.request)
        .join(uploads, uploads.c.id == archives.c.id)
        .where(archives.c.id == archive_id)
    ).one()
    plates = connection.execute(
        select(archive_plates.c.facts)
        .where(archive_plates.c.archive_id == archive_id)
        .order_by(archive_plates.c.number)
    ).scalars()
    return ArchiveDetails(
        archive=archive,
        facts=SlicedFile.from_json({**document, "plates": list(plates)}),
        request=rows.request(request),
    )


def by_ids(connection: Connection, ids: Sequence[str]) -> list[Archive]:
    """Return the live archives of these ids, in their order; at most a page of them."""
    found = {row.id: row for row in connection.execute(_SUMMARIES, {"ids": ids})}
    tags: dict[str, list[str]] = {}
    for archive_id, tag in connection.execute(_TAGS, {"ids": ids}):
        tags.setdefault(archive_id, []).append(tag)
    return [
        _archive(found[archive_id], tuple(tags.get(archive_id, ())))
        for archive_id in ids
        if archive_id in found
    ]


def annotate(
    connection: Connection, archive: Archive, annotations: Annotations
) -> Archive:
    """Replace what people wrote on an archive."""
    connection.execute(
        update(archives)
        .where(archives.c.id == archive.id)
        .values(
            **_annotation_values(annotations),
            search_text=_search_text(
                archive.name,
                stem(archive.file.name),
                archive.title,
                archive.designer,
                archive.sliced_for,
                *archive.filament_types,
                annotations=annotations,
            ),
        )
    )
    connection.execute(
        delete(archive_tags).where(archive_tags.c.archive_id == archive.id)
    )
    _write_tags(connection, archive.id, annotations.tags)
    return _existing(connection, archive.id)


def mark_deleted(
    connection: Connection, archive_id: str, *, at: datetime, purging: bool
) -> Archive | None:
    """Take an archive out of all lists. Returns it, or None when it is not there any more."""
    archive = get(connection, archive_id)
    if archive is not None:
        connection.execute(
            update(archives)
            .where(archives.c.id == archive_id)
            .values(deleted_at=at, purging=purging)
        )
        connection.execute(
            update(uploads).where(uploads.c.id == archive_id).values(on_card=False)
        )
    return archive


def purge(connection: Connection, archive_id: str) -> None:
    """Forget an archive and its upload altogether."""
    for table, column in (
        (archive_tags, archive_tags.c.archive_id),
        (archive_plates, archive_plates.c.archive_id),
        (archives, archives.c.id),
        (uploads, uploads.c.id),
    ):
        connection.execute(delete(table).where(column == archive_id))


def purging_ids(connection: Connection) -> list[str]:
    """Return the archives whose purge was begun."""
    query = select(archives.c.id).where(
        archives.c.deleted_at.is_not(None), archives.c.purging.is_(True)
    )
    return list(connection.execute(query).scalars())


def known(connection: Connection, ids: Sequence[str]) -> dict[str, bool]:
    """Return, for those among `ids` that are known, whether they are live."""
    found: dict[str, bool] = {}
    for start in range(0, len(ids), upload_rows.IDS_PER_QUERY):
        query = select(archives.c.id, IS_LIVE).where(
            archives.c.id.in_(ids[start : start + upload_rows.IDS_PER_QUERY])
        )
        found |= {
            archive_id: bool(live) for archive_id, live in connection.execute(query)
        }
    return found


def _archive(row: Row[Any], tags: tuple[str, ...]) -> Archive:
    return Archive(
        file=rows.received_file(row),
        file_name=row.file_name,
        printer=rows.printer(row),
        name=row.name,
        archived_at=row.archived_at,
        title=row.title,
        designer=row.designer,
        makerworld_id=row.makerworld_id,
        sliced_for=row.sliced_for,
        sliced_for_code=row.sliced_for_code,
        plate_count=row.plate_count,
        print_time_s=row.print_time_s or None,
        filament_g=row.filament_g or None,
        filament_types=_split(row.filament_types),
        filament_colors=_split(row.filament_colors),
        annotations=Annotations(
            notes=row.notes,
            tags=tags,
            favourite=row.favourite,
            project=row.project,
        ),
        duplicates=Duplicates(
            original_id=row.original, sequence=row.sequence, count=row.copies
        ),
    )


def _annotation_values(annotations: Annotations) -> dict[str, Any]:
    return {
        "notes": annotations.notes,
        "favourite": annotations.favourite,
        "project": annotations.project,
    }


def _write_tags(connection: Connection, archive_id: str, tags: Sequence[str]) -> None:
    if tags:
        connection.execute(
            insert(archive_tags),
            [
                {
                    "archive_id": archive_id,
                    "tag_key": folded(tag),
                    "tag": tag,
                    "position": position,
                }
                for position, tag in enumerate(tags)
            ],
        )


def _existing(connection: Connection, archive_id: str) -> Archive:
    archive = get(connection, archive_id)
    assert archive is not None
    return archive


def _search_text(*parts: str, annotations: Annotations) -> str:
    """Return what searching looks at, each part once: most names are the title, with underscores for spaces."""
    parts += (annotations.project, *annotations.tags, annotations.notes)
    text = "\n".join(dict.fromkeys(folded(part) for part in parts if part))
    return text[:MAX_SEARCH_CHARS]


def _joined(values: Sequence[str]) -> str:
    """Return values in one text, each once; there are no commas in materials and colours."""
    return ",".join(dict.fromkeys(value.replace(",", " ") for value in values if value))


def _split(value: str) -> tuple[str, ...]:
    return tuple(value.split(",")) if value else ()
