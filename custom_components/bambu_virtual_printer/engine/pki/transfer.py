"""Export, import and replacement of the CA.

Slicers trust the CA's certificate, so installations that share one CA need one import into each slicer. The reference
implementation keeps its CA in a folder `certs` under the names we use. Everything here blocks (keys, files): call it in
an executor.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
import re

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from ..explanations import ExplainedError, explain
from ..regular_files import open_regular
from .authority import (
    DEVICE_CERTIFICATE_FILE,
    KEY_BITS,
    CertificateAuthority,
    certificate_pem,
    colons,
    key_pem,
    new_key,
    self_signed,
    verify_signature,
)
from .ca_folder import CA_CERTIFICATE_FILE, CA_KEY_FILE, swap

EXPORT_FILE = "bambu_virtual_printer_ca.p12"
# Rounds of PBKDF2 between the password and the key of an export.
EXPORT_ROUNDS = 600_000
MIN_PASSWORD_LENGTH = 8
# A CA is a few kilobytes; nothing bigger is read.
MAX_FILE_BYTES = 64 * 1024
# Slicers take a foreign CA of such a name for a counterfeit (docs/protocol.md, Certificates and TLS).
RESERVED_NAME_PREFIX = "BBL "

_PEM_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)


class CaProblem(StrEnum):
    """Why a CA cannot be imported, or a password not be used."""

    TOO_BIG = "too_big"
    UNREADABLE = "unreadable"
    PASSWORD_NEEDED = "password_needed"
    PASSWORD_WRONG = "password_wrong"
    PASSWORD_TOO_SHORT = "password_too_short"
    NO_CERTIFICATE = "no_certificate"
    NO_KEY = "no_key"
    KEY_DOES_NOT_FIT = "key_does_not_fit"
    NOT_RSA = "not_rsa"
    KEY_TOO_SHORT = "key_too_short"
    NOT_A_CA = "not_a_ca"
    NOT_SELF_SIGNED = "not_self_signed"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    RESERVED_NAME = "reserved_name"


_TEXTS = {
    CaProblem.TOO_BIG: explain("ca_too_big", "the file is too big for a certificate"),
    CaProblem.UNREADABLE: explain(
        "ca_unreadable", "the file is neither PEM nor PKCS #12, or is damaged"
    ),
    CaProblem.PASSWORD_NEEDED: explain(
        "ca_password_needed", "the private key is protected by a password"
    ),
    CaProblem.PASSWORD_WRONG: explain("ca_password_wrong", "the password is wrong"),
    CaProblem.PASSWORD_TOO_SHORT: explain(
        "ca_password_too_short",
        "the password needs at least {password_length} characters",
        password_length=MIN_PASSWORD_LENGTH,
    ),
    CaProblem.NO_CERTIFICATE: explain("ca_no_certificate", "there is no certificate"),
    CaProblem.NO_KEY: explain("ca_no_key", "there is no private key"),
    CaProblem.KEY_DOES_NOT_FIT: explain(
        "ca_key_does_not_fit", "the private key belongs to none of the certificates"
    ),
    CaProblem.NOT_RSA: explain("ca_not_rsa", "slicers need an RSA key"),
    CaProblem.KEY_TOO_SHORT: explain(
        "ca_key_too_short", "the key is shorter than {key_bits} bits", key_bits=KEY_BITS
    ),
    CaProblem.NOT_A_CA: explain(
        "ca_not_a_ca", "the certificate is not allowed to sign others"
    ),
    CaProblem.NOT_SELF_SIGNED: explain(
        "ca_not_self_signed", "the certificate is not signed by itself"
    ),
    CaProblem.NOT_YET_VALID: explain(
        "ca_not_yet_valid", "the certificate is not valid yet"
    ),
    CaProblem.EXPIRED: explain("ca_has_expired", "the certificate has expired"),
    CaProblem.RESERVED_NAME: explain(
        "ca_reserved_name", "slicers refuse a certificate of this name as a counterfeit"
    ),
}


class CaTransferError(ExplainedError):
    """A CA cannot be exported or imported; `problem` is the reason. Neither quotes a key or a password."""

    def __init__(self, problem: CaProblem) -> None:
        """Keep the reason."""
        super().__init__(_TEXTS[problem])
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class CaCandidate:
    """A CA that passed every check and may replace the current one."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaFacts:
    """What a person compares before one CA replaces another."""

    subject: str
    sha256_fingerprint: str
    sha1_fingerprint: str
    not_before: datetime
    expires_at: datetime

    @classmethod
    def of(cls, certificate: x509.Certificate) -> CaFacts:
        """Read them from a certificate."""
        return cls(
            subject=certificate.subject.rfc4514_string(),
            sha256_fingerprint=colons(certificate.fingerprint(hashes.SHA256())),
            sha1_fingerprint=colons(certificate.fingerprint(hashes.SHA1())),
            not_before=certificate.not_valid_before_utc,
            expires_at=certificate.not_valid_after_utc,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaComparison:
    """What a replacement would change."""

    current: CaFacts
    offered: CaFacts

    @property
    def same(self) -> bool:
        """Whether nothing would change, so that slicers need no import."""
        return self.current.sha256_fingerprint == self.offered.sha256_fingerprint


def export_pkcs12(authority: CertificateAuthority, password: str) -> bytes:
    """Export certificate and key as PKCS #12, which all systems and `read_ca` can read.

    Encrypted with AES-256 under PBKDF2 with SHA-256, as OpenSSL 3 does. Raises CaTransferError (PASSWORD_TOO_SHORT).
    """
    if len(password) < MIN_PASSWORD_LENGTH:
        raise CaTransferError(CaProblem.PASSWORD_TOO_SHORT)
    encryption = (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(EXPORT_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(password.encode())
    )
    return pkcs12.serialize_key_and_certificates(
        b"Bambu Virtual Printer CA",
        authority.key,
        authority.certificate,
        None,
        encryption,
    )


def read_folder(folder: Path, password: str | None = None) -> CaCandidate:
    """Read the CA of a `certs` folder: the reference implementation's, or a copy of this one's.

    Raises CaTransferError, OSError (FileNotFoundError names the file that is missing).
    """
    files = []
    for name in (CA_CERTIFICATE_FILE, CA_KEY_FILE):
        with open_regular(folder / name) as file:
            files.append(file.read(MAX_FILE_BYTES + 1))
    return read_ca(files, password)


def read_ca(files: Iterable[bytes], password: str | None = None) -> CaCandidate:
    """Read and check a CA from one PKCS #12 file, or from PEM in any number of files and any order.

    Other certificates, such as those of a chain, are ignored. Raises CaTransferError.
    """
    contents = list(files)
    if any(len(content) > MAX_FILE_BYTES for content in contents):
        raise CaTransferError(CaProblem.TOO_BIG)
    secret = password.encode() if password else None
    joined = b"\n".join(contents)
    blocks = list(_PEM_BLOCK.finditer(joined))
    if blocks:
        key, certificates = _read_pem(blocks, secret)
    elif len(contents) == 1:
        key, certificates = _read_pkcs12(contents[0], secret)
    else:
        raise CaTransferError(CaProblem.UNREADABLE)
    if not certificates:
        raise CaTransferError(CaProblem.NO_CERTIFICATE)
    if key is None:
        raise CaTransferError(CaProblem.NO_KEY)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise CaTransferError(CaProblem.NOT_RSA)
    for certificate in certificates:
        if _belong_together(certificate, key):
            return _checked(certificate, key)
    raise CaTransferError(CaProblem.KEY_DOES_NOT_FIT)


def new_ca() -> CaCandidate:
    """Make a new CA. Every slicer has to import it once it has replaced the old one."""
    key = new_key()
    return CaCandidate(certificate=self_signed(key), key=key)


def compare(authority: CertificateAuthority, candidate: CaCandidate) -> CaComparison:
    """Compare the current CA with a candidate."""
    return CaComparison(
        current=CaFacts.of(authority.certificate),
        offered=CaFacts.of(candidate.certificate),
    )


def install(
    authority: CertificateAuthority, candidate: CaCandidate
) -> CertificateAuthority:
    """Replace the CA by the candidate and return it; the old pair is kept in `replaced/<UTC time>`.

    Atomic also across a crash. Printers get certificates of the new CA from their next call of
    `CertificateAuthority.device_certificate`, so restart them. Raises OSError; then the old CA is still in place, or
    the next `load_or_create` finishes the change.
    """
    if candidate.certificate == authority.certificate:
        return authority
    swap(
        authority.folder, certificate_pem(candidate.certificate), key_pem(candidate.key)
    )
    return CertificateAuthority.load_or_create(authority.folder)


def discard_device_certificates(authority: CertificateAuthority) -> int:
    """Remove all printers' certificates and return their number; each is reissued at its printer's next start.

    The CA stays, so slicers need no import. Raises OSError.
    """
    leaves = list(authority.folder.glob(f"*/{DEVICE_CERTIFICATE_FILE}"))
    for leaf in leaves:
        leaf.unlink(missing_ok=True)
    return len(leaves)


def _read_pem(
    blocks: Iterable[re.Match[bytes]], password: bytes | None
) -> tuple[object | None, list[x509.Certificate]]:
    key: object | None = None
    certificates = []
    for block in blocks:
        label = block[1]
        if label == b"CERTIFICATE":
            try:
                certificates.append(x509.load_pem_x509_certificate(block[0]))
            except ValueError:
                raise CaTransferError(CaProblem.UNREADABLE) from None
        elif label.endswith(b"PRIVATE KEY"):
            key = _read_pem_key(block[0], password)
    return key, certificates


def _read_pem_key(pem: bytes, password: bytes | None) -> object:
    encrypted = b"ENCRYPTED" in pem
    if encrypted and password is None:
        raise CaTransferError(CaProblem.PASSWORD_NEEDED)
    try:
        # A password may have been entered for a key that has none.
        return serialization.load_pem_private_key(pem, password if encrypted else None)
    except ValueError, TypeError, UnsupportedAlgorithm:
        problem = CaProblem.PASSWORD_WRONG if encrypted else CaProblem.UNREADABLE
        raise CaTransferError(problem) from None


def _read_pkcs12(
    data: bytes, password: bytes | None
) -> tuple[object | None, list[x509.Certificate]]:
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, password)
    except UnsupportedAlgorithm:
        raise CaTransferError(CaProblem.UNREADABLE) from None
    except ValueError:
        raise CaTransferError(_pkcs12_problem(data, password)) from None
    certificates = [certificate] if certificate else []
    return key, [*certificates, *others]


def _pkcs12_problem(data: bytes, password: bytes | None) -> CaProblem:
    """Distinguish a wrong password from a file that is not PKCS #12 (a SEQUENCE of version 3 and a SEQUENCE, RFC 7292)."""
    if not re.match(
        rb"\x30(?:[\x00-\x7f]|\x81.|\x82..|\x80)\x02\x01\x03\x30", data, re.DOTALL
    ):
        return CaProblem.UNREADABLE
    return CaProblem.PASSWORD_WRONG if password else CaProblem.PASSWORD_NEEDED


def _belong_together(certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> bool:
    try:
        return certificate.public_key() == key.public_key()
    except ValueError, UnsupportedAlgorithm:
        return False


def _checked(certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> CaCandidate:
    """Check what slicers and device certificates require of a CA. Raises CaTransferError."""
    if key.key_size < KEY_BITS:
        raise CaTransferError(CaProblem.KEY_TOO_SHORT)
    if not _may_sign(certificate):
        raise CaTransferError(CaProblem.NOT_A_CA)
    if not _is_self_signed(certificate, key):
        raise CaTransferError(CaProblem.NOT_SELF_SIGNED)
    now = datetime.now(UTC)
    if now < certificate.not_valid_before_utc:
        raise CaTransferError(CaProblem.NOT_YET_VALID)
    if now >= certificate.not_valid_after_utc:
        raise CaTransferError(CaProblem.EXPIRED)
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if any(str(name.value).startswith(RESERVED_NAME_PREFIX) for name in names):
        raise CaTransferError(CaProblem.RESERVED_NAME)
    return CaCandidate(certificate=certificate, key=key)


def _is_self_signed(certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> bool:
    """Return whether it is a root and no intermediate: slicers need the end of the chain in their bundle."""
    try:
        verify_signature(certificate, key.public_key())
    except InvalidSignature, UnsupportedAlgorithm:
        return False
    return certificate.subject == certificate.issuer


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        extensions = certificate.extensions
        if not extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
    except ValueError, x509.ExtensionNotFound:
        return False
    try:
        return extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        # Without the extension every usage is allowed (RFC 5280, 4.2.1.3).
        return True
