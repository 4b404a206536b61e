"""The memory card of a virtual printer: where its uploads go, and what slicers see of them."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
import logging
from pathlib import Path
import time
from typing import NamedTuple, override
import unicodedata

from ulid_transform import ulid_at_time

from ..storage import (
    MAX_NAME_BYTES,
    Incoming,
    PrinterStorage,
    StorageError,
    StorageFullError,
    StoredFile,
)
from ..values import UNNAMED, Mode, OnPrint, PrinterRef, ReceivedFile, Sender
from . import sliced
from .context import LibraryContext
from .index import card_rows, upload_rows
from .renaming import Renaming
from .store.sidecar import Sidecar
from .values.annotations import unique_tags
from .values.errors import (
    NAME_NOT_ALLOWED,
    IndexUnavailableError,
    LibraryError,
    SlicedFileError,
)
from .values.job import JobPlan
from .values.names import safe_file_name, stem
from .values.records import Annotations, Upload

_LOGGER = logging.getLogger(__name__)


# Control characters, and bytes that were no text.
_UNFIT = {"Cc", "Cs"}


class UploadDefaults(NamedTuple):
    """What an upload is filed as: who received it in which mode, what is written on it, how jobs are made of it."""

    printer: PrinterRef
    annotations: Annotations
    plan: JobPlan

    def of(self, sender: Sender) -> UploadDefaults:
        """Return what an upload of somebody is filed as."""
        printer, annotations = self.printer, self.annotations
        if sender.is_reviewed:
            printer = replace(printer, mode=Mode.REVIEW, on_print=OnPrint.SEND)
        if sender.tags:
            tags = unique_tags((*annotations.tags, *sender.tags))
            annotations = replace(annotations, tags=tags)
        return UploadDefaults(printer, annotations, self.plan)


def _check_name(name: str) -> None:
    """Raise StorageError for a name that no file can have."""
    if any(unicodedata.category(char) in _UNFIT for char in name):
        raise StorageError(NAME_NOT_ALLOWED)
    if not 0 < len(name.encode()) <= MAX_NAME_BYTES:
        raise StorageError(NAME_NOT_ALLOWED)


class MemoryCard(PrinterStorage):
    """The card of one printer. Removing a file from it hides the file; archives keep theirs."""

    def __init__(
        self,
        context: LibraryContext,
        printer: PrinterRef,
        annotations: Annotations,
        plan: JobPlan,
    ) -> None:
        """Make the card; everything else is written on every upload."""
        self._context = context
        self._defaults = UploadDefaults(printer, annotations, plan)
        self._begun: dict[str, UploadDefaults] = {}

    def set_defaults(
        self, printer: PrinterRef, annotations: Annotations, plan: JobPlan
    ) -> None:
        """File uploads like this that begin from now on; those under way end as what they began as.

        `printer` is the same printer, perhaps with another name or mode.
        """
        self._defaults = UploadDefaults(printer, annotations, plan)

    @property
    @override
    def reserve_bytes(self) -> int:
        return self._context.settings.reserve_bytes

    @override
    async def free_bytes(self) -> int:
        if self._context.storage.refusal:
            return 0
        space = await self._context.receive_worker.run(self._context.folder.space)
        return max(0, space.free_bytes - self.reserve_bytes)

    @override
    async def begin(self, name: str) -> Incoming:
        _check_name(name)
        if reason := self._context.storage.refusal:
            raise StorageFullError(reason)
        # Lists are in the order of the ids.
        item_id = ulid_at_time(self._context.clock.now().timestamp())
        task = self._context.start(
            self._context.receive_worker.run(
                self._context.folder.begin,
                item_id,
                safe_file_name(name),
                reserve_bytes=self.reserve_bytes,
            )
        )
        try:
            path = await asyncio.shield(task)
        except asyncio.CancelledError:
            # The caller does not get the place, so it will not abandon it.
            self._context.start(self._sweep(item_id, after=task))
            raise
        self._begun[item_id] = self._defaults
        return Incoming(id=item_id, name=name, path=path)

    @override
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
        file = ReceivedFile(
            id=incoming.id,
            name=incoming.name,
            size_bytes=size_bytes,
            sha256=sha256,
            peer=peer,
            received_at=self._context.clock.now(),
            encrypted=encrypted,
            sender=sender.name,
            person=sender.person,
            instance=self._context.instance_id,
        )
        defaults = self._begun.pop(incoming.id).of(sender)
        task = self._context.start(self._keep(file, defaults))
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            # It will not be acknowledged, so it must not be kept.
            self._context.start(self._take_back(file.id, after=task))
            raise
        return file

    @override
    async def abandon(self, incoming: Incoming) -> None:
        self._begun.pop(incoming.id, None)
        with suppress(LibraryError):
            await self._context.receive_worker.run(
                self._context.folder.abandon, incoming.id
            )

    @override
    async def files(self, client: Sender = UNNAMED) -> Sequence[StoredFile]:
        return await self._context.index.read(
            card_rows.files, self._defaults.printer.id, client.person
        )

    @override
    async def locate(self, name: str, client: Sender = UNNAMED) -> Path | None:
        found = await self._context.index.read(
            card_rows.find, self._defaults.printer.id, name, client.person
        )
        return await self._context.path(*found) if found else None

    @override
    async def content(self, upload_id: str) -> Path | None:
        found = await self._context.index.read(upload_rows.alike, upload_id)
        for item_id, file_name in found:
            if path := await self._context.path(item_id, file_name):
                return path
        return None

    @override
    async def picture(self, name: str, client: Sender = UNNAMED) -> bytes | None:
        path = await self.locate(name, client)
        if path is None:
            return None
        with suppress(SlicedFileError):
            return await self._context.media_worker.run(sliced.read_picture, path)
        return None

    @override
    async def members(
        self, name: str, parts: Sequence[str], client: Sender = UNNAMED
    ) -> Mapping[str, bytes]:
        path = await self.locate(name, client)
        if path is None:
            return {}
        with suppress(SlicedFileError):
            return await self._context.media_worker.run(
                sliced.read_members, path, parts
            )
        return {}

    @override
    async def remove(self, name: str, client: Sender = UNNAMED) -> bool:
        return await self._context.index.run(
            card_rows.take_off, self._defaults.printer.id, name, client.person
        )

    @override
    async def rename(
        self, name: str, new_name: str, client: Sender = UNNAMED
    ) -> str | None:
        _check_name(new_name)
        found = await self._context.index.read(
            card_rows.find, self._defaults.printer.id, name, client.person
        )
        if found is None:
            return None
        renaming = Renaming(self._context, self._defaults.printer.id, client.person)
        return await self._context.finish(renaming.rename(found[0], new_name))

    async def _keep(self, file: ReceivedFile, defaults: UploadDefaults) -> None:
        """Move the file to the pending uploads and write it down; all of it or nothing. Raises StorageError."""
        context = self._context
        sidecar = Sidecar(
            file=file,
            file_name=safe_file_name(file.name),
            printer=defaults.printer,
            annotations=defaults.annotations,
            plan=defaults.plan,
        )
        upload = Upload(
            file=file,
            file_name=sidecar.file_name,
            printer=defaults.printer,
            name=stem(file.name),
            annotations=defaults.annotations,
            plan=defaults.plan,
        )
        try:
            await context.receive_worker.run(context.folder.commit, sidecar)
            await self._write_down(upload)
        except StorageError:
            await self._remove(file.id)
            raise

    async def _write_down(self, upload: Upload) -> None:
        """Store an upload in the index. Raises StorageError.

        That of a shared library may be away: then the file and its sidecar, which are on the disk, are promise enough, and
        the upload is written down when the index is back, after those that came before it.
        """
        context = self._context
        if context.filing.is_waiting:
            self._note_waiting(upload)
            return
        try:
            await context.index.run(upload_rows.add_once, upload)
        except IndexUnavailableError as err:
            if context.stored is None:
                raise
            _LOGGER.warning("%s waits for the index: %s", upload.file.name, err)
            context.filing.begin()
            self._note_waiting(upload)

    def _note_waiting(self, upload: Upload) -> None:
        """Have an upload wait behind the others, and the storage budget hold for it, which the index does not know yet."""
        context = self._context
        context.filing.arrived += 1
        context.filing.size_bytes += upload.file.size_bytes
        if not context.clock.is_told:
            context.filing.received[upload.id] = time.monotonic()
        context.start(context.watch_storage())

    async def _sweep(self, item_id: str, *, after: asyncio.Task[Path]) -> None:
        await asyncio.wait([after])
        if not after.cancelled() and after.exception() is None:
            await self._context.receive_worker.run(
                self._context.folder.abandon, item_id
            )

    async def _take_back(self, upload_id: str, *, after: asyncio.Task[None]) -> None:
        await asyncio.wait([after])
        if after.cancelled() or after.exception() is not None:
            return
        try:
            try:
                await self._context.index.run(upload_rows.remove, upload_id)
            except IndexUnavailableError:
                if self._context.stored is None:
                    raise
            await self._remove(upload_id)
        except StorageError as err:
            _LOGGER.warning("Upload %s could not be taken back: %s", upload_id, err)

    async def _remove(self, item_id: str) -> None:
        """Remove what there is of an upload that was not kept."""
        context = self._context
        await context.receive_worker.run(context.folder.abandon, item_id)
        await context.receive_worker.run(context.folder.remove, item_id)
