"""Who a virtual printer says it is, and the addresses and ports it uses."""

from dataclasses import dataclass, field, replace
from typing import Self

from ..protocol.ports import (
    FTPS_DATA_PORTS,
    FTPS_DATA_PORTS_PER_PRINTER,
    FTPS_DATA_SLICES,
    Ports,
)
from ..protocol.printer_models import FIRMWARE_VERSION, PrinterModel, serial_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Everything the listeners of one virtual printer need to know of it.

    `slot` picks the printer's ten passive FTPS ports (docs/protocol.md, Ports). `advertise_ip` is what discovery and the
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
    ports: Ports = field(default_factory=Ports)

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
        first = FTPS_DATA_PORTS.start + FTPS_DATA_PORTS_PER_PRINTER * (
            self.slot % FTPS_DATA_SLICES
        )
        return range(first, first + FTPS_DATA_PORTS_PER_PRINTER)

    def renamed(self, name: str) -> Self:
        """Return the same printer under another name."""
        return replace(self, name=name)
