"""The FTPS client for printers: TLS from the first byte, and what their vsFTPd is particular about. Blocks.

PBSZ and PROT come before PASV, the address of a PASV reply is bogus, the data connection is opened before STOR and shakes
hands after its 150, with the control connection's session (522 otherwise). Printers never answer the end of a data
connection's TLS (open-bambu-networking, SnapCon, Bambuddy; vsftpd 3.0.3 with require_ssl_reuse).
"""

from collections.abc import Callable
from contextlib import suppress
import ftplib
import re
import socket
import ssl
from typing import BinaryIO, cast, override

from ..pki.printer_identity import NotThePrinterError
from ..protocol.ports import FTPS_PORT, USER_NAME
from .errors import UploadCause, UploadError
from .families import DataProtection
from .tls import HandshakeStalledError, PrinterTls, shut_down
from .tls_socket import TlsSocket

BLOCK_BYTES = 128 * 1024
SOCKET_TIMEOUT_S = 30.0
CONNECT_TIMEOUT_S = 10.0
FINAL_REPLY_TIMEOUT_S = 60.0
"""An H2D takes more than 30 s to say that it has the file. A print that starts before that fails with 0500-C010."""

_FREE = re.compile(r"213 +(\d{1,18})")


class ProtectionRefusedError(Exception):
    """The printer does not take data at this protection level."""


class CancelledTransferError(Exception):
    """Another thread has given up the transfer."""


class PrinterFtps(ftplib.FTP_TLS):
    """One control connection. `give_up` may be called by other threads; everything else by one."""

    def __init__(
        self,
        tls: PrinterTls,
        protection: DataProtection,
        *,
        timeout_s: float = SOCKET_TIMEOUT_S,
        final_reply_timeout_s: float = FINAL_REPLY_TIMEOUT_S,
    ) -> None:
        """Keep the settings; `open` connects."""
        # The context is one in name alone: ftplib calls nothing of it that is not overridden here.
        super().__init__(context=tls.as_context(), timeout=timeout_s)
        self.encoding = "utf-8"
        self._tls = tls
        self._protection = protection
        self._final_reply_timeout_s = final_reply_timeout_s
        self._control: TlsSocket | None = None
        self._data: socket.socket | None = None
        self._raw: socket.socket | None = None
        self._aborted = False

    def open(self, address: str, access_code: str, port: int = FTPS_PORT) -> None:
        """Connect, make sure that it is the printer, and log in. Raises UploadError."""
        try:
            self._connect(address, port)
            self.sendcmd(f"USER {USER_NAME}")
            self.sendcmd(f"PASS {access_code}")
            self.sendcmd("PBSZ 0")
            self._protect()
            self.voidcmd("TYPE I")
        except NotThePrinterError as err:
            raise UploadError(UploadCause.NOT_THE_PRINTER, str(err)) from err
        except ftplib.error_perm as err:
            # Replies can echo what was sent.
            code = str(err)[:3]
            cause = UploadCause.WRONG_CODE if code == "530" else UploadCause.REFUSED
            raise UploadError(cause, f"the login is refused with {code}") from None
        except (HandshakeStalledError, OSError, EOFError, ftplib.Error) as err:
            self._check_aborted()
            raise UploadError(UploadCause.UNREACHABLE, words(err)) from err

    def give_up(self) -> None:
        """Break off whatever is under way."""
        self._aborted = True
        self._tls.abort()
        for sock in (self._raw, self._data):
            if sock is not None:
                shut_down(sock)

    def free_bytes(self) -> int | None:
        """Ask how much room there is. None where the printer does not answer it. Raises UploadError."""
        reply = self._ask("AVBL")
        found = _FREE.match(reply)
        return int(found[1]) if found else None

    def size_of(self, name: str) -> int | None:
        """Ask how large a file is. None where it is not there or SIZE is not understood. Raises UploadError."""
        reply = self._ask(f"SIZE {name}")
        found = _FREE.match(reply)
        return int(found[1]) if found else None

    def remove(self, name: str) -> bool:
        """Delete a file; False where it was not there. Raises UploadError."""
        return self._ask(f"DELE {name}").startswith("2")

    def store(
        self, name: str, file: BinaryIO, on_block: Callable[[bytes], None]
    ) -> bool:
        """Send a file. Returns whether the printer has confirmed that it has it.

        `on_block` is called with every block before it is sent, and may raise. False stands for an end without an answer: `size_of`
        decides then, on another connection. Raises UploadError, ProtectionRefusedError.
        """
        broken: Exception | None = None
        try:
            data = self._open_data(name)
        except (OSError, EOFError) as err:
            self._check_aborted()
            raise UploadError(UploadCause.BROKEN_OFF, words(err)) from err
        with data:
            try:
                while block := read_block(file):
                    on_block(block)
                    data.sendall(block)
                _end(data)
            except OSError as err:
                # The printer's reply about it comes over the control connection.
                broken = err
                data.close()
            self._check_aborted()
            # The data connection stays until the printer has everything: closing one on which it has sent something that
            # were not read, such as the session tickets of TLS 1.3, resets it, and the end of the file is lost.
            return self._final_reply(broken)

    # --- connections ---

    def _connect(self, address: str, port: int) -> None:
        self.host = address
        self._raw = sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            self._check_aborted()
            sock.settimeout(CONNECT_TIMEOUT_S)
            sock.connect((address, port))
            sock.settimeout(self.timeout)
        except BaseException:
            sock.close()
            raise
        self.af = sock.family
        self._control = self._tls.wrap_socket(sock)
        self.sock = cast("socket.socket", self._control)
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()

    def _protect(self) -> None:
        """Choose the protection level of data connections. Raises ProtectionRefusedError."""
        try:
            self.voidcmd(f"PROT {self._protection}")
        except ftplib.error_perm as err:
            raise ProtectionRefusedError(str(err)) from err

    def _open_data(self, name: str) -> TlsSocket | socket.socket:
        """Have a data connection for STOR. Raises UploadError, ProtectionRefusedError, OSError, EOFError."""
        try:
            # The base class's: `FTP_TLS` would shake hands itself. It calls the control host, whatever address PASV has.
            data, _size = ftplib.FTP.ntransfercmd(self, f"STOR {name}")
        except ftplib.Error as err:
            self._check_aborted()
            raise _refusal(str(err)) from err
        self._data = data
        if self._protection is DataProtection.CLEAR:
            return data
        assert self._control
        try:
            return self._tls.wrap_socket(data, session=self._control.session)
        except NotThePrinterError as err:
            raise UploadError(UploadCause.NOT_THE_PRINTER, str(err)) from err
        except (HandshakeStalledError, OSError) as err:
            self._check_aborted()
            raise ProtectionRefusedError(words(err)) from err

    @override
    def ntransfercmd(
        self, cmd: str, rest: int | str | None = None
    ) -> tuple[socket.socket, int | None]:
        """Nothing but STOR is needed here."""
        raise NotImplementedError

    # --- dialogue ---

    def _ask(self, command: str) -> str:
        """Send a command and return its reply, also one that refuses. Raises UploadError."""
        try:
            return self.sendcmd(command)
        except (ftplib.error_perm, ftplib.error_temp) as err:
            return str(err)
        except (ftplib.Error, OSError, EOFError) as err:
            self._check_aborted()
            raise UploadError(UploadCause.BROKEN_OFF, words(err)) from err

    def _final_reply(self, broken: Exception | None) -> bool:
        """Wait for the final reply of the transfer. Raises UploadError."""
        assert self.sock
        self.sock.settimeout(self._final_reply_timeout_s)
        try:
            return self.getresp().startswith("2") and broken is None
        except ftplib.error_perm as err:
            raise _refusal(str(err)) from err
        except ftplib.Error, OSError, EOFError:
            # 426 and the like, nothing in time, or the end.
            self._check_aborted()
            return False
        finally:
            with suppress(OSError):
                self.sock.settimeout(self.timeout)

    def _check_aborted(self) -> None:
        if self._aborted:
            raise CancelledTransferError


def read_block(file: BinaryIO, size_bytes: int = BLOCK_BYTES) -> bytes:
    """Read so much at most; nothing at the end. Raises UploadError."""
    try:
        return file.read(size_bytes)
    except OSError as err:
        raise UploadError(UploadCause.FILE_UNREADABLE, words(err)) from err


def _end(data: TlsSocket | socket.socket) -> None:
    """Send close_notify without waiting for the printer's. Raises OSError."""
    if isinstance(data, TlsSocket):
        data.finish()
    else:
        data.shutdown(socket.SHUT_WR)


def _refusal(reply: str) -> UploadError:
    """Return by the code why a printer refuses a file."""
    match reply[:3]:
        case "552" | "452":
            cause = UploadCause.STORAGE_FULL
        case "553":
            cause = UploadCause.STORAGE_REFUSED
        case "530" | "532":
            cause = UploadCause.WRONG_CODE
        case code if code.startswith("5") and code not in {"521", "522"}:
            cause = UploadCause.REFUSED
        case _:
            cause = UploadCause.BROKEN_OFF
    return UploadError(cause, reply[:200])


def words(err: Exception) -> str:
    """Say in a few words, for a log, what went wrong."""
    match err:
        case TimeoutError():
            return "no answer"
        case ssl.SSLError():
            return f"TLS: {err.reason or 'broken off'}"
        case OSError():
            return err.strerror or type(err).__name__
        case EOFError():
            return "the connection ended"
        case _:
            return str(err)[:200] or type(err).__name__
