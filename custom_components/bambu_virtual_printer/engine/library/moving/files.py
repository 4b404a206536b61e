"""Which files a move copies: the sliced file of each upload and archive that has one, its sidecar and its photos."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from ..index import archive_rows, upload_rows
from ..index.schema import IS_LIVE, archives, uploads
from ..store.backend.keys import by_item
from ..store.sidecar import Sidecar
from ..values.records import GONE, IN_ARCHIVE, UploadState
from .rows import Selection

ITEMS_PER_STEP = 500


class Item(NamedTuple):
    """An upload or archive that has files."""

    id: str
    file_name: str
    sha256: str
    size_bytes: int
    state: UploadState

    @property
    def is_archived(self) -> bool:
        """Whether it stands in the archive."""
        return self.state in IN_ARCHIVE


def sidecar_of(connection: Connection, item_id: str) -> Sidecar | None:
    """Return what an index has of an item; None where it was removed for good."""
    upload = upload_rows.get(connection, item_id)
    if upload is None:
        return None
    return Sidecar.of(upload, archive_rows.get(connection, item_id))


@dataclass(slots=True, kw_only=True)
class FileCounts:
    """What became of the files."""

    items: int = 0
    """How many items have their files there now."""
    known: int = 0
    """How many were there before the move, by their ids."""
    missing: list[str] = field(default_factory=list)
    """Items without their sliced file: it was lost before."""
    damaged: list[str] = field(default_factory=list)
    """Items whose sliced file is not what was received, or cannot be read."""
    damaged_photos: int = 0
    """How many photos cannot be read, or whether there are any."""


def chosen(selection: Selection) -> ColumnElement[bool]:
    """Which uploads have files that are copied."""
    is_live = uploads.c.id.in_(select(archives.c.id).where(IS_LIVE, selection.archives))
    undecided = uploads.c.state.not_in([state.value for state in GONE | IN_ARCHIVE])
    return or_(
        is_live,
        and_(selection.uploads, or_(undecided, uploads.c.kept_until.is_not(None))),
    )


def total(connection: Connection, selection: Selection) -> tuple[int, int]:
    """Return how many items there are, and how many bytes their sliced files have."""
    count, size_bytes = connection.execute(
        select(func.count(), func.coalesce(func.sum(uploads.c.size_bytes), 0)).where(
            chosen(selection)
        )
    ).one()
    return count, int(size_bytes)


def some(connection: Connection, selection: Selection, after: str = "") -> list[Item]:
    """Return the next items, by their ids."""
    query = (
        select(
            uploads.c.id,
            uploads.c.file_name,
            uploads.c.sha256,
            uploads.c.size_bytes,
            uploads.c.state,
        )
        .where(chosen(selection), uploads.c.id > after)
        .order_by(uploads.c.id)
        .limit(ITEMS_PER_STEP)
    )
    return [
        Item(
            id=row.id,
            file_name=row.file_name,
            sha256=row.sha256,
            size_bytes=row.size_bytes,
            state=UploadState(row.state),
        )
        for row in connection.execute(query)
    ]


def is_chosen(connection: Connection, selection: Selection, item_id: str) -> bool:
    """Return whether an item has files that are copied."""
    query = select(uploads.c.id).where(uploads.c.id == item_id, chosen(selection))
    return connection.execute(query).first() is not None


class Listing:
    """What the store has of each item, asked for in their order; nothing is listed before."""

    def __init__(self, listed: Callable[[], Iterator[str]]) -> None:
        """Remember what lists the keys, in their order."""
        self._listed = listed
        self._found: Iterator[tuple[str, list[str]]] | None = None
        self._next: tuple[str, list[str]] | None = None

    def keys(self, item_id: str) -> list[str]:
        """Return the keys of an item."""
        if self._found is None:
            self._found = by_item(self._listed())
            self._next = next(self._found, None)
        while self._next is not None and self._next[0] < item_id:
            self._next = next(self._found, None)
        if self._next is not None and self._next[0] == item_id:
            return self._next[1]
        return []
