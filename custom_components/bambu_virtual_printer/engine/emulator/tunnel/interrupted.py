"""Uploads whose connection was lost: kept open for a while, so that the client can go on where it was cut.

What has arrived stays in the reception's file and its checksums in memory; it is no upload yet, and nobody sees it. After
RESUME_LIMIT_S, or when there are too many, it fails as one over FTPS does at once.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from .values import Upload

RESUME_LIMIT_S = 120.0
MAX_INTERRUPTED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What an upload and its continuation have in common."""

    peer: str
    person: str
    name: str
    total_bytes: int


class Interrupted:
    """The interrupted uploads of one printer."""

    def __init__(self, give_up: Callable[[Upload], None]) -> None:
        """Start empty; `give_up` is called with an upload that nobody continued."""
        self._give_up = give_up
        self._uploads: dict[Key, tuple[Upload, asyncio.TimerHandle]] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._uploads)

    def keep(self, key: Key, upload: Upload) -> None:
        """Keep an upload for a while, in place of an older one of the same name, or of the oldest if there are too many."""
        self._drop(key)
        if len(self._uploads) >= MAX_INTERRUPTED:
            self._drop(next(iter(self._uploads)))
        timer = asyncio.get_running_loop().call_later(RESUME_LIMIT_S, self._drop, key)
        self._uploads[key] = upload, timer

    def take(self, key: Key) -> Upload | None:
        """Return the upload that a client continues."""
        if key not in self._uploads:
            return None
        upload, timer = self._uploads.pop(key)
        timer.cancel()
        return upload

    def drop(self, person: str | None = None) -> None:
        """Give up all, or those of a person."""
        for key in tuple(self._uploads):
            if person is None or key.person == person:
                self._drop(key)

    def _drop(self, key: Key) -> None:
        if upload := self.take(key):
            self._give_up(upload)
