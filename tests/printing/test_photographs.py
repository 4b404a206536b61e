"""Photos of what real printers have printed, taken by the cameras of simulated ones."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
import logging
from typing import Any

from PIL import Image
import pytest

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers.machines import ManagedMachine
from custom_components.bambu_virtual_printer.printing import photographs
from homeassistant.components.camera import async_get_image
from homeassistant.core import HomeAssistant
from scripts.printer_double import PrinterDouble
from scripts.printer_double.statuses import ams, unit
from tests.support.films import Film, shade_of
from tests.support.home_assistant import AddPrinter, Call, Send, SentFile, Told
from tests.support.pictures import picture
from tests.support.real_printers import GREEN, WHITE, AddReal
from tests.support.waiting import until

DARK, LIT = picture(side=64), picture(side=65)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A real printer that prints from the queue, and a way to have it print."""

    double: PrinterDouble
    machine: ManagedMachine
    print: Callable[[], Any]
    photos: Callable[[], Any]


@pytest.fixture
def staged(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
) -> Callable[..., Any]:
    """Have a real printer print from the queue."""

    async def _staged(double: PrinterDouble, machine: ManagedMachine) -> Stage:
        await hub.machines.async_set(machine.id, "print_from_queue", value=True)
        await hass.async_block_till_done()

        async def _print() -> None:
            model = double.model.code
            printer = await add_printer(
                model=model,
                mode="queue",
                filing={"hold": False, "target": machine.id},
            )
            await send(printer, sliced_file(model=model))

        async def _photos() -> list[bytes]:
            (archive,) = (await call("list_archives"))["archives"]
            return [
                (
                    await hub.library.photo_path(archive["archive_id"], photo.id)
                ).read_bytes()
                for photo in await hub.library.photos(archive["archive_id"])
            ]

        return Stage(double=double, machine=machine, print=_print, photos=_photos)

    return _staged


@pytest.fixture
async def stage(add_real: AddReal, staged: Callable[..., Any], told: Told) -> Stage:
    double, machine = await add_real(picture_every_s=0.01)
    double.picture = lambda _number: LIT if double.is_lit else DARK
    made: Stage = await staged(double, machine)
    return made


def _lights(double: PrinterDouble) -> list[str]:
    return [fields["led_mode"] for fields in double.received("ledctrl")]


async def _switch_on(hass: HomeAssistant, entity: str) -> None:
    await hass.services.async_call(
        "switch", "turn_on", {"entity_id": entity}, blocking=True
    )
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("mode", "switched"), [("off", ["on", "off"]), ("on", [])], ids=["dark", "lit"]
)
async def test_the_end_of_a_print_is_photographed_with_the_light_on_and_left_as_it_was(
    hass: HomeAssistant,
    stage: Stage,
    told: Told,
    entity_id: Callable[..., str],
    mode: str,
    switched: list[str],
) -> None:
    stage.double.report(lights_report=[{"node": "chamber_light", "mode": mode}])
    await until(lambda: stage.machine.state.light("chamber_light") is (mode == "on"))
    await _switch_on(hass, entity_id("switch", stage.machine, "photograph"))
    await stage.print()
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=30)
    async with asyncio.timeout(20):
        while not (photos := await stage.photos()):
            await asyncio.sleep(0.02)
    assert photos == [LIT]
    assert _lights(stage.double) == switched
    assert stage.double.camera is not None
    assert stage.double.camera.connections == 1


async def test_of_a_printer_with_video_the_photo_is_of_what_was_seen_then(
    hass: HomeAssistant,
    add_real: AddReal,
    staged: Callable[..., Any],
    told: Told,
    entity_id: Callable[..., str],
) -> None:
    """Whoever looks all the time has had the light off so far."""
    double, machine = await add_real(model="BL-P001", picture_every_s=0.02)
    double.status["ams"] = ams(unit(0, "1001", GREEN, WHITE, None, None))
    double.report(lights_report=[{"node": "chamber_light", "mode": "off"}])
    await until(lambda: machine.state.light("chamber_light") is False)
    dark, lit = Film(40), Film(200)
    assert double.video

    def _seen(number: int) -> list[bytes]:
        return (lit if double.is_lit else dark)(number)

    double.video.pictures = _seen
    stage = await staged(double, machine)
    await _switch_on(hass, entity_id("switch", machine, "photograph"))
    entity = entity_id("camera", machine, "camera")
    seen = await async_get_image(hass, entity)
    assert shade_of(Image.open(BytesIO(seen.content))) == pytest.approx(40, abs=3)
    await stage.print()
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=30)
    async with asyncio.timeout(20):
        while not (photos := await stage.photos()):
            await asyncio.sleep(0.02)
    (photo,) = photos
    assert shade_of(Image.open(BytesIO(photo))) == pytest.approx(200, abs=3)
    assert _lights(double) == ["on", "off"]


async def test_no_print_is_photographed_unless_it_is_switched_on(
    hass: HomeAssistant, stage: Stage, told: Told
) -> None:
    await stage.print()
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=30)
    await hass.async_block_till_done()
    assert await stage.photos() == []
    assert stage.double.camera is not None
    assert stage.double.camera.connections == 0


async def test_without_a_picture_the_print_is_done_all_the_same_and_the_log_says_why(
    hass: HomeAssistant,
    stage: Stage,
    told: Told,
    entity_id: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr(photographs, "TIMEOUT_S", 0.2)
    stage.double.faults.camera_stalls = True
    stage.double.report(lights_report=[{"node": "chamber_light", "mode": "off"}])
    await _switch_on(hass, entity_id("switch", stage.machine, "photograph"))
    await stage.print()
    await until(lambda: EventKind.JOB_COMPLETED in told.kinds, timeout_s=30)
    await until(lambda: "no photo of what Cellar has printed" in caplog.text)
    assert await stage.photos() == []
    # The light is off again.
    assert _lights(stage.double) == ["on", "off"]


async def test_what_somebody_prints_at_the_printer_itself_is_not_photographed(
    hass: HomeAssistant, stage: Stage, entity_id: Callable[..., str]
) -> None:
    await _switch_on(hass, entity_id("switch", stage.machine, "photograph"))
    stage.double.print_something_else()
    await until(lambda: stage.machine.is_printing)
    await until(lambda: not stage.machine.is_printing)
    await hass.async_block_till_done()
    assert stage.double.camera is not None
    assert stage.double.camera.connections == 0
