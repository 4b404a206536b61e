"""Which job begins where, and why each of the others does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.admission import (
    MachineView,
)
from custom_components.bambu_virtual_printer.engine.dispatch.jobs import (
    AnyPrinter,
    Needs,
    OnePrinter,
    QueuedJob,
)
from custom_components.bambu_virtual_printer.engine.dispatch.planner import (
    Plan,
    Planner,
    plan,
)
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import (
    Reason,
    ReasonKey,
)
from custom_components.bambu_virtual_printer.engine.machines.codes import print_error
from custom_components.bambu_virtual_printer.engine.machines.filaments import (
    ChosenSpool,
    Filament,
    same_type,
)
from custom_components.bambu_virtual_printer.engine.machines.values import (
    Availability,
    DeveloperMode,
    MachineState,
    Nozzle,
    Phase,
    Spool,
    SpoolPlace,
    Storage,
    StorageState,
)
from custom_components.bambu_virtual_printer.engine.values import FilamentRule

from .plain_planner import BUSY, PlainPlanning
from .scenes import A1, BLACK, H2D, IDLE, NEEDS, P1S, PLA_BLACK, RED, ams, spool

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SOON = NOW + timedelta(seconds=4)
EARLIER = NOW - timedelta(hours=1)


def machine(id_: str = "garage", **fields: Any) -> MachineView:
    state = fields.pop("state", {})
    made: dict[str, Any] = {
        "id": id_, "model": P1S, "state": replace(IDLE, **state), "report_age_s": 1.0, "is_allowed": True, **fields,
    }  # fmt: skip
    return MachineView(**made)


def job(id_: str = "a", target: str | None = "garage", **fields: Any) -> QueuedJob:
    needs = replace(NEEDS, **fields.pop("needs", {}))
    return QueuedJob(
        id=id_,
        target=None if target is None else OnePrinter(machine_id=target),
        needs=needs,
        **fields,
    )


def starts(made: Plan) -> dict[str, str]:
    return {start.job_id: start.machine_id for start in made.starts}


def keys(made: Plan) -> dict[str, ReasonKey]:
    return {job_id: reason.key for job_id, reason in made.reasons.items()}


def test_a_job_begins_on_its_printer_with_the_spools_it_needs() -> None:
    made = plan([job()], [machine()], NOW)
    [start] = made.starts
    assert (start.job_id, start.machine_id) == ("a", "garage")
    assert start.places == (SpoolPlace(unit=0, slot=0),)
    assert (made.reasons, made.wake_at) == ({}, None)


def test_a_printer_gets_the_first_job_and_the_next_one_waits_for_it() -> None:
    made = plan([job("a"), job("b")], [machine()], NOW)
    assert starts(made) == {"a": "garage"}
    assert made.reasons["b"] == Reason(
        key=ReasonKey.TAKEN, machine_id="garage", other_job_id="a"
    )


def test_jobs_for_a_model_are_spread_over_its_printers() -> None:
    target = AnyPrinter(model=P1S)
    jobs = [replace(job(name), target=target) for name in "abc"]
    machines = [machine("one"), machine("two", model=A1), machine("three")]
    made = plan(jobs, machines, NOW)
    assert starts(made) == {"a": "one", "b": "three"}
    assert keys(made) == {"c": ReasonKey.TAKEN}


def test_a_job_without_its_filament_is_passed_over_and_says_what_to_load_where() -> (
    None
):
    green = Filament(index=1, type="PLA", color="00FF00FF")
    first = job("a", needs={"filaments": (green,), "project_filaments": 2})
    made = plan([first, job("b")], [machine()], NOW)
    assert starts(made) == {"b": "garage"}
    assert keys(made) == {"a": ReasonKey.FILAMENT_MISSING}
    [load] = made.reasons["a"].loads
    assert load.filament == green
    assert load.other_colors == (SpoolPlace(unit=0, slot=0),)
    assert load.empty == (SpoolPlace(unit=0, slot=1),)


def test_a_started_job_goes_before_the_others_held_and_scheduled_or_not() -> None:
    started = job("b", is_started=True, is_held=True, not_before=LATER)
    made = plan([job("a"), started], [machine()], NOW)
    assert starts(made) == {"b": "garage"}


def test_a_started_job_that_failed_since_is_tried_again_at_its_time_and_lets_others_go_first() -> (
    None
):
    started = job("b", is_started=True, retry_at=LATER, problem="x")
    made = plan([job("a"), started], [machine()], NOW)
    assert starts(made) == {"a": "garage"}
    assert keys(made) == {"b": ReasonKey.RETRY}
    assert made.wake_at == LATER
    assert starts(plan([job("a"), started], [machine()], LATER)) == {"b": "garage"}


@pytest.mark.parametrize(
    ("fields", "key", "until"),
    [
        ({"is_held": True}, ReasonKey.HELD, None),
        ({"is_held": True, "problem": "upload_failed"}, ReasonKey.PROBLEM, None),
        ({"not_before": LATER}, ReasonKey.SCHEDULED, LATER),
        ({"retry_at": LATER, "problem": "x"}, ReasonKey.RETRY, LATER),
        ({"options_due_at": SOON}, ReasonKey.SLICER_OPTIONS, SOON),
        ({"target": None}, ReasonKey.NO_TARGET, None),
        ({"target": "attic"}, ReasonKey.NO_SUCH_PRINTER, None),
        ({"needs": {"filaments": ()}}, ReasonKey.FILAMENTS_UNKNOWN, None),
    ],
)
def test_a_job_waits_for_what_is_its_own(
    fields: dict[str, Any], key: ReasonKey, until: datetime | None
) -> None:
    made = plan([job("a", **fields)], [machine()], NOW)
    assert (keys(made), made.starts) == ({"a": key}, ())
    assert made.wake_at == until
    for name in ("not_before", "retry_at", "options_due_at"):
        if name in fields:
            assert starts(plan([job("a", **fields)], [machine()], LATER))


def test_a_job_waits_for_options_no_longer_than_they_take_whatever_another_clock_says() -> (
    None
):
    made = plan([job("a", options_due_at=LATER)], [machine()], NOW)
    assert starts(made) == {"a": "garage"}


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"is_allowed": False}, ReasonKey.NOT_ALLOWED),
        ({"held_by": "z"}, ReasonKey.TAKEN),
        ({"held_by": "z", "has_question": True}, ReasonKey.QUESTION),
        ({"state": {"availability": Availability.WRONG_CODE}}, ReasonKey.OFFLINE),
        ({"state": {"is_current": False}}, ReasonKey.NO_NEWS),
        ({"report_age_s": None}, ReasonKey.NO_NEWS),
        ({"report_age_s": 60.5}, ReasonKey.NO_NEWS),
        ({"state": {"phase": Phase.PREPARE}}, ReasonKey.PRINTING),
        ({"state": {"phase": Phase.PAUSE}}, ReasonKey.PRINTING),
        ({"state": {"phase": Phase.UNKNOWN}}, ReasonKey.PHASE_UNKNOWN),
        ({"is_settling": True}, ReasonKey.SETTLING),
        ({"state": {"print_error": print_error(0x0500C010)}}, ReasonKey.ERROR_STANDS),
        (
            {"state": {"developer_mode": DeveloperMode.OFF}},
            ReasonKey.DEVELOPER_MODE_OFF,
        ),
        (
            {"state": {"storage": Storage(state=StorageState.MISSING)}},
            ReasonKey.NO_STORAGE,
        ),
        (
            {"state": {"storage": Storage(state=StorageState.READ_ONLY)}},
            ReasonKey.STORAGE_UNUSABLE,
        ),
        ({"state": {"storage": Storage(free_bytes=999)}}, ReasonKey.STORAGE_FULL),
        ({"is_plate_blocked": True}, ReasonKey.PLATE_NOT_CLEARED),
        ({"model": A1}, ReasonKey.WRONG_MODEL),
        (
            {"state": {"nozzles": (replace(IDLE.nozzles[0], diameter_mm=0.6),)}},
            ReasonKey.WRONG_NOZZLE,
        ),
        ({"state": {"ams": ()}}, ReasonKey.FILAMENT_MISSING),
    ],
)
def test_nothing_is_sent_to_a_printer_that_would_refuse_it(
    fields: dict[str, Any], key: ReasonKey
) -> None:
    made = plan([job()], [machine(**fields)], NOW)
    assert (keys(made), made.starts) == ({"a": key}, ())
    assert made.reasons["a"].machine_id == "garage"


@pytest.mark.parametrize(
    "fields",
    [
        # Residue of a cancelled print.
        {"state": {"phase": Phase.FAILED, "print_error": print_error(0x0300400C)}},
        {"state": {"phase": Phase.FINISH}},
        # What nobody says does not count.
        {"state": {"nozzles": (replace(IDLE.nozzles[0], diameter_mm=None),)}},
        {"state": {"developer_mode": DeveloperMode.UNKNOWN}},
        {"report_age_s": 60.0},
    ],
)
def test_a_printer_is_free_although_it_looks_otherwise(fields: dict[str, Any]) -> None:
    assert starts(plan([job()], [machine(**fields)], NOW)) == {"a": "garage"}


def test_wrong_models_and_nozzles_are_both_named() -> None:
    state = {"nozzles": (replace(IDLE.nozzles[0], diameter_mm=0.6),)}
    made = plan([job()], [machine(model=A1)], NOW)
    assert (made.reasons["a"].wanted, made.reasons["a"].found) == (P1S, A1)
    made = plan([job()], [machine(state=state)], NOW)
    assert (made.reasons["a"].wanted, made.reasons["a"].found) == ("0.4", "0.6")


def test_files_name_the_left_nozzle_first_and_printers_number_the_right_one_0() -> None:
    right, left = (
        Nozzle(id=0, diameter_mm=0.4, type="", is_active=True),
        Nozzle(id=1, diameter_mm=0.6, type="", is_active=False),
    )
    printer = machine(model=H2D, state={"nozzles": (right, left)})
    fits = job("a", needs={"model": H2D, "nozzles_mm": (0.6, 0.4)})
    turned = job("b", needs={"model": H2D, "nozzles_mm": (0.4, 0.6)})
    made = plan([turned, fits], [printer], NOW)
    assert starts(made) == {"a": "garage"}
    assert made.reasons["b"].key is ReasonKey.WRONG_NOZZLE
    assert (made.reasons["b"].wanted, made.reasons["b"].found) == (
        "0.4 + 0.6",
        "0.6 + 0.4",
    )


def test_files_of_models_that_share_a_profile_are_printed_by_either() -> None:
    needs = {"model": "O1C"}
    assert starts(plan([job("a", needs=needs)], [machine(model="O1C2")], NOW))
    odd = plan([job("a", needs={"model": "Z9"})], [machine()], NOW)
    assert keys(odd) == {"a": ReasonKey.WRONG_MODEL}


def test_of_several_printers_the_one_that_is_nearest_to_the_job_gives_the_reason() -> (
    None
):
    target = AnyPrinter(model=P1S)
    machines = [
        machine("off", state={"availability": Availability.OFFLINE}),
        machine("full", is_plate_blocked=True),
        machine("forbidden", is_allowed=False),
    ]
    made = plan([replace(job(), target=target)], machines, NOW)
    assert made.reasons["a"] == Reason(
        key=ReasonKey.PLATE_NOT_CLEARED, machine_id="full"
    )
    made = plan([replace(job(), target=target)], [machine("x", model=A1)], NOW)
    assert made.reasons["a"] == Reason(key=ReasonKey.NO_PRINTER_OF_MODEL, wanted=P1S)


def test_a_wish_of_the_slicer_counts_on_the_printer_the_job_is_for_alone() -> None:
    wish = replace(PLA_BLACK, wish=SpoolPlace(unit=1, slot=3))
    loaded = {"ams": (ams(spool(0, 0, "PLA")), ams(spool(1, 3, "PLA")))}
    one = job("a", needs={"filaments": (wish,)})
    [start] = plan([one], [machine(state=loaded)], NOW).starts
    assert start.places == (SpoolPlace(unit=1, slot=3),)
    any_one = replace(one, target=AnyPrinter(model=P1S))
    [start] = plan([any_one], [machine(state=loaded)], NOW).starts
    assert start.places == (SpoolPlace(unit=0, slot=0),)


def test_of_several_printers_one_that_has_all_the_chosen_spools_goes_first() -> None:
    target = AnyPrinter(model=P1S)
    chosen = ChosenSpool(type="PLA", preset_id="GFL99", color=BLACK)
    filament = replace(PLA_BLACK, chosen=chosen)
    wanted = replace(job(needs={"filaments": (filament,)}), target=target)
    with_it = ams(replace(spool(0, 0, "PLA"), preset_id="GFL99"))
    both = [machine("one"), machine("two", state={"ams": (with_it,)})]
    assert starts(plan([wanted], both, NOW)) == {"a": "two"}
    # A preference, and no condition.
    assert starts(plan([wanted], both[:1], NOW)) == {"a": "one"}


def test_where_only_news_are_awaited_it_is_looked_again_soon() -> None:
    made = plan([job()], [machine(report_age_s=100.0)], NOW)
    assert made.wake_at == NOW + timedelta(seconds=10)


# --- whatever there is ----------------------------------------------------------------------------------------------

TYPES = st.sampled_from(("PLA", "PETG", "PLA-CF"))
COLORS = st.sampled_from((BLACK, RED, "FFFFFFFF"))
MODELS = st.sampled_from((P1S, A1))
NAMES = ("m0", "m1", "m2", "m3")
PRESETS = st.sampled_from(("GFA00", "GFA00", "GFA01"))
OVERTAKE_FOR = st.sampled_from((None, timedelta(minutes=30), timedelta(days=1)))
GRAMS = st.sampled_from((None, 5.0, 30.0, 60.0, 1000.0))


@st.composite
def states(draw: st.DrawFn) -> MachineState:
    slots = draw(
        st.lists(
            st.tuples(st.booleans(), TYPES, COLORS, PRESETS), min_size=1, max_size=4
        )
    )
    spools = [
        replace(
            spool(0, at, type_ if there else "", color),
            preset_id=preset if there else "",
        )
        for at, (there, type_, color, preset) in enumerate(slots)
    ]
    return replace(
        IDLE,
        availability=draw(st.sampled_from((Availability.ONLINE,) * 3 + (Availability.OFFLINE,))),
        is_current=draw(st.sampled_from((True, True, False))),
        phase=draw(
            st.sampled_from(
                (Phase.IDLE, Phase.FINISH, Phase.FAILED, Phase.RUNNING, Phase.UNKNOWN)
            )
        ),
        nozzles=(replace(IDLE.nozzles[0], diameter_mm=draw(st.sampled_from((0.4, 0.4, 0.6, None)))),),
        ams=(ams(*spools),),
        print_error=draw(st.sampled_from((None, None, print_error(0x0300400C), print_error(0x03004000)))),
        developer_mode=draw(st.sampled_from(DeveloperMode)),
    )  # fmt: skip


@st.composite
def views(draw: st.DrawFn, name: str) -> MachineView:
    state = draw(states())
    places = [one.place for one in state.spools]
    return MachineView(
        id=name,
        model=draw(MODELS),
        state=state,
        report_age_s=draw(st.sampled_from((1.0, 1.0, 90.0, None))),
        is_allowed=draw(st.sampled_from((True, True, False))),
        is_plate_blocked=draw(st.booleans()),
        held_by=draw(st.sampled_from(("", "", "other"))),
        left_g={place: g for place in places if (g := draw(GRAMS)) is not None},
        needs_known_grams=draw(st.sampled_from((False, False, True))),
        last_spool=draw(st.sampled_from((None, *places))),
        free_since=draw(st.sampled_from((None, EARLIER, NOW))),
    )


@st.composite
def queued(draw: st.DrawFn, number: int) -> QueuedJob:
    found = draw(st.lists(st.tuples(TYPES, COLORS, PRESETS), min_size=1, max_size=3))
    return QueuedJob(
        id=f"j{number}",
        target=draw(
            st.sampled_from(
                (None, AnyPrinter(model=P1S), AnyPrinter(model=A1), *(OnePrinter(machine_id=name) for name in NAMES))
            )
        ),
        needs=Needs(
            model=draw(st.sampled_from((P1S, A1, ""))),
            nozzles_mm=draw(st.sampled_from(((0.4,), (0.6,), ()))),
            filaments=tuple(
                Filament(
                    index=at, type=type_, color=color, preset_id=preset, grams=draw(st.sampled_from((None, 5.0, 25.0)))
                )
                for at, (type_, color, preset) in enumerate(found)
            ),
            project_filaments=len(found),
        ),
        is_held=draw(st.booleans()),
        is_started=draw(st.booleans()),
        not_before=draw(st.sampled_from((None, None, LATER))),
        rule=draw(st.sampled_from(FilamentRule)),
        prints_anyway=draw(st.sampled_from((False, False, True))),
        copies=draw(st.integers(1, 3)),
        queued_at=draw(st.sampled_from((None, EARLIER, NOW))),
    )  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[QueuedJob], list[MachineView]]:
    count = draw(st.integers(0, 12))
    machines = draw(st.integers(0, len(NAMES)))
    return (
        [draw(queued(number)) for number in range(count)],
        [draw(views(name)) for name in NAMES[:machines]],
    )


def is_true(
    reason: Reason,
    job: QueuedJob,
    made: Plan,
    machines: dict[str, MachineView],
    reserved: dict[SpoolPlace, float],
) -> bool:
    """Check a reason against the world, by other means than the planner's."""
    view = machines.get(reason.machine_id)
    given = {start.machine_id: start.job_id for start in made.starts}
    if view is None:
        match reason.key:
            case ReasonKey.HELD:
                return job.is_held and not job.is_started
            case ReasonKey.SCHEDULED:
                return job.not_before == reason.until == LATER and not job.is_started
            case ReasonKey.NO_TARGET:
                return job.target is None
            case ReasonKey.NO_SUCH_PRINTER:
                return job.target == OnePrinter(machine_id=reason.machine_id)
            case ReasonKey.NO_PRINTER_OF_MODEL:
                return isinstance(job.target, AnyPrinter) and all(
                    view.model != job.target.model for view in machines.values()
                )
        return False
    is_target = job.target in (
        OnePrinter(machine_id=view.id),
        AnyPrinter(model=view.model),
    )
    state, needs = view.state, job.needs
    is_said = {
        ReasonKey.NOT_ALLOWED: not view.is_allowed,
        ReasonKey.TAKEN: reason.other_job_id in (view.held_by, given.get(view.id)),
        ReasonKey.OFFLINE: state.availability is not Availability.ONLINE,
        ReasonKey.NO_NEWS: not state.is_current or (view.report_age_s or 90) > 60,
        ReasonKey.PRINTING: state.phase is Phase.RUNNING,
        ReasonKey.PHASE_UNKNOWN: state.phase is Phase.UNKNOWN,
        ReasonKey.ERROR_STANDS: state.print_error == print_error(0x03004000),
        ReasonKey.DEVELOPER_MODE_OFF: state.developer_mode is DeveloperMode.OFF,
        ReasonKey.PLATE_NOT_CLEARED: view.is_plate_blocked,
        ReasonKey.WRONG_MODEL: needs.model not in ("", view.model),
        ReasonKey.WRONG_NOZZLE: needs.nozzles_mm != (state.nozzles[0].diameter_mm,),
        ReasonKey.FILAMENT_MISSING: bool(reason.loads) and not can_load(job, view, reserved),
        ReasonKey.FILAMENT_SHORT: not can_load(job, view, reserved)
        and can_load(replace(job, prints_anyway=True), view, reserved)
        and any(each.left_g is not None for load in reason.loads for each in load.too_little),
        ReasonKey.FILAMENT_AMOUNT_UNKNOWN: view.needs_known_grams
        and not can_load(job, view, reserved)
        and all(each.left_g is None for load in reason.loads for each in load.too_little),
    }  # fmt: skip
    if reason.key in BUSY and state.is_available and state.is_current:
        # What it waits for is true only if it could begin then.
        return is_target and is_said[reason.key] and can_load(job, view, {})
    return is_target and is_said[reason.key]


def fits(filament: Filament, one: Spool, rule: FilamentRule) -> bool:
    if not same_type(filament.type, one.type):
        return False
    match rule:
        case FilamentRule.ANY_COLOR:
            return True
        case FilamentRule.EXACT_PRESET:
            return (filament.color, filament.preset_id) == (one.color, one.preset_id)
    return filament.color == one.color


def is_enough(
    job: QueuedJob, view: MachineView, place: SpoolPlace, grams: float
) -> bool:
    if job.prints_anyway:
        return True
    left = view.left_g.get(place)
    return not view.needs_known_grams if left is None else grams <= left


def can_load(
    job: QueuedJob, view: MachineView, reserved: dict[SpoolPlace, float]
) -> bool:
    """Try every assignment: a spool for each filament, shared by those that are alike."""
    spools = [one for one in view.state.spools if one.is_known]

    def place(left: list[Filament], used: dict[Spool, list[Filament]]) -> bool:
        if not left:
            return True
        first, *rest = left
        for one in spools:
            users = [*used.get(one, []), first]
            grams = sum(user.grams or 0 for user in users)
            if (
                fits(first, one, job.rule)
                and len({(user.type, user.color) for user in users}) == 1
                and is_enough(
                    job, view, one.place, grams + reserved.get(one.place, 0.0)
                )
                and place(rest, used | {one: users})
            ):
                return True
        return False

    return place(list(job.needs.filaments), {})


def reservations(
    jobs: list[QueuedJob], views_: list[MachineView], overtake_for: timedelta | None
) -> dict[str, dict[SpoolPlace, float]]:
    """Return at least what is reserved on printers at any time of planning, by the plain planner."""
    plain = PlainPlanning(views_, NOW, overtake_for)
    plain.plan(jobs)
    for machine_id, grams in plain.reserved.items():
        most = plain.most.setdefault(machine_id, {})
        for place, taken in grams.items():
            most[place] = max(taken, most.get(place, 0.0))
    return plain.most


@settings(max_examples=300)
@given(world=worlds(), overtake_for=OVERTAKE_FOR)
def test_nothing_wrong_is_started_and_every_job_that_waits_says_truly_why(
    world: tuple[list[QueuedJob], list[MachineView]], overtake_for: timedelta | None
) -> None:
    jobs, views_ = world
    machines = {view.id: view for view in views_}
    made = plan(jobs, views_, NOW, overtake_for=overtake_for)
    started = starts(made)
    assert len(started) == len(made.starts)
    assert len(set(started.values())) == len(made.starts)
    assert started.keys() | made.reasons.keys() == {job.id for job in jobs}
    assert not started.keys() & made.reasons.keys()
    by_id = {job.id: job for job in jobs}
    for start in made.starts:
        job, view = by_id[start.job_id], machines[start.machine_id]
        state, needs = view.state, job.needs
        assert job.is_started or not (job.is_held or job.not_before)
        assert job.target in (
            OnePrinter(machine_id=view.id),
            AnyPrinter(model=view.model),
        )
        assert view.is_allowed
        assert not view.held_by
        assert not view.is_plate_blocked
        assert state.is_available and state.is_current
        assert state.phase in {Phase.IDLE, Phase.FINISH, Phase.FAILED}
        assert needs.model in ("", view.model)
        assert state.nozzles[0].diameter_mm in {None, *(needs.nozzles_mm or (0.4, 0.6))}
        assert len(start.places) == needs.project_filaments
        taken: dict[SpoolPlace, Filament] = {}
        grams: dict[SpoolPlace, float] = {}
        for filament in needs.filaments:
            place = start.places[filament.index]
            assert place
            one = state.spool(place)
            assert one
            assert fits(filament, one, job.rule)
            grams[place] = grams.get(place, 0.0) + (filament.grams or 0.0)
            assert is_enough(job, view, place, grams[place])
            other = taken.setdefault(place, filament)
            assert (other.type, other.color) == (filament.type, filament.color)
    reserved = reservations(jobs, views_, overtake_for)
    for job_id, reason in made.reasons.items():
        of_printer = reserved.get(reason.machine_id, {})
        assert is_true(reason, by_id[job_id], made, machines, of_printer), (
            job_id,
            reason,
        )


@given(world=worlds(), overtake_for=OVERTAKE_FOR)
def test_a_job_that_waits_could_not_have_begun_beside_those_that_did(
    world: tuple[list[QueuedJob], list[MachineView]], overtake_for: timedelta | None
) -> None:
    jobs, views_ = world
    made = plan(jobs, views_, NOW, overtake_for=overtake_for)
    given_away = {start.machine_id: start.job_id for start in made.starts}
    left = [replace(v, held_by=v.held_by or given_away.get(v.id, "")) for v in views_]
    waiting = [job for job in jobs if job.id in made.reasons]
    assert plan(waiting, left, NOW).starts == ()


@given(before=worlds(), world=worlds())
def test_what_a_planner_remembers_changes_nothing(
    before: tuple[list[QueuedJob], list[MachineView]],
    world: tuple[list[QueuedJob], list[MachineView]],
) -> None:
    planner = Planner()
    planner.plan(*before, NOW)
    assert planner.plan(*world, LATER) == plan(*world, LATER)


EMPTY = {"ams": (ams(spool(0, 0)),)}


def test_a_busy_printer_with_the_filament_speaks_before_a_free_one_without() -> None:
    busy = machine("busy", state={"phase": Phase.RUNNING})
    other = machine("other", state={**EMPTY, "phase": Phase.RUNNING})
    free = machine("free", state=EMPTY)
    waiting = replace(job(), target=AnyPrinter(model=P1S))
    for machines in ([free, other, busy], [busy, other, free]):
        reason = plan([waiting], machines, NOW).reasons["a"]
        assert (reason.key, reason.machine_id) == (ReasonKey.PRINTING, "busy")
    # One that is busy and has it not is nothing to wait for.
    reason = plan([waiting], [other, free], NOW).reasons["a"]
    assert (reason.key, reason.machine_id) == (ReasonKey.FILAMENT_MISSING, "other")


@pytest.mark.parametrize(
    "fields",
    [
        {"state": {**EMPTY, "phase": Phase.RUNNING}},
        {"state": EMPTY, "held_by": "other"},
        {"state": EMPTY, "is_plate_blocked": True},
        {"state": EMPTY, "is_settling": True},
    ],
)
@pytest.mark.parametrize(
    "target", [AnyPrinter(model=P1S), OnePrinter(machine_id="garage")]
)
def test_what_has_to_be_loaded_is_told_before_the_printer_is_free(
    fields: dict[str, Any], target: AnyPrinter | OnePrinter
) -> None:
    waiting = replace(job(), target=target)
    reason = plan([waiting], [machine(**fields)], NOW).reasons["a"]
    assert reason.key is ReasonKey.FILAMENT_MISSING
    # What it shows while nobody hears it says nothing.
    away = {**fields, "state": {**fields["state"], "is_current": False}}
    reason = plan([waiting], [machine(**away)], NOW).reasons["a"]
    assert not reason.key.is_of_filament


def test_what_has_to_be_loaded_is_told_where_another_job_is_next() -> None:
    other = job("b", needs={"filaments": (replace(PLA_BLACK, color="FF0000FF"),)})
    made = plan([job(), other], [machine()], NOW)
    assert starts(made) == {"a": "garage"}
    assert made.reasons["b"].key is ReasonKey.FILAMENT_MISSING


def test_of_printers_without_the_filament_the_first_speaks() -> None:
    free = machine("free", state=EMPTY)
    waiting = replace(job(), target=AnyPrinter(model=P1S))
    # Of two that are free the first speaks, and one that has the filament prints.
    other = machine("other", state=EMPTY)
    assert plan([waiting], [free, other], NOW).reasons["a"].machine_id == "free"
    assert starts(plan([waiting], [free, other, machine()], NOW)) == {"a": "garage"}


@settings(max_examples=300)
@given(data=st.data())
def test_who_overtakes_leaves_enough_for_who_is_overtaken(data: st.DataObject) -> None:
    state = replace(
        data.draw(states()),
        availability=Availability.ONLINE,
        is_current=True,
        phase=Phase.IDLE,
        print_error=None,
        developer_mode=DeveloperMode.UNKNOWN,
    )
    view = replace(
        data.draw(views("garage")),
        model=P1S,
        state=state,
        report_age_s=1.0,
        is_allowed=True,
        is_plate_blocked=False,
        held_by="",
        left_g={one.place: 30.0 for one in state.spools},
        last_spool=data.draw(st.sampled_from([one.place for one in state.spools])),
    )
    first, second = (
        replace(
            data.draw(queued(number)),
            target=OnePrinter(machine_id="garage"),
            is_held=False,
            is_started=False,
            not_before=None,
            queued_at=NOW,
            prints_anyway=False,
        )
        for number in range(2)
    )
    hour = timedelta(hours=1)
    made = plan([first, second], [view], NOW, overtake_for=hour)
    alone = plan([first], [view], NOW, overtake_for=hour)
    if starts(made) != {second.id: "garage"} or not alone.starts:
        return
    left = dict(view.left_g)
    [start] = made.starts
    for filament in second.needs.filaments:
        place = start.places[filament.index]
        assert place
        left[place] -= (filament.grams or 0.0) * second.copies
    after = plan([first], [replace(view, left_g=left)], NOW, overtake_for=hour)
    assert starts(after) == {first.id: "garage"}
