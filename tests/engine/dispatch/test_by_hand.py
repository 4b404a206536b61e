"""What is in the way of a copy for a person who prints it at the printer."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.admission import (
    MachineView,
)
from custom_components.bambu_virtual_printer.engine.dispatch.allowances import Allowance
from custom_components.bambu_virtual_printer.engine.dispatch.by_hand import (
    copying_obstacle,
)
from custom_components.bambu_virtual_printer.engine.dispatch.reasons import ReasonKey
from custom_components.bambu_virtual_printer.engine.library.values.driving import Driver
from custom_components.bambu_virtual_printer.engine.machines.values import (
    Availability,
    DeveloperMode,
    Phase,
    Storage,
    StorageState,
)

from .test_planner import job, machine

NO_CARD = Storage(state=StorageState.MISSING)


def obstacle(view: MachineView, **fields: Any) -> ReasonKey | None:
    found = copying_obstacle(job("a", **fields), view)
    return found.key if found else None


def changed(**fields: Any) -> MachineView:
    return machine(state=fields)


def test_what_keeps_only_the_queue_from_starting_is_none() -> None:
    view = changed(developer_mode=DeveloperMode.OFF)
    view = replace(view, is_allowed=False, is_plate_blocked=True)
    assert obstacle(view) is None


@pytest.mark.parametrize(
    ("view", "key"),
    [
        (changed(availability=Availability.OFFLINE), ReasonKey.OFFLINE),
        (changed(phase=Phase.RUNNING), ReasonKey.PRINTING),
        (replace(machine(), held_by="b"), ReasonKey.TAKEN),
        (replace(machine(), is_settling=True), ReasonKey.SETTLING),
        (changed(storage=NO_CARD), ReasonKey.NO_STORAGE),
        (
            changed(storage=NO_CARD, developer_mode=DeveloperMode.OFF),
            ReasonKey.NO_STORAGE,
        ),
        (
            changed(storage=Storage(state=StorageState.READ_ONLY)),
            ReasonKey.STORAGE_UNUSABLE,
        ),
        (
            replace(machine(), other_driver=Driver(is_here=False, instance="Attic")),
            ReasonKey.DRIVEN_ELSEWHERE,
        ),
    ],
)
def test_what_stands_at_the_printer_is_one(view: MachineView, key: ReasonKey) -> None:
    assert obstacle(view) is key


def test_a_card_without_room_is_one() -> None:
    view = changed(storage=Storage(state=StorageState.NORMAL, free_bytes=10))
    assert obstacle(view, needs={"size_bytes": 11}) is (ReasonKey.STORAGE_FULL)


def test_another_model_is_one() -> None:
    assert obstacle(machine(), needs={"model": "BL-P001"}) is ReasonKey.WRONG_MODEL


def test_a_printer_that_is_not_for_whoever_sent_it_is_one() -> None:
    allowance = Allowance(name="Anna", machines=frozenset({"attic"}))
    assert obstacle(machine(), allowance=allowance) is ReasonKey.NOT_FOR_PERSON
