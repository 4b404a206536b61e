from datetime import UTC, datetime
import itertools

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
import hypothesis.strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.emulator.correlation import (
    UPLOAD_AFTER_REQUEST_S,
    Correlator,
)
from custom_components.bambu_virtual_printer.engine.emulator.job import (
    ERROR_S,
    FINISH_S,
    MAX_PRINTS_OF_CLIENT,
    OWN_S,
    PREPARE_S,
    STEP_S,
    GcodeState,
    Jobs,
    percent_received,
)
from custom_components.bambu_virtual_printer.engine.mirror.values import OwnJob
from custom_components.bambu_virtual_printer.engine.values import PrintRequest

FILE = "Cube.gcode.3mf"
PEER = "192.0.2.1"
OTHER_PEER = "192.0.2.2"
WATCHER = "192.0.2.9"


class Printer:
    """Jobs and correlator as a printer joins them, and a clock that stops wherever something is due."""

    def __init__(self) -> None:
        self.correlator = Correlator()
        self.percents: dict[str, int] = {}
        self.jobs = Jobs(
            upload_of=self.correlator.upload_of,
            percent_of=lambda upload_id: self.percents.get(upload_id, 0),
        )
        self.now = 0.0
        self.uploads: dict[str, tuple[str, str]] = {}
        self.said: dict[str, list[tuple[GcodeState, str, str, str]]] = {}
        """What each watched client was shown, without repetition."""
        self.watched = [PEER, OTHER_PEER, WATCHER]
        self._note()

    def start(self, upload_id: str, name: str = FILE, peer: str = PEER) -> None:
        self.uploads[upload_id] = name, peer
        request = self.correlator.upload_started(upload_id, name, peer, self.now)
        self.jobs.upload_started(request, self.now)
        self._note()

    def finish(self, upload_id: str) -> None:
        name, peer = self.uploads.pop(upload_id)
        request = self.correlator.upload_finished(upload_id, self.now)
        self.jobs.upload_finished(name, peer, request, self.now)
        self._note()

    def fail(self, upload_id: str) -> None:
        name, peer = self.uploads.pop(upload_id)
        request = self.correlator.upload_failed(upload_id)
        self.jobs.upload_failed(name, peer, request, self.now)
        self._note()

    def request(self, peer: str = PEER, person: str = "") -> PrintRequest:
        return PrintRequest(
            file=FILE,
            subtask_name="Cube",
            plate=7,
            peer=peer,
            received_at=datetime.now(UTC),
            person=person,
        )

    def print(
        self, file: str = FILE, subtask_name: str = "Cube", peer: str = PEER
    ) -> None:
        request = PrintRequest(
            file=file,
            subtask_name=subtask_name,
            plate=1,
            peer=peer,
            received_at=datetime.now(UTC),
        )
        received = self.correlator.requested(request, self.now) is not None
        self.jobs.project_file(request, self.now, received=received)
        self._note()

    def wait(self, seconds: float) -> None:
        until = self.now + seconds
        while self.jobs.deadline is not None and self.jobs.deadline <= until:
            assert self.jobs.deadline >= self.now
            self.now = self.jobs.deadline
            self.jobs.tick(self.now)
            self._note()
        self.now = until

    def shown(self, peer: str = PEER) -> tuple[GcodeState, str, str, str]:
        report = self.jobs.report(peer)
        return (
            report.gcode_state,
            report.gcode_file,
            report.subtask_name,
            report.prepare_percent,
        )

    def state(self, peer: str = PEER) -> GcodeState:
        return self.jobs.report(peer).gcode_state

    def _note(self) -> None:
        for peer in self.watched:
            said = self.said.setdefault(peer, [])
            if not said or said[-1] != self.shown(peer):
                said.append(self.shown(peer))


@pytest.fixture
def printer() -> Printer:
    return Printer()


def test_a_fresh_printer_is_idle(printer: Printer) -> None:
    assert printer.shown() == (GcodeState.IDLE, "", "", "0")


def test_send_ends_in_finish_under_the_file_s_name(printer: Printer) -> None:
    printer.start("u")
    assert printer.state() is GcodeState.IDLE
    printer.finish("u")
    assert printer.shown() == (GcodeState.FINISH, FILE, "Cube.gcode", "100")
    printer.wait(OWN_S)
    assert printer.shown() == (GcodeState.FINISH, FILE, "Cube.gcode", "100")
    assert printer.jobs.deadline is None


def test_print_after_the_upload_prepares_and_finishes_under_the_slicer_s_name(
    printer: Printer,
) -> None:
    printer.start("u")
    printer.finish("u")
    printer.wait(2.0)
    printer.print()
    assert printer.shown() == (GcodeState.PREPARE, FILE, "Cube", "99")
    printer.wait(PREPARE_S - 0.01)
    assert printer.state() is GcodeState.PREPARE
    printer.wait(0.01)
    assert printer.shown() == (GcodeState.FINISH, "Cube", "Cube", "100")


def test_print_before_the_upload_stays_in_prepare_while_the_file_comes(
    printer: Printer,
) -> None:
    printer.print()
    printer.wait(0.5)
    printer.start("u")
    printer.wait(500)
    assert printer.state() is GcodeState.PREPARE
    printer.finish("u")
    printer.wait(PREPARE_S)
    assert printer.shown() == (GcodeState.FINISH, "Cube", "Cube", "100")


def test_the_percentage_follows_the_upload_and_arrives_before_the_end(
    printer: Printer,
) -> None:
    printer.print()
    printer.wait(0.5)
    assert printer.shown()[3] == "0"
    printer.start("u")
    for percent in (0, 1, 40, 98):
        printer.percents["u"] = percent
        assert printer.shown() == (GcodeState.PREPARE, FILE, "Cube", str(percent))
        printer.wait(3)
    printer.finish("u")
    assert printer.shown() == (GcodeState.PREPARE, FILE, "Cube", "99")
    printer.wait(STEP_S)
    assert printer.shown() == (GcodeState.PREPARE, FILE, "Cube", "100")
    printer.wait(STEP_S)
    assert printer.state() is GcodeState.FINISH


def test_the_percentage_moves_in_prepare_when_the_file_is_there_already(
    printer: Printer,
) -> None:
    """Clients fetch the file for its picture when a percentage above 0 becomes 99 or more in PREPARE (pybambu)."""
    printer.start("u")
    printer.finish("u")
    printer.print()
    printer.wait(PREPARE_S)
    percents = [
        percent
        for state, _file, _name, percent in printer.said[PEER]
        if state is GcodeState.PREPARE
    ]
    assert percents == ["99", "100"]


def test_a_fast_upload_after_print_still_shows_prepare_long_enough(
    printer: Printer,
) -> None:
    printer.print()
    printer.wait(0.1)
    printer.start("u")
    printer.finish("u")
    printer.wait(PREPARE_S - 0.1)
    assert printer.state() is GcodeState.PREPARE
    printer.wait(0.1)
    assert printer.shown() == (GcodeState.FINISH, "Cube", "Cube", "100")


def test_print_of_a_file_that_never_comes_is_released(printer: Printer) -> None:
    printer.print()
    assert printer.shown() == (GcodeState.PREPARE, FILE, "Cube", "0")
    printer.wait(PREPARE_S)
    assert printer.shown() == (GcodeState.FINISH, "Cube", "Cube", "100")


def test_a_slow_slicer_s_upload_after_print_is_prepared_again(
    printer: Printer,
) -> None:
    printer.print()
    printer.wait(20)
    assert printer.state() is GcodeState.FINISH
    printer.start("u")
    assert printer.state() is GcodeState.PREPARE
    printer.wait(PREPARE_S)
    printer.finish("u")
    printer.wait(PREPARE_S)
    assert printer.shown() == (GcodeState.FINISH, "Cube", "Cube", "100")


def test_sending_the_same_name_much_later_is_a_job_of_its_own(
    printer: Printer,
) -> None:
    printer.print()
    printer.wait(UPLOAD_AFTER_REQUEST_S + 1)
    printer.start("u")
    printer.finish("u")
    assert printer.shown() == (GcodeState.FINISH, FILE, "Cube.gcode", "100")


@pytest.mark.parametrize("peer", [PEER, OTHER_PEER])
def test_another_upload_does_not_end_a_prepare(printer: Printer, peer: str) -> None:
    printer.print()
    printer.wait(0.2)
    printer.start("u")
    printer.wait(PREPARE_S)
    printer.start("other", "Other.gcode.3mf", peer)
    printer.finish("other")
    assert printer.state() is GcodeState.PREPARE
    printer.start("third", "Third.gcode.3mf", peer)
    printer.fail("third")
    assert printer.state() is GcodeState.PREPARE
    printer.finish("u")
    printer.wait(PREPARE_S)
    assert printer.shown() == (GcodeState.FINISH, "Cube", "Cube", "100")


def test_a_failed_upload_is_said_and_the_next_one_starts_afresh(
    printer: Printer,
) -> None:
    printer.print()
    printer.wait(0.5)
    printer.start("u")
    printer.fail("u")
    assert printer.shown() == (GcodeState.FAILED, FILE, "Cube", "0")
    printer.wait(100)
    assert printer.state() is GcodeState.FAILED
    printer.start("u")
    printer.finish("u")
    assert printer.shown() == (GcodeState.FINISH, FILE, "Cube.gcode", "100")


def test_a_failed_send_is_said_under_the_file_s_name(printer: Printer) -> None:
    printer.start("u")
    printer.fail("u")
    assert printer.shown() == (GcodeState.FAILED, FILE, "Cube.gcode", "0")


def test_an_upload_that_hangs_does_not_matter_once_the_file_was_sent_again(
    printer: Printer,
) -> None:
    printer.start("hangs")
    printer.wait(20)
    printer.start("again")
    printer.finish("again")
    assert printer.state() is GcodeState.FINISH
    printer.wait(2)
    printer.print()
    printer.wait(PREPARE_S)
    assert printer.shown() == (GcodeState.FINISH, "Cube", "Cube", "100")
    printer.fail("hangs")
    assert printer.shown() == (GcodeState.FINISH, "Cube", "Cube", "100")


# --- several at once


def _released(printer: Printer, peer: str, name: str) -> bool:
    return (GcodeState.FINISH, name, name, "100") in printer.said[peer]


def test_two_slicers_that_print_within_a_moment_are_both_released(
    printer: Printer,
) -> None:
    printer.print("a.3mf", "A", PEER)
    printer.wait(0.7)
    printer.print("b.3mf", "B", OTHER_PEER)
    assert printer.shown(PEER) == (GcodeState.PREPARE, "a.3mf", "A", "0")
    assert printer.shown(OTHER_PEER) == (GcodeState.PREPARE, "b.3mf", "B", "0")
    printer.wait(PREPARE_S)
    assert _released(printer, PEER, "A")
    assert _released(printer, OTHER_PEER, "B")


def test_a_print_does_not_wait_for_another_slicer_s_long_upload(
    printer: Printer,
) -> None:
    printer.print("a.3mf", "A", PEER)
    printer.start("a", "a.3mf", PEER)
    printer.wait(60)
    printer.start("b", "b.3mf", OTHER_PEER)
    printer.finish("b")
    printer.print("b.3mf", "B", OTHER_PEER)
    printer.wait(PREPARE_S)
    assert _released(printer, OTHER_PEER, "B")
    assert printer.shown(PEER) == (GcodeState.PREPARE, "a.3mf", "A", "0")
    printer.wait(60)
    printer.finish("a")
    printer.wait(PREPARE_S)
    assert _released(printer, PEER, "A")


def test_two_prints_of_one_slicer_are_shown_one_after_the_other(
    printer: Printer,
) -> None:
    printer.print("a.3mf", "A")
    printer.wait(0.1)
    printer.print("b.3mf", "B")
    printer.wait(PREPARE_S * 2 + FINISH_S)
    assert [(state, name) for state, _, name, _ in printer.said[PEER]] == [
        (GcodeState.IDLE, ""),
        (GcodeState.PREPARE, "A"),
        (GcodeState.FINISH, "A"),
        (GcodeState.PREPARE, "B"),
        (GcodeState.FINISH, "B"),
    ]


def test_a_long_upload_lets_other_prints_of_its_slicer_be_shown_meanwhile(
    printer: Printer,
) -> None:
    printer.print("a.3mf", "A")
    printer.start("a", "a.3mf")
    printer.wait(10)
    printer.print("b.3mf", "B")
    assert printer.shown() == (GcodeState.PREPARE, "b.3mf", "B", "0")
    printer.wait(PREPARE_S)
    assert _released(printer, PEER, "B")
    printer.wait(FINISH_S)
    assert printer.shown() == (GcodeState.PREPARE, "a.3mf", "A", "0")


def test_whoever_prints_nothing_is_shown_what_the_printer_did_last(
    printer: Printer,
) -> None:
    printer.print("a.3mf", "A", PEER)
    assert printer.shown(WATCHER) == (GcodeState.PREPARE, "a.3mf", "A", "0")
    printer.print("b.3mf", "B", OTHER_PEER)
    assert printer.shown(WATCHER) == (GcodeState.PREPARE, "b.3mf", "B", "0")
    printer.wait(PREPARE_S + FINISH_S)
    assert printer.shown(WATCHER) == (GcodeState.FINISH, "B", "B", "100")
    printer.wait(OWN_S)
    assert printer.shown(PEER) == (GcodeState.FINISH, "B", "B", "100")


def test_a_slow_connection_still_hears_of_its_own_end_when_another_prints(
    printer: Printer,
) -> None:
    printer.print("a.3mf", "A", PEER)
    printer.wait(PREPARE_S)
    printer.print("b.3mf", "B", OTHER_PEER)
    printer.wait(OWN_S - PREPARE_S)
    assert printer.shown(PEER) == (GcodeState.FINISH, "A", "A", "100")


@pytest.mark.parametrize(
    ("received", "announced", "percent"),
    [(0, 0, 0), (0, 9, 0), (5, 0, 1), (1, 1000, 1), (500, 1000, 50), (2000, 1000, 98)],
)
def test_the_percentage_is_that_of_the_announced_size(
    received: int, announced: int, percent: int
) -> None:
    assert percent_received(received, announced) == percent


NAMES = st.sampled_from(["a.3mf", "b.gcode.3mf", "c.gcode.3mf"])
PEERS = st.sampled_from([PEER, OTHER_PEER])


class JobMachine(RuleBasedStateMachine):
    """Any mixture of uploads, prints and time: every print ends for its slicer, and nothing hangs in PREPARE."""

    def __init__(self) -> None:
        super().__init__()
        self.printer = Printer()
        self.ids = itertools.count()
        self.printed: list[tuple[str, str]] = []
        self.touched = False

    @rule(seconds=st.floats(0, 100))
    def time_passes(self, seconds: float) -> None:
        self.printer.wait(seconds)

    @rule(name=NAMES, peer=PEERS)
    def start(self, name: str, peer: str) -> None:
        self.printer.start(str(next(self.ids)), name, peer)

    @precondition(lambda self: self.printer.uploads)
    @rule(index=st.integers(0, 9), fails=st.booleans())
    def end(self, index: int, fails: bool) -> None:
        uploads = list(self.printer.uploads)
        upload_id = uploads[index % len(uploads)]
        if fails:
            self.printer.fail(upload_id)
        else:
            self.touched = True
            self.printer.finish(upload_id)

    @rule(name=NAMES, peer=PEERS)
    def print(self, name: str, peer: str) -> None:
        title = f"{next(self.ids)}"
        self.printer.print(name, title, peer)
        self.printed.append((peer, title))

    @invariant()
    def prepare_ends(self) -> None:
        for peer in (PEER, OTHER_PEER, WATCHER):
            if self.printer.state(peer) is GcodeState.PREPARE:
                names = [name for name, _peer in self.printer.uploads.values()]
                file = self.printer.jobs.report(peer).gcode_file
                assert self.printer.jobs.deadline is not None or file in names

    @invariant()
    def never_back_to_idle_once_a_file_is_there(self) -> None:
        if self.touched:
            assert self.printer.state(WATCHER) is not GcodeState.IDLE

    @invariant()
    def percent_is_a_string_that_fits(self) -> None:
        state, _file, _name, percent = self.printer.shown()
        match state:
            case GcodeState.FINISH:
                assert percent == "100"
            case GcodeState.PREPARE:
                assert 0 <= int(percent) <= 100
            case _:
                assert percent == "0"

    def teardown(self) -> None:
        """Whatever happened, in the end every slicer was told of the end of each of its prints."""
        for upload_id in list(self.printer.uploads):
            self.printer.finish(upload_id)
        self.printer.wait(1000)
        assert self.printer.jobs.deadline is None
        for peer, title in self.printed:
            assert any(
                name == title and state in (GcodeState.FINISH, GcodeState.FAILED)
                for state, _file, name, _percent in self.printer.said[peer]
            ), title


TestJobMachine = JobMachine.TestCase
TestJobMachine.settings = settings(
    max_examples=200, stateful_step_count=30, deadline=None
)


def test_a_flood_of_print_requests_is_forgotten_rather_than_kept() -> None:
    jobs = Jobs(upload_of=lambda _request: None, percent_of=lambda _upload_id: 0)
    for number in range(5000):
        jobs.project_file(
            PrintRequest(
                file=FILE,
                subtask_name=str(number),
                plate=1,
                peer=PEER,
                received_at=datetime.now(UTC),
            ),
            0.0,
        )
    assert len(jobs._clients[PEER, ""].prints) <= MAX_PRINTS_OF_CLIENT
    assert jobs.report(PEER).subtask_name == "0"


def test_a_client_is_told_of_its_own_print_until_a_while_after_its_end() -> None:
    """What a real printer does is shown to others meanwhile, and to it afterwards."""
    printer = Printer()
    assert printer.jobs.own(PEER) is OwnJob.NONE
    printer.print()
    assert printer.jobs.own(PEER) is OwnJob.UNDER_WAY
    assert printer.jobs.own(WATCHER) is OwnJob.NONE
    printer.start("1")
    printer.finish("1")
    printer.wait(2 * STEP_S + FINISH_S)
    assert printer.jobs.own(PEER) is OwnJob.ENDED
    printer.wait(OWN_S)
    assert printer.jobs.own(PEER) is OwnJob.NONE


def test_the_end_of_a_client_that_only_sends_is_its_own() -> None:
    printer = Printer()
    printer.start("1")
    assert printer.jobs.own(PEER) is OwnJob.NONE
    printer.finish("1")
    assert printer.jobs.own(PEER) is OwnJob.ENDED


# --- failures, and codes that slicers show ---


def test_a_refused_send_is_told_to_the_one_who_sent_it_only(printer: Printer) -> None:
    printer.start("a", peer=OTHER_PEER)
    printer.finish("a")
    printer.wait(OWN_S)
    before = printer.shown(WATCHER)
    printer.start("b")
    printer.fail("b")
    assert printer.state() is GcodeState.FAILED
    assert printer.shown(WATCHER) == printer.shown(OTHER_PEER) == before
    printer.wait(OWN_S)
    assert printer.shown(WATCHER) == before


def test_without_a_file_before_others_are_shown_an_idle_printer(
    printer: Printer,
) -> None:
    printer.start("b")
    printer.fail("b")
    assert (printer.state(), printer.state(WATCHER)) == (
        GcodeState.FAILED,
        GcodeState.IDLE,
    )


def test_others_never_see_an_idle_printer_again_once_a_file_is_there(
    printer: Printer,
) -> None:
    """Not even where the file came while a print of the same client was reported, which then failed."""
    printer.start("b", "b.gcode.3mf")
    printer.print("a.3mf", "a")
    printer.start("a", "a.3mf")
    printer.finish("b")
    printer.fail("a")
    assert printer.state(OTHER_PEER) is GcodeState.FINISH
    assert printer.jobs.report(OTHER_PEER).gcode_file == "b.gcode.3mf"


def test_two_people_at_one_address_hear_of_their_own_failures() -> None:
    jobs = Jobs(upload_of=lambda _request: None, percent_of=lambda _upload_id: 0)
    jobs.upload_finished(FILE, PEER, None, 0.0, "ben")
    jobs.upload_failed(FILE, PEER, None, 1.0, "anna")
    assert jobs.report(PEER, "anna").gcode_state is GcodeState.FAILED
    assert jobs.report(PEER, "ben").gcode_state is GcodeState.FINISH
    assert jobs.report(PEER).gcode_state is GcodeState.FINISH
    # Another slicer of hers.
    assert jobs.report(OTHER_PEER, "anna").gcode_state is GcodeState.FAILED


def test_a_failure_that_its_own_slicer_cannot_hear_of_is_told_to_all() -> None:
    jobs = Jobs(
        upload_of=lambda _request: None,
        percent_of=lambda _upload_id: 0,
        is_connected=lambda peer, _person: peer != PEER,
    )
    jobs.upload_failed(FILE, PEER, None, 0.0)
    assert jobs.report(WATCHER).gcode_state is GcodeState.FAILED


def test_a_code_is_shown_to_one_client_for_a_while(printer: Printer) -> None:
    printer.start("u")
    printer.finish("u")
    shown = printer.shown()
    changes = printer.jobs.changes
    printer.jobs.tell(PEER, "", 0x0500_4004, printer.now)
    assert printer.jobs.changes > changes
    assert printer.jobs.report(PEER).print_error == 0x0500_4004
    assert printer.jobs.report(WATCHER).print_error == 0
    assert printer.shown() == shown
    printer.wait(ERROR_S - 0.1)
    assert printer.jobs.report(PEER).print_error
    changes = printer.jobs.changes
    printer.wait(0.2)
    assert printer.jobs.report(PEER).print_error == 0
    assert printer.jobs.changes > changes


def test_what_is_refused_ends_as_failed_with_its_code_whichever_came_first(
    printer: Printer,
) -> None:
    after, before = printer.request(), printer.request(OTHER_PEER)
    printer.jobs.refused(after, 0x0500_4003, printer.now)
    printer.jobs.project_file(before, printer.now)
    assert printer.state(OTHER_PEER) is GcodeState.PREPARE
    printer.jobs.refused(before, 0x0500_4003, printer.now)
    for peer in (PEER, OTHER_PEER):
        report = printer.jobs.report(peer)
        assert (report.gcode_state, report.subtask_name, report.print_error) == (
            GcodeState.FAILED,
            "Cube",
            0x0500_4003,
        )
    printer.wait(OWN_S)
    assert printer.jobs.deadline is None
    assert printer.state(WATCHER) is GcodeState.IDLE
