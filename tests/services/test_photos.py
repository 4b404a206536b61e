"""Photos of archives: from cameras, media, folders and the web, to actions, web addresses and the media browser."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_virtual_printer.activity.kinds import EventKind
from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.components import media_source
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.setup import async_setup_component
from tests.support.home_assistant import AddPrinter, Call, Send, Told, picture
from tests.support.waiting import until

UNKNOWN = "01KAPWZ3V8X4M2T9C6B5N7Q1RD"


JPEG = picture()


@pytest.fixture
async def archive_id(printer: ManagedPrinter, send: Send, call: Call) -> str:
    """An archive to keep photos with."""
    await send(printer)
    (archive,) = (await call("list_archives"))["archives"]
    return archive["archive_id"]


@pytest.fixture
def photo_path(media: Path) -> Path:
    """A photo in the media folder."""
    path = media / "benchy.jpg"
    path.write_bytes(JPEG)
    return path


@pytest.fixture
async def web_server(
    hass: HomeAssistant, photo_path: Path, address: str
) -> AsyncIterator[str]:
    """A web server with the photo."""
    app = web.Application()
    app.router.add_static("/", photo_path.parent)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, address, 8080).start()
    url = f"http://{address}:8080"
    hass.config.allowlist_external_urls = {f"{url}/"}
    yield url
    await runner.cleanup()


type Fetch = Callable[[str], Any]


@pytest.fixture
async def fetch(hass_client: ClientSessionGenerator) -> Fetch:
    """Get something from Home Assistant's own web server, logged in."""
    client = await hass_client()
    return client.get


# --- adding


async def test_a_photo_of_a_folder_is_shown_with_the_archive(
    archive_id: str, photo_path: Path, call: Call, told: Told, fetch: Fetch
) -> None:
    assert (await call("get_archive", archive_id=archive_id))["photos"] == []
    answer = await call("add_photo", archive_id=archive_id, path=str(photo_path))
    (photo,) = answer["photos"]
    assert photo["content_type"] == "image/jpeg"
    assert photo["size_bytes"] == len(JPEG)
    assert photo["added_at"]
    assert (await call("get_archive", archive_id=archive_id))["photos"] == [photo]
    assert told.last(EventKind.ARCHIVE_CHANGED)["archive_id"] == archive_id
    response = await fetch(photo["url"])
    assert await response.read() == JPEG
    assert photo_path.exists()


@pytest.mark.parametrize("as_selected", [False, True])
async def test_a_photo_from_the_media_browser(
    archive_id: str, photo_path: Path, call: Call, as_selected: bool
) -> None:
    identifier = f"media-source://media_source/local/{photo_path.name}"
    media = {"media_content_id": identifier, "media_content_type": "image/jpeg"}
    answer = await call(
        "add_photo",
        archive_id=archive_id,
        media_content_id=media if as_selected else identifier,
    )
    assert len(answer["photos"]) == 1


async def test_a_photo_from_the_web(
    archive_id: str, web_server: str, call: Call
) -> None:
    answer = await call(
        "add_photo", archive_id=archive_id, url=f"{web_server}/benchy.jpg"
    )
    assert [photo["size_bytes"] for photo in answer["photos"]] == [len(JPEG)]
    with pytest.raises(HomeAssistantError) as raised:
        await call("add_photo", archive_id=archive_id, url=f"{web_server}/none.jpg")
    assert raised.value.translation_key == "download_failed"


@pytest.mark.parametrize(
    "source",
    [
        {"entity_id": "camera.garage"},
        {"media_content_id": "media-source://camera/camera.garage"},
    ],
)
async def test_a_camera_takes_the_photo_of_this_moment(
    archive_id: str, camera: Path, call: Call, fetch: Fetch, source: dict[str, str]
) -> None:
    await call("add_photo", archive_id=archive_id, **source)
    later = picture("PNG")
    camera.write_bytes(later)
    answer = await call("add_photo", archive_id=archive_id, **source)
    shown = {photo["content_type"]: photo["url"] for photo in answer["photos"]}
    assert await (await fetch(shown["image/jpeg"])).read() == JPEG
    assert await (await fetch(shown["image/png"])).read() == later


async def test_the_picture_of_an_image_entity_is_kept(
    archive_id: str,
    printer: ManagedPrinter,
    call: Call,
    entity_id: Callable[..., str],
) -> None:
    plate = entity_id("image", printer, "last_plate")
    (photo,) = (await call("add_photo", archive_id=archive_id, entity_id=plate))[
        "photos"
    ]
    assert photo["content_type"] == "image/png"


async def test_a_camera_that_gives_no_picture_is_named(
    archive_id: str, camera: Path, call: Call
) -> None:
    camera.unlink()
    for name, reason in (
        ("camera.garage", "garage.jpg"),
        ("camera.cellar", "cellar"),
        ("image.cellar", "cellar"),
    ):
        with pytest.raises(HomeAssistantError, match=reason) as raised:
            await call("add_photo", archive_id=archive_id, entity_id=name)
        assert raised.value.translation_key == "no_picture"
    assert (await call("get_archive", archive_id=archive_id))["photos"] == []


async def test_without_any_camera_there_is_none_to_ask(
    archive_id: str, call: Call
) -> None:
    with pytest.raises(HomeAssistantError, match=r"camera\.garage gives no picture"):
        await call("add_photo", archive_id=archive_id, entity_id="camera.garage")


async def test_only_who_may_see_a_camera_keeps_its_picture(
    hass: HomeAssistant, archive_id: str, camera: Path
) -> None:
    async def add(user_id: str, **source: str) -> None:
        await hass.services.async_call(
            DOMAIN,
            "add_photo",
            {"archive_id": archive_id, **source},
            blocking=True,
            context=Context(user_id=user_id),
        )

    user = MockUser(is_owner=False).add_to_hass(hass)
    user.mock_policy({"entities": {"all": True}})
    await add(user.id, entity_id="camera.garage")
    user.mock_policy({"entities": {"all": {"control": True}}})
    for source in (
        {"entity_id": "camera.garage"},
        {"media_content_id": "media-source://camera/camera.garage"},
    ):
        with pytest.raises(Unauthorized):
            await add(user.id, **source)
        with pytest.raises(UnknownUser):
            await add("nobody", **source)


@pytest.mark.parametrize("data", [{}, {"entity_id": "sensor.garage"}])
async def test_a_photo_has_a_source(
    archive_id: str, call: Call, data: dict[str, str]
) -> None:
    with pytest.raises(probatio.Invalid):
        await call("add_photo", archive_id=archive_id, **data)


@pytest.mark.parametrize(
    "data",
    [
        {"path": "/media/a.jpg", "url": "http://a/b"},
        {"path": "/media/a.jpg", "entity_id": "camera.garage"},
    ],
)
async def test_a_photo_has_one_source(
    archive_id: str, call: Call, data: dict[str, str]
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call("add_photo", archive_id=archive_id, **data)
    assert raised.value.translation_key == "one_source_only"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"path": "/etc/passwd"}, "path_not_allowed"),
        ({"path": "/media/a\0.jpg"}, "path_not_allowed"),
        ({"url": "https://example.com/a.jpg"}, "url_not_allowed"),
        ({"url": "http://example.com\\a.jpg"}, "url_invalid"),
        ({"media_content_id": "http://example.com/a.jpg"}, "media_not_found"),
        (
            {"media_content_id": "media-source://media_source/local/none.jpg"},
            "library_error",
        ),
    ],
)
async def test_what_may_not_be_taken_or_is_not_there(
    archive_id: str, media: Path, call: Call, data: dict[str, str], key: str
) -> None:
    with pytest.raises(HomeAssistantError) as raised:
        await call("add_photo", archive_id=archive_id, **data)
    assert raised.value.translation_key == key


async def test_what_is_no_photo_is_refused_in_words(
    archive_id: str, photo_path: Path, call: Call, told: Told
) -> None:
    told.activities.clear()
    photo_path.write_bytes(b"G28\n")
    with pytest.raises(ServiceValidationError, match="JPEG, PNG or WebP"):
        await call("add_photo", archive_id=archive_id, path=str(photo_path))
    photo_path.write_bytes(JPEG[:-50])
    with pytest.raises(ServiceValidationError, match="incomplete"):
        await call("add_photo", archive_id=archive_id, path=str(photo_path))
    assert (await call("get_archive", archive_id=archive_id))["photos"] == []
    assert told.activities == []


async def test_only_archives_have_photos(
    add_printer: AddPrinter, send: Send, photo_path: Path, call: Call, told: Told
) -> None:
    await send(await add_printer("Review", mode="review"))
    await until(lambda: EventKind.PENDING in told.kinds)
    (pending,) = (await call("list_pending"))["uploads"]
    path = str(photo_path)
    with pytest.raises(ServiceValidationError, match="not in the archive yet"):
        await call("add_photo", archive_id=pending["upload_id"], path=path)
    with pytest.raises(ServiceValidationError) as raised:
        await call("add_photo", archive_id=UNKNOWN, path=path)
    assert raised.value.translation_key == "not_found"


# --- removing


async def test_a_photo_is_removed_and_gone(
    archive_id: str, photo_path: Path, call: Call, told: Told, fetch: Fetch
) -> None:
    for _ in range(2):
        answer = await call("add_photo", archive_id=archive_id, path=str(photo_path))
    first, second = answer["photos"]
    answer = await call(
        "remove_photo", archive_id=archive_id, photo_id=first["photo_id"]
    )
    assert answer["photos"] == [second]
    assert told.kinds.count(EventKind.ARCHIVE_CHANGED) == 3
    assert (await fetch(first["url"])).status == 404
    for photo_id in (first["photo_id"], "../upload"):
        with pytest.raises(ServiceValidationError) as raised:
            await call("remove_photo", archive_id=archive_id, photo_id=photo_id)
        assert raised.value.translation_key == "not_found"


# --- web addresses


async def test_photos_are_for_who_is_logged_in_or_has_a_signed_link(
    hass: HomeAssistant,
    archive_id: str,
    photo_path: Path,
    call: Call,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    client = await hass_client_no_auth()
    for kind in ("JPEG", "PNG", "WEBP"):
        photo_path.write_bytes(picture(kind))
        answer = await call("add_photo", archive_id=archive_id, path=str(photo_path))
        newest = max(answer["photos"], key=lambda photo: photo["photo_id"])
        url = newest["url"]
        assert (await client.get(url)).status == 401
        response = await client.get(async_sign_path(hass, url, timedelta(minutes=1)))
        assert response.status == 200
        assert response.content_type == newest["content_type"]
        assert "private" in response.headers["Cache-Control"]
        assert await response.read() == photo_path.read_bytes()


async def test_what_is_no_photo_is_not_found(
    archive_id: str, photo_path: Path, call: Call, fetch: Fetch
) -> None:
    answer = await call("add_photo", archive_id=archive_id, path=str(photo_path))
    (photo,) = answer["photos"]
    photos = f"/api/{DOMAIN}/archives/{archive_id}/photos"
    for url in (
        f"{photos}/{UNKNOWN}",
        f"{photos}/{photo['photo_id'].lower()}",
        f"{photos}/..%2fupload.json",
        f"{photos}/plate_1",
        photo["url"].replace(archive_id, UNKNOWN),
    ):
        # Home Assistant's own filter answers 400 to traversal.
        assert (await fetch(url)).status in {400, 404}, url
    await call("delete_archive", archive_id=archive_id)
    assert (await fetch(photo["url"])).status == 404


# --- the media browser


async def test_photos_are_in_the_media_browser_behind_the_plates(
    hass: HomeAssistant, archive_id: str, photo_path: Path, call: Call
) -> None:
    assert await async_setup_component(hass, "media_source", {})
    await call("add_photo", archive_id=archive_id, path=str(photo_path))
    place = f"media-source://{DOMAIN}/archive/{archive_id}"
    archive = await media_source.async_browse_media(hass, place)
    plate, photo, _ = archive.children
    assert plate.media_content_type == "image/png"
    assert photo.media_content_type == "image/jpeg"
    assert photo.can_play
    resolved = await media_source.async_resolve_media(
        hass, photo.media_content_id, None
    )
    assert resolved.mime_type == "image/jpeg"
    assert resolved.url == photo.thumbnail
    assert resolved.path.read_bytes() == JPEG
    # What is shown there can be taken from there.
    answer = await call(
        "add_photo", archive_id=archive_id, media_content_id=photo.media_content_id
    )
    assert len(answer["photos"]) == 2
    await call("delete_archive", archive_id=archive_id)
    with pytest.raises(media_source.Unresolvable):
        await media_source.async_resolve_media(hass, photo.media_content_id, None)
