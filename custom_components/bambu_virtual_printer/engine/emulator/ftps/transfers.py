"""What data connections are opened for: keeping or dropping an upload, sending a file or a list.

An errand is prepared before the client is told to go on, performed over the connection, and then either done, once the
client has been told so, or failed.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from typing import override

from ...events import PrinterEvent, UploadFailed
from ...storage import PrinterStorage, StoredFile
from .connection import DataConnection
from .failures import NoSuchFileError, NotSlicedError, TransferError
from .listing import long_list, name_list
from .reception import Reception, UploadProgress, storage_failures
from .sinks import Discard
from .sources import BytesSource, FileSource
from .transfer_thread import TransferThread


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
        reception: Reception,
        *,
        wants_md5: Callable[[str], bool],
        under_way: set[StoreUpload],
    ) -> None:
        """Keep what comes; it is a member of `under_way` while it comes."""
        self._reception = reception
        self._wants_md5 = wants_md5
        self._under_way = under_way

    @property
    def progress(self) -> UploadProgress:
        """How far it is."""
        return self._reception.progress

    @override
    async def prepare(self) -> None:
        await self._reception.begin(
            lambda: self._under_way.add(self),
            with_md5=self._wants_md5(self._reception.name),
        )

    @override
    async def perform(self, connection: DataConnection) -> None:
        await connection.receive(self._reception.sink)
        await self._reception.keep(encrypted=connection.encrypted)

    @override
    def done(self) -> None:
        self._under_way.discard(self)
        self._reception.received()

    @override
    async def failed(self, error: TransferError) -> None:
        self._under_way.discard(self)
        await self._reception.fail(error)


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
