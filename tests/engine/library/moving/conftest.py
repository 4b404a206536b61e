"""A library with some of everything in it, a shared one in a real PostgreSQL, and moves between them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
import errno
from pathlib import Path
import shutil
from typing import Any

import pytest
from sqlalchemy import Executable, create_engine, delete, func, select

from custom_components.bambu_virtual_printer.engine.library.index import instance_rows
from custom_components.bambu_virtual_printer.engine.library.index.driver_locks import (
    note_seen,
)
from custom_components.bambu_virtual_printer.engine.library.index.migrations import (
    migrate,
)
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    archives,
    jobs,
    metadata,
    uploads,
    versions,
)
from custom_components.bambu_virtual_printer.engine.library.moving.control import (
    MoveControl,
)
from custom_components.bambu_virtual_printer.engine.library.moving.ledger import Ledger
from custom_components.bambu_virtual_printer.engine.library.moving.to_local import (
    MoveToLocal,
)
from custom_components.bambu_virtual_printer.engine.library.moving.to_shared import (
    MoveToShared,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.keys import (
    item_prefix,
)
from custom_components.bambu_virtual_printer.engine.library.values.driving import (
    RealPrinter,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    JobPlan,
    Priority,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveChanges,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
)
from tests.engine.library.threemf.packages import PNG
from tests.support.library import Home, archive_file, hold_file

LIBRARY_ID = "01KB1000000000000000000000"
WORKSHOP = Instance(id="01KB2000000000000000000000", name="Workshop", version="1")
CABIN = Instance(id="01KB3000000000000000000000", name="Cabin", version="1")


@dataclass
class Shared:
    """A shared library: its database and its store."""

    url: str
    store: Path
    folder: Path
    backend: FolderBackend = field(init=False)

    def __post_init__(self) -> None:
        self.backend = FolderBackend(self.store)

    def count(self, table: Any, *conditions: Any) -> int:
        engine = create_engine(self.url)
        try:
            with engine.connect() as connection:
                query = select(func.count()).select_from(table).where(*conditions)
                return connection.execute(query).scalar_one()
        finally:
            engine.dispose()

    def rows(self, *columns: Any) -> list[Any]:
        engine = create_engine(self.url)
        try:
            with engine.connect() as connection:
                return list(connection.execute(select(*columns)))
        finally:
            engine.dispose()

    def is_empty(self) -> bool:
        return not any(self.count(table) for table in (uploads, archives, jobs))

    def clear(self) -> None:
        """Have nothing in it again."""
        engine = create_engine(self.url)
        try:
            with engine.begin() as connection:
                for table in reversed(metadata.sorted_tables):
                    if table is not versions:
                        connection.execute(delete(table))
        finally:
            engine.dispose()
        shutil.rmtree(self.store)
        self.store.mkdir()

    def change(self, statement: Executable) -> None:
        """Change what is in it as another instance would."""
        engine = create_engine(self.url)
        try:
            with engine.begin() as connection:
                connection.execute(statement)
        finally:
            engine.dispose()

    def register(self, instance: Instance, *printers: RealPrinter) -> None:
        engine = create_engine(self.url)
        try:
            with engine.begin() as connection:
                instance_rows.register(connection, instance.id, printers)
        finally:
            engine.dispose()

    def add_instance(self, instance: Instance) -> None:
        engine = create_engine(self.url)
        try:
            with engine.begin() as connection:
                note_seen(connection, instance)
        finally:
            engine.dispose()

    def moving_in(
        self,
        home: Home,
        instance: Instance = WORKSHOP,
        control: MoveControl | None = None,
        printers: Sequence[RealPrinter] = (),
    ) -> MoveToShared:
        return MoveToShared(
            source_url=home.database_url,
            folder=home.folder,
            target_url=self.url,
            backend=self.backend,
            instance=instance,
            library_id=LIBRARY_ID,
            printers=printers,
            ledger=Ledger(self.folder / f"in-{instance.id}.db"),
            control=control or MoveControl(),
        )

    def moving_out(
        self, home: Home, instance: Instance = WORKSHOP, *, only_own: bool = False
    ) -> MoveToLocal:
        return MoveToLocal(
            source_url=self.url,
            backend=self.backend,
            working=home.folder / f"shared-{LIBRARY_ID}",
            folder=home.folder,
            database=Path(home.database_url.removeprefix("sqlite:///")),
            instance=instance,
            only_own=only_own,
            reserve_bytes=0,
            ledger=Ledger(self.folder / f"out-{instance.id}.db"),
            control=MoveControl(),
        )


@pytest.fixture
def shared(postgresql: Callable[[], str], tmp_path: Path) -> Shared:
    store = tmp_path / "store"
    store.mkdir()
    shared = Shared(url=postgresql(), store=store, folder=tmp_path)
    engine = create_engine(shared.url)
    migrate(engine)
    engine.dispose()
    return shared


def finish(move: MoveToShared | MoveToLocal) -> Any:
    """Do a whole move."""
    with move.ledger:
        move.complete()
        return move.finish()


@dataclass
class Contents:
    """What was put into a library."""

    archives: list[str]
    pending: list[str]
    deleted: str
    jobs: int


@pytest.fixture
def fill(sliced_data: Callable[..., bytes], tmp_path: Path) -> Callable[..., Any]:
    """Put some of everything into a library."""

    async def _fill(home: Home, title: str = "Gear") -> Contents:
        async with home.open() as (library, events):
            first, second, third = [
                (
                    await archive_file(
                        library, events, sliced_data(plates=2, title=f"{title} {n}")
                    )
                ).archive.id
                for n in range(3)
            ]
            await library.update_archive(
                first,
                ArchiveChanges(notes=f"{title} note", tags=["b", "A"], project="p"),
            )
            photo = tmp_path / "photo.png"
            photo.write_bytes(PNG)
            await library.add_photo(first, photo)
            held = (
                await hold_file(library, events, sliced_data(title=title))
            ).upload.id
            added = await library.queue.add(first)
            added += await library.queue.add(second, JobPlan(priority=Priority.HIGH))
            await library.delete_archive(third)
        return Contents(
            archives=[first, second], pending=[held], deleted=third, jobs=len(added)
        )

    return _fill


class BadDisk:
    """A disk with bad sectors: some files on it, or lists of folders, cannot be read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bad: set[Path] = set()
        for name in ("open", "iterdir"):
            monkeypatch.setattr(Path, name, self._failing(getattr(Path, name)))

    def _failing(self, use: Callable[..., Any]) -> Callable[..., Any]:
        def tried(path: Path, *args: Any, **options: Any) -> Any:
            if path in self.bad:
                raise OSError(errno.EIO, "Input/output error")
            return use(path, *args, **options)

        return tried


@pytest.fixture
def bad_disk(monkeypatch: pytest.MonkeyPatch) -> BadDisk:
    return BadDisk(monkeypatch)


def recycled(shared: Shared, item_id: str) -> None:
    """Have a NAS keep what was removed from the share, as Synology's recycle bin does."""
    place = shared.store / "#recycle" / item_prefix(item_id)
    place.mkdir(parents=True)
    (place / "Old.gcode.3mf").write_bytes(b"old")


def every(request: pytest.FixtureRequest) -> int:
    """Return how many steps there are between two deaths: in slow runs none is left out."""
    return 1 if request.config.getoption("--slow") else 5
