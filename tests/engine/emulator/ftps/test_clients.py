"""Clients of other people: curl, lftp and Python's ftplib."""

from collections.abc import Sequence
import io
from pathlib import Path
import shutil
import socket
import ssl
import subprocess

import pytest

from tests.support.ftps_clients import ACCESS_CODE, ImplicitFtps, sliced_file, trusting
from tests.support.serials import SERIAL

from .conftest import Rig

NAMES = ("Cube.gcode.3mf", "Ünïcode mit Leerzeichen 1.gcode.3mf")
LIMIT_S = 60


def run(command: Sequence[str | Path]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, capture_output=True, timeout=LIMIT_S, check=False)


# --- curl ------------------------------------------------------------------------------------------------------------


class TestCurl:
    @pytest.fixture(autouse=True)
    def _installed(self) -> None:
        if not shutil.which("curl"):
            pytest.skip("curl is not installed")

    def curl(
        self, rig: Rig, path: str, *options: str | Path
    ) -> subprocess.CompletedProcess[bytes]:
        return run(
            [
                "curl",
                "--silent",
                "--show-error",
                "--ssl-reqd",
                "--cacert",
                rig.ca.folder / "bbl_ca.crt",
                "--connect-to",
                f"{SERIAL}:990:{rig.address}:990",
                "--user",
                f"bblp:{ACCESS_CODE}",
                *options,
                f"ftps://{SERIAL}/{path}",
            ]
        )

    @pytest.mark.parametrize("passive", [(), ("--disable-epsv",)])
    @pytest.mark.parametrize("folder", ["", "sdcard/", "/cache//"])
    async def test_file_goes_there_and_back(
        self, rig: Rig, tmp_path: Path, folder: str, passive: tuple[str, ...]
    ) -> None:
        for name in NAMES:
            content = sliced_file(2_500_000)
            there, back = tmp_path / "there", tmp_path / "back"
            there.write_bytes(content)
            path = folder + name.replace(" ", "%20")

            def scenario(
                there: Path = there, back: Path = back, path: str = path
            ) -> None:
                sent = self.curl(rig, path, *passive, "--upload-file", there)
                assert sent.returncode == 0, sent.stderr
                fetched = self.curl(rig, path, *passive, "--output", back)
                assert fetched.returncode == 0, fetched.stderr

            await rig.do(scenario)
            assert rig.kept(name) == content
            assert back.read_bytes() == content

    async def test_list_and_head(self, rig: Rig, tmp_path: Path) -> None:
        content = sliced_file()
        (tmp_path / "there").write_bytes(content)

        def scenario() -> tuple[bytes, bytes]:
            self.curl(rig, NAMES[0], "--upload-file", tmp_path / "there")
            listed = self.curl(rig, "")
            head = self.curl(rig, NAMES[0], "--head")
            assert listed.returncode == head.returncode == 0
            return listed.stdout, head.stdout

        listed, head = await rig.do(scenario)
        assert f" {len(content)} ".encode() in listed
        assert listed.strip().endswith(NAMES[0].encode())
        assert f"Content-Length: {len(content)}".encode() in head

    async def test_wrong_code_is_told(self, rig: Rig) -> None:
        def scenario() -> int:
            return self.curl(rig, "", "--user", "bblp:wrong").returncode

        assert await rig.do(scenario) == 67  # CURLE_LOGIN_DENIED

    async def test_folder_is_made_for_an_upload(self, rig: Rig, tmp_path: Path) -> None:
        (tmp_path / "there").write_bytes(sliced_file())

        def scenario() -> int:
            return self.curl(
                rig, f"new/{NAMES[0]}", "--ftp-create-dirs", "--upload-file", tmp_path / "there"
            ).returncode  # fmt: skip

        assert await rig.do(scenario) == 0
        assert rig.kept(NAMES[0]) == sliced_file()

    async def test_truncated_archive_is_told(self, rig: Rig, tmp_path: Path) -> None:
        (tmp_path / "there").write_bytes(sliced_file()[:5000])

        def scenario() -> int:
            return self.curl(
                rig, NAMES[0], "--upload-file", tmp_path / "there"
            ).returncode

        assert await rig.do(scenario) == 18  # CURLE_PARTIAL_FILE
        assert len(rig.failed) == 1


# --- lftp ------------------------------------------------------------------------------------------------------------


async def test_lftp_puts_lists_and_gets(rig: Rig, tmp_path: Path) -> None:
    if not shutil.which("lftp"):
        pytest.skip("lftp is not installed")
    for name in NAMES:
        (tmp_path / name).write_bytes(sliced_file(1_500_000, len(name)))
    script = [
        f"set ssl:ca-file {rig.ca.folder / 'bbl_ca.crt'}",
        "set ssl:check-hostname no",
        "set net:max-retries 1",
        "set net:timeout 20",
        f"lcd {tmp_path}",
        *(f'put "{name}"' for name in NAMES),
        "cd cache",
        "ls",
        *(f'get "{name}" -o "back {name}"' for name in NAMES),
        f'rm "{NAMES[0]}"',
        "nlist",
        "quit",
    ]

    def scenario() -> subprocess.CompletedProcess[bytes]:
        return run(
            [
                "lftp",
                "--norc",
                "-u",
                f"bblp,{ACCESS_CODE}",
                f"ftps://{rig.address}:990",
                "-e",
                "; ".join(script),
            ]
        )

    done = await rig.do(scenario)
    assert done.returncode == 0, done.stderr
    for name in NAMES:
        content = (tmp_path / name).read_bytes()
        assert (tmp_path / f"back {name}").read_bytes() == content
        assert f" {len(content)} ".encode() in done.stdout
    assert done.stdout.decode().splitlines()[-1] == NAMES[1]


# --- ftplib ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reuse", [True, False])
async def test_ftplib_with_and_without_session_reuse(rig: Rig, reuse: bool) -> None:
    content = sliced_file(2_500_000)

    def scenario() -> tuple[bytes, list[str], list[str], int | None, list[bool | None]]:
        back = io.BytesIO()
        lines: list[str] = []
        with ImplicitFtps(trusting(rig.ca), reuse=reuse).open(rig.address) as ftp:
            # Waits for the server's close_notify.
            assert ftp.storbinary(f"STOR {NAMES[1]}", io.BytesIO(content)).startswith("226")  # fmt: skip
            ftp.retrbinary(f"RETR {NAMES[1]}", back.write)
            ftp.retrlines("LIST", lines.append)
            names = ftp.nlst()
            size = ftp.size(NAMES[1])
            ftp.delete(NAMES[1])
            assert ftp.nlst() == []
            return back.getvalue(), lines, names, size, ftp.resumed

    back, lines, names, size, resumed = await rig.do(scenario)
    assert back == content
    assert len(lines) == 1
    assert names == [NAMES[1]]
    assert size == len(content)
    assert set(resumed) == {reuse}


async def test_client_without_name_or_tickets_is_served(rig: Rig) -> None:
    """As some embedded stacks are: no server name, no session tickets, one plain-RSA suite."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("AES256-GCM-SHA384")
    context.options |= ssl.OP_NO_TICKET

    def scenario() -> tuple[str, str | None]:
        with (
            socket.create_connection((rig.address, 990), 20) as raw,
            context.wrap_socket(raw) as sock,
        ):
            return sock.recv(100).decode(), sock.version()

    banner, version = await rig.do(scenario)
    assert banner.startswith("220 ")
    assert version == "TLSv1.2"
