"""The control connection without its socket: bytes in, replies and actions out, one for each command.

    feed(bytes)  ->  step()  ->  Reply   send it
                                 Action  do it, send exactly one final reply, go on
                                 None    feed more

Commands are taken strictly one after another, as printers do it; whoever calls `step` decides when the one before is
over. ABOR is the exception: `abort_waiting` sees it while it still stands in the queue.
"""

from collections.abc import Buffer
import re

from . import replies
from .commands import COMMANDS, State, Step

# A path of the longest name in a few folders; slicers stay far below.
MAX_LINE_BYTES = 2048

_LINE_END = b"\n"
# Telnet commands that clients put before ABOR (IAC IP, IAC DM): no FTP command begins with such a byte.
_TELNET = bytes(range(0xF0, 0x100))
_ABORT = re.compile(rb"^[\xf0-\xff]*ABOR[ \r]*\n", re.IGNORECASE | re.MULTILINE)


class Dialogue:
    """One client's session: a line parser and what the session remembers."""

    def __init__(self) -> None:
        """Start before the login."""
        self._state = State()
        self._buffer = bytearray()
        self._skipping = False

    @property
    def protected(self) -> bool:
        """Whether what we send on data connections has to be encrypted."""
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
        """Whether an ABOR stands among the commands that were not yet taken."""
        return _ABORT.search(self._buffer) is not None

    def rename_next(self, name: str) -> None:
        """Take note that there is a file to rename, if the next command says so."""
        self._state.renaming = name

    def log_in(self) -> None:
        """Take note that the login asked for was right."""
        self._state.logged_in = True

    def feed(self, data: Buffer) -> None:
        """Take bytes as they come, split anyhow. Never raises."""
        self._buffer += data
        if len(self._buffer) > MAX_LINE_BYTES and _LINE_END not in self._buffer:
            self._buffer.clear()
            self._skipping = True

    def step(self) -> Step | None:
        """Take the next command and return what it leads to, or None when there is no whole one. Never raises."""
        while (end := self._buffer.find(_LINE_END)) >= 0:
            line = bytes(self._buffer[:end]).rstrip(b"\r").lstrip(_TELNET)
            del self._buffer[: end + 1]
            too_long, self._skipping = self._skipping or end > MAX_LINE_BYTES, False
            if too_long:
                return replies.LINE_TOO_LONG
            # Nobody waits for an answer to an empty line.
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
