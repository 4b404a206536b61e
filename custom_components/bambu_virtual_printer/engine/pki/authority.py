"""The certificate authority of this installation and the certificates of its virtual printers.

Slicers verify a printer's chain against their own bundle only, and expect the serial as the name
(docs/protocol.md, Certificates and TLS). So there is one CA, which a person imports once, and it is never replaced silently.
Everything here blocks (key generation, files): call it in an executor.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
import ssl
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ..durable import make_folders
from ..explanations import ExplainedError, explain
from .ca_folder import (
    CA_CERTIFICATE_FILE,
    CA_KEY_FILE,
    finish_swap,
    write,
    write_private,
)
from .cipher_suites import DEFAULT_CIPHERS, FTPS_CIPHERS

CA_NAME = "Virtual Printer CA"
CA_VALIDITY = timedelta(days=7300)
# How long before its end a person is asked to renew the CA: a new one has to be imported into every slicer.
CA_EXPIRY_NOTICE = timedelta(days=30)
DEVICE_VALIDITY = timedelta(days=3650)
# How long before its end a leaf is reissued; slicers need no import for that.
DEVICE_RENEWAL = timedelta(days=30)
# Hosts without a battery-backed clock start in the past.
CLOCK_SKEW = timedelta(days=1)
# 2048 and not more: a 4096-bit key makes every handshake cost the event loop about 10 ms.
KEY_BITS = 2048

DEVICE_CERTIFICATE_FILE = "virtual_printer.crt"
DEVICE_KEY_FILE = "virtual_printer.key"


class CertificateError(ExplainedError):
    """The stored CA cannot be used; the explanation names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCertificate:
    """A printer's certificate on disk, leaf followed by CA."""

    serial: str
    certificate_path: Path
    key_path: Path

    def ftps_context(self) -> ssl.SSLContext:
        """Make a server context for FTPS control and data connections: TLS 1.2 only.

        With TLS 1.3 a client that only writes leaves the session tickets unread; its close then becomes a reset that
        destroys the end of the upload (docs/protocol.md, Certificates and TLS). One context for both connections allows
        session reuse.
        """
        context = self._context(FTPS_CIPHERS)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        return context

    def control_context(self) -> ssl.SSLContext:
        """Make a server context for MQTT and the bind port: TLS 1.2 or newer."""
        return self._context(DEFAULT_CIPHERS)

    def _context(self, ciphers: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(ciphers)
        context.load_cert_chain(self.certificate_path, self.key_path)
        return context


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateAuthority:
    """The CA of this installation, loaded from its folder."""

    folder: Path
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @classmethod
    def load_or_create(cls, folder: Path) -> Self:
        """Load the CA, or make it when there is none. Raises CertificateError, OSError.

        A CA that exists but cannot be read is an error and never replaced: slicers trust the old one.
        """
        certificate_path = folder / CA_CERTIFICATE_FILE
        key_path = folder / CA_KEY_FILE
        finish_swap(folder)
        if not key_path.exists():
            if certificate_path.exists():
                raise CertificateError(
                    explain(
                        "ca_key_missing",
                        "{certificate} is there but its key {key} is missing",
                        certificate=str(certificate_path),
                        key=str(key_path),
                    )
                )
            make_folders(folder)
            write_private(key_path, key_pem(new_key()))
        key_path.chmod(0o600)
        key = _load_key(key_path)
        if not certificate_path.exists():
            # The same key under the same name: slicers that trust an earlier certificate of it trust this one too.
            write(certificate_path, certificate_pem(self_signed(key)))
        try:
            certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
        except ValueError as err:
            raise CertificateError(
                explain(
                    "ca_not_pem",
                    "{certificate} is not a PEM certificate",
                    certificate=str(certificate_path),
                )
            ) from err
        if certificate.public_key() != key.public_key():
            raise CertificateError(
                explain(
                    "ca_key_of_other",
                    "{key} does not belong to {certificate}",
                    key=str(key_path),
                    certificate=str(certificate_path),
                )
            )
        return cls(folder=folder, certificate=certificate, key=key)

    @property
    def pem(self) -> str:
        """The certificate as PEM, as it goes into the slicer's bundle."""
        return certificate_pem(self.certificate).decode("ascii")

    @property
    def sha256_fingerprint(self) -> str:
        """The SHA-256 fingerprint in upper-case hex with colons, as `openssl x509 -fingerprint -sha256` prints it."""
        return colons(self.certificate.fingerprint(hashes.SHA256()))

    @property
    def sha1_fingerprint(self) -> str:
        """The SHA-1 fingerprint, which older tools show."""
        return colons(self.certificate.fingerprint(hashes.SHA1()))

    @property
    def expires_at(self) -> datetime:
        """When the CA expires (UTC)."""
        return self.certificate.not_valid_after_utc

    def days_left(self, now: datetime) -> int:
        """Return the whole days until the CA expires; negative afterwards. `now` is timezone-aware."""
        return (self.expires_at - now) // timedelta(days=1)

    def expires_soon(self, now: datetime) -> bool:
        """Return whether a person should be asked to renew or import a CA."""
        return self.expires_at - now <= CA_EXPIRY_NOTICE

    def device_certificate(
        self, serial: str, addresses: Iterable[str]
    ) -> DeviceCertificate:
        """Return a printer's certificate, reissued when serial, addresses or CA changed.

        `addresses` are the IPv4 addresses slicers may use. Slicers pin the first certificate they see, so an existing
        one that still fits is kept. Raises OSError.
        """
        device = self.stored(serial)
        wanted = {IPv4Address(address) for address in addresses}
        wanted.add(IPv4Address("127.0.0.1"))
        if not self._still_fits(device, wanted):
            self._issue(device, wanted)
        return device

    def stored(self, serial: str) -> DeviceCertificate:
        """Return where a printer's certificate is, or would be. Does not block."""
        folder = self.folder / serial
        return DeviceCertificate(
            serial=serial,
            certificate_path=folder / DEVICE_CERTIFICATE_FILE,
            key_path=folder / DEVICE_KEY_FILE,
        )

    def _still_fits(
        self, device: DeviceCertificate, addresses: set[IPv4Address]
    ) -> bool:
        try:
            leaf, *chain = x509.load_pem_x509_certificates(
                device.certificate_path.read_bytes()
            )
            key = serialization.load_pem_private_key(device.key_path.read_bytes(), None)
            # All CAs made here have the same name, so only the signature shows which one signed.
            verify_signature(leaf, self.key.public_key())
            names = leaf.extensions.get_extension_for_class(
                x509.SubjectAlternativeName
            ).value
        except OSError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound:
            return False
        common_name = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return (
            [name.value for name in common_name] == [device.serial]
            and chain == [self.certificate]
            and set(names.get_values_for_type(x509.IPAddress)) == addresses
            and leaf.not_valid_after_utc - datetime.now(UTC) > DEVICE_RENEWAL
            and isinstance(key, rsa.RSAPrivateKey)
            and key.public_key() == leaf.public_key()
        )

    def _key_identifier(self) -> x509.AuthorityKeyIdentifier:
        """Return the CA's key identifier as in its certificate: an imported CA may compute it in another way."""
        try:
            own = self.certificate.extensions.get_extension_for_class(
                x509.SubjectKeyIdentifier
            )
        except x509.ExtensionNotFound:
            return x509.AuthorityKeyIdentifier.from_issuer_public_key(
                self.key.public_key()
            )
        return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own.value)

    def _issue(self, device: DeviceCertificate, addresses: set[IPv4Address]) -> None:
        key = new_key()
        now = datetime.now(UTC)
        # With a DNS name present clients ignore the common name (RFC 6125, 6.4.4), so the serial is a DNS name too.
        names: list[x509.GeneralName] = [
            x509.DNSName(device.serial),
            x509.DNSName("localhost"),
            *(x509.IPAddress(address) for address in sorted(addresses)),
        ]
        leaf = (
            x509.CertificateBuilder()
            .subject_name(
                x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, device.serial)])
            )
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - CLOCK_SKEW)
            .not_valid_after(min(now + DEVICE_VALIDITY, self.expires_at))
            .add_extension(
                x509.BasicConstraints(ca=False, path_length=None), critical=True
            )
            .add_extension(_key_usage(ca=False), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage(
                    [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
                ),
                critical=False,
            )
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
                critical=False,
            )
            .add_extension(
                self._key_identifier(),
                critical=False,
            )
            .sign(self.key, hashes.SHA256())
        )
        make_folders(device.key_path.parent)
        write_private(device.key_path, key_pem(key))
        write(
            device.certificate_path,
            certificate_pem(leaf) + certificate_pem(self.certificate),
        )


def new_key() -> rsa.RSAPrivateKey:
    """Make an RSA key for a CA or a printer. Blocks for about 0.1 s."""
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


def _load_key(path: Path) -> rsa.RSAPrivateKey:
    """Load an RSA key. Raises CertificateError, whose text quotes nothing of the file."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except ValueError, TypeError:
        raise CertificateError(
            explain(
                "ca_key_unreadable",
                "{key} is not a readable private key",
                key=str(path),
            )
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise CertificateError(
            explain("ca_key_of_other_kind", "{key} is not an RSA key", key=str(path))
        )
    return key


def self_signed(key: rsa.RSAPrivateKey) -> x509.Certificate:
    """Make the CA certificate of a key."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, CA_NAME)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now + CA_VALIDITY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(ca=True), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
        )
        .sign(key, hashes.SHA256())
    )


def verify_signature(leaf: x509.Certificate, issuer_key: rsa.RSAPublicKey) -> None:
    """Raise InvalidSignature unless `issuer_key` signed the certificate."""
    algorithm = leaf.signature_hash_algorithm
    if algorithm is None:
        raise InvalidSignature
    issuer_key.verify(
        leaf.signature, leaf.tbs_certificate_bytes, padding.PKCS1v15(), algorithm
    )


def _key_usage(*, ca: bool) -> x509.KeyUsage:
    """Return the key usage of a CA, or of a device, which includes plain-RSA key exchange."""
    return x509.KeyUsage(
        digital_signature=True,
        key_encipherment=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def key_pem(key: rsa.RSAPrivateKey) -> bytes:
    """Encode a key as PEM, unencrypted."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def certificate_pem(certificate: x509.Certificate) -> bytes:
    """Encode a certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def colons(digest: bytes) -> str:
    """Format a fingerprint as OpenSSL does: upper-case hex with colons."""
    return digest.hex(":").upper()
