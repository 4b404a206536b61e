"""One picture out of a feed, for whoever wants no more."""

import asyncio
from typing import override

from ...mirror.camera import Viewer
from ...net.loop_bridge import call_on_loop
from .feed import CameraFeed
from .problems import CameraError, CameraProblem

SETTLED_AFTER = 3
"""After how many pictures of a new connection they are of now: the first ones may be old (platecli)."""


async def snapshot(
    feed: CameraFeed[bytes], timeout_s: float, *, pictures: int = 1
) -> bytes:
    """Return the newest picture, once so many have come; they are shared with all who look. Raises CameraError."""
    looker = _Looker(pictures)
    stop = feed.watch(looker)
    try:
        if feed.problem is not None and feed.problem.needs_a_person:
            raise CameraError(feed.problem)
        async with asyncio.timeout(timeout_s):
            return await looker.picture
    except TimeoutError as err:
        raise CameraError(feed.problem or CameraProblem.STALLED) from err
    finally:
        stop()


class _Looker(Viewer[bytes]):
    """Waits for one picture."""

    def __init__(self, pictures: int) -> None:
        self._loop = asyncio.get_running_loop()
        self.picture: asyncio.Future[bytes] = self._loop.create_future()
        self._left = pictures

    @override
    def show(self, item: bytes) -> None:
        call_on_loop(self._loop, self._take, item)

    @override
    def ended(self) -> None:
        call_on_loop(self._loop, self._fail)

    def _take(self, picture: bytes) -> None:
        self._left -= 1
        if self._left <= 0 and not self.picture.done():
            self.picture.set_result(picture)

    def _fail(self) -> None:
        if not self.picture.done():
            self.picture.set_exception(CameraError(CameraProblem.LOST))
