"""Errors of commands to real printers, as Home Assistant's."""

from collections.abc import Iterator
from contextlib import contextmanager

from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..engine.machines.errors import (
    CommandError,
    DeveloperModeOffError,
    NoReplyError,
    NotConnectedError,
    RefusedError,
)
from ..engine.printable import printable


@contextmanager
def command_errors(printer: str) -> Iterator[None]:
    """Translate what a command to the printer of this name raises. Raises HomeAssistantError."""
    try:
        yield
    except CommandError as err:
        placeholders = {"printer": printer}
        match err:
            case NotConnectedError():
                key = "printer_not_connected"
            case NoReplyError():
                key = "printer_no_reply"
            case DeveloperModeOffError():
                key = "developer_mode_off"
            case RefusedError(reason=reason) if reason:
                key = "printer_refused_because"
                placeholders["reason"] = printable(reason)
            case _:
                key = "printer_refused"
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders=placeholders,
        ) from err
