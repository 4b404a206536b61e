"""A way to a PostgreSQL server that can be cut, or fall silent."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Self

from sqlalchemy import make_url


class DatabaseProxy:
    """Listens on a loopback address inside its `async with`, for a server that only has a socket in a folder."""

    def __init__(self, url: str) -> None:
        self._made = make_url(url)
        self._path = Path(str(self._made.query["host"])) / ".s.PGSQL.5432"
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_open = True
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        url = self._made.set(host="127.0.0.1", port=port, query={})
        self.url = url.render_as_string(hide_password=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()
        self._flowing.set()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def cut(self) -> None:
        """Close all connections, as a server that ends does."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    def fall_silent(self) -> None:
        """Pass nothing on any more."""
        self._flowing.clear()

    def go_on(self) -> None:
        """Pass on what has come meanwhile, and what comes."""
        self._flowing.set()

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if not self.is_open:
            writer.transport.abort()
            return
        to_reader, to_writer = await asyncio.open_unix_connection(self._path)
        self._writers |= {writer, to_writer}
        ways = [
            asyncio.create_task(self._pass_on(reader, to_writer)),
            asyncio.create_task(self._pass_on(to_reader, writer)),
        ]
        self._tasks |= set(ways)
        await asyncio.wait(ways)
        self._tasks -= set(ways)
        self._writers -= {writer, to_writer}

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        writer.close()
