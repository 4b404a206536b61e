"""Which print lies on a plate, of the queue or not."""

from datetime import UTC, datetime
from itertools import count

from custom_components.bambu_virtual_printer.engine.dispatch.plates import PlateWatch
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    EMPTY_PLATE,
    Plate,
    Print,
    PrintPhase,
)
from custom_components.bambu_virtual_printer.engine.machines.values import (
    Availability,
    MachineState,
    Phase,
    PrintJob,
)

OWN = Print(
    id="own",
    job_id="job",
    machine_id="garage",
    title="Benchy",
    plate=1,
    phase=PrintPhase.STARTED,
    claimed_at=datetime(2026, 11, 29, tzinfo=UTC),
    subtask_id=7,
)


def watch(plate: Plate = EMPTY_PLATE) -> PlateWatch:
    numbers = count(1)
    return PlateWatch(plate, lambda: f"foreign {next(numbers)}")


def reported(phase: Phase, name: str = "Vase", subtask_id: str = "") -> MachineState:
    return MachineState(
        availability=Availability.ONLINE,
        is_current=True,
        phase=phase,
        job=PrintJob(name=name, subtask_id=subtask_id),
    )


def test_a_print_that_was_started_elsewhere_gets_an_id_of_its_own() -> None:
    plates = watch()
    plates.see(reported(Phase.RUNNING))
    plates.see(reported(Phase.FINISH))
    assert (plates.plate.print_id, plates.plate.job_id) == ("foreign 1", "")
    assert plates.plate.name == "Vase"
    plates.clear()
    plates.see(reported(Phase.RUNNING))
    assert plates.plate.print_id == ""
    plates.see(reported(Phase.FINISH))
    assert plates.plate.print_id == "foreign 2"


def test_a_print_of_the_queue_is_known_from_its_end_on_and_after_it_was_cleared() -> (
    None
):
    plates = watch()
    plates.see(reported(Phase.RUNNING, "Benchy", "7"), own=OWN)
    assert plates.plate.print_id == ""
    plates.see(reported(Phase.FINISH, "Benchy", "7"), own=OWN)
    assert (plates.plate.print_id, plates.plate.job_id) == ("own", "job")
    plates.clear()
    assert not plates.plate.is_occupied
    # So that who answers late is told what was answered.
    assert plates.plate.print_id == "own"
    plates.see(reported(Phase.IDLE, "Benchy", "7"))
    assert plates.plate.print_id == "own"


def test_the_next_print_is_not_taken_for_the_one_before_although_nobody_saw_that_end() -> (
    None
):
    plates = watch()
    plates.see(reported(Phase.RUNNING, "Benchy", "7"), own=OWN)
    plates.occupy(OWN)
    plates.see(reported(Phase.RUNNING, "Vase", "8"))
    assert (plates.plate.print_id, plates.plate.job_id) == ("", "")
