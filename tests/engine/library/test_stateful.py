"""Whatever people, slicers and crashes do in whatever order: no acknowledged file is lost, and no job is doubled."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from pathlib import Path
import shutil
import tempfile
from typing import Any

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
import pytest

from custom_components.bambu_virtual_printer.engine.library.library import Library
from custom_components.bambu_virtual_printer.engine.library.photos import MAX_PHOTOS
from custom_components.bambu_virtual_printer.engine.library.values.errors import (
    AlreadyProcessedError,
    InvalidChangeError,
    JobStateError,
    NotFoundError,
)
from custom_components.bambu_virtual_printer.engine.library.values.job import (
    JobPlan,
    JobState,
)
from custom_components.bambu_virtual_printer.engine.library.values.prints import (
    Outcome,
    PrintPhase,
    Problem,
)
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
    UploadChanges,
    UploadState,
)
from custom_components.bambu_virtual_printer.engine.machines.project_file import (
    new_job_id,
)
from custom_components.bambu_virtual_printer.engine.values import Mode
from tests.support.library import IMMEDIATE, Events, Home, receive
from tests.support.pictures import PICTURES
from tests.support.print_requests import REQUEST

type SlicedFile = Callable[..., Path]

PLATES = (1, 2, 3)
LET_GO = {"discard": UploadState.DISCARDED, "send_back": UploadState.SENT_BACK}


class Household(RuleBasedStateMachine):
    """A library in use. The model is what was acknowledged, what people decided, and how many jobs they asked for."""

    files: dict[int, bytes]
    uploads = Bundle("uploads")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="household-"))
        self.home = Home(
            folder=self.folder / "library",
            database_url=f"sqlite:///{self.folder}/library.db",
        )
        self.data: dict[str, bytes] = {}
        self.states: dict[str, UploadState] = {}
        self.deleted: set[str] = set()
        self.jobs: dict[str, int] = {}
        self.photos: dict[str, set[str]] = {}
        self.library: Library

    def run[Result](self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.loop.run_until_complete(asyncio.wait_for(work, 20))

    async def open(self) -> None:
        self.library = self.home.library(Events())
        await self.library.__aenter__()

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while tasks := self.library._context.tasks.copy():
            await asyncio.wait(tasks)

    @initialize()
    def begin(self) -> None:
        self.run(self.open())

    # --- what happens -----------------------------------------------------------------------------------------------

    @rule(
        target=uploads,
        mode=st.sampled_from((Mode.IMMEDIATE, Mode.REVIEW, Mode.QUEUE)),
        plates=st.sampled_from(PLATES),
        decided=st.booleans(),
    )
    def upload(self, mode: Mode, plates: int, decided: bool) -> str:
        """A slicer sends a file; without `decided` the process ends before it is looked at."""

        async def send() -> str:
            card = self.library.storage(replace(IMMEDIATE, mode=mode))
            file = await receive(card, "Cube.gcode.3mf", self.files[plates])
            if decided:
                self.library.intake(file.id)
                await self.settle()
            return file.id

        upload_id = self.run(send())
        self.data[upload_id] = self.files[plates]
        self.jobs[upload_id] = plates if mode is Mode.QUEUE else 0
        self.states[upload_id] = {
            Mode.IMMEDIATE: UploadState.ARCHIVED,
            Mode.QUEUE: UploadState.QUEUED,
        }.get(mode, UploadState.PENDING)
        if not decided:
            self.restart()
        return upload_id

    @rule()
    def restart(self) -> None:
        """The process ends and begins again."""

        async def again() -> None:
            await self.library.__aexit__()
            await self.open()
            await self.settle()

        self.run(again())

    @rule(upload=uploads, queueing=st.booleans(), taps=st.integers(1, 3))
    def approve(self, upload: str, queueing: bool, taps: int) -> None:
        review = self.library.pending
        verb = review.approve_to_queue if queueing else review.approve_to_archive
        self.tap(upload, lambda: verb(upload), taps)
        if self.states[upload] is UploadState.PENDING:
            self.states[upload] = (
                UploadState.QUEUED if queueing else UploadState.ARCHIVED
            )
            if queueing:
                plates = self.run(self.library.archive(upload)).facts.printable_plates
                self.jobs[upload] += len(plates)

    @rule(upload=uploads, verb=st.sampled_from(sorted(LET_GO)), taps=st.integers(1, 3))
    def let_go(self, upload: str, verb: str, taps: int) -> None:
        review = self.library.pending
        if verb == "discard":
            self.tap(upload, lambda: review.discard(upload), taps)
        else:
            self.tap(upload, lambda: review.send_back(upload, "no"), taps)
        if self.states[upload] is UploadState.PENDING:
            self.states[upload] = LET_GO[verb]

    @rule(upload=uploads, copies=st.integers(0, 2))
    def edit(self, upload: str, copies: int) -> None:
        changes = UploadChanges(notes="x", plan=JobPlan(copies=copies))
        try:
            self.run(self.library.pending.edit(upload, changes))
        except AlreadyProcessedError:
            assert self.states[upload] is not UploadState.PENDING
        except NotFoundError:
            assert upload in self.deleted
        except InvalidChangeError:
            assert copies == 0

    @rule(upload=uploads)
    def requested(self, upload: str) -> None:
        self.run(self.library.print_requested(REQUEST, upload))

    @rule(upload=uploads)
    def queue_again(self, upload: str) -> None:
        is_there = self.is_archived(upload)
        try:
            added = self.run(self.library.queue.add(upload))
        except NotFoundError:
            assert not is_there
        else:
            assert is_there
            self.jobs[upload] += len(added)

    @rule(upload=uploads, kind=st.sampled_from(sorted(PICTURES)))
    def photograph(self, upload: str, kind: str) -> None:
        async def picture() -> AsyncIterator[bytes]:
            yield PICTURES[kind]

        is_pending = self.states[upload] is UploadState.PENDING
        try:
            photo = self.run(self.library.add_photo(upload, picture()))
        except InvalidChangeError:
            assert is_pending or len(self.photos[upload]) == MAX_PHOTOS
        except NotFoundError:
            assert not is_pending and not self.is_archived(upload)
        else:
            assert self.is_archived(upload)
            self.photos.setdefault(upload, set()).add(photo.id)

    @rule(upload=uploads)
    def remove_photo(self, upload: str) -> None:
        if self.is_archived(upload) and (photos := self.photos.get(upload)):
            self.run(self.library.remove_photo(upload, photos.pop()))

    @rule(upload=uploads, purge=st.booleans())
    def delete(self, upload: str, purge: bool) -> None:
        is_there = self.is_archived(upload)
        try:
            self.run(self.library.delete_archive(upload, purge=purge))
        except NotFoundError:
            assert not is_there
        except JobStateError:
            assert is_there
        else:
            assert is_there
            self.deleted.add(upload)

    @rule(
        place=st.integers(0, 9),
        verb=st.sampled_from(("hold", "release", "start", "cancel")),
        to=st.integers(1, 9),
    )
    def job(self, place: int, verb: str, to: int) -> None:
        jobs = self.run(self.library.queue.queued_jobs())
        if not jobs:
            return
        job = jobs[place % len(jobs)]
        queue = self.library.queue
        try:
            self.run(getattr(queue, verb)(job.id))
            self.run(queue.move_to(job.id, to))
        except JobStateError:
            pass

    @rule(place=st.integers(0, 9), machine=st.sampled_from(("garage", "attic")))
    def claim(self, place: int, machine: str) -> None:
        """Have a printer take a job."""
        if jobs := self.run(self.library.queue.queued_jobs()):
            job = jobs[place % len(jobs)]
            self.run(self.library.prints.claim(job.id, machine, new_job_id()))

    @rule(
        place=st.integers(0, 9),
        step=st.sampled_from(("begin", "put back", "finish", "fail")),
    )
    def print(self, place: int, step: str) -> None:
        """Have a printer go on with its job, or give it back."""
        prints = self.library.prints
        if not (found := self.run(prints.open())):
            return
        print_ = found[place % len(found)]
        match step:
            case "begin":
                begun = replace(print_, phase=PrintPhase.STARTED)
                self.run(prints.advance(print_, begun))
            case "put back":
                self.run(prints.put_back(print_, problem=Problem.INTERRUPTED))
            case "finish":
                self.run(prints.end(print_, Outcome.FINISHED, occupies=True))
            case _:
                self.run(prints.end(print_, Outcome.FAILED, occupies=True))

    @rule(
        place=st.integers(0, 9),
        state=st.sampled_from((JobState.COMPLETED, JobState.FAILED)),
    )
    def finish(self, place: int, state: JobState) -> None:
        jobs = self.run(self.library.queue.queued_jobs())
        if jobs:
            job = jobs[place % len(jobs)]
            self.run(self.library.queue.finish(job.id, state))

    # --- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost(self) -> None:
        self.run(self.check_files())

    @invariant()
    def no_job_is_doubled(self) -> None:
        self.run(self.check_jobs())

    async def check_files(self) -> None:
        page = await self.library.archives(ArchiveQuery(limit=500))
        archived = {archive.id for archive in page.archives}
        assert {archive.id: archive.photo_count for archive in page.archives} == {
            archive.id: len(self.photos.get(archive.id, ()))
            for archive in page.archives
        }
        pending = await self.library.pending.page(limit=500)
        assert {upload.id for upload in pending.uploads} == {
            one for one, state in self.states.items() if state is UploadState.PENDING
        }
        kept = set()
        for upload_id, state in self.states.items():
            assert (upload_id in archived) == self.is_archived(upload_id)
            if upload_id in self.deleted:
                continue
            assert (await self.library.upload(upload_id)).state is state
            path = await self.library.file_path(upload_id)
            assert (path is None) == state.is_gone
            if path is not None:
                kept.add(path)
                assert path.read_bytes() == self.data[upload_id]
            if self.is_archived(upload_id):
                photos = await self.library.photos(upload_id)
                assert {one.id for one in photos} == self.photos.get(upload_id, set())
        assert set(self.home.sliced_files()) == kept

    async def check_jobs(self) -> None:
        jobs = await self.library.queue.queued_jobs()
        history = (await self.library.queue.history(limit=500)).jobs
        assert [job.position for job in jobs if job.state.is_queued] == list(
            range(1, 1 + sum(job.state.is_queued for job in jobs))
        )
        made = [job.archive_id for job in (*jobs, *history)]
        for upload_id, count in self.jobs.items():
            if upload_id not in self.deleted:
                assert made.count(upload_id) == count

    def is_archived(self, upload: str) -> bool:
        return upload not in self.deleted and self.states[upload] in {
            UploadState.ARCHIVED,
            UploadState.QUEUED,
        }

    def tap(
        self, upload: str, verb: Callable[[], Coroutine[Any, Any, Any]], taps: int
    ) -> None:
        """Do a verb so many times at once. One counts, if the upload is still pending."""

        async def all_of_them() -> list[Any]:
            return await asyncio.gather(
                *(verb() for _ in range(taps)), return_exceptions=True
            )

        if upload in self.deleted:
            return
        answers = self.run(all_of_them())
        refused = sum(isinstance(one, AlreadyProcessedError) for one in answers)
        is_pending = self.states[upload] is UploadState.PENDING
        assert refused == taps - is_pending, answers

    def teardown(self) -> None:
        if hasattr(self, "library"):
            self.run(self.library.__aexit__())
        self.loop.close()
        shutil.rmtree(self.folder)


def prove(sliced_file: SlicedFile, *, examples: int, steps: int) -> None:
    """Run so many random sequences."""

    class Machine(Household):
        files = {plates: sliced_file(plates=plates).read_bytes() for plates in PLATES}

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_nothing_is_lost_or_doubled_in_any_order(sliced_file: SlicedFile) -> None:
    prove(sliced_file, examples=8, steps=20)


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_in_any_order_for_long(
    sliced_file: SlicedFile,
) -> None:
    prove(sliced_file, examples=40, steps=50)
