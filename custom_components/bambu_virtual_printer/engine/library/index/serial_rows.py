"""The serial-number suffixes that were ever issued, to be run by `Index.run`.

A number stays taken after its printer is gone: slicers remember printers by it.
"""

from collections.abc import Callable, Container
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from .schema import serial_suffixes


def issue(connection: Connection, draw: Callable[[Container[str]], str]) -> str:
    """Draw a suffix that was never issued, and remember it."""
    used = set(connection.execute(select(serial_suffixes.c.suffix)).scalars())
    suffix = draw(used)
    remember(connection, suffix)
    return suffix


def remember(connection: Connection, suffix: str) -> bool:
    """Remember a suffix that came from elsewhere. Returns False when it was known."""
    is_known = connection.execute(
        select(serial_suffixes.c.suffix).where(serial_suffixes.c.suffix == suffix)
    ).first()
    if is_known:
        return False
    connection.execute(
        insert(serial_suffixes).values(suffix=suffix, issued_at=datetime.now(UTC))
    )
    return True
