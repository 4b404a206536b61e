"""vsftpd, the server that printers run (a P2S has 3.0.5), with a printer's demands. Needs root.

Its users are anonymous: with others it needs a second process, which under load breaks into the TLS of the first.
"""

import os
from pathlib import Path
import shutil
import socket
import subprocess
import time
from typing import Self

USER = "ftp"
FOLDER = "up"

_START_TIMEOUT_S = 10.0
_SETTINGS = """\
listen=YES
background=NO
listen_address={address}
listen_port=990
anonymous_enable=YES
no_anon_password=YES
anon_root={root}
write_enable=YES
anon_upload_enable=YES
anon_other_write_enable=YES
anon_umask=022
one_process_model=YES
ssl_enable=YES
implicit_ssl=YES
allow_anon_ssl=YES
force_anon_data_ssl=YES
force_anon_logins_ssl=YES
ssl_tlsv1=YES
ssl_ciphers=HIGH
require_ssl_reuse=YES
strict_ssl_read_eof=NO
rsa_cert_file={certificate}
pasv_min_port=50000
pasv_max_port=50100
pasv_address=0.0.0.0
anon_max_rate={rate}
seccomp_sandbox=NO
"""


class Vsftpd:
    """Runs inside its `with`; `files` is the folder that it stores in."""

    def __init__(
        self, folder: Path, address: str, certificate: Path, *, bytes_per_s: int = 0
    ) -> None:
        """Prepare. `bytes_per_s` is how fast it takes files, 0 as fast as they come."""
        root = folder / "card"
        self.files = root / FOLDER
        self.files.mkdir(parents=True)
        shutil.chown(self.files, USER)
        # It refuses to serve a root that may be written to.
        root.chmod(0o555)
        for path in (folder, *folder.parents):
            if path.owner() == "root" and path != Path("/"):
                path.chmod(path.stat().st_mode | 0o055)
        self._settings = folder / "vsftpd.conf"
        self._settings.write_text(
            _SETTINGS.format(
                address=address, root=root, certificate=certificate, rate=bytes_per_s
            )
        )
        self._address = address

    @staticmethod
    def missing() -> str:
        """Say why it cannot be run here, or nothing."""
        if _program() is None:
            return "vsftpd is not installed"
        return "" if os.geteuid() == 0 else "vsftpd needs root"

    @property
    def pid(self) -> int:
        """Its process, of which every connection is a child."""
        return self._process.pid

    def __enter__(self) -> Self:
        """Wait until it listens."""
        self._process = subprocess.Popen([_program() or "vsftpd", str(self._settings)])
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
