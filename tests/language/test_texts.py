"""Texts and formats in the household's language."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
import threading

import pytest

from custom_components.bambu_virtual_printer import const
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.explanations import explain
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.language.sentences import Listed, sentence
from custom_components.bambu_virtual_printer.language.texts import (
    TRANSLATED,
    async_texts_in,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import translation


@pytest.mark.parametrize(
    ("currency", "amount", "written"),
    [
        ("EUR", 0.374, "€0.37"),
        ("USD", 1234.5, "$1,234.50"),
        ("CHF", 0.5, "CHF\u00a00.50"),
        ("JPY", 37.4, "¥37"),
    ],
)
async def test_money_is_written_as_home_assistant_writes_it(
    hass: HomeAssistant, hub: Hub, currency: str, amount: float, written: str
) -> None:
    await hass.config.async_update(currency=currency)
    assert hub.texts.money(amount) == written


async def test_durations_are_written_in_hours_and_minutes(hub: Hub) -> None:
    assert hub.texts.duration(1340) == "22 min"
    assert hub.texts.duration(3600 + 5 * 60) == "1 h 05 min"


async def test_times_are_the_households_and_this_year_is_left_out(
    hass: HomeAssistant, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    now = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    monkeypatch.setattr(
        "homeassistant.util.dt.now", lambda: now.astimezone(None).replace(year=2026)
    )
    assert hub.texts.date_time(now) == "Dec 31, 11:30 PM"
    assert (
        hub.texts.date_time(datetime(2027, 7, 1, 8, 0, tzinfo=UTC))
        == "Jul 1, 2027, 10:00 AM"
    )


@pytest.fixture
async def german(only_english: None, hass: HomeAssistant, hub: Hub) -> None:
    await hass.config.async_update(language="de", currency="EUR")
    await translation.async_load_integrations(hass, {DOMAIN})


@pytest.mark.usefixtures("german")
async def test_numbers_are_written_with_the_marks_of_the_language(
    hass: HomeAssistant, hub: Hub
) -> None:
    assert hub.texts.money(1234.5) == "1.234,50\u00a0€"
    assert hub.texts.size(1_234_560_000) == "1.234,6 MB"
    assert hub.texts.weight(1234.4) == "1.234 g"
    assert sentence("waiting_wrong_nozzle", wanted=0.4, printer="A", found=0.6).text(
        hub.texts
    ) == ("Geslict für eine Düse von 0,4 mm, aber A hat 0,6 mm")
    await hass.config.async_update(currency="CHF")
    assert hub.texts.money(0.5) == "0,50\u00a0CHF"


@pytest.mark.usefixtures("german")
async def test_days_are_written_without_english_names(hub: Hub) -> None:
    moment = datetime(2024, 12, 1, 8, 5, tzinfo=UTC)
    assert hub.texts.date(moment) == "1.12.2024"


@pytest.mark.usefixtures("only_english")
async def test_a_language_may_have_more_forms_for_numbers_than_english(
    hass: HomeAssistant, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = translation._load_translations_files_by_language
    may_load = threading.Event()

    def _with_polish(files: dict) -> dict:  # type: ignore[type-arg]
        assert may_load.wait(60)
        loaded = read({"en": files["en"]} if "en" in files else {})
        common = {
            "plates_one": "{count} płyta",
            "plates_few": "{count} płyty",
            "plates_many": "{count} płyt",
            "plates_other": "{count} płyty",
        }
        return loaded | {"pl": {"bambu_virtual_printer": {"common": common}}}

    monkeypatch.setattr(
        translation, "_load_translations_files_by_language", _with_polish
    )
    await hass.config.async_update(language="pl")
    # English stands in until the language is loaded.
    assert hub.texts.count("plates", 2) == "2 plates"
    may_load.set()
    await translation.async_load_integrations(hass, {DOMAIN})
    written = [hub.texts.count("plates", number) for number in (1, 2, 5)]
    assert written == ["1 płyta", "2 płyty", "5 płyt"]


@pytest.mark.usefixtures("only_english")
async def test_texts_follow_the_language_and_fall_back_to_english(
    hass: HomeAssistant, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = translation._load_translations_files_by_language
    may_load = threading.Event()

    def _with_german(files: dict) -> dict:  # type: ignore[type-arg]
        assert may_load.wait(60)
        loaded = read({"en": files["en"]} if "en" in files else {})
        common = {"waiting_on_hold": "Angehalten", "date_this_year": "%d.%m."}
        return loaded | {"de": {"bambu_virtual_printer": {"common": common}}}

    monkeypatch.setattr(
        translation, "_load_translations_files_by_language", _with_german
    )
    await hass.config.async_update(language="de")
    # Before the language is loaded there is English, never a key.
    assert hub.texts("waiting_on_hold") == "On hold"
    may_load.set()
    await translation.async_load_integrations(hass, {DOMAIN})
    assert hub.texts("waiting_on_hold") == "Angehalten"
    assert hub.texts("waiting_for_target") == "No printer or printer model chosen"
    assert hub.texts.count("plates", 1) == "1 plate"
    assert hub.texts.count("plates", 6) == "6 plates"


@pytest.fixture
def speak(
    only_english: None, hass: HomeAssistant, hub: Hub
) -> Callable[..., Awaitable[None]]:
    """Let the household speak a language."""

    async def _speak(language: str, currency: str = "EUR") -> None:
        await hass.config.async_update(language=language, currency=currency)
        await translation.async_load_integrations(hass, {DOMAIN})

    return _speak


type Speak = Callable[..., Awaitable[None]]


def test_the_languages_are_those_of_the_files() -> None:
    files = Path(const.__file__).parent.glob("translations/*.json")
    assert sorted(path.stem for path in files) == sorted(TRANSLATED)


@pytest.mark.parametrize(
    ("language", "currency", "written"),
    [
        ("fr", "USD", "1,50\u00a0$US"),
        ("sv", "SEK", "1,50\u00a0kr"),
        ("pl", "PLN", "1,50\u00a0zł"),
        ("pt-BR", "BRL", "R$\u00a01,50"),
        ("zh-Hans", "CNY", "¥1.50"),
        ("es", "GBP", "1,50\u00a0GBP"),
    ],
)
async def test_currencies_are_written_as_the_language_writes_them(
    hub: Hub, speak: Speak, language: str, currency: str, written: str
) -> None:
    await speak(language, currency)
    shown = hub.texts.money(1.5)
    assert shown.replace("\u202f", "\u00a0").replace(" ", "\u00a0") == written


async def test_names_are_listed_as_the_language_lists_them(
    hub: Hub, speak: Speak
) -> None:
    assert hub.texts.listed(["A", "B"]) == "A, B"
    await speak("zh-Hans")
    assert hub.texts.listed(["A", "B"]) == "A、B"
    two = (sentence("job_completed"), sentence("job_failed"))
    assert "；" in sentence("as_it_stands", text=two).text(hub.texts)
    listed = Listed(two)
    assert "、" in sentence("as_it_stands", text=listed).text(hub.texts)


@pytest.mark.parametrize(
    ("language", "nothing"), [("fr", "0 fois"), ("pt-BR", "0 vez"), ("en", "0 times")]
)
async def test_nothing_is_not_said_to_be_one(
    hub: Hub, speak: Speak, language: str, nothing: str
) -> None:
    """French and Brazilian Portuguese have one form for none and for one, where the number is shown."""
    await speak(language)
    assert nothing in hub.texts.count("known_printed", 0)
    assert "0" not in hub.texts.count("known_printed", 1)
    assert hub.texts.count("plates", 0).startswith("0 ")


async def test_an_explanation_has_the_numbers_of_its_language(
    hub: Hub, speak: Speak
) -> None:
    await speak("de")
    known = explain("index_silent", "The index does not answer: {error}.", error=1.5)
    assert "1,5" in hub.texts.explained(known)
    other = explain("of_another_version", "It took {seconds} s.", seconds=1.5)
    assert hub.texts.explained(other) == "It took 1.5 s."


async def test_what_is_in_no_language_of_ours_is_all_english(
    hub: Hub, speak: Speak
) -> None:
    await speak("cs", "USD")
    assert hub.texts.money(1234.5) == "$1,234.50"
    assert hub.texts.count("plates", 2) == "2 plates"
    assert sentence("waiting_wrong_nozzle", wanted=0.4, printer="A", found=0.6).text(
        hub.texts
    ) == ("Sliced for a nozzle of 0.4 mm, but A has 0.6 mm")


async def test_texts_are_in_the_language_that_is_spoken(
    hass: HomeAssistant, hub: Hub, speak: Speak
) -> None:
    await speak("sv")
    texts = await async_texts_in(hass, "de-AT")
    assert texts.weight(1234.4) == "1.234 g"
    assert texts("job_completed") == "Gedruckt"
    assert (await async_texts_in(hass, "zh-CN"))("job_completed") == "已打印"
    assert (await async_texts_in(hass, "nb"))("job_completed") == "Utskriven"
