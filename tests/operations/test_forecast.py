"""When jobs should be done: one after another on each printer, as far as anybody can tell."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from custom_components.bambu_virtual_printer.config.subentries import MachineConfig
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    JobState,
    Target,
    TargetKind,
)
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.operations.forecast import Span, forecast
from tests.support.jobs import NOW, job

HOUR = timedelta(hours=1)


def machine(id_: str, model: str = "C12") -> MachineConfig:
    return MachineConfig(
        id=id_,
        name=id_,
        model=MODELS[model],
        host="192.0.2.1",
        serial="01P00A000000000",
        access_code="",
    )


def span(start: float, end: float, printer: str = "one") -> Span:
    return Span(printer=printer, start=NOW + start * HOUR, end=NOW + end * HOUR)


def test_jobs_of_one_printer_follow_each_other_with_all_their_copies() -> None:
    foreseen = forecast([job("a", copies=3, copies_printed=1), job("b", 0.5)], [], NOW)
    assert foreseen.spans == {"a": span(0, 2, "C12"), "b": span(2, 2.5, "C12")}
    assert foreseen.free_from == {"C12": NOW + 2.5 * HOUR}
    assert foreseen.done_at == NOW + 2.5 * HOUR


def test_printers_of_a_model_share_its_jobs() -> None:
    machines = [machine("one"), machine("two"), machine("other", "N2S")]
    line = [
        job("long", 3),
        job("a", 1),
        job("b", 1),
        job("own", 1, target=Target(kind=TargetKind.PRINTER, id="one")),
        job("elsewhere", 2, target=Target(kind=TargetKind.MODEL, id="N2S")),
    ]
    foreseen = forecast(line, machines, NOW)
    assert foreseen.spans == {
        "long": span(0, 3, "one"),
        "a": span(0, 1, "two"),
        "b": span(1, 2, "two"),
        "own": span(3, 4, "one"),
        "elsewhere": span(0, 2, "other"),
    }
    assert foreseen.free_from == {
        "one": NOW + 4 * HOUR,
        "two": NOW + 2 * HOUR,
        "other": NOW + 2 * HOUR,
    }


def test_a_job_that_is_printed_is_done_when_its_printer_says_so() -> None:
    at_printer = {"state": JobState.PRINTING, "machine_id": "one"}
    since = {"started_at": NOW - 2 * HOUR}
    line = [
        job("now", 1, **at_printer, **since),
        job("next", 1, target=Target(kind=TargetKind.PRINTER, id="one")),
    ]
    ends = {"now": NOW + 1.5 * HOUR}
    foreseen = forecast(line, [machine("one")], NOW, reported_ends=ends)
    assert foreseen.spans == {"now": span(-2, 1.5), "next": span(1.5, 2.5)}
    assert foreseen.free_from == {"one": NOW + 2.5 * HOUR}

    # The other copies take as long as the file says; where it says nothing, only the last one is foreseen.
    copies = [job("now", 1, copies=3, copies_printed=0, **at_printer, **since)]
    foreseen = forecast(copies, [machine("one")], NOW, reported_ends=ends)
    assert foreseen.spans == {"now": span(-2, 3.5)}
    silent = [job("now", None, copies=3, copies_printed=1, **at_printer, **since)]
    assert not forecast(silent, [machine("one")], NOW, reported_ends=ends).spans
    last = [job("now", None, copies=3, copies_printed=2, **at_printer, **since)]
    foreseen = forecast(last, [machine("one")], NOW, reported_ends=ends)
    assert foreseen.spans == {"now": span(-2, 1.5)}


def test_what_a_printer_has_is_never_done_before_now() -> None:
    begun = {"state": JobState.PRINTING, "machine_id": "one", "position": None}
    line = [
        job("late", 1, started_at=NOW - 2 * HOUR, **begun),
        job("next", target=Target(kind=TargetKind.PRINTER, id="one")),
    ]
    foreseen = forecast(line, [machine("one")], NOW)
    assert foreseen.spans == {"late": span(-2, 0), "next": span(0, 1)}


def test_scheduled_jobs_let_others_go_before() -> None:
    line = [job("tonight", not_before=NOW + 8 * HOUR), job("a"), job("b")]
    foreseen = forecast(line, [], NOW)
    assert foreseen.spans == {
        "a": span(0, 1, "C12"),
        "b": span(1, 2, "C12"),
        "tonight": span(8, 9, "C12"),
    }


def test_nobody_knows_when_these_begin() -> None:
    line = [
        job("held", state=JobState.STAGED),
        job("nowhere", target=None),
        job("unknown", None),
    ]
    foreseen = forecast(line, [], NOW)
    assert (foreseen.spans, foreseen.free_from, foreseen.done_at) == ({}, {}, None)


def test_what_nobody_lives_to_see_is_not_foreseen() -> None:
    ten_years = 10 * 365 * 24
    line = [
        job("liar", ten_years, copies=999),
        job("a"),
        job("never", not_before=datetime(9999, 12, 31, 23, 30, tzinfo=UTC)),
        *(job(f"{number}", ten_years) for number in range(900)),
    ]
    foreseen = forecast(line, [], NOW)
    assert list(foreseen.spans) == ["a", *(f"{number}" for number in range(9))]
    assert foreseen.done_at == NOW + (1 + 9 * ten_years) * HOUR


@given(
    st.lists(
        st.tuples(
            st.floats(0, 10),
            st.integers(1, 3),
            st.none() | st.floats(-5, 20),
            st.sampled_from(["C12", "N2S", "O1D"]),
        ),
        max_size=12,
    ),
    st.lists(st.sampled_from(["C12", "N2S"]), max_size=4),
)
def test_a_printer_prints_one_job_at_a_time(
    jobs: list[tuple[float, int, float | None, str]], models: list[str]
) -> None:
    line = [
        job(
            str(number),
            hours,
            copies=copies,
            not_before=None if wait is None else NOW + wait * HOUR,
            target=Target(kind=TargetKind.MODEL, id=model),
        )
        for number, (hours, copies, wait, model) in enumerate(jobs)
    ]
    machines = [machine(str(number), model) for number, model in enumerate(models)]
    foreseen = forecast(line, machines, NOW)
    assert foreseen.spans.keys() == {each.id for each in line}
    for each in line:
        found = foreseen.spans[each.id]
        assert found.start >= max(NOW, each.not_before or NOW)
        # At no time are more of a model's jobs printed than it has printers.
        target = each.target
        beside = [
            other
            for other in line
            if other.target == target
            and foreseen.spans[other.id].start
            <= found.start
            < foreseen.spans[other.id].end
        ]
        assert target is not None
        assert len(beside) <= max(models.count(target.id), 1)


@given(
    counts=st.lists(st.sets(st.sampled_from(("one", "two", "three"))), max_size=12),
    hours=st.lists(st.integers(1, 9), min_size=12, max_size=12),
)
def test_a_job_for_a_model_is_foreseen_on_a_printer_that_has_its_filament(
    counts: list[set[str]], hours: list[int]
) -> None:
    machines = [machine(name) for name in ("one", "two", "three")]
    line = [job(f"j{at}", hours[at]) for at in range(len(counts))]
    having = {f"j{at}": found for at, found in enumerate(counts)}
    foreseen = forecast(line, machines, NOW, loaded=having.__getitem__)
    busy: dict[str, list[tuple[datetime, datetime]]] = {}
    for each in line:
        found = foreseen.spans[each.id]
        printers = having[each.id] or {"one", "two", "three"}
        # One that has the filament is free then, and none of them was before.
        free = {
            name: max((end for _start, end in busy.get(name, [])), default=NOW)
            for name in printers
        }
        assert found.start == min(free.values())
        first = min(
            (name for name in ("one", "two", "three") if name in printers),
            key=free.__getitem__,
        )
        assert found.printer == first
        busy.setdefault(first, []).append((found.start, found.end))
    assert foreseen.free_from == {name: spans[-1][1] for name, spans in busy.items()}
