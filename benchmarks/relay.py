"""The relay beside HAProxy in TCP mode: throughput per core, added latency, memory, and what Home Assistant's loop feels."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
import multiprocessing
import os
from pathlib import Path
import shutil
import socket
from statistics import median, quantiles
import subprocess
import sys
import tempfile
import threading
import time

from benchmarks.report import CannotRunError, Row, figure, show
from custom_components.bambu_virtual_printer.engine.net.admission import (
    Admission,
    Limits,
)
from custom_components.bambu_virtual_printer.engine.pki.printer_identity import (
    PrinterIdentity,
)
from custom_components.bambu_virtual_printer.engine.relay.pass_through.ports import (
    PassThrough,
)
from custom_components.bambu_virtual_printer.engine.relay.pass_through.thread import (
    RelayThread,
)
from custom_components.bambu_virtual_printer.engine.relay.upstream import Upstream
from custom_components.bambu_virtual_printer.engine.values import Service

MIB = 2**20
TARGET_PORT = 6000
SINK = "127.221.0.1"
RELAY = "127.221.0.2"
HAPROXY = "127.221.0.4"
SPLICING_HAPROXY = "127.221.0.5"
UPLOAD_BYTES = 512 * MIB
LINE_RATE = 100e6 / 8
IDLE_CONNECTIONS = 50
STALL_STEP_S = 0.005


# --- the printer and the slicers: processes of their own


def _printer(ready: multiprocessing.synchronize.Event) -> None:
    """Read to the end and answer; a first byte `e` means: echo."""

    def _serve(sock: socket.socket) -> None:
        block = bytearray(MIB)
        with sock, suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            echo = sock.recv(1) == b"e"
            while size := sock.recv_into(block):
                if echo:
                    sock.sendall(memoryview(block)[:size])
            sock.sendall(b"d")

    with socket.create_server((SINK, TARGET_PORT), backlog=256) as listening:
        ready.set()
        while True:
            sock, _peer = listening.accept()
            threading.Thread(target=_serve, args=(sock,), daemon=True).start()


def _upload(address: str, size_bytes: int, rate: float = 0.0) -> None:
    """Send that many bytes, at most `rate` bytes a second if it is given, and wait for the answer."""
    block = memoryview(bytes(256 * 1024 if not rate else 16 * 1024))
    started = time.monotonic()
    with socket.create_connection((address, TARGET_PORT)) as sock:
        sock.sendall(b"u")
        sent = 0
        while sent < size_bytes:
            sock.sendall(block)
            sent += len(block)
            if rate and (early := started + sent / rate - time.monotonic()) > 0:
                time.sleep(early)
        sock.shutdown(socket.SHUT_WR)
        assert sock.recv(1) == b"d"


def _echoes(address: str, count: int) -> list[float]:
    """Return the round trips of single small messages, in seconds."""
    with socket.create_connection((address, TARGET_PORT)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(b"e")
        found = []
        for _ in range(count):
            started = time.perf_counter()
            sock.sendall(b"x" * 200)
            received = 0
            while received < 200:
                received += len(sock.recv(200))
            found.append(time.perf_counter() - started)
            time.sleep(0.002)
        return found


# --- what is measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaying:
    """A relay as the benchmark sees it: where to call it, and the CPU seconds it has used."""

    name: str
    address: str
    cpu_s: Callable[[], float]
    rss_kib: Callable[[], int]


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rss_of(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    raise LookupError(pid)


def _ours(pipe: multiprocessing.connection.Connection) -> None:
    """Run our relay in a process whose loop measures its own lateness; `pipe` asks and gets."""

    async def _main() -> None:
        loop = asyncio.get_running_loop()
        target = Upstream(
            host=SINK, identity=PrinterIdentity(serial="0" * 15), address=SINK
        )
        late: list[float] = []

        async def _verified() -> str | None:
            return SINK

        def _tick(due: float) -> None:
            late.append(loop.time() - due)
            loop.call_at(due := loop.time() + STALL_STEP_S, _tick, due)

        loop.call_soon(_tick, loop.time())
        async with RelayThread() as thread:
            relay = PassThrough(
                thread,
                RELAY,
                {Service.TUNNEL: (TARGET_PORT,)},
                target,
                admission=Admission(Limits(total=1024, authenticated_per_peer=1024)),
                verified_address=_verified,
                is_logged_in=lambda _peer: True,
                on_change=lambda: None,
                on_failure=lambda reason: None,
            )
            relay.bind()
            relay.start()
            pipe.send("ready")
            asked = asyncio.Queue[str]()
            loop.add_reader(pipe.fileno(), lambda: asked.put_nowait(pipe.recv()))
            while (question := await asked.get()) != "end":
                if question == "stalls":
                    pipe.send(list(late))
                late.clear()
            await relay.close()

    asyncio.run(_main())


@contextmanager
def _haproxy(folder: Path, address: str, *, splice: bool) -> Iterator[int]:
    config = folder / f"haproxy-{splice}.cfg"
    config.write_text(
        "global\n  nbthread 1\n  maxconn 500\n"
        "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 600s\n  timeout server 600s\n"
        + ("  option splice-auto\n" if splice else "")
        + f"frontend relay\n  bind {address}:{TARGET_PORT}\n  default_backend printer\n"
        f"backend printer\n  server printer {SINK}:{TARGET_PORT}\n"
    )
    process = subprocess.Popen(["haproxy", "-q", "-f", str(config)])
    try:
        _wait_for(address)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str) -> None:
    for _ in range(100):
        with suppress(OSError), socket.create_connection((address, TARGET_PORT)):
            return
        time.sleep(0.05)
    raise TimeoutError(address)


def run(rounds: int) -> None:
    """Measure and print."""
    if not shutil.which("haproxy"):
        raise CannotRunError("haproxy is not installed")
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    printer = context.Process(target=_printer, args=(ready,), daemon=True)
    printer.start()
    ready.wait()
    ours_end, theirs_end = context.Pipe()
    ours = context.Process(target=_ours, args=(theirs_end,), daemon=True)
    ours.start()
    ours_end.recv()
    with (
        tempfile.TemporaryDirectory() as folder,
        _haproxy(Path(folder), HAPROXY, splice=False) as haproxy,
        _haproxy(Path(folder), SPLICING_HAPROXY, splice=True) as splicing,
    ):
        relays = [
            _relaying("ours", RELAY, ours.pid),
            _relaying("haproxy", HAPROXY, haproxy),
            _relaying("haproxy splicing", SPLICING_HAPROXY, splicing),
        ]
        try:
            _throughput(relays, rounds)
            _latency(relays, rounds)
            _stalls(ours_end)
            _memory(relays)
        finally:
            ours_end.send("end")
            ours.join(10)
            printer.terminate()


def _relaying(name: str, address: str, pid: int | None) -> Relaying:
    assert pid
    return Relaying(
        name=name,
        address=address,
        cpu_s=lambda: _cpu_of(pid),
        rss_kib=lambda: _rss_of(pid),
    )


def _throughput(relays: list[Relaying], rounds: int) -> None:
    """Compare bytes per CPU second, which is what a core can do, and bytes per second beside it."""
    per_core: dict[str, list[float]] = {relay.name: [] for relay in relays}
    per_second: dict[str, list[float]] = {relay.name: [] for relay in relays}
    for _ in range(rounds):
        for relay in relays:
            cpu, started = relay.cpu_s(), time.monotonic()
            _upload(relay.address, UPLOAD_BYTES)
            elapsed = time.monotonic() - started
            per_core[relay.name].append(
                UPLOAD_BYTES / MIB / max(relay.cpu_s() - cpu, 0.01)
            )
            per_second[relay.name].append(UPLOAD_BYTES / MIB / elapsed)
    rows = [
        Row(
            what=f"{name}, per core",
            measured=median(found),
            unit="MiB/CPU-s",
            beside=f"{figure(median(per_second[name]))} MiB/s",
        )
        for name, found in per_core.items()
    ]
    for other in ("haproxy", "haproxy splicing"):
        pairs = zip(per_core["ours"], per_core[other], strict=True)
        rows.append(
            Row(
                what=f"ours ÷ {other}, per core",
                measured=median(ours / theirs for ours, theirs in pairs),
                beside=other,
                must=">= 0.80" if other == "haproxy" else "",
                goal=">= 1.00" if other == "haproxy" else "",
            )
        )
    show(f"Passing through {UPLOAD_BYTES // MIB} MiB, median of {rounds}", rows)


def _latency(relays: list[Relaying], rounds: int) -> None:
    """Compare round trips beside an upload of 100 Mbit/s through the same relay, and without a relay."""
    count = 200 * rounds
    found: dict[str, float] = {}
    with ThreadPoolExecutor(1) as pool:
        for name, address in [
            ("direct", SINK),
            *((relay.name, relay.address) for relay in relays),
        ]:
            loading = pool.submit(
                _upload, address, int(LINE_RATE * count * 0.003), LINE_RATE
            )
            found[name] = quantiles(_echoes(address, count), n=100)[98] * 1000
            loading.result()
    rows = [
        Row(
            what=f"{name}: added p99",
            measured=max(0.0, p99 - found["direct"]),
            unit="ms",
            beside=f"direct {figure(found['direct'], 'ms')}",
            must="<= 5" if name == "ours" else "",
            goal="<= 1" if name == "ours" else "",
        )
        for name, p99 in found.items()
        if name != "direct"
    ]
    show("Round trip of 200 bytes beside 100 Mbit/s", rows)


def _stalls(pipe: multiprocessing.connection.Connection) -> None:
    """Measure how late the loop of the relay's process is during 8 uploads, at 110 MB/s together and at full speed."""
    rows = []
    for what, rate in (("idle", None), ("110 MB/s", 110e6 / 8), ("full speed", 0.0)):
        pipe.send("clear")
        if rate is None:
            time.sleep(3)
        else:
            with ThreadPoolExecutor(8) as pool:
                size = int(rate * 4) if rate else UPLOAD_BYTES // 2
                uploads = [pool.submit(_upload, RELAY, size, rate) for _ in range(8)]
                for upload in uploads:
                    upload.result()
        pipe.send("stalls")
        late = [1000 * seconds for seconds in pipe.recv()]
        rows.append(
            Row(
                what=f"8 uploads, {what}: p99" if rate is not None else "idle: p99",
                measured=quantiles(late, n=100)[98],
                unit="ms",
                beside=f"p50 {figure(median(late))}, worst {figure(max(late))} ms",
                must="<= 10" if rate is not None else "",
                goal="<= 5" if rate is not None else "",
            )
        )
    show("How late Home Assistant's loop is", rows)


def _memory(relays: list[Relaying]) -> None:
    """Measure what an idle connection costs a relay's process."""
    rows = []
    for relay in relays:
        before = relay.rss_kib()
        socks = [
            socket.create_connection((relay.address, TARGET_PORT))
            for _ in range(IDLE_CONNECTIONS)
        ]
        for sock in socks:
            sock.sendall(b"e" + b"x" * 20_000)
            sock.recv(20_000, socket.MSG_WAITALL)
        time.sleep(0.5)
        rows.append(
            Row(
                what=f"{relay.name}: an idle connection",
                measured=(relay.rss_kib() - before) / IDLE_CONNECTIONS,
                unit="KiB",
                must="<= 64" if relay.name == "ours" else "",
                goal="<= 16" if relay.name == "ours" else "",
            )
        )
        for sock in socks:
            sock.close()
    show(f"Memory, {IDLE_CONNECTIONS} connections", rows)


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
