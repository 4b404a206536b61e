"""Intents for Assist's own sentences: what waits, approve, discard, start, printed, failed, print again.

They answer in spoken sentences. The sentences that lead to them are in custom_sentences: Home Assistant reads those from its
configuration folder only. What cannot be understood is told as a target that was not found, so that an assistant with a
language model behind the sentences goes on to ask that.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, override

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .engine.library.values.job import Job
from .engine.library.values.records import Upload, UploadState
from .hub import Hub
from .language.texts import Texts, async_texts_in
from .operations.context import acting
from .operations.pending import Outcome, Result
from .operations.permissions import Right
from .operations.plans import NO_CHANGES, PlanChanges
from .operations.queue import JobAction
from .operations.targets import shown_machines
from .presentation import waiting_text
from .voice.confirmations import Confirmations
from .voice.exposure import Exposed, async_exposed
from .voice.spoken_names import (
    ALIKE,
    AmbiguousNameError,
    Kind,
    SpokenNameError,
    SpokenTarget,
    UnknownNameError,
    find_archive,
    find_job,
    find_target,
    find_upload,
    likeness,
)

MAX_SPOKEN = 5
"""Names in one answer; more are hard to remember."""

SLOT_ARCHIVE = "archive"
SLOT_CONFIRMED = "confirmed"
SLOT_COPIES = "copies"
SLOT_JOB = "job"
SLOT_LIST = "list"
SLOT_PRINTER = "printer"
SLOT_UPLOAD = "upload"
LIST_UPLOADS = "uploads"
LIST_QUEUE = "queue"

_NOT_MEANT = intent.IntentResponseErrorCode.NO_VALID_TARGETS
_NOTHING = {
    Kind.UPLOAD: "voice_no_uploads",
    Kind.JOB: "voice_no_jobs",
    Kind.ARCHIVE: "voice_no_archives",
}
_UNKNOWN = {
    Kind.UPLOAD: "voice_unknown_upload",
    Kind.JOB: "voice_unknown_job",
    Kind.ARCHIVE: "voice_unknown_archive",
    Kind.PRINTER: "voice_unknown_printer",
}
_ALREADY = {
    UploadState.ARCHIVING: "voice_already_archiving",
    UploadState.ARCHIVED: "voice_already_archived",
    UploadState.QUEUED: "voice_already_queued",
    UploadState.DISCARDED: "voice_already_discarded",
    UploadState.SENT_BACK: "voice_already_sent_back",
    UploadState.EXPIRED: "voice_already_expired",
}


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents; they outlive reloads of the hub."""
    confirmations = Confirmations()
    for handler in (
        WaitingIntent(),
        ArchiveIntent(),
        QueueIntent(),
        DiscardIntent(confirmations),
        AnswerIntent(confirmations),
        StartIntent(),
        CompleteIntent(),
        FailIntent(),
        PrintAgainIntent(),
    ):
        intent.async_register(hass, handler)


class _NotMeantError(Exception):
    """What was said does not apply; the text is the answer."""


class PrintsIntent(intent.IntentHandler):
    """An intent that asks the hub, under the speaker's context."""

    response_type = intent.IntentResponseType.ACTION_DONE
    right: Right
    """What the speaker has to be allowed."""

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Do it and say so; what goes wrong is said too."""
        slots = {
            name: slot["value"]
            for name, slot in self.async_validate_slots(intent_obj.slots).items()
        }
        response = intent_obj.create_response()
        texts = await async_texts_in(intent_obj.hass, intent_obj.language)
        try:
            with acting(intent_obj.context):
                exposed = self._exposed(intent_obj, texts)
                await exposed.hub.permissions.require(self.right)
                speech = await self.answer(exposed, slots, intent_obj)
        except SpokenNameError as err:
            response.async_set_error(_NOT_MEANT, _ask_back(texts, err))
        except _NotMeantError as err:
            response.async_set_error(_NOT_MEANT, str(err))
        except HomeAssistantError as err:
            # Translated ones have lost their full stop.
            response.async_set_error(
                intent.IntentResponseErrorCode.FAILED_TO_HANDLE,
                f"{texts.error(err).rstrip('.')}.",
            )
        else:
            response.response_type = self.response_type
            response.async_set_speech(speech)
        return response

    def _exposed(self, intent_obj: intent.Intent, texts: Texts) -> Exposed:
        exposed = async_exposed(intent_obj.hass, intent_obj.assistant, texts)
        if exposed is None:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="not_loaded"
            )
        if not self.is_exposed(exposed):
            raise _NotMeantError(exposed.texts("voice_not_exposed"))
        return exposed

    def is_exposed(self, exposed: Exposed) -> bool:
        """Tell whether this is about a list that is exposed: that of the pending uploads unless something else is said."""
        return exposed.uploads

    @abstractmethod
    async def answer(
        self, exposed: Exposed, slots: dict[str, Any], asked: intent.Intent
    ) -> str:
        """Do it and return what to say. Raises SpokenNameError, HomeAssistantError."""


class WaitingIntent(PrintsIntent):
    """Tells what is pending and what is in the queue."""

    intent_type = "BambuVirtualPrinterWhatIsWaiting"
    right = Right.SEE
    description = "Tells which 3D print files wait for approval and which jobs are in the print queue"
    response_type = intent.IntentResponseType.QUERY_ANSWER
    slot_schema = {vol.Optional(SLOT_LIST): vol.In([LIST_UPLOADS, LIST_QUEUE])}

    @override
    def is_exposed(self, exposed: Exposed) -> bool:
        """Describe either list."""
        return exposed.uploads or exposed.jobs

    @override
    async def answer(
        self, exposed: Exposed, slots: dict[str, Any], asked: intent.Intent
    ) -> str:
        """Look."""
        wanted = slots.get(SLOT_LIST)
        told = []
        if exposed.uploads and wanted != LIST_QUEUE:
            told.append(await _uploads_told(exposed))
        if exposed.jobs and wanted != LIST_UPLOADS:
            told.append(await _queue_told(exposed))
        if not told:
            raise _NotMeantError(exposed.texts("voice_not_exposed"))
        return " ".join(told)


class ArchiveIntent(PrintsIntent):
    """Approves a pending upload to the archive."""

    intent_type = "BambuVirtualPrinterArchiveUpload"
    right = Right.DECIDE
    description = "Approves a 3D print file that waits, and keeps it in the archive"
    slot_schema = {vol.Required(SLOT_UPLOAD): intent.non_empty_string}

    @override
    async def answer(
        self, exposed: Exposed, slots: dict[str, Any], asked: intent.Intent
    ) -> str:
        """Approve."""
        hub = exposed.hub
        upload = await find_upload(hub, slots[SLOT_UPLOAD])
        outcome = await hub.review.approve(upload.id, to_queue=False)
        return _already(exposed.texts, outcome) or exposed.texts(
            "voice_archived", name=outcome.name
        )


class QueueIntent(PrintsIntent):
    """Approves a pending upload to the print queue, for a printer if one is named."""

    intent_type = "BambuVirtualPrinterQueueUpload"
    right = Right.DECIDE
    description = "Approves a 3D print file that waits, and puts it in the print queue"
    slot_schema = {
        vol.Required(SLOT_UPLOAD): intent.non_empty_string,
        vol.Optional(SLOT_COPIES): vol.All(vol.Coerce(int), vol.Range(min=1)),
        vol.Optional(SLOT_PRINTER): intent.non_empty_string,
    }

    @override
    async def answer(
        self, exposed: Exposed, slots: dict[str, Any], asked: intent.Intent
    ) -> str:
        """Approve."""
        hub = exposed.hub
        copies = slots.get(SLOT_COPIES)
        upload, target = await _upload_and_target(
            hub, slots[SLOT_UPLOAD], slots.get(SLOT_PRINTER)
        )
        outcome = await hub.review.approve(
            upload.id,
            to_queue=True,
            plan=PlanChanges(target=target.target if target else None, copies=copies),
        )
        if already := _already(exposed.texts, outcome):
            return already
        details = []
        if len(outcome.jobs) > 1:
            details.append(exposed.texts.count("plates", len(outcome.jobs)))
        if copies and copies > 1:
            details.append(exposed.texts.count("voice_copies", copies))
        if target:
            details.append(
                exposed.texts(
                    "voice_for_target", target=target.name.text(exposed.texts)
                )
            )
        said = (
            exposed.texts(
                "voice_queued_with",
                name=outcome.name,
                details=exposed.texts.listed(details),
            )
            if details
            else exposed.texts("voice_queued", name=outcome.name)
        )
        return _sentences(said, *(_why(exposed, job) for job in outcome.jobs[:1]))


class DiscardIntent(PrintsIntent):
    """Asks whether to discard a pending upload; nothing is gone yet."""

    intent_type = "BambuVirtualPrinterDiscardUpload"
    right = Right.WORK
    description = "Asks whether to delete a 3D print file that waits for approval"
    response_type = intent.IntentResponseType.QUERY_ANSWER
    slot_schema = {vol.Required(SLOT_UPLOAD): intent.non_empty_string}

    def __init__(self, confirmations: Confirmations) -> None:
        """Keep the questions."""
        self._confirmations = confirmations

    @override
    async def answer(
        self, exposed: Exposed, slots: dict[str, Any], asked: intent.Intent
    ) -> str:
        """Ask back."""
        hub = exposed.hub
        upload = await find_upload(hub, slots[SLOT_UPLOAD])
        self._confirmations.ask(asked, upload_id=upload.id, name=upload.name)
        return exposed.texts(
            "voice_confirm_discard",
            name=upload.name,
            received=_received(exposed.texts, upload),
        )


class AnswerIntent(PrintsIntent):
    """Discards the very upload that was asked about, whatever has come meanwhile; or keeps it."""

    intent_type = "BambuVirtualPrinterConfirmDiscard"
    right = Right.WORK
    description = "Answers the question whether to delete a 3D print file"
    slot_schema = {
        vol.Required(SLOT_CONFIRMED): bool,
        vol.Optional(SLOT_UPLOAD): intent.non_empty_string,
    }

    def __init__(self, confirmations: Confirmations) -> None:
        """Keep the questions."""
        self._confirmations = confirmations

    @override
    async def answer(
        self, exposed: Exposed, slots: dict[str, Any], asked: intent.Intent
    ) -> str:
        """Discard, if that was confirmed."""
        texts = exposed.texts
        question = self._confirmations.answered(asked)
        if question is None:
            raise _NotMeantError(texts("voice_nothing_to_confirm"))
        if not slots[SLOT_CONFIRMED]:
            return texts("voice_kept", name=question.name)
        if said := slots.get(SLOT_UPLOAD):
            named = await find_upload(exposed.hub, said)
            if named.id != question.upload_id:
                raise _NotMeantError(
                    texts("voice_asked_about_another", name=question.name)
                )
        outcome = await exposed.hub.review.discard(question.upload_id)
        return _already(texts, outcome) or texts("voice_discarded", name=outcome.name)


class JobsIntent(PrintsIntent):
    """An intent that puts something into the print queue, or changes what is there."""

    @override
    def is_exposed(self, exposed: Exposed) -> bool:
        """Act on the queue."""
        return exposed.jobs


class QueueJobIntent(JobsIntent):
    """An intent about a job of the print queue, by its name."""

    slot_schema = {vol.Required(SLOT_JOB): intent.non_empty_string}


class StartIntent(QueueJobIntent):
    """Starts a job of the print queue."""

    intent_type = "BambuVirtualPrinterStartJob"
    right = Right.DECIDE
    description = "Marks a job of the print queue to begin as soon as its printer can"

    @override
    async def answer(
        self, exposed: Exposed, slots: dict[str, Any], asked: intent.Intent
    ) -> str:
        """Start."""
        queue = exposed.hub.queue
        found = await find_job(exposed.hub, slots[SLOT_JOB])
        job = await queue.do(JobAction.START, found.id)
        return _sentences(
            exposed.texts("voice_started", name=job.title),
            _why(exposed, job),
        )


class CompleteIntent(QueueJobIntent):
    """Says that a job was printed, or one more of its copies."""

    intent_type = "BambuVirtualPrinterCompleteJob"
    right = Right.WORK
    description = "Marks a job of the print queue as printed"

    @override
    async def answer(
        self, exposed: Exposed, slots: dict[str, Any], asked: intent.Intent
    ) -> str:
        """Complete."""
        found = await find_job(exposed.hub, slots[SLOT_JOB])
        job = await exposed.hub.queue.do(JobAction.COMPLETE, found.id)
        texts = exposed.texts
        if job.copies_left:
            return texts(
                "voice_copies_printed",
                name=job.title,
                printed=job.copies_printed,
                copies=job.copies,
            )
        return texts("voice_printed", name=job.title)


class FailIntent(QueueJobIntent):
    """Says that a job failed."""

    intent_type = "BambuVirtualPrinterFailJob"
    right = Right.WORK
    description = "Marks a job of the print queue as failed"

    @override
    async def answer(
        self, exposed: Exposed, slots: dict[str, Any], asked: intent.Intent
    ) -> str:
        """Fail."""
        hub = exposed.hub
        found = await find_job(hub, slots[SLOT_JOB])
        job = await hub.queue.fail(found.id, hub.texts("failed_by_voice"))
        return exposed.texts("voice_failed", name=job.title)


class PrintAgainIntent(JobsIntent):
    """Puts an archived file into the print queue once more."""

    intent_type = "BambuVirtualPrinterPrintAgain"
    right = Right.DECIDE
    description = "Puts an archived 3D print file into the print queue once more"
    slot_schema = {vol.Required(SLOT_ARCHIVE): intent.non_empty_string}

    @override
    async def answer(
        self, exposed: Exposed, slots: dict[str, Any], asked: intent.Intent
    ) -> str:
        """Queue."""
        hub = exposed.hub
        archive = await find_archive(hub, slots[SLOT_ARCHIVE])
        jobs = await hub.queue.add(archive.id, NO_CHANGES)
        return _sentences(
            exposed.texts("voice_queued", name=archive.name),
            *(_why(exposed, job) for job in jobs[:1]),
        )


async def _upload_and_target(
    hub: Hub, said: str, printer: str | None
) -> tuple[Upload, SpokenTarget | None]:
    """Find what to print, and where. Raises SpokenNameError, HomeAssistantError."""
    if printer is None:
        return await find_upload(hub, said), None
    try:
        target = find_target(shown_machines(hub.hass, hub.entry), printer)
    except UnknownNameError as unknown:
        # "The stand for the phone" names no printer.
        try:
            upload = await find_upload(hub, f"{said} {printer}")
        except SpokenNameError:
            raise unknown from None
        if likeness(printer, upload.name) < ALIKE:
            raise
        return upload, None
    return await find_upload(hub, said), target


async def _uploads_told(exposed: Exposed) -> str:
    hub = exposed.hub
    page = await hub.review.pending(printer_id=None, limit=MAX_SPOKEN, cursor=None)
    names = [upload.name for upload in page.uploads]
    if not names:
        return exposed.texts(_NOTHING[Kind.UPLOAD])
    count = len(names)
    if page.cursor is not None:
        count = len(await hub.review.all_ids(printer_id=None))
    listed = _listed(exposed.texts, names, count)
    return exposed.texts.count("voice_uploads", count, names=listed)


async def _queue_told(exposed: Exposed) -> str:
    jobs = await exposed.hub.queue.queued_jobs()
    if not jobs:
        return exposed.texts(_NOTHING[Kind.JOB])
    names = [job.title for job in jobs[:MAX_SPOKEN]]
    told = exposed.texts.count(
        "voice_jobs", len(jobs), names=_listed(exposed.texts, names, len(jobs))
    )
    reason = _why(exposed, jobs[0])
    if len(jobs) == 1 or not reason:
        return _sentences(told, reason)
    return _sentences(told, exposed.texts("voice_next", name=jobs[0].title), reason)


def _ask_back(texts: Texts, err: SpokenNameError) -> str:
    """Say what there is to choose from."""
    names = err.names[:MAX_SPOKEN]
    if isinstance(err, AmbiguousNameError):
        return texts(
            "voice_which", names=_listed(texts, names, len(err.names), is_choice=True)
        )
    # Models there are always.
    if not names:
        return texts(_NOTHING[err.kind])
    return _sentences(
        texts(_UNKNOWN[err.kind], said=err.said),
        texts.count(
            "voice_there_are",
            len(err.names),
            names=_listed(texts, names, len(err.names)),
        ),
    )


def _already(texts: Texts, outcome: Outcome) -> str | None:
    """Say that it was decided before; None if it was not."""
    if outcome.result is Result.DONE:
        return None
    return texts(_ALREADY[outcome.state], name=outcome.name)


def _received(texts: Texts, upload: Upload) -> str:
    """Say when an upload came."""
    received = upload.file.received_at
    if dt_util.as_local(received).date() == dt_util.now().date():
        return texts("voice_received_today", time=texts.time(received))
    return texts("voice_received", date=texts.date(received))


def _listed(
    texts: Texts, names: Sequence[str], count: int, *, is_choice: bool = False
) -> str:
    """List names; `count` is how many there are."""
    if count > len(names):
        key = "voice_or_more" if is_choice else "voice_and_more"
        return texts(key, names=texts.listed(names), count=count - len(names))
    if len(names) == 1:
        return names[0]
    key = "voice_or" if is_choice else "voice_and"
    return texts(key, names=texts.listed(names[:-1]), last=names[-1])


def _why(exposed: Exposed, job: Job) -> str:
    """Say in a sentence why a job has not begun; empty when it has."""
    wording = replace(exposed.hub.wording, texts=exposed.texts)
    reason = waiting_text(job, wording)
    return f"{reason.rstrip('.')}." if reason else ""


def _sentences(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
