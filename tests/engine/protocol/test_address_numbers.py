"""IPv4 addresses as numbers."""

from ipaddress import IPv4Address

from hypothesis import given, strategies as st

from custom_components.bambu_virtual_printer.engine.protocol.address_numbers import (
    from_number,
    notations,
    to_number,
)

ADDRESSES = st.ip_addresses(v=4)


def test_an_address_is_the_number_of_a_firmware_capture() -> None:
    assert to_number(IPv4Address("192.168.1.50")) == 838969536


@given(ADDRESSES)
def test_every_address_comes_back_from_its_number_signed_or_not(
    address: IPv4Address,
) -> None:
    unsigned, signed, *_big = notations(address)
    assert unsigned == to_number(address)
    assert from_number(unsigned) == from_number(signed) == address
