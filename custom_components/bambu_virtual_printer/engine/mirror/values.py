"""What a mirror needs to know, and what it asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Protocol

from ..values import JsonObject

SILENT_AFTER_S = 60.0
"""How old the last report may be before temperatures and progress count as unknown."""


class OwnJob(Enum):
    """What a slicer has to see of its own jobs, which go before everything the real printer does."""

    NONE = auto()
    ENDED = auto()
    """Its last one has ended, and the dialog that waits for its name may not have heard of it."""
    UNDER_WAY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """Who the virtual printer is, for the slicer that asks."""

    serial: str
    address: str
    """Its IPv4 address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a real printer has said of itself. Nothing in here is ever changed."""

    serial: str
    places: tuple[str, ...] = field(repr=False)
    """Addresses and names it is reached by."""
    status: Mapping[str, Any] = field(repr=False)
    """Its status, merged from its reports; empty where it has not reported yet."""
    modules: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    """The modules of its newest reply to get_version."""
    is_live: bool
    """Whether it has reported within the last SILENT_AFTER_S seconds."""
    revision: object
    """Equal for two values of one printer that say the same, `is_live` apart."""

    @property
    def is_complete(self) -> bool:
        """Whether a full report was among what it said; deltas alone do not describe a printer."""
        return "gcode_state" in self.status and (
            "nozzle_diameter" in self.status or "device" in self.status
        )


class UnreachableError(Exception):
    """The real printer got nothing of the command."""


class NoAnswerError(Exception):
    """The real printer did not answer, and may have the command or not."""


class Mirror(Protocol):
    """What the emulator asks about the real printer that it shows."""

    @property
    def allows_control(self) -> bool:
        """Whether slicers may do more with it than switch its light and set its spools."""

    def look(self) -> Target | None:
        """Return what is known of it now; None where none is shown."""

    async def request(
        self, kind: str, command: str, fields: Mapping[str, Any]
    ) -> JsonObject:
        """Have it do something; returns its reply, a refusal too. Raises UnreachableError, NoAnswerError."""
