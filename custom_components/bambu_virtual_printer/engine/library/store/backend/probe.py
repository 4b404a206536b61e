"""Looks whether a store can be used: writes a file, reads it back and deletes it. Everything here blocks."""

from datetime import timedelta
import hashlib
from pathlib import Path
import secrets
import tempfile
import time
from typing import Protocol

from ulid_transform import ulid_now, ulid_to_timestamp

from ....explanations import explain
from ...values.store_faults import StoreFault, store_error
from ..disk import explained
from .keys import PROBES

_PROBE_BYTES = 1024
_NOT_MADE = explain(
    "probe_not_made",
    "No file to try the store with can be made on this computer: {why}.",
)


class Probed(Protocol):
    """What of a store is tried."""

    @property
    def place(self) -> str:
        """What people call it."""

    def put(self, key: str, path: Path, sha256: str) -> None:
        """Store a file."""

    def fetch(self, key: str, path: Path, sha256: str) -> None:
        """Copy a stored file."""

    def holds(self, key: str) -> bool:
        """Return whether a file is there, by its list."""

    def remove(self, prefix: str) -> None:
        """Remove files."""


def probe(store: Probed) -> None:
    """Write, read back, list and delete a small file. Raises StoreError with what is not possible.

    Raises StorageError where this computer has no room for that file.
    """
    key = f"{PROBES}{ulid_now()}"
    with (
        explained(_NOT_MADE),
        tempfile.TemporaryDirectory(prefix="bambu-virtual-printer-") as folder,
    ):
        sent, returned = Path(folder, "sent"), Path(folder, "returned")
        content = secrets.token_bytes(_PROBE_BYTES)
        sent.write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        store.put(key, sent, sha256)
        try:
            _look_at(store, key, returned, sha256)
        except BaseException:
            _try_to_remove(store, key)
            raise
        store.remove(key)
        if store.holds(key):
            raise store_error(StoreFault.NOT_REMOVED, store.place)


def is_older(key: str, than: timedelta) -> bool:
    """Return whether a probe was written so long ago; its key says when."""
    try:
        written_ms = ulid_to_timestamp(key.removeprefix(PROBES))
    except ValueError:
        return False
    return written_ms / 1000 < time.time() - than.total_seconds()


def _look_at(store: Probed, key: str, returned: Path, sha256: str) -> None:
    store.fetch(key, returned, sha256)
    if not store.holds(key):
        raise store_error(StoreFault.NOT_LISTED, store.place)


def _try_to_remove(store: Probed, key: str) -> None:
    try:
        store.remove(key)
    except Exception:  # noqa: BLE001 - what failed before is what people are told
        return
