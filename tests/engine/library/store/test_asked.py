"""What slicers asked for is kept on the disk until the index has it."""

from dataclasses import replace
import logging
from pathlib import Path

import pytest

from custom_components.bambu_virtual_printer.engine.library.store.asked import (
    ASKED_FILE,
    Asked,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageError
from tests.support.print_requests import REQUEST


def test_what_is_kept_is_read_again_in_its_order(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    assert asked.read() == {}
    waiting = {"b": [REQUEST, replace(REQUEST, plate=None)], "a": [REQUEST]}
    asked.write(waiting)
    assert Asked(tmp_path).read() == waiting
    assert list(asked.read()) == ["b", "a"]
    asked.write({})
    assert list(tmp_path.iterdir()) == []
    asked.write({})
    assert asked.read() == {}


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b'{"a": 1}', b'{"a": [{"file": 1}]}', b"\xff"]
)
def test_a_damaged_file_keeps_nobody_from_opening_the_library(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ASKED_FILE).write_bytes(content)
    with caplog.at_level(logging.ERROR):
        assert Asked(tmp_path).read() == {}
    assert "is damaged" in caplog.text


def test_a_disk_that_does_not_let_it_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be kept"):
        Asked(tmp_path / "gone").write({"a": [REQUEST]})
