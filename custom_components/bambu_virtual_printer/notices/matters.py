"""What phones are told of: what stands until it is settled, and what has happened."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, Platform
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..activity.kinds import Activity, EventKind
from ..config.notifications import Topic
from ..const import DOMAIN
from ..engine.dispatch.reasons import ReasonKey
from ..engine.library.values.job import Job
from ..engine.library.values.prints import Answer, Question
from ..engine.library.values.records import Upload
from ..engine.library.values.verdicts import Verdict
from ..hub import Hub
from ..language.texts import Texts
from ..operations.permissions import Right, Thing
from ..presentation import (
    cover_url,
    job_title,
    panel_url,
    plate_url,
    small,
    upload_text,
    waiting_text,
)
from ..printers.machines import ManagedMachine
from .messages import Button, Message, plain
from .records import Offer

STANDING = frozenset(
    {Topic.PENDING, Topic.PLATE, Topic.FILAMENT, Topic.QUESTION, Topic.REPRINT}
)
"""Topics of what stands until somebody does something about it. Everything else is only told."""

_SHORT = {ReasonKey.FILAMENT_SHORT, ReasonKey.FILAMENT_AMOUNT_UNKNOWN}
_QUESTIONS = {
    Question.DID_IT_START: "notice_did_it_start",
    Question.HOW_DID_IT_END: "notice_how_did_it_end",
}
_ANSWERS = {
    Answer.STARTED: "notice_answer_started",
    Answer.NOT_STARTED: "notice_answer_not_started",
    Answer.FINISHED: "notice_answer_finished",
    Answer.FAILED: "notice_answer_failed",
    Answer.CANCELLED: "notice_answer_cancelled",
}
_FATES = {
    EventKind.DISCARDED: "notice_discarded",
    EventKind.EXPIRED: "notice_expired",
    EventKind.RESTORED: "notice_restored",
    EventKind.JOB_CANCELLED: "notice_cancelled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Something that phones may be told of.

    `thing` is what has to be seen for that, where it is of somebody; `write` makes the message, which is for those only who get
    it. `person_id` is who sent it, `actor_id` the user who did it.
    """

    topic: Topic
    tag: str
    write: Callable[[], Message]
    thing: Thing | None = None
    person_id: str = ""
    actor_id: str | None = None


def tag_of(topic: Topic, subject: str) -> str:
    """Return the tag of what phones are told about something: there is one for each."""
    return f"{DOMAIN}.{topic.value}.{subject}"


def read_tag(tag: str) -> tuple[Topic, str]:
    """Return the topic and the subject of a tag. Raises ValueError."""
    _, topic, subject = tag.split(".", 2)
    return Topic(topic), subject


@callback
def standing_matters(hub: Hub, offers: Mapping[str, Offer]) -> Iterator[Matter]:
    """Return what waits for people now; `offers` are by the ids of their jobs."""
    data = hub.coordinator.data
    # The oldest first, as they wait.
    for upload in reversed(data.pending):
        yield _pending(hub, upload)
    for machine in hub.machines.by_id.values():
        if _needs_clearing(machine):
            yield _plate(hub, machine)
    for job in data.queued_jobs:
        if job.question:
            yield _question(hub, job, job.question)
        elif job.id in hub.machines.filament_calls:
            yield _filament(hub, job)
    for job_id, offer in offers.items():
        yield _offer(hub, job_id, offer)


def _needs_clearing(machine: ManagedMachine) -> bool:
    return (
        machine.share.is_plate_occupied
        # Whoever drives it asks.
        and machine.share.other_driver is None
        and machine.config.prints_from_queue
        and machine.config.waits_for_plate
        and not machine.is_printing
    )


def _pending(hub: Hub, upload: Upload) -> Matter:
    tag = tag_of(Topic.PENDING, upload.id)

    def _write() -> Message:
        texts = hub.texts
        picture = cover_url(upload.id, upload.facts.cover if upload.facts else None)
        return Message(
            tag=tag,
            title=plain(upload.name),
            text=plain(upload_text(upload, hub.wording)),
            url=panel_url("inbox", upload.id),
            picture=picture and hub.links.async_signed(picture),
            buttons=(
                Button(
                    verb="archive", title=texts("notice_archive"), right=Right.DECIDE
                ),
                Button(verb="queue", title=texts("notice_queue"), right=Right.DECIDE),
                Button(
                    verb="discard",
                    title=texts("notice_discard"),
                    right=Right.WORK,
                    is_destructive=True,
                ),
            ),
        )

    return Matter(topic=Topic.PENDING, tag=tag, write=_write, thing=Thing.of(upload))


def _plate(hub: Hub, machine: ManagedMachine) -> Matter:
    plate = machine.share.plate
    # Of this print: what was tapped too late says nothing about the next one.
    tag = tag_of(Topic.PLATE, f"{machine.id}.{plate.print_id}")
    texts = hub.texts

    def _write() -> Message:
        cleared = Button(
            verb="cleared", title=texts("notice_cleared"), right=Right.WORK
        )
        verdicts = (
            Button(
                verb=Verdict.GOOD.value,
                title=texts("notice_cleared_good"),
                right=Right.WORK,
            ),
            Button(
                verb=Verdict.FAILED.value,
                title=f"{texts('verdict_failed')}…",
                right=Right.WORK,
                is_destructive=True,
            ),
        )
        return Message(
            tag=tag,
            title=plain(machine.name),
            text=texts("notice_plate"),
            url=panel_url("printers", machine.id),
            picture=_camera_picture(hub, machine),
            # What was not printed from the queue is nobody's to judge.
            buttons=(cleared, *verdicts) if plate.job_id else (cleared,),
        )

    return Matter(topic=Topic.PLATE, tag=tag, write=_write)


def failed_plate(hub: Hub, tag: str) -> Message | None:
    """Ask who says that a print failed whether it is printed again, before its plate counts as cleared.

    None where the plate does not wait any more.
    """
    topic, subject = read_tag(tag)
    if topic is not Topic.PLATE:
        return None
    machine_id, _, print_id = subject.partition(".")
    machine = hub.machines.by_id.get(machine_id)
    if (
        machine is None
        or not _needs_clearing(machine)
        or machine.share.plate.print_id != print_id
    ):
        return None
    texts = hub.texts
    return Message(
        tag=tag,
        title=plain(machine.name),
        text=texts("reprint_offered", verdict=texts("verdict_failed")),
        url=panel_url("printers", machine.id),
        picture=_camera_picture(hub, machine),
        buttons=(
            Button(
                verb="failed_again",
                title=texts("notice_print_again"),
                right=Right.DECIDE,
            ),
            Button(
                verb="failed_not_again",
                title=texts("notice_not_again"),
                right=Right.WORK,
            ),
        ),
    )


def _question(hub: Hub, job: Job, question: Question) -> Matter:
    tag = tag_of(Topic.QUESTION, f"{job.id}.{question.value}")

    def _write() -> Message:
        shown = hub.wording.targets.get(job.machine_id)
        return Message(
            tag=tag,
            title=plain(job_title(job, hub.texts)),
            text=plain(
                hub.texts(
                    _QUESTIONS[question],
                    printer=shown.name if shown else job.machine_id,
                )
            ),
            url=panel_url("queue", job.id),
            picture=_job_picture(hub, job),
            buttons=tuple(
                Button(
                    verb=answer.value,
                    title=hub.texts(_ANSWERS[answer]),
                    right=Right.WORK,
                    is_destructive=answer is Answer.FAILED,
                )
                for answer in question.answers
            ),
        )

    return Matter(topic=Topic.QUESTION, tag=tag, write=_write, thing=Thing.of(job))


def _filament(hub: Hub, job: Job) -> Matter:
    tag = tag_of(Topic.FILAMENT, job.id)

    def _write() -> Message:
        texts = hub.texts
        reason = hub.machines.reasons.get(job.id)
        is_short = reason is not None and reason.key in _SHORT
        anyway = Button(
            verb="anyway", title=texts("notice_print_anyway"), right=Right.DECIDE
        )
        return Message(
            tag=tag,
            title=plain(job_title(job, texts)),
            text=plain(waiting_text(job, hub.wording)),
            url=panel_url("queue", job.id),
            picture=_job_picture(hub, job),
            buttons=(anyway,) if is_short else (),
        )

    return Matter(topic=Topic.FILAMENT, tag=tag, write=_write, thing=Thing.of(job))


def _offer(hub: Hub, job_id: str, offer: Offer) -> Matter:
    tag = tag_of(Topic.REPRINT, job_id)
    texts = hub.texts

    def _write() -> Message:
        return Message(
            tag=tag,
            title=plain(offer.name),
            text=texts("reprint_offered", verdict=texts("verdict_failed")),
            url=panel_url("queue", job_id),
            buttons=(
                Button(
                    verb="again", title=texts("notice_print_again"), right=Right.DECIDE
                ),
                Button(verb="no", title=texts("notice_not_again"), right=Right.WORK),
            ),
        )

    return Matter(
        topic=Topic.REPRINT,
        tag=tag,
        write=_write,
        thing=Thing(person=offer.person_id, printer_id=offer.printer_id),
    )


def _camera_picture(hub: Hub, machine: ManagedMachine) -> str | None:
    """Return where the app finds what the printer's camera sees, with its own login."""
    entity_id = er.async_get(hub.hass).async_get_entity_id(
        Platform.CAMERA, DOMAIN, f"{machine.id}_camera"
    )
    state = hub.hass.states.get(entity_id) if entity_id else None
    if state is None or state.state == STATE_UNAVAILABLE:
        return None
    return f"/api/camera_proxy/{state.entity_id}"


def _job_picture(hub: Hub, job: Job) -> str | None:
    if not job.has_thumbnail:
        return None
    return hub.links.async_signed(small(plate_url(job.archive_id, job.plate)))


@callback
def matter_of(hub: Hub, activity: Activity) -> Matter | None:
    """Return what phones may be told of something that happened; None for most."""
    told = activity.attributes
    match activity.kind:
        case EventKind.JOB_COMPLETED:
            topic, place = Topic.PRINTED, ("queue", told["job_id"])
        case EventKind.JOB_FAILED:
            topic, place = Topic.FAILED, ("queue", told["job_id"])
        case EventKind.JOB_LATE:
            topic, place = Topic.LATE, ("queue", told["job_id"])
        case EventKind.JOB_CANCELLED:
            topic, place = Topic.OWN, ("queue", told["job_id"])
        case EventKind.APPROVED:
            topic, place = Topic.OWN, ("archive", told["archive_id"])
        case EventKind.NOT_QUEUED:
            place = "archive" if told["archived"] else "inbox", told["upload_id"]
            topic = Topic.OWN
        case (
            EventKind.DISCARDED
            | EventKind.SENT_BACK
            | EventKind.EXPIRED
            # In the place of what was told of the decision.
            | EventKind.RESTORED
        ):
            topic, place = Topic.OWN, ("inbox", told["upload_id"])
        case _:
            return None
    tag = tag_of(topic, place[1])

    def _write() -> Message:
        return Message(
            tag=tag,
            title=plain(told["name"]),
            text=plain(_said(hub, activity.kind, told)),
            url=panel_url(*place),
            picture=told.get("picture"),
        )

    return Matter(
        topic=topic,
        tag=tag,
        write=_write,
        thing=Thing(
            person=told["person_id"] or "", printer_id=activity.printer_id or ""
        ),
        person_id=told["person_id"] or "",
        actor_id=activity.context.user_id if activity.context else None,
    )


def _late(texts: Texts, told: Mapping[str, Any]) -> str:
    due = dt_util.parse_datetime(told["due"] or told["ready_by"] or "")
    late = texts("waiting_late", time=texts.date_time(due)) if due else ""
    return " · ".join(filter(None, (late, told["waiting_reason"])))


def _said(hub: Hub, kind: EventKind, told: Mapping[str, Any]) -> str:
    texts = hub.texts
    match kind:
        case EventKind.JOB_COMPLETED if told["copies"] > 1:
            return texts.count("notice_copies_printed", told["copies"])
        case EventKind.JOB_COMPLETED:
            return texts("job_completed")
        case EventKind.JOB_FAILED if told["error"]:
            return texts("notice_failed", reason=told["error"])
        case EventKind.JOB_FAILED:
            return texts("job_failed")
        case EventKind.JOB_LATE:
            return _late(texts, told)
        case EventKind.APPROVED:
            return texts("notice_queued" if told["queued"] else "notice_archived")
        case EventKind.NOT_QUEUED:
            return texts("notice_not_queued", reason=told["reason"])
        case EventKind.SENT_BACK:
            return texts("notice_sent_back_because", reason=told["reason"])
    return texts(_FATES[kind])
