"""The FTPS server of the simulated printer, with faults."""

from collections.abc import Callable
from contextlib import suppress
import socket
import ssl
import time

from .faults import Faults, FinalReply
from .ftps_server import Dialogue, SimulatedFtps, base_name

BLOCK_BYTES = 16 * 1024


class ScriptedFtps(SimulatedFtps):
    """As of a printer, but for what `faults` order."""

    def __init__(
        self,
        address: str,
        context: ssl.SSLContext,
        access_code: str,
        faults: Faults,
        *,
        on_file: Callable[[str, bytes], None] = lambda name, content: None,
    ) -> None:
        """Listen at once."""
        self.faults = faults
        self.uploads = 0
        self.writers = 0
        self.most_writers = 0
        """How many wrote at the same time, at most."""
        super().__init__(
            address,
            context,
            access_code,
            on_file=on_file,
            dialogue=_ScriptedDialogue,
        )


class _ScriptedDialogue(Dialogue):
    server: ScriptedFtps

    def run(self) -> None:
        if self.server.faults.login_ends:
            self.server.faults.login_ends -= 1
            self.control.close()
            return
        super().run()

    def _do_prot(self, argument: str) -> None:
        self.server.levels = self.server.faults.protections
        super()._do_prot(argument)

    def _do_pasv(self, argument: str) -> None:
        """Name an address that is none, as printers do."""
        self.listening = self.server.data_socket()
        port = self.listening.getsockname()[1]
        self.say(f"227 Entering Passive Mode (0,0,0,0,{port >> 8},{port & 255}).")

    def _do_avbl(self, argument: str) -> None:
        free = self.server.faults.free_bytes
        self.say("502 Command not implemented." if free is None else f"213 {free}")

    def _do_size(self, argument: str) -> None:
        if self.server.faults.knows_size:
            super()._do_size(argument)
        else:
            self.say("502 Command not implemented.")

    def _do_stor(self, argument: str) -> None:
        faults, server = self.server.faults, self.server
        server.uploads += 1
        if faults.stor_replies:
            if self.listening:
                self.listening.close()
            self.say(faults.stor_replies.pop(0))
            return
        listening, self.listening = self.listening, None
        if listening is None:
            self.say("425 Use PORT or PASV first.")
            return
        with listening:
            listening.settimeout(20)
            data, _peer = listening.accept()
        self.say("150 Ok to send data.")
        with suppress(OSError):
            data.settimeout(20)
            if self.private:
                if faults.data_tls_fails:
                    data.close()
                    self.say("425 Failed to establish connection.")
                    return
                data = server.context.wrap_socket(data, server_side=True)
                if not data.session_reused:
                    data.close()
                    self.say("522 SSL connection failed; session reuse required")
                    return
        self._receive(base_name(argument), data)

    def _receive(self, name: str, data: socket.socket) -> None:
        faults, server = self.server.faults, self.server
        limit = faults.cuts_after_bytes.pop(0) if faults.cuts_after_bytes else None
        final = (
            faults.final_replies.pop(0) if faults.final_replies else FinalReply.COMPLETE
        )
        server.writers += 1
        server.most_writers = max(server.most_writers, server.writers)
        content = bytearray()
        # What is written stays, as on a card.
        server.files[name] = b""
        try:
            while block := data.recv(BLOCK_BYTES):
                content += block
                server.received += len(block)
                if faults.seconds_per_block:
                    time.sleep(faults.seconds_per_block)
                if limit is not None and len(content) >= limit:
                    del content[limit:]
                    final = FinalReply.BROKEN if final is FinalReply.COMPLETE else final
                    break
        except OSError as err:
            server.log.append(f"data: {err!r}")
            final = FinalReply.BROKEN
        finally:
            # Its end of the TLS is never said, and the client's never waited for.
            data.close()
            server.writers -= 1
            server.files[name] = bytes(content)
        match final:
            case FinalReply.COMPLETE:
                server.on_file(name, bytes(content))
                self.say("226 Transfer complete.")
            case FinalReply.BROKEN:
                self.say("426 Failure reading network stream.")
            case FinalReply.FULL:
                self.say("552 No space left on the device.")
            case FinalReply.GONE:
                self.control.close()
