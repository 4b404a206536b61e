"""What is kept of stored files: bounded at every moment, and nothing that somebody uses goes."""

import errno
import os
from pathlib import Path
import shutil
import time

import pytest
from ulid_transform import ulid_at_time, ulid_now

from custom_components.bambu_virtual_printer.engine.library.store import cache, layout
from custom_components.bambu_virtual_printer.engine.library.store.cache import Cache

NAME = "a.gcode.3mf"


def stored(tmp_path: Path, size_bytes: int) -> tuple[str, Path]:
    """Return an item that the store has now."""
    item_id = ulid_now()
    folder = tmp_path / "archive" / item_id
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(bytes(size_bytes))
    return item_id, folder


def kept(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / cache.CACHE).iterdir()}


def age(tmp_path: Path, item_id: str, seconds: float) -> None:
    used = time.time() - seconds
    os.utime(tmp_path / cache.CACHE / item_id, (used, used))


def test_a_backlog_that_is_taken_to_the_store_needs_no_more_room_than_the_cache_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "TRIM_AFTER_BYTES", 200)
    its = Cache(tmp_path, 500)
    for _ in range(30):
        its.take(*stored(tmp_path, 100))
        assert len(kept(tmp_path)) <= 6
    assert len(kept(tmp_path)) >= 4


def test_the_cache_is_bounded_too_while_much_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "TRIM_AFTER_BYTES", 200)
    its = Cache(tmp_path, 500)
    for minutes in range(30):
        item_id = ulid_at_time(minutes)
        its.add(item_id, NAME, lambda part: part.write_bytes(bytes(100)) and None)
        age(tmp_path, item_id, 3600 - minutes)
        assert len(kept(tmp_path)) <= 6


def test_what_came_from_here_goes_before_what_somebody_uses(tmp_path: Path) -> None:
    its = Cache(tmp_path, 250)
    ids = []
    for _ in range(4):
        item_id, folder = stored(tmp_path, 100)
        its.take(item_id, folder)
        ids.append(item_id)
    assert its.find(ids[0], NAME)
    its.trim()
    assert ids[0] in kept(tmp_path)
    assert len(kept(tmp_path)) == 2


def test_room_is_made_of_what_was_unused_for_the_longest(tmp_path: Path) -> None:
    its = Cache(tmp_path, 10_000)
    ids = []
    for number in range(5):
        item_id, folder = stored(tmp_path, 100)
        its.take(item_id, folder)
        age(tmp_path, item_id, 5000 - number)
        ids.append(item_id)
    assert its.find(ids[0], NAME)
    its.free(150)
    assert kept(tmp_path) == {ids[0], ids[3], ids[4]}
    # What would not be enough goes for nothing.
    its.free(201)
    assert kept(tmp_path) == {ids[0], ids[3], ids[4]}


def test_what_is_being_fetched_is_not_trimmed_however_long_that_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "IN_USE_FOR_S", 0.0)
    its = Cache(tmp_path, 0)

    def fetch(path: Path) -> None:
        path.write_bytes(b"half of it")
        its.trim()
        its.free(1)

    path = its.add(ulid_now(), NAME, fetch)
    assert path.read_bytes() == b"half of it"
    its.trim()
    assert not path.exists()


def test_what_is_fetched_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[Path, bool]] = []
    path = tmp_path / cache.CACHE / "id" / NAME
    monkeypatch.setattr(
        cache, "sync_file", lambda part: synced.append((part, path.exists()))
    )
    held = Cache(tmp_path, 0)
    assert held.add("id", NAME, lambda part: part.write_bytes(b"a") and None) == path
    assert [has_name for _, has_name in synced] == [False]


def test_what_is_handed_out_while_room_is_made_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking at everything takes a while, in which somebody asks for a file."""
    its = Cache(tmp_path, 0)
    ids = []
    for number in range(2):
        item_id, folder = stored(tmp_path, 100)
        its.take(item_id, folder)
        age(tmp_path, item_id, 5000 - number)
        ids.append(item_id)
    looked = its._items

    def slow() -> object:
        found = looked()
        assert its.find(ids[0], NAME)
        return found

    monkeypatch.setattr(its, "_items", slow)
    its.trim()
    assert kept(tmp_path) == {ids[0]}
    assert its.find(ids[0], NAME)


def test_what_cannot_be_moved_here_and_is_removed_only_halfway_is_not_seen_any_more(
    tmp_path: Path, other_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a network share, which keeps what somebody has open under another name."""
    item_id, folder = stored(other_disk, 100)
    (folder / "upload.json").write_text("{}")

    def halfway(path: Path) -> None:
        (path / NAME).unlink()
        raise OSError(errno.ENOTEMPTY, "Directory not empty")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", halfway)
        Cache(tmp_path, 500).take(item_id, folder)
    assert not folder.exists()
    assert kept(tmp_path) == set()
    # To be removed later.
    (left_over,) = layout.withdrawn_in(folder.parent)
    assert [path.name for path in left_over.iterdir()] == ["upload.json"]
