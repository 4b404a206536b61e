"""What both kinds of simulated cameras do: listen, and end what is open."""

from abc import ABC, abstractmethod
import asyncio
import ssl


class CameraServer(ABC):
    """Serves between `start` and `stop`."""

    def __init__(self, port: int, tls: ssl.SSLContext | None) -> None:
        """Prepare. Without `tls` a connection begins in clear."""
        self.connections = 0
        self.viewers = 0
        self._port = port
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @abstractmethod
    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Have a connection, until it returns."""

    async def start(self, address: str) -> None:
        """Listen."""
        self._server = await asyncio.start_server(
            self._serve, address, self._port, ssl=self._tls
        )

    async def stop(self) -> None:
        """Break everything off."""
        if self._server is None:
            return
        self._server.close()
        self._server.abort_clients()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self._server.wait_closed()
        self._server = None

    def drop(self) -> None:
        """End all connections."""
        assert self._server
        self._server.abort_clients()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self.connections += 1
        try:
            await self.serve(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.transport.abort()
