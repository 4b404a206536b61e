"""The cameras of real printers, read by real programs: FFmpeg's libraries (PyAV), and Home Assistant's own streams."""

import asyncio
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from typing import Any

import av
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.engine.machines.camera.problems import (
    CameraError,
    CameraProblem,
)
from custom_components.bambu_virtual_printer.engine.machines.camera.upstream import (
    CameraTimes,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers import cameras, machines
from custom_components.bambu_virtual_printer.printers.keyframes import as_picture
from homeassistant.components.camera import (
    async_get_image,
    async_get_stream_source,
    async_request_stream,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from tests.support.films import SIZE, Film, shade_of
from tests.support.home_assistant import AddPrinter
from tests.support.pictures import picture
from tests.support.real_printers import AddReal
from tests.support.video_client import PATH, PORT
from tests.support.waiting import LIMIT_S, until

type Added = tuple[Any, Any]

CODE = "87654321"
SHADE = 120
QUICK = CameraTimes(retry_s=0.01, retry_max_s=0.05, linger_s=0.05)


@pytest.fixture(autouse=True)
def quick_camera(monkeypatch: pytest.MonkeyPatch, add_real: AddReal) -> None:
    monkeypatch.setattr(machines, "CAMERA_TIMES", QUICK)
    monkeypatch.setattr(cameras, "STILL_TIMEOUT_S", LIMIT_S)


@pytest.fixture(params=[False, True], ids=["times go on", "times stand still"])
async def filmed(
    hub: Hub, add_real: AddReal, request: pytest.FixtureRequest
) -> AsyncIterator[Added]:
    """Add a printer that streams video."""
    double, machine = await add_real(model="BL-P001", picture_every_s=0.02)
    double.video.pictures = Film(SHADE, times_stand_still=request.param)
    yield double, machine
    await until(lambda: not double.video.viewers, "closed after the last")


async def _seen(
    url: str, count: int, *, form: str | None = None, **options: str
) -> list[Image.Image]:
    """Return the first pictures that FFmpeg decodes."""

    def _decode() -> list[Image.Image]:
        with av.open(url, format=form, options=options, timeout=LIMIT_S) as container:
            frames = container.decode(video=0)
            return [next(frames).to_image() for _ in range(count)]

    async with asyncio.timeout(2 * LIMIT_S):
        return await asyncio.to_thread(_decode)


async def test_the_video_here_is_played(
    hass: HomeAssistant, filmed: Added, entity_id: Callable[..., str]
) -> None:
    double, machine = filmed
    source = await async_get_stream_source(hass, entity_id("camera", machine, "camera"))
    assert source
    options = {"rtsp_transport": "tcp", "use_wallclock_as_timestamps": "1"}
    first, second = await asyncio.gather(
        _seen(source, 12, **options), _seen(source, 12, **options)
    )
    for seen in (*first, *second):
        assert seen.size == SIZE
        assert shade_of(seen) == pytest.approx(SHADE, abs=3)
    assert double.video.connections == 1


async def test_slicers_play_the_video_over_tls(
    filmed: Added, add_printer: AddPrinter
) -> None:
    double, machine = filmed
    printer = await add_printer(
        model="BL-P001",
        access_code=CODE,
        filing={"target": machine.id, "shows": "target"},
    )
    url = f"rtsps://bblp:{CODE}@{printer.config.bind_ip}:{PORT}{PATH}"
    options = {"rtsp_transport": "tcp", "tls_verify": "0"}
    seen = await _seen(url, 12, **options)
    assert {each.size for each in seen} == {SIZE}
    assert shade_of(seen[-1]) == pytest.approx(SHADE, abs=3)
    with pytest.raises(av.HTTPUnauthorizedError):
        await _seen(url.replace(CODE, "wrong678"), 1, **options)
    assert double.video.connections == 1


async def test_home_assistant_makes_hls_of_it(
    hass: HomeAssistant,
    filmed: Added,
    entity_id: Callable[..., str],
    hass_client: ClientSessionGenerator,
) -> None:
    double, machine = filmed
    assert await async_setup_component(hass, "stream", {"stream": {"ll_hls": False}})
    url = await async_request_stream(
        hass, entity_id("camera", machine, "camera"), "hls"
    )
    client = await hass_client()

    async def _get(name: str) -> bytes:
        async with client.get(url.replace("master_playlist.m3u8", name)) as response:
            assert response.status == 200
            return await response.read()

    # It waits for the first segment, which takes two seconds of video.
    async with asyncio.timeout(2 * LIMIT_S):
        assert b"EXTM3U" in await _get("master_playlist.m3u8")
        listed = (await _get("playlist.m3u8")).decode().splitlines()
    segment = next(line for line in listed if line.endswith(".m4s"))
    with av.open(BytesIO(await _get("init.mp4") + await _get(segment))) as container:
        seen = [frame.to_image() for frame in container.decode(video=0)]
    assert len(seen) > 5
    assert {each.size for each in seen} == {SIZE}
    assert shade_of(seen[0]) == pytest.approx(SHADE, abs=3)
    assert double.video.connections == 1
    entity: Any = hass.data["camera"].get_entity(entity_id("camera", machine, "camera"))
    for output in tuple(entity.stream.outputs().values()):
        await entity.stream.remove_provider(output)


async def test_stills_are_of_now_the_first_as_well(
    hass: HomeAssistant, filmed: Added, entity_id: Callable[..., str]
) -> None:
    double, machine = filmed
    for shade in (60, 200):
        double.video.pictures = Film(shade)
        still = await async_get_image(hass, entity_id("camera", machine, "camera"))
        assert still.content_type == "image/jpeg"
        image = Image.open(BytesIO(still.content))
        assert image.size == SIZE
        assert shade_of(image) == pytest.approx(shade, abs=3)
        await until(lambda: not double.video.viewers, "closed after the last")


async def test_all_who_ask_for_a_still_while_one_is_made_get_that_one(
    hass: HomeAssistant,
    filmed: Added,
    entity_id: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _double, machine = filmed
    decoded: list[bytes] = []

    def _decode(h264: bytes) -> bytes:
        decoded.append(h264)
        return as_picture(h264)

    monkeypatch.setattr(cameras, "as_picture", _decode)
    camera = entity_id("camera", machine, "camera")
    stills = await asyncio.gather(*(async_get_image(hass, camera) for _ in range(4)))
    assert len({still.content for still in stills}) == 1
    assert len(decoded) == 1
    # Who asks later sees what is then.
    await async_get_image(hass, camera)
    assert len(decoded) == 2


async def test_a_still_that_failed_is_made_anew_for_the_next_who_waits(
    hass: HomeAssistant,
    filmed: Added,
    entity_id: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _double, machine = filmed
    failures = [CameraError(CameraProblem.LOST)]

    def _decode(h264: bytes) -> bytes:
        if failures:
            raise failures.pop()
        return as_picture(h264)

    monkeypatch.setattr(cameras, "as_picture", _decode)
    camera = entity_id("camera", machine, "camera")
    first, second = await asyncio.gather(
        *(async_get_image(hass, camera) for _ in range(2)), return_exceptions=True
    )
    assert isinstance(first, HomeAssistantError)
    assert not isinstance(second, BaseException)
    assert shade_of(Image.open(BytesIO(second.content))) == pytest.approx(SHADE, abs=3)


async def test_what_cannot_be_decoded_gives_no_still(
    hass: HomeAssistant,
    hub: Hub,
    add_real: AddReal,
    entity_id: Callable[..., str],
) -> None:
    _double, machine = await add_real(model="BL-P001", picture_every_s=0.01)
    with pytest.raises(HomeAssistantError, match="was lost"):
        await async_get_image(hass, entity_id("camera", machine, "camera"))


async def test_pictures_are_played_as_mjpeg(
    hass: HomeAssistant,
    hub: Hub,
    add_real: AddReal,
    state: Callable[..., Any],
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    double, machine = await add_real(picture_every_s=0.01)
    double.picture = lambda _number: picture(side=64)
    client = await hass_client_no_auth()
    shown = state("camera", machine, "camera").attributes["entity_picture"]
    stream = shown.replace("/api/camera_proxy/", "/api/camera_proxy_stream/")
    seen = await _seen(str(client.make_url(stream)), 3, form="mpjpeg")
    assert {each.size for each in seen} == {(64, 64)}
    assert double.camera.connections == 1
