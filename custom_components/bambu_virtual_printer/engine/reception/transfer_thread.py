"""Moves the bytes of files of all printers outside of the event loop.

asyncio's TLS is not used for them: it loses the end of a stream that is closed while reading pauses, and decrypting in
the loop would delay everything else (both measured). One thread serves all sockets (`reactor`), two more
hash, write and read files (`sinks`, `sources`), and the loop only gets the results.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, closing
from functools import partial
import hashlib
import logging
from pathlib import Path
import socket
from typing import Self

from ..net.loop_bridge import set_from_thread
from .failures import STOPPED, AbortedError
from .reactor import Fiber, Reactor
from .sinks import FileSink
from .sources import FileSource, add_to_md5

_LOGGER = logging.getLogger(__name__)

# More threads are not faster (measured), but take the interpreter's lock more often.
WRITERS = 2
STOP_LIMIT_S = 10.0
# What is read from a socket at once: few system calls, and it fits into the processor's cache.
SCRATCH_BYTES = 256 * 1024


class TransferThread:
    """The threads that move files, running inside `async with`; one object for all printers of a process."""

    async def __aenter__(self) -> Self:
        """Start the threads."""
        self._loop = asyncio.get_running_loop()
        self._stopped: asyncio.Future[None] = self._loop.create_future()
        self._scratch = memoryview(bytearray(SCRATCH_BYTES))
        self._executor = ThreadPoolExecutor(WRITERS, thread_name_prefix="bvp-writer")
        async with AsyncExitStack() as stack:
            self._reactor = stack.enter_context(
                closing(Reactor("bvp-transfer", self._on_stopped))
            )
            self._reactor.start()
            stack.push_async_callback(self._stop)
            self._running = stack.pop_all()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Fail what is under way and stop the threads; wait for a hanging disk for STOP_LIMIT_S at most."""
        await self._running.aclose()

    async def _stop(self) -> None:
        self._reactor.stop()
        try:
            async with asyncio.timeout(STOP_LIMIT_S):
                await asyncio.shield(self._stopped)
        except TimeoutError:
            _LOGGER.warning("A file could not be closed in time; the disk hangs")
        else:
            self._reactor.join()

    def adopt[F: Fiber](
        self,
        sock: socket.socket,
        make: Callable[[Reactor, socket.socket, memoryview], F],
    ) -> F:
        """Take over a non-blocking socket. Raises AbortedError when the thread has been stopped.

        `make` gets the reactor, the socket, and a buffer that all connections of the thread share within a step.
        """
        if self._reactor.stopping:
            sock.close()
            raise AbortedError(STOPPED)
        fiber = make(self._reactor, sock, self._scratch)
        self._reactor.call(partial(self._reactor.add, fiber))
        return fiber

    async def run[T](self, function: Callable[[], T]) -> T:
        """Run a blocking function on a writer thread. Raises what it raises."""
        return await self._loop.run_in_executor(self._executor, function)

    async def md5_of(self, path: Path) -> str:
        """Return the MD5 of a file, in upper-case hex as slicers send it; other files have their turns meanwhile. Raises OSError."""
        md5 = hashlib.md5(usedforsecurity=False)
        offset = 0
        while count := await self.run(partial(add_to_md5, md5, path, offset)):
            offset += count
        return md5.hexdigest().upper()

    async def open_sink(
        self, path: Path, *, name: str, reserve_bytes: int, announced_bytes: int
    ) -> FileSink:
        """Create the file of an upload of this name. Raises TransferError."""
        sink = FileSink(
            self._executor,
            path,
            name=name,
            reserve_bytes=reserve_bytes,
            announced_bytes=announced_bytes,
        )
        await self.run(sink.open)
        return sink

    async def open_source(
        self, path: Path, *, offset: int = 0, with_md5: bool = False
    ) -> FileSource:
        """Open a file for a download. Raises TransferError."""
        source = FileSource(self._executor, path, offset=offset, with_md5=with_md5)
        opening = self._executor.submit(source.open)
        try:
            await asyncio.wrap_future(opening)
        except asyncio.CancelledError:
            # What is being opened is open in the end.
            opening.add_done_callback(lambda _opening: source.end(None))
            raise
        return source

    def _on_stopped(self) -> None:
        """Let the writers finish what ended fibers left to them; called last in the transfer thread."""
        self._executor.shutdown(wait=True)
        set_from_thread(self._loop, self._stopped, None)
