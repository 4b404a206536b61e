"""Who may do what: users see and work, administrators are told codes and change settings."""

from typing import Any

import pytest

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant
from tests.support.home_assistant import ACCESS_CODE

from .conftest import Client

UNKNOWN = "01KAPWZ3V8X4M2T9C6B5N7Q1RD"
P = {"printer_id": UNKNOWN}
U = {"upload_id": UNKNOWN}
A = {"archive_id": UNKNOWN}
J = {"job_id": UNKNOWN}

# The command, fields that it takes, and whether it is for every user.
TABLE: list[tuple[str, dict[str, Any], bool]] = [
    ("subscribe", {}, True),
    ("ack", {"subscription": "", "rev": 1}, True),
    ("upload/get", U, True),
    ("upload/edit", U | {"notes": "x"}, True),
    ("upload/decide", {"upload_ids": [UNKNOWN], "verb": "discard"}, True),
    ("undo", {"ids": [UNKNOWN]}, True),
    ("archive/restore", {"archive_ids": [UNKNOWN]}, True),
    ("archive/list", {}, True),
    ("archive/get", A, True),
    ("archive/update", {"archive_ids": [UNKNOWN], "notes": "x"}, True),
    ("archive/delete", {"archive_ids": [UNKNOWN]}, True),
    ("archive/delete", {"archive_ids": [UNKNOWN], "purge": True}, False),
    ("archive/queue", A, True),
    ("archive/remove_photo", A | {"photo_id": UNKNOWN}, True),
    ("job/get", J, True),
    ("job/history", {}, True),
    ("job/edit", J | {"copies": 2}, True),
    ("job/move", J | {"position": 1}, True),
    ("job/verb", {"job_ids": [UNKNOWN], "verb": "hold"}, True),
    ("job/answer", J | {"answer": "finished"}, True),
    ("printer/connection", P, True),
    ("printer/secret", P, False),
    ("printer/check", P, True),
    ("printer/set", P | {"enabled": False}, False),
    ("printer/clear_plate", P, True),
    ("printer/connect", P, False),
    ("trust/commands", {}, False),
    ("stats", {}, True),
]


def _is_refused(answer: dict[str, Any]) -> bool:
    return not answer["success"] and answer["error"]["code"] == "unauthorized"


@pytest.mark.parametrize(("name", "fields", "is_for_all"), TABLE)
async def test_commands_are_for_those_they_are_meant_for(
    client: Client,
    user_client: Client,
    name: str,
    fields: dict[str, Any],
    is_for_all: bool,
) -> None:
    answer = await user_client.ask(name, **fields)
    assert answer.get("error", {}).get("code") != "invalid_format", answer
    assert _is_refused(answer) is not is_for_all
    assert not _is_refused(await client.ask(name, **fields))


def test_the_table_has_every_command(hass: HomeAssistant, client: Client) -> None:
    registered = {
        name.removeprefix(f"{DOMAIN}/")
        for name in hass.data[websocket_api.DOMAIN]
        if name.startswith(f"{DOMAIN}/")
    }
    assert registered == {name for name, _, _ in TABLE}


async def test_only_administrators_are_told_the_access_code(
    client: Client, user_client: Client, printer: ManagedPrinter
) -> None:
    assert await client.call("printer/secret", printer_id=printer.id) == {
        "access_code": ACCESS_CODE
    }
    error = await user_client.error("printer/secret", printer_id=printer.id)
    assert error["code"] == "unauthorized"
    for told in (
        await user_client.call("printer/connection", printer_id=printer.id),
        await user_client.event(await user_client.follow("subscribe")),
    ):
        assert ACCESS_CODE not in str(told)
