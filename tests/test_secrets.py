"""What nobody may read: access codes and upload keys, good and refused, wherever a confused slicer puts them."""

import asyncio
from collections.abc import Callable
import logging
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import FormData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)
from custom_components.bambu_virtual_printer.engine.net import guesses
from custom_components.bambu_virtual_printer.engine.protocol.file_tunnel import (
    FrameError,
)
from custom_components.bambu_virtual_printer.hub import Hub
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.json import json_dumps
from scripts import slicer
from scripts.tunnel import TunnelClient, upload_file_by_tunnel
from tests.support.home_assistant import (
    AddPrinter,
    Call,
    DeviceOf,
    Send,
    SentFile,
    Told,
)
from tests.support.real_printers import AddReal, add_real, quick_sessions
from tests.support.waiting import until

__all__ = ["add_real", "quick_sessions"]

LOGGERS = (
    "",
    f"custom_components.{DOMAIN}",
    "aiohttp",
    "aiohttp.access",
    "aiomqtt",
    "mqtt",
    "homeassistant",
    "homeassistant.components.http",
)
OWN_CODE = "71936258"
REAL_CODE = "60418259"
WRONG_CODE = "39027164"
GCODE = b"; HEADER_BLOCK_START\n" + b"G1 X1\n" * 500 + b"; EXECUTABLE_BLOCK_END\n"
WRONG_KEY = "Zq7Wk2Jx9Lm4Tb8Vn3Rc6Yd1Hf5Gs0Pa"


class Everything:
    """What is told anywhere: log records, events, and the bodies of answers."""

    def __init__(self, hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
        self._hass = hass
        self._caplog = caplog
        self._events: list[str] = []
        self.answers: list[str] = []
        hass.bus.async_listen(MATCH_ALL, self._hear)

    @callback
    def _hear(self, event: Event[Any]) -> None:
        self._events.append(f"{event.event_type} {event.data}")

    @property
    def records(self) -> list[logging.LogRecord]:
        return self._caplog.get_records("setup") + self._caplog.get_records("call")

    def sinks(self) -> dict[str, list[str]]:
        """Return all of it by where it can be read."""
        formatter = logging.Formatter()
        return {
            # With all that a record carries: some handlers write more than the message.
            "logs": [
                f"{formatter.format(record)} {vars(record)}" for record in self.records
            ],
            "events": self._events,
            "states": [str(state.as_dict()) for state in self._hass.states.async_all()],
            "issues": [
                str(issue) for issue in ir.async_get(self._hass).issues.values()
            ],
            "answers": self.answers,
        }


@pytest.fixture
def everything(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> Everything:
    """Listen to all of it from the beginning, and let everybody write all they can."""
    for name in LOGGERS:
        caplog.set_level(logging.DEBUG, name)
    return Everything(hass, caplog)


def form(path: Path, /, **fields: str) -> FormData:
    """Return a form with a file, as slicers send it."""
    data = FormData(quote_fields=False)
    for field, value in fields.items():
        data.add_field(field, value)
    data.add_field("file", path.read_bytes(), filename=path.name)
    return data


async def test_no_access_code_and_no_key_is_told_anywhere(
    hass: HomeAssistant,
    everything: Everything,
    add_real: AddReal,
    entry: MockConfigEntry,
    hub: Hub,
    add_printer: AddPrinter,
    device_of: DeviceOf,
    call: Call,
    told: Told,
    sliced_file: Callable[..., SentFile],
    send: Send,
    hass_client_no_auth: ClientSessionGenerator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guesses, "REFUSAL_DELAY_S", 0.01)
    await add_real(settings={"access_code": REAL_CODE})
    printer = await add_printer(model="BL-P001", access_code=OWN_CODE)
    device = device_of(printer.id)
    assert device
    anna = await call("add_person", device_id=device.id, name="Anna")
    ben = await call("add_person", device_id=device.id, name="Ben")
    annas_old_code = anna["access_code"]
    anna = await call("renew_access_code", person_id=anna["person_id"])
    key = (await call("create_upload_key", device_id=device.id, name="Anna"))["key"]
    old = await call("create_upload_key", device_id=device.id, name="Ben")
    await call("revoke_upload_key", key_id=old["key_id"])
    secrets = {
        "the printer's own code": OWN_CODE,
        "a real printer's code": REAL_CODE,
        "a wrong code": WRONG_CODE,
        "a code": anna["access_code"],
        "another's code": ben["access_code"],
        "an old code": annas_old_code,
        "a key": key,
        "a revoked key": old["key"],
        "a wrong key": WRONG_KEY,
    }
    ca = tmp_path / "ca.pem"
    ca.write_text(hub.certificates.authority.pem)
    context = slicer.tls_context(printer.config.serial, ca)

    # --- by the printer's own protocols ---
    file = sliced_file("Cube.gcode.3mf")
    for code in (OWN_CODE, anna["access_code"], ben["access_code"]):
        await send(printer, file, print_options=slicer.PrintOptions(), access_code=code)
        await asyncio.to_thread(
            upload_file_by_tunnel, printer.config.bind_ip, code, context, file.path
        )
    for code in (WRONG_CODE, annas_old_code, key):
        with pytest.raises((slicer.SlicerError, OSError)):
            await asyncio.to_thread(
                slicer.upload_file, printer.config.bind_ip, code, context, file.path
            )
        with pytest.raises((slicer.SlicerError, OSError)):
            async with slicer.session(
                printer.config.bind_ip, code, printer.config.serial, context
            ):
                pass
        with pytest.raises((slicer.SlicerError, OSError, FrameError)):
            await asyncio.to_thread(TunnelClient, printer.config.bind_ip, code, context)

    # --- by the door ---
    gcode = tmp_path / "Cube.gcode"
    gcode.write_bytes(GCODE)
    client = await hass_client_no_auth()
    base = f"/api/{DOMAIN}/host/garage"
    short = "/api/bvp/garage"

    async def ask(method: str, url: str, **request: Any) -> int:
        async with client.request(method, url, **request) as answer:
            everything.answers.append(f"{answer.headers} {await answer.text()}")
            return answer.status

    for root in (base, short):
        for one in (key, old["key"], WRONG_KEY, anna["access_code"]):
            for headers in ({"X-Api-Key": one}, {"Authorization": f"Bearer {one}"}):
                status = 201 if one == key else 401
                sent = form(gcode, print="true")
                assert (
                    await ask(
                        "POST", f"{root}/api/files/local", data=sent, headers=headers
                    )
                    == status
                )
                await ask("GET", f"{root}/api/version", headers=headers)
                await ask("GET", f"{root}/api/{one}", headers=headers)
                await ask(
                    "POST", f"{root}/api/login", json={"apikey": one}, headers=headers
                )
            # Where it does not belong: in the address.
            for url in (
                f"{root}/api/version?apikey={one}",
                f"{root}/api/files/local?apikey={one}&print=true",
                f"{root}?{one}",
                f"{root}/{one}/api/version",
                f"{root}/api/{one}",
                f"{root}/api/files/local/{one}",
                # Home Assistant refuses these itself, and logs why.
                f"{root}/api/version?apikey={one}&next=../../etc/passwd",
                f"{root}/api/version?apikey={quote(one + chr(9))}",
                f"/api/bvp/{one}",
                f"/api/bvp/{one}/api/version",
                f"/api/{DOMAIN}/host/{one}/api/version",
            ):
                await ask("GET", url)
                await ask("POST", url, data=form(gcode, print="true"))
            # In the form; its name is that of a file, which is shown as it is.
            for field in ("apikey", "X-Api-Key", "print", "path", "plateindex", one):
                for headers in ({}, {"X-Api-Key": key}):
                    fields = {field: one}
                    data = form(gcode, **fields)
                    await ask(
                        "POST", f"{root}/api/files/local", data=data, headers=headers
                    )
            # In the headers, but differently.
            for headers in (
                {"Authorization": one},
                {"Authorization": f"Basic {one}"},
                {"Cookie": f"apikey={one}"},
                {"Content-Type": one, "X-Api-Key": key},
                {"Content-Type": "multipart/form-data; boundary=", "X-Api-Key": key},
                {"Content-Encoding": one, "X-Api-Key": key},
            ):
                await ask("POST", f"{root}/api/files/local", data=b"x", headers=headers)
    await until(lambda: not hub.library._context.tasks)
    await hass.async_block_till_done()
    for action in ("list_people", "list_upload_keys", "list_archives"):
        everything.answers.append(json_dumps(await call(action)))
    diagnostics = [await async_get_config_entry_diagnostics(hass, entry)]
    diagnostics.append(await async_get_device_diagnostics(hass, entry, device))
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()

    sinks = everything.sinks() | {
        "diagnostics": [json_dumps(one) for one in diagnostics],
        "activities": [str(one) for one in told.activities],
    }
    told_to = {record.name.split(".")[0] for record in everything.records}
    assert {"aiohttp", "homeassistant", "custom_components"} <= told_to
    found = {
        (what, where, text[max(0, text.index(secret) - 200) :][:400])
        for what, secret in secrets.items()
        for where, texts in sinks.items()
        for text in texts
        if secret in text
    }
    assert not found
