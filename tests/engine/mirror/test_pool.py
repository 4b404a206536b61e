"""The spools of several printers in one AMS: each once, in a slot of its own, and read back by what it is."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.machines.families import find_traits
from custom_components.bambu_virtual_printer.engine.machines.values import (
    EXTERNAL_MAIN,
    MachineState,
    SpoolPlace,
)
from custom_components.bambu_virtual_printer.engine.mirror.disguise import (
    Disguise,
    reported_addresses,
)
from custom_components.bambu_virtual_printer.engine.mirror.modules import (
    mirrored_modules,
)
from custom_components.bambu_virtual_printer.engine.mirror.pool import (
    MAX_SPOOLS,
    Arrangement,
    Loaded,
    Member,
    arrange,
    chosen_spools,
    loaded_spools,
    pooled,
    pooled_modules,
)
from custom_components.bambu_virtual_printer.engine.mirror.report import mirrored
from custom_components.bambu_virtual_printer.engine.mirror.slots import Slot
from custom_components.bambu_virtual_printer.engine.mirror.values import (
    OwnJob,
    PooledSpool,
    Target,
)
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
    x1c_two_units,
)
from tests.support.machine_states import machine_state

from .showing import (
    CASES,
    REAL_SERIAL,
    Case,
    face,
    identified,
    identity_spellings,
    own_report,
    target,
)

BLACK = PooledSpool(type="PLA", color="000000FF", preset_id="GFA00")
RED = PooledSpool(type="PLA", color="C12E1FFF", preset_id="GFA00")
WHITE = PooledSpool(type="PETG", color="FFFFFFFF", preset_id="GFG00")


def member(*filaments: dict[str, Any] | None, **fields: Any) -> Member:
    loaded = ams(unit(0, "1001", *filaments)) if filaments else {"ams": []}
    return Member(status=status(ams=loaded, **fields))


def spool(number: int, nozzle: int = 0) -> PooledSpool:
    return PooledSpool(
        type="PLA", color=f"{number:06X}FF", preset_id="GFA00", nozzle=nozzle
    )


def everywhere(
    spools: Iterable[PooledSpool], *, ht: bool = False
) -> Mapping[PooledSpool, Loaded]:
    return {one: Loaded(tray={}, is_in_ht_only=ht) for one in spools}


def places(arrangement: Arrangement) -> dict[PooledSpool, Slot]:
    return {spool: slot for slot, spool in arrangement.layout.items()}


def shown(case: Case, members: list[Member]) -> dict[str, Any]:
    """What slicers are told."""
    loaded = loaded_spools(members)
    layout = arrange({}, loaded).layout
    one = target(case, is_live=False, status=pooled(members, layout, loaded))
    # What the printers report of their networks is not in it.
    addresses = {place for each in members for place in reported_addresses(each.status)}
    one = replace(one, places=(*one.places, *addresses))
    own = own_report(case)
    return mirrored(own, one, Disguise(one, face(case)), job=OwnJob.NONE)


def read(case: Case, members: list[Member]) -> MachineState:
    return machine_state(shown(case, members), {}, find_traits(case.model))


def test_spools_of_all_printers_are_shown_each_once() -> None:
    members = [
        member(PLA_BLACK, None, PETG_WHITE, None),
        member(PLA_BLACK, PLA_RED, None, None),
    ]
    state = read(CASES["P1S"], members)
    [one] = state.ams
    assert [(s.type, s.color) for s in one.spools if s.is_present] == [
        ("PLA", "000000FF"),
        ("PETG", "FFFFFFFF"),
        ("PLA", "C12E1FFF"),
    ]
    assert [s.is_present for s in one.spools] == [True, True, True, False]


def test_what_differs_in_type_colour_or_preset_is_another_spool() -> None:
    filaments = (
        PLA_BLACK,
        PLA_BLACK | {"tray_info_idx": "GFL99"},
        PLA_RED,
        PLA_BLACK | {"tray_uuid": "1" * 32, "remain": 3},
    )
    assert len(loaded_spools([member(*filaments)])) == 3


def test_what_a_slot_remembers_of_a_spool_that_is_gone_is_not_loaded() -> None:
    loaded = ams(unit(0, "1001", PLA_BLACK, PLA_RED, None, None))
    loaded["tray_exist_bits"] = "1"
    assert list(loaded_spools([Member(status=status(ams=loaded))])) == [BLACK]


def test_an_external_spool_gets_a_slot_as_well_and_tpu_stays_outside() -> None:
    holder = {"id": "254", **PLA_RED}
    soft = {"id": "254", **TPU_WHITE}
    members = [
        member(PLA_BLACK, None, None, None, vt_tray=holder),
        member(vt_tray=soft),
    ]
    state = read(CASES["P1S"], members)
    assert [s.color for s in state.ams[0].spools if s.is_present] == [
        "000000FF",
        "C12E1FFF",
    ]
    [external] = state.external
    assert (external.place, external.type) == (SpoolPlace(unit=EXTERNAL_MAIN), "TPU")
    members[1] = member(vt_tray={"id": "254", "tray_type": ""})
    [external] = read(CASES["P1S"], members).external
    assert not external.is_present


def test_a_spool_keeps_its_slot_and_one_that_comes_back_has_it_again() -> None:
    first = arrange({}, everywhere([BLACK, RED, WHITE]))
    assert list(first.layout.values()) == [BLACK, RED, WHITE]
    second = arrange(first.layout, everywhere([WHITE, BLACK]))
    assert second.layout == first.layout
    # What is new goes where nothing was, as long as there is such a slot beside.
    third = arrange(second.layout, everywhere([spool(1), WHITE, BLACK]))
    assert places(third)[spool(1)] == Slot(0, 3)
    assert arrange(third.layout, everywhere([RED, BLACK])).layout == third.layout


def test_a_gap_is_filled_before_there_is_another_unit() -> None:
    first = arrange({}, everywhere(map(spool, range(4))))
    second = arrange(first.layout, everywhere(map(spool, (0, 2, 3, 9))))
    assert places(second)[spool(9)] == Slot(0, 1)
    third = arrange(second.layout, everywhere(map(spool, (0, 1, 2, 3, 9))))
    assert places(third)[spool(1)] == Slot(1, 0)


def test_what_there_is_no_slot_for_is_said() -> None:
    loaded = everywhere(map(spool, range(MAX_SPOOLS + 2)))
    full = arrange({}, loaded)
    assert len(full.layout) == MAX_SPOOLS == 20
    assert full.left_out == (spool(20), spool(21))
    assert {slot.unit for slot in full.layout} == {0, 1, 2, 3, 128, 129, 130, 131}
    # The first one is taken out: there is a slot for one more.
    fewer = {one: loaded[one] for one in list(loaded)[1:]}
    later = arrange(full.layout, fewer)
    assert places(later)[spool(20)] == Slot(0, 0)
    assert later.left_out == (spool(21),)


def test_spools_of_an_ams_ht_are_shown_in_one() -> None:
    members = [Member(status=x1c_two_units())]
    state = read(CASES["X1C"], members)
    assert [unit.id for unit in state.ams] == [0, 128]
    assert state.spool(SpoolPlace(unit=128)).type == "PETG"  # type: ignore[union-attr]
    # In an ordinary AMS elsewhere, it is shown there.
    members.append(member(PETG_WHITE, None, None, None))
    assert [unit.id for unit in read(CASES["X1C"], members).ams] == [0]


def test_with_two_nozzles_each_unit_serves_one() -> None:
    other = h2d()
    other["ams"] = ams(unit(0, "2003", PLA_BLACK, None, None, None))
    state = read(CASES["H2D"], [Member(status=h2d()), Member(status=other)])
    assert [(unit.id, unit.nozzle) for unit in state.ams] == [(0, 1), (1, 0), (128, 0)]
    assert [
        (one.place.unit, one.color) for one in state.spools if one.type == "PLA"
    ] == [
        (0, "000000FF"),
        (0, "C12E1FFF"),
        (1, "000000FF"),
    ]
    assert state.active_spool is None


def test_a_unit_that_was_emptied_may_serve_the_other_nozzle() -> None:
    left = arrange({}, everywhere(spool(number, 1) for number in range(16)))
    right = arrange(left.layout, everywhere(spool(number) for number in range(16)))
    assert not right.left_out
    assert {one.nozzle for one in right.layout.values()} == {0}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_report_is_one_of_the_model_and_consistent_in_itself(case: Case) -> None:
    members = [Member(status=identified(case.status), modules=case.modules)] * 2
    before = json.dumps(members[0].status)
    told = shown(case, members)
    assert json.dumps(members[0].status) == before
    assert told["gcode_state"] == "IDLE"
    state = machine_state(told, {}, find_traits(case.model))
    real = machine_state(dict(case.status), {}, find_traits(case.model))
    assert [(n.id, n.diameter_mm, n.type) for n in state.nozzles] == [
        (n.id, n.diameter_mm, n.type) for n in real.nozzles
    ]
    wanted = {
        (s.type, s.color, s.preset_id)
        for s in real.spools
        if s.is_known and (s.type != "TPU" or not s.place.is_external)
    }
    found = [
        (s.type, s.color, s.preset_id)
        for unit in state.ams
        for s in unit.spools
        if s.type
    ]
    assert sorted(found) == sorted(wanted)
    bits = int(told["ams"]["tray_exist_bits"], 16)
    assert bits.bit_count() == len(found)
    for one in told["ams"]["ams"]:
        for tray in one["tray"]:
            assert bool(tray["tray_type"]) == (tray["state"] == 11)
            assert not tray["tray_type"] or tray["tray_info_idx"]
    text = json.dumps(told).lower()
    assert not [one for one in identity_spellings() if one in text]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_unit_of_the_report_is_among_the_modules(case: Case) -> None:
    members = [Member(status=case.status, modules=[*case.modules, {"name": "ota"}])] * 2
    loaded = loaded_spools(members)
    fields = pooled(members, arrange({}, loaded).layout, loaded)
    one = Target(
        serial=REAL_SERIAL, places=(), status=fields, modules=pooled_modules(members, fields),
        is_live=False, revision=0,
    )  # fmt: skip
    modules = mirrored_modules([{"name": "ota"}], one, Disguise(one, face(case)))
    units = [module for module in modules if "/" in module["name"]]
    assert [int(module["name"].partition("/")[2]) for module in units] == [
        int(unit["id"]) for unit in fields["ams"]["ams"]
    ]
    assert len({module["sn"] for module in units}) == len(units)
    kinds = {
        unit.id: unit.kind
        for unit in machine_state(
            fields, {"module": units}, find_traits(case.model)
        ).ams
    }
    for module in units:
        by_module = machine_state(
            {"ams": {"ams": [{"id": module["name"].partition("/")[2], "tray": []}]}},
            {"module": units},
            find_traits(case.model),
        )
        [found] = by_module.ams
        assert found.kind is kinds[found.id]


def test_a_mapping_is_kept_as_spools() -> None:
    layout = arrange({}, everywhere([BLACK, RED, WHITE])).layout
    ht = {**layout, Slot(128, 0): spool(1)}
    pairs = [
        {"ams_id": 0, "slot_id": 1},
        {"ams_id": 255, "slot_id": 255},
        {"ams_id": 128, "slot_id": 0},
    ]
    kept = (
        {"type": "PLA", "preset_id": "GFA00", "color": "C12E1FFF"},
        {},
        {"type": "PLA", "preset_id": "GFA00", "color": "000001FF"},
    )
    assert chosen_spools(ht, None, pairs) == kept
    assert chosen_spools(ht, [1, -1, 128], None) == kept
    # Nothing, the external holder, and slots that nobody was shown.
    for flat in (None, [], [-1, -1], [254, 255], [15, 3]):
        assert chosen_spools(layout, flat, None) is None


@given(
    st.lists(
        st.sets(st.tuples(st.integers(0, 30), st.integers(0, 1)), max_size=25),
        max_size=8,
    )
)
def test_whatever_is_loaded_spools_keep_their_slots(
    turns: list[set[tuple[int, int]]],
) -> None:
    layout: Mapping[Slot, PooledSpool] = {}
    for turn in turns:
        wanted = [spool(*one) for one in sorted(turn)]
        before = {one: slot for slot, one in layout.items() if one in wanted}
        arrangement = arrange(layout, everywhere(wanted))
        layout = arrangement.layout
        after = places(arrangement)
        assert before.items() <= after.items()
        assert set(wanted) == (set(after) & set(wanted)) | set(arrangement.left_out)
        in_use = [(slot, one) for slot, one in layout.items() if one in wanted]
        nozzles = {(slot.unit, one.nozzle) for slot, one in in_use}
        assert len(nozzles) == len({unit for unit, _nozzle in nozzles})


@pytest.mark.parametrize(
    "broken",
    [
        {"ams": "x"},
        {"ams": {"ams": [7, {"id": "x", "tray": [None, {"tray_type": 5}]}]}},
        {"vir_slot": "x", "vt_tray": 7, "device": []},
        {"device": {"extruder": {"info": "x"}}, "vt_tray": [{"tray_type": "PLA"}]},
        {"vir_slot": ["x", {"id": "255", "tray_type": "TPU"}]},
    ],
)
def test_what_makes_no_sense_in_a_report_is_not_loaded(broken: dict[str, Any]) -> None:
    members = [Member(status=p1s() | broken), member(PLA_BLACK, None, None, None)]
    assert BLACK in loaded_spools(members)
    told = shown(CASES["P1S"], members)
    assert told["ams"]["ams"][0]["tray"][0]["tray_type"] == "PLA"


def test_printers_without_anything_loaded_have_no_units() -> None:
    state = read(CASES["P1S"], [Member(status=p1s() | {"ams": {"ams": []}})])
    assert (state.ams, len(state.external)) == ((), 1)
