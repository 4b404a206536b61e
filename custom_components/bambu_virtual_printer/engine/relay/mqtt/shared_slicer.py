"""A slicer that uses the session that Home Assistant has with the printer: it is answered here, as the printer's broker would.

Its commands go to the printer one after the other, and what the printer publishes goes to it while it reads. One that does not
read misses reports, and gets a full one when it reads again. A slicer's will stays here: the printer does not know that there
are several.
"""

import asyncio
from collections import deque
from collections.abc import Callable
import logging

from ...explanations import Explanation
from ...net import endings
from ...protocol.mqtt import packets
from ...protocol.mqtt.decoder import decode
from ...protocol.mqtt.packets import Connect, ConnectReturnCode
from ...protocol.mqtt.server_session import (
    CommandReceived,
    Left,
    LoginRequested,
    Session,
    Subscribed,
)
from ..meter import Traffic
from ..rewriting import AddressRewriter, is_signed
from ..shared import Place
from .leg import Leg

_LOGGER = logging.getLogger(__name__)

# Commands that wait to be sent; the slicer is not read while there are more.
MAX_WAITING = 32
# Longer than a computer sleeps for a moment; meanwhile it misses reports only.
STALL_LIMIT_S = 60.0
# Replies go out although the slicer does not read just now, within this bound.
MAX_UNREAD_BYTES = 512 * 1024
# A slicer whose connection broke sends its last commands again in its next session.
MAX_REMEMBERED = 256


class SharedReports:
    """What all slicers of one relay get: the addresses in a message are replaced once for all of them."""

    def __init__(self, own_address: str) -> None:
        """Replace the printer's addresses by `own_address`."""
        self._own_address = own_address
        self._address = ""
        self._rewriter = AddressRewriter(own_address, ())
        self._last: tuple[bytes, bytes] = (b"", b"")
        # Hashes of commands, the oldest first.
        self._commands: dict[int, None] = {}

    def at(self, address: str) -> None:
        """Replace this address, and those that the printer reports as its own."""
        if address != self._address:
            self._address = address
            self._rewriter = AddressRewriter(
                self._own_address, [address], collects=True
            )

    def rewritten(self, payload: bytes) -> bytes:
        """Return what slicers get of a message."""
        before, after = self._last
        if before is not payload:
            after = self._rewriter.rewrite(payload)
            self._last = payload, after
        return after

    def is_repeated(self, client_id: str, payload: bytes, *, redelivered: bool) -> bool:
        """Remember a command. Returns whether it is one that the client sends again, and that was sent."""
        digest = hash((client_id, payload))
        is_known = digest in self._commands
        self._commands.pop(digest, None)
        self._commands[digest] = None
        if len(self._commands) > MAX_REMEMBERED:
            del self._commands[next(iter(self._commands))]
        return is_known and redelivered


class SharedSlicer:
    """One slicer at the session. `end` closes its connection, `on_command` sees its commands, `idle` is called when nothing waits."""

    def __init__(
        self,
        leg: Leg,
        connect: Connect,
        reports: SharedReports,
        *,
        serial: str,
        traffic: Traffic,
        on_command: Callable[[bytes], None],
        end: Callable[[Explanation], None],
        idle: Callable[[], None],
    ) -> None:
        """Prepare; it is a listener of the session from then on."""
        self._leg = leg
        self._client_id = connect.client_id
        self._reports = reports
        self._traffic = traffic
        self._on_command = on_command
        self._end = end
        self._idle = idle
        self._session = Session(serial)
        self._session.receive(connect)
        self.active_at = float("-inf")
        """When the slicer was last sent something, on the loop's clock."""
        self._place: Place | None = None
        self._upwards: AddressRewriter | None = None
        self._is_subscribed = False
        self._is_gone = False
        self._has_missed = False
        self._commands: deque[bytes] = deque()
        self._worker: asyncio.Task[None] | None = None
        self._stalled: asyncio.TimerHandle | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a command is being sent."""
        return self._worker is not None

    def begin(self, place: Place, upwards: AddressRewriter) -> None:
        """Accept the login."""
        self._place = place
        self._upwards = upwards
        self._send(packets.connack(ConnectReturnCode.ACCEPTED))

    def receive(self) -> None:
        """Handle what the slicer has sent. Raises ProtocolError."""
        if self._place is None:
            return
        while len(self._commands) < MAX_WAITING:
            if (frame := self._leg.framer.next_frame()) is None:
                return
            acknowledgement, event = self._session.receive(decode(frame))
            if acknowledgement:
                self._send(acknowledgement)
            match event:
                case CommandReceived(payload=payload, redelivered=redelivered):
                    self._take(payload, redelivered=redelivered)
                case Subscribed():
                    self._is_subscribed = True
                    self._send_full_report()
                case Left():
                    self._end(endings.GOODBYE)
                    return
                case LoginRequested() | None:
                    pass
        self._leg.pause()

    def leave(self) -> None:
        """Leave the session once what the slicer has sent is passed on."""
        self._is_gone = True
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None
        if self._worker is None:
            self._leave_place()

    def abort(self) -> None:
        """Leave at once."""
        self._commands.clear()
        if self._worker:
            self._worker.cancel()

    # --- called by the session ---

    def report(self, payload: bytes) -> None:
        """Pass on what the printer published, unless the slicer does not read just now."""
        if not self._is_subscribed or self._is_gone:
            return
        if self._leg.is_full:
            self._has_missed = True
        else:
            self._publish(payload)

    def reply(self, payload: bytes) -> None:
        """Pass on a reply to a command of this slicer."""
        if not self._is_gone and self._leg.unread_bytes < MAX_UNREAD_BYTES:
            self._publish(payload)

    def ended(self) -> None:
        """End the slicer's session too; it comes back by itself."""
        self._place = None
        self._end(endings.PRINTER_LEFT)

    # --- called by the leg ---

    def filled(self) -> None:
        """Give the slicer some time to read again."""
        if self._stalled is None:
            self._stalled = asyncio.get_running_loop().call_later(
                STALL_LIMIT_S, self._end, endings.NOT_READING
            )

    def drained(self) -> None:
        """Send what was missed, as a full report."""
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None
        if self._has_missed:
            self._has_missed = False
            self._send_full_report()

    # --- inside ---

    def _take(self, payload: bytes, *, redelivered: bool) -> None:
        if self._reports.is_repeated(self._client_id, payload, redelivered=redelivered):
            return
        self._on_command(payload)
        if self._upwards and not is_signed(payload):
            payload = self._upwards.rewrite(payload)
        self._commands.append(payload)
        if self._worker is None:
            self._start_work()

    def _start_work(self) -> None:
        self._worker = asyncio.get_running_loop().create_task(
            self._work(), name=f"commands of {self._client_id}"
        )
        # A task that is cancelled before it begins runs nothing of its own.
        self._worker.add_done_callback(self._worked)

    async def _work(self) -> None:
        try:
            while self._commands and self._place:
                payload = self._commands.popleft()
                await self._place.send(payload)
                self._traffic.up.add(len(payload))
        except Exception:
            _LOGGER.exception("A command could not be passed on")
            self._commands.clear()
            self._end(endings.INTERNAL)

    def _worked(self, _worker: asyncio.Task[None]) -> None:
        self._worker = None
        if self._commands and self._place:
            # They came when it had just ended.
            self._start_work()
            return
        if self._is_gone:
            self._leave_place()
        self._idle()

    def _leave_place(self) -> None:
        self._commands.clear()
        if self._place:
            self._place.leave()
            self._place = None

    def _send_full_report(self) -> None:
        if self._place and (report := self._place.full_report()):
            self.report(report)

    def _publish(self, payload: bytes) -> None:
        self._send(
            packets.publish(
                self._session.report_topic, self._reports.rewritten(payload)
            )
        )

    def _send(self, packet: bytes) -> None:
        self.active_at = asyncio.get_running_loop().time()
        self._leg.write(packet)
        self._traffic.down.add(len(packet))
