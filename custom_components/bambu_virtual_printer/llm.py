"""Tools for voice assistants and language models: what waits, approve, discard, start.

They are there for an assistant that the lists of pending uploads and of the print queue are exposed to. Things are named
as people say them; what is destructive asks back before anything happens.
"""

from abc import abstractmethod
from collections.abc import Sequence
from difflib import SequenceMatcher
import re
from typing import Any, Protocol, override

import voluptuous as vol

from homeassistant.components.homeassistant import async_should_expose
from homeassistant.components.llm import LLMTools
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from .actor import acting
from .const import DOMAIN
from .hub import Hub, HubConfigEntry
from .library.job import Job
from .library.records import Upload
from .plans import NO_CHANGES, PlanChanges
from .presentation import job_text, upload_text
from .print_queue import JobAction
from .todo import PENDING, QUEUE

MAX_TOLD = 20
"""Uploads and jobs that are told at once; a model reads no more with profit."""

ALIKE = 0.6
"""How much a name has to be like what was said: 1 is the very same."""
AS_ALIKE = 0.05
"""What lies closer together than this cannot be told apart."""

ATTR_NAME = "name"
ATTR_DESTINATION = "destination"
ATTR_COPIES = "copies"
ATTR_CONFIRMED_ID = "confirmed_upload_id"
TO_ARCHIVE = "archive"
TO_QUEUE = "queue"


@callback
def async_get_tools(
    hass: HomeAssistant, llm_context: LLMContext, api_id: str
) -> LLMTools | None:
    """Return the tools, as far as the lists they are about are exposed."""
    if api_id != LLM_API_ASSIST:
        return None
    entries: list[HubConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    for entry in entries:
        if entry.state is ConfigEntryState.LOADED:
            hub = entry.runtime_data
            shows_uploads = _is_exposed(hass, llm_context, hub, PENDING.key)
            shows_jobs = _is_exposed(hass, llm_context, hub, QUEUE.key)
            break
    else:
        return None
    tools: list[Tool] = []
    if shows_uploads or shows_jobs:
        tools.append(WaitingTool(hub, uploads=shows_uploads, jobs=shows_jobs))
    if shows_uploads:
        tools += [ApproveTool(hub), DiscardTool(hub)]
    if shows_jobs:
        tools.append(StartTool(hub))
    return LLMTools(tools=tools) if tools else None


def _is_exposed(
    hass: HomeAssistant, llm_context: LLMContext, hub: Hub, key: str
) -> bool:
    entity_id = er.async_get(hass).async_get_entity_id(
        Platform.TODO, DOMAIN, f"{hub.entry.entry_id}_{key}"
    )
    return entity_id is not None and async_should_expose(
        hass, llm_context.assistant, entity_id
    )


class HubTool(Tool):
    """A tool that asks the hub."""

    integration = DOMAIN

    def __init__(self, hub: Hub) -> None:
        """Keep the hub."""
        self.hub = hub

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Do it; what goes wrong is told in words."""
        data = self.parameters(tool_input.tool_args)
        try:
            with acting(llm_context.context):
                return await self.run(data)
        except HomeAssistantError as err:
            return _problem(str(err))

    @abstractmethod
    async def run(self, data: dict[str, Any]) -> ToolResult:
        """Do it. Raises HomeAssistantError."""


class WaitingTool(HubTool):
    """Tells what is pending and what is in line, with the reasons."""

    name = f"{DOMAIN}__what_is_waiting"
    title = "List waiting 3D prints"
    annotations = ToolAnnotations(
        read_only=True, destructive=False, idempotent=True, open_world=False
    )

    def __init__(self, hub: Hub, *, uploads: bool, jobs: bool) -> None:
        """Tell of uploads, of jobs, or of both."""
        super().__init__(hub)
        self._uploads = uploads
        self._jobs = jobs
        self.description = (
            "Tells which 3D print files wait for approval and which jobs are in the print queue, in their order, with the"
            " reasons they have not begun. Use this to answer 'What is waiting to be printed?'"
        )

    @override
    async def run(self, data: dict[str, Any]) -> ToolResult:
        """Look."""
        told: dict[str, Any] = {}
        if self._uploads:
            page = await self.hub.review.pending(
                printer_id=None, limit=MAX_TOLD, cursor=None
            )
            told["waiting_for_approval"] = [
                {
                    "name": upload.name,
                    "received": _local(upload),
                    "details": upload_text(upload),
                }
                for upload in page.uploads
            ]
            told["waiting_for_approval_count"] = self.hub.statistics.pending
        if self._jobs:
            line = await self.hub.queue.line(printer_id=None)
            told["print_queue"] = [
                {
                    "name": job.title,
                    "position": job.position,
                    "state": job.state.value,
                    "details": job_text(job),
                }
                for job in line[:MAX_TOLD]
            ]
            told["print_queue_count"] = len(line)
        return ToolResult(data=told)


class ApproveTool(HubTool):
    """Approves a pending upload by its name."""

    name = f"{DOMAIN}__approve_upload"
    title = "Approve a 3D print file"
    description = (
        "Approves a 3D print file that waits for approval, by its name as the user said it: keeps it in the archive, or"
        " keeps it and puts it in the print queue. Queue it when the user wants to print it."
    )
    annotations = ToolAnnotations(destructive=False, open_world=False)
    parameters = vol.Schema(
        {
            vol.Required(ATTR_NAME): str,
            vol.Required(ATTR_DESTINATION): vol.In([TO_ARCHIVE, TO_QUEUE]),
            vol.Optional(ATTR_COPIES): vol.All(int, vol.Range(min=1)),
        }
    )

    @override
    async def run(self, data: dict[str, Any]) -> ToolResult:
        """Approve."""
        found = await _pending_named(self.hub, data[ATTR_NAME])
        if isinstance(found, ToolResult):
            return found
        copies = data.get(ATTR_COPIES)
        outcome = await self.hub.review.approve(
            found.id,
            to_queue=data[ATTR_DESTINATION] == TO_QUEUE,
            plan=NO_CHANGES if copies is None else PlanChanges(copies=copies),
        )
        return ToolResult(
            data={
                "result": outcome.result.value,
                "name": outcome.name,
                "state": outcome.state.value,
                "jobs": [
                    {"name": job.title, "details": job_text(job)}
                    for job in outcome.jobs
                ],
            }
        )


class DiscardTool(HubTool):
    """Discards a pending upload by its name, when it was asked for twice."""

    name = f"{DOMAIN}__discard_upload"
    title = "Discard a 3D print file"
    description = (
        "Deletes a 3D print file that waits for approval, by its name as the user said it. The first call deletes"
        f" nothing and returns what to ask the user. Only when the user says yes, call again with {ATTR_CONFIRMED_ID}."
    )
    annotations = ToolAnnotations(destructive=True, open_world=False)
    parameters = vol.Schema(
        {
            vol.Required(ATTR_NAME): str,
            vol.Optional(
                ATTR_CONFIRMED_ID,
                description="The id that the first call returned, once the user said yes.",
            ): str,
        }
    )

    @override
    async def run(self, data: dict[str, Any]) -> ToolResult:
        """Ask, then discard."""
        # What was confirmed is the one file, whatever has come meanwhile.
        if confirmed_id := data.get(ATTR_CONFIRMED_ID):
            outcome = await self.hub.review.discard(confirmed_id)
            return ToolResult(
                data={
                    "result": outcome.result.value,
                    "name": outcome.name,
                    "state": outcome.state.value,
                }
            )
        found = await _pending_named(self.hub, data[ATTR_NAME])
        if isinstance(found, ToolResult):
            return found
        return ToolResult(
            data={
                "result": "confirmation_needed",
                "ask_the_user": f"Delete {found.name}, received {_local(found)}?",
                "details": upload_text(found),
                ATTR_CONFIRMED_ID: found.id,
            }
        )


class StartTool(HubTool):
    """Starts a job of the print queue by its name."""

    name = f"{DOMAIN}__start_job"
    title = "Start a print job"
    description = "Marks a job of the print queue to begin as soon as its printer can, by its name as the user said it."
    # A job starts once; saying so again changes nothing.
    annotations = ToolAnnotations(destructive=False, idempotent=True, open_world=False)
    parameters = vol.Schema({vol.Required(ATTR_NAME): str})

    @override
    async def run(self, data: dict[str, Any]) -> ToolResult:
        """Start."""
        line = await self.hub.queue.line(printer_id=None)
        found = _named([_NamedJob(job) for job in line], data[ATTR_NAME])
        if isinstance(found, ToolResult):
            return found
        job = await self.hub.queue.do(JobAction.START, found.job.id)
        return ToolResult(
            data={
                "name": job.title,
                "state": job.state.value,
                "details": job.error or job_text(job),
            }
        )


class _Named(Protocol):
    @property
    def name(self) -> str: ...


class _NamedJob:
    """A job, called what people are shown."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.name = job.title


async def _pending_named(hub: Hub, wanted: str) -> Upload | ToolResult:
    """Find a pending upload, the one that waits longest among those of one name."""
    uploads: list[Upload] = []
    cursor = None
    while True:
        page = await hub.review.pending(printer_id=None, limit=200, cursor=cursor)
        uploads += page.uploads
        if (cursor := page.cursor) is None:
            return _named(uploads[::-1], wanted)


def _named[Item: _Named](items: Sequence[Item], wanted: str) -> Item | ToolResult:
    """Find what is meant, the first of its name; otherwise say what there is to choose from."""
    scored = [(_likeness(wanted, item.name), item) for item in items]
    best = max((score for score, _ in scored), default=0.0)
    if best < ALIKE:
        names = list(dict.fromkeys(item.name for item in items))[:MAX_TOLD]
        return _problem(f"Nothing like {wanted} is waiting.", there_is=names)
    meant = [item for score, item in scored if score > best - AS_ALIKE]
    names = list(dict.fromkeys(item.name for item in meant))
    if len(names) > 1:
        return _problem("Several could be meant; ask which one.", could_be=names)
    return meant[0]


def _likeness(wanted: str, name: str) -> float:
    """Return how much a name is like what was said, from 0 to 1: as a whole, or word for word."""
    said, called = _words(wanted), _words(name)
    if not said or not called:
        return 0.0
    whole = _ratio(" ".join(said), " ".join(called))
    by_word = sum(max(_ratio(word, other) for other in called) for word in said)
    return max(whole, by_word / len(said) * 0.95)


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold().replace("_", " "))


def _local(upload: Upload) -> str:
    return f"{dt_util.as_local(upload.file.received_at):%Y-%m-%d %H:%M}"


def _problem(reason: str, **more: list[str]) -> ToolResult:
    data: JsonObjectType = {"error": reason}
    for key, names in more.items():
        data[key] = list(names)
    return ToolResult(data=data, error=True)
