"""Brings a file onto a printer's card, in threads of its own: bulk bytes never pass through the event loop.

At most one upload per printer at a time, and none begins before the thread of the one before has ended: two writers on one
file were seen (Bambuddy #2529). Three tries at most. Whether the printer has all of it is decided by the size that it reports.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
import hashlib
import os
from pathlib import Path
import threading
import time
from typing import Protocol

from ..pki.printer_identity import PrinterTrust
from .errors import UploadCause, UploadError
from .families import DataProtection, Traits
from .ftps import CancelledTransferError, PrinterFtps, ProtectionRefusedError
from .pace import Pace
from .settings import MachineSettings
from .tls import PrinterTls

MAX_TRIES = 3

type OnProgress = Callable[["Progress"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an upload is."""

    sent_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """A file on the card; `md5` in upper-case hexadecimal as `project_file` has it."""

    name: str
    size_bytes: int
    md5: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadTimes:
    """How long an upload may take, in seconds. Wi-Fi of a P1S was seen at 70 KB/s, 96 MB in 513 s."""

    least_s: float = 600.0
    slowest_bytes_per_s: float = 25.0 * 1024
    socket_s: float = 30.0
    final_reply_s: float = 60.0
    tunnel_reply_s: float = 120.0
    handshake_s: float = 10.0
    pauses_s: tuple[float, ...] = (2.0, 10.0)
    progress_every_s: float = 0.25

    def deadline_s(self, size_bytes: int) -> float:
        """How long a file of this size may take."""
        return max(self.least_s, size_bytes / self.slowest_bytes_per_s)


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


class Abandonable(Protocol):
    """A connection that another thread can break off."""

    def give_up(self) -> None:
        """Break off whatever is under way."""


class Transfer:
    """What happens in a thread, over FTPS. `cancel` may be called by another one."""

    def __init__(
        self,
        *,
        address: str,
        settings: MachineSettings,
        traits: Traits,
        trust: PrinterTrust,
        pace: Pace,
        times: UploadTimes,
        protections: tuple[DataProtection, ...],
    ) -> None:
        """Prepare; nothing is connected yet. Made on the loop that gets the progress."""
        self.address = address
        self.settings = settings
        self.traits = traits
        self.trust = trust
        self.pace = pace
        self.times = times
        self._protections = protections
        self._loop = asyncio.get_running_loop()
        self._cancelled = threading.Event()
        self.client: Abandonable | None = None
        """What the thread waits for, so that it can be given up."""
        self.protection = protections[0]

    def cancel(self) -> None:
        """Give up; the thread ends soon."""
        self._cancelled.set()
        if client := self.client:
            client.give_up()

    def store(
        self, path: Path, name: str, on_progress: OnProgress | None, md5: str
    ) -> Uploaded:
        """Upload a file. Raises UploadError."""
        for protection in self._protections:
            self.protection = protection
            try:
                return self._store(path, name, on_progress, md5)
            except ProtectionRefusedError as err:
                refused = err
        raise UploadError(UploadCause.BROKEN_OFF, f"no data connection: {refused}")

    def delete(self, name: str) -> bool:
        """Delete a file. Raises UploadError."""
        try:
            with closing(self._connect()) as client:
                return client.remove(name)
        except CancelledTransferError, ProtectionRefusedError:
            raise UploadError(UploadCause.BROKEN_OFF, "given up") from None

    def _store(
        self, path: Path, name: str, on_progress: OnProgress | None, md5: str
    ) -> Uploaded:
        """Upload at the chosen protection level. Raises UploadError, ProtectionRefusedError."""
        try:
            with path.open("rb") as file, closing(self._connect()) as client:
                size_bytes = os.fstat(file.fileno()).st_size
                free = client.free_bytes()
                if free is not None and free < size_bytes:
                    raise UploadError(
                        UploadCause.STORAGE_FULL, f"{free} bytes are free"
                    )
                # Overwriting is refused by some (553).
                client.remove(name)
                watch = Watch(self, size_bytes, on_progress, md5)
                with self.pace.sending():
                    confirmed = client.store(name, file, watch.see)
                if confirmed and watch.seen_bytes != size_bytes:
                    raise UploadError(UploadCause.FILE_UNREADABLE, "it has changed")
                self._judge(client, name, size_bytes, confirmed=confirmed)
                watch.report()
                return Uploaded(name=name, size_bytes=size_bytes, md5=watch.md5)
        except CancelledTransferError:
            raise UploadError(UploadCause.BROKEN_OFF, "given up") from None
        except OSError as err:
            raise UploadError(
                UploadCause.FILE_UNREADABLE, err.strerror or type(err).__name__
            ) from err

    def _judge(
        self, client: PrinterFtps, name: str, size_bytes: int, *, confirmed: bool
    ) -> None:
        """Make sure that the printer has all of it. Raises UploadError."""
        if confirmed:
            there = client.size_of(name)
            if there is None or there == size_bytes:
                return
        else:
            # The control connection may be gone, or out of step.
            with closing(self._connect()) as another:
                there = another.size_of(name)
                if there == size_bytes:
                    return
                another.remove(name)
        raise UploadError(
            UploadCause.BROKEN_OFF,
            f"the printer has {'nothing' if there is None else there} of {size_bytes} bytes",
        )

    def _connect(self) -> PrinterFtps:
        """Log in. Raises UploadError, CancelledTransferError, ProtectionRefusedError."""
        tls = PrinterTls(
            self.trust,
            self.settings.identity,
            newest=self.traits.ftps_newest_tls,
            handshake_timeout_s=self.times.handshake_s,
        )
        self.client = client = PrinterFtps(
            tls,
            self.protection,
            timeout_s=self.times.socket_s,
            final_reply_timeout_s=self.times.final_reply_s,
        )
        self.check()
        try:
            client.open(self.address, self.settings.access_code)
        except BaseException:
            client.close()
            raise
        return client

    def check(self) -> None:
        """Stop if the transfer is cancelled. Raises CancelledTransferError."""
        if self._cancelled.is_set():
            raise CancelledTransferError

    def take_turn(self, size_bytes: int) -> None:
        """Wait until so many bytes may be sent. Raises CancelledTransferError."""
        self.pace.wait(size_bytes)
        self.check()

    def report(self, on_progress: OnProgress, progress: Progress) -> None:
        """Call `on_progress` on the loop."""
        try:
            self._loop.call_soon_threadsafe(on_progress, progress)
        except RuntimeError:
            # The loop is closed; the upload is about to be given up.
            return


class Watch:
    """Looks at every block: counts it, hashes it where the MD5 is not known, and sees to the deadline."""

    def __init__(
        self,
        transfer: Transfer,
        size_bytes: int,
        on_progress: OnProgress | None,
        md5: str,
    ) -> None:
        """Look at the blocks of a file of this size."""
        self._transfer = transfer
        self._size_bytes = size_bytes
        self._on_progress = on_progress
        times = transfer.times
        self._every_s = times.progress_every_s
        self._deadline = time.monotonic() + times.deadline_s(size_bytes)
        self._next_report = 0.0
        self._known_md5 = md5
        self._md5 = None if md5 else hashlib.md5(usedforsecurity=False)
        self.seen_bytes = 0
        """How much was seen."""

    @property
    def md5(self) -> str:
        """The MD5 of what was seen, in upper-case hexadecimal."""
        return self._md5.hexdigest().upper() if self._md5 else self._known_md5

    def see(self, block: bytes) -> None:
        """Count a block that is about to be sent. Raises UploadError, CancelledTransferError."""
        self._transfer.take_turn(len(block))
        now = time.monotonic()
        if now > self._deadline:
            raise UploadError(UploadCause.TOO_SLOW, f"{self.seen_bytes} bytes in time")
        if self._md5:
            self._md5.update(block)
        self.seen_bytes += len(block)
        if now >= self._next_report:
            self._next_report = now + self._every_s
            self.report()

    def skip(self, block: bytes) -> None:
        """Count a block that the printer has already."""
        if self._md5:
            self._md5.update(block)
        self.seen_bytes += len(block)

    def report(self) -> None:
        """Report the progress."""
        if self._on_progress:
            self._transfer.report(
                self._on_progress,
                Progress(sent_bytes=self.seen_bytes, total_bytes=self._size_bytes),
            )
