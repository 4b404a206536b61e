"""Whether a printer's ports can be bound."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
import errno
import os
from typing import Self

from homeassistant.core import callback

from ..config.subentries import AnyPrinterConfig, ProxyConfig
from ..engine.emulator.probe import unbindable
from ..engine.explanations import Explanation, explain, why_os
from ..engine.net.listener import ListenError
from ..engine.protocol.ports import EXTRA_PORTS
from ..engine.values import Service


class PortProblemKind(StrEnum):
    """Why a listener could not be bound; also the translation key of the advice."""

    PORT_IN_USE = "port_in_use"
    ADDRESS_MISSING = "address_missing"
    PORT_FORBIDDEN = "port_forbidden"
    PORT_FAILED = "port_failed"


_KIND_BY_ERRNO = {
    errno.EADDRINUSE: PortProblemKind.PORT_IN_USE,
    errno.EADDRNOTAVAIL: PortProblemKind.ADDRESS_MISSING,
    errno.EACCES: PortProblemKind.PORT_FORBIDDEN,
    errno.EPERM: PortProblemKind.PORT_FORBIDDEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PortProblem:
    """A listener that could not be bound."""

    kind: PortProblemKind
    service: Service
    address: str
    port: int
    reason: Explanation

    @property
    def explanation(self) -> Explanation:
        """The problem in a sentence."""
        return explain(
            "check_port_failed",
            "Port {port} on {address} cannot be used: {reason}",
            port=str(self.port),
            address=self.address,
            reason=self.reason,
        )

    @classmethod
    def of(cls, error: ListenError) -> Self:
        """Classify an error by its solution."""
        return cls(
            kind=_KIND_BY_ERRNO.get(error.errno or 0, PortProblemKind.PORT_FAILED),
            service=error.service,
            address=error.address,
            port=error.port,
            reason=why_os(error),
        )


@callback
def async_check_ports(
    config: AnyPrinterConfig, held_by: AnyPrinterConfig | None
) -> list[PortProblem]:
    """Try to bind the printer's ports, except those that `held_by`, the running printer, has open."""
    skip: Collection[Service] = ()
    if held_by and held_by.enabled and held_by.bind_ip == config.bind_ip:
        skip = set(Service)
        if held_by.identity.ports.ftps != config.identity.ports.ftps:
            skip.discard(Service.FTPS)
    extra: list[tuple[Service, int]] = []
    if isinstance(config, ProxyConfig):
        extra = [(EXTRA_PORTS[port], port) for port in config.model.extra_ports]
    return [PortProblem.of(error) for error in unbindable(config.identity, skip, extra)]


def _all_missing(config: AnyPrinterConfig) -> tuple[PortProblem, ...]:
    """Return the problem that the address is missing, for every listener."""
    ports = config.identity.ports
    return tuple(
        PortProblem.of(
            ListenError(
                service,
                config.bind_ip,
                port,
                OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL)),
            )
        )
        for service, port in (*ports.tcp, (Service.DISCOVERY, ports.discovery))
    )
