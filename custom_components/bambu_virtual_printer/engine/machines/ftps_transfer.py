"""Brings a file onto a printer's card over FTPS, in a thread."""

from contextlib import closing
import os
from pathlib import Path
from typing import override

from .errors import UploadCause, UploadError
from .ftps import CancelledTransferError, PrinterFtps, ProtectionRefusedError
from .transfer import (
    OnProgress,
    Transfer,
    Uploaded,
    Watch,
    changed_meanwhile,
    given_up,
    incomplete,
)


class FtpsTransfer(Transfer):
    """What happens in a thread. Data goes at the first protection level that the printer takes."""

    @override
    def store(
        self, path: Path, name: str, on_progress: OnProgress | None, md5: str
    ) -> Uploaded:
        for protection in self.protections:
            self.protection = protection
            try:
                with self.reading_a_file():
                    return self._store(path, name, on_progress, md5)
            except ProtectionRefusedError as err:
                refused = err
        raise UploadError(UploadCause.BROKEN_OFF, f"no data connection: {refused}")

    @override
    def delete(self, name: str) -> bool:
        try:
            with closing(self._connect()) as client:
                return client.remove(name)
        except CancelledTransferError, ProtectionRefusedError:
            raise given_up() from None

    def _store(
        self, path: Path, name: str, on_progress: OnProgress | None, md5: str
    ) -> Uploaded:
        """Upload at the chosen protection level. Raises UploadError, CancelledTransferError, ProtectionRefusedError, OSError."""
        with path.open("rb") as file, closing(self._connect()) as client:
            size_bytes = os.fstat(file.fileno()).st_size
            free = client.free_bytes()
            if free is not None and free < size_bytes:
                raise UploadError(UploadCause.STORAGE_FULL, f"{free} bytes are free")
            # Overwriting is refused by some (553).
            client.remove(name)
            watch = Watch(self, size_bytes, on_progress, md5)
            with self.pace.sending():
                confirmed = client.store(name, file, watch.see)
            if confirmed and watch.seen_bytes != size_bytes:
                raise changed_meanwhile()
            self._judge(client, name, size_bytes, confirmed=confirmed)
            watch.report()
            return Uploaded(name=name, size_bytes=size_bytes, md5=watch.md5)

    def _judge(
        self, client: PrinterFtps, name: str, size_bytes: int, *, confirmed: bool
    ) -> None:
        """Make sure that the printer has all of it. Raises UploadError."""
        if confirmed:
            there = client.size_of(name)
            if there is None or there == size_bytes:
                return
        else:
            # The control connection may be gone, or out of step.
            with closing(self._connect()) as another:
                there = another.size_of(name)
                if there == size_bytes:
                    return
                another.remove(name)
        raise incomplete(there, size_bytes)

    def _connect(self) -> PrinterFtps:
        """Log in. Raises UploadError, CancelledTransferError, ProtectionRefusedError."""
        return self.connected(
            lambda tls: PrinterFtps(
                tls,
                self.protection,
                timeout_s=self.times.socket_s,
                final_reply_timeout_s=self.times.final_reply_s,
            )
        )
