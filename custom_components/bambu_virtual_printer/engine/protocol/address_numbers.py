"""IPv4 addresses as the numbers that reports contain.

Printers write an address as a 32-bit number with the first octet lowest: 192.168.1.50 is 838969536 (firmware captures).
The notations with the other byte order, or signed, are recognised as well.
"""

from ipaddress import IPv4Address

MIN_ADDRESS_NUMBER = 2**16
"""Smaller numbers are ports, counts and temperatures; no host's address begins or ends with 0.0."""


def to_number(address: IPv4Address) -> int:
    """Return an address as printers report it."""
    return int.from_bytes(address.packed, "little")


def from_number(number: int) -> IPv4Address:
    """Return the address of a reported number, which may be signed."""
    return IPv4Address((number % 2**32).to_bytes(4, "little"))


def notations(address: IPv4Address) -> tuple[int, ...]:
    """Return all numbers that an address may be written as, always in the same order; the usual one first."""
    return tuple(
        int.from_bytes(address.packed, order, signed=signed)
        for order in ("little", "big")
        for signed in (False, True)
    )
