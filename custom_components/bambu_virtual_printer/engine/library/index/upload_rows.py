"""Queries about uploads, to be run by `Index.run`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from ...explanations import Explanation, from_stored, stored
from ...values import DuplicatePolicy, Intent, OnPrint, PrintRequest
from ..values.errors import AlreadyProcessedError, LibraryError
from ..values.job import JobPlan, JobState
from ..values.json_codec import from_json, to_json
from ..values.plate_requests import with_request
from ..values.records import (
    IN_ARCHIVE,
    Annotations,
    ArchiveDetails,
    DuplicateHistory,
    Upload,
    UploadPage,
    UploadState,
)
from ..values.sent_by import FROM_ANYBODY, SentBy
from ..values.sliced_file import SlicedFile
from . import card_rows, rows
from .schema import IS_LIVE, archives, jobs, uploads
from .together import together

# Since when an upload is known here. What came while the database was away may have been received by a wrong clock.
_KNOWN_SINCE = func.coalesce(uploads.c.filed_at, uploads.c.received_at)
# Databases bound the number of values in a statement.
IDS_PER_QUERY = 500


def add(
    connection: Connection, upload: Upload, *, lost_until: datetime | None = None
) -> None:
    """Store an upload. Its file is what the printer's card shows under its name from now on.

    One that was lost until now is not, where the card shows a newer one. Nothing is newer than what comes now, whatever the
    clock.
    """
    was_lost = lost_until is not None
    printer_id, name = upload.printer.id, upload.file.name
    sender = upload.file.person
    newer = was_lost and card_rows.has_newer(
        connection, printer_id, name, sender, upload.file.received_at
    )
    with together(connection):
        if not newer:
            card_rows.make_room(connection, printer_id, name, sender)
        connection.execute(
            insert(uploads),
            {
                **rows.received_file_values(upload.file, upload.printer),
                "file_name": upload.file_name,
                "name": upload.name,
                "state": upload.state.value,
                "reason": stored(upload.reason),
                "on_card": not newer,
                "requests": rows.requests_value(upload.requests),
                "facts": upload.facts and upload.facts.to_json(),
                "annotations": to_json(upload.annotations),
                "plan": to_json(upload.plan),
                "queueing": False,
                "duplicates": upload.printer.duplicates.value,
                "on_print": upload.printer.on_print.value,
                "cost": upload.cost,
                "photo_count": None if was_lost else 0,
                "filed_at": lost_until,
            },
        )


def add_once(
    connection: Connection, upload: Upload, *, lost_until: datetime | None = None
) -> None:
    """Store an upload, unless that was done before: then the answer was lost, or recovery came first."""
    query = select(uploads.c.id).where(uploads.c.id == upload.id)
    if connection.execute(query).first() is None:
        add(connection, upload, lost_until=lost_until)


def get(connection: Connection, upload_id: str) -> Upload | None:
    """Return an upload."""
    row = connection.execute(select(uploads).where(uploads.c.id == upload_id)).first()
    return None if row is None else with_known(connection, [from_row(row)])[0]


def existing(connection: Connection, upload_id: str) -> Upload:
    """Return an upload that is known to be there."""
    upload = get(connection, upload_id)
    assert upload is not None
    return upload


def alike(connection: Connection, upload_id: str) -> list[tuple[str, str]]:
    """Return ids and file names of what has an upload's bytes: itself, and archives that it may have been given up for."""
    own = connection.execute(
        select(uploads.c.id, uploads.c.file_name, uploads.c.sha256).where(
            uploads.c.id == upload_id
        )
    ).first()
    if own is None:
        return []
    others = connection.execute(
        select(archives.c.id, archives.c.file_name)
        .where(archives.c.sha256 == own.sha256, IS_LIVE, archives.c.id != upload_id)
        .order_by(archives.c.id)
        .limit(1)
    )
    return [(own.id, own.file_name), *((row.id, row.file_name) for row in others)]


def states(connection: Connection, ids: Sequence[str]) -> dict[str, UploadState]:
    """Return the states of those among `ids` that are known."""
    found: dict[str, UploadState] = {}
    for start in range(0, len(ids), IDS_PER_QUERY):
        query = select(uploads.c.id, uploads.c.state).where(
            uploads.c.id.in_(ids[start : start + IDS_PER_QUERY])
        )
        found |= {row.id: UploadState(row.state) for row in connection.execute(query)}
    return found


def undecided_ids(
    connection: Connection, *, known_before: datetime | None = None
) -> list[str]:
    """Return the uploads that are on their way to a decision or into the archive, oldest first."""
    states = (UploadState.RECEIVED.value, UploadState.ARCHIVING.value)
    query = select(uploads.c.id).where(uploads.c.state.in_(states))
    if known_before is not None:
        query = query.where(known_before > _KNOWN_SINCE)
    return list(connection.execute(query.order_by(uploads.c.id)).scalars())


def page(
    connection: Connection,
    *,
    state: UploadState,
    printer_id: str | None,
    limit: int,
    cursor: str | None,
    only: SentBy = FROM_ANYBODY,
    instance: str | None = None,
) -> UploadPage:
    """Return uploads in a state, newest first. Raises LibraryError."""
    query = select(uploads).where(
        uploads.c.state == state.value,
        *rows.sent_by(only, uploads.c.person, uploads.c.sender),
    )
    if only.intent is not None:
        is_asked = uploads.c.requests.is_not(None)
        query = query.where(is_asked if only.intent is Intent.PRINT else ~is_asked)
    if printer_id is not None:
        query = query.where(uploads.c.printer_id == printer_id)
    if instance is not None:
        query = query.where(uploads.c.instance == instance)
    if cursor is not None:
        match rows.decode_cursor(cursor):
            case [str() as last_id]:
                query = query.where(uploads.c.id < last_id)
            case _:
                raise LibraryError(rows.BAD_CURSOR)
    query = query.order_by(uploads.c.id.desc()).limit(limit + 1)
    found = with_known(connection, [from_row(row) for row in connection.execute(query)])
    more = len(found) > limit
    return UploadPage(
        uploads=tuple(found[:limit]),
        cursor=rows.encode_cursor(found[limit - 1].id) if more else None,
    )


def add_request(connection: Connection, upload_id: str, request: PrintRequest) -> None:
    """Store a print request, beside those for other plates, and that Print was pressed."""
    query = select(uploads.c.requests).where(uploads.c.id == upload_id)
    known = rows.requests(connection.execute(query).scalar_one_or_none())
    connection.execute(
        update(uploads)
        .where(uploads.c.id == upload_id)
        .values(requests=rows.requests_value(with_request(known, request)))
    )
    connection.execute(
        update(archives)
        .where(archives.c.id == upload_id)
        .values(intent=Intent.PRINT.value)
    )


def hold(
    connection: Connection,
    upload_id: str,
    *,
    name: str,
    facts: SlicedFile | None,
    reason: Explanation | None,
    filament_price: float,
) -> Upload:
    """Make an upload wait for a person. Returns it. Raises AlreadyProcessedError."""
    check_undecided(connection, upload_id)
    connection.execute(
        update(uploads)
        .where(uploads.c.id == upload_id)
        .values(
            name=name,
            state=UploadState.PENDING.value,
            reason=stored(reason),
            facts=facts and facts.to_json(),
            cost=facts and rows.cost(facts.filament_g, filament_price),
        )
    )
    return existing(connection, upload_id)


def set_archived(connection: Connection, upload_id: str, name: str) -> None:
    """Note that an upload became an archive, which keeps its facts from then on."""
    connection.execute(
        update(uploads)
        .where(uploads.c.id == upload_id)
        .values(name=name, state=UploadState.ARCHIVED.value, reason="", facts=None)
    )


def set_photo_count(connection: Connection, upload_id: str, count: int | None) -> None:
    """Note how many photos lie beside a file; None while they are being changed, after which they are to be counted."""
    connection.execute(
        update(uploads).where(uploads.c.id == upload_id).values(photo_count=count)
    )


def photos_uncounted(connection: Connection, after: str) -> list[str]:
    """Return the uploads and archives whose photos are to be counted, by their ids, at most `IDS_PER_QUERY`."""
    query = (
        select(uploads.c.id)
        .where(uploads.c.photo_count.is_(None), uploads.c.id > after)
        .order_by(uploads.c.id)
        .limit(IDS_PER_QUERY)
    )
    return list(connection.execute(query).scalars())


def set_first_photo_counts(connection: Connection, counts: Mapping[str, int]) -> None:
    """Note how many photos were found beside files, where that is still not known."""
    statement = (
        update(uploads)
        .where(uploads.c.id == bindparam("its_id"), uploads.c.photo_count.is_(None))
        .values(photo_count=bindparam("found"))
    )
    connection.execute(
        statement,
        [{"its_id": item_id, "found": count} for item_id, count in counts.items()],
    )


def set_queued(connection: Connection, upload_id: str) -> None:
    """Note that jobs were made of an archived upload."""
    connection.execute(
        update(uploads)
        .where(uploads.c.id == upload_id)
        .values(state=UploadState.QUEUED.value)
    )


def edit(
    connection: Connection,
    upload_id: str,
    *,
    name: str,
    annotations: Annotations,
    plan: JobPlan,
) -> Upload:
    """Replace what people wrote on a pending upload, what it is called then, and its plan. Returns it."""
    connection.execute(
        update(uploads)
        .where(uploads.c.id == upload_id)
        .values(
            name=name,
            annotations=to_json(annotations),
            plan=to_json(plan),
        )
    )
    return existing(connection, upload_id)


def approve(connection: Connection, upload_id: str, *, queueing: bool) -> None:
    """Record the decision to archive a pending upload, and to queue it when `queueing`. Raises AlreadyProcessedError."""
    check_undecided(connection, upload_id)
    connection.execute(
        update(uploads)
        .where(uploads.c.id == upload_id)
        .values(state=UploadState.ARCHIVING.value, queueing=queueing)
    )


def check_undecided(connection: Connection, upload_id: str) -> None:
    """Make sure that nobody, here or at another instance, has decided about an upload. Raises AlreadyProcessedError."""
    query = select(uploads.c.state).where(uploads.c.id == upload_id)
    state = UploadState(connection.execute(query).scalar_one())
    if state in IN_ARCHIVE or state.is_gone:
        raise AlreadyProcessedError(existing(connection, upload_id))


def is_queueing(connection: Connection, upload_id: str) -> bool:
    """Return whether an upload is to be queued."""
    query = select(uploads.c.queueing).where(uploads.c.id == upload_id)
    return bool(connection.execute(query).scalar_one())


def let_go(
    connection: Connection,
    upload_id: str,
    state: UploadState,
    reason: Explanation | None,
    *,
    kept_until: datetime | None = None,
) -> Upload:
    """Mark a pending upload as gone. Returns it with its facts.

    They are not kept when the files are not: they would be most of the index.
    """
    facts = existing(connection, upload_id).facts
    change = update(uploads).where(uploads.c.id == upload_id)
    connection.execute(
        change.values(
            state=state.value,
            reason=stored(reason),
            kept_until=kept_until,
        )
    )
    if kept_until is None:
        connection.execute(change.values(facts=None, on_card=False))
    return replace(existing(connection, upload_id), facts=facts)


def keep_deleted(
    connection: Connection, details: ArchiveDetails, kept_until: datetime
) -> None:
    """Remember of a deleted archive what its row does not keep, for as long as its files are kept."""
    connection.execute(
        update(uploads)
        .where(uploads.c.id == details.archive.id)
        .values(**_of_archive(details), kept_until=kept_until)
    )


def wait_again(connection: Connection, details: ArchiveDetails) -> None:
    """Make the upload of an archive wait for a person, with what was written on it since."""
    archive = details.archive
    connection.execute(
        update(uploads)
        .where(uploads.c.id == archive.id)
        .values(
            **_of_archive(details),
            state=UploadState.PENDING.value,
            reason="",
            queueing=False,
            cost=archive.cost,
        )
    )


def _of_archive(details: ArchiveDetails) -> dict[str, object]:
    """Return the columns that an upload takes over from its archive."""
    return {
        "name": details.archive.name,
        "facts": details.facts.to_json(),
        "annotations": to_json(details.archive.annotations),
    }


def take_back(
    connection: Connection, upload_id: str, *, reason: Explanation | None
) -> Upload:
    """Make a discarded upload pending again. Returns it."""
    card_rows.show_again(connection, upload_id)
    connection.execute(
        update(uploads)
        .where(uploads.c.id == upload_id)
        .values(state=UploadState.PENDING.value, reason=stored(reason), kept_until=None)
    )
    return existing(connection, upload_id)


def keep_no_longer(connection: Connection, upload_id: str) -> bool:
    """Record that nothing can be restored any more: the files are gone. Returns False when it was restored before."""
    changed = connection.execute(
        update(uploads)
        .where(uploads.c.id == upload_id, uploads.c.kept_until.is_not(None))
        .values(kept_until=None, facts=None, on_card=False)
    )
    return changed.rowcount > 0


def keep_for_good(connection: Connection, upload_id: str) -> None:
    """Record that a deleted archive is back: its upload need remember nothing of it."""
    card_rows.show_again(connection, upload_id)
    connection.execute(
        update(uploads)
        .where(uploads.c.id == upload_id)
        .values(kept_until=None, facts=None)
    )


def kept(connection: Connection) -> dict[str, datetime]:
    """Return until when the files of discarded uploads are kept, by their ids, the earliest first."""
    query = select(uploads.c.id, uploads.c.kept_until).where(
        uploads.c.kept_until.is_not(None)
    )
    query = query.order_by(uploads.c.kept_until, uploads.c.id)
    return {row.id: row.kept_until for row in connection.execute(query)}


def pending_ids(
    connection: Connection,
    *,
    printer_id: str | None = None,
    known_before: datetime | None = None,
) -> list[str]:
    """Return the uploads that wait for a person, oldest first."""
    query = select(uploads.c.id).where(uploads.c.state == UploadState.PENDING.value)
    if printer_id is not None:
        query = query.where(uploads.c.printer_id == printer_id)
    if known_before is not None:
        query = query.where(known_before > _KNOWN_SINCE)
    return list(connection.execute(query.order_by(uploads.c.id)).scalars())


def remove(connection: Connection, upload_id: str) -> None:
    """Forget an upload altogether."""
    connection.execute(delete(uploads).where(uploads.c.id == upload_id))


# --- the same bytes ---------------------------------------------------------------------------------------------------


def with_known(connection: Connection, found: list[Upload]) -> list[Upload]:
    """Add what the archive knows of the same bytes, to those that are not in it themselves."""
    contents = sorted(
        {upload.file.sha256 for upload in found if upload.state not in IN_ARCHIVE}
    )
    known: dict[str, DuplicateHistory] = {}
    for start in range(0, len(contents), IDS_PER_QUERY):
        known |= _known(connection, contents[start : start + IDS_PER_QUERY])
    return [
        replace(upload, known=history)
        if upload.state not in IN_ARCHIVE and (history := known.get(upload.file.sha256))
        else upload
        for upload in found
    ]


def _known(
    connection: Connection, contents: Sequence[str]
) -> dict[str, DuplicateHistory]:
    """Return what the archive knows of these bytes, by their SHA-256."""
    of_contents = archives.c.sha256.in_(contents) & IS_LIVE
    totals = connection.execute(
        select(
            archives.c.sha256,
            func.min(archives.c.id).label("original_id"),
            func.count().label("count"),
            func.sum(archives.c.print_count).label("print_count"),
            func.max(archives.c.last_printed_at).label("last_printed_at"),
        )
        .where(of_contents)
        .group_by(archives.c.sha256)
    ).all()
    if not totals:
        return {}
    failures = connection.execute(
        select(archives.c.sha256, jobs.c.error, jobs.c.problem)
        .join(jobs, jobs.c.archive_id == archives.c.id)
        .where(of_contents, jobs.c.state == JobState.FAILED.value)
        .order_by(jobs.c.finished_at)
    )
    last_failures = {row.sha256: (row.error, row.problem) for row in failures}
    return {
        row.sha256: DuplicateHistory(
            original_id=row.original_id,
            count=row[2],
            print_count=int(row.print_count),
            last_printed_at=row.last_printed_at,
            last_failure=last_failures.get(row.sha256, ("", ""))[0],
            last_problem=last_failures.get(row.sha256, ("", ""))[1],
        )
        for row in totals
    }


def rename_printer(connection: Connection, printer_id: str, name: str) -> None:
    """Call a printer by another name in everything that came in by it."""
    for table in (uploads, archives):
        connection.execute(
            update(table)
            .where(table.c.printer_id == printer_id, table.c.printer_name != name)
            .values(printer_name=name)
        )


def call(connection: Connection, upload_id: str, name: str) -> None:
    """Give an upload another display name."""
    connection.execute(
        update(uploads).where(uploads.c.id == upload_id).values(name=name)
    )


def facts(connection: Connection, ids: Sequence[str]) -> dict[str, SlicedFile | None]:
    """Return what was read of uploads, by their ids."""
    found: dict[str, SlicedFile | None] = {}
    for start in range(0, len(ids), IDS_PER_QUERY):
        query = select(uploads.c.id, uploads.c.facts).where(
            uploads.c.id.in_(ids[start : start + IDS_PER_QUERY])
        )
        found |= {row.id: _facts(row.facts) for row in connection.execute(query)}
    return found


def _facts(value: dict[str, Any] | None) -> SlicedFile | None:
    return None if value is None else SlicedFile.from_json(value)


def from_row(row: Row[Any]) -> Upload:
    """Return the upload of a row."""
    return made_of(row, _facts(row.facts))


def made_of(row: Row[Any], facts: SlicedFile | None) -> Upload:
    """Return the upload of a row that may be without the facts, and of these."""
    return Upload(
        file=rows.received_file(row),
        file_name=row.file_name,
        printer=replace(
            rows.printer(row),
            duplicates=DuplicatePolicy(row.duplicates),
            on_print=OnPrint(row.on_print),
        ),
        name=row.name,
        state=UploadState(row.state),
        reason=from_stored(row.reason),
        requests=rows.requests(row.requests),
        facts=facts,
        annotations=from_json(Annotations, row.annotations),
        plan=from_json(JobPlan, row.plan),
        cost=row.cost,
        kept_until=row.kept_until,
    )
