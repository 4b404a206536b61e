"""One file on its way into the storage: reserved, written, and then kept or removed without a trace.

The caller writes the bytes to `sink`. Once the sink has ended without an error the file is kept, and only then may the
client get its success reply.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
import logging
from pathlib import Path

from ..events import PrinterEvent, UploadFailed, UploadReceived, UploadStarted
from ..net.log_bounds import shown
from ..storage import Incoming, PrinterStorage, StorageError, StorageFullError
from ..values import UNNAMED, PrintRequest, ReceivedFile, Sender, Service
from .failures import NoRoomError, StorageFailedError, TransferError
from .sinks import FileSink
from .transfer_thread import TransferThread

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadProgress:
    """An upload under way."""

    id: str
    name: str
    peer: str
    received_bytes: int
    announced_bytes: int
    """The size that the client announced; 0 if it did not."""
    started_at: datetime
    person: str = ""
    """Who sends it, as in `Sender`."""


class Reception:
    """Receives one file. After `begin` either `keep` and `received` are called, or `fail`."""

    sink: FileSink

    def __init__(
        self,
        *,
        name: str,
        announced_bytes: int,
        peer: str,
        service: Service,
        storage: PrinterStorage,
        transfer_thread: TransferThread,
        emit: Callable[[PrinterEvent], None],
        sender: Sender = UNNAMED,
    ) -> None:
        """Receive a file called `name`; `emit` is called for its start and its end."""
        self.name = name
        self._announced_bytes = announced_bytes
        self._peer = peer
        self._service = service
        self._storage = storage
        self._transfer_thread = transfer_thread
        self._emit = emit
        self._sender = sender
        self._started_at = datetime.now(UTC)
        self._incoming: Incoming | None = None
        self._id: str | None = None
        self._file: ReceivedFile | None = None

    @property
    def progress(self) -> UploadProgress:
        """The progress; call it after `begin`."""
        assert self._id is not None
        return UploadProgress(
            id=self._id,
            name=self.name,
            peer=self._peer,
            received_bytes=self.sink.received_bytes,
            announced_bytes=self._announced_bytes,
            started_at=self._started_at,
            person=self._sender.person,
        )

    @property
    def path(self) -> Path:
        """Where the file is written, until it is kept."""
        assert self._incoming is not None
        return self._incoming.path

    async def begin(
        self, on_begun: Callable[[], None], *, with_md5: bool = False
    ) -> None:
        """Create the file, call `on_begun`, and emit the start. Raises TransferError; call `fail` after that too.

        It completes even if the caller is cancelled, so that `fail` knows what to remove.
        """
        task = asyncio.ensure_future(self._begin(on_begun, with_md5=with_md5))
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            if not task.cancelled():
                task.exception()
            raise

    async def _begin(self, on_begun: Callable[[], None], *, with_md5: bool) -> None:
        with storage_failures():
            self._incoming = incoming = await self._storage.begin(self.name)
        self.sink = await self._transfer_thread.open_sink(
            incoming.path,
            name=self.name,
            reserve_bytes=self._storage.reserve_bytes,
            announced_bytes=self._announced_bytes,
        )
        self._id = incoming.id
        if with_md5:
            self.sink.take_md5()
        on_begun()
        self._emit(
            UploadStarted(
                id=incoming.id,
                name=self.name,
                peer=self._peer,
                service=self._service,
                sender=self._sender,
            )
        )

    async def keep(self, *, encrypted: bool) -> ReceivedFile:
        """Keep what was written; call it once the sink has ended without an error. Raises TransferError if nothing was kept."""
        assert self._incoming is not None
        # A failed commit leaves nothing to abandon.
        incoming, self._incoming = self._incoming, None
        with storage_failures():
            self._file = await self._storage.commit(
                incoming,
                size_bytes=self.sink.received_bytes,
                sha256=self.sink.sha256,
                peer=self._peer,
                encrypted=encrypted,
                sender=self._sender,
            )
        return self._file

    def received(self, request: PrintRequest | None = None) -> None:
        """Emit that the file was received; call it where its client is told, once it is kept."""
        assert self._file is not None
        self._emit(
            UploadReceived(
                file=self._file,
                request=request,
                md5=self.sink.md5,
                plates=self.sink.plates,
                service=self._service,
            )
        )

    async def fail(self, error: TransferError) -> None:
        """Remove what was written, and emit the failure. Never raises."""
        received_bytes = 0
        if self._id is not None:
            received_bytes = self.sink.received_bytes
            self.sink.end(error)
        if self._incoming:
            await self._storage.abandon(self._incoming)
        _LOGGER.info(
            "Upload of %s from %s failed: %s", shown(self.name), self._peer, error
        )
        self._emit(
            UploadFailed(
                id=self._id,
                name=self.name,
                peer=self._peer,
                reason=error.explanation,
                received_bytes=received_bytes,
                service=self._service,
                sender=self._sender,
            )
        )


@contextmanager
def storage_failures() -> Iterator[None]:
    """Convert errors of the storage to TransferError."""
    try:
        yield
    except StorageFullError as err:
        raise NoRoomError(err.explanation) from err
    except StorageError as err:
        raise StorageFailedError(err.explanation) from err
