"""Fixtures of the emulator's tests: one CA and one device certificate for the whole session."""

import pytest

from custom_components.bambu_virtual_printer.emulator.certificates import (
    CertificateAuthority,
    DeviceCertificate,
)

SERIAL = "01P00A391812345"


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    """A certificate authority of the tests' own; making keys is slow, so one is enough."""
    return CertificateAuthority.load_or_create(tmp_path_factory.mktemp("certs"))


@pytest.fixture(scope="session")
def device(ca: CertificateAuthority) -> DeviceCertificate:
    """The certificate of a P1S with the serial above; its name is the serial, whatever the address."""
    return ca.device_certificate(SERIAL, ["127.0.0.1"])
