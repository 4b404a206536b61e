"""Which of several Home Assistants drives a real printer, and which real printers the others have."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """Who starts prints of the queue on a real printer: this Home Assistant, or another one, as far as that is known."""

    is_here: bool
    instance: str = ""
    """What the other one is called."""


HERE = Driver(is_here=True)
NOBODY_KNOWN = Driver(is_here=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPrinter:
    """A real printer that is set up at another Home Assistant. `model` is a code, `instance` what that one is called."""

    name: str
    model: str
    instance: str


type OtherPrinters = Mapping[str, OtherPrinter]
"""By the ids by which jobs name them."""

NO_OTHERS: OtherPrinters = {}
