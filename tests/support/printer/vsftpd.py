"""vsftpd, the server that printers run (a P2S has 3.0.5), with the settings of theirs. Needs root and Linux namespaces."""

import os
from pathlib import Path
import shutil
import socket
import subprocess
import time
from typing import Self

_START_TIMEOUT_S = 10.0
_SETTINGS = """\
listen=YES
background=NO
listen_address={address}
listen_port=990
anonymous_enable=NO
local_enable=YES
guest_enable=YES
guest_username=ftp
virtual_use_local_privs=YES
local_root={root}
chroot_local_user=YES
allow_writeable_chroot=YES
pam_service_name=printer
write_enable=YES
local_umask=022
one_process_model=NO
ssl_enable=YES
implicit_ssl=YES
force_local_data_ssl=YES
force_local_logins_ssl=YES
ssl_tlsv1=YES
ssl_ciphers=HIGH
require_ssl_reuse=YES
strict_ssl_read_eof=NO
rsa_cert_file={certificate}
pasv_min_port=50000
pasv_max_port=50100
pasv_address=0.0.0.0
seccomp_sandbox=NO
"""
# Any password will do: what a printer makes of a wrong one is the scripted server's.
_PAM = "auth required pam_permit.so\naccount required pam_permit.so\nsession required pam_permit.so\n"


class Vsftpd:
    """Runs inside its `with`; `files` is the folder that it stores in."""

    def __init__(self, folder: Path, address: str, certificate: Path) -> None:
        """Prepare."""
        self.files = folder / "card"
        self.files.mkdir()
        shutil.chown(self.files, "ftp")
        for path in (folder, *folder.parents):
            if path.owner() == "root" and path != Path("/"):
                path.chmod(path.stat().st_mode | 0o055)
        pam = folder / "pam.d"
        pam.mkdir()
        (pam / "printer").write_text(_PAM)
        settings = folder / "vsftpd.conf"
        settings.write_text(
            _SETTINGS.format(address=address, root=self.files, certificate=certificate)
        )
        self._address = address
        # Its PAM service is not this machine's business.
        self._command = [
            "unshare", "--mount", "sh", "-c", f'mount --bind "{pam}" /etc/pam.d && exec {_program()} "{settings}"',
        ]  # fmt: skip

    @staticmethod
    def missing() -> str:
        """Say why it cannot be run here, or nothing."""
        if _program() is None or shutil.which("unshare") is None:
            return "vsftpd is not installed"
        if os.geteuid() != 0:
            return "vsftpd needs root"
        return "" if _may_mount() else "mount namespaces are not allowed here"

    def __enter__(self) -> Self:
        """Wait until it listens."""
        self._process = subprocess.Popen(self._command)
        deadline = time.monotonic() + _START_TIMEOUT_S
        while True:
            try:
                socket.create_connection((self._address, 990), 1).close()
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return self

    def __exit__(self, *_exc: object) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()


def _program() -> str | None:
    return shutil.which("vsftpd", path=f"{os.environ['PATH']}:/usr/sbin")


def _may_mount() -> bool:
    tried = subprocess.run(
        ["unshare", "--mount", "true"], check=False, capture_output=True
    )
    return tried.returncode == 0
