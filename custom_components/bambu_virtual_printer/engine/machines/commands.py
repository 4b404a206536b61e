"""Sends commands and waits for the reply that carries the same sequence id.

Replies share the topic with reports. A1 echoes the whole command with a result, P2S writes it in capitals, an A1 mini's
reply to `gcode_line` names no command; a P1S that requires a signature gives no result (recordings; Bambuddy #2732). `result`
is what counts: a FAIL may have the reason "success".
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
import json
import random
from typing import Any

from .authorization import is_unsigned_refusal
from .dialogue import Dialogue
from .errors import DeveloperModeOffError, NoReplyError, RefusedError
from .fields import JsonObject, text, unsigned
from .reports import Message, MessageKind

REPLY_TIMEOUT_S = 12.0

_MAX_SEQUENCE_ID = 2**31 - 1
_FIRST_SEQUENCE_ID = 10**9
# Printers' own sequence ids and slicers' begin low; a start far from them and from our last run keeps replies apart.
_START_RANGE = 10**9
_SUCCESS = "success"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a printer answered. `is_confirmed` is False where it echoed the command without a result."""

    fields: JsonObject
    is_confirmed: bool


class Commands:
    """The commands to one printer."""

    def __init__(
        self,
        publish: Callable[[bytes], Awaitable[None]],
        dialogue: Dialogue,
        *,
        reply_timeout_s: float = REPLY_TIMEOUT_S,
        on_send: Callable[[str], None] = lambda _sequence_id: None,
    ) -> None:
        """Send with `publish`, which raises NotConnectedError and NoReplyError; before that `on_send` is called with the sequence id."""
        self._publish = publish
        self._on_send = on_send
        self._dialogue = dialogue
        self._reply_timeout_s = reply_timeout_s
        self._sequence_id = _FIRST_SEQUENCE_ID + random.randrange(_START_RANGE)
        self._waiting: dict[str, asyncio.Future[Message]] = {}

    async def post(self, topic: str, command: str, **fields: Any) -> str:
        """Send without waiting for a reply. Returns the sequence id. Raises NotConnectedError, NoReplyError."""
        sequence_id = self.next_id()
        await self._send(topic, sequence_id, command, fields)
        return sequence_id

    async def request(self, topic: str, command: str, **fields: Any) -> Reply:
        """Send and wait for the reply. Raises NotConnectedError, NoReplyError, RefusedError."""
        return _judge(command, await self.exchange(topic, command, fields))

    async def exchange(
        self, topic: str, command: str, fields: Mapping[str, Any]
    ) -> JsonObject:
        """Send and return the fields of the reply, whatever it says. Raises NotConnectedError, NoReplyError."""
        sequence_id = self.next_id()
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[sequence_id] = future
        try:
            await self._send(topic, sequence_id, command, fields)
            async with asyncio.timeout(self._reply_timeout_s):
                message = await future
        except TimeoutError:
            raise NoReplyError(f"the printer did not answer {command}") from None
        finally:
            del self._waiting[sequence_id]
        return message.fields

    def received(self, message: Message) -> None:
        """Resolve the command that waits for a reply; replies to other clients' commands are ignored."""
        if message.kind is not MessageKind.REPLY:
            return
        future = self._waiting.get(message.sequence_id)
        if future and not future.done():
            future.set_result(message)

    def disconnected(self) -> None:
        """Let those who wait know that no reply will come. Whether the command arrived is not known."""
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(NoReplyError("the connection ended"))

    def next_id(self) -> str:
        """Return a sequence id that no command has."""
        self._sequence_id += 1
        if self._sequence_id > _MAX_SEQUENCE_ID:
            self._sequence_id = _FIRST_SEQUENCE_ID
        return str(self._sequence_id)

    async def _send(
        self, topic: str, sequence_id: str, command: str, fields: Mapping[str, Any]
    ) -> None:
        message = {**fields, "sequence_id": sequence_id, "command": command}
        self._on_send(sequence_id)
        await self._publish(json.dumps({topic: message}).encode())
        self._dialogue.sent(topic, message)


def _judge(command: str, fields: JsonObject) -> Reply:
    """Raise RefusedError for a reply that refuses."""
    if "result" not in fields:
        return Reply(fields=fields, is_confirmed=False)
    if text(fields["result"]).lower() == _SUCCESS:
        return Reply(fields=fields, is_confirmed=True)
    reason, code = text(fields.get("reason")), unsigned(fields.get("err_code"))
    error = (
        DeveloperModeOffError if is_unsigned_refusal(fields, reason) else RefusedError
    )
    raise error(command, reason, code)
