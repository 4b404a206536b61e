"""Shows a camera's video to programs on this computer, such as Home Assistant's streams and go2rtc: RTSP on 127.0.0.1, in clear.

They know no other way in than an address. This one has a password in it that is made anew at each start, rather than the access
code of the printer, and whoever reads from it is shown what the one connection with the printer brings.
"""

import asyncio
import secrets

from ...mirror.camera import Camera
from ...mirror.video import Video
from ...net.admission import Admission, Limits
from ...net.listener import Listener
from ...protocol.ports import USER_NAME, VIDEO_PATH
from ...reception.transfer_thread import TransferThread
from ...values import Service
from ..logins import Logins
from ..port_6000 import Port6000
from .video import VideoServer

ADDRESS = "127.0.0.1"
# One stream, one go2rtc, and those that are about to be replaced.
LIMITS = Limits(
    total=16,
    unauthenticated=8,
    unauthenticated_per_printer=8,
    unauthenticated_per_peer=8,
    authenticated_per_peer=8,
)


class LocalVideo:
    """The way in to one camera. Nothing listens before its address is asked for."""

    def __init__(self, video: Camera[Video], transfer_thread: TransferThread) -> None:
        """Prepare to show this video."""
        self._password = secrets.token_urlsafe(24)
        self._clients = Port6000(
            None,
            transfer_thread,
            # Whoever guesses is a program of this computer; it is told to nobody.
            Logins(self._password, lambda _failure: None),
            [VideoServer(video, self._password)],
            on_refused=lambda _refused: None,
            service=Service.RTSPS,
        )
        self._listener: Listener | None = None
        self._is_closed = False

    def url(self) -> str:
        """Return the address, the same until `close`; listens from now on. Raises ListenError."""
        if self._listener is None:
            if self._is_closed:
                raise RuntimeError("closed")
            self._listener = Listener(
                Service.RTSPS,
                ADDRESS,
                0,
                self._clients.adopt,
                admission=Admission(LIMITS),
            )
            self._listener.start()
        return (
            f"rtsp://{USER_NAME}:{self._password}@{ADDRESS}:{self._listener.port}"
            f"{VIDEO_PATH}"
        )

    async def close(self) -> None:
        """Free the port, and end what is connected."""
        self._is_closed = True
        if self._listener is None:
            return
        self._listener.close()
        await asyncio.gather(self._listener.wait_closed(), self._clients.close())
