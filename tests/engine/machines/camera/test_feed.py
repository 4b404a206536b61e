"""What somebody sees who comes while the connection for those before is being ended."""

from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
import threading

import pytest

from custom_components.bambu_virtual_printer.engine.machines.camera.feed import (
    CameraFeed,
)
from custom_components.bambu_virtual_printer.engine.machines.camera.pictures import (
    LastPicture,
)
from custom_components.bambu_virtual_printer.engine.machines.camera.upstream import (
    CameraTimes,
)
from tests.support.waiting import until

QUICK = CameraTimes(retry_s=0.01, retry_max_s=0.05, linger_s=0.0)


class SlowToEnd:
    """A connection that is over only when it may be, and brings one more picture before."""

    def __init__(self, number: int, deliver: Callable[[bytes], None]) -> None:
        self.aborted = threading.Event()
        self.may_end = threading.Event()
        self._number = number
        self._deliver = deliver

    def run(self) -> None:
        self._deliver(b"first of %d" % self._number)
        self.may_end.wait()
        self._deliver(b"last of %d" % self._number)

    def abort(self) -> None:
        self.aborted.set()


class Looker:
    """Remembers what it was shown."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    def show(self, item: bytes) -> None:
        self.seen.append(item)

    def ended(self) -> None:
        """Do nothing."""


class Slow:
    """A feed of such connections."""

    def __init__(self, executor: ThreadPoolExecutor) -> None:
        self.made: list[SlowToEnd] = []
        self.feed = CameraFeed[bytes](
            self._connect, LastPicture(), executor, QUICK, lambda: None
        )

    def _connect(self, deliver: Callable[[bytes], None]) -> SlowToEnd:
        self.made.append(SlowToEnd(len(self.made) + 1, deliver))
        return self.made[-1]


@pytest.fixture
async def slow() -> AsyncIterator[Slow]:
    with ThreadPoolExecutor(2) as executor:
        made = Slow(executor)
        yield made
        for upstream in made.made:
            upstream.may_end.set()
        await made.feed.close()


async def test_who_comes_while_a_connection_ends_sees_what_the_next_brings(
    slow: Slow,
) -> None:
    first, second = Looker(), Looker()
    stop = slow.feed.watch(first)
    await until(lambda: first.seen)
    stop()
    await until(slow.made[0].aborted.is_set)
    stop = slow.feed.watch(second)
    slow.made[0].may_end.set()
    await until(lambda: second.seen)
    assert second.seen == [b"first of 2"]
    assert first.seen == [b"first of 1"]
    slow.made[1].may_end.set()
    await until(lambda: len(second.seen) > 1)
    assert second.seen[1] == b"last of 2"
    stop()
