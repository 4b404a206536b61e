"""The input of a mirror, and its interface."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Protocol

from ..values import JsonObject

SILENT_AFTER_S = 60.0
"""How old the last report may be before temperatures and progress count as unknown."""


class OwnJob(Enum):
    """The state of a slicer's own jobs, which are shown rather than what the real printer does."""

    NONE = auto()
    ENDED = auto()
    """Its last job has ended, and its dialog may not have received that yet."""
    UNDER_WAY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """The virtual printer's identity, as one slicer knows it."""

    serial: str
    address: str
    """Its IPv4 address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The state of a real printer, from its reports. Immutable, including its members."""

    serial: str
    places: tuple[str, ...] = field(repr=False)
    """Its addresses and host names."""
    status: Mapping[str, Any] = field(repr=False)
    """Its status, merged from its reports; empty before the first one."""
    modules: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    """The modules of its newest reply to get_version."""
    is_live: bool
    """Whether it has reported within the last SILENT_AFTER_S seconds."""
    revision: object
    """Equal for two values of one printer that differ in `is_live` at most."""

    @property
    def is_complete(self) -> bool:
        """Whether it has sent a full report; deltas alone do not describe a printer."""
        return "gcode_state" in self.status and (
            "nozzle_diameter" in self.status or "device" in self.status
        )


class UnreachableError(Exception):
    """Nothing of the command was sent to the real printer."""


class NoAnswerError(Exception):
    """The real printer did not answer; it may have received the command or not."""


class Mirror(Protocol):
    """The emulator's access to the real printer that is shown."""

    @property
    def allows_control(self) -> bool:
        """Whether slicers may do more with it than switch its light and set its spools."""

    def look(self) -> Target | None:
        """Return its current state; None while none is shown."""

    async def request(
        self, kind: str, command: str, fields: Mapping[str, Any]
    ) -> JsonObject:
        """Send it a command. Returns its reply, which may be a refusal. Raises UnreachableError, NoAnswerError."""
