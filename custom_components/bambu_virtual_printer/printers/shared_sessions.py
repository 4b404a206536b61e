"""Lets the slicers of a proxy use the session that Home Assistant has with the real printer."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import hmac

from ..engine.machines.errors import CommandError
from ..engine.machines.machine import Machine
from ..engine.machines.sharing import Guest
from ..engine.machines.values import Availability
from ..engine.protocol.ports import USER_NAME
from ..engine.relay.shared import Listener, NoRoomError, Place
from .machines import ManagedMachine

# How long a slicer waits for a session that is just being made.
JOIN_TIMEOUT_S = 10.0
# A session that is made now has the printer's place for one: a slicer's own would take it away.
_SOON = frozenset({Availability.CONNECTING, Availability.OFFLINE})


class MachineSession:
    """The session with the real printer of one proxy, whatever becomes of its settings."""

    def __init__(self, machine: Callable[[], ManagedMachine | None]) -> None:
        """Use what `machine` returns at the moment."""
        self._machine = machine

    @property
    def address(self) -> str | None:
        """Where the printer is, verified; None while there is no session with it."""
        session = self._available()
        return session.address if session else None

    @property
    def heard_at(self) -> float | None:
        """When the printer last said something in the session; None while there is none."""
        session = self._available()
        return session.heard_at if session else None

    async def answers(self, *, within_s: float) -> bool:
        """Return whether the printer has reported within the last seconds, or else answers now."""
        session = self._session()
        return session is not None and await session.answers(within_s=within_s)

    async def join(self, user: str, code: bytes, listener: Listener) -> Place | None:
        """Let a slicer use the session, if its access code is the one that the printer accepts from Home Assistant.

        Returns None where a slicer has to have a session of its own. Raises NoRoomError while the printer has no room for one.
        """
        session = self._session()
        if session is None or not _is_code(session, user, code):
            return None
        if session.state.availability in _SOON:
            session.connect_soon()
            await _settled(session)
        match session.state.availability:
            case Availability.ONLINE:
                return _GuestPlace(session.sharing.join(listener))
            case Availability.TOO_MANY_CLIENTS | Availability.CONNECTING:
                raise NoRoomError
        return None

    def _available(self) -> Machine | None:
        session = self._session()
        return session if session and session.state.is_available else None

    def _session(self) -> Machine | None:
        machine = self._machine()
        return machine.session if machine else None


class _GuestPlace:
    """A slicer's place in the session."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest

    async def send(self, payload: bytes) -> None:
        """Send a command; where the session has just ended, the slicer is told that."""
        with suppress(CommandError):
            await self._guest.send(payload)

    def full_report(self) -> bytes | None:
        """Return a full report as of now."""
        return self._guest.full_report()

    def leave(self) -> None:
        """Take no more."""
        self._guest.leave()


def _is_code(session: Machine, user: str, code: bytes) -> bool:
    known = session.settings.access_code.encode()
    return user == USER_NAME and hmac.compare_digest(known, code)


async def _settled(session: Machine) -> None:
    """Wait until there is a session, or it is known that there will be none soon."""
    with suppress(TimeoutError):
        async with asyncio.timeout(JOIN_TIMEOUT_S):
            async for state in session.changes():
                if state.availability not in _SOON:
                    return
