"""Brings a file into the internal memory of a printer through its file tunnel, in a thread."""

from contextlib import closing
import os
from pathlib import Path
from typing import override

from ..protocol.file_tunnel import CHUNK_BYTES
from .ftps import CancelledTransferError, read_block
from .transfer import (
    OnProgress,
    Transfer,
    Uploaded,
    Watch,
    changed_meanwhile,
    given_up,
    incomplete,
)
from .tunnel import PrinterTunnel


class TunnelTransfer(Transfer):
    """What happens in a thread. An upload that was cut goes on where the printer says."""

    @override
    def store(
        self, path: Path, name: str, on_progress: OnProgress | None, md5: str
    ) -> Uploaded:
        with (
            self.reading_a_file(),
            path.open("rb") as file,
            closing(self._connect()) as client,
        ):
            size_bytes = os.fstat(file.fileno()).st_size
            offset = client.begin(name, size_bytes)
            watch = Watch(self, size_bytes, on_progress, md5)
            while watch.seen_bytes < offset and (
                block := read_block(file, min(CHUNK_BYTES, offset - watch.seen_bytes))
            ):
                watch.skip(block)
            with self.pace.sending():
                confirmed = client.store(
                    file,
                    offset,
                    size_bytes,
                    on_block=watch.see,
                    md5=lambda: watch.md5,
                )
            if confirmed and watch.seen_bytes != size_bytes:
                raise changed_meanwhile()
            if not confirmed:
                self._judge_by_size(name, size_bytes)
            watch.report()
            return Uploaded(name=name, size_bytes=size_bytes, md5=watch.md5)

    @override
    def delete(self, name: str) -> bool:
        try:
            with closing(self._connect()) as client:
                return client.remove(name)
        except CancelledTransferError:
            raise given_up() from None

    def _judge_by_size(self, name: str, size_bytes: int) -> None:
        """Make sure, on a connection of its own, that the printer has all of it. Raises UploadError."""
        with closing(self._connect()) as client:
            there = client.size_of(name)
        if there != size_bytes:
            raise incomplete(there, size_bytes)

    def _connect(self) -> PrinterTunnel:
        """Log in. Raises UploadError, CancelledTransferError."""
        return self.connected(
            lambda tls: PrinterTunnel(
                tls,
                timeout_s=self.times.socket_s,
                final_reply_timeout_s=self.times.tunnel_reply_s,
            )
        )
