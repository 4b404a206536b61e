"""The control connection without its socket: bytes in, a reply or an action for each command out.

    feed(bytes)  ->  step()  ->  Reply   send it
                                 Action  do it, and send exactly one final reply
                                 None    feed more

Commands are taken strictly one after another, as printers do; the caller of `step` decides when the one before is done.
ABOR is the exception: `abort_waiting` finds it while it is still queued.
"""

from collections.abc import Buffer
import re

from . import replies
from .commands import COMMANDS, State, Step

# A path of the longest name in a few folders; slicers send far less.
MAX_LINE_BYTES = 2048

_LINE_END = b"\n"
# Telnet commands that clients put before ABOR (IAC IP, IAC DM): no FTP command begins with such a byte.
_TELNET = bytes(range(0xF0, 0x100))
_ABORT = re.compile(rb"^[\xf0-\xff]*ABOR[ \r]*\n", re.IGNORECASE | re.MULTILINE)


class Dialogue:
    """One client's dialogue: a line parser and the state of the session."""

    def __init__(self) -> None:
        """Start before the login."""
        self._state = State()
        self._buffer = bytearray()
        self._skipping = False

    @property
    def protected(self) -> bool:
        """Whether data sent by the server has to be encrypted."""
        return self._state.protected

    @property
    def logged_in(self) -> bool:
        """Whether the access code was right."""
        return self._state.logged_in

    @property
    def backlog_bytes(self) -> int:
        """How much was fed and not yet taken; lines that are too long do not add to it."""
        return len(self._buffer)

    @property
    def abort_waiting(self) -> bool:
        """Whether an ABOR is among the commands that were not taken yet."""
        return _ABORT.search(self._buffer) is not None

    def rename_next(self, name: str) -> None:
        """Record that the file exists, so that RNTO may rename it if it is the next command."""
        self._state.renaming = name

    def log_in(self) -> None:
        """Record that the login was right."""
        self._state.logged_in = True

    def feed(self, data: Buffer) -> None:
        """Take bytes in any split. Never raises."""
        self._buffer += data
        if len(self._buffer) > MAX_LINE_BYTES and _LINE_END not in self._buffer:
            self._buffer.clear()
            self._skipping = True

    def step(self) -> Step | None:
        """Return the reply or action of the next command, or None if it is not complete. Never raises."""
        while (end := self._buffer.find(_LINE_END)) >= 0:
            line = bytes(self._buffer[:end]).rstrip(b"\r").lstrip(_TELNET)
            del self._buffer[: end + 1]
            too_long, self._skipping = self._skipping or end > MAX_LINE_BYTES, False
            if too_long:
                return replies.LINE_TOO_LONG
            # An empty line gets no reply.
            if line.strip():
                return self._answer(line)
        return None

    def _answer(self, line: bytes) -> Step:
        verb, _space, argument = line.partition(b" ")
        command = COMMANDS.get(verb.upper())
        if not self._state.logged_in and not (command and command.before_login):
            return replies.LOG_IN_FIRST
        if verb.upper() != b"RNTO":
            self._state.renaming = None
        if command is None:
            return replies.NOT_IMPLEMENTED
        if isinstance(command.answer, replies.Reply):
            return command.answer
        return command.answer(self._state, argument)
