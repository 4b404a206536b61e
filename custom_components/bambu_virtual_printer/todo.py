"""To-do lists: pending uploads, and the print queue."""

from abc import abstractmethod
from collections import deque
from dataclasses import replace
from typing import override

from homeassistant.components.todo import (
    TodoItem,
    TodoItemStatus,
    TodoListEntity,
    TodoListEntityFeature,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .engine.library.values.job import Job
from .engine.library.values.records import Upload
from .entity import HubEntity
from .hub import Hub, HubConfigEntry
from .operations.context import acting, asking
from .operations.pending import NO_NOTES
from .operations.permissions import Right, Thing
from .operations.plans import NO_CHANGES
from .operations.queue import JOB_RIGHTS, JobAction
from .operations.times import deadline
from .presentation import (
    Wording,
    as_markdown,
    html_link,
    job_text,
    job_title,
    may_start_again,
    page_link,
    panel_url,
    upload_text,
)

PARALLEL_UPDATES = 1

PENDING = EntityDescription(key="pending_uploads", translation_key="pending_uploads")
QUEUE = EntityDescription(key="print_queue", translation_key="print_queue")


MAX_REMEMBERED = 8
"""First lines of one description that are known again; a dialog is not open for longer."""
STARTED = ".started."


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add both lists."""
    hub = entry.runtime_data
    async_add_entities([PendingList(hub), QueueList(hub)])


class HubList(HubEntity, TodoListEntity):
    """A list of the hub. Its items are described only for those who look: there may be thousands, and they change often."""

    @property
    @abstractmethod
    def number(self) -> int:
        """How many items there are; all of them are still to be done."""

    @property
    @override
    def state(self) -> int:
        """Count without describing."""
        return self.number

    @callback
    @override
    def _async_write_ha_state(self) -> None:
        # Where a Home Assistant keeps them by another name, everything is described as always.
        if getattr(self, "_update_listeners", True):
            super()._async_write_ha_state()
            return
        # Whoever looks next gets the list as it is then, and is to be told of everything from there on.
        self._last_broadcast_items = None
        super(TodoListEntity, self)._async_write_ha_state()


class PendingList(HubList):
    """Pending uploads, oldest first: ticking one off approves it, deleting it discards it.

    They can be renamed, and their notes written: what is added to a description.
    """

    _attr_supported_features = (
        TodoListEntityFeature.UPDATE_TODO_ITEM
        | TodoListEntityFeature.DELETE_TODO_ITEM
        | TodoListEntityFeature.SET_DESCRIPTION_ON_ITEM
    )

    def __init__(self, hub: Hub) -> None:
        """Belong to the hub."""
        super().__init__(hub, PENDING)
        self._facts: dict[str, deque[str]] = {}

    @property
    @override
    def number(self) -> int:
        """Count the uploads that are listed."""
        return len(self.hub.coordinator.data.pending)

    @property
    @override
    def todo_items(self) -> list[TodoItem]:
        """Read the hub."""
        pending = {upload.id for upload in self.hub.coordinator.data.pending}
        self._facts = {
            upload_id: told
            for upload_id, told in self._facts.items()
            if upload_id in pending
        }
        wording = self.hub.wording
        return [
            TodoItem(
                uid=upload.id,
                summary=upload.name,
                status=TodoItemStatus.NEEDS_ACTION,
                description="\n\n".join(
                    filter(
                        None,
                        (self._describe(upload, wording), upload.annotations.notes),
                    )
                ),
            )
            for upload in reversed(self.hub.coordinator.data.pending)
        ]

    def _describe(self, upload: Upload, wording: Wording) -> str:
        """Return the first line of a description, which is not a person's, and remember it to know it again."""
        text = _linked(
            self.hub,
            upload_text(upload, wording, with_notes=False),
            upload,
        )
        told = self._facts.setdefault(upload.id, deque(maxlen=MAX_REMEMBERED))
        if text not in told:
            told.append(text)
        return text

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Archive what was ticked off; rename what was given another name; keep as notes what was written below."""
        assert item.uid
        old = next((one for one in self.todo_items if one.uid == item.uid), None)
        notes = NO_NOTES
        if old and old.summary != item.summary:
            notes = replace(notes, name=item.summary)
        if old and old.description != item.description:
            notes = replace(
                notes, notes=self._notes_in(item.uid, item.description or "")
            )
        is_done = item.status == TodoItemStatus.COMPLETED
        with acting(self._context):
            await self.hub.permissions.require(Right.DECIDE if is_done else Right.WORK)
            if is_done:
                await self.hub.review.approve(item.uid, to_queue=False, notes=notes)
            elif notes != NO_NOTES:
                await self.hub.review.edit(item.uid, notes, NO_CHANGES)

    def _notes_in(self, upload_id: str, description: str) -> str:
        """Return what a person wrote into a description: all but the facts, as they are or were when it was opened."""
        for facts in self._facts.get(upload_id, ()):
            description = description.replace(facts, "")
        return description.strip()

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        """Discard."""
        with acting(self._context):
            await self.hub.permissions.require(Right.WORK)
            for upload_id in uids:
                await self.hub.review.discard(upload_id)


class QueueList(HubList):
    """The jobs in the queue in their order. Ticking one starts it, ticking a started one says that it was printed.

    Dragging moves a job, deleting cancels it, and its due time is when it should be done.
    """

    _attr_supported_features = (
        TodoListEntityFeature.UPDATE_TODO_ITEM
        | TodoListEntityFeature.DELETE_TODO_ITEM
        | TodoListEntityFeature.MOVE_TODO_ITEM
        | TodoListEntityFeature.SET_DUE_DATE_ON_ITEM
        | TodoListEntityFeature.SET_DUE_DATETIME_ON_ITEM
        | TodoListEntityFeature.SET_DESCRIPTION_ON_ITEM
    )

    def __init__(self, hub: Hub) -> None:
        """Belong to the hub."""
        super().__init__(hub, QUEUE)

    @property
    @override
    def number(self) -> int:
        """Count the jobs that are listed."""
        return len(self.hub.coordinator.data.queued_jobs)

    @property
    @override
    def todo_items(self) -> list[TodoItem]:
        """Read the hub."""
        wording = self.hub.wording
        return [
            self._item(job, wording) for job in self.hub.coordinator.data.queued_jobs
        ]

    def _item(self, job: Job, wording: Wording) -> TodoItem:
        # What came to nothing is started by a tick, and was not printed.
        is_started = job.state.is_started and not may_start_again(job, wording)
        return TodoItem(
            uid=_uid(job, is_started=is_started),
            summary=job_title(job, wording.texts, is_marked=is_started),
            status=TodoItemStatus.NEEDS_ACTION,
            due=dt_util.as_local(job.due) if job.due else None,
            description=_linked(self.hub, job_text(job, wording, with_due=False), job),
        )

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Start or complete what was ticked off; give it another time to be done by."""
        assert item.uid
        old = next((one for one in self.todo_items if one.uid == item.uid), None)
        if item.status == TodoItemStatus.COMPLETED:
            with acting(self._context):
                await self._tick(item.uid)
            return
        is_same_time = old is not None and old.due == item.due
        # What the description says of the job may have changed since a person saw it, and comes back with a new time.
        if old and (
            old.summary != item.summary
            or (is_same_time and old.description != item.description)
        ):
            raise _not_editable("job_not_editable")
        if not is_same_time:
            with acting(self._context):
                await self.hub.permissions.require(Right.DECIDE)
                await self.hub.queue.edit(
                    _job_id(item.uid), due=deadline(item.due) if item.due else None
                )

    async def _tick(self, uid: str) -> None:
        """Do what the item said that the person saw: a second tick on one starts it once, and notes one copy."""
        job_id = _job_id(uid)
        seen_copies = _seen_copies(uid)
        if seen_copies is None:
            await self.hub.permissions.require(JOB_RIGHTS[JobAction.START])
            await self.hub.queue.do(JobAction.START, job_id)
        else:
            await self.hub.permissions.require(JOB_RIGHTS[JobAction.COMPLETE])
            await self.hub.queue.complete_seen(job_id, seen_copies)

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        """Cancel."""
        with acting(self._context):
            await self.hub.permissions.require(Right.WORK)
            for uid in uids:
                await self.hub.orders.cancel(_job_id(uid))

    @override
    async def async_move_todo_item(
        self, uid: str, previous_uid: str | None = None
    ) -> None:
        """Move behind another job, or to the front. Home Assistant does not say who does, but the connection is known."""
        previous_id = None if previous_uid is None else _job_id(previous_uid)
        with asking():
            await self.hub.permissions.require(Right.WORK)
            await self.hub.queue.move_after(_job_id(uid), previous_id)


def _linked(hub: Hub, text: str, thing: Upload | Job) -> str:
    """Return a description, which cards show as Markdown, with links to its page and, where everybody may have that, to the file.

    Home Assistant asks for the list without saying who looks; the page knows.
    """
    page = panel_url("queue" if isinstance(thing, Job) else "inbox", thing.id)
    text = f"{as_markdown(text)} · {page_link(page, hub.texts('open'))}"
    if not hub.permissions.is_for_all(Thing.of(thing).person):
        return text
    item_id = thing.archive_id if isinstance(thing, Job) else thing.id
    path = hub.links.async_download(item_id)
    return f"{text} · {html_link(path, hub.texts('download'))}"


def _uid(job: Job, *, is_started: bool) -> str:
    """Name a job in the list. A started one is another item, so that cards show it with an empty box again."""
    if is_started:
        return f"{job.id}{STARTED}{job.copies_printed}"
    return job.id


def _job_id(uid: str) -> str:
    return uid.partition(STARTED)[0]


def _seen_copies(uid: str) -> int | None:
    """Return how many copies of a started job were printed when its item was shown; None of what was not started."""
    _, is_started, copies = uid.partition(STARTED)
    return int(copies) if is_started else None


def _not_editable(translation_key: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=translation_key
    )
