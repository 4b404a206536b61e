"""A client of the bind ports that may send anything."""

import asyncio
import json
from typing import Any

from custom_components.bambu_virtual_printer.engine.protocol.bind_frames import (
    HEADER,
    MAGIC,
)

from .conftest import Target


def frame(body: bytes, length: int | None = None) -> bytes:
    whole = len(body) + 6
    return HEADER.pack(MAGIC, min(length or whole, 0xFFFF)) + body + b"\xa7\xa7"


def detect(sequence_id: Any = "20004") -> bytes:
    return frame(
        json.dumps(
            {"login": {"command": "detect", "sequence_id": sequence_id}}
        ).encode()
    )


async def ask(target: Target, data: bytes) -> bytes:
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection(target.address, 3000)
        try:
            writer.write(data)
            writer.write_eof()
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.transport.abort()
