"""The cameras of real printers in Home Assistant: simulated printers, real sockets, Home Assistant's own HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
import json
import logging
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.bambu_virtual_printer.engine.emulator.camera.local import LIMITS
from custom_components.bambu_virtual_printer.engine.machines.camera.upstream import (
    CameraTimes,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers import cameras, machines
from homeassistant.components.camera import (
    CameraEntityFeature,
    async_get_image,
    async_get_stream_source,
    async_request_stream,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from scripts.printer_double.double import ACCESS_CODE
from scripts.printer_double.faults import Faults
from tests.support.home_assistant import AddPrinter
from tests.support.pictures import picture
from tests.support.real_printers import AddReal
from tests.support.video_client import local_video_connection, video_connection
from tests.support.waiting import until

QUICK = CameraTimes(
    retry_s=0.01,
    retry_max_s=0.05,
    refused_retry_s=600.0,
    linger_s=0.05,
)
PICTURE = picture()


@pytest.fixture(autouse=True)
def quick_camera(monkeypatch: pytest.MonkeyPatch, add_real: AddReal) -> None:
    monkeypatch.setattr(machines, "CAMERA_TIMES", QUICK)


def _numbered(number: int) -> bytes:
    return PICTURE + number.to_bytes(4)


@pytest.fixture
async def add(add_real: AddReal) -> Callable[..., Any]:
    """Add a printer whose camera shows something else a hundred times a second."""

    async def _add(name: str = "Cellar", **options: Any) -> Any:
        double, machine = await add_real(name, picture_every_s=0.01, **options)
        double.picture = _numbered
        return double, machine

    return _add


@pytest.fixture
async def stream(
    hass_client: ClientSessionGenerator, state: Callable[..., Any]
) -> Callable[..., Any]:
    """Open a camera's MJPEG stream, as an <img> does."""
    client = await hass_client()

    @asynccontextmanager
    async def _stream(machine: Any) -> AsyncIterator[Callable[[], Any]]:
        camera = state("camera", machine, "camera")
        url = camera.attributes["entity_picture"].replace(
            "/api/camera_proxy/", "/api/camera_proxy_stream/"
        )
        async with client.get(url) as response:
            assert response.status == 200
            boundary = response.headers["Content-Type"].partition("boundary=")[2]
            delimiter = f"--{boundary}\r\n".encode()

            async def _next() -> bytes:
                async with asyncio.timeout(20):
                    head = await response.content.readuntil(b"\r\n\r\n")
                    size = int(head.partition(b"Content-Length: ")[2])
                    body = await response.content.readexactly(size)
                    # It ends with a boundary, and need not wait for the next.
                    tail = await response.content.readuntil(delimiter)
                    assert tail == b"\r\n" + delimiter
                    return body

            assert await response.content.readuntil(delimiter) == delimiter
            yield _next

    return _stream


async def test_stills_and_streams_share_one_connection(
    hass: HomeAssistant,
    hub: Hub,
    add: Callable[..., Any],
    stream: Callable[..., Any],
    entity_id: Callable[..., str],
) -> None:
    double, machine = await add()
    async with stream(machine) as one, stream(machine) as other:
        for following in (one, other):
            numbers = [int.from_bytes((await following())[-4:]) for _ in range(3)]
            assert numbers == sorted(set(numbers))
        still = await async_get_image(hass, entity_id("camera", machine, "camera"))
        assert still.content_type == "image/jpeg"
        assert still.content.startswith(PICTURE)
    assert double.camera.connections == 1
    await until(lambda: not double.camera.viewers, "closed after the last viewer")


async def test_nothing_is_asked_of_a_camera_at_which_nobody_looks(
    hub: Hub, add: Callable[..., Any], state: Callable[..., Any]
) -> None:
    double, machine = await add()
    camera = state("camera", machine, "camera")
    assert camera.state == "idle"
    assert "problem" not in camera.attributes
    assert double.camera.connections == 0


async def test_a_camera_goes_and_comes_with_its_printer(
    hub: Hub, add: Callable[..., Any], state: Callable[..., Any]
) -> None:
    double, machine = await add()
    await double.power_off()
    await until(lambda: state("camera", machine, "camera").state == STATE_UNAVAILABLE)
    await double.power_on()
    await until(lambda: state("camera", machine, "camera").state == "idle")


async def test_a_stream_goes_on_when_the_printer_was_gone(
    hub: Hub, add: Callable[..., Any], stream: Callable[..., Any]
) -> None:
    double, machine = await add()
    async with stream(machine) as following:
        await following()
        double.camera.drop()
        await until(lambda: double.camera.connections == 2)
        await following()
        await following()


@pytest.mark.parametrize(
    ("faults", "changes", "problem", "text"),
    [
        ({}, {"access_code": "changed1"}, "wrong_code", "refuses the access code"),
        ({"camera_places": 0}, {}, "too_many_viewers", "Too many programs"),
        ({"camera_header_says": 1}, {}, "lost", "was lost"),
    ],
)
async def test_a_camera_says_what_is_wrong_with_it(
    hass: HomeAssistant,
    hub: Hub,
    add: Callable[..., Any],
    state: Callable[..., Any],
    entity_id: Callable[..., str],
    faults: dict[str, Any],
    changes: dict[str, Any],
    problem: str,
    text: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cameras, "STILL_TIMEOUT_S", 0.2)
    if problem == "too_many_viewers":
        monkeypatch.setattr(machines, "CAMERA_TIMES", replace(QUICK, handshake_s=0.3))
    double, machine = await add(faults=Faults(**faults))
    for name, value in changes.items():
        setattr(double, name, value)
    feed = machine.session.camera.pictures
    # Somebody looks, so that it is known what is wrong with it.
    stop = feed.watch(cameras._Newest())
    await until(lambda: state("camera", machine, "camera").attributes.get("problem"))
    assert state("camera", machine, "camera").attributes["problem"] == problem
    with pytest.raises(HomeAssistantError) as failed:
        await async_get_image(hass, entity_id("camera", machine, "camera"))
    assert text in str(failed.value)
    assert machine.name in str(failed.value)
    stop()
    await until(lambda: not feed.is_open)
    assert "problem" not in state("camera", machine, "camera").attributes


async def test_a_stream_that_nobody_reads_any_more_is_ended(
    hub: Hub,
    add: Callable[..., Any],
    stream: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While the camera sends nothing, writing does not show that the reader is gone."""
    monkeypatch.setattr(cameras, "QUIET_S", 0.05)
    double, machine = await add()
    async with stream(machine) as following:
        await following()
        double.faults.camera_stalls = True
    await until(lambda: not machine.session.camera.is_open)


async def test_the_access_code_is_in_no_state_log_or_diagnostics(
    hass: HomeAssistant,
    hub: Hub,
    entry: ConfigEntry[Hub],
    add: Callable[..., Any],
    stream: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    entity_id: Callable[..., str],
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(cameras, "STILL_TIMEOUT_S", 0.5)
    double, machine = await add()
    async with stream(machine) as following:
        await following()
        double.faults.camera_header_says = 1
        double.camera.drop()
        await until(lambda: machine.session.camera.problem)
    double.access_code = "changed1"
    with pytest.raises(HomeAssistantError):
        await async_get_image(hass, entity_id("camera", machine, "camera"))
    assert double.camera.logins
    shown = [str(state.as_dict()) for state in hass.states.async_all()]
    shown.append(
        json.dumps(await async_get_config_entry_diagnostics(hass, entry), default=str)
    )
    shown.append(caplog.text)
    assert not [text for text in shown if ACCESS_CODE in text]


async def test_a_camera_that_the_bambu_lab_integration_shows_is_left_to_it(
    hass: HomeAssistant, hub: Hub, add: Callable[..., Any]
) -> None:
    _double, known = await add()
    MockConfigEntry(domain="bambu_lab", data={"serial": "01P00A391400002"}).add_to_hass(
        hass
    )
    _double, machine = await add("Attic")
    assert machine.config.serial == "01P00A391400002"
    registry = er.async_get(hass)
    disabled = {
        each.unique_id: each.disabled_by
        for each in registry.entities.values()
        if each.domain == "camera"
    }
    assert disabled == {
        f"{known.id}_camera": None,
        f"{machine.id}_camera": er.RegistryEntryDisabler.INTEGRATION,
    }


def _liveview(double: Any, url: str) -> None:
    double.report(ipcam={"ipcam_dev": "1", "rtsp_url": url})


async def test_video_is_streamed_by_tcp_and_the_clock_here(
    hass: HomeAssistant,
    hub: Hub,
    add: Callable[..., Any],
    entity_id: Callable[..., str],
) -> None:
    _double, machine = await add(model="BL-P001")
    entity: Any = hass.data["camera"].get_entity(entity_id("camera", machine, "camera"))
    assert entity.supported_features is CameraEntityFeature.STREAM
    assert entity.stream_options == {
        "rtsp_transport": "tcp",
        "use_wallclock_as_timestamps": True,
    }


async def _source(
    hass: HomeAssistant, entity_id: Callable[..., str], machine: Any
) -> str:
    source = await async_get_stream_source(hass, entity_id("camera", machine, "camera"))
    assert source
    return source


async def test_whoever_shows_the_video_reads_it_here_by_one_connection_and_without_the_access_code(
    hass: HomeAssistant,
    hub: Hub,
    add: Callable[..., Any],
    add_printer: AddPrinter,
    state: Callable[..., Any],
    entity_id: Callable[..., str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    double, machine = await add(model="BL-P001")
    printer = await add_printer(
        model="BL-P001",
        access_code="87654321",
        filing={"target": machine.id, "shows": "target"},
    )
    source = await _source(hass, entity_id, machine)
    assert ACCESS_CODE not in source
    assert source == await _source(hass, entity_id, machine)
    async with (
        local_video_connection(source) as (stream, password),
        local_video_connection(source) as (webrtc, _),
        video_connection(printer.config.bind_ip) as slicer,
    ):
        for client, code in (
            (stream, password),
            (webrtc, password),
            (slicer, "87654321"),
        ):
            status, _headers, sdp = await client.describe(code)
            assert status == 200
            assert double.address not in sdp.decode()
            await client.play()
            assert (await client.packet())[16:20] == b"\x67SPS"
    assert double.video.connections == 1
    await until(lambda: not double.video.viewers, "closed after the last")
    assert ACCESS_CODE not in str(state("camera", machine, "camera").as_dict())
    assert ACCESS_CODE not in caplog.text
    assert password not in caplog.text


async def test_the_video_here_is_played_in_the_way_of_go2rtc(
    hass: HomeAssistant,
    hub: Hub,
    add: Callable[..., Any],
    entity_id: Callable[..., str],
) -> None:
    """It asks for a back channel, goes by the base it is told, and keeps the session by OPTIONS (its pkg/rtsp, 1.9)."""
    _double, machine = await add(model="BL-P001")
    source = await _source(hass, entity_id, machine)
    async with local_video_connection(source) as (client, password):
        assert (await client.request("OPTIONS"))[0] == 200
        back = {"Require": "www.onvif.org/ver20/backchannel"}
        assert (await client.request("DESCRIBE", **back))[0] == 401
        status, headers, sdp = await client.describe(password)
        assert status == 200
        # Its reader of descriptions takes these kinds of lines in this order only (RFC 8866, 5).
        kinds = [line[:1] for line in sdp.decode().splitlines()]
        first, media = kinds[: kinds.index("m")], kinds[kinds.index("m") :]
        assert first == ["v", "o", "s", "c", "t"]
        assert media == sorted(media, key="mba".index)
        client.url = headers["content-base"]
        assert client.url.endswith("/")
        status, headers, _body = await client.request(
            "SETUP",
            f"{client.url}track1",
            Transport="RTP/AVP/TCP;unicast;interleaved=0-1",
        )
        assert status == 200
        assert headers["transport"].startswith("RTP/AVP/TCP;")
        session = headers["session"].partition(";")[0]
        assert (await client.request("PLAY", Session=session))[0] == 200
        for _ in range(3):
            await client.packet()
            assert (await client.request("OPTIONS", Session=session))[0] == 200


async def test_the_video_here_asks_for_its_own_password(
    hass: HomeAssistant,
    hub: Hub,
    add: Callable[..., Any],
    entity_id: Callable[..., str],
) -> None:
    double, machine = await add(model="BL-P001")
    source = await _source(hass, entity_id, machine)
    for wrong in (ACCESS_CODE, "", machine.id):
        async with local_video_connection(source) as (client, password):
            assert wrong != password
            assert (await client.describe(wrong))[0] == 401
            assert await client.reader.read() == b""
    assert double.video.connections == 0


async def test_a_few_programs_at_most_read_the_video_here(
    hass: HomeAssistant,
    hub: Hub,
    add: Callable[..., Any],
    entity_id: Callable[..., str],
) -> None:
    double, machine = await add(model="BL-P001")
    source = await _source(hass, entity_id, machine)
    async with AsyncExitStack() as clients:
        answers = []
        for _ in range(LIMITS.authenticated_per_peer + 1):
            client, password = await clients.enter_async_context(
                local_video_connection(source)
            )
            answers.append((await client.describe(password))[0])
        assert answers == [200] * LIMITS.authenticated_per_peer + [401]
    await until(lambda: not double.video.viewers)


async def test_nothing_listens_for_a_video_that_nobody_asks_for_or_that_is_gone(
    hass: HomeAssistant,
    hub: Hub,
    add: Callable[..., Any],
    entity_id: Callable[..., str],
) -> None:
    _double, machine = await add(model="BL-P001")
    camera = entity_id("camera", machine, "camera")
    entity: Any = hass.data["camera"].get_entity(camera)
    assert entity._video._local._listener is None
    source = await _source(hass, entity_id, machine)
    async with local_video_connection(source) as (client, password):
        assert (await client.describe(password))[0] == 200
        await hass.config_entries.async_unload(hub.entry.entry_id)
        async with asyncio.timeout(20):
            await client.reader.read()
    with pytest.raises(ConnectionRefusedError):
        async with local_video_connection(source):
            pass


async def test_a_liveview_that_is_turned_off_says_so(
    hass: HomeAssistant,
    hub: Hub,
    add: Callable[..., Any],
    state: Callable[..., Any],
    entity_id: Callable[..., str],
) -> None:
    double, machine = await add(model="BL-P001")
    _liveview(double, "disable")
    await until(
        lambda: state("camera", machine, "camera").attributes.get("problem") == "off"
    )
    camera = entity_id("camera", machine, "camera")
    with pytest.raises(HomeAssistantError, match="LAN Only Liveview"):
        await async_request_stream(hass, camera, "hls")
    with pytest.raises(HomeAssistantError, match="LAN Only Liveview"):
        await async_get_image(hass, camera)
    # How it is shown is chosen all the same: it may be turned on later.
    source = await _source(hass, entity_id, machine)
    async with local_video_connection(source) as (client, password):
        assert (await client.describe(password))[0] == 404
    assert double.video.connections == 0
    _liveview(double, "rtsps://192.168.0.77:322/streaming/live/1")
    await until(lambda: "problem" not in state("camera", machine, "camera").attributes)
    async with local_video_connection(source) as (client, password):
        assert (await client.describe(password))[0] == 200


async def test_the_video_has_one_address_while_the_printer_gets_another_access_code(
    hass: HomeAssistant,
    hub: Hub,
    add: Callable[..., Any],
    entity_id: Callable[..., str],
) -> None:
    double, machine = await add(model="BL-P001")
    source = await _source(hass, entity_id, machine)
    async with local_video_connection(source) as (client, password):
        assert (await client.describe(password))[0] == 200
        double.access_code = "changed1"
        before = machine.session
        subentry = hub.entry.subentries[machine.id]
        hass.config_entries.async_update_subentry(
            hub.entry, subentry, data={**subentry.data, "access_code": "changed1"}
        )
        # Those who looked come again.
        async with asyncio.timeout(20):
            await client.reader.read()
    assert await _source(hass, entity_id, machine) == source
    await until(lambda: machine.session is not before and machine.is_reporting)
    async with local_video_connection(source) as (client, password):
        assert (await client.describe(password))[0] == 200
        await client.play()
        await client.packet()
