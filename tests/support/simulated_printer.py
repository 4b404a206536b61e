"""A simulated Bambu Lab printer: what a real one does on the wire as far as a relay can tell, and nothing of a printer.

It follows what is known of firmware: MQTT is a broker (a report reaches everybody who subscribed), a wrong access code is
CONNACK 5, FTPS data connections have to resume the control session's TLS session, the video port speaks RTSP over TLS,
the picture port wants an 80-byte login, and reports carry the printer's own addresses. It is no firmware: no job runs,
nothing is signed, and FTPS is our own server.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
import json
import ssl
import struct
from typing import Any, Self

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
    Unsubscribe,
)
from scripts.printer_double.certificate import PrinterCertificate
from scripts.printer_double.ftps_server import SimulatedFtps

ACCESS_CODE = "12345678"
REPORT_INTERVAL_S = 0.5
JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 200 + b"\xff\xd9"


def little_endian(address: str) -> int:
    """Write an address as firmware does in `net.info`."""
    return int.from_bytes(bytes(map(int, address.split("."))), "little")


class SimulatedPrinter:
    """Alive inside its `async with`. `services` names what it serves."""

    def __init__(
        self,
        address: str,
        serial: str,
        certificate: PrinterCertificate,
        *,
        second_address: str = "10.20.30.40",
        model: str = "BL-P001",
        access_code: str = ACCESS_CODE,
        prot_levels: str = "PC",
        services: frozenset[str] = frozenset({"mqtt", "ftps", "bind", "streams"}),
    ) -> None:
        self.address = address
        self.second_address = second_address
        self.serial = serial
        self.model = model
        self.access_code = access_code
        self.requests: list[dict[str, Any]] = []
        self.payloads: list[bytes] = []
        self.sessions: set[_Session] = set()
        self.handshakes = 0
        self.connects = 0
        self.logins = 0
        self.last_status = self.status()
        self.ftps: SimulatedFtps
        self._certificate = certificate
        self._prot_levels = prot_levels
        self._services = services
        self._stack = AsyncExitStack()
        self._streams: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Power on."""
        loop = asyncio.get_running_loop()
        control = self._certificate.context()
        self._servers: list[asyncio.Server] = []
        self._reporter = loop.create_task(self._report_regularly())

        async def _serve(
            port: int,
            factory: Callable[[], asyncio.Protocol],
            tls: ssl.SSLContext | None,
        ) -> None:
            self._servers.append(
                await loop.create_server(factory, self.address, port, ssl=tls)
            )

        if "mqtt" in self._services:
            await _serve(8883, lambda: _Session(self), control)
        if "bind" in self._services:
            await _serve(3000, self._stream(self._detect), None)
            await _serve(3002, self._stream(self._detect), control)
        if "streams" in self._services:
            await _serve(322, self._stream(self._rtsp), control)
            await _serve(6000, self._stream(self._pictures), control)
        if "auxiliary" in self._services:
            for port in (2024, 2025, 2026):
                await _serve(port, self._stream(self._echo), None)
        if "ftps" in self._services:
            self.ftps = SimulatedFtps(
                self.address,
                self._certificate.context(newest=ssl.TLSVersion.TLSv1_2),
                self.access_code,
                levels=self._prot_levels,
            )

    async def stop(self) -> None:
        """Power off: everything that is open ends at once."""
        self._reporter.cancel()
        for server in self._servers:
            server.close()
            # Those too that still shake hands.
            server.abort_clients()
        for session in tuple(self.sessions):
            session.transport.abort()
        for writer in tuple(self._streams):
            writer.transport.abort()
        for server in self._servers:
            await server.wait_closed()
        async with asyncio.timeout(10):
            while self._streams:
                await asyncio.sleep(0.01)
        if "ftps" in self._services:
            await asyncio.to_thread(self.ftps.close)

    # --- MQTT ---

    def report(self, message: dict[str, Any]) -> None:
        """Publish a report to everybody who listens, indented as firmware does."""
        payload = json.dumps(message, indent=4).encode()
        for session in self.sessions:
            if session.subscribed:
                session.transport.write(
                    packets.publish(f"device/{self.serial}/report", payload)
                )

    async def _report_regularly(self) -> None:
        while True:
            await asyncio.sleep(REPORT_INTERVAL_S)
            self.report(self.last_status)

    def status(self) -> dict[str, Any]:
        """A full report, shortened where no address can be."""
        return {
            "print": {
                "command": "push_status",
                "msg": 0,
                "sequence_id": "2021",
                "gcode_state": "FINISH",
                "gcode_file": "benchy.gcode.3mf",
                "subtask_name": "benchy",
                "sdcard": True,
                "home_flag": -1067070064,
                "wifi_signal": "-44dBm",
                "task_id": "838969536",
                "net": {
                    "conf": 16,
                    "info": [
                        {"ip": little_endian(self.address), "mask": 16777215},
                        {"ip": little_endian(self.second_address), "mask": 16777215},
                        {"ip": 0, "mask": 0},
                    ],
                },
                "ipcam": {
                    "ipcam_dev": "1",
                    "rtsp_url": f"rtsps://{self.address}:322/streaming/live/1",
                    "tutk_server": "disable",
                },
                "upload": {
                    "status": "idle",
                    "progress": 0,
                    "message": f"at {self.second_address}.",
                },
                "lights_report": [{"node": "chamber_light", "mode": "on"}],
            }
        }

    def obey(self, payload: bytes) -> None:
        """Answer a command on the report topic."""
        self.payloads.append(payload)
        message = json.loads(payload.rstrip(b"\0"))
        self.requests.append(message)
        for kind, fields in message.items():
            match kind, fields:
                case "pushing", _:
                    self.report(self.status())
                case "info", {"command": "get_version", "sequence_id": number}:
                    self.report(
                        {
                            "info": {
                                "command": "get_version",
                                "sequence_id": number,
                                "module": [
                                    {
                                        "name": "ota",
                                        "product_name": "Bambu Lab X1-Carbon",
                                        "sw_ver": "01.08.02.00",
                                        "sn": self.serial,
                                    }
                                ],
                                "result": "success",
                            }
                        }
                    )
                case "print", {"command": "project_file"}:
                    answer = {"gcode_state": "PREPARE", "result": "success", **fields}
                    self.report({"print": answer})
                    status = self.status()
                    status["print"]["subtask_name"] = fields.get("subtask_name")
                    self.last_status = status
                    self.report(status)

    # --- the other ports ---

    def _stream(
        self, serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]
    ) -> Callable[[], asyncio.Protocol]:
        async def _guarded(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            self._streams.add(writer)
            with suppress(OSError, EOFError):
                await serve(reader, writer)
            self._streams.discard(writer)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

        return lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader(), _guarded)

    async def _detect(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        header = await reader.readexactly(4)
        await reader.readexactly(struct.unpack("<2xH", header)[0] - 4)
        login = {
            "command": "detect", "sequence_id": "20000", "id": self.serial, "model": self.model, "name": "Real one",
            "version": "01.08.02.00", "bind": "free", "connect": "lan", "dev_cap": 1,
        }  # fmt: skip
        body = json.dumps({"login": login}).encode()
        writer.write(
            struct.pack("<2sH", b"\xa5\xa5", len(body) + 6) + body + b"\xa7\xa7"
        )

    async def _rtsp(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(
                b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: DESCRIBE, SETUP, PLAY\r\n\r\n"
            )

    async def _pictures(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        login = await reader.readexactly(80)
        if login[48:80].rstrip(b"\0") != self.access_code.encode():
            return
        while True:
            writer.write(struct.pack("<4I", len(JPEG), 0, 1, 0))
            writer.write(JPEG)
            await writer.drain()
            await asyncio.sleep(0.05)

    async def _echo(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Give back what was sent, and end only when the other side has said that it has no more."""
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write(b"<end>")


class _Session(asyncio.Protocol):
    """A client of the broker."""

    transport: asyncio.Transport

    def __init__(self, printer: SimulatedPrinter) -> None:
        self._printer = printer
        self._decoder = PacketDecoder()
        self.subscribed = False
        self._admitted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self._printer.sessions.add(self)
        self._printer.handshakes += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._printer.sessions.discard(self)

    def data_received(self, data: bytes) -> None:
        self._decoder.feed(data)
        try:
            while packet := self._decoder.next_packet():
                self._receive(packet)
        except ProtocolError:
            self.transport.abort()

    def _receive(self, packet: packets.Packet) -> None:
        write = self.transport.write
        match packet:
            case Connect(user=user, password=password):
                self._printer.connects += 1
                right = (user, password) == ("bblp", self._printer.access_code.encode())
                self._printer.logins += right
                write(
                    packets.connack(
                        ConnectReturnCode.ACCEPTED
                        if right
                        else ConnectReturnCode.NOT_AUTHORIZED
                    )
                )
                if not right:
                    self.transport.close()
            case Subscribe(packet_id=number, subscriptions=subscriptions):
                self.subscribed = True
                write(packets.suback(number, [QoS.AT_MOST_ONCE] * len(subscriptions)))
            case Unsubscribe(packet_id=number):
                self.subscribed = False
                write(packets.unsuback(number))
            case Publish(payload=payload, packet_id=number):
                if number:
                    write(packets.puback(number))
                self._printer.obey(payload)
            case PingReq():
                write(packets.PINGRESP)
            case Disconnect():
                self.transport.close()
