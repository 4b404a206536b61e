"""Discovery between two hosts: what a slicer on another computer hears."""

import itertools
from typing import Any

import pytest

from .conftest import Host, heard_after_all, heard_by

BURST = 3


@pytest.fixture(scope="module")
def heard(hosts: tuple[Host, Host]) -> list[dict[str, Any]]:
    """What the slicer's host hears of two printers, one on the network and one on loopback, from start to stop."""
    printer_host, slicer_host = hosts
    with slicer_host.running("listen") as slicer:
        with printer_host.running("printers", printer_host.address, "127.0.0.2"):
            found = list(itertools.islice(heard_by(slicer), BURST + 1))
        return found + heard_after_all(slicer)


def test_a_slicer_on_another_host_hears_the_printer_again_after_the_first_burst(
    heard: list[dict[str, Any]], hosts: tuple[Host, Host]
) -> None:
    address = hosts[0].address
    alive = [each for each in heard if "ssdp:alive" in each["text"]]
    assert len(alive) > BURST
    assert all(f"Location: {address}\r\n" in each["text"] for each in alive)
    assert {(each["peer"], each["port"]) for each in alive} == {(address, 2021)}


def test_a_loopback_printer_beside_it_is_never_announced_to_the_network(
    heard: list[dict[str, Any]],
) -> None:
    assert heard
    assert all("127.0.0.2" not in each["text"] for each in heard)


def test_the_slicer_hears_when_the_printer_goes(heard: list[dict[str, Any]]) -> None:
    assert "ssdp:byebye" in heard[-1]["text"]
