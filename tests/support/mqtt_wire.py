"""The client's side of the wire: packets as paho encodes them, and a client that takes every liberty with them."""

import asyncio
from contextlib import suppress
import json
import ssl
from typing import Any, Self, override

from paho.mqtt.client import Client, MQTTv31, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from tests.support.serials import SERIAL
from tests.support.waiting import LIMIT_S

ACCESS_CODE = "aB345678"

CONNACK, PUBLISH, PUBACK, PUBREC, PUBCOMP = 2, 3, 4, 5, 7
SUBACK, UNSUBACK, PINGRESP = 9, 11, 13


class _Paho(Client):
    """Keeps the packets that paho wants to send."""

    encoded = b""

    @override
    def _packet_queue(self, command: int, packet: bytes, *args: Any) -> MQTTErrorCode:
        self.encoded = bytes(packet)
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    @override
    def __del__(self) -> None:
        """Close nothing: there never was a socket."""


def _paho(client_id: str = "slicer", **options: Any) -> _Paho:
    client = _Paho(CallbackAPIVersion.VERSION2, client_id, **options)
    # It encodes nothing while it believes to be unconnected.
    client._sock = object()  # type: ignore[assignment]
    return client


def connect(
    access_code: str | None = ACCESS_CODE,
    *,
    client_id: str = "slicer",
    user: str | None = "bblp",
    keep_alive_s: int = 60,
    clean: bool = True,
    will: tuple[str, bytes, int, bool] | None = None,
    protocol_3_1: bool = False,
) -> bytes:
    client = _paho(
        client_id,
        clean_session=clean,
        protocol=MQTTv31 if protocol_3_1 else MQTTv311,
    )
    client.username_pw_set(user, access_code)
    if will:
        client.will_set(*will)
    client._send_connect(keep_alive_s)
    return client.encoded


def publish(
    topic: str,
    payload: bytes,
    qos: int = 0,
    packet_id: int = 1,
    *,
    retain: bool = False,
    dup: bool = False,
) -> bytes:
    client = _paho()
    client._send_publish(
        packet_id, topic.encode(), payload, qos=qos, retain=retain, dup=dup
    )
    return client.encoded


def command(
    message: object, *, serial: str = SERIAL, qos: int = 0, packet_id: int = 1
) -> bytes:
    payload = message if isinstance(message, bytes) else json.dumps(message).encode()
    return publish(f"device/{serial}/request", payload, qos, packet_id)


def subscribe(*topics: tuple[str, int]) -> bytes:
    client = _paho()
    client._send_subscribe(False, [(topic.encode(), qos) for topic, qos in topics])
    return client.encoded


def unsubscribe(*topics: str) -> bytes:
    client = _paho()
    client._send_unsubscribe(False, [topic.encode() for topic in topics])
    return client.encoded


def pubrel(packet_id: int) -> bytes:
    client = _paho()
    client._send_pubrel(packet_id)
    return client.encoded


def puback(packet_id: int) -> bytes:
    client = _paho()
    client._send_puback(packet_id)
    return client.encoded


def pubrec(packet_id: int) -> bytes:
    client = _paho()
    client._send_pubrec(packet_id)
    return client.encoded


def pubcomp(packet_id: int) -> bytes:
    client = _paho()
    client._send_pubcomp(packet_id)
    return client.encoded


def pingreq() -> bytes:
    client = _paho()
    client._send_pingreq()
    return client.encoded


def disconnect() -> bytes:
    client = _paho()
    client._send_disconnect()
    return client.encoded


class RawClient:
    """Sends bytes as they are, and reads packets; every wait has a bound."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._last_id = 0

    @classmethod
    async def open(cls, address: str, context: ssl.SSLContext, **options: Any) -> Self:
        if "sock" not in options:
            options |= {"host": address, "port": 8883}
        return cls(
            *await asyncio.open_connection(
                ssl=context, server_hostname=SERIAL, **options
            )
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self._writer.transport.abort()
        with suppress(OSError):
            await self._writer.wait_closed()

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    def abort(self) -> None:
        self._writer.transport.abort()

    async def packet(self) -> tuple[int, bytes]:
        """Return type and body of the next packet. Raises EOFError when there is none."""
        async with asyncio.timeout(LIMIT_S):
            first = (await self._reader.readexactly(1))[0]
            length = shift = 0
            while True:
                byte = (await self._reader.readexactly(1))[0]
                length |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    break
            body = await self._reader.readexactly(length)
        if first >> 4 == PUBLISH:
            assert first == 0x30, "reports are QoS 0 and not retained"
        return first >> 4, body

    async def expect(self, kind: int) -> bytes:
        """Return the body of the next packet of this type; reports in between are dropped."""
        while True:
            found, body = await self.packet()
            if found == kind:
                return body
            assert found == PUBLISH, f"got a packet of type {found}"

    async def message(self) -> tuple[str, dict[str, Any]]:
        """Return topic and content of the next report."""
        body = await self.expect(PUBLISH)
        end = 2 + int.from_bytes(body[:2])
        return body[2:end].decode(), json.loads(body[end:])

    async def status(self) -> dict[str, Any]:
        """Return the next status report."""
        while True:
            _topic, report = await self.message()
            fields: dict[str, Any] = report.get("print", {})
            if fields.get("command") == "push_status":
                return fields

    async def reply(self) -> dict[str, Any]:
        """Return the next report that is not a status report."""
        while True:
            _topic, report = await self.message()
            if report.get("print", {}).get("command") != "push_status":
                return report

    async def ask(self, message: object) -> dict[str, Any]:
        """Send a command and return the reply to it."""
        self.send(command(message))
        return await self.reply()

    async def log_in(self, access_code: str = ACCESS_CODE) -> None:
        self.send(connect(access_code))
        assert await self.expect(CONNACK) == b"\x00\x00"

    async def closed(self) -> None:
        """Wait until the server has closed, whatever it still says."""
        async with asyncio.timeout(LIMIT_S):
            with suppress(OSError):
                while await self._reader.read(65536):
                    pass
