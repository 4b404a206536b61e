"""Sends every listener of a running virtual printer what no slicer would, and looks whether it stays well.

    ./scripts/fuzz [--minutes N] [--seed N] [--address IP]

Valid frames first, then the same ones mutated, cut, repeated and in the wrong order; before the login and after it;
ended in good order, by a reset, or not at all. After every round a normal slicer has to be served, and at the end
descriptors, memory and log have to be what they were after the first rounds. Prints what it did, and ends with 1 when
anything was wrong. The same seed sends the same.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
import ctypes
from dataclasses import dataclass, field
import gc
import json
import logging
from pathlib import Path
from random import Random
import socket
import ssl
import struct
import sys
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, override

from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.emulator.printer import (
    VirtualPrinter,
)
from custom_components.bambu_virtual_printer.engine.emulator.services import (
    SharedServices,
)
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    LibrarySettings,
)
from custom_components.bambu_virtual_printer.engine.mirror.camera import Camera, Viewer
from custom_components.bambu_virtual_printer.engine.mirror.video import Video
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    CertificateAuthority,
)
from custom_components.bambu_virtual_printer.engine.protocol import (
    camera_pictures,
    file_tunnel,
    rtsp,
)
from custom_components.bambu_virtual_printer.engine.protocol.file_tunnel import (
    Command,
    Kind,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.values import Mode, PrinterRef
from scripts.slicer import SlicerError, detect, session, tls_context, upload_file

ADDRESS = "127.9.9.40"
ACCESS_CODE = "fuzz2345"
CONNECTIONS_PER_ROUND = 24
ROUNDS_BEFORE_BASELINE = 3
SERVED_WITHIN_S = 20.0
SETTLED_WITHIN_S = 60.0
MORE_DESCRIPTORS = 4
MORE_MEMORY_BYTES = 32 * 2**20
LINES_PER_MINUTE = 12
LINE_CHARS = 1000


# --- what is sent ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Where to send to and what a client says there. Another one, such as a relay's, is one more of these."""

    name: str
    port: int
    tls: bool
    frames: tuple[bytes, ...]
    login: bytes = b""
    """What gets a client in; nothing where there is no login."""
    log_in: Callable[[bytes], bytes] | None = None
    """What gets a client in that was answered so to `login`."""


def _detect(sequence_id: Any = "20004") -> bytes:
    body = json.dumps({"login": {"command": "detect", "sequence_id": sequence_id}})
    return struct.pack("<2sH", b"\xa5\xa5", len(body) + 6) + body.encode() + b"\xa7\xa7"


def _packet(kind: int, body: bytes) -> bytes:
    length = len(body)
    encoded = bytearray([kind])
    while True:
        length, low = divmod(length, 128)
        encoded.append(low | (0x80 if length else 0))
        if not length:
            return bytes(encoded) + body


def _text(value: bytes) -> bytes:
    return len(value).to_bytes(2) + value


def _connect(access_code: str) -> bytes:
    return _packet(
        0x10,
        _text(b"MQTT")
        + b"\x04\xc2\x00\x3c"
        + _text(b"fuzz")
        + _text(b"bblp")
        + _text(access_code.encode()),
    )


def _publish(message: Any, qos: int = 0) -> bytes:
    payload = message if isinstance(message, bytes) else json.dumps(message).encode()
    identifier = b"\x00\x07" if qos else b""
    return _packet(0x30 | qos << 1, _text(b"device/X/request") + identifier + payload)


_MQTT = (
    _packet(0x82, b"\x00\x01" + _text(b"device/X/report") + b"\x00"),
    _packet(0xA2, b"\x00\x02" + _text(b"device/X/report")),
    _packet(0xC0, b""),
    _publish({"pushing": {"command": "pushall", "sequence_id": "1"}}, 1),
    _publish({"info": {"command": "get_version", "sequence_id": "2"}}, 2),
    _publish({"print": {"command": "stop", "sequence_id": "3"}}),
    _publish(
        {
            "print": {
                "command": "project_file",
                "sequence_id": "4",
                "url": "ftp://Cube.gcode.3mf",
                "file": "Cube.gcode.3mf",
                "subtask_name": "Cube",
                "param": "Metadata/plate_1.gcode",
                "ams_mapping": [0, -1, 255],
            }
        }
    ),
    _publish({"system": {"command": "ledctrl", "led_mode": "on", "sequence_id": "5"}}),
    _publish(b'{"print": ' * 3000),
    _packet(0xE0, b""),
)
_FTPS = tuple(
    f"{line}\r\n".encode()
    for line in (
        "FEAT",
        "PWD",
        "PBSZ 0",
        "PROT P",
        "PROT C",
        "EPSV",
        "PASV",
        "EPSV ALL",
        "TYPE I",
        "CWD /cache",
        "MKD /made",
        "ALLO 1000 R 5",
        "STOR verify_job",
        "STOR Cube.gcode.3mf",
        "STOR plate.gcode",
        "RETR Cube.gcode.3mf",
        "RNFR Cube.gcode.3mf",
        "RNTO Other.gcode.3mf",
        "LIST -la /",
        "NLST",
        "SIZE Cube.gcode.3mf",
        "MDTM Cube.gcode.3mf",
        "DELE Cube.gcode.3mf",
        "AVBL",
        "ABOR",
        "USER bblp",
        "PASS wrong",
        "OPTS UTF8 ON",
        "REST 0",
        "QUIT",
    )
)
_PIECE = bytes(range(256)) * 8


def _tunnel_call(command: int, fields: Any, data: bytes = b"") -> bytes:
    payload = file_tunnel.call(command, 7, fields, data)
    return file_tunnel.frame(Kind.CALL, payload)


_TUNNEL = (
    file_tunnel.frame(Kind.CALL, file_tunnel.setup("fuzz", "1.0")),
    _tunnel_call(Command.ABILITY, {"peer": "studio", "api_version": 2}),
    _tunnel_call(Command.LIST, {"type": "model", "storage": "", "api_version": 2}),
    _tunnel_call(
        Command.UPLOAD,
        {"type": "model", "storage": "emmc", "path": "Cube.gcode.3mf", "total": 8192},
    ),
    _tunnel_call(Command.UPLOAD, {"path": "verify_job", "total": len(_PIECE)}),
    *(
        _tunnel_call(
            Command.UPLOAD,
            {"frag_id": number, "offset": number * len(_PIECE), "size": len(_PIECE)},
            _PIECE,
        )
        for number in range(4)
    ),
    _tunnel_call(Command.SUB_FILE, {"paths": ["Cube.gcode.3mf#thumbnail"]}),
    _tunnel_call(Command.DOWNLOAD, {"path": "Cube.gcode.3mf", "offset": 0}),
    _tunnel_call(Command.DELETE, {"paths": ["Cube.gcode.3mf"]}),
    _tunnel_call(Command.CANCEL, {"tasks": [7]}),
)


def _rtsp(method: str, path: str = "", **headers: str) -> bytes:
    lines = [f"{method} {_VIDEO_URL}{path} RTSP/1.0", "CSeq: 7"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


_VIDEO_URL = "rtsps://192.0.2.1:322/streaming/live/1"
_DESCRIBE = _rtsp("DESCRIBE", Accept="application/sdp")
_WRONG_DIGEST = (
    'Digest username="bblp", realm="LIVE555 Streaming Media", nonce="0", uri="/", '
    'response="d41d8cd98f00b204e9800998ecf8427e"'
)
_RTSP = (
    _rtsp("OPTIONS"),
    _DESCRIBE,
    _rtsp("DESCRIBE", Authorization=_WRONG_DIGEST),
    _rtsp("DESCRIBE", Authorization="Basic YmJscDp3cm9uZw=="),
    _rtsp("SETUP", "/track1", Transport="RTP/AVP/TCP;unicast;interleaved=0-1"),
    _rtsp("SETUP", "/track1", Transport="RTP/AVP/TCP;unicast;interleaved=998-999"),
    _rtsp("SETUP", "/track1", Transport="RTP/AVP;unicast;client_port=5000-5001"),
    _rtsp("PLAY", Session="0", Range="npt=0.000-"),
    _rtsp("PAUSE", Session="0"),
    _rtsp("GET_PARAMETER", Session="0", Content_Length="3") + b"abc",
    _rtsp("TEARDOWN", Session="0"),
    _rtsp("RECORD"),
    # A receiver report of RTCP, and a packet that is announced and never comes whole.
    b"$\x01\x00\x08\x80\xc9\x00\x01\x00\x00\x00\x00",
    b"$\x00\xff\xff\x80",
)


def _described(answer: bytes) -> bytes:
    """Log in as a player does: with a digest of the code and of what the server asked for."""
    asked = answer.partition(b"WWW-Authenticate: ")[2].partition(b"\r\n")[0]
    try:
        told = rtsp.authorization(
            asked.decode(errors="replace"),
            method="DESCRIBE",
            url=_VIDEO_URL,
            user="bblp",
            password=ACCESS_CODE,
        )
    except rtsp.RtspError:
        # The answer has not come, or not whole.
        return _DESCRIBE
    return _rtsp("DESCRIBE", Accept="application/sdp", Authorization=told)


_PICTURES = (
    camera_pictures.login("bblp", ACCESS_CODE),
    camera_pictures.login("bblp", "wrong"),
    bytes(80),
)
LISTENERS = (
    Listener(name="bind", port=3000, tls=False, frames=(_detect(), _detect(7))),
    Listener(name="bind over TLS", port=3002, tls=True, frames=(_detect(),)),
    Listener(
        name="MQTT", port=8883, tls=True, frames=_MQTT, login=_connect(ACCESS_CODE)
    ),
    Listener(
        name="FTPS",
        port=990,
        tls=True,
        frames=_FTPS,
        login=f"USER bblp\r\nPASS {ACCESS_CODE}\r\n".encode(),
    ),
    Listener(
        name="file tunnel",
        port=6000,
        tls=True,
        frames=_TUNNEL,
        login=file_tunnel.frame(Kind.LOGIN, file_tunnel.login("bblp", ACCESS_CODE)),
    ),
    Listener(
        name="pictures",
        port=6000,
        tls=True,
        frames=_PICTURES,
        login=camera_pictures.login("bblp", ACCESS_CODE),
    ),
    Listener(
        name="video",
        port=322,
        tls=True,
        frames=_RTSP,
        login=_DESCRIBE,
        log_in=_described,
    ),
)
_DATAGRAMS = (
    b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:2021\r\nST: urn:bambulab-com:device:3dprinter:1\r\n\r\n",
    b"NOTIFY * HTTP/1.1\r\nLocation: 192.0.2.1\r\nUSN: X\r\nNT: urn:bambulab-com:device:3dprinter:1\r\n\r\n",
)


def mutated(random: Random, frame: bytes) -> bytes:
    """Return the frame with a few faults in it."""
    data = bytearray(frame)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(data) + 1)
        match random.randrange(7):
            case 0:
                data[at:at] = random.randbytes(random.choice((1, 2, 16, 5000)))
            case 1:
                del data[at : at + random.randint(1, 8)]
            case 2 if at < len(data):
                data[at] ^= 1 << random.randrange(8)
            case 3 if at < len(data):
                data[at] = random.choice((0, 0x7F, 0x80, 0xFF, 0x0A, 0x22))
            case 4:
                del data[at:]
            case 5:
                data += frame * random.choice((1, 3, 200, 5000))
            case _:
                data[at:at] = random.choice(
                    (
                        b"\\ud800",
                        b"\r\n",
                        b"\xa7\xa7",
                        b"[" * 2000,
                        b"9" * 5000,
                        b"\xff" * 4,
                    )
                )
    return bytes(data)


# --- how it is sent --------------------------------------------------------------------------------------------------


class Looping[Item](Camera[Item]):
    """A camera that shows one thing again and again."""

    is_on = True

    def __init__(self, item: Item) -> None:
        """Show it."""
        self._item = item

    @override
    def watch(self, viewer: Viewer[Item]) -> Callable[[], None]:
        async def _show() -> None:
            while True:
                viewer.show(self._item)
                await asyncio.sleep(0.02)

        task = asyncio.get_running_loop().create_task(_show())

        def _stop() -> None:
            task.cancel()

        return _stop


_SHOWN = Video(
    sdp=b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n",
    packets=(rtsp.Packet(b"$\0\0\x50\x80\x60" + bytes(10) + b"\x67" + bytes(67)),),
)


class LogCounter(logging.Handler):
    """Counts what is logged, and keeps the first of each kind of line to show."""

    def __init__(self) -> None:
        """Count from warnings on."""
        super().__init__(logging.WARNING)
        self.lines = 0
        self.longest = 0
        self.kinds: dict[str, str] = {}

    @override
    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        self.lines += 1
        self.longest = max(self.longest, len(text))
        self.kinds.setdefault(str(record.msg), text[:2000])


@dataclass(kw_only=True)
class Fuzzer:
    """One run against one printer."""

    address: str
    random: Random
    context: ssl.SSLContext
    listeners: tuple[Listener, ...] = LISTENERS
    counts: Counter[str] = field(default_factory=Counter)

    async def round(self) -> None:
        """Send to all listeners, some connections at a time."""
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS_PER_ROUND):
                group.create_task(self._connection(self.random.choice(self.listeners)))
        self._datagrams()

    def _frames(self, listener: Listener) -> list[bytes]:
        random = self.random
        chosen = random.choices(listener.frames, k=random.randint(1, 12))
        # Valid ones first, so that what is mutated comes in every state.
        valid = random.randint(0, len(chosen))
        frames = chosen[:valid] + [mutated(random, each) for each in chosen[valid:]]
        if listener.login and random.random() < 0.6:
            frames.insert(0, listener.login)
        elif listener.login and random.random() < 0.5:
            frames.insert(0, mutated(random, listener.login))
        return frames

    async def _connection(self, listener: Listener) -> None:
        random = self.random
        frames = self._frames(listener)
        raw_bytes = listener.tls and random.random() < 0.15
        end = random.choice(("close", "abort", "half-close", "linger"))
        split = random.random() < 0.2
        source = f"127.9.8.{random.randint(1, 60)}"
        self.counts[f"connections to {listener.name}"] += 1
        # Whatever the printer does to a connection like that is right, as long as the next one is served.
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(SERVED_WITHIN_S):
                reader, writer = await asyncio.open_connection(
                    self.address,
                    listener.port,
                    local_addr=(source, 0),
                    ssl=self.context if listener.tls and not raw_bytes else None,
                )
                try:
                    await self._talk(listener, reader, writer, frames, split=split)
                    if end == "close":
                        writer.close()
                        await writer.wait_closed()
                    elif end == "half-close":
                        if sock := writer.get_extra_info("socket"):
                            sock.shutdown(socket.SHUT_WR)
                        await asyncio.sleep(0.2)
                    elif end == "linger":
                        await asyncio.sleep(0.2)
                finally:
                    writer.transport.abort()

    async def _talk(
        self,
        listener: Listener,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        frames: list[bytes],
        *,
        split: bool,
    ) -> None:
        for frame in frames:
            self.counts[f"frames to {listener.name}"] += 1
            if split:
                for byte in frame[:50]:
                    # asyncio would log our own writes to a connection that is gone.
                    if writer.transport.is_closing() or reader.exception():
                        return
                    writer.write(bytes((byte,)))
                    await asyncio.sleep(0)
                    await asyncio.sleep(0)
                writer.write(frame[50:])
            else:
                writer.write(frame)
            await writer.drain()
            with suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    answer = await reader.read(4096)
                    if not answer:
                        return
                    if listener.log_in and frame == listener.login:
                        writer.write(listener.log_in(answer))
                    if listener.port == 990 and (port := _data_port(answer)):
                        await self._data(port)

    async def _data(self, port: int) -> None:
        """Send to a data port what may be a file, a handshake, or neither."""
        random = self.random
        self.counts["data connections"] += 1
        with suppress(OSError, TimeoutError):
            _reader, writer = await asyncio.open_connection(
                self.address,
                port,
                local_addr=(writer_address(random), 0),
                ssl=self.context if random.random() < 0.3 else None,
                ssl_handshake_timeout=None,
            )
            writer.write(mutated(random, b"PK\x03\x04" + bytes(300)))
            await asyncio.sleep(0.02)
            writer.transport.abort()

    def _datagrams(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.9.8.1", 0))
            for _ in range(30):
                datagram = mutated(self.random, self.random.choice(_DATAGRAMS))
                self.counts["datagrams"] += 1
                with suppress(OSError):
                    sock.sendto(datagram[:60_000], (self.address, 2021))


def writer_address(random: Random) -> str:
    """Return an address that a data connection may come from: mostly not the client's."""
    return f"127.9.8.{random.randint(1, 60)}"


def _data_port(answer: bytes) -> int | None:
    for line in answer.splitlines():
        with suppress(ValueError, IndexError):
            if line.startswith(b"229"):
                return int(line.split(b"|")[3])
            if line.startswith(b"227"):
                numbers = line.partition(b"(")[2].partition(b")")[0].split(b",")
                return int(numbers[4]) * 256 + int(numbers[5])
    return None


# --- what has to hold ------------------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Run:
    """The whole: the printer, the fuzzer, and what was wrong."""

    fuzzer: Fuzzer
    serial: str
    folder: Path
    ca: Path
    log: LogCounter
    faults: list[str] = field(default_factory=list)

    async def go(self, minutes: float) -> None:
        """Fuzz for so long."""
        until = monotonic() + 60 * minutes
        began = monotonic()
        rounds = 0
        baseline: tuple[int, int] | None = None
        while monotonic() < until or baseline is None:
            await self.fuzzer.round()
            rounds += 1
            await self._serve(rounds)
            if rounds == ROUNDS_BEFORE_BASELINE:
                await asyncio.sleep(1)
                baseline = _descriptors(), _resident_bytes()
        self.fuzzer.counts["rounds"] = rounds
        descriptors, resident = baseline
        await self._settle(descriptors + MORE_DESCRIPTORS)
        if (grown := _resident_bytes() - resident) > MORE_MEMORY_BYTES:
            self.faults.append(f"memory grew by {grown / 2**20:.0f} MB")
        allowed = LINES_PER_MINUTE * (1 + (monotonic() - began) / 60)
        if self.log.lines > allowed:
            self.faults.append(f"{self.log.lines} log lines, {allowed:.0f} allowed")
        if self.log.longest > LINE_CHARS and not self.faults:
            self.faults.append(f"a log line of {self.log.longest} characters")

    async def _serve(self, number: int) -> None:
        """Be a normal slicer."""
        address = self.fuzzer.address
        try:
            async with asyncio.timeout(SERVED_WITHIN_S):
                await detect(address)
                context = tls_context(self.serial, self.ca)
                async with session(
                    address, ACCESS_CODE, self.serial, context
                ) as slicer:
                    await slicer.status()
                probe = self.folder / "verify_job"
                await asyncio.to_thread(
                    upload_file, address, ACCESS_CODE, context, probe
                )
        except (SlicerError, OSError, TimeoutError) as err:
            self.faults.append(
                f"round {number}: a normal slicer was not served: {err!r}"
            )

    async def _settle(self, allowed: int) -> None:
        until = monotonic() + SETTLED_WITHIN_S
        while (count := _descriptors()) > allowed:
            if monotonic() > until:
                self.faults.append(f"{count} descriptors are open, {allowed} allowed")
                return
            await asyncio.sleep(0.5)


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _resident_bytes() -> int:
    """Measure what is in use, without what the C library only keeps for later (up to 100 MB after big packets)."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


@asynccontextmanager
async def prepared(
    address: str, seed: int, on_fault: Callable[[str], None]
) -> AsyncIterator[Run]:
    """Run a printer with a library of its own."""
    log = LogCounter()
    logging.getLogger().addHandler(log)
    with TemporaryDirectory(prefix="bvp-fuzz-") as name:
        folder = Path(name)
        (folder / "verify_job").write_bytes(b"check access code")
        authority = await asyncio.to_thread(
            CertificateAuthority.load_or_create, folder / "certs"
        )
        identity = Identity(
            name="Fuzzed",
            model=MODELS["N7"],
            serial_suffix="391800099",
            access_code=ACCESS_CODE,
            bind_ip=address,
        )
        device = await asyncio.to_thread(
            authority.device_certificate, identity.serial, [address]
        )
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        asyncio.get_running_loop().set_exception_handler(
            lambda _loop, what: on_fault(
                f"{what.get('message')}: {what.get('exception')!r}"
            )
        )
        async with (
            Library(
                folder / "library",
                f"sqlite:///{folder / 'library.db'}",
                emit=lambda _event: None,
                settings=LibrarySettings(reserve_bytes=0),
            ) as library,
            SharedServices() as services,
        ):
            card = library.storage(
                PrinterRef(id="fuzzed", name="Fuzzed", model="N7", mode=Mode.IMMEDIATE)
            )
            async with VirtualPrinter(
                identity,
                device,
                card,
                services,
                lambda _event: None,
                pictures=Looping(b"\xff\xd8" + bytes(5000)),
                video=Looping(_SHOWN),
            ):
                yield Run(
                    fuzzer=Fuzzer(
                        address=address, random=Random(seed), context=context
                    ),
                    serial=identity.serial,
                    folder=folder,
                    ca=authority.folder / "bbl_ca.crt",
                    log=log,
                )
    logging.getLogger().removeHandler(log)


async def run(minutes: float, seed: int, address: str) -> int:
    """Fuzz, print what was done, and return 1 when something was wrong."""
    faults: list[str] = []
    async with prepared(address, seed, faults.append) as running:
        await running.go(minutes)
        faults += running.faults
        counts, log = running.fuzzer.counts, running.log
    print(f"seed {seed}")
    for what, count in sorted(counts.items()):
        print(f"{count:>8} {what}")
    print(f"{log.lines:>8} log lines, the longest of {log.longest} characters")
    for line in [*log.kinds.values(), *dict.fromkeys(faults)]:
        print(line)
    print("FAILED" if faults else "all is well")
    return 1 if faults else 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--address", default=ADDRESS)
    given = parser.parse_args()
    seed = Random().randrange(10**6) if given.seed is None else given.seed
    return asyncio.run(run(given.minutes, seed, given.address))


if __name__ == "__main__":
    sys.exit(main())
