"""Counting bytes."""

from custom_components.bambu_virtual_printer.engine.relay.meter import WINDOW_S, Meter


def test_a_rate_is_the_mean_of_the_last_full_seconds() -> None:
    meter = Meter()
    for second in range(10):
        meter.add(1000, 100.0 + second)
        meter.add(500, 100.9 + second)
    assert meter.total == 15000
    assert meter.rate(110.0) == 1500


def test_a_rate_falls_to_nothing_when_nothing_passes() -> None:
    meter = Meter()
    meter.add(5000, 100.0)
    assert meter.rate(100.5) == 0
    assert meter.rate(101.0) == 5000 / WINDOW_S
    assert meter.rate(100.0 + WINDOW_S + 1) == 0


def test_the_clock_is_read_when_nobody_gives_the_time() -> None:
    meter = Meter()
    meter.add(1)
    assert meter.total == 1
    assert meter.rate() == 0
