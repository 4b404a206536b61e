"""Fixtures for everybody: loopback sockets, an address of its own for each test, another disk, slow runs."""

import asyncio
from collections.abc import Callable, Iterator
import itertools
import os
from pathlib import Path
import shutil

from hypothesis import settings
import pytest
import pytest_socket
from ulid_transform import ulid_now

# The first import wins: keeps the harness's own custom_components out.
import custom_components.bambu_virtual_printer  # noqa: F401
from custom_components.bambu_virtual_printer.engine.pki import printer_identity
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
    DeviceCertificate,
)
from scripts import slicer
from scripts.printer_double.certificate import maker_ca
from scripts.sliced_file import SlicedFileSpec, write_sliced_file
from tests.support.examples import DEFAULT_PROFILE, SLOW_PROFILE
from tests.support.serials import SERIAL
from tests.support.waiting import LIMIT_S


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the slow tests as well")


def pytest_configure(config: pytest.Config) -> None:
    # What makes an archive twice makes the same twice, also where a second passes in between.
    os.environ["SOURCE_DATE_EPOCH"] = "1767225600"
    settings.load_profile(
        SLOW_PROFILE if config.getoption("--slow") else DEFAULT_PROFILE
    )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    if config.getoption("--slow"):
        return
    skip = pytest.mark.skip(reason="slow; run with --slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def patient_slicer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the slicer of `scripts` wait longer than people would: no test is about its limits, and machines are slow at times."""
    for name in ("DETECT_TIMEOUT_S", "REPLY_TIMEOUT_S", "FTP_TIMEOUT_S"):
        monkeypatch.setattr(slicer, name, LIMIT_S)


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Have the loop check, as the harness does: calls from the wrong thread, sockets that block, coroutines as callbacks.

    Debug mode also notes for each handle and future where it was made, which takes a quarter of the time of a run. Python leaves
    that out where the loop says that it is not debugged; set PYTHONASYNCIODEBUG=1 to have it.
    """
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    if not os.environ.get("PYTHONASYNCIODEBUG"):
        loop.get_debug = lambda: False


@pytest.fixture
def loopback(socket_enabled: None) -> None:
    """Real sockets, on loopback only (the whole of 127.0.0.0/8)."""
    pytest_socket.socket_allow_hosts(["127.0.0.0/8", "::1"], allow_unix_socket=True)


_hosts = itertools.count()


@pytest.fixture
def new_address(loopback: None) -> Callable[[], str]:
    """Hand out loopback addresses nobody else uses, so that every test has the real ports.

    The second number is this process's own, so that test runs beside one another do not meet.
    """
    own = 16 + os.getpid() % 224

    def _new() -> str:
        high, low = divmod(next(_hosts), 250)
        return f"127.{own}.{high}.{low + 2}"

    return _new


@pytest.fixture
def address(new_address: Callable[[], str]) -> str:
    """One such address."""
    return new_address()


@pytest.fixture(scope="session")
def written(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[SlicedFileSpec], Path]:
    """Write a sliced file, each only once: drawing its pictures is slow. Nobody may change it."""
    folder = tmp_path_factory.mktemp("sliced")
    made: dict[SlicedFileSpec, Path] = {}

    def _written(spec: SlicedFileSpec) -> Path:
        if spec not in made:
            made[spec] = folder / f"{len(made)}.gcode.3mf"
            write_sliced_file(made[spec], spec)
        return made[spec]

    return _written


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on another file system than `tmp_path`."""
    place = Path("/dev/shm") / f"library-test-{ulid_now()}"
    try:
        place.mkdir()
    except OSError:
        pytest.skip("there is no other file system here")
    if place.stat().st_dev == tmp_path.stat().st_dev:
        place.rmdir()
        pytest.skip("there is no other file system here")
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    """A certificate authority of the tests' own; making keys is slow, so one is enough."""
    return CertificateAuthority.load_or_create(tmp_path_factory.mktemp("certs"))


@pytest.fixture(scope="session")
def device(ca: CertificateAuthority) -> DeviceCertificate:
    """The certificate of a P1S with the serial above; its name is the serial, whatever the address."""
    return ca.device_certificate(SERIAL, ["127.0.0.1"])


@pytest.fixture
def maker_cas(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder with the CA that signs the certificates of simulated printers, in the place of the maker's CAs."""
    folder = tmp_path_factory.mktemp("maker_cas")
    (folder / "test.pem").write_bytes(maker_ca().pem)
    monkeypatch.setattr(printer_identity, "MAKER_CAS", folder)
    return folder
