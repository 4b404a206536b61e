"""The buttons of notifications: who tapped one does what it says, as far as they may."""

from ..config.notifications import Topic
from ..engine.library.values.prints import Answer
from ..engine.library.values.verdicts import Verdict
from ..hub import Hub
from ..operations.pending import Outcome, Result
from ..operations.verdicts import Saying
from ..presentation import answer_sentence
from .matters import read_tag


async def async_press(hub: Hub, verb: str, tag: str) -> str:
    """Do what a button says, for whoever acts. Returns what is to be said about it, empty if nothing. Raises HomeAssistantError."""
    topic, subject = read_tag(tag)
    match topic, verb:
        case Topic.PENDING, "archive" | "queue":
            return _said(
                hub, await hub.review.approve(subject, to_queue=verb == "queue")
            )
        case Topic.PENDING, "discard":
            return _said(hub, await hub.review.discard(subject))
        case Topic.QUESTION, _:
            await hub.orders.answer(subject.partition(".")[0], Answer(verb))
        case Topic.FILAMENT, "anyway":
            await hub.queue.edit(subject, print_anyway=True)
        case Topic.REPRINT, _:
            answered = await hub.verdicts.answer_offer(subject, wanted=verb == "again")
            if not answered.is_first:
                return answer_sentence(answered).text(hub.texts)
        case Topic.PLATE, _:
            return await _clear(hub, verb, *subject.split(".", 1))
    return ""


async def _clear(hub: Hub, verb: str, machine_id: str, print_id: str) -> str:
    if (machine := hub.machines.by_id.get(machine_id)) is None:
        return hub.texts("notice_settled")
    match verb:
        case "cleared":
            saying = None
        case "failed_again" | "failed_not_again":
            # One decision: the copy is in line before the next job can begin.
            saying = Saying(verdict=Verdict.FAILED, reprint=verb == "failed_again")
        case _:
            saying = Saying(verdict=Verdict(verb))
    done = await hub.orders.clear_plate(machine, print_id=print_id, saying=saying)
    if done.answered and not done.answered.is_first:
        return answer_sentence(done.answered).text(hub.texts)
    return "" if done.was_occupied else hub.texts("notice_settled")


def _said(hub: Hub, outcome: Outcome) -> str:
    if outcome.result is Result.DONE:
        return ""
    return hub.texts(f"voice_already_{outcome.state.value}", name=outcome.name)
