"""How much is left on a printer's spools."""

from dataclasses import replace

from custom_components.bambu_virtual_printer.engine.dispatch.spool_amounts import (
    SpoolAmounts,
)
from custom_components.bambu_virtual_printer.engine.machines.values import (
    MachineState,
    SpoolPlace,
)

from .scenes import IDLE, PLA_BLACK, ams, spool
from .test_planner import job

A1, A2 = SpoolPlace(unit=0, slot=0), SpoolPlace(unit=0, slot=1)
BLACK = job(needs={"filaments": (replace(PLA_BLACK, grams=30.0),)})


def tagged(percent: int | None, weight_g: int | None = 1000) -> MachineState:
    first = replace(spool(0, 0, "PLA"), remaining_percent=percent, weight_g=weight_g)
    return replace(IDLE, ams=(ams(first, spool(0, 1)),))


def test_the_printers_own_word_goes_before_that_of_a_sensor() -> None:
    amounts = SpoolAmounts()
    assert amounts.left_g(tagged(40)) == {A1: 400.0}
    assert amounts.left_g(tagged(40, 250)) == {A1: 100.0}
    assert amounts.left_g(tagged(None)) == amounts.left_g(tagged(40, None)) == {}
    amounts.told_by_sensors = {A1: 123.0, A2: 50.0}
    assert amounts.left_g(tagged(40)) == {A1: 400.0}
    # Of an empty slot nothing is left, whatever a sensor says.
    assert amounts.left_g(tagged(None)) == {A1: 123.0}


def test_what_a_print_takes_is_subtracted_until_another_amount_is_told() -> None:
    amounts = SpoolAmounts()
    amounts.told_by_sensors = {A1: 100.0}
    state = tagged(None)
    amounts.take(state, BLACK, (A1,))
    assert amounts.left_g(state) == {A1: 70.0}
    amounts.take(state, BLACK, (A1,))
    assert amounts.left_g(state) == {A1: 40.0}
    amounts.told_by_sensors = {A1: 41.0}
    assert amounts.left_g(state) == {A1: 41.0}
    for _ in range(2):
        amounts.take(state, BLACK, (A1,))
    assert amounts.left_g(state) == {A1: 0.0}


def test_what_a_print_did_not_take_is_given_back() -> None:
    amounts = SpoolAmounts()
    state = tagged(10)
    amounts.take(state, BLACK, (A1,))
    amounts.give_back(BLACK, (A1,))
    assert amounts.left_g(state) == {A1: 100.0}
    # Nothing was known of it, so nothing is.
    amounts.take(tagged(None), BLACK, (A1,))
    amounts.give_back(BLACK, (A1,))
    assert amounts.left_g(tagged(None)) == {}


def test_what_a_print_takes_of_a_spool_is_subtracted_from_what_is_told_of_it_first() -> (
    None
):
    amounts = SpoolAmounts()
    state = tagged(None)
    amounts.take(state, BLACK, (A1,))
    assert amounts.left_g(state) == {}
    amounts.told_by_sensors = {A1: 100.0}
    assert amounts.left_g(state) == {A1: 70.0}
    amounts.end()
    assert amounts.left_g(state) == {A1: 70.0}
    # Told only once the print has ended, it is as it is told.
    late = SpoolAmounts()
    late.take(state, BLACK, (A1,))
    late.end()
    late.told_by_sensors = {A1: 100.0}
    assert late.left_g(state) == {A1: 100.0}
