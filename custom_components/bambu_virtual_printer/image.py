"""Image: the plate of the file a printer received last."""

from datetime import datetime
from typing import override

import aiofiles

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import PrinterEntity
from .hub import Hub, HubConfigEntry
from .printers import ManagedPrinter

PARALLEL_UPDATES = 0

LAST_PLATE = ImageEntityDescription(key="last_plate", translation_key="last_plate")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add an image for every printer that comes."""
    hub = entry.runtime_data

    @callback
    def _add(printer: ManagedPrinter) -> None:
        async_add_entities(
            [LastPlateImage(hub, printer)], config_subentry_id=printer.id
        )

    entry.async_on_unload(hub.async_on_printer(_add))


class LastPlateImage(PrinterEntity, ImageEntity):
    """The picture of the newest upload's first plate, from the moment its file has been read."""

    _attr_content_type = "image/png"

    def __init__(self, hub: Hub, printer: ManagedPrinter) -> None:
        """Keep the hub, which knows where pictures are."""
        PrinterEntity.__init__(self, printer, LAST_PLATE)
        ImageEntity.__init__(self, hub.hass)
        self._hub = hub

    @property
    @override
    def image_last_updated(self) -> datetime | None:
        """Change with every new picture, so that browsers fetch it."""
        return self.printer.pictured_at

    @override
    async def async_image(self) -> bytes | None:
        """Read the picture."""
        if not self.printer.pictured_id:
            return None
        path = await self._hub.archives.picture(self.printer.pictured_id)
        if path is None:
            return None
        async with aiofiles.open(path, "rb") as file:
            return await file.read()
