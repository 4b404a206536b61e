"""What the forms of several flows share: names, addresses to choose from, and complaints."""

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
from typing import Any

from homeassistant.components import network
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    SelectOptionDict,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.helpers.system_info import async_get_system_info

from ..config.subentries import AnyPrinterConfig, other_on_address, printer_configs
from ..const import CONF_BIND_IP, MAX_NAME_LENGTH
from ..engine.emulator.probe import tcp_ports_free
from ..engine.printable import printable
from ..health.port_advice import async_advise
from ..hub import Hub
from ..language.sentences import Sentence, sentence
from ..presentation.documentation import documentation_url
from ..printers.ports import async_check_ports

type FormErrors = tuple[dict[str, str], dict[str, str]]
"""Errors by field, and placeholders for their texts."""

OTHER_ADDRESS = "other"
NO_ADDRESS = "none"
"""Files come by Home Assistant's own address only."""
"""Chosen instead of one of the addresses on the list."""

# Headings of docs/networks.md.
_WAYS_TO_AN_ADDRESS = {
    "Home Assistant OS": "home-assistant-os",
    "Home Assistant Container": "docker-with-host-networking",
    "Home Assistant Core": "linux-until-the-next-restart",
}


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
    return 0 < len(text) <= MAX_NAME_LENGTH and text == printable(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressField:
    """The field for a bind address: its selector, and what it is filled with."""

    selector: Selector[Any]
    suggested: str | None


async def async_address_field(
    hass: HomeAssistant,
    hub: Hub,
    current: AnyPrinterConfig | None,
    *,
    typed: bool = False,
    or_none: bool = False,
) -> AddressField:
    """Offer every IPv4 address of this host, aliases and VPNs included, those that can be used first, and another one.

    With `or_none` also none at all, which comes first where no address can be used.

    Addresses are chosen from a list or typed into a plain field, never both: the frontend's list takes the nearest match
    for what is typed into it. `typed` asks for the plain field, which is also all there is on a host without addresses.
    """
    offered = await _async_offers(hass, hub, current)
    own = current.bind_ip if current else None
    if typed or not offered:
        return AddressField(selector=TextSelector(), suggested=own)
    options = [
        SelectOptionDict(value=offer.address, label=offer.label.text(hub.texts))
        for offer in offered
    ]
    if own and own not in {offer.address for offer in offered}:
        options.insert(0, SelectOptionDict(value=own, label=own))
    options.append(SelectOptionDict(value=OTHER_ADDRESS, label=OTHER_ADDRESS))
    best = next((offer for offer in offered if offer.used_by is None), None)
    suggested = own or (best.address if best else OTHER_ADDRESS)
    if or_none:
        none = SelectOptionDict(value=NO_ADDRESS, label=NO_ADDRESS)
        has_free = best is not None and best.free
        options.insert(len(options) if has_free or own else 0, none)
        if own == "" or not (own or has_free):
            suggested = NO_ADDRESS
    return AddressField(
        selector=SelectSelector(
            SelectSelectorConfig(
                options=options,
                mode=SelectSelectorMode.LIST,
                translation_key=CONF_BIND_IP,
            )
        ),
        suggested=suggested,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """An address of this host. `used_by` is the name of the printer that has it."""

    address: str
    adapter: str
    used_by: str | None
    free: bool

    @property
    def label(self) -> Sentence:
        facts = {"address": self.address, "adapter": self.adapter}
        if self.used_by is not None:
            return sentence("address_in_use", printer=self.used_by, **facts)
        return sentence(
            "address" if self.free else "address_with_ports_in_use", **facts
        )


async def _async_offers(
    hass: HomeAssistant, hub: Hub, current: AnyPrinterConfig | None
) -> list[_Offer]:
    taken = {
        other.bind_ip: other.name
        for other in printer_configs(hub.entry).values()
        if current is None or other.id != current.id
    }
    await network.async_reload_adapters(hass)
    offers = []
    for adapter in await network.async_get_adapters(hass):
        for configured in adapter["ipv4"]:
            address = configured["address"]
            parsed = IPv4Address(address)
            if parsed.is_loopback or parsed.is_link_local:
                continue
            own = current is not None and current.bind_ip == address
            offers.append(
                _Offer(
                    address=address,
                    adapter=adapter["name"],
                    used_by=taken.get(address),
                    free=own or address in taken or tcp_ports_free(address),
                )
            )
    return sorted(offers, key=lambda each: (each.used_by is not None, not each.free))


async def async_networks_url(hass: HomeAssistant) -> str:
    """Return the address of the page that tells how this kind of installation gets another IP address."""
    system = await async_get_system_info(hass)
    anchor = _WAYS_TO_AN_ADDRESS.get(
        system["installation_type"], "an-address-for-each-printer"
    )
    return documentation_url(hass, "networks", anchor)


async def async_address_complaint(
    hass: HomeAssistant,
    hub: Hub,
    current: AnyPrinterConfig | None,
    config: AnyPrinterConfig,
) -> FormErrors:
    """Check that no other printer has the bind address and that every port can really be bound there.

    Of several kinds of problem the first is shown, for all the ports that have it, with what is known to help.
    """
    if not config.enabled or not config.bind_ip:
        return {}, {}
    if other := other_on_address(hub.entry, config):
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
