"""What the databases that the index may be in have in common."""

from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from ...explanations import Explanation, Value, explain


class Access(Enum):
    """What a transaction does, and beside which others."""

    READ = auto()
    WRITE = auto()
    """It is the only one that writes, so nothing that it has read changes until it ends."""
    WRITE_BESIDE = auto()
    """It writes beside others, and locks the rows that it relies on."""


class Database(Protocol):
    """A database that can be the index. Everything raises IndexUnavailableError, and LibraryError after `close`."""

    async def open(self) -> Path | None:
        """Open it and bring it up to date. Returns where a damaged one was put. Raises IndexTooNewError."""

    async def close(self) -> None:
        """Finish what is under way and close."""

    async def transact[Result](
        self, access: Access, work: Callable[[Connection], Result]
    ) -> Result:
        """Do `work` in a transaction. Raises what `work` raises as well; then nothing is changed."""

    async def prepare_backup(self) -> None:
        """Make its files safe to copy one after the other, until `finish_backup`."""

    async def finish_backup(self) -> None:
        """Go back to normal."""


def silent(reason: Value) -> Explanation:
    """Say that the database does not answer."""
    return explain("index_silent", "The index does not answer: {error}.", error=reason)
