"""What the script does on every system, run by real shells."""

import os
from pathlib import Path
import resource
import stat
import subprocess

from cryptography import x509
import pytest

from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
    DeviceCertificate,
)
from custom_components.bambu_virtual_printer.engine.pki.trust_scripts import System

from .conftest import Computer

BACKUP = ".before-virtual-printers"


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _certificates(path: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(path.read_bytes())


def _pem(*certificates: str) -> bytes:
    return "".join(certificates).encode()


def test_a_slicer_trusts_the_printers_afterwards_and_real_printers_still(
    computer: Computer,
    ca: CertificateAuthority,
    device: DeviceCertificate,
    others: list[str],
) -> None:
    bundle = computer.install(_pem(*others))
    result = computer.run()
    assert result.returncode == 0, result.stdout + result.stderr
    assert str(bundle) in result.stdout
    assert bundle.read_text() == "".join(others) + ca.pem
    verified = subprocess.run(
        [
            "openssl",
            "verify",
            "-CAfile",
            str(bundle),
            str(device.certificate_path),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stderr


def test_the_file_as_it_was_is_kept_and_comes_back_byte_for_byte(
    computer: Computer, others: list[str]
) -> None:
    before = _pem(*others).rstrip(b"\n") + b"\n\n# the end"
    bundle = computer.install(before)
    computer.run()
    assert bundle.with_name(bundle.name + BACKUP).read_bytes() == before
    result = computer.run("undo")
    assert result.returncode == 0, result.stdout + result.stderr
    assert bundle.read_bytes() == before
    assert _names(bundle.parent) == {"printer.cer"}
    again = computer.run("undo")
    assert again.returncode == 0
    assert bundle.read_bytes() == before


def test_running_it_again_changes_nothing(
    computer: Computer, others: list[str]
) -> None:
    bundle = computer.install(_pem(*others))
    computer.run()
    before = (bundle.read_bytes(), bundle.stat().st_ino)
    result = computer.run()
    assert result.returncode == 0
    assert "already" in result.stdout
    assert (bundle.read_bytes(), bundle.stat().st_ino) == before


def test_check_tells_by_its_exit_status_and_changes_nothing(
    computer: Computer, others: list[str]
) -> None:
    bundle = computer.install(_pem(*others))
    assert computer.run("check").returncode == 1
    assert bundle.read_bytes() == _pem(*others)
    computer.run()
    after = bundle.read_bytes()
    assert computer.run("check").returncode == 0
    assert bundle.read_bytes() == after


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    computer: Computer, others: list[str]
) -> None:
    bundle = computer.install(_pem(*others))
    result = computer.run("dry-run")
    assert result.returncode == 0
    assert "would be made to trust" in result.stdout
    assert _names(bundle.parent) == {"printer.cer"}
    assert bundle.read_bytes() == _pem(*others)
    computer.run()
    installed = bundle.read_bytes()
    result = computer.run("undo", "dry-run")
    assert "would be put back" in result.stdout
    assert bundle.read_bytes() == installed


def test_help_shows_the_fingerprint_and_touches_nothing(
    computer: Computer, ca: CertificateAuthority, others: list[str]
) -> None:
    bundle = computer.install(_pem(*others))
    result = computer.run("help")
    assert result.returncode == 0
    assert ca.sha256_fingerprint in result.stdout
    assert bundle.read_bytes() == _pem(*others)


def test_a_file_without_a_newline_at_its_end_gets_one_first(
    computer: Computer, ca: CertificateAuthority, others: list[str]
) -> None:
    bundle = computer.install(_pem(*others).rstrip(b"\n"))
    computer.run()
    assert bundle.read_text() == "".join(others) + ca.pem


def test_a_file_with_windows_line_ends_keeps_them(
    computer: Computer, ca: CertificateAuthority, others: list[str]
) -> None:
    bundle = computer.install(_pem(*others).replace(b"\n", b"\r\n"))
    computer.run()
    assert bundle.read_bytes() == _pem(*others, ca.pem).replace(b"\n", b"\r\n")
    assert computer.run("check").returncode == 0


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_a_certificate_pasted_without_a_newline_is_repaired(
    computer: Computer,
    ca: CertificateAuthority,
    others: list[str],
    newline: bytes,
) -> None:
    glued = _pem(*others).rstrip(b"\n") + ca.pem.encode()
    bundle = computer.install(glued.replace(b"\n", newline))
    assert computer.run("check").returncode == 1
    result = computer.run()
    assert "repaired" in result.stdout
    assert bundle.read_bytes() == _pem(*others, ca.pem).replace(b"\n", newline)


def test_a_byte_order_mark_of_an_editor_is_removed(
    computer: Computer, ca: CertificateAuthority, others: list[str]
) -> None:
    bundle = computer.install(b"\xef\xbb\xbf" + _pem(*others))
    computer.run()
    assert bundle.read_text() == "".join(others) + ca.pem


def test_surplus_copies_are_removed(
    computer: Computer, ca: CertificateAuthority, others: list[str]
) -> None:
    bundle = computer.install(_pem(ca.pem, *others, ca.pem, ca.pem))
    result = computer.run()
    assert "surplus" in result.stdout
    assert bundle.read_text() == "".join(others) + ca.pem


def test_another_programs_authority_of_our_name_is_replaced_because_slicers_confuse_them(
    computer: Computer,
    ca: CertificateAuthority,
    device: DeviceCertificate,
    others: list[str],
    namesake: str,
) -> None:
    bundle = computer.install(_pem(*others, namesake, ca.pem))
    verify = ["openssl", "verify", "-CAfile", str(bundle), str(device.certificate_path)]
    assert subprocess.run(verify, capture_output=True, check=False).returncode != 0
    assert computer.run("check").returncode == 1
    result = computer.run()
    assert "of the same name was replaced" in result.stdout
    assert bundle.read_text() == "".join(others) + ca.pem
    assert subprocess.run(verify, capture_output=True, check=False).returncode == 0


def test_our_earlier_authority_is_replaced(
    computer: Computer, ca: CertificateAuthority, others: list[str], older: str
) -> None:
    bundle = computer.install(_pem(others[0], older, *others[1:]))
    assert computer.run("check").returncode == 1
    computer.run()
    assert bundle.read_text() == "".join(others) + ca.pem


def test_a_printers_own_certificate_in_the_bundle_is_somebody_elses(
    computer: Computer, device: DeviceCertificate, others: list[str]
) -> None:
    leaf = device.certificate_path.read_text().partition("-----END CERTIFICATE-----")
    pasted = f"{leaf[0]}{leaf[1]}\n"
    bundle = computer.install(_pem(*others, pasted))
    computer.run()
    assert bundle.read_text().startswith("".join(others) + pasted)


def test_what_others_wrote_into_the_file_stays(
    computer: Computer, ca: CertificateAuthority, others: list[str]
) -> None:
    text = f"# first\n{others[0]}\nsubject=CN = BBL CA2\n{others[1]}"
    bundle = computer.install(text.encode())
    computer.run()
    assert bundle.read_text() == text + ca.pem


def test_after_a_slicers_update_undo_takes_out_ours_and_keeps_the_new_file(
    computer: Computer, others: list[str]
) -> None:
    bundle = computer.install(_pem(*others[:2]))
    computer.run()
    # The update brings a new file, and somebody adds ours by hand.
    bundle.write_bytes(bundle.read_bytes() + _pem(others[2]))
    assert computer.run("undo").returncode == 0
    assert bundle.read_bytes() == _pem(*others)
    assert _names(bundle.parent) == {"printer.cer"}


def test_a_slicers_update_renews_the_backup(
    computer: Computer, others: list[str]
) -> None:
    bundle = computer.install(_pem(*others[:2]))
    computer.run()
    bundle.write_bytes(_pem(*others))
    computer.run()
    assert bundle.with_name(bundle.name + BACKUP).read_bytes() == _pem(*others)


def test_a_renewed_authority_keeps_the_backup_from_before_all_of_them(
    computer: Computer, others: list[str], older: str
) -> None:
    bundle = computer.install(_pem(*others, older))
    bundle.with_name(bundle.name + BACKUP).write_bytes(_pem(*others))
    computer.run()
    computer.run("undo")
    assert bundle.read_bytes() == _pem(*others)


@pytest.mark.parametrize(
    "damage",
    [
        b"-----BEGIN CERTIFICATE-----\nMIIB\n",
        b"MIIB\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----".encode("utf-16-le"),
    ],
)
def test_a_damaged_file_is_left_alone(
    computer: Computer, others: list[str], damage: bytes
) -> None:
    bundle = computer.install(_pem(*others) + damage)
    result = computer.run()
    assert result.returncode == 1
    assert "reinstall the slicer" in result.stdout + result.stderr
    assert bundle.read_bytes() == _pem(*others) + damage
    assert _names(bundle.parent) == {"printer.cer"}


def test_a_file_that_was_replaced_instead_of_added_to_is_pointed_out(
    computer: Computer, ca: CertificateAuthority
) -> None:
    bundle = computer.install(b"")
    result = computer.run()
    assert "real printers will not connect" in result.stdout + result.stderr
    assert bundle.read_text().strip() == ca.pem.strip()


def test_no_slicer_is_an_exit_status_of_its_own(computer: Computer) -> None:
    result = computer.run()
    assert result.returncode == 3
    assert "No slicer was found" in result.stdout + result.stderr


def test_a_folder_or_a_file_may_be_named(
    computer: Computer, ca: CertificateAuthority, others: list[str]
) -> None:
    odd = "{root}/it's here/$HOME (x86)/resources/cert/printer.cer"
    bundle = computer.install(_pem(*others), odd)
    for place in (bundle, bundle.parent, computer.root / "it's here"):
        bundle.write_bytes(_pem(*others))
        assert computer.run(places=[place]).returncode == 0
        assert bundle.read_text() == "".join(others) + ca.pem
    missing = computer.run(places=[computer.root / "nothing"])
    assert missing.returncode == 3
    assert "no printer.cer found" in missing.stdout + missing.stderr


def test_an_unknown_option_is_refused(computer: Computer, others: list[str]) -> None:
    bundle = computer.install(_pem(*others))
    # Newer PowerShells refuse it themselves.
    allowed = {1, 2} if computer.system is System.WINDOWS else {2}
    assert computer.run("frobnicate").returncode in allowed
    assert bundle.read_bytes() == _pem(*others)


def test_a_script_changed_on_its_way_refuses_to_run(
    computer: Computer, ca: CertificateAuthority, older: str, others: list[str]
) -> None:
    text = computer.script.read_text()
    computer.script.write_text(text.replace(ca.pem.strip(), older.strip()))
    bundle = computer.install(_pem(*others))
    result = computer.run()
    assert result.returncode == 1
    assert "download it again" in result.stdout + result.stderr
    assert bundle.read_bytes() == _pem(*others)


def test_owner_and_mode_stay(computer: Computer, others: list[str]) -> None:
    if computer.system is System.WINDOWS:
        pytest.skip("on Windows the system's own replacement of files keeps them")
    bundle = computer.install(_pem(*others))
    bundle.chmod(0o440)
    if os.geteuid() == 0:
        os.chown(bundle, 65534, 65534)
    before = bundle.stat()
    assert computer.run().returncode == 0
    after = bundle.stat()
    assert len(_certificates(bundle)) == len(others) + 1
    assert stat.S_IMODE(after.st_mode) == 0o440
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)


def test_hard_links_elsewhere_keep_the_old_content(
    computer: Computer, others: list[str]
) -> None:
    # Flatpak checks files out as hard links into its store.
    bundle = computer.install(_pem(*others))
    stored = computer.root / "object"
    stored.hardlink_to(bundle)
    computer.run()
    assert stored.read_bytes() == _pem(*others)
    assert len(_certificates(bundle)) == len(others) + 1


def test_a_full_disk_leaves_the_file_as_it_was(
    computer: Computer, others: list[str]
) -> None:
    if computer.system is System.WINDOWS:
        pytest.skip("PowerShell itself writes files that are bigger")
    bundle = computer.install(_pem(*others))
    limit = len(_pem(*others)) + 300

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    result = computer.run(preexec=fill)
    assert result.returncode == 1
    assert "it is as it was" in result.stderr
    assert bundle.read_bytes() == _pem(*others)
    assert _names(bundle.parent) == {"printer.cer", f"printer.cer{BACKUP}"}
