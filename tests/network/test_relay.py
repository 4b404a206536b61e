"""The relay between two networks: the printer on one, the slicer on the other, nothing else between them.

Slow links are scaled: an upload of 1 GiB at 1 Mbit/s takes 2 h 23 min, so what is sent here is 1/128 of it (8 MiB) at
1 Mbit/s, which is 67 s: longer than every time-out of a client or of ours but the idle limit, which is what must not
matter. The rate, which decides how long buffers take to drain, is not scaled. Links are shaped by token buckets, which
every kernel has: a short queue is what makes one lossy.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import json
import os
import shutil
import subprocess
import threading
from typing import Any

import pytest

from scripts.printer_double.certificate import PrinterCertificate

from .conftest import END_LIMIT_S, Host, _ip, heard_after_all

SERIAL = "01P00A391812345"
MIB = 2**20


class Networks:
    """The printer's host, the relay's with a leg in each network, and the slicer's."""

    def __init__(self, tag: str) -> None:
        self.printer = Host(f"bvrp{tag}", "10.78.1.2")
        self.relay = Host(f"bvrr{tag}", "10.78.2.1")
        self.slicer = Host(f"bvrs{tag}", "10.78.2.2")
        self._tag = tag

    def build(self) -> None:
        for host in (self.printer, self.relay, self.slicer):
            _ip("netns", "add", host.name)
            _ip("-n", host.name, "link", "set", "lo", "up")
        self._cable(
            self.relay, "10.78.1.1", f"rp{self._tag}", self.printer, f"pr{self._tag}"
        )
        self._cable(
            self.relay,
            self.relay.address,
            f"rs{self._tag}",
            self.slicer,
            f"sr{self._tag}",
        )

    def shape(self, *rule: str) -> None:
        """Shape what goes to the printer and comes from it."""
        for host, device in (
            (self.relay, f"rp{self._tag}"),
            (self.printer, f"pr{self._tag}"),
        ):
            subprocess.run(
                ["tc", "-n", host.name, "qdisc", "del", "dev", device, "root"],
                check=False,
                capture_output=True,
            )
            if rule:
                subprocess.run(
                    ["tc", "-n", host.name, "qdisc", "add", "dev", device, "root", *rule],
                    check=True, capture_output=True,
                )  # fmt: skip

    def plug(self, state: str) -> None:
        """Pull the printer's cable (`down`), or put it in again (`up`)."""
        _ip("-n", self.printer.name, "link", "set", f"pr{self._tag}", state)

    def destroy(self) -> None:
        for host in (self.printer, self.relay, self.slicer):
            subprocess.run(
                ["ip", "netns", "del", host.name], check=False, capture_output=True
            )

    def _cable(
        self, left: Host, left_address: str, left_end: str, right: Host, right_end: str
    ) -> None:
        _ip(
            "link",
            "add",
            left_end,
            "netns",
            left.name,
            "type",
            "veth",
            "peer",
            "name",
            right_end,
            "netns",
            right.name,
        )
        for host, address, device in (
            (left, left_address, left_end),
            (right, right.address, right_end),
        ):
            _ip(
                "-n",
                host.name,
                "addr",
                "add",
                f"{address}/24",
                "broadcast",
                "+",
                "dev",
                device,
            )
            _ip("-n", host.name, "link", "set", device, "up")


@pytest.fixture(scope="module")
def networks() -> Iterator[Networks]:
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("tc"):
        pytest.skip("network namespaces need root and iproute2")
    networks = Networks(str(os.getpid()))
    try:
        networks.build()
        yield networks
    except subprocess.CalledProcessError as err:
        pytest.skip(f"no network namespaces here: {err.stderr}")
    finally:
        networks.destroy()


@pytest.fixture
def shaped(networks: Networks) -> Iterator[Networks]:
    yield networks
    networks.shape()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> PrinterCertificate:
    return PrinterCertificate.make(tmp_path_factory.mktemp("printer"), SERIAL)


class Told:
    """What the printer's host and the relay's said at their end."""

    printer: dict[str, Any]
    relay: dict[str, Any]


@contextmanager
def _running(networks: Networks, certificate: PrinterCertificate) -> Iterator[Told]:
    told = Told()
    with networks.printer.running(
        "real_printer", networks.printer.address, str(certificate.path), SERIAL
    ) as printer:
        with networks.relay.running(
            "proxy",
            networks.relay.address,
            networks.printer.address,
            SERIAL,
            certificate.fingerprint,
        ) as relay:
            yield told
            told.relay = json.loads(relay.communicate(timeout=END_LIMIT_S)[0])
        told.printer = json.loads(printer.communicate(timeout=END_LIMIT_S)[0])


def _upload(networks: Networks, size: int) -> dict[str, Any]:
    with networks.slicer.running(
        "upload", networks.relay.address, str(size), SERIAL
    ) as slicer:
        found: dict[str, Any] = json.loads(slicer.communicate(timeout=400)[0])
    return found


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """What each side saw of the other, from start to stop."""

    at_slicer: list[dict[str, Any]]
    at_printer: list[dict[str, Any]]
    uploaded: dict[str, Any]
    echoes: dict[int, bytes]
    told: Told


@pytest.fixture(scope="module")
def crossing(networks: Networks, certificate: PrinterCertificate) -> Crossing:
    """An upload to the printer, and a word to each of its unknown ports, while both networks are listened to."""
    echoes = {}
    with (
        networks.slicer.running("listen") as slicer,
        networks.printer.running("listen") as beside,
    ):
        with _running(networks, certificate) as told:
            uploaded = _upload(networks, 20 * MIB)
            for port in (2024, 2025, 2026):
                with networks.slicer.running(
                    "echo", networks.relay.address, str(port)
                ) as echo:
                    echoes[port], _ = echo.communicate(timeout=END_LIMIT_S)
        return Crossing(
            at_slicer=heard_after_all(slicer),
            at_printer=heard_after_all(beside),
            uploaded=uploaded,
            echoes=echoes,
            told=told,
        )


def test_the_printer_is_announced_on_the_slicers_network_and_never_back(
    networks: Networks, crossing: Crossing
) -> None:
    alive = [
        each["text"] for each in crossing.at_slicer if "ssdp:alive" in each["text"]
    ]
    assert alive
    for text in alive:
        assert f"Location: {networks.relay.address}\r\n" in text
        assert f"USN: {SERIAL}\r\n" in text
        assert "DevName.bambu.com: Proxy\r\n" in text
        assert networks.printer.address not in text
    # The printer's network hears the printer alone: nothing comes back to where it came from.
    assert {each["peer"] for each in crossing.at_printer} == {networks.printer.address}
    assert crossing.told.relay["found"] == [networks.printer.address]
    assert crossing.told.relay["running"]
    assert crossing.told.relay["events"][0] == "TargetReached"


def test_an_upload_crosses_from_one_network_to_the_other(crossing: Crossing) -> None:
    assert crossing.uploaded["reply"].startswith("226")
    assert crossing.told.printer == {
        "files": {"file.3mf": crossing.uploaded["sha256"]},
        "faults": [],
    }


def test_the_unknown_ports_of_a_p1_pass(crossing: Crossing) -> None:
    assert crossing.echoes == dict.fromkeys((2024, 2025, 2026), b"hello<end>\n")


@pytest.mark.slow
def test_a_slow_link_takes_its_time_and_little_waits_on_the_way(
    shaped: Networks, certificate: PrinterCertificate
) -> None:
    with _running(shaped, certificate) as told:
        shaped.shape("tbf", "rate", "1mbit", "burst", "4kb", "latency", "200ms")
        done = _upload(shaped, 8 * MIB)
        shaped.shape()
    assert done["reply"].startswith("226"), done
    assert told.printer["files"] == {"file.3mf": done["sha256"]}
    # Of the 67 s, what the slicer's kernel and ours hold between its last byte and the 226. Unbounded it is all but five.
    assert done["wait_for_226_s"] < 25


@pytest.mark.slow
def test_a_lossy_link_loses_nothing(
    shaped: Networks, certificate: PrinterCertificate
) -> None:
    with _running(shaped, certificate) as told:
        # A queue for two packets: every burst loses the others.
        shaped.shape("tbf", "rate", "20mbit", "burst", "3kb", "limit", "3kb")
        done = _upload(shaped, 4 * MIB)
        shaped.shape()
    assert done["reply"].startswith("226"), done
    assert told.printer["files"] == {"file.3mf": done["sha256"]}


@pytest.mark.slow
def test_a_link_that_is_cut_for_a_while_goes_on_where_it_was(
    shaped: Networks, certificate: PrinterCertificate
) -> None:
    with _running(shaped, certificate) as told:
        shaped.shape("tbf", "rate", "10mbit", "burst", "8kb", "latency", "100ms")
        cut = threading.Timer(3, shaped.plug, ("down",))
        mend = threading.Timer(15, shaped.plug, ("up",))
        cut.start()
        mend.start()
        done = _upload(shaped, 8 * MIB)
        mend.join()
        shaped.shape()
    assert done["seconds"] > 10
    assert done["reply"].startswith("226"), done
    assert told.printer["files"] == {"file.3mf": done["sha256"]}
