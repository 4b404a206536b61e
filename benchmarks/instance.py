"""One of several instances of a shared library, in a process of its own.

    python -m benchmarks.instance FOLDER URL

Reads one JSON command a line and answers with one JSON line; times are of the machine's monotonic clock:

    {"do": "add", "count": N}                 add so many archives with a job each; the ids of the jobs
    {"do": "change", "job": ID}               ask for another number of copies; when that was done
    {"do": "watch"}                           look for changes of others from here on
    {"do": "seen"}                            wait for one; when it was seen
    {"do": "claim", "jobs": [...], "claimer": NAME}     claim as many of these as others leave; which, when it began and ended
"""

import asyncio
from datetime import UTC, datetime
import logging
from pathlib import Path
from random import Random
import sys
import time

from sqlalchemy import Connection
from ulid_transform import ulid_now

from benchmarks import archives
from benchmarks.library import opened
from benchmarks.serving import Answer, Command, serve
from custom_components.bambu_virtual_printer.engine.library.index import (
    archiving,
    job_rows,
    upload_rows,
)
from custom_components.bambu_virtual_printer.engine.library.index.database import Index
from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.store.backend.folder import (
    FolderBackend,
)
from custom_components.bambu_virtual_printer.engine.library.values.events import (
    ChangedElsewhere,
    LibraryEvent,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import JobState
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    LibrarySettings,
)
from custom_components.bambu_virtual_printer.engine.library.values.shared import (
    Instance,
    SharedParts,
)
from custom_components.bambu_virtual_printer.engine.machines.project_file import (
    new_job_id,
)

SEEN_WITHIN_S = 30.0


class Member:
    """An instance."""

    def __init__(self, folder: Path, url: str, index: Index) -> None:
        """Prepare; nothing is opened. `index` is one of its own, for what is no upload."""
        self._index = index
        store = folder.parent / "store"
        store.mkdir(exist_ok=True)
        self.library = Library(
            folder,
            url,
            emit=self._on_event,
            settings=LibrarySettings(reserve_bytes=0),
            shared=SharedParts(
                instance=Instance(id=ulid_now(), name=folder.name, version="0"),
                backend=FolderBackend(store),
                cache_bytes=0,
            ),
        )
        self._random = Random(str(folder))
        self._words = archives.vocabulary(self._random)
        self._changed = asyncio.Event()
        self._changed_at = 0.0

    def _on_event(self, event: LibraryEvent) -> None:
        if isinstance(event, ChangedElsewhere) and not self._changed.is_set():
            self._changed_at = time.monotonic()
            self._changed.set()

    async def carry_out(self, command: Command) -> Answer:
        """Do what the command says."""
        match command:
            case {"do": "add", "count": int(count)}:
                return {"jobs": [await self._add() for _ in range(count)]}
            case {"do": "change", "job": str(job_id)}:
                queue = self.library.queue
                copies = (await queue.job(job_id)).copies
                await queue.edit(job_id, copies=copies % 9 + 1)
                return {"at": time.monotonic()}
            case {"do": "watch"}:
                self._changed.clear()
            case {"do": "seen"}:
                async with asyncio.timeout(SEEN_WITHIN_S):
                    await self._changed.wait()
                return {"at": self._changed_at}
            case {"do": "claim", "jobs": list(jobs), "claimer": str(claimer)}:
                return await self._claim(jobs, claimer)
        return {}

    async def _add(self) -> str:
        upload, facts = archives.made(
            self._random, self._words, datetime.now(UTC), ulid_now()
        )
        await self._index.run(upload_rows.add, upload)
        await self._index.run(
            archiving.archive_upload,
            upload,
            name=upload.name,
            facts=facts,
            plan=None,
            archived_at=datetime.now(UTC),
            options_due_at=None,
            filament_price=archives.PRICE,
        )
        (job,) = await self.library.queue.add(upload.file.id)
        # As a person's start does, which looks for the file first.
        await self._index.run(_start, job.id)
        return job.id

    async def _claim(self, jobs: list[str], claimer: str) -> Answer:
        began = time.monotonic()
        taken = []
        for number, job_id in enumerate(jobs):
            machine_id = f"{claimer}-{number}"
            if await self.library.prints.claim(job_id, machine_id, new_job_id()):
                taken.append(job_id)
        return {"taken": taken, "began": began, "ended": time.monotonic()}


def _start(connection: Connection, job_id: str) -> None:
    job_rows.write(connection, job_id, state=JobState.WAITING.value)


async def _main(folder: Path, url: str) -> None:
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    async with opened(url) as index:
        member = Member(folder, url, index)
        async with member.library:
            await serve(member.carry_out)


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), sys.argv[2]))
