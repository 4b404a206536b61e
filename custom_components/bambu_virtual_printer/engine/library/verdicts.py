"""What people say of prints. Every answer is stored once: the first one counts, and later ones learn of it."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from ..explanations import explain
from .context import LibraryContext
from .index import job_rows, print_rows, verdict_rows
from .values.errors import NO_SUCH_JOB, JobStateError, NotFoundError
from .values.events import JobAdded, JobJudged, LibraryEvent
from .values.job import Job, JobState
from .values.judgements import Answered, Judgement
from .values.sanitize import clean_text
from .values.verdicts import Reprint, Verdict

# By hand, where there is no print.
_PRINTED = frozenset({JobState.COMPLETED, JobState.FAILED})

type _Events = tuple[LibraryEvent, ...]


class Verdicts:
    """The verdicts of a library. Everything may raise LibraryError; errors named are beside that."""

    def __init__(self, context: LibraryContext) -> None:
        """Work on what this context holds."""
        self._context = context

    async def offered(self, job_ids: Collection[str]) -> frozenset[str]:
        """Return of which of these jobs it is open whether a failed copy is printed again."""
        return await self._context.index.read(verdict_rows.offered, job_ids)

    async def give(
        self,
        job_id: str,
        verdict: Verdict,
        *,
        print_id: str = "",
        reason: str = "",
        by: str = "",
        reprint: bool | None = None,
    ) -> Answered:
        """Say how a print came out: `print_id`, or the last one of the job. A failed one is offered to be printed again.

        With `reprint` that is answered at once. Raises NotFoundError, JobStateError where nothing was printed yet, and
        InvalidChangeError where it cannot be printed again.
        """

        def work(connection: Connection) -> tuple[Answered, _Events]:
            job = job_rows.get(connection, job_id)
            subject_id = _subject(connection, job, print_id)
            known = verdict_rows.get(connection, subject_id)
            if known is not None:
                return Answered(judgement=known, job=job, is_first=False), ()
            judgement = Judgement(
                id=subject_id,
                job_id=job.id,
                verdict=verdict,
                reason=clean_text(reason),
                by=by,
                at=datetime.now(UTC),
                reprint=Reprint.OFFERED if verdict is Verdict.FAILED else Reprint.NONE,
            )
            verdict_rows.add(connection, judgement, job.archive_id)
            added: _Events = ()
            if judgement.reprint is Reprint.OFFERED and reprint is not None:
                judgement, added = _answer(connection, job, judgement, reprint, by)
            return _counted(connection, judgement, added)

        return await self._change(work)

    async def answer_offer(
        self, job_id: str, *, print_id: str = "", wanted: bool, by: str = ""
    ) -> Answered:
        """Answer the offer to print a failed copy again: once, so that one job is made of it at most.

        Raises NotFoundError, JobStateError where nothing is offered, InvalidChangeError where the file is gone.
        """

        def work(connection: Connection) -> tuple[Answered, _Events]:
            job = job_rows.get(connection, job_id)
            judgement = (
                verdict_rows.get(connection, print_id)
                if print_id
                else verdict_rows.last_of_job(connection, job_id)
            )
            if (
                judgement is None
                or judgement.job_id != job.id
                or judgement.reprint is Reprint.NONE
            ):
                raise JobStateError(
                    explain(
                        "no_reprint_offered",
                        "Nobody has said that a copy of it failed.",
                    )
                )
            if judgement.reprint is not Reprint.OFFERED:
                return Answered(judgement=judgement, job=job, is_first=False), ()
            judgement, added = _answer(connection, job, judgement, wanted, by)
            return _counted(connection, judgement, added)

        return await self._change(work)

    async def _change(
        self, work: Callable[[Connection], tuple[Answered, _Events]]
    ) -> Answered:
        """Store an answer and emit its events, both or neither, even if the caller is cancelled."""

        async def change() -> Answered:
            answered, events = await self._context.index.run(work)
            for event in events:
                self._context.emit(event)
            return answered

        return await self._context.finish(change())


def _subject(connection: Connection, job: Job, print_id: str) -> str:
    """Return the id of what is judged. Raises NotFoundError, JobStateError."""
    if print_id:
        print_ = print_rows.get(connection, print_id)
        if print_ is None or print_.job_id != job.id:
            raise NotFoundError(NO_SUCH_JOB)
        if verdict_rows.has_printed(connection, print_id):
            return print_id
    elif last := verdict_rows.last_print(connection, job.id):
        return last
    elif job.state in _PRINTED or job.copies_printed:
        return job.id
    raise JobStateError(
        explain("nothing_printed_yet", "Nothing of it has been printed yet.")
    )


def _answer(
    connection: Connection, job: Job, judgement: Judgement, wanted: bool, by: str
) -> tuple[Judgement, _Events]:
    """Store the answer to an offer, with the job that is made of it. Raises InvalidChangeError."""
    added: _Events = ()
    made_id = ""
    if wanted:
        job_rows.check_archive(connection, job)
        made = job_rows.add_copy(connection, job, datetime.now(UTC))
        made_id = made.id
        added = (JobAdded(job=made),)
    judgement = replace(
        judgement,
        reprint=Reprint.TAKEN if wanted else Reprint.DECLINED,
        reprint_by=by,
        reprint_at=datetime.now(UTC),
        reprint_job_id=made_id,
    )
    verdict_rows.answer_offer(connection, judgement)
    return judgement, added


def _counted(
    connection: Connection, judgement: Judgement, added: _Events
) -> tuple[Answered, _Events]:
    """Return the answer that counts, and its events, with that of a job that was made of it."""
    job = _show(connection, judgement)
    answered = Answered(judgement=judgement, job=job, is_first=True)
    return answered, (JobJudged(job=job), *added)


def _show(connection: Connection, judgement: Judgement) -> Job:
    """Write on the job what was said of the copy that was printed last."""
    last = verdict_rows.last_print(connection, judgement.job_id)
    if last not in (None, judgement.id):
        return job_rows.get(connection, judgement.job_id)
    return job_rows.write(
        connection,
        judgement.job_id,
        verdict=judgement.verdict.value,
        verdict_reason=judgement.reason,
        verdict_by=judgement.by,
        verdict_at=judgement.at,
        reprint=judgement.reprint.value,
    )
