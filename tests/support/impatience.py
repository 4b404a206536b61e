"""Short pauses, for tests of what a shared library does again and again."""

import pytest

from custom_components.bambu_virtual_printer.engine.library import (
    rebuilding,
    stored_files,
    storing,
    upkeep,
)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a shared library look for what is to be done all the time."""
    for module, name, seconds in (
        (storing, "LOOK_EVERY_S", 0.5),
        (storing, "TRY_AGAIN_AFTER_S", 0.1),
        (storing, "MAX_TRY_AGAIN_AFTER_S", 0.5),
        (rebuilding, "LOOK_EVERY_S", 0.2),
        (rebuilding, "TRY_AGAIN_AFTER_S", 0.1),
        (rebuilding, "MAX_TRY_AGAIN_AFTER_S", 0.2),
        (stored_files, "IN_USE_FOR_S", 0.0),
        (upkeep, "LOOK_AT_INDEX_EVERY_S", 0.5),
        (upkeep, "TRY_INDEX_EVERY_S", 0.1),
    ):
        monkeypatch.setattr(module, name, seconds)
