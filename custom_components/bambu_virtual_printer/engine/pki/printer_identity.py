"""Verifies that the device at a real printer's address is that printer. Used by everything that connects to printers.

A printer shows an X.509 v1 certificate whose common name is its serial number; there are no alternative names. It chains
to a CA of the maker. Some models send the intermediate CA along and some do not (measured on A1 mini, P2S and X2D), so the
CAs that clients ship are used as well. Where the CA is not known here, a person confirms the certificate's fingerprint.

The name alone is no proof: serial numbers are announced to the whole network.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
import hashlib
from pathlib import Path
import re
import ssl
from typing import Self

from cryptography import x509
from cryptography.x509.oid import NameOID
from OpenSSL import crypto

from ..explanations import ExplainedError, explain
from .cipher_suites import DEFAULT_CIPHERS

MAKER_CAS = Path(__file__).parent / "maker_cas"
# A leaf, its CA, and what that chains to; a peer may send more, which is not read.
MAX_CHAIN_CERTIFICATES = 6
MAX_NAME_LENGTH = 64

# X509_V_FLAG_NO_CHECK_TIME of OpenSSL's x509_vfy.h. A printer keeps its certificate for life, and a host without a
# battery-backed clock starts in the past: a wrong date must not make printers unreachable.
_NO_CHECK_TIME = 0x200000

_PEM = re.compile(
    rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterIdentity:
    """The expected printer. `pinned` is the SHA-256 fingerprint of its certificate, if a person confirmed it."""

    serial: str
    pinned: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The contents of a certificate. `fingerprint` is SHA-256 as OpenSSL prints it; names may be empty."""

    serial: str
    issuer: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """It is the printer: verified by the maker's CA, or, with `by_pin`, confirmed by a person."""

    peer: Peer
    by_pin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The name is right, but no known CA signed the certificate. A person may confirm the fingerprint."""

    peer: Peer


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The name is right, but it is not the certificate that a person confirmed."""

    peer: Peer
    pinned: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongSerial:
    """It is another printer, or no printer."""

    peer: Peer


type Refusal = Unknown | Changed | WrongSerial
type Verdict = Trusted | Refusal


class NotThePrinterError(ExplainedError):
    """The device that answers could not be verified as the expected printer; `refusal` is the reason."""

    def __init__(self, refusal: Refusal, expected: PrinterIdentity) -> None:
        """Keep the verdict."""
        match refusal:
            case WrongSerial(peer=peer):
                why = explain(
                    "other_printer_answers",
                    "the printer {found} answers instead of {expected}",
                    found=peer.serial or "?",
                    expected=expected.serial,
                )
            case Changed():
                why = explain(
                    "certificate_not_confirmed",
                    "its certificate is not the one that was confirmed",
                )
            case Unknown():
                why = explain(
                    "certificate_without_issuer",
                    "no known CA signed its certificate, and it was not confirmed",
                )
        super().__init__(why)
        self.refusal = refusal


class PrinterTrust:
    """Verifies certificates with the maker's CAs. Immutable, so that every thread may use it."""

    def __init__(self, cas: Iterable[bytes]) -> None:
        """Trust these CAs, each in DER. Raises ValueError."""
        self._store = store = crypto.X509Store()
        store.set_flags(_NO_CHECK_TIME)
        for der in cas:
            store.add_cert(_load(der))

    @classmethod
    def load(cls, folder: Path | None = None) -> Self:
        """Read the CAs of a folder, the maker's by default. Blocks. Raises OSError, ValueError."""
        return cls(
            ssl.PEM_cert_to_DER_cert(pem.decode("ascii"))
            for path in sorted((folder or MAKER_CAS).glob("*.pem"))
            for pem in _PEM.findall(path.read_bytes())
        )

    def verify(self, chain: Sequence[bytes], expected: PrinterIdentity) -> Verdict:
        """Verify the certificates that a peer sent, in DER, its own first. Never raises."""
        peer = read_peer(chain)
        if not peer.serial or peer.serial.casefold() != expected.serial.casefold():
            return WrongSerial(peer=peer)
        if self._signed_by_maker(chain):
            return Trusted(peer=peer, by_pin=False)
        if expected.pinned is None:
            return Unknown(peer=peer)
        if peer.fingerprint != expected.pinned:
            return Changed(peer=peer, pinned=expected.pinned)
        return Trusted(peer=peer, by_pin=True)

    def check(
        self, tls: ssl.SSLObject | ssl.SSLSocket, expected: PrinterIdentity
    ) -> Trusted:
        """Verify the peer of a connection, before anything is sent to it. Raises NotThePrinterError."""
        verdict = self.verify(tls.get_unverified_chain(), expected)
        if isinstance(verdict, Trusted):
            return verdict
        raise NotThePrinterError(verdict, expected)

    def _signed_by_maker(self, chain: Sequence[bytes]) -> bool:
        """Return whether the maker's CAs signed it. OpenSSL refuses v1 certificates as CAs, so a printer's cannot sign."""
        try:
            leaf, *others = map(_load, chain[:MAX_CHAIN_CERTIFICATES])
            crypto.X509StoreContext(self._store, leaf, others).verify_certificate()
        except crypto.Error, crypto.X509StoreContextError, ValueError:
            return False
        return True


def client_context() -> ssl.SSLContext:
    """Make a client context for TLS to a printer: TLS 1.2 or newer.

    The handshake only proves that the peer has the certificate's key: pass the connection to
    `PrinterTrust.check` before a byte is written to it. OpenSSL cannot do that itself, because a printer is connected to by
    address while its certificate names the serial, and because a pinned certificate has no CA.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(DEFAULT_CIPHERS)
    return context


def read_peer(chain: Sequence[bytes]) -> Peer:
    """Read the first certificate of a chain. Never raises: one that cannot be read has empty names."""
    der = chain[0] if chain else b""
    try:
        certificate = x509.load_der_x509_certificate(der)
        serial = _common_name(certificate.subject)
        issuer = _common_name(certificate.issuer)
    except ValueError, x509.InvalidVersion:
        serial = issuer = ""
    return Peer(
        serial=serial,
        issuer=issuer,
        fingerprint=hashlib.sha256(der).digest().hex(":").upper(),
    )


def _load(der: bytes) -> crypto.X509:
    """Read a certificate. Raises ValueError."""
    try:
        return crypto.load_certificate(crypto.FILETYPE_ASN1, der)
    except crypto.Error as err:
        raise ValueError("it is not a certificate") from err


def _common_name(name: x509.Name) -> str:
    values = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    # A printer's certificate has one name; of several it would be unclear which counts.
    text = str(values[0].value) if len(values) == 1 else ""
    # Names end up in logs. A printer's is short and printable.
    return text if len(text) <= MAX_NAME_LENGTH and text.isprintable() else ""
