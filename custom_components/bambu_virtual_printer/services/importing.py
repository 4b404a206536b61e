"""The action that takes in a sliced file that no slicer sent: from media, a folder or the web."""

import mimetypes

import voluptuous as vol

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv

from ..config.subentries import VirtualPrinterConfig
from ..hub import Hub, require_hub
from ..operations.permissions import Right, manage_with
from ..presentation.urls import CONTENT_TYPE_3MF, CONTENT_TYPE_GCODE
from . import sources
from .action import Action
from .fields import ATTR_DEVICE_ID, ATTR_PATH, at_most_one
from .lookup import not_a_virtual_printer, printer_id_of

# Home Assistant's media folders give out only files of a known type, and not every system knows this one.
mimetypes.add_type(CONTENT_TYPE_3MF, ".3mf")
mimetypes.add_type(CONTENT_TYPE_GCODE, ".gcode")

UNNAMED = "download.3mf"

IMPORT_SCHEMA = vol.Schema(
    vol.All(
        {**sources.FIELDS, vol.Optional(ATTR_DEVICE_ID): cv.string},
        cv.has_at_least_one_key(sources.ATTR_MEDIA, ATTR_PATH, sources.ATTR_URL),
        at_most_one("one_source_only", sources.ATTR_MEDIA, ATTR_PATH, sources.ATTR_URL),
    )
)


async def _import_file(call: ServiceCall) -> ServiceResponse:
    hub = require_hub(call.hass)
    printer = _printer(hub, printer_id_of(call.hass, call.data.get(ATTR_DEVICE_ID)))
    async with sources.async_source(call.hass, call.data) as source:
        upload_id = await hub.archives.import_file(
            source.content, name=source.name or UNNAMED, printer=printer
        )
    return {"upload_id": upload_id}


def _printer(hub: Hub, printer_id: str | None) -> VirtualPrinterConfig | None:
    if printer_id is None:
        return None
    printer = hub.printers.get(printer_id)
    if printer and isinstance(printer.config, VirtualPrinterConfig):
        return printer.config
    raise not_a_virtual_printer()


ACTIONS: tuple[Action, ...] = (
    Action(
        "import_file", manage_with(ATTR_PATH, Right.WORK), _import_file, IMPORT_SCHEMA
    ),
)
