"""The files of jobs that are about to be claimed: what is not on this computer is fetched while the queue goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from ..storage import StorageError
from .ports import FileAwayError

HERE_WITHIN_S = 2.0
"""How long the queue stands still for a file that may be here."""
KEPT_FOR_S = 60.0
"""How long what was found is used; libraries keep it for longer."""
GONE_FOR_S = 5.0
"""How long it counts that a file was gone: its folder may have been away."""
FAILED_FOR_S = 20.0
"""How long no other fetch is begun after one that failed late, whichever jobs want the file."""
MAX_UNDER_WAY = 8


@dataclass(slots=True)
class _Search:
    task: asyncio.Task[Path | None]
    done_at: float | None = None

    def is_older(self, now: float) -> bool:
        """Return whether its result is not to be used any more."""
        if self.done_at is None:
            return False
        if self.task.cancelled() or self.task.exception() is not None:
            kept_s = FAILED_FOR_S
        else:
            kept_s = KEPT_FOR_S if self.task.result() else GONE_FOR_S
        return now - self.done_at >= kept_s


class FileFetches:
    """Finds the files of archives by `file_path`, which may take long; one search for each archive."""

    def __init__(self, file_path: Callable[[str], Awaitable[Path | None]]) -> None:
        """Begin with nothing. `file_path` returns None where the file is gone, and raises StorageError."""
        self._file_path = file_path
        self._searches: dict[str, _Search] = {}

    async def path(self, archive_id: str) -> Path | None:
        """Return where a file is, None where it is gone. Raises FileAwayError, also while it is being fetched."""
        loop = asyncio.get_running_loop()
        for id_, old in tuple(self._searches.items()):
            if old.is_older(loop.time()):
                del self._searches[id_]
        search = self._searches.get(archive_id)
        is_new = search is None
        if search is None:
            search = self._begin(archive_id)
            await asyncio.wait([search.task], timeout=HERE_WITHIN_S)
        if not search.task.done():
            raise FileAwayError(search.task)
        try:
            path = search.task.result()
        except StorageError as err:
            if is_new:
                self._searches.pop(archive_id, None)
            raise FileAwayError from err
        self._searches.pop(archive_id, None)
        return path

    def _begin(self, archive_id: str) -> _Search:
        loop = asyncio.get_running_loop()
        under_way = [one for one in self._searches.values() if not one.task.done()]
        if len(under_way) >= MAX_UNDER_WAY:
            raise FileAwayError(under_way[0].task)

        async def find() -> Path | None:
            return await self._file_path(archive_id)

        search = self._searches[archive_id] = _Search(
            loop.create_task(find(), name=f"file of {archive_id}")
        )

        def done(task: asyncio.Task[Path | None]) -> None:
            search.done_at = loop.time()
            if not task.cancelled():
                # Whoever wanted it may not ask any more.
                task.exception()

        search.task.add_done_callback(done)
        return search

    async def close(self) -> None:
        """Give up everything under way."""
        tasks = [one.task for one in self._searches.values()]
        self._searches.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
