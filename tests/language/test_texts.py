"""Texts and formats in the household's language."""

from datetime import UTC, datetime

import pytest

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.language.sentences import sentence
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
    ) == ("Gesliced für eine Düse von 0,4 mm, aber A hat 0,6 mm")
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

    def _with_polish(files: dict) -> dict:  # type: ignore[type-arg]
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
    await translation.async_load_integrations(hass, {DOMAIN})
    written = [hub.texts.count("plates", number) for number in (1, 2, 5)]
    assert written == ["1 płyta", "2 płyty", "5 płyt"]


@pytest.mark.usefixtures("only_english")
async def test_texts_follow_the_language_and_fall_back_to_english(
    hass: HomeAssistant, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = translation._load_translations_files_by_language

    def _with_german(files: dict) -> dict:  # type: ignore[type-arg]
        loaded = read({"en": files["en"]} if "en" in files else {})
        common = {"waiting_on_hold": "Angehalten", "date_this_year": "%d.%m."}
        return loaded | {"de": {"bambu_virtual_printer": {"common": common}}}

    monkeypatch.setattr(
        translation, "_load_translations_files_by_language", _with_german
    )
    await hass.config.async_update(language="de")
    # Before the language is loaded there is English, never a key.
    assert hub.texts("waiting_on_hold") == "On hold"
    await translation.async_load_integrations(hass, {DOMAIN})
    assert hub.texts("waiting_on_hold") == "Angehalten"
    assert hub.texts("waiting_for_target") == "No printer or printer model chosen"
    assert hub.texts.count("plates", 1) == "1 plate"
    assert hub.texts.count("plates", 6) == "6 plates"
