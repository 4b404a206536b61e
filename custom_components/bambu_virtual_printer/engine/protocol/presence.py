"""What a printer announces about itself."""

from typing import Protocol

from .ports import Ports
from .printer_models import PrinterModel


class Presence(Protocol):
    """The contents of a printer's announcements and detect replies, and its addresses and ports."""

    @property
    def name(self) -> str:
        """The name in slicers' lists."""

    @property
    def model(self) -> PrinterModel:
        """The model."""

    @property
    def serial(self) -> str:
        """The serial number."""

    @property
    def firmware_version(self) -> str:
        """The firmware version, by which slicers enable features."""

    @property
    def bind_ip(self) -> str:
        """The IPv4 address of its listeners."""

    @property
    def address(self) -> str:
        """The IPv4 address announced to slicers."""

    @property
    def ports(self) -> Ports:
        """The ports of its listeners."""
