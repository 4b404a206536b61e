"""What the rows of uploads and archives have in common."""

import base64
from collections.abc import Mapping, Sequence
import json
from typing import Any

from sqlalchemy import ColumnElement, Row

from ...explanations import explain
from ...values import Mode, PrinterRef, PrintRequest, ReceivedFile
from ..values.errors import LibraryError
from ..values.json_codec import from_json, to_json
from ..values.sent_by import SentBy

BAD_CURSOR = explain("cursor_of_other_list", "The cursor is not one of this list.")


def received_file_values(file: ReceivedFile, printer: PrinterRef) -> dict[str, Any]:
    """Return the columns of a received file and its printer."""
    return {
        "id": file.id,
        "upload_name": file.name,
        "size_bytes": file.size_bytes,
        "sha256": file.sha256,
        "peer": file.peer,
        "encrypted": file.encrypted,
        "sender": file.sender,
        "person": file.person,
        "received_at": file.received_at,
        "instance": file.instance,
        "printer_id": printer.id,
        "printer_name": printer.name,
        "printer_model": printer.model,
        "mode": printer.mode.value,
    }


def received_file(row: Row[Any]) -> ReceivedFile:
    """Return the file of a row."""
    return ReceivedFile(
        id=row.id,
        name=row.upload_name,
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        peer=row.peer,
        received_at=row.received_at,
        encrypted=row.encrypted,
        sender=row.sender,
        person=row.person,
        instance=row.instance,
    )


def printer(row: Row[Any]) -> PrinterRef:
    """Return the printer of a row."""
    return PrinterRef(
        id=row.printer_id,
        name=row.printer_name,
        model=row.printer_model,
        mode=Mode(row.mode),
    )


def requests(value: Sequence[Mapping[str, Any]] | None) -> tuple[PrintRequest, ...]:
    """Return the print requests of a row."""
    return tuple(from_json(PrintRequest, item) for item in value or ())


def requests_value(found: Sequence[PrintRequest]) -> list[dict[str, Any]] | None:
    """Return the column of print requests."""
    return [to_json(item) for item in found] or None


def sent_by(
    only: SentBy, person: ColumnElement[str], sender: ColumnElement[str]
) -> list[ColumnElement[bool]]:
    """Return the conditions of a filter on who sent something."""
    conditions: list[ColumnElement[bool]] = []
    if only.person is not None:
        conditions.append((person == only.person) | (sender == only.person))
    if only.hidden:
        conditions.append(person.not_in(sorted(only.hidden)))
    return conditions


def joined(values: Sequence[str]) -> str:
    """Return values in one text, each once; there are no commas in materials and colours."""
    return ",".join(dict.fromkeys(value.replace(",", " ") for value in values if value))


def split(value: str) -> tuple[str, ...]:
    """Return the values again."""
    return tuple(value.split(",")) if value else ()


def cost(filament_g: float | None, price: float) -> float | None:
    """Return what filament costs, at a price for each kilogram."""
    return None if filament_g is None else round(filament_g / 1000 * price, 4)


def encode_cursor(*values: object) -> str:
    """Return values as an opaque text, for the caller to hand back."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def decode_cursor(cursor: str) -> list[Any]:
    """Return the values again. Raises LibraryError."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor))
    except (ValueError, RecursionError) as err:
        raise LibraryError(BAD_CURSOR) from err
    return values if isinstance(values, list) else []
