"""Which of several Home Assistants drives a real printer, and which real printers the others have."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """Who starts prints of the queue on a real printer: this Home Assistant, or another one, as far as that is known."""

    is_here: bool
    instance: str = ""
    """What the other one is called."""


HERE = Driver(is_here=True)
NOBODY_KNOWN = Driver(is_here=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RealPrinter:
    """A real printer that is set up. `id` is the one by which jobs name it, `model` a code."""

    id: str
    serial: str
    name: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPrinter:
    """A real printer that is set up at another Home Assistant. `model` is a code, `instance` what that one is called."""

    name: str
    model: str
    instance: str
    is_away: bool = False
    """Whether that Home Assistant has not been seen for minutes."""
    is_missing: bool = False
    """Whether it has not been seen for longer than a restart takes: people are asked about what it prints."""
    seen_at: datetime | None = None
    """When it was last seen, where it is away and that is known."""


type OtherPrinters = Mapping[str, OtherPrinter]
"""By the ids by which jobs name them."""

NO_OTHERS: OtherPrinters = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Printers:
    """The real printers that other Home Assistants have set up.

    `own` are the ids of those that are set up here. `same` has the id of those that are set up here too, by the id that another
    one has given the same printer. `orphans` are ids of printers that one has removed, and whose prints another one takes over.
    """

    others: OtherPrinters = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    same: Mapping[str, str] = field(default_factory=dict)
    orphans: frozenset[str] = frozenset()

    @property
    def ids(self) -> frozenset[str]:
        """Those that are not set up here alone."""
        return self.orphans | self.others.keys()

    def is_known(self, machine_id: str) -> bool:
        """Return whether anybody has set a printer up."""
        return machine_id in self.own or machine_id in self.ids


NO_PRINTERS = Printers()
