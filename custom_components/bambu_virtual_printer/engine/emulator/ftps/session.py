"""One control connection: reads commands, carries them out and answers them, in order.

Commands are taken strictly one after another. During a transfer only ABOR and the end of the connection are looked for;
both end the transfer. The bytes are moved by another thread (`transfer_thread`), so sessions do not wait for each other.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import logging
from typing import cast, override

from ...explanations import Explanation
from ...net.admission import Displacement, OpenConnection
from ...net.listener import close_now, may_write
from ...net.log_bounds import shown
from ...net.pauses import waking_timeout
from ...reception.failures import (
    CALLED_OFF,
    INTERNAL,
    REPLACED,
    STOPPED,
    AbortedError,
    CrashedError,
    TransferError,
)
from ...values import UNNAMED, Service
from . import replies
from .actions import (
    Abort,
    Delete,
    FreeSpace,
    ListFiles,
    Login,
    Modified,
    OpenPassive,
    Quit,
    RenameFrom,
    RenameTo,
    Retrieve,
    Size,
    Store,
)
from .commands import Step
from .connection import DataConnection
from .context import SessionContext
from .dialogue import Dialogue
from .failures import CONTROL_LOST, code_of
from .file_commands import answer, find
from .passive import NoFreePortError, PassivePort
from .replies import Reply
from .transfers import Transfer, transfer_for

_LOGGER = logging.getLogger(__name__)

IDLE_LIMIT_S = 300.0
CLOSE_LIMIT_S = 3.0
# Pipelined commands. A client that sends more is not read until they are taken. What is read at once is bounded too:
# otherwise asyncio's TLS hands over all it has, up to 256 kB (measured).
MAX_BACKLOG_BYTES = 16 * 1024
READ_BYTES = 4 * 1024
# However many commands are pipelined, others have a turn after a few.
COMMANDS_PER_TURN = 8


class ControlSession(asyncio.BufferedProtocol):
    """The control connection of one client, after its TLS handshake."""

    def __init__(
        self,
        context: SessionContext,
        admitted: OpenConnection,
        *,
        opened: Callable[[ControlSession], Reply | None],
        may_log_in: Callable[[], bool],
        ended: Callable[[ControlSession], None],
        closed: Callable[[ControlSession], None],
    ) -> None:
        """Set callbacks: `opened` at the start, `ended` after the last reply, `closed` when the socket is closed.

        `admitted` is the admitted connection. A reply that `opened` returns is the only one sent; `may_log_in` returns
        whether the server accepts one more session that is logged in.
        """
        self._context = context
        self._admitted = admitted
        self._may_log_in = may_log_in
        self._opened = opened
        self._ended = ended
        self._closed = closed
        self._loop = asyncio.get_running_loop()
        self._dialogue = Dialogue()
        self._received = memoryview(bytearray(READ_BYTES))
        self._transport: asyncio.Transport
        self._peer = ""
        self._address = ""
        self._arrived = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._reading = True
        self._lost = asyncio.Event()
        self._gone = False
        self._final_reply: Reply | None = None
        # The port of the last PASV or EPSV, and the port of the transfer under way.
        self._port: PassivePort | None = None
        self._active: PassivePort | None = None
        self._aborted = False
        self.sender = UNNAMED
        """Who is logged in."""
        self.task: asyncio.Task[None]

    @property
    def logged_in(self) -> bool:
        """Whether the client has sent the right access code."""
        return self._admitted.authenticated

    def end(self, final_reply: Reply) -> None:
        """End the session soon: fail its transfer, send `final_reply`, close."""
        self._final_reply = final_reply
        self._hang_up(STOPPED)

    # --- called by the transport -------------------------------------------------------------------------------------

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._peer = transport.get_extra_info("peername")[0]
        self._address = transport.get_extra_info("sockname")[0]
        self._admitted.when_displaced(self._displaced)
        refusal = self._opened(self)
        self.task = self._loop.create_task(
            self._run(refusal), name=f"ftps {self._address} {self._peer}"
        )

    @override
    def get_buffer(self, sizehint: int) -> memoryview:
        return self._received

    @override
    def buffer_updated(self, nbytes: int) -> None:
        self._dialogue.feed(self._received[:nbytes])
        self._arrived.set()
        if self._active and not self._aborted and self._dialogue.abort_waiting:
            self._aborted = True
            self._active.close(CALLED_OFF)
        if self._reading and self._dialogue.backlog_bytes > MAX_BACKLOG_BYTES:
            self._reading = False
            self._transport.pause_reading()

    @override
    def pause_writing(self) -> None:
        self._writable.clear()

    @override
    def resume_writing(self) -> None:
        self._writable.set()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._lost.set()
        self._hang_up(CONTROL_LOST)

    # --- the conversation --------------------------------------------------------------------------------------------

    async def _run(self, refusal: Reply | None) -> None:
        try:
            if refusal:
                self._reply(refusal)
            else:
                self._reply(replies.READY)
                await self._converse()
        except Exception:
            if self._context.log_rate.allows("unexpected"):
                _LOGGER.exception("The FTPS session of %s failed", self._peer)
            self._reply(replies.INTERNAL_ERROR)
        finally:
            self._drop_ports(STOPPED)
            self._ended(self)
            await self._close()
            self._closed(self)

    async def _converse(self) -> None:
        """Take commands until one side ends the session."""
        taken = 0
        while not self._ending:
            try:
                async with waking_timeout(IDLE_LIMIT_S):
                    step = await self._next_step()
            except TimeoutError:
                self._reply(replies.IDLE_TOO_LONG)
                return
            if step is None:
                break
            _LOGGER.debug("%s: %s", self._peer, shown(step))
            if isinstance(step, Quit):
                self._reply(replies.GOODBYE)
                return
            await self._take(step)
            taken += 1
            if taken % COMMANDS_PER_TURN == 0:
                await asyncio.sleep(0)
        if self._final_reply:
            self._reply(self._final_reply)

    async def _next_step(self) -> Step | None:
        """Wait for a command, and until the client has read the replies before it. None at the end."""
        while not self._ending:
            await self._writable.wait()
            self._arrived.clear()
            if (step := self._dialogue.step()) is not None:
                return step
            if not self._reading:
                self._reading = True
                self._transport.resume_reading()
            await self._arrived.wait()
        return None

    async def _take(self, step: Step) -> None:
        """Answer a command with exactly one final reply."""
        context = self._context
        try:
            match step:
                case Reply():
                    self._reply(step)
                case Login():
                    await self._log_in(step)
                case OpenPassive(extended=extended):
                    self._open_passive(extended=extended)
                case Store() | Retrieve() | ListFiles():
                    transfer = transfer_for(
                        step,
                        context,
                        peer=self._peer,
                        sender=self.sender,
                        protected=self._dialogue.protected,
                    )
                    await self._carry_out(transfer)
                case RenameFrom(name=name):
                    file = await find(context.storage, name, self.sender)
                    if file and self.sender.may_have(file.person):
                        self._dialogue.rename_next(name)
                        self._reply(replies.RENAME_TO)
                    else:
                        self._reply(replies.NO_SUCH_FILE)
                case Size() | Modified() | Delete() | RenameTo() | FreeSpace():
                    self._reply(
                        await answer(
                            step, context.storage, context.emit, client=self.sender
                        )
                    )
                case Abort():
                    aborted, self._aborted = self._aborted, False
                    self._drop_ports(CALLED_OFF)
                    self._reply(
                        replies.ABORTED if aborted else replies.NOTHING_TO_ABORT
                    )
        except TransferError as err:
            self._reply(_failure(err))

    async def _log_in(self, login: Login) -> None:
        sender = self._context.logins.check(
            login.user, login.access_code, self._peer, Service.FTPS
        )
        if sender is not None:
            if self._admitted.authenticated or (
                self._may_log_in() and self._admitted.log_in()
            ):
                self.sender = sender
                self._dialogue.log_in()
                self._reply(replies.LOGGED_IN)
            else:
                self._final_reply = replies.TOO_MANY_SESSIONS
            return
        self._admitted.refused()
        with suppress(TimeoutError):
            async with asyncio.timeout(
                self._context.logins.refusal_delay_s(self._peer)
            ):
                await self._lost.wait()
        self._reply(replies.WRONG_CODE)

    def _open_passive(self, *, extended: bool) -> None:
        self._drop_ports(REPLACED)
        try:
            self._port = self._context.data_connections.open_port(
                self._address, self._peer
            )
        except NoFreePortError:
            self._reply(replies.NO_PASSIVE_PORT)
            return
        port = self._port.port
        self._reply(
            replies.extended_passive(port)
            if extended
            else replies.passive(self._context.pasv_address or self._address, port)
        )

    async def _carry_out(self, transfer: Transfer) -> None:
        """Use the data connection of the last PASV; the final reply is sent before it is closed."""
        port, self._port = self._port, None
        if port is None or port.given_up:
            self._reply(replies.PASSIVE_FIRST)
            return
        self._active = port
        connection: DataConnection | None = None
        try:
            await transfer.prepare()
            # Slicers begin their TLS handshake only after this.
            self._reply(replies.OPENING)
            connection = await port.connection()
            await transfer.perform(connection)
        except TransferError as err:
            # ABOR is answered with 226 only if it caused this failure.
            self._aborted = self._aborted and isinstance(err, AbortedError)
            self._reply(_failure(err))
            if connection:
                self._context.data_connections.linger(connection)
            else:
                port.close(err.explanation)
            await transfer.failed(err)
        except asyncio.CancelledError:
            port.close(STOPPED)
            await transfer.failed(AbortedError(STOPPED))
            raise
        except Exception:
            port.close(INTERNAL)
            await transfer.failed(CrashedError(INTERNAL))
            raise
        else:
            self._aborted = False
            self._reply(replies.TRANSFER_COMPLETE)
            self._context.data_connections.linger(connection)
            transfer.done()
        finally:
            self._active = None

    # --- replies and the end -----------------------------------------------------------------------------------------

    @property
    def _ending(self) -> bool:
        return self._final_reply is not None or self._gone or self._lost.is_set()

    def _reply(self, reply: Reply) -> None:
        if may_write(self._transport):
            self._transport.write(reply.encode())
        else:
            # The client has closed the connection: it gets no more replies, and commands not yet taken are dropped.
            self._gone = True

    def _displaced(self, why: Displacement) -> None:
        """Send the reason, and close without waiting for the client."""
        self._reply(
            replies.TOO_MANY_SESSIONS
            if why is Displacement.NO_ROOM
            else replies.LOGIN_TOO_LATE
        )
        close_now(self._transport)

    def _hang_up(self, reason: Explanation) -> None:
        """End what the session waits for."""
        self._drop_ports(reason)
        self._arrived.set()
        self._writable.set()

    def _drop_ports(self, reason: Explanation) -> None:
        port, self._port = self._port, None
        for each in (port, self._active):
            if each:
                each.close(reason)

    async def _close(self) -> None:
        """Close the connection; abort it after CLOSE_LIMIT_S."""
        self._transport.close()
        if self._gone:
            self._transport.abort()
        try:
            async with asyncio.timeout(CLOSE_LIMIT_S):
                await self._lost.wait()
        except TimeoutError:
            self._transport.abort()
            await self._lost.wait()


def _failure(error: TransferError) -> Reply:
    return Reply(code=code_of(error), text=str(error))
