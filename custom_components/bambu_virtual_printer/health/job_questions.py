"""Repair issues about jobs whose start or end was not observed: a person is asked, and nothing is sent again before the answer."""

from collections.abc import Iterable, Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..engine.library.values.job import Job
from ..engine.library.values.prints import Question
from ..engine.printable import printable
from ..language.markdown import as_markdown
from ..operations.plans import ShownTarget
from .issues import Fix, async_raise, async_withdraw

_PREFIX = "job_question_"
_KEYS = {
    Question.DID_IT_START: "job_did_it_start",
    Question.HOW_DID_IT_END: "job_how_did_it_end",
}


class JobQuestions:
    """Asks as long as a question is open."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Ask nothing yet. What was asked before the restart stands until the jobs are known."""
        self._hass = hass
        self._asked: dict[str, Question] = {}
        self._is_first = True

    @callback
    def look(self, jobs: Iterable[Job], printers: Mapping[str, ShownTarget]) -> None:
        """Ask about those of the unfinished jobs that have a question."""
        open_ones = {job.id: job for job in jobs if job.question}
        if self._is_first:
            self._is_first = False
            self._withdraw_all_but(open_ones)
        for job_id in self._asked.keys() - open_ones.keys():
            del self._asked[job_id]
            async_withdraw(self._hass, _issue_id(job_id))
        for job in open_ones.values():
            assert job.question
            if self._asked.get(job.id) is job.question:
                continue
            self._asked[job.id] = job.question
            shown = printers.get(job.machine_id)
            async_raise(
                self._hass,
                _issue_id(job.id),
                _KEYS[job.question],
                {
                    "job": printable(job.title),
                    "job_as_markdown": as_markdown(printable(job.title)),
                    "printer": shown.name if shown else job.machine_id,
                },
                severity=ir.IssueSeverity.ERROR,
                fix=Fix.ANSWER_JOB,
                data={"job_id": job.id, "question": job.question.value},
                # It stands while the hub is not loaded, too: whoever looks then is not told that all is well.
                persistent=True,
            )

    def _withdraw_all_but(self, open_ones: Mapping[str, Job]) -> None:
        """Withdraw what was settled where nobody looked, as in a library that was restored."""
        asked = {_issue_id(job_id) for job_id in open_ones}
        for domain, issue_id in tuple(ir.async_get(self._hass).issues):
            if (
                domain == DOMAIN
                and issue_id.startswith(_PREFIX)
                and issue_id not in asked
            ):
                async_withdraw(self._hass, issue_id)


def _issue_id(job_id: str) -> str:
    return f"{_PREFIX}{job_id}"
