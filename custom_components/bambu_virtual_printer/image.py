"""Images: the plate of the file a printer received last, and of the next pending upload.

Where there is no picture, the entity has no `entity_picture` and its state is unknown. Cards ask for the image all the same,
and Home Assistant answers an image that is None with an error 500: they get one that shows nothing.
"""

from abc import abstractmethod
from datetime import datetime
import logging
from typing import Any, override

import aiofiles

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .entity import HubEntity, PrinterEntity
from .hub import Hub, HubConfigEntry
from .presentation import CONTENT_TYPE_PNG
from .printers.managed import ManagedPrinter

PARALLEL_UPDATES = 0

_LOGGER = logging.getLogger(__name__)

# A PNG of one transparent pixel.
NO_PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000b49444154789c6360000200000500017a5eab3f0000"
    "000049454e44ae426082"
)

NEXT_PENDING = ImageEntityDescription(
    key="next_pending", translation_key="next_pending"
)
NEXT_JOB = ImageEntityDescription(key="next_job", translation_key="next_job")
LAST_PLATE = ImageEntityDescription(key="last_plate", translation_key="last_plate")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: HubConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the hub's images, and one for every printer that comes and receives files."""
    hub = entry.runtime_data
    async_add_entities(
        [NextPendingImage(hub, NEXT_PENDING), NextJobImage(hub, NEXT_JOB)]
    )

    @callback
    def _add(printer: ManagedPrinter) -> None:
        if printer.is_proxy:
            return
        async_add_entities(
            [LastPlateImage(hub, printer)], config_subentry_id=printer.id
        )

    entry.async_on_unload(hub.printers.async_on_printer(_add))


class PlateImage(ImageEntity):
    """A picture that is not always there; without one the entity shows its icon."""

    @property
    @override
    def entity_picture(self) -> str | None:
        """Link to the picture while there is one."""
        return super().entity_picture if self.image_last_updated else None


class LastPlateImage(PrinterEntity, PlateImage):
    """The picture of the newest upload's first plate, from the moment its file has been read."""

    _attr_content_type = CONTENT_TYPE_PNG

    def __init__(self, hub: Hub, printer: ManagedPrinter) -> None:
        """Keep the hub, which knows where pictures are."""
        PrinterEntity.__init__(self, printer, LAST_PLATE)
        ImageEntity.__init__(self, hub.hass)
        self._hub = hub

    @property
    @override
    def image_last_updated(self) -> datetime | None:
        """Change with every new picture, so that browsers fetch it."""
        last = self.printer.last_upload
        if last is None or not self._hub.permissions.is_for_all(last.person):
            return None
        return self.printer.pictured_at

    @override
    async def async_image(self) -> bytes:
        """Read the picture, of what everybody may see: it is not known who looks."""
        shown = self.printer.pictured_id if self.image_last_updated else None
        return await _async_picture(self._hub, shown)


class NextImage(HubEntity, PlateImage):
    """The picture of what comes next in one of the hub's lists; a subclass says which that is."""

    _attr_content_type = CONTENT_TYPE_PNG

    def __init__(self, hub: Hub, description: ImageEntityDescription) -> None:
        """Show what is next now."""
        HubEntity.__init__(self, hub, description)
        ImageEntity.__init__(self, hub.hass)
        self._follow()

    @property
    @abstractmethod
    def _next(self) -> tuple[str, int | None] | None:
        """The archive or upload that is next, and the plate if it is one of several that are printed."""

    def _follow(self) -> None:
        self._shown = self._next
        self._attr_image_last_updated = dt_util.utcnow() if self._shown else None

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Fetch the picture again if another comes next."""
        if self._shown != self._next:
            self._follow()
        super()._handle_coordinator_update()

    @override
    async def async_image(self) -> bytes | None:
        """Read the picture."""
        return await _async_picture(self.hub, *(self._shown or (None,)))


class NextPendingImage(NextImage):
    """The picture of the upload that has been pending longest, which is the next to decide about."""

    @property
    @override
    def _next(self) -> tuple[str, int | None] | None:
        if not self.hub.coordinator.data.pending:
            return None
        upload = self.hub.coordinator.data.pending[-1]
        has_picture = (
            upload.facts is not None
            and upload.facts.cover is not None
            and self.hub.permissions.is_for_all(upload.file.person)
        )
        return (upload.id, None) if has_picture else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Name the upload, so that a button can decide about it."""
        if not self.hub.coordinator.data.pending:
            return {}
        upload = self.hub.coordinator.data.pending[-1]
        return {"upload_id": upload.id, "upload_name": upload.name}


class NextJobImage(NextImage):
    """The picture of the plate that is printed next."""

    @property
    @override
    def _next(self) -> tuple[str, int | None] | None:
        job = self.hub.coordinator.data.statistics.next_job
        if not job or not job.has_thumbnail:
            return None
        is_for_all = self.hub.permissions.is_for_all(job.person)
        return (job.archive_id, job.plate) if is_for_all else None


async def _async_picture(
    hub: Hub, item_id: str | None, plate: int | None = None
) -> bytes:
    """Read the picture of an archive or a pending upload, or of one of its plates."""
    path = await hub.archives.thumbnail(item_id, plate) if item_id else None
    if path is None:
        return NO_PICTURE
    try:
        async with aiofiles.open(path, "rb") as file:
            return await file.read()
    except OSError as err:
        # Its archive was deleted this moment, or the disk went away.
        _LOGGER.debug("No picture of %s: %s", item_id, err)
        return NO_PICTURE
