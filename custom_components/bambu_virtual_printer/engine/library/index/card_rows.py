"""Queries about what printers' memory cards show, to be run by `Index.run`."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from ...storage import StoredFile
from .schema import uploads

# As many as a slicer's file list can sensibly show.
MAX_FILES = 100


def files(connection: Connection, printer_id: str) -> list[StoredFile]:
    """Return what a printer's card shows, newest first, one file for each name."""
    query = (
        select(
            uploads.c.id,
            uploads.c.upload_name,
            uploads.c.size_bytes,
            uploads.c.received_at,
            uploads.c.person,
        )
        .where(*_on_card(printer_id))
        .order_by(uploads.c.received_at.desc())
        .limit(MAX_FILES)
    )
    return [
        StoredFile(
            id=row.id,
            name=row.upload_name,
            size_bytes=row.size_bytes,
            modified=row.received_at,
            person=row.person,
        )
        for row in connection.execute(query)
    ]


def find(
    connection: Connection, printer_id: str, name: str, person: str = ""
) -> tuple[str, str] | None:
    """Return id and file name of the file the card shows under a name; with `person`, if that person sent it."""
    query = select(uploads.c.id, uploads.c.file_name).where(
        *_on_card(printer_id, name, person)
    )
    row = connection.execute(query).first()
    return None if row is None else (row.id, row.file_name)


def take_off(
    connection: Connection,
    printer_id: str,
    name: str | None = None,
    person: str = "",
) -> bool:
    """Take one name or all off the card; with `person`, what that person sent. Returns False when there was nothing."""
    changed = connection.execute(
        update(uploads).where(*_on_card(printer_id, name, person)).values(on_card=False)
    )
    return changed.rowcount > 0


def rename(
    connection: Connection,
    printer_id: str,
    upload_id: str,
    new_name: str,
    person: str = "",
) -> bool:
    """Show an upload under another name, in place of what has it; with `person`, only of what that person sent.

    Returns False when it is not on the card any more, or the name is not free.
    """
    take_off(connection, printer_id, new_name, person)
    if find(connection, printer_id, new_name):
        return False
    changed = connection.execute(
        update(uploads)
        .where(*_on_card(printer_id), uploads.c.id == upload_id)
        .values(upload_name=new_name)
    )
    return changed.rowcount > 0


def has_newer(
    connection: Connection, printer_id: str, name: str, received_at: datetime
) -> bool:
    """Return whether the card shows a file of this name that was received later."""
    query = select(uploads.c.id).where(
        *_on_card(printer_id, name), uploads.c.received_at > received_at
    )
    return connection.execute(query).first() is not None


def _on_card(
    printer_id: str, name: str | None = None, person: str = ""
) -> list[ColumnElement[bool]]:
    conditions = [uploads.c.printer_id == printer_id, uploads.c.on_card.is_(True)]
    if name is not None:
        conditions.append(uploads.c.upload_name == name)
    if person:
        conditions.append(uploads.c.person == person)
    return conditions
