"""The IPv4 networks of this host, as Home Assistant sees them."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from homeassistant.components import network
from homeassistant.core import HomeAssistant


async def async_networks(hass: HomeAssistant) -> list[IPv4Network]:
    """List the networks this host is on."""
    return [
        IPv4Interface(f"{address['address']}/{address['network_prefix']}").network
        for adapter in await network.async_get_adapters(hass)
        for address in adapter["ipv4"]
    ]


def beside(one: str, other: str, networks: Sequence[IPv4Network]) -> bool:
    """Tell whether both addresses are on one network of this host."""
    return any(
        IPv4Address(one) in net and IPv4Address(other) in net for net in networks
    )
