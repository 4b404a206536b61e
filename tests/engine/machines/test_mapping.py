from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.machines.families import find_traits
from custom_components.bambu_virtual_printer.engine.machines.mapping import (
    MappingForm,
    MappingProblem,
    Places,
    decode,
    encode,
    problems,
)
from custom_components.bambu_virtual_printer.engine.machines.values import SpoolPlace
from scripts.printer_double.statuses import a2l, h2d, p1s, x1c_two_units
from tests.support.machine_states import machine_state

RIGHT, LEFT = SpoolPlace(unit=255), SpoolPlace(unit=254)
NOBODY = (255, 255)


def at(unit: int, slot: int = 0) -> SpoolPlace:
    return SpoolPlace(unit=unit, slot=slot)


# Position is the filament's number in the project, whatever the plate uses.
CASES: dict[str, tuple[Places, bool, list[int], list[tuple[int, int]]]] = {
    "P1S, one AMS, third of four filaments": (
        (None, None, at(0, 1), None), True, [-1, -1, 1, -1], [NOBODY, NOBODY, (0, 1), NOBODY],
    ),
    "A1, four colours (recording)": (
        (at(0, 3), at(0, 0), at(0, 2), at(0, 1)), True, [3, 0, 2, 1], [(0, 3), (0, 0), (0, 2), (0, 1)],
    ),
    "X1C, AMS B and AMS HT": ((at(1, 3), at(128)), True, [7, 128], [(1, 3), (128, 0)]),
    "A2L": ((at(16, 1),), True, [1], [(16, 1)]),
    "external spool, one nozzle": ((RIGHT,), False, [-1], [(255, 0)]),
    "H2D, last of four on the right holder": (
        (None, None, None, RIGHT), False, [-1, -1, -1, -1], [NOBODY, NOBODY, NOBODY, (255, 0)],
    ),
    "H2D, left holder and an AMS": ((LEFT, at(0, 0)), True, [-1, 0], [(254, 0), (0, 0)]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_mapping_is_written_as_each_family_takes_it(case: str) -> None:
    places, use_ams, flat, pairs = CASES[case]
    fields = encode(places).fields()
    assert fields == {
        "use_ams": use_ams,
        "ams_mapping": flat,
        "ams_mapping2": [{"ams_id": unit, "slot_id": slot} for unit, slot in pairs],
    }
    # An integer would be the number of a nozzle on an H2D Pro.
    assert type(fields["use_ams"]) is bool


@pytest.mark.parametrize("case", CASES)
def test_a_mapping_is_read_as_it_was_written(case: str) -> None:
    places, _use_ams, _flat, pairs = CASES[case]
    assert (
        decode(None, [{"ams_id": unit, "slot_id": slot} for unit, slot in pairs])
        == places
    )


def test_254_and_255_never_stand_in_the_flat_list() -> None:
    for places, *_rest in CASES.values():
        assert not {254, 255} & set(encode(places).flat)


def test_the_other_form_leaves_the_pairs_out_where_no_ams_is_used() -> None:
    assert encode((RIGHT, None), MappingForm.FLAT).fields() == {
        "use_ams": False,
        "ams_mapping": [0, 0],
    }
    assert encode((at(0, 1), None), MappingForm.FLAT) == encode((at(0, 1), None))


def test_a_mapping_that_maps_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no filament"):
        encode((None, None))


@pytest.mark.parametrize(
    ("flat", "pairs", "places"),
    [
        ([-1, 5, 130], None, (None, at(1, 1), at(130))),
        ([254], None, (RIGHT,)),
        # Unresolved is never external.
        ([-1, -1], None, (None, None)),
        ([99], None, (None,)),
        (None, None, ()),
        ([0], [{"ams_id": 7, "slot_id": 0}], (None,)),
        ([0], [{"ams_id": 0, "slot_id": 9}], (None,)),
        ([0], [{}], (None,)),
    ],
)
def test_a_slicers_mapping_is_read_whatever_it_left_out(
    flat: Any, pairs: Any, places: Places
) -> None:
    assert decode(flat, pairs) == places


def test_trays_that_do_not_exist_are_found_before_a_printer_waits_for_them_for_ever() -> (
    None
):
    state = machine_state(p1s(), {}, find_traits("C12"))
    assert problems(
        (at(0, 0), None, at(0, 2), at(1, 0), at(128), LEFT, RIGHT), state
    ) == {
        2: MappingProblem.EMPTY,
        3: MappingProblem.NO_SUCH_PLACE,
        4: MappingProblem.NO_SUCH_PLACE,
        5: MappingProblem.NO_SUCH_PLACE,
    }


def test_every_family_takes_what_it_has() -> None:
    for fields, model, places in (
        (x1c_two_units(), "BL-P001", (at(0, 0), at(1, 3), at(128), RIGHT)),
        (a2l(), "N9", (at(16, 1), RIGHT)),
        (h2d(), "O1D", (at(0, 1), at(128), RIGHT, LEFT)),
    ):
        assert problems(places, machine_state(fields, {}, find_traits(model))) == {}


def test_a_unit_serves_its_own_nozzle_alone() -> None:
    state = machine_state(h2d(), {}, find_traits("O1D"))
    places = (at(0, 0), at(128), RIGHT, LEFT, at(0, 1))
    assert problems(places, state, (1, 0, 0, 1, None)) == {}
    assert problems(places, state, (0, 1, 1, 0)) == dict.fromkeys(
        range(4), MappingProblem.WRONG_NOZZLE
    )
    # With one nozzle there is nothing to reach.
    assert (
        problems((at(0, 0),), machine_state(p1s(), {}, find_traits("C12")), (1,)) == {}
    )
