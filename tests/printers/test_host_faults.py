"""Faults of the host, for real: an address that goes, a privilege that is missing, a disk that is full.

The test's own thread gets a network namespace of its own, or loses a capability; both end with the test.
"""

from collections.abc import Iterator
import ctypes
import os
from pathlib import Path
import shutil
import subprocess

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.health.report import Outcome
from custom_components.bambu_virtual_printer.hub import NETWORK_INTERVAL, Hub
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from scripts.slicer import SlicerError
from tests.support.home_assistant import AddPrinter, Send, Told
from tests.support.waiting import until

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("ip"),
    reason="namespaces and capabilities need root and iproute2",
)

ADDRESS = "10.77.9.2"


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def own_network() -> Iterator[None]:
    """Put this thread, and the threads and programs it starts, into a network that has nothing but loopback."""
    with Path("/proc/thread-self/ns/net").open() as outside:
        try:
            os.unshare(os.CLONE_NEWNET)
        except OSError as err:
            pytest.skip(f"no network namespaces here: {err}")
        try:
            _run("ip", "link", "set", "lo", "up")
            yield
        finally:
            os.setns(outside.fileno(), os.CLONE_NEWNET)


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Sets(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


CAP_NET_BIND_SERVICE = 10
CAPABILITY_VERSION_3 = 0x20080522


@pytest.fixture
def without_low_ports(own_network: None) -> Iterator[None]:
    """Take the right to open ports below 1024 from this thread (capabilities(7))."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = _Header(CAPABILITY_VERSION_3, 0)
    sets = (_Sets * 2)()
    assert libc.capget(ctypes.byref(header), ctypes.byref(sets)) == 0
    before = sets[0].effective
    sets[0].effective = before & ~(1 << CAP_NET_BIND_SERVICE)
    assert libc.capset(ctypes.byref(header), ctypes.byref(sets)) == 0
    yield
    sets[0].effective = before
    assert libc.capset(ctypes.byref(header), ctypes.byref(sets)) == 0


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk without any room."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        _run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder))
    except subprocess.CalledProcessError as err:
        pytest.skip(f"no mounts here: {err.stderr}")
    try:
        with pytest.raises(OSError, match="No space"):
            (folder / "filler").write_bytes(bytes(1_000_000))
        yield folder
    finally:
        _run("umount", str(folder))


@pytest.fixture
def read_only_library(hub: Hub, media: Path) -> Iterator[None]:
    """The library's file system, which became read-only, as a damaged disk does."""
    folder = str(media)
    try:
        _run("mount", "--bind", folder, folder)
    except subprocess.CalledProcessError as err:
        pytest.skip(f"no mounts here: {err.stderr}")
    try:
        _run("mount", "-o", "remount,bind,ro", folder)
        yield
    finally:
        _run("umount", folder)


async def test_an_address_that_is_taken_off_the_interface_and_put_back(
    own_network: None,
    add_printer: AddPrinter,
    hass: HomeAssistant,
    issue_registry: ir.IssueRegistry,
) -> None:
    _run("ip", "addr", "add", f"{ADDRESS}/24", "dev", "lo")
    other = await add_printer("Other")
    printer = await add_printer(bind_ip=ADDRESS)
    assert printer.running
    _run("ip", "addr", "del", f"{ADDRESS}/24", "dev", "lo")
    async_fire_time_changed(hass, dt_util.utcnow() + NETWORK_INTERVAL)
    await until(lambda: not printer.running)
    assert other.running
    issue_id = f"address_missing_{printer.id}"
    await until(lambda: issue_registry.async_get_issue(DOMAIN, issue_id))
    issue = issue_registry.async_get_issue(DOMAIN, issue_id)
    assert issue
    assert issue.translation_placeholders["address"] == ADDRESS
    assert {domain for domain, _ in issue_registry.issues} == {DOMAIN}
    assert len(issue_registry.issues) == 1
    # A watch that finds nothing new changes nothing.
    async_fire_time_changed(hass, dt_util.utcnow() + 2 * NETWORK_INTERVAL)
    assert not printer.running
    _run("ip", "addr", "add", f"{ADDRESS}/24", "dev", "lo")
    async_fire_time_changed(hass, dt_util.utcnow() + 3 * NETWORK_INTERVAL)
    await until(lambda: printer.running)
    assert not issue_registry.async_get_issue(DOMAIN, issue_id)


async def test_without_the_capability_only_990_is_missed_and_another_port_works(
    without_low_ports: None,
    add_printer: AddPrinter,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
) -> None:
    printer = await add_printer()
    assert [problem.port for problem in printer.problems] == [990]
    issue_id = f"port_ftps_{printer.id}"
    issue = issue_registry.async_get_issue(DOMAIN, issue_id)
    assert issue
    assert issue.translation_key.startswith("port_forbidden")
    subentry = entry.subentries[printer.id]
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "network": {"ftps_port": 9990}}
    )
    await hass.async_block_till_done()
    await until(lambda: printer.running)
    assert not issue_registry.async_get_issue(DOMAIN, issue_id)


async def test_a_full_disk_is_found_by_the_setup_check(
    full_disk: Path, add_printer: AddPrinter, hub: Hub, hass: HomeAssistant
) -> None:
    printer = await add_printer()
    hass.config.media_dirs = {"local": str(full_disk)}
    report = await hub.setup_checks.async_run(printer)
    assert report.outcome is Outcome.PROBLEM
    (problem,) = report.problems
    assert problem.check == "library"
    assert "there is no room left" in problem.text(hub.texts)


async def test_a_library_that_became_read_only_refuses_uploads_and_says_why(
    add_printer: AddPrinter,
    read_only_library: None,
    hub: Hub,
    send: Send,
    told: Told,
) -> None:
    printer = await add_printer()
    with pytest.raises(SlicerError, match="451"):
        await send(printer)
    assert (
        "nothing can be written there" in told.last(EventKind.UPLOAD_FAILED)["reason"]
    )
    report = await hub.setup_checks.async_run(printer)
    (problem,) = [one for one in report.problems if one.check == "library"]
    assert "nothing can be written there" in problem.text(hub.texts)
