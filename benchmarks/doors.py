"""Uploads of 256 MiB over plain HTTP beside nginx's WebDAV PUT with sha256sum after it; stalls and memory meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
import random
import shutil
import socket
from statistics import median
import subprocess
import time

from benchmarks.machine import MIB, Server, scratch, sliced_file, wait_until_quiet
from benchmarks.report import CannotRunError, Row, figure, show
from benchmarks.server import DOOR_PORT, address

SIZE = 256 * MIB
LINE_RATE = 110_000_000
NGINX_HOST = "127.100.1.3"
NGINX_PORT = 8080
type Cell = dict[str, float]


def run(rounds: int) -> None:
    """Measure and print."""
    for program in ("nginx", "curl", "sha256sum"):
        if shutil.which(program) is None:
            raise CannotRunError(f"{program} is not installed")
    with scratch() as scratched, Server(Path(scratched) / "ours") as server:
        folder = Path(scratched)
        server.do("open", printers=1)
        server.do("door")
        file = sliced_file(folder / "big.gcode.3mf", SIZE)
        ours: list[Cell] = []
        many: list[Cell] = []
        at_line_rate: list[Cell] = []
        theirs: list[float] = []
        with _nginx(folder / "theirs") as kept:
            for turn in range(rounds):
                # Whoever is first finds a cooler machine.
                for is_ours in random.sample([True, False], 2):
                    wait_until_quiet()
                    if is_ours:
                        ours.append(_ours(server, file, 1))
                    else:
                        theirs.append(_theirs(kept, file))
                wait_until_quiet()
                many.append(_ours(server, file, 8))
                wait_until_quiet()
                at_line_rate.append(_ours(server, file, 8, rate=LINE_RATE // 8))
                print(
                    f"  round {turn + 1}/{rounds}: {figure(ours[-1]['mb_s'])} MB/s,"
                    f" nginx and sha256sum {figure(theirs[-1])} MB/s",
                    flush=True,
                )
    beside = median(theirs)
    show(
        "Uploads of 256 MiB with a key over plain HTTP, with SHA-256 and ZIP check, beside nginx's PUT and then sha256sum",
        [
            Row(
                what="1 upload: throughput ÷ nginx and sha256sum",
                measured=_of(ours, "mb_s") / beside,
                beside=f"{figure(_of(ours, 'mb_s'))} : {figure(beside)} MB/s",
                must=">= 0.8",
                goal=">= 1.0",
            ),
            *(
                Row(
                    what=f"{what}: stall p99",
                    measured=_of(cells, "stall_p99_ms"),
                    unit="ms",
                    beside=f"at {figure(_of(cells, 'mb_s'))} MB/s",
                    must=must,
                )
                for what, cells, must in (
                    ("1 upload at full speed", ours, "<= 3"),
                    ("8 uploads on a gigabit line", at_line_rate, "<= 3"),
                    # The clients and the loop share the processors.
                    ("8 uploads at full speed", many, ""),
                )
            ),
            Row(
                what="memory for each of 8 uploads",
                measured=max(cell["grown_mib"] for cell in many) / 8,
                unit="MiB",
                must="<= 8",
                goal="<= 5",
            ),
        ],
    )


def _ours(server: Server, file: Path, count: int, *, rate: int = 0) -> Cell:
    """Send it so many times at once, each at no more than `rate` bytes a second unless that is 0."""
    server.do("mark")
    started = time.perf_counter()
    url = f"http://{address(0)}:{DOOR_PORT}/api/files/local"
    clients = [
        subprocess.Popen(
            [
                "curl",
                "-sSf",
                "--limit-rate",
                str(rate),
                "-F",
                "print=false",
                "-F",
                f"file=@{file}",
                url,
            ],
            stdout=subprocess.DEVNULL,
        )
        for _ in range(count)
    ]
    if any(client.wait() for client in clients):
        raise SystemExit("an upload of the benchmark failed")
    seconds = time.perf_counter() - started
    cell: Cell = server.do("read")
    server.do("archived", count=count)
    server.do("clean")
    cell["mb_s"] = file.stat().st_size * count / seconds / 1e6
    return cell


def _theirs(kept: Path, file: Path) -> float:
    started = time.perf_counter()
    url = f"http://{NGINX_HOST}:{NGINX_PORT}/{file.name}"
    subprocess.run(["curl", "-sSf", "-T", file, url], check=True)
    subprocess.run(
        ["sha256sum", kept / file.name], check=True, stdout=subprocess.DEVNULL
    )
    seconds = time.perf_counter() - started
    (kept / file.name).unlink()
    return file.stat().st_size / seconds / 1e6


@contextmanager
def _nginx(folder: Path) -> Iterator[Path]:
    """Run nginx; yields where it keeps what is put."""
    kept = folder / "kept"
    kept.mkdir(parents=True)
    # Its workers are somebody else where it runs as root.
    user = "user root;" if Path.home() == Path("/root") else ""
    settings = folder / "nginx.conf"
    settings.write_text(
        f"""{user} daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off; client_max_body_size 0; client_body_temp_path {folder}/body;
  server {{ listen {NGINX_HOST}:{NGINX_PORT}; location / {{ root {kept}; dav_methods PUT; }} }}
}}
"""
    )
    process = subprocess.Popen(["nginx", "-c", settings, "-p", folder])
    try:
        deadline = time.monotonic() + 10
        while True:
            with suppress(OSError):
                socket.create_connection((NGINX_HOST, NGINX_PORT), 1).close()
                break
            if time.monotonic() > deadline or process.poll() is not None:
                raise CannotRunError((folder / "error.log").read_text())
            time.sleep(0.02)
        yield kept
    finally:
        process.terminate()
        process.wait()


def _of(cells: list[Cell], name: str) -> float:
    return median(cell[name] for cell in cells)
