"""Finds out whether a printer takes unsigned commands, which it does in Developer Mode, from how it answers them.

Nothing is sent to find out: probing upset brokers (Bambuddy #887). Refusals come in three dialects: a failed reply with
"verify failed" about half a second later (X1, H2, P2S), a reply without a result and a health message (P1S 01.10.00.00,
A1), and a print error. The health message stays after the mode was switched on, so that only one that is new tells (P2S
and A1 recordings). After switching it on, a printer has to be restarted: a new session knows nothing yet.
"""

from .codes import ErrorCode
from .fields import JsonObject, unsigned
from .values import DeveloperMode, MachineState

_UNSIGNED_CODES = frozenset({0x05024007, 0x05024009})
_VERIFY = "verify fail"


def is_unsigned_refusal(reply: JsonObject, reason: str) -> bool:
    """Return whether a failed reply means that a signature is missing."""
    return (
        unsigned(reply.get("err_code")) in _UNSIGNED_CODES or _VERIFY in reason.lower()
    )


class Authorization:
    """What is known about the Developer Mode of one printer."""

    def __init__(self) -> None:
        """Know nothing."""
        self.mode = DeveloperMode.UNKNOWN
        self._asks_for_signatures: bool | None = None
        self._before: frozenset[ErrorCode] | None = None

    def forget(self) -> None:
        """Forget what was seen: after a reconnect, or when a person asks to look again."""
        self.mode = DeveloperMode.UNKNOWN
        self._before = None

    def sending(self, state: MachineState) -> None:
        """Note what was reported before a command of `print`."""
        self._before = _complaints(state)

    def accepted(self) -> None:
        """Record that such a command was done."""
        self.mode = DeveloperMode.ON
        self._before = None

    def refused(self) -> None:
        """Record that one was refused for a missing signature."""
        self.mode = DeveloperMode.OFF
        self._before = None

    def reported(self, state: MachineState) -> None:
        """Look whether a refusal is reported that was not there before the command."""
        asks = state.asks_for_signatures
        if asks is not None:
            if self._asks_for_signatures not in {None, asks}:
                self.forget()
            self._asks_for_signatures = asks
        if self._before is not None and _complaints(state) - self._before:
            self.refused()


def _complaints(state: MachineState) -> frozenset[ErrorCode]:
    codes = state.hms if state.print_error is None else (*state.hms, state.print_error)
    return frozenset(code for code in codes if code.is_unverified_command)
