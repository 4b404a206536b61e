"""Pictures over port 6000, with real clients of a real printer's listeners."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
import socket
import ssl

from hypothesis import example, given, strategies as st
import pytest

from custom_components.bambu_virtual_printer.engine.emulator import port_6000
from custom_components.bambu_virtual_printer.engine.emulator.identity import Identity
from custom_components.bambu_virtual_printer.engine.emulator.logins import Logins
from custom_components.bambu_virtual_printer.engine.emulator.printer import (
    VirtualPrinter,
)
from custom_components.bambu_virtual_printer.engine.emulator.services import (
    SharedServices,
)
from custom_components.bambu_virtual_printer.engine.events import (
    LoginFailed,
    PrinterEvent,
    TlsRefused,
)
from custom_components.bambu_virtual_printer.engine.mirror.camera import Viewer
from custom_components.bambu_virtual_printer.engine.pki.authority import (
    DeviceCertificate,
)
from custom_components.bambu_virtual_printer.engine.protocol import camera_pictures
from custom_components.bambu_virtual_printer.engine.protocol.printer_models import (
    MODELS,
)
from custom_components.bambu_virtual_printer.engine.values import Sender, Service
from tests.support.folder_card import FolderCard
from tests.support.picture_client import PORT, connection, login
from tests.support.pictures import picture
from tests.support.serials import SERIAL
from tests.support.waiting import until

CODE = "12345678"
ANNA = Sender(person="anna", name="Anna")
ANNAS_CODE = "87654321"
FIRST, SECOND = picture(side=64), picture(side=65)


class Camera:
    """Shows what a test gives it."""

    def __init__(self) -> None:
        self.viewers: list[Viewer[bytes]] = []
        self.last: bytes | None = None

    def watch(self, viewer: Viewer[bytes]) -> Callable[[], None]:
        self.viewers.append(viewer)
        if self.last:
            viewer.show(self.last)
        return lambda: self.viewers.remove(viewer)

    def show(self, picture: bytes) -> None:
        for viewer in self.viewers:
            viewer.show(picture)


class OnlyAnna:
    """One person with a code of her own."""

    def by_code(self, access_code: bytes) -> Sender | None:
        return ANNA if access_code == ANNAS_CODE.encode() else None

    def logged_in(self, sender: Sender, peer: str) -> None:
        pass


@pytest.fixture
def camera() -> Camera:
    return Camera()


@pytest.fixture
def events() -> list[PrinterEvent]:
    return []


@pytest.fixture
async def printer(
    address: str,
    device: DeviceCertificate,
    tmp_path: Path,
    events: list[PrinterEvent],
    camera: Camera,
    loopback: None,
) -> AsyncIterator[VirtualPrinter]:
    identity = Identity(
        name="Garage",
        model=MODELS["C12"],
        serial_suffix=SERIAL[-9:],
        access_code=CODE,
        bind_ip=address,
    )
    async with (
        SharedServices() as services,
        VirtualPrinter(
            identity,
            device,
            FolderCard(tmp_path / "card"),
            services,
            events.append,
            senders=OnlyAnna(),
            pictures=camera,
        ) as printer,
    ):
        yield printer


async def test_each_viewer_gets_the_last_picture_at_once_and_every_new_one(
    printer: VirtualPrinter, address: str, camera: Camera
) -> None:
    camera.last = FIRST
    async with (
        connection(address, login(CODE)) as one,
        connection(address, login(CODE)) as other,
    ):
        assert await one.picture() == FIRST
        assert await other.picture() == FIRST
        camera.show(SECOND)
        assert await one.picture() == SECOND
        assert await other.picture() == SECOND
    await until(lambda: not camera.viewers, "both are gone")
    assert printer.listeners[Service.TUNNEL]


async def test_a_login_may_come_in_parts(
    printer: VirtualPrinter, address: str, camera: Camera
) -> None:
    camera.last = FIRST
    data = login(CODE)
    async with connection(address, data[:3]) as client:
        for start in (3, 9, 60):
            client.writer.write(data[start : {3: 9, 9: 60, 60: 80}[start]])
            await client.writer.drain()
        assert await client.picture() == FIRST


async def test_a_wrong_code_is_closed_without_a_word_and_reported(
    printer: VirtualPrinter, address: str, camera: Camera, events: list[PrinterEvent]
) -> None:
    camera.last = FIRST
    async with connection(address, login("00000000")) as client:
        assert await client.is_closed()
    (failed,) = [event for event in events if isinstance(event, LoginFailed)]
    assert failed.service is Service.TUNNEL
    assert not camera.viewers


async def test_people_log_in_with_their_own_codes_until_those_are_revoked(
    printer: VirtualPrinter, address: str, camera: Camera
) -> None:
    camera.last = FIRST
    async with (
        connection(address, login(ANNAS_CODE)) as anna,
        connection(address, login(CODE)) as owner,
    ):
        assert await anna.picture() == FIRST
        assert await owner.picture() == FIRST
        printer.drop(ANNA.person)
        assert await anna.is_closed()
        camera.show(SECOND)
        assert await owner.picture() == SECOND


async def test_a_viewer_that_reads_nothing_holds_one_picture_and_delays_nobody(
    printer: VirtualPrinter, address: str, camera: Camera
) -> None:
    large = FIRST + bytes(4 * 1024 * 1024)
    camera.last = large
    async with (
        connection(address, login(CODE)) as slow,
        connection(address, login(CODE)) as quick,
    ):
        slow.writer.transport.pause_reading()
        assert await quick.picture() == large
        await until(lambda: len(camera.viewers) == 2)
        for number in range(20):
            shown = large + bytes([number])
            camera.show(shown)
            assert await quick.picture() == shown
        slow.writer.transport.resume_reading()
        # What was under way, and then the newest: the ones between are dropped.
        seen = [await slow.picture()]
        while seen[-1] != shown:
            seen.append(await slow.picture())
        assert len(seen) <= 4


@given(rest=st.binary(min_size=72, max_size=72))
@example(rest=login(CODE)[8:])
@example(rest=login(CODE + "\0x")[8:])
def test_any_login_is_read_as_a_user_and_a_code_or_refused(rest: bytes) -> None:
    """Of the code nothing is taken for less than it is: what follows a NUL counts too."""
    user, code = camera_pictures.read_login(camera_pictures.LOGIN_MAGIC + rest)
    assert user == rest[8:40].rstrip(b"\0")
    assert code == rest[40:].rstrip(b"\0")
    logins = Logins(CODE, lambda _failed: None)
    checked = logins.check(user, code, "192.0.2.1", Service.TUNNEL)
    is_right = user.lower() == b"bblp" and code == CODE.encode()
    assert (checked is not None) == is_right


async def test_other_first_bytes_are_closed(
    printer: VirtualPrinter, address: str, camera: Camera
) -> None:
    for first in (bytes(80), b"GET / HTTP/1.1\r\n\r\n", b"\x10\0\0\0\x3f\x01\x01\x01"):
        async with connection(address, first) as client:
            assert await client.is_closed()


async def test_more_viewers_than_the_bound_are_refused_and_those_there_stay(
    printer: VirtualPrinter,
    address: str,
    camera: Camera,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(port_6000, "MAX_CLIENTS", 2)
    camera.last = FIRST
    async with (
        connection(address, login(CODE)) as one,
        connection(address, login(CODE)) as two,
    ):
        assert await one.picture() == FIRST
        assert await two.picture() == FIRST
        async with connection(address, login(CODE)) as three:
            assert await three.is_closed()
        camera.show(SECOND)
        assert await one.picture() == SECOND
        assert await two.picture() == SECOND


async def test_a_flood_of_silent_connections_leaves_room_for_a_viewer(
    printer: VirtualPrinter, address: str, camera: Camera
) -> None:
    camera.last = FIRST
    silent = []
    try:
        for _ in range(100):
            sock = socket.create_connection((address, PORT))
            silent.append(sock)
        async with connection(address, login(CODE)) as client:
            assert await client.picture() == FIRST
    finally:
        for sock in silent:
            sock.close()


async def test_a_client_that_does_not_trust_the_certificate_is_reported(
    printer: VirtualPrinter, address: str, events: list[PrinterEvent]
) -> None:
    def _connect() -> None:
        with socket.create_connection((address, PORT)) as sock:
            ssl.create_default_context().wrap_socket(sock, server_hostname=SERIAL)

    # asyncio's client would not send the alert.
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.to_thread(_connect)
    await until(lambda: [e for e in events if isinstance(e, TlsRefused)])
    (refused,) = [event for event in events if isinstance(event, TlsRefused)]
    assert (refused.service, refused.alert) == (Service.TUNNEL, "unknown_ca")


async def test_the_end_of_the_pictures_ends_the_connection(
    printer: VirtualPrinter, address: str, camera: Camera
) -> None:
    camera.last = FIRST
    async with connection(address, login(CODE)) as client:
        assert await client.picture() == FIRST
        camera.viewers[0].ended()
        assert await client.is_closed()


async def test_a_stopped_printer_closes_its_viewers(
    printer: VirtualPrinter, address: str, camera: Camera
) -> None:
    camera.last = FIRST
    async with connection(address, login(CODE)) as client:
        assert await client.picture() == FIRST
        async with asyncio.timeout(10):
            await printer.__aexit__()
        assert await client.is_closed()
        await until(lambda: not camera.viewers)


async def test_a_printer_whose_port_6000_is_taken_starts_without_it(
    address: str,
    device: DeviceCertificate,
    tmp_path: Path,
    loopback: None,
    camera: Camera,
) -> None:
    identity = Identity(
        name="Garage",
        model=MODELS["C12"],
        serial_suffix=SERIAL[-9:],
        access_code=CODE,
        bind_ip=address,
    )
    with socket.create_server((address, PORT)):
        async with (
            SharedServices() as services,
            VirtualPrinter(
                identity,
                device,
                FolderCard(tmp_path / "card"),
                services,
                lambda _: None,
                pictures=camera,
            ) as printer,
        ):
            assert Service.TUNNEL not in printer.listeners
            assert printer.listeners[Service.MQTT]
