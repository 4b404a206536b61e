"""What a move has copied so far, in a file of its own, so that it goes on there after an interruption.

A file is noted only when its copy is whole and verified. Everything here blocks.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
import sqlite3
from typing import Any, NamedTuple, Self

from ...explanations import explain
from ..values.errors import LibraryError


class Stamp(NamedTuple):
    """What a file was like when it was copied; one that was changed since has another stamp."""

    size_bytes: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return what a file is like now. Raises OSError."""
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns)


class Ledger:
    """The files that were copied, by the keys that they have in the store."""

    def __init__(self, path: Path) -> None:
        """Remember the place; nothing is opened."""
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        """Open it, or begin one. Raises LibraryError."""
        with self._failing():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Only one thread at a time uses it, though not always the same one.
            self._connection = sqlite3.connect(
                self._path, isolation_level=None, check_same_thread=False
            )
            self._connection.executescript(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                " CREATE TABLE IF NOT EXISTS copied"
                " (key TEXT PRIMARY KEY, size_bytes INTEGER, mtime_ns INTEGER)"
            )
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def stamp(self, key: str) -> Stamp | None:
        """Return what a file was like when it was copied; None when it was not yet."""
        rows = self._execute(
            "SELECT size_bytes, mtime_ns FROM copied WHERE key = ?", key
        )
        return Stamp(*rows[0]) if rows else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was copied."""
        return not self._execute("SELECT 1 FROM copied LIMIT 1")

    @property
    def size_bytes(self) -> int:
        """How large everything is that was copied."""
        (row,) = self._execute("SELECT COALESCE(SUM(size_bytes), 0) FROM copied")
        return int(row[0])

    def note(self, key: str, stamp: Stamp) -> None:
        """Note that a file was copied."""
        self._execute("INSERT OR REPLACE INTO copied VALUES (?, ?, ?)", key, *stamp)

    def forget(self, key: str) -> None:
        """Note that a copy was removed."""
        self._execute("DELETE FROM copied WHERE key = ?", key)

    def keys(self) -> Sequence[str]:
        """Return the keys of everything that was copied, in their order."""
        return [row[0] for row in self._execute("SELECT key FROM copied ORDER BY key")]

    def remove(self) -> None:
        """Remove the ledger, which must be closed."""
        for suffix in ("-wal", "-shm", ""):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def _execute(self, statement: str, *values: object) -> list[Any]:
        assert self._connection is not None
        with self._failing():
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as err:
            raise LibraryError(
                explain(
                    "move_not_noted",
                    "How far the move is cannot be noted: {why}.",
                    why=str(err),
                )
            ) from err
