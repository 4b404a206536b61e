"""The programs that a benchmark runs: our server, its clients, and the others it is measured beside."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any, Self
import zipfile

from scripts.sliced_file import SlicedFileSpec, write_sliced_file

MIB = 2**20
QUIET_SHARE = 0.08
QUIET_WITHIN_S = 60


def scratch() -> tempfile.TemporaryDirectory[str]:
    """Make a folder in memory, so that no disk is measured."""
    shm = Path("/dev/shm")  # noqa: S108
    return tempfile.TemporaryDirectory(
        prefix="bvp-benchmark-", dir=shm if shm.is_dir() else None
    )


def sliced_file(path: Path, size_bytes: int) -> Path:
    """Write a sliced file of this size: real parts, and a project's attachment that cannot be compressed."""
    write_sliced_file(path, SlicedFileSpec())
    with (
        zipfile.ZipFile(path, "a") as package,
        package.open("Auxiliaries/Others/scan.stl", "w", force_zip64=True) as member,
    ):
        left = size_bytes - path.stat().st_size
        while left > 0:
            member.write(os.urandom(min(MIB, left)))
            left -= MIB
    return path


def _processor_ticks() -> tuple[int, int]:
    with Path("/proc/stat").open(encoding="ascii") as stat:
        ticks = [int(field) for field in stat.readline().split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def wait_until_quiet() -> None:
    """Wait until the machine has nothing else to do; go on after a minute all the same."""
    until = time.monotonic() + QUIET_WITHIN_S
    while time.monotonic() < until:
        busy, total = _processor_ticks()
        time.sleep(0.4)
        busy_then, total_then = _processor_ticks()
        if (busy_then - busy) <= QUIET_SHARE * (total_then - total):
            return


class Program:
    """A program of the benchmark in a process of its own, which takes commands and answers, a JSON line each."""

    def __init__(
        self, module: str, *arguments: str, env: dict[str, str] | None = None
    ) -> None:
        """Start it, and wait until it is ready."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **(env or {})},
        )
        self.answer()

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.communicate(timeout=60)

    def do(self, what: str, **arguments: Any) -> dict[str, Any]:
        """Give a command, and wait for the answer."""
        self.give(what, **arguments)
        return self.answer()

    def give(self, what: str, **arguments: Any) -> None:
        """Give a command; its answer is to be taken before the next."""
        assert self._process.stdin
        print(
            json.dumps({"do": what, **arguments}), file=self._process.stdin, flush=True
        )

    def answer(self) -> dict[str, Any]:
        """Wait for the answer to a command."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("a program of the benchmark died; see above")
        answer: dict[str, Any] = json.loads(line)
        return answer


def start_slicers(*arguments: str) -> subprocess.Popen[str]:
    """Start `benchmarks.slicers`, and wait until all are connected. They stay until their standard input ends."""
    slicers = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.slicers", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert slicers.stdout
    if slicers.stdout.readline() != "ready\n":
        raise SystemExit("the slicers of the benchmark could not connect; see above")
    return slicers


class Server(Program):
    """Our virtual printers (`benchmarks.server`)."""

    def __init__(self, folder: Path, env: dict[str, str] | None = None) -> None:
        """Start it."""
        folder.mkdir()
        super().__init__("benchmarks.server", str(folder), env=env)


@dataclass(frozen=True, slots=True)
class Target:
    """Where uploads go."""

    host: str
    port: int
    user: str
    code: str
    folder: str = ""


def upload(
    target: Target,
    file: Path,
    count: int,
    *,
    clear: bool = False,
    tunnel: bool = False,
    rate: float = 0,
    batch: int = 0,
    begin: Callable[[], object] = lambda: None,
    then: Callable[[str], None] | None = None,
) -> tuple[float, list[dict[str, float]]]:
    """Send `count` uploads at once; `rate` is that of all together, in bytes a second. Names differ by `batch`.

    With `tunnel` they go through the file tunnel. `begin` is called once all clients have logged in: starting them takes the
    processors for longer than what is measured. What `then` does with the name of each one when it has ended is part of the
    work. Returns the seconds from the first byte to the end of the work, and what each upload says.
    """
    names = [f"part {batch}.{number}.gcode.3mf" for number in range(count)]
    options = [
        *(["--clear"] if clear else []),
        *(["--tunnel"] if tunnel else []),
        *("--rate", str(rate / count)),
    ]
    clients = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "benchmarks.uploader"),
                *(target.host, str(target.port), target.user, target.code),
                *(str(file), f"{target.folder}{name}", *options),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    for client in clients:
        assert client.stdout
        if client.stdout.readline() != "ready\n":
            raise SystemExit("a client of the benchmark could not connect; see above")
    wait_until_quiet()
    begin()
    start = time.perf_counter()
    for client in clients:
        assert client.stdin
        client.stdin.write("\n")
        client.stdin.flush()

    def end(client: subprocess.Popen[str], name: str) -> str:
        assert client.stdout
        output = client.stdout.readline()
        if output and then is not None:
            then(name)
        return output

    with ThreadPoolExecutor(count) as ends:
        outputs = list(ends.map(end, clients, names))
    seconds = time.perf_counter() - start
    for client in clients:
        client.communicate()
        if client.returncode:
            raise SystemExit("an upload of the benchmark failed; see above")
    return seconds, [json.loads(output) for output in outputs]


VSFTPD_SETTINGS = """\
listen=YES
background=NO
listen_address={host}
listen_port={port}
anonymous_enable=YES
no_anon_password=YES
anon_root={root}
write_enable=YES
anon_upload_enable=YES
anon_umask=022
one_process_model=YES
ssl_enable=YES
implicit_ssl=YES
allow_anon_ssl=YES
force_anon_data_ssl=NO
force_anon_logins_ssl=YES
ssl_tlsv1=YES
ssl_ciphers=ECDHE-RSA-AES256-GCM-SHA384
require_ssl_reuse=NO
strict_ssl_read_eof=NO
rsa_cert_file={certificate}
rsa_private_key_file={key}
pasv_min_port=53000
pasv_max_port=53100
seccomp_sandbox=NO
"""


class Vsftpd:
    """vsftpd with the same certificate, the same cipher and a folder in memory."""

    target = Target("127.100.1.1", 990, "ftp", "x", "up/")

    def __init__(self, folder: Path, certificate: Path, key: Path) -> None:
        """Start it."""
        self._uploads = folder / "root" / "up"
        self._uploads.mkdir(parents=True)
        shutil.chown(self._uploads, "ftp")
        (folder / "root").chmod(0o555)
        folder.chmod(0o755)
        settings = folder / "vsftpd.conf"
        settings.write_text(
            VSFTPD_SETTINGS.format(
                host=self.target.host,
                port=self.target.port,
                root=folder / "root",
                certificate=certificate,
                key=key,
            )
        )
        self._process = subprocess.Popen([_vsftpd() or "vsftpd", str(settings)])
        self._counting = threading.Lock()
        self._checks_cpu_s = 0.0

    @staticmethod
    def missing() -> str:
        """Return why it cannot be run here, or nothing."""
        if not _vsftpd():
            return "vsftpd is not installed"
        if not shutil.which("unzip"):
            return "unzip is not installed"
        return "" if os.geteuid() == 0 else "vsftpd needs root"

    def __enter__(self) -> Self:
        """Wait until it listens."""
        time.sleep(0.5)
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()

    def cpu_s(self) -> float:
        """Return the processor seconds of it, of its sessions that ended, and of the checks."""
        text = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii")
        ticks = [int(field) for field in text.rpartition(")")[2].split()[11:15]]
        return sum(ticks) / os.sysconf("SC_CLK_TCK") + self._checks_cpu_s

    def check(self, name: str) -> None:
        """Do with a file that was sent what we do with each one: its SHA-256, and the list of what is in it."""
        for command in (("openssl", "dgst", "-sha256"), ("unzip", "-l")):
            checker = subprocess.Popen(
                [*command, self._uploads / name], stdout=subprocess.DEVNULL
            )
            _, status, usage = os.wait4(checker.pid, 0)
            checker.returncode = os.waitstatus_to_exitcode(status)
            if checker.returncode:
                raise SystemExit(f"{command[0]} failed; see above")
            with self._counting:
                self._checks_cpu_s += usage.ru_utime + usage.ru_stime

    def clean(self) -> None:
        """Remove what was sent."""
        for path in self._uploads.iterdir():
            path.unlink()


def _vsftpd() -> str | None:
    return shutil.which("vsftpd", path=f"{os.environ['PATH']}:/usr/sbin")


@contextmanager
def openssl_sinks(
    host: str, count: int, certificate: Path, key: Path
) -> Iterator[Sequence[int]]:
    """Run `openssl s_server` as often as asked: what moving the bytes costs the machine when nobody keeps them."""
    ports = range(9800, 9800 + count)
    sinks = [
        subprocess.Popen(
            [
                *("openssl", "s_server", "-quiet", "-tls1_2"),
                *("-accept", f"{host}:{port}"),
                *("-cert", str(certificate), "-key", str(key)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for port in ports
    ]
    time.sleep(0.5)
    try:
        yield ports
    finally:
        for sink in sinks:
            sink.kill()
            sink.wait()
