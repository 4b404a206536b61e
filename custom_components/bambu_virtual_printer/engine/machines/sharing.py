"""Lets slicers use the one session with a printer, as if each had one of its own.

A printer publishes to everybody; here each command gets a sequence id that no other has, by which its reply finds the one who
sent it, under the id that it was sent with. What nobody here asked for is everybody's. Signed commands cannot be changed: their
replies go to whoever used that id last. A full report is made of what the printer has said so far, since A1 and P1 lag
when every client asks for one. Payloads stay what they are byte for byte, but for the sequence ids.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
import json
import re
from typing import Any, Protocol

from .reports import PUSH_STATUS, Message, MessageKind, parse

# More than all slicers have under way; replies that come later are for nobody.
MAX_ROUTES = 1024
# Indented like a printer's.
_INDENT = 4

_SEQUENCE_ID = re.compile(
    rb'("sequence_id"\s*:\s*)("(?:[^"\\]|\\.)*"|-?[0-9]+)', re.DOTALL
)
_SIGNED = b'"sign_string"'
_WHOLE_REPORT = frozenset({"pushall", "start"})


class Listener(Protocol):
    """One who uses the session."""

    def report(self, payload: bytes) -> None:
        """Take what the printer published to everybody."""

    def reply(self, payload: bytes) -> None:
        """Take the printer's reply to a command of one's own."""

    def ended(self) -> None:
        """Take note that the session has ended; nothing follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Route:
    """Whose command a sequence id is, None for one of our own, and what it was before. `command` is set where ids are not unique."""

    guest: Guest | None
    token: bytes = b""
    command: str = ""


class Guest:
    """One who has joined."""

    def __init__(self, sharing: Sharing, listener: Listener) -> None:
        """Join with `Sharing.join`."""
        self.listener = listener
        self._sharing = sharing

    async def send(self, payload: bytes) -> None:
        """Send a command to the printer. Raises CommandError; then the session has ended."""
        await self._sharing.send(self, payload)

    def full_report(self) -> bytes | None:
        """Return a full report as of now; None before there was one."""
        return self._sharing.full_report()

    def leave(self) -> None:
        """Take no more. Replies that are still to come are for nobody."""
        self._sharing.left(self)


class Sharing:
    """The guests of one printer's session."""

    def __init__(
        self,
        *,
        publish: Callable[[bytes], Awaitable[None]],
        next_id: Callable[[], str],
        status: Callable[[], dict[str, Any] | None],
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        """Begin with nobody.

        `publish` sends to the printer, `next_id` returns a sequence id that is not in use, `status` the merged status of this
        session, None before it is whole, `refresh` asks the printer for a full report unless that was done lately.
        """
        self._publish = publish
        self._next_id = next_id
        self._status = status
        self._refresh = refresh
        self._guests: dict[Guest, None] = {}
        self._routes: dict[str, _Route] = {}

    def join(self, listener: Listener) -> Guest:
        """Let somebody use the session."""
        guest = Guest(self, listener)
        self._guests[guest] = None
        return guest

    def left(self, guest: Guest) -> None:
        """Forget a guest."""
        self._guests.pop(guest, None)

    def sent_by_us(self, sequence_id: str) -> None:
        """Take note of a command of our own, whose reply is not for guests."""
        self._remember(sequence_id, _Route(guest=None))

    async def send(self, guest: Guest, payload: bytes) -> None:
        """Send a guest's command under an id of its own. Raises CommandError."""
        if guest not in self._guests:
            return
        if _wants_full_report(payload) and (report := self.full_report()):
            guest.listener.report(report)
            await self._refresh()
            return
        await self._publish(self._routed(guest, payload))

    def full_report(self) -> bytes | None:
        """Return a full report as of now; None before there was one."""
        if (status := self._status()) is None:
            return None
        fields = {**status, "command": PUSH_STATUS, "msg": 0}
        return json.dumps({"print": fields}, indent=_INDENT).encode()

    def received(self, payload: bytes, messages: Sequence[Message]) -> None:
        """Pass on what the printer published: a reply to the one who asked, all else to everybody."""
        if not self._guests:
            return
        for message in messages:
            if message.kind is not MessageKind.REPLY:
                continue
            route = self._routes.get(_sequence_id(message) or "")
            if route is None or route.command not in ("", message.command):
                continue
            if route.guest in self._guests:
                assert route.guest
                route.guest.listener.reply(_restored(payload, message, route.token))
            return
        for guest in tuple(self._guests):
            guest.listener.report(payload)

    def ended(self) -> None:
        """Tell all guests that the session has ended, and forget them."""
        guests, self._guests = self._guests, {}
        self._routes.clear()
        for guest in guests:
            guest.listener.ended()

    def _routed(self, guest: Guest, payload: bytes) -> bytes:
        """Remember whose the reply is. Returns the payload under ids that no other command has."""
        if _SIGNED in payload:
            for message in parse(payload):
                if not (sequence_id := _sequence_id(message)):
                    # What answers it is everybody's.
                    continue
                route = _Route(
                    guest=guest,
                    token=json.dumps(message.fields["sequence_id"]).encode(),
                    command=message.command,
                )
                self._remember(sequence_id, route)
            return payload

        def _renumbered(found: re.Match[bytes]) -> bytes:
            sequence_id = self._next_id()
            self._remember(sequence_id, _Route(guest=guest, token=found[2]))
            number = sequence_id.encode()
            return found[1] + (b'"%b"' % number if found[2][:1] == b'"' else number)

        return _SEQUENCE_ID.sub(_renumbered, payload)

    def _remember(self, sequence_id: str, route: _Route) -> None:
        self._routes.pop(sequence_id, None)
        self._routes[sequence_id] = route
        if len(self._routes) > MAX_ROUTES:
            del self._routes[next(iter(self._routes))]


def _sequence_id(message: Message) -> str | None:
    """Return the number of a command or a reply, None where it has none by which another would be found."""
    sequence_id = message.fields.get("sequence_id")
    if isinstance(sequence_id, bool) or not isinstance(sequence_id, str | int):
        return None
    return str(sequence_id)


def _restored(payload: bytes, message: Message, token: bytes) -> bytes:
    """Return a reply under the id of the command, in the printer's notation where it can be."""
    ours = str(message.fields["sequence_id"]).encode()

    def _original(found: re.Match[bytes]) -> bytes:
        if found[2].strip(b'"') != ours:
            return found[0]
        text = token[1:-1] if token[:1] == b'"' else token
        is_number = re.fullmatch(rb"-?[0-9]+", text) is not None
        if found[2][:1] == b'"' or not is_number:
            return found[1] + b'"' + text + b'"'
        return found[1] + text

    return _SEQUENCE_ID.sub(_original, payload)


def _wants_full_report(payload: bytes) -> bool:
    if b'"pushing"' not in payload:
        return False
    try:
        message = json.loads(payload.decode(errors="replace").rstrip("\0"))
    except ValueError, RecursionError:
        return False
    match message:
        case {"pushing": {"command": str() as command}}:
            return command in _WHOLE_REPORT and not (
                message.keys() - {"pushing", "header", "user_id"}
            )
    return False
