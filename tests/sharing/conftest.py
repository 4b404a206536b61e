"""A shared library that nobody uses yet, and the move into it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from sqlalchemy import make_url

from custom_components.bambu_virtual_printer.config.shared_library import (
    DatabaseSettings,
    FolderSettings,
    SharedLibrarySettings,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.sharing.move_state import (
    Direction,
    MoveState,
    Phase,
)
from custom_components.bambu_virtual_printer.sharing.moves import (
    LibraryMoves,
    library_moves,
)
from homeassistant.core import HomeAssistant

LIBRARY_ID = "01KB1000000000000000000000"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """The folder that all reach."""
    folder = tmp_path / "media" / "nas"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def settings(
    postgresql: Callable[[], str], entry: MockConfigEntry, store: Path
) -> SharedLibrarySettings:
    """A shared library that nobody uses yet."""
    return settings_of(postgresql(), store)


def settings_of(database_url: str, store: Path) -> SharedLibrarySettings:
    """The settings of a library in a database and a folder."""
    url = make_url(database_url)
    return SharedLibrarySettings(
        library_id=LIBRARY_ID,
        database=DatabaseSettings(
            host=str(url.query["host"]), name=str(url.database), user="library"
        ),
        files=FolderSettings(path=store),
    )


@pytest.fixture
def move(settings: SharedLibrarySettings) -> MoveState:
    """A move into it."""
    return MoveState(
        direction=Direction.TO_SHARED,
        phase=Phase.COPYING,
        settings=settings.as_stored(),
        is_new=True,
    )


@pytest.fixture
def moves(hass: HomeAssistant, hub: Hub, entry: MockConfigEntry) -> LibraryMoves:
    """The moves of a hub that has a library of its own."""
    return library_moves(hass, entry)
