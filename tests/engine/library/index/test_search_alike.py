"""Both databases give the same archives in the same order, the same counts and the same things to choose by."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from sqlalchemy import Connection, Engine, make_url, text

from custom_components.bambu_virtual_printer.engine.library.index import (
    archive_rows,
    counts,
    made,
    postgresql_tables,
    sqlite,
    upload_rows,
)
from custom_components.bambu_virtual_printer.engine.library.index.archive_search import (
    page,
)
from custom_components.bambu_virtual_printer.engine.library.index.migrations import (
    migrate,
)
from custom_components.bambu_virtual_printer.engine.library.index.postgresql_connection import (
    Place,
    make_engine,
)
from custom_components.bambu_virtual_printer.engine.library.index.schema import archives
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    Annotations,
    ArchiveQuery,
    ArchiveSort,
    Upload,
)
from custom_components.bambu_virtual_printer.engine.library.values.sanitize import (
    fold_case,
)
from custom_components.bambu_virtual_printer.engine.library.values.sliced_file import (
    Filament,
    Plate,
    SlicedFile,
)
from custom_components.bambu_virtual_printer.engine.library.values.space import Space
from custom_components.bambu_virtual_printer.engine.values import (
    Mode,
    PrinterRef,
    ReceivedFile,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
# What databases fold, sort, escape or cut in ways of their own.
CHARACTERS = "abcAZÄéßıİſK\u00adﬁσςΣ文件Ꭰꭰ℃™𝚨😀%_\\/\"'*-+()^$~`{}[]:.,;!?&|0123 \t"
PIECES = (
    "benchy",
    "Benchy",
    "BENCHY",
    "ben",
    "gift box",
    "100%",
    "a_b",
    "straße",
    "été",
    "日本語",
    "xy",
    "AND",
    "NEAR(",
    "240℃ Bambu™ № 5",
    "240°C",
    "TM no",
)

words = st.one_of(st.sampled_from(PIECES), st.text(CHARACTERS, min_size=1, max_size=6))
titles = st.lists(words, min_size=1, max_size=3).map(" ".join)
queries = st.lists(
    st.one_of(words, st.text(st.characters(codec="utf-8"), max_size=4)), max_size=3
).map(" ".join)
labels = st.sampled_from(("", "Xmas", "xmas", "Éte", "zoo", "Zoo", "a b"))


@st.composite
def items(draw: st.DrawFn) -> list[tuple[Upload, SlicedFile, Annotations, bool]]:
    """Make some archives, some of them deleted."""
    made_ = []
    for number in range(draw(st.integers(1, 6))):
        at = START + timedelta(hours=number)
        title = draw(titles)
        upload = Upload(
            file=ReceivedFile(
                id=f"01KE{number:022}",
                name=f"{number}.gcode.3mf",
                size_bytes=draw(st.integers(0, 3)),
                sha256=f"{draw(st.integers(0, 3)):064}",
                peer="192.0.2.7",
                received_at=at,
                encrypted=True,
            ),
            file_name=f"{number}.gcode.3mf",
            printer=PrinterRef(
                id=draw(st.sampled_from(("p1", "P2", "é"))),
                name=draw(st.sampled_from(("Attic", "attic"))),
                model="C12",
                mode=Mode.IMMEDIATE,
            ),
            name=title,
        )
        facts = SlicedFile(
            title=draw(titles),
            printer_model=draw(st.sampled_from(("Bambu Lab P1S", "Bambu Lab A1", ""))),
            plates=(
                Plate(
                    number=1,
                    printable=True,
                    print_time_s=draw(st.sampled_from((None, 60, 120))),
                    filament_g=draw(st.sampled_from((None, 0.1, 2.25))),
                    filaments=(
                        Filament(
                            slot=1,
                            type=draw(st.sampled_from(("PLA", "pla", "PA-CF"))),
                            color=draw(st.sampled_from(("#FF0000", "#00ff00"))),
                            used_g=1,
                        ),
                    ),
                ),
            ),
        )
        annotations = Annotations(
            notes=draw(st.one_of(st.just(""), titles)),
            tags=tuple(
                draw(st.lists(labels.filter(bool), max_size=2, unique_by=fold_case))
            ),
            favourite=draw(st.booleans()),
            project=draw(labels),
        )
        made_.append((upload, facts, annotations, draw(st.booleans())))
    return made_


@pytest.fixture(scope="module")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("alike")
    engine = sqlite._engine(make_url(f"sqlite:///{folder}/library.db"))
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def postgresql_engine(postgresql: Callable[[], str]) -> Iterator[Engine]:
    engine = make_engine(make_url(postgresql()), 1)
    with engine.begin() as connection:
        postgresql_tables.bring_up_to_date(connection, Place.of(connection))
    with engine.begin() as connection:
        assert postgresql_tables.are_up_to_date(connection)
    yield engine
    engine.dispose()


def fill(
    connection: Connection, some: list[tuple[Upload, SlicedFile, Annotations, bool]]
) -> None:
    for upload, facts, annotations, is_deleted in some:
        upload_rows.add(connection, upload)
        archive_rows.add(
            connection,
            upload,
            name=upload.name,
            facts=facts,
            annotations=annotations,
            archived_at=upload.file.received_at,
            filament_price=20.0,
        )
        if is_deleted:
            archive_rows.mark_deleted(connection, upload.id, at=START, purging=False)


def go_by_pieces(connection: Connection) -> None:
    """Leave the server no other way than the index of pieces, which it takes by itself where there is much."""
    for other in archives.indexes:
        connection.execute(text(f"DROP INDEX IF EXISTS {other.name}"))
    for way in ("seqscan", "indexscan", "indexonlyscan"):
        connection.execute(text(f"SET LOCAL enable_{way} = off"))


def answers(connection: Connection, query: ArchiveQuery) -> list[object]:
    """Return everything that is shown of a library."""
    given_: list[object] = []
    while True:
        found = page(connection, query)
        given_.append([archive.id for archive in found.archives])
        given_.append((found.total, found.is_total_exact))
        if found.cursor is None:
            break
        query = replace(query, cursor=found.cursor)
    facets = made.facets(connection)
    given_ += [
        list(facet.items())
        for facet in (
            facets.tags,
            facets.projects,
            facets.materials,
            facets.colours,
            facets.sliced_for,
            facets.printers,
        )
    ]
    space = Space(free_bytes=1, disk_bytes=2)
    given_.append(counts.statistics(connection, space, storage_low=False))
    given_.append(counts.months(connection, UTC))
    return given_


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    some=items(),
    words=queries,
    filters=st.sampled_from(
        (
            ArchiveQuery(),
            ArchiveQuery(project="Xmas"),
            ArchiveQuery(tags=["ZOO"]),
            ArchiveQuery(filament="Pla", favourite=True),
            ArchiveQuery(colour="#ff0000"),
            ArchiveQuery(printer_id="é", printed=False),
            ArchiveQuery(sliced_for="Bambu Lab A1", received_from=START),
        )
    ),
    sort=st.sampled_from(ArchiveSort),
    by_index=st.booleans(),
)
def test_the_same_library_answers_alike(
    sqlite_engine: Engine,
    postgresql_engine: Engine,
    some: list[tuple[Upload, SlicedFile, Annotations, bool]],
    words: str,
    filters: ArchiveQuery,
    sort: ArchiveSort,
    by_index: bool,
) -> None:
    query = replace(filters, text=words, sort=sort, limit=3)
    given_ = []
    for engine in (sqlite_engine, postgresql_engine):
        with engine.connect() as connection, connection.begin() as transaction:
            fill(connection, some)
            if by_index and engine is postgresql_engine:
                go_by_pieces(connection)
            given_.append(answers(connection, query))
            transaction.rollback()
    assert given_[0] == given_[1]


def test_words_are_looked_up_in_the_index_of_their_pieces(
    postgresql_engine: Engine,
) -> None:
    statements: list[str] = []
    with postgresql_engine.connect() as connection, connection.begin() as transaction:
        go_by_pieces(connection)
        plan = connection.execute(
            text(
                "EXPLAIN SELECT id FROM archives WHERE deleted_at IS NULL"
                " AND search_text LIKE '%bench%' ESCAPE '/'"
            )
        )
        statements += plan.scalars()
        transaction.rollback()
    assert postgresql_tables.SEARCH_INDEX in "\n".join(statements)
