"""Which spools and which printer a job gets, what others have reserved, and who may overtake whom."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from custom_components.bambu_virtual_printer.engine.dispatch.admission import (
    MachineView,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    AnyPrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.dispatch.planner import plan
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import ReasonKey
from custom_components.bambu_virtual_printer.engine.machines.filaments import Filament
from custom_components.bambu_virtual_printer.engine.machines.values import (
    EXTERNAL_MAIN,
    Phase,
    SpoolPlace,
)
from custom_components.bambu_virtual_printer.engine.values import FilamentRule

from .scenes import BLACK, P1S, PLA_BLACK, RED, ams, spool
from .test_planner import EARLIER, LATER, NOW, job, keys, machine, starts

A1, A2, A3 = (SpoolPlace(unit=0, slot=slot) for slot in range(3))
ANY = AnyPrinter(model=P1S)
HOUR = timedelta(hours=1)


def black(grams: float | None = 84.0, **fields: Any) -> Filament:
    return replace(PLA_BLACK, grams=grams, **fields)


def of_any(name: str, *filaments: Filament, **fields: Any) -> QueuedJob:
    needs = {
        "filaments": tuple(
            replace(one, index=index)
            for index, one in enumerate(filaments or (black(),))
        ),
        "project_filaments": max(1, len(filaments)),
    }
    return replace(job(name, needs=needs, **fields), target=ANY)


def holding(name: str, *colors: str, **fields: Any) -> MachineView:
    spools = [spool(0, slot, "PLA", color) for slot, color in enumerate(colors)]
    return machine(name, state={"ams": (ams(*spools),)}, **fields)


def test_the_printer_with_all_spools_and_enough_on_each_gets_the_job() -> None:
    two = of_any("a", black(), black(10.0, color=RED))
    printers = [
        holding("no_red", BLACK, BLACK),
        holding("too_little", BLACK, RED, left_g={A1: 83.0}),
        holding("all", BLACK, RED, left_g={A1: 84.0, A2: 10.0}),
    ]
    [start] = plan([two], printers, NOW).starts
    assert (start.machine_id, start.places) == ("all", (A1, A2))
    assert keys(plan([two], printers[1:2], NOW)) == {"a": ReasonKey.FILAMENT_SHORT}


def test_of_those_the_one_with_the_fewest_swaps_and_then_the_longest_free() -> None:
    first, second = (
        holding("first", RED, BLACK, last_spool=A1, free_since=EARLIER),
        holding("second", RED, BLACK, last_spool=A2, free_since=NOW),
    )
    assert starts(plan([of_any("a")], [first, second], NOW)) == {"a": "second"}
    [start] = plan([of_any("a")], [first, second], NOW).starts
    assert start.swaps == 0
    # Both have black as one of two: each changes one spool. The one that is free for longer gets it.
    both = of_any("a", black(), black(color=RED))
    later, sooner = (
        replace(first, free_since=NOW),
        replace(second, free_since=EARLIER),
    )
    assert starts(plan([both], [later, sooner], NOW)) == {"a": "second"}
    assert starts(plan([both], [first, second], NOW)) == {"a": "first"}
    # Nobody knows since when: it has not printed since Home Assistant began.
    unknown = replace(second, free_since=None)
    assert starts(plan([both], [first, unknown], NOW)) == {"a": "second"}


def test_a_job_that_is_moved_to_another_printer_is_matched_anew() -> None:
    here, there = holding("here", BLACK, RED), holding("there", RED, RED, BLACK)
    wished = black(wish=A1)
    [start] = plan([job("a", "here", needs={"filaments": (wished,)})], [here, there], NOW).starts  # fmt: skip
    assert start.places == (A1,)
    [start] = plan([job("a", "there", needs={"filaments": (wished,)})], [here, there], NOW).starts  # fmt: skip
    assert start.places == (A3,)


def test_each_job_has_its_own_rule() -> None:
    red, matte = holding("red", RED), black(preset_id="GFA01")
    jobs = [
        job("a", "red", rule=FilamentRule.MATCH_COLOR),
        job("b", "red", rule=FilamentRule.ANY_COLOR),
    ]
    made = plan(jobs, [red], NOW)
    assert starts(made) == {"b": "red"}
    assert made.reasons["a"].key is ReasonKey.FILAMENT_MISSING
    basic = holding("basic", BLACK)
    state = basic.state
    [unit] = state.ams
    tagged = replace(unit.spools[0], preset_id="GFA00")
    basic = replace(basic, state=replace(state, ams=(replace(unit, spools=(tagged,)),)))
    exact = job("a", "basic", needs={"filaments": (matte,)}, rule=FilamentRule.EXACT_PRESET)  # fmt: skip
    made = plan([exact], [basic], NOW)
    assert keys(made) == {"a": ReasonKey.FILAMENT_MISSING}
    assert made.reasons["a"].loads[0].other_colors == (A1,)
    assert starts(plan([replace(exact, rule=FilamentRule.MATCH_COLOR)], [basic], NOW))


def test_what_to_load_is_named_with_the_places_it_can_go_to() -> None:
    green = black(color="00FF00FF")
    full = holding("full", BLACK, RED)
    needs = {"filaments": (black(), replace(green, index=1)), "project_filaments": 2}
    [load] = plan([job("a", "full", needs=needs)], [full], NOW).reasons["a"].loads
    # The black one stays, since the plate uses it.
    assert (load.empty, load.exchangeable) == ((), (A2,))
    soft = Filament(index=0, type="TPU", color=BLACK, grams=3.0)
    external = spool(EXTERNAL_MAIN, 0)
    with_holder = replace(full, state=replace(full.state, external=(external,)))
    made = plan([job("a", "full", needs={"filaments": (soft,)})], [with_holder], NOW)
    # It cannot be fed by an AMS.
    assert made.reasons["a"].loads[0].empty == (external.place,)


def test_what_jobs_before_it_take_of_a_spool_counts_first() -> None:
    printer = holding("garage", BLACK, left_g={A1: 200.0})
    at_night = job("night", needs={"filaments": (black(150.0),)}, not_before=LATER)
    small = job("small", needs={"filaments": (black(60.0),)})
    made = plan([at_night, small], [printer], NOW)
    assert keys(made) == {"night": ReasonKey.SCHEDULED, "small": ReasonKey.FILAMENT_SHORT}  # fmt: skip
    [load] = made.reasons["small"].loads
    [short] = load.too_little
    assert (short.place, short.left_g, short.reserved_g) == (A1, 200.0, 150.0)
    # Behind it nothing is reserved, nor by what a person holds, and all copies count.
    assert starts(plan([small, at_night], [printer], NOW)) == {"small": "garage"}
    held = replace(at_night, is_held=True)
    assert starts(plan([held, small], [printer], NOW)) == {"small": "garage"}
    copies = replace(at_night, needs=replace(at_night.needs, filaments=(black(75.0),)), copies=2)  # fmt: skip
    assert not plan([copies, small], [printer], NOW).starts
    # Whoever prints anyway does not wait for that.
    anyway = replace(small, prints_anyway=True)
    assert starts(plan([at_night, anyway], [printer], NOW)) == {"small": "garage"}


def test_what_is_reserved_of_a_model_is_on_the_first_printer_that_has_all_of_it() -> (
    None
):
    small, big = (
        holding("small", BLACK, left_g={A1: 100.0}),
        holding("big", BLACK, left_g={A1: 300.0}),
    )
    at_night = of_any("night", black(150.0), not_before=LATER)
    made = plan([at_night, of_any("b", black(160.0))], [small, big], NOW)
    assert keys(made) == {"night": ReasonKey.SCHEDULED, "b": ReasonKey.FILAMENT_SHORT}
    made = plan([at_night, of_any("b", black(90.0))], [small, big], NOW)
    assert starts(made) == {"b": "small"}
    # With another spool there is enough for both.
    other = holding("other", BLACK)
    made = plan([at_night, of_any("b", black(160.0))], [small, big, other], NOW)
    assert starts(made) == {"b": "other"}


def test_an_unknown_amount_blocks_only_where_the_owner_says_so() -> None:
    waiting = job("a", needs={"filaments": (black(),)})
    assert starts(plan([waiting], [holding("garage", BLACK)], NOW))
    strict = holding("garage", BLACK, needs_known_grams=True)
    made = plan([waiting], [strict], NOW)
    assert keys(made) == {"a": ReasonKey.FILAMENT_AMOUNT_UNKNOWN}
    assert starts(plan([replace(waiting, prints_anyway=True)], [strict], NOW))


def test_jobs_are_grouped_by_what_is_loaded_for_as_long_as_one_may_be_overtaken() -> (
    None
):
    printer = holding("garage", BLACK, RED, last_spool=A2)
    first = job("black", needs={"filaments": (black(),)}, queued_at=EARLIER)
    second = job("red", needs={"filaments": (black(color=RED),)}, queued_at=NOW)
    jobs = [first, second]
    assert starts(plan(jobs, [printer], NOW)) == {"black": "garage"}
    made = plan(jobs, [printer], NOW, overtake_for=2 * HOUR)
    assert starts(made) == {"red": "garage"}
    assert made.reasons["black"].key is ReasonKey.TAKEN
    # It has waited long enough by then.
    made = plan(jobs, [printer], NOW, overtake_for=HOUR)
    assert starts(made) == {"black": "garage"}
    # Nobody overtakes what a person has started, nor what is alone.
    started = [replace(first, is_started=True), second]
    made = plan(started, [printer], NOW, overtake_for=2 * HOUR)
    assert starts(made) == {"black": "garage"}
    made = plan([first], [printer], NOW, overtake_for=2 * HOUR)
    assert starts(made) == {"black": "garage"}


def test_what_must_not_be_overtaken_does_not_overtake_those_before_it() -> None:
    printer = holding("garage", BLACK, RED, RED, last_spool=A3)
    new = job("new", needs={"filaments": (black(),)}, queued_at=NOW)
    old = job("old", needs={"filaments": (black(),)}, queued_at=EARLIER - HOUR)
    made = plan([new, old], [printer], NOW, overtake_for=HOUR)
    assert starts(made) == {"new": "garage"}
    # What comes later and fits what is loaded overtakes neither.
    fitting = job("red", needs={"filaments": (black(color=RED),)}, queued_at=NOW)
    made = plan([new, old, fitting], [printer], NOW, overtake_for=HOUR)
    assert starts(made) == {"new": "garage"}


def test_who_overtakes_does_not_take_what_the_overtaken_job_needs() -> None:
    printer = holding("garage", BLACK, RED, last_spool=A2)
    both = (black(grams=5.0), replace(black(color=RED, grams=60.0), index=1))
    first = job(
        "first", needs={"filaments": both, "project_filaments": 2}, queued_at=NOW
    )
    greedy = job(
        "red", needs={"filaments": (black(color=RED, grams=60.0),)}, queued_at=NOW
    )
    for left, begins in ((100.0, "first"), (120.0, "red")):
        loaded = replace(printer, left_g={A1: 100.0, A2: left})
        made = plan([first, greedy], [loaded], NOW, overtake_for=HOUR)
        assert starts(made) == {begins: "garage"}


def test_further_copies_of_what_is_printed_count_first() -> None:
    printer = holding("garage", BLACK)
    loaded = replace(printer, left_g={A1: 100.0}, reserved_g={A1: 60.0})
    wants = job("a", needs={"filaments": (black(grams=50.0),)})
    reason = plan([wants], [loaded], NOW).reasons["a"]
    assert reason.key is ReasonKey.FILAMENT_SHORT
    small = job("a", needs={"filaments": (black(grams=40.0),)})
    assert starts(plan([small], [loaded], NOW)) == {"a": "garage"}


def test_a_scheduled_job_can_be_overtaken_from_its_own_time_on() -> None:
    printer = holding("garage", BLACK, RED, last_spool=A2)
    scheduled = job("black", queued_at=EARLIER - 10 * HOUR, not_before=NOW)
    fitting = job("red", needs={"filaments": (black(color=RED),)}, queued_at=NOW)
    made = plan([scheduled, fitting], [printer], NOW, overtake_for=HOUR)
    assert starts(made) == {"red": "garage"}


def test_a_busy_printer_is_left_to_its_print() -> None:
    busy = holding("busy", BLACK, last_spool=A1)
    busy = replace(busy, state=replace(busy.state, phase=Phase.RUNNING))
    idle = holding("idle", RED, BLACK)
    assert starts(plan([of_any("a")], [busy, idle], NOW)) == {"a": "idle"}
