"""A folder as a store: what is wrong with it is said, and nothing in it is half."""

from datetime import timedelta
import errno
import hashlib
import os
from pathlib import Path
import shutil

import pytest

from custom_components.bambu_virtual_printer.engine.library.store.backend import folder
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    PARTS,
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.keys import (
    item_prefix,
)
from custom_components.bambu_virtual_printer.engine.library.store.layout import (
    PART_SUFFIX,
)
from custom_components.bambu_virtual_printer.engine.library.store.marker import (
    MARKER_FILE,
)
from custom_components.bambu_virtual_printer.engine.library.values.store_faults import (
    StoreError,
    StoreFault,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageError

SHA256 = hashlib.sha256(b"a").hexdigest()
ITEM = item_prefix("01KB9000000000000000000000")


@pytest.fixture
def store(tmp_path: Path) -> FolderBackend:
    root = tmp_path / "store"
    root.mkdir()
    return FolderBackend(root)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "a"
    path.write_bytes(b"a")
    return path


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, source: Path) -> None:
    """What is left of a share that is not mounted must not be filled."""
    store = FolderBackend(tmp_path / "none")
    for use in (
        store.check,
        store.space,
        store.marked_as,
        lambda: store.put("a", source, SHA256),
        lambda: store.fetch("a", tmp_path / "b", SHA256),
        lambda: list(store.list("")),
        lambda: store.remove("a"),
        lambda: store.sweep(timedelta()),
    ):
        with pytest.raises(StoreError) as error:
            use()
        assert error.value.fault is StoreFault.NO_FOLDER
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("marked_as", "fault"),
    [(None, StoreFault.NO_FOLDER), ("another", StoreFault.OTHER_LIBRARY)],
)
def test_a_folder_without_the_librarys_marker_is_not_used(
    tmp_path: Path, source: Path, marked_as: str | None, fault: StoreFault
) -> None:
    """An empty one is what a share is mounted on, and is there while it is not."""
    root = tmp_path / "store"
    root.mkdir()
    store = FolderBackend(root, "ours")
    if marked_as:
        FolderBackend(root).mark(marked_as)
    before = sorted(root.iterdir())
    for use in (
        store.look,
        lambda: store.put("a", source, SHA256),
        lambda: store.fetch("a", tmp_path / "b", SHA256),
        lambda: store.holds("a"),
        lambda: list(store.list("")),
        lambda: store.sizes(""),
        lambda: store.remove("a"),
        lambda: store.sweep(timedelta()),
    ):
        with pytest.raises(StoreError) as error:
            use()
        assert error.value.fault is fault
    assert sorted(root.iterdir()) == before
    (root / MARKER_FILE).unlink(missing_ok=True)
    store.mark("ours")
    store.put("a", source, SHA256)
    assert store.holds("a")


def test_its_room_is_measured(store: FolderBackend) -> None:
    space = store.space()
    assert space is not None
    assert 0 < space.free_bytes <= space.disk_bytes


@pytest.mark.parametrize("key", ["../a", "a/../../b", "/", "a//b", "."])
def test_no_key_leads_out_of_it(store: FolderBackend, source: Path, key: str) -> None:
    with pytest.raises(StoreError) as error:
        store.put(key, source, SHA256)
    assert error.value.fault is StoreFault.MISSING
    assert list(store.list("")) == []


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.EACCES, StoreFault.NOT_WRITTEN),
        (errno.EROFS, StoreFault.NOT_WRITTEN),
        (errno.ENOSPC, StoreFault.FULL),
        (errno.EDQUOT, StoreFault.FULL),
        (errno.ESTALE, StoreFault.UNREACHABLE),
        (errno.EIO, StoreFault.UNREACHABLE),
        (errno.EMFILE, StoreFault.FAILED),
    ],
)
def test_what_the_system_says_is_named(
    store: FolderBackend,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    fault: StoreFault,
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(shutil, "copyfileobj", fail)
    with pytest.raises(StoreError) as error:
        store.check()
    assert error.value.fault is fault
    with pytest.raises(StoreError):
        store.put(f"{ITEM}a", source, SHA256)
    assert list(store.list("")) == []
    assert not list((store.root / PARTS).iterdir())


def test_a_file_that_cannot_be_read_is_not_taken_for_a_store_that_is_away(
    store: FolderBackend, source: Path
) -> None:
    # To read the beginning of a process's memory is the same error as to read a bad sector.
    unreadable = Path("/proc/self/mem")
    for path in (unreadable, source.with_name("none")):
        with pytest.raises(StorageError, match="cannot be read") as error:
            store.put(f"{ITEM}a", path, SHA256)
        assert not isinstance(error.value, StoreError)
    assert list(store.list("")) == []
    assert not list((store.root / PARTS).iterdir())


def test_what_the_disk_returns_otherwise_is_not_kept(
    store: FolderBackend, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy(_: object, writer: object, *__: object) -> None:
        writer.write(b"b")  # type: ignore[attr-defined]

    monkeypatch.setattr(shutil, "copyfileobj", copy)
    with pytest.raises(StoreError) as error:
        store.put(f"{ITEM}a", source, SHA256)
    assert error.value.fault is StoreFault.DIFFERS
    assert list(store.list("")) == []
    assert not list((store.root / PARTS).iterdir())


class Mount:
    """Unmounts a share, which leaves the empty folder that it was mounted on, and mounts it again."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._away = root.with_name("away")

    def unmount(self) -> None:
        self._root.rename(self._away)
        self._root.mkdir()

    def mount(self) -> None:
        shutil.rmtree(self._root)
        self._away.rename(self._root)


@pytest.fixture
def ours(store: FolderBackend) -> FolderBackend:
    """A folder with the marker of the library."""
    store.mark("ours")
    return FolderBackend(store.root, "ours")


@pytest.mark.parametrize(
    "moment", ["make_folders", "_verify", "sync_folder"], ids=["copy", "check", "end"]
)
def test_a_share_that_is_unmounted_while_a_file_is_put_does_not_have_it(
    ours: FolderBackend, source: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    mount = Mount(ours.root)
    place = FolderBackend if moment == "_verify" else folder
    going_on = getattr(place, moment)
    calls: list[int] = []

    def gone(*args: object) -> None:
        if not calls:
            mount.unmount()
        calls.append(1)
        going_on(*args)

    monkeypatch.setattr(place, moment, gone)
    with pytest.raises(StoreError) as error:
        ours.put("2026/11/x/a", source, SHA256)
    assert calls
    assert error.value.fault is StoreFault.NO_FOLDER
    mount.mount()
    ours.put("2026/11/x/a", source, SHA256)
    assert ours.holds("2026/11/x/a")


@pytest.mark.parametrize("fault", [StoreFault.MISSING, StoreFault.DIFFERS])
def test_what_went_elsewhere_while_the_share_was_unmounted_is_not_taken_for_stored(
    ours: FolderBackend,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: StoreFault,
) -> None:
    mount = Mount(ours.root)
    if fault is StoreFault.DIFFERS:
        # There is one of that name already, of another length.
        other = source.with_name("other")
        other.write_bytes(b"other")
        ours.put("a", other, hashlib.sha256(b"other").hexdigest())

    def away(path: Path) -> None:
        if path.name == PARTS:
            mount.unmount()
        make_folders(path)

    def back(path: Path) -> None:
        sync_folder(path)
        mount.mount()

    make_folders, sync_folder = folder.make_folders, folder.sync_folder
    with monkeypatch.context() as patch:
        patch.setattr(folder, "make_folders", away)
        patch.setattr(folder, "sync_folder", back)
        with pytest.raises(StoreError) as error:
            ours.put("a", source, SHA256)
    assert error.value.fault is fault
    ours.put("a", source, SHA256)


@pytest.mark.parametrize("removed", ["b", "b/c"])
def test_what_another_instance_removes_during_a_listing_is_not_in_it(
    store: FolderBackend, source: Path, removed: str
) -> None:
    for key in ("a", "b/c/d", "e"):
        store.put(ITEM + key, source, SHA256)
    keys = store.list("")
    first = next(keys)
    shutil.rmtree(store.root / ITEM / removed)
    assert [first, *keys] == [f"{ITEM}a", f"{ITEM}e"]


def test_what_only_administrators_may_read_is_in_the_way_of_no_listing(
    store: FolderBackend, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as the recycle bin of a share, of which Home Assistant's network storage mounts the whole."""
    scandir = os.scandir
    for key in (f"{ITEM}a", "#recycle/a", f"{ITEM[:5]}private/a"):
        store.put(key, source, SHA256)

    def scan(place: Path) -> object:
        if place.name in {"#recycle", "private"}:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return scandir(place)

    monkeypatch.setattr(os, "scandir", scan)
    assert list(store.list("")) == [f"{ITEM}a"]


def test_a_share_that_is_unmounted_during_a_listing_is_not_taken_for_empty(
    store: FolderBackend, source: Path
) -> None:
    for key in ("a", "b/c/d", "e"):
        store.put(ITEM + key, source, SHA256)
    store.mark("ours")
    keys = FolderBackend(store.root, "ours").list("")
    assert next(keys) == f"{ITEM}a"
    store.root.rename(store.root.with_name("elsewhere"))
    store.root.mkdir()
    with pytest.raises(StoreError) as error:
        list(keys)
    assert error.value.fault is StoreFault.NO_FOLDER


def test_a_file_that_another_instance_removes_has_no_size(
    store: FolderBackend, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("a/b", "a/c"):
        store.put(key, source, SHA256)
    listed = [*store.list("a/")]
    monkeypatch.setattr(store, "list", lambda _prefix: iter(listed))
    store.remove("a/b")
    assert store.sizes("a/") == {"a/c": 1}


def test_what_is_removed_by_another_instance_during_a_sweep_is_no_fault(
    store: FolderBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = store.root / PARTS
    parts.mkdir()
    left_over = parts / f"b{PART_SUFFIX}"
    left_over.write_bytes(b"")
    gone = parts / f"a{PART_SUFFIX}"
    monkeypatch.setattr(Path, "iterdir", lambda _folder: iter([gone, left_over]))
    store.sweep(timedelta(hours=-1))
    assert not left_over.exists()


def test_a_crash_before_the_file_has_its_name_leaves_the_old_one(
    store: FolderBackend, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(f"{ITEM}a", source, SHA256)
    monkeypatch.setattr(folder, "discard", lambda _: None)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stop)
    other = tmp_path / "b"
    other.write_bytes(b"b")
    with pytest.raises(KeyboardInterrupt):
        store.put(f"{ITEM}a", other, hashlib.sha256(b"b").hexdigest())
    monkeypatch.undo()
    store.fetch(f"{ITEM}a", tmp_path / "back", SHA256)
    assert len(list((store.root / PARTS).iterdir())) == 1
    store.sweep(timedelta(hours=1))
    assert len(list((store.root / PARTS).iterdir())) == 1
    store.sweep(timedelta(seconds=-60))
    assert not list((store.root / PARTS).iterdir())
    assert list(store.list("")) == [f"{ITEM}a"]
