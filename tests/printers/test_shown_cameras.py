"""What slicers see through the camera of a virtual printer, by real connections to its port 6000."""

import asyncio
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
import pytest

from custom_components.bambu_virtual_printer.config.subentries import (
    VirtualPrinterConfig,
)
from custom_components.bambu_virtual_printer.engine.machines.camera.upstream import (
    CameraTimes,
)
from custom_components.bambu_virtual_printer.engine.mirror.camera import Viewer
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.printers import machines, shown_cameras
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from custom_components.bambu_virtual_printer.printers.plate_pictures import (
    HEIGHT,
    WIDTH,
    plate_picture,
)
from scripts import slicer
from scripts.printer_double.double import ACCESS_CODE as REAL_CODE
from tests.support.home_assistant import ACCESS_CODE, AddPrinter, Send, SentFile
from tests.support.picture_client import PictureClient, connection, login
from tests.support.pictures import PICTURES, picture
from tests.support.real_printers import AddReal
from tests.support.waiting import LIMIT_S, until

SEEN = picture()


class _Viewer(Viewer[bytes]):
    def __init__(self) -> None:
        self.shown: list[bytes] = []
        self.is_over = False

    def show(self, item: bytes) -> None:
        self.shown.append(item)

    def ended(self) -> None:
        self.is_over = True


def _decoded(picture: bytes) -> Image.Image:
    with Image.open(BytesIO(picture), formats=("JPEG",)) as opened:
        return opened.convert("RGB")


def _is_blank(picture: bytes) -> bool:
    colors = _decoded(picture).getcolors(maxcolors=1)
    return colors is not None


async def _status(hub: Hub, printer: ManagedPrinter, tmp_path: Path) -> dict[str, Any]:
    ca = tmp_path / "trusted.pem"
    ca.write_text(hub.certificates.authority.pem)
    address, serial = printer.config.bind_ip, printer.config.serial
    context = slicer.tls_context(serial, ca)
    async with slicer.session(address, ACCESS_CODE, serial, context) as session:
        return await session.status()


async def test_slicers_see_what_the_real_printer_s_camera_sees(
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the virtual printer's code and not by the real one's, and by the connection that Home Assistant has already."""
    monkeypatch.setattr(machines, "CAMERA_TIMES", CameraTimes(linger_s=0.05))
    double, machine = await add_real(picture_every_s=0.01)
    double.picture = lambda _number: SEEN
    printer = await add_printer(
        access_code="87654321", filing={"target": machine.id, "shows": "target"}
    )
    address = printer.config.bind_ip
    async with connection(address, login(REAL_CODE)) as client:
        assert await client.is_closed()
    async with (
        connection(address, login("87654321")) as one,
        connection(address, login("87654321")) as other,
    ):
        assert await one.picture() == SEEN
        assert await other.picture() == SEEN
        assert await machine.machine.camera.snapshot() == SEEN
    assert double.camera is not None
    assert double.camera.connections == 1
    assert double.camera.logins == [("bblp", REAL_CODE)]
    await until(lambda: not machine.machine.camera.is_open)


async def test_viewers_are_let_go_when_the_real_printer_s_settings_change(
    add_real: AddReal, hub: Hub, add_printer: AddPrinter
) -> None:
    double, machine = await add_real(picture_every_s=0.01)
    double.picture = lambda _number: SEEN
    printer = await add_printer(filing={"target": machine.id, "shows": "target"})
    async with connection(printer.config.bind_ip, login(ACCESS_CODE)) as client:
        assert await client.picture() == SEEN
        await machine.async_stop()
        while await _goes_on(client):
            pass
        await machine.async_start()
    async with connection(printer.config.bind_ip, login(ACCESS_CODE)) as client:
        assert await client.picture() == SEEN


async def test_who_watches_goes_on_with_the_real_printer_that_is_shown_from_now_on(
    add_real: AddReal,
    hub: Hub,
    add_printer: AddPrinter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machines, "CAMERA_TIMES", CameraTimes(linger_s=0.05))
    monkeypatch.setattr(shown_cameras, "REPEAT_S", 0.05)
    here, machine = await add_real("Cellar", picture_every_s=0.01)
    there, other = await add_real("Attic", picture_every_s=0.01)
    here.picture = lambda _number: SEEN
    there.picture = lambda _number: SEEN + b"there"
    printer = await add_printer(filing={"target": machine.id, "shows": "target"})
    async with connection(printer.config.bind_ip, login(ACCESS_CODE)) as client:
        assert await client.picture() == SEEN
        await _show(hub, printer, target=other.id, shows="target")
        await _comes(client, lambda picture: picture == SEEN + b"there")
        await until(lambda: not here.camera.viewers, "let go of the first")
        await _show(hub, printer, target=other.id, shows="nothing")
        await _comes(client, _is_blank)
        await _show(hub, printer, target=machine.id, shows="target")
        await _comes(client, lambda picture: picture == SEEN)
    await until(lambda: not here.camera.viewers and not there.camera.viewers)


async def test_who_watches_a_plate_sees_the_real_printer_once_there_is_a_session_with_it(
    add_real: AddReal, hub: Hub, add_printer: AddPrinter
) -> None:
    double, machine = await add_real(picture_every_s=0.01)
    double.picture = lambda _number: SEEN
    printer = await add_printer(filing={"target": machine.id, "shows": "target"})
    await machine.async_stop()
    async with connection(printer.config.bind_ip, login(ACCESS_CODE)) as client:
        assert _is_blank(await client.picture())
        await machine.async_start()
        await _comes(client, lambda picture: picture == SEEN)


async def _comes(client: PictureClient, is_it: Callable[[bytes], bool]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not is_it(await client.picture()):
            pass


async def _show(hub: Hub, printer: ManagedPrinter, **filing: str) -> None:
    subentry = hub.entry.subentries[printer.id]
    hub.hass.config_entries.async_update_subentry(
        hub.entry,
        subentry,
        data={**subentry.data, "filing": {**subentry.data["filing"], **filing}},
    )
    await until(
        lambda: (
            isinstance(printer.config, VirtualPrinterConfig)
            and printer.config.shows == filing["shows"]
            and printer.config.target == filing["target"]
        )
    )


async def _goes_on(client: Any) -> bool:
    try:
        await client.picture()
    except EOFError, ConnectionError:
        return False
    return True


async def test_without_a_real_printer_slicers_see_the_plate_of_the_last_job(
    hub: Hub,
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shown_cameras, "REPEAT_S", 0.05)
    async with connection(printer.config.bind_ip, login(ACCESS_CODE)) as client:
        first = await client.picture()
        assert _is_blank(first)
        # Again and again, so that no slicer takes it for dead.
        assert await client.picture() == first
        await send(printer, sliced_file())
        while _is_blank(shown := await client.picture()):
            pass
        assert _decoded(shown).size == (WIDTH, HEIGHT)


async def test_viewers_of_a_plate_that_cannot_be_drawn_are_let_go_and_may_come_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answers: list[Exception | None] = [RuntimeError("bug"), None]

    async def thumbnail(_item_id: str) -> Path | None:
        if (error := answers.pop(0)) is not None:
            raise error
        return None

    plates = shown_cameras.LastPlate(lambda: "job", thumbnail)
    viewer = _Viewer()
    stop = plates.watch(viewer)
    await until(lambda: viewer.is_over)
    assert "The last plate cannot be shown" in caplog.text
    stop()
    other = _Viewer()
    stop = plates.watch(other)
    await until(lambda: other.shown)
    assert _is_blank(other.shown[0])
    assert not other.is_over
    stop()
    stop()


async def test_reports_say_that_there_is_a_camera(
    hub: Hub, printer: ManagedPrinter, tmp_path: Path
) -> None:
    ipcam = (await _status(hub, printer, tmp_path))["ipcam"]
    assert (ipcam["ipcam_dev"], ipcam["tutk_server"]) == ("1", "disable")
    assert ipcam["mode_bits"] == 3


async def test_models_that_stream_video_send_no_pictures_and_do_not_say_so(
    hub: Hub, add_printer: AddPrinter, tmp_path: Path
) -> None:
    printer = await add_printer(model="BL-P001")
    async with connection(printer.config.bind_ip, login(ACCESS_CODE)) as client:
        assert await client.is_closed()
    ipcam = (await _status(hub, printer, tmp_path))["ipcam"]
    assert "tutk_server" not in ipcam


def test_a_thumbnail_is_put_into_the_middle(tmp_path: Path) -> None:
    thumbnail = tmp_path / "plate_1.png"
    Image.new("RGBA", (512, 512), (255, 0, 0, 255)).save(thumbnail)
    drawn = _decoded(plate_picture(thumbnail))
    assert drawn.size == (WIDTH, HEIGHT)
    red, green, blue = drawn.getpixel((WIDTH // 2, HEIGHT // 2))  # type: ignore[misc]
    assert red > 240 and green < 20 and blue < 20
    assert drawn.getpixel((10, HEIGHT // 2)) == drawn.getpixel((WIDTH - 10, 10))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        PICTURES["JPEG"],
        PICTURES["PNG"][:200],
        picture("PNG", side=64).replace(
            b"\0\0\0\x40\0\0\0\x40", b"\0\0\x20\0\0\0\x20\0", 1
        ),
    ],
    ids=["empty", "text", "jpeg", "cut", "huge"],
)
def test_a_thumbnail_that_cannot_be_read_shows_nothing(
    tmp_path: Path, content: bytes
) -> None:
    thumbnail = tmp_path / "plate_1.png"
    thumbnail.write_bytes(content)
    assert _is_blank(plate_picture(thumbnail))
    assert _is_blank(plate_picture(None))
    assert _is_blank(plate_picture(tmp_path / "gone.png"))
