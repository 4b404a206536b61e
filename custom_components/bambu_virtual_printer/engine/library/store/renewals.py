"""Sidecars that were written anew of items whose files are in the store, until they are there too.

    renewals/<id>.json

Everything here blocks and raises StorageError.
"""

from pathlib import Path
import threading

from ulid_transform import ulid_now

from ...durable import make_folders, replace_file
from ..values.errors import unreadable
from .disk import explained, not_listed
from .folder import NOTES_NOT_WRITTEN
from .layout import PART_SUFFIX
from .sidecar import Sidecar, SidecarError

RENEWALS = "renewals"
_SUFFIX = ".json"


class Renewals:
    """The sidecars that wait. There is one for each item: the newest. They may come from several threads."""

    def __init__(self, root: Path) -> None:
        """Remember the place, in the library's local folder; nothing is touched."""
        self._root = root / RENEWALS
        self._lock = threading.Lock()

    def add(self, sidecar: Sidecar) -> None:
        """Have a sidecar wait; on return it survives a power cut."""
        path = self._path(sidecar.file.id)
        with self._lock, explained(NOTES_NOT_WRITTEN):
            make_folders(self._root)
            replace_file(
                path,
                sidecar.encode(),
                temporary=path.with_name(f"{ulid_now()}{PART_SUFFIX}"),
            )

    def waiting(self) -> list[str]:
        """Return the ids of the items whose sidecars wait, in their order; what `begin` gave before goes."""
        with self._lock, explained(not_listed(self._root)):
            if not self._root.is_dir():
                return []
            for left_over in self._root.glob(f"*{PART_SUFFIX}"):
                left_over.unlink(missing_ok=True)
            return sorted(path.stem for path in self._root.glob(f"*{_SUFFIX}"))

    def content(self, item_id: str) -> bytes:
        """Return the sidecar that waits."""
        path = self._path(item_id)
        with explained(unreadable(path.name)):
            return path.read_bytes()

    def find(self, item_id: str) -> Sidecar | None:
        """Return the sidecar that waits, None without one that can be read."""
        try:
            return Sidecar.decode(self._path(item_id).read_bytes())
        except OSError, SidecarError:
            return None

    def begin(self, content: bytes) -> Path:
        """Return a file with this content, apart from what comes meanwhile. The caller removes it."""
        part = self._root / f"{ulid_now()}{PART_SUFFIX}"
        with explained(NOTES_NOT_WRITTEN):
            part.write_bytes(content)
        return part

    def done(self, item_id: str, content: bytes) -> None:
        """Forget what was stored, unless a newer one came meanwhile."""
        path = self._path(item_id)
        with self._lock, explained(NOTES_NOT_WRITTEN):
            if path.read_bytes() == content:
                path.unlink()

    def _path(self, item_id: str) -> Path:
        return self._root / f"{item_id}{_SUFFIX}"
