from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import re
import ssl
import stat
import subprocess
from typing import Any

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
import pytest

from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
    CertificateError,
    DeviceCertificate,
)

SERIAL = "01P00A123456789"
ADDRESS = "192.168.1.50"


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority.load_or_create(tmp_path_factory.mktemp("certs"))


@pytest.fixture(scope="module")
def device(ca: CertificateAuthority) -> DeviceCertificate:
    return ca.device_certificate(SERIAL, [ADDRESS])


def _leaf(device: DeviceCertificate) -> x509.Certificate:
    return x509.load_pem_x509_certificates(device.certificate_path.read_bytes())[0]


def _openssl(*args: str) -> str:
    return subprocess.run(
        ["openssl", *args], check=True, capture_output=True, text=True
    ).stdout


def test_the_ca_survives_a_restart_byte_for_byte(ca: CertificateAuthority) -> None:
    before = (ca.folder / "bbl_ca.crt").read_bytes()
    again = CertificateAuthority.load_or_create(ca.folder)
    assert (ca.folder / "bbl_ca.crt").read_bytes() == before
    assert again.sha256_fingerprint == ca.sha256_fingerprint


def test_the_ca_is_what_slicers_accept(ca: CertificateAuthority) -> None:
    certificate = ca.certificate
    assert certificate.subject == certificate.issuer
    assert certificate.subject.rfc4514_string() == "CN=Virtual Printer CA"
    assert ca.key.key_size == 2048
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=0)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.key_cert_sign
    years_left = (ca.expires_at - datetime.now(UTC)) / timedelta(days=365)
    assert 19 < years_left < 21


def test_fingerprints_are_those_openssl_prints(ca: CertificateAuthority) -> None:
    path = str(ca.folder / "bbl_ca.crt")
    for digest, fingerprint in (
        ("-sha256", ca.sha256_fingerprint),
        ("-sha1", ca.sha1_fingerprint),
    ):
        printed = _openssl("x509", "-in", path, "-noout", "-fingerprint", digest)
        assert printed.strip().partition("=")[2] == fingerprint
    assert ca.pem == (ca.folder / "bbl_ca.crt").read_text()


def test_keys_can_only_be_read_by_their_owner(
    ca: CertificateAuthority, device: DeviceCertificate
) -> None:
    for path in (ca.folder / "bbl_ca.key", device.key_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_copied_key_that_others_can_read_is_closed_again(tmp_path: Path) -> None:
    CertificateAuthority.load_or_create(tmp_path)
    (tmp_path / "bbl_ca.key").chmod(0o644)
    CertificateAuthority.load_or_create(tmp_path)
    assert stat.S_IMODE((tmp_path / "bbl_ca.key").stat().st_mode) == 0o600


def test_the_leaf_is_named_by_the_serial_in_every_place_clients_look(
    device: DeviceCertificate,
) -> None:
    leaf = _leaf(device)
    (name,) = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == SERIAL
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert SERIAL in names.get_values_for_type(x509.DNSName)
    assert {str(ip) for ip in names.get_values_for_type(x509.IPAddress)} == {
        ADDRESS,
        "127.0.0.1",
    }
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.key_encipherment
    assert usage.digital_signature
    extended = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert ExtendedKeyUsageOID.SERVER_AUTH in extended


def test_openssl_verifies_the_chain_strictly(
    ca: CertificateAuthority, device: DeviceCertificate
) -> None:
    printed = _openssl(
        "verify",
        "-x509_strict",
        "-verify_hostname",
        SERIAL,
        "-CAfile",
        str(ca.folder / "bbl_ca.crt"),
        str(device.certificate_path),
    )
    assert printed.strip().endswith("OK")


def test_the_file_served_is_the_leaf_followed_by_the_ca(
    ca: CertificateAuthority, device: DeviceCertificate
) -> None:
    chain = x509.load_pem_x509_certificates(device.certificate_path.read_bytes())
    assert chain[1:] == [ca.certificate]


def test_a_leaf_that_fits_is_kept_because_clients_pin_it(
    ca: CertificateAuthority, device: DeviceCertificate
) -> None:
    before = device.certificate_path.read_bytes()
    again = ca.device_certificate(SERIAL, [ADDRESS])
    assert again.certificate_path.read_bytes() == before


def test_another_address_makes_a_new_leaf_and_leaves_the_ca_alone(
    tmp_path: Path,
) -> None:
    ca = CertificateAuthority.load_or_create(tmp_path)
    before = _leaf(ca.device_certificate(SERIAL, [ADDRESS]))
    after = _leaf(ca.device_certificate(SERIAL, [ADDRESS, "10.8.0.2"]))
    assert before.serial_number != after.serial_number
    names = after.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "10.8.0.2" in {str(ip) for ip in names.get_values_for_type(x509.IPAddress)}
    assert CertificateAuthority.load_or_create(tmp_path).pem == ca.pem


def test_a_leaf_of_an_earlier_ca_of_the_same_name_is_replaced(tmp_path: Path) -> None:
    old = CertificateAuthority.load_or_create(tmp_path)
    before = old.device_certificate(SERIAL, [ADDRESS]).certificate_path.read_bytes()
    (tmp_path / "bbl_ca.crt").unlink()
    (tmp_path / "bbl_ca.key").unlink()
    new = CertificateAuthority.load_or_create(tmp_path)
    assert new.certificate.subject == old.certificate.subject
    after = new.device_certificate(SERIAL, [ADDRESS]).certificate_path.read_bytes()
    assert after != before


def test_a_lost_ca_certificate_is_made_again_with_its_key(tmp_path: Path) -> None:
    old = CertificateAuthority.load_or_create(tmp_path)
    (tmp_path / "bbl_ca.crt").unlink()
    new = CertificateAuthority.load_or_create(tmp_path)
    assert new.certificate.public_key() == old.certificate.public_key()
    # Whoever imported the old certificate still trusts what the new one signs.
    device = new.device_certificate(SERIAL, [ADDRESS])
    bundle = tmp_path / "imported.pem"
    bundle.write_text(old.pem)
    assert "OK" in _openssl(
        "verify", "-CAfile", str(bundle), str(device.certificate_path)
    )


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ({"bbl_ca.key": None}, "bbl_ca.key is missing"),
        ({"bbl_ca.key": "nonsense"}, "bbl_ca.key is not a readable private key"),
        ({"bbl_ca.crt": "nonsense"}, "bbl_ca.crt is not a PEM certificate"),
    ],
)
def test_a_damaged_ca_is_an_error_and_never_replaced(
    tmp_path: Path, damage: dict[str, str | None], says: str
) -> None:
    CertificateAuthority.load_or_create(tmp_path)
    for name, text in damage.items():
        if text is None:
            (tmp_path / name).unlink()
        else:
            (tmp_path / name).write_text(text)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(CertificateError, match=re.escape(says)):
        CertificateAuthority.load_or_create(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_key_of_another_ca_is_noticed(tmp_path: Path) -> None:
    CertificateAuthority.load_or_create(tmp_path / "a")
    CertificateAuthority.load_or_create(tmp_path / "b")
    (tmp_path / "b" / "bbl_ca.key").replace(tmp_path / "a" / "bbl_ca.key")
    with pytest.raises(CertificateError, match="does not belong to"):
        CertificateAuthority.load_or_create(tmp_path / "a")


def test_an_elliptic_ca_key_is_refused(tmp_path: Path) -> None:
    CertificateAuthority.load_or_create(tmp_path)
    key = _openssl("ecparam", "-genkey", "-noout", "-name", "prime256v1")
    (tmp_path / "bbl_ca.key").write_text(key)
    with pytest.raises(CertificateError, match="is not an RSA key"):
        CertificateAuthority.load_or_create(tmp_path)


def test_a_damaged_leaf_is_made_anew(tmp_path: Path) -> None:
    ca = CertificateAuthority.load_or_create(tmp_path)
    device = ca.device_certificate(SERIAL, [ADDRESS])
    device.certificate_path.write_text("nonsense")
    _leaf(ca.device_certificate(SERIAL, [ADDRESS]))


def test_ftps_speaks_tls_1_2_only_and_both_contexts_offer_the_plain_rsa_suites(
    device: DeviceCertificate,
) -> None:
    ftps = device.ftps_context()
    control = device.control_context()
    assert ftps.minimum_version == ftps.maximum_version == ssl.TLSVersion.TLSv1_2
    assert control.minimum_version == ssl.TLSVersion.TLSv1_2
    assert control.maximum_version != ssl.TLSVersion.TLSv1_2
    for context in (ftps, control):
        offered = {cipher["name"] for cipher in context.get_ciphers()}
        assert {
            "AES256-GCM-SHA384",
            "AES128-GCM-SHA256",
            "ECDHE-RSA-AES256-GCM-SHA384",
        } <= offered


def test_a_new_authority_is_on_the_disk_with_every_folder_it_lies_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was renamed or made and not synced in its folder may be gone after a power cut."""
    unsynced: set[Path] = set()

    def watch(name: str, place: Callable[..., Path]) -> None:
        original = getattr(os, name)

        def watched(*args: Any, **kwargs: Any) -> object:
            result = original(*args, **kwargs)
            unsynced.add(place(*args))
            return result

        monkeypatch.setattr(os, name, watched)

    sync = os.fsync

    def synced(descriptor: int) -> None:
        sync(descriptor)
        unsynced.discard(Path(f"/proc/self/fd/{descriptor}").readlink())

    watch("mkdir", lambda path, *_: Path(path).parent)
    watch("replace", lambda _source, target: Path(target).parent)
    watch("rename", lambda _source, target: Path(target).parent)
    monkeypatch.setattr(os, "fsync", synced)
    folder = tmp_path / "config" / "bambu_virtual_printer" / "certs"
    authority = CertificateAuthority.load_or_create(folder)
    assert not unsynced
    authority.device_certificate("01P00A123456789", ["192.168.1.50"])
    assert not unsynced
