"""Queries about archives, to be run by `Index.run`. Paging and searching have a module of their own."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
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

from ...values import Intent
from ..values.job import JobState
from ..values.names import stem
from ..values.records import (
    Annotations,
    Archive,
    ArchiveDetails,
    Duplicates,
    Similar,
    Upload,
)
from ..values.sanitize import fold_case
from ..values.sliced_file import SlicedFile
from . import archive_labels, card_rows, print_rows, rows, search_text, upload_rows
from .schema import (
    IS_LIVE,
    IS_UNFINISHED,
    archive_materials,
    archive_plates,
    archive_tags,
    archives,
    jobs,
    uploads,
)
from .together import insert_each, together

MAX_SIMILAR = 10


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
        select(func.count())
        .where(jobs.c.archive_id == archives.c.id, IS_UNFINISHED)
        .scalar_subquery()
        .label("open_jobs"),
        select(uploads.c.photo_count)
        .where(uploads.c.id == archives.c.id)
        .scalar_subquery()
        .label("photo_count"),
        # As `SlicedFile.cover`; plates without a picture have none in their facts.
        select(func.min(archive_plates.c.number))
        .where(
            archive_plates.c.archive_id == archives.c.id,
            archive_plates.c.printable | (archives.c.plate_count == 0),
            archive_plates.c.facts["thumbnail"].as_string().is_not(None),
        )
        .scalar_subquery()
        .label("cover"),
    ).where(archives.c.id.in_(_IDS), IS_LIVE)


# Statements that every list uses are built once.
_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_SUMMARIES = _summaries()
_FAILURES = (
    select(jobs.c.archive_id, jobs.c.finished_at, jobs.c.error, jobs.c.problem)
    .where(jobs.c.archive_id.in_(_IDS), jobs.c.state == JobState.FAILED.value)
    .order_by(jobs.c.finished_at)
)
_TAGS = (
    select(archive_tags.c.archive_id, archive_tags.c.tag)
    .where(archive_tags.c.archive_id.in_(_IDS))
    .order_by(archive_tags.c.archive_id, archive_tags.c.position)
)
# Of one archive, that it is the newest of its bytes is not said: it may have been lost and found again.
_AMONG_OTHERS = select(
    func.min(archives.c.id).label("original"),
    func.count().filter(archives.c.id < bindparam("id")).label("sequence"),
    func.count().label("copies"),
    select(uploads.c.photo_count)
    .where(uploads.c.id == bindparam("id"))
    .scalar_subquery()
    .label("photo_count"),
).where(archives.c.sha256 == bindparam("sha256"), IS_LIVE)
_OF_NEW = {
    "judged_good": 0,
    "judged_failed": 0,
    "energy_kwh": None,
    "energy_cost": None,
    "last_printed_at": None,
    "open_jobs": 0,
}


def add(
    connection: Connection,
    upload: Upload,
    *,
    name: str,
    facts: SlicedFile,
    annotations: Annotations,
    archived_at: datetime,
    filament_price: float,
) -> Archive:
    """Make an archive of an upload. `filament_price` is for a kilogram."""
    document, plates = _split(facts)
    filaments = facts.filaments
    # Values go beside the statement, not into it: building one for every row would take longer than the insert.
    values = {
        **rows.received_file_values(upload.file, upload.printer),
        **_annotation_values(annotations),
        "file_name": upload.file_name,
        "name": name,
        "sort_name": fold_case(name),
        "search_text": search_text.of_upload(upload, name, facts, annotations),
        "month": f"{upload.file.received_at.astimezone(UTC):%Y-%m}",
        "archived_at": archived_at,
        "purging": False,
        "title": facts.title,
        "designer": facts.designer,
        "makerworld_id": facts.makerworld_id,
        "sliced_for": facts.printer_model,
        "sliced_for_code": facts.printer_model_id,
        "plate_count": facts.plate_count,
        "print_time_s": facts.print_time_s or 0,
        "filament_g": facts.filament_g or 0.0,
        "filament_types": rows.joined([filament.type for filament in filaments]),
        "filament_colors": rows.joined([filament.color for filament in filaments]),
        "cost": rows.cost(facts.filament_g, filament_price) or 0.0,
        "print_count": 0,
        "search_id": search_text.new_id(connection, upload.id),
        "intent": upload.intent.value,
        "facts": document,
    }
    with together(connection):
        connection.execute(insert(archives), values)
        _write_parts(connection, upload.id, facts, plates, annotations)
        upload_rows.set_archived(connection, upload.id, name)
    # What a new archive is need not be read again, but for what others are.
    among = connection.execute(
        _AMONG_OTHERS, {"id": upload.id, "sha256": upload.file.sha256}
    ).one()
    row = SimpleNamespace(
        **_OF_NEW,
        **values,
        cover=facts.cover,
        original=among.original,
        sequence=among.sequence,
        copies=among.copies,
        photo_count=among.photo_count,
    )
    return _archive(row, annotations.tags, None)


def get(connection: Connection, archive_id: str) -> Archive | None:
    """Return an archive that was not deleted."""
    found = by_ids(connection, [archive_id])
    return found[0] if found else None


def existing(connection: Connection, archive_id: str) -> Archive:
    """Return an archive that is known to be there."""
    archive = get(connection, archive_id)
    assert archive is not None
    return archive


def details(connection: Connection, archive_id: str) -> ArchiveDetails | None:
    """Return an archive with all its facts."""
    archive = get(connection, archive_id)
    if archive is None:
        return None
    document, requests = connection.execute(
        select(archives.c.facts, uploads.c.requests)
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
        requests=rows.requests(requests),
    )


def by_ids(connection: Connection, ids: Sequence[str]) -> list[Archive]:
    """Return the live archives of these ids, in their order; at most a page of them."""
    found = {row.id: row for row in connection.execute(_SUMMARIES, {"ids": ids})}
    tags: dict[str, list[str]] = {}
    for archive_id, tag in connection.execute(_TAGS, {"ids": ids}):
        tags.setdefault(archive_id, []).append(tag)
    failures = {
        row.archive_id: row for row in connection.execute(_FAILURES, {"ids": ids})
    }
    return [
        _archive(
            found[archive_id],
            tuple(tags.get(archive_id, ())),
            failures.get(archive_id),
        )
        for archive_id in ids
        if archive_id in found
    ]


def annotate(
    connection: Connection, archive: Archive, annotations: Annotations
) -> Archive:
    """Replace what people wrote on an archive."""
    name = annotations.name or archive.name
    connection.execute(
        update(archives)
        .where(archives.c.id == archive.id)
        .values(
            **_annotation_values(annotations),
            name=name,
            sort_name=fold_case(name),
            search_text=search_text.of(
                name,
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
    archive_labels.write_tags(connection, archive.id, annotations.tags)
    return existing(connection, archive.id)


def rename_file(
    connection: Connection, archive: Archive, file_name: str, name: str
) -> Archive:
    """Give an archive's file another name, and the archive `name`, unless a person has named it."""
    connection.execute(
        update(archives)
        .where(archives.c.id == archive.id)
        .values(upload_name=file_name, name=name)
    )
    return annotate(connection, existing(connection, archive.id), archive.annotations)


def mark_deleted(
    connection: Connection,
    archive_id: str,
    *,
    at: datetime,
    purging: bool,
    kept_until: datetime | None = None,
) -> Archive | None:
    """Take an archive out of all lists. Returns it, or None when it is not there any more.

    With `kept_until` its upload remembers what `restore` needs.
    """
    archive = get(connection, archive_id)
    if archive is not None:
        if kept_until is not None:
            found = details(connection, archive_id)
            assert found is not None
            upload_rows.keep_deleted(connection, found, kept_until)
        connection.execute(
            update(archives)
            .where(archives.c.id == archive_id)
            .values(deleted_at=at, purging=purging, search_text="", facts={})
        )
        if kept_until is None:
            card_rows.forget(connection, archive_id)
        # Statistics need none of it, and it would be most of the index.
        for table in (archive_tags, archive_materials, archive_plates):
            connection.execute(delete(table).where(table.c.archive_id == archive_id))
    return archive


def restore(connection: Connection, upload: Upload, facts: SlicedFile) -> Archive:
    """Put a deleted archive back into all lists, with what its upload remembers."""
    annotations = upload.annotations
    document, plates = _split(facts)
    connection.execute(
        update(archives)
        .where(archives.c.id == upload.id)
        .values(
            deleted_at=None,
            search_id=search_text.new_id(connection, upload.id),
            search_text=search_text.of_upload(upload, upload.name, facts, annotations),
            facts=document,
        )
    )
    _write_parts(connection, upload.id, facts, plates, annotations)
    return existing(connection, upload.id)


def forget(connection: Connection, archive_id: str) -> None:
    """Forget an archive and its jobs altogether, but not its upload, nor what is still to be removed from cards."""
    print_rows.remember_left(connection, archive_id)
    for table, column in (
        (jobs, jobs.c.archive_id),
        (archive_tags, archive_tags.c.archive_id),
        (archive_materials, archive_materials.c.archive_id),
        (archive_plates, archive_plates.c.archive_id),
        (archives, archives.c.id),
    ):
        connection.execute(delete(table).where(column == archive_id))


def purge(connection: Connection, archive_id: str) -> None:
    """Forget an archive and its upload altogether."""
    forget(connection, archive_id)
    connection.execute(delete(uploads).where(uploads.c.id == archive_id))


def purging_ids(connection: Connection) -> list[str]:
    """Return the archives whose purge was begun."""
    query = select(archives.c.id).where(
        archives.c.deleted_at.is_not(None), archives.c.purging.is_(True)
    )
    return list(connection.execute(query).scalars())


def similar(connection: Connection, archive_id: str) -> Similar | None:
    """Return archives of the same bytes, name or design; None when there is no such archive."""
    row = connection.execute(
        select(archives.c.sha256, archives.c.sort_name, archives.c.makerworld_id).where(
            archives.c.id == archive_id, IS_LIVE
        )
    ).first()
    if row is None:
        return None
    is_alike = archives.c.sort_name == row.sort_name
    if row.makerworld_id:
        is_alike |= archives.c.makerworld_id == row.makerworld_id

    def newest(*conditions: ColumnElement[bool]) -> tuple[Archive, ...]:
        query = select(archives.c.id).where(
            IS_LIVE, archives.c.id != archive_id, *conditions
        )
        query = query.order_by(archives.c.id.desc()).limit(MAX_SIMILAR)
        ids = connection.execute(query).scalars().all()
        return tuple(by_ids(connection, ids))

    return Similar(
        exact=newest(archives.c.sha256 == row.sha256),
        similar=newest(archives.c.sha256 != row.sha256, is_alike),
    )


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


def _archive(row: Any, tags: tuple[str, ...], failure: Row[Any] | None) -> Archive:
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
        cover=row.cover,
        print_time_s=row.print_time_s or None,
        filament_g=row.filament_g or None,
        filament_types=rows.split(row.filament_types),
        filament_colors=rows.split(row.filament_colors),
        annotations=Annotations(
            notes=row.notes,
            tags=tags,
            favourite=row.favourite,
            project=row.project,
            name=row.given_name,
            link=row.link,
        ),
        duplicates=Duplicates(
            original_id=row.original, sequence=row.sequence, count=row.copies
        ),
        cost=row.cost or None,
        print_count=row.print_count,
        judged_good=row.judged_good,
        judged_failed=row.judged_failed,
        energy_kwh=row.energy_kwh,
        energy_cost=row.energy_cost,
        last_printed_at=row.last_printed_at,
        open_jobs=row.open_jobs,
        photo_count=row.photo_count,
        last_failed_at=failure.finished_at if failure else None,
        last_failure=failure.error if failure else "",
        last_problem=failure.problem if failure else "",
        intent=Intent(row.intent),
    )


def _annotation_values(annotations: Annotations) -> dict[str, Any]:
    return {
        "notes": annotations.notes,
        "favourite": annotations.favourite,
        "project": annotations.project,
        "given_name": annotations.name,
        "link": annotations.link,
    }


def _split(facts: SlicedFile) -> tuple[dict[str, Any], Sequence[dict[str, Any]]]:
    """Return facts as the archive's own row has them, and those of the plates."""
    document = facts.to_json()
    return document, document.pop("plates", ())


def _write_parts(
    connection: Connection,
    archive_id: str,
    facts: SlicedFile,
    plates: Sequence[dict[str, Any]],
    annotations: Annotations,
) -> None:
    """Store plates, tags and materials, which lists filter by."""
    insert_each(
        connection,
        archive_plates,
        [
            {
                "archive_id": archive_id,
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
    archive_labels.write_tags(connection, archive_id, annotations.tags)
    materials = {
        fold_case(filament.type) for filament in facts.filaments if filament.type
    }
    insert_each(
        connection,
        archive_materials,
        [{"archive_id": archive_id, "material": name} for name in sorted(materials)],
    )
