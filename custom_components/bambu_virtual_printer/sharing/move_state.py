"""How far a move of the library is, in a file that survives whatever happens: what is in it is so before anything follows of it.

Everything here blocks and raises OSError.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
import json
from pathlib import Path
from typing import Any, Self

from ..config.shared_library import CONF_SHARED_LIBRARY, SharedLibrarySettings
from ..engine.durable import make_folders, replace_file, sync_folder


class Direction(StrEnum):
    """Where a library is moved."""

    TO_SHARED = "to_shared"
    TO_LOCAL = "to_local"


class Phase(StrEnum):
    """What is in force."""

    COPYING = "copying"
    """The old library; nothing happens to it."""
    COMMITTING = "committing"
    """The old one, unless the shared one has it by now: it has to be asked."""
    SWITCHED = "switched"
    """The new one, whatever the entry says; the old one has still to be left."""
    DONE = "done"
    """The new one. The entry says so too, but Home Assistant may not have written it down yet."""


class Take(StrEnum):
    """What is taken along from a shared library."""

    ALL = "all"
    OWN = "own"
    """What came in here."""
    NOTHING = "nothing"
    WAITING = "waiting"
    """What is only here, from a library whose database is lost: it is not asked and not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveState:
    """A move under way. `settings` are those of the shared library, which it goes to or comes from."""

    direction: Direction
    phase: Phase
    settings: Mapping[str, Any]
    is_new: bool = False
    """Whether the shared library was made for this move."""
    take: Take = Take.ALL

    @property
    def shared(self) -> SharedLibrarySettings:
        """The shared library."""
        return SharedLibrarySettings.from_stored(self.settings)

    @property
    def is_open(self) -> bool:
        """Whether the move has not ended."""
        return self.phase in {Phase.COPYING, Phase.COMMITTING}

    @property
    def in_force(self) -> Mapping[str, Any] | None:
        """The settings of the shared library that is in force, None where it is this Home Assistant's own."""
        is_shared = (self.direction is Direction.TO_SHARED) is not self.is_open
        return self.settings if is_shared else None

    def given_up(self) -> Self:
        """Return the move back to where the library still is, which is done."""
        is_to_local = self.direction is Direction.TO_LOCAL
        direction = Direction.TO_SHARED if is_to_local else Direction.TO_LOCAL
        return replace(self, direction=direction, phase=Phase.DONE)

    def write(self, path: Path) -> None:
        """Keep it."""
        make_folders(path.parent)
        replace_file(
            path,
            json.dumps(asdict(self)).encode(),
            temporary=path.with_name(f"{path.name}.part"),
            # It has passwords.
            mode=0o600,
        )

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Read what was kept; None for nothing."""
        try:
            stored = json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        return cls(
            **stored
            | {
                "direction": Direction(stored["direction"]),
                "phase": Phase(stored["phase"]),
                "take": Take(stored["take"]),
            }
        )


def forget(path: Path) -> None:
    """Note that there is no move any more."""
    if path.exists():
        path.unlink()
        sync_folder(path.parent)


def is_written(
    entries: Path, entry_id: str, settings: Mapping[str, Any] | None
) -> bool:
    """Return whether Home Assistant has written these settings of the shared library, or none, in an entry."""
    try:
        stored = json.loads(entries.read_bytes())["data"]["entries"]
        written = {one["entry_id"]: one["data"] for one in stored}
    except OSError, ValueError, LookupError, TypeError:
        return False
    return entry_id in written and (
        written[entry_id].get(CONF_SHARED_LIBRARY) == settings
    )
