"""A file received on the event loop: copied into blocks there, hashed and written on the writer threads.

Only the copying is done on the loop. When all blocks of the file wait to be written, `write` waits, its caller reads no
further, and TCP slows the client down, so memory does not depend on the file's size.
"""

import asyncio
from functools import partial

from .. import storage
from ..net.loop_bridge import call_on_loop, set_from_thread
from ..reception.failures import TOO_LARGE, TooLargeError, TransferError
from ..reception.reception import Reception


class StreamedFile:
    """Writes one file that a reception has begun."""

    def __init__(self, reception: Reception) -> None:
        """Write to the sink of `reception`, after its `begin`."""
        self._sink = reception.sink
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()
        self._ended: asyncio.Future[TransferError | None] = self._loop.create_future()
        self._block: memoryview | None = None
        self._filled = 0
        self._sink.begin(
            ready=self._wake,
            ended=partial(set_from_thread, self._loop, self._ended),
        )

    async def write(self, data: memoryview) -> None:
        """Take more of the file, once there is room for it. Raises TransferError."""
        sink = self._sink
        sink.received_bytes += len(data)
        if sink.received_bytes > storage.MAX_UPLOAD_BYTES:
            raise TooLargeError(TOO_LARGE)
        while data:
            if self._block is None:
                self._block = await self._free_block()
            count = min(len(self._block) - self._filled, len(data))
            self._block[self._filled : self._filled + count] = data[:count]
            self._filled += count
            data = data[count:]
            if self._filled == len(self._block):
                self._put()
        if sink.failure:
            raise sink.failure

    async def end(self) -> None:
        """Wait until everything is written, checked and synced to the disk. Raises TransferError."""
        if self._block is not None:
            self._put()
        self._sink.end(None)
        if error := await self._ended:
            raise error

    def _put(self) -> None:
        assert self._block is not None
        self._sink.put(self._block, self._filled)
        self._block, self._filled = None, 0

    async def _free_block(self) -> memoryview:
        while True:
            self._ready.clear()
            if (block := self._sink.take()) is not None:
                return block
            await self._ready.wait()

    def _wake(self) -> None:
        """Have `write` check for a free block. Called in a writer thread."""
        call_on_loop(self._loop, self._ready.set)
