"""A simulated printer, for the tests of whatever calls one."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from custom_components.bambu_virtual_printer.engine.net.printer_client import Dialler
from custom_components.bambu_virtual_printer.engine.pki.printer_identity import (
    PrinterTrust,
)
from scripts.printer_double.certificate import PrinterCertificate
from tests.conftest import SERIAL
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
