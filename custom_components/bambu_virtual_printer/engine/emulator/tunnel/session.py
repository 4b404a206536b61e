"""The session of one client of the file tunnel, on the loop: answers calls, and sees uploads to their end.

A session does one thing at a time: while a file is received or sent, other calls are told that it is busy.
"""

import asyncio
from collections.abc import Coroutine
import logging

from ...events import UploadFailed
from ...net.log_bounds import shown
from ...protocol import file_tunnel
from ...protocol.file_tunnel import Call, Command, Result
from ...reception.failures import (
    INTERNAL,
    LOST,
    NO_FILE,
    NOT_SLICED,
    STOPPED,
    AbortedError,
    CrashedError,
    CutError,
    NoSuchFileError,
    NotSlicedError,
    TransferError,
)
from ...reception.names import UNSLICED_SUFFIXES, is_kept
from ...reception.reception import Reception, storage_failures
from ...reception.sinks import Discard
from ...reception.sources import FileSource
from ...values import Sender, Service
from . import listing
from .context import TunnelContext
from .interrupted import Key
from .results import WRONG_SUM, ChecksumError, result_of
from .values import Answer, Receive, Send, Step, Upload

_LOGGER = logging.getLogger(__name__)


class Session:
    """One client that is logged in. Everything is called on the loop."""

    def __init__(self, context: TunnelContext, peer: str, sender: Sender) -> None:
        """Serve `sender`, who connects from `peer`."""
        self._context = context
        self._peer = peer
        self.sender = sender
        self._upload: Upload | None = None
        # Of the last download.
        self._source: FileSource | None = None
        self._resumed = False
        self._work: asyncio.Task[object] | None = None
        self._end: asyncio.Task[None] | None = None
        self._stopped = False

    # --- called for each call ----------------------------------------------------------------------------------------

    def start[T](self, work: Coroutine[object, object, T]) -> asyncio.Task[T]:
        """Do a part of the work in a task; one at a time."""
        task = asyncio.get_running_loop().create_task(work)
        self._work = task
        return task

    async def answer(self, call: Call) -> Step:
        """Decide what to do for a call. Never raises TransferError."""
        _LOGGER.debug("%s: %s", self._peer, shown(call))
        try:
            return await self._answer(call)
        except TransferError as err:
            return _reply(call, result_of(err))

    async def finish(self, upload: Upload, md5: str | None) -> None:
        """Keep a file whose bytes are written and checked, and report it; `kept` and `failure` of the upload tell how it went.

        It is reported before its client is told: that may ask at once to print it.
        """
        reception = upload.reception
        if reception is None:
            self._upload = None
            upload.kept = True
            return
        arrived_whole = md5 == reception.sink.md5 if md5 else not self._resumed
        if not arrived_whole:
            await self.fail(upload, ChecksumError(WRONG_SUM))
            return
        try:
            await reception.keep(encrypted=True)
        except TransferError as err:
            await self.fail(upload, err)
            return
        except Exception:
            await self.fail(upload, CrashedError(INTERNAL))
            raise
        self._upload = None
        upload.kept = True
        self._context.uploads.discard(reception)
        reception.received()

    async def fail(self, upload: Upload, error: TransferError) -> None:
        """Remove what there is of an upload."""
        self._upload = None
        upload.failure = error
        if upload.reception:
            self._context.uploads.discard(upload.reception)
            await upload.reception.fail(error)

    # --- the end -----------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Let nobody continue an upload that is under way; the connection is going to be ended."""
        self._stopped = True

    def end(self) -> asyncio.Task[None]:
        """See what is under way to its end, in a task: the connection has ended."""
        if self._end is None:
            self._end = asyncio.get_running_loop().create_task(self._ended())
        return self._end

    async def _ended(self) -> None:
        if self._work:
            await asyncio.wait([self._work])
        if self._source:
            # Where the connection ended before it was open, nobody sends it.
            self._source.end(None)
        upload = self._upload
        if upload is None:
            return
        if (
            not self._stopped
            and upload.reception
            and upload.sink.received_bytes
            and not upload.sink.failure
        ):
            self._upload = None
            self._context.interrupted.keep(self._key(upload), upload)
        else:
            error = AbortedError(STOPPED) if self._stopped else CutError(LOST)
            await self.fail(upload, upload.sink.failure or error)

    # --- calls -------------------------------------------------------------------------------------------------------

    async def _answer(self, call: Call) -> Step:
        match call.command:
            case None:
                return _reply(call, Result.OK)
            case Command.ABILITY:
                return Answer(payloads=(listing.abilities(call),))
            case Command.LIST:
                with storage_failures():
                    files = await self._context.storage.files(self.sender)
                return Answer(payloads=(listing.listed(call, files),))
            case Command.SUB_FILE:
                return await self._sub_files(call)
            case Command.DELETE:
                return await self._delete(call)
            case Command.DOWNLOAD:
                return await self._download(call)
            case Command.UPLOAD:
                return await self._begin_upload(call)
            case Command.CANCEL:
                # What it could cancel is over.
                return _reply(call, Result.OK, tasks=call.fields.get("tasks") or [])
        return _reply(call, Result.BAD_TYPE)

    async def _begin_upload(self, call: Call) -> Step:
        path = call.fields.get("path")
        name = listing.name_of(path) if isinstance(path, str) else None
        if name is None:
            return _reply(call, Result.BAD_NAME)
        total_bytes = file_tunnel.number(call.fields.get("total"))
        if not total_bytes:
            return _reply(call, Result.BAD_SIZE)
        if name.lower().endswith(UNSLICED_SUFFIXES):
            return self._refuse(call, name, NotSlicedError(NOT_SLICED))
        if not is_kept(name):
            upload = Upload(
                name=name, total_bytes=total_bytes, sink=Discard(), reception=None
            )
        elif interrupted := self._continued(name, total_bytes):
            upload = interrupted
        else:
            try:
                upload = await self._received(name, total_bytes)
            except TransferError as err:
                return _reply(call, result_of(err))
        self._upload = upload
        return Receive(upload=upload)

    def _continued(self, name: str, total_bytes: int) -> Upload | None:
        upload = self._context.interrupted.take(
            Key(
                peer=self._peer,
                person=self.sender.person,
                name=name,
                total_bytes=total_bytes,
            )
        )
        self._resumed = upload is not None
        return upload

    async def _received(self, name: str, total_bytes: int) -> Upload:
        """Begin to receive a file. Raises TransferError."""
        context = self._context
        reception = Reception(
            name=name,
            announced_bytes=total_bytes,
            peer=self._peer,
            service=Service.TUNNEL,
            storage=context.storage,
            transfer_thread=context.transfer_thread,
            emit=context.emit,
            sender=self.sender,
        )
        try:
            await reception.begin(lambda: context.uploads.add(reception), with_md5=True)
        except TransferError as err:
            context.uploads.discard(reception)
            await reception.fail(err)
            raise
        except Exception:
            context.uploads.discard(reception)
            await reception.fail(CrashedError(INTERNAL))
            raise
        return Upload(
            name=name, total_bytes=total_bytes, sink=reception.sink, reception=reception
        )

    def _refuse(self, call: Call, name: str, error: TransferError) -> Step:
        self._context.emit(
            UploadFailed(
                name=name,
                peer=self._peer,
                reason=error.explanation,
                received_bytes=0,
                service=Service.TUNNEL,
                sender=self.sender,
            )
        )
        return _reply(call, result_of(error))

    async def _download(self, call: Call) -> Step:
        paths = listing.names_in(call.fields, "path", "file", "paths")
        name = listing.name_of(paths[0]) if paths else None
        offset = file_tunnel.number(call.fields.get("offset", 0))
        if name is None:
            raise NoSuchFileError(NO_FILE)
        if offset is None:
            return _reply(call, Result.BAD_SIZE)
        with storage_failures():
            path = await self._context.storage.locate(name, self.sender)
        if path is None:
            raise NoSuchFileError(NO_FILE)
        self._source = source = await self._context.transfer_thread.open_source(
            path, offset=offset, with_md5=True
        )
        if offset > source.size_bytes:
            source.end(None)
            return _reply(call, Result.BAD_SIZE)
        return Send(source=source, offset=offset)

    async def _delete(self, call: Call) -> Step:
        paths = listing.names_in(call.fields, "paths", "delete", "path")
        deleted = bool(paths)
        for path in paths:
            name = listing.name_of(path)
            with storage_failures():
                deleted &= name is not None and await self._context.storage.remove(
                    name, self.sender
                )
        return _reply(call, Result.OK if deleted else Result.NO_FILE)

    async def _sub_files(self, call: Call) -> Step:
        """Answer with pictures of files, or with members of them."""
        storage, sender = self._context.storage, self.sender
        wanted = listing.grouped(listing.names_in(call.fields, "paths", "path"))
        payloads: list[bytes] = []
        for count, (path, parts) in enumerate(wanted.items(), 1):
            name = listing.name_of(path)
            with storage_failures():
                if name is not None and parts != [listing.THUMBNAIL]:
                    members = await storage.members(name, parts, sender)
                    payloads.append(listing.parts(call, path, members))
                    continue
                data = await storage.picture(name, sender) if name else None
            payloads.append(
                listing.picture(call, path, data, is_last=count == len(wanted))
            )
        return Answer(payloads=tuple(payloads)) if payloads else _reply(call, Result.NO_FILE)  # fmt: skip

    def _key(self, upload: Upload) -> Key:
        return Key(
            peer=self._peer,
            person=self.sender.person,
            name=upload.name,
            total_bytes=upload.total_bytes,
        )


def _reply(call: Call, result: Result, **fields: object) -> Answer:
    return Answer(payloads=(file_tunnel.reply(call, result, fields),))
