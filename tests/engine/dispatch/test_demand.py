"""What is wanted of printers that can be switched on, and the reasons of jobs while they are off."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from custom_components.bambu_virtual_printer.engine.dispatch.admission import (
    MachineView,
)
from custom_components.bambu_virtual_printer.engine.dispatch.demand import (
    Foreseen,
    foresee,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    AnyPrinter,
    JobTarget,
    OnePrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.dispatch.planner import plan
from custom_components.bambu_virtual_printer.engine.dispatch.power import (
    REPORTS_WITHIN,
    job_key,
)
from custom_components.bambu_virtual_printer.engine.dispatch.power_states import (
    PowerState,
)
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import ReasonKey
from custom_components.bambu_virtual_printer.engine.dispatch.when.values import (
    NO_FACTS,
    Facts,
    Rules,
    Sun,
    Wishes,
)
from custom_components.bambu_virtual_printer.engine.machines.values import (
    Availability,
    Phase,
)
from tests.engine.dispatch.scenes import A1, IDLE, NEEDS, P1S

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
OFF = replace(IDLE, availability=Availability.OFFLINE, is_current=False)
GARAGE = OnePrinter(machine_id="garage")


def printer(
    id_: str = "garage",
    *,
    power: PowerState | None = PowerState.OFF,
    on: bool = False,
    **changes: object,
) -> MachineView:
    view = MachineView(
        id=id_,
        model=P1S,
        state=IDLE if on else OFF,
        report_age_s=1.0 if on else None,
        is_allowed=True,
        power=power,
    )
    return replace(view, **changes)  # type: ignore[arg-type]


def job(id_: str = "job", target: JobTarget = GARAGE, **changes: object) -> QueuedJob:
    return replace(QueuedJob(id=id_, target=target, needs=NEEDS), **changes)  # type: ignore[arg-type]


def foreseen(
    jobs: Iterable[QueuedJob],
    *machines: MachineView,
    declined: dict[str, frozenset[str]] | None = None,
    now: datetime = NOW,
    facts: Facts = NO_FACTS,
) -> Foreseen:
    jobs = list(jobs)
    return foresee(
        lambda jobs, machines: plan(jobs, machines, now, facts),
        jobs,
        machines,
        plan(jobs, machines, now, facts),
        declined or {},
        now,
    )


def wanted(found: Foreseen) -> dict[str, str]:
    return {
        machine_id: demand.wanted
        for machine_id, demand in found.demands.items()
        if demand.wanted
    }


def keys(found: Foreseen) -> dict[str, ReasonKey]:
    return {job_id: reason.key for job_id, reason in found.reasons.items()}


def test_a_printer_is_wanted_for_the_first_job_that_could_begin_there() -> None:
    held, first, second = job("held", is_held=True), job("first"), job("second")
    found = foreseen([held, first, second], printer())
    assert wanted(found) == {"garage": "first"}
    assert keys(found) == {
        "held": ReasonKey.HELD,
        "first": ReasonKey.POWERING_ON,
        "second": ReasonKey.TAKEN,
    }
    assert found.demands["garage"].queued == {"held", "first", "second"}


def test_a_job_that_could_not_begin_either_way_switches_nothing_on_and_says_why() -> (
    None
):
    later = NOW + timedelta(hours=3)
    for change, reason in (
        ({"not_before": later}, ReasonKey.SCHEDULED),
        ({"needs": replace(NEEDS, model=A1)}, ReasonKey.WRONG_MODEL),
        ({"needs": replace(NEEDS, nozzles_mm=(0.8,))}, ReasonKey.WRONG_NOZZLE),
    ):
        found = foreseen([job(**change)], printer())
        assert (wanted(found), keys(found)) == ({}, {"job": reason})
    for view, reason in (
        (printer(is_allowed=False), ReasonKey.NOT_ALLOWED),
        (printer(is_plate_blocked=True), ReasonKey.PLATE_NOT_CLEARED),
        (printer(held_by="other"), ReasonKey.TAKEN),
    ):
        found = foreseen([job()], view)
        assert (wanted(found), keys(found)) == ({}, {"job": reason})


def test_what_another_printer_begins_with_switches_nothing_on() -> None:
    any_ = AnyPrinter(model=P1S)
    on = printer("on", on=True, power=None)
    assert wanted(foreseen([job(target=any_)], printer(), on)) == {}
    # A second one is for the one that is off, and a third for nobody yet.
    jobs = [job(name, any_) for name in ("first", "second", "third")]
    found = foreseen(jobs, printer(), on)
    assert len(wanted(found)) == 1
    assert len(found.reasons) == 2


def test_one_job_wakes_one_printer() -> None:
    found = foreseen(
        [job(target=AnyPrinter(model=P1S))], printer("first"), printer("second")
    )
    assert len(wanted(found)) == 1


def test_a_printer_without_a_plug_is_as_it_was() -> None:
    found = foreseen([job()], printer(power=None))
    assert (found.demands, keys(found)) == ({}, {"job": ReasonKey.OFFLINE})


def test_a_printer_that_answers_is_not_off() -> None:
    wrong = replace(OFF, availability=Availability.WRONG_CODE)
    found = foreseen([job()], printer(state=wrong))
    assert (wanted(found), keys(found)) == ({}, {"job": ReasonKey.OFFLINE})


def test_what_nobody_can_know_while_it_is_off_is_found_out_by_switching_it_on() -> None:
    unknown = replace(OFF, ams=(), external=())
    found = foreseen([job("first"), job("second")], printer(state=unknown))
    assert wanted(found) == {"garage": "first"}
    # What speaks against it otherwise does so all the same.
    later = NOW + timedelta(hours=3)
    found = foreseen([job(not_before=later)], printer(state=unknown))
    assert (wanted(found), keys(found)) == ({}, {"job": ReasonKey.SCHEDULED})
    # Of one whose spools are known they are expected as they were.
    other = replace(NEEDS, filaments=(replace(NEEDS.filaments[0], type="ABS"),))
    found = foreseen([job(needs=other)], printer())
    assert (wanted(found), keys(found)) == ({}, {"job": ReasonKey.FILAMENT_MISSING})


def test_an_old_error_and_an_old_print_do_not_keep_it_off() -> None:
    old = replace(OFF, phase=Phase.RUNNING)
    assert wanted(foreseen([job()], printer(state=old))) == {"garage": "job"}


def test_a_job_that_it_was_switched_off_for_says_so_and_does_not_hide_the_next() -> (
    None
):
    declined = {"garage": frozenset({"first", "second"})}
    jobs = [
        job("first"),
        job("second"),
        job("scheduled", not_before=NOW.replace(hour=20)),
    ]
    found = foreseen(jobs, printer(), declined=declined)
    assert keys(found) == {
        "first": ReasonKey.POWER_KEPT_OFF,
        "second": ReasonKey.POWER_KEPT_OFF,
        "scheduled": ReasonKey.SCHEDULED,
    }
    found = foreseen([*jobs, job("new")], printer(), declined=declined)
    assert wanted(found) == {"garage": "new"}
    assert found.reasons["new"].key is ReasonKey.POWERING_ON
    # Started by a person it is wanted anew.
    found = foreseen(
        [job("first", is_started=True, starts=1)], printer(), declined=declined
    )
    assert wanted(found) == {"garage": job_key("first", starts=1)}


def test_what_is_wrong_with_the_power_is_the_reason() -> None:
    for state in (
        PowerState.NO_REPORT,
        PowerState.SWITCH_FAILED,
        PowerState.UNAVAILABLE,
    ):
        (reason,) = foreseen([job()], printer(power=state)).reasons.values()
        assert (reason.key, reason.power) == (ReasonKey.POWER_TROUBLE, state)


def test_nothing_begins_on_a_printer_that_is_being_switched_off() -> None:
    made = plan([job()], [printer(on=True, power=PowerState.SWITCHING_OFF)], NOW)
    assert made.starts == ()
    assert made.reasons["job"].key is ReasonKey.POWERING_OFF


def test_the_next_thing_to_happen_is_the_soonest_of_what_is_meant_for_it() -> None:
    on = printer(on=True, power=PowerState.ON)
    later = NOW + timedelta(hours=3)

    def next_at(*jobs: QueuedJob, view: MachineView = on) -> datetime | None:
        return foreseen(jobs, view).demands["garage"].next_at

    assert next_at() is None
    assert next_at(
        job(not_before=later), job("x", not_before=later + timedelta(1))
    ) == (later)
    assert next_at(job()) == NOW
    elsewhere = OnePrinter(machine_id="cellar")
    assert next_at(job(target=elsewhere, not_before=NOW.replace(hour=13))) is None
    # It has to be on to see the other spool, and need not be for a plate to be cleared.
    other = replace(NEEDS, filaments=(replace(NEEDS.filaments[0], type="ABS"),))
    assert next_at(job(needs=other)) == NOW
    assert next_at(job(), view=replace(on, is_plate_blocked=True)) is None
    assert next_at(job(is_held=True)) is None


def test_it_is_switched_on_in_time_for_what_waits_for_the_sun_and_has_to_be_ready() -> (
    None
):
    hour = timedelta(hours=1)
    sun = Sun(source="Roof", limit_w=500, power_w=0.0, is_enough=False)
    facts = Facts(rules={"garage": Rules(sun=sun)})
    first = job("first", wishes=Wishes(length=3 * hour, due=NOW + 10 * hour))
    # It has to be ready before the other, and so has to begin first.
    other = job("other", wishes=Wishes(length=2 * hour, due=NOW + 6 * hour))
    for jobs, last in (([first], NOW + 7 * hour), ([first, other], NOW + 4 * hour)):
        early = last - REPORTS_WITHIN
        before = early - timedelta(seconds=1)
        asleep = foreseen(jobs, printer(), now=before, facts=facts)
        assert wanted(asleep) == {}
        assert keys(asleep)[jobs[-1].id] is ReasonKey.NO_SUN
        assert asleep.wake_at == early
        assert wanted(foreseen(jobs, printer(), now=early, facts=facts)) == {
            "garage": jobs[-1].id
        }
        # Once it reports, it waits on for the sun, and until its last start.
        on = printer(on=True, power=PowerState.ON)
        awake = foreseen(jobs, on, now=early, facts=facts)
        assert awake.reasons[jobs[-1].id].until == last
        assert awake.demands["garage"].next_at == last
        assert not foreseen(jobs, on, now=last, facts=facts).reasons.keys() & {
            jobs[-1].id
        }


def test_a_printer_is_not_switched_on_while_another_one_begins_on_its_circuit() -> None:
    fuse = Rules(circuit="fuse", stagger=timedelta(minutes=10))
    facts = Facts(rules={"garage": fuse, "cellar": fuse})
    now_there = job("first", OnePrinter(machine_id="cellar"))
    found = foreseen(
        [now_there, job("second"), job("third")],
        printer("cellar", power=None, on=True),
        printer(),
        facts=facts,
    )
    assert wanted(found) == {}
    assert keys(found) == {
        "second": ReasonKey.CIRCUIT,
        "third": ReasonKey.CIRCUIT,
    }


def test_a_job_is_late_where_its_printer_that_is_off_cannot_report_in_time() -> None:
    length = timedelta(hours=2)

    def late_at(now: datetime, *machines: MachineView, **changes: object) -> bool:
        due = NOW + length + REPORTS_WITHIN
        one = job(wishes=Wishes(length=length, due=due), **changes)
        return "job" in foreseen([one], *machines, now=now).late

    just_after = NOW + timedelta(seconds=1)
    assert not late_at(NOW, printer())
    assert late_at(just_after, printer())
    assert not late_at(NOW, printer(), is_held=True)
    assert late_at(just_after, printer(), is_held=True)
    # One that is on would begin at once.
    any_p1s = AnyPrinter(model=P1S)
    on = printer("cellar", on=True)
    assert not late_at(just_after, printer(), on, target=any_p1s, is_held=True)
    assert late_at(just_after, printer(), printer("cellar"), target=any_p1s)


def test_it_is_looked_again_when_a_job_for_a_printer_that_is_off_becomes_late() -> None:
    length = timedelta(hours=2)
    due = NOW + timedelta(hours=5)
    waits = job(wishes=Wishes(length=length, due=due), is_held=True)
    found = foreseen([waits], printer())
    assert found.wake_at == due - length - REPORTS_WITHIN + timedelta(seconds=1)


def test_a_job_that_no_printer_is_switched_on_for_may_wait_for_one_that_is_on() -> None:
    both = [job(one, AnyPrinter(model=P1S)) for one in ("first", "second")]
    found = foreseen(
        both,
        printer(power=PowerState.KEPT_OFF, is_plate_blocked=True),
        printer("cellar", on=True, power=None),
        declined={"garage": frozenset({"second"})},
    )
    reason = found.reasons["second"]
    assert (reason.key, reason.machine_id) == (ReasonKey.TAKEN, "cellar")
    assert reason.other_job_id == "first"
