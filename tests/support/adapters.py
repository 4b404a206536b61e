"""Network adapters of a host, as Home Assistant lists them."""

from typing import Any


def adapter(name: str, *addresses: str) -> dict[str, Any]:
    return {
        "name": name,
        "ipv4": [{"address": address, "network_prefix": 24} for address in addresses],
        "ipv6": [],
        "enabled": True,
    }
