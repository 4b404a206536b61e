"""Tools for voice assistants and language models: what waits, approve, discard, start.

They are there for an assistant that the lists of pending uploads and of the print queue are exposed to. Things are named
as people say them; what is destructive asks back before anything happens.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, override

import voluptuous as vol

from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
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

from .const import DOMAIN
from .engine.library.values.records import Upload
from .hub import Hub
from .operations.context import acting
from .operations.permissions import Right
from .operations.plans import PlanChanges
from .operations.queue import JobAction
from .operations.targets import shown_machines
from .presentation import job_failure_text, job_text, panel_url, upload_text
from .voice.exposure import async_exposed
from .voice.spoken_names import (
    AmbiguousNameError,
    Kind,
    UnknownNameError,
    find_job,
    find_target,
    find_upload,
)

MAX_TOLD = 20
"""Uploads and jobs in one answer; more would only fill the model's context."""

ATTR_NAME = "name"
ATTR_DESTINATION = "destination"
ATTR_COPIES = "copies"
ATTR_PRINTER = "printer"
ATTR_CONFIRMED_ID = "confirmed_upload_id"
TO_ARCHIVE = "archive"
TO_QUEUE = "queue"

_UNKNOWN = {
    Kind.UPLOAD: "Nothing like {} is waiting.",
    Kind.JOB: "Nothing like {} is waiting.",
    Kind.ARCHIVE: "Nothing like {} is in the archive.",
    Kind.PRINTER: "There is no printer and no model like {}.",
}


@callback
def async_get_tools(
    hass: HomeAssistant, llm_context: LLMContext, api_id: str
) -> LLMTools | None:
    """Return the tools, as far as the lists they are about are exposed."""
    if api_id != LLM_API_ASSIST:
        return None
    if (exposed := async_exposed(hass, llm_context.assistant)) is None:
        return None
    hub = exposed.hub
    tools: list[Tool] = []
    if exposed.uploads or exposed.jobs:
        tools.append(WaitingTool(hub, uploads=exposed.uploads, jobs=exposed.jobs))
    if exposed.uploads:
        tools += [ApproveTool(hub), DiscardTool(hub)]
    if exposed.jobs:
        tools.append(StartTool(hub))
    return LLMTools(tools=tools) if tools else None


class HubTool(Tool):
    """A tool that asks the hub."""

    integration = DOMAIN
    right: Right
    """What the user has to be allowed."""

    def __init__(self, hub: Hub) -> None:
        """Keep the hub."""
        self.hub = hub

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Run the tool; errors become its answer."""
        data = self.parameters(tool_input.tool_args)
        try:
            with acting(llm_context.context):
                await self.hub.permissions.require(self.right)
                return await self.run(data)
        except AmbiguousNameError as err:
            return _problem(
                "Several could be meant; ask which one.", could_be=err.names
            )
        except UnknownNameError as err:
            return _problem(_UNKNOWN[err.kind].format(err.said), there_is=err.names)
        except HomeAssistantError as err:
            return _problem(str(err))

    @abstractmethod
    async def run(self, data: dict[str, Any]) -> ToolResult:
        """Do it. Raises SpokenNameError, HomeAssistantError."""


class WaitingTool(HubTool):
    """Tells what is pending and what is in the queue, with the reasons."""

    name = f"{DOMAIN}__what_is_waiting"
    title = "List waiting 3D prints"
    right = Right.SEE
    annotations = ToolAnnotations(
        read_only=True, destructive=False, idempotent=True, open_world=False
    )

    def __init__(self, hub: Hub, *, uploads: bool, jobs: bool) -> None:
        """Describe uploads, jobs, or both."""
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
                    "details": upload_text(upload, self.hub.wording),
                    "link": panel_url("inbox", upload.id),
                }
                for upload in page.uploads
            ]
            told["waiting_for_approval_count"] = len(
                page.uploads
                if page.cursor is None
                else await self.hub.review.all_ids(printer_id=None)
            )
        if self._jobs:
            jobs = await self.hub.queue.queued_jobs()
            told["print_queue"] = [
                {
                    "name": job.title,
                    "position": job.position,
                    "state": job.state.value,
                    "details": job_text(job, self.hub.wording),
                    "link": panel_url("queue", job.id),
                }
                for job in jobs[:MAX_TOLD]
            ]
            told["print_queue_count"] = len(jobs)
        return ToolResult(data=told)


class ApproveTool(HubTool):
    """Approves a pending upload by its name."""

    name = f"{DOMAIN}__approve_upload"
    title = "Approve a 3D print file"
    right = Right.DECIDE
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
            vol.Optional(
                ATTR_PRINTER,
                description="For the queue: a real printer's name, or a printer model for any printer of that model, as the"
                " user said it. Leave it out when the user did not say any.",
            ): str,
        }
    )

    @override
    async def run(self, data: dict[str, Any]) -> ToolResult:
        """Approve."""
        found = await find_upload(self.hub, data[ATTR_NAME])
        target = None
        if said := data.get(ATTR_PRINTER):
            target = find_target(shown_machines(self.hub.hass, self.hub.entry), said)
        outcome = await self.hub.review.approve(
            found.id,
            to_queue=data[ATTR_DESTINATION] == TO_QUEUE,
            plan=PlanChanges(
                target=target.target if target else None, copies=data.get(ATTR_COPIES)
            ),
        )
        told: JsonObjectType = {
            "result": outcome.result.value,
            "name": outcome.name,
            "state": outcome.state.value,
            "jobs": [
                {
                    "name": job.title,
                    "details": job_text(job, self.hub.wording),
                    "link": panel_url("queue", job.id),
                }
                for job in outcome.jobs
            ],
        }
        if target and outcome.jobs:
            told["printer"] = target.name.text(self.hub.texts)
        return ToolResult(data=told)


class DiscardTool(HubTool):
    """Discards a pending upload by its name, when it was asked for twice."""

    name = f"{DOMAIN}__discard_upload"
    title = "Discard a 3D print file"
    right = Right.WORK
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
        found = await find_upload(self.hub, data[ATTR_NAME])
        return ToolResult(
            data={
                "result": "confirmation_needed",
                "ask_the_user": f"Delete {found.name}, received {_local(found)}?",
                "details": upload_text(found, self.hub.wording),
                "link": panel_url("inbox", found.id),
                ATTR_CONFIRMED_ID: found.id,
            }
        )


class StartTool(HubTool):
    """Starts a job of the print queue by its name."""

    name = f"{DOMAIN}__start_job"
    title = "Start a print job"
    right = Right.DECIDE
    description = "Marks a job of the print queue to begin as soon as its printer can, by its name as the user said it."
    # A job starts once; saying so again changes nothing.
    annotations = ToolAnnotations(destructive=False, idempotent=True, open_world=False)
    parameters = vol.Schema({vol.Required(ATTR_NAME): str})

    @override
    async def run(self, data: dict[str, Any]) -> ToolResult:
        """Start."""
        found = await find_job(self.hub, data[ATTR_NAME])
        job = await self.hub.queue.do(JobAction.START, found.id)
        return ToolResult(
            data={
                "name": job.title,
                "state": job.state.value,
                "details": job_failure_text(job, self.hub.texts)
                or job_text(job, self.hub.wording),
                "link": panel_url("queue", job.id),
            }
        )


def _local(upload: Upload) -> str:
    return f"{dt_util.as_local(upload.file.received_at):%Y-%m-%d %H:%M}"


def _problem(reason: str, **more: Sequence[str]) -> ToolResult:
    data: JsonObjectType = {"error": reason}
    for key, names in more.items():
        data[key] = list(names[:MAX_TOLD])
    return ToolResult(data=data, error=True)
