"""The uses of a data connection: storing or dropping an upload, sending a file or a list.

A transfer is prepared before the client gets its 150, performed over the connection, and then either done, once the
client has its 226, or failed.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from typing import override

from ...events import PrinterEvent, UploadFailed
from ...reception.failures import (
    NO_FILE,
    NOT_SLICED,
    NoSuchFileError,
    NotSlicedError,
    TransferError,
)
from ...reception.names import UNSLICED_SUFFIXES, is_kept
from ...reception.reception import Reception, storage_failures
from ...reception.sinks import Discard
from ...reception.sources import BytesSource, FileSource
from ...reception.transfer_thread import TransferThread
from ...storage import PrinterStorage
from ...values import Sender, Service
from .actions import ListFiles, Retrieve, Store
from .connection import DataConnection
from .context import SessionContext
from .listing import long_list, name_list


class Transfer(ABC):
    """One use of a data connection."""

    async def prepare(self) -> None:
        """Prepare. Raises TransferError; `failed` is called after that too."""

    @abstractmethod
    async def perform(self, connection: DataConnection) -> None:
        """Carry it out. Raises TransferError."""

    def done(self) -> None:
        """Handle the success, after its reply was sent."""

    async def failed(self, error: TransferError) -> None:
        """Clean up after an error. Must not raise."""


class StoreUpload(Transfer):
    """A sliced file that is written to the storage."""

    def __init__(
        self,
        reception: Reception,
        *,
        wants_md5: Callable[[str], bool],
        under_way: set[Reception],
    ) -> None:
        """Store what `reception` receives; it is in `under_way` meanwhile."""
        self._reception = reception
        self._wants_md5 = wants_md5
        self._under_way = under_way

    @override
    async def prepare(self) -> None:
        await self._reception.begin(
            lambda: self._under_way.add(self._reception),
            with_md5=self._wants_md5(self._reception.name),
        )

    @override
    async def perform(self, connection: DataConnection) -> None:
        await connection.receive(self._reception.sink)
        await self._reception.keep(encrypted=connection.encrypted)

    @override
    def done(self) -> None:
        self._under_way.discard(self._reception)
        self._reception.received()

    @override
    async def failed(self, error: TransferError) -> None:
        self._under_way.discard(self._reception)
        await self._reception.fail(error)


class DiscardUpload(Transfer):
    """A file that is not printed, such as the slicers' `verify_job`: accepted and dropped."""

    @override
    async def perform(self, connection: DataConnection) -> None:
        await connection.receive(Discard())


class RefuseUpload(Transfer):
    """A file that is not sliced: refused with a reason, since it is meant to be printed."""

    def __init__(
        self,
        *,
        name: str,
        peer: str,
        sender: Sender,
        emit: Callable[[PrinterEvent], None],
    ) -> None:
        """Refuse a file called `name` before it is sent."""
        self._name = name
        self._peer = peer
        self._sender = sender
        self._emit = emit

    @override
    async def prepare(self) -> None:
        raise NotSlicedError(NOT_SLICED)

    @override
    async def perform(self, connection: DataConnection) -> None:
        raise AssertionError

    @override
    async def failed(self, error: TransferError) -> None:
        self._emit(
            UploadFailed(
                name=self._name,
                peer=self._peer,
                reason=error.explanation,
                received_bytes=0,
                sender=self._sender,
            )
        )


class SendFile(Transfer):
    """A stored file that the client fetches."""

    def __init__(
        self,
        *,
        name: str,
        client: Sender,
        protected: bool,
        storage: PrinterStorage,
        transfer_thread: TransferThread,
    ) -> None:
        """Send the newest file of this name, if the client may have it."""
        self._name = name
        self._client = client
        self._protected = protected
        self._storage = storage
        self._transfer_thread = transfer_thread
        self._source: FileSource | None = None

    @override
    async def prepare(self) -> None:
        with storage_failures():
            path = await self._storage.locate(self._name, self._client)
        if path is None:
            raise NoSuchFileError(NO_FILE)
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
        client: Sender,
        protected: bool,
        storage: PrinterStorage,
    ) -> None:
        """List every file, or the one called `name`."""
        self._name = name
        self._client = client
        self._names_only = names_only
        self._protected = protected
        self._storage = storage
        self._data = b""

    @override
    async def prepare(self) -> None:
        with storage_failures():
            files = await self._storage.files(self._client)
        if self._name is not None:
            files = [file for file in files if file.name == self._name]
            if not files:
                raise NoSuchFileError(NO_FILE)
        self._data = (
            name_list(files)
            if self._names_only
            else long_list(files, datetime.now(UTC))
        )

    @override
    async def perform(self, connection: DataConnection) -> None:
        await connection.send(BytesSource(self._data), protected=self._protected)


def transfer_for(
    action: Store | Retrieve | ListFiles,
    context: SessionContext,
    *,
    peer: str,
    sender: Sender,
    protected: bool,
) -> Transfer:
    """Return the transfer that an action of a client asks for; what is sent is encrypted if `protected`."""
    match action:
        case Store(name=name) if name.lower().endswith(UNSLICED_SUFFIXES):
            return RefuseUpload(name=name, peer=peer, sender=sender, emit=context.emit)
        case Store(name=name) if not is_kept(name):
            return DiscardUpload()
        case Store(name=name, announced_bytes=announced_bytes):
            return StoreUpload(
                Reception(
                    name=name,
                    announced_bytes=announced_bytes,
                    peer=peer,
                    service=Service.FTPS,
                    storage=context.storage,
                    transfer_thread=context.transfer_thread,
                    emit=context.emit,
                    sender=sender,
                ),
                wants_md5=context.wants_md5,
                under_way=context.uploads,
            )
        case Retrieve(name=name):
            return SendFile(
                name=name,
                client=sender,
                protected=protected,
                storage=context.storage,
                transfer_thread=context.transfer_thread,
            )
        case ListFiles(name=listed, names_only=names_only):
            return SendListing(
                name=listed,
                names_only=names_only,
                client=sender,
                protected=protected,
                storage=context.storage,
            )
