"""The sensors of virtual printers and proxies, as tables of keys and how to read them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    MAX_LENGTH_STATE_STATE,
    EntityCategory,
    UnitOfDataRate,
    UnitOfInformation,
)
from homeassistant.helpers.typing import StateType

from ..engine.explanations import Explanation
from ..engine.printable import printable
from ..engine.relay.meter import ServiceTraffic
from ..engine.values import Service
from .managed import ManagedPrinter, progress_bytes

type Value = StateType | datetime
type Attributes = Mapping[str, Any]

MOVING = frozenset({"uploads", *(service.value for service in Service)})
"""Attributes that change every few seconds during transfers; the recorder does not keep them."""


class PrinterSensorKey(StrEnum):
    """A printer's sensors."""

    LAST_UPLOAD = "last_upload"
    LAST_UPLOAD_TIME = "last_upload_time"
    UPLOADS_RECEIVED = "uploads_received"
    CONNECTED_SLICERS = "connected_slicers"
    LAST_SLICER_IP = "last_slicer_ip"
    UPLOAD_PROGRESS = "upload_progress"
    SENT_TO_PRINTER = "sent_to_printer"
    SENT_TO_SLICERS = "sent_to_slicers"
    RATE_TO_PRINTER = "rate_to_printer"
    RATE_TO_SLICERS = "rate_to_slicers"
    RELAYED_CONNECTIONS = "relayed_connections"
    TARGET_SINCE = "target_since"
    TARGET_ERROR = "target_error"


@dataclass(frozen=True, kw_only=True)
class PrinterSensorDescription(SensorEntityDescription):
    """A sensor, and how to read it from a printer."""

    value_fn: Callable[[ManagedPrinter], Value | Explanation]
    attributes_fn: Callable[[ManagedPrinter], Attributes | None] = lambda _: None


def _last_upload_attributes(printer: ManagedPrinter) -> Attributes | None:
    if not (upload := printer.last_upload):
        return None
    return {
        "upload_id": upload.id,
        "file_name": upload.file_name,
        "size_bytes": upload.size_bytes,
        "source_ip": upload.peer,
    }


def _slicer_attributes(printer: ManagedPrinter) -> Attributes:
    return {
        "slicers": [
            {
                "source_ip": slicer.peer,
                "client_id": slicer.client_id,
                "connected_since": slicer.connected_since.isoformat(),
            }
            for slicer in printer.slicers
        ]
    }


def _progress_attributes(printer: ManagedPrinter) -> Attributes:
    return {
        "uploads": [
            {
                "file_name": upload.name and printable(upload.name),
                "source_ip": upload.peer,
                "received_bytes": progress_bytes(upload),
                "started_at": upload.started_at.isoformat(),
            }
            for upload in printer.uploads
        ]
    }


def _connection_attributes(printer: ManagedPrinter) -> Attributes:
    return {
        traffic.service.value: {
            "connections": traffic.connections,
            "to_printer_bytes": traffic.up_bytes,
            "to_slicers_bytes": traffic.down_bytes,
        }
        for traffic in printer.traffic
    }


def _traffic(
    key: PrinterSensorKey, value_fn: Callable[[ServiceTraffic], float]
) -> PrinterSensorDescription:
    """Describe the traffic of a proxy, over all services."""
    is_rate = key in {
        PrinterSensorKey.RATE_TO_PRINTER,
        PrinterSensorKey.RATE_TO_SLICERS,
    }
    return PrinterSensorDescription(
        key=key,
        translation_key=key,
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=(
            SensorDeviceClass.DATA_RATE if is_rate else SensorDeviceClass.DATA_SIZE
        ),
        state_class=(
            SensorStateClass.MEASUREMENT
            if is_rate
            else SensorStateClass.TOTAL_INCREASING
        ),
        native_unit_of_measurement=(
            UnitOfDataRate.BYTES_PER_SECOND if is_rate else UnitOfInformation.BYTES
        ),
        suggested_unit_of_measurement=(
            UnitOfDataRate.MEGABYTES_PER_SECOND
            if is_rate
            else UnitOfInformation.MEGABYTES
        ),
        suggested_display_precision=2,
        value_fn=lambda printer: sum(map(value_fn, printer.traffic)),
    )


SHARED_SENSORS: tuple[PrinterSensorDescription, ...] = (
    PrinterSensorDescription(
        key=PrinterSensorKey.CONNECTED_SLICERS,
        translation_key=PrinterSensorKey.CONNECTED_SLICERS,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda printer: len(printer.slicers),
        attributes_fn=_slicer_attributes,
    ),
    PrinterSensorDescription(
        key=PrinterSensorKey.LAST_SLICER_IP,
        translation_key=PrinterSensorKey.LAST_SLICER_IP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda printer: printer.last_slicer_ip,
    ),
    # FTP does not announce a file's size, so this is a count and not a percentage.
    PrinterSensorDescription(
        key=PrinterSensorKey.UPLOAD_PROGRESS,
        translation_key=PrinterSensorKey.UPLOAD_PROGRESS,
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.MEGABYTES,
        suggested_display_precision=1,
        value_fn=lambda printer: sum(map(progress_bytes, printer.uploads)),
        attributes_fn=_progress_attributes,
    ),
)

PRINTER_SENSORS: tuple[PrinterSensorDescription, ...] = (
    PrinterSensorDescription(
        key=PrinterSensorKey.LAST_UPLOAD,
        translation_key=PrinterSensorKey.LAST_UPLOAD,
        value_fn=lambda printer: (
            printer.last_upload.name[:MAX_LENGTH_STATE_STATE]
            if printer.last_upload
            else None
        ),
        attributes_fn=_last_upload_attributes,
    ),
    PrinterSensorDescription(
        key=PrinterSensorKey.LAST_UPLOAD_TIME,
        translation_key=PrinterSensorKey.LAST_UPLOAD_TIME,
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda printer: (
            printer.last_upload.received_at if printer.last_upload else None
        ),
    ),
    PrinterSensorDescription(
        key=PrinterSensorKey.UPLOADS_RECEIVED,
        translation_key=PrinterSensorKey.UPLOADS_RECEIVED,
        entity_category=EntityCategory.DIAGNOSTIC,
        # Purged archives are forgotten as uploads too.
        state_class=SensorStateClass.TOTAL,
        value_fn=lambda printer: printer.uploads_received,
    ),
    *SHARED_SENSORS,
)

PROXY_SENSORS: tuple[PrinterSensorDescription, ...] = (
    _traffic(PrinterSensorKey.SENT_TO_PRINTER, lambda traffic: traffic.up_bytes),
    _traffic(PrinterSensorKey.SENT_TO_SLICERS, lambda traffic: traffic.down_bytes),
    _traffic(PrinterSensorKey.RATE_TO_PRINTER, lambda traffic: traffic.up_rate),
    _traffic(PrinterSensorKey.RATE_TO_SLICERS, lambda traffic: traffic.down_rate),
    PrinterSensorDescription(
        key=PrinterSensorKey.RELAYED_CONNECTIONS,
        translation_key=PrinterSensorKey.RELAYED_CONNECTIONS,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda printer: sum(
            traffic.connections for traffic in printer.traffic
        ),
        attributes_fn=_connection_attributes,
    ),
    PrinterSensorDescription(
        key=PrinterSensorKey.TARGET_SINCE,
        translation_key=PrinterSensorKey.TARGET_SINCE,
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda printer: printer.upstream.since if printer.upstream else None,
    ),
    PrinterSensorDescription(
        key=PrinterSensorKey.TARGET_ERROR,
        translation_key=PrinterSensorKey.TARGET_ERROR,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda printer: (
            printer.upstream.last_error if printer.upstream else None
        ),
    ),
    *SHARED_SENSORS,
)
