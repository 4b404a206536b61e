"""Which jobs have to begin until when."""

from datetime import datetime, timedelta

from custom_components.bambu_virtual_printer.engine.dispatch.when.deadlines import (
    Deadlines,
)
from custom_components.bambu_virtual_printer.engine.dispatch.when.quiet import Quiet
from custom_components.bambu_virtual_printer.engine.dispatch.when.values import (
    QuietHours,
    Span,
    Wishes,
)
from custom_components.bambu_virtual_printer.engine.library.values.timing import Scope

from .spans import NOW

HOUR = timedelta(hours=1)


def wish(
    job_id: str, hours: float, due: float, *, copies: int = 1, earliest: float = 0
) -> tuple[str, Wishes, datetime]:
    wishes = Wishes(length=hours * HOUR, due=NOW + due * HOUR, copies=copies)
    return job_id, wishes, NOW + earliest * HOUR


def test_each_job_begins_in_time_for_itself_and_for_those_after_it() -> None:
    made = Deadlines(
        [wish("late", 4, 10), wish("soon", 2, 7)], lambda _wishes: Quiet([])
    )
    assert made.begin_by == {"late": NOW + 6 * HOUR, "soon": NOW + 4 * HOUR}
    assert made.late == frozenset()


def test_all_copies_have_to_be_ready() -> None:
    made = Deadlines([wish("a", 2, 10, copies=3)], lambda _wishes: Quiet([]))
    assert made.begin_by == {"a": NOW + 4 * HOUR}


def test_another_job_goes_first_only_if_it_ends_before_the_next_has_to_begin() -> None:
    made = Deadlines(
        [wish("soon", 2, 7), wish("late", 4, 20)], lambda _wishes: Quiet([])
    )
    assert made.first_before("other", NOW + 5 * HOUR) is None
    first = made.first_before("other", NOW + 6 * HOUR)
    assert first is not None
    assert (first.job_id, first.due) == ("soon", NOW + 7 * HOUR)
    assert made.first_before("soon", NOW + 30 * HOUR) is None


def test_nobody_waits_for_what_comes_too_late_anyway() -> None:
    made = Deadlines(
        [wish("late", 8, 7), wish("good", 2, 9)], lambda _wishes: Quiet([])
    )
    assert made.late == {"late"}
    assert made.begin_by == {"good": NOW + 7 * HOUR}
    assert (
        Deadlines([], lambda _wishes: Quiet([])).first_before("a", NOW + 99 * HOUR)
        is None
    )


def test_a_job_does_not_begin_before_it_may() -> None:
    assert Deadlines([wish("a", 2, 7, earliest=6)], lambda _wishes: Quiet([])).late == {
        "a"
    }


def test_quiet_hours_put_the_last_start_before_them() -> None:
    night = QuietHours(
        spans=(Span(start=NOW + 4 * HOUR, end=NOW + 9 * HOUR),),
        known_until=NOW + 99 * HOUR,
        scope=Scope.RUN,
    )
    made = Deadlines([wish("a", 2, 10)], lambda _wishes: Quiet([night]))
    assert made.begin_by == {"a": NOW + 2 * HOUR}


def test_jobs_that_nobody_waits_for_or_nobody_can_reckon_with_have_no_deadline() -> (
    None
):
    jobs = [
        ("a", Wishes(length=HOUR), NOW),
        ("b", Wishes(due=NOW + HOUR), NOW),
    ]
    made = Deadlines(jobs, lambda _wishes: Quiet([]))
    assert (made.begin_by, made.late) == ({}, frozenset())
