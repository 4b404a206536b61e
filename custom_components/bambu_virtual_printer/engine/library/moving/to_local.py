"""Moves a library that several share back to this Home Assistant, as a copy: the others keep theirs.

`copy` fetches the files while the library goes on. What follows needs one that is closed here: `complete` fetches the rest,
and `finish` makes a new local index beside the old one; `install` puts it in its place, and what was there stays under
another name.
"""

from collections.abc import Iterator, Mapping, Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
import hashlib
import logging
from pathlib import Path
import shutil

from sqlalchemy import Connection, Engine, insert, select
from ulid_transform import ulid_now

from ...durable import make_folders, replace_file, sync_file, sync_folder
from ...explanations import explain
from ...storage import StorageError, StorageFullError
from ..index import identity_rows, instance_rows, upload_rows
from ..index.schema import instances, libraries
from ..store.asked import Asked
from ..store.backend.keys import file_key, item_prefix, photos_of, sidecar_key
from ..store.disk import (
    NOT_KEPT,
    NOT_REMOVED,
    explained as disk_explained,
    file_sha256,
    is_unreadable,
)
from ..store.folder import LibraryFolder, Standing
from ..store.layout import (
    ARCHIVE,
    PART_SUFFIX,
    PENDING,
    PHOTOS,
    Layout,
    folders_in,
    ids_in,
    photos_in,
)
from ..store.marker import read_marker
from ..store.moves import copy_file, copying_name, move_folder, remove_tree
from ..store.sidecar import SIDECAR_FILE
from ..values.errors import NO_ROOM, IndexUnavailableError, LibraryError
from ..values.shared import Instance, StoreBackend
from ..values.store_faults import StoreError, StoreFault
from . import connections, files
from .control import MoveControl, Stage
from .exclusive import exclusive, prepare, tell
from .leaving import Withdrawn, withdraw
from .ledger import Ledger, Stamp
from .rows import RowCopy, Selection
from .to_shared import Moved

_LOGGER = logging.getLogger(__name__)

MOVED_SUFFIX = ".moved"
BEFORE_SUFFIX = ".before-"
STAGED = "moving"
"""Where, in the library's folder, the files are that it did not have: those of a move that is given up are nobody's."""


@dataclass(slots=True, kw_only=True)
class MoveToLocal:
    """A move of the shared index at `source_url` and the files in `backend`. `ledger` must be open.

    `working` is the folder of what came in here and is not in the store yet; `folder` and `database` are what this Home
    Assistant had for itself, and has again.
    """

    source_url: str
    backend: StoreBackend
    working: Path
    folder: Path
    database: Path
    instance: Instance
    only_own: bool
    reserve_bytes: int
    ledger: Ledger
    control: MoveControl
    counts: files.FileCounts = field(default_factory=files.FileCounts)
    _library_id: str = field(default="", init=False)
    """That of the library that was here before; empty where there was none, or it cannot be told."""

    def copy(self) -> files.FileCounts:
        """Fetch the files that are not here yet. Raises StorageError, MoveCancelledError."""
        self.control.enter(Stage.LOOKING)
        self.counts = files.FileCounts()
        self._library_id = self._known()
        self._check_here()
        with connections.engine(self.source_url) as source:
            selection = self._selection(source)
            with source.connect() as connection:
                count, size_bytes = files.total(connection, selection)
            self.control.expect(count, size_bytes)
            self._check_room(size_bytes)
            self.control.enter(Stage.FILES)
            stored = files.Listing(self._stored_keys)
            for items in self._steps(source, selection):
                for item in items:
                    self.control.check()
                    self._copy_item(source, item, stored.keys(item.id))
                    self.control.copied(item.size_bytes)
        return self.counts

    def complete(self) -> None:
        """Fetch the files that are left. Nobody may use the library here meanwhile. Raises StorageError, MoveCancelledError."""
        self._check_filed()
        self.copy()
        self._identify()

    def finish(self) -> Moved:
        """Make the new index; `complete` was called before. Nobody may use the library here meanwhile.

        Raises StorageError, MoveCancelledError; then nothing here has changed but files that nobody sees.
        """
        self.control.enter(Stage.ROWS)
        fresh = self._fresh
        _remove_database(fresh)
        with (
            connections.engine(self.source_url) as source,
            connections.engine(f"sqlite:///{fresh}") as target,
        ):
            selection = self._selection(source)
            prepare(target)
            with connections.snapshot(source) as reading, target.begin() as writing:
                rows = RowCopy(
                    source=reading,
                    target=writing,
                    control=self.control,
                    selection=selection,
                )
                counts = rows.copy()
                rows.queue_up()
                self.control.enter(Stage.VERIFYING)
                rows.verify()
                writing.execute(
                    insert(libraries).values(
                        id=self._library_id, folder=str(self.folder), instance=""
                    )
                )
        with disk_explained(NOT_KEPT):
            sync_file(fresh)
            sync_folder(fresh.parent)
        return Moved(rows=counts, files=self.counts)

    def install(self) -> None:
        """Put the new index in the place of the old one, and the files in theirs. Raises StorageError.

        It may be called again after an interruption, and nothing happens when all was done.
        """
        fresh = self._fresh
        self._library_id = self._known()
        self._check_here()
        with disk_explained(NOT_KEPT):
            self._place_staged()
            if not fresh.exists():
                return
            moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
            before = f"{self.database.name}{BEFORE_SUFFIX}{moment}"
            # The log goes with its file, and a new file must never meet an old log.
            for suffix in ("-wal", "-shm", ""):
                part = self.database.with_name(self.database.name + suffix)
                if part.exists():
                    part.rename(part.with_name(before + suffix))
            fresh.rename(self.database)
            sync_folder(fresh.parent)

    def leave(self, *, takes_along: bool = True) -> Withdrawn:
        """Take this instance out of the shared library. Returns what waits here alone now.

        Whoever joins later, perhaps this one again, finds that waiting nowhere else. Without `takes_along` that is nothing.
        What this one prints for others they are asked about. It may be called again after an interruption, and nothing
        happens when all was done.
        """
        taken = Withdrawn(uploads=(), jobs=())
        with connections.engine(self.source_url) as source, source.begin() as writing:
            exclusive(writing)
            has_left = not writing.execute(
                select(libraries.c.id).where(libraries.c.instance == self.instance.id)
            ).first()
            if takes_along and not has_left:
                with (
                    connections.engine(f"sqlite:///{self.database}") as target,
                    target.begin() as local,
                ):
                    taken = withdraw(writing, local, self.instance.id)
            instance_rows.remove(writing, self.instance.id)
            identity_rows.leave(writing, self.instance.id)
            tell(writing, self.instance)
        return taken

    def remove_taken(self, taken: Withdrawn) -> None:
        """Remove the files of what waits here alone. Raises MoveCancelledError; what is left there then is in nobody's way."""
        for upload_id in taken.uploads:
            self.control.check()
            with suppress(StoreError):
                self.backend.remove(item_prefix(upload_id).rstrip("/"))

    def not_stored(self) -> int:
        """Return how much of what came in here nobody else has yet. Raises StorageError."""
        layout = Layout(self.working)
        with disk_explained(NOT_KEPT):
            places = (self.working / PENDING, *layout.archive_months())
            count = sum(len(folders_in(place)) for place in places)
        return count + len(Asked(self.working).read())

    def forget_waiting(self) -> None:
        """Have what slicers asked for there be forgotten, which nobody takes along. Raises StorageError."""
        Asked(self.working).write({})

    def give_up(self) -> None:
        """Remove the new index and the files that were fetched. Raises StorageError."""
        _remove_database(self._fresh)
        with disk_explained(NOT_REMOVED):
            remove_tree(self._staged.root)

    def bring_waiting(self) -> None:
        """Put what is only here where the local library has its files; it files them when it is opened. Raises StorageError.

        For a shared library that is lost; nobody is asked. It may be called again after an interruption.
        """
        self._library_id = self._known()
        self._check_here()
        if self._library_id:
            LibraryFolder(self.folder).mark(self._library_id)
        with disk_explained(NOT_KEPT):
            self._place_all(Layout(self.working))
        here, there = Asked(self.folder), Asked(self.working)
        if waiting := there.read():
            here.write({**here.read(), **waiting})
            there.write({})

    def _place_staged(self) -> None:
        """Move the files that were fetched to where the library has them."""
        self._place_all(self._staged)
        remove_tree(self._staged.root)

    def _place_all(self, source: Layout) -> None:
        final = Layout(self.folder)
        for folder in folders_in(source.root / PENDING):
            _move_if_readable(folder, final.pending(folder.name))
        for month in source.archive_months():
            for folder in folders_in(month):
                _move_if_readable(folder, final.archive(folder.name))

    # --- what -------------------------------------------------------------------------------------------------------

    @property
    def _staged(self) -> Layout:
        return Layout(self.folder / STAGED)

    @property
    def _fresh(self) -> Path:
        return self.database.with_name(self.database.name + MOVED_SUFFIX)

    def _selection(self, source: Engine) -> Selection:
        with source.connect() as connection:
            return Selection(
                own=self.instance.id,
                only_own=self.only_own,
                undecided_of_others=not self._others(connection),
            )

    def _others(self, connection: Connection) -> bool:
        """Return whether anybody else uses the library."""
        query = select(instances.c.id).where(instances.c.id != self.instance.id)
        return connection.execute(query).first() is not None

    def _steps(
        self, source: Engine, selection: Selection
    ) -> Iterator[list[files.Item]]:
        after = ""
        while True:
            with source.connect() as connection:
                items = files.some(connection, selection, after)
            if not items:
                return
            yield items
            after = items[-1].id

    def _stored_keys(self) -> Iterator[str]:
        for key in self.backend.list(""):
            self.control.check()
            yield key

    def _check_filed(self) -> None:
        """Make sure that the index knows everything that came in here. Raises LibraryError."""
        pending = self.working / PENDING
        with disk_explained(NOT_KEPT):
            ids = ids_in(pending) if pending.is_dir() else []
        with connections.engine(self.source_url) as source, source.connect() as reading:
            waiting = len(ids) - len(upload_rows.states(reading, ids))
        waiting += len(Asked(self.working).read())
        if waiting:
            raise LibraryError(
                explain(
                    "move_uploads_not_filed",
                    "{count} uploads still wait to be filed in the shared library.",
                    count=waiting,
                )
            )

    def _check_room(self, size_bytes: int) -> None:
        with disk_explained(NOT_KEPT):
            make_folders(self.folder)
            free = shutil.disk_usage(self.folder).free
        if free < size_bytes - self.ledger.size_bytes + self.reserve_bytes:
            raise StorageFullError(NO_ROOM)

    # --- files ------------------------------------------------------------------------------------------------------

    def _copy_item(self, source: Engine, item: files.Item, stored: list[str]) -> None:
        with source.connect() as connection:
            noted = files.sidecar_of(connection, item.id)
        if noted is None:
            # Somebody has removed it for good since it was listed.
            return
        sidecar = noted.encode()
        working = Layout(self.working).find(item.id)
        photos = photos_of(item.id, stored)
        # What it has lost does not say which photos there are.
        is_stored = not {
            file_key(item.id, item.file_name),
            sidecar_key(item.id),
        }.isdisjoint(stored)
        stamp = _stamp(item, sidecar, photos)
        with disk_explained(NOT_KEPT):
            place = self._place(item)
        if self.ledger.stamp(item.id) == stamp and place.is_dir():
            self.counts.known += 1
            return
        damaged_before = self.counts.damaged_photos
        with disk_explained(NOT_KEPT):
            if not _is_whole(place / item.file_name, item.sha256):
                if not self._fetch_item(item, place, working):
                    return
            here = _photos_in(working) if working else {}
            if here is None:
                self.counts.damaged_photos += 1
            elif working or is_stored:
                _remove_other_photos(place, {*here, *photos})
            self._fetch_photos(place, here or {}, photos)
            replace_file(
                place / SIDECAR_FILE,
                sidecar,
                temporary=place / f"{SIDECAR_FILE}{PART_SUFFIX}",
            )
        # What could not be read may be given next time.
        if self.counts.damaged_photos == damaged_before:
            self.ledger.note(item.id, stamp)
        self.counts.items += 1

    def _place(self, item: files.Item) -> Path:
        """Return where the files go. What was here before the library was shared is where it belongs by now."""
        layout = Layout(self.folder)
        old = layout.find(item.id)
        if old is None:
            layout = self._staged
            old = layout.find(item.id)
        place = layout.archive(item.id) if item.is_archived else layout.pending(item.id)
        if old is not None and old != place:
            # What the file is, is looked at there.
            move_folder(old, place)
        return place

    def _fetch_item(self, item: files.Item, place: Path, working: Path | None) -> bool:
        """Copy the sliced file; its folder appears with it, complete or not at all. Returns whether it could be had."""
        # Else it would be written beneath the place where the disk is mounted.
        self._check_here()
        copy = copying_name(place)
        remove_tree(copy)
        make_folders(copy)
        path = copy / item.file_name
        local = working and working / item.file_name
        is_here = local is not None and local.is_file()
        try:
            if not (local and is_here and _copy_whole(local, path, item.sha256)):
                self.backend.fetch(file_key(item.id, item.file_name), path, item.sha256)
                # Whoever was given up while that hung changes nothing here any more.
                self.control.check()
        except StoreError as err:
            remove_tree(copy)
            if err.fault is StoreFault.DIFFERS or (
                err.fault is StoreFault.MISSING and is_here
            ):
                self.counts.damaged.append(item.id)
            elif err.fault is StoreFault.MISSING:
                self.counts.missing.append(item.id)
            else:
                raise
            return False
        sync_file(path)
        sync_folder(copy)
        remove_tree(place)
        copy.rename(place)
        sync_folder(place.parent)
        return True

    def _fetch_photos(
        self, place: Path, here: Mapping[str, Path], stored: Mapping[str, str]
    ) -> None:
        """Have the photos that there are now."""
        for name in {*here, *stored}:
            path = place / PHOTOS / name
            if path.is_file():
                continue
            make_folders(path.parent)
            part = path.with_name(name + PART_SUFFIX)
            if not self._fetch_photo(part, here.get(name), stored.get(name)):
                continue
            sync_file(part)
            part.rename(path)
            sync_folder(path.parent)

    def _fetch_photo(self, part: Path, local: Path | None, key: str | None) -> bool:
        """Copy a photo. Returns False where it is gone, or cannot be read, which is counted."""
        part.unlink(missing_ok=True)
        if local and _copy_whole(local, part):
            return True
        if key is None:
            self.counts.damaged_photos += 1
            return False
        try:
            self.backend.fetch(key, part, "")
        except StoreError as err:
            if err.fault is not StoreFault.MISSING:
                raise
            # Somebody has removed it since it was listed.
            return False
        self.control.check()
        return True

    # --- the indexes ------------------------------------------------------------------------------------------------

    def _identify(self) -> None:
        """Note which library is in the folder, whose the new index is; that of before, if there was one."""
        folder = LibraryFolder(self.folder)
        self._check_here()
        self._library_id = self._library_id or folder.marked_as() or ulid_now()
        folder.mark(self._library_id)

    def _known(self) -> str:
        """Return the id of the library that was here before, or of which it is to be; empty where nothing says so."""
        for path in (self._fresh, self.database):
            if not path.exists():
                continue
            # One that is damaged, or of an older version, keeps nobody from having a library again.
            with (
                suppress(IndexUnavailableError),
                connections.engine(f"sqlite:///{path}") as known,
                known.connect() as reading,
            ):
                found = reading.execute(select(libraries.c.id)).scalars().first()
                if found is not None:
                    return str(found)
        return ""

    def _check_here(self) -> None:
        """Make sure that the disk of the library that was here before is there. Raises LibraryAbsentError.

        A person may have deleted that library; then the folder of what waits for the store tells that the disk is there.
        """
        if not self._library_id:
            return
        folder = LibraryFolder(self.folder)
        folder.library_id = self._library_id
        if (
            folder.standing(self._library_id) is not Standing.ABSENT
            or self._is_unmounted(folder)
            or LibraryFolder(self.working).marked_as() is None
        ):
            folder.check_present()

    def _is_unmounted(self, folder: LibraryFolder) -> bool:
        """Return whether what is left of the library here are places to mount disks at: folders with nothing in them."""
        if folder.marked_as() is None:
            return False
        with disk_explained(NOT_KEPT):
            places = [self.folder / name for name in (PENDING, ARCHIVE)]
            return any(
                place.is_dir() and read_marker(place) is None for place in places
            )


def _move_if_readable(folder: Path, place: Path) -> None:
    """Move an item's folder, but one that has to be copied and that the disk does not give: nothing could be loaded for it, ever."""
    try:
        move_folder(folder, place)
    except (OSError, StorageError) as err:
        # It may be the other disk as well, which has to be waited for.
        if not is_unreadable(err) or _can_be_read(folder):
            raise
        _LOGGER.error("%s is left out, since it cannot be read: %s", folder, err)


def _can_be_read(folder: Path) -> bool:
    try:
        for path in folder.rglob("*"):
            if path.is_file():
                file_sha256(path)
    except OSError, StorageError:
        return False
    return True


def _is_whole(path: Path, sha256: str) -> bool:
    """Return whether a file is there, and what it is to be; not where the disk does not give it."""
    try:
        return path.is_file() and file_sha256(path) == sha256
    except StorageError as err:
        if not is_unreadable(err):
            raise
        return False


def _copy_whole(source: Path, target: Path, sha256: str = "") -> bool:
    """Copy a file to a new place. Returns False, and leaves nothing there, where the disk does not give it or it has another SHA-256."""
    try:
        copy_file(source, target)
        if file_sha256(target) == (sha256 or file_sha256(source)):
            return True
    except (OSError, StorageError) as err:
        if not is_unreadable(err):
            raise
    target.unlink(missing_ok=True)
    return False


def _photos_in(folder: Path) -> dict[str, Path] | None:
    """Return the photos in an item's folder by their names; None where the disk does not tell."""
    try:
        return {path.name: path for path in photos_in(folder)}
    except OSError as err:
        if not is_unreadable(err):
            raise
        return None


def _remove_other_photos(place: Path, kept: AbstractSet[str]) -> None:
    """Remove the photos of before, but those of these names."""
    for name, path in (_photos_in(place) or {}).items():
        if name not in kept:
            path.unlink()


def _stamp(item: files.Item, sidecar: bytes, photos: dict[str, str]) -> Stamp:
    """Return what tells whether anything of an item was changed since it was copied."""
    text = sidecar + "\n".join((item.state, *sorted(photos))).encode()
    number = int.from_bytes(hashlib.sha256(text).digest()[:8]) >> 1
    return Stamp(item.size_bytes, number)


def _remove_database(path: Path) -> None:
    with disk_explained(NOT_KEPT):
        for suffix in ("-wal", "-shm", "-journal", ""):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
