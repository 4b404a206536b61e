"""What the fixtures for everybody promise."""

import asyncio
import threading

import pytest


async def test_the_loop_refuses_calls_from_other_threads() -> None:
    loop = asyncio.get_running_loop()
    refused: list[RuntimeError] = []

    def call() -> None:
        try:
            loop.call_soon(int)
        except RuntimeError as err:
            refused.append(err)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    assert "Non-thread-safe" in str(refused[0])


async def test_the_loop_refuses_coroutines_as_callbacks() -> None:
    async def unwanted() -> None:
        """Never to run."""

    coroutine = unwanted()
    with pytest.raises(TypeError, match="coroutines cannot be used"):
        asyncio.get_running_loop().call_soon(coroutine)
    coroutine.close()
