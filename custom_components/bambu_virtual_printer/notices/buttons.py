"""The buttons of notifications: who tapped one does what it says, as far as they may."""

from ..config.notifications import Topic
from ..engine.library.values.prints import Answer
from ..hub import Hub
from ..operations.pending import Outcome, Result
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
        case Topic.PLATE, "cleared":
            await hub.orders.clear_plate(hub.machines.by_id[subject])
    return ""


def _said(hub: Hub, outcome: Outcome) -> str:
    if outcome.result is Result.DONE:
        return ""
    return hub.texts(f"voice_already_{outcome.state.value}", name=outcome.name)
