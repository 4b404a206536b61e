"""Sentences: the same key and values for those who translate themselves and for the household's language."""

from datetime import UTC, datetime

import pytest

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.language.sentences import (
    Day,
    Listed,
    Sentence,
    Weight,
    sentence,
)
from custom_components.bambu_virtual_printer.language.texts import Texts
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM

PLACES = Listed((sentence("place_ams", unit="A", slot=1), sentence("place_external")))


@pytest.fixture
async def texts(hass: HomeAssistant) -> Texts:
    """The texts, loaded as when the integration is."""
    await async_get_translations(hass, "en", "common", [DOMAIN])
    return Texts(hass)


def test_a_sentence_within_a_sentence_keeps_its_key() -> None:
    loads = (sentence("load_filament_in", filament="PLA", places=PLACES),)
    shown = sentence("waiting_filament", printer="X1C", filaments=loads).as_json()
    assert shown == {
        "text_key": "waiting_filament",
        "values": {
            "printer": "X1C",
            "filaments": [
                {
                    "text_key": "load_filament_in",
                    "values": {
                        "filament": "PLA",
                        "places": [
                            {
                                "text_key": "place_ams",
                                "values": {"unit": "A", "slot": 1},
                            },
                            {"text_key": "place_external", "values": {}},
                        ],
                    },
                }
            ],
        },
    }


async def test_the_same_sentence_reads_well(texts: Texts) -> None:
    loads = (
        sentence("load_filament_in", filament="PLA", places=PLACES),
        sentence("load_filament", filament="TPU"),
    )
    said = sentence("waiting_filament", printer="X1C", filaments=loads)
    assert said.text(texts) == (
        "X1C needs other filament. Load PLA into A1, External spool; Load TPU"
    )


async def test_times_are_values_and_are_written_as_the_household_does(
    texts: Texts,
) -> None:
    moment = datetime(2020, 11, 29, 20, 0, tzinfo=UTC)
    said = sentence("waiting_scheduled", time=moment)
    assert said.as_json()["values"] == {"time": {"time": "2020-11-29T20:00:00+00:00"}}
    assert said.text(texts) == f"Not before {texts.date_time(moment)}"


async def test_a_count_chooses_the_form(texts: Texts) -> None:
    said = Sentence(key="plates", count=1)
    assert said.as_json() == {"text_key": "plates", "values": {}, "count": 1}
    assert said.text(texts) != Sentence(key="plates", count=2).text(texts)


async def test_days_and_weights_are_written_by_whoever_shows_them(
    hass: HomeAssistant, texts: Texts
) -> None:
    day = datetime(2031, 5, 4, 12, tzinfo=UTC)
    said = sentence("check_ca_expires", date=Day(day))
    assert said.as_json()["values"] == {"date": {"day": "2031-05-04T12:00:00+00:00"}}
    assert texts.date(day) in said.text(texts)
    left = sentence("spool_left", place="A1", weight=Weight(14.2))
    assert left.as_json()["values"]["weight"] == {"grams": 14.2}
    assert "14 g" in left.text(texts)
    hass.config.units = US_CUSTOMARY_SYSTEM
    assert "0.5 oz" in left.text(texts)
    assert texts.weight(500) == "18 oz"
    assert texts.weight(1000) == "2.20 lb"
