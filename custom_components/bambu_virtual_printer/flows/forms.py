"""What the forms of several flows share: addresses to choose from, and complaints."""

from ipaddress import AddressValueError, IPv4Address

from homeassistant.components import network
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import SelectOptionDict

from ..config import printer_configs
from ..hub import HubConfigEntry
from ..port_advice import async_advise
from ..printers import PortProblem

type Complaints = tuple[dict[str, str], dict[str, str]]
"""Errors by field, and placeholders for their texts."""


def is_host_address(text: str) -> bool:
    """Tell whether a text is an IPv4 address that a host can have."""
    try:
        address = IPv4Address(text)
    except AddressValueError:
        return False
    return not (
        address.is_unspecified
        or address.is_multicast
        or address == IPv4Address("255.255.255.255")
    )


async def async_address_options(
    hass: HomeAssistant, entry: HubConfigEntry, own_id: str | None
) -> list[SelectOptionDict]:
    """List every IPv4 address of this host, aliases and VPNs included; says which ones other printers use."""
    taken = {
        other.bind_ip: other.name
        for other in printer_configs(entry).values()
        if other.id != own_id
    }
    await network.async_reload_adapters(hass)
    options = []
    for adapter in await network.async_get_adapters(hass):
        for configured in adapter["ipv4"]:
            address = configured["address"]
            parsed = IPv4Address(address)
            if parsed.is_loopback or parsed.is_link_local:
                continue
            label = f"{address} ({adapter['name']})"
            if address in taken:
                label = f"{address} ({adapter['name']}, {taken[address]})"
            options.append(SelectOptionDict(value=address, label=label))
    return options


async def async_port_complaint(
    hass: HomeAssistant, problems: list[PortProblem], field: str
) -> Complaints:
    """Say the first kind of problem, for all the ports that have it, and what is known to help."""
    kind = problems[0].kind
    ports = [str(problem.port) for problem in problems if problem.kind is kind]
    advice = await async_advise(hass, problems[0])
    return {field: advice.key}, {**advice.placeholders, "ports": ", ".join(ports)}
