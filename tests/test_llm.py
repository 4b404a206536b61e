"""The tools of language models, through Home Assistant's own Assist API."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from tests.support.home_assistant import AddPrinter, Call, Send, SentFile

TOOLS = {
    f"{DOMAIN}__{name}"
    for name in ("what_is_waiting", "approve_upload", "discard_upload", "start_job")
}


@pytest.fixture
async def tools(hass: HomeAssistant, hub: Hub) -> Callable[..., Any]:
    """Ask for the tools as an assistant does."""
    assert await async_setup_component(hass, "llm", {})

    async def _tools() -> dict[str, llm.Tool]:
        context = llm.LLMContext(
            platform="test",
            context=Context(),
            language="en",
            assistant="conversation",
            device_id=None,
        )
        api = await llm.async_get_api(hass, llm.LLM_API_ASSIST, context)
        return {tool.name: tool for tool in api.tools if tool.name.startswith(DOMAIN)}

    return _tools


@pytest.fixture
def use(hass: HomeAssistant, tools: Callable[..., Any]) -> Callable[..., Any]:
    """Use a tool; returns its data and whether that is an error."""

    async def _use(tool_name: str, /, **args: Any) -> tuple[dict[str, Any], bool]:
        tool = (await tools())[f"{DOMAIN}__{tool_name}"]
        context = llm.LLMContext("test", Context(), "en", "conversation", None)
        result = await tool.async_call(hass, llm.ToolInput(tool.name, args), context)
        await hass.async_block_till_done()
        return result.data, result.error

    return _use


@pytest.fixture
async def pending(
    add_printer: AddPrinter, send: Send, sliced_file: Callable[..., SentFile]
) -> ManagedPrinter:
    """Three uploads that wait: a benchy, a gift box and its lid."""
    printer = await add_printer("Review", mode="review")
    for number, title in enumerate(("3DBenchy", "Gift box", "Gift box lid")):
        await send(printer, sliced_file(f"{title}.gcode.3mf", title=title, seed=number))
    return printer


async def test_tools_are_there_for_what_is_exposed(
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    tools: Callable[..., Any],
    entity_id: Callable[..., str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    lists = [entity_id("todo", hub, key) for key in ("pending_uploads", "print_queue")]
    for entity in lists:
        async_expose_entity(hass, "conversation", entity, True)
    found = await tools()
    assert found.keys() == TOOLS
    assert all(tool.title and tool.description for tool in found.values())
    assert found[f"{DOMAIN}__what_is_waiting"].annotations.read_only
    assert found[f"{DOMAIN}__discard_upload"].annotations.destructive
    async_expose_entity(hass, "conversation", lists[0], False)
    assert (await tools()).keys() == {
        f"{DOMAIN}__what_is_waiting",
        f"{DOMAIN}__start_job",
    }
    async_expose_entity(hass, "conversation", lists[1], False)
    assert await tools() == {}
    async_expose_entity(hass, "conversation", lists[1], True)
    await hass.config_entries.async_unload(entry.entry_id)
    assert await tools() == {}
    assert "llm" not in caplog.text.lower() or "deprecated" not in caplog.text.lower()


async def test_what_is_waiting_and_why(
    pending: ManagedPrinter, use: Callable[..., Any], call: Call, hub: Hub
) -> None:
    await use("approve_upload", name="benchy", destination="queue")
    told, error = await use("what_is_waiting")
    assert not error
    assert [one["name"] for one in told["waiting_for_approval"]] == [
        "Gift box lid",
        "Gift box",
    ]
    assert "Review, from 127.0.0.1" in told["waiting_for_approval"][0]["details"]
    newest = hub.coordinator.data.pending[0]
    assert f"/bambu-prints/inbox/{newest.id}" in [
        one["link"] for one in told["waiting_for_approval"]
    ]
    (job,) = told["print_queue"]
    assert (job["name"], job["position"]) == ("3DBenchy", 1)
    assert "On hold" in job["details"]
    assert job["link"] == (
        f"/bambu-prints/queue/{hub.coordinator.data.queued_jobs[0].id}"
    )


@pytest.mark.parametrize("said", ["benchy", "Benchi", "3d benchy", "3DBenchy"])
async def test_an_upload_is_queued_by_what_people_call_it(
    pending: ManagedPrinter, use: Callable[..., Any], call: Call, said: str
) -> None:
    told, error = await use("approve_upload", name=said, destination="queue", copies=2)
    assert not error
    assert (told["result"], told["name"], told["state"]) == (
        "done",
        "3DBenchy",
        "queued",
    )
    (job,) = (await call("list_queue"))["jobs"]
    assert job["copies"] == 2


async def test_an_upload_is_queued_for_the_printer_people_name(
    pending: ManagedPrinter, use: Callable[..., Any], call: Call
) -> None:
    benchy = {"name": "benchy", "destination": "queue"}
    told, error = await use("approve_upload", printer="the submarine", **benchy)
    assert error
    assert told["error"] == "There is no printer and no model like submarine."
    assert "X1C" in told["there_is"]
    told, error = await use("approve_upload", printer="H2", **benchy)
    assert error
    assert {"H2D", "H2S"} <= set(told["could_be"])
    told, error = await use("approve_upload", printer="an X1 carbon", **benchy)
    assert not error
    assert (told["name"], told["printer"]) == ("3DBenchy", "any X1C")
    (job,) = (await call("list_queue"))["jobs"]
    assert job["target"] == "BL-P001"


async def test_the_very_name_wins_over_a_longer_one(
    pending: ManagedPrinter, use: Callable[..., Any], call: Call
) -> None:
    told, error = await use("approve_upload", name="gift box", destination="archive")
    assert (told["name"], error) == ("Gift box", False)
    assert (await call("list_queue"))["jobs"] == []


async def test_what_is_not_clear_is_asked_back(
    pending: ManagedPrinter, use: Callable[..., Any], call: Call
) -> None:
    told, error = await use("approve_upload", name="gift", destination="queue")
    assert error
    assert told["could_be"] == ["Gift box", "Gift box lid"]
    told, error = await use("approve_upload", name="dinosaur", destination="queue")
    assert error
    assert told["there_is"] == ["3DBenchy", "Gift box", "Gift box lid"]
    assert len((await call("list_pending"))["uploads"]) == 3


async def test_discarding_asks_back_before_anything_is_gone(
    pending: ManagedPrinter, use: Callable[..., Any], call: Call
) -> None:
    asked, error = await use("discard_upload", name="benchy")
    assert not error
    assert asked["result"] == "confirmation_needed"
    assert "3DBenchy" in asked["ask_the_user"]
    assert len((await call("list_pending"))["uploads"]) == 3
    confirmed = {"confirmed_upload_id": asked["confirmed_upload_id"]}
    done, error = await use("discard_upload", name="benchy", **confirmed)
    assert (done["result"], done["state"], error) == ("done", "discarded", False)
    again, error = await use("discard_upload", name="benchy", **confirmed)
    assert (again["result"], error) == ("already_processed", False)
    made_up, error = await use(
        "discard_upload", name="x", confirmed_upload_id="01KAPWZ3V8X4M2T9C6B5N7Q1RD"
    )
    assert error
    assert "01KAPWZ3V8X4M2T9C6B5N7Q1RD" in made_up["error"]
    assert len((await call("list_pending"))["uploads"]) == 2


async def test_a_job_is_started_by_its_name(
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    use: Callable[..., Any],
    call: Call,
) -> None:
    printer = await add_printer("Farm", mode="queue")
    await send(printer, sliced_file("Box.gcode.3mf", title="Box", plates=2))
    told, error = await use("start_job", name="box plate 2")
    assert (told["name"], told["state"], error) == ("Box - Plate 2", "waiting", False)
    told, error = await use("start_job", name="box")
    assert error
    assert told["could_be"] == ["Box - Plate 1", "Box - Plate 2"]
