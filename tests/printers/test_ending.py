"""Every way a printer ends, as its clients see it: libmosquitto comes back only after a session that ended in order."""

import asyncio
from collections.abc import Awaitable, Callable
import socket
import ssl
from time import monotonic
from typing import Any

import pytest

from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from tests.support import mqtt_wire as wire
from tests.support.home_assistant import ACCESS_CODE
from tests.support.waiting import until

TIMEOUT_S = 10.0


class TlsClient:
    """A client that tells a TLS connection that was closed from one that was cut."""

    def __init__(self, address: str, port: int) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self._socket = context.wrap_socket(
            socket.create_connection((address, port), TIMEOUT_S),
            suppress_ragged_eofs=False,
        )

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def read(self) -> bytes:
        """Read what is there, or wait for more; nothing after close_notify. Raises OSError when it was cut."""
        return self._socket.recv(65536)

    def read_to_end(self) -> bytes:
        """Read until close_notify, and answer it. Raises OSError when the connection was cut."""
        received = b""
        until_s = monotonic() + TIMEOUT_S
        while more := self.read():
            received += more
            if monotonic() > until_s:
                raise TimeoutError("the printer goes on as if nothing had happened")
        self.close()
        return received

    def close(self) -> None:
        self._socket.close()


type End = Callable[[HomeAssistant, Hub, ManagedPrinter], Awaitable[Any]]


async def _switch_off(hass: HomeAssistant, hub: Hub, printer: ManagedPrinter) -> None:
    await hub.async_set_enabled(printer.id, enabled=False)


async def _remove(hass: HomeAssistant, hub: Hub, printer: ManagedPrinter) -> None:
    hass.config_entries.async_remove_subentry(hub.entry, printer.id)


async def _unload(hass: HomeAssistant, hub: Hub, printer: ManagedPrinter) -> None:
    assert await hass.config_entries.async_unload(hub.entry.entry_id)


async def _reload(hass: HomeAssistant, hub: Hub, printer: ManagedPrinter) -> None:
    assert await hass.config_entries.async_reload(hub.entry.entry_id)


async def _stop(hass: HomeAssistant, hub: Hub, printer: ManagedPrinter) -> None:
    await hass.async_stop(force=True)


async def _restart(hass: HomeAssistant, hub: Hub, printer: ManagedPrinter) -> None:
    await hass.async_stop(100, force=True)


@pytest.mark.parametrize(
    "end", [_switch_off, _remove, _unload, _reload, _stop, _restart]
)
async def test_whichever_way_a_printer_ends_its_clients_are_let_go_in_order(
    printer: ManagedPrinter, hass: HomeAssistant, hub: Hub, end: End
) -> None:
    address = printer.config.bind_ip
    slicer = await asyncio.to_thread(TlsClient, address, 8883)
    slicer.send(wire.connect(ACCESS_CODE))
    stranger = await asyncio.to_thread(TlsClient, address, 8883)
    ftp = await asyncio.to_thread(TlsClient, address, 990)
    assert (await asyncio.to_thread(ftp.read)).startswith(b"220")
    await until(lambda: printer.slicers)
    endings = asyncio.gather(
        *(asyncio.to_thread(client.read_to_end) for client in (slicer, stranger, ftp)),
        return_exceptions=True,
    )
    await end(hass, hub, printer)
    reports, silence, farewell = await endings
    for ending in (reports, silence, farewell):
        assert not isinstance(ending, BaseException), repr(ending)
    assert b"push_status" in reports
    assert silence == b""
    assert farewell.startswith(b"421")


async def test_mosquitto_comes_back_after_home_assistant_was_restarted(
    printer: ManagedPrinter,
    hass: HomeAssistant,
    hub: Hub,
) -> None:
    """Its listeners end with Home Assistant; whatever listens on the address next finds the client again."""
    process = await asyncio.create_subprocess_exec(
        *("mosquitto_sub", "-h", printer.config.bind_ip, "-p", "8883"),
        *(
            "--insecure",
            "--cafile",
            hass.config.path("bambu_virtual_printer", "certs", "bbl_ca.crt"),
        ),
        *("-u", "bblp", "-P", ACCESS_CODE, "-t", "#"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await until(lambda: printer.slicers)
        await hass.async_stop(force=True)
        again = asyncio.Event()

        def _note(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            again.set()
            writer.close()

        server = await asyncio.start_server(
            _note,
            printer.config.bind_ip,
            8883,
        )
        async with server, asyncio.timeout(TIMEOUT_S * 3):
            await again.wait()
        assert process.returncode is None
    finally:
        process.kill()
        await process.wait()


async def test_a_printer_does_not_start_any_more_once_home_assistant_stops(
    printer: ManagedPrinter, hass: HomeAssistant, hub: Hub
) -> None:
    await hub.async_set_enabled(printer.id, enabled=False)
    await hass.async_stop(force=True)
    await hub.async_set_enabled(printer.id, enabled=True)
    await hub.certificates.async_renew()
    assert not printer.running
    socket.create_server((printer.config.bind_ip, 8883)).close()


async def test_home_assistant_may_stop_while_the_printers_still_start(
    printer: ManagedPrinter,
    hass: HomeAssistant,
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await hass.config_entries.async_unload(hub.entry.entry_id)
    sync = Hub.async_sync

    async def _stop_meanwhile(self: Hub) -> None:
        hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
        await sync(self)

    monkeypatch.setattr(Hub, "async_sync", _stop_meanwhile)
    await hass.config_entries.async_setup(hub.entry.entry_id)
    await hass.async_block_till_done()
    socket.create_server((printer.config.bind_ip, 8883)).close()
