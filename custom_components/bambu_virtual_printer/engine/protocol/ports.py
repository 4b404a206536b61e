"""Port numbers and the user name of Bambu Lab printers."""

from dataclasses import dataclass

from ..values import Service

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


MQTT_PORT = 8883

FTPS_PORT = 990


# The passive ports of all printers (protocol 7).
FTPS_DATA_PORTS = tuple(range(50000, 50101))

EXTRA_PORTS = {
    322: Service.RTSPS,
    6000: Service.TUNNEL,
    2024: Service.AUXILIARY,
    2025: Service.AUXILIARY,
    2026: Service.AUXILIARY,
}
"""The ports that models have beside those every printer has, and what they are for (protocol 7)."""
