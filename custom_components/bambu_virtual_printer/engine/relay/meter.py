"""Counts relayed traffic: connections, bytes and their rate, in both directions."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from ..values import Service

WINDOW_S = 5
_SLOTS = WINDOW_S + 1


class Meter:
    """Bytes in one direction. One thread adds, any thread may read."""

    __slots__ = ("_counts", "_seconds", "total")

    def __init__(self) -> None:
        """Start at zero."""
        self.total = 0
        self._seconds = [0] * _SLOTS
        self._counts = [0] * _SLOTS

    def add(self, count: int, now: float | None = None) -> None:
        """Add `count` bytes; `now` is a reading of the monotonic clock."""
        second = int(monotonic() if now is None else now)
        slot = second % _SLOTS
        if self._seconds[slot] != second:
            self._seconds[slot] = second
            self._counts[slot] = 0
        self._counts[slot] += count
        self.total += count

    def rate(self, now: float | None = None) -> float:
        """Return bytes per second, the mean of the last WINDOW_S full seconds."""
        current = int(monotonic() if now is None else now)
        counted = zip(self._seconds, self._counts, strict=True)
        return (
            sum(count for second, count in counted if 0 < current - second <= WINDOW_S)
            / WINDOW_S
        )


def counting(*meters: Meter) -> Callable[[int], None]:
    """Return a function that adds a number of bytes to several meters."""

    def _count(count: int) -> None:
        for meter in meters:
            meter.add(count)

    return _count


class Traffic:
    """The traffic of one service. `up` is from slicers to the printer."""

    __slots__ = ("connections", "down", "up")

    def __init__(self) -> None:
        """Start at zero."""
        self.connections = 0
        self.up = Meter()
        self.down = Meter()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTraffic:
    """A reading of one service's traffic; rates are in bytes per second."""

    service: Service
    connections: int
    up_bytes: int
    down_bytes: int
    up_rate: float
    down_rate: float


def read(service: Service, traffic: Traffic) -> ServiceTraffic:
    """Read the counters."""
    return ServiceTraffic(
        service=service,
        connections=traffic.connections,
        up_bytes=traffic.up.total,
        down_bytes=traffic.down.total,
        up_rate=traffic.up.rate(),
        down_rate=traffic.down.rate(),
    )
