"""Brings a file onto a printer's card, in threads of its own: bulk bytes never pass through the event loop.

At most one upload per printer at a time, and none begins before the thread of the one before has ended: two writers on one
file were seen (Bambuddy #2529). Three tries at most. Whether the printer has all of it is decided by the size that it reports.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from ..pki.printer_identity import PrinterTrust
from .errors import UploadError
from .families import DataProtection, Traits
from .pace import Pace
from .settings import MachineSettings
from .transfer import OnProgress, Transfer, Uploaded, UploadTimes

MAX_TRIES = 3


class Uploader:
    """The uploads to one printer."""

    def __init__(
        self,
        settings: MachineSettings,
        traits: Traits,
        trust: PrinterTrust,
        executor: Executor,
        pace: Pace,
        times: UploadTimes,
    ) -> None:
        """Work in the threads of `executor`, at most at `pace`."""
        self._settings = settings
        self._traits = traits
        self._trust = trust
        self._executor = executor
        self._pace = pace
        self._times = times
        self._lock = asyncio.Lock()
        self._running: asyncio.Future[Uploaded | bool] | None = None
        self.protection: DataProtection | None = None
        """The protection level that this printer took data at."""

    async def store(
        self,
        address: str,
        path: Path,
        name: str,
        on_progress: OnProgress | None,
        *,
        by: type[Transfer],
        md5: str = "",
    ) -> Uploaded:
        """Upload a file; `on_progress` is called on the loop, `by` is how it is sent. Without its MD5 that is taken.

        Raises UploadError.

        When cancelled, it ends only after the thread has.
        """
        async with self._lock:
            for pause_s in (*self._times.pauses_s[: MAX_TRIES - 1], None):
                transfer = self._transfer(address, by)
                try:
                    result = await self._in_thread(
                        transfer, partial(transfer.store, path, name, on_progress, md5)
                    )
                except UploadError as err:
                    if pause_s is None or not err.cause.may_pass:
                        raise
                else:
                    assert isinstance(result, Uploaded)
                    self.protection = transfer.protection
                    return result
                await asyncio.sleep(pause_s)
        raise AssertionError

    async def delete(self, address: str, name: str, by: type[Transfer]) -> bool:
        """Delete a file; False where it was not there. Raises UploadError."""
        async with self._lock:
            transfer = self._transfer(address, by)
            result = await self._in_thread(transfer, partial(transfer.delete, name))
            return bool(result)

    def _transfer(self, address: str, by: type[Transfer]) -> Transfer:
        protections = self._traits.data_protections
        if self.protection is not None:
            protections = (self.protection,)
        return by(
            address=address,
            settings=self._settings,
            traits=self._traits,
            trust=self._trust,
            pace=self._pace,
            times=self._times,
            protections=protections,
        )

    async def _in_thread(
        self, transfer: Transfer, work: Callable[[], Uploaded | bool]
    ) -> Uploaded | bool:
        """Run blocking work, and leave only when its thread has left it. Raises UploadError."""
        if self._running:
            # Of a caller that was cancelled twice.
            await asyncio.wait([self._running])
        loop = asyncio.get_running_loop()
        self._running = future = loop.run_in_executor(self._executor, work)
        # The result of one that is given up is read nowhere else.
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            # Unlike awaiting it, this leaves the thread's future alone when it is cancelled.
            await asyncio.wait([future])
        except asyncio.CancelledError:
            transfer.cancel()
            await asyncio.wait([future])
            raise
        return future.result()
