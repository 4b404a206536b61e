"""Shows slicers pictures over port 6000, as A1, A2L and P1 do: the newest one, and none that a slow client would be late for."""

from collections.abc import Callable
import socket
from typing import override

from ...mirror.camera import Camera, Viewer
from ...protocol import camera_pictures
from ...reception.reactor import Steps, Wait
from ..port_6000 import Client, Handler

# A picture or two: with large buffers a slow client would see what was minutes ago.
_KERNEL_BUFFER_BYTES = 128 * 1024


class PictureServer(Handler):
    """Serves all clients of one virtual printer."""

    magic = camera_pictures.LOGIN_MAGIC

    def __init__(self, pictures: Camera[bytes]) -> None:
        """Show these pictures."""
        self._pictures = pictures

    @override
    def serve(self, client: Client) -> Steps:
        login = yield from client.read(camera_pictures.LOGIN_BYTES)
        if (yield from client.log_in(*camera_pictures.read_login(login))) is None:
            return
        client.sock.setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BUFFER_BYTES
        )
        viewer = _Newest(client.wake)
        yield from client.on_loop(
            lambda: client.when_ended.append(self._pictures.watch(viewer))
        )
        yield from _show(client, viewer)


class _Newest(Viewer[bytes]):
    """Holds the newest picture until the client has read the one before."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self.picture: bytes | None = None
        self.is_over = False

    @override
    def show(self, item: bytes) -> None:
        self.picture = item
        self._wake()

    @override
    def ended(self) -> None:
        self.is_over = True
        self._wake()


def _show(client: Client, viewer: _Newest) -> Steps:
    while not viewer.is_over:
        picture, viewer.picture = viewer.picture, None
        if picture is None:
            # Nothing is expected of the client but its end.
            while client.receive():
                client.forget_received()
            yield Wait.READ
            continue
        # Real ones send it by itself, and clients read exactly this much first.
        yield from client.write(camera_pictures.header(len(picture)))
        yield from client.write(picture)
