"""Who holds a port: against real sockets of real processes, and against what /proc may say."""

import os
from pathlib import Path
import socket
import sys

import pytest

from custom_components.bambu_virtual_printer.engine.net.host import (
    has_address,
    port_holder,
)

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")


@linux
def test_the_process_behind_a_port_is_found(address: str) -> None:
    with socket.create_server((address, 8883)):
        holder = port_holder(address, 8883)
        assert holder
        assert holder.pid == os.getpid()
        assert holder.name
        # Somebody who listens on another address or port is not in the way.
        assert port_holder("127.0.0.199", 8883) is None
        assert port_holder(address, 8884) is None
    assert port_holder(address, 8883) is None


@linux
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_a_listener_on_every_address_holds_this_one_too(
    address: str, family: socket.AddressFamily
) -> None:
    with socket.socket(family) as sock:
        sock.bind(("", 0))
        sock.listen()
        holder = port_holder(address, sock.getsockname()[1])
        assert holder
        assert holder.pid == os.getpid()


@linux
def test_a_connection_does_not_hold_a_port(address: str) -> None:
    server = socket.create_server((address, 8883))
    with socket.create_connection((address, 8883)), server.accept()[0]:
        server.close()
        assert port_holder(address, 8883) is None


def test_what_cannot_be_read_is_not_told(tmp_path: Path, address: str) -> None:
    assert port_holder(address, 8883, tmp_path / "nothing") is None
    (tmp_path / "net").mkdir()
    number = int.from_bytes(socket.inet_aton(address), sys.byteorder)
    line = f"  0: {number:08X}:22B3 00000000:0000 0A 0:0 0:0 0 0 0 4711 1\n"
    (tmp_path / "net" / "tcp").write_text("header\n" + line)
    # A process of another user: its descriptors are not ours to see.
    (tmp_path / "1").mkdir()
    assert port_holder(address, 8883, tmp_path) is None
    # One that has ended meanwhile.
    (tmp_path / "2" / "fd").mkdir(parents=True)
    (tmp_path / "2" / "fd" / "3").symlink_to("socket:[4711]")
    assert port_holder(address, 8883, tmp_path) is None
    (tmp_path / "2" / "comm").write_text("mosquitto\n")
    holder = port_holder(address, 8883, tmp_path)
    assert holder
    assert (holder.pid, holder.name) == (2, "mosquitto")


def test_addresses_of_this_host_and_of_others_are_told_apart(address: str) -> None:
    assert has_address(address)
    assert not has_address("198.51.100.7")
