"""The emulator's access to what the camera of a virtual printer shows."""

from collections.abc import Callable
from typing import Protocol


class Viewer[Item](Protocol):
    """Somebody who looks at a camera. Both are called in any thread, and must neither wait nor raise."""

    def show(self, item: Item) -> None:
        """Take what has come."""

    def ended(self) -> None:
        """There will be no more."""


class Camera[Item](Protocol):
    """A real printer's camera, or what is shown instead of one: JPEG pictures (`bytes`), or video."""

    def watch(self, viewer: Viewer[Item]) -> Callable[[], None]:
        """Show somebody what is newest, if there is anything, and all that comes. Returns what ends that. On the loop."""
