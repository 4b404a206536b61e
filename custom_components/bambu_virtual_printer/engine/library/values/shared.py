"""A library that several Home Assistants share: which of them this one is, and where the files are."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from ...explanations import Explanation
from .space import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One Home Assistant. Its name may change."""

    id: str
    name: str
    version: str
    """That of this software."""


class StoreBackend(Protocol):
    """A place for files that all instances reach. Everything blocks and raises StoreError, a StorageError.

    Its implementations are in `store/backend/`, as is what the keys are.
    """

    @property
    def place(self) -> str:
        """What people call it; no keys are in it."""

    def check(self) -> None:
        """Write, read back, list and delete a file; an error says which of these is not possible."""

    def marked_as(self) -> str | None:
        """Return the id of the library whose files are there; None without any."""

    def look(self) -> None:
        """Make sure that the store answers, and is not another library's."""

    def mark(self, library_id: str) -> None:
        """Say whose files are there; never over another library's."""

    def put(self, key: str, path: Path, sha256: str) -> None:
        """Store a file; it is there whole or not at all, and the store has verified it."""

    def fetch(self, key: str, path: Path, sha256: str) -> None:
        """Copy a stored file to a new path and verify it; with an empty SHA-256 it is only copied."""

    def list(self, prefix: str) -> Iterator[str]:
        """Give the keys that begin with `prefix`, a folder's or all of one, in their order.

        An empty one gives those of all uploads and archives, and nothing else that may be there.
        """

    def sizes(self, prefix: str) -> Mapping[str, int]:
        """Return the sizes of the few files whose keys begin with `prefix`, in bytes."""

    def remove(self, prefix: str) -> None:
        """Remove everything whose key begins with `prefix`."""

    def space(self) -> Space | None:
        """Measure the room that is left; None where nobody knows."""

    def sweep(self, older_than: timedelta) -> None:
        """Remove what uploads that were cut left behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingCheck:
    """Whether what several share can be used at one moment; each reason is None where it can."""

    server_version: str
    """That of the database, while it answers."""
    why_no_database: Explanation | None
    place: str
    """What people call the store."""
    why_no_store: Explanation | None
    waiting: int
    """Uploads and archives that are only here: not filed, or not in the store yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildProgress:
    """How far an index is that is filled with what lies in the store."""

    looked_at: int
    """Uploads and archives in the store."""
    filed: int
    """Archives of them that the index did not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedParts:
    """What makes a library a shared one."""

    instance: Instance
    backend: StoreBackend
    cache_bytes: int
    """How much is kept here of files that are in the store."""
    library_id: str = ""
    """Which library it is, so that no other one is used in its place; empty for whichever is there."""
    prepare: Callable[[], Awaitable[None]] | None = None
    """Has what it takes to speak with the database, before it is asked for the first time. Raises IndexUnavailableError."""
