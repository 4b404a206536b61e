"""One slicer's MQTT session through the relay: at the session that Home Assistant has with the printer, or with one of its own."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
import logging

from ...events import OtherCodeAccepted, RelayEvent, SlicerDisconnected
from ...explanations import Explanation
from ...net import endings
from ...net.admission import Displacement, OpenConnection
from ...net.failed_logins import FailedLogins
from ...net.listener import close_now
from ...net.log_bounds import LogRate
from ...net.printer_client import Dialler, reason_of
from ...pki.printer_identity import NotThePrinterError
from ...printable import MAX_CLIENT_ID_CHARS, text
from ...protocol.mqtt.decoder import check_first_byte, decode
from ...protocol.mqtt.framing import Frame, Framer, PacketType
from ...protocol.mqtt.packets import Connect, ConnectReturnCode, ProtocolError
from ...protocol.ports import MQTT_PORT
from ...values import ConnectedSlicer, JsonObject, Service
from ..meter import Traffic
from ..rewriting import AddressRewriter, is_signed, payload_start, rewrite_publish
from ..shared import SharedSession
from ..upstream import Upstream
from .leg import Leg
from .shared_slicer import SharedReports, SharedSlicer

_LOGGER = logging.getLogger(__name__)

LOGIN_TIMEOUT_S = 60.0
IDLE_LIMIT_S = 600.0
CLOSE_LIMIT_S = 2.0
MAX_CONNECT_BYTES = 64 * 1024
# The body of a CONNACK.
_ACCEPTED = bytes((0, ConnectReturnCode.ACCEPTED))
# Full reports of the biggest printers have 32 kB.
MAX_PACKET_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttRelayContext:
    """What all sessions of one relay share."""

    upstream: Upstream
    address: str
    """The printer's address for slicers."""
    dialler: Dialler
    emit: Callable[[RelayEvent], None]
    failed_logins: FailedLogins
    on_print: Callable[[str, JsonObject], None]
    on_failure: Callable[[Explanation], None]
    shared: SharedSession
    """The session that all slicers use if they can."""
    reports: SharedReports
    traffic: Traffic = field(default_factory=Traffic)
    log_rate: LogRate = field(default_factory=LogRate)


class MqttSession:
    """A slicer's connection, and the relay's connection to the printer that belongs to it, where the slicer needs one."""

    def __init__(
        self,
        context: MqttRelayContext,
        connection: OpenConnection,
        *,
        opened: Callable[[MqttSession], bool],
        logged_in: Callable[[ConnectedSlicer], None],
        closed: Callable[[MqttSession], None],
    ) -> None:
        """Prepare.

        `opened` is called at the start and returns whether the session may begin, `logged_in` after a login that the
        printer accepted, `closed` when both sides are closed.
        """
        self._connection = connection
        self._opened = opened
        self._report_login = logged_in
        self._closed = closed
        self.slicer: ConnectedSlicer | None = None
        self.slicer_leg = Leg(self, Framer(MAX_CONNECT_BYTES, check_first_byte))
        self._printer_leg: Leg | None = None
        self._printer_address = ""
        self._at_shared: SharedSlicer | None = None
        self._context = context
        self._loop = asyncio.get_running_loop()
        self._peer = ""
        self._client_id = ""
        self._reason: Explanation | None = None
        self._dialling: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._active_at = self._loop.time()
        self._open_legs = 0
        self._ended = False
        self._downwards: AddressRewriter | None = None
        self._upwards: AddressRewriter | None = None

    # --- called by the legs ---

    def leg_opened(self, leg: Leg) -> None:
        """Begin with the slicer's; the printer is connected to after the slicer's CONNECT."""
        self._open_legs += 1
        if leg is not self.slicer_leg:
            return
        assert leg.transport
        self._peer, *_ = leg.transport.get_extra_info("peername") or ("",)
        self._connection.when_displaced(self._displaced)
        if not self._opened(self):
            self.end(endings.STOPPED)
            return
        self._timer = self._loop.call_later(LOGIN_TIMEOUT_S, self.end, endings.LATE)

    def leg_lost(self, leg: Leg, exc: Exception | None) -> None:
        """End the other one too, once everything was sent to it."""
        self._open_legs -= 1
        if leg is self.slicer_leg:
            self._leave(endings.broken(exc) if exc else endings.LEFT)
        else:
            self._leave(endings.printer_broken(exc) if exc else endings.PRINTER_LEFT)
        for each in (self.slicer_leg, self._printer_leg):
            if each and each is not leg:
                each.close()
        self._finish()

    def received(self, leg: Leg) -> None:
        """Pass on what was received."""
        if self._reason is not None:
            return
        self._active_at = self._loop.time()
        try:
            if leg is not self.slicer_leg:
                self._pass_down(leg)
            elif self._at_shared:
                self._at_shared.receive()
            elif self._printer_leg:
                self._pass_up()
            else:
                self._open()
        except ProtocolError as err:
            _LOGGER.debug("%s does not speak MQTT: %s", self._peer, err)
            self.end(endings.protocol_error(err))
        except Exception:
            if self._context.log_rate.allows("unexpected"):
                _LOGGER.exception("A relayed MQTT session failed unexpectedly")
            self.end(endings.INTERNAL)

    def leg_filled(self, leg: Leg) -> None:
        """Let a slicer at the shared session miss reports; else the other side is not read meanwhile."""
        if self._at_shared and leg is self.slicer_leg:
            self._at_shared.filled()

    def leg_drained(self, leg: Leg) -> None:
        """Let it have a full one."""
        if self._at_shared and leg is self.slicer_leg:
            self._at_shared.drained()

    def end(self, reason: Explanation) -> None:
        """Close both sides in good order; a side that does not answer is aborted after CLOSE_LIMIT_S."""
        self._leave(reason)
        for leg in (self.slicer_leg, self._printer_leg):
            if leg:
                leg.close()
        self._finish()

    # --- inside ---

    def _open(self) -> None:
        """Connect to the printer once the slicer has sent its CONNECT. Raises ProtocolError."""
        if self._dialling or (frame := self.slicer_leg.framer.next_frame()) is None:
            return
        connect = decode(frame)
        if not isinstance(connect, Connect):
            raise ProtocolError("the first packet is not a CONNECT")
        self._client_id = text(connect.client_id, max_chars=MAX_CLIENT_ID_CHARS)
        self.slicer_leg.pause()
        self._dialling = self._loop.create_task(
            self._dial(frame, connect), name=f"connect to the printer for {self._peer}"
        )
        # Unlike the end of what it does, this also comes where it is cancelled before it has begun.
        self._dialling.add_done_callback(self._dialled)

    async def _dial(self, frame: Frame, connect: Connect) -> None:
        leg = Leg(self, Framer(MAX_PACKET_BYTES))
        try:
            address = None
            if not await self._join_shared(connect):
                address = await self._connect(leg)
        except (OSError, NotThePrinterError) as err:
            leg.abort()
            self._context.on_failure(reason_of(err))
            self.end(endings.UNREACHABLE)
        except BaseException:
            leg.abort()
            raise
        else:
            if address is None:
                pass
            elif self._reason is None:
                self._join(leg, address, frame)
            else:
                leg.abort()

    def _dialled(self, _task: asyncio.Task[None]) -> None:
        self._dialling = None
        self._finish()

    async def _join_shared(self, connect: Connect) -> bool:
        """Let the slicer use the shared session. Returns whether it does. Raises OSError, ProtocolError."""
        context = self._context
        if context.upstream.address is None and context.shared.address is None:
            return False
        slicer = SharedSlicer(
            self.slicer_leg,
            connect,
            context.reports,
            serial=context.upstream.serial,
            traffic=context.traffic,
            on_command=self._look_for_print,
            end=self._end_shared,
            idle=self._shared_is_idle,
        )
        place = await context.shared.join(
            connect.user or "", connect.password or b"", slicer
        )
        address = context.shared.address
        if place is None or address is None or self._reason is not None:
            if place:
                place.leave()
            return False
        context.reports.at(address)
        self._stop_timer()
        self._watch_idleness()
        self._at_shared = slicer
        if self._logged_in(_ACCEPTED):
            self.slicer_leg.framer.limit_bytes = MAX_PACKET_BYTES
            self.slicer_leg.resume()
            slicer.begin(place, AddressRewriter(address, [context.address]))
            self.received(self.slicer_leg)
        else:
            place.leave()
        return True

    def _end_shared(self, reason: Explanation) -> None:
        if reason is endings.PRINTER_LEFT:
            self._context.on_failure(reason)
        self.end(reason)

    def _shared_is_idle(self) -> None:
        """Read on: nothing of what the slicer has sent waits any more."""
        if self._reason is None:
            self.slicer_leg.resume()
            self.received(self.slicer_leg)
        self._finish()

    async def _connect(self, leg: Leg) -> str:
        """Connect to the printer, verified. Returns its address. Raises NotThePrinterError, OSError."""
        upstream = self._context.upstream
        address = upstream.reachable_address()
        await self._context.dialler.open(
            lambda: leg, address, MQTT_PORT, upstream.identity
        )
        return address

    def _join(self, leg: Leg, address: str, connect: Frame) -> None:
        """Join both sides: send the CONNECT, and relay packets from here on."""
        own = self._context.address
        self._downwards = AddressRewriter(own, [address], collects=True)
        self._upwards = AddressRewriter(address, [own])
        self._printer_leg = leg
        self._printer_address = address
        leg.other, self.slicer_leg.other = self.slicer_leg, leg
        self._stop_timer()
        self._watch_idleness()
        leg.write(connect.encoded)
        self._context.traffic.up.add(len(connect.encoded))
        self.slicer_leg.framer.limit_bytes = MAX_PACKET_BYTES
        self.slicer_leg.resume()
        self.received(self.slicer_leg)
        self.received(leg)

    def _displaced(self, why: Displacement) -> None:
        """Close without waiting for the slicer."""
        self._leave(why.value)
        if self.slicer_leg.transport:
            close_now(self.slicer_leg.transport)
        if self._printer_leg:
            self._printer_leg.close()
        self._finish()

    def _pass_up(self) -> None:
        """Pass the slicer's packets to the printer. Raises ProtocolError."""
        assert self._printer_leg
        assert self._upwards
        sent = []
        while frame := self.slicer_leg.framer.next_frame():
            data = frame.encoded
            if frame.kind == PacketType.PUBLISH:
                body = frame.body
                payload = body[payload_start(frame, body) :]
                if not is_signed(payload):
                    data = rewrite_publish(frame, self._upwards)
                self._look_for_print(payload)
            sent.append(data)
        self._send(self._printer_leg, sent, self._context.traffic.up.add)

    def _pass_down(self, leg: Leg) -> None:
        """Pass the printer's packets to the slicer. Raises ProtocolError."""
        if self._downwards is None:
            # Its certificate is not verified yet.
            return
        self._context.upstream.heard_at(self._printer_address)
        sent = []
        while frame := leg.framer.next_frame():
            if frame.kind == PacketType.CONNACK and self._logged_in(frame.body):
                if self._context.shared.address is not None:
                    self._context.emit(OtherCodeAccepted())
            sent.append(rewrite_publish(frame, self._downwards))
        self._send(self.slicer_leg, sent, self._context.traffic.down.add)

    def _send(
        self, leg: Leg, packets: list[bytes], count: Callable[[int], None]
    ) -> None:
        if packets:
            data = b"".join(packets)
            leg.write(data)
            count(len(data))

    def _logged_in(self, connack: bytes) -> bool:
        """Handle the printer's answer to the login. Returns whether the slicer has just been logged in."""
        code = connack[1] if len(connack) == 2 else None
        if code == ConnectReturnCode.ACCEPTED and not self.slicer:
            if not self._connection.log_in():
                self.end(endings.TOO_MANY_OF_CLIENT)
                return False
            self._context.failed_logins.forget(self._peer, Service.MQTT)
            self.slicer = ConnectedSlicer(
                peer=self._peer,
                client_id=self._client_id,
                connected_since=datetime.now(UTC),
            )
            self._report_login(self.slicer)
            return True
        if code in {
            ConnectReturnCode.BAD_USER_NAME_OR_PASSWORD,
            ConnectReturnCode.NOT_AUTHORIZED,
        }:
            self._connection.refused()
            self._context.failed_logins.count(self._peer, Service.MQTT)
        return False

    def _look_for_print(self, payload: bytes) -> None:
        if b"project_file" not in payload and b"gcode_file" not in payload:
            return
        with suppress(ValueError, RecursionError):
            match json.loads(payload.rstrip(b"\0")):
                case {"print": {"command": "project_file" | "gcode_file"} as command}:
                    self._context.on_print(self._peer, command)

    def _watch_idleness(self) -> None:
        """End the session if nothing was relayed for IDLE_LIMIT_S."""
        active_at = self._active_at
        if self._at_shared:
            active_at = max(active_at, self._at_shared.active_at)
        rest = active_at + IDLE_LIMIT_S - self._loop.time()
        if rest <= 0:
            self.end(endings.IDLE)
        else:
            self._timer = self._loop.call_later(rest, self._watch_idleness)

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _leave(self, reason: Explanation) -> None:
        if self._reason is not None:
            return
        self._reason = reason
        self._stop_timer()
        if self._at_shared:
            self._at_shared.leave()
        if self._dialling:
            self._dialling.cancel()
        # A side that does not read the rest is aborted.
        self._timer = self._loop.call_later(CLOSE_LIMIT_S, self._abort)

    def _abort(self) -> None:
        if self._at_shared:
            self._at_shared.abort()
        for leg in (self.slicer_leg, self._printer_leg):
            if leg:
                leg.abort()

    def _finish(self) -> None:
        """Report the end once both sides are closed."""
        is_busy = self._at_shared is not None and self._at_shared.is_busy
        if self._open_legs or self._dialling or is_busy or self._ended:
            return
        self._ended = True
        self._stop_timer()
        _LOGGER.debug("%s is gone: %s", self._peer, self._reason)
        if self.slicer:
            self._context.emit(
                SlicerDisconnected(
                    peer=self._peer,
                    client_id=self._client_id,
                    reason=self._reason or endings.LEFT,
                )
            )
        self._closed(self)
