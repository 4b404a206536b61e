"""How verdicts on prints are shown, and what those are told who answer after somebody else."""

from typing import Any

from ..engine.library.values.judgements import Answered, Judgement
from ..engine.library.values.verdicts import Reprint, Verdict
from ..engine.printable import printable
from ..language.sentences import Sentence, sentence
from .wording import Wording

_REPRINTS = {
    Reprint.OFFERED: "reprint_offered",
    Reprint.TAKEN: "reprint_taken",
    Reprint.DECLINED: "reprint_declined",
}


def verdict_view(answered: Answered, wording: Wording) -> dict[str, Any]:
    """Show the verdict that holds, and whether it is the one that was given just now."""
    judgement = answered.judgement
    return {
        "job_id": judgement.job_id,
        "print_id": judgement.id,
        "accepted": answered.is_first,
        "verdict": judgement.verdict.value,
        "reason": printable(judgement.reason),
        "by": printable(judgement.by) or None,
        "at": judgement.at.isoformat(),
        "reprint": judgement.reprint.value or None,
        "reprint_job_id": judgement.reprint_job_id or None,
        "message": answer_sentence(answered).text(wording.texts),
    }


def answer_sentence(answered: Answered) -> Sentence:
    """Say what was answered; and by whom and when, to those who answer later."""
    judgement = answered.judgement
    said = judgement_sentence(judgement)
    if answered.is_first:
        return said
    by, at = judgement.by, judgement.at
    if judgement.reprint_at is not None:
        by, at = judgement.reprint_by, judgement.reprint_at
    if by:
        return sentence("answered_by", name=printable(by), time=at, answer=said)
    return sentence("answered_before", time=at, answer=said)


def judgement_sentence(judgement: Judgement) -> Sentence:
    """Say how a print came out, and what becomes of a failed copy."""
    said = verdict_sentence(judgement.verdict, judgement.reason)
    if key := _REPRINTS.get(judgement.reprint):
        return sentence(key, verdict=said)
    return said


def verdict_sentence(verdict: Verdict, reason: str) -> Sentence:
    """Say how a print came out."""
    if verdict is Verdict.GOOD:
        return sentence("verdict_good")
    if reason:
        return sentence("verdict_failed_because", reason=printable(reason))
    return sentence("verdict_failed")
