"""Who a virtual printer says it is, and the addresses and ports it uses."""

from dataclasses import dataclass, field, replace
from typing import Protocol, Self

from .models import FIRMWARE_VERSION, PrinterModel, serial_number

FTPS_DATA_PORTS_FIRST = 50000
FTPS_DATA_PORTS_PER_PRINTER = 10
FTPS_DATA_SLICES = 100

USER_NAME = "bblp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The TCP and UDP ports of one printer. Slicers know the defaults by heart; only FTPS is ever redirected."""

    discovery: int = 2021
    bind: int = 3000
    bind_tls: int = 3002
    mqtt: int = 8883
    ftps: int = 990


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Everything the listeners of one virtual printer need to know of it.

    `slot` picks the printer's ten passive FTPS ports (protocol 6.5). `advertise_ip` is what discovery and the
    certificate name when it is not the bind IP; `pasv_address` is what a PASV reply names.
    """

    name: str
    model: PrinterModel
    serial_suffix: str
    access_code: str = field(repr=False)
    bind_ip: str
    advertise_ip: str | None = None
    pasv_address: str | None = None
    slot: int = 0
    ports: Ports = Ports()

    @property
    def serial(self) -> str:
        """The serial number: name of the certificate, of the topics, of the printer itself."""
        return serial_number(self.model, self.serial_suffix)

    @property
    def firmware_version(self) -> str:
        """The version slicers gate features on."""
        return FIRMWARE_VERSION

    @property
    def address(self) -> str:
        """The IPv4 address slicers are told to use."""
        return self.advertise_ip or self.bind_ip

    @property
    def data_ports(self) -> range:
        """The printer's passive FTPS ports."""
        first = FTPS_DATA_PORTS_FIRST + FTPS_DATA_PORTS_PER_PRINTER * (
            self.slot % FTPS_DATA_SLICES
        )
        return range(first, first + FTPS_DATA_PORTS_PER_PRINTER)

    def renamed(self, name: str) -> Self:
        """Return the same printer under another name."""
        return replace(self, name=name)
