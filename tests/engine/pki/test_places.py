"""Where the scripts look for slicers, and what they tell people who have to do something themselves."""

from collections.abc import Iterator
import os
from pathlib import Path
import re
import shlex
import subprocess
import tempfile

import pytest

from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
)

from .conftest import Computer

NOBODY = 65534

LINUX_PLACES = [
    "{root}/opt/bambustudio-bin/resources/cert/printer.cer",
    "{root}/opt/orca-slicer/resources/cert/printer.cer",
    "{root}/usr/share/Bambu Studio/resources/cert/printer.cer",
    "{root}/usr/share/OrcaSlicer/cert/printer.cer",
    "{root}/usr/lib/orcaslicer/resources/cert/printer.cer",
    "{root}/usr/local/share/BambuStudio/cert/printer.cer",
    "{root}/var/lib/flatpak/app/com.bambulab.BambuStudio/x86_64/stable/active/files/share/BambuStudio/cert/printer.cer",
    "{root}/var/lib/flatpak/app/com.orcaslicer.OrcaSlicer/aarch64/stable/active/files/share/OrcaSlicer/cert/printer.cer",
    "{home}/.local/share/flatpak/app/io.github.softfever.OrcaSlicer/x86_64/master/active/files/share/OrcaSlicer/cert/printer.cer",
    "{home}/.local/share/BambuStudio/resources/cert/printer.cer",
    "{home}/Applications/OrcaSlicer_Linux_V2.3.1.unpacked/resources/cert/printer.cer",
]
MACOS_PLACES = [
    "{root}/Applications/BambuStudio.app/Contents/Resources/cert/printer.cer",
    "{root}/Applications/OrcaSlicer.app/Contents/Resources/cert/printer.cer",
    "{root}/Applications/Bambu Studio beta.app/Contents/Resources/cert/printer.cer",
    "{home}/Applications/OrcaSlicer.app/Contents/Resources/cert/printer.cer",
]


def _install_everywhere(
    computer: Computer, places: list[str], content: bytes
) -> list[Path]:
    return [computer.install(content, place) for place in places]


def test_every_slicer_of_a_linux_system_is_found(
    linux: Computer, ca: CertificateAuthority, others: list[str]
) -> None:
    content = "".join(others).encode()
    bundles = _install_everywhere(linux, LINUX_PLACES, content)
    elsewhere = linux.install(content, "{root}/opt/another/cert/printer.cer")
    result = linux.run()
    assert result.returncode == 0, result.stderr
    for bundle in bundles:
        assert bundle.read_text() == "".join(others) + ca.pem
        assert f"{bundle}\n" in result.stdout
    assert elsewhere.read_bytes() == content


def test_every_slicer_of_a_mac_is_found(
    macos: Computer, ca: CertificateAuthority, others: list[str]
) -> None:
    bundles = _install_everywhere(macos, MACOS_PLACES, "".join(others).encode())
    result = macos.run()
    assert result.returncode == 0, result.stderr
    for bundle in bundles:
        assert bundle.read_text() == "".join(others) + ca.pem


def test_a_flatpak_is_changed_once_though_links_lead_to_it(
    linux: Computer, others: list[str]
) -> None:
    flatpak = "{root}/var/lib/flatpak/app/com.bambulab.BambuStudio"
    bundle = linux.install(
        "".join(others).encode(),
        flatpak + "/x86_64/stable/0123abcd/files/share/BambuStudio/cert/printer.cer",
    )
    application = linux.place(flatpak)
    (application / "current").symlink_to("x86_64/stable")
    (application / "x86_64/stable/active").symlink_to("0123abcd")
    result = linux.run()
    assert result.returncode == 0
    assert result.stdout.count("trusts your virtual printers now") == 1
    assert bundle.read_text().count("BEGIN") == len(others) + 1


def test_a_link_stays_a_link(linux: Computer, others: list[str]) -> None:
    real = linux.install("".join(others).encode(), "{root}/srv/shared.cer")
    link = linux.place("{root}/opt/orca-slicer/cert/printer.cer")
    link.parent.mkdir(parents=True)
    link.symlink_to("../../../srv/shared.cer")
    assert linux.run().returncode == 0
    assert link.is_symlink()
    assert real.read_text().count("BEGIN") == len(others) + 1


def test_one_slicer_that_cannot_be_changed_does_not_keep_the_others_from_it(
    linux: Computer, ca: CertificateAuthority, others: list[str]
) -> None:
    damaged = linux.install(b"-----BEGIN CERTIFICATE-----\n", LINUX_PLACES[0])
    fine = linux.install("".join(others).encode(), LINUX_PLACES[1])
    result = linux.run()
    assert result.returncode == 1
    assert damaged.read_bytes() == b"-----BEGIN CERTIFICATE-----\n"
    assert fine.read_text() == "".join(others) + ca.pem


# What an AppImage does with --appimage-extract, as its runtime documents it; AppImages themselves are some hundred MB.
APPIMAGE = """#!/bin/sh
[ "$1" = --appimage-extract ] || exit 9
mkdir -p squashfs-root/resources/cert
cat "$(dirname "$0")/stock.cer" > squashfs-root/resources/cert/printer.cer
: > squashfs-root/AppRun
"""


@pytest.fixture
def appimage(linux: Computer, others: list[str]) -> Path:
    linux.install("".join(others).encode(), "{home}/Applications/stock.cer")
    image = linux.home / "Applications" / "OrcaSlicer V2.3.1.AppImage"
    image.write_text(APPIMAGE)
    return image


def test_an_appimage_is_pointed_out_with_the_command_to_run(
    linux: Computer, appimage: Path
) -> None:
    result = linux.run()
    assert result.returncode == 3
    (command,) = re.findall(r"sh trust_virtual_printers_linux.sh (.+)", result.stdout)[
        -1:
    ]
    assert shlex.split(command) == [str(appimage)]


def test_an_appimage_is_unpacked_beside_itself_and_that_copy_trusts(
    linux: Computer, ca: CertificateAuthority, appimage: Path, others: list[str]
) -> None:
    result = linux.run(places=[appimage])
    assert result.returncode == 0, result.stderr
    unpacked = appimage.with_suffix(".unpacked")
    assert f"'{unpacked}/AppRun'" in result.stderr
    bundle = unpacked / "resources" / "cert" / "printer.cer"
    assert bundle.read_text() == "".join(others) + ca.pem
    assert appimage.read_text() == APPIMAGE
    # From now on it is found like any other slicer.
    assert linux.run("check").returncode == 0
    assert linux.run("undo", places=[appimage]).returncode == 0
    assert bundle.read_text() == "".join(others)


def test_checking_an_appimage_unpacks_nothing(linux: Computer, appimage: Path) -> None:
    assert linux.run("check", places=[appimage]).returncode == 3
    assert linux.run("dry-run", places=[appimage]).returncode == 3
    assert not appimage.with_suffix(".unpacked").exists()


def test_an_appimage_that_cannot_be_unpacked_leaves_nothing_behind(
    linux: Computer, appimage: Path
) -> None:
    appimage.write_text("#!/bin/sh\nmkdir squashfs-root; exit 1\n")
    result = linux.run(places=[appimage])
    assert result.returncode == 3
    assert "cannot be unpacked" in result.stderr
    assert {path.name for path in appimage.parent.iterdir()} == {
        appimage.name,
        "stock.cer",
    }


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.parametrize("verb", ["", "undo"])
def test_missing_rights_are_told_with_the_exact_command(
    linux: Computer,
    public: Path,
    others: list[str],
    ca: CertificateAuthority,
    verb: str,
) -> None:
    script = public / "it's a script.sh"
    script.write_text(linux.script.read_text())
    bundle = public / "opt" / "bambu studio" / "cert" / "printer.cer"
    bundle.parent.mkdir(parents=True)
    content = "".join([*others, ca.pem] if verb else others)
    bundle.write_text(content)
    bundle.parent.chmod(0o555)
    result = subprocess.run(
        ["sh", str(script), *([f"--{verb}"] if verb else []), "bambu studio"],
        capture_output=True,
        text=True,
        check=False,
        cwd=public / "opt",
        user=NOBODY if os.geteuid() == 0 else None,
        env=linux.environment | {"PATH": os.environ["PATH"]},
    )
    bundle.parent.chmod(0o755)
    assert result.returncode == 4, result.stderr
    assert bundle.read_text() == content
    (command,) = re.findall(r"Run this to go on: (.+)", result.stderr)
    words = shlex.split(command)
    assert words[:3] == ["sudo", "sh", str(script)]
    assert words[3:] == [*([f"--{verb}"] if verb else []), "bambu studio"]
    assert list(bundle.parent.iterdir()) == [bundle]


def test_a_mac_that_protects_its_applications_is_explained(
    macos: Computer, others: list[str]
) -> None:
    bundle = macos.install("".join(others).encode())
    # The copy fails although the folder may be written to, as with App Management.
    tools = macos.root / "tools"
    tools.mkdir()
    refusing = tools / "cp"
    refusing.write_text("#!/bin/sh\nexit 1\n")
    refusing.chmod(0o755)
    result = macos.run(environment={"PATH": f"{tools}:{os.environ['PATH']}"})
    assert result.returncode == 1
    assert "App Management" in result.stderr
    assert bundle.read_text() == "".join(others)
    assert list(bundle.parent.iterdir()) == [bundle]
