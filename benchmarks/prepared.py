"""Libraries of many archives, made once: in SQLite and, alike, in PostgreSQL.

They take minutes to make and gigabytes to keep. A folder that is named to the benchmark keeps them for the next run, as long
as the tables and what the archives are made of are the same; what a run adds to them is removed again.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
import hashlib
from pathlib import Path
from random import Random
import shutil
import time

from sqlalchemy import Connection, delete
from sqlalchemy.dialects import postgresql as postgresql_dialect, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from ulid_transform import ulid_at_time

from benchmarks import archives
from benchmarks.library import begin, opened
from custom_components.bambu_virtual_printer.engine.library.index import (
    archive_counts,
    postgresql_tables,
    totals,
)
from custom_components.bambu_virtual_printer.engine.library.index.schema import (
    archives as archives_table,
    metadata,
    uploads,
)
from scripts.servers import postgresql

MADE = 50_000
"""So many archives are added one by one; the others are made of them."""
STAMP = "made-of.txt"


class Prepared:
    """A folder with libraries of these numbers of archives, each in both databases."""

    def __init__(
        self, folder: Path, server: postgresql.Server, counts: Sequence[int]
    ) -> None:
        """Remember them; nothing is made."""
        self.folder = folder
        self._server = server
        self._counts = counts

    def sqlite(self, count: int) -> str:
        """Return the URL of a library in SQLite."""
        return f"sqlite:///{self._path(count)}"

    def postgresql(self, count: int) -> str:
        """Return the URL of the same library in PostgreSQL."""
        return self._server.url(_database(count))

    def files(self, url: str) -> Path:
        """Return the folder of a library's files, of which there are none."""
        if url.startswith("sqlite"):
            return self.folder / "files"
        return self.folder / f"files-{url.partition('?')[0].rpartition('/')[2]}"

    def make(self) -> None:
        """Make what is not there yet, and remove what an earlier run has added."""
        for count in self._counts:
            done = self.folder / f"{count}.done"
            if not done.exists():
                began = time.monotonic()
                self._make(count)
                done.touch()
                print(
                    f"  made {count:,} archives in {time.monotonic() - began:.0f} s, {self._path(count).stat().st_size / 1e9:.1f} GB in SQLite",
                    flush=True,
                )
            for url in (self.sqlite(count), self.postgresql(count)):
                # A run that was killed has left it.
                asyncio.run(remove_added(url))

    def _path(self, count: int) -> Path:
        return self.folder / f"library_{count}.db"

    def _make(self, count: int) -> None:
        path, first = self._path(count), self._path(MADE)
        for left in self.folder.glob(f"{path.name}*"):
            left.unlink()
        if not (done := self.folder / f"{MADE}.done").exists():
            asyncio.run(self._fill())
            done.touch()
        shutil.copyfile(first, path)
        archives.multiply(path, count // MADE)
        asyncio.run(_run(self.sqlite(count), totals.recount))
        self._server.new_database(name=_database(count))
        url = self.postgresql(count)
        asyncio.run(begin(url, self.files(url)))
        archives.copy(path, url)
        asyncio.run(_run(url, totals.recount))

    async def _fill(self) -> None:
        self._path(MADE).unlink(missing_ok=True)
        url = self.sqlite(MADE)
        await begin(url, self.files(url))
        random, words = Random(1), archives.vocabulary(Random(1))
        async with opened(url) as index:
            await archives.fill(index, random, words, range(MADE))


@contextmanager
def prepared(
    folder: Path, counts: Sequence[int]
) -> Iterator[tuple[Prepared, postgresql.Server]]:
    """Have libraries of these numbers of archives in a folder, and the server that has them, which ends with it."""
    stamp = folder / STAMP
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    server_folder = folder / "postgresql"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != _made_of():
        if any(folder.iterdir()) and not stamp.exists():
            raise SystemExit(f"{folder} has something else in it")
        if server_folder.exists():
            # One that is still running ends.
            postgresql.Server(server_folder)
        for left in folder.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        stamp.write_text(_made_of(), encoding="utf-8")
    server_folder.mkdir(exist_ok=True)
    with postgresql.running(server_folder, is_durable=True) as server:
        libraries = Prepared(folder, server, counts)
        libraries.make()
        yield libraries, server


def _database(count: int) -> str:
    return f"library_{count}"


def _made_of() -> str:
    """Return what tells libraries of other tables or other archives."""
    statements: list[str] = []
    for dialect in (sqlite.dialect(), postgresql_dialect.dialect()):  # type: ignore[no-untyped-call]
        for table in metadata.sorted_tables:
            statements.append(str(CreateTable(table).compile(dialect=dialect)))
            statements += sorted(
                str(CreateIndex(index).compile(dialect=dialect))
                for index in table.indexes
            )
    for module in (archives, archive_counts, totals, postgresql_tables):
        statements.append(Path(str(module.__file__)).read_text(encoding="utf-8"))
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()


async def remove_added(url: str) -> None:
    """Remove the archives that were added to one of these libraries."""
    await _run(url, _remove_added)


def _remove_added(connection: Connection) -> None:
    last = archives.START + archives.BETWEEN * (MADE + 1)
    for table in (archives_table, uploads):
        connection.execute(
            delete(table).where(table.c.id > ulid_at_time(last.timestamp()))
        )


async def _run(url: str, work: Callable[[Connection], None]) -> None:
    async with opened(url) as index:
        await index.run(work)
