"""What a printer says of itself in announcements."""

from typing import Protocol

from .ports import Ports
from .printer_models import PrinterModel


class Presence(Protocol):
    """What discovery and the bind port tell of a printer, and where they do."""

    @property
    def name(self) -> str:
        """How slicers list it."""

    @property
    def model(self) -> PrinterModel:
        """What it is."""

    @property
    def serial(self) -> str:
        """Its serial number."""

    @property
    def firmware_version(self) -> str:
        """The version slicers gate features on."""

    @property
    def bind_ip(self) -> str:
        """Where its listeners are."""

    @property
    def address(self) -> str:
        """The IPv4 address slicers are told to use."""

    @property
    def ports(self) -> Ports:
        """The ports of its listeners."""
