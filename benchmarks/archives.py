"""Archives as a household has them: what libraries are filled with to be measured."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
import sqlite3

import psycopg
from sqlalchemy import Connection
from ulid_transform import bytes_to_ulid, ulid_at_time, ulid_to_bytes

from custom_components.bambu_virtual_printer.engine.library.index import (
    archive_rows,
    search_text,
    upload_rows,
)
from custom_components.bambu_virtual_printer.engine.library.index.database import Index
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    FULL_TEXT,
    archive_materials,
    archive_plates,
    archive_tags,
    archives,
    uploads,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Annotations,
    Upload,
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.library.values.sliced_file import (
    Filament,
    Plate,
    SlicedFile,
)
from custom_components.bambu_virtual_printer.engine.values import (
    Mode,
    PrinterRef,
    ReceivedFile,
)

ROWS_PER_TRANSACTION = 1_000
BETWEEN = timedelta(minutes=30)
TABLES = (uploads, archives, archive_plates, archive_tags, archive_materials)
PRICE = 25.0
CACHE_KIB = 2_000_000
START = datetime(2020, 1, 1, tzinfo=UTC)
SYLLABLES = [
    "ba",
    "ko",
    "ri",
    "ton",
    "ve",
    "mar",
    "lu",
    "pen",
    "sha",
    "do",
    "gi",
    "zel",
    "qua",
    "fin",
    "tor",
]
NOUNS = [
    "benchy",
    "box",
    "lid",
    "gear",
    "holder",
    "bracket",
    "cube",
    "vase",
    "hook",
    "case",
]
MODELS = ("Bambu Lab P1S", "Bambu Lab A1", "Bambu Lab X1C")
MATERIALS = ("PLA", "PETG", "ABS")
TAGS = ("kids", "work", "gift", "xmas")


def vocabulary(random: Random) -> list[str]:
    """Return the words that names and notes are made of."""
    return [
        "".join(random.choices(SYLLABLES, k=random.randint(2, 4))) for _ in range(3000)
    ]


async def fill(index: Index, random: Random, words: list[str], numbers: range) -> None:
    """Add the archives of these numbers, as the library does."""
    for start in range(numbers.start, numbers.stop, ROWS_PER_TRANSACTION):
        some = range(start, min(start + ROWS_PER_TRANSACTION, numbers.stop))
        await index.run(_add, random, words, some)


def _add(
    connection: Connection, random: Random, words: list[str], numbers: range
) -> None:
    for number in numbers:
        at = START + BETWEEN * number
        upload, facts = made(random, words, at, ulid_at_time(at.timestamp()))
        upload_rows.add(connection, upload)
        archive_rows.add(
            connection,
            upload,
            name=upload.name,
            facts=facts,
            annotations=upload.annotations,
            archived_at=at,
            filament_price=PRICE,
        )
    # Nothing is to be decided about any of them.
    connection.execute(uploads.update().values(state=UploadState.ARCHIVED.value))


def multiply(path: Path, times: int) -> None:
    """Make of each archive in a new SQLite database so many, with ids between those that follow one another.

    It is quicker than adding them one by one, and they are found in the same ways. Indexes are made when all is there.
    """
    step_ms = BETWEEN // timedelta(milliseconds=1) // times

    def later(item_id: str, turn: int) -> str:
        number = bytearray(ulid_to_bytes(item_id))
        number[:6] = (int.from_bytes(number[:6]) + turn * step_ms).to_bytes(6)
        return bytes_to_ulid(bytes(number))

    connection = sqlite3.connect(path)
    connection.create_function("later", 2, later, deterministic=True)
    connection.create_function("number", 1, search_text.id_of, deterministic=True)
    for pragma in (
        "journal_mode = DELETE",
        "synchronous = OFF",
        f"cache_size = -{CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    left_out = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"  # noqa: S608
        f" AND type IN ('index', 'trigger') AND tbl_name IN ({', '.join('?' * len(TABLES))})",
        [table.name for table in TABLES],
    ).fetchall()
    for kind, name, _ in left_out:
        connection.execute(f"DROP {kind} {name}")
    for table in TABLES:
        names = [column.name for column in table.columns]
        key = "id" if "id" in names else "archive_id"
        connection.execute(
            f"CREATE TEMP TABLE the_{table.name} AS SELECT * FROM {table.name} ORDER BY {key}"  # noqa: S608
        )
        for turn in range(1, times):
            values = [_of_turn(name, turn) for name in names]
            connection.execute(
                f"INSERT INTO {table.name} ({', '.join(names)})"  # noqa: S608
                f" SELECT {', '.join(values)} FROM the_{table.name}"
            )
        connection.commit()
    connection.execute(f"INSERT INTO {FULL_TEXT}({FULL_TEXT}) VALUES ('delete-all')")  # noqa: S608
    connection.execute(
        f"INSERT INTO {FULL_TEXT}(rowid, search_text)"  # noqa: S608
        " SELECT search_id, search_text FROM archives ORDER BY id"
    )
    for _, _, statement in left_out:
        connection.execute(statement)
    connection.commit()
    connection.close()


def _of_turn(name: str, turn: int) -> str:
    match name:
        case "id" | "archive_id":
            return f"later({name}, {turn})"
        case "search_id":
            return f"number(later(id, {turn}))"
    return name


def copy(path: Path, url: str) -> None:
    """Copy the archives of an SQLite database into an empty PostgreSQL database, which has the tables."""
    source = sqlite3.connect(path)
    with psycopg.connect(url.replace("+psycopg", "")) as target:
        cursor = target.cursor()
        # What is copied was checked and counted.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = ANY (%s::regclass[]) AND NOT indisprimary",
            [[table.name for table in TABLES]],
        )
        left_out = cursor.fetchall()
        for name, _ in left_out:
            cursor.execute(f"DROP INDEX {name}".encode())
        for table in TABLES:
            names = ", ".join(column.name for column in table.columns)
            rows = source.execute(f"SELECT {names} FROM {table.name}")  # noqa: S608
            statement = f"COPY {table.name} ({names}) FROM STDIN"
            with cursor.copy(statement.encode()) as pieces:
                for row in rows:
                    pieces.write_row(row)
        for _, statement in left_out:
            cursor.execute(statement.encode())
    source.close()
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as target:
        target.execute("VACUUM ANALYZE")


def made(
    random: Random, words: list[str], at: datetime, upload_id: str
) -> tuple[Upload, SlicedFile]:
    """Make up an upload as a household has them."""
    name = " ".join(
        [random.choice(NOUNS), *random.choices(words, k=random.randint(1, 3))]
    )
    printer = f"p{random.randint(1, 3)}"
    file = ReceivedFile(
        id=upload_id,
        name=f"{name.replace(' ', '_')}.gcode.3mf",
        size_bytes=random.randrange(10**8),
        sha256=f"{random.randrange(10**6):064x}",
        peer="192.0.2.7",
        received_at=at,
        encrypted=True,
    )
    upload = Upload(
        file=file,
        file_name=file.name,
        printer=PrinterRef(id=printer, name=printer, model="C12", mode=Mode.IMMEDIATE),
        name=name,
        annotations=Annotations(
            notes=" ".join(random.choices(words, k=random.choice((0, 0, 5, 20)))),
            tags=tuple(random.sample(TAGS, k=random.randint(0, 2))),
            project=random.choice(("", "Xmas", "School")),
        ),
    )
    filament = Filament(
        slot=1, type=random.choice(MATERIALS), color="#00AE42", used_g=1.0
    )
    plate = Plate(
        number=1,
        printable=True,
        print_time_s=random.randrange(60, 90_000),
        filament_g=round(random.uniform(1, 500), 2),
        filaments=(filament,),
    )
    facts = SlicedFile(
        title=name,
        designer=random.choice(words),
        printer_model=random.choice(MODELS),
        plates=(plate,),
    )
    return upload, facts
