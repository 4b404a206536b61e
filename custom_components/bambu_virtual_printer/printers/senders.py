"""Tells the emulator whose an access code is."""

from dataclasses import dataclass
from typing import override

from ..engine.emulator.logins import Senders
from ..engine.values import Sender
from ..operations.people import People


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterSenders(Senders):
    """The people of one virtual printer."""

    people: People
    printer_id: str

    @override
    def by_code(self, access_code: bytes) -> Sender | None:
        person = self.people.by_code(self.printer_id, access_code)
        return person.sender if person else None

    @override
    def logged_in(self, sender: Sender, peer: str) -> None:
        self.people.async_used(sender.person, peer)
