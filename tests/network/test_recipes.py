"""The commands of docs/networks.md, run as they stand there, in a network of their own."""

from collections.abc import Iterator
from functools import partial
import json
import os
from pathlib import Path
import re
import shlex
import shutil
import subprocess
from typing import Any

import pytest

from homeassistant.util.yaml import parse_yaml

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "networks.md").read_text(encoding="utf-8")
ADDRESS = "192.168.1.61"


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def _commands(program: str) -> list[list[str]]:
    """Find the commands of a program, without sudo."""
    found = [
        shlex.split(line) for block in _blocks("sh") for line in block.splitlines()
    ]
    assert all(command[0] == "sudo" for command in found)
    return [command[1:] for command in found if command[1] == program]


@pytest.fixture
def run() -> Iterator[Any]:
    """Run commands on a host that has an eth0 with an address of its own."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("network namespaces need root and iproute2")
    name = f"bvpr{os.getpid()}"
    if subprocess.run(
        ["ip", "netns", "add", name], check=False, capture_output=True
    ).returncode:
        pytest.skip("no network namespaces here")
    inside = partial(
        subprocess.run, check=True, capture_output=True, text=True, timeout=30
    )

    def _run(*command: str) -> str:
        return str(inside(["ip", "netns", "exec", name, *command]).stdout)

    try:
        _run(*["ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1"])
        for device in ("lo", "eth0", "eth1"):
            _run("ip", "link", "set", device, "up")
        _run(*["ip", "address", "add", "192.168.1.10/24", "dev", "eth0"])
        yield _run
    finally:
        subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def _addresses(run: Any) -> list[str]:
    (device,) = json.loads(run("ip", "-json", "-4", "address", "show", "dev", "eth0"))
    return [each["local"] for each in device["addr_info"]]


def test_an_address_is_added_and_taken_away_again(run: Any) -> None:
    add, delete = _commands("ip")
    run(*add)
    assert _addresses(run) == ["192.168.1.10", ADDRESS]
    run(*delete)
    assert _addresses(run) == ["192.168.1.10"]


def test_low_ports_are_opened_to_everybody(run: Any) -> None:
    (command,) = _commands("sysctl")
    if not shutil.which("sysctl"):
        pytest.skip("there is no sysctl")
    run(*command)
    key = "net.ipv4.ip_unprivileged_port_start"
    assert run("sysctl", "-n", key).strip() == "990"


@pytest.mark.parametrize(("program", "shown"), [
    ("iptables", "iptables -t nat -S PREROUTING"),
    ("nft", "nft list table ip virtual_printers"),
])  # fmt: skip
def test_port_990_of_one_address_is_redirected(
    run: Any, program: str, shown: str
) -> None:
    commands = _commands(program)
    assert commands
    if not shutil.which(program):
        pytest.skip(f"there is no {program}")
    for command in commands:
        run(*command)
    rules = run(*shown.split())
    assert f"{ADDRESS}:9990" in rules
    assert "990" in rules


def test_the_rule_of_the_repairs_is_that_of_the_page() -> None:
    (rule,) = (" ".join(command) for command in _commands("iptables"))
    texts = json.loads(
        (
            ROOT / "custom_components/bambu_virtual_printer/translations/en.json"
        ).read_text(encoding="utf-8")
    )
    wanted = "sudo " + rule.replace(ADDRESS, "{address}")
    for key in ("port_forbidden", "port_forbidden_container", "port_forbidden_core"):
        flow = texts["issues"][key]["fix_flow"]["step"]["confirm"]
        assert wanted in flow["description"]


def test_the_files_are_well_formed_and_name_the_address() -> None:
    netplan, compose = map(parse_yaml, _blocks("yaml"))
    ethernet = netplan["network"]["ethernets"]["eth0"]
    assert ethernet["addresses"] == [f"{ADDRESS}/24"]
    published = compose["services"]["homeassistant"]["ports"]
    assert {port.split(":")[-1] for port in published} == {
        "990",
        "3000",
        "3002",
        "322",
        "6000",
        "8883",
        "50000-50009",
    }
