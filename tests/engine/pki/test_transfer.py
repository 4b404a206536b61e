"""Export, import and replacement of the CA, with OpenSSL on the other side."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
import itertools
import os
from pathlib import Path
import re
import stat
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.pki import ca_folder
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
    certificate_pem,
    key_pem,
)
from custom_components.bambu_virtual_printer.engine.pki.transfer import (
    MAX_FILE_BYTES,
    CaCandidate,
    CaProblem,
    CaTransferError,
    compare,
    discard_device_certificates,
    export_pkcs12,
    install,
    new_ca,
    read_ca,
    read_folder,
)

PASSWORD = "correct horse"
SERIAL = "01P00A123456789"
ADDRESS = "192.168.1.50"


@pytest.fixture(scope="module")
def other() -> CaCandidate:
    return new_ca()


@pytest.fixture
def own(tmp_path: Path) -> CertificateAuthority:
    return CertificateAuthority.load_or_create(tmp_path / "certs")


def _openssl(*args: str, data: bytes | None = None) -> bytes:
    return subprocess.run(
        ["openssl", *args], check=True, capture_output=True, input=data
    ).stdout


def _pem(candidate: CaCandidate) -> tuple[bytes, bytes]:
    return certificate_pem(candidate.certificate), key_pem(candidate.key)


def _encrypted(candidate: CaCandidate, form: serialization.PrivateFormat) -> bytes:
    return candidate.key.private_bytes(
        serialization.Encoding.PEM,
        form,
        serialization.BestAvailableEncryption(PASSWORD.encode()),
    )


def _made(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    *,
    name: str = "Workshop",
    issuer: str | None = None,
    signer: rsa.RSAPrivateKey | None = None,
    start_days: float = -1,
    end_days: float = 100,
    extensions: Sequence[x509.ExtensionType] = (
        x509.BasicConstraints(ca=True, path_length=None),
    ),
) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer or name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=start_days))
        .not_valid_after(now + timedelta(days=end_days))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(signer or key, hashes.SHA256())


def _usage(*, key_cert_sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=key_cert_sign,
        key_encipherment=False,
        crl_sign=False,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_an_export_is_read_by_openssl_and_by_us(
    own: CertificateAuthority, tmp_path: Path
) -> None:
    exported = export_pkcs12(own, PASSWORD)
    path = tmp_path / "ca.p12"
    path.write_bytes(exported)
    printed = _openssl(
        "pkcs12", "-in", str(path), "-passin", f"pass:{PASSWORD}", "-nodes"
    )
    assert own.pem.encode() in printed
    assert key_pem(own.key) == _openssl("rsa", "-traditional", data=printed)
    candidate = read_ca([exported], PASSWORD)
    assert candidate.certificate == own.certificate
    assert key_pem(candidate.key) == key_pem(own.key)


def test_an_export_is_encrypted_with_aes_256(
    own: CertificateAuthority, tmp_path: Path
) -> None:
    path = tmp_path / "ca.p12"
    path.write_bytes(export_pkcs12(own, PASSWORD))
    info = subprocess.run(
        [
            *("openssl", "pkcs12", "-in", str(path), "-noout", "-info"),
            *("-passin", f"pass:{PASSWORD}"),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stderr
    assert "Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 600000" in info
    assert "Encrypted data: PBES2, PBKDF2, AES-256-CBC, Iteration 600000" in info


def test_an_export_needs_a_password_worth_the_name(own: CertificateAuthority) -> None:
    with pytest.raises(CaTransferError) as raised:
        export_pkcs12(own, "short")
    assert raised.value.problem is CaProblem.PASSWORD_TOO_SHORT


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_pem_is_read_in_one_file_or_two_in_any_order(
    other: CaCandidate, order: tuple[int, int]
) -> None:
    parts = [_pem(other)[index] for index in order]
    assert read_ca(parts).certificate == other.certificate
    assert read_ca([b"".join(parts)]).certificate == other.certificate
    assert read_ca([b"note\r\n" + b"".join(parts).replace(b"\n", b"\r\n")])


@pytest.mark.parametrize(
    "form",
    [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL],
)
def test_an_encrypted_key_is_read_with_its_password(
    other: CaCandidate, form: serialization.PrivateFormat
) -> None:
    files = [_pem(other)[0], _encrypted(other, form)]
    assert read_ca(files, PASSWORD).certificate == other.certificate
    for password, problem in {
        None: CaProblem.PASSWORD_NEEDED,
        "": CaProblem.PASSWORD_NEEDED,
        "wrong": CaProblem.PASSWORD_WRONG,
    }.items():
        with pytest.raises(CaTransferError) as raised:
            read_ca(files, password)
        assert raised.value.problem is problem


def test_a_password_that_is_not_needed_does_no_harm(other: CaCandidate) -> None:
    assert read_ca(_pem(other), "superfluous").certificate == other.certificate


def test_a_chain_beside_the_authority_is_ignored(
    own: CertificateAuthority, other: CaCandidate
) -> None:
    chain = own.device_certificate(SERIAL, [ADDRESS]).certificate_path.read_bytes()
    files = [chain, *_pem(other)]
    assert read_ca(files).certificate == other.certificate


@pytest.mark.parametrize(
    ("password", "problem"),
    [(None, CaProblem.PASSWORD_NEEDED), ("wrong", CaProblem.PASSWORD_WRONG)],
)
def test_pkcs12_without_the_right_password_says_so(
    own: CertificateAuthority, password: str | None, problem: CaProblem
) -> None:
    with pytest.raises(CaTransferError) as raised:
        read_ca([export_pkcs12(own, PASSWORD)], password)
    assert raised.value.problem is problem


def test_pkcs12_without_a_key_or_without_a_certificate_is_refused(
    other: CaCandidate,
) -> None:
    secret = serialization.BestAvailableEncryption(PASSWORD.encode())
    for key, certificate, problem in (
        (None, other.certificate, CaProblem.NO_KEY),
        (other.key, None, CaProblem.NO_CERTIFICATE),
    ):
        data = pkcs12.serialize_key_and_certificates(
            b"ca", key, certificate, None, secret
        )
        with pytest.raises(CaTransferError) as raised:
            read_ca([data], PASSWORD)
        assert raised.value.problem is problem


def test_a_certs_folder_of_another_installation_is_read(
    other: CaCandidate, tmp_path: Path
) -> None:
    certificate, key = _pem(other)
    (tmp_path / "bbl_ca.crt").write_bytes(certificate)
    with pytest.raises(FileNotFoundError, match="bbl_ca.key"):
        read_folder(tmp_path)
    (tmp_path / "bbl_ca.key").write_bytes(key)
    (tmp_path / "virtual_printer.crt").write_text("not looked at")
    assert read_folder(tmp_path).certificate == other.certificate


_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_SIGNER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_SHORT = rsa.generate_private_key(public_exponent=65537, key_size=1024)
_CURVE = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    ("make", "key", "problem"),
    [
        (lambda: _made(_KEY, start_days=1), _KEY, CaProblem.NOT_YET_VALID),
        (lambda: _made(_KEY, start_days=-9, end_days=-1), _KEY, CaProblem.EXPIRED),
        (lambda: _made(_KEY, extensions=()), _KEY, CaProblem.NOT_A_CA),
        (
            lambda: _made(
                _KEY, extensions=[x509.BasicConstraints(ca=False, path_length=None)]
            ),
            _KEY,
            CaProblem.NOT_A_CA,
        ),
        (
            lambda: _made(
                _KEY,
                extensions=[
                    x509.BasicConstraints(ca=True, path_length=0),
                    _usage(key_cert_sign=False),
                ],
            ),
            _KEY,
            CaProblem.NOT_A_CA,
        ),
        (
            lambda: _made(_KEY, issuer="Root", signer=_SIGNER),
            _KEY,
            CaProblem.NOT_SELF_SIGNED,
        ),
        (lambda: _made(_KEY, signer=_SIGNER), _KEY, CaProblem.NOT_SELF_SIGNED),
        (lambda: _made(_KEY, issuer="Root"), _KEY, CaProblem.NOT_SELF_SIGNED),
        (lambda: _made(_KEY), _SIGNER, CaProblem.KEY_DOES_NOT_FIT),
        (lambda: _made(_SHORT), _SHORT, CaProblem.KEY_TOO_SHORT),
        (lambda: _made(_CURVE), _CURVE, CaProblem.NOT_RSA),
        (lambda: _made(_KEY, name="BBL CA"), _KEY, CaProblem.RESERVED_NAME),
    ],
)
def test_what_slicers_would_refuse_is_refused_with_the_reason(
    make: Callable[[], x509.Certificate],
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    problem: CaProblem,
) -> None:
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with pytest.raises(CaTransferError) as raised:
        read_ca([certificate_pem(make()), pem])
    assert raised.value.problem is problem
    assert str(raised.value)


def test_an_authority_that_may_sign_expressly_is_accepted() -> None:
    certificate = _made(
        _KEY,
        extensions=[
            x509.BasicConstraints(ca=True, path_length=0),
            _usage(key_cert_sign=True),
        ],
    )
    assert read_ca([certificate_pem(certificate), key_pem(_KEY)])


def test_incomplete_damaged_and_oversized_files_are_refused(other: CaCandidate) -> None:
    certificate, key = _pem(other)
    damaged = certificate[:200] + b"A" + certificate[201:400] + certificate[500:]
    for files, problem in (
        ([certificate], CaProblem.NO_KEY),
        ([key], CaProblem.NO_CERTIFICATE),
        ([damaged, key], CaProblem.UNREADABLE),
        ([certificate, key[:300] + key[500:]], CaProblem.UNREADABLE),
        ([], CaProblem.UNREADABLE),
        ([b""], CaProblem.UNREADABLE),
        ([b"\x30\x03\x02\x01\x03"], CaProblem.UNREADABLE),
        ([b"a", b"b"], CaProblem.UNREADABLE),
        ([b"\x00" * (MAX_FILE_BYTES + 1)], CaProblem.TOO_BIG),
    ):
        with pytest.raises(CaTransferError) as raised:
            read_ca(files)
        assert raised.value.problem is problem


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=400), password=st.none() | st.text(max_size=8))
def test_no_file_at_all_gets_anything_but_a_reason(
    data: bytes, password: str | None
) -> None:
    framed = b"-----BEGIN PRIVATE KEY-----\n" + data + b"\n-----END PRIVATE KEY-----"
    for content in (data, framed):
        with pytest.raises(CaTransferError):
            read_ca([content], password)


def test_neither_candidates_nor_errors_show_the_key(other: CaCandidate) -> None:
    secret = key_pem(other.key).decode().splitlines()[1]
    assert secret not in repr(other)
    assert "RSAPrivateKey" not in repr(other)
    with pytest.raises(CaTransferError) as raised:
        read_ca([key_pem(other.key)], PASSWORD)
    assert secret not in repr(raised.value)
    assert PASSWORD not in repr(raised.value)


def test_a_preview_shows_both_fingerprints_as_openssl_prints_them(
    own: CertificateAuthority, other: CaCandidate
) -> None:
    shown = compare(own, other)
    assert not shown.same
    assert shown.current.sha256_fingerprint == own.sha256_fingerprint
    assert shown.current.expires_at == own.expires_at
    for digest, fingerprint in (
        ("-sha256", shown.offered.sha256_fingerprint),
        ("-sha1", shown.offered.sha1_fingerprint),
    ):
        printed = _openssl(
            "x509", "-noout", "-fingerprint", digest, data=_pem(other)[0]
        )
        assert printed.decode().strip().partition("=")[2] == fingerprint
    assert shown.offered.subject == "CN=Virtual Printer CA"
    again = CaCandidate(certificate=own.certificate, key=own.key)
    assert compare(own, again).same


def test_a_replacement_signs_printers_anew_and_keeps_the_old_authority(
    own: CertificateAuthority, other: CaCandidate
) -> None:
    before = _pem(CaCandidate(certificate=own.certificate, key=own.key))
    old_leaf = own.device_certificate(SERIAL, [ADDRESS]).certificate_path.read_bytes()
    new = install(own, other)
    assert new.certificate == other.certificate
    loaded = CertificateAuthority.load_or_create(own.folder)
    assert loaded.certificate == other.certificate
    device = loaded.device_certificate(SERIAL, [ADDRESS])
    assert device.certificate_path.read_bytes() != old_leaf
    assert b"OK" in _openssl(
        "verify",
        "-x509_strict",
        "-CAfile",
        str(own.folder / "bbl_ca.crt"),
        str(device.certificate_path),
    )
    (backup,) = (own.folder / "replaced").iterdir()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d.-]+Z", backup.name)
    assert (backup / "bbl_ca.crt").read_bytes() == before[0]
    assert (backup / "bbl_ca.key").read_bytes() == before[1]
    assert read_folder(backup).certificate == own.certificate
    for key in (own.folder / "bbl_ca.key", backup / "bbl_ca.key"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    assert {path.name for path in own.folder.iterdir()} == {
        "bbl_ca.crt",
        "bbl_ca.key",
        "replaced",
        SERIAL,
    }


def test_replacing_the_authority_by_itself_changes_nothing(
    own: CertificateAuthority,
) -> None:
    before = _tree(own.folder)
    same = read_ca([export_pkcs12(own, PASSWORD)], PASSWORD)
    assert install(own, same) is own
    assert _tree(own.folder) == before


def test_an_authority_that_counts_its_key_identifier_otherwise_signs_valid_printers(
    own: CertificateAuthority,
) -> None:
    certificate = _made(
        _KEY,
        extensions=[
            x509.BasicConstraints(ca=True, path_length=None),
            x509.SubjectKeyIdentifier(b"counted otherwise"),
        ],
    )
    new = install(own, read_ca([certificate_pem(certificate), key_pem(_KEY)]))
    device = new.device_certificate(SERIAL, [ADDRESS])
    assert b"OK" in _openssl(
        "verify",
        "-CAfile",
        str(new.folder / "bbl_ca.crt"),
        str(device.certificate_path),
    )


def test_an_authority_without_key_identifier_signs_valid_printers(
    own: CertificateAuthority,
) -> None:
    new = install(own, read_ca([certificate_pem(_made(_KEY)), key_pem(_KEY)]))
    device = new.device_certificate(SERIAL, [ADDRESS])
    assert b"OK" in _openssl(
        "verify",
        "-CAfile",
        str(new.folder / "bbl_ca.crt"),
        str(device.certificate_path),
    )


class Crash(BaseException):
    """The process ends here."""


def test_a_crash_anywhere_in_a_replacement_leaves_one_whole_authority(
    tmp_path: Path, other: CaCandidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = CertificateAuthority.load_or_create(tmp_path / "template")
    third = new_ca()
    seen = set()
    for crash_at in range(100):
        folder = tmp_path / str(crash_at)
        folder.mkdir()
        for name in ("bbl_ca.crt", "bbl_ca.key"):
            (folder / name).write_bytes((first.folder / name).read_bytes())
        authority = CertificateAuthority.load_or_create(folder)
        steps = itertools.count()
        with monkeypatch.context() as patch:
            for name in ("replace", "rename", "fsync", "mkdir", "rmdir"):
                _crash_before(patch, name, crash_at, steps)
            try:
                install(authority, other)
                crashed = False
            except Crash:
                crashed = True
        loaded = CertificateAuthority.load_or_create(folder)
        assert loaded.certificate in {first.certificate, other.certificate}
        seen.add(loaded.certificate)
        # And it can be replaced again, whatever the crash left behind.
        install(loaded, third)
        if not crashed:
            break
    assert not crashed
    assert crash_at > 8
    assert seen == {first.certificate, other.certificate}


def _crash_before(
    patch: pytest.MonkeyPatch, name: str, crash_at: int, steps: Iterator[int]
) -> None:
    original = getattr(os, name)

    def crashing(*args: object, **kwargs: object) -> object:
        if next(steps) >= crash_at:
            raise Crash
        return original(*args, **kwargs)

    patch.setattr(os, name, crashing)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_a_folder_whose_files_are_no_files_is_refused_at_once(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    for name in (ca_folder.CA_CERTIFICATE_FILE, ca_folder.CA_KEY_FILE):
        make(tmp_path / name)
    with pytest.raises(OSError, match="Not a regular file|Is a directory"):
        read_folder(tmp_path)


def test_a_replacement_that_fails_can_be_tried_again(
    own: CertificateAuthority, other: CaCandidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes, mode: int = 0o644) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(ca_folder, "write", full)
        with pytest.raises(OSError, match="No space"):
            install(own, other)
    assert (
        CertificateAuthority.load_or_create(own.folder).certificate == own.certificate
    )
    assert install(own, other).certificate == other.certificate


def test_discarded_printer_certificates_are_made_anew_by_the_same_authority(
    own: CertificateAuthority,
) -> None:
    leaf = own.device_certificate(SERIAL, [ADDRESS]).certificate_path
    before = leaf.read_bytes()
    assert discard_device_certificates(own) == 1
    assert not leaf.exists()
    assert discard_device_certificates(own) == 0
    assert own.device_certificate(SERIAL, [ADDRESS]).certificate_path == leaf
    assert leaf.read_bytes() != before
    assert CertificateAuthority.load_or_create(own.folder).pem == own.pem


def test_expiry_is_told_in_whole_days_and_announced_thirty_days_before(
    own: CertificateAuthority,
) -> None:
    end = own.expires_at
    assert own.days_left(end - timedelta(days=31)) == 31
    assert own.days_left(end - timedelta(days=1, hours=23)) == 1
    assert own.days_left(end + timedelta(hours=1)) == -1
    assert not own.expires_soon(end - timedelta(days=30, seconds=1))
    assert own.expires_soon(end - timedelta(days=30))
    assert own.expires_soon(end + timedelta(days=1))
