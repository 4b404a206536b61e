"""Certificates of real printers: an X.509 v1 leaf that names the serial, no SAN, signed by a CA that no system knows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
import hashlib
from pathlib import Path
import ssl
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class MakerCa:
    """A CA in the place of the maker's, whose keys nobody here has."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @classmethod
    def make(cls, name: str, issuer: MakerCa | None = None) -> Self:
        """Make a root, or with an issuer an intermediate CA."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(issuer.subject if issuer else _name(name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
            .sign(issuer.key if issuer else key, hashes.SHA256())
        )
        return cls(certificate, key)

    @property
    def subject(self) -> x509.Name:
        """Its name."""
        return self.certificate.subject

    @property
    def der(self) -> bytes:
        """The certificate in DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate in PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@cache
def maker_ca() -> MakerCa:
    """Return the CA that stands for the maker's in this process; the tests have it believed, see the fixture `maker_cas`."""
    return MakerCa.make("BBL Device CA TEST")


@dataclass(frozen=True)
class PrinterCertificate:
    """Certificate and key in one PEM file."""

    path: Path
    der: bytes
    key: rsa.RSAPrivateKey

    @classmethod
    def make(
        cls,
        folder: Path,
        serial: str,
        issuer: str | None = None,
        *,
        signer: Callable[[], MakerCa | PrinterCertificate] = maker_ca,
        valid_days: tuple[int, int] = (-1, 3650),
    ) -> Self:
        """Make one that the maker vouches for; with the name of an `issuer` one that the printer signed itself."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        by = None if issuer else signer()
        now = datetime.now(UTC)
        first, last = valid_days
        leaf = (
            x509.CertificateBuilder()
            .subject_name(_name(serial))
            .issuer_name(by.subject if by else _name(issuer or ""))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=first))
            .not_valid_after(now + timedelta(days=last))
            .sign(key, hashes.SHA256())
        )
        der = _as_version_1(leaf, by.key if by else key)
        path = folder / f"{serial}-{leaf.serial_number:x}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.TraditionalOpenSSL,
                serialization.NoEncryption(),
            )
            + ssl.DER_cert_to_PEM_cert(der).encode()
        )
        return cls(path, der, key)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read one that was made by another process."""
        pem = path.read_bytes()
        key = serialization.load_pem_private_key(pem, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        der = x509.load_pem_x509_certificate(pem).public_bytes(
            serialization.Encoding.DER
        )
        return cls(path, der, key)

    @property
    def subject(self) -> x509.Name:
        """Its name."""
        return x509.load_der_x509_certificate(self.der).subject

    @property
    def fingerprint(self) -> str:
        """Its SHA-256, as OpenSSL prints it."""
        return hashlib.sha256(self.der).digest().hex(":").upper()

    def context(
        self, *, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
    ) -> ssl.SSLContext:
        """Return the server's side of TLS with it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = newest
        context.load_cert_chain(self.path)
        return context


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _as_version_1(certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> bytes:
    """Sign it again as version 1, which is the one that is not written down (RFC 5280, 4.1.2.1)."""
    version_3 = bytes.fromhex("a003020102")
    header = 4
    body = certificate.tbs_certificate_bytes[header:]
    assert body.startswith(version_3)
    tbs = _der(0x30, body.removeprefix(version_3))
    signature = key.sign(tbs, padding.PKCS1v15(), hashes.SHA256())
    # sha256WithRSAEncryption, without parameters.
    algorithm = bytes.fromhex("300d06092a864886f70d01010b0500")
    return _der(0x30, tbs + algorithm + _der(0x03, b"\0" + signature))


def _der(tag: int, content: bytes) -> bytes:
    assert 0x100 <= len(content) <= 0xFFFF
    return bytes([tag, 0x82]) + len(content).to_bytes(2) + content
