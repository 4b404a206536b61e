"""Queries about what printers' memory cards show, to be run by `Index.run`.

Of one name the card has one file for each sender. Who has the printer's own code sees and gets the newest of them, a person
their own where there is one. What is kept only to be restored is not shown, and is again once it was.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from ...storage import StoredFile
from .schema import uploads

# As many as a slicer's file list can sensibly show.
MAX_FILES = 100
_NEWEST_FIRST = (uploads.c.received_at.desc(), uploads.c.id.desc())


def files(
    connection: Connection, printer_id: str, person: str = ""
) -> list[StoredFile]:
    """Return what a printer's card shows to a person, newest first, one file for each name."""
    query = (
        select(
            uploads.c.id,
            uploads.c.upload_name,
            uploads.c.size_bytes,
            uploads.c.received_at,
            uploads.c.person,
        )
        .where(*_on_card(printer_id))
        .order_by(*_NEWEST_FIRST)
        .limit(MAX_FILES)
    )
    shown: dict[str, StoredFile] = {}
    for row in connection.execute(query):
        if row.upload_name in shown and not (person and row.person == person):
            continue
        shown[row.upload_name] = StoredFile(
            id=row.id,
            name=row.upload_name,
            size_bytes=row.size_bytes,
            modified=row.received_at,
            person=row.person,
        )
    return list(shown.values())


def find(
    connection: Connection, printer_id: str, name: str, person: str = ""
) -> tuple[str, str] | None:
    """Return id and file name of the newest file the card has under a name; with `person`, if that person sent it."""
    query = select(uploads.c.id, uploads.c.file_name).where(
        *_on_card(printer_id, name, person)
    )
    row = connection.execute(query.order_by(*_NEWEST_FIRST)).first()
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


def make_room(connection: Connection, printer_id: str, name: str, sender: str) -> None:
    """Take off the card what the sender of a file that comes now had under its name."""
    connection.execute(
        update(uploads)
        .where(*_on_card(printer_id, name), uploads.c.person == sender)
        .values(on_card=False)
    )


def show_again(connection: Connection, upload_id: str) -> None:
    """Show a file that is restored, as before, unless its sender has another one of its name there by now."""
    row = connection.execute(
        select(uploads.c.printer_id, uploads.c.upload_name, uploads.c.person).where(
            uploads.c.id == upload_id
        )
    ).one()
    others = select(uploads.c.id).where(
        *_on_card(row.printer_id, row.upload_name),
        uploads.c.person == row.person,
        uploads.c.id != upload_id,
    )
    if connection.execute(others).first() is not None:
        forget(connection, upload_id)


def forget(connection: Connection, upload_id: str) -> None:
    """Take a file off the card for good."""
    connection.execute(
        update(uploads).where(uploads.c.id == upload_id).values(on_card=False)
    )


def rename(
    connection: Connection,
    printer_id: str,
    upload_id: str,
    new_name: str,
    person: str = "",
) -> bool:
    """Show an upload under another name, in place of what has it; with `person`, only of what that person sent.

    Returns False when it is not on the card any more.
    """
    take_off(connection, printer_id, new_name, person)
    changed = connection.execute(
        update(uploads)
        .where(*_on_card(printer_id), uploads.c.id == upload_id)
        .values(upload_name=new_name)
    )
    return changed.rowcount > 0


def has_newer(
    connection: Connection,
    printer_id: str,
    name: str,
    sender: str,
    received_at: datetime,
) -> bool:
    """Return whether the card shows a file of this name and sender that was received later."""
    query = select(uploads.c.id).where(
        *_on_card(printer_id, name),
        uploads.c.person == sender,
        uploads.c.received_at > received_at,
    )
    return connection.execute(query).first() is not None


def _on_card(
    printer_id: str, name: str | None = None, person: str = ""
) -> list[ColumnElement[bool]]:
    conditions = [
        uploads.c.printer_id == printer_id,
        uploads.c.on_card.is_(True),
        uploads.c.kept_until.is_(None),
    ]
    if name is not None:
        conditions.append(uploads.c.upload_name == name)
    if person:
        conditions.append(uploads.c.person == person)
    return conditions
