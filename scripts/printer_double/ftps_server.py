"""The FTPS server of the simulated printer: blocking, a thread per connection, strict where real printers are."""

from collections.abc import Callable
from contextlib import suppress
import socket
import ssl
import struct
from typing import override

from .threaded_server import TIMEOUT_S, ThreadedServer

DATA_PORTS = range(50000, 50101)


class SimulatedFtps(ThreadedServer):
    """Implicit FTPS on port 990, as vsFTPd of a printer does it.

    Data connections have to resume the control session's TLS session (`522` otherwise). `levels` are the PROT levels it
    agrees to. The data connection's end goes out before the 226.
    """

    def __init__(
        self,
        address: str,
        context: ssl.SSLContext,
        access_code: str,
        *,
        levels: str = "PC",
        on_file: Callable[[str, bytes], None] = lambda name, content: None,
        dialogue: type[Dialogue] | None = None,
    ) -> None:
        """Listen at once."""
        self._dialogue = dialogue or Dialogue
        self.levels = levels
        self.files: dict[str, bytes] = {}
        self.log: list[str] = []
        self.received = 0
        self.read_delay: Callable[[], None] = lambda: None
        self.keep_content = True
        self.access_code = access_code
        self.on_file = on_file
        self._next_port = 0
        super().__init__(address, 990, context)

    @override
    def serve(self, sock: ssl.SSLSocket) -> None:
        dialogue = self._dialogue(self, sock)
        try:
            dialogue.run()
        except OSError as err:
            self.log.append(f"control: {err!r}")
        finally:
            dialogue.close()

    def data_socket(self) -> socket.socket:
        """Listen for a data connection. Raises OSError when all ports are taken."""
        for _ in DATA_PORTS:
            port = DATA_PORTS[self._next_port % len(DATA_PORTS)]
            self._next_port += 7
            with suppress(OSError):
                return socket.create_server((self.address, port))
        raise OSError("no data port")


class Dialogue:
    """A control connection."""

    def __init__(self, server: SimulatedFtps, control: ssl.SSLSocket) -> None:
        """Nobody is logged in yet."""
        self.server = server
        self.control = control
        self.lines = control.makefile("r", encoding="utf-8", newline="\r\n")
        self.private = False
        self.user = ""
        self.logged_in = False
        self.listening: socket.socket | None = None

    def close(self) -> None:
        """Give up what is still open."""
        self.lines.close()
        if self.listening:
            self.listening.close()

    def _listen(self) -> int:
        """Listen for a data connection, in the place of any before. Returns the port. Raises OSError when all are taken."""
        if self.listening:
            self.listening.close()
        self.listening = self.server.data_socket()
        port: int = self.listening.getsockname()[1]
        return port

    def say(self, text: str) -> None:
        """Reply."""
        self.control.sendall(f"{text}\r\n".encode())

    def run(self) -> None:
        """Answer command after command. Raises OSError."""
        self.say(f"220 (vsFTPd 3.0.5) at {self.server.address}")
        for line in self.lines:
            verb, _, argument = line.strip().partition(" ")
            self.server.log.append(verb if verb == "PASS" else line.strip())
            if verb == "QUIT":
                self.say("221 Goodbye.")
                return
            handler = getattr(self, f"_do_{verb.lower()}", None)
            if handler is None:
                self.say("502 Command not implemented.")
            elif not self.logged_in and verb not in {"USER", "PASS"}:
                self.say("530 Please login with USER and PASS.")
            else:
                handler(argument)

    def _do_user(self, argument: str) -> None:
        self.user = argument
        self.say("331 Please specify the password.")

    def _do_pass(self, argument: str) -> None:
        self.logged_in = (self.user, argument) == ("bblp", self.server.access_code)
        self.say("230 Login successful." if self.logged_in else "530 Login incorrect.")

    def _do_pbsz(self, argument: str) -> None:
        self.say("200 PBSZ set to 0.")

    def _do_prot(self, argument: str) -> None:
        if argument not in self.server.levels:
            self.say("536 PROT not supported.")
            return
        self.private = argument == "P"
        self.say("200 PROT now Private." if self.private else "200 PROT now Clear.")

    def _do_type(self, argument: str) -> None:
        self.say("200 Switching to Binary mode.")

    def _do_pwd(self, argument: str) -> None:
        self.say('257 "/" is the current directory')

    def _do_feat(self, argument: str) -> None:
        self.say("211-Features:\r\n EPSV\r\n PASV\r\n PBSZ\r\n PROT\r\n211 End")

    def _do_epsv(self, argument: str) -> None:
        port = self._listen()
        self.say(f"229 Entering Extended Passive Mode (|||{port}|)")

    def _do_pasv(self, argument: str) -> None:
        port = self._listen()
        numbers = ",".join(
            [*self.server.address.split("."), str(port >> 8), str(port & 255)]
        )
        self.say(f"227 Entering Passive Mode ({numbers}).")

    def _do_size(self, argument: str) -> None:
        content = self.server.files.get(base_name(argument))
        self.say(
            "550 Could not get file size." if content is None else f"213 {len(content)}"
        )

    def _do_dele(self, argument: str) -> None:
        found = self.server.files.pop(base_name(argument), None)
        self.say("550 Delete operation failed." if found is None else "250 Deleted.")

    def _do_stor(self, argument: str) -> None:
        name = base_name(argument)

        def _store(data: socket.socket) -> None:
            content = bytearray()
            while block := data.recv(65536):
                self.server.received += len(block)
                self.server.read_delay()
                if self.server.keep_content:
                    content += block
            self.server.files[name] = bytes(content)
            self.server.on_file(name, bytes(content))

        self._transfer(_store)

    def _do_retr(self, argument: str) -> None:
        content = self.server.files.get(base_name(argument))
        if content is None:
            self.say("550 Failed to open file.")
            return
        self._transfer(lambda data: data.sendall(content))

    def _do_list(self, argument: str) -> None:
        lines = [
            f"-rw-r--r--    1 0        0        {len(content)} Nov 05 13:07 {name}\r\n"
            for name, content in self.server.files.items()
        ]
        self._transfer(lambda data: data.sendall("".join(lines).encode()))

    def _transfer(self, work: Callable[[socket.socket], None]) -> None:
        listening, self.listening = self.listening, None
        if listening is None:
            self.say("425 Use PORT or PASV first.")
            return
        with listening:
            listening.settimeout(TIMEOUT_S)
            try:
                data, _peer = listening.accept()
            except TimeoutError:
                self.say("425 Failed to establish connection.")
                return
        data.settimeout(TIMEOUT_S)
        self.say("150 Ok to send data.")
        try:
            if self.private:
                tls = self.server.context.wrap_socket(data, server_side=True)
                data = tls
                if not tls.session_reused:
                    self.say("522 SSL connection failed; session reuse required")
                    return
            work(data)
            if isinstance(data, ssl.SSLSocket):
                with suppress(OSError):
                    data.settimeout(0)
                    data.unwrap()
            data.close()
            self.say("226 Transfer complete.")
        except OSError as err:
            self.server.log.append(f"data: {err!r}")
            self.say("426 Failure reading network stream.")
        finally:
            data.close()


def base_name(path: str) -> str:
    """Return the last part."""
    return path.rpartition("/")[2]


def reset(sock: socket.socket) -> None:
    """Close with a RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()
