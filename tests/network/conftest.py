"""Two hosts with a cable between them, and what each runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import json
import os
import select
import shutil
import subprocess
import sys
from typing import Any

import pytest

# On a computer that is busy with much else.
SILENCE_LIMIT_S = 60.0
END_LIMIT_S = 120.0


@dataclass(frozen=True)
class Host:
    """A network namespace with an address."""

    name: str
    address: str

    @contextmanager
    def running(self, program: str, *args: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run one of the programs beside this file; closing its standard input ends it."""
        command = [sys.executable, "-m", f"tests.network.programs.{program}", *args]
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.name, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # A buffer would keep what comes together with the first line, and `communicate` would miss that.
            bufsize=0,
        )
        try:
            assert process.stdout
            assert process.stdout.readline() == b"ready\n"
            yield process
            if process.stdin and not process.stdin.closed:
                process.communicate(timeout=END_LIMIT_S)
        finally:
            process.kill()
            process.wait()


def heard_by(listener: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """Tell what the program `listen` hears, as it comes; silence for too long fails the test."""
    assert listener.stdout
    while True:
        readable, _, _ = select.select([listener.stdout], [], [], SILENCE_LIMIT_S)
        assert readable, "nothing is heard any more"
        heard: dict[str, Any] = json.loads(listener.stdout.readline())
        yield heard


def heard_after_all(listener: subprocess.Popen[bytes]) -> list[dict[str, Any]]:
    """End the program `listen`; returns what it heard that was not read before."""
    output, _ = listener.communicate(timeout=END_LIMIT_S)
    return [json.loads(line) for line in output.splitlines()]


def _ip(*args: str) -> None:
    subprocess.run(["ip", *args], check=True, capture_output=True)


@pytest.fixture(scope="module")
def hosts() -> Iterator[tuple[Host, Host]]:
    """A printer's host and a slicer's on one network of their own."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("network namespaces need root and iproute2")
    tag = str(os.getpid())
    hosts = Host(f"bvpp{tag}", "10.77.0.1"), Host(f"bvps{tag}", "10.77.0.2")
    try:
        for host in hosts:
            _ip("netns", "add", host.name)
        _ip(
            "link", "add", f"vp{tag}", "netns", hosts[0].name,
            "type", "veth", "peer", "name", f"vs{tag}", "netns", hosts[1].name,
        )  # fmt: skip
        for host, device in zip(hosts, (f"vp{tag}", f"vs{tag}"), strict=True):
            inside = ("-n", host.name)
            _ip(
                *inside,
                "addr",
                "add",
                f"{host.address}/24",
                "broadcast",
                "+",
                "dev",
                device,
            )
            _ip(*inside, "link", "set", "lo", "up")
            _ip(*inside, "link", "set", device, "up")
        yield hosts
    except subprocess.CalledProcessError as err:
        pytest.skip(f"no network namespaces here: {err.stderr}")
    finally:
        for host in hosts:
            subprocess.run(
                ["ip", "netns", "del", host.name], check=False, capture_output=True
            )
