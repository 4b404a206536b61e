"""What was said of a print, as a plain value, and the answer to who says something."""

from dataclasses import dataclass
from datetime import datetime

from .job import Job
from .verdicts import Reprint, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was said of a print, by whom and when.

    `id` is that of the print, or of the job where it was printed by other means. `by` is empty where nobody is known to have
    said it. The fields of the offer say who answered it; `reprint_job_id` is the job that was made.
    """

    id: str
    job_id: str
    verdict: Verdict
    reason: str
    by: str
    at: datetime
    reprint: Reprint = Reprint.NONE
    reprint_by: str = ""
    reprint_at: datetime | None = None
    reprint_job_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The judgement that holds, and its job as it is now. `is_first` is False where somebody had answered before."""

    judgement: Judgement
    job: Job
    is_first: bool
