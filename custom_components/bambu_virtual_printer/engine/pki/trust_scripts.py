"""Renders the scripts that add the CA to the slicers' `printer.cer`.

Slicers trust printers by this file alone, and every update of a slicer restores it (Bambu Studio 2.7, OrcaSlicer 2.3),
so a script can be run again any time. Where a CA has no key identifier, OpenSSL takes the first certificate of the
right name and tries no other whose key fits (measured with 3.0), so the scripts remove others of the CA's name: the
reference implementation's CA has the same name and no identifier.
"""

from enum import StrEnum
from pathlib import Path
from typing import assert_never

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

_TEMPLATES = Path(__file__).parent / "templates"


class System(StrEnum):
    """An operating system slicers run on."""

    WINDOWS = "windows"
    MACOS = "macos"
    LINUX = "linux"


def file_name(system: System) -> str:
    """Return the name under which the script is downloaded."""
    extension = "ps1" if system is System.WINDOWS else "sh"
    return f"trust_virtual_printers_{system}.{extension}"


def run_command(system: System) -> str:
    """Return the command that runs the script from the browser's download folder.

    Options may be appended: on Windows `-Check`, `-Undo`, `-DryRun`, elsewhere `--check`, `--undo`, `--dry-run`.
    """
    name = file_name(system)
    match system:
        case System.WINDOWS:
            return (
                f'powershell -ExecutionPolicy Bypass -File "$HOME\\Downloads\\{name}"'
            )
        case System.MACOS | System.LINUX:
            return f"sh ~/Downloads/{name}"
        case _:
            assert_never(system)


def render_script(system: System, ca_pem: str) -> str:
    """Return the script for one system, with the CA's certificate inside.

    Blocks (reads the templates). Raises ValueError if `ca_pem` is not one PEM certificate, OSError.
    """
    try:
        (certificate,) = x509.load_pem_x509_certificates(ca_pem.encode())
    except ValueError:
        raise ValueError("not one PEM certificate") from None
    values = {
        "FILE_NAME": file_name(system),
        # Encoded again, so that nothing but base64 gets into the script.
        "CERTIFICATE": certificate.public_bytes(serialization.Encoding.PEM)
        .decode("ascii")
        .strip(),
        "SHA256": certificate.fingerprint(hashes.SHA256()).hex(":").upper(),
        "NAME": certificate.subject.public_bytes().hex(),
    }
    text = _template(system)
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _template(system: System) -> str:
    if system is System.WINDOWS:
        return _read("windows.ps1")
    return _read("common.sh").replace("#@SYSTEM@\n", _read(f"{system}.sh"))


def _read(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="ascii")
