"""Sentences in the configuration folder: written, updated, left alone when a person changed them, and removed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components.bambu_virtual_printer.assist import installation
from custom_components.bambu_virtual_printer.assist.installation import (
    FILE_NAME,
    SENTENCES,
    source_of,
)
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.components.assist_pipeline import (
    async_get_pipelines,
    async_update_pipeline,
)
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
from tests.support.home_assistant import Call


@pytest.fixture
def place(hass: HomeAssistant) -> Callable[[str], Path]:
    """Tell where the file of a language is."""
    return lambda language: Path(
        hass.config.path("custom_sentences", language, FILE_NAME)
    )


@pytest.fixture
def reloads(hass: HomeAssistant, hub: Hub) -> list[ServiceCall]:
    """How often Assist was told to read its sentences anew."""
    return async_mock_service(hass, "conversation", "reload")


type Place = Callable[[str], Path]


def results(answer: dict[str, Any]) -> dict[str, str]:
    return {one["language"]: one["result"] for one in answer["languages"]}


async def test_the_languages_spoken_here_are_installed_once(
    hass: HomeAssistant, call: Call, place: Place, reloads: list[ServiceCall]
) -> None:
    await hass.config.async_update(language="de")
    assert results(await call("install_sentences")) == {"de": "written"}
    assert load_yaml_dict(str(place("de"))) == load_yaml_dict(
        str(SENTENCES / "de.yaml")
    )
    assert len(reloads) == 1
    assert results(await call("install_sentences")) == {"de": "current"}
    assert len(reloads) == 1
    assert not place("en").exists()


async def test_assistants_may_speak_other_languages_than_the_household(
    hass: HomeAssistant, hub: Hub, call: Call
) -> None:
    Path(hass.config.path("configuration.yaml")).touch()
    assert await async_setup_component(hass, "conversation", {})
    await hass.config.async_update(language="zh-Hans")
    # As Assist names its folders: that of the household is another than the translations'.
    assert results(await call("install_sentences")) == {"zh-CN": "written"}
    await hass.config.async_update(language="de-CH")
    assert results(await call("install_sentences")) == {"de-CH": "written"}


async def test_the_languages_of_assistants_are_installed_too(
    hass: HomeAssistant, hub: Hub, call: Call
) -> None:
    Path(hass.config.path("configuration.yaml")).touch()
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "assist_pipeline", {})
    (pipeline,) = async_get_pipelines(hass)
    await async_update_pipeline(hass, pipeline, conversation_language="sv")
    assert results(await call("install_sentences")) == {
        "en": "written",
        "sv": "written",
    }


async def test_languages_are_chosen(call: Call, reloads: list[ServiceCall]) -> None:
    answer = await call("install_sentences", languages=["fr", "pt-BR"])
    assert results(answer) == {"fr": "written", "pt-BR": "written"}


async def test_a_language_without_sentences_is_said(
    hass: HomeAssistant, hub: Hub, call: Call
) -> None:
    await hass.config.async_update(language="nb")
    with pytest.raises(ServiceValidationError, match="no sentences"):
        await call("install_sentences")


async def test_what_a_person_changed_is_left_alone(
    call: Call, place: Place, reloads: list[ServiceCall]
) -> None:
    await call("install_sentences", languages=["en"])
    changed = place("en").read_text("utf-8").replace("benchy", "boat") + "# mine\n"
    place("en").write_text(changed, "utf-8")
    assert results(await call("install_sentences", languages=["en"])) == {
        "en": "edited"
    }
    assert results(await call("install_sentences", remove=True)) == {"en": "edited"}
    assert place("en").read_text("utf-8") == changed
    assert len(reloads) == 1


@pytest.mark.parametrize("leads_somewhere", [True, False])
async def test_a_link_in_the_place_of_a_file_is_left_alone_and_called_so(
    call: Call,
    place: Place,
    reloads: list[ServiceCall],
    tmp_path: Path,
    leads_somewhere: bool,
) -> None:
    await call("install_sentences", languages=["en"])
    elsewhere = tmp_path / "elsewhere.yaml"
    place("en").rename(elsewhere)
    place("en").symlink_to(elsewhere)
    if not leads_somewhere:
        elsewhere.unlink()
    answer = await call("install_sentences", languages=["en"])
    assert results(answer) == {"en": "link"}
    assert results(await call("install_sentences", remove=True)) == {"en": "link"}
    assert place("en").is_symlink()
    assert elsewhere.exists() is leads_somewhere


async def test_a_new_version_updates_what_an_older_one_wrote(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    call: Call,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    reloads: list[ServiceCall],
) -> None:
    older = tmp_path / "older"
    older.mkdir()
    (older / "en.yaml").write_text("language: en\nintents: {}\n", "utf-8")
    with monkeypatch.context() as before:
        before.setattr(installation, "SENTENCES", older)
        await call("install_sentences", languages=["en"])
    assert load_yaml_dict(str(place("en")))["intents"] == {}
    await hass.config_entries.async_reload(entry.entry_id)
    assert load_yaml_dict(str(place("en")))["intents"]
    assert len(reloads) == 2
    # Nothing is installed that nobody asked for.
    assert not place("de").exists()


async def test_sentences_are_removed_with_their_folder_unless_others_are_there(
    call: Call, place: Place, reloads: list[ServiceCall]
) -> None:
    await call("install_sentences", languages=["de", "en", "sv"])
    (place("sv").parent / "others.yaml").write_text("language: sv\n", "utf-8")
    answer = await call("install_sentences", remove=True, languages=["de", "sv"])
    assert results(answer) == {"de": "removed", "sv": "removed"}
    assert not place("de").parent.exists()
    assert place("sv").parent.exists()
    assert place("en").exists()
    assert len(reloads) == 2


async def test_they_go_with_the_integration(
    hass: HomeAssistant, entry: MockConfigEntry, hub: Hub, call: Call, place: Place
) -> None:
    await call("install_sentences", languages=["en"])
    await hass.config_entries.async_remove(entry.entry_id)
    assert not place("en").exists()


async def test_a_folder_that_cannot_be_written_is_said(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    call: Call,
    caplog: pytest.LogCaptureFixture,
) -> None:
    Path(hass.config.path("custom_sentences")).write_text("no folder")
    with pytest.raises(HomeAssistantError, match="cannot be written: .*folder"):
        await hass.services.async_call(
            "bambu_virtual_printer",
            "install_sentences",
            {"languages": ["en"]},
            blocking=True,
            context=Context(),
        )


async def test_what_cannot_be_read_keeps_nothing_from_starting(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hub: Hub,
    place: Place,
    caplog: pytest.LogCaptureFixture,
) -> None:
    place("en").mkdir(parents=True)
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert "sentences for Assist cannot be changed" in caplog.text


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("en-GB", "en"),
        ("de-CH", "de"),
        ("pt", "pt-BR"),
        ("zh-CN", "zh-CN"),
        ("zh-TW", None),
        ("nb", None),
        ("af", None),
    ],
)
def test_people_are_understood_in_the_sentences_of_their_language(
    language: str, source: str | None
) -> None:
    assert source_of(language) == source
