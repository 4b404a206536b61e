"""Forms of real printers, filled in as tables of the documentation say."""

from collections.abc import Mapping
import json
from pathlib import Path
import re
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant

ROOT = Path(__file__).parents[2]
TEXTS = "custom_components/bambu_virtual_printer/translations/en.json"


def table_of(page: str, heading: str, form: str) -> dict[str, Any]:
    """Return what a table below a heading has for a form, by the form's key: labels and values."""
    steps = _steps()
    title = steps["reconfigure"]["menu_options"][form]
    text = (ROOT / "docs" / page).read_text("utf-8")
    section = re.split(rf"^#+ {re.escape(heading)}\n", text, flags=re.MULTILINE)[1]
    section = re.split(r"^#+ ", section, flags=re.MULTILINE)[0]
    (table,) = re.findall(
        rf"\| \*{re.escape(title)}\* \|.*\n.*\n((?:\|.*\n)+)", section
    )
    rows = re.findall(r"\| (.+?) \| `(.+?)` \|", table)
    return {label: _answer(value) for label, value in rows}


def settings_of(page: str, heading: str, form: str) -> dict[str, Any]:
    """Return what a table says for the fields of a form, by their keys."""
    keys = {label: key for key, label in _steps()[form]["data"].items()}
    table = table_of(page, heading, form)
    return {keys[label]: value for label, value in table.items()}


async def fill_in(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    machine_id: str,
    form: str,
    fields: Mapping[str, Any],
) -> None:
    """Fill in a form of a real printer."""
    flows = hass.config_entries.subentries
    menu = await flows.async_init(
        (entry.entry_id, "printer"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": machine_id},
    )
    shown = await flows.async_configure(menu["flow_id"], {"next_step_id": form})
    result = await flows.async_configure(shown["flow_id"], dict(fields))
    assert result["reason"] == "reconfigure_successful", result
    await hass.async_block_till_done()


def _steps() -> dict[str, Any]:
    texts = json.loads((ROOT / TEXTS).read_text("utf-8"))
    steps: dict[str, Any] = texts["config_subentries"]["printer"]["step"]
    return steps


def _answer(value: str) -> Any:
    """Return what the form takes: times have seconds, and figures and switches types."""
    if value in ("on", "off"):
        return value == "on"
    if ":" in value:
        return f"{value}:00"
    return float(value) if value.isdigit() else value
