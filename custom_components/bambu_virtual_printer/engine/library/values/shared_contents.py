"""What is in a library that several share, as it is shown before one joins it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownInstance:
    """A Home Assistant that shares the library."""

    id: str
    name: str
    version: str
    """That of this software there."""
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedContents:
    """What is in a shared library; of one that an older version has made, only that it is there."""

    library_id: str = ""
    """Which library it is, empty for none."""
    is_old: bool = False
    """Whether it is brought up to date when it is joined, and other instances have to be updated then."""
    archives: int = 0
    pending: int = 0
    jobs: int = 0
    """Unfinished ones."""
    instances: Sequence[KnownInstance] = ()


NOTHING = SharedContents()
