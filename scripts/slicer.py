"""The slicer's side of the wire, in the order Bambu Studio's network plugin keeps.

Detect on the bind port, a standing MQTT session with `get_version` and `pushall`, a probe upload (`verify_job`) that
proves the access code, the file over implicit FTPS, and for Print a `project_file`. Built on ftplib and aiomqtt.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import ftplib
from functools import partial
import hashlib
import io
import json
from pathlib import Path
import re
import socket
import ssl
import struct
import time
from typing import Any, Self, override

import aiomqtt

USER = "bblp"
BIND_PORT = 3000
MQTT_PORT = 8883
FTPS_PORT = 990
DISCOVERY_PORT = 2021
VERIFY_JOB = b"check access code"
BLOCK_BYTES = 64 * 1024

DETECT_TIMEOUT_S = 5.0
REPLY_TIMEOUT_S = 15.0
FTP_TIMEOUT_S = 60.0


class SlicerError(Exception):
    """Something a slicer would show to its user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printer:
    """What a printer says of itself when asked on the bind port."""

    name: str
    serial: str
    model: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOptions:
    """The choices of the Print dialog that travel in `project_file`."""

    plate: int = 1
    timelapse: bool = False
    bed_leveling: bool = True
    flow_cali: bool = False
    vibration_cali: bool = True
    layer_inspect: bool = False
    use_ams: bool = True
    ams_mapping: tuple[int, ...] = (0,)
    bed_type: str = "textured_plate"


def tls_context(serial: str, ca: Path | None) -> ssl.SSLContext:
    """Verify the chain through this CA and the serial as the name; without a CA, verify nothing."""
    context = _SerialContext(ssl.PROTOCOL_TLS_CLIENT)
    context.serial = serial
    if ca:
        context.load_verify_locations(ca)
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class _SerialContext(ssl.SSLContext):
    """Printers are reached by address and named by serial; client libraries would check the address."""

    serial: str

    @override
    def wrap_socket(self, *args: Any, **kwargs: Any) -> ssl.SSLSocket:
        kwargs["server_hostname"] = self.serial
        wrapped = super().wrap_socket(*args, **kwargs)
        try:
            # paho-mqtt does this itself, but leaves the socket open when it fails.
            wrapped.do_handshake()
        except OSError:
            wrapped.close()
            raise
        return wrapped


async def detect(host: str, port: int = BIND_PORT) -> Printer:
    """Ask a host which printer it is. Raises SlicerError."""
    body = json.dumps({"login": {"command": "detect", "sequence_id": "20004"}}).encode()
    frame = struct.pack("<2sH", b"\xa5\xa5", len(body) + 6) + body + b"\xa7\xa7"
    try:
        async with asyncio.timeout(DETECT_TIMEOUT_S):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(frame)
            header = await reader.readexactly(4)
            answer = await reader.readexactly(struct.unpack("<2xH", header)[0] - 4)
            writer.close()
        login = json.loads(answer[:-2])["login"]
        return Printer(
            name=login["name"],
            serial=login["id"],
            model=login["model"],
            version=login["version"],
        )
    except (OSError, EOFError, TimeoutError) as err:
        raise SlicerError(f"No printer answers at {host} port {port}: {err!r}") from err
    except (ValueError, KeyError) as err:
        raise SlicerError(f"{host} port {port} does not answer like a printer") from err


async def announcement(host: str, timeout_s: float) -> dict[str, str] | None:
    """Wait for this host's broadcast on the discovery port, as the printer list does; None when there is none."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            sock.bind(("", DISCOVERY_PORT))
        except OSError as err:
            raise SlicerError(
                f"UDP port {DISCOVERY_PORT} is taken here: {err.strerror}"
            ) from err
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while True:
                    datagram = await loop.sock_recv(sock, 4096)
                    headers = _headers(datagram)
                    if headers.get("Location") == host and "USN" in headers:
                        return headers
    return None


def _headers(datagram: bytes) -> dict[str, str]:
    lines = datagram.decode(errors="replace").split("\r\n")
    return {
        key: value
        for key, found, value in (line.partition(": ") for line in lines)
        if found
    }


class FtpsClient(ftplib.FTP_TLS):
    """Implicit FTPS: TLS from the first byte, data connections that resume the control session."""

    def __init__(self, context: ssl.SSLContext) -> None:
        """Keep the context; `open` connects."""
        super().__init__(context=context, timeout=FTP_TIMEOUT_S)
        # Bambu Studio sends names as raw UTF-8.
        self.encoding = "utf-8"

    def open(
        self,
        host: str,
        access_code: str,
        port: int = FTPS_PORT,
        source: str | None = None,
    ) -> Self:
        """Connect, from an address of one's own if one is named, and log in as the plugin does.

        Raises SlicerError, OSError.
        """
        self.host = host
        self.source_address = (source, 0) if source else None
        self.sock = self.context.wrap_socket(
            socket.create_connection((host, port), self.timeout, self.source_address)
        )
        self.af = self.sock.family
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        try:
            self.sendcmd(f"USER {USER}")
            self.sendcmd(f"PASS {access_code}")
        except ftplib.error_perm as err:
            raise SlicerError(f"The printer refused the access code: {err}") from err
        self.prot_p()
        self.voidcmd("TYPE I")
        return self

    @override
    def ntransfercmd(
        self, cmd: str, rest: int | str | None = None
    ) -> tuple[socket.socket, int | None]:
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        assert isinstance(self.sock, ssl.SSLSocket)
        return self.context.wrap_socket(conn, session=self.sock.session), size


def upload(
    host: str,
    access_code: str,
    context: ssl.SSLContext,
    name: str,
    data: io.BufferedIOBase,
    *,
    port: int = FTPS_PORT,
    source: str | None = None,
    on_block: Callable[[int], None] | None = None,
) -> str:
    """Store a file in a session of its own, which is how slicers do it. Blocks.

    Returns the printer's last reply. `on_block` is told the size of every block sent. Raises SlicerError.
    """
    try:
        with FtpsClient(context) as client:
            client.open(host, access_code, port, source)
            return client.storbinary(
                f"STOR {name}",
                data,
                BLOCK_BYTES,
                lambda block: on_block(len(block)) if on_block else None,
            )
    except ftplib.Error as err:
        raise SlicerError(f"The printer refused {name}: {err}") from err
    except (OSError, EOFError) as err:
        raise SlicerError(f"The upload of {name} broke off: {err}") from err


def upload_file(
    host: str,
    access_code: str,
    context: ssl.SSLContext,
    path: Path,
    *,
    port: int = FTPS_PORT,
    source: str | None = None,
    on_block: Callable[[int], None] | None = None,
) -> str:
    """Store a file under its own name; otherwise as `upload`."""
    with path.open("rb") as file:
        return upload(
            host,
            access_code,
            context,
            path.name,
            file,
            port=port,
            source=source,
            on_block=on_block,
        )


class Session:
    """A logged-in MQTT session: sends requests, waits for reports."""

    def __init__(self, client: aiomqtt.Client, serial: str) -> None:
        """Wrap a connected client."""
        self._client = client
        self._serial = serial
        self._sequence = 20000

    async def request(self, kind: str, command: str, **fields: Any) -> str:
        """Publish a request. Returns its sequence id."""
        self._sequence += 1
        sequence_id = str(self._sequence)
        message = {kind: {"sequence_id": sequence_id, "command": command, **fields}}
        await self._client.publish(
            f"device/{self._serial}/request", json.dumps(message)
        )
        return sequence_id

    async def wait_for(
        self, matches: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any]:
        """Return the first report that matches. Raises SlicerError after a while."""
        try:
            async with asyncio.timeout(REPLY_TIMEOUT_S):
                async for message in self._client.messages:
                    assert isinstance(message.payload, bytes)
                    report: dict[str, Any] = json.loads(message.payload)
                    if matches(report):
                        return report
        except TimeoutError:
            raise SlicerError("The printer did not answer over MQTT in time") from None
        raise SlicerError("The MQTT session ended")

    async def reply_to(self, kind: str, sequence_id: str) -> dict[str, Any]:
        """Wait for the reply to a request."""
        report = await self.wait_for(
            lambda report: (
                report.get(kind, {}).get("sequence_id") == sequence_id
                and report[kind].get("command") != "push_status"
            )
        )
        reply: dict[str, Any] = report[kind]
        return reply

    async def status(
        self, *states: str, subtask_name: str | None = None
    ) -> dict[str, Any]:
        """Wait for a status report in one of these states (any, when none is given)."""

        def _matches(report: dict[str, Any]) -> bool:
            status = report.get("print", {})
            return (
                status.get("command") == "push_status"
                and (not states or status.get("gcode_state") in states)
                and subtask_name in (None, status.get("subtask_name"))
            )

        report = await self.wait_for(_matches)
        status: dict[str, Any] = report["print"]
        return status


@asynccontextmanager
async def session(
    host: str,
    access_code: str,
    serial: str,
    context: ssl.SSLContext,
    port: int = MQTT_PORT,
    source: str | None = None,
    answer_s: float = REPLY_TIMEOUT_S,
) -> AsyncIterator[Session]:
    """Log in over MQTT and subscribe to the reports. Raises SlicerError.

    `answer_s` bounds the login: aiomqtt does not notice who hangs up before answering it.
    """
    client = aiomqtt.Client(
        host,
        port,
        username=USER,
        password=access_code,
        tls_context=context,
        timeout=answer_s,
        bind_address=source or "",
        max_queued_incoming_messages=100,
    )
    try:
        async with client:
            await client.subscribe(f"device/{serial}/report")
            yield Session(client, serial)
    except aiomqtt.MqttError as err:
        raise SlicerError(f"MQTT to {host} failed: {err}") from err


def project_file(
    path: Path, options: PrintOptions, *, url: str = "ftp://"
) -> dict[str, Any]:
    """Build the fields of a `print.project_file` as Bambu Studio 2.7 sends them. Reads the file; blocks.

    `url` is where the file is, up to its name.
    """
    with path.open("rb") as file:
        md5 = hashlib.file_digest(file, "md5").hexdigest().upper()
    return {
        "param": f"Metadata/plate_{options.plate}.gcode",
        "project_id": "0",
        "profile_id": "0",
        "task_id": "0",
        "subtask_id": "0",
        "subtask_name": subtask_name(path.name),
        "file": path.name,
        "url": f"{url}{path.name}",
        "md5": md5,
        "bed_type": options.bed_type,
        "bed_leveling": options.bed_leveling,
        "flow_cali": options.flow_cali,
        "vibration_cali": options.vibration_cali,
        "layer_inspect": options.layer_inspect,
        "timelapse": options.timelapse,
        "use_ams": options.use_ams,
        "ams_mapping": list(options.ams_mapping),
        "ams_mapping2": [
            {"ams_id": tray // 4, "slot_id": tray % 4}
            if tray >= 0
            else {"ams_id": 255, "slot_id": 255}
            for tray in options.ams_mapping
        ],
        "auto_bed_leveling": int(options.bed_leveling),
        "extrude_cali_flag": int(options.flow_cali),
        "extrude_cali_manual_mode": 0,
        "nozzle_offset_cali": 0,
        "cfg": "0",
    }


def subtask_name(file_name: str) -> str:
    """Name a job as the slicer's title bar does: without the suffixes."""
    return re.sub(r"(\.gcode)?\.3mf$", "", file_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened on the way, for whoever watches."""

    text: str
    detail: str = ""


type TunnelUpload = Callable[[str, str, ssl.SSLContext, Path], str]
"""Sends a file of its own name to a host, with an access code; returns what the printer says. Blocks."""


async def send(
    path: Path,
    host: str,
    access_code: str,
    *,
    ca: Path | None = None,
    print_options: PrintOptions | None = None,
    on_step: Callable[[Step], None],
    on_block: Callable[[int], None] | None = None,
    by_tunnel: TunnelUpload | None = None,
    check_printer: Callable[[Printer], None] | None = None,
) -> Printer:
    """Do all that happens between pressing Send, or Print with `print_options`, and the end of the dialog.

    With `by_tunnel` the file is sent by it and not over FTPS. `check_printer` is called with the printer that answers, and may
    raise SlicerError. Raises SlicerError, OSError for the file.
    """
    printer = await detect(host)
    on_step(
        Step(
            text=f"Detected “{printer.name}”",
            detail=f"{printer.model} {printer.serial}",
        )
    )
    if check_printer:
        check_printer(printer)
    context = await asyncio.to_thread(tls_context, printer.serial, ca)
    async with session(host, access_code, printer.serial, context) as mqtt:
        await mqtt.request("pushing", "pushall", version=1, push_target=1)
        status = await mqtt.status()
        version = await mqtt.reply_to("info", await mqtt.request("info", "get_version"))
        on_step(
            Step(
                text="Logged in over MQTT",
                detail=f"{version['module'][0]['product_name']}, {status['gcode_state']}",
            )
        )
        if status.get("sdcard") is not True:
            raise SlicerError("Storage needs to be inserted before send to printer")

        files = await asyncio.to_thread(tls_context, printer.serial, ca)
        if by_tunnel is None:
            reply = await asyncio.to_thread(
                upload, host, access_code, files, "verify_job", io.BytesIO(VERIFY_JOB)
            )
            on_step(Step(text="Access code verified over FTPS", detail=reply))

        send_file = by_tunnel or partial(upload_file, on_block=on_block)
        started = time.monotonic()
        reply = await asyncio.to_thread(send_file, host, access_code, files, path)
        seconds = time.monotonic() - started
        on_step(Step(text=f"Uploaded {path.name}", detail=f"{seconds:.2f} s; {reply}"))
        if print_options:
            url = "brtc://emmc/" if by_tunnel else "ftp://"
            await _print(mqtt, path, print_options, on_step, url)
        else:
            await mqtt.status("FINISH")
            on_step(Step(text="The printer reports FINISH"))
    return printer


async def _print(
    mqtt: Session,
    path: Path,
    options: PrintOptions,
    on_step: Callable[[Step], None],
    url: str,
) -> None:
    fields = await asyncio.to_thread(partial(project_file, url=url), path, options)
    ack = await mqtt.reply_to(
        "print", await mqtt.request("print", "project_file", **fields)
    )
    if str(ack.get("result", "")).lower() != "success":
        raise SlicerError(f"The printer refused to print: {ack.get('reason') or ack}")
    on_step(
        Step(
            text="Print accepted", detail=f"plate {options.plate}, {ack['gcode_state']}"
        )
    )
    await mqtt.status("FINISH", subtask_name=fields["subtask_name"])
    on_step(Step(text=f"The printer reports FINISH for “{fields['subtask_name']}”"))
