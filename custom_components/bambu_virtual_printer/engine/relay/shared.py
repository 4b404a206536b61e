"""The session that Home Assistant has with a printer, as relays use it: printers have few slots for clients.

What implements it knows real printers; relays do not.
"""

import errno
from typing import Protocol


class NoRoomError(ConnectionRefusedError):
    """The printer has no room for a session now."""

    def __init__(self) -> None:
        """Say so as the system would of a connection."""
        super().__init__(errno.ECONNREFUSED, "the printer has no room for a session")


class Listener(Protocol):
    """A slicer at the other end."""

    def report(self, payload: bytes) -> None:
        """Take what the printer published to everybody."""

    def reply(self, payload: bytes) -> None:
        """Take the printer's reply to a command of this slicer."""

    def ended(self) -> None:
        """Take note that the session with the printer has ended; nothing follows."""


class Place(Protocol):
    """A slicer's place in the session."""

    async def send(self, payload: bytes) -> None:
        """Send a command to the printer. Where the session has just ended, nothing is sent."""

    def full_report(self) -> bytes | None:
        """Return a full report as of now; None before there was one."""

    def leave(self) -> None:
        """Take no more."""


class SharedSession(Protocol):
    """The session with one printer."""

    @property
    def address(self) -> str | None:
        """Where the printer is, verified; None while there is no session with it."""

    @property
    def heard_at(self) -> float | None:
        """When the printer last said something in the session, on the monotonic clock; None while there is none."""

    async def answers(self, *, within_s: float) -> bool:
        """Return whether the printer has said something in the session within the last seconds, or else answers now."""

    async def join(self, user: str, code: bytes, listener: Listener) -> Place | None:
        """Let a slicer use the session, if its access code is the printer's.

        Returns None where a slicer has to have a session of its own: with another code, or where Home Assistant cannot have one.
        Raises NoRoomError where none can be had now.
        """


class NoSharedSession:
    """There is none."""

    address: str | None = None
    heard_at: float | None = None

    async def answers(self, *, within_s: float) -> bool:
        """Return that nobody does."""
        return False

    async def join(self, user: str, code: bytes, listener: Listener) -> Place | None:
        """Let every slicer have a session of its own."""
        return None
