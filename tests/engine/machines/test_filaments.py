from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.machines.colors import (
    distance,
    normalized,
)
from custom_components.bambu_virtual_printer.engine.machines.families import find_traits
from custom_components.bambu_virtual_printer.engine.machines.filaments import (
    MAX_COLOR_DISTANCE,
    ChosenSpool,
    Filament,
    LoadedSpools,
    Match,
    MatchRules,
    TooLittle,
    has_chosen,
    match,
    same_type,
)
from custom_components.bambu_virtual_printer.engine.machines.values import (
    MachineState,
    SpoolPlace,
)
from custom_components.bambu_virtual_printer.engine.values import FilamentRule
from scripts.printer_double.statuses import (
    PETG_WHITE,
    PLA_BLACK,
    PLA_RED,
    TPU_WHITE,
    ams,
    h2d,
    p1s,
    status,
    unit,
)
from tests.support.machine_states import machine_state

BLACK, RED, WHITE = "#000000", "#C12E1F", "FFFFFFFF"
EXTERNAL = SpoolPlace(unit=255)


def at(slot: int, unit: int = 0) -> SpoolPlace:
    return SpoolPlace(unit=unit, slot=slot)


def pla(index: int, color: str, **fields: Any) -> Filament:
    return Filament(index=index, type="PLA", color=color, **fields)


def loaded(
    *filaments: dict[str, Any] | None, external: dict[str, Any] | None = None
) -> MachineState:
    fields = status(
        ams=ams(unit(0, "1001", *filaments)), vt_tray={"id": "254", **(external or {})}
    )
    return machine_state(fields, {}, find_traits("C12"))


P1S = machine_state(p1s(), {}, find_traits("C12"))
H2D = machine_state(h2d(), {}, find_traits("O1D"))


def found(*filaments: Filament, state: MachineState = P1S, **options: Any) -> Match:
    return match(
        filaments,
        LoadedSpools(state, options.pop("left_g", {})),
        project_filaments=4,
        reserved=options.pop("reserved", {}),
        rules=MatchRules(**options),
    )


def test_each_filament_gets_the_spool_of_its_type_and_colour() -> None:
    result = found(
        pla(0, RED), pla(2, BLACK), Filament(index=3, type="PETG", color=WHITE)
    )
    assert result.is_complete
    assert result.places == (at(1), None, at(0), at(3))


def test_the_slicers_choice_counts_while_it_still_fits() -> None:
    twice = loaded(PLA_RED, PLA_RED)
    assert found(pla(0, RED, wish=at(1)), state=twice).places[0] == at(1)
    # Meanwhile somebody loaded something else there.
    assert found(pla(0, RED, wish=at(0))).places[0] == at(1)
    assert found(pla(0, RED, wish=at(9, unit=3))).places[0] == at(1)


def test_the_choice_for_another_printer_means_nothing() -> None:
    twice = loaded(PLA_RED | {"tray_info_idx": "GFL99"}, PLA_RED)
    wished = pla(0, RED, preset_id="GFA00", wish=at(0))
    assert found(wished, state=twice).places[0] == at(0)
    assert found(wished, state=twice, trust_wishes=False).places[0] == at(1)


def test_a_spool_chosen_by_what_it_is_counts_wherever_it_is_loaded() -> None:
    other = PLA_RED | {"tray_color": "C02D20FF", "tray_info_idx": "GFL99"}
    wanted = ChosenSpool(type="PLA", preset_id="GFL99", color="C02D20FF")
    filament = pla(0, RED, preset_id="GFA00", chosen=wanted)
    for trays, slot in (((PLA_RED, other), 1), ((other, PLA_RED), 0)):
        state = loaded(*trays)
        assert has_chosen([filament], LoadedSpools(state))
        assert found(filament, state=state, trust_wishes=False).places[0] == at(slot)
    # It is unloaded everywhere: what the file asks for counts.
    assert not has_chosen([filament], LoadedSpools(P1S))
    assert found(filament).places[0] == at(1)


def test_a_chosen_spool_of_another_colour_is_taken_where_any_colour_is_allowed() -> (
    None
):
    chosen = ChosenSpool(type="PLA", preset_id="GFA00", color="000000FF")
    green = pla(0, "#00FF00", chosen=chosen)
    assert not found(green).is_complete
    assert found(green, rule=FilamentRule.ANY_COLOR).places[0] == at(0)


def test_the_same_preset_goes_before_the_same_colour() -> None:
    state = loaded(
        PLA_RED | {"tray_info_idx": "GFL99"}, PLA_RED | {"tray_color": "C02D20FF"}
    )
    assert found(pla(0, RED, preset_id="GFA00"), state=state).places[0] == at(1)
    assert found(pla(0, RED), state=state).places[0] == at(0)


def test_a_preset_alone_never_decides() -> None:
    result = found(pla(0, "#00FF00", preset_id="GFA00"))
    assert result.places == (None,) * 4
    [missing] = result.missing
    assert missing.filament.color == "#00FF00"
    assert missing.same_type == (at(0), at(1))


def test_the_emptier_of_two_alike_is_used_up_first() -> None:
    state = loaded(
        PLA_RED | {"remain": 90}, PLA_RED | {"remain": 10}, PLA_RED | {"remain": -1}
    )
    assert found(pla(0, RED), state=state).places[0] == at(1)


def test_an_external_spool_is_taken_when_no_ams_has_it() -> None:
    assert found(pla(0, RED), state=loaded(PLA_RED, external=PLA_RED)).places[0] == at(
        0
    )
    assert (
        found(pla(0, RED), state=loaded(PLA_BLACK, external=PLA_RED)).places[0]
        == EXTERNAL
    )
    assert (
        found(
            pla(0, RED, wish=EXTERNAL), state=loaded(PLA_RED, external=PLA_RED)
        ).places[0]
        == EXTERNAL
    )


def test_tpu_is_not_fed_by_an_ams() -> None:
    wanted = Filament(index=0, type="TPU", color=WHITE)
    assert not found(wanted, state=loaded(TPU_WHITE)).is_complete
    assert (
        found(wanted, state=loaded(TPU_WHITE, external=TPU_WHITE)).places[0] == EXTERNAL
    )


def test_each_filament_has_a_spool_of_its_own_where_there_are_enough() -> None:
    """The one with more choice makes way for the one that has none."""
    near = PLA_RED | {"tray_color": "C22F20FF"}
    state = loaded(near, PLA_BLACK, PETG_WHITE)
    result = found(pla(0, RED), pla(1, "#C22F20"), state=state)
    assert {place for place in result.places if place} == {at(0)}
    assert len(result.missing) == 1
    both = loaded(near, PLA_RED)
    result = found(pla(0, RED, wish=at(0)), pla(1, "#C22F20"), state=both)
    assert result.is_complete and set(result.places) == {at(0), at(1), None}


def test_a_choice_of_the_slicer_is_not_taken_by_a_filament_that_has_another() -> None:
    state = loaded(PLA_RED | {"remain": 10}, PLA_RED | {"remain": 90})
    result = found(pla(0, RED), pla(1, RED, wish=at(0)), state=state)
    assert result.places == (at(1), at(0), None, None)


def test_a_choice_makes_way_for_a_filament_that_has_no_other() -> None:
    between = PLA_RED | {"tray_color": "C43A1FFF"}
    state = loaded(PLA_RED, between)
    far_on_one_side = "#CC4E1F"
    assert found(pla(1, far_on_one_side), state=state).places[1] == at(1)
    result = found(pla(0, RED, wish=at(1)), pla(1, far_on_one_side), state=state)
    assert result.places == (at(0), at(1), None, None)


def test_filaments_that_are_the_same_share_a_spool_where_there_is_one() -> None:
    assert found(pla(0, RED), pla(1, "c12e1fff")).places == (at(1), at(1), None, None)
    assert found(pla(0, RED), pla(1, RED), state=loaded(PLA_RED, PLA_RED)).places == (
        at(0),
        at(1),
        None,
        None,
    )


def test_any_colour_counts_only_where_the_owner_allows_it() -> None:
    green = pla(0, "#00FF00")
    assert not found(green).is_complete
    assert found(green, rule=FilamentRule.ANY_COLOR).places[0] in {at(0), at(1)}
    assert not found(
        Filament(index=0, type="ABS", color=RED), rule=FilamentRule.ANY_COLOR
    ).is_complete
    # What has a colour of its own keeps it.
    assert found(green, pla(1, BLACK), rule=FilamentRule.ANY_COLOR).places == (
        at(1),
        at(0),
        None,
        None,
    )


@pytest.mark.parametrize("color", ["", "#12", "00000000", "no"])
def test_a_filament_without_a_colour_is_not_guessed(color: str) -> None:
    assert not found(pla(0, color)).is_complete


def test_a_see_through_filament_is_none_that_is_not() -> None:
    clear = loaded(PETG_WHITE | {"tray_color": "FFFFFF80"})
    assert not found(
        Filament(index=0, type="PETG", color=WHITE), state=clear
    ).is_complete
    assert found(
        Filament(index=0, type="PETG", color="FFFFFF80"), state=clear
    ).is_complete


@pytest.mark.parametrize(
    ("filament", "place"),
    [
        (pla(0, RED, nozzle=1), at(1)), (pla(0, RED, nozzle=0), None), (Filament(index=0, type="PETG", color=WHITE, nozzle=0), at(0, unit=128)),
        (Filament(index=0, type="TPU", color=WHITE, nozzle=0), EXTERNAL), (Filament(index=0, type="TPU", color=WHITE, nozzle=1), None),
        (pla(0, RED), at(1)),
    ],
)  # fmt: skip
def test_with_two_nozzles_the_spool_has_to_reach_the_right_one(
    filament: Filament, place: SpoolPlace | None
) -> None:
    assert found(filament, state=H2D).places[0] == place


def test_a_filament_that_is_none_of_the_projects_is_refused() -> None:
    with pytest.raises(ValueError, match="project"):
        match([pla(4, RED)], LoadedSpools(P1S), project_filaments=4, rules=MatchRules())


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("PLA", "PLA", True), ("PLA Silk", "PLA", True), ("PLA-CF", "PLA", False), ("PA12-CF", "PAHT-CF", True), ("PA-CF", "PA12-CF", True),
        ("pla", "PLA", True), ("PETG", "PLA", False), ("", "", False), (" ", "PLA", False), ("TPU-AMS", "TPU", False),
    ],
)  # fmt: skip
def test_types_are_compared_by_their_base(first: str, second: str, same: bool) -> None:
    assert same_type(first, second) is same


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("#FF0000", "#00FF00", 170.6),
        ("#000000", "#FFFFFF", 100.0),
        ("#C12E1F", "C12E1FFF", 0.0),
        ("#404040", "#454545", 2.2),
    ],
)
def test_distances_are_those_of_cie_76(
    first: str, second: str, expected: float
) -> None:
    assert distance(first, second) == pytest.approx(expected, abs=0.1)


COLORS = st.integers(0, 0xFFFFFF).map("{:06X}".format)


@given(COLORS, COLORS)
def test_a_distance_is_the_same_both_ways(first: str, second: str) -> None:
    far = distance(first, second)
    assert far is not None and far >= 0
    assert far == pytest.approx(distance(second, first))
    assert normalized(normalized(first)) == normalized(first)


SPOOLS = st.lists(
    st.none()
    | st.builds(
        lambda type_, color, preset: (
            PLA_BLACK
            | {"tray_type": type_, "tray_color": color + "FF", "tray_info_idx": preset}
        ),
        st.sampled_from(["PLA", "PETG", "TPU"]),
        st.sampled_from(["000000", "C12E1F", "FFFFFF"]),
        st.sampled_from(["GFA00", "GFG00"]),
    ),
    min_size=4,
    max_size=4,
)
WANTED = st.lists(
    st.builds(
        Filament,
        index=st.integers(0, 3),
        type=st.sampled_from(["PLA", "PETG"]),
        color=st.sampled_from([BLACK, RED, WHITE]),
        preset_id=st.sampled_from(["", "GFA00"]),
        wish=st.none() | st.builds(at, st.integers(0, 3)),
    ),
    max_size=4,
    unique_by=lambda filament: filament.index,
)


@given(SPOOLS, WANTED)
def test_what_is_matched_always_has_the_right_type_and_colour(
    spools: list[dict[str, Any] | None], wanted: list[Filament]
) -> None:
    state = loaded(*spools)
    result = match(wanted, LoadedSpools(state), project_filaments=4, rules=MatchRules())
    for filament in wanted:
        place = result.places[filament.index]
        if place is None:
            assert filament in [missing.filament for missing in result.missing]
            continue
        spool = state.spool(place)
        assert spool and spool.is_present and same_type(spool.type, filament.type)
        far = distance(spool.color, filament.color)
        assert far is not None and far <= MAX_COLOR_DISTANCE
    assert len(result.missing) == len(wanted) - sum(
        place is not None for place in result.places
    )


# --- presets, and what is left ---------------------------------------------------------------------------------------


def test_no_variant_stands_in_for_another_where_the_preset_has_to_be_the_same() -> None:
    matte = {**PLA_RED, "tray_info_idx": "GFA01"}
    red = pla(0, RED, preset_id="GFA00")
    exact = FilamentRule.EXACT_PRESET
    assert found(red, state=loaded(matte)).is_complete
    result = found(red, state=loaded(matte), rule=exact)
    assert [one.same_type for one in result.missing] == [(at(0),)]
    # Not even one that the slicer chose, nor one of the preset in another colour.
    wished = pla(0, RED, preset_id="GFA00", wish=at(0))
    assert not found(wished, state=loaded(matte), rule=exact).is_complete
    black = {**PLA_BLACK, "tray_info_idx": "GFA00"}
    assert not found(red, state=loaded(matte, black), rule=exact).is_complete
    same = {**PLA_RED, "tray_info_idx": "GFA00"}
    assert found(red, state=loaded(matte, same), rule=exact).places[0] == at(1)
    # Of what names no preset there is no exact one.
    nameless = {**PLA_RED, "tray_info_idx": ""}
    result = found(pla(0, RED), state=loaded(nameless), rule=exact)
    assert not result.is_complete


def test_a_spool_with_too_little_on_it_is_none_and_says_so() -> None:
    red = pla(0, RED, grams=84.0)
    assert found(red, left_g={at(1): 84.0}).places[0] == at(1)
    [missing] = found(red, left_g={at(1): 83.9}).missing
    assert missing.too_little == (TooLittle(place=at(1), left_g=83.9),)
    [missing] = found(red, left_g={at(1): 100.0}, reserved={at(1): 20.0}).missing
    [short] = missing.too_little
    assert (short.left_g, short.reserved_g) == (100.0, 20.0)
    two = loaded(PLA_RED, PLA_RED)
    assert found(red, state=two, left_g={at(0): 10.0, at(1): 90.0}).places[0] == at(1)
    # The emptier of two that suffice is used up first.
    left = {at(0): 900.0, at(1): 90.0}
    assert found(red, state=two, left_g=left).places[0] == at(1)


def test_more_of_a_spool_that_another_colour_takes_would_not_help() -> None:
    result = found(
        pla(0, BLACK),
        pla(1, RED, grams=25.0),
        state=loaded(PLA_RED),
        left_g={at(0): 5.0},
        rule=FilamentRule.ANY_COLOR,
    )
    assert result.places[:2] == (at(0), None)
    assert [one.too_little for one in result.missing] == [()]


def test_what_is_unknown_blocks_only_where_it_has_to_be_known() -> None:
    red = pla(0, RED, grams=84.0)
    assert found(red).is_complete
    [missing] = found(red, needs_known_grams=True).missing
    assert missing.too_little == (TooLittle(place=at(1), left_g=None),)
    known = {at(1): 84.0}
    assert found(red, needs_known_grams=True, left_g=known).is_complete
    assert found(pla(0, RED), needs_known_grams=True, left_g=known).is_complete


def test_whoever_prints_anyway_does_not_ask_what_is_left() -> None:
    red = pla(0, RED, grams=84.0)
    assert found(red, left_g={at(1): 1.0}, counts_grams=False).is_complete
    assert found(red, needs_known_grams=True, counts_grams=False).is_complete
    # The colour counts all the same.
    assert not found(pla(0, "00FF00"), counts_grams=False).is_complete


def test_filaments_that_share_a_spool_share_what_is_on_it() -> None:
    reds = (pla(0, RED, grams=60.0), pla(1, RED, grams=50.0))
    assert found(*reds, left_g={at(1): 110.0}).places[:2] == (at(1), at(1))
    result = found(*reds, left_g={at(1): 109.0})
    [missing] = result.missing
    # Each would fit alone: another spool is needed, not more on this one.
    assert missing.too_little == ()


def test_filaments_are_spread_over_spools_so_that_each_has_enough() -> None:
    two = loaded(PLA_RED, PLA_RED)
    reds = (pla(0, RED, grams=30.0), pla(1, RED, grams=60.0), pla(2, RED, grams=40.0))
    for left in ({at(0): 70.0, at(1): 60.0}, {at(0): 60.0, at(1): 70.0}):
        result = found(*reds, state=two, left_g=left)
        assert result.is_complete
        for place, grams in left.items():
            taken = [
                one.grams or 0 for one in reds if result.places[one.index] == place
            ]
            assert sum(taken) <= grams


def test_an_empty_external_spool_is_never_chosen() -> None:
    red = pla(0, RED, wish=EXTERNAL)
    state = loaded(PLA_BLACK, external={"tray_type": "", "tray_color": "C12E1FFF"})
    for rule in FilamentRule:
        assert found(red, state=state, rule=rule).places[0] != EXTERNAL
    state = loaded(PLA_BLACK, external={**PLA_RED, "id": "254"})
    assert found(red, state=state).places[0] == EXTERNAL
