"""What people say in each language reaches its intent, through Home Assistant's own conversation agent."""

from collections.abc import Callable
from pathlib import Path
import re
import shutil
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.assist.installation import (
    LANGUAGES,
    SENTENCES,
)
from homeassistant.components import conversation
from homeassistant.components.conversation.default_agent import DefaultAgent
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict

DOCS = Path(__file__).parents[2] / "docs" / "sentences.md"
PREFIX = "BambuVirtualPrinter"
BENCHY = "benchy"
MEANT: list[tuple[str, dict[str, Any]]] = [
    ("WhatIsWaiting", {}),
    ("WhatIsWaiting", {"list": "uploads"}),
    ("WhatIsWaiting", {"list": "queue"}),
    ("ArchiveUpload", {"upload": BENCHY}),
    ("ArchiveUpload", {"upload": BENCHY}),
    ("QueueUpload", {"upload": BENCHY}),
    ("QueueUpload", {"upload": BENCHY, "copies": 2}),
    ("QueueUpload", {"upload": BENCHY, "printer": "p1s"}),
    ("QueueUpload", {"upload": BENCHY, "copies": 2, "printer": "p1s"}),
    ("DiscardUpload", {"upload": BENCHY}),
    ("ConfirmDiscard", {"confirmed": True}),
    ("ConfirmDiscard", {"confirmed": False}),
    ("StartJob", {"job": BENCHY}),
    ("CompleteJob", {"job": BENCHY}),
    ("CompleteJob", {"job": BENCHY}),
    ("FailJob", {"job": BENCHY}),
    ("PrintAgain", {"archive": BENCHY}),
]
"""What each row of the documentation's tables means."""


def tables() -> dict[str, list[str]]:
    """Read the documentation's sentences, by languages as Assist names them."""
    found = {}
    for part in DOCS.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading, *lines = part.splitlines()
        (language,) = re.findall(r"\(`([\w-]+)`\)", heading)
        rows = [line.strip("| ") for line in lines if line.startswith("| ")]
        found[language] = [row for row in rows if row]
    return found


TABLES = tables()


@pytest.fixture
async def agent(hass: HomeAssistant) -> DefaultAgent:
    """Assist, with the sentences of every language, and nothing of a home besides."""
    for path in SENTENCES.glob("*.yaml"):
        folder = Path(hass.config.path("custom_sentences", path.stem))
        folder.mkdir(parents=True)
        shutil.copy(path, folder)
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    agent = conversation.async_get_agent(hass)
    assert isinstance(agent, DefaultAgent)
    return agent


@pytest.fixture
def understood(agent: DefaultAgent) -> Callable[..., Any]:
    """Say what is understood: the intent without the prefix, and the slots that it has."""

    async def _understood(language: str, text: str) -> tuple[str, dict[str, Any]]:
        result = await agent.async_recognize_intent(
            conversation.ConversationInput(
                text=text,
                context=Context(),
                conversation_id=None,
                device_id=None,
                satellite_id=None,
                language=language,
                agent_id="conversation.home_assistant",
            )
        )
        if result is None or result.unmatched_entities:
            return "", {}
        slots = {
            entity.name: _plain(entity.value)
            for entity in result.entities_list
            if entity.name != "name"
        }
        return result.intent.name.removeprefix(PREFIX), slots

    return _understood


def _plain(value: Any) -> Any:
    return value.strip().casefold() if isinstance(value, str) else value


def test_every_language_has_sentences_and_a_table() -> None:
    assert {path.stem for path in SENTENCES.glob("*.yaml")} == TABLES.keys()
    assert set(LANGUAGES) == TABLES.keys()
    translations = {
        path.stem for path in (SENTENCES.parents[1] / "translations").glob("*.json")
    }
    assert {"zh-Hans" if one == "zh-CN" else one for one in TABLES} == translations
    assert {language: len(rows) for language, rows in TABLES.items()} == (
        dict.fromkeys(TABLES, len(MEANT))
    )


@pytest.mark.parametrize("language", TABLES)
async def test_what_the_documentation_says_is_understood(
    understood: Callable[..., Any], language: str
) -> None:
    heard = {text: await understood(language, text) for text in TABLES[language]}
    assert heard == dict(zip(TABLES[language], MEANT, strict=True))


@pytest.mark.parametrize("language", TABLES)
def test_every_language_has_the_same_intents(language: str) -> None:
    english = load_yaml_dict(str(SENTENCES / "en.yaml"))
    other = load_yaml_dict(str(SENTENCES / f"{language}.yaml"))
    assert other["language"] == language
    assert other["intents"].keys() == english["intents"].keys()
    assert other["lists"] == english["lists"]
    for name in other["intents"]:
        fixed = [
            {
                slot
                for each in sentences["intents"][name]["data"]
                for slot in each.get("slots", {})
            }
            for sentences in (english, other)
        ]
        assert fixed[0] == fixed[1], name
