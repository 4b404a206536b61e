"""How much people have had printed: every copy when it was printed, and what printers have now."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from custom_components.bambu_virtual_printer.engine.library.values.job import (
    JobPlan,
    JobState,
)
from custom_components.bambu_virtual_printer.engine.library.values.made import Amount
from custom_components.bambu_virtual_printer.engine.values import Sender
from tests.support.library import Home, archive_file
from tests.support.prints import begin

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


async def test_each_copy_counts_when_it_was_printed_and_what_fails_does_not(
    home: Home, sliced_data: Callable[..., bytes]
) -> None:
    async with home.open() as (library, events):
        anna = Sender(person="anna", name="Anna")
        archived = await archive_file(library, events, sliced_data(), sender=anna)
        [job] = await library.queue.add(
            archived.archive.id, JobPlan(hold=False, copies=3)
        )
        one = Amount(filament_g=job.filament_g or 0, print_time_s=job.print_time_s or 0)
        assert one.filament_g
        assert one.print_time_s
        assert await library.used_since(LONG_AGO) == {}
        await library.queue.finish(job.id, JobState.COMPLETED)
        assert await library.used_since(LONG_AGO) == {"anna": one}
        between = datetime.now(UTC)
        await begin(library, job.id)
        assert await library.used_since(between) == {"anna": one}
        assert await library.used_since(LONG_AGO) == {"anna": one + one}
        (print_,) = await library.prints.open()
        await library.prints.put_back(print_, problem=None)
        assert await library.used_since(between) == {}
        await library.queue.finish(job.id, JobState.FAILED)
        assert await library.used_since(LONG_AGO) == {"anna": one}
        assert await library.used_since(datetime.now(UTC) + timedelta(days=1)) == {}


async def test_what_nobody_in_particular_sent_is_nobodys(
    home: Home, sliced_data: Callable[..., bytes]
) -> None:
    async with home.open() as (library, events):
        archive = (await archive_file(library, events, sliced_data())).archive
        [job] = await library.queue.add(archive.id, JobPlan(hold=False))
        await begin(library, job.id)
        assert await library.used_since(LONG_AGO) == {}
