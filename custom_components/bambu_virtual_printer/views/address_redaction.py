"""Keeps what follows the addresses of uploads out of Home Assistant's logs.

A key belongs in a header. Whoever enters it as a part of the address has it refused, but the web server and Home
Assistant would write the address down as it came.
"""

import logging
import re
from typing import Any, override

from homeassistant.core import callback

from ..presentation.urls import URL_HOST, URL_HOST_SHORT

LOGGERS = (
    "aiohttp.access",
    "homeassistant.components.http.auth",
    "homeassistant.components.http.ban",
    "homeassistant.components.http.security_filter",
    "homeassistant.helpers.http",
)
"""Those that write addresses of requests."""

_ADDRESS = re.compile(
    rf"({re.escape(URL_HOST)}|{re.escape(URL_HOST_SHORT)})[/?][^\s'\"]+"
)
_SHOWN = r"\1/**"


class _AddressFilter(logging.Filter):
    @override
    def filter(self, record: logging.LogRecord) -> bool:
        # The web server gives its records attributes of its own, with the same in them.
        for name, value in vars(record).items():
            setattr(record, name, _redacted(value))
        return True


def _redacted(value: Any) -> Any:
    match value:
        case str():
            return _ADDRESS.sub(_SHOWN, value)
        case tuple():
            return tuple(map(_redacted, value))
        case _:
            return value


_FILTER = _AddressFilter()


@callback
def async_redact_addresses() -> None:
    """Let the log show of an address of uploads only that it is one. Once is enough, for the life of the process."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
