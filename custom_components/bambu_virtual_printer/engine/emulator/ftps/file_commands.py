"""Commands about stored files that need no data connection."""

from collections.abc import Callable

from ...events import PrinterEvent, UploadRenamed
from ...reception.reception import storage_failures
from ...storage import PrinterStorage, StoredFile
from ...values import Sender
from . import replies
from .actions import Delete, FreeSpace, Modified, RenameTo, Size
from .replies import Reply

type FileCommand = Size | Modified | Delete | RenameTo | FreeSpace


async def find(storage: PrinterStorage, name: str, client: Sender) -> StoredFile | None:
    """Return the stored file of this name, a client's own if it has one. Raises TransferError."""
    with storage_failures():
        files = await storage.files(client)
    return next((file for file in files if file.name == name), None)


async def answer(
    command: FileCommand,
    storage: PrinterStorage,
    emit: Callable[[PrinterEvent], None],
    *,
    client: Sender,
) -> Reply:
    """Carry out a command of a client and return its reply; a rename is emitted. Raises TransferError.

    Name, size and time of a file are for everybody, as lists are. A file that the client may not have is deleted and
    renamed as little as one that is not there, with the same reply.
    """
    match command:
        case Size(name=name):
            file = await find(storage, name, client)
            return replies.size(file.size_bytes) if file else replies.NO_SUCH_FILE
        case Modified(name=name):
            file = await find(storage, name, client)
            return replies.modified(file.modified) if file else replies.NO_SUCH_FILE
        case Delete(name=name):
            with storage_failures():
                deleted = await storage.remove(name, client)
            return replies.DELETED if deleted else replies.NO_SUCH_FILE
        case FreeSpace():
            with storage_failures():
                return replies.size(await storage.free_bytes())
        case RenameTo(name=name, new_name=new_name):
            return await _rename(name, new_name, storage, emit, client)


async def _rename(
    name: str,
    new_name: str,
    storage: PrinterStorage,
    emit: Callable[[PrinterEvent], None],
    client: Sender,
) -> Reply:
    if name == new_name:
        return replies.RENAMED
    with storage_failures():
        upload_id = await storage.rename(name, new_name, client)
    if upload_id is None:
        return replies.NO_SUCH_FILE
    emit(UploadRenamed(id=upload_id, name=name, new_name=new_name))
    return replies.RENAMED
