"""Print requests of which only the checksum tells whether they are for a finished upload, or for one that is to come.

Slicers upload first and then publish, or the other way round (`correlation`). A request right after an upload of its name is
for that upload, or an older slicer is about to send the file once more, changed. The MD5 that requests name tells these apart, so that
of the upload is taken, once for each file.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
import logging

from ..net.log_bounds import shown
from ..reception.transfer_thread import TransferThread
from ..storage import PrinterStorage, StorageError
from ..values import PrintRequest
from .correlation import MAX_REMEMBERED, Correlator

# A disk that hangs: after that the name has to do.
LIMIT_S = 60.0
# A file is moved when it goes to the archive, and once more when a library that is shared takes it.
TRIES = 4

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    request: PrintRequest
    at: float


class Proofs:
    """Holds print requests back until the checksum is known that decides what they are for; those of one name stay in order.

    `decide` is called on the loop with each of them and when it came.
    """

    def __init__(
        self,
        correlator: Correlator,
        storage: PrinterStorage,
        transfer_thread: TransferThread,
        *,
        decide: Callable[[PrintRequest, float], object],
    ) -> None:
        """Hold nothing."""
        self._correlator = correlator
        self._storage = storage
        self._transfer_thread = transfer_thread
        self._decide = decide
        self._held: deque[_Held] = deque()
        self._task: asyncio.Task[None] | None = None

    def hold(self, request: PrintRequest, now: float) -> bool:
        """Return whether a request is held back, and `decide` will be called with it."""
        is_behind = any(held.request.file == request.file for held in self._held)
        if not is_behind and self._correlator.unproven(request, now) is None:
            return False
        if len(self._held) >= MAX_REMEMBERED:
            return False
        self._held.append(_Held(request=request, at=now))
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="print requests")
        return True

    def upload_of(self, request: PrintRequest) -> str | None:
        """Return the upload that a request is held back for."""
        for held in self._held:
            if held.request is request:
                return self._correlator.unproven(request, held.at)
        return None

    async def close(self) -> None:
        """Give up what is held back."""
        self._held.clear()
        if task := self._task:
            task.cancel()
            await asyncio.wait([task])

    async def _run(self) -> None:
        try:
            while self._held:
                await self._settle(self._held[0])
        finally:
            self._task = None

    async def _settle(self, held: _Held) -> None:
        """Decide about the first that is held back."""
        request = held.request
        while upload_id := self._correlator.unproven(request, held.at):
            md5 = await self._md5_of(upload_id)
            self._correlator.proven(upload_id, md5)
            if md5 and md5 != request.md5:
                _LOGGER.info(
                    "%s asked to print another %s than it has sent: the print waits for its file",
                    request.peer,
                    shown(request.file),
                )
        self._held.popleft()
        self._decide(request, held.at)

    async def _md5_of(self, upload_id: str) -> str:
        """Return the checksum of an upload, empty if it cannot be read."""
        try:
            async with asyncio.timeout(LIMIT_S):
                for _ in range(TRIES):
                    path = await self._storage.content(upload_id)
                    if path is None:
                        break
                    # Meanwhile it may have been filed.
                    with suppress(FileNotFoundError):
                        return await self._transfer_thread.md5_of(path)
                return ""
        except (StorageError, OSError) as err:
            # A time limit is an OSError too.
            _LOGGER.warning("The checksum of %s cannot be had: %s", upload_id, err)
            return ""
