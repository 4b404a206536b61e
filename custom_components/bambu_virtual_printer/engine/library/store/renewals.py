"""Sidecars that were written anew of items whose files are in the store, until they are there too.

    renewals/<id>.json

Everything here blocks and raises StorageError.
"""

from pathlib import Path

from ulid_transform import ulid_now

from ...durable import make_folders, replace_file
from .disk import explained, not_listed
from .folder import NOTES_NOT_WRITTEN
from .layout import PART_SUFFIX
from .sidecar import Sidecar

RENEWALS = "renewals"
_SUFFIX = ".json"


class Renewals:
    """The sidecars that wait. There is one for each item: the newest."""

    def __init__(self, root: Path) -> None:
        """Remember the place, in the library's local folder; nothing is touched."""
        self._root = root / RENEWALS

    def add(self, sidecar: Sidecar) -> None:
        """Have a sidecar wait; on return it survives a power cut."""
        path = self._root / f"{sidecar.file.id}{_SUFFIX}"
        with explained(NOTES_NOT_WRITTEN):
            make_folders(self._root)
            replace_file(
                path,
                sidecar.encode(),
                temporary=path.with_name(f"{ulid_now()}{PART_SUFFIX}"),
            )

    def waiting(self) -> dict[str, Path]:
        """Return what waits, by the items' ids and in their order."""
        with explained(not_listed(self._root)):
            if not self._root.is_dir():
                return {}
            return {path.stem: path for path in sorted(self._root.glob(f"*{_SUFFIX}"))}

    def done(self, path: Path, content: bytes) -> None:
        """Forget what was stored, unless a newer one came meanwhile."""
        with explained(NOTES_NOT_WRITTEN):
            if path.read_bytes() == content:
                path.unlink(missing_ok=True)
