"""What can be told of the PowerShell script without PowerShell.

Where PowerShell is installed, test_every_system.py runs it with every test of behaviour that the other scripts pass.
Elsewhere this compares it with the tested shell script: the same numbers, names and messages, and the places of slicers.
"""

import re

import pytest

from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
)
from custom_components.bambu_virtual_printer.engine.pki.trust_scripts import (
    System,
    render_script,
)


@pytest.fixture
def powershell(ca: CertificateAuthority) -> str:
    return render_script(System.WINDOWS, ca.pem)


@pytest.fixture
def shell(ca: CertificateAuthority) -> str:
    return render_script(System.LINUX, ca.pem)


def test_exit_statuses_and_the_backups_name_are_those_of_the_shell_script(
    powershell: str, shell: str
) -> None:
    for windows, posix in {
        "Done": "DONE",
        "Failed": "FAILED",
        "Usage": "USAGE",
        "NotFound": "NOT_FOUND",
        "NeedsAdministrator": "NEEDS_ROOT",
        "BackupSuffix": "BACKUP_SUFFIX",
        "Sha256": "SHA256",
        "Name": "NAME",
    }.items():
        here = re.search(rf"^\${windows} = (.+)$", powershell, re.MULTILINE)
        there = re.search(rf"^{posix}=(.+)$", shell, re.MULTILINE)
        assert here
        assert there
        assert here[1] == there[1]


def test_it_says_what_the_shell_script_says(powershell: str, shell: str) -> None:
    own = {"cannot be read", "could not be changed; it is as it was"}
    said = set(re.findall(r'(?:say|complain) "  ([a-z][^$"]+)', shell)) - own
    said = {text.partition(" --")[0].partition(": ")[0] for text in said}
    system_specific = {text for text in said if "AppImage" in text or "disk" in text}
    assert len(said - system_specific) > 8
    for text in said - system_specific:
        assert text in powershell


def test_it_recognises_the_folders_slicers_are_installed_in(powershell: str) -> None:
    patterns = set(re.findall(r"(?:-match|-notmatch) '(bambu[^']+)'", powershell))
    assert len(patterns) == 1
    pattern = re.compile(patterns.pop(), re.IGNORECASE)
    for name in ("Bambu Studio", "BambuStudio", "OrcaSlicer", "Orca Slicer Beta"):
        assert pattern.search(name)
    assert not pattern.search("Orca Security")


def test_its_blocks_and_brackets_are_closed(powershell: str) -> None:
    code = re.sub(r"<#.*?#>|@'\n.*?\n'@|@\"\n.*?\n\"@", "", powershell, flags=re.DOTALL)
    code = re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", "", code)
    code = re.sub(r"#[^\n]*", "", code)
    for opening, closing in ("{}", "()", "[]"):
        assert code.count(opening) == code.count(closing)
