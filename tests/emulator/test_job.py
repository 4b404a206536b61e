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
    job.upload_started(FILE, 0)
    assert job.report.gcode_state is GcodeState.IDLE
    job.upload_finished(FILE)
    assert _state(job) == (GcodeState.FINISH, FILE, "Cube.gcode", "100")
    assert job.deadline is None


def test_print_after_the_upload_prepares_and_finishes_under_the_slicer_s_name() -> None:
    job = Job()
    job.upload_started(FILE, 0)
    job.upload_finished(FILE)
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
    job.upload_started(FILE, 0.5)
    job.tick(500)
    assert job.report.gcode_state is GcodeState.PREPARE
    job.upload_finished(FILE)
    assert _state(job) == (GcodeState.FINISH, "Cube", "Cube", "100")


def test_a_fast_upload_after_print_still_shows_prepare_long_enough() -> None:
    job = Job()
    job.project_file(FILE, "Cube", 0)
    job.upload_started(FILE, 0.1)
    job.upload_finished(FILE)
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
    job.upload_started(FILE, 20)
    assert job.report.gcode_state is GcodeState.PREPARE
    job.tick(20 + PREPARE_S)
    job.upload_finished(FILE)
    assert _state(job) == (GcodeState.FINISH, "Cube", "Cube", "100")


def test_sending_the_same_name_much_later_is_a_job_of_its_own() -> None:
    job = Job()
    job.project_file(FILE, "Cube", 0)
    job.tick(PREPARE_S)
    job.upload_started(FILE, UPLOAD_FOLLOWS_S + 1)
    job.upload_finished(FILE)
    assert _state(job) == (GcodeState.FINISH, FILE, "Cube.gcode", "100")


def test_another_slicer_s_upload_does_not_end_a_prepare() -> None:
    job = Job()
    job.project_file(FILE, "Cube", 0)
    job.upload_started(FILE, 0.2)
    job.tick(0.2 + PREPARE_S)
    job.upload_started("Other.gcode.3mf", 3)
    job.upload_finished("Other.gcode.3mf")
    assert job.report.gcode_state is GcodeState.PREPARE
    job.upload_failed("Third.gcode.3mf")
    assert job.report.gcode_state is GcodeState.PREPARE
    job.upload_finished(FILE)
    assert job.report.gcode_state is GcodeState.FINISH


def test_a_failed_upload_is_said_and_the_next_one_starts_afresh() -> None:
    job = Job()
    job.project_file(FILE, "Cube", 0)
    job.upload_started(FILE, 0.5)
    job.upload_failed(FILE)
    assert _state(job) == (GcodeState.FAILED, FILE, "Cube", "0")
    job.tick(100)
    assert job.report.gcode_state is GcodeState.FAILED
    job.upload_started(FILE, 101)
    job.upload_finished(FILE)
    assert _state(job) == (GcodeState.FINISH, FILE, "Cube.gcode", "100")


def test_a_failed_send_is_said_under_the_file_s_name() -> None:
    job = Job()
    job.upload_started(FILE, 0)
    job.upload_failed(FILE)
    assert _state(job) == (GcodeState.FAILED, FILE, "Cube.gcode", "0")


NAMES = st.sampled_from(["a.3mf", "b.gcode.3mf", "c.gcode.3mf"])


class JobMachine(RuleBasedStateMachine):
    """Any mixture of uploads, prints and time: Send must come back, and nothing hangs in PREPARE."""

    def __init__(self) -> None:
        super().__init__()
        self.job = Job()
        self.now = 0.0
        self.uploading: list[str] = []
        self.touched = False

    @rule(seconds=st.floats(0, 100))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        if self.job.deadline is not None and self.job.deadline <= self.now:
            self.job.tick(self.now)

    @rule(name=NAMES)
    def start(self, name: str) -> None:
        self.uploading.append(name)
        self.job.upload_started(name, self.now)

    @precondition(lambda self: self.uploading)
    @rule(index=st.integers(0, 9), fails=st.booleans())
    def end(self, index: int, fails: bool) -> None:
        name = self.uploading.pop(index % len(self.uploading))
        self.touched = True
        if fails:
            self.job.upload_failed(name)
        else:
            self.job.upload_finished(name)

    @rule(name=NAMES)
    def print(self, name: str) -> None:
        self.touched = True
        self.job.project_file(name, name.partition(".")[0], self.now)
        assert self.job.report.gcode_state is GcodeState.PREPARE

    @invariant()
    def prepare_ends(self) -> None:
        if self.job.report.gcode_state is GcodeState.PREPARE:
            assert self.job.deadline is not None or self.job.report.gcode_file in (
                self.uploading
            )

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
