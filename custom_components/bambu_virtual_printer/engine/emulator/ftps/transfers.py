"""What data connections are opened for: keeping or dropping an upload, sending a file or a list.

An errand is prepared before the client is told to go on, performed over the connection, and then either done, once the
client has been told so, or failed.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
import logging
from typing import override

from ...events import PrinterEvent, UploadFailed, UploadReceived, UploadStarted
from ...net.log_bounds import shown
from ...storage import (
    Incoming,
    PrinterStorage,
    StorageError,
    StorageFullError,
    StoredFile,
)
from ...values import ReceivedFile
from .connection import DataConnection
from .failures import (
    NoRoomError,
    NoSuchFileError,
    NotSlicedError,
    StorageFailedError,
    TransferError,
)
from .listing import long_list, name_list
from .sinks import Discard, FileSink
from .sources import BytesSource, FileSource
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
    """What the client said it would send; 0 when it said nothing."""
    started_at: datetime


class Transfer(ABC):
    """One use of a data connection."""

    async def prepare(self) -> None:
        """Make ready. Raises TransferError, after which `failed` is called as well."""

    @abstractmethod
    async def perform(self, connection: DataConnection) -> None:
        """Carry it out. Raises TransferError."""

    def done(self) -> None:
        """Take note that the client was told of the success."""

    async def failed(self, error: TransferError) -> None:
        """Clean up. Must not raise."""


class StoreUpload(Transfer):
    """A sliced file that is written to the storage."""

    def __init__(
        self,
        *,
        name: str,
        announced_bytes: int,
        peer: str,
        storage: PrinterStorage,
        transfer_thread: TransferThread,
        emit: Callable[[PrinterEvent], None],
        wants_md5: Callable[[str], bool],
        under_way: set[StoreUpload],
    ) -> None:
        """Keep what comes as `name`; it is a member of `under_way` while it comes."""
        self._name = name
        self._announced_bytes = announced_bytes
        self._peer = peer
        self._storage = storage
        self._transfer_thread = transfer_thread
        self._emit = emit
        self._wants_md5 = wants_md5
        self._under_way = under_way
        self._started_at = datetime.now(UTC)
        self._incoming: Incoming | None = None
        self._sink: FileSink | None = None
        self._id: str | None = None
        self._received: ReceivedFile | None = None

    @property
    def progress(self) -> UploadProgress:
        """How far it is."""
        assert self._id is not None and self._sink is not None
        return UploadProgress(
            id=self._id,
            name=self._name,
            peer=self._peer,
            received_bytes=self._sink.received_bytes,
            announced_bytes=self._announced_bytes,
            started_at=self._started_at,
        )

    @override
    async def prepare(self) -> None:
        with storage_failures():
            self._incoming = incoming = await self._storage.begin(self._name)
        self._sink = await self._transfer_thread.open_sink(
            incoming.path,
            reserve_bytes=self._storage.reserve_bytes,
            announced_bytes=self._announced_bytes,
        )
        self._id = incoming.id
        self._under_way.add(self)
        if self._wants_md5(self._name):
            self._sink.take_md5()
        self._emit(UploadStarted(id=incoming.id, name=self._name, peer=self._peer))

    @override
    async def perform(self, connection: DataConnection) -> None:
        assert self._incoming is not None and self._sink is not None
        await connection.receive(self._sink)
        # A commit that fails leaves nothing to abandon.
        incoming, self._incoming = self._incoming, None
        with storage_failures():
            self._received = await self._storage.commit(
                incoming,
                size_bytes=self._sink.received_bytes,
                sha256=self._sink.sha256,
                peer=self._peer,
                encrypted=connection.encrypted,
            )

    @override
    def done(self) -> None:
        assert self._received is not None and self._sink is not None
        self._under_way.discard(self)
        self._emit(
            UploadReceived(file=self._received, request=None, md5=self._sink.md5)
        )

    @override
    async def failed(self, error: TransferError) -> None:
        self._under_way.discard(self)
        received_bytes = 0
        if self._sink:
            received_bytes = self._sink.received_bytes
            self._sink.end(error)
        if self._incoming:
            await self._storage.abandon(self._incoming)
        _LOGGER.info(
            "Upload of %s from %s failed: %s", shown(self._name), self._peer, error
        )
        self._emit(
            UploadFailed(
                id=self._id,
                name=self._name,
                peer=self._peer,
                reason=str(error),
                received_bytes=received_bytes,
            )
        )


class DiscardUpload(Transfer):
    """A file that no print comes of, such as the slicers' `verify_job`: accepted, counted, forgotten."""

    @override
    async def perform(self, connection: DataConnection) -> None:
        await connection.receive(Discard())


class RefuseUpload(Transfer):
    """A file that somebody means to be printed, and that would be gone without a word."""

    def __init__(
        self, *, name: str, peer: str, emit: Callable[[PrinterEvent], None]
    ) -> None:
        """Refuse what comes as `name`, before it comes."""
        self._name = name
        self._peer = peer
        self._emit = emit

    @override
    async def prepare(self) -> None:
        raise NotSlicedError(
            "This printer takes sliced files (.gcode.3mf) only: "
            'use "Export plate sliced file" in the slicer and send that'
        )

    @override
    async def perform(self, connection: DataConnection) -> None:
        raise AssertionError

    @override
    async def failed(self, error: TransferError) -> None:
        self._emit(
            UploadFailed(
                name=self._name, peer=self._peer, reason=str(error), received_bytes=0
            )
        )


class SendFile(Transfer):
    """A stored file that the client fetches."""

    def __init__(
        self,
        *,
        name: str,
        protected: bool,
        storage: PrinterStorage,
        transfer_thread: TransferThread,
    ) -> None:
        """Send the newest file of this name."""
        self._name = name
        self._protected = protected
        self._storage = storage
        self._transfer_thread = transfer_thread
        self._source: FileSource | None = None

    @override
    async def prepare(self) -> None:
        with storage_failures():
            path = await self._storage.locate(self._name)
        if path is None:
            raise NoSuchFileError("No such file")
        self._source = await self._transfer_thread.open_source(path)

    @override
    async def perform(self, connection: DataConnection) -> None:
        assert self._source is not None
        await connection.send(self._source, protected=self._protected)

    @override
    async def failed(self, error: TransferError) -> None:
        if self._source:
            self._source.end(error)


class SendListing(Transfer):
    """The list of stored files, or of one of them."""

    def __init__(
        self,
        *,
        name: str | None,
        names_only: bool,
        protected: bool,
        storage: PrinterStorage,
    ) -> None:
        """List every file, or the one called `name`."""
        self._name = name
        self._names_only = names_only
        self._protected = protected
        self._storage = storage
        self._data = b""

    @override
    async def prepare(self) -> None:
        with storage_failures():
            files = await self._storage.files()
        if self._name is not None:
            files = [file for file in files if file.name == self._name]
            if not files:
                raise NoSuchFileError("No such file or folder")
        self._data = (
            name_list(files)
            if self._names_only
            else long_list(files, datetime.now(UTC))
        )

    @override
    async def perform(self, connection: DataConnection) -> None:
        await connection.send(BytesSource(self._data), protected=self._protected)


async def find(storage: PrinterStorage, name: str) -> StoredFile | None:
    """Return the stored file of this name. Raises TransferError."""
    with storage_failures():
        files = await storage.files()
    return next((file for file in files if file.name == name), None)


@contextmanager
def storage_failures() -> Iterator[None]:
    """Turn what the storage raises into what ends a transfer."""
    try:
        yield
    except StorageFullError as err:
        raise NoRoomError(str(err) or "There is not enough room on the disk") from err
    except StorageError as err:
        raise StorageFailedError(str(err) or "The storage failed") from err
