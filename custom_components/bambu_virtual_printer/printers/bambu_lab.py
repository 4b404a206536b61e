"""The Bambu Lab integration, if it is installed too: the same printers, matched by their serial numbers."""

from collections.abc import Iterator

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

BAMBU_LAB = "bambu_lab"


def bambu_lab_serial(entry: ConfigEntry) -> str:
    """Return the serial number of the printer of its entry, empty when it has none."""
    return str(entry.data.get("serial", "")).upper()


@callback
def async_has_bambu_lab(hass: HomeAssistant, serial: str) -> bool:
    """Return whether it is set up for the printer of this serial number, and not disabled."""
    return any(_entries(hass, serial))


@callback
def async_bambu_lab_device(hass: HomeAssistant, serial: str) -> str | None:
    """Return the id of its device of this printer."""
    for entry in _entries(hass, serial):
        if device := dr.async_get(hass).async_get_device_by_identifier(
            (BAMBU_LAB, serial), entry.entry_id
        ):
            return device.id
    return None


def _entries(hass: HomeAssistant, serial: str) -> Iterator[ConfigEntry]:
    for entry in hass.config_entries.async_entries(BAMBU_LAB, include_disabled=False):
        if bambu_lab_serial(entry) == serial:
            yield entry
