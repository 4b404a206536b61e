"""Receives files over HTTP like the FTPS server does: streamed, hashed, checked, and durable before the reply.

Web servers hand over the body as it comes; nothing of it is kept in memory or in a file of their own. One object
serves all virtual printers of a process, and bounds what they take in at once.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
import logging
from pathlib import Path
import re
import zipfile

from .. import storage
from ..events import PrinterEvent
from ..explanations import Explanation, explain
from ..library import sliced
from ..library.values.errors import SlicedFileError
from ..library.values.sliced_file import SlicedFile
from ..reception.failures import (
    IDLE,
    INTERNAL,
    LOST,
    STOPPED,
    TOO_LARGE,
    AbortedError,
    CrashedError,
    CutError,
    TimedOutError,
    TooLargeError,
    TransferError,
    no_plate,
)
from ..reception.names import is_plain_gcode
from ..reception.reception import Reception, UploadProgress
from ..reception.transfer_thread import TransferThread
from ..storage import PrinterStorage
from ..values import UNNAMED, PrintRequest, ReceivedFile, Sender, Service
from .failures import BusyError, RefusedError
from .forms import FileBegun, UploadForm, checked_name
from .multipart import PartData
from .streamed import StreamedFile

_LOGGER = logging.getLogger(__name__)

MAX_AT_ONCE = 16
MAX_WAITING = 512
WAIT_LIMIT_S = 600.0
IDLE_LIMIT_S = 60.0
STOP_LIMIT_S = 10.0
# The size of a form besides its file.
MAX_FORM_BYTES = 64 * 1024

_PLATE_NAME = re.compile(r"Metadata/plate_0*([1-9][0-9]{0,3})\.gcode", re.IGNORECASE)
_STEM = re.compile(r"(?:\.gcode)?\.3mf$|\.gcode$", re.IGNORECASE)


type QueueObstacle = Callable[[SlicedFile], Explanation | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where an upload goes, and its sender. `encrypted` is whether its connection is."""

    storage: PrinterStorage
    emit: Callable[[PrinterEvent], None]
    under_way: set[Reception]
    """The printer's uploads under way; the upload is in it meanwhile."""
    peer: str
    encrypted: bool
    sender: Sender = UNNAMED
    queue_obstacle: QueueObstacle | None = None
    """Returns why a file cannot be queued; None where what a client wants printed does not go to the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file that was kept, and its print request; None if it was only sent.

    `obstacle` is why it is not queued although it was to be printed.
    """

    file: ReceivedFile
    request: PrintRequest | None = None
    obstacle: Explanation | None = None


class HttpUploads:
    """Receives forms and files, a bounded number at a time; others wait for their turn without being read."""

    def __init__(self, transfer_thread: TransferThread) -> None:
        """Write with the threads of `transfer_thread`."""
        self._transfer_thread = transfer_thread
        self._turns = asyncio.Semaphore(MAX_AT_ONCE)
        self._waiting = 0
        self._scopes: set[asyncio.Timeout] = set()
        self._closing = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def close(self) -> None:
        """End all uploads under way, and wait for that; later ones are refused."""
        self._closing = True
        now = asyncio.get_running_loop().time()
        for scope in self._scopes:
            # One that has written everything cannot be stopped any more, and ends by itself; so does one whose time is up.
            if scope.when() is not None and not scope.expired():
                scope.reschedule(now)
        try:
            async with asyncio.timeout(STOP_LIMIT_S):
                await self._idle.wait()
        except TimeoutError:
            _LOGGER.warning("Uploads could not be ended in time; the disk hangs")

    async def receive_form(
        self,
        chunks: AsyncIterator[bytes],
        destination: Destination,
        *,
        content_type: str,
        announced_bytes: int = 0,
    ) -> Stored:
        """Receive the file of a form. On return it is durable. Raises TransferError; nothing of it is kept then.

        `announced_bytes` is the length of the body, 0 where the client does not say. `chunks` raises TransferError when
        the connection is lost.
        """
        form = UploadForm(content_type)
        async with self._turn(announced_bytes) as scope:
            incoming: _Incoming | None = None
            try:
                async with aclosing(form.read(self._watched(chunks, scope))) as events:
                    async for event in events:
                        match event:
                            case FileBegun(name=name):
                                incoming = self._incoming(
                                    name, announced_bytes, destination
                                )
                                await incoming.begin()
                            case PartData(data=data) if incoming is not None:
                                await incoming.write(data)
                assert incoming is not None
                return await incoming.keep(scope, plate=form.plate, prints=form.prints)
            except BaseException as err:
                if incoming is not None:
                    await incoming.fail(scope, self._cause(err, scope))
                raise

    async def receive_file(
        self,
        chunks: AsyncIterator[bytes],
        destination: Destination,
        *,
        name: str,
        announced_bytes: int = 0,
    ) -> Stored:
        """Receive a file that is the whole body; otherwise like `receive_form`."""
        name = checked_name(name)
        async with self._turn(announced_bytes) as scope:
            incoming = self._incoming(name, announced_bytes, destination)
            try:
                await incoming.begin()
                async with aclosing(self._watched(chunks, scope)) as pieces:
                    async for chunk in pieces:
                        await incoming.write(memoryview(chunk))
                return await incoming.keep(scope, plate=None, prints=False)
            except BaseException as err:
                await incoming.fail(scope, self._cause(err, scope))
                raise

    def _incoming(
        self, name: str, announced_bytes: int, destination: Destination
    ) -> _Incoming:
        return _Incoming(
            self._transfer_thread,
            name,
            min(announced_bytes, storage.MAX_UPLOAD_BYTES),
            destination,
        )

    @asynccontextmanager
    async def _turn(self, announced_bytes: int) -> AsyncIterator[asyncio.Timeout]:
        """Wait for a turn. Yields what ends the upload when nothing moves for too long, or everything is stopped.

        Raises TransferError.
        """
        if announced_bytes > storage.MAX_UPLOAD_BYTES + MAX_FORM_BYTES:
            raise TooLargeError(TOO_LARGE)
        if self._closing:
            raise AbortedError(STOPPED)
        if self._waiting >= MAX_WAITING:
            raise BusyError
        has_turn = False
        self._waiting += 1
        self._idle.clear()
        try:
            async with asyncio.timeout(WAIT_LIMIT_S) as scope:
                self._scopes.add(scope)
                await self._turns.acquire()
                has_turn = True
                yield scope
        except TimeoutError as err:
            raise self._cause(err, scope) from err
        finally:
            self._scopes.discard(scope)
            self._waiting -= 1
            if has_turn:
                self._turns.release()
            if not self._waiting:
                self._idle.set()

    async def _watched(
        self, chunks: AsyncIterator[bytes], scope: asyncio.Timeout
    ) -> AsyncGenerator[bytes]:
        """Pass on each piece, and restart the time limit for the next, which has no time once `close` was called."""
        loop = asyncio.get_running_loop()

        def give_time() -> None:
            scope.reschedule(loop.time() + (0 if self._closing else IDLE_LIMIT_S))

        give_time()
        async for chunk in chunks:
            yield chunk
            give_time()

    def _cause(self, err: BaseException, scope: asyncio.Timeout) -> TransferError:
        """Return why an upload ended, for the log and for events."""
        match err:
            case TransferError():
                return err
            case TimeoutError() | asyncio.CancelledError() if self._closing:
                return AbortedError(STOPPED)
            case TimeoutError():
                return TimedOutError(IDLE)
            case asyncio.CancelledError():
                # Web servers cancel a request whose client is gone.
                return TimedOutError(IDLE) if scope.expired() else CutError(LOST)
            case _:
                return CrashedError(INTERNAL)


class _Incoming:
    """The file of one request."""

    def __init__(
        self,
        transfer_thread: TransferThread,
        name: str,
        announced_bytes: int,
        destination: Destination,
    ) -> None:
        self._destination = destination
        self._transfer_thread = transfer_thread
        self._reception = Reception(
            name=name,
            announced_bytes=announced_bytes,
            peer=destination.peer,
            service=Service.HTTP,
            storage=destination.storage,
            transfer_thread=transfer_thread,
            emit=destination.emit,
            sender=destination.sender,
        )
        self._file: StreamedFile

    async def begin(self) -> None:
        reception = self._reception
        await reception.begin(lambda: self._destination.under_way.add(reception))
        self._file = StreamedFile(reception)

    async def write(self, data: memoryview) -> None:
        await self._file.write(data)

    async def keep(
        self, scope: asyncio.Timeout, *, plate: int | None, prints: bool
    ) -> Stored:
        """Keep the file; call it once all of it was received. Raises TransferError."""
        reception, destination = self._reception, self._destination
        # The idle limit does not apply to the disk: the client has sent everything.
        scope.reschedule(None)
        await self._file.end()
        if plate is not None:
            await self._transfer_thread.run(
                lambda: _check_plate(reception.path, reception.name, plate)
            )
        obstacle = None
        find = destination.queue_obstacle
        if prints and find is not None and is_plain_gcode(reception.name):
            obstacle = await self._transfer_thread.run(
                lambda: _obstacle(reception.path, reception.name, find)
            )
        file = await reception.keep(encrypted=destination.encrypted)
        destination.under_way.discard(reception)
        request = None
        if prints:
            request = PrintRequest(
                file=file.name,
                subtask_name=_STEM.sub("", file.name),
                plate=plate,
                peer=destination.peer,
                received_at=datetime.now(UTC),
                person=destination.sender.person,
            )
        reception.received(request)
        return Stored(file=file, request=request, obstacle=obstacle)

    async def fail(self, scope: asyncio.Timeout, error: TransferError) -> None:
        # Nothing may interrupt the removal, however long the disk takes.
        if not scope.expired():
            scope.reschedule(None)
        self._destination.under_way.discard(self._reception)
        await self._reception.fail(error)


def progress_of(under_way: set[Reception]) -> tuple[UploadProgress, ...]:
    """Return the progress of uploads."""
    return tuple(reception.progress for reception in under_way)


def _obstacle(path: Path, name: str, find: QueueObstacle) -> Explanation | None:
    """Return why a file cannot be queued. Blocks."""
    try:
        return find(sliced.read(path, name))
    except SlicedFileError as err:
        return err.explanation


def _check_plate(path: Path, name: str, plate: int) -> None:
    """Make sure that a file has G-code for a plate. Blocks. Raises RefusedError."""
    numbers = {1}
    if not is_plain_gcode(name):
        try:
            with zipfile.ZipFile(path) as package:
                names = map(_PLATE_NAME.fullmatch, package.namelist())
                numbers = {int(match[1]) for match in names if match}
        except (OSError, zipfile.BadZipFile) as err:
            raise RefusedError(
                explain("upload_damaged", "The file is not a complete 3MF archive")
            ) from err
    if plate not in numbers:
        raise RefusedError(no_plate(plate))
