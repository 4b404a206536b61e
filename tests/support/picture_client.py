"""The slicer's side of a camera that sends pictures over port 6000."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import ssl
import struct

from tests.support.waiting import LIMIT_S

PORT = 6000


def login(code: str, user: str = "bblp") -> bytes:
    """Return the 80 bytes of a login, as pybambu puts them together."""
    return struct.pack("<IIII32s32s", 0x40, 0x3000, 0, 0, user.encode(), code.encode())


class PictureClient:
    """One connection."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Use a connection after its handshake."""
        self.reader = reader
        self.writer = writer

    async def picture(self) -> bytes:
        """Return the next picture. Raises IncompleteReadError at the end."""
        async with asyncio.timeout(LIMIT_S):
            size, *rest = struct.unpack("<IIII", await self.reader.readexactly(16))
            assert rest == [0, 1, 0]
            return await self.reader.readexactly(size)

    async def is_closed(self) -> bool:
        """Wait for the end of the connection, and return whether nothing came before."""
        async with asyncio.timeout(LIMIT_S):
            with suppress(ConnectionError, ssl.SSLError):
                return await self.reader.read() == b""
            return True


@asynccontextmanager
async def connection(
    address: str, first: bytes, *, port: int = PORT
) -> AsyncIterator[PictureClient]:
    """Connect, and send the first bytes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    async with asyncio.timeout(LIMIT_S):
        reader, writer = await asyncio.open_connection(address, port, ssl=context)
    writer.write(first)
    try:
        yield PictureClient(reader, writer)
    finally:
        writer.transport.abort()
