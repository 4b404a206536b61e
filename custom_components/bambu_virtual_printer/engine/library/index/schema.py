"""The tables of the index. The steps from older versions of them have a module of their own.

Nothing here or in the queries is peculiar to SQLite; PostgreSQL works alike.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, override

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String as AnyString,
    Table,
    Text as AnyText,
    event,
    text,
    types,
)

ID_CHARS = 26
SHA256_CHARS = 64


class UtcDateTime(types.TypeDecorator[datetime]):
    """A point in time. Databases without time zones get UTC and give it back as such."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    @override
    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        if value is None:
            return None
        return (
            value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        )


class Text(types.TypeDecorator[str]):
    """Text that is compared and sorted by its code points in every database, as SQLite does it."""

    impl = AnyText
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        return dialect.type_descriptor(AnyText(collation=_collation(dialect)))


class String(types.TypeDecorator[str]):
    """The same with a length."""

    impl = AnyString
    cache_ok = True

    def __init__(self, length: int) -> None:
        """Remember the length."""
        super().__init__(length)
        self._chars = length

    @override
    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        return dialect.type_descriptor(
            AnyString(self._chars, collation=_collation(dialect))
        )


def _collation(dialect: Dialect) -> str | None:
    # The order of another collation depends on the system that the server is on.
    return "C" if dialect.name == "postgresql" else None


metadata = MetaData()

versions = Table("schema_version", metadata, Column("version", Integer, nullable=False))


def _received_file_columns() -> Sequence[Column[Any]]:
    """Return what uploads and archives both know of a file and of the printer it came in by."""
    return (
        Column("id", String(ID_CHARS), primary_key=True),
        Column("upload_name", Text, nullable=False),
        Column("file_name", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("size_bytes", BigInteger, nullable=False),
        Column("sha256", String(SHA256_CHARS), nullable=False),
        Column("peer", Text, nullable=False),
        Column("encrypted", Boolean, nullable=False),
        Column("sender", Text, server_default="", nullable=False),
        Column("person", Text, server_default="", nullable=False),
        Column("received_at", UtcDateTime, nullable=False),
        # At which Home Assistant it came in; empty where only one has the library.
        Column("instance", Text, server_default="", nullable=False),
        Column("printer_id", Text, nullable=False),
        Column("printer_name", Text, nullable=False),
        Column("printer_model", Text, nullable=False),
        Column("mode", Text, nullable=False),
    )


uploads = Table(
    "uploads",
    metadata,
    *_received_file_columns(),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    # Whether this is what the printer's memory card shows under `upload_name`.
    Column("on_card", Boolean, nullable=False),
    # What slicers asked for, oldest first.
    Column("requests", JSON(none_as_null=True)),
    Column("facts", JSON(none_as_null=True)),
    Column("annotations", JSON, nullable=False),
    Column("plan", JSON, nullable=False),
    # Whether jobs are made of it once it is in the archive.
    Column("queueing", Boolean, nullable=False),
    # What to do when the archive has the same bytes.
    Column("duplicates", Text, nullable=False),
    # What the slicer's Print means.
    Column("on_print", Text, server_default="send", nullable=False),
    Column("cost", Float),
    # Until when the files are kept of what people discarded or deleted; null where there are none, and of what was not.
    Column("kept_until", UtcDateTime),
    # Since when the files are in the store of a library that is shared; null while only one instance has them.
    Column("stored_at", UtcDateTime),
    # How many photos lie beside the file; null where they have to be counted.
    Column("photo_count", Integer),
    # When it was written down, where that was not when it was received.
    Column("filed_at", UtcDateTime),
)
_is_kept = uploads.c.kept_until.is_not(None)
uploads_kept = Index(
    "uploads_kept",
    uploads.c.kept_until,
    sqlite_where=_is_kept,
    postgresql_where=_is_kept,
)
_is_uncounted = uploads.c.photo_count.is_(None)
uploads_uncounted = Index(
    "uploads_uncounted",
    uploads.c.id,
    sqlite_where=_is_uncounted,
    postgresql_where=_is_uncounted,
)
Index("uploads_by_state", uploads.c.state, uploads.c.id)
Index("uploads_by_printer", uploads.c.printer_id, uploads.c.id)
_is_on_card = uploads.c.on_card.is_(True)
for _name, _column in (
    ("names", uploads.c.upload_name),
    ("times", uploads.c.received_at),
):
    Index(
        f"uploads_card_{_name}",
        uploads.c.printer_id,
        _column,
        sqlite_where=_is_on_card,
        postgresql_where=_is_on_card,
    )

archives = Table(
    "archives",
    metadata,
    *_received_file_columns(),
    # Both folded: what sorting by name and searching look at.
    Column("sort_name", Text, nullable=False),
    Column("search_text", Text, nullable=False),
    # When it was received, as "2026-11" (UTC).
    Column("month", Text, nullable=False),
    Column("archived_at", UtcDateTime, nullable=False),
    Column("deleted_at", UtcDateTime),
    Column("purging", Boolean, nullable=False),
    Column("title", Text, nullable=False),
    Column("designer", Text, nullable=False),
    Column("makerworld_id", Text, nullable=False),
    Column("sliced_for", Text, nullable=False),
    Column("sliced_for_code", Text, nullable=False),
    Column("plate_count", Integer, nullable=False),
    # 0 where the file does not say, so that they sort.
    Column("print_time_s", BigInteger, nullable=False),
    Column("filament_g", Float, nullable=False),
    Column("filament_types", Text, nullable=False),
    Column("filament_colors", Text, nullable=False),
    Column("cost", Float, nullable=False),
    Column("print_count", Integer, nullable=False),
    Column("last_printed_at", UtcDateTime),
    # How many of these prints people judged so.
    Column("judged_good", Integer, server_default="0", nullable=False),
    Column("judged_failed", Integer, server_default="0", nullable=False),
    # What all prints took, as far as it was measured.
    Column("energy_kwh", Float),
    Column("energy_cost", Float),
    Column("given_name", Text, nullable=False),
    Column("search_id", BigInteger, nullable=False),
    Column("notes", Text, nullable=False),
    Column("favourite", Boolean, nullable=False),
    Column("project", Text, nullable=False),
    Column("link", Text, nullable=False),
    # Which button of the slicer was pressed.
    Column("intent", Text, server_default="send", nullable=False),
    # Everything read from the file, less its plates.
    Column("facts", JSON, nullable=False),
)
IS_LIVE = archives.c.deleted_at.is_(None)
"""What was not deleted."""


def _live_index(name: str, *columns: Column[Any]) -> Index:
    """Return an index of what was not deleted.

    SQLite checks that once more for every entry, for which `deleted_at` has to be in the index or each row is fetched.
    """
    return Index(
        f"archives_{name}",
        *columns,
        archives.c.deleted_at,
        sqlite_where=IS_LIVE,
        postgresql_where=IS_LIVE,
    )


_live_index("newest", archives.c.id)
_live_index("by_name", archives.c.sort_name, archives.c.id)
_live_index("by_print_time", archives.c.print_time_s, archives.c.id)
_live_index("by_filament", archives.c.filament_g, archives.c.id)
_live_index("by_size", archives.c.size_bytes, archives.c.id)
_live_index("by_content", archives.c.sha256, archives.c.id)
_live_index("by_printer", archives.c.printer_id, archives.c.id)
_live_index("by_person", archives.c.person, archives.c.id)
_live_index("by_model", archives.c.sliced_for, archives.c.id)
_live_index("by_project", archives.c.project, archives.c.id)
_live_index("favourites", archives.c.favourite, archives.c.id)
# With what months are counted by.
archives_by_time = _live_index(
    "by_time",
    archives.c.received_at,
    archives.c.id,
    archives.c.printer_id,
    archives.c.person,
)
_live_index(
    "by_month", archives.c.month, archives.c.printer_id, archives.c.printer_name
)
_live_index("by_instance", archives.c.instance, archives.c.id).ddl_if(
    dialect="postgresql"
)
_live_index("by_design", archives.c.makerworld_id, archives.c.id)
# The order in which archives go that are too many.
archives_by_age = _live_index("by_age", archives.c.archived_at, archives.c.id)
_live_index("by_print_count", archives.c.print_count, archives.c.id)
# What is counted by periods; deleted archives count as well.
archives_by_archiving = Index(
    "archives_by_archiving",
    archives.c.archived_at,
    archives.c.id,
    archives.c.project,
    archives.c.person,
    archives.c.sender,
)
_is_deleted = archives.c.deleted_at.is_not(None)
Index(
    "archives_deleted",
    archives.c.deleted_at,
    sqlite_where=_is_deleted,
    postgresql_where=_is_deleted,
)
_filtered = (
    archives.c.sort_name,
    archives.c.print_time_s,
    archives.c.filament_g,
    archives.c.size_bytes,
    archives.c.received_at,
    archives.c.printer_id,
    archives.c.sliced_for,
    archives.c.favourite,
    archives.c.project,
    archives.c.print_count,
    archives.c.person,
    archives.c.intent,
)
# Searches read these instead of the rows, which are many times as large: the first where the full-text index leads to,
# the second where every text is looked at. The first is not unique, or SQLite would rather fetch rows by a smaller one.
# PostgreSQL does not index texts of any length.
_live_index("found", archives.c.search_id, archives.c.id, *_filtered)
_live_index("texts", archives.c.id, archives.c.search_text, *_filtered).ddl_if(
    dialect="sqlite"
)
# SQLite's own index of all pieces of three characters in the texts of live archives. It holds nothing but the index, so
# what is taken out has to be named once more. Triggers keep it, whatever statement changes the table.
FULL_TEXT = "archives_full_text"
_TAKE_OUT = (
    f"INSERT INTO {FULL_TEXT}({FULL_TEXT}, rowid, search_text)"  # noqa: S608
    " VALUES ('delete', old.search_id, old.search_text)"
)
_PUT_IN = (
    f"INSERT INTO {FULL_TEXT}(rowid, search_text)"
    " SELECT new.search_id, new.search_text WHERE new.deleted_at IS NULL"
)
_WAS_LIVE = "WHEN old.deleted_at IS NULL"
_TEXT_COLUMNS = "search_text, deleted_at"
FULL_TEXT_RESTORED = (
    "CREATE TRIGGER IF NOT EXISTS archives_text_restored AFTER UPDATE OF deleted_at ON archives"
    f" WHEN old.deleted_at IS NOT NULL BEGIN {_PUT_IN}; END"
)
FULL_TEXT_STATEMENTS = (
    f"CREATE VIRTUAL TABLE {FULL_TEXT} USING fts5(search_text, content='', columnsize=0, tokenize='trigram')",
    f"CREATE TRIGGER archives_text_added AFTER INSERT ON archives BEGIN {_PUT_IN}; END",
    f"CREATE TRIGGER archives_text_removed AFTER DELETE ON archives {_WAS_LIVE} BEGIN {_TAKE_OUT}; END",
    f"CREATE TRIGGER archives_text_changed AFTER UPDATE OF {_TEXT_COLUMNS} ON archives {_WAS_LIVE} BEGIN {_TAKE_OUT}; {_PUT_IN}; END",
    FULL_TEXT_RESTORED,
)
for _statement in FULL_TEXT_STATEMENTS:
    _ddl = DDL(_statement)  # type: ignore[no-untyped-call]
    event.listen(archives, "after_create", _ddl.execute_if(dialect="sqlite"))

archive_plates = Table(
    "archive_plates",
    metadata,
    Column(
        "archive_id",
        String(ID_CHARS),
        ForeignKey(archives.c.id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("printable", Boolean, nullable=False),
    Column("print_time_s", BigInteger),
    Column("filament_g", Float),
    # Everything read of the plate.
    Column("facts", JSON, nullable=False),
)

archive_tags = Table(
    "archive_tags",
    metadata,
    Column(
        "archive_id",
        String(ID_CHARS),
        ForeignKey(archives.c.id, ondelete="CASCADE"),
        primary_key=True,
    ),
    # The tag folded: "PETG" and "petg" are one.
    Column("tag_key", Text, primary_key=True),
    Column("tag", Text, nullable=False),
    Column("position", Integer, nullable=False),
)
archive_materials = Table(
    "archive_materials",
    metadata,
    Column(
        "archive_id",
        String(ID_CHARS),
        ForeignKey(archives.c.id, ondelete="CASCADE"),
        primary_key=True,
    ),
    # The kind of filament, folded.
    Column("material", Text, primary_key=True),
)
Index(
    "archive_materials_by_name",
    archive_materials.c.material,
    archive_materials.c.archive_id,
)
Index("archive_tags_by_key", archive_tags.c.tag_key, archive_tags.c.archive_id)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column(
        "archive_id",
        String(ID_CHARS),
        ForeignKey(archives.c.id, ondelete="CASCADE"),
        nullable=False,
    ),
    Column("plate", Integer, nullable=False),
    Column("plate_name", Text, nullable=False),
    Column("state", Text, nullable=False),
    # From 1 without gaps for the jobs in the queue, else null.
    Column("position", Integer),
    Column("priority", Integer, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("copies_printed", Integer, nullable=False),
    Column("target", JSON(none_as_null=True)),
    Column("not_before", UtcDateTime),
    Column("due_at", UtcDateTime),
    # Further conditions for its start.
    Column("timing", JSON(none_as_null=True)),
    # The due time of which people were told that it cannot be kept.
    Column("late_for", UtcDateTime),
    Column("options", JSON(none_as_null=True)),
    # Whether a person chose the options, which go before those of the slicer that may still come.
    Column("options_chosen", Boolean, nullable=False),
    Column("options_due_at", UtcDateTime),
    # Which spools may be used; null for what the virtual printer says.
    Column("filament_rule", Text),
    Column("print_anyway", Boolean, server_default=text("FALSE"), nullable=False),
    # Whether the slicer's Print asked for this plate.
    Column("intent", Text, server_default="send", nullable=False),
    Column("print_time_s", BigInteger),
    Column("filament_g", Float),
    Column("filament_types", Text, nullable=False),
    Column("filament_colors", Text, nullable=False),
    Column("cost", Float),
    Column("machine_id", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("problem", Text, nullable=False, server_default=""),
    Column("problem_code", Text, nullable=False, server_default=""),
    Column("retry_at", UtcDateTime),
    # How many times it was started by a person, or by the slicer's Print.
    Column("starts", Integer, server_default="0", nullable=False),
    # What a job was before it was claimed, or, with its place in the queue, before it was cancelled with its archive, which
    # can be had back.
    Column("state_before", Text),
    Column("position_before", Integer),
    # What a person said of the copy that was printed last.
    Column("verdict", Text),
    Column("verdict_reason", Text, server_default="", nullable=False),
    Column("verdict_by", Text, server_default="", nullable=False),
    Column("verdict_at", UtcDateTime),
    Column("reprint", Text, server_default="", nullable=False),
    # How many copies were judged so.
    Column("judged_good", Integer, server_default="0", nullable=False),
    Column("judged_failed", Integer, server_default="0", nullable=False),
    # What all its prints took, as far as it was measured.
    Column("energy_kwh", Float),
    Column("energy_cost", Float),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
)
IS_UNFINISHED = jobs.c.finished_at.is_(None)
"""What is in the queue or with a printer."""
Index("jobs_by_archive", jobs.c.archive_id, jobs.c.finished_at)
Index(
    "jobs_unfinished",
    jobs.c.position,
    jobs.c.id,
    sqlite_where=IS_UNFINISHED,
    postgresql_where=IS_UNFINISHED,
)
Index("jobs_finished", jobs.c.finished_at, jobs.c.id)

printed_copies = Table(
    "printed_copies",
    metadata,
    # Each copy that was printed of what a person sent: limits are of calendar months, and jobs have copies in several.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("filament_g", Float, nullable=False),
    Column("print_time_s", BigInteger, nullable=False),
)
Index(
    "printed_copies_by_person",
    printed_copies.c.at,
    printed_copies.c.person,
)

prints = Table(
    "prints",
    metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column(
        "job_id",
        String(ID_CHARS),
        ForeignKey(jobs.c.id, ondelete="CASCADE"),
        nullable=False,
    ),
    Column("machine_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("plate", Integer, nullable=False),
    Column("phase", Text, nullable=False),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("subtask_id", BigInteger, nullable=False, unique=True),
    Column("attempt", Integer, nullable=False),
    Column("file", Text, nullable=False),
    Column("md5", Text, nullable=False),
    Column("url_form", Text, nullable=False),
    Column("mapping_form", Text, nullable=False, server_default=""),
    Column("phase_before", Text, nullable=False),
    Column("publishes", Integer, nullable=False),
    Column("published_at", UtcDateTime),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("is_stopping", Boolean, nullable=False),
    Column("question", Text),
    Column("outcome", Text),
    Column("code", Text, nullable=False),
    Column("percent", Integer),
    Column("layer", Integer),
    Column("on_card", Boolean, nullable=False),
)
IS_OPEN = prints.c.ended_at.is_(None)
"""What a printer has. There is one such print for a job and one for a printer; a unique index enforces it."""
for _column in (prints.c.job_id, prints.c.machine_id):
    Index(
        f"prints_open_by_{_column.name}",
        _column,
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
_is_left = prints.c.on_card.is_(True)
Index(
    "prints_left",
    prints.c.machine_id,
    sqlite_where=_is_left,
    postgresql_where=_is_left,
)
Index("prints_by_job", prints.c.job_id)

left_files = Table(
    "left_files",
    metadata,
    # What prints may have left on cards whose jobs were removed for good; the id is that of the print.
    Column("id", String(ID_CHARS), primary_key=True),
    Column("machine_id", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("url_form", Text, nullable=False),
    Column("left_at", UtcDateTime, nullable=False),
)
Index("left_files_by_machine", left_files.c.machine_id)

plates = Table(
    "plates",
    metadata,
    Column("machine_id", Text, primary_key=True),
    Column("is_occupied", Boolean, nullable=False),
    Column("running", Text, nullable=False),
    Column("last", Text, nullable=False),
    Column("print_id", Text, server_default="", nullable=False),
    Column("job_id", Text, server_default="", nullable=False),
)

verdicts = Table(
    "verdicts",
    metadata,
    # The print that was judged, or the job where it was printed by other means: each is judged once.
    Column("id", String(ID_CHARS), primary_key=True),
    Column(
        "job_id",
        String(ID_CHARS),
        ForeignKey(jobs.c.id, ondelete="CASCADE"),
        nullable=False,
    ),
    Column("verdict", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("said_by", Text, nullable=False),
    Column("said_at", UtcDateTime, nullable=False),
    Column("reprint", Text, nullable=False),
    Column("reprint_by", Text, nullable=False),
    Column("reprint_at", UtcDateTime),
    Column("reprint_job_id", Text, nullable=False),
)
Index("verdicts_by_job", verdicts.c.job_id)

energies = Table(
    "energies",
    metadata,
    Column("print_id", String(ID_CHARS), primary_key=True),
    Column(
        "job_id",
        String(ID_CHARS),
        ForeignKey(jobs.c.id, ondelete="CASCADE"),
        nullable=False,
    ),
    Column("machine_id", Text, nullable=False),
    Column("kwh", Float, nullable=False),
    # Null where no price was known.
    Column("cost", Float),
)
Index("energies_by_job", energies.c.job_id)

machines = Table(
    "machines",
    metadata,
    Column("serial", Text, primary_key=True),
    Column("url_form", Text, nullable=False),
    Column("mapping_form", Text, nullable=False),
    Column("lost_at", UtcDateTime),
    Column("last_spool", JSON(none_as_null=True)),
)

instances = Table(
    "instances",
    metadata,
    # The Home Assistants that share the library; none of one that is not shared.
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

real_printers = Table(
    "real_printers",
    metadata,
    # The real printers that each of them has set up.
    Column("machine_id", Text, primary_key=True),
    Column("serial", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("model", Text, nullable=False),
    # Empty for one that was removed there, and whose prints another instance may take over.
    Column("instance", Text, nullable=False),
)
Index("real_printers_by_serial", real_printers.c.serial)

drivers = Table(
    "drivers",
    metadata,
    # Which instance had the lock of a printer last: its lock says whether it has it still.
    Column("serial", Text, primary_key=True),
    Column("instance", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

libraries = Table(
    "library_identity",
    metadata,
    # That of the marker in the library's folder.
    Column("id", Text, primary_key=True),
    # Where the folder was when it was last there.
    Column("folder", Text, nullable=False),
    # Which instance's folder it is, where several share the database.
    Column("instance", Text, primary_key=True, server_default=""),
)

doomed_files = Table(
    "doomed_files",
    metadata,
    # What was removed for good. The instance where it came in may have files of it longer than the index has a row.
    Column("id", String(ID_CHARS), primary_key=True),
    Column("doomed_at", UtcDateTime, nullable=False),
    # Since when the store of a shared library has nothing of it.
    Column("removed_at", UtcDateTime),
)
Index("doomed_files_left", doomed_files.c.removed_at, doomed_files.c.doomed_at)

serial_suffixes = Table(
    "serial_suffixes",
    metadata,
    Column("suffix", Text, primary_key=True),
    Column("issued_at", UtcDateTime, nullable=False),
)

change_sequence = Table(
    "change_sequence",
    metadata,
    # One row, where several Home Assistants share the database: how many transactions have changed something.
    Column("n", BigInteger, primary_key=True, autoincrement=False),
)
