"""Uploads that come in as through Nabu Casa: by its own tunnel (snitun), from a server of the test to Home Assistant's web server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
import io
import json
from pathlib import Path
import secrets
import socket
import ssl
from typing import Any, override

from aiohttp import ClientSession, FormData, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography.fernet import Fernet
from hass_nabucasa.remote import is_cloud_request
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from snitun.server.run import SniTunServerSingle
from snitun.utils.aiohttp_client import SniTunClientAioHttp

from custom_components.bambu_virtual_printer.activity.kinds import EVENT_ACTIVITY
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    ArchiveQuery,
)
from custom_components.bambu_virtual_printer.engine.net.guesses import REFUSAL_DELAY_S
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.components.http.ban import KEY_FAILED_LOGIN_ATTEMPTS
from homeassistant.core import HomeAssistant
from scripts.printer_double.certificate import PrinterCertificate
from tests.support.home_assistant import SentFile

HOST = "abcdefgh.ui.nabu.casa"
FROM = "127.0.0.77"
"""Where the slicer is, as the tunnel's server sees it."""
PATH = f"/api/{DOMAIN}/host/garage/api"


class Resolver(AbstractResolver):
    """Finds everything at one address."""

    def __init__(self, address: str) -> None:
        self._address = address

    @override
    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host=self._address, port=port, family=family, proto=0, flags=0,
            )
        ]  # fmt: skip

    @override
    async def close(self) -> None:
        pass


@pytest.fixture
async def outside(
    hass: HomeAssistant,
    hub: Hub,
    printer: ManagedPrinter,
    hass_client_no_auth: ClientSessionGenerator,
    new_address: Callable[[], str],
    tmp_path: Path,
) -> AsyncIterator[ClientSession]:
    """A client on the other side of the tunnel."""
    inside = await hass_client_no_auth()
    runner = inside.server.runner
    assert runner is not None
    address, port = new_address(), 4430
    key = Fernet.generate_key()
    aes_key, aes_iv = secrets.token_bytes(32), secrets.token_bytes(16)
    token = Fernet(key).encrypt(
        json.dumps(
            {
                "valid": (datetime.now(UTC) + timedelta(hours=1)).timestamp(),
                "hostname": HOST,
                "aes_key": aes_key.hex(),
                "aes_iv": aes_iv.hex(),
                "alias": [],
            }
        ).encode()
    )
    server = SniTunServerSingle([key.decode()], host=address, port=port)
    certificate = PrinterCertificate.make(tmp_path, HOST)
    context = certificate.context(newest=ssl.TLSVersion.TLSv1_3)
    tunnel = SniTunClientAioHttp(runner, context, address, port)
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    async with AsyncExitStack() as stack:
        await server.start()
        stack.push_async_callback(server.stop)
        # Home Assistant knows its requests by this.
        is_cloud_request.set(True)
        await tunnel.start()
        await tunnel.connect(token, aes_key, aes_iv)
        stack.push_async_callback(tunnel.stop)
        async with ClientSession(
            f"https://{HOST}:{port}",
            connector=TCPConnector(
                resolver=Resolver(address), local_addr=(FROM, 0), ssl=trusting
            ),
        ) as session:
            yield session


def form(path: Path) -> FormData:
    data = FormData(quote_fields=False)
    data.add_field("print", "false")
    data.add_field("file", io.BytesIO(path.read_bytes()), filename=path.name)
    return data


async def test_a_file_arrives_whole_from_the_address_of_its_slicer(
    hass: HomeAssistant,
    hub: Hub,
    printer: ManagedPrinter,
    outside: ClientSession,
    sliced_file: Callable[..., SentFile],
) -> None:
    _, secret = await hub.door.keys.async_create(printer.id, "Anna")
    headers = {"X-Api-Key": secret}
    async with outside.get(f"{PATH}/version", headers=headers) as answer:
        assert (await answer.json())["text"].startswith("OctoPrint")
    sent = sliced_file(size_bytes=3_000_000)
    async with outside.post(
        f"{PATH}/files/local", data=form(sent.path), headers=headers
    ) as answer:
        assert answer.status == 201, await answer.text()
    async with asyncio.timeout(20):
        while not (found := (await hub.library.archives(ArchiveQuery())).archives):
            await asyncio.sleep(0.02)
    [archive] = found
    assert (archive.file.peer, archive.file.encrypted) == (FROM, True)
    kept = await hub.library.file_path(archive.id)
    assert kept and kept.read_bytes() == sent.path.read_bytes()


async def test_wrong_keys_are_told_by_address_and_ban_nobody(
    hass: HomeAssistant,
    hub: Hub,
    printer: ManagedPrinter,
    outside: ClientSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = async_capture_events(hass, EVENT_ACTIVITY)
    waited: list[str] = []

    async def _delay(peer: str) -> None:
        waited.append(peer)

    monkeypatch.setattr(hub.door, "async_delay", _delay)
    for number in range(8):
        async with outside.get(
            f"{PATH}/version", headers={"X-Api-Key": f"wrong{number}"}
        ) as answer:
            assert answer.status == 401
    assert waited == [FROM] * 8
    await hass.async_block_till_done()
    failed: list[dict[str, Any]] = [
        event.data for event in told if event.data["type"] == "login_failed"
    ]
    assert {(one["source_ip"], one["service"]) for one in failed} == {(FROM, "http")}
    assert not hass.http.app.get(KEY_FAILED_LOGIN_ATTEMPTS)
    slowed_down_s = hub.door._guesses.refusal_delay_s(FROM)
    assert slowed_down_s > REFUSAL_DELAY_S
    _, secret = await hub.door.keys.async_create(printer.id, "Anna")
    async with outside.get(f"{PATH}/version", headers={"X-Api-Key": secret}) as answer:
        assert answer.status == 200
    # Who has shown the right one is not slowed down by the wrong ones before.
    assert hub.door._guesses.refusal_delay_s(FROM) < slowed_down_s
