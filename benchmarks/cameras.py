"""Cameras of real printers shown to slicers: what fanning them out costs."""

import asyncio
from pathlib import Path
import ssl
import struct
import time

from benchmarks.dispatch import Printers
from benchmarks.machine import Program, wait_until_quiet
from benchmarks.report import Row
from benchmarks.server import ACCESS_CODE, address
from custom_components.bambu_virtual_printer.engine.machines.camera.upstream import (
    CameraTimes,
)
from scripts.printer_double.camera import LOGIN, PORT

PRINTERS = 4
VIEWERS_OF_EACH = 3
WATCHING_S = 20
MODEL = "C12"
# As large as those of an A1.
PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 400
_HEADER = struct.Struct("<IIII")


def rows(folder: Path) -> list[Row]:
    """Measure."""
    ours = folder / "cameras"
    ours.mkdir()
    printers = Printers(folder, PRINTERS, models=(MODEL,))
    with printers.on(), Program("benchmarks.mirrors", str(ours)) as server:
        for double in printers.doubles:
            double.picture = lambda _number: PICTURE
        server.do("show", printers=printers.settings)
        wait_until_quiet()
        before_s = _idle(server)
        pictures, cpu_s = printers.do(_watch(server))
        # Until the connections to the printers are closed too.
        time.sleep(CameraTimes().linger_s + 1)
        idle_s = (before_s + _idle(server)) / 2
    expected = PRINTERS * VIEWERS_OF_EACH * WATCHING_S
    return [
        Row(
            what=f"cameras of {PRINTERS}, a picture a second, {VIEWERS_OF_EACH} viewers each: share of a core",
            measured=(cpu_s - idle_s) / WATCHING_S * 100,
            unit="%",
            beside=f"{pictures} of about {expected} pictures of {len(PICTURE) // 1000} kB",
            must="<= 3",
        )
    ]


def _idle(server: Program) -> float:
    """Return what it takes of the processor while nobody looks."""
    server.do("mark")
    time.sleep(WATCHING_S)
    cpu_s: float = server.do("read")["cpu_s"]
    return cpu_s


async def _watch(server: Program) -> tuple[int, float]:
    """Look through all cameras. Returns how many pictures came, and what that took of the processor."""
    connections = [
        await _connect(address(number))
        for number in range(PRINTERS)
        for _ in range(VIEWERS_OF_EACH)
    ]
    # The handshakes are not what is measured.
    await asyncio.gather(*(_picture(reader) for reader, _writer in connections))
    await asyncio.to_thread(server.do, "mark")
    counts = [0] * len(connections)

    async def _follow(number: int, reader: asyncio.StreamReader) -> None:
        while True:
            await _picture(reader)
            counts[number] += 1

    following = asyncio.gather(
        *(_follow(number, reader) for number, (reader, _) in enumerate(connections))
    )
    await asyncio.sleep(WATCHING_S)
    cpu_s = (await asyncio.to_thread(server.do, "read"))["cpu_s"]
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    for _reader, writer in connections:
        writer.transport.abort()
    return sum(counts), cpu_s


async def _connect(host: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    reader, writer = await asyncio.open_connection(host, PORT, ssl=context)
    writer.write(LOGIN.pack(0x40, 0x3000, 0, 0, b"bblp", ACCESS_CODE.encode()))
    return reader, writer


async def _picture(reader: asyncio.StreamReader) -> None:
    size, *_rest = _HEADER.unpack(await reader.readexactly(_HEADER.size))
    await reader.readexactly(size)
