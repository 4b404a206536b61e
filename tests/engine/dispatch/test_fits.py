"""Which loaded spools are named for a job."""

from dataclasses import replace

from custom_components.bambu_virtual_printer.engine.dispatch.fits import SpoolFits
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    AnyPrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.machines.values import SpoolPlace

from .scenes import A1, BLACK, P1S, RED
from .test_filament_choice import black, holding
from .test_planner import job

FIRST, SECOND = SpoolPlace(unit=0, slot=0), SpoolPlace(unit=0, slot=1)


def fits(*jobs: QueuedJob) -> SpoolFits:
    views = [
        holding("full", BLACK, RED),
        holding("short", BLACK, BLACK, left_g={FIRST: 83.0, SECOND: 84.0}),
        holding("strict", RED, needs_known_grams=True),
        holding("other", BLACK, model=A1),
    ]
    return SpoolFits({job.id: job for job in jobs}, lambda: views)


def named(found: SpoolFits, job_id: str) -> list[list[tuple[str, SpoolPlace, bool]]]:
    return [
        [(fit.machine_id, fit.spool.place, fit.is_enough) for fit in each]
        for each in found.of(job_id).values()
    ]


def test_spools_are_named_on_the_printers_that_a_job_is_meant_for() -> None:
    one = job("one", "short", needs={"filaments": (black(),)})
    any_of = replace(one, id="any", target=AnyPrinter(model=P1S))
    nowhere = replace(one, id="nowhere", target=None)
    found = fits(one, any_of, nowhere)
    on_short = [("short", FIRST, False), ("short", SECOND, True)]
    assert named(found, "one") == [on_short]
    assert named(found, "any") == [[("full", FIRST, True), *on_short]]
    assert named(found, "any") == [[("full", FIRST, True), *on_short]]
    assert named(found, "nowhere") == [[]]
    assert found.of("gone") == {}
    # It was sliced for another model than that of its printer.
    wrong = job("wrong", "other", needs={"filaments": (black(),)})
    assert named(fits(wrong), "wrong") == [[]]


def test_an_unknown_amount_is_not_enough_where_it_has_to_be_known() -> None:
    red = job("red", "strict", needs={"filaments": (black(color=RED),)})
    assert named(fits(red), "red") == [[("strict", FIRST, False)]]
    anyway = replace(red, prints_anyway=True)
    assert named(fits(anyway), "red") == [[("strict", FIRST, True)]]


def test_all_is_loaded_where_one_printer_has_everything() -> None:
    needs = {"filaments": (black(), black(color=RED, index=1)), "project_filaments": 2}
    both = replace(job("both", needs=needs), target=AnyPrinter(model=P1S))
    found = fits(both, replace(both, id="short", target=job("x", "short").target))
    assert found.is_loaded("both")
    assert not found.is_loaded("short")
    assert not found.is_loaded("gone")
