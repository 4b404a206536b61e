"""Real shells in a file system of the test's own, with slicers installed where each system has them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import shutil
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import (
    CertificateIssuerPrivateKeyTypes,
)
from cryptography.x509.oid import NameOID
import pytest

from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CA_NAME,
    CertificateAuthority,
    certificate_pem,
    new_key,
)
from custom_components.bambu_virtual_printer.engine.pki.transfer import new_ca
from custom_components.bambu_virtual_printer.engine.pki.trust_scripts import (
    System,
    file_name,
    render_script,
)

# Where each system has Bambu Studio; `{root}` is the root of the file system, `{home}` the user's folder.
BAMBU_STUDIO = {
    System.LINUX: "{root}/opt/bambu-studio/resources/cert/printer.cer",
    System.MACOS: "{root}/Applications/BambuStudio.app/Contents/Resources/cert/printer.cer",
    System.WINDOWS: "{root}/Program Files/Bambu Studio/resources/cert/printer.cer",
}


@dataclass(frozen=True, kw_only=True)
class Computer:
    """A computer with a shell and our script."""

    system: System
    shell: Sequence[str]
    root: Path
    home: Path
    script: Path
    environment: dict[str, str] = field(default_factory=dict)

    def place(self, template: str) -> Path:
        return Path(template.format(root=self.root, home=self.home))

    def install(self, content: bytes, template: str | None = None) -> Path:
        """Put a printer.cer where a slicer has it."""
        path = self.place(template or BAMBU_STUDIO[self.system])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def option(self, name: str) -> str:
        if self.system is System.WINDOWS:
            return "-" + "".join(word.capitalize() for word in name.split("-"))
        return f"--{name}"

    def run(
        self,
        *options: str,
        places: Sequence[Path | str] = (),
        user: int | None = None,
        preexec: Callable[[], None] | None = None,
        environment: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        command = [*self.shell, str(self.script)]
        command += [self.option(name) for name in options]
        command += [str(place) for place in places]
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=self.root,
            user=user,
            preexec_fn=preexec,
            env={**os.environ, **self.environment, **(environment or {})},
        )


SHELLS = [
    pytest.param((System.LINUX, "dash"), id="linux-dash"),
    pytest.param((System.LINUX, "bash"), id="linux-bash"),
    pytest.param((System.LINUX, "busybox"), id="linux-busybox"),
    pytest.param((System.MACOS, "zsh"), id="macos-zsh"),
    pytest.param((System.MACOS, "sh"), id="macos-sh"),
    # Runs wherever PowerShell is installed; test_windows.py looks at the script without it.
    pytest.param((System.WINDOWS, "pwsh"), id="windows-pwsh"),
]


@pytest.fixture(params=SHELLS)
def computer(
    request: pytest.FixtureRequest, tmp_path: Path, ca: CertificateAuthority
) -> Computer:
    """Every shell on its system."""
    system, shell = request.param
    return make_computer(tmp_path, ca, system, shell)


@pytest.fixture
def linux(tmp_path: Path, ca: CertificateAuthority) -> Computer:
    return make_computer(tmp_path, ca, System.LINUX, "sh")


@pytest.fixture
def macos(tmp_path: Path, ca: CertificateAuthority) -> Computer:
    return make_computer(tmp_path, ca, System.MACOS, "sh")


def make_computer(
    folder: Path, ca: CertificateAuthority, system: System, shell: str
) -> Computer:
    executable = shutil.which(shell)
    if executable is None:
        pytest.skip(f"{shell} is not installed")
    root = folder / "root"
    home = root / "home" / "maker"
    home.mkdir(parents=True)
    script = folder / file_name(system)
    script.write_text(render_script(system, ca.pem))
    command = [executable]
    environment = {
        "BVP_ROOT": str(root),
        "HOME": str(home),
        "ProgramFiles": str(root / "Program Files"),
        "LOCALAPPDATA": str(home / "AppData" / "Local"),
        "SUDO_USER": "",
    }
    if shell == "busybox":
        # A minimal system: nothing but busybox, so no openssl either.
        tools = folder / "tools"
        tools.mkdir()
        subprocess.run([executable, "--install", "-s", str(tools)], check=True)
        command = [executable, "sh"]
        environment["PATH"] = str(tools)
    elif shell == "pwsh":
        command += ["-NoProfile", "-File"]
    return Computer(
        system=system,
        shell=command,
        root=root,
        home=home,
        script=script,
        environment=environment,
    )


@pytest.fixture(scope="session")
def older() -> str:
    """An authority of our name with another key: ours before it was made anew."""
    return certificate_pem(new_ca().certificate).decode()


@pytest.fixture(scope="session")
def namesake() -> str:
    """Another program's authority of our name; it names no key identifier, so OpenSSL cannot tell it from ours."""
    return _foreign(CA_NAME, new_key())


@pytest.fixture(scope="session")
def others() -> list[str]:
    """Stand-ins for the certificates that slicers bring along."""
    return [
        _foreign(name, ec.generate_private_key(ec.SECP256R1()))
        for name in ("BBL CA", "BBL CA2 ECC", "BBL CA2 RSA")
    ]


def _foreign(name: str, key: CertificateIssuerPrivateKeyTypes) -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate_pem(certificate).decode()
