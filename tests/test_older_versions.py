"""A config entry that version 0.1 of 22 November 2026 stored: it sets up, with the same entities."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_virtual_printer.const import DOMAIN
from homeassistant.config_entries import ConfigEntryState, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

DATA = Path(__file__).with_name("data") / "released_0_1"
ENTITIES: list[dict[str, Any]] = json.loads((DATA / "entities.json").read_text())[
    "entities"
]


@pytest.fixture
def entry(
    hass: HomeAssistant, tmp_path: Path, new_address: Callable[[], str]
) -> MockConfigEntry:
    """That entry, with its printers on addresses of the test's own."""
    hass.config.media_dirs = {"local": str(tmp_path / "media")}
    stored = json.loads((DATA / "entry.json").read_text())
    entry = MockConfigEntry(
        domain=DOMAIN,
        entry_id=stored["entry_id"],
        title=stored["title"],
        data=stored["data"],
        options=stored["options"],
        version=stored["version"],
        minor_version=stored["minor_version"],
        subentries_data=[
            ConfigSubentryData(
                data=subentry["data"] | {"bind_ip": new_address()},
                subentry_id=subentry["subentry_id"],
                subentry_type=subentry["subentry_type"],
                title=subentry["title"],
                unique_id=subentry["unique_id"],
            )
            for subentry in stored["subentries"]
        ],
    )
    entry.add_to_hass(hass)
    registry = er.async_get(hass)
    for known in ENTITIES:
        registry.async_get_or_create(
            known["platform_domain"],
            DOMAIN,
            known["unique_id"],
            suggested_object_id=known["entity_id"].partition(".")[2],
            config_entry=entry,
            config_subentry_id=known["config_subentry_id"],
            disabled_by=known["disabled_by"]
            and er.RegistryEntryDisabler(known["disabled_by"]),
        )
    return entry


async def test_an_entry_of_an_older_version_sets_up_with_the_same_entities(
    hass: HomeAssistant, entry: MockConfigEntry, loopback: None
) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert all(printer.running for printer in entry.runtime_data.printers.values())
    assert len(entry.runtime_data.printers) == 2
    registry = er.async_get(hass)
    for known in ENTITIES:
        entity_id = registry.async_get_entity_id(
            known["platform_domain"], DOMAIN, known["unique_id"]
        )
        assert entity_id == known["entity_id"]
        state = hass.states.get(entity_id)
        assert (state is None) == bool(known["disabled_by"]), entity_id
        # Home Assistant marks those that the integration has no more.
        assert state is None or not state.attributes.get("restored"), entity_id
