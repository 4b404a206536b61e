"""The storage of a virtual printer's files, as the emulator uses it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
import errno
from pathlib import Path
from typing import Protocol

from .explanations import ExplainedError
from .values import UNNAMED, ReceivedFile, Sender

MAX_UPLOAD_BYTES = 4 * 1024**3
"""The largest file that is accepted, by any protocol."""


MAX_NAME_BYTES = 255
"""The longest file name, in UTF-8, of common file systems."""

DISK_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT})


class StorageError(ExplainedError):
    """The storage failed."""


class StorageFullError(StorageError):
    """There is not enough room on the disk."""


class IncompleteFileError(ExplainedError):
    """The file was cut short, or is not of the kind of its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """Where one upload is to be written. `path` does not exist yet; its folder does."""

    id: str
    name: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file as the printer's memory card shows it to slicers."""

    id: str
    name: str
    size_bytes: int
    modified: datetime
    person: str = ""
    """The id of the person who sent it, as in `ReceivedFile`."""


class PrinterStorage(Protocol):
    """The memory card of one virtual printer. Implemented by the library, used by the FTPS server and the file tunnel.

    Every method is called on the event loop and must not block it. `client` is who asks: files that it may not have
    (`Sender.may_have`) are for it as if they were not there.
    """

    @property
    def reserve_bytes(self) -> int:
        """Free space that an upload must leave on the disk, in bytes."""

    async def free_bytes(self) -> int:
        """Return how large an upload may be now, in bytes; 0 while none is accepted. Raises StorageError."""

    async def begin(self, name: str) -> Incoming:
        """Reserve a path for a new upload. Raises StorageFullError, StorageError."""

    async def commit(
        self,
        incoming: Incoming,
        *,
        size_bytes: int,
        sha256: str,
        peer: str,
        encrypted: bool,
        sender: Sender = UNNAMED,
    ) -> ReceivedFile:
        """Keep the written file durably; only after that may it be acknowledged.

        On return it survives a crash of the process or the machine. Raises StorageFullError, StorageError; the file is
        removed then as by `abandon`.
        """

    async def abandon(self, incoming: Incoming) -> None:
        """Remove what was written; never raises."""

    async def files(self, client: Sender = UNNAMED) -> Sequence[StoredFile]:
        """Recent uploads, newest first, one for each name: the client's own where it has sent one of it."""

    async def locate(self, name: str, client: Sender = UNNAMED) -> Path | None:
        """Return the path of the newest file of this name that the client may have, or None."""

    async def content(self, upload_id: str) -> Path | None:
        """Return the path of an upload's bytes, whatever it is called by now, or None when they are gone. Raises StorageError."""

    async def picture(self, name: str, client: Sender = UNNAMED) -> bytes | None:
        """Return the picture of the newest file of this name, as PNG, or None."""

    async def members(
        self, name: str, parts: Sequence[str], client: Sender = UNNAMED
    ) -> Mapping[str, bytes]:
        """Return parts of the 3MF of this name, without those that are not there or too large."""

    async def remove(self, name: str, client: Sender = UNNAMED) -> bool:
        """Remove a name from the card; the archive keeps its copy. Returns whether there was one."""

    async def rename(
        self, name: str, new_name: str, client: Sender = UNNAMED
    ) -> str | None:
        """Rename a file of the card; it replaces one that has the new name and that the client may have.

        Returns the id of the upload, None when there is no such name. Raises StorageError.
        """
