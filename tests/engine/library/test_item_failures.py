"""What fails of single items: others go on, and what fails comes last, until it is about all of them."""

import pytest

from custom_components.bambu_virtual_printer.engine.explanations import as_it_stands
from custom_components.bambu_virtual_printer.engine.library.index.threads import (
    DISK_SILENT,
)
from custom_components.bambu_virtual_printer.engine.library.item_failures import (
    MANY,
    ItemFailures,
)
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    LibraryAbsentError,
)
from custom_components.bambu_virtual_printer.engine.library.values.store_faults import (
    StoreFault,
    store_error,
)
from custom_components.bambu_virtual_printer.engine.storage import StorageError

REFUSED = store_error(StoreFault.FAILED, "the store", "413")
AWAY = store_error(StoreFault.UNREACHABLE, "the store")
IDS = [f"{number:02}" for number in range(4 * MANY)]


async def answers() -> None:
    """Be a store that is there."""


async def is_away() -> None:
    raise AWAY


async def fail(failures: ItemFailures, item_id: str, err: Exception) -> None:
    async with failures.apart(item_id):
        raise err


async def test_however_many_fail_always_those_that_do_not_come_first() -> None:
    failures = ItemFailures(answers)
    bad, good = IDS[:-2], IDS[-2:]
    done: list[str] = []
    for _ in range(5):
        failures.begin()
        tried = 0
        for item_id in failures.in_order(IDS):
            if failures.are_enough():
                break
            tried += 1
            async with failures.apart(item_id):
                if item_id in bad:
                    raise REFUSED
                done.append(item_id)
        assert failures.outcome() is REFUSED
        assert tried <= MANY + len(good)
    assert done[:2] == good
    # What works again has its place back.
    async with failures.apart(bad[0]):
        pass
    assert failures.in_order(IDS)[:3] == [bad[0], *good]


async def test_what_is_told_of_several_does_not_change_with_their_order() -> None:
    failures = ItemFailures(answers)
    defect = RuntimeError("a defect")
    for item_ids in (("b", "a"), ("a", "b")):
        failures.begin()
        for item_id in item_ids:
            await fail(failures, item_id, defect if item_id == "a" else REFUSED)
        assert not failures.are_enough()
        assert failures.outcome() is defect
    failures.begin()
    assert failures.outcome() is None


async def test_a_store_that_does_not_answer_is_what_is_wrong() -> None:
    failures = ItemFailures(is_away)
    await fail(failures, "a", REFUSED)
    assert failures.are_enough()
    with pytest.raises(StorageError) as raised:
        failures.outcome()
    assert raised.value is AWAY


@pytest.mark.parametrize(
    "err",
    [
        store_error(StoreFault.FULL, "the store"),
        store_error(StoreFault.KEYS, "the store"),
        LibraryAbsentError(as_it_stands("The library is not there.")),
        StorageError(DISK_SILENT),
    ],
    ids=["full", "keys", "absent", "silent"],
)
async def test_what_is_about_all_is_raised_without_asking(err: StorageError) -> None:
    async def must_not() -> None:
        pytest.fail("the store was asked")

    failures = ItemFailures(must_not)
    await fail(failures, "a", err)
    assert failures.are_enough()
    with pytest.raises(StorageError) as raised:
        failures.outcome()
    assert raised.value is err
