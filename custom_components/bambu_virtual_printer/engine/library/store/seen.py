"""What an instance has seen of the index of a shared library, on its own disk, so that it notices an older backup of it.

    changes.json

Everything here blocks and raises StorageError.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
import json
from pathlib import Path
import threading

from ...durable import replace_file
from .disk import NOT_KEPT, explained
from .layout import PART_SUFFIX

SEEN_FILE = "changes.json"
KEPT_IDS = 200
"""How many items are remembered: the last is not always the one that was filed last, but for these it is sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How many changes were counted in the index, and which items this instance took to the store last."""

    changes: int = 0
    stored: Sequence[str] = ()


class Seen:
    """The file. It may be asked from several threads."""

    def __init__(self, root: Path) -> None:
        """Remember the place, the library's local folder; nothing is touched."""
        self._path = root / SEEN_FILE
        self._lock = threading.Lock()
        self._known: Sight | None = None

    def read(self) -> Sight:
        """Return what was seen, nothing where nobody knows."""
        with self._lock:
            return self._read()

    def note_changes(self, changes: int) -> None:
        """Remember how many changes the index has counted."""
        with self._lock:
            self._write(replace(self._read(), changes=changes))

    def note_stored(self, item_id: str) -> None:
        """Remember that the index knows an item, which the store has."""
        with self._lock:
            known = self._read()
            ids = [other for other in known.stored if other != item_id]
            self._write(replace(known, stored=[*ids, item_id][-KEPT_IDS:]))

    def forget(self, ids: Collection[str]) -> None:
        """Remember these no more, which the index does not know though everything in the store was looked at."""
        with self._lock:
            known = self._read()
            left = [item_id for item_id in known.stored if item_id not in ids]
            self._write(replace(known, stored=left))

    def _read(self) -> Sight:
        if self._known is None:
            self._known = _decoded(self._path)
        return self._known

    def _write(self, sight: Sight) -> None:
        content = {"changes": sight.changes, "stored": list(sight.stored)}
        with explained(NOT_KEPT):
            replace_file(
                self._path,
                json.dumps(content).encode(),
                temporary=self._path.with_name(self._path.name + PART_SUFFIX),
            )
        self._known = sight


def _decoded(path: Path) -> Sight:
    try:
        stored = json.loads(path.read_bytes())
        changes, ids = stored["changes"], stored.get("stored", [])
    except OSError, ValueError, LookupError, TypeError, AttributeError:
        return Sight()
    return Sight(
        changes=changes if isinstance(changes, int) else 0,
        stored=[one for one in ids if isinstance(one, str)]
        if isinstance(ids, list)
        else (),
    )
