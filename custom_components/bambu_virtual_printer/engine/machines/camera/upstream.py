"""Opens the connection to a printer's camera, in a thread, and reads from it with a limit to every wait."""

from contextlib import suppress
from dataclasses import dataclass
import socket
import time
from typing import Protocol

from ...pki.printer_identity import NotThePrinterError, PrinterTrust
from ..settings import MachineSettings
from ..tls import HandshakeStalledError, PrinterTls
from ..tls_socket import TlsSocket
from .problems import CameraError, CameraProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraTimes:
    """How long a camera waits, in seconds."""

    connect_s: float = 5.0
    handshake_s: float = 10.0
    stalled_s: float = 30.0
    """Without a picture for so long the connection is dead (ha-bambulab, kiln)."""
    linger_s: float = 15.0
    """How long the connection stays after the last viewer."""
    retry_s: float = 1.0
    retry_max_s: float = 30.0
    refused_retry_s: float = 60.0
    """After a wrong code, and where it is not the printer."""
    snapshot_s: float = 15.0


class Upstream(Protocol):
    """A connection that is made and followed in `run`."""

    def run(self) -> None:
        """Connect, and deliver what comes until it ends or `abort` is called. Blocks. Raises CameraError."""

    def abort(self) -> None:
        """Have `run` end soon. Safe from any thread."""


class CameraSocket:
    """One connection, whose certificate is checked before anything is sent. For one thread; `abort` for any."""

    def __init__(
        self, settings: MachineSettings, trust: PrinterTrust, times: CameraTimes
    ) -> None:
        """Prepare."""
        self._times = times
        self._tls = PrinterTls(
            trust, settings.identity, handshake_timeout_s=times.handshake_s
        )
        self._connection: TlsSocket | None = None

    def open(self, address: str, port: int) -> None:
        """Connect. Raises CameraError."""
        try:
            sock = socket.create_connection((address, port), self._times.connect_s)
            self._connection = self._tls.wrap_socket(sock)
            self._connection.settimeout(self._times.stalled_s)
        except HandshakeStalledError as err:
            raise CameraError(CameraProblem.TOO_MANY_VIEWERS, str(err)) from err
        except NotThePrinterError as err:
            raise CameraError(CameraProblem.NOT_THE_PRINTER, str(err)) from err
        except OSError as err:
            raise CameraError(CameraProblem.UNREACHABLE, _why(err)) from err

    def send(self, data: bytes) -> None:
        """Send all of it. Raises CameraError."""
        assert self._connection
        try:
            self._connection.sendall(data)
        except OSError as err:
            raise CameraError(CameraProblem.LOST, _why(err)) from err

    def receive(self, size: int) -> bytes:
        """Return what has come, up to this much; nothing at the end. Raises CameraError."""
        assert self._connection
        try:
            return self._connection.recv(size)
        except TimeoutError as err:
            raise CameraError(CameraProblem.STALLED) from err
        except OSError as err:
            raise CameraError(CameraProblem.LOST, _why(err)) from err

    def read(self, size: int, first: bytes = b"") -> bytes:
        """Return exactly so much, `first` included, in `stalled_s` at most. Raises CameraError."""
        data = bytearray(first)
        deadline = time.monotonic() + self._times.stalled_s
        while len(data) < size:
            more = self.receive(size - len(data))
            if not more:
                raise CameraError(CameraProblem.LOST, "the printer ended it")
            if time.monotonic() > deadline:
                raise CameraError(CameraProblem.STALLED)
            data += more
        return bytes(data)

    def close(self) -> None:
        """Close it wholly: half of a connection holds one of the few places that a printer has (Bambuddy #2521)."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.close()

    def abort(self) -> None:
        """Have what waits on it fail."""
        self._tls.abort()


def _why(err: OSError) -> str:
    return err.strerror or type(err).__name__
