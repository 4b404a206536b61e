"""Tests for the rate that uploads keep together."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.machines.pace import Pace


class Clock:
    """Time that passes while somebody sleeps, and not otherwise."""

    def __init__(self) -> None:
        """Begin at a time as a computer has it that runs for a while."""
        self.now = 5000.0

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@contextmanager
def shared(clock: Clock, bytes_per_s: float) -> Iterator[Pace]:
    """Give the pace of two that send."""
    pace = Pace(bytes_per_s, clock=lambda: clock.now, sleep=clock.sleep)
    with pace.sending(), pace.sending():
        yield pace


def test_one_alone_never_waits(clock: Clock) -> None:
    pace = Pace(1.0, clock=lambda: clock.now, sleep=clock.sleep)
    with pace.sending():
        for _ in range(9):
            pace.wait(1000)
        assert clock.now == 5000.0
        with pace.sending():
            pace.wait(1000)
            pace.wait(1000)
        assert clock.now == 6000.0
        pace.wait(1000)
    assert clock.now == 6000.0


def test_what_keeps_below_the_rate_never_waits(clock: Clock) -> None:
    with shared(clock, 1000.0) as pace:
        for _ in range(20):
            before = clock.now
            pace.wait(100)
            assert clock.now == before
            clock.now += 0.11


@given(sizes=st.lists(st.integers(1, 65536), min_size=2, max_size=200))
def test_together_no_more_is_sent_than_the_rate(sizes: list[int]) -> None:
    clock = Clock()
    with shared(clock, 10_000.0) as pace:
        for size in sizes:
            pace.wait(size)
        # The last one has not been sent yet.
        assert clock.now - 5000.0 == pytest.approx(sum(sizes[:-1]) / 10_000)


def test_time_that_was_not_used_is_not_saved_up(clock: Clock) -> None:
    with shared(clock, 1000.0) as pace:
        pace.wait(1000)
        clock.now += 100
        pace.wait(1000)
        pace.wait(1000)
        assert clock.now == pytest.approx(5101.0)


def test_threads_take_turns() -> None:
    """Each of them waits for all that asked before it."""
    waits: list[float] = []
    pace = Pace(100.0, clock=lambda: 0.0, sleep=waits.append)
    with pace.sending(), pace.sending(), ThreadPoolExecutor(8) as threads:
        list(threads.map(pace.wait, [100] * 8))
    assert sorted(waits) == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
