"""Writes that survive a power cut: what is synced, and what a crash in the middle leaves."""

import errno
import os
from pathlib import Path
import stat

import pytest

from custom_components.bambu_virtual_printer.engine.durable import (
    make_folders,
    replace_file,
    write_file,
)


def test_a_replacement_is_whole_whatever_an_earlier_one_left(tmp_path: Path) -> None:
    path, temporary = tmp_path / "notes", tmp_path / "notes.part"
    path.write_bytes(b"old")
    temporary.write_bytes(b"cut short, and longer than what comes")
    replace_file(path, b"new", temporary=temporary)
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_replacement_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    path = tmp_path / "notes"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="Input/output error"):
        replace_file(path, b"new", temporary=tmp_path / "notes.part")
    assert path.read_bytes() == b"old"


def test_a_private_file_is_never_readable_by_others(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_file(path, b"secret", 0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        write_file(path, b"another")


def test_every_folder_on_the_way_is_synced_into_the_one_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    original = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        original(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    make_folders(tmp_path / "2026" / "11")
    assert synced == [tmp_path, tmp_path / "2026"]
