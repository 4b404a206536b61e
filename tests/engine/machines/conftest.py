"""Simulated printers, and machines that speak with them."""

from pathlib import Path

import pytest

from tests.support.machine_stage import stage  # noqa: F401


@pytest.fixture
def plate(tmp_path: Path) -> Path:
    """A file to be printed."""
    path = tmp_path / "plate.gcode.3mf"
    path.write_bytes(bytes(range(256)) * 2000)
    return path
