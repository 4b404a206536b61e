import itertools

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
import hypothesis.strategies as st

from custom_components.bambu_virtual_printer.emulator.job import (
    PREPARE_S,
    UPLOAD_FOLLOWS_S,
    GcodeState,
    Job,
)

FILE = "Cube.gcode.3mf"


def _state(job: Job) -> tuple[GcodeState, str, str, str]:
    report = job.report
    return (
        report.gcode_state,
        report.gcode_file,
        report.subtask_name,
        report.prepare_percent,
    )


def test_a_fresh_printer_is_idle() -> None:
    assert _state(Job()) == (GcodeState.IDLE, "", "", "0")


def test_send_ends_in_finish_under_the_file_s_name() -> None:
    job = Job()
    job.upload_started("u", FILE, 0)
    assert job.report.gcode_state is GcodeState.IDLE
    job.upload_finished("u", FILE)
    assert _state(job) == (GcodeState.FINISH, FILE, "Cube.gcode", "100")
    assert job.deadline is None


def test_print_after_the_upload_prepares_and_finishes_under_the_slicer_s_name() -> None:
    job = Job()
    job.upload_started("u", FILE, 0)
    job.upload_finished("u", FILE)
    job.project_file(FILE, "Cube", 2.0)
    assert _state(job) == (GcodeState.PREPARE, FILE, "Cube", "0")
    assert job.deadline == 2.0 + PREPARE_S
    job.tick(2.0 + PREPARE_S - 0.01)
    assert job.report.gcode_state is GcodeState.PREPARE
    job.tick(2.0 + PREPARE_S)
    assert _state(job) == (GcodeState.FINISH, "Cube", "Cube", "100")


def test_print_before_the_upload_stays_in_prepare_while_the_file_comes() -> None:
    job = Job()
    job.project_file(FILE, "Cube", 0)
    job.upload_started("u", FILE, 0.5)
    job.tick(500)
    assert job.report.gcode_state is GcodeState.PREPARE
    job.upload_finished("u", FILE)
    assert _state(job) == (GcodeState.FINISH, "Cube", "Cube", "100")


def test_a_fast_upload_after_print_still_shows_prepare_long_enough() -> None:
    job = Job()
    job.project_file(FILE, "Cube", 0)
    job.upload_started("u", FILE, 0.1)
    job.upload_finished("u", FILE)
    assert job.report.gcode_state is GcodeState.PREPARE
    assert job.deadline is not None
    job.tick(job.deadline)
    assert _state(job) == (GcodeState.FINISH, "Cube", "Cube", "100")


def test_print_of_a_file_that_never_comes_is_released() -> None:
    job = Job()
    job.project_file(FILE, "Cube", 0)
    job.tick(PREPARE_S)
    assert _state(job) == (GcodeState.FINISH, "Cube", "Cube", "100")


def test_a_slow_slicer_s_upload_after_print_is_prepared_again() -> None:
    job = Job()
    job.project_file(FILE, "Cube", 0)
    job.tick(PREPARE_S)
    job.upload_started("u", FILE, 20)
    assert job.report.gcode_state is GcodeState.PREPARE
    job.tick(20 + PREPARE_S)
    job.upload_finished("u", FILE)
    assert _state(job) == (GcodeState.FINISH, "Cube", "Cube", "100")


def test_sending_the_same_name_much_later_is_a_job_of_its_own() -> None:
    job = Job()
    job.project_file(FILE, "Cube", 0)
    job.tick(PREPARE_S)
    job.upload_started("u", FILE, UPLOAD_FOLLOWS_S + 1)
    job.upload_finished("u", FILE)
    assert _state(job) == (GcodeState.FINISH, FILE, "Cube.gcode", "100")


def test_another_slicer_s_upload_does_not_end_a_prepare() -> None:
    job = Job()
    job.project_file(FILE, "Cube", 0)
    job.upload_started("u", FILE, 0.2)
    job.tick(0.2 + PREPARE_S)
    job.upload_started("other", "Other.gcode.3mf", 3)
    job.upload_finished("other", "Other.gcode.3mf")
    assert job.report.gcode_state is GcodeState.PREPARE
    job.upload_started("third", "Third.gcode.3mf", 4)
    job.upload_failed("third", "Third.gcode.3mf")
    assert job.report.gcode_state is GcodeState.PREPARE
    job.upload_finished("u", FILE)
    assert job.report.gcode_state is GcodeState.FINISH


def test_a_failed_upload_is_said_and_the_next_one_starts_afresh() -> None:
    job = Job()
    job.project_file(FILE, "Cube", 0)
    job.upload_started("u", FILE, 0.5)
    job.upload_failed("u", FILE)
    assert _state(job) == (GcodeState.FAILED, FILE, "Cube", "0")
    job.tick(100)
    assert job.report.gcode_state is GcodeState.FAILED
    job.upload_started("u", FILE, 101)
    job.upload_finished("u", FILE)
    assert _state(job) == (GcodeState.FINISH, FILE, "Cube.gcode", "100")


def test_a_failed_send_is_said_under_the_file_s_name() -> None:
    job = Job()
    job.upload_started("u", FILE, 0)
    job.upload_failed("u", FILE)
    assert _state(job) == (GcodeState.FAILED, FILE, "Cube.gcode", "0")


def test_an_upload_that_hangs_does_not_matter_once_the_file_was_sent_again() -> None:
    job = Job()
    job.upload_started("hangs", FILE, 0)
    job.upload_started("again", FILE, 20)
    job.upload_finished("again", FILE)
    assert job.report.gcode_state is GcodeState.FINISH
    job.project_file(FILE, "Cube", 22)
    job.tick(22 + PREPARE_S)
    assert _state(job) == (GcodeState.FINISH, "Cube", "Cube", "100")
    job.upload_failed("hangs", FILE)
    assert _state(job) == (GcodeState.FINISH, "Cube", "Cube", "100")


def test_an_upload_that_began_later_goes_on_when_one_of_its_name_is_complete() -> None:
    job = Job()
    job.upload_started("first", FILE, 0)
    job.upload_started("second", FILE, 1)
    job.upload_finished("first", FILE)
    job.project_file(FILE, "Cube", 2)
    job.tick(2 + PREPARE_S)
    assert job.report.gcode_state is GcodeState.PREPARE
    job.upload_failed("second", FILE)
    assert job.report.gcode_state is GcodeState.FAILED


NAMES = st.sampled_from(["a.3mf", "b.gcode.3mf", "c.gcode.3mf"])


class JobMachine(RuleBasedStateMachine):
    """Any mixture of uploads, prints and time: Send must come back, and nothing hangs in PREPARE."""

    def __init__(self) -> None:
        super().__init__()
        self.job = Job()
        self.now = 0.0
        self.uploading: list[tuple[str, str]] = []
        self.ids = itertools.count()
        self.touched = False

    @rule(seconds=st.floats(0, 100))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        if self.job.deadline is not None and self.job.deadline <= self.now:
            self.job.tick(self.now)

    @rule(name=NAMES)
    def start(self, name: str) -> None:
        upload_id = str(next(self.ids))
        self.uploading.append((upload_id, name))
        self.job.upload_started(upload_id, name, self.now)

    @precondition(lambda self: self.uploading)
    @rule(index=st.integers(0, 9), fails=st.booleans())
    def end(self, index: int, fails: bool) -> None:
        upload_id, name = self.uploading.pop(index % len(self.uploading))
        if fails:
            self.job.upload_failed(upload_id, name)
        else:
            self.touched = True
            self.job.upload_finished(upload_id, name)

    @rule(name=NAMES)
    def print(self, name: str) -> None:
        self.touched = True
        self.job.project_file(name, name.partition(".")[0], self.now)
        assert self.job.report.gcode_state is GcodeState.PREPARE

    @invariant()
    def prepare_ends(self) -> None:
        if self.job.report.gcode_state is GcodeState.PREPARE:
            names = [name for _, name in self.uploading]
            assert self.job.deadline is not None or self.job.report.gcode_file in names

    @invariant()
    def never_back_to_idle(self) -> None:
        if self.touched:
            assert self.job.report.gcode_state is not GcodeState.IDLE

    @invariant()
    def percent_is_a_string_that_fits(self) -> None:
        finished = self.job.report.gcode_state is GcodeState.FINISH
        assert self.job.report.prepare_percent == ("100" if finished else "0")


TestJobMachine = JobMachine.TestCase
TestJobMachine.settings = settings(max_examples=200, stateful_step_count=30)
