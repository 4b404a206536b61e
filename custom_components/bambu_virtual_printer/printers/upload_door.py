"""The way in over HTTP: which virtual printer an address and a key are for, and where its uploads go."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import ClientError

from homeassistant.core import callback
from homeassistant.util import slugify

from ..config.subentries import VirtualPrinterConfig
from ..engine.doors.failures import status_of
from ..engine.doors.uploads import LOST, Destination, HttpUploads, Stored
from ..engine.emulator.ftps.failures import CutError, TransferError
from ..engine.emulator.ftps.transfer_thread import TransferThread
from ..engine.library.memory_card import MemoryCard
from ..engine.net.failed_logins import FailedLogins
from ..engine.net.guesses import GuessTracker
from ..engine.values import Service
from .managed import ManagedPrinter
from .upload_keys import UploadKey, UploadKeys

# Refusals that wait at once; further ones are answered without a wait.
MAX_DELAYED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A client with a good key, and the virtual printer it is for."""

    printer: ManagedPrinter
    key: UploadKey
    peer: str


class UploadRefusedError(Exception):
    """An upload is not taken; the text is for the slicer to show."""

    def __init__(self, text: str, status: HTTPStatus) -> None:
        """Refuse with a status of HTTP."""
        super().__init__(text)
        self.status = status


class UploadDoor:
    """Checks keys and hands out destinations; one object for all virtual printers."""

    def __init__(
        self,
        keys: UploadKeys,
        printers: Mapping[str, ManagedPrinter],
        cards: Mapping[str, MemoryCard],
        transfer_thread: TransferThread,
        guesses: GuessTracker,
    ) -> None:
        """Serve the printers and cards of the moment."""
        self.keys = keys
        self._uploads = HttpUploads(transfer_thread)
        self._printers = printers
        self._cards = cards
        self._guesses = guesses
        self._failures: dict[str, FailedLogins] = {}
        self._delayed = 0

    @callback
    def async_slug(self, printer_id: str) -> str | None:
        """Return what a virtual printer is called in its address; None for proxies, which receive nothing."""
        return next(
            (slug for slug, known in self._slugs().items() if known == printer_id),
            None,
        )

    def _slugs(self) -> dict[str, str]:
        """Return the ids of virtual printers by what they are called in addresses: each has one of its own."""
        slugs: dict[str, str] = {}
        for printer in self._printers.values():
            if not isinstance(printer.config, VirtualPrinterConfig):
                continue
            name = slugify(printer.config.name) or "printer"
            slug, number = name, 2
            while slug in slugs:
                slug, number = f"{name}_{number}", number + 1
            slugs[slug] = printer.id
        return slugs

    @callback
    def async_admit(self, slug: str, secret: str, peer: str) -> Visitor | None:
        """Find whom a key lets in; None for a wrong one, or one of another virtual printer.

        An address of a virtual printer that was renamed goes on working: the key says which one is meant.
        """
        printer_id = self._slugs().get(slug)
        key = self.keys.find(secret) if secret else None
        printer = self._printers.get(key.printer_id) if key else None
        if key is None or printer is None or printer_id not in {None, key.printer_id}:
            if secret:
                self._refused(printer_id, secret, peer)
            return None
        self._guesses.right(peer)
        if failures := self._failures.get(printer.id):
            failures.forget(peer, Service.HTTP)
        self.keys.async_used(secret, peer)
        return Visitor(printer=printer, key=key, peer=peer)

    async def async_delay(self, peer: str) -> None:
        """Let a refusal wait, the longer the more different keys a client tries."""
        if self._delayed >= MAX_DELAYED:
            return
        self._delayed += 1
        try:
            await asyncio.sleep(self._guesses.refusal_delay_s(peer))
        finally:
            self._delayed -= 1

    async def async_receive(
        self,
        visitor: Visitor,
        body: AsyncIterator[bytes],
        *,
        content_type: str,
        announced_bytes: int,
        encrypted: bool,
    ) -> Stored:
        """Take in the file of a form. On return it is safe. Raises UploadRefusedError."""
        printer = visitor.printer
        destination = Destination(
            storage=self._cards[printer.id],
            emit=printer.async_handle_event,
            under_way=printer.http_uploads,
            peer=visitor.peer,
            encrypted=encrypted,
            sender=visitor.key.name,
        )
        try:
            return await self._uploads.receive_form(
                _unless_lost(body),
                destination,
                content_type=content_type,
                announced_bytes=announced_bytes,
            )
        except TransferError as err:
            raise UploadRefusedError(str(err), status_of(err)) from err

    async def async_close(self) -> None:
        """End uploads under way, and write when keys were used."""
        await self._uploads.close()
        # A disk that is full keeps nobody from stopping.
        with suppress(OSError):
            await self.keys.async_save()

    def _refused(self, printer_id: str | None, secret: str, peer: str) -> None:
        codes = self._guesses.wrong(peer, secret.encode(errors="replace"))
        printer = self._printers.get(printer_id or "")
        if printer is None:
            return
        failures = self._failures.setdefault(
            printer.id, FailedLogins(printer.async_handle_event)
        )
        failures.count(peer, Service.HTTP, codes)


async def _unless_lost(body: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    """Pass on a body. Raises CutError when its connection is lost."""
    try:
        async for chunk in body:
            yield chunk
    except (ClientError, OSError) as err:
        raise CutError(LOST) from err
