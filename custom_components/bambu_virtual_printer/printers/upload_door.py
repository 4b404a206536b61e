"""Uploads over HTTP: finds the virtual printer of a URL and a key, and receives its files."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import ClientError

from homeassistant.core import callback
from homeassistant.util import slugify

from ..config.subentries import AnyPrinterConfig, VirtualPrinterConfig
from ..engine.doors.failures import status_of
from ..engine.doors.uploads import Destination, HttpUploads, QueueObstacle, Stored
from ..engine.explanations import ExplainedError, Explanation
from ..engine.library.memory_card import MemoryCard
from ..engine.net.failed_logins import FailedLogins
from ..engine.net.guesses import GuessTracker
from ..engine.reception.failures import LOST, CutError, TransferError
from ..engine.reception.transfer_thread import TransferThread
from ..engine.values import Mode, OnPrint, Sender, Service
from ..operations.people import People
from .ending import async_end_all
from .managed import ManagedPrinter
from .upload_keys import UploadKey, UploadKeys

# Refusals that wait at once; further ones are answered without a wait.
MAX_DELAYED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A client with a valid key, and the virtual printer of the key."""

    printer: ManagedPrinter
    key: UploadKey
    peer: str


class UploadRefusedError(ExplainedError):
    """An upload is refused; the slicer shows why."""

    def __init__(self, explanation: Explanation, status: HTTPStatus) -> None:
        """Refuse with an HTTP status."""
        super().__init__(explanation)
        self.status = status


class UploadDoor:
    """Checks keys and receives uploads; one object for all virtual printers."""

    def __init__(
        self,
        keys: UploadKeys,
        printers: Mapping[str, ManagedPrinter],
        cards: Mapping[str, MemoryCard],
        transfer_thread: TransferThread,
        guesses: GuessTracker,
        people: People,
        queue_obstacle: QueueObstacle,
    ) -> None:
        """Serve `printers`, with their `cards`; both may change. `queue_obstacle` returns why a file cannot be queued."""
        self.keys = keys
        self._uploads = HttpUploads(transfer_thread)
        self._printers = printers
        self._cards = cards
        self._guesses = guesses
        self._people = people
        self._queue_obstacle = queue_obstacle
        self._failures: dict[str, FailedLogins] = {}
        self._delayed = 0

    @callback
    def async_slug(self, printer_id: str) -> str | None:
        """Return the slug in a virtual printer's URL; None for proxies, which receive nothing."""
        return next(
            (slug for slug, known in self._slugs().items() if known == printer_id),
            None,
        )

    def _slugs(self) -> dict[str, str]:
        """Return the ids of virtual printers by their slugs, which are unique."""
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
        """Check a key; None for a wrong one, or one of another virtual printer.

        The URL of a virtual printer that was renamed stays valid: the key identifies the printer.
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
        self._people.async_used(key.person_id, peer)
        return Visitor(printer=printer, key=key, peer=peer)

    async def async_delay(self, peer: str) -> None:
        """Delay a refusal, the longer the more different keys a client has tried."""
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
        """Receive the file of a form. On return it is durable. Raises UploadRefusedError."""
        printer = visitor.printer
        sender = self._sender(visitor.key)
        destination = Destination(
            storage=self._cards[printer.id],
            emit=printer.async_handle_event,
            under_way=printer.http_uploads,
            peer=visitor.peer,
            encrypted=encrypted,
            sender=sender,
            queue_obstacle=self._queue_obstacle
            if _queues_prints(printer.config, sender)
            else None,
        )
        try:
            return await self._uploads.receive_form(
                _unless_lost(body),
                destination,
                content_type=content_type,
                announced_bytes=announced_bytes,
            )
        except TransferError as err:
            raise UploadRefusedError(err.explanation, status_of(err)) from err

    def _sender(self, key: UploadKey) -> Sender:
        person = self._people.get(key.person_id)
        return person.sender if person else Sender(name=key.name)

    async def async_close(self) -> None:
        """End uploads under way, and save when keys were used."""
        await async_end_all(self._uploads.close())
        # A full disk must not prevent stopping.
        await async_end_all(self.keys.async_save(), self._people.async_save())

    def _refused(self, printer_id: str | None, secret: str, peer: str) -> None:
        codes = self._guesses.wrong(peer, secret.encode(errors="replace"))
        printer = self._printers.get(printer_id or "")
        if printer is None:
            return
        failures = self._failures.setdefault(
            printer.id, FailedLogins(printer.async_handle_event)
        )
        failures.count(peer, Service.HTTP, codes)


def _queues_prints(config: AnyPrinterConfig, sender: Sender) -> bool:
    """Return whether what somebody prints goes to the queue."""
    return (
        isinstance(config, VirtualPrinterConfig)
        and not sender.is_reviewed
        and (config.ref.mode is Mode.QUEUE or config.ref.on_print is not OnPrint.SEND)
    )


async def _unless_lost(body: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    """Pass on a body. Raises CutError when its connection is lost."""
    try:
        async for chunk in body:
            yield chunk
    except (ClientError, OSError) as err:
        raise CutError(LOST) from err
