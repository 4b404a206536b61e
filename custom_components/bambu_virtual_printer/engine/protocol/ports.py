"""Port numbers and the user name of Bambu Lab printers (docs/protocol.md, Ports)."""

from dataclasses import dataclass

from ..values import Service

USER_NAME = "bblp"
"""The user name of MQTT and FTPS; the access code is the password."""

DISCOVERY_PORT = 2021
BIND_PORT = 3000
BIND_TLS_PORT = 3002
MQTT_PORT = 8883
FTPS_PORT = 990

PICTURES_PORT = 6000
"""The camera of models that send pictures, and the file tunnel of newer ones."""
VIDEO_PORT = 322
"""The camera of models that stream video: RTSP over TLS."""
VIDEO_PATH = "/streaming/live/1"
"""Where on it."""

FTPS_DATA_PORTS = range(50000, 50101)
"""The passive ports of real printers."""

FTPS_DATA_PORTS_PER_PRINTER = 10
"""How many of them each virtual printer uses, so that printers of one host do not share any."""

FTPS_DATA_SLICES = 100
"""How many virtual printers get passive ports that no other uses."""

EXTRA_PORTS = {
    VIDEO_PORT: Service.RTSPS,
    PICTURES_PORT: Service.TUNNEL,
    2024: Service.AUXILIARY,
    2025: Service.AUXILIARY,
    2026: Service.AUXILIARY,
}
"""The ports that only some models have, and their services."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The TCP and UDP ports of one printer. The defaults are built into slicers; only FTPS may be redirected."""

    discovery: int = DISCOVERY_PORT
    bind: int = BIND_PORT
    bind_tls: int = BIND_TLS_PORT
    mqtt: int = MQTT_PORT
    ftps: int = FTPS_PORT
    port_6000: int = PICTURES_PORT
    video: int = VIDEO_PORT

    @property
    def tcp(self) -> tuple[tuple[Service, int], ...]:
        """The ports of the TCP listeners that every printer has."""
        return (
            (Service.BIND, self.bind),
            (Service.BIND_TLS, self.bind_tls),
            (Service.MQTT, self.mqtt),
            (Service.FTPS, self.ftps),
        )
