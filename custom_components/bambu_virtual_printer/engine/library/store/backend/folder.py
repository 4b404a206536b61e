"""A folder as the store of a shared library, on a network share or a disk that all instances mount.

A file is copied under a temporary name, flushed, read again and compared, and then renamed: it is there whole or not at
all. The folder itself is never made, and must have the library's marker: an empty one is what is left of a share that is
not mounted, and what is put there would be hidden as soon as it is.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
import errno
import hashlib
import os
from pathlib import Path
import shutil
import time
from typing import Self

from ulid_transform import ulid_now

from ....durable import make_folders, sync_folder
from ....regular_files import open_regular
from ....storage import DISK_FULL_ERRNOS
from ...values.errors import unreadable
from ...values.space import Space
from ...values.store_faults import StoreError, StoreFault, store_error
from ..disk import explained
from ..layout import PART_SUFFIX
from ..marker import read_marker, write_marker
from ..moves import COPY_BLOCK_BYTES, remove_tree
from . import probe
from .keys import PROBES, item_of, leads_to_items
from .local_copy import discard, write_copy

PARTS = ".incoming"
"""Where files lie under temporary names."""
_UNREACHABLE = {
    errno.EHOSTDOWN,
    errno.EHOSTUNREACH,
    errno.EIO,
    errno.ENODEV,
    errno.ENOTCONN,
    errno.ENXIO,
    errno.ESTALE,
    errno.ETIMEDOUT,
}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}


class _Source:
    """A file to be put, whose errors are not taken for those of the store. Raises StorageError."""

    def __init__(self, path: Path) -> None:
        self._failure = unreadable(path.name)
        with explained(self._failure):
            self._file = path.open("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size_bytes: int = -1, /) -> bytes:
        with explained(self._failure):
            return self._file.read(size_bytes)


class FolderBackend:
    """A folder that all instances reach. Everything blocks and raises StoreError."""

    def __init__(self, root: Path, library_id: str = "") -> None:
        """Remember the place; nothing is touched.

        Files are only put there, listed and removed where they are those of `library_id`; without one whosever they are.
        """
        self.root = root
        self._library_id = library_id

    @property
    def place(self) -> str:
        """What people call it."""
        return str(self.root)

    # --- being there ------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Write, read back and delete a file."""
        self._check_there()
        probe.probe(self)

    def marked_as(self) -> str | None:
        """Return the id of the library whose files are here; None without any."""
        self._check_there()
        with self._failing(StoreFault.NOT_READ):
            return read_marker(self.root)

    def look(self) -> None:
        """Make sure that the folder is there, and is the library's. An empty one is what is left of a share that is not mounted."""
        found = self.marked_as()
        if not self._library_id:
            return
        if found is None:
            raise store_error(StoreFault.NO_FOLDER, self.place)
        if found != self._library_id:
            raise store_error(StoreFault.OTHER_LIBRARY, self.place)

    def mark(self, library_id: str) -> None:
        """Say whose files are here. Raises StoreError when it is another library's."""
        found = self.marked_as()
        if found is None:
            with self._failing(StoreFault.NOT_WRITTEN):
                write_marker(self.root, library_id)
        elif found != library_id:
            raise store_error(StoreFault.OTHER_LIBRARY, self.place)

    def space(self) -> Space | None:
        """Measure the room that is left."""
        self._check_there()
        with self._failing(StoreFault.NOT_READ):
            usage = shutil.disk_usage(self.root)
        return Space(free_bytes=usage.free, disk_bytes=usage.total)

    # --- files ------------------------------------------------------------------------------------------------------

    def put(self, key: str, path: Path, sha256: str) -> None:
        """Store a file; it is there whole or not at all.

        The share may be unmounted at any moment, and what is written then is hidden beneath it later.
        """
        self._check_ours()
        target = self._path(key)
        try:
            with self._failing(StoreFault.NOT_WRITTEN):
                size_bytes = self._write(path, target, key, sha256)
        except StoreError:
            # That it is away is what people are told then.
            self._check_ours()
            raise
        self._check_ours()
        with self._failing(StoreFault.MISSING, key):
            if target.stat().st_size != size_bytes:
                raise store_error(StoreFault.DIFFERS, self.place, key)

    def fetch(self, key: str, path: Path, sha256: str) -> None:
        """Copy a stored file to a new path and verify it; without a SHA-256 it is only copied."""
        self._check_ours()
        with (
            self._failing(StoreFault.NOT_READ, key),
            open_regular(self._path(key)) as reader,
        ):
            blocks = iter(lambda: reader.read(COPY_BLOCK_BYTES), b"")
            write_copy(blocks, path, sha256, key=key, place=self.place)

    def holds(self, key: str) -> bool:
        """Return whether a file is there."""
        self._check_ours()
        with self._failing(StoreFault.NOT_LISTED):
            return self._path(key).is_file()

    def list(self, prefix: str) -> Iterator[str]:
        """Give the keys that begin with `prefix`, which names a folder, in their order; without one those of all items.

        What is none of an item is not entered then: a share may have a recycle bin that only its administrators may read.
        """
        self._check_ours()
        with self._failing(StoreFault.NOT_LISTED):
            if not prefix:
                yield from self._walk(self.root, "", only_items=True)
            elif (place := self._path(prefix)).is_dir():
                yield from self._walk(place, f"{prefix.rstrip('/')}/")

    def sizes(self, prefix: str) -> Mapping[str, int]:
        """Return the sizes of the few files whose keys begin with `prefix`, in bytes."""
        found: dict[str, int] = {}
        for key in self.list(prefix):
            with self._failing(StoreFault.NOT_READ, prefix):
                try:
                    found[key] = self._path(key).stat().st_size
                except FileNotFoundError:
                    self._check_ours()
        return found

    def remove(self, prefix: str) -> None:
        """Remove a file, or a folder with all in it, if it is there."""
        self._check_ours()
        place = self._path(prefix)
        with self._failing(StoreFault.NOT_REMOVED):
            if not place.exists():
                return
            remove_tree(place)
            sync_folder(place.parent)

    def sweep(self, older_than: timedelta) -> None:
        """Remove what was left under temporary names."""
        self._check_ours()
        before = time.time() - older_than.total_seconds()
        with self._failing(StoreFault.NOT_REMOVED):
            if (self.root / PARTS).is_dir():
                for left_over in (self.root / PARTS).iterdir():
                    # One that is gone has its name by now, or was removed by another instance.
                    with suppress(FileNotFoundError):
                        if left_over.stat().st_mtime < before:
                            left_over.unlink()
        for key in [*self.list(PROBES)]:
            if probe.is_older(key, older_than):
                self.remove(key)

    # --- how --------------------------------------------------------------------------------------------------------

    def _path(self, key: str) -> Path:
        """Return where a key is; none leads out of the folder."""
        parts = key.strip("/").split("/")
        if not all(parts) or {".", ".."} & set(parts):
            raise store_error(StoreFault.MISSING, self.place, key)
        return self.root.joinpath(*parts)

    def _write(self, path: Path, target: Path, key: str, sha256: str) -> int:
        """Copy a file, verify the copy and give it its name. Returns its size. Raises OSError, StoreError.

        Raises StorageError for a file that cannot be read, which says nothing of the store.
        """
        make_folders(self.root / PARTS)
        part = self.root / PARTS / f"{ulid_now()}{PART_SUFFIX}"
        try:
            with _Source(path) as reader, part.open("xb") as writer:
                shutil.copyfileobj(reader, writer, COPY_BLOCK_BYTES)
                writer.flush()
                os.fsync(writer.fileno())
                # What is read now comes from the store, where it can be had to forget what it was sent.
                os.posix_fadvise(writer.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
                size_bytes = writer.tell()
            self._verify(part, key, sha256)
            make_folders(target.parent)
            part.replace(target)
        except BaseException:
            discard(part)
            raise
        sync_folder(target.parent)
        return size_bytes

    def _walk(
        self, folder: Path, prefix: str, *, only_items: bool = False
    ) -> Iterator[str]:
        """Give the keys in a folder in the order of object stores. Raises OSError, StoreError."""
        try:
            with os.scandir(folder) as entries:
                names = sorted(
                    f"{entry.name}/"
                    if entry.is_dir(follow_symlinks=False)
                    else entry.name
                    for entry in entries
                )
        except FileNotFoundError:
            # Another instance removes it, unless the whole share is away.
            self._check_ours()
            return
        for name in names:
            key = prefix + name
            if not name.endswith("/"):
                if not only_items:
                    yield key
            elif not only_items or leads_to_items(key):
                is_above = only_items and item_of(key) is None
                yield from self._walk(folder / name, key, only_items=is_above)

    def _verify(self, part: Path, key: str, sha256: str) -> None:
        with part.open("rb") as reader:
            if hashlib.file_digest(reader, "sha256").hexdigest() != sha256:
                raise store_error(StoreFault.DIFFERS, self.place, key)

    def _check_there(self) -> None:
        with self._failing(StoreFault.NO_FOLDER):
            if not self.root.is_dir():
                raise store_error(StoreFault.NO_FOLDER, self.place)

    def _check_ours(self) -> None:
        if self._library_id:
            self.look()
        else:
            self._check_there()

    @contextmanager
    def _failing(self, fault: StoreFault, key: str = "") -> Iterator[None]:
        """Turn what the system says into a StoreError; `fault` is what it is when nothing better is known."""
        try:
            yield
        except StoreError:
            raise
        except FileNotFoundError as err:
            missing = StoreFault.MISSING if key else fault
            raise store_error(missing, self.place, key) from err
        except OSError as err:
            raise self._error(err, fault) from err

    def _error(self, err: OSError, fault: StoreFault) -> StoreError:
        if err.errno in DISK_FULL_ERRNOS:
            return store_error(StoreFault.FULL, self.place)
        if err.errno in _UNREACHABLE:
            return store_error(StoreFault.UNREACHABLE, self.place)
        if err.errno in _DENIED:
            return store_error(fault, self.place)
        return store_error(
            StoreFault.FAILED, self.place, errno.errorcode.get(err.errno or 0, str(err))
        )
