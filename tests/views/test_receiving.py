"""Files that browsers send: the same bytes arrive, whatever the size, or a key says why not."""

import asyncio
from collections.abc import AsyncIterator, Callable
from io import BytesIO
import tracemalloc
from typing import Any

from aiohttp import FormData
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.engine import storage
from custom_components.bambu_virtual_printer.engine.library.values.records import (
    LibrarySettings,
)
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.operations.pending import UploadState
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from custom_components.bambu_virtual_printer.views import receiving
from tests.support.home_assistant import AddPrinter, Send, SentFile, picture
from tests.support.waiting import until

URL = "/api/bambu_virtual_printer/upload"
NAME = "Grüße & “Würfel”.gcode.3mf"


@pytest.fixture
async def reviewed(add_printer: AddPrinter) -> ManagedPrinter:
    """A printer whose uploads wait for a person."""
    return await add_printer("Review", mode="review")


async def _decided(hub: Hub, upload_id: str) -> UploadState:
    states: list[UploadState] = []
    async with asyncio.timeout(10):
        while not states or states[-1] is UploadState.RECEIVED:
            states.append((await hub.library.upload(upload_id)).state)
            await asyncio.sleep(0.01)
    return states[-1]


@pytest.mark.parametrize("as_form", [False, True])
async def test_a_file_waits_for_a_person_under_its_own_name(
    hub: Hub,
    reviewed: ManagedPrinter,
    sliced_file: Callable[..., SentFile],
    hass_client: ClientSessionGenerator,
    as_form: bool,
) -> None:
    content = sliced_file(title="Gift box").path.read_bytes()
    client = await hass_client()
    params = {"printer_id": reviewed.id}
    if as_form:
        # As browsers write names.
        form = FormData(quote_fields=False)
        form.add_field("note", "ignored")
        form.add_field("file", content, filename=NAME)
        response = await client.post(URL, params=params, data=form)
    else:
        response = await client.post(URL, params=params | {"name": NAME}, data=content)
    assert response.status == 201, await response.text()
    upload_id = (await response.json())["upload_id"]
    assert await _decided(hub, upload_id) is UploadState.PENDING
    upload = await hub.library.upload(upload_id)
    assert (upload.file.name, upload.name) == (NAME, "Gift box")
    file = await client.get(hub.links.async_download(upload_id))
    assert await file.read() == content
    assert file.content_disposition.filename == NAME


async def test_without_a_printer_it_is_archived(
    hub: Hub, sliced_file: Callable[..., SentFile], hass_client: ClientSessionGenerator
) -> None:
    content = sliced_file().path.read_bytes()
    response = await (await hass_client()).post(URL, data=content)
    upload_id = (await response.json())["upload_id"]
    assert await _decided(hub, upload_id) is UploadState.ARCHIVED


async def test_strangers_send_nothing(
    hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> None:
    response = await (await hass_client_no_auth()).post(URL, data=b"x")
    assert response.status == 401


@pytest.mark.parametrize(
    ("params", "content", "status", "key"),
    [
        ({}, b"no 3mf", 415, "not_sliced"),
        ({"printer_id": "nobody"}, b"x", 404, "not_found"),
    ],
)
async def test_what_is_refused_is_told_by_a_key(
    hub: Hub,
    hass_client: ClientSessionGenerator,
    params: dict[str, str],
    content: bytes,
    status: int,
    key: str,
) -> None:
    response = await (await hass_client()).post(URL, params=params, data=content)
    assert response.status == status
    answer = await response.json()
    assert answer["translation_key"] == key
    assert answer["translation_domain"] == "bambu_virtual_printer"
    assert not (await hub.library.pending.page()).uploads


async def test_a_form_without_a_file_is_refused(
    hub: Hub, hass_client: ClientSessionGenerator
) -> None:
    form = FormData(default_to_multipart=True)
    form.add_field("name", "x")
    response = await (await hass_client()).post(URL, data=form)
    assert response.status == 400
    assert (await response.json())["translation_key"] == "no_file"


async def test_too_large_a_file_is_refused_before_and_while_it_comes(
    hub: Hub,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(storage, "MAX_UPLOAD_BYTES", 1_000_000)
    client = await hass_client()

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield bytes(100_000)

    for body in (BytesIO(bytes(1_200_000)), unannounced()):
        response = await client.post(URL, data=body)
        assert response.status == 413
        assert (await response.json())["translation_key"] == "file_too_large"
    await until(lambda: not hub.browser_uploads.by_id)


async def test_no_room_is_told(
    hub: Hub, hass_client: ClientSessionGenerator, sliced_file: Callable[..., SentFile]
) -> None:
    hub.library.settings = LibrarySettings(reserve_bytes=10**18)
    content = sliced_file().path.read_bytes()
    response = await (await hass_client()).post(URL, data=content)
    assert response.status == 507
    assert (await response.json())["translation_key"] == "storage_full"


async def test_while_too_many_are_sent_more_are_refused(
    hub: Hub, hass_client: ClientSessionGenerator
) -> None:
    client = await hass_client()
    go_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        await go_on.wait()

    sending = [
        asyncio.create_task(client.post(URL, data=slow()))
        for _ in range(receiving.MAX_AT_ONCE)
    ]
    await until(lambda: len(hub.browser_uploads.by_id) == receiving.MAX_AT_ONCE)
    response = await client.post(URL, data=b"x")
    assert response.status == 503
    assert (await response.json())["translation_key"] == "too_many_uploads"
    go_on.set()
    for response in await asyncio.gather(*sending):
        assert response.status == 415


async def test_a_client_that_goes_leaves_nothing(
    hub: Hub, hass_client: ClientSessionGenerator
) -> None:
    client = await hass_client()
    begun = asyncio.Event()

    async def cut() -> AsyncIterator[bytes]:
        yield bytes(300_000)
        begun.set()
        await asyncio.Event().wait()

    sending = asyncio.create_task(client.post(URL, data=cut()))
    await begun.wait()
    await until(lambda: hub.browser_uploads.by_id)
    sending.cancel()
    await until(lambda: not hub.browser_uploads.by_id)
    inbox = hub.library._context.folder.root / "inbox"
    await until(lambda: not any(inbox.iterdir()))


async def test_memory_does_not_grow_with_the_file(
    hub: Hub, hass_client: ClientSessionGenerator
) -> None:
    client = await hass_client()
    block = bytes(1024 * 1024)

    async def large() -> AsyncIterator[bytes]:
        for _ in range(96):
            yield block

    tracemalloc.start()
    try:
        response = await client.post(URL, data=large())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert response.status == 415
    assert peak < 32 * 1024 * 1024


async def test_progress_is_shown_while_a_file_comes(
    hub: Hub, reviewed: ManagedPrinter, hass_client: ClientSessionGenerator
) -> None:
    client = await hass_client()
    go_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield bytes(300_000)
        await go_on.wait()

    params = {"printer_id": reviewed.id, "name": NAME}
    sending = asyncio.create_task(client.post(URL, params=params, data=slow()))
    await until(lambda: hub.browser_uploads.by_id)
    (upload,) = hub.browser_uploads.by_id.values()
    await until(lambda: upload.received_bytes == 300_000)
    assert (upload.name, upload.printer_id) == (NAME, reviewed.id)
    go_on.set()
    await sending


async def test_a_photo_is_kept_with_an_archive(
    hub: Hub,
    printer: ManagedPrinter,
    send: Send,
    hass_client: ClientSessionGenerator,
) -> None:
    await send(printer)
    assert printer.last_upload
    url = f"/api/bambu_virtual_printer/archives/{printer.last_upload.id}/photos"
    client = await hass_client()
    response = await client.post(url, data=picture())
    assert response.status == 201, await response.text()
    photo = await response.json()
    assert await (await client.get(photo["url"])).read() == picture()
    refused = await client.post(url, data=b"no picture")
    assert refused.status == 415


# --- small pictures


async def test_small_pictures_are_small_and_kept_for_good(
    hub: Hub,
    reviewed: ManagedPrinter,
    send: Send,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await send(reviewed)
    assert reviewed.last_upload
    upload_id = reviewed.last_upload.id
    client = await hass_client_no_auth()
    url = f"/api/bambu_virtual_printer/archives/{upload_id}/plates/first"
    sizes: dict[str, tuple[int, int]] = {}
    for query in ("", "?w=256"):
        response = await client.get(hub.links.async_signed(url + query))
        assert response.status == 200
        image = Image.open(BytesIO(await response.read()))
        assert f"image/{(image.format or '').lower()}" == response.content_type
        sizes[query] = image.size
    assert max(sizes["?w=256"]) <= 256
    assert "immutable" in response.headers["Cache-Control"]
    # A signature is for one address.
    assert (await client.get(f"{hub.links.async_signed(url)}&w=256")).status == 401
    assert (await client.get(hub.links.async_signed(f"{url}?w=9000"))).status == 404


async def test_a_picture_that_cannot_be_made_smaller_is_sent_as_it_is(
    hub: Hub, reviewed: ManagedPrinter, send: Send, hass_client: ClientSessionGenerator
) -> None:
    await send(reviewed)
    assert reviewed.last_upload
    upload_id = reviewed.last_upload.id
    path: Any = await hub.library.thumbnail_path(upload_id)
    path.write_bytes(path.read_bytes()[:200])
    response = await (await hass_client()).get(
        f"/api/bambu_virtual_printer/archives/{upload_id}/plates/first?w=256"
    )
    assert response.status == 200
    assert len(await response.read()) == 200
    assert not [each for each in path.parent.iterdir() if ".part" in each.name]
