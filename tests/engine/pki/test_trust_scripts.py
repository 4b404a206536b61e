"""Rendering the scripts, and random bundles."""

from pathlib import Path
import re

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
)
from custom_components.bambu_virtual_printer.engine.pki.trust_scripts import (
    System,
    file_name,
    render_script,
    run_command,
)
from tests.support.examples import examples

from .conftest import Computer


@pytest.mark.parametrize("system", list(System))
def test_a_script_holds_the_certificate_and_nothing_is_left_to_fill_in(
    system: System, ca: CertificateAuthority
) -> None:
    script = render_script(system, ca.pem)
    assert ca.pem.strip() in script
    assert ca.sha256_fingerprint in script
    assert "PRIVATE KEY" not in script
    assert not re.findall(r"@[A-Z0-9_]+@", script)
    # Windows PowerShell reads a script without a byte order mark in the system's code page.
    assert script.isascii()


def test_files_and_commands_are_named_by_the_system() -> None:
    assert {file_name(system).rpartition(".")[2] for system in System} == {"sh", "ps1"}
    assert len({file_name(system) for system in System}) == len(System)
    for system in System:
        assert file_name(system) in run_command(system)


@pytest.mark.parametrize("pem", ["", "nonsense", "two"])
def test_only_one_certificate_can_be_put_into_a_script(
    ca: CertificateAuthority, pem: str
) -> None:
    with pytest.raises(ValueError, match="not one PEM certificate"):
        render_script(System.LINUX, ca.pem * 2 if pem == "two" else pem)


def test_text_around_the_certificate_does_not_get_into_the_script(
    ca: CertificateAuthority,
) -> None:
    text = f"';reboot;'\n{ca.pem}$(reboot)"
    assert "reboot" not in render_script(System.LINUX, text)


@settings(
    max_examples=examples(10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    pieces=st.lists(
        st.sampled_from(["other 0", "other 1", "ours", "older", "", "# text", "a=b"]),
        max_size=8,
    ),
    newline=st.sampled_from(["\n", "\r\n"]),
    glued=st.booleans(),
    ended=st.booleans(),
)
def test_any_bundle_ends_with_ours_once_and_keeps_what_is_not_ours(
    linux: Computer,
    ca: CertificateAuthority,
    others: list[str],
    older: str,
    pieces: list[str],
    newline: str,
    glued: bool,
    ended: bool,
) -> None:
    known = {"other 0": others[0], "other 1": others[1], "ours": ca.pem, "older": older}
    text = "\n".join(known.get(piece, piece).strip() for piece in pieces)
    if glued:
        begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
        text = text.replace(f"{end}\n{begin}", f"{end}{begin}")
    content = (text + "\n" * ended).replace("\n", newline).encode()
    bundle = linux.install(content)
    backup = Path(f"{bundle}.before-virtual-printers")
    assert linux.run().returncode == 0
    certificates = [
        certificate.public_bytes(Encoding.PEM).decode()
        for certificate in x509.load_pem_x509_certificates(bundle.read_bytes())
    ]
    assert certificates.count(ca.pem) == 1
    expected = [known[piece] for piece in pieces if piece.startswith("other")]
    assert [pem for pem in certificates if pem != ca.pem] == expected
    kept = [piece for piece in pieces if piece in {"# text", "a=b"}]
    lines = bundle.read_text().splitlines()
    assert [line for line in lines if line in {"# text", "a=b"}] == kept
    assert linux.run("check").returncode == 0
    changed = backup.exists()
    assert changed == (bundle.read_bytes() != content)
    assert linux.run("undo").returncode == 0
    assert not backup.exists()
    if changed:
        assert bundle.read_bytes() == content
