"""The camera of models that stream video: RTSP over TLS, on TCP 322 (X1, P2S, H2, X2D)."""

from collections.abc import Callable
from dataclasses import dataclass
import time
from typing import override

from ...mirror.video import Video
from ...pki.printer_identity import PrinterTrust
from ...protocol.ports import USER_NAME, VIDEO_PATH, VIDEO_PORT
from ...protocol.rtsp import (
    VERSION,
    Message,
    Packet,
    RtspDecoder,
    RtspError,
    authorization,
    encode,
)
from ..settings import MachineSettings
from .problems import CameraError, CameraProblem
from .upstream import CameraSocket, CameraTimes, Upstream

# Servers end sessions after a minute in which nothing was asked.
KEEP_ALIVE_S = 25.0
_RECEIVE_BYTES = 64 * 1024
_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoPlace:
    """Where a printer's video is."""

    address: str
    port: int = VIDEO_PORT
    path: str = VIDEO_PATH

    @property
    def url(self) -> str:
        """The address in requests, without a login."""
        return f"rtsps://{self.address}:{self.port}{self.path}"


class VideoUpstream(Upstream):
    """One connection, over which the printer plays its only track."""

    def __init__(
        self,
        place: VideoPlace,
        settings: MachineSettings,
        trust: PrinterTrust,
        times: CameraTimes,
        deliver: Callable[[Video], None],
    ) -> None:
        """Prepare; `deliver` is called in the thread of `run`."""
        self._place = place
        self._settings = settings
        self._deliver = deliver
        self._socket = CameraSocket(settings, trust, times)
        self._decoder = RtspDecoder()
        self._sequence = 0
        self._asked = ""
        self._early: list[Packet] = []

    @override
    def run(self) -> None:
        try:
            self._socket.open(self._place.address, self._place.port)
            described = self._describe()
            control = _control(described, self._place.url)
            transport = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"}
            session = self._request("SETUP", transport, control).headers.get("session")
            named = {"Session": (session or "").partition(";")[0]}
            self._request("PLAY", named | {"Range": "npt=0.000-"})
            self._follow(described.body, named)
        except RtspError as err:
            raise CameraError(CameraProblem.LOST, str(err)) from err
        finally:
            self._socket.close()

    @override
    def abort(self) -> None:
        self._socket.abort()

    def _describe(self) -> Message:
        """Ask for the description. Raises CameraError, RtspError."""
        try:
            return self._request("DESCRIBE", {"Accept": "application/sdp"})
        except CameraError as err:
            if err.problem is CameraProblem.LOST and not self._asked:
                # Ended without an answer: so does an H2 whose liveview is off.
                raise CameraError(CameraProblem.OFF, str(err)) from err
            raise

    def _follow(self, sdp: bytes, named: dict[str, str]) -> None:
        asked_at = time.monotonic()
        early = tuple(self._early)
        self._deliver(Video(sdp=sdp, packets=early))
        while data := self._socket.receive(_RECEIVE_BYTES):
            found = [one for one in self._decoder.feed(data) if isinstance(one, Packet)]
            if found:
                self._deliver(Video(sdp=sdp, packets=tuple(found)))
            if time.monotonic() - asked_at > KEEP_ALIVE_S:
                asked_at = time.monotonic()
                self._send("GET_PARAMETER", named, self._place.url)
        raise CameraError(CameraProblem.LOST, "the printer ended it")

    def _request(
        self, method: str, headers: dict[str, str], url: str | None = None
    ) -> Message:
        """Send a request and return the good response, logging in where that is asked for. Raises CameraError, RtspError."""
        url = url or self._place.url
        self._send(method, headers, url)
        response = self._response()
        if response.status == _UNAUTHORIZED and not self._asked:
            self._asked = response.headers.get("www-authenticate", "")
            self._send(method, headers, url)
            response = self._response()
        if response.status == _UNAUTHORIZED:
            raise CameraError(CameraProblem.WRONG_CODE)
        if response.status != 200:
            raise RtspError(f"{method} is answered with {response.status}")
        return response

    def _send(self, method: str, headers: dict[str, str], url: str) -> None:
        self._sequence += 1
        told = {"CSeq": str(self._sequence), **headers}
        if self._asked:
            told["Authorization"] = authorization(
                self._asked,
                method=method,
                url=url,
                user=USER_NAME,
                password=self._settings.access_code,
            )
        self._socket.send(encode(f"{method} {url} {VERSION}", told))

    def _response(self) -> Message:
        while data := self._socket.receive(_RECEIVE_BYTES):
            response = None
            for found in self._decoder.feed(data):
                match found:
                    case Message():
                        response = found
                    case Packet():
                        # After PLAY packets may come in one piece with the response.
                        self._early.append(found)
            if response is not None:
                return response
        raise CameraError(CameraProblem.LOST, "the printer ended it")


def _control(described: Message, url: str) -> str:
    """Return the address of the video's track (RFC 2326, C.1.1)."""
    control = ""
    in_video = False
    for line in described.body.decode(errors="replace").splitlines():
        if line.startswith("m="):
            in_video = line.startswith("m=video")
        elif in_video and line.startswith("a=control:"):
            control = line.partition(":")[2].strip()
            break
    # Its own host is sometimes another than the one that was asked.
    if control.startswith("rtsp"):
        control = control.rstrip("/").rpartition("/")[2]
    if not control or control == "*":
        return url
    return f"{url.rstrip('/')}/{control}"
