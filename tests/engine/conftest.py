"""A simulated printer, for the tests of whatever calls one."""

from collections.abc import AsyncIterator, Callable
import logging
from pathlib import Path

import pytest

from custom_components.bambu_virtual_printer.engine.net.printer_client import Dialler
from custom_components.bambu_virtual_printer.engine.pki.printer_identity import (
    PrinterTrust,
)
from scripts.printer_double.certificate import PrinterCertificate
from scripts.sliced_file import SlicedFileSpec
from tests.support.library import Home
from tests.support.serials import SERIAL
from tests.support.simulated_printer import SimulatedPrinter


@pytest.fixture
def dialler(maker_cas: Path) -> Dialler:
    """Calls printers whose certificates are the maker's."""
    return Dialler(PrinterTrust.load())


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> PrinterCertificate:
    """The certificate of the simulated printer."""
    return PrinterCertificate.make(tmp_path_factory.mktemp("printer"), SERIAL)


@pytest.fixture
async def real(
    new_address: Callable[[], str], certificate: PrinterCertificate
) -> AsyncIterator[SimulatedPrinter]:
    """A simulated printer that is on."""
    async with SimulatedPrinter(new_address(), SERIAL, certificate) as printer:
        yield printer


@pytest.fixture(scope="session")
def sliced_file(written: Callable[[SlicedFileSpec], Path]) -> Callable[..., Path]:
    """Return a function that makes a sliced file; the same spec is written once."""
    return lambda **values: written(SlicedFileSpec(**values))


@pytest.fixture
def sliced_data(sliced_file: Callable[..., Path]) -> Callable[..., bytes]:
    """Return a function that gives the bytes of a sliced file."""
    return lambda **values: sliced_file(**values).read_bytes()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(
        folder=tmp_path / "library",
        database_url=f"sqlite:///{tmp_path / 'index' / 'library.db'}",
    )


@pytest.fixture(scope="session", autouse=True)
def quiet_sql() -> None:
    """Do not log every statement, as the harness asks for; it takes longer than the statements."""
    logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)
