"""What the forms of several flows share: names, addresses to choose from, and complaints."""

from ipaddress import AddressValueError, IPv4Address

from homeassistant.components import network
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..config import AnyPrinterConfig, printer_configs
from ..const import CONF_BIND_IP, MAX_NAME_LENGTH
from ..hub import Hub, HubConfigEntry
from ..port_advice import async_advise
from ..printers import async_check_ports

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


def is_name(text: str) -> bool:
    """Tell whether a text can be a printer's name."""
    return 0 < len(text) <= MAX_NAME_LENGTH and text.isprintable()


async def async_address_selector(
    hass: HomeAssistant, entry: HubConfigEntry, current: AnyPrinterConfig | None
) -> SelectSelector:
    """Offer every IPv4 address of this host, aliases and VPNs included, and any other to be typed in.

    Says which ones other printers than this one use.
    """
    taken = {
        other.bind_ip: other.name
        for other in printer_configs(entry).values()
        if current is None or other.id != current.id
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
    return SelectSelector(
        SelectSelectorConfig(
            options=options, mode=SelectSelectorMode.DROPDOWN, custom_value=True
        )
    )


async def async_address_complaint(
    hass: HomeAssistant,
    hub: Hub,
    current: AnyPrinterConfig | None,
    config: AnyPrinterConfig,
) -> Complaints:
    """Check that nobody else has the bind address and that every port can really be bound there.

    Of several kinds of problem the first is told, for all the ports that have it, with what is known to help.
    """
    if not config.enabled:
        return {}, {}
    if other := hub.other_on_address(config):
        return {CONF_BIND_IP: "ip_in_use"}, {"other": other.name}
    problems = async_check_ports(config, held_by=current)
    if not problems:
        return {}, {}
    kind = problems[0].kind
    ports = [str(problem.port) for problem in problems if problem.kind is kind]
    advice = await async_advise(hass, problems[0])
    return {CONF_BIND_IP: advice.key}, {
        **advice.placeholders,
        "ports": ", ".join(ports),
    }
