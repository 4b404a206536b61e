"""The maker's CAs as they are shipped: those that its README names, and usable."""

import re

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from custom_components.bambu_virtual_printer.engine.pki.printer_identity import (
    MAKER_CAS,
    PrinterIdentity,
    PrinterTrust,
    Trusted,
)

ROW = re.compile(r"^\| (\S+\.pem) \| (.+?) \| ([0-9A-F:]{95}) \|$", re.MULTILINE)


def test_every_file_has_the_fingerprint_that_is_written_down() -> None:
    table = {
        name: (subject, fingerprint)
        for name, subject, fingerprint in ROW.findall(
            (MAKER_CAS / "README.md").read_text(encoding="utf-8")
        )
    }
    found = {}
    for path in MAKER_CAS.glob("*.pem"):
        first = x509.load_pem_x509_certificates(path.read_bytes())[0]
        [name] = first.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        found[path.name] = (
            name.value,
            first.fingerprint(hashes.SHA256()).hex(":").upper(),
        )
    assert found == table
    assert len(found) == 4


def test_all_of_them_are_cas_and_are_loaded() -> None:
    trust = PrinterTrust.load()
    for path in MAKER_CAS.glob("*.pem"):
        for certificate in x509.load_pem_x509_certificates(path.read_bytes()):
            constraints = certificate.extensions.get_extension_for_class(
                x509.BasicConstraints
            )
            assert constraints.value.ca
            # Each is vouched for by itself or by another of them: none of the files is cut or damaged.
            der = certificate.public_bytes(Encoding.DER)
            [name] = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
            verdict = trust.verify([der], PrinterIdentity(serial=str(name.value)))
            assert isinstance(verdict, Trusted)
