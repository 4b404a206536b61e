"""The MQTT session with one printer: kept up for ever, and the only one in this process.

Printers have few slots for clients (an A1 about four) and free those of clients that vanish after hours, so there is one
session, and it ends with DISCONNECT. Only `report` is subscribed: a subscription to `request` ends the session on P1S and
A1 (Bambuddy #778). Each connection has a new client id and a clean session, and nothing is queued while there is none:
a start that was replayed after a reconnect printed twice (Bambuddy #1136).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
import errno
import logging
import random
import secrets
import socket

import aiomqtt
from aiomqtt.exceptions import MqttConnectError

from ..pki.printer_identity import (
    Changed,
    NotThePrinterError,
    PrinterTrust,
    Unknown,
    WrongSerial,
)
from ..protocol.ports import MQTT_PORT, USER_NAME
from .errors import CommandError, NoReplyError, NotConnectedError
from .mqtt_client import MqttClient
from .settings import MachineSettings, SessionTimes
from .tls import HandshakeStalledError, PrinterTls
from .values import Availability

_LOGGER = logging.getLogger(__name__)
# paho's own words would repeat addresses at every attempt.
_QUIET = logging.getLogger(f"{__name__}.mqtt")
_QUIET.setLevel(logging.CRITICAL)

MAX_QUEUED = 1000
# CONNACK codes 4 and 5, and what paho makes of them.
_WRONG_CODE = frozenset({4, 5, 134, 135})


class _SessionError(Exception):
    """The session cannot be had, or ended."""

    def __init__(self, availability: Availability, detail: str) -> None:
        super().__init__(detail)
        self.availability = availability


class Session:
    """Runs in `run`. `availability` is its state."""

    def __init__(
        self,
        settings: MachineSettings,
        trust: PrinterTrust,
        times: SessionTimes,
        *,
        handle: Callable[[bytes], bool],
        request_state: Callable[[], Awaitable[None]],
        nudge: Callable[[], Awaitable[None]],
        changed: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        """Hold a session with the printer.

        `handle` takes a payload and returns whether it was a report, `request_state` asks for all at its begin, `nudge` asks a
        silent printer for a report, `changed` is called when the availability has changed, `ended` after each session.
        """
        self._settings = settings
        self._trust = trust
        self._times = times
        self._handle = handle
        self._request_state = request_state
        self._nudge = nudge
        self._changed = changed
        self._ended = ended
        self._client: aiomqtt.Client | None = None
        self._topic = ""
        self._wake = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._seen_at: str | None = None
        self._failures = 0
        self._end: asyncio.Timeout | None = None
        self._is_ending = False
        self._pauses = 0
        self.availability = Availability.CONNECTING
        self.detail = ""
        """The last failure in words for a log."""
        self.address: str | None = None
        """The address at which the printer was last reached."""
        self.doubted: str | None = None
        """The fingerprint of the last certificate that was not taken for the printer's."""
        self.sessions = 0
        """How many sessions there have been."""

    async def run(self) -> None:
        """Keep up the session until cancelled."""
        while True:
            self._wake.clear()
            try:
                async with self._one_at_a_time:
                    await self._session()
            except _SessionError as err:
                self._failed(err.availability, str(err))
            except aiomqtt.MqttError as err:
                self._failed(Availability.OFFLINE, str(err))
            except Exception as err:
                _LOGGER.exception("The session with %s failed", self._settings.serial)
                self._failed(Availability.OFFLINE, type(err).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._delay_s()):
                    await self._wake.wait()

    async def publish(self, payload: bytes) -> None:
        """Send to the printer, at most once. Raises NotConnectedError where nothing left, else NoReplyError."""
        client = self._client
        if client is None:
            raise NotConnectedError("there is no session with the printer")
        try:
            await client.publish(self._topic, payload, qos=0)
        except aiomqtt.MqttCodeError as err:
            raise NotConnectedError("the session has just ended") from err
        except aiomqtt.MqttError as err:
            raise NoReplyError("the printer takes nothing") from err

    def retry(self) -> None:
        """Connect now rather than later."""
        self._failures = 0
        self._wake.set()

    def reconnect(self) -> None:
        """End the session under way and make a new one."""
        self._end_now()
        self.retry()

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """Have no session with the printer meanwhile, so that another client can connect: an A1 may have one slot only."""
        # A session that is being made has no end yet, and looks for pauses when it has.
        self._pauses += 1
        try:
            self._end_now()
            async with self._one_at_a_time:
                yield
        finally:
            self._pauses -= 1
            self.retry()

    def _end_now(self) -> None:
        """End the session under way, whatever the printer reports from here on."""
        if self._end is not None:
            self._is_ending = True
            # Nothing can be changed of one whose time is up; it is just ending.
            if not self._end.expired():
                self._end.reschedule(asyncio.get_running_loop().time())

    def seen_at(self, address: str) -> None:
        """Remember an address at which the printer announced itself; it is tried when the printer cannot be reached where it was."""
        if address in {self._seen_at, self.address}:
            return
        self._seen_at = address
        if self._client is None:
            self.retry()

    # --- one session ---

    async def _session(self) -> None:
        """Connect, and stay until the session ends. Raises _SessionError, aiomqtt.MqttError."""
        failure: _SessionError | None = None
        for address in await self._candidates():
            tls = PrinterTls(
                self._trust,
                self._settings.identity,
                handshake_timeout_s=self._times.handshake_s,
            )
            try:
                client = await self._connect(address, tls)
            except _SessionError as err:
                failure = failure or err
                continue
            self.address = address
            try:
                await self._serve(client, tls.serial)
            finally:
                await self._leave(client)
            return
        raise failure or _SessionError(Availability.OFFLINE, "no address")

    async def _candidates(self) -> tuple[str, ...]:
        """List the addresses to try, the likeliest first. Raises _SessionError."""
        found = [self.address, self._seen_at]
        try:
            async with asyncio.timeout(self._times.connect_s):
                addresses = await asyncio.get_running_loop().getaddrinfo(
                    self._settings.host,
                    None,
                    family=socket.AF_INET,
                    type=socket.SOCK_STREAM,
                )
            found.append(str(addresses[0][4][0]))
        except OSError as err:
            if not any(found):
                raise _SessionError(
                    Availability.OFFLINE, "its name is unknown"
                ) from err
        return tuple(dict.fromkeys(address for address in found if address))

    async def _connect(self, address: str, tls: PrinterTls) -> aiomqtt.Client:
        """Log in. Raises _SessionError."""
        await self._probe_port(address)
        client = MqttClient(
            address,
            MQTT_PORT,
            username=USER_NAME,
            password=self._settings.access_code,
            identifier=f"bvp-{secrets.token_hex(8)}",
            clean_session=True,
            tls_context=tls.as_context(),
            keepalive=self._times.keep_alive_s,
            timeout=self._times.answer_s,
            max_queued_incoming_messages=MAX_QUEUED,
            logger=_QUIET,
        )
        entering = asyncio.create_task(client.__aenter__())
        try:
            await asyncio.wait([entering])
            entering.result()
        except asyncio.CancelledError:
            # The thread that connects goes on otherwise, and would leave a session open.
            tls.abort()
            entering.cancel()
            await asyncio.wait([entering])
            raise
        except HandshakeStalledError as err:
            raise _SessionError(Availability.TOO_MANY_CLIENTS, str(err)) from err
        except NotThePrinterError as err:
            self.doubted = err.refusal.peer.fingerprint
            raise _SessionError(_distrust(err), str(err)) from err
        except MqttConnectError as err:
            code = getattr(err.rc, "value", err.rc)
            raise _SessionError(
                Availability.WRONG_CODE
                if code in _WRONG_CODE
                else Availability.TOO_MANY_CLIENTS,
                f"the login is refused with {code}",
            ) from err
        except aiomqtt.MqttError as err:
            tls.abort()
            raise _SessionError(Availability.OFFLINE, str(err)) from err
        return client

    async def _probe_port(self, address: str) -> None:
        """Check on the loop whether the port answers: what is switched off must not occupy threads. Raises _SessionError."""
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.setblocking(False)
            try:
                async with asyncio.timeout(self._times.connect_s):
                    await asyncio.get_running_loop().sock_connect(
                        sock, (address, MQTT_PORT)
                    )
            except OSError as err:
                refused = err.errno == errno.ECONNREFUSED
                raise _SessionError(
                    Availability.LAN_ACCESS_OFF if refused else Availability.OFFLINE,
                    err.strerror or "no answer",
                ) from err

    async def _serve(self, client: aiomqtt.Client, serial: str) -> None:
        """Subscribe, request the state, and handle the messages. Raises _SessionError, aiomqtt.MqttError."""
        loop = asyncio.get_running_loop()
        await client.subscribe(f"device/{serial}/report", qos=0)
        self._topic = f"device/{serial}/request"
        self._client = client
        self.sessions += 1
        reported = self._is_ending = False
        nudge = _Timer(self._times.nudge_s, self._nudge)
        try:
            async with asyncio.timeout(self._times.first_report_s) as self._end:
                if self._pauses:
                    return
                await self._request_state()
                async for message in client.messages:
                    is_report = self._handle(_bytes(message.payload))
                    if is_report and not reported:
                        reported = True
                        self._failures = 0
                        self._become(Availability.ONLINE, "")
                    if reported and not self._is_ending:
                        self._end.reschedule(loop.time() + self._times.silence_s)
                        nudge.restart()
        except TimeoutError:
            if reported:
                raise _SessionError(
                    Availability.OFFLINE, "it has stopped to report"
                ) from None
            raise _SessionError(Availability.SILENT, "it sends no reports") from None
        except CommandError as err:
            raise _SessionError(Availability.OFFLINE, str(err)) from err
        finally:
            self._end = None
            self._client = None
            nudge.cancel()
            self._ended()

    async def _leave(self, client: aiomqtt.Client) -> None:
        """Send DISCONNECT, so that the printer has a slot for another client."""
        with suppress(aiomqtt.MqttError):
            await client.__aexit__(None, None, None)
        # Where the connection was lost while no message was awaited, asyncio would log an exception never retrieved.
        disconnected = client._disconnected  # noqa: SLF001
        if disconnected.done() and not disconnected.cancelled():
            disconnected.exception()

    # --- how it goes ---

    def _failed(self, availability: Availability, detail: str) -> None:
        self._failures += 1
        self._become(availability, detail)

    def _become(self, availability: Availability, detail: str) -> None:
        self.detail = detail
        if availability is self.availability:
            return
        self.availability = availability
        _LOGGER.debug("%s is %s %s", self._settings.serial, availability, detail)
        self._changed()

    def _delay_s(self) -> float:
        """How long to wait before the next attempt. Only a report makes it short again, not a login."""
        if self.availability is Availability.WRONG_CODE:
            return self._times.wrong_code_retry_s
        doubled = self._times.retry_s * 2.0 ** min(self._failures - 1, 16)
        return min(doubled, self._times.retry_max_s) * random.uniform(0.8, 1.2)


class _Timer:
    """Calls something once, when it was not restarted for a while."""

    def __init__(self, delay_s: float, call: Callable[[], Awaitable[None]]) -> None:
        self._delay_s = delay_s
        self._call = call
        self._handle: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def restart(self) -> None:
        """Start the time again."""
        if self._handle:
            self._handle.cancel()
        loop = asyncio.get_running_loop()
        self._handle = loop.call_later(self._delay_s, self._start)

    def cancel(self) -> None:
        """Drop all callbacks."""
        if self._handle:
            self._handle.cancel()
        if self._task:
            self._task.cancel()

    def _start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        # A session that ends meanwhile is noticed where it is read.
        with suppress(CommandError):
            await self._call()


def _distrust(err: NotThePrinterError) -> Availability:
    match err.refusal:
        case WrongSerial():
            return Availability.WRONG_SERIAL
        case Changed():
            return Availability.CERTIFICATE_CHANGED
        case Unknown():
            return Availability.UNTRUSTED


def _bytes(payload: object) -> bytes:
    return payload if isinstance(payload, bytes) else b""
