"""The folders on disk: moves that cannot go half, and disks that are full, read-only or several."""

from collections.abc import Iterator
from datetime import UTC, datetime
import errno
import hashlib
import os
from pathlib import Path
import shutil
import stat
import subprocess

import pytest
from ulid_transform import ulid_at_time, ulid_now

from custom_components.bambu_virtual_printer.engine.library.store import moves
from custom_components.bambu_virtual_printer.engine.library.store.disk import (
    file_sha256,
)
from custom_components.bambu_virtual_printer.engine.library.store.folder import (
    LibraryFolder,
)
from custom_components.bambu_virtual_printer.engine.library.store.sidecar import Sidecar
from custom_components.bambu_virtual_printer.engine.storage import (
    StorageError,
    StorageFullError,
)
from custom_components.bambu_virtual_printer.engine.values import ReceivedFile
from tests.support.library import IMMEDIATE

DATA = b"sliced" * 1000
NAME = "Cube.gcode.3mf"
NOVEMBER = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> LibraryFolder:
    """Return a library folder that is ready."""
    library = LibraryFolder(tmp_path / "library")
    library.prepare()
    return library


def sidecar(item_id: str, *, size_bytes: int = len(DATA)) -> Sidecar:
    return Sidecar(
        file=ReceivedFile(
            id=item_id,
            name=NAME,
            size_bytes=size_bytes,
            sha256=hashlib.sha256(DATA).hexdigest(),
            peer="192.0.2.7",
            received_at=NOVEMBER,
            encrypted=False,
        ),
        file_name=NAME,
        printer=IMMEDIATE,
    )


def keep(folder: LibraryFolder, item_id: str | None = None) -> str:
    """Receive and commit a file."""
    item_id = item_id or ulid_at_time(NOVEMBER.timestamp())
    folder.begin(item_id, NAME, reserve_bytes=0).write_bytes(DATA)
    folder.commit(sidecar(item_id))
    return item_id


def files(folder: LibraryFolder) -> set[str]:
    return {
        str(path.relative_to(folder.root))
        for path in folder.root.rglob("*")
        if path.is_file()
    }


SHA256 = hashlib.sha256(DATA).hexdigest()


def test_an_upload_goes_from_inbox_to_pending_to_its_month(
    folder: LibraryFolder,
) -> None:
    item_id = ulid_at_time(NOVEMBER.timestamp())
    path = folder.begin(item_id, NAME, reserve_bytes=0)
    assert path == folder.root / "inbox" / item_id / f"{NAME}.part"
    assert not path.exists()
    path.write_bytes(DATA)
    folder.commit(sidecar(item_id))
    assert files(folder) == {
        f"pending/{item_id}/{NAME}",
        f"pending/{item_id}/upload.json",
    }
    folder.archive(item_id, SHA256)
    assert files(folder) == {
        f"archive/2026/11/{item_id}/{NAME}",
        f"archive/2026/11/{item_id}/upload.json",
    }
    assert folder.folder(item_id) == folder.root / f"archive/2026/11/{item_id}"
    folder.unarchive(item_id, SHA256)
    assert folder.folder(item_id) == folder.root / "pending" / item_id
    folder.remove(item_id)
    assert files(folder) == set()
    assert folder.folder(item_id) is None


def test_moving_twice_is_moving_once(folder: LibraryFolder) -> None:
    item_id = keep(folder)
    folder.archive(item_id, SHA256)
    folder.archive(item_id, SHA256)
    assert len(files(folder)) == 2
    folder.remove(item_id)
    folder.remove(item_id)


def test_a_file_of_another_size_than_was_received_is_not_kept(
    folder: LibraryFolder,
) -> None:
    item_id = ulid_now()
    folder.begin(item_id, NAME, reserve_bytes=0).write_bytes(DATA)
    with pytest.raises(StorageError, match="has 6000 bytes on the disk instead of 5"):
        folder.commit(sidecar(item_id, size_bytes=5))
    assert folder.folder(item_id) is None


def begun_before(folder: LibraryFolder) -> None:
    """Leave what was being received when Home Assistant was killed."""
    before = LibraryFolder(folder.root)
    before.begin(ulid_now(), NAME, reserve_bytes=0).write_bytes(b"cut short")


def test_the_inbox_is_swept_and_nothing_of_others_with_it(
    folder: LibraryFolder,
) -> None:
    keep(folder)
    begun_before(folder)
    (folder.root / "inbox" / f"{ulid_now()}.removed").mkdir()
    (folder.root / "inbox" / ulid_now()).write_text("no folder")
    (folder.root / "pending" / f"{ulid_now()}.copying").mkdir()
    (folder.root / "pending" / "mine.copying").mkdir()
    (folder.root / "inbox" / "letters").mkdir()
    (folder.root / "inbox" / "note.txt").write_text("mine")
    folder.prepare()
    assert {path.name for path in (folder.root / "inbox").iterdir()} == {
        "letters",
        "note.txt",
    }
    assert len(folder.pending_ids()) == 1
    assert {path.name for path in (folder.root / "pending").iterdir()} == {
        "mine.copying",
        *folder.pending_ids(),
    }


def test_what_cannot_be_swept_does_not_keep_the_library_closed(
    folder: LibraryFolder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def busy(_: Path) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    begun_before(folder)
    monkeypatch.setattr(shutil, "rmtree", busy)
    folder.prepare()
    assert "could not be removed" in caplog.text


@pytest.mark.parametrize("missing", ["inbox", "pending", "archive"])
def test_files_on_a_disk_that_is_not_there_are_not_said_to_be_removed(
    folder: LibraryFolder, missing: str
) -> None:
    item_id = keep(folder)
    shutil.move(folder.root / missing, folder.root / "away")
    with pytest.raises(StorageError, match="is not there"):
        folder.remove(item_id)
    shutil.move(folder.root / "away", folder.root / missing)
    assert folder.folder(item_id) is not None


def test_abandoning_leaves_nothing_and_never_raises(folder: LibraryFolder) -> None:
    item_id = ulid_now()
    folder.begin(item_id, NAME, reserve_bytes=0).write_bytes(DATA)
    folder.abandon(item_id)
    folder.abandon(item_id)
    assert files(folder) == set()


def test_only_what_is_ours_is_listed(folder: LibraryFolder) -> None:
    item_id = keep(folder)
    (folder.root / "pending" / "notes").mkdir()
    (folder.root / "pending" / ulid_now()).write_text("a file")
    (folder.root / "pending" / "7ZZZZZZZZZZZZZZZZZZZZZZZZZ").mkdir()
    assert folder.pending_ids() == [item_id]
    folder.archive(item_id, SHA256)
    elsewhere = folder.root / "archive" / "2020" / "01" / item_id
    elsewhere.mkdir(parents=True)
    months = folder.archive_months()
    assert [month.name for month in months] == ["01", "11"]
    assert [folder.archive_ids(month) for month in months] == [[], [item_id]]


# --- sidecars -------------------------------------------------------------------------------------------------------


def test_a_sidecar_can_be_replaced_wherever_the_folder_is(
    folder: LibraryFolder,
) -> None:
    item_id = keep(folder)
    assert folder.read_sidecar(item_id) == sidecar(item_id)
    folder.archive(item_id, SHA256)
    folder.write_sidecar(sidecar(item_id, size_bytes=7))
    assert folder.read_sidecar(item_id) == sidecar(item_id, size_bytes=7)
    assert len(files(folder)) == 2


def test_a_sidecar_of_something_else_is_none(folder: LibraryFolder) -> None:
    item_id = keep(folder)
    place = folder.root / "pending" / item_id / "upload.json"
    place.write_bytes(sidecar(ulid_now()).encode())
    assert folder.read_sidecar(item_id) is None
    place.write_bytes(b"{")
    assert folder.read_sidecar(item_id) is None
    place.unlink()
    assert folder.read_sidecar(item_id) is None
    assert folder.lone_file(item_id) == place.with_name(NAME)
    place.with_name("Other.3mf").write_bytes(b"")
    assert folder.lone_file(item_id) is None


def test_what_is_gone_has_no_sidecar(folder: LibraryFolder) -> None:
    folder.write_sidecar(sidecar(ulid_now()))
    assert folder.read_sidecar(ulid_now()) is None
    assert folder.lone_file(ulid_now()) is None
    assert files(folder) == set()


# --- disks ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def split(folder: LibraryFolder, other_disk: Path) -> LibraryFolder:
    """Return a library whose archive is on another disk than its inbox."""
    (folder.root / "archive").rmdir()
    (folder.root / "archive").symlink_to(other_disk)
    return folder


def test_an_archive_on_another_disk_is_copied_compared_and_only_then_moved(
    split: LibraryFolder, other_disk: Path
) -> None:
    item_id = keep(split)
    split.archive(item_id, SHA256)
    assert not (split.root / "pending" / item_id).exists()
    assert file_sha256(other_disk / f"2026/11/{item_id}" / NAME) == SHA256
    split.unarchive(item_id, SHA256)
    assert split.folder(item_id) == split.root / "pending" / item_id
    assert not any(path.is_file() for path in other_disk.rglob("*"))
    split.archive(item_id, SHA256)
    split.remove(item_id)
    assert split.folder(item_id) is None
    assert not any(path.is_file() for path in other_disk.rglob("*"))


def test_uploads_may_be_received_on_another_disk_than_they_are_kept_on(
    folder: LibraryFolder, other_disk: Path
) -> None:
    (folder.root / "pending").rmdir()
    (folder.root / "pending").symlink_to(other_disk)
    item_id = keep(folder)
    assert file_sha256(other_disk / item_id / NAME) == SHA256
    assert list((folder.root / "inbox").iterdir()) == []
    folder.archive(item_id, SHA256)
    assert list(other_disk.iterdir()) == []
    assert folder.folder(item_id) == folder.root / "archive/2026/11" / item_id


def test_a_copy_that_differs_is_no_archive(
    split: LibraryFolder, other_disk: Path
) -> None:
    item_id = keep(split)
    with pytest.raises(StorageError, match="differs from it"):
        split.archive(item_id, "0" * 64)
    assert split.folder(item_id) == split.root / "pending" / item_id
    # The disk may be full of it.
    assert list((other_disk / "2026/11").iterdir()) == []
    split.archive(item_id, SHA256)
    assert {path.name for path in (other_disk / "2026/11").iterdir()} == {item_id}


def test_what_nobody_has_a_sha256_of_is_compared_with_its_source(
    split: LibraryFolder, other_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    item_id = keep(split)
    source, target = split.root / "pending" / item_id, other_disk / item_id
    with monkeypatch.context() as patch:
        patch.setattr(moves, "copy_file", lambda _, copy: copy.write_bytes(b"x"))
        with pytest.raises(StorageError, match="differs from it"):
            moves.move_folder(source, target)
    assert source.is_dir()
    assert list(other_disk.iterdir()) == []
    moves.move_folder(source, target)
    assert file_sha256(target / NAME) == SHA256
    assert not source.exists()


def test_the_rest_of_a_copy_is_removed_with_the_upload(
    split: LibraryFolder, other_disk: Path
) -> None:
    item_id = keep(split)
    rest = other_disk / "2026" / "11" / f"{item_id}.copying"
    rest.mkdir(parents=True)
    split.remove(item_id)
    assert list((other_disk / "2026/11").iterdir()) == []


def test_a_copy_whose_source_was_not_removed_yet_is_finished(
    split: LibraryFolder, other_disk: Path
) -> None:
    item_id = keep(split)
    shutil.copytree(
        split.root / "pending" / item_id, other_disk / "2026" / "11" / item_id
    )
    split.archive(item_id, SHA256)
    assert split.folder(item_id) == split.root / "archive/2026/11" / item_id
    assert split.pending_ids() == []


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """Return the mount point of a disk of 256 KiB."""
    place = tmp_path / "tiny"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("mounting takes root")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_is_told_and_leaves_nothing_behind(tiny_disk: Path) -> None:
    folder = LibraryFolder(tiny_disk / "library")
    folder.prepare()
    item_id = ulid_now()
    path = folder.begin(item_id, NAME, reserve_bytes=0)
    path.write_bytes(DATA)
    filler = tiny_disk / "filler"
    filler.write_bytes(b"\0" * folder.space().free_bytes)
    with pytest.raises(StorageFullError, match="there is no room left"):
        folder.commit(sidecar(item_id))
    folder.abandon(item_id)
    assert files(folder) == set()
    with pytest.raises(StorageFullError, match="not enough room"):
        folder.begin(ulid_now(), NAME, reserve_bytes=64 * 1024)
    filler.unlink()
    assert keep(folder) in folder.pending_ids()


def test_the_reserve_is_left_free(folder: LibraryFolder) -> None:
    space = folder.space()
    assert 0 < space.free_bytes <= space.disk_bytes
    with pytest.raises(StorageFullError, match="not enough room on the disk"):
        folder.begin(ulid_now(), NAME, reserve_bytes=space.disk_bytes + 1)


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(
        StorageError, match="cannot be used: a part of the path is not a folder"
    ):
        LibraryFolder(tmp_path / "file" / "library").prepare()


def test_a_read_only_disk_is_told(tiny_disk: Path) -> None:
    folder = LibraryFolder(tiny_disk)
    folder.prepare()
    item_id = keep(folder)
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    for attempt in (
        lambda: folder.begin(ulid_now(), NAME, reserve_bytes=0),
        lambda: folder.archive(item_id, SHA256),
        lambda: folder.remove(item_id),
        lambda: folder.write_sidecar(sidecar(item_id)),
    ):
        with pytest.raises(StorageError, match="nothing can be written there"):
            attempt()
    assert folder.read_sidecar(item_id) == sidecar(item_id)


def test_a_move_that_fails_is_told(
    folder: LibraryFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rename(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    item_id = keep(folder)
    monkeypatch.setattr(os, "rename", rename)
    for attempt in (folder.archive, lambda item, _: folder.remove(item)):
        with pytest.raises(StorageError, match="the disk failed"):
            attempt(item_id, SHA256)
    assert folder.folder(item_id) == folder.root / "pending" / item_id


def test_a_library_that_vanished_is_told(folder: LibraryFolder) -> None:
    shutil.rmtree(folder.root)
    with pytest.raises(StorageError, match="cannot be read: it is not there"):
        folder.begin(ulid_now(), NAME, reserve_bytes=0)
    with pytest.raises(StorageError, match="cannot be read"):
        folder.pending_ids()
    with pytest.raises(StorageError, match="cannot be kept"):
        folder.commit(sidecar(ulid_now()))


def test_what_cannot_be_removed_is_told_in_the_log(
    folder: LibraryFolder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(path: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(shutil, "rmtree", refuse)
    folder.abandon(ulid_now())
    assert "could not be removed" in caplog.text


@pytest.mark.parametrize("answer", [errno.EINVAL, errno.ENOTSUP])
def test_file_systems_that_cannot_sync_folders_are_used_all_the_same(
    folder: LibraryFolder, monkeypatch: pytest.MonkeyPatch, answer: int
) -> None:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(answer, os.strerror(answer))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    assert folder.folder(keep(folder)) is not None


def test_a_folder_that_cannot_be_synced_for_another_reason_is_told(
    folder: LibraryFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(StorageError, match="the disk failed"):
        keep(folder)
