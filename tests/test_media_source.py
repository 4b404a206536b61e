from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
import re
from typing import Any
import zipfile

from hypothesis import given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.bambu_virtual_printer.const import DOMAIN
from custom_components.bambu_virtual_printer.hub import Hub
from custom_components.bambu_virtual_printer.image import NO_PICTURE
from custom_components.bambu_virtual_printer.presentation import file_url, plate_url
from custom_components.bambu_virtual_printer.presentation.media_places import parse
from custom_components.bambu_virtual_printer.printers.managed import ManagedPrinter
from homeassistant.components import media_source
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.image import async_get_image
from homeassistant.components.media_player import BrowseError, SearchMediaQuery
from homeassistant.components.media_source import Unresolvable
from homeassistant.components.media_source.models import MediaSourceItem
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.support.home_assistant import AddPrinter, Call, Send, SentFile
from tests.support.waiting import until

ROOT = f"media-source://{DOMAIN}"


@pytest.fixture
async def browse(hass: HomeAssistant, hub: Hub) -> Callable[..., Any]:
    """Open a place in the media browser."""
    assert await async_setup_component(hass, "media_source", {})

    async def _browse(identifier: str = "") -> Any:
        return await media_source.async_browse_media(
            hass, f"{ROOT}/{identifier}".rstrip("/")
        )

    return _browse


async def test_archives_are_found_by_printer_and_month_with_their_plates(
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    browse: Callable[..., Any],
    hass: HomeAssistant,
) -> None:
    garage, attic = await add_printer("Garage"), await add_printer("Attic")
    await add_printer("Never used")
    await send(garage, sliced_file(plates=2, title="Two plates"))
    await send(attic, sliced_file("b.gcode.3mf", title="Other", seed=3))
    root = await browse()
    assert [child.title for child in root.children] == [
        "Recent",
        "Not printed",
        "Attic",
        "Garage",
    ]
    # That of the household's time, which is not that of UTC.
    month_name = f"{dt_util.now():%Y-%m}"
    printer = await browse(root.children[3].identifier)
    assert printer.title == "Garage"
    (month,) = printer.children
    assert month.title == f"{month_name} (1)"
    in_month = await browse(month.identifier)
    assert in_month.title == month_name
    (archive,) = in_month.children
    assert archive.title.startswith("Two plates · ")
    assert archive.thumbnail.startswith(f"/api/{DOMAIN}/archives/")
    plates = await browse(archive.identifier)
    assert [child.title.partition(" · ")[0] for child in plates.children[:2]] == [
        "Plate 1",
        "Plate 2",
    ]
    resolved = await media_source.async_resolve_media(
        hass, plates.children[1].media_content_id, None
    )
    assert resolved.mime_type == "image/png"
    assert resolved.path.read_bytes().startswith(b"\x89PNG")
    resolved = await media_source.async_resolve_media(
        hass, archive.media_content_id, None
    )
    assert resolved.mime_type == "model/3mf"
    assert zipfile.is_zipfile(resolved.path)


async def test_search_looks_below_the_place_it_started_from(
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    browse: Callable[..., Any],
    hass: HomeAssistant,
) -> None:
    garage, attic = await add_printer("Garage"), await add_printer("Attic")
    await send(garage, sliced_file(title="Red box"))
    await send(attic, sliced_file("b.gcode.3mf", title="Blue box", seed=3))

    async def _search(identifier: str, text: str) -> set[str]:
        item = MediaSourceItem.from_uri(hass, f"{ROOT}/{identifier}".rstrip("/"), None)
        found = await item.async_search(SearchMediaQuery(search_query=text))
        return {result.title.partition(" · ")[0] for result in found.result}

    assert await _search("", "box") == {"Red box", "Blue box"}
    assert await _search(f"printer/{garage.id}", "box") == {"Red box"}
    assert await _search("", "teapot") == set()
    assert await _search("archive/nonsense", "box") == set()


async def test_pending_uploads_have_a_folder_with_their_pictures(
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    browse: Callable[..., Any],
    hass: HomeAssistant,
) -> None:
    assert (await browse()).children == []
    review = await add_printer("Review", mode="review")
    other = await add_printer("Other")
    await send(review, sliced_file("a.gcode.3mf", title="Red box", plates=2, seed=1))
    await send(other, sliced_file("b.gcode.3mf", title="Blue box", seed=2))
    await until(lambda: hub.coordinator.data.pending)
    root = await browse()
    assert [child.title for child in root.children] == [
        "Pending uploads",
        "Recent",
        "Not printed",
        "Other",
    ]
    folder = await browse("pending")
    (upload,) = folder.children
    assert upload.title.startswith("Red box · ")
    assert upload.thumbnail.startswith(f"/api/{DOMAIN}/archives/")
    shown = await browse(upload.identifier)
    assert len(shown.children) == 3
    resolved = await media_source.async_resolve_media(
        hass, shown.children[1].media_content_id, None
    )
    assert resolved.path.read_bytes().startswith(b"\x89PNG")

    async def _search(identifier: str, text: str) -> list[str]:
        item = MediaSourceItem.from_uri(hass, f"{ROOT}/{identifier}".rstrip("/"), None)
        found = await item.async_search(SearchMediaQuery(search_query=text))
        return [result.title.partition(" · ")[0] for result in found.result]

    assert await _search("", "BOX pla") == ["Red box", "Blue box"]
    assert await _search("pending", "box") == ["Red box"]
    assert await _search("pending", "blue") == []
    assert await _search(f"printer/{review.id}", "box") == ["Red box"]
    assert await _search(f"printer/{other.id}", "box") == ["Blue box"]
    assert await _search(f"printer/{review.id}/2026-01", "box") == []

    await hub.review.approve(hub.coordinator.data.pending[0].id, to_queue=False)
    await until(lambda: not hub.coordinator.data.pending)
    assert [child.title for child in (await browse()).children][-2:] == [
        "Other",
        "Review",
    ]
    with pytest.raises(BrowseError):
        await browse(upload.identifier)


async def test_archives_of_one_name_are_told_apart_by_their_facts(
    hass: HomeAssistant,
    hub: Hub,
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    browse: Callable[..., Any],
    call: Call,
) -> None:
    for number in range(2):
        await send(
            printer,
            sliced_file(
                f"{number}.gcode.3mf", title="Gift box", seed=number, filaments=2
            ),
        )
    newer, older = (await browse("recent")).children
    printed = older.identifier.partition("/")[2]
    (job,) = (await call("queue_archive", archive_id=printed))["jobs"]
    await call("complete_job", job_id=job["job_id"])
    newer, older = (await browse("recent")).children
    today = hub.texts.date(dt_util.utcnow())
    assert re.fullmatch(
        rf"Gift box · \d+ min · \d+ g · PLA · PETG · {today} · not printed", newer.title
    )
    assert older.title.endswith(" · printed once")
    assert newer.title.partition(" · ")[0] == older.title.partition(" · ")[0]


async def test_collections_gather_archives_across_printers_and_are_searched(
    hass: HomeAssistant,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    browse: Callable[..., Any],
    call: Call,
) -> None:
    for number, name in enumerate(("Garage", "Attic")):
        await send(
            await add_printer(name),
            sliced_file(f"{number}.gcode.3mf", title=f"Box {number}", seed=number),
        )
    second, first = (await call("list_archives"))["archives"]
    label = "for Ada & Bob/50 %"
    await call(
        "update_archive",
        archive_id=first["archive_id"],
        favourite=True,
        tags=[label, "gift"],
        project="Christmas",
    )
    await call("update_archive", archive_id=second["archive_id"], tags=["gift"])
    root = await browse()
    assert [child.title for child in root.children] == [
        "Recent",
        "Favourites",
        "Not printed",
        "Tags",
        "Projects",
        "Attic",
        "Garage",
    ]

    async def names(identifier: str) -> list[str]:
        found = await browse(identifier)
        return [child.title.partition(" · ")[0] for child in found.children]

    assert await names("recent") == ["Box 1", "Box 0"]
    assert await names("favourites") == ["Box 0"]
    assert await names("not_printed") == ["Box 1", "Box 0"]
    tags = (await browse("tags")).children
    assert [tag.title for tag in tags] == ["gift (2)", f"{label} (1)"]
    assert await names(tags[0].identifier) == ["Box 1", "Box 0"]
    assert await names(tags[1].identifier) == ["Box 0"]
    (project,) = (await browse("projects")).children
    assert project.title == "Christmas (1)"
    assert await names(project.identifier) == ["Box 0"]
    for identifier, found in (("favourites", 1), ("tags/gift", 2), ("recent", 2)):
        item = MediaSourceItem.from_uri(hass, f"{ROOT}/{identifier}", None)
        assert (
            len((await item.async_search(SearchMediaQuery(search_query="box"))).result)
            == found
        )


async def test_the_file_itself_is_an_item_with_its_own_name(
    hass: HomeAssistant,
    hub: Hub,
    add_printer: AddPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    browse: Callable[..., Any],
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    sent = sliced_file("Grüße.gcode.3mf", title="Box")
    await send(await add_printer("Review", mode="review"), sent)
    await until(lambda: hub.coordinator.data.pending)
    (upload,) = (await browse("pending")).children
    file = (await browse(upload.identifier)).children[-1]
    assert re.fullmatch(r"Grüße\.gcode\.3mf \(\d+\.\d MB\)", file.title)
    assert file.can_play
    client = await hass_ws_client(hass)
    await client.send_json_auto_id(
        {
            "type": "media_source/resolve_media",
            "media_content_id": file.media_content_id,
        }
    )
    resolved = (await client.receive_json())["result"]
    response = await (await hass_client()).get(resolved["url"])
    assert await response.read() == sent.path.read_bytes()
    assert response.content_disposition.filename == "Grüße.gcode.3mf"


@pytest.mark.parametrize(
    "identifier",
    [
        "archive/01KAPWZ3V8X4M2T9C6B5N7Q1RD",
        "upload/01KAPWZ3V8X4M2T9C6B5N7Q1RD",
        "upload/01KAPWZ3V8X4M2T9C6B5N7Q1RD/1",
        "archive/01KAPWZ3V8X4M2T9C6B5N7Q1RD/photos/01KAPWZ3V8X4M2T9C6B5N7Q1RD",
        "archive/01KAPWZ3V8X4M2T9C6B5N7Q1RD/photos/../upload.json",
        "archive/01KAPWZ3V8X4M2T9C6B5N7Q1RD/1",
        "archive/../../secrets.yaml",
        "printer/x/2026-13",
        "printer/x/0000-01",
        "tags/a b",
        "projects/%2g",
        "archive/01KAPWZ3V8X4M2T9C6B5N7Q1RD/file",
        "nonsense",
    ],
)
async def test_what_is_not_there_is_an_error_in_words(
    hass: HomeAssistant, browse: Callable[..., Any], identifier: str
) -> None:
    with pytest.raises(BrowseError):
        await browse(identifier)
    with pytest.raises(Unresolvable):
        await media_source.async_resolve_media(hass, f"{ROOT}/{identifier}", None)


async def test_folders_cannot_be_played(
    hass: HomeAssistant, browse: Callable[..., Any]
) -> None:
    with pytest.raises(Unresolvable):
        await media_source.async_resolve_media(hass, f"{ROOT}/printer/x", None)


async def test_a_hub_that_does_not_run_is_said(
    hass: HomeAssistant, browse: Callable[..., Any], entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(BrowseError):
        await browse()
    with pytest.raises(Unresolvable):
        await media_source.async_resolve_media(
            hass, f"{ROOT}/archive/01KAPWZ3V8X4M2T9C6B5N7Q1RD", None
        )


@given(
    st.text()
    | st.from_regex(r"(tags|projects)/[^/]+")
    | st.from_regex(r"(archive|upload)/[0-9A-Z]{26}(/photos)?(/[0-9A-Z]+)?")
)
def test_arbitrary_identifiers_never_raise(identifier: str) -> None:
    place = parse(identifier)
    assert place is None or place.identifier in (identifier, None)


@given(st.integers(2, 9998), st.integers(1, 12))
def test_a_month_spans_from_its_first_day_to_the_next_one_s(
    year: int, month: int
) -> None:
    zone = dt_util.get_default_time_zone()
    place = parse(f"printer/x/{year:04}-{month:02}")
    start, end = place.span
    first = start.astimezone(zone)
    assert (first.year, first.month, first.day) == (year, month, 1)
    assert end > start
    assert (end - timedelta(seconds=1)).astimezone(zone).month == month


# --- web addresses


async def test_the_ca_is_downloaded_by_who_is_logged_in(
    hub: Hub,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    url = f"/api/{DOMAIN}/ca.pem"
    response = await (await hass_client()).get(url)
    assert response.status == 200
    assert await response.text() == hub.certificates.authority.pem
    assert "attachment" in response.headers["Content-Disposition"]
    assert (await (await hass_client_no_auth()).get(url)).status == 401


async def test_files_and_pictures_are_downloaded_by_signed_links(
    hass: HomeAssistant,
    printer: ManagedPrinter,
    send: Send,
    sliced_file: Callable[..., SentFile],
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    sent = sliced_file("Grüße & “Würfel”.gcode.3mf")
    await send(printer, sent)
    archive_id = printer.last_upload.id
    client = await hass_client_no_auth()
    for url in (file_url(archive_id), plate_url(archive_id), plate_url(archive_id, 1)):
        assert (await client.get(url)).status == 401
        response = await client.get(async_sign_path(hass, url, timedelta(minutes=1)))
        assert response.status == 200
        body = await response.read()
        if url == file_url(archive_id):
            assert body == sent.path.read_bytes()
            assert response.content_type == "model/3mf"
            assert response.content_disposition.filename == sent.path.name
        else:
            assert body.startswith(b"\x89PNG")


async def test_what_is_not_there_is_not_found(
    printer: ManagedPrinter, send: Send, hub: Hub, hass_client: ClientSessionGenerator
) -> None:
    await send(printer)
    archive_id = printer.last_upload.id
    client = await hass_client()
    unknown = "01KAPWZ3V8X4M2T9C6B5N7Q1RD"
    for url in (
        file_url(unknown),
        plate_url(unknown),
        plate_url(archive_id, 99),
        f"/api/{DOMAIN}/archives/{archive_id}/plates/..%2f..%2fsecrets",
        f"/api/{DOMAIN}/archives/{archive_id}/plates/{'9' * 5000}",
        f"/api/{DOMAIN}/archives/..%2f..%2f/file",
    ):
        # Home Assistant's own filter answers 400 to traversal.
        assert (await client.get(url)).status in {400, 404}, url
    path = await hub.library.file_path(archive_id)
    path.unlink()
    assert (await client.get(file_url(archive_id))).status == 410


async def test_without_a_running_hub_there_is_nothing(
    hass: HomeAssistant,
    hub: Hub,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    client = await hass_client()
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await client.get(f"/api/{DOMAIN}/ca.pem")).status == 503


async def test_a_file_that_is_gone_from_the_disk_is_said(
    hass: HomeAssistant, hub: Hub, printer: ManagedPrinter, send: Send
) -> None:
    assert await async_setup_component(hass, "media_source", {})
    await send(printer)
    (archive,) = (await hub.archives.page()).archives
    path = await hub.library.file_path(archive.id)
    assert path
    path.unlink()
    with pytest.raises(Unresolvable):
        await media_source.async_resolve_media(
            hass, f"{ROOT}/archive/{archive.id}", None
        )


async def test_a_renamed_printer_is_called_so_everywhere_in_the_browser(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    printer: ManagedPrinter,
    send: Send,
    browse: Callable[..., Any],
) -> None:
    await send(printer)
    hass.config_entries.async_update_subentry(
        entry, entry.subentries[printer.id], title="Attic"
    )
    await hass.async_block_till_done()
    *_, folder = (await browse()).children
    assert folder.title == "Attic"
    assert (await browse(folder.identifier)).title == "Attic"


async def test_who_only_asks_gets_the_headers(
    hub: Hub, printer: ManagedPrinter, send: Send, hass_client: ClientSessionGenerator
) -> None:
    sent = await send(printer)
    (archive,) = (await hub.archives.page()).archives
    client = await hass_client()
    answer = await client.head(file_url(archive.id))
    assert answer.status == 200
    assert answer.content_length == sent.path.stat().st_size
    assert await answer.read() == b""
    answer = await client.head(plate_url(archive.id, 1))
    assert (answer.status, answer.content_type) == (200, "image/png")


async def test_a_file_that_goes_while_it_is_asked_for_is_not_found(
    hub: Hub,
    printer: ManagedPrinter,
    send: Send,
    hass_client: ClientSessionGenerator,
    entity_id: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    await send(printer)
    (archive,) = (await hub.archives.page()).archives

    async def _gone(*_: object, **__: object) -> Path:
        return tmp_path / "gone.png"

    monkeypatch.setattr(hub.archives, "thumbnail", _gone)
    client = await hass_client()
    assert (await client.get(plate_url(archive.id))).status == 404
    image = await async_get_image(hub.hass, entity_id("image", printer, "last_plate"))
    assert image.content == NO_PICTURE


async def test_months_are_those_of_the_household(
    hass: HomeAssistant,
    hub: Hub,
    printer: ManagedPrinter,
    send: Send,
    browse: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What came in on 31 October in the evening in California is in October, though it is November in UTC."""
    await hass.config.async_set_time_zone("America/Los_Angeles")

    evening = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    monkeypatch.setattr(hub.library._context.clock, "now", lambda: evening)
    await send(printer)
    shown = await browse(f"printer/{printer.id}")
    (month,) = shown.children
    assert month.title == "2026-10 (1)"
    assert len((await browse(month.identifier)).children) == 1
    assert (await browse(f"printer/{printer.id}/2026-11")).children == []
