"""The MQTT server of one virtual printer: its clients, replies to their commands, and the status once a second."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
import logging

from ...events import PrinterEvent, SlicerConnected, SlicerDisconnected
from ...explanations import Explanation
from ...mirror.served import Served
from ...mirror.values import Mirror, OwnJob, Target
from ...net import endings
from ...net.admission import OpenConnection
from ...net.pauses import PAUSE_S
from ...printable import MAX_CLIENT_ID_CHARS, text
from ...protocol.mqtt import packets
from ...protocol.mqtt.packets import Connect, ConnectReturnCode
from ...protocol.mqtt.server_session import CommandReceived, LoginRequested, Subscribed
from ...values import ConnectedSlicer, PrintRequest, Service
from ..identity import Identity
from ..job import JobReport
from ..logins import Logins
from .connection import Closed, Connection, ConnectionEvent, Opened
from .forwarding import ShownPrinter
from .handling import CommandHandler
from .reports import StatusReports

_LOGGER = logging.getLogger(__name__)

REPORT_INTERVAL_S = 1.0
# How far apart the reports are that a real printer gives rise to, which may say something new many times a second.
CHANGES_INTERVAL_S = 0.25
# A client that reads nothing for so long is asleep or gone.
STALL_TIMEOUT_S = 5.0
CLOSE_TIMEOUT_S = 1.0
MAX_SLICERS = 64


class MqttServer:
    """Serves any number of slicers up to a bound. Give `factory` to a TLS listener.

    `job` returns the job report for the client of an address and a person, `own` whether it is about jobs of that client,
    which are reported rather than what `mirror` shows of a real printer. `served` returns what is told to be served. `emit`
    is called for slicers that log in and leave, `ask_to_print` for print requests, before they are answered, so that the job
    is in PREPARE when the reply says so; it returns why one is refused.
    """

    def __init__(
        self,
        identity: Identity,
        logins: Logins,
        *,
        job: Callable[[str, str], JobReport],
        emit: Callable[[PrinterEvent], None],
        ask_to_print: Callable[[PrintRequest], Explanation | None],
        own: Callable[[str, str], OwnJob] = lambda _peer, _person: OwnJob.NONE,
        mirror: Mirror | None = None,
        served: Callable[[], Served] = Served,
    ) -> None:
        """Prepare; no timer runs while no client is logged in."""
        self._identity = identity
        self._logins = logins
        self._job = job
        self._own = own
        self._shown = ShownPrinter(mirror)
        self._emit = emit
        self._reports = StatusReports(identity, served)
        self._commands = CommandHandler(
            identity,
            self._shown,
            ask_to_print=ask_to_print,
            send_status=self._send_status,
        )
        self._open: set[Connection] = set()
        self._all_closed = asyncio.Event()
        self._all_closed.set()
        # Those that are logged in, in the order of their logins.
        self._slicers: dict[Connection, ConnectedSlicer] = {}
        # What they logged in with.
        self._codes: dict[Connection, str] = {}
        self._full = False
        self._closed = False
        self._timer: asyncio.TimerHandle | None = None
        self._changes_timer: asyncio.TimerHandle | None = None
        self._changes_sent_at = float("-inf")

    @property
    def connections(self) -> tuple[ConnectedSlicer, ...]:
        """The clients that are logged in, in the order of their logins."""
        return tuple(self._slicers.values())

    def factory(self, admitted: OpenConnection) -> asyncio.Protocol:
        """Make the protocol of a new connection."""
        return Connection(self._identity.serial, admitted, self._on_event)

    def publish_status(self) -> None:
        """Send a status report to every client that reads."""
        if not self._slicers:
            return
        target = self._shown.look()
        # Clients with the same job and topic get the same packet.
        made: dict[tuple[JobReport, OwnJob, str], bytes] = {}
        for connection, slicer in self._slicers.items():
            if connection.stalled_since is not None:
                # A missed report does no harm: the next one is full too.
                continue
            peer, topic = connection.peer, connection.report_topic
            person = slicer.sender.person
            key = self._job(peer, person), self._own(peer, person), topic
            if key not in made:
                made[key] = packets.publish(topic, self._status(peer, person, target))
            connection.send(made[key])

    def target_changed(self) -> None:
        """Send the status soon, because the real printer that is shown has reported; several changes are sent together."""
        if self._changes_timer or not self._slicers:
            return
        loop = asyncio.get_running_loop()
        self._changes_timer = loop.call_at(
            max(loop.time(), self._changes_sent_at + CHANGES_INTERVAL_S),
            self._send_changes,
        )

    def _send_changes(self) -> None:
        self._changes_timer = None
        self._changes_sent_at = asyncio.get_running_loop().time()
        self.publish_status()

    def drop(self, person: str) -> None:
        """End the sessions of somebody whose code is good no more."""
        for connection, slicer in tuple(self._slicers.items()):
            if slicer.sender.person == person:
                connection.end(endings.REVOKED)

    async def close(self) -> None:
        """End all sessions; on return no socket, timer or task is left. Later connections are refused."""
        self._closed = True
        for shut in (Connection.end, Connection.abort):
            for connection in tuple(self._open):
                shut(connection, endings.STOPPED)
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    await self._all_closed.wait()
        await self._shown.close()

    # --- connections ---

    def _on_event(self, connection: Connection, event: ConnectionEvent) -> None:
        match event:
            case Opened():
                self._opened(connection)
            case LoginRequested(connect=connect):
                self._log_in(connection, connect)
            case Subscribed():
                self._send_status(connection)
            case CommandReceived(payload=payload, redelivered=redelivered):
                slicer = self._slicers.get(connection)
                self._commands.handle(
                    connection,
                    slicer.client_id if slicer else "",
                    payload,
                    person=slicer.sender.person if slicer else "",
                    access_code=self._codes.get(connection, ""),
                    redelivered=redelivered,
                )
            case Closed(reason=reason):
                self._connection_closed(connection, reason)

    def _opened(self, connection: Connection) -> None:
        self._open.add(connection)
        self._all_closed.clear()
        if self._closed:
            connection.abort(endings.STOPPED)

    def _log_in(self, connection: Connection, connect: Connect) -> None:
        user = (connect.user or "").encode()
        code = connect.password or b""
        sender = self._logins.check(user, code, connection.peer, Service.MQTT)
        if sender is None:
            connection.admitted.refused()
            connection.refuse(
                ConnectReturnCode.NOT_AUTHORIZED,
                endings.WRONG_CODE,
                after_s=self._logins.refusal_delay_s(connection.peer),
            )
            return
        if len(self._slicers) >= MAX_SLICERS or not connection.admitted.log_in():
            if not self._full:
                _LOGGER.warning(
                    "%s: %s slicers are connected; %s and others are refused until one leaves",
                    self._identity.name,
                    len(self._slicers),
                    connection.peer,
                )
            self._full = True
            connection.refuse(
                ConnectReturnCode.SERVER_UNAVAILABLE, endings.TOO_MANY_SLICERS
            )
            return
        slicer = ConnectedSlicer(
            peer=connection.peer,
            client_id=text(connect.client_id, max_chars=MAX_CLIENT_ID_CHARS),
            connected_since=datetime.now(UTC),
            sender=sender,
        )
        self._slicers[connection] = slicer
        self._codes[connection] = code.decode(errors="replace")
        _LOGGER.debug(
            "%s: %s logged in as %r",
            self._identity.name,
            slicer.peer,
            slicer.client_id,
        )
        connection.admit()
        self._emit(
            SlicerConnected(peer=slicer.peer, client_id=slicer.client_id, sender=sender)
        )
        self._send_status(connection)
        if self._timer is None:
            self._tick_at(asyncio.get_running_loop().time() + REPORT_INTERVAL_S)

    def _connection_closed(self, connection: Connection, reason: Explanation) -> None:
        self._open.discard(connection)
        if not self._open:
            self._all_closed.set()
        slicer = self._slicers.pop(connection, None)
        self._codes.pop(connection, None)
        if not self._slicers:
            for timer in (self._timer, self._changes_timer):
                if timer:
                    timer.cancel()
            self._timer = self._changes_timer = None
        _LOGGER.debug(
            "%s: %s is gone: %s", self._identity.name, connection.peer, reason
        )
        if slicer:
            self._full = False
            self._emit(
                SlicerDisconnected(
                    peer=slicer.peer, client_id=slicer.client_id, reason=reason
                )
            )

    # --- reports ---

    def _send_status(self, connection: Connection) -> None:
        """Send a status report to one client."""
        slicer = self._slicers.get(connection)
        person = slicer.sender.person if slicer else ""
        connection.publish(self._status(connection.peer, person, self._shown.look()))

    def _status(self, peer: str, person: str, target: Target | None) -> bytes:
        return self._reports.next(
            self._job(peer, person),
            self._commands.controls,
            target,
            self._own(peer, person),
        )

    def _tick_at(self, when: float) -> None:
        self._timer = asyncio.get_running_loop().call_at(when, self._tick, when)

    def _tick(self, when: float) -> None:
        """Close clients that stopped reading, and send the status to the others."""
        now = asyncio.get_running_loop().time()
        paused = now - when > PAUSE_S
        for connection in self._slicers:
            if connection.stalled_since is None:
                continue
            if paused:
                # This process did not run, so no client could be sent anything.
                connection.stalled_since = now
            elif now - connection.stalled_since > STALL_TIMEOUT_S:
                connection.abort(endings.NOT_READING)
        if now - self._changes_sent_at > REPORT_INTERVAL_S / 2:
            self.publish_status()
        # At a fixed rate, but without catching up after the host slept.
        self._tick_at(max(when, now - REPORT_INTERVAL_S) + REPORT_INTERVAL_S)
