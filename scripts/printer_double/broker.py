"""The MQTT server of the simulated printer: a broker for one topic, on our own codec."""

import asyncio
from collections.abc import Callable
import json
import ssl
from typing import Any

from custom_components.bambu_virtual_printer.engine.protocol.mqtt import packets
from custom_components.bambu_virtual_printer.engine.protocol.mqtt.decoder import (
    PacketDecoder,
)
from custom_components.bambu_virtual_printer.engine.protocol.mqtt.packets import (
    Connect,
    ConnectReturnCode,
    Disconnect,
    PingReq,
    ProtocolError,
    Publish,
    QoS,
    Subscribe,
)

from .faults import Faults


class Broker:
    """Listens between `start` and `stop`. `on_command` gets what clients publish to `request`."""

    def __init__(
        self,
        serial: str,
        access_code: str,
        context: ssl.SSLContext,
        faults: Faults,
        on_command: Callable[[dict[str, Any]], None],
    ) -> None:
        """Prepare."""
        self.serial = serial
        self.access_code = access_code
        self.faults = faults
        self.on_command = on_command
        self.sessions: set[BrokerSession] = set()
        self.attempts = 0
        """Connections, whatever came of them."""
        self.logins = 0
        self.most_sessions = 0
        self.client_ids: list[str] = []
        self.disconnects = 0
        """Sessions that were ended by DISCONNECT."""
        self.qos: set[int] = set()
        self._context = context
        self._server: asyncio.Server | None = None
        self._stalled: set[asyncio.BaseTransport] = set()
        self.open: set[BrokerSession] = set()
        """Connections with TLS, logged in or not."""
        self.turned_away = 0
        """Connections that there was no room for."""
        self._handshakes: set[asyncio.Task[None]] = set()

    async def start(self, address: str) -> None:
        """Listen. With stalling TLS nobody answers the handshake."""
        is_plain = self.faults.tls_stalls or self.faults.slots is not None
        tls = None if is_plain else self._context
        self._server = await asyncio.get_running_loop().create_server(
            self._protocol, address, 8883, ssl=tls
        )

    async def stop(self) -> None:
        """Break everything off."""
        if self._server is None:
            return
        self._server.close()
        # Those too that still shake hands.
        self._server.abort_clients()
        for session in tuple(self.sessions):
            session.transport.abort()
        for transport in tuple(self._stalled):
            transport.close()
        for handshake in tuple(self._handshakes):
            handshake.cancel()
        await self._server.wait_closed()
        self._server = None

    def drop(self) -> None:
        """End all sessions without a word."""
        for session in tuple(self.sessions):
            session.transport.abort()

    def publish(self, message: dict[str, Any]) -> None:
        """Give a message to everybody who listens."""
        payload = json.dumps(message, indent=4).encode()
        if self.faults.stray_byte:
            payload = payload.replace(b'"wifi_signal": "', b'"wifi_signal": "\xff', 1)
        for session in self.sessions:
            if session.subscribed:
                session.transport.write(
                    packets.publish(f"device/{self.serial}/report", payload)
                )

    def _protocol(self) -> asyncio.Protocol:
        self.attempts += 1
        if self.faults.tls_stalls:
            return _Stalled(self._stalled)
        if self.faults.slots is not None:
            return _Gate(self, self._stalled)
        return BrokerSession(self)

    def has_room(self) -> bool:
        """Tell whether one more client is answered."""
        slots = self.faults.slots
        return slots is None or len(self.open) < slots

    def shake_hands(self, transport: asyncio.Transport) -> None:
        """Begin TLS with a client."""
        task = asyncio.get_running_loop().create_task(self._shake_hands(transport))
        self._handshakes.add(task)
        task.add_done_callback(self._handshakes.discard)

    async def _shake_hands(self, transport: asyncio.Transport) -> None:
        loop = asyncio.get_running_loop()
        session = BrokerSession(self)
        try:
            secured = await loop.start_tls(
                transport, session, self._context, server_side=True
            )
        except OSError, asyncio.CancelledError:
            transport.abort()
            return
        if secured is None or secured.is_closing():
            # It only wanted to see the certificate.
            return
        if self.has_room():
            session.connection_made(secured)
        else:
            self.turned_away += 1
            secured.abort()


class _Stalled(asyncio.Protocol):
    def __init__(self, open_ones: set[asyncio.BaseTransport]) -> None:
        self._open = open_ones

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._open.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open.discard(self._transport)


class _Gate(_Stalled):
    """A client that is answered if there is room."""

    def __init__(self, broker: Broker, open_ones: set[asyncio.BaseTransport]) -> None:
        super().__init__(open_ones)
        self._broker = broker

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if not self._broker.has_room():
            self._broker.turned_away += 1
            return
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()
        self._broker.shake_hands(transport)
        self.connection_lost(None)


class BrokerSession(asyncio.Protocol):
    """A client."""

    transport: asyncio.Transport

    def __init__(self, broker: Broker) -> None:
        """Not logged in yet."""
        self._broker = broker
        self._decoder = PacketDecoder()
        self._is_made = False
        self.subscribed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for CONNECT."""
        self.transport = transport  # type: ignore[assignment]
        self._broker.open.add(self)
        self._is_made = True
        # With TLS begun later, something may have come already.
        self.data_received(b"")

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._broker.open.discard(self)
        self._broker.sessions.discard(self)

    def data_received(self, data: bytes) -> None:
        """Take what came, whole packets or not."""
        self._decoder.feed(data)
        if not self._is_made:
            return
        try:
            while not self.transport.is_closing() and (
                packet := self._decoder.next_packet()
            ):
                self._receive(packet)
        except ProtocolError:
            self.transport.abort()

    def _receive(self, packet: packets.Packet) -> None:
        broker, write = self._broker, self.transport.write
        match packet:
            case Connect():
                self._log_in(packet)
            case Subscribe(packet_id=number, subscriptions=wishes):
                topics = [wish.topic_filter for wish in wishes]
                if broker.faults.kills_request_subscribers and any(
                    topic.endswith("/request") for topic in topics
                ):
                    self.transport.abort()
                    return
                # Topics are case-sensitive.
                self.subscribed = f"device/{broker.serial}/report" in topics
                write(packets.suback(number, [QoS.AT_MOST_ONCE] * len(wishes)))
            case Publish(topic=topic, payload=payload, packet_id=number, qos=qos):
                broker.qos.add(int(qos))
                if number:
                    wrong = broker.faults.wrong_puback
                    write(packets.puback(number % 60000 + 1 if wrong else number))
                if topic == f"device/{broker.serial}/request":
                    broker.on_command(json.loads(payload.rstrip(b"\0")))
            case PingReq():
                write(packets.PINGRESP)
            case Disconnect():
                broker.disconnects += 1
                self.transport.close()

    def _log_in(self, packet: Connect) -> None:
        broker = self._broker
        if broker.faults.drops_logins:
            broker.faults.drops_logins -= 1
            self.transport.abort()
            return
        broker.client_ids.append(packet.client_id)
        if (packet.user, packet.password) != ("bblp", broker.access_code.encode()):
            self.transport.write(packets.connack(ConnectReturnCode.NOT_AUTHORIZED))
            self.transport.close()
            return
        broker.logins += 1
        broker.sessions.add(self)
        broker.most_sessions = max(broker.most_sessions, len(broker.sessions))
        self.transport.write(packets.connack(ConnectReturnCode.ACCEPTED))
