"""What is kept here of files that are in the store of a shared library, so that they need not be fetched each time.

    cache/<id>/<name>          the sliced file, pictures of plates, photos; any of them may be missing

The longest unused items go when it becomes too large. Nothing here is the only copy of anything. Everything here blocks.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
import logging
import os
from pathlib import Path
from threading import Lock
import time
from typing import NamedTuple

from ulid_transform import ulid_now

from ...durable import make_folders, sync_file
from ..values.names import safe_file_name
from .disk import NOT_KEPT, explained, not_listed
from .layout import PART_SUFFIX, PHOTOS, folders_in, withdrawn
from .moves import remove_tree, sweep

_LOGGER = logging.getLogger(__name__)

CACHE = "cache"
IN_USE_FOR_S = 900.0
"""What was handed out so recently may not have been opened yet."""
TRIM_AFTER_BYTES = 256 * 1024 * 1024
"""With so much more it is trimmed, for which everything in it is looked at."""


class _Item(NamedTuple):
    used: float
    size_bytes: int
    folder: Path


class Cache:
    """Copies of stored files. Ids are ULIDs, names safe ones."""

    def __init__(self, root: Path, max_bytes: int) -> None:
        """Remember the place, in the library's local folder; nothing is touched."""
        self._root = root / CACHE
        self._max_bytes = max_bytes
        # Items that are being fetched, which may take longer than they would be kept unused. Several threads do so.
        self._fetched: Counter[str] = Counter()
        self._grown_bytes = 0
        self._lock = Lock()

    def find(self, item_id: str, name: str) -> Path | None:
        """Return a file of an item, None when it is not here. It stays for a while from now."""
        path = self._root / item_id / name
        # Not while it is looked whether anybody uses it.
        with self._lock:
            if not path.is_file():
                return None
            with suppress(OSError):
                os.utime(self._root / item_id)
        return path

    def add(self, item_id: str, name: str, fetch: Callable[[Path], None]) -> Path:
        """Have `fetch` write a file of an item, under another name until it is whole. Raises StorageError and what it raises."""
        path = self._root / item_id / name
        part = path.with_name(f"{ulid_now()}{PART_SUFFIX}")
        with self._fetching(item_id):
            with explained(NOT_KEPT):
                path.parent.mkdir(parents=True, exist_ok=True)
            fetch(part)
            with explained(NOT_KEPT):
                # Else a power cut may leave the name and nothing in it, which would be taken for the file.
                sync_file(part)
                part.replace(path)
                os.utime(self._root / item_id)
                size_bytes = path.stat().st_size
        self._grow(size_bytes)
        return path

    @contextmanager
    def _fetching(self, item_id: str) -> Iterator[None]:
        """Keep an item from being trimmed."""
        with self._lock:
            self._fetched[item_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._fetched[item_id] -= 1
                if not self._fetched[item_id]:
                    del self._fetched[item_id]

    def take(self, item_id: str, folder: Path) -> None:
        """Move an item's whole folder here, now that the store has it; where that is not possible it is removed.

        Nobody uses it just now. Raises StorageError.
        """
        target = self._root / item_id
        with explained(NOT_KEPT):
            make_folders(self._root)
            remove_tree(target)
            try:
                folder.rename(target)
            except OSError as err:
                _LOGGER.debug("%s is not moved to the cache: %s", folder, err)
                # What is left when that fails halfway must not be taken for all there is of the item.
                gone = withdrawn(folder)
                remove_tree(gone)
                folder.rename(gone)
                sweep(gone)
            else:
                used = time.time() - IN_USE_FOR_S
                os.utime(target, (used, used))
                self._grow(self._item(target).size_bytes)

    def remove(self, item_id: str, name: str = "") -> None:
        """Remove an item, or one file of it; failures are logged."""
        sweep(self._root / item_id / name if name else self._root / item_id)

    def trim(self) -> int:
        """Remove the longest unused items until the rest is small enough, and parts. Returns the bytes that are left.

        Raises StorageError.
        """
        items = self._items()
        total = sum(item.size_bytes for item in items)
        return total - self._drop(items, total - self._max_bytes)

    def free(self, size_bytes: int) -> None:
        """Make room for something else, where what nobody uses just now is enough for that. Raises StorageError."""
        items = self._items()
        before = time.time() - IN_USE_FOR_S
        unused = [item for item in items if item.used <= before]
        if sum(item.size_bytes for item in unused) >= size_bytes:
            self._drop(unused, size_bytes)

    def _grow(self, size_bytes: int) -> None:
        """Count what came; now and then that is too much."""
        with self._lock:
            self._grown_bytes += size_bytes
            if self._grown_bytes < TRIM_AFTER_BYTES:
                return
            self._grown_bytes = 0
        self.trim()

    def _items(self) -> list[_Item]:
        """Return everything, the longest unused first."""
        with explained(not_listed(self._root)):
            return sorted(self._item(folder) for folder in folders_in(self._root))

    def _drop(self, items: list[_Item], size_bytes: int) -> int:
        """Remove unused items until they had so many bytes. Returns how many they had."""
        dropped = 0
        for item in items:
            if dropped >= size_bytes:
                break
            with self._lock:
                if item.folder.name in self._fetched or _is_in_use(item.folder):
                    continue
                sweep(item.folder)
            dropped += item.size_bytes
        return dropped

    def _item(self, folder: Path) -> _Item:
        """Measure an item, and remove what was left of a fetch that was cut."""
        size_bytes = 0
        now = time.time()
        used = now
        with self._lock:
            is_fetched = folder.name in self._fetched
        with suppress(OSError):
            used = folder.stat().st_mtime
            for path in folder.rglob("*"):
                status = path.lstat()
                is_old = status.st_mtime < now - IN_USE_FOR_S
                if path.suffix == PART_SUFFIX and is_old and not is_fetched:
                    sweep(path)
                else:
                    size_bytes += status.st_size
        return _Item(used, size_bytes, folder)


def _is_in_use(folder: Path) -> bool:
    """Return whether an item was handed out so recently that it may not have been opened yet."""
    with suppress(OSError):
        return folder.stat().st_mtime > time.time() - IN_USE_FOR_S
    return False


def photo_name(name: str) -> str:
    """Return the name of a photo within its item."""
    return f"{PHOTOS}/{safe_file_name(name)}"
