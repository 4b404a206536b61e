"""Carries out what slicers command: here, or by the real printer that is shown."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
import logging

from ...explanations import Explanation
from ...mirror.disguise import Disguise
from ...mirror.routes import Route
from ...mirror.values import Face
from ...values import PrintRequest
from ..identity import Identity
from .commands import (
    Answer,
    Context,
    LightSwitched,
    NotACommandError,
    Request,
    SpeedChosen,
    StatusWanted,
    answer,
    not_allowed,
    requests,
)
from .connection import Connection
from .forwarding import ShownPrinter
from .reports import Controls, encode

_LOGGER = logging.getLogger(__name__)

MAX_COMMANDS_REMEMBERED = 256


class CommandHandler:
    """Handles the commands of all clients of one printer.

    `ask_to_print` is called for print requests, before they are answered, and returns why one is refused; `send_status` for clients that want a status report.
    """

    def __init__(
        self,
        identity: Identity,
        shown: ShownPrinter,
        *,
        ask_to_print: Callable[[PrintRequest], Explanation | None],
        send_status: Callable[[Connection], None],
    ) -> None:
        """Begin with the controls as they are after power-up."""
        self.controls = Controls()
        self._identity = identity
        self._shown = shown
        self._ask_to_print = ask_to_print
        self._send_status = send_status
        # Hashes of commands, the oldest first; a client whose connection broke sends its last ones again.
        self._recent: dict[int, None] = {}

    def handle(
        self,
        connection: Connection,
        client_id: str,
        payload: bytes,
        *,
        person: str,
        access_code: str,
        redelivered: bool,
    ) -> None:
        """Carry out and answer every command of a payload. `access_code` is what the client logged in with, `person` whose it is."""
        again = self._remember(client_id, payload) and redelivered
        context = self._context(connection, person, access_code)
        try:
            for request in requests(payload):
                self._handle_request(connection, request, context, again=again)
        except NotACommandError as err:
            _LOGGER.debug(
                "%s: %s sent %s bytes that are no command: %s",
                self._identity.name,
                connection.peer,
                len(payload),
                err,
            )

    def _context(
        self, connection: Connection, person: str, access_code: str
    ) -> Context:
        target = self._shown.look()
        face = Face(serial=connection.serial, address=self._identity.address)
        return Context(
            model=self._identity.model,
            serial=connection.serial,
            access_code=access_code,
            person=person,
            peer=connection.peer,
            now=datetime.now(UTC),
            target=target,
            disguise=Disguise(target, face) if target else None,
        )

    def _handle_request(
        self,
        connection: Connection,
        request: Request,
        context: Context,
        *,
        again: bool,
    ) -> None:
        """Answer a command, or forward it to the real printer that is shown; one that came `again` is not forwarded."""

        def _answer_here() -> None:
            self._apply(connection, request, answer(request, context), again=again)

        if context.disguise is None or context.target is None:
            _answer_here()
            return
        match self._shown.route(request, context.target):
            case Route.TARGET if again:
                pass
            case Route.TARGET:
                self._shown.forward(
                    request,
                    context.disguise,
                    reply=lambda fields: connection.publish(encode(fields)),
                    otherwise=_answer_here,
                )
            case Route.REFUSED:
                self._apply(connection, request, not_allowed(request), again=again)
            case Route.OWN:
                _answer_here()

    def _remember(self, client_id: str, payload: bytes) -> bool:
        """Remember a command of a client. Returns whether it was remembered already."""
        digest = hash((client_id, payload))
        known = digest in self._recent
        self._recent.pop(digest, None)
        self._recent[digest] = None
        if len(self._recent) > MAX_COMMANDS_REMEMBERED:
            del self._recent[next(iter(self._recent))]
        return known

    def _apply(
        self, connection: Connection, request: Request, answer: Answer, *, again: bool
    ) -> None:
        """Carry out a command and answer it; one that came `again` is only answered."""
        reply = answer.reply
        match answer.effect:
            case PrintRequest() if again:
                pass
            case PrintRequest() as wanted:
                if reason := self._ask_to_print(wanted):
                    reply = request.reply(result="fail", reason=str(reason))
            case StatusWanted():
                self._send_status(connection)
            case LightSwitched(mode=mode):
                self.controls = replace(self.controls, light_mode=mode)
            case SpeedChosen(level=level):
                self.controls = replace(self.controls, speed_level=level)
        if reply is not None:
            connection.publish(encode(reply))
