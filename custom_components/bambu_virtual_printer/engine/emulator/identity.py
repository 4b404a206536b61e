"""The identity of a virtual printer, and the addresses and ports it uses."""

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
    """The settings that the listeners of one virtual printer need.

    `slot` picks the printer's ten passive FTPS ports (docs/protocol.md, Ports). `advertise_ip` is the address in
    announcements and in the certificate, if not the bind IP; `pasv_address` is the one in PASV replies. `file_tunnel`
    allows uploads by the file tunnel, where the model has one.
    """

    name: str
    model: PrinterModel
    serial_suffix: str
    access_code: str = field(repr=False)
    bind_ip: str
    advertise_ip: str | None = None
    pasv_address: str | None = None
    slot: int = 0
    file_tunnel: bool = True
    ports: Ports = field(default_factory=Ports)

    @property
    def serial(self) -> str:
        """The serial number, which is also the name in the certificate and in the MQTT topics."""
        return serial_number(self.model, self.serial_suffix)

    @property
    def firmware_version(self) -> str:
        """The firmware version, by which slicers enable features."""
        return FIRMWARE_VERSION

    @property
    def address(self) -> str:
        """The IPv4 address announced to slicers."""
        return self.advertise_ip or self.bind_ip

    @property
    def has_file_tunnel(self) -> bool:
        """Whether slicers may use a file tunnel."""
        return self.file_tunnel and self.model.file_tunnel

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
