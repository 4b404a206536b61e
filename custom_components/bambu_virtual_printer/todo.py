"""To-do lists: pending uploads, and the print queue."""

from typing import override

from homeassistant.components.todo import (
    TodoItem,
    TodoItemStatus,
    TodoListEntity,
    TodoListEntityFeature,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .actor import acting
from .const import DOMAIN
from .entity import HubEntity
from .hub import Hub, HubConfigEntry
from .plans import NO_CHANGES
from .presentation import job_text, upload_text
from .print_queue import JobAction
from .review import NO_NOTES, Notes
from .times import utc

PARALLEL_UPDATES = 1

PENDING = EntityDescription(key="pending_uploads", translation_key="pending_uploads")
QUEUE = EntityDescription(key="print_queue", translation_key="print_queue")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add both lists."""
    hub = entry.runtime_data
    async_add_entities([PendingList(hub), QueueList(hub)])


class PendingList(HubEntity, TodoListEntity):
    """Pending uploads, oldest first: ticking one off approves it, deleting it discards it. They can be renamed."""

    _attr_supported_features = (
        TodoListEntityFeature.UPDATE_TODO_ITEM
        | TodoListEntityFeature.DELETE_TODO_ITEM
        | TodoListEntityFeature.SET_DESCRIPTION_ON_ITEM
    )

    def __init__(self, hub: Hub) -> None:
        """Belong to the hub."""
        super().__init__(hub, PENDING)

    @property
    @override
    def todo_items(self) -> list[TodoItem]:
        """Read the hub."""
        return [
            TodoItem(
                uid=upload.id,
                summary=upload.name,
                status=TodoItemStatus.NEEDS_ACTION,
                description=upload_text(upload, self.hass.config.currency),
            )
            for upload in reversed(self.hub.pending)
        ]

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Archive what was ticked off; rename what was given another name."""
        assert item.uid
        old = next((one for one in self.todo_items if one.uid == item.uid), None)
        notes = NO_NOTES
        if old and old.summary != item.summary:
            notes = Notes(name=item.summary)
        if item.status == TodoItemStatus.COMPLETED:
            # What the description says may have changed since a person saw it; that is no reason against the tick.
            with acting(self._context):
                await self.hub.review.approve(item.uid, to_queue=False, notes=notes)
            return
        if old and old.description != item.description:
            raise _not_editable("pending_not_editable")
        if notes is not NO_NOTES:
            with acting(self._context):
                await self.hub.review.edit(item.uid, notes, NO_CHANGES)

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        """Discard."""
        with acting(self._context):
            for upload_id in uids:
                await self.hub.review.discard(upload_id)


class QueueList(HubEntity, TodoListEntity):
    """The jobs in line in their order: ticking starts one, dragging moves it, its due time schedules it."""

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
    def todo_items(self) -> list[TodoItem]:
        """Read the hub."""
        targets = self.hub.target_names
        return [
            TodoItem(
                uid=job.id,
                summary=job.title,
                status=TodoItemStatus.NEEDS_ACTION,
                due=dt_util.as_local(job.not_before) if job.not_before else None,
                description=job_text(job, self.hass.config.currency, targets),
            )
            for job in self.hub.line
        ]

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Start what was ticked off; schedule what was given another time."""
        assert item.uid
        if item.status == TodoItemStatus.COMPLETED:
            with acting(self._context):
                await self.hub.queue.do(JobAction.START, item.uid)
            return
        old = next((one for one in self.todo_items if one.uid == item.uid), None)
        is_same_time = old is not None and old.due == item.due
        # What the description says of the job may have changed since a person saw it, and comes back with a new time.
        if old and (
            old.summary != item.summary
            or (is_same_time and old.description != item.description)
        ):
            raise _not_editable("job_not_editable")
        if not is_same_time:
            with acting(self._context):
                await self.hub.queue.edit(
                    item.uid, not_before=utc(item.due) if item.due else None
                )

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        """Cancel."""
        with acting(self._context):
            for job_id in uids:
                await self.hub.queue.do(JobAction.CANCEL, job_id)

    @override
    async def async_move_todo_item(
        self, uid: str, previous_uid: str | None = None
    ) -> None:
        """Move behind another job, or to the front."""
        await self.hub.queue.move_after(uid, previous_uid)


def _not_editable(translation_key: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=translation_key
    )
