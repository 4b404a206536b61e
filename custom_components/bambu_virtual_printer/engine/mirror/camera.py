"""The emulator's access to what the camera of a virtual printer shows."""

from collections.abc import Callable
from typing import Protocol


class PictureViewer(Protocol):
    """Somebody who is shown pictures. Both are called in any thread, and must neither wait nor raise."""

    def show(self, picture: bytes) -> None:
        """Take the newest picture, a JPEG."""

    def ended(self) -> None:
        """There will be no more."""


class Pictures(Protocol):
    """Pictures of a real printer's camera, or of the plate of the last job."""

    def watch(self, viewer: PictureViewer) -> Callable[[], None]:
        """Show somebody the last picture, if there is one, and every new one. Returns what ends that. On the loop."""
