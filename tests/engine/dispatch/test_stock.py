"""Looking at all printers' spools at once decides nothing: plans are those that asking each printer makes."""

from dataclasses import replace
from datetime import timedelta
import itertools

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.dispatch import (
    filament_choice,
    stock,
)
from custom_components.bambu_virtual_printer.engine.dispatch.admission import (
    MachineView,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    AnyPrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.dispatch.planner import Planner
from custom_components.bambu_virtual_printer.engine.dispatch.stock import Stock
from custom_components.bambu_virtual_printer.engine.machines.filaments import (
    ChosenSpool,
    Filament,
    LoadedSpools,
    MatchRules,
    match,
)
from custom_components.bambu_virtual_printer.engine.machines.values import (
    EXTERNAL_DEPUTY,
    EXTERNAL_MAIN,
    SpoolPlace,
)
from custom_components.bambu_virtual_printer.engine.values import FilamentRule

from .plain_planner import plain_plan
from .scenes import A1, BLACK, H2D, IDLE, P1S, PLA_BLACK, RED, ams, spool
from .test_planner import LATER, NAMES, NOW, job, machine, queued, starts, views

# Around ΔE 10 of black and of red, see-through, unset and none.
COLORS = st.sampled_from((BLACK, RED, "0A0A0A", "1B1B1BFF", "1C1C1CFF", "1E1E1EFF", "B83024FF", "AC3A2EFF", "00000080", "", "black"))  # fmt: skip
TYPES = st.sampled_from(
    ("PLA", "PLA Silk", "pla", "PETG", "TPU", "PA-CF", "PAHT-CF", " ")
)
MODELS = st.sampled_from((P1S, A1, H2D))
OVERTAKE_FOR = (None, timedelta(minutes=30), timedelta(days=1))
SIZES = st.sampled_from((5, 100, 200, 300))


@st.composite
def printers(draw: st.DrawFn, name: str) -> MachineView:
    view = draw(st.one_of(views(name), st.just(machine(name)), st.just(machine(name))))
    units = [
        replace(
            ams(*(spool(unit, slot, draw(TYPES), draw(COLORS)) for slot in range(3))),
            nozzle=draw(st.sampled_from((None, 0, 1))),
        )
        for unit in range(draw(st.integers(0, 2)))
    ]
    external = [
        spool(unit, 0, draw(TYPES), draw(COLORS))
        for unit in (EXTERNAL_MAIN, EXTERNAL_DEPUTY)
    ]
    nozzle = view.state.nozzles[0]
    nozzles = (nozzle, replace(nozzle, id=1))[: draw(st.integers(1, 2))]
    return replace(
        view,
        model=draw(MODELS),
        state=replace(
            view.state,
            ams=tuple(units),
            external=tuple(external[: draw(st.integers(0, 2))]),
            nozzles=nozzles,
            storage=replace(view.state.storage, free_bytes=draw(st.none() | SIZES)),
        ),
    )


FILAMENTS = st.builds(
    Filament,
    index=st.just(0),
    type=TYPES,
    color=COLORS,
    nozzle=st.sampled_from((None, 0, 1)),
    wish=st.sampled_from((None, SpoolPlace(unit=0, slot=1))),
    preset_id=st.sampled_from(("", "GFA00", "GFA01")),
    grams=st.sampled_from((None, 10.0, 50.0)),
    chosen=st.sampled_from(
        (
            None,
            None,
            ChosenSpool(type="PLA", preset_id="", color=BLACK),
            ChosenSpool(type="PLA", preset_id="", color=RED),
        )
    ),
)


@st.composite
def jobs_of_all_kinds(draw: st.DrawFn, number: int) -> QueuedJob:
    job = draw(queued(number))
    found = draw(st.lists(FILAMENTS, max_size=3))
    return replace(
        job,
        needs=replace(
            job.needs,
            filaments=tuple(replace(one, index=at) for at, one in enumerate(found)),
            project_filaments=3,
            size_bytes=draw(SIZES),
        ),
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[QueuedJob], list[MachineView]]:
    return (
        [draw(jobs_of_all_kinds(number)) for number in range(draw(st.integers(0, 8)))],
        [draw(printers(name)) for name in NAMES[: draw(st.integers(0, len(NAMES)))]],
    )


@settings(max_examples=200)
@given(
    views_=st.lists(printers("one"), min_size=1, max_size=3),
    filaments=st.lists(FILAMENTS, min_size=1, max_size=2),
    trust_wishes=st.booleans(),
    rule=st.sampled_from(FilamentRule),
    counts_grams=st.booleans(),
)
def test_no_printer_is_left_out_that_has_the_spools(
    views_: list[MachineView],
    filaments: list[Filament],
    trust_wishes: bool,
    rule: FilamentRule,
    counts_grams: bool,
) -> None:
    filaments = [replace(one, index=at) for at, one in enumerate(filaments)]
    loaded = [LoadedSpools(view.state, view.left_g) for view in views_]
    of = Stock(
        [(one, v.needs_known_grams) for one, v in zip(loaded, views_, strict=True)]
    )
    holders = of.holders(filaments, rule, counts_grams=counts_grams)
    for number, (one, view) in enumerate(zip(loaded, views_, strict=True)):
        found = match(
            filaments,
            one,
            project_filaments=2,
            rules=MatchRules(
                rule=rule,
                trust_wishes=trust_wishes,
                counts_grams=counts_grams,
                needs_known_grams=view.needs_known_grams,
            ),
        )
        assert not found.is_complete or holders >> number & 1


@given(before=worlds(), world=worlds())
def test_plans_are_those_of_asking_each_printer(
    before: tuple[list[QueuedJob], list[MachineView]],
    world: tuple[list[QueuedJob], list[MachineView]],
) -> None:
    again = Planner()
    again.plan(*before, NOW)
    for now, overtake_for in itertools.product((NOW, LATER), OVERTAKE_FOR):
        begun, reasons = plain_plan(*world, now, overtake_for=overtake_for)
        made = again.plan(*world, now, overtake_for=overtake_for)
        assert (list(made.starts), made.reasons) == (begun, reasons)


def test_printers_are_named_that_have_a_near_spool_of_each_filament() -> None:
    def loaded(*spools: tuple[str, str]) -> LoadedSpools:
        units = [spool(0, slot, *one) for slot, one in enumerate(spools)]
        return LoadedSpools(replace(IDLE, ams=(ams(*units),)))

    of = Stock(
        [
            (loaded(("PLA", "0A0A0AFF"), ("PETG", RED)), False),
            (loaded(("PLA", RED)), False),
            (loaded(("PLA", RED)), False),
        ]
    )
    any_color = FilamentRule.ANY_COLOR
    black, red = Filament(index=0, type="PLA", color=BLACK), Filament(index=1, type="PETG", color=RED)  # fmt: skip
    assert of.holders([black]) == 0b001
    assert of.holders([black], any_color) == 0b111
    assert of.holders([black, red]) == 0b001
    assert of.holders([replace(black, type="ABS")]) == 0
    assert of.holders([replace(black, color="")]) == 0
    assert of.holders([replace(black, color="")], any_color) == 0b111
    assert of.holders([]) == 0b111


def test_what_is_remembered_of_plates_and_filaments_has_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stock, "_MAX_KNOWN", 2)
    monkeypatch.setattr(filament_choice, "_MAX_PLATES", 2)
    again = Planner()
    for number in range(10):
        black = replace(PLA_BLACK, color=f"0000{number:02}FF")
        waiting = replace(
            job(needs={"filaments": (black,)}), target=AnyPrinter(model=P1S)
        )
        assert starts(again.plan([waiting], [machine()], NOW)) == {"a": "garage"}
