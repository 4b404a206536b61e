"""The input of a mirror, and its interface."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Any, Protocol

from ..values import JsonObject
from .slots import Slot

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
class PooledSpool:
    """A spool as slicers tell one from another, and the nozzle that it gets to: 0 the right or only one, 1 the left."""

    type: str
    color: str
    preset_id: str
    nozzle: int = 0


type Layout = Mapping[Slot, PooledSpool]
"""Which slot is which spool's, also of those that are not loaded any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The state of a real printer, from its reports, or the spools of several. Immutable, including its members."""

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
    other_serials: tuple[str, ...] = ()
    """Those of more printers, whose spools are shown too."""
    pool: Layout | None = field(default=None, repr=False)
    """The spools by their slots, where they are those of several printers."""

    @property
    def is_complete(self) -> bool:
        """Whether it has sent a full report; deltas alone do not describe a printer."""
        return is_full(self.status)


def is_full(status: Mapping[str, Any]) -> bool:
    """Return whether a status is of a full report."""
    return "gcode_state" in status and (
        "nozzle_diameter" in status or "device" in status
    )


class UnreachableError(Exception):
    """Nothing of the command was sent to the real printer."""


class NotOne(StrEnum):
    """Why a command about a spool goes to none of several printers, in the words that slicers get."""

    NO_SLOT = "there is no such slot"
    EMPTY = "this slot is empty"
    SEVERAL = "this spool is in several slots; set it at the printers"
    EXTERNAL = "this spool is in no AMS; set it at the printer"
    OFF = "the printer that has this spool is off"


class NotOneError(Exception):
    """The spool that a command is about is not in one slot of one printer that is there. The text says so to a slicer."""

    def __init__(self, why: NotOne) -> None:
        """Say why."""
        super().__init__(why.value)


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
        """Send it a command, where the spools of several are shown the one that has the command's spool.

        Returns its reply, which may be a refusal. Raises UnreachableError, NoAnswerError, NotOneError.
        """
