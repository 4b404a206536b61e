"""Spoken sentences, through Home Assistant's own conversation agent."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
import shutil
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_capture_events,
)

from custom_components.bambu_virtual_printer.confirmations import VALID
from custom_components.bambu_virtual_printer.const import SUBENTRY_PRINTER
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers import ManagedPrinter
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
from homeassistant.setup import async_setup_component

from .conftest import AddPrinter, Call, Send, SentFile

SENTENCES = Path(__file__).parents[2] / "custom_sentences"

NOT_MEANT = intent.IntentResponseErrorCode.NO_VALID_TARGETS
FAILED = intent.IntentResponseErrorCode.FAILED_TO_HANDLE


@pytest.fixture
async def assist(hass: HomeAssistant, hub: Hub) -> None:
    """Assist, with the sentences copied to the configuration folder as the documentation says."""
    shutil.copytree(SENTENCES, hass.config.path("custom_sentences"))
    assert await async_setup_component(hass, "conversation", {})
    await hass.async_block_till_done()


type Say = Callable[..., Any]


@pytest.fixture
def say(hass: HomeAssistant, assist: None, expose: Callable[..., None]) -> Say:
    """Say a sentence; returns what is answered."""
    expose(uploads=True, jobs=True)

    async def _say(
        text: str, *, conversation_id: str | None = "kitchen", **more: Any
    ) -> intent.IntentResponse:
        result = await conversation.async_converse(
            hass, text, conversation_id, more.pop("context", Context()), "en", **more
        )
        await hass.async_block_till_done()
        return result.response

    return _say


def speech(response: intent.IntentResponse) -> str:
    """Return what is said."""
    said: str = response.speech["plain"]["speech"]
    return said


@pytest.fixture
def expose(
    hass: HomeAssistant, hub: Hub, entity_id: Callable[..., str]
) -> Callable[..., None]:
    """Expose the lists to Assist, or not."""

    def _expose(*, uploads: bool, jobs: bool) -> None:
        for key, exposed in (("pending_uploads", uploads), ("print_queue", jobs)):
            async_expose_entity(
                hass, "conversation", entity_id("todo", hub, key), exposed
            )

    return _expose


@pytest.fixture
async def reviewed(add_printer: AddPrinter) -> ManagedPrinter:
    """A virtual printer whose uploads wait."""
    return await add_printer("Review", mode="review")


@pytest.fixture
async def pending(
    reviewed: ManagedPrinter, send: Send, sliced_file: Callable[..., SentFile]
) -> ManagedPrinter:
    """Three uploads that wait: a benchy, a gift box and its lid."""
    for number, title in enumerate(("3DBenchy", "Gift box", "Gift box lid")):
        await send(reviewed, sliced_file(f"{title}.gcode.3mf", title=title, seed=number))
    return reviewed


async def test_try(pending, say, call):
    for s in [
        "what is waiting", "what's waiting?", "What is waiting to be printed?", "what is in the print queue",
        "which uploads are waiting for approval", "what is waiting for approval",
        "queue the dinosaur", "queue the gift", "discard the gift box", "yes, discard it", "Yes, discard it.",
        "queue two copies of the benchy on the P1S", "print the gift box lid on the garage", "print the gift box lid for any x1 carbon",
        "what is in the print queue?", "start printing the benchy", "start the job benchi", "queue the benchy", "what's waiting"]:
        r = await say(s)
        print(repr(s), '->', speech(r), r.response_type, r.error_code, r.intent and (r.intent.intent_type, {k:v['value'] for k,v in r.intent.slots.items()}))
