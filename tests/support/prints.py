"""What a dispatcher does to a job in the index, without a printer: claims it, and sees its print begin."""

from dataclasses import replace

from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Print,
    PrintPhase,
)
from custom_components.bambu_virtual_printer.engine.machines.project_file import (
    new_job_id,
)


async def claim(library: Library, job_id: str, machine_id: str = "garage") -> Print:
    """Claim a job for a printer."""
    claimed = await library.prints.claim(job_id, machine_id, new_job_id())
    assert claimed
    return claimed[1]


async def begin(library: Library, job_id: str, machine_id: str = "garage") -> Print:
    """Claim a job for a printer, which begins to print it."""
    print_ = await claim(library, job_id, machine_id)
    begun = replace(print_, phase=PrintPhase.STARTED)
    await library.prints.advance(print_, begun)
    return begun
