"""Orders of people for a print: carried out one after the other, and each caller learns what came of its own."""

import asyncio

import pytest

from custom_components.bambu_virtual_printer.engine.dispatch.orders import (
    Orders,
    PrintOverError,
    WrongAnswerError,
)


async def ordered(orders: Orders, work: object) -> asyncio.Task[object]:
    task = asyncio.create_task(orders.give(work))  # type: ignore[arg-type]
    while not orders:
        await asyncio.sleep(0)
    return task


async def test_an_order_that_its_caller_no_longer_waits_for_is_not_carried_out() -> (
    None
):
    done: list[str] = []

    async def work() -> None:
        done.append("late")

    orders = Orders(asyncio.Event(), timeout_s=0.01)
    with pytest.raises(TimeoutError):
        await orders.give(work)
    assert orders
    await orders.run_next()
    assert not orders
    assert done == []


async def test_the_end_of_the_run_is_told_to_the_order_under_way_and_to_those_that_wait() -> (
    None
):
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.Event().wait()

    orders = Orders(asyncio.Event(), timeout_s=60)
    first = await ordered(orders, work)
    run = asyncio.create_task(orders.run_next())
    await begun.wait()
    second = await ordered(orders, work)
    run.cancel()
    await asyncio.wait([run])
    assert run.cancelled()
    orders.close()
    for caller in (first, second):
        with pytest.raises(PrintOverError):
            await caller


@pytest.mark.parametrize(
    ("error", "is_the_prints"), [(OSError("disk"), True), (WrongAnswerError(), False)]
)
async def test_an_error_reaches_the_caller_and_the_print_where_it_is_the_prints(
    error: Exception, is_the_prints: bool
) -> None:
    async def work() -> None:
        raise error

    orders = Orders(asyncio.Event(), timeout_s=60)
    caller = await ordered(orders, work)
    if is_the_prints:
        with pytest.raises(type(error)):
            await orders.run_next()
    else:
        await orders.run_next()
    with pytest.raises(type(error)):
        await caller


async def test_a_caller_that_gives_up_while_its_order_is_carried_out_does_no_harm() -> (
    None
):
    async def work() -> str:
        caller.cancel()
        await asyncio.wait([caller])
        return "done"

    orders = Orders(asyncio.Event(), timeout_s=60)
    caller = await ordered(orders, work)
    await orders.run_next()
    assert caller.cancelled()
