"""A loop whose clock jumps to the next thing to do, so that hours take no time."""

import asyncio
from datetime import UTC, datetime, timedelta
import selectors
from typing import Any, override

BEGINNING = datetime(2026, 11, 29, 12, tzinfo=UTC)


class _Selector(selectors.DefaultSelector):
    """Waits for nothing: there are no sockets."""

    loop: VirtualLoop

    @override
    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("Everybody waits for ever.")
        self.loop.now_s += max(0.0, timeout)
        found: list[Any] = super().select(0)
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop. Threads have no place in it."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    @override
    def time(self) -> float:
        return self.now_s

    def clock(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.now_s)
