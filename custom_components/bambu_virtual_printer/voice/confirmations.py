"""Open questions of the voice assistant: an answer counts once, for a limited time, and only from where it was asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.helpers.chat_session import current_session
from homeassistant.helpers.intent import Intent
from homeassistant.util import dt as dt_util

VALID = timedelta(minutes=2)
"""How long a question waits for its answer: a reply on a voice satellite takes a wake word first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whether to discard this upload."""

    upload_id: str
    name: str
    asked_at: datetime


class Confirmations:
    """The questions that are open, one for each device, conversation or user."""

    def __init__(self) -> None:
        """Begin without questions."""
        self._open: dict[str, Question] = {}

    def ask(self, intent: Intent, *, upload_id: str, name: str) -> None:
        """Remember what is asked now, and forget what was asked before."""
        now = dt_util.utcnow()
        self._open = {
            place: question
            for place, question in self._open.items()
            if _is_valid(question, now)
        }
        self._open[_place(intent)] = Question(
            upload_id=upload_id, name=name, asked_at=now
        )

    def answered(self, intent: Intent) -> Question | None:
        """Return what this answers, None when nothing was asked here, or too long ago."""
        question = self._open.pop(_place(intent), None)
        if question is None or not _is_valid(question, dt_util.utcnow()):
            return None
        return question


def _is_valid(question: Question, now: datetime) -> bool:
    return now - question.asked_at < VALID


def _place(intent: Intent) -> str:
    """Return where a request comes from: the device, else the conversation, else the user."""
    session = current_session.get()
    return (
        intent.satellite_id
        or intent.device_id
        or (session and session.conversation_id)
        or intent.context.user_id
        or intent.platform
    )
