"""Which picture stands for a file, wherever one is shown, and what there is where a file has none."""

from collections.abc import Callable
from typing import Any
import zipfile

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.image import NO_PICTURE
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.components import media_source
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.support.home_assistant import (
    AddPrinter,
    Call,
    DeviceOf,
    Send,
    SentFile,
    Told,
)
from tests.support.waiting import until


@pytest.fixture
async def fetch(hass_client: ClientSessionGenerator) -> Callable[..., Any]:
    """Fetch an address of Home Assistant."""
    client = await hass_client()

    async def _fetch(url: str) -> tuple[int, bytes]:
        response = await client.get(url)
        return response.status, await response.read()

    return _fetch


def plate_picture(sent: SentFile, plate: int) -> bytes:
    with zipfile.ZipFile(sent.path) as archive:
        return archive.read(f"Metadata/plate_{plate}.png")


async def test_an_archive_of_a_later_plate_is_shown_by_its_picture_everywhere(
    hass: HomeAssistant,
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    told: Told,
    state: Callable[..., Any],
    fetch: Callable[..., Any],
) -> None:
    assert await async_setup_component(hass, "media_source", {})
    sent = await send(printer, sliced_file(first_plate=2, project_plates=3))
    picture = plate_picture(sent, 2)
    assert picture != plate_picture(sent, 1)
    (archive,) = (await call("list_archives"))["archives"]
    (archived,) = [
        one.attributes for one in told.activities if one.kind is EventKind.ARCHIVED
    ]
    received = dt_util.parse_datetime(archive["received_at"], raise_on_error=True)
    # In the household's time.
    month = f"printer/{printer.id}/{dt_util.as_local(received):%Y-%m}"
    browsed = await media_source.async_browse_media(
        hass, f"media-source://{DOMAIN}/{month}"
    )
    assert browsed.children
    for url in (
        archive["thumbnail"],
        archived["thumbnail"],
        archived["picture"],
        state("image", printer, "last_plate").attributes["entity_picture"],
        browsed.children[0].thumbnail,
    ):
        assert await fetch(url) == (200, picture)


async def test_a_pending_upload_of_a_later_plate_counts_and_shows_that_plate(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    told: Told,
    state: Callable[..., Any],
    entity_id: Callable[..., str],
    fetch: Callable[..., Any],
) -> None:
    reviewed = await add_printer("Review", mode="review")
    sent = await send(reviewed, sliced_file(first_plate=2, project_plates=3))
    await until(lambda: state("image", hub, "next_pending").state != "unknown")
    picture = plate_picture(sent, 2)
    (upload,) = (await call("list_pending"))["uploads"]
    (pending,) = [
        one.attributes for one in told.activities if one.kind is EventKind.PENDING
    ]
    for url in (
        upload["thumbnail"],
        pending["picture"],
        state("image", hub, "next_pending").attributes["entity_picture"],
    ):
        assert await fetch(url) == (200, picture)
    assert upload["plate_count"] == pending["plate_count"] == 1
    (item,) = (
        await hass.services.async_call(
            "todo",
            "get_items",
            {"entity_id": entity_id("todo", hub, "pending_uploads")},
            blocking=True,
            return_response=True,
        )
    )[entity_id("todo", hub, "pending_uploads")]["items"]
    assert "plates" not in item["description"]
    await call("archive_pending", upload_id=upload["upload_id"])
    (archive,) = (await call("list_archives"))["archives"]
    assert archive["plate_count"] == 1


async def test_a_file_without_pictures_has_no_links_to_any(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    told: Told,
    state: Callable[..., Any],
    entity_id: Callable[..., str],
    fetch: Callable[..., Any],
) -> None:
    assert await async_setup_component(hass, "media_source", {})
    reviewed = await add_printer("Review", mode="review")
    await send(reviewed, sliced_file(plates=2, has_pictures=False))
    await until(lambda: hub.coordinator.data.pending)
    (upload,) = (await call("list_pending"))["uploads"]
    await call("queue_pending", upload_id=upload["upload_id"])
    (archive,) = (await call("list_archives"))["archives"]
    details = await call("get_archive", archive_id=archive["archive_id"])
    queue = await call("list_queue")
    for shown in (upload, archive, *details["plates"], *queue["jobs"]):
        assert shown["thumbnail"] is None
    for activity in told.activities:
        assert not activity.attributes.get("thumbnail")
        assert not activity.attributes.get("picture")
    (pending,) = [one for one in told.activities if one.kind is EventKind.PENDING]
    # Known to be none, so that templates of notifications find it.
    assert pending.attributes["picture"] is None
    browsed = await media_source.async_browse_media(
        hass, f"media-source://{DOMAIN}/archive/{archive['archive_id']}"
    )
    assert browsed.thumbnail is None
    (download,) = browsed.children
    assert download.title.startswith("Gear and star.gcode.3mf")
    assert download.thumbnail is None
    image = state("image", reviewed, "last_plate")
    assert image.state == "unknown"
    assert "entity_picture" not in image.attributes
    assert state("image", hub, "next_pending").state == "unknown"


async def test_an_image_without_a_picture_is_an_empty_one_and_no_error(
    hub: Hub,
    printer: ManagedPrinter,
    entity_id: Callable[..., str],
    fetch: Callable[..., Any],
) -> None:
    for owner, key in ((printer, "last_plate"), (hub, "next_pending")):
        status, body = await fetch(f"/api/image_proxy/{entity_id('image', owner, key)}")
        assert status == 200
        assert body.startswith(b"\x89PNG")
        assert len(body) < 100


async def test_the_newest_upload_has_no_picture_of_an_older_one(
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    state: Callable[..., Any],
) -> None:
    await send(printer)
    assert state("image", printer, "last_plate").state != "unknown"
    await send(printer, sliced_file("b.gcode.3mf", has_pictures=False))
    assert state("image", printer, "last_plate").state == "unknown"


async def test_image_entities_have_no_picture_of_what_is_hidden_from_others(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    device_of: DeviceOf,
    send: Send,
    sliced_file: Callable[..., SentFile],
    call: Call,
    state: Callable[..., Any],
    fetch: Callable[..., Any],
) -> None:
    await hass.auth.async_create_user("anna", group_ids=[GROUP_ID_USER])
    printer = await add_printer(mode="review")
    device = device_of(printer.id)
    assert device
    anna = await call("add_person", device_id=device.id, name="Anna", user="anna")
    images = ((printer, "last_plate"), (hub, "next_pending"))
    await send(printer, sliced_file(seed=1), access_code=anna["access_code"])
    for owner, key in images:
        shown = state("image", owner, key)
        assert "entity_picture" not in shown.attributes, key
        status, picture = await fetch(f"/api/image_proxy/{shown.entity_id}")
        assert (status, picture) == (200, NO_PICTURE)
    upload_id = printer.last_upload and printer.last_upload.id
    await call("queue_pending", upload_id=upload_id)
    assert "entity_picture" not in state("image", hub, "next_job").attributes
    await send(printer, sliced_file(seed=2))
    for owner, key in images:
        assert "entity_picture" in state("image", owner, key).attributes, key
