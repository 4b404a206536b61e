"""Moves the library of this Home Assistant into one that several share.

`copy` takes the files there while the library goes on, again and again if need be: what is there and has not changed is
left out. What follows needs a library that is closed: `complete` copies the rest, and `finish` the index, in one
transaction, so that the others see all of it or nothing. What was moved stays where it was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import batched
import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, select

from ...explanations import explain
from ...storage import StorageError
from ..index import identity_rows, instance_rows, rebuild_rows, stored_rows
from ..index.additions import Additions
from ..index.driver_locks import note_seen
from ..index.identity_rows import Identity
from ..index.schema import IS_UNFINISHED, archives, jobs, libraries, uploads
from ..index.stored_rows import Standing
from ..store.backend.keys import (
    by_item,
    file_key,
    item_prefix,
    photo_key,
    photos_prefix,
    sidecar_key,
)
from ..store.disk import (
    NOT_KEPT,
    explained as disk_explained,
    file_sha256,
    is_unreadable,
    not_listed,
)
from ..store.folder import LibraryFolder
from ..store.layout import PHOTOS, photos_in
from ..store.sidecar import SIDECAR_FILE, Sidecar
from ..values.driving import RealPrinter
from ..values.errors import IndexFault, IndexUnavailableError, LibraryError, unreadable
from ..values.shared import Instance, StoreBackend
from ..values.store_faults import StoreError, StoreFault
from . import connections, files
from .control import MoveControl, Stage
from .exclusive import exclusive, prepare, tell
from .leaving import end_jobs
from .ledger import Ledger, Stamp
from .rows import EVERYTHING, Counts, RowCopy

_LOGGER = logging.getLogger(__name__)

_ASKED_AT_ONCE = 500
ASKED_WITHIN_S = 5.0
"""How long it is waited for a commit that may be under way: Home Assistant's start waits for the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a move did."""

    rows: Counts
    files: files.FileCounts


@dataclass(slots=True, kw_only=True)
class MoveToShared:
    """A move of the local index at `source_url` and the files in `folder`. `ledger` must be open."""

    source_url: str
    folder: Path
    target_url: str
    backend: StoreBackend
    instance: Instance
    library_id: str
    printers: Sequence[RealPrinter] = ()
    """The real printers of this instance: open prints on them are not those of one that is gone."""
    ledger: Ledger
    control: MoveControl
    counts: files.FileCounts = field(default_factory=files.FileCounts)
    _brought: list[str] = field(default_factory=list, init=False)
    """What the shared library knew, but had not the files of, until they were copied now."""
    _own: LibraryFolder = field(init=False)

    def __post_init__(self) -> None:
        """Remember where the files are."""
        self._own = LibraryFolder(self.folder)

    def copy(self) -> files.FileCounts:
        """Copy the files that are not there yet. Raises StorageError, MoveCancelledError.

        Those too that the shared library knows and its store has not, which takes looking through the store.
        """
        return self._copy_files(files.Listing(self._stored_keys))

    def _copy_files(self, stored: files.Listing | None) -> files.FileCounts:
        self.control.enter(Stage.LOOKING)
        self.counts = files.FileCounts()
        self._brought.clear()
        with (
            connections.engine(self.source_url) as source,
            connections.engine(self.target_url) as target,
        ):
            prepare(target)
            self._leave(target)
            with source.connect() as connection:
                self._expect_here(connection)
                self.control.expect(*files.total(connection, EVERYTHING))
            self.control.enter(Stage.FILES)
            for items in self._steps(source):
                ids = [item.id for item in items]
                known = self._known(target, ids) | self._gone(target, ids)
                lacking = self._lacking(
                    target, [item for item in items if item.id in known], stored
                )
                for item in items:
                    self.control.check()
                    if item.id not in known:
                        self._copy_item(source, item)
                    elif item.id not in lacking or not self._bring(target, item):
                        self.counts.known += 1
                    self.control.copied(item.size_bytes)
            self._remove_unwanted(source, target)
        return self.counts

    def complete(self) -> None:
        """Copy the files that are left, and verify that all are there. Nobody may use the library meanwhile.

        Raises StorageError, MoveCancelledError.
        """
        self._copy_files(None)
        self.control.enter(Stage.VERIFYING)
        self._verify_files()
        # Else what was not found may be on a disk that went away.
        self.check_here()

    def check_here(self) -> None:
        """Make sure that the library that is moved is here, as its disk is; files were copied before. Raises LibraryAbsentError."""
        self._own.check_present()

    def finish(self) -> Moved:
        """Copy the index, and verify it; `complete` was called before. Nobody may use the library meanwhile.

        Raises StorageError, MoveCancelledError; then the shared library has none of it but files, which nobody sees.
        """
        self.control.enter(Stage.ROWS)
        with (
            connections.engine(self.source_url) as source,
            connections.engine(self.target_url) as target,
        ):
            with connections.snapshot(source) as reading, target.begin() as writing:
                rows = RowCopy(
                    source=reading,
                    target=writing,
                    control=self.control,
                    instance=self.instance.id,
                    additions=Additions(writing),
                )
                counts = rows.copy()
                self._check_copied(reading, rows.added)
                self.control.enter(Stage.VERIFYING)
                rows.verify()
                # Only now do others have to wait.
                exclusive(writing)
                rows.queue_up()
                rows.add_up()
                self._note_brought(writing)
                self._join(writing)
                tell(writing, self.instance)
            connections.analyze(target)
        return Moved(rows=counts, files=self.counts)

    def has_finished(self) -> bool:
        """Return whether `finish` did it, for whoever was interrupted meanwhile.

        Raises IndexUnavailableError, also where the library that it goes to is not in the database, or not yet.
        """
        with connections.engine(self.target_url) as target, target.connect() as reading:
            # The server may still be at the commit of one whose connection was lost.
            exclusive(reading, within_s=ASKED_WITHIN_S)
            identity_rows.require(reading, self.library_id)
            found = reading.execute(
                select(libraries.c.id).where(libraries.c.instance == self.instance.id)
            ).scalar_one_or_none()
        return found == self.library_id

    def retire(self) -> None:
        """End the jobs that wait in the local index, once they wait in the shared one. Raises StorageError.

        Whoever uses it again later without what was printed meanwhile does not print them once more.
        """
        with connections.engine(self.source_url) as source, source.begin() as local:
            waiting = local.execute(select(jobs.c.id).where(IS_UNFINISHED)).scalars()
            end_jobs(local, list(waiting))

    def give_up(self) -> None:
        """Remove the files that were copied, but those that the shared library has in its index by now, as after a rebuild.

        Raises StorageError; what is left then is in nobody's way.
        """
        copied = dict(by_item(iter(self.ledger.keys())))
        theirs = self._may_be_known([*copied])
        for item_id, keys in copied.items():
            self.control.check()
            if item_id not in theirs:
                self.backend.remove(item_prefix(item_id).rstrip("/"))
            for key in keys:
                self.ledger.forget(key)

    # --- files ------------------------------------------------------------------------------------------------------

    def _steps(self, source: Engine) -> Iterator[list[files.Item]]:
        after = ""
        while True:
            # Each step in a transaction of its own: the library writes meanwhile.
            with source.connect() as connection:
                items = files.some(connection, EVERYTHING, after)
            if not items:
                return
            yield items
            after = items[-1].id

    def _known(self, target: Engine, ids: list[str]) -> set[str]:
        """Return which of these the shared library has."""
        with target.connect() as connection:
            return {
                item_id
                for table in (uploads, archives)
                for item_id in connection.execute(
                    select(table.c.id).where(table.c.id.in_(ids))
                ).scalars()
            }

    def _gone(self, target: Engine, ids: list[str]) -> set[str]:
        """Return which of these were removed for good in the shared library."""
        with target.connect() as connection:
            return stored_rows.among_doomed(connection, ids)

    def _expect_here(self, source: Connection) -> None:
        """Have what is not found be looked for only where the library is. Raises LibraryAbsentError where it is not now."""
        identity = identity_rows.get(source)
        self._own.library_id = identity.id if identity else ""
        self.check_here()

    def _stored_keys(self) -> Iterator[str]:
        for key in self.backend.list(""):
            self.control.check()
            yield key

    def _lacking(
        self, target: Engine, items: Sequence[files.Item], stored: files.Listing | None
    ) -> set[str]:
        """Return which of these, which the shared library knows, it wants, but has not the files of.

        They never came to its store, or are not `stored` there, or were not until they were copied by this move.
        """
        with target.connect() as connection:
            ids = [item.id for item in items]
            never = set(rebuild_rows.not_stored(connection, ids))
            return {
                item.id
                for item in items
                if (item.id in never or self._is_copied_or_lost(item, stored))
                and stored_rows.standing(connection, item.id) is not Standing.GONE
            }

    def _is_copied_or_lost(
        self, item: files.Item, stored: files.Listing | None
    ) -> bool:
        key = file_key(item.id, item.file_name)
        is_lost = stored is not None and key not in stored.keys(item.id)
        return is_lost or self.ledger.stamp(key) is not None

    def _may_be_known(self, ids: list[str]) -> set[str]:
        """Return which of these the shared library has; all of them where it does not say so."""
        try:
            with connections.engine(self.target_url) as target:
                with target.connect() as reading:
                    identity_rows.require(reading, self.library_id)
                return {
                    item_id
                    for some in batched(ids, _ASKED_AT_ONCE)
                    for item_id in self._known(target, list(some))
                }
        except IndexUnavailableError as err:
            # One that nobody has begun knows none.
            return set() if err.fault is IndexFault.NO_LIBRARY else set(ids)

    def _bring(self, target: Engine, item: files.Item) -> bool:
        """Copy what the shared library lacks the files of. Returns False where it is not here either."""
        if self._sliced_file(item) is None:
            return False
        # It is put last: whoever has it has the photos that people want.
        stored = self.backend.list(item_prefix(item.id))
        has_photos = sidecar_key(item.id) in stored
        if (path := self._copy_sliced_file(item)) is not None:
            if not has_photos:
                self._copy_photos(item, path)
            self._put_sidecar(target, item.id)
            self.counts.items += 1
            self._brought.append(item.id)
        return True

    def _copy_item(self, source: Engine, item: files.Item) -> None:
        """Copy the sliced file, photos, and the sidecar at the end, as far as they are not there as they are now."""
        if (path := self._copy_sliced_file(item)) is None:
            return
        self._copy_photos(item, path)
        sidecar = path.with_name(SIDECAR_FILE)
        is_put = sidecar.is_file() and self._copy_file(sidecar, sidecar_key(item.id))
        if not path.is_file():
            # Nor may the photos and the sidecar be taken for gone.
            self.check_here()
        if not is_put:
            self._put_sidecar(source, item.id)
        self.counts.items += 1

    def _copy_sliced_file(self, item: files.Item) -> Path | None:
        """Copy the sliced file, and return where it is; None where it is lost or damaged, which is counted."""
        path = self._sliced_file(item)
        if path is None:
            self.counts.missing.append(item.id)
            return None
        if not self._copy_file(path, file_key(item.id, item.file_name), item.sha256):
            is_gone = not path.exists()
            (self.counts.missing if is_gone else self.counts.damaged).append(item.id)
            return None
        return path

    def _copy_photos(self, item: files.Item, path: Path) -> None:
        """Copy the photos beside a sliced file."""
        photos = self._photos(path.parent)
        if photos is None:
            self.counts.damaged_photos += 1
        for photo in photos or ():
            is_copied = self._copy_file(photo, photo_key(item.id, photo.name))
            self.counts.damaged_photos += not is_copied
        if not path.is_file():
            # Nor may they be taken for gone.
            self.check_here()

    def _photos(self, folder: Path) -> list[Path] | None:
        """Return the photos in an item's folder; None where the disk does not tell. Raises StorageError."""
        try:
            with disk_explained(not_listed(folder / PHOTOS)):
                return photos_in(folder)
        except StorageError as err:
            self._expect_unreadable(err, folder)
            return None

    def _expect_unreadable(self, err: StorageError, path: Path) -> None:
        """Raise what stops the move: everything but that the disk is here and does not give one thing, or has it no more."""
        is_missing = isinstance(err.__cause__, FileNotFoundError)
        if not (is_unreadable(err) or is_missing):
            raise err
        self._own.check_given()
        if is_missing and path.exists():
            # It was the disk that was missing.
            raise err
        _LOGGER.warning("It is left out: %s", err)

    def _put_sidecar(self, index: Engine, item_id: str) -> None:
        """Put the sidecar as an index has it.

        As the shared one has it for what is brought: somebody may have written on it since it was here.
        """
        put: Sidecar | None = None
        with (
            disk_explained(NOT_KEPT),
            TemporaryDirectory(prefix="bambu-virtual-printer-") as folder,
        ):
            path = Path(folder, SIDECAR_FILE)
            while True:
                self.control.check()
                with index.connect() as connection:
                    sidecar = files.sidecar_of(connection, item_id)
                # Until nobody has written on it meanwhile.
                if sidecar is None or sidecar == put:
                    return
                path.write_bytes(sidecar.encode())
                self.backend.put(sidecar_key(item_id), path, file_sha256(path))
                put = sidecar

    def _sliced_file(self, item: files.Item) -> Path | None:
        """Return where the sliced file is; None where it is lost. Raises LibraryAbsentError while nobody can say that."""
        for _ in range(2):
            folder = self._own.folder(item.id)
            if folder is not None and (folder / item.file_name).is_file():
                return folder / item.file_name
            # Once more where it was: the disk may have come just now.
            self.check_here()
        return None

    def _copy_file(self, path: Path, key: str, sha256: str = "") -> bool:
        """Copy a file unless that was done. Returns False when it has not this SHA-256, or the disk does not give it.

        Raises StorageError.
        """
        try:
            with disk_explained(unreadable(path.name)):
                stamp = Stamp.of(path)
            if self.ledger.stamp(key) == stamp:
                return True
            sha256 = sha256 or file_sha256(path)
            try:
                self.backend.put(key, path, sha256)
            except StoreError as err:
                if err.fault is StoreFault.DIFFERS and file_sha256(path) != sha256:
                    return False
                raise
        except StorageError as err:
            self._expect_unreadable(err, path)
            return False
        self.ledger.note(key, stamp)
        return True

    def _remove_unwanted(self, source: Engine, target: Engine) -> None:
        """Remove copies of what was deleted meanwhile, but what the shared library has by now."""
        for item_id, keys in by_item(iter(self.ledger.keys())):
            self.control.check()
            with source.connect() as connection:
                is_wanted = files.is_chosen(connection, EVERYTHING, item_id)
            folder = self._own.folder(item_id)
            photos = self._photos(folder) if folder else []
            if photos is None:
                kept = set(keys)
            else:
                kept = {photo_key(item_id, photo.name) for photo in photos}
            prefix = photos_prefix(item_id)
            unwanted = [
                key
                for key in keys
                if not is_wanted or (key.startswith(prefix) and key not in kept)
            ]
            if not unwanted or self._known(target, [item_id]):
                continue
            # Photos may be missed with the disk that has them.
            self.check_here()
            for key in unwanted:
                self.backend.remove(key)
                self.ledger.forget(key)

    def _check_copied(self, source: Connection, ids: set[str]) -> None:
        """Make sure that the files of these were copied: others may have had them, and taken them away since. Raises LibraryError."""
        lost = {*self.counts.missing, *self.counts.damaged}
        after, missing = "", 0
        while items := files.some(source, EVERYTHING, after):
            self.control.check()
            missing += sum(
                item.id in ids
                and item.id not in lost
                and self.ledger.stamp(file_key(item.id, item.file_name)) is None
                for item in items
            )
            after = items[-1].id
        if missing:
            raise _no_longer_stored(missing)

    def _verify_files(self) -> None:
        """Make sure that the store has everything that was copied. Raises LibraryError."""
        missing = set(self.ledger.keys())
        for key in self.backend.list(""):
            self.control.check()
            missing.discard(key)
        if missing:
            for key in missing:
                self.ledger.forget(key)
            raise _no_longer_stored(len(missing))

    # --- the index --------------------------------------------------------------------------------------------------

    def _leave(self, target: Engine) -> None:
        """Forget that this instance was here before, so that `has_finished` speaks of this move."""
        with target.begin() as writing:
            exclusive(writing)
            identity_rows.refuse_others(writing, self.library_id)
            identity_rows.leave(writing, self.instance.id)

    def _note_brought(self, writing: Connection) -> None:
        """Note that the store has what was brought; what was removed there meanwhile goes once more."""
        for some in batched(self._brought, _ASKED_AT_ONCE):
            rebuild_rows.set_stored(writing, some, datetime.now(UTC))
        for item_id in self._brought:
            if stored_rows.standing(writing, item_id) is Standing.GONE:
                stored_rows.doom(writing, item_id)

    def _join(self, writing: Connection) -> None:
        """Note in the shared library that this instance has joined it, and what it prints on."""
        # Somebody else may have begun one there meanwhile.
        identity_rows.refuse_others(writing, self.library_id)
        note_seen(writing, self.instance)
        instance_rows.register(writing, self.instance.id, self.printers)
        identity_rows.put(writing, Identity(self.library_id, ""), self.instance.id)


def _no_longer_stored(count: int) -> LibraryError:
    return LibraryError(
        explain(
            "move_files_missing",
            "{count} files that were copied are no longer in the store.",
            count=count,
        )
    )
