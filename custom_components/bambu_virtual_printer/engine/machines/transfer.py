"""What a thread does that brings a file onto a printer, whatever the way: what is sent, by when, and how it ends."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import hashlib
from pathlib import Path
import threading
import time
from typing import Protocol

from ..pki.printer_identity import PrinterTrust
from .errors import UploadCause, UploadError
from .families import DataProtection, Traits
from .ftps import CancelledTransferError
from .pace import Pace
from .settings import MachineSettings
from .tls import PrinterTls

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


async def ended(upload: asyncio.Task[Uploaded]) -> bool:
    """Wait until an upload has ended; it is given up with its caller. Returns False if somebody else gave it up."""
    try:
        await asyncio.wait([upload])
    except asyncio.CancelledError:
        upload.cancel()
        await asyncio.wait([upload])
        raise
    return not upload.cancelled()


class Connection(Protocol):
    """A connection to the printer, which another thread can break off."""

    def open(self, address: str, access_code: str) -> None:
        """Connect, make sure that it is the printer, and log in. Raises UploadError."""

    def close(self) -> None:
        """Close it."""

    def give_up(self) -> None:
        """Break off whatever is under way."""


class Transfer(ABC):
    """What happens in a thread. `cancel` may be called by another one."""

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
        self.traits = traits
        self.pace = pace
        self.times = times
        self.protections = protections
        self.protection = protections[0]
        self._address = address
        self._settings = settings
        self._trust = trust
        self._loop = asyncio.get_running_loop()
        self._cancelled = threading.Event()
        # What the thread waits for, so that it can be given up.
        self._connection: Connection | None = None

    @abstractmethod
    def store(
        self, path: Path, name: str, on_progress: OnProgress | None, md5: str
    ) -> Uploaded:
        """Upload a file. Raises UploadError."""

    @abstractmethod
    def delete(self, name: str) -> bool:
        """Delete a file; False where it was not there. Raises UploadError."""

    def cancel(self) -> None:
        """Give up; the thread ends soon."""
        self._cancelled.set()
        if connection := self._connection:
            connection.give_up()

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

    # --- for those that say how ---

    def connected[Kind: Connection](self, make: Callable[[PrinterTls], Kind]) -> Kind:
        """Make a connection, and log in. Raises UploadError, CancelledTransferError."""
        tls = PrinterTls(
            self._trust,
            self._settings.identity,
            newest=self.traits.ftps_newest_tls,
            handshake_timeout_s=self.times.handshake_s,
        )
        connection = make(tls)
        self._connection = connection
        self.check()
        try:
            connection.open(self._address, self._settings.access_code)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def reading_a_file(self) -> Iterator[None]:
        """Say as UploadError that the transfer was given up, or that the file cannot be read."""
        try:
            yield
        except CancelledTransferError:
            raise given_up() from None
        except OSError as err:
            raise UploadError(
                UploadCause.FILE_UNREADABLE, err.strerror or type(err).__name__
            ) from err


def given_up() -> UploadError:
    """Return the error of a transfer that was cancelled."""
    return UploadError(UploadCause.BROKEN_OFF, "given up")


def changed_meanwhile() -> UploadError:
    """Return the error of a file that had another size when it was sent."""
    return UploadError(UploadCause.FILE_UNREADABLE, "it has changed")


def incomplete(there: int | None, size_bytes: int) -> UploadError:
    """Return the error of a file of which the printer has so much, or nothing."""
    return UploadError(
        UploadCause.BROKEN_OFF,
        f"the printer has {'nothing' if there is None else there} of {size_bytes} bytes",
    )


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
