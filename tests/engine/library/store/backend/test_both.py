"""What a folder and a bucket have in common."""

from datetime import timedelta
import hashlib
import os
from pathlib import Path
import tempfile

import pytest
from ulid_transform import ulid_now

from custom_components.bambu_virtual_printer.engine.library.store.backend import keys
from custom_components.bambu_virtual_printer.engine.library.store.backend.bucket import (
    MULTIPART_ABOVE_BYTES,
    BucketBackend,
)
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    StoreBackend,
)
from custom_components.bambu_virtual_printer.engine.library.values.store_faults import (
    StoreError,
    StoreFault,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageError

type Backend = FolderBackend | BucketBackend


def made(folder: Path, content: bytes) -> tuple[Path, str]:
    path = folder / ulid_now()
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


def fault(error: pytest.ExceptionInfo[StoreError]) -> StoreFault:
    return error.value.fault


def test_it_is_a_store_for_the_library(backend: Backend) -> None:
    store: StoreBackend = backend
    store.check()
    assert list(store.list("")) == []


def test_a_computer_without_room_for_the_file_it_tries_says_so(
    backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path / "not mounted"))
        with pytest.raises(StorageError, match="on this computer: it is not there"):
            backend.check()
    backend.check()


@pytest.mark.parametrize("size", [0, 1, 1000, MULTIPART_ABOVE_BYTES + 12345])
def test_what_is_put_comes_back(backend: Backend, tmp_path: Path, size: int) -> None:
    source, sha256 = made(tmp_path, os.urandom(size))
    key = keys.file_key(ulid_now(), "A benchy (2) ü.gcode.3mf")
    backend.put(key, source, sha256)
    backend.fetch(key, tmp_path / "back", sha256)
    assert (tmp_path / "back").read_bytes() == source.read_bytes()
    assert list(backend.list(key.rpartition("/")[0] + "/")) == [key]


def test_what_is_put_again_replaces_what_was_there(
    backend: Backend, tmp_path: Path
) -> None:
    for content in (b"first", b"second, which is longer", b"3"):
        source, sha256 = made(tmp_path, content)
        backend.put("2026/11/x/upload.json", source, sha256)
        target = tmp_path / ulid_now()
        backend.fetch("2026/11/x/upload.json", target, "")
        assert target.read_bytes() == content


@pytest.mark.parametrize("size", [100, MULTIPART_ABOVE_BYTES + 1])
def test_what_changed_on_the_disk_is_not_stored(
    backend: Backend, tmp_path: Path, size: int
) -> None:
    key = keys.file_key(ulid_now(), "a.3mf")
    good, sha256 = made(tmp_path, os.urandom(size))
    backend.put(key, good, sha256)
    other, _ = made(tmp_path, os.urandom(size))
    with pytest.raises(StoreError) as error:
        backend.put(key, other, sha256)
    assert fault(error) is StoreFault.DIFFERS
    # What was there is there still.
    backend.fetch(key, tmp_path / "back", sha256)
    assert list(backend.list("")) == [key]


def test_what_is_none_of_an_item_is_not_listed_with_them(
    backend: Backend, tmp_path: Path
) -> None:
    """A share has other folders, and a recycle bin of what was removed from it; a bucket may have anything."""
    source, sha256 = made(tmp_path, b"x")
    item, removed = ulid_now(), ulid_now()
    prefix = keys.item_prefix(item)
    own = [prefix + name for name in ("a.3mf", "photos/b.jpg", "upload.json")]
    wrong_month = f"{prefix[:5]}{'02' if prefix[5:7] == '01' else '01'}{prefix[7:]}"
    for key in (
        *own,
        f"#recycle/{keys.item_prefix(removed)}a.3mf",
        f".recycle/{keys.item_prefix(removed)}upload.json",
        f"{keys.PROBES}{ulid_now()}",
        f"{prefix[:8]}Birthday/1.jpg",
        f"{wrong_month}a.3mf",
        f"2019/{prefix[8:]}a.3mf",
        f"Films/{prefix}a.3mf",
        "a.3mf",
    ):
        backend.put(key, source, sha256)
    backend.mark("ours")
    assert list(backend.list("")) == own
    assert [*backend.list("Films/")] == [f"Films/{prefix}a.3mf"]


def test_photos_are_told_from_what_a_share_puts_beside_them() -> None:
    item, photo = ulid_now(), ulid_now()
    prefix = keys.photos_prefix(item)
    found = [
        prefix + name
        for name in (
            f"{photo}.jpg",
            f"{photo}.jpg.part",
            f"@eaDir/{photo}.jpg/SYNOPHOTO_THUMB_M.jpg",
            f"@eaDir/{photo}.jpg",
            "Thumbs.db",
        )
    ]
    found.append(keys.file_key(item, f"{photo}.jpg"))
    assert keys.photos_of(item, found) == {f"{photo}.jpg": f"{prefix}{photo}.jpg"}


def test_what_changed_in_the_store_is_not_handed_out(
    backend: Backend, tmp_path: Path
) -> None:
    source, _ = made(tmp_path, b"what is there")
    backend.put("2026/11/x/a.3mf", source, hashlib.sha256(b"what is there").hexdigest())
    with pytest.raises(StoreError) as error:
        backend.fetch("2026/11/x/a.3mf", tmp_path / "back", "0" * 64)
    assert fault(error) is StoreFault.DIFFERS
    assert "a.3mf" in str(error.value)
    assert not (tmp_path / "back").exists()


def test_what_is_not_there_is_said_to_be_missing(
    backend: Backend, tmp_path: Path
) -> None:
    with pytest.raises(StoreError) as error:
        backend.fetch("2026/11/none/a.3mf", tmp_path / "back", "")
    assert fault(error) is StoreFault.MISSING
    assert not (tmp_path / "back").exists()
    assert list(backend.list("2026/11/none/")) == []
    backend.remove("2026/11/none/")


def test_an_item_is_removed_with_all_its_files_and_no_other(
    backend: Backend, tmp_path: Path
) -> None:
    source, sha256 = made(tmp_path, b"x")
    gone, other = ulid_now(), ulid_now()
    for item in (gone, other):
        backend.put(keys.file_key(item, "a.gcode.3mf"), source, sha256)
        backend.put(keys.photo_key(item, "1.jpg"), source, sha256)
        backend.put(keys.sidecar_key(item), source, sha256)
    backend.remove(keys.item_prefix(gone))
    assert list(backend.list(keys.item_prefix(gone))) == []
    prefix = keys.item_prefix(other)
    assert list(backend.list(prefix)) == [
        prefix + name for name in ("a.gcode.3mf", "photos/1.jpg", "upload.json")
    ]
    backend.remove(keys.photo_key(other, "1.jpg"))
    assert list(backend.list(keys.photos_prefix(other))) == []


def test_a_store_belongs_to_one_library(backend: Backend) -> None:
    assert backend.marked_as() is None
    backend.mark("library-1")
    backend.mark("library-1")
    assert backend.marked_as() == "library-1"
    with pytest.raises(StoreError) as error:
        backend.mark("library-2")
    assert fault(error) is StoreFault.OTHER_LIBRARY
    assert backend.marked_as() == "library-1"


def test_what_a_check_left_behind_is_swept(backend: Backend, tmp_path: Path) -> None:
    source, sha256 = made(tmp_path, b"x")
    backend.put(f"{keys.PROBES}{ulid_now()}", source, sha256)
    backend.sweep(timedelta(hours=1))
    assert len(list(backend.list(keys.PROBES))) == 1
    backend.sweep(timedelta(seconds=-60))
    assert list(backend.list(keys.PROBES)) == []


def test_a_file_that_cannot_be_written_here_is_no_fault_of_the_store(
    backend: Backend, tmp_path: Path
) -> None:
    source, sha256 = made(tmp_path, b"x")
    backend.put("2026/11/x/a.3mf", source, sha256)
    target = tmp_path / "taken"
    target.mkdir()
    with pytest.raises(Exception, match="cannot be kept") as error:
        backend.fetch("2026/11/x/a.3mf", target, sha256)
    assert not isinstance(error.value, StoreError)
    assert target.is_dir()
