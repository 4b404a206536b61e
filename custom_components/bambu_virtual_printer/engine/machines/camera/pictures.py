"""The camera of models that send pictures: TCP 6000 (A1, A1 mini, A2L, P1P, P1S)."""

from collections.abc import Callable
from typing import override

from ...pki.printer_identity import PrinterTrust
from ...protocol import camera_pictures
from ...protocol.camera_pictures import OutOfStepError
from ...protocol.ports import PICTURES_PORT, USER_NAME
from ..settings import MachineSettings
from .feed import Recent
from .problems import CameraError, CameraProblem
from .upstream import CameraSocket, CameraTimes, Upstream


class PictureUpstream(Upstream):
    """One connection, over which the printer sends a picture about once a second."""

    def __init__(
        self,
        address: str,
        settings: MachineSettings,
        trust: PrinterTrust,
        times: CameraTimes,
        deliver: Callable[[bytes], None],
    ) -> None:
        """Prepare; `deliver` is called with each picture in the thread of `run`."""
        self._address = address
        self._settings = settings
        self._deliver = deliver
        self._socket = CameraSocket(settings, trust, times)

    @override
    def run(self) -> None:
        try:
            self._socket.open(self._address, PICTURES_PORT)
            self._socket.send(
                camera_pictures.login(USER_NAME, self._settings.access_code)
            )
            first = self._socket.receive(camera_pictures.HEADER_BYTES)
            if not first:
                raise CameraError(CameraProblem.WRONG_CODE)
            while True:
                header = self._socket.read(camera_pictures.HEADER_BYTES, first)
                picture = self._socket.read(camera_pictures.read_header(header))
                camera_pictures.check_picture(picture)
                self._deliver(picture)
                first = b""
        except OutOfStepError as err:
            raise CameraError(CameraProblem.LOST, str(err)) from err
        finally:
            self._socket.close()

    @override
    def abort(self) -> None:
        self._socket.abort()


class LastPicture(Recent[bytes]):
    """The newest picture, for viewers who come later."""

    def __init__(self) -> None:
        """Begin without one."""
        self._pictures: tuple[bytes, ...] = ()

    @override
    def add(self, item: bytes) -> None:
        self._pictures = (item,)

    @override
    def items(self) -> tuple[bytes, ...]:
        return self._pictures

    @override
    def clear(self) -> None:
        self._pictures = ()
