"""How far a move of the library is, in a file that survives whatever happens: what is in it is so before anything follows of it.

Everything here blocks and raises OSError.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
import json
from pathlib import Path
from typing import Any, Self

from ..config.shared_library import SharedLibrarySettings
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
    """The new one, whatever the entry says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveState:
    """A move under way. `settings` are those of the shared library, which it goes to or comes from."""

    direction: Direction
    phase: Phase
    settings: Mapping[str, Any]
    is_new: bool = False
    """Whether the shared library was made for this move."""
    only_own: bool = False
    """Whether only what came in here is taken along from the shared library."""

    @property
    def shared(self) -> SharedLibrarySettings:
        """The shared library."""
        return SharedLibrarySettings.from_stored(self.settings)

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
            }
        )


def forget(path: Path) -> None:
    """Note that there is no move any more."""
    if path.exists():
        path.unlink()
        sync_folder(path.parent)
